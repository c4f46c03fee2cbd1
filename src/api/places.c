/*
 * Locations of concern, patterns, and the problem profile.
 */
#include "api/api.h"
#include "domain/entity.h"
#include "domain/location.h"
#include "domain/pattern.h"
#include "domain/problem.h"
#include "web/draw.h"
#include "web/pages.h"

enum { TITLE = 100, LOOKED_THROUGH_MAX = 2000 };

/* --- locations -------------------------------------------------------------------------------- */

static json_t *location_json(struct request *request, const struct location *line)
{
    struct arena *arena = request->arena;
    json_t *one =
        json_pack("{sI so so so so so so so}", "id", (json_int_t)line->id, "name",
                  api_text(line->name), "kind", api_text(line->kind), "town", api_text(line->town),
                  "position", api_text(line->position), "forum", api_text(line->forum), "handling",
                  api_text(line->handling), "changed_at", api_time(arena, line->changed_at));
    if (line->mention && access_allows(&request->who, ACT_SEE_LINKS, NULL))
        json_object_set_new(one, "entity", json_integer((json_int_t)line->mention));
    if (line->review_day != LOCATION_DAY_NONE)
        json_object_set_new(one, "review", api_day(arena, line->review_day));
    return one;
}

static struct api_place place_location(const void *item)
{
    const struct location *line = item;
    return (struct api_place){{-line->changed_at, -line->id, 0}};
}

void api_locations(struct request *request, struct response *response)
{
    struct api_page page;
    struct location *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_locations) || !api_has_pack(request, response) ||
        !api_page_read(request, response, ROUTE_api_locations, &page))
        return;
    if (location_list(request->app, request->arena, &request->who, form_value(request, "kind"),
                      form_value(request, "forum"), &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    api_cut(&page, list, count, sizeof *list, place_location);
    for (size_t i = page.begin; i < page.end; i++)
        json_array_append_new(items, location_json(request, &list[i]));
    api_answer(request, response, ROUTE_api_locations,
               api_page_make(request, ROUTE_api_locations, items, &page));
}

static struct answer answer_of(const void *context, struct str key)
{
    return location_answer_get(context, key);
}

static json_t *deeds_json(struct arena *arena, const struct location_file *file)
{
    json_t *deeds = json_array();
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct location_entry *entry = &file->entry[i];
        if (str_eq(entry->section, STR(LOCATION_ACTION)))
            json_array_append_new(
                deeds,
                json_pack("{so so so so}", "what",
                          api_text(location_entry_get(entry, STR("action-what")).value), "by",
                          api_text(location_entry_get(entry, STR("action-by")).value), "when",
                          api_text(location_entry_get(entry, STR("action-when")).value), "at",
                          api_time(arena, entry->at)));
    }
    return deeds;
}

void api_location(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct location_file *file = arena_new(arena, struct location_file);
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_location) || !api_has_pack(request, response))
        return;
    if (location_open(request->app, arena, &request->who, request->id[0], file, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    const struct questions *form = area_location_form(request->app->area);
    json_t *answer = location_json(request, &file->line);
    json_object_set_new(answer, "version", json_integer((json_int_t)file->line.version));
    json_object_set_new(answer, "answers",
                        api_form_answers(arena, form, LOCATION_ACTION, answer_of, file));
    json_object_set_new(answer, "deeds", deeds_json(arena, file));
    api_answer(request, response, ROUTE_api_location, answer);
}

/* --- patterns --------------------------------------------------------------------------------- */

static json_t *pattern_head(struct request *request, const struct pattern *pattern)
{
    return json_pack("{sI ss so so so sb}", "id", (json_int_t)pattern->id, "kind",
                     pattern_kind_name(pattern->kind), "fact", api_text(pattern->fact), "ask",
                     api_text(area_patterns(request->app->area)->rule[pattern->kind].ask),
                     "verdict", api_text(pattern->verdict), "again", (int)pattern->again);
}

static struct api_place place_pattern(const void *item)
{
    const struct pattern *line = item;
    return (struct api_place){{line->verdict.len && !line->again, -line->came_at, -line->id}};
}

void api_patterns(struct request *request, struct response *response)
{
    struct api_page page;
    struct pattern *list = NULL;
    enum pattern_kind kind;
    size_t count = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_patterns) || !api_has_pack(request, response) ||
        !api_page_read(request, response, ROUTE_api_patterns, &page))
        return;
    struct str state = form_value(request, "state");
    struct pattern_filter filter = {
        .kind = pattern_kind_from_name(form_value(request, "kind"), &kind) ? (int)kind : -1,
        .most = LOOKED_THROUGH_MAX,
        .state = str_eq(state, STR("answered")) ? PATTERNS_ANSWERED
                 : str_eq(state, STR("all"))    ? PATTERNS_ALL
                                                : PATTERNS_OPEN};
    if (pattern_list(request->app, request->arena, &request->who, &filter, &list, &count, &err) !=
        ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    api_cut(&page, list, count, sizeof *list, place_pattern);
    for (size_t i = page.begin; i < page.end; i++) {
        json_t *one = pattern_head(request, &list[i]);
        json_object_set_new(one, "fragments", json_integer((json_int_t)list[i].fragment_count));
        json_array_append_new(items, one);
    }
    api_answer(request, response, ROUTE_api_patterns,
               api_page_make(request, ROUTE_api_patterns, items, &page));
}

