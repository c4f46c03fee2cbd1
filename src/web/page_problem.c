/*
 * The problem profile: as a page, the lists behind its figures, as a PDF and as a spreadsheet.
 */
#include "base/csv.h"
#include "domain/area.h"
#include "domain/problem.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/network.h"
#include "web/pages.h"
#include "web/paper.h"

static const char *const notes[PROBLEM_TABLES] = {
    [PROBLEM_THING] = "A submission that names several counts in each.",
    [PROBLEM_TOWN] =
        "A submission that names several counts in each. One that names no place counts in none.",
    [PROBLEM_GAP] = "A submission that lacks several counts in each."};

/* What was asked for; the last year that is over when nothing was. */
static struct problem_period chosen(const struct request *request)
{
    int64_t from = 0;
    int64_t length = 0;
    if (!str_to_int(form_value(request, "length"), &length)) length = 4;
    struct problem_period period =
        problem_period_last((int32_t)(length == 1 || length == 8 ? length : 4));
    if (form_has(request, "length"))
        period.quarters = (int32_t)(length > 0 && length < 100 ? length : 0);
    if (form_has(request, "from"))
        period.quarter = str_to_int(form_value(request, "from"), &from) && from > 0 && from < 40000
                             ? (int32_t)from
                             : 0;
    period.forum = form_value(request, "forum");
    return period;
}

static struct url with_period(struct arena *arena, struct url url,
                              const struct problem_period *period)
{
    url = url_with(arena, url, "from", str_fmt(arena, "%d", period->quarter));
    url = url_with(arena, url, "length", str_fmt(arena, "%d", period->quarters));
    return period->forum.len ? url_with(arena, url, "forum", period->forum) : url;
}

static struct str where_of(struct request *request, const struct problem_period *period)
{
    const struct area_forum *forum = area_forum_find(request->app->area, period->forum);
    return forum ? forum->name : STR("All that you may see");
}

/* --- the form --------------------------------------------------------------------------------- */

static void draw_form(struct request *request, const struct problem_period *period,
                      struct view_problem *view)
{
    enum { QUARTERS = 16 };
    static const struct {
        const char *value;
        const char *label;
        int32_t quarters;
    } lengths[] = {{"1", "a quarter", 1}, {"4", "a year", 4}, {"8", "two years", 8}};
    struct arena *arena = request->arena;
    struct view_problem_quarters *quarters =
        arena_many(arena, QUARTERS, struct view_problem_quarters);
    int32_t last = problem_period_last(1).quarter;
    for (int i = 0; i < QUARTERS; i++)
        quarters[i] = (struct view_problem_quarters){str_fmt(arena, "%d", last - i),
                                                     problem_quarter_label(arena, last - i),
                                                     last - i == period->quarter};
    struct view_problem_lengths *options = arena_many(arena, 3, struct view_problem_lengths);
    for (int i = 0; i < 3; i++)
        options[i] =
            (struct view_problem_lengths){str_from(lengths[i].value), str_from(lengths[i].label),
                                          lengths[i].quarters == period->quarters};
    size_t count = 0;
    const struct area_forum *known =
        request->app->area ? area_forums(request->app->area, &count) : NULL;
    struct view_problem_forums *forums = arena_many(arena, count + 1, struct view_problem_forums);
    forums[0] =
        (struct view_problem_forums){STR(""), STR("All that you may see"), period->forum.len == 0};
    for (size_t i = 0; i < count; i++)
        forums[i + 1] = (struct view_problem_forums){known[i].id, known[i].name,
                                                     str_eq(known[i].id, period->forum)};
    view->quarters = quarters;
    view->quarters_count = QUARTERS;
    view->lengths = options;
    view->lengths_count = 3;
    view->forums = forums;
    view->forums_count = count + 1;
    view->action = url_to(ROUTE_problem);
}

/* --- tables and charts ------------------------------------------------------------------------ */

static struct str share_of(struct arena *arena, const struct problem_profile *profile,
                           const struct problem_row *row)
{
    if (!profile->total || profile->total_hidden) return STR("–");
    return str_fmt(arena, "%d%%", draw_percent(row->count, profile->total));
}

