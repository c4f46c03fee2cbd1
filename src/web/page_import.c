/*
 * Import of spreadsheets: choose a file, say what its columns are, watch it run,
 * read the report.
 */
#include "domain/import_batch.h"
#include "domain/import_mapping.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"
#include "web/said.h"

static const struct said said[] = {
    {"removed", "The file is gone, and nobody can read it any more. Nothing was taken from it."}};

static void draw_list(struct request *request, struct response *response, struct str error)
{
    struct arena *arena = request->arena;
    struct import_batch *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (import_batch_list(request->app, arena, &request->who, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_imports_rows *rows = arena_many(arena, count, struct view_imports_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_imports_rows){
            .href = url_to_id(arena, ROUTE_import, list[i].id),
            .file = list[i].file_name.len ? list[i].file_name : STR("a file"),
            .state = list[i].dry_run && str_eq(list[i].state, STR("done")) ? STR("tried")
                                                                           : list[i].state,
            .taken = list[i].taken,
            .known = list[i].known,
            .refused = list[i].refused,
            .links = list[i].links,
            .removable = import_batch_removable(&list[i]),
            .remove = url_to_id(arena, ROUTE_import_remove, list[i].id),
            .date = clock_words(arena, list[i].created_at),
            .sort = str_fmt(arena, "%lld", (long long)list[i].created_at)};
    struct view_imports view = {.action = url_to(ROUTE_import_send),
                                .csrf = request->csrf,
                                .error = error,
                                .said = SAID_WORDS(form_value(request, "saved"), said),
                                .sees_links = access_allows(&request->who, ACT_SEE_LINKS, NULL),
                                .rows = rows,
                                .rows_count = count};
    PAGE(request, response, "Import a spreadsheet", view_imports, &view);
}

void page_imports(struct request *request, struct response *response)
{
    draw_list(request, response, STR(""));
}

void page_import_send(struct request *request, struct response *response)
{
    const struct form_field *file = form_find(request, STR("file"));
    struct err err = {0};
    int64_t id = 0;
    enum st outcome =
        import_batch_add(request->app, &request->who, file ? file->file_name : STR(""),
                         file ? file->value : STR(""), &id, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_import, id));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_INVALID ? 400 : 409;
        draw_list(request, response, str_dup(request->arena, str_from(err.public)));
    } else {
        respond_error(request, response, &err);
    }
}

void page_import_remove(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = import_batch_remove(request->app, &request->who, request->id[0], &err);
    if (outcome == ST_OK) {
        respond_said(request, response, url_to(ROUTE_imports), "removed");
    } else if (outcome == ST_CONFLICT) {
        response->status = 409;
        draw_list(request, response, str_dup(request->arena, str_from(err.public)));
    } else {
        respond_error(request, response, &err);
    }
}

/* --- the columns ------------------------------------------------------------------- */

static const struct {
    const char *value;
    const char *label;
} uses[] = {
    {"keep", "Keep in the words"}, {"narrative", "What was seen or heard"}, {"when", "When"},
    {"until", "Until when"},       {"received", "When it was written down"},
    {"where", "Where"},            {"how known", "How it is known"},
    {"reported by", "Who told it (left out)"}, {"ignore", "Leave out"},
};
enum { USES = sizeof uses / sizeof *uses, NUMBERS = 3 };

/* Everything that a column can be, with what it is taken for picked out. */
static size_t draw_targets(struct arena *arena, struct str current,
                           struct view_import_columns_targets **ret)
{
    struct view_import_columns_targets *list =
        arena_many(arena, USES + NUMBERS * LINK_FIELDS + 1, struct view_import_columns_targets);
    size_t count = 0;
    bool found = false;
    for (size_t i = 0; i < USES; i++)
        list[count++] = (struct view_import_columns_targets){
            .value = str_from(uses[i].value), .label = str_from(uses[i].label)};
    for (int number = 1; number <= NUMBERS; number++)
        for (int field = 0; field < LINK_FIELDS; field++) {
            struct column column = {
                .use = COLUMN_FIELD, .field = (enum link_field)field, .number = number};
            list[count++] = (struct view_import_columns_targets){
                .value = column_target(arena, &column),
                .label = str_fmt(arena, "%.*s %d: %s",
                                 STR_ARG(draw_kind_label(field_kind((enum link_field)field))),
                                 number, field_label((enum link_field)field))};
        }
    for (size_t i = 0; i < count; i++) {
        list[i].selected = !found && str_eq(list[i].value, current);
        found |= list[i].selected;
    }
    if (!found)
        list[count++] = (struct view_import_columns_targets){
            .value = current, .label = current, .selected = true};
    *ret = list;
    return count;
}

