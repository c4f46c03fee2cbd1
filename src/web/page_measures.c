/*
 * How well referrals are handled: figures, charts drawn here, and the same as spreadsheets.
 */
#include "base/csv.h"
#include "domain/area.h"
#include "domain/desk_measure.h"
#include "domain/small.h"
#include "web/layout.h"
#include "web/pages.h"

enum { WIDTH = 760, HEIGHT = 260, LEFT = 44, TOP = 12, BASE = 226 };

static const struct {
    const char *title;
    const char *explanation;
    const char *caption;
    const char *organisation_head;
} words[MEASURES] = {
    [MEASURE_DECIDED] = {"Decided within the clock",
                         "Of the referrals of a month, how many had their first decision within one working day. One whose clock still runs does not count yet.",
                         "Decided in time", "Who referred"},
    [MEASURE_FEEDBACK] = {"The referrer was told", "Of the referrals that were decided, for how many the referrer has had feedback since.",
                          "Referrers told", "Who referred"},
    [MEASURE_CHECKS] = {"Partner checks answered in time",
                        "Of the checks that were asked of organisations here, how many were answered before their clock ran out.",
                        "Answered in time", "Who was asked"},
};

static int share_of(const struct measure_row *row)
{
    return row->total ? (int)(row->good * 100 / row->total) : 0;
}

/* The list behind a figure, for whoever may see the desk. */
static struct url list_url(struct arena *arena, enum desk_measure measure, const struct measure_row *row, bool missed)
{
    struct url url = url_with(arena, url_to(ROUTE_desk), "measure", str_from(measure_name(measure)));
    if (row->month) url = url_with(arena, url, "month", str_fmt(arena, "%d", row->month));
    if (row->organisation)
        url = url_with(arena, url, "organisation", str_fmt(arena, "%lld", (long long)row->organisation));
    return missed ? url_with(arena, url, "missed", STR("1")) : url;
}

/* --- the chart ------------------------------------------------------------------------------------ */

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
        text = row->hidden ? str_fmt(arena, "%.*s%.*s: not shown. ", STR_ARG(text), STR_ARG(row->label))
                           : str_fmt(arena, "%.*s%.*s: %lld of %lld. ", STR_ARG(text), STR_ARG(row->label),
                                     (long long)row->good, (long long)row->total);
    }
    return str_trim(text);
}

static void draw_lines(struct arena *arena, int64_t scale, struct view_measures_measures *ret)
{
    enum { LINES = 5 };
    struct view_measures_measures_lines *lines = arena_many(arena, LINES + 1, struct view_measures_measures_lines);
    for (int i = 0; i <= LINES; i++) {
        double y = BASE - (double)(BASE - TOP) * i / LINES;
        lines[i] = (struct view_measures_measures_lines){
            .y = y, .text_y = y + 5, .label = str_fmt(arena, "%lld", (long long)(scale * i / LINES))};
    }
    ret->lines = lines;
    ret->lines_count = LINES + 1;
}

static void draw_bars(struct arena *arena, const struct measure_table *table, struct view_measures_measures *ret)
{
    int64_t scale = scale_of(table);
    double slot = (double)(WIDTH - LEFT) / MEASURE_MONTHS;
    struct view_measures_measures_bars *bars = arena_many(arena, MEASURE_MONTHS, struct view_measures_measures_bars);
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
                                 : str_fmt(arena, "%.*s: %lld of %lld", STR_ARG(row->label), (long long)row->good,
                                           (long long)row->total)};
    }
    ret->bars = bars;
    ret->bars_count = MEASURE_MONTHS;
    ret->width = WIDTH;
    ret->height = HEIGHT;
    ret->base = BASE;
    draw_lines(arena, scale, ret);
}

/* --- the tables ------------------------------------------------------------------------------------- */

static void draw_months(struct arena *arena, enum desk_measure measure, bool lists,
                        const struct measure_table *table, struct view_measures_measures *ret)
{
    struct view_measures_measures_months *rows = arena_many(arena, MEASURE_MONTHS, struct view_measures_measures_months);
    for (int i = 0; i < MEASURE_MONTHS; i++) {
        const struct measure_row *row = &table->month[i];
        rows[i] = (struct view_measures_measures_months){.label = row->label,
                                                         .good = row->good,
                                                         .rest = row->total - row->good,
                                                         .has_missed = lists && row->total > row->good,
                                                         .total = row->total,
                                                         .share = share_of(row),
                                                         .hidden = row->hidden,
                                                         .none = row->total == 0,
                                                         .has_list = lists && row->total > 0,
                                                         .all = list_url(arena, measure, row, false),
                                                         .missed = list_url(arena, measure, row, true)};
    }
    ret->months = rows;
    ret->months_count = MEASURE_MONTHS;
}

