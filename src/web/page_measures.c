/*
 * How well the work is done: figures, charts drawn here, and the same as spreadsheets.
 */
#include "base/csv.h"
#include "domain/area.h"
#include "domain/area_desk.h"
#include "domain/completeness.h"
#include "domain/small.h"
#include "domain/work_measure.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"

enum { WIDTH = 760, HEIGHT = 260, LEFT = 44, TOP = 12, BASE = 226 };

struct words {
    const char *title;
    const char *explanation; /* {}: how long the clock runs, or the days of missing again */
    const char *caption;
    const char *group_head;
    const char *clock; /* NULL: none */
};
static const struct words desk_words[MEASURES] = {
    [MEASURE_DECIDED] = {"Decided within the clock",
                         "Of the referrals of a month, how many had their first decision within "
                         "{}. One whose clock still runs does not count yet.",
                         "Decided in time", "Who referred", CLOCK_DECISION},
    [MEASURE_FEEDBACK] =
        {"The referrer was told",
         "Of the referrals that were decided, for how many the referrer has had feedback since.",
         "Referrers told", "Who referred", NULL},
    [MEASURE_CHECKS] = {"Partner checks answered in time",
                        "Of the checks that were asked of organisations here, how many were "
                        "answered before their clock ran out.",
                        "Answered in time", "Who was asked", NULL},
};
static const struct words work_words[WORK_MEASURES] = {
    [WORK_OFFERED] = {"Return interviews offered in time",
                      "Of the times that a child came back in a month, how often an interview was "
                      "offered within {}. One whose clock still runs does not count yet.",
                      "Offered in time", "Forum", CLOCK_RETURN_INTERVIEW},
    [WORK_HELD] = {"Return interviews held in time",
                   "Of the same, how often the interview was held within {}. One that the child "
                   "declined counts as not held.",
                   "Held in time", "Forum", CLOCK_RETURN_INTERVIEW},
    [WORK_PASSED_ON] = {"What children said was passed on",
                        "Of the interviews that were held and that the child let us pass on, from "
                        "how many something was.",
                        "Passed on", "Forum", NULL},
    [WORK_ONCE] = {"Not missing again",
                   "Of the times that a child went missing in a month, how often it was for the "
                   "first time in {} days. No: the child had been missing before.",
                   "Not before", "Forum", NULL},
    [WORK_COLLATED] =
        {"Information reached a Forum in time",
         "Of what was handed in to a representative, how much was shared with a Forum within {}. "
         "What went to a Forum at once, was sent back, taken back or sent to the referral unit "
         "does not count. Days run from the day it came to the day it was shared.",
         "Shared in time", "Forum", CLOCK_REPRESENTATIVE},
    [WORK_ACTIONS] = {"Actions done by their day",
                      "Of the actions that were due in a month, how many were done by that day. "
                      "No: done later, or overdue.",
                      "Done in time", "Forum", NULL},
    [WORK_ETHNICITY] = {"The child’s ethnic group is known",
                        "Of the children in referrals, for how many the ethnic group was given. "
                        "No: not known, or left blank.",
                        "Ethnic group given", "Who referred", NULL},
};
static const char fields_name[] = "fields";

static int share_of(const struct measure_row *row)
{
    return draw_percent(row->good, row->total);
}

/* One that is to be drawn. */
struct shown {
    const char *name;
    const struct words *words;
    const struct measure_table *table;
    const struct work_table *days; /* NULL: it counts no days */
    bool by_forum;
    bool lists; /* the list behind a figure can be seen */
};

/* The list behind a figure, for whoever may see the desk. */
static struct url list_url(struct arena *arena, const char *measure, const struct measure_row *row,
                           bool missed)
{
    struct url url = url_with(arena, url_to(ROUTE_desk), "measure", str_from(measure));
    if (row->month) url = url_with(arena, url, "month", str_fmt(arena, "%d", row->month));
    if (row->organisation)
        url = url_with(arena, url, "organisation",
                       str_fmt(arena, "%lld", (long long)row->organisation));
    return missed ? url_with(arena, url, "missed", STR("1")) : url;
}

/* --- the chart -------------------------------------------------------------------------------- */