static void draw_columns(struct arena *arena, struct import *import, struct view_import *view)
{
    size_t count = 0;
    size_t rows = 0;
    const struct column *columns = import_columns(import, &count);
    const struct str *sample = import_sample(import, &rows);
    struct view_import_columns *list = arena_many(arena, count, struct view_import_columns);
    for (size_t i = 0; i < count; i++) {
        struct str example = STR("");
        for (size_t row = 0; row < rows && !example.len; row++)
            example = str_trim(sample[row * count + i]);
        struct view_import_columns_targets *targets = NULL;
        size_t target_count = draw_targets(arena, column_target(arena, &columns[i]), &targets);
        list[i] = (struct view_import_columns){
            .id = str_fmt(arena, "c%zu", i),
            .header =
                columns[i].header.len ? str_dup(arena, columns[i].header) : STR("(no heading)"),
            .sample = str_dup(arena, draw_excerpt(arena, example, 60)),
            .targets = targets,
            .targets_count = target_count};
    }
    view->columns = list;
    view->columns_count = count;
    view->encoding = str_from(import_encoding(import));
}

static enum st draw_choice(struct request *request, struct import_batch *batch,
                           struct view_import *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct import_mapping *saved = NULL;
    size_t saved_count = 0;
    enum st outcome =
        import_mapping_list(request->app, arena, &request->who, &saved, &saved_count, err);
    if (outcome != ST_OK) return outcome;
    struct view_import_saved *links = arena_many(arena, saved_count, struct view_import_saved);
    int64_t chosen = 0; /* by its number: addresses hold nothing that somebody wrote */
    if (!str_to_int(form_value(request, "columns"), &chosen)) chosen = 0;
    for (size_t i = 0; i < saved_count; i++) {
        links[i] = (struct view_import_saved){
            .href = url_with(arena, url_to_id(arena, ROUTE_import, batch->id), "columns",
                             str_fmt(arena, "%lld", (long long)saved[i].id)),
            .name = saved[i].name};
        if (saved[i].id == chosen) batch->mapping = saved[i].mapping;
    }
    view->saved = links;
    view->saved_count = saved_count;
    struct import_file file;
    outcome = import_file_open(request->app, batch, &file, err);
    if (outcome != ST_OK) return outcome;
    draw_columns(arena, file.import, view);
    import_file_close(&file);
    return ST_OK;
}

/* --- the report -------------------------------------------------------------------------- */

static void draw_refusals(struct arena *arena, struct str message, struct view_import *view)
{
    struct view_import_refusals *list =
        arena_many(arena, IMPORT_REFUSALS_SHOWN, struct view_import_refusals);
    size_t count = 0;
    struct str line;
    while (count < IMPORT_REFUSALS_SHOWN && str_split(&message, '\n', &line)) {
        ptrdiff_t space = str_find(line, STR(" "), 0);
        if (space < 0) continue;
        list[count++] = (struct view_import_refusals){str_sub(line, 0, (size_t)space),
                                                      str_sub(line, (size_t)space + 1, line.len)};
    }
    view->refusals = list;
    view->refusals_count = count;
}

/* How much of the file was read, while it runs. */
static int64_t percent_of(const struct import_batch *batch)
{
    int64_t percent = 0;
    str_to_int(batch->message, &percent);
    return percent;
}