static void draw_bars(struct arena *arena, const struct problem_figures *figures,
                      struct view_problem_tables *ret)
{
    enum { LONGEST = 84, STEP = 44 }; /* in percent of the width; pixels */
    int64_t most = 1;
    for (size_t i = 0; i < figures->count; i++)
        if (!figures->row[i].hidden && figures->row[i].count > most) most = figures->row[i].count;
    struct view_problem_tables_bars *bars =
        arena_many(arena, figures->count, struct view_problem_tables_bars);
    struct str words = STR("");
    for (size_t i = 0; i < figures->count; i++) {
        const struct problem_row *row = &figures->row[i];
        double length = row->hidden ? 0 : (double)row->count / (double)most * LONGEST;
        struct str value =
            row->hidden ? STR("not shown") : str_fmt(arena, "%lld", (long long)row->count);
        bars[i] = (struct view_problem_tables_bars){.label_y = (int64_t)i * STEP + 14,
                                                    .y = (int64_t)i * STEP + 19,
                                                    .value_y = (int64_t)i * STEP + 32,
                                                    .length = length,
                                                    .label = draw_excerpt(arena, row->label, 38),
                                                    .value = value,
                                                    .hidden = row->hidden};
        words =
            str_fmt(arena, "%.*s%.*s: %.*s. ", STR_ARG(words), STR_ARG(row->label), STR_ARG(value));
    }
    ret->bars = bars;
    ret->bars_count = figures->count;
    ret->chart_words = str_trim(words);
    ret->height = (int64_t)figures->count * STEP;
}

static void draw_tables(struct request *request, const struct problem_profile *profile,
                        struct view_problem *view)
{
    struct arena *arena = request->arena;
    struct view_problem_tables *tables =
        arena_many(arena, PROBLEM_TABLES, struct view_problem_tables);
    for (int table = 0; table < PROBLEM_TABLES; table++) {
        const struct problem_figures *figures = &profile->table[table];
        struct str name = str_from(problem_table_name((enum problem_table)table));
        struct view_problem_tables_rows *rows =
            arena_many(arena, figures->count, struct view_problem_tables_rows);
        for (size_t i = 0; i < figures->count; i++) {
            struct url url = with_period(arena, url_to(ROUTE_problem_list), &profile->period);
            url =
                url_with(arena, url_with(arena, url, "table", name), "which", figures->row[i].key);
            rows[i] = (struct view_problem_tables_rows){
                .label = figures->row[i].label,
                .count = figures->row[i].count,
                .share = share_of(arena, profile, &figures->row[i]),
                .hidden = figures->row[i].hidden,
                .has_list = figures->row[i].count > 0,
                .href = url};
        }
        tables[table] = (struct view_problem_tables){
            .id = name,
            .title = str_from(problem_table_title((enum problem_table)table)),
            .note = notes[table] ? str_from(notes[table]) : STR(""),
            .rows = rows,
            .rows_count = figures->count};
        draw_bars(arena, figures, &tables[table]);
    }
    view->tables = tables;
    view->tables_count = PROBLEM_TABLES;
}

static struct str count_words(struct arena *arena, int64_t count, bool hidden)
{
    return hidden ? STR("not shown") : str_fmt(arena, "%lld", (long long)count);
}

/* "named with 3 others before, 9 now" */
static struct str network_words(struct arena *arena, const struct problem_repeat *repeat)
{
    return str_fmt(arena, "named with others before: %.*s; now: %.*s",
                   STR_ARG(count_words(arena, repeat->with_before, repeat->before_hidden)),
                   STR_ARG(count_words(arena, repeat->with, repeat->with_hidden)));
}

