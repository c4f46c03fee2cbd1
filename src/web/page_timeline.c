/*
 * The timeline of an entity or of a network: lanes by kind, gaps, and the same as a list.  Which
 * time is shown is in the address (`time`: two days), so that it works without JavaScript; by
 * script one draws over the part that one wants closer.
 */
#include "domain/entity_seen.h"
#include "domain/timeline.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/network.h"
#include "web/pages.h"

enum {
    WIDTH = 960,
    LABEL = 150,
    MARGIN = 18,
    ROW = 34,
    TOP = 24,
    MERGED = 21,
    GAP_LEAST = 3,
    YEARS_MAX = 12,
    DAYS_LEAST = 7
};

struct window {
    int32_t first;
    int32_t last;
    bool whole;
};

struct line {
    struct request *request;
    struct network_state state;
    bool network; /* with all that is drawn in the chart */
    struct window window;
    int32_t oldest; /* of all that is known */
    int32_t newest;
    const struct timeline_event *event; /* within the window, newest first */
    size_t count;
};

/* --- addresses -------------------------------------------------------------------------------- */

static struct url url_at(const struct line *line, const struct window *window, bool network)
{
    struct arena *arena = line->request->arena;
    struct url url = network_url(arena, ROUTE_timeline, &line->state, 0);
    if (network) url = url_with(arena, url, "of", STR("network"));
    if (window->whole) return url;
    return url_with(arena, url, "time",
                    str_fmt(arena, "%.*s.%.*s",
                            STR_ARG(date_iso(arena, date_from_days(window->first))),
                            STR_ARG(date_iso(arena, date_from_days(window->last)))));
}

static bool read_window(struct str text, struct window *ret)
{
    struct date first;
    struct date last;
    if (text.len != 21 || text.ptr[10] != '.' || !date_parse_iso(str_sub(text, 0, 10), &first) ||
        !date_parse_iso(str_sub(text, 11, 10), &last))
        return false;
    *ret = (struct window){date_to_days(first), date_to_days(last), false};
    return ret->first <= ret->last;
}

static struct window year_of(int year)
{
    return (struct window){date_to_days((struct date){(int16_t)year, 1, 1}),
                           date_to_days((struct date){(int16_t)year, 12, 31}), false};
}

static struct window month_of(int year, int month)
{
    struct date next = {(int16_t)(month == 12 ? year + 1 : year),
                        (int8_t)(month == 12 ? 1 : month + 1), 1};
    return (struct window){date_to_days((struct date){(int16_t)year, (int8_t)month, 1}),
                           date_to_days(next) - 1, false};
}

static struct str day_words(struct arena *arena, int32_t day)
{
    return date_words(arena, date_from_days(day));
}

static void add_step(const struct line *line, struct view_timeline *view,
                     struct view_timeline_steps *steps, struct window window, const char *label,
                     const char *hidden)
{
    steps[view->steps_count++] = (struct view_timeline_steps){url_at(line, &window, line->network),
                                                              str_from(label), str_from(hidden)};
}

/* All of it, a half of it, twice as much, the time before and after. */
static void draw_steps(const struct line *line, struct view_timeline *view)
{
    struct view_timeline_steps *steps =
        arena_many(line->request->arena, 5, struct view_timeline_steps);
    int32_t first = line->window.first;
    int32_t last = line->window.last;
    int32_t span = last - first + 1;
    int32_t quarter = span / 4;
    view->steps = steps;
    if (!line->window.whole)
        add_step(line, view, steps, (struct window){.whole = true}, "All", " of the time");
    if (span > 2 * DAYS_LEAST)
        add_step(line, view, steps, (struct window){first + quarter, last - quarter, false},
                 "Closer", ": the middle half");
    if (line->window.whole) return;
    add_step(line, view, steps, (struct window){first - span / 2, last + span / 2, false}, "Wider",
             ": twice as long");
    add_step(line, view, steps, (struct window){first - span, first - 1, false}, "Earlier",
             ": as long before");
    add_step(line, view, steps, (struct window){last + 1, last + span, false}, "Later",
             ": as long after");
}