static void draw_batch(struct request *request, struct response *response,
                       struct import_batch *batch, struct str error)
{
    struct arena *arena = request->arena;
    bool running = str_eq(batch->state, STR("running"));
    bool done = str_eq(batch->state, STR("done"));
    bool failed = str_eq(batch->state, STR("failed"));
    struct view_import view = {
        .file = batch->file_name.len ? batch->file_name : STR("A file"),
        .action = url_to_id(arena, ROUTE_import_run, batch->id),
        .csrf = request->csrf,
        .error = failed && !error.len ? batch->message : error,
        .choosing = !running && (!done || batch->dry_run),
        .running = running,
        .finished = done,
        .failed = failed,
        .dry_run = batch->dry_run,
        .progress = url_to_id(arena, ROUTE_import_progress, batch->id).s,
        .rows = batch->rows,
        .percent = running ? percent_of(batch) : 0,
        .taken = batch->taken,
        .known = batch->known,
        .refused = batch->refused,
        .links = batch->links,
        .sees_links = access_allows(&request->who, ACT_SEE_LINKS, NULL),
        .download = url_to_id(arena, ROUTE_import_refused, batch->id),
        .again = url_to_id(arena, ROUTE_import, batch->id),
        .see = url_to(ROUTE_submissions),
        .save_name = form_value(request, "save"),
    };
    struct err err = {0};
    if (done) draw_refusals(arena, batch->message, &view);
    if (view.choosing && draw_choice(request, batch, &view, &err) != ST_OK) {
        if (err.code != ST_INVALID) {
            respond_error(request, response, &err);
            return;
        }
        /* A file that is no table: say so, and leave it at that. */
        view.choosing = false;
        view.error = str_fmt(arena, "%s %s", err.public, err.hint);
    }
    PAGE(request, response, "Import", view_import, &view);
}

void page_import(struct request *request, struct response *response)
{
    struct import_batch batch;
    struct err err = {0};
    if (import_batch_read(request->app, request->arena, &request->who, request->id[0], &batch,
                          &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    draw_batch(request, response, &batch, STR(""));
}

/* The mapping as the selects say it. */
static enum st chosen_mapping(struct request *request, const struct import_batch *batch,
                              struct str *ret, struct err *err)
{
    struct import_file file;
    enum st outcome = import_file_open(request->app, batch, &file, err);
    if (outcome != ST_OK) return outcome;
    size_t count = 0;
    struct column *columns = import_columns(file.import, &count);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        const struct form_field *field = form_find(request, str_fmt(request->arena, "c%zu", i));
        if (field && !column_set_target(&columns[i], field->value))
            outcome = err_set(err, ST_INVALID, "'%.*s' is nothing that a column can be.",
                              STR_ARG(str_sub(field->value, 0, 60)));
    }
    if (outcome == ST_OK) *ret = import_mapping_write(request->arena, file.import);
    import_file_close(&file);
    return outcome;
}

void page_import_run(struct request *request, struct response *response)
{
    struct app *app = request->app;
    struct import_batch batch;
    struct str mapping = STR("");
    struct err err = {0};
    enum st outcome =
        import_batch_read(app, request->arena, &request->who, request->id[0], &batch, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    /* Sent a second time: what became of the first is on its page. */
    if (str_eq(batch.state, STR("done")) && !batch.dry_run) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_import, batch.id));
        return;
    }
    outcome = chosen_mapping(request, &batch, &mapping, &err);
    struct str name = form_value(request, "save");
    if (outcome == ST_OK && name.len)
        outcome = import_mapping_save(app, &request->who, name, mapping, &err);
    if (outcome == ST_OK)
        outcome = import_batch_start(app, &request->who, batch.id, mapping,
                                     str_eq(form_value(request, "do"), STR("try")), &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_import, batch.id));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT || outcome == ST_BUSY) {
        response->status = outcome == ST_INVALID ? 400 : outcome == ST_CONFLICT ? 409 : 503;
        if (mapping.len) batch.mapping = mapping;
        draw_batch(request, response, &batch, str_dup(request->arena, str_from(err.public)));
    } else {
        respond_error(request, response, &err);
    }
}

void page_import_progress(struct request *request, struct response *response)
{
    struct import_batch batch;
    struct err err = {0};
    if (import_batch_read(request->app, request->arena, &request->who, request->id[0], &batch,
                          &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->content_type = "application/json";
    /* The states are words of ours: there is nothing to escape. */
    buf_add_fmt(&response->body, "{\"state\":\"%.*s\",\"done\":%lld,\"percent\":%lld}",
                STR_ARG(batch.state), (long long)batch.rows, (long long)percent_of(&batch));
}

void page_import_refused(struct request *request, struct response *response)
{
    struct import_batch batch;
    struct str csv = STR("");
    struct err err = {0};
    enum st outcome = import_batch_read(request->app, request->arena, &request->who, request->id[0],
                                        &batch, &err);
    if (outcome == ST_OK)
        outcome = import_batch_refused(request->app, request->arena, &batch, &csv, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->content_type = "text/csv; charset=utf-8";
    response->file_name = STR("refused-rows.csv");
    buf_add(&response->body, csv);
}