static void draw_repeats(struct arena *arena, const struct problem_profile *profile,
                         struct view_problem *view)
{
    struct view_problem_repeats *rows =
        arena_many(arena, profile->repeat_count, struct view_problem_repeats);
    for (size_t i = 0; i < profile->repeat_count; i++) {
        const struct problem_repeat *repeat = &profile->repeat[i];
        rows[i] = (struct view_problem_repeats){
            .href = url_to_id(arena, ROUTE_entity, repeat->entity),
            .kind = str_from(kind_name(repeat->kind)),
            .kind_label = draw_kind_label(repeat->kind),
            .title = draw_excerpt(arena, repeat->title, 80),
            .submissions = repeat->submissions,
            .list = url_with(
                arena,
                url_with(arena, with_period(arena, url_to(ROUTE_problem_list), &profile->period),
                         "table", STR("repeat")),
                "which", str_fmt(arena, "%lld", (long long)repeat->entity)),
            .origins = count_words(arena, repeat->origins, repeat->origins_hidden),
            .origins_page = url_to_id(arena, ROUTE_origins, repeat->entity),
            .network = network_words(arena, repeat),
            .chart = network_url_from(arena, repeat->entity),
            .sort = repeat->before_hidden || repeat->with_hidden
                        ? 0
                        : repeat->with - repeat->with_before};
    }
    view->repeats = rows;
    view->repeats_count = profile->repeat_count;
    struct view_problem_actions *actions =
        arena_many(arena, PROBLEM_ACTIONS, struct view_problem_actions);
    for (int i = 0; i < PROBLEM_ACTIONS; i++)
        actions[i] = (struct view_problem_actions){
            profile->action[i].label, profile->action[i].count, profile->action[i].hidden,
            url_with(arena,
                     url_with(arena,
                              with_period(arena, url_to(ROUTE_problem_list), &profile->period),
                              "table", STR("actions")),
                     "which", profile->action[i].key)};
    view->has_actions = profile->has_actions;
    view->actions = actions;
    view->actions_count = PROBLEM_ACTIONS;
    view->actions_page = url_to(ROUTE_actions);
}

