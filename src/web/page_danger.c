/*
 * Words of danger, told before anything is kept: for whatever route says WARNS.
 */
#include "domain/danger.h"
#include "web/layout.h"
#include "web/page_parts.h"

/* A token is no words of anybody's. */
static bool is_written(const struct form_field *field)
{
    return !str_eq(field->name, STR("csrf")) && !field->file_name.len;
}

static struct str found_in(struct request *request)
{
    struct str words = STR("");
    for (size_t i = 0; i < request->field_count && !words.len; i++)
        if (is_written(&request->field[i]))
            words = danger_find(request->arena, request->app->area,
                                str_sub(request->field[i].value, 0, DANGER_TEXT_MAX));
    return words;
}

bool page_danger_told(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    if (!request->app->area || form_has(request, "told")) return true;
    struct str words = found_in(request);
    if (!words.len) return true;
    struct view_danger_fields *fields =
        arena_many(arena, request->field_count + 1, struct view_danger_fields);
    struct view_danger view = {.action = html_url_path(arena, request->path),
                               .csrf = request->csrf,
                               .words = words,
                               .help = url_to(ROUTE_help_now),
                               .away = page_is_answer(request),
                               .unit_in_full = area_unit_in_full(request->app->area),
                               .fields = fields};
    for (size_t i = 0; i < request->field_count; i++)
        if (is_written(&request->field[i]))
            fields[view.fields_count++] =
                (struct view_danger_fields){request->field[i].name, request->field[i].value};
    PAGE(request, response, "Is a child in danger now?", view_danger, &view);
    return false;
}