/* As the page: a look at it is a look at what it is about. */
static enum st note_pattern(struct request *request, const struct pattern *pattern, struct err *err)
{
    return audit_event(request->app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                           .action = "pattern read",
                                                           .account = request->who.account,
                                                           .subject = "entity",
                                                           .subject_id = pattern->entity[0],
                                                           .reason = "role"},
                       err);
}

void api_pattern(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct pattern pattern;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_pattern) || !api_has_pack(request, response))
        return;
    enum st outcome =
        pattern_read(request->app, arena, &request->who, request->id[0], &pattern, &err);
    if (outcome == ST_OK) outcome = note_pattern(request, &pattern, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *entities = json_array();
    json_t *shown = json_array();
    for (size_t i = 0; i < sizeof pattern.entity / sizeof *pattern.entity; i++)
        if (pattern.entity[i])
            json_array_append_new(entities, json_integer((json_int_t)pattern.entity[i]));
    for (size_t i = 0; i < pattern.fragment_count; i++)
        json_array_append_new(shown, json_pack("{sI so}", "submission",
                                               (json_int_t)pattern.fragment[i].submission, "day",
                                               api_day(arena, pattern.fragment[i].day)));
    json_t *answer = pattern_head(request, &pattern);
    json_object_set_new(answer, "entities", entities);
    json_object_set_new(answer, "shown_by", shown);
    json_object_set_new(answer, "reason", api_text(pattern.reason));
    json_object_set_new(answer, "by", api_text(pattern.by));
    if (pattern.verdict.len) json_object_set_new(answer, "at", api_time(arena, pattern.at));
    api_answer(request, response, ROUTE_api_pattern, answer);
}

/* --- the problem profile ---------------------------------------------------------------------- */

/* "2026-Q1" */
static bool read_quarter(struct str text, int32_t *ret)
{
    int64_t year = 0;
    if (text.len != 7 || !str_to_int(str_sub(text, 0, 4), &year) || year < 1970 || year > 9999)
        return false;
    if (text.ptr[4] != '-' || text.ptr[5] != 'Q' || text.ptr[6] < '1' || text.ptr[6] > '4')
        return false;
    *ret = (int32_t)year * 4 + (text.ptr[6] - '1');
    return true;
}

static bool read_period(struct request *request, struct response *response,
                        struct problem_period *ret)
{
    int64_t quarters = 4;
    if (form_has(request, "quarters")) (void)str_to_int(form_value(request, "quarters"), &quarters);
    *ret = problem_period_last((int32_t)quarters);
    ret->forum = form_value(request, "forum");
    bool good =
        !form_has(request, "from") || read_quarter(form_value(request, "from"), &ret->quarter);
    if (good && problem_period_is_good(request->app, ret)) return true;
    struct api_wrong wrong = {
        STR("from"), STR("Choose quarters that are over, as 2026-Q1, and a Forum of this area.")};
    api_refuse(request, response, &wrong, 1);
    return false;
}

static json_t *row_json(const struct problem_row *row)
{
    json_t *one = json_pack("{so so sb}", "key", api_text(row->key), "label", api_text(row->label),
                            "hidden", (int)row->hidden);
    if (!row->hidden) json_object_set_new(one, "count", json_integer((json_int_t)row->count));
    return one;
}

static json_t *rows_json(const struct problem_row *row, size_t count)
{
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(all, row_json(&row[i]));
    return all;
}

static json_t *repeats_json(struct arena *arena, const struct problem_profile *profile)
{
    json_t *all = json_array();
    for (size_t i = 0; i < profile->repeat_count; i++) {
        const struct problem_repeat *repeat = &profile->repeat[i];
        json_t *one = json_pack("{sI ss so sI}", "entity", (json_int_t)repeat->entity, "kind",
                                kind_name(repeat->kind), "title",
                                api_text(draw_excerpt(arena, repeat->title, TITLE)), "submissions",
                                (json_int_t)repeat->submissions);
        if (!repeat->origins_hidden)
            json_object_set_new(one, "origins", json_integer((json_int_t)repeat->origins));
        json_array_append_new(all, one);
    }
    return all;
}

void api_profile(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct problem_period period;
    struct problem_profile *profile = arena_new(arena, struct problem_profile);
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_profile) ||
        !read_period(request, response, &period))
        return;
    if (problem_read(request->app, arena, &request->who, &period, profile, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *tables = json_array();
    for (int table = 0; table < PROBLEM_TABLES; table++)
        json_array_append_new(
            tables,
            json_pack("{ss ss sb so}", "table", problem_table_name((enum problem_table)table),
                      "title", problem_table_title((enum problem_table)table), "adds",
                      (int)problem_table_adds((enum problem_table)table), "rows",
                      rows_json(profile->table[table].row, profile->table[table].count)));
    struct str from = str_fmt(arena, "%d-Q%d", period.quarter / 4, period.quarter % 4 + 1);
    json_t *answer = json_pack(
        "{so sI so so so so}", "from", api_text(from), "quarters", (json_int_t)period.quarters,
        "forum", api_text(period.forum), "tables", tables, "repeats", repeats_json(arena, profile),
        "actions", rows_json(profile->action, profile->has_actions ? PROBLEM_ACTIONS : 0));
    if (!profile->total_hidden)
        json_object_set_new(answer, "total", json_integer((json_int_t)profile->total));
    api_answer(request, response, ROUTE_api_profile, answer);
}