/* The top of the scale: a number that five lines share well. */
static int64_t scale_of(const struct measure_table *table)
{
    int64_t most = 5;
    for (int i = 0; i < MEASURE_MONTHS; i++)
        if (!table->month[i].hidden && table->month[i].total > most) most = table->month[i].total;
    int64_t step = 1;
    while (step * 5 < most) step *= step % 3 == 0 || step == 1 || step % 10 == 0 ? 2 : 5;
    return step * 5;
}

static struct str chart_words(struct arena *arena, const struct measure_table *table)
{
    struct str text = STR("");
    for (int i = 0; i < MEASURE_MONTHS; i++) {
        const struct measure_row *row = &table->month[i];
        text = row->hidden
                   ? str_fmt(arena, "%.*s%.*s: not shown. ", STR_ARG(text), STR_ARG(row->label))
                   : str_fmt(arena, "%.*s%.*s: %lld of %lld. ", STR_ARG(text), STR_ARG(row->label),
                             (long long)row->good, (long long)row->total);
    }
    return str_trim(text);
}

/* Else the chart would be an empty frame, or show the months without a failure alone: it is those
 * with a few that are too small to be shown. */
static bool shows_most_months(const struct measure_table *table)
{
    int shown = 0, hidden = 0;
    for (int i = 0; i < MEASURE_MONTHS; i++) {
        shown += !table->month[i].hidden && table->month[i].total;
        hidden += table->month[i].hidden;
    }
    return shown > hidden;
}

static void draw_lines(struct arena *arena, int64_t scale, struct view_measures_measures *ret)
{
    enum { LINES = 5 };
    struct view_measures_measures_lines *lines =
        arena_many(arena, LINES + 1, struct view_measures_measures_lines);
    for (int i = 0; i <= LINES; i++) {
        double y = BASE - (double)(BASE - TOP) * i / LINES;
        lines[i] = (struct view_measures_measures_lines){
            .y = y,
            .text_y = y + 5,
            .label = str_fmt(arena, "%lld", (long long)(scale * i / LINES))};
    }
    ret->lines = lines;
    ret->lines_count = LINES + 1;
}

static void draw_bars(struct arena *arena, const struct measure_table *table,
                      struct view_measures_measures *ret)
{
    int64_t scale = scale_of(table);
    double slot = (double)(WIDTH - LEFT) / MEASURE_MONTHS;
    struct view_measures_measures_bars *bars =
        arena_many(arena, MEASURE_MONTHS, struct view_measures_measures_bars);
    for (int i = 0; i < MEASURE_MONTHS; i++) {
        const struct measure_row *row = &table->month[i];
        double each = (double)(BASE - TOP) / (double)scale;
        double good = row->hidden ? 0 : (double)row->good * each;
        double rest = row->hidden ? 0 : (double)(row->total - row->good) * each;
        double x = LEFT + slot * i;
        bars[i] = (struct view_measures_measures_bars){
            .x = x + slot * 0.15,
            .width = slot * 0.7,
            .good_y = BASE - good,
            .good_height = good,
            .rest_y = BASE - good - rest,
            .rest_height = rest,
            .label = str_sub(row->label, 0, 3),
            .label_x = x + slot / 2,
            .label_y = BASE + 20,
            .mark_y = BASE - 6,
            .hidden = row->hidden,
            .title = row->hidden ? str_fmt(arena, "%.*s: not shown", STR_ARG(row->label))
                                 : str_fmt(arena, "%.*s: %lld of %lld", STR_ARG(row->label),
                                           (long long)row->good, (long long)row->total)};
    }
    ret->bars = bars;
    ret->bars_count = MEASURE_MONTHS;
    ret->width = WIDTH;
    ret->height = HEIGHT;
    ret->base = BASE;
    draw_lines(arena, scale, ret);
}

/* --- the tables ------------------------------------------------------------------------------- */

static struct str days_words(struct arena *arena, const struct shown *shown, int32_t days)
{
    if (!shown->days || days == WORK_DAYS_NONE) return STR("–");
    return str_fmt(arena, "%d", days);
}