static void draw_calendar(const struct line *line, struct view_timeline *view)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct arena *arena = line->request->arena;
    int to = date_from_days(line->newest).year;
    int from = date_from_days(line->oldest).year;
    int shown = line->window.whole ? 0 : date_from_days(line->window.first).year;
    struct view_timeline_years *years = arena_many(arena, YEARS_MAX, struct view_timeline_years);
    struct view_timeline_months *months = arena_many(arena, 12, struct view_timeline_months);
    for (int year = to - YEARS_MAX + 1 > from ? to - YEARS_MAX + 1 : from; year <= to; year++) {
        struct window window = year_of(year);
        years[view->years_count++] = (struct view_timeline_years){
            url_at(line, &window, line->network), str_fmt(arena, "%d", year),
            window.first == line->window.first && window.last == line->window.last};
    }
    for (int month = 1; shown && shown == date_from_days(line->window.last).year && month <= 12;
         month++) {
        struct window window = month_of(shown, month);
        months[view->months_count++] = (struct view_timeline_months){
            url_at(line, &window, line->network), str_fmt(arena, "%s %d", names[month - 1], shown),
            window.first == line->window.first && window.last == line->window.last};
    }
    view->years = years;
    view->months = months;
    view->window = str_fmt(arena, "%.*s to %.*s", STR_ARG(day_words(arena, line->window.first)),
                           STR_ARG(day_words(arena, line->window.last)));
}

/* --- the picture ------------------------------------------------------------------------------ */

static double x_of(const struct line *line, int32_t day)
{
    double span =
        line->window.last > line->window.first ? line->window.last - line->window.first : 1;
    return LABEL + MARGIN + (WIDTH - LABEL - 2 * MARGIN) * (day - line->window.first) / span;
}

static struct str gap_words(struct arena *arena, const struct timeline_gap *gap)
{
    return str_fmt(arena, "Nothing is known between %.*s and %.*s: %d days",
                   STR_ARG(day_words(arena, gap->from)), STR_ARG(day_words(arena, gap->to)),
                   gap->to - gap->from);
}

/* A tenth of the time that is shown. */
static int32_t gap_least(const struct line *line)
{
    int32_t tenth = (line->window.last - line->window.first) / 10;
    return tenth < GAP_LEAST ? GAP_LEAST : tenth;
}

static size_t find_gaps(const struct line *line, struct timeline_gap *ret, size_t maximum)
{
    int32_t *day = arena_many(line->request->arena, line->count + 1, int32_t);
    for (size_t i = 0; i < line->count; i++) day[i] = line->event[i].day;
    return timeline_gaps(day, line->count, line->window.first, line->window.last, gap_least(line),
                         ret, maximum);
}

/* The last event of a lane that was drawn: what lies close is drawn as one. */
struct drawn {
    struct view_timeline_points *point;
    size_t count;
    int32_t newest;
};

static struct str point_label(struct arena *arena, int lane, const struct timeline_event *event,
                              const struct drawn *drawn)
{
    if (drawn->count > 1)
        return str_fmt(arena, "%s: %zu from %.*s to %.*s",
                       timeline_lane_label((enum timeline_lane)lane), drawn->count,
                       STR_ARG(day_words(arena, event->day)),
                       STR_ARG(day_words(arena, drawn->newest)));
    return str_fmt(arena, "%.*s, %s: %.*s", STR_ARG(day_words(arena, event->day)),
                   timeline_lane_label((enum timeline_lane)lane),
                   STR_ARG(draw_excerpt(arena, event->words, 80)));
}

static void draw_points(const struct line *line, const int place[TIMELINE_LANES],
                        struct view_timeline *view)
{
    static const double radius = 7;
    struct arena *arena = line->request->arena;
    struct drawn drawn[TIMELINE_LANES] = {{0}};
    view->points = arena_many(arena, line->count * TIMELINE_LANES + 1, struct view_timeline_points);
    struct view_timeline_points *points =
        arena_many(arena, line->count * TIMELINE_LANES + 1, struct view_timeline_points);
    for (size_t i = 0; i < line->count; i++) {
        const struct timeline_event *event = &line->event[i];
        for (int lane = 0; lane < TIMELINE_LANES; lane++) {
            if (!(event->lanes >> lane & 1)) continue;
            struct drawn *last = &drawn[lane];
            double x = x_of(line, event->day);
            if (last->point && last->point->x - x < MERGED) {
                last->count++;
            } else {
                *last = (struct drawn){&points[view->points_count++], 1, event->day};
                *last->point = (struct view_timeline_points){
                    .x = x,
                    .y = TOP + place[lane] * ROW,
                    .r = radius,
                    .kind = str_from(timeline_lane_name((enum timeline_lane)lane))};
                last->point->href = html_url_fragment(arena, str_fmt(arena, "day-%d", event->day));
            }
            last->point->label = point_label(arena, lane, event, last);
            if (last->count < 2) continue;
            last->point->r = radius + 3;
            last->point->count = last->count > 99 ? STR("99+") : str_fmt(arena, "%zu", last->count);
            last->point->count_y = last->point->y + 4;
        }
    }
    view->points = points;
}