void page_problem(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct problem_profile profile;
    struct err err = {0};
    struct problem_period period = chosen(request);
    bool good = problem_period_is_good(request->app, &period);
    struct problem_period shown = good ? period : problem_period_last(4);
    if (problem_read(request->app, arena, &request->who, &shown, &profile, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    if (!good) response->status = 400;
    struct view_problem view = {
        .area = request->app->area ? area_name(request->app->area) : STR(""),
        .period = problem_period_label(arena, &shown),
        .where = where_of(request, &shown),
        .small = SMALL_UNDER,
        .error = good ? STR("")
                      : STR("Choose quarters that are over, and a Forum of the list. This is the "
                            "last year instead."),
        .error_at = html_url_fragment(arena, STR("from")),
        .any = profile.total > 0,
        .total = profile.total,
        .total_hidden = profile.total_hidden,
        .all = url_with(arena, with_period(arena, url_to(ROUTE_problem_list), &shown), "table",
                        STR("all")),
        .pdf = with_period(arena, url_to(ROUTE_problem_pdf), &shown),
        .csv = with_period(arena, url_to(ROUTE_problem_csv), &shown)};
    draw_form(request, &period, &view);
    draw_tables(request, &profile, &view);
    draw_repeats(arena, &profile, &view);
    PAGE(request, response, "Problem profile", view_problem, &view);
}

/* --- the list behind a figure ----------------------------------------------------------------- */

static void list_actions(struct request *request, struct response *response,
                         const struct problem_period *period)
{
    struct arena *arena = request->arena;
    struct forum_action *list = NULL;
    struct str label = STR("");
    size_t count = 0;
    struct err err = {0};
    if (problem_action_list(request->app, arena, &request->who, period,
                            form_value(request, "which"), &label, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_problem_list_rows *rows = arena_many(arena, count, struct view_problem_list_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_problem_list_rows){
            .reference = draw_excerpt(arena, list[i].what, 140),
            .href = url_to_id(arena, ROUTE_action, list[i].id),
            .words = str_fmt(arena, "By %.*s",
                             STR_ARG(date_words(arena, date_from_days(list[i].due_day)))),
            .date = date_words(arena, clock_london(list[i].created_at).date)};
    struct view_problem_list view = {.back = with_period(arena, url_to(ROUTE_problem), period),
                                     .title = STR("Actions that were agreed in the period"),
                                     .which = label,
                                     .period = problem_period_label(arena, period),
                                     .total = (int64_t)count,
                                     .what = STR("actions"),
                                     .rows = rows,
                                     .rows_count = count};
    PAGE(request, response, "Behind a figure", view_problem_list, &view);
}

/* The newest first. */
static int by_arrival(const void *a, const void *b)
{
    const struct submission *left = a;
    const struct submission *right = b;
    if (left->created_at != right->created_at) return left->created_at < right->created_at ? 1 : -1;
    return (left->id < right->id) - (left->id > right->id);
}

static struct str listed_words(struct arena *arena, size_t shown, int64_t total)
{
    if ((int64_t)shown == total) return STR("submissions, the newest first");
    return str_fmt(arena, "submissions; these are the newest %zu", shown);
}

void page_problem_list(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct problem_period period = chosen(request);
    enum problem_table table = PROBLEM_QUARTER;
    struct str label = STR("");
    int64_t *id = NULL;
    size_t count = 0;
    int64_t total = 0;
    struct err err = {0};
    struct str asked = form_value(request, "table");
    if (str_eq(asked, STR("actions"))) {
        list_actions(request, response, &period);
        return;
    }
    bool all = str_eq(asked, STR("all"));
    bool repeat = str_eq(asked, STR("repeat"));
    int64_t entity = 0;
    enum st outcome = ST_NOT_FOUND;
    if (all || (repeat && str_to_int(form_value(request, "which"), &entity) && entity > 0))
        outcome = problem_list_of(request->app, arena, &request->who, &period, entity, &label, &id,
                                  &count, &total, &err);
    else if (problem_table_from_name(asked, &table))
        outcome = problem_list(request->app, arena, &request->who, &period, table,
                               form_value(request, "which"), &label, &id, &count, &total, &err);
    else
        outcome = err_missing(&err, "figure");
    struct submission *read = arena_many(arena, count, struct submission);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = submission_read(request->app, arena, &request->who, id[i], &read[i], &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    if (count) qsort(read, count, sizeof *read, by_arrival);
    struct view_problem_list_rows *rows = arena_many(arena, count, struct view_problem_list_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_problem_list_rows){
            .reference = read[i].reference,
            .href = url_to_id(arena, ROUTE_submission, read[i].id),
            .words = draw_excerpt(arena, read[i].narrative, 140),
            .date = date_words(arena, clock_london(read[i].created_at).date)};
    struct view_problem_list view = {.back = with_period(arena, url_to(ROUTE_problem), &period),
                                     .title = all      ? STR("Submissions")
                                              : repeat ? STR("What came up again and again")
                                                       : str_from(problem_table_title(table)),
                                     .which = draw_excerpt(arena, label, 100),
                                     .period = problem_period_label(arena, &period),
                                     .total = total,
                                     .what = listed_words(arena, count, total),
                                     .rows = rows,
                                     .rows_count = count};
    PAGE(request, response, "Behind a figure", view_problem_list, &view);
}

/* --- as files --------------------------------------------------------------------------------- */

static bool read_for_file(struct request *request, struct response *response,
                          struct problem_profile *profile)
{
    struct err err = {0};
    struct problem_period period = chosen(request);
    if (problem_read(request->app, request->arena, &request->who, &period, profile, &err) == ST_OK)
        return true;
    respond_error(request, response, &err);
    return false;
}

static void add_line(struct buf *out, struct str table, struct str which, struct str count)
{
    csv_add_cell(out, table, true, true);
    csv_add_cell(out, which, false, true);
    csv_add_cell(out, count, false, true);
    csv_add_end(out);
}

void page_problem_csv(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct problem_profile profile;
    if (!read_for_file(request, response, &profile)) return;
    struct buf *out = &response->body;
    add_line(out, STR("Table"), STR("Which"), STR("How many"));
    for (int table = 0; table < PROBLEM_TABLES; table++)
        for (size_t i = 0; i < profile.table[table].count; i++) {
            const struct problem_row *row = &profile.table[table].row[i];
            add_line(out, str_from(problem_table_title((enum problem_table)table)), row->label,
                     count_words(arena, row->count, row->hidden));
        }
    for (size_t i = 0; i < profile.repeat_count; i++) {
        const struct problem_repeat *repeat = &profile.repeat[i];
        struct str title = draw_excerpt(arena, repeat->title, 80);
        add_line(out, STR("Came up again: submissions"), title,
                 count_words(arena, repeat->submissions, false));
        add_line(out, STR("Came up again: independent origins"), title,
                 count_words(arena, repeat->origins, repeat->origins_hidden));
        add_line(out, STR("Came up again: named with, before"), title,
                 count_words(arena, repeat->with_before, repeat->before_hidden));
        add_line(out, STR("Came up again: named with, now"), title,
                 count_words(arena, repeat->with, repeat->with_hidden));
    }
    for (int i = 0; profile.has_actions && i < PROBLEM_ACTIONS; i++)
        add_line(out, STR("Actions"), profile.action[i].label,
                 count_words(arena, profile.action[i].count, profile.action[i].hidden));
    add_line(out, STR("All"), problem_period_label(arena, &profile.period),
             count_words(arena, profile.total, profile.total_hidden));
    response->content_type = "text/csv; charset=utf-8";
    response->file_name = STR("pendeen-problem-profile.csv");
}

struct writing {
    struct request *request;
    const struct problem_profile *profile;
};

static void write_profile(struct paper *paper, const void *context)
{
    const struct writing *writing = context;
    struct arena *arena = writing->request->arena;
    const struct problem_profile *profile = writing->profile;
    paper_text(paper, STR("Problem profile"), 0, 18, true, 0);
    paper_text(paper,
               str_fmt(arena, "%.*s, %.*s", STR_ARG(where_of(writing->request, &profile->period)),
                       STR_ARG(problem_period_label(arena, &profile->period))),
               0, 12, false, 0);
    paper_space(paper, 6);
    paper_text(paper,
               str_fmt(arena,
                       "Made of what its reader may see. Figures of information, not of children. "
                       "A figure under "
                       "%d is not shown, nor one that would give it away.",
                       SMALL_UNDER),
               0, 10, false, 0);
    paper_text(paper,
               str_fmt(arena, "Submissions: %.*s",
                       STR_ARG(count_words(arena, profile->total, profile->total_hidden))),
               0, 12, true, 0);
    for (int table = 0; table < PROBLEM_TABLES; table++) {
        paper_space(paper, 10);
        paper_text(paper, str_from(problem_table_title((enum problem_table)table)), 0, 13, true,
                   60);
        for (size_t i = 0; i < profile->table[table].count; i++) {
            const struct problem_row *row = &profile->table[table].row[i];
            paper_text(paper,
                       str_fmt(arena, "%.*s: %.*s", STR_ARG(row->label),
                               STR_ARG(count_words(arena, row->count, row->hidden))),
                       12, 10.5, false, 0);
        }
    }
    paper_space(paper, 10);
    paper_text(paper, STR("What came up again and again"), 0, 13, true, 60);
    for (size_t i = 0; i < profile->repeat_count; i++) {
        const struct problem_repeat *repeat = &profile->repeat[i];
        paper_text(paper,
                   str_fmt(arena, "%s, %.*s: in %lld submissions; independent origins: %.*s; %.*s",
                           kind_name(repeat->kind), STR_ARG(draw_excerpt(arena, repeat->title, 80)),
                           (long long)repeat->submissions,
                           STR_ARG(count_words(arena, repeat->origins, repeat->origins_hidden)),
                           STR_ARG(network_words(arena, repeat))),
                   12, 10.5, false, 0);
    }
    if (!profile->repeat_count) paper_text(paper, STR("Nothing did."), 12, 10.5, false, 0);
    if (!profile->has_actions) return;
    paper_space(paper, 10);
    paper_text(paper, STR("What was done"), 0, 13, true, 60);
    for (int i = 0; i < 3; i++)
        paper_text(paper,
                   str_fmt(arena, "%.*s: %.*s", STR_ARG(profile->action[i].label),
                           STR_ARG(count_words(arena, profile->action[i].count,
                                               profile->action[i].hidden))),
                   12, 10.5, false, 0);
}

void page_problem_pdf(struct request *request, struct response *response)
{
    struct problem_profile profile;
    struct err err = {0};
    if (!read_for_file(request, response, &profile)) return;
    struct writing writing = {request, &profile};
    if (paper_pdf(request, STR("Problem profile"), "OFFICIAL-SENSITIVE", write_profile, &writing,
                  &response->body, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->content_type = "application/pdf";
    response->file_name = STR("pendeen-problem-profile.pdf");
}