static void draw_months(struct arena *arena, const struct shown *shown,
                        struct view_measures_measures *ret)
{
    const struct measure_table *table = shown->table;
    struct view_measures_measures_months *rows =
        arena_many(arena, MEASURE_MONTHS, struct view_measures_measures_months);
    for (int i = 0; i < MEASURE_MONTHS; i++) {
        const struct measure_row *row = &table->month[i];
        rows[i] = (struct view_measures_measures_months){
            .label = row->label,
            .sort = row->month,
            .good = row->good,
            .rest = row->total - row->good,
            .has_missed = shown->lists && row->total > row->good,
            .total = row->total,
            .share = share_of(row),
            .hidden = row->hidden,
            .none = row->total == 0,
            .has_list = shown->lists && row->total > 0,
            .all = list_url(arena, shown->name, row, false),
            .missed = list_url(arena, shown->name, row, true),
            .days = days_words(arena, shown,
                               shown->days ? shown->days->month_days[i] : WORK_DAYS_NONE)};
    }
    ret->months = rows;
    ret->months_count = MEASURE_MONTHS;
}

static void draw_groups(struct arena *arena, const struct shown *shown,
                        struct view_measures_measures *ret)
{
    size_t count = shown->table->organisation_count;
    struct view_measures_measures_groups *rows =
        arena_many(arena, count, struct view_measures_measures_groups);
    for (size_t i = 0; i < count; i++) {
        const struct measure_row *row = &shown->table->organisation[i];
        rows[i] = (struct view_measures_measures_groups){
            .label = row->label,
            .good = row->good,
            .rest = row->total - row->good,
            .has_missed = shown->lists && row->total > row->good,
            .total = row->total,
            .share = share_of(row),
            .bar = share_of(row),
            .hidden = row->hidden,
            .has_list = shown->lists,
            .all = list_url(arena, shown->name, row, false),
            .missed = list_url(arena, shown->name, row, true),
            .days = days_words(arena, shown,
                               shown->days ? shown->days->group_days[i] : WORK_DAYS_NONE)};
    }
    ret->groups = rows;
    ret->groups_count = count;
}

/* "72 hours", "1 working day" */
static struct str clock_words_of(struct arena *arena, const struct area *area, const char *id)
{
    const struct area_clock *clock = area ? area_clock_find(area, str_from(id)) : NULL;
    if (!clock) return STR("the time that is set");
    return str_fmt(arena, "%d %s%s", clock->rule.amount,
                   clock->rule.unit == WORKING_DAYS ? "working day" : "hour",
                   clock->rule.amount == 1 ? "" : "s");
}

static struct str explain(const struct app *app, struct arena *arena, const struct words *words)
{
    struct str text = str_from(words->explanation);
    ptrdiff_t at = str_find(text, STR("{}"), 0);
    if (at < 0) return text;
    struct str span = words->clock ? clock_words_of(arena, app->area, words->clock)
                                   : str_fmt(arena, "%d", work_again_days(app));
    return str_fmt(arena, "%.*s%.*s%.*s", STR_ARG(str_sub(text, 0, (size_t)at)), STR_ARG(span),
                   STR_ARG(str_sub(text, (size_t)at + 2, text.len)));
}

static void draw_measure(const struct app *app, struct arena *arena, const struct shown *shown,
                         struct view_measures_measures *ret)
{
    const struct measure_table *table = shown->table;
    *ret = (struct view_measures_measures){
        .id = str_from(shown->name),
        .at = html_url_fragment(arena, str_from(shown->name)),
        .title = str_from(shown->words->title),
        .explanation = explain(app, arena, shown->words),
        .caption = str_from(shown->words->caption),
        .group_caption = shown->by_forum ? STR("By Forum") : STR("By organisation"),
        .group_head = str_from(shown->words->group_head),
        .all_good = table->all.good,
        .all_total = table->all.total,
        .all_share = share_of(&table->all),
        .all_hidden = table->all.hidden,
        .any = table->all.total > 0,
        .has_days = shown->days != NULL,
        .all_days = days_words(arena, shown, shown->days ? shown->days->all_days : WORK_DAYS_NONE),
        .csv = url_to_text(arena, ROUTE_measures_csv, str_from(shown->name)),
        .has_chart = shows_most_months(table),
        .chart_title = str_fmt(arena, "%s, by month", shown->words->title),
        .chart_words = chart_words(arena, table)};
    draw_bars(arena, table, ret);
    draw_months(arena, shown, ret);
    draw_groups(arena, shown, ret);
}

static struct shown shown_work(enum work_measure measure, const struct work_table *table)
{
    return (struct shown){.name = work_measure_name(measure),
                          .words = &work_words[measure],
                          .table = &table->figures,
                          .days = measure == WORK_COLLATED ? table : NULL,
                          .by_forum = work_measure_by_forum(measure)};
}