static void draw_marks(const struct line *line, struct view_timeline *view)
{
    enum { MARKS = 5 };
    struct arena *arena = line->request->arena;
    struct view_timeline_marks *marks = arena_many(arena, MARKS, struct view_timeline_marks);
    int32_t span = line->window.last - line->window.first;
    size_t count = span >= MARKS - 1 ? MARKS : 1;
    for (size_t i = 0; i < count; i++) {
        int32_t day = line->window.first + (count > 1 ? span * (int32_t)i / (MARKS - 1) : 0);
        marks[i] = (struct view_timeline_marks){x_of(line, day), day_words(arena, day),
                                                i == 0           ? STR("start")
                                                : i + 1 == count ? STR("end")
                                                                 : STR("middle")};
    }
    view->marks = marks;
    view->marks_count = count;
}

static void draw_picture(const struct line *line, struct view_timeline *view)
{
    enum { GAPS_MAX = 24 };
    struct arena *arena = line->request->arena;
    struct timeline_gap gap[GAPS_MAX];
    size_t gaps = find_gaps(line, gap, GAPS_MAX);
    struct view_timeline_rows *rows = arena_many(arena, TIMELINE_LANES, struct view_timeline_rows);
    struct view_timeline_gaps *bands = arena_many(arena, gaps, struct view_timeline_gaps);
    int place[TIMELINE_LANES] = {0};
    unsigned used = 0;
    for (size_t i = 0; i < line->count; i++) used |= line->event[i].lanes;
    for (int lane = 0; lane < TIMELINE_LANES; lane++) {
        if (!(used >> lane & 1)) continue;
        place[lane] = (int)view->rows_count;
        double y = TOP + place[lane] * ROW;
        rows[view->rows_count++] = (struct view_timeline_rows){
            str_from(timeline_lane_label((enum timeline_lane)lane)), y + 5, y, LABEL};
    }
    for (size_t i = 0; i < gaps; i++) {
        double from = x_of(line, gap[i].from) + 10;
        double to = x_of(line, gap[i].to) - 10;
        if (to > from)
            bands[view->gaps_count++] =
                (struct view_timeline_gaps){from, to - from, gap_words(arena, &gap[i])};
    }
    view->rows = rows;
    view->gaps = bands;
    view->width = WIDTH;
    view->height = TOP + (int64_t)(view->rows_count ? view->rows_count : 1) * ROW + 14;
    view->first_day = line->window.first;
    view->last_day = line->window.last;
    view->left = LABEL + MARGIN;
    view->right = WIDTH - MARGIN;
    draw_points(line, place, view);
    draw_marks(line, view);
}

/* --- the list --------------------------------------------------------------------------------- */

static struct str lanes_words(struct arena *arena, unsigned lanes)
{
    struct str words = STR("");
    for (int lane = 0; lane < TIMELINE_LANES; lane++)
        if (lanes >> lane & 1)
            words = str_fmt(arena, "%.*s%s%s", STR_ARG(words), words.len ? " · " : "",
                            timeline_lane_label((enum timeline_lane)lane));
    return words;
}

static struct url where(const struct line *line, const struct timeline_event *event)
{
    struct arena *arena = line->request->arena;
    if (event->submission) return url_to_id(arena, ROUTE_submission, event->submission);
    if (event->measure) return url_to_id(arena, ROUTE_disruption, event->measure);
    return url_to_ids(arena, ROUTE_pair, event->mention, event->other);
}

static void draw_list(const struct line *line, struct view_timeline *view)
{
    struct arena *arena = line->request->arena;
    struct view_timeline_days *days = arena_many(arena, line->count + 1, struct view_timeline_days);
    struct view_timeline_days_items *items =
        arena_many(arena, line->count + 1, struct view_timeline_days_items);
    int32_t least = gap_least(line);
    for (size_t i = 0; i < line->count; i++) {
        const struct timeline_event *event = &line->event[i];
        struct view_timeline_days *day = view->days_count ? &days[view->days_count - 1] : NULL;
        if (!i || event->day != event[-1].day) {
            struct timeline_gap gap = {event->day, i ? event[-1].day : line->window.last};
            bool shows = gap.to - gap.from > least;
            if (shows && day) day->gap = gap_words(arena, &gap);
            if (shows && !day) view->after = gap_words(arena, &gap);
            day = &days[view->days_count++];
            *day = (struct view_timeline_days){.day = day_words(arena, event->day),
                                               .id = str_fmt(arena, "day-%d", event->day),
                                               .items = &items[i]};
        }
        items[i] = (struct view_timeline_days_items){
            .kind = str_from(timeline_lane_name((enum timeline_lane)__builtin_ctz(event->lanes))),
            .lanes = lanes_words(arena, event->lanes),
            .words = event->words,
            .note = event->came ? STR("The day on which it came.") : STR(""),
            .href = where(line, event),
            .linked = true};
        day->items_count++;
    }
    struct timeline_gap oldest = {line->window.first, line->count ? line->event[line->count - 1].day
                                                                  : line->window.last};
    if (line->count && oldest.to - oldest.from > least) view->before = gap_words(arena, &oldest);
    view->days = days;
    view->none = line->count == 0;
}

