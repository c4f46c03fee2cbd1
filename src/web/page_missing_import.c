/*
 * A file of episodes: tried first, with what its columns are, and taken in when somebody says
 * so.  The file travels with the page; nothing of it is kept before.
 */
#include "domain/missing_import.h"
#include "web/page_missing.h"

struct importing {
    struct missing_import_column column[MISSING_COLUMNS_MAX];
    size_t count;
    struct missing_import_report report;
    struct str text;
    struct str problem;
    bool tried;
    bool stored;
};

static void draw_columns(struct request *request, const struct importing *import,
                         struct view_missing_import *view)
{
    struct arena *arena = request->arena;
    struct missing_import_target *target = NULL;
    size_t targets = missing_import_targets(request->app, arena, &target);
    struct view_missing_import_columns *columns =
        arena_many(arena, import->count + 1, struct view_missing_import_columns);
    for (size_t i = 0; i < import->count; i++) {
        struct view_missing_import_columns_targets *list =
            arena_many(arena, targets, struct view_missing_import_columns_targets);
        for (size_t k = 0; k < targets; k++)
            list[k] = (struct view_missing_import_columns_targets){
                target[k].to, target[k].label, str_eq(target[k].to, import->column[i].to)};
        columns[i] = (struct view_missing_import_columns){
            .id = str_fmt(arena, "c%zu", i),
            .header = import->column[i].header.len ? import->column[i].header : STR("(no heading)"),
            .sample = import->column[i].sample,
            .targets = list,
            .targets_count = targets};
    }
    view->columns = columns;
    view->columns_count = import->stored ? 0 : import->count;
}

/* What the import did, as a sentence. */
static struct str done_words(struct arena *arena, const struct missing_import_report *report)
{
    struct str taken = str_fmt(arena, "%zu %s taken in.", report->taken,
                               report->taken == 1 ? "episode was" : "episodes were");
    return report->returns ? str_fmt(arena, "%.*s Of %zu more the return was added.",
                                     STR_ARG(taken), report->returns)
                           : taken;
}

static void draw_import(struct request *request, struct response *response,
                        const struct importing *import)
{
    struct arena *arena = request->arena;
    const struct missing_import_report *report = &import->report;
    struct view_missing_import_refusals *refusals =
        arena_many(arena, report->refusals_shown + 1, struct view_missing_import_refusals);
    for (size_t i = 0; i < report->refusals_shown; i++)
        refusals[i] = (struct view_missing_import_refusals){(int64_t)report->refusal[i].line,
                                                            str_from(report->refusal[i].reason)};
    struct view_missing_import_overlaps *overlaps =
        arena_many(arena, report->overlaps_shown + 1, struct view_missing_import_overlaps);
    for (size_t i = 0; i < report->overlaps_shown; i++)
        overlaps[i] = (struct view_missing_import_overlaps){(int64_t)report->overlap[i].line,
                                                            str_from(report->overlap[i].reason)};
    struct view_missing_import view = {.problem = import->problem,
                                       .at = AT(request, "file"),
                                       .action = url_to(ROUTE_missing_import),
                                       .csrf = request->csrf,
                                       .back = url_to(ROUTE_missing),
                                       .tried = import->tried,
                                       .stored = import->stored,
                                       .rows = (int64_t)report->rows,
                                       .taken = (int64_t)report->taken,
                                       .already = (int64_t)report->already,
                                       .returns = (int64_t)report->returns,
                                       .refused = (int64_t)report->refused,
                                       .refusals = refusals,
                                       .refusals_count = report->refusals_shown,
                                       .overlaps = overlaps,
                                       .overlaps_count = report->overlaps_shown,
                                       .text = import->text,
                                       .may_run =
                                           import->tried && report->taken + report->returns > 0,
                                       .done = done_words(arena, report)};
    draw_columns(request, import, &view);
    if (import->problem.len) response->status = 400;
    PAGE(request, response, "Import a file of episodes", view_missing_import, &view);
}

void page_missing_import(struct request *request, struct response *response)
{
    struct importing *import = arena_new(request->arena, struct importing);
    draw_import(request, response, import);
}

/* What the selects say, where there are any. */
static void choose(struct request *request, struct importing *import)
{
    struct missing_import_target *target = NULL;
    size_t targets = missing_import_targets(request->app, request->arena, &target);
    for (size_t i = 0; i < import->count; i++) {
        const struct form_field *field = form_find(request, str_fmt(request->arena, "c%zu", i));
        for (size_t k = 0; field && k < targets; k++)
            if (str_eq(field->value, target[k].to)) import->column[i].to = target[k].to;
    }
}

void page_missing_import_send(struct request *request, struct response *response)
{
    struct importing *import = arena_new(request->arena, struct importing);
    const struct form_field *file = form_find(request, STR("file"));
    struct str given = file && file->value.len ? file->value : form_value(request, "text");
    bool run = str_eq(form_value(request, "do"), STR("run"));
    struct err err = {0};
    enum st outcome = given.len ? missing_import_columns(request->app, request->arena, given,
                                                         import->column, &import->count, &err)
                                : err_set(&err, ST_INVALID, "Choose a file.");
    if (outcome == ST_OK) {
        import->text = missing_import_text(request->arena, given);
        choose(request, import);
        outcome = missing_import_run(request->app, &request->who, given, import->column,
                                     import->count, !run, &import->report, &err);
    }
    if (outcome != ST_OK && outcome != ST_INVALID) {
        respond_error(request, response, &err);
        return;
    }
    import->tried = outcome == ST_OK;
    import->stored = import->tried && run;
    if (outcome == ST_INVALID) import->problem = str_dup(request->arena, str_from(err.public));
    draw_import(request, response, import);
}