static enum st draw_measures(struct request *request, struct view_measures *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct measure_table desk[MEASURES];
    struct work_table *work = arena_many(arena, WORK_MEASURES, struct work_table);
    struct view_measures_measures *list =
        arena_many(arena, MEASURES + WORK_MEASURES, struct view_measures_measures);
    bool lists = access_allows(&request->who, ACT_DESK, NULL);
    enum st outcome = work_measures_read(request->app, arena, &request->who,
                                         (1u << WORK_MEASURES) - 1, work, err);
    for (int i = 0; i < MEASURES && outcome == ST_OK; i++) {
        outcome =
            measure_read(request->app, arena, &request->who, (enum desk_measure)i, &desk[i], err);
        struct shown shown = {.name = measure_name((enum desk_measure)i),
                              .words = &desk_words[i],
                              .table = &desk[i],
                              .lists = lists};
        if (outcome == ST_OK) draw_measure(request->app, arena, &shown, &list[i]);
    }
    for (int i = 0; i < WORK_MEASURES && outcome == ST_OK; i++) {
        struct shown shown = shown_work((enum work_measure)i, &work[i]);
        draw_measure(request->app, arena, &shown, &list[MEASURES + i]);
    }
    view->measures = list;
    view->measures_count = MEASURES + WORK_MEASURES;
    return outcome;
}

/* --- what is known ---------------------------------------------------------------------------- */

static const char *const holder_titles[FIELD_HOLDERS] = {"In referrals", "In children’s records"};

static struct str cell_words(struct arena *arena, int64_t count, bool hidden)
{
    return hidden ? STR("not shown") : str_fmt(arena, "%lld", (long long)count);
}

static int field_share(const struct field_row *row)
{
    return draw_percent(row->count[FIELD_GIVEN], row->of);
}

static enum st draw_fields(struct request *request, struct view_measures *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct field_table tables[FIELD_HOLDERS];
    struct view_measures_fields *list =
        arena_many(arena, FIELD_HOLDERS, struct view_measures_fields);
    enum st outcome = completeness_read(request->app, arena, &request->who, tables, err);
    for (int holder = 0; holder < FIELD_HOLDERS && outcome == ST_OK; holder++) {
        struct view_measures_fields_rows *rows =
            arena_many(arena, tables[holder].count, struct view_measures_fields_rows);
        for (size_t i = 0; i < tables[holder].count; i++) {
            const struct field_row *row = &tables[holder].row[i];
            bool shares = !row->of_hidden && !row->hidden[FIELD_GIVEN];
            rows[i] = (struct view_measures_fields_rows){
                .part = row->part,
                .label = row->label,
                .given = cell_words(arena, row->count[FIELD_GIVEN],
                                    row->of_hidden || row->hidden[FIELD_GIVEN]),
                .not_known = cell_words(arena, row->count[FIELD_NOT_KNOWN],
                                        row->of_hidden || row->hidden[FIELD_NOT_KNOWN]),
                .blank = cell_words(arena, row->count[FIELD_BLANK],
                                    row->of_hidden || row->hidden[FIELD_BLANK]),
                .of = cell_words(arena, row->of, row->of_hidden),
                .has_share = shares,
                .share = shares ? field_share(row) : 0};
        }
        list[holder] = (struct view_measures_fields){
            .id = str_fmt(arena, "fields-%s", field_holder_name((enum field_holder)holder)),
            .title = str_from(holder_titles[holder]),
            .count = (int64_t)tables[holder].count,
            .rows = rows,
            .rows_count = tables[holder].count};
    }
    view->fields = list;
    view->fields_count = FIELD_HOLDERS;
    view->fields_csv = url_to_text(arena, ROUTE_measures_csv, str_from(fields_name));
    return outcome;
}

void page_measures(struct request *request, struct response *response)
{
    struct err err = {0};
    bool all = access_allows(&request->who, ACT_MEASURES, &(struct record){.organisation = -1});
    struct view_measures view = {.area =
                                     request->app->area ? area_name(request->app->area) : STR(""),
                                 .own = all ? STR("") : request->who.organisation_name,
                                 .small = SMALL_UNDER};
    enum st outcome = draw_measures(request, &view, &err);
    if (outcome == ST_OK) outcome = draw_fields(request, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, "How well the work is done", view_measures, &view);
}