/* --- the page --------------------------------------------------------------------------------- */

/* What it is of: where the chart starts, or all that is drawn in it. */
static enum st entities_of(struct line *line, int64_t ret[static TIMELINE_ENTITIES_MAX],
                           size_t *ret_count, struct err *err)
{
    struct request *request = line->request;
    if (line->network) {
        struct chart chart;
        enum st outcome =
            network_chart(request, &line->state, AUDIT_CONSULTATION, "timeline read", &chart, err);
        for (size_t i = 0; i < chart.node_count && outcome == ST_OK; i++)
            ret[i] = chart.node[i].entity;
        *ret_count = outcome == ST_OK ? chart.node_count : 0;
        return outcome;
    }
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    *ret_count = 0;
    for (size_t i = 0; i < line->state.ask.seed_count; i++) {
        int64_t entity = seen_entity(scope, line->state.ask.seed[i]);
        if (entity) ret[(*ret_count)++] = entity;
    }
    if (!*ret_count) return err_missing(err, "record");
    return audit_event(request->app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                           .action = "timeline read",
                                                           .account = request->who.account,
                                                           .subject = "entity",
                                                           .subject_id = ret[0],
                                                           .reason = "role"}, err);
}

/* Keeps what lies in the window; without one, the window is all of it. */
static void cut(struct line *line, const struct timeline_event *event, size_t count)
{
    size_t from = 0;
    int32_t today = clock_today();
    line->newest = count ? event[0].day : today;
    line->oldest = count ? event[count - 1].day : today;
    if (line->window.whole) {
        line->window.first = line->oldest;
        line->window.last = line->newest > today ? line->newest : today;
        if (line->window.last - line->window.first < DAYS_LEAST)
            line->window.first = line->window.last - DAYS_LEAST;
    }
    while (from < count && event[from].day > line->window.last) from++;
    line->event = event + from;
    while (from + line->count < count && event[from + line->count].day >= line->window.first)
        line->count++;
}

static enum st title_of(struct line *line, int64_t entity, size_t count, struct str *ret,
                        struct err *err)
{
    struct arena *arena = line->request->arena;
    const struct scope *scope = scope_of(line->request->app, arena, &line->request->who);
    struct db *db = store_read_begin(line->request->app->store, err);
    struct str title = STR("");
    if (!db) return ST_FAILED;
    enum st outcome = entity_title(scope, db, arena, entity, &title, err);
    store_read_end(line->request->app->store, db);
    title = draw_excerpt(arena, title, 80);
    *ret = count > 1 ? str_fmt(arena, "%.*s and %zu more", STR_ARG(title), count - 1) : title;
    return outcome;
}

void page_timeline(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct line line = {.request = request, .state = network_state_of(request)};
    int64_t entity[TIMELINE_ENTITIES_MAX];
    struct timeline_event *event = NULL;
    struct err err = {0};
    size_t count = 0;
    size_t events = 0;
    bool more = false;
    line.network = line.state.ask.path || str_eq(form_value(request, "of"), STR("network"));
    line.window.whole = !read_window(form_value(request, "time"), &line.window);
    struct view_timeline view = {.is_network = line.network};
    enum st outcome = entities_of(&line, entity, &count, &err);
    if (outcome == ST_OK)
        outcome = timeline_read(scope_of(request->app, arena, &request->who), arena, entity, count,
                                line.state.ask.until, &event, &events, &more, &err);
    if (outcome == ST_OK) outcome = title_of(&line, entity[0], count, &view.title, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    cut(&line, event, events);
    view.more = more;
    view.until = line.state.ask.until ? network_day(arena, line.state.ask.until) : STR("");
    view.network = url_at(&line, &line.window, true);
    view.alone = url_at(&line, &line.window, false);
    view.back = line.network || count > 1 ? network_url(arena, ROUTE_network, &line.state, 0)
                                          : url_to_id(arena, ROUTE_entity, entity[0]);
    view.back_label =
        line.network || count > 1 ? STR("The network chart") : STR("Everything known");
    struct window none = {.whole = true};
    view.drag = line.window.last - line.window.first > DAYS_LEAST
                    ? url_at(&line, &none, line.network).s
                    : STR("");
    draw_steps(&line, &view);
    draw_calendar(&line, &view);
    draw_picture(&line, &view);
    draw_list(&line, &view);
    PAGE(request, response, "Timeline", view_timeline, &view);
}
