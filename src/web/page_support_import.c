/*
 * Taking in support from a file of Open Referral UK, for administrators: what would change is
 * shown before it does.
 */
#include "domain/support_import.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

enum { ABOUT_SHOWN = 200 };

static struct str state_words(struct str state)
{
    if (str_eq(state, STR("staged"))) return STR("Waits for you");
    return str_eq(state, STR("taken")) ? STR("Taken in") : STR("Dropped");
}

static struct str file_words(const struct support_import *import)
{
    return import->file_name.len ? import->file_name : STR("a file");
}

static void draw_list(struct request *request, struct response *response, const struct err *problem)
{
    struct arena *arena = request->arena;
    struct support_import *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (support_import_list(request->app, arena, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_support_imports_rows *rows =
        arena_many(arena, count + 1, struct view_support_imports_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_support_imports_rows){
            .href = url_to_id(arena, ROUTE_support_import, list[i].id),
            .file = file_words(&list[i]),
            .state = state_words(list[i].state),
            .by = list[i].by,
            .date = clock_words(arena, list[i].at)};
    struct view_support_imports view = {.action = url_to(ROUTE_support_import_send),
                                        .csrf = request->csrf,
                                        .error = problem ? str_from(problem->public) : STR(""),
                                        .hint = problem ? str_from(problem->hint) : STR(""),
                                        .at = AT(request, "file"),
                                        .rows = rows,
                                        .rows_count = count,
                                        .directory = url_to(ROUTE_support),
                                        .data = url_to(ROUTE_support_data)};
    if (problem) response->status = 400;
    PAGE(request, response, "Take in support", view_support_imports, &view);
}

void page_support_imports(struct request *request, struct response *response)
{
    draw_list(request, response, NULL);
}

void page_support_import_send(struct request *request, struct response *response)
{
    const struct form_field *file = form_find(request, STR("file"));
    struct err err = {0};
    int64_t id = 0;
    enum st outcome =
        support_import_stage(request->app, &request->who, file ? file->file_name : STR(""),
                             file ? file->value : STR(""), &id, &err);
    if (outcome == ST_OK)
        respond_redirect(response, url_to_id(request->arena, ROUTE_support_import, id));
    else if (outcome == ST_INVALID || outcome == ST_LIMIT)
        draw_list(request, response, &err);
    else
        respond_error(request, response, &err);
}

/* --- one ------------------------------------------------------------------------------------- */

static struct view_support_import_changes change_of(struct arena *arena,
                                                    const struct support_step *step)
{
    struct view_support_import_changes_differences *list = arena_many(
        arena, step->difference_count + 1, struct view_support_import_changes_differences);
    for (size_t i = 0; i < step->difference_count; i++)
        list[i] = (struct view_support_import_changes_differences){
            step->difference[i].what, step->difference[i].before, step->difference[i].after};
    return (struct view_support_import_changes){step->row->support.name, list,
                                                step->difference_count};
}

static void draw_steps(struct request *request, struct view_support_import *view,
                       const struct support_step *step, size_t count)
{
    struct arena *arena = request->arena;
    struct view_support_import_errors *errors =
        arena_many(arena, count + 1, struct view_support_import_errors);
    struct view_support_import_news *news =
        arena_many(arena, count + 1, struct view_support_import_news);
    struct view_support_import_changes *changes =
        arena_many(arena, count + 1, struct view_support_import_changes);
    for (size_t i = 0; i < count; i++) {
        const struct support *support = &step[i].row->support;
        switch (step[i].change) {
        case SUPPORT_WRONG:
            errors[view->errors_count++] = (struct view_support_import_errors){
                (int64_t)step[i].row->number, support->name, step[i].row->place, step[i].row->why};
            break;
        case SUPPORT_NEW:
            news[view->news_count++] =
                (struct view_support_import_news){support->name,
                                                  support->organisation,
                                                  draw_excerpt(arena, support->about, ABOUT_SHOWN),
                                                  support->phone,
                                                  support->website,
                                                  support->status};
            break;
        case SUPPORT_CHANGED: changes[view->changes_count++] = change_of(arena, &step[i]); break;
        case SUPPORT_SAME: view->same++; break;
        case SUPPORT_OF_PACK: view->of_pack++; break;
        }
    }
    view->errors = errors;
    view->news = news;
    view->changes = changes;
    view->added = (int64_t)view->news_count;
    view->changed = (int64_t)view->changes_count;
    view->wrong = (int64_t)view->errors_count;
    view->takes = view->added + view->changed > 0;
}

void page_support_import(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    struct support_import import;
    struct support_step *step = NULL;
    size_t count = 0;
    int64_t taken = 0;
    enum st outcome = support_import_read(request->app, arena, request->id[0], &import, &err);
    if (outcome == ST_OK)
        outcome = support_import_plan(request->app, arena, &import, &step, &count, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_support_import view = {
        .file = file_words(&import),
        .state = state_words(import.state),
        .staged = str_eq(import.state, STR("staged")),
        .by = import.by,
        .date = clock_words(arena, import.at),
        .message = str_to_int(form_value(request, "taken"), &taken)
                       ? str_fmt(arena, "%lld taken in. They stand in the directory now.",
                                 (long long)taken)
                       : STR(""),
        .action = url_to_id(arena, ROUTE_support_import_end, import.id),
        .csrf = request->csrf,
        .back = url_to(ROUTE_support_imports)};
    draw_steps(request, &view, step, count);
    PAGE(request, response, "Take in support", view_support_import, &view);
}

void page_support_import_end(struct request *request, struct response *response)
{
    struct err err = {0};
    size_t taken = 0;
    int64_t id = request->id[0];
    bool take = str_eq(form_value(request, "do"), STR("take"));
    enum st outcome = take ? support_import_take(request->app, &request->who, id, &taken, &err)
                           : support_import_drop(request->app, &request->who, id, &err);
    if (outcome != ST_OK)
        respond_error(request, response, &err);
    else if (take)
        respond_redirect(response, url_with(request->arena,
                                            url_to_id(request->arena, ROUTE_support_import, id),
                                            "taken", str_fmt(request->arena, "%zu", taken)));
    else
        respond_redirect(response, url_to(ROUTE_support_imports));
}