static void draw_organisations(struct arena *arena, enum desk_measure measure, bool lists,
                               const struct measure_table *table, struct view_measures_measures *ret)
{
    size_t count = table->organisation_count;
    struct view_measures_measures_organisations *rows = arena_many(arena, count, struct view_measures_measures_organisations);
    for (size_t i = 0; i < count; i++) {
        const struct measure_row *row = &table->organisation[i];
        rows[i] = (struct view_measures_measures_organisations){.label = row->label,
                                                                .good = row->good,
                                                         .rest = row->total - row->good,
                                                         .has_missed = lists && row->total > row->good,
                                                                .total = row->total,
                                                                .share = share_of(row),
                                                                .bar = share_of(row),
                                                                .hidden = row->hidden,
                                                                .has_list = lists,
                                                                .all = list_url(arena, measure, row, false),
                                                                .missed = list_url(arena, measure, row, true)};
    }
    ret->organisations = rows;
    ret->organisations_count = count;
}

static enum st draw_measure(struct request *request, enum desk_measure measure,
                            struct view_measures_measures *ret, struct err *err)
{
    struct arena *arena = request->arena;
    struct measure_table table;
    enum st outcome = measure_read(request->app, arena, &request->who, measure, &table, err);
    if (outcome != ST_OK) return outcome;
    bool lists = access_allows(&request->who, ACT_DESK, NULL);
    *ret = (struct view_measures_measures){
        .id = str_from(measure_name(measure)),
        .title = str_from(words[measure].title),
        .explanation = str_from(words[measure].explanation),
        .caption = str_from(words[measure].caption),
        .organisation_head = str_from(words[measure].organisation_head),
        .all_good = table.all.good,
        .all_total = table.all.total,
        .all_share = share_of(&table.all),
        .all_hidden = table.all.hidden,
        .any = table.all.total > 0,
        .csv = url_to_text(arena, ROUTE_measures_csv, str_from(measure_name(measure))),
        .chart_title = str_fmt(arena, "%s, by month", words[measure].title),
        .chart_words = chart_words(arena, &table)};
    draw_bars(arena, &table, ret);
    draw_months(arena, measure, lists, &table, ret);
    draw_organisations(arena, measure, lists, &table, ret);
    return ST_OK;
}

void page_measures(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct view_measures_measures *list = arena_many(arena, MEASURES, struct view_measures_measures);
    struct err err = {0};
    enum st outcome = ST_OK;
    for (int measure = 0; measure < MEASURES && outcome == ST_OK; measure++)
        outcome = draw_measure(request, (enum desk_measure)measure, &list[measure], &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    bool all = access_allows(&request->who, ACT_MEASURES, &(struct record){.organisation = -1});
    struct view_measures view = {.area = request->app->area ? area_name(request->app->area) : STR(""),
                                 .own = all ? STR("") : request->who.organisation_name,
                                 .small = SMALL_UNDER,
                                 .measures = list,
                                 .measures_count = MEASURES};
    PAGE(request, response, "How well referrals are handled", view_measures, &view);
}

/* --- as a spreadsheet --------------------------------------------------------------------------------- */

static void add_row(struct arena *arena, struct buf *out, const char *by, const struct measure_row *row)
{
    struct str hidden = STR("not shown");
    csv_add_cell(out, str_from(by), true, true);
    csv_add_cell(out, row->label, false, true);
    csv_add_cell(out, row->hidden ? hidden : str_fmt(arena, "%lld", (long long)row->good), false, true);
    csv_add_cell(out, row->hidden ? hidden : str_fmt(arena, "%lld", (long long)(row->total - row->good)), false, true);
    csv_add_cell(out, row->hidden ? hidden : str_fmt(arena, "%lld", (long long)row->total), false, true);
    csv_add_cell(out, row->hidden ? hidden : row->total ? str_fmt(arena, "%d", share_of(row)) : STR(""), false, true);
    csv_add_end(out);
}

void page_measures_csv(struct request *request, struct response *response)
{
    static const char *const heads[] = {"By", "Which", "Yes", "No", "Of", "Percent"};
    struct arena *arena = request->arena;
    struct measure_table table;
    enum desk_measure measure;
    struct err err = {0};
    enum st outcome = measure_from_name(request->parameter[0], &measure)
                          ? measure_read(request->app, arena, &request->who, measure, &table, &err)
                          : err_set(&err, ST_NOT_FOUND, "There is no such page.");
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        csv_add_cell(&response->body, str_from(heads[i]), i == 0, false);
    csv_add_end(&response->body);
    for (int i = 0; i < MEASURE_MONTHS; i++) add_row(arena, &response->body, "month", &table.month[i]);
    for (size_t i = 0; i < table.organisation_count; i++)
        add_row(arena, &response->body, "organisation", &table.organisation[i]);
    add_row(arena, &response->body, "all", &table.all);
    response->content_type = "text/csv; charset=utf-8";
    response->file_name = str_fmt(arena, "pendeen-%s.csv", measure_name(measure));
}