/* --- as a spreadsheet ------------------------------------------------------------------------- */

static void add_row(struct arena *arena, struct buf *out, const char *by,
                    const struct measure_row *row)
{
    struct str hidden = STR("not shown");
    csv_add_cell(out, str_from(by), true, true);
    csv_add_cell(out, row->label, false, true);
    csv_add_cell(out, row->hidden ? hidden : str_fmt(arena, "%lld", (long long)row->good), false,
                 true);
    csv_add_cell(out,
                 row->hidden ? hidden : str_fmt(arena, "%lld", (long long)(row->total - row->good)),
                 false, true);
    csv_add_cell(out, row->hidden ? hidden : str_fmt(arena, "%lld", (long long)row->total), false,
                 true);
    csv_add_cell(out,
                 row->hidden  ? hidden
                 : row->total ? str_fmt(arena, "%d", share_of(row))
                              : STR(""),
                 false, true);
    csv_add_end(out);
}

static void add_heads(struct buf *out, const char *const *heads, size_t count)
{
    for (size_t i = 0; i < count; i++) csv_add_cell(out, str_from(heads[i]), i == 0, false);
    csv_add_end(out);
}

static void add_measure(struct arena *arena, struct buf *out, const struct measure_table *table,
                        const char *group)
{
    static const char *const heads[] = {"By", "Which", "Yes", "No", "Of", "Percent"};
    add_heads(out, heads, sizeof heads / sizeof *heads);
    for (int i = 0; i < MEASURE_MONTHS; i++) add_row(arena, out, "month", &table->month[i]);
    for (size_t i = 0; i < table->organisation_count; i++)
        add_row(arena, out, group, &table->organisation[i]);
    add_row(arena, out, "all", &table->all);
}

static enum st add_fields(struct request *request, struct buf *out, struct err *err)
{
    static const char *const heads[] = {"Kept in",   "Part",  "Question", "Answered",
                                        "Not known", "Blank", "Of",       "Percent answered"};
    struct arena *arena = request->arena;
    struct field_table tables[FIELD_HOLDERS];
    enum st outcome = completeness_read(request->app, arena, &request->who, tables, err);
    if (outcome == ST_OK) add_heads(out, heads, sizeof heads / sizeof *heads);
    for (int holder = 0; holder < FIELD_HOLDERS && outcome == ST_OK; holder++)
        for (size_t i = 0; i < tables[holder].count; i++) {
            const struct field_row *row = &tables[holder].row[i];
            csv_add_cell(out, str_from(field_holder_name((enum field_holder)holder)), true, true);
            csv_add_cell(out, row->part, false, true);
            csv_add_cell(out, row->label, false, true);
            for (int state = 0; state < FIELD_STATES; state++)
                csv_add_cell(
                    out, cell_words(arena, row->count[state], row->of_hidden || row->hidden[state]),
                    false, true);
            csv_add_cell(out, cell_words(arena, row->of, row->of_hidden), false, true);
            csv_add_cell(
                out,
                cell_words(arena, field_share(row), row->of_hidden || row->hidden[FIELD_GIVEN]),
                false, true);
            csv_add_end(out);
        }
    return outcome;
}

void page_measures_csv(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct buf *out = &response->body;
    struct str name = request->parameter[0];
    struct measure_table table;
    struct work_table *work = arena_many(arena, WORK_MEASURES, struct work_table);
    enum desk_measure measure;
    enum work_measure other;
    struct err err = {0};
    enum st outcome;
    if (measure_from_name(name, &measure)) {
        outcome = measure_read(request->app, arena, &request->who, measure, &table, &err);
        if (outcome == ST_OK) add_measure(arena, out, &table, "organisation");
    } else if (work_measure_from_name(name, &other)) {
        outcome = work_measures_read(request->app, arena, &request->who, 1u << other, work, &err);
        if (outcome == ST_OK)
            add_measure(arena, out, &work[other].figures,
                        work_measure_by_forum(other) ? "forum" : "organisation");
    } else if (str_eq(name, str_from(fields_name))) {
        outcome = add_fields(request, out, &err);
    } else {
        outcome = err_missing(&err, "page");
    }
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->content_type = "text/csv; charset=utf-8";
    response->file_name = str_fmt(arena, "pendeen-%.*s.csv", STR_ARG(name));
}
