/*
 * The chronology of a child: filters, a picture, a table, and the silences.
 */
#include "domain/child_chronology.h"
#include "domain/when.h"
#include "web/page_child.h"

enum { MARGIN = 16, BOTTOM = 14 };

/* The picture is drawn twice, and the style sheet shows the one that the window has room for: on a
 * phone the kinds stand over their lines. */
static const struct geometry {
    const char *id;
    int width;
    int label; /* where the lines begin */
    int top;   /* of the first line */
    int row;
    int words; /* of a kind, below its line */
} geometries[] = {{"wide", 960, 190, 22, 30, 5}, {"narrow", 340, 0, 34, 44, -16}};
enum { PICTURES = sizeof geometries / sizeof *geometries };

static const char *const sources[][2] = {{"typed", "Written in the record"},
                                         {"referral", "A referral"},
                                         {"submission", "Information shared"},
                                         {"missing", "A missing episode"}};

static struct str source_label(struct str source)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (str_eq(source, str_from(sources[i][0]))) return str_from(sources[i][1]);
    return source;
}

/* A day of the filter; false: it is typed, and cannot be read. */
static bool read_day(struct request *request, const char *name, bool last, int32_t *ret)
{
    struct str text = str_trim(form_value(request, name));
    struct date_range range;
    struct date day;
    *ret = LINK_DAY_UNKNOWN;
    if (!text.len) return true;
    if (date_parse_iso(text, &day))
        *ret = date_to_days(day);
    else if (when_parse(text, clock_london(clock_now()).date, &range, NULL) == ST_OK)
        *ret = date_to_days(last ? range.to : range.from);
    return *ret != LINK_DAY_UNKNOWN;
}

static bool read_wish(struct request *request, struct chronology_wish *wish,
                      struct view_child_time *view)
{
    bool right = true;
    *wish = (struct chronology_wish){.source = form_value(request, "source")};
    for (int kind = 0; kind < CHRONOLOGY_KINDS; kind++) {
        wish->kind[kind] = form_has(request, chronology_kind_name((enum chronology_kind)kind));
        view->filtered |= wish->kind[kind];
    }
    if (!read_day(request, "from", false, &wish->from)) {
        view->problem = STR(
            "\"From\" is no day that can be read. Write it like 12/3/2026, March 2026 or 2025.");
        view->at = AT(request, "from");
        right = false;
    }
    if (!read_day(request, "to", true, &wish->to)) {
        view->problem =
            STR("\"To\" is no day that can be read. Write it like 12/3/2026, March 2026 or 2025.");
        view->at = AT(request, "to");
        right = false;
    }
    if (right && wish->from != LINK_DAY_UNKNOWN && wish->to != LINK_DAY_UNKNOWN &&
        wish->to < wish->from) {
        view->problem = STR("\"To\" is before \"From\". Write a later day.");
        view->at = AT(request, "to");
        right = false;
    }
    view->filtered |=
        wish->source.len || wish->from != LINK_DAY_UNKNOWN || wish->to != LINK_DAY_UNKNOWN;
    return right;
}

static void draw_filters(struct request *request, const struct chronology_wish *wish,
                         struct view_child_time *view)
{
    struct arena *arena = request->arena;
    struct view_child_time_kinds *kinds =
        arena_many(arena, CHRONOLOGY_KINDS, struct view_child_time_kinds);
    for (int i = 0; i < CHRONOLOGY_KINDS; i++) {
        struct str name = str_from(chronology_kind_name((enum chronology_kind)i));
        kinds[i] = (struct view_child_time_kinds){
            str_fmt(arena, "kind-%.*s", STR_ARG(name)), name,
            str_from(chronology_kind_label((enum chronology_kind)i)), wish->kind[i]};
    }
    enum { SOURCES = sizeof sources / sizeof *sources };
    struct view_child_time_sources *list =
        arena_many(arena, SOURCES, struct view_child_time_sources);
    for (int i = 0; i < SOURCES; i++)
        list[i] = (struct view_child_time_sources){str_from(sources[i][0]), str_from(sources[i][1]),
                                                   str_eq(wish->source, str_from(sources[i][0]))};
    view->kinds = kinds;
    view->kinds_count = CHRONOLOGY_KINDS;
    view->sources = list;
    view->sources_count = SOURCES;
    view->from = form_value(request, "from");
    view->to = form_value(request, "to");
}

/* --- which time ------------------------------------------------------------------------------- */

/* The same kinds and source, of whatever time. */
static struct url url_of_kinds(struct request *request, const struct chronology_wish *wish,
                               struct url url)
{
    for (int kind = 0; kind < CHRONOLOGY_KINDS; kind++)
        if (wish->kind[kind])
            url = url_with(request->arena, url, chronology_kind_name((enum chronology_kind)kind),
                           STR("yes"));
    return wish->source.len ? url_with(request->arena, url, "source", wish->source) : url;
}

static struct url url_of_days(struct request *request, struct url url, int32_t from, int32_t to)
{
    url = url_with(request->arena, url, "from", date_iso(request->arena, date_from_days(from)));
    return url_with(request->arena, url, "to", date_iso(request->arena, date_from_days(to)));
}

static int32_t day_of(int year, int month)
{
    return date_to_days(
        (struct date){(int16_t)(year + (month - 1) / 12), (int8_t)((month - 1) % 12 + 1), 1});
}

/* Of one year, when no more than that is shown. */
static void draw_months(struct request *request, const struct chronology_wish *wish,
                        struct url base, struct view_child_time *view)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct arena *arena = request->arena;
    if (wish->from == LINK_DAY_UNKNOWN || wish->to == LINK_DAY_UNKNOWN) return;
    int year = date_from_days(wish->from).year;
    if (date_from_days(wish->to).year != year) return;
    struct view_child_time_months *months = arena_many(arena, 12, struct view_child_time_months);
    for (int month = 1; month <= 12; month++) {
        int32_t from = day_of(year, month);
        int32_t to = day_of(year, month + 1) - 1;
        months[view->months_count++] = (struct view_child_time_months){
            url_of_days(request, base, from, to), str_fmt(arena, "%s %d", names[month - 1], year),
            wish->from == from && wish->to == to};
    }
    view->months = months;
}

/* A year of the chronology, for a closer look; the newest years of all that is there. */
static enum st draw_zoom(struct request *request, const struct child_file *file,
                         const struct chronology_wish *wish, struct url here,
                         struct view_child_time *view, struct err *err)
{
    enum { YEARS = 18 };
    struct arena *arena = request->arena;
    struct chronology_wish all = {.from = LINK_DAY_UNKNOWN, .to = LINK_DAY_UNKNOWN};
    struct chronology_item *item = NULL;
    size_t count = 0;
    struct url base = url_of_kinds(request, wish, here);
    view->whole = base;
    view->drag = base.s;
    enum st outcome =
        child_chronology(request->app, arena, &request->who, file, &all, &item, &count, err);
    if (outcome != ST_OK || !count) return outcome;
    struct view_child_time_zoom *zoom = arena_many(arena, YEARS, struct view_child_time_zoom);
    int first = date_from_days(item[count - 1].day).year;
    for (int year = date_from_days(item[0].day).year; year >= first && view->zoom_count < YEARS;
         year--) {
        int32_t from = day_of(year, 1);
        int32_t to = day_of(year + 1, 1) - 1;
        zoom[view->zoom_count++] = (struct view_child_time_zoom){
            url_of_days(request, base, from, to), str_fmt(arena, "%d", year),
            wish->from == from && wish->to == to};
    }
    view->zoom = zoom;
    draw_months(request, wish, base, view);
    return ST_OK;
}

/* --- the picture ------------------------------------------------------------------------------ */

struct scale {
    const struct geometry *geometry;
    int32_t first;
    int32_t last;
};

static double x_of(const struct scale *scale, int32_t day)
{
    double span = scale->last > scale->first ? scale->last - scale->first : 1;
    int left = scale->geometry->label + MARGIN;
    return left + (scale->geometry->width - MARGIN - left) * (day - scale->first) / span;
}

static int y_of(const struct scale *scale, int row)
{
    return scale->geometry->top + row * scale->geometry->row;
}

static struct str day_words(struct arena *arena, int32_t day)
{
    return date_words(arena, date_from_days(day));
}

static void draw_years(struct request *request, const struct scale *scale,
                       struct view_child_time_pictures *picture)
{
    static const int apart = 44; /* as much as a year's words need */
    int first = date_from_days(scale->first).year;
    int last = date_from_days(scale->last).year;
    struct view_child_time_pictures_years *years = arena_many(
        request->arena, (size_t)(last - first) + 3, struct view_child_time_pictures_years);
    /* Within one year the ends say more than the year alone. */
    if (first == last) {
        years[0] = (struct view_child_time_pictures_years){
            x_of(scale, scale->first), day_words(request->arena, scale->first), STR("start")};
        years[1] = (struct view_child_time_pictures_years){
            x_of(scale, scale->last), day_words(request->arena, scale->last), STR("end")};
        picture->years_count = scale->last > scale->first ? 2 : 1;
    }
    double before = -apart;
    for (int year = first + 1; year <= last; year++) {
        double x = x_of(scale, date_to_days((struct date){(int16_t)year, 1, 1}));
        if (x - before < apart) continue;
        before = x;
        years[picture->years_count++] = (struct view_child_time_pictures_years){
            x, str_fmt(request->arena, "%d", year), STR("middle")};
    }
    picture->years = years;
}

static struct str gap_words(struct arena *arena, int32_t older, int32_t newer)
{
    return str_fmt(arena, "Nothing is written between %.*s and %.*s: %d days",
                   STR_ARG(day_words(arena, older)), STR_ARG(day_words(arena, newer)),
                   newer - older);
}

/* From what is asked for, or else from the oldest, to what is asked for, or else today. */
static struct scale scale_of(const struct geometry *geometry, const struct chronology_wish *wish,
                             const struct chronology_item *item, size_t count)
{
    struct scale scale = {geometry, item[count - 1].day, clock_today()};
    if (item[0].day > scale.last) scale.last = item[0].day;
    if (wish->from != LINK_DAY_UNKNOWN) scale.first = wish->from;
    if (wish->to != LINK_DAY_UNKNOWN) scale.last = wish->to;
    return scale;
}

/* The newest first; what lies close to the one before it in its row is drawn as one. */
static void draw_points(struct request *request, const struct scale *scale,
                        const struct chronology_item *item, size_t count,
                        struct view_child_time_pictures *picture)
{
    static const double merged = 21; /* two of the larger */
    struct arena *arena = request->arena;
    struct view_child_time_pictures_points *points =
        arena_many(arena, count, struct view_child_time_pictures_points);
    struct {
        struct view_child_time_pictures_points *point;
        size_t count;
        int32_t newest;
    } last[CHRONOLOGY_KINDS] = {{0}};
    for (size_t i = 0; i < count; i++) {
        int row = (int)item[i].kind;
        double x = x_of(scale, item[i].day);
        if (last[row].point && last[row].point->x - x < merged) {
            last[row].count++;
            last[row].point->r = 10;
            last[row].point->count =
                last[row].count > 99 ? STR("99+") : str_fmt(arena, "%zu", last[row].count);
            last[row].point->label =
                str_fmt(arena, "%s: %zu from %.*s to %.*s", chronology_kind_label(item[i].kind),
                        last[row].count, STR_ARG(day_words(arena, item[i].day)),
                        STR_ARG(day_words(arena, last[row].newest)));
            continue;
        }
        last[row].point = &points[picture->points_count++];
        last[row].count = 1;
        last[row].newest = item[i].day;
        *last[row].point = (struct view_child_time_pictures_points){
            .x = x,
            .y = y_of(scale, row),
            .r = 6,
            .count_y = y_of(scale, row) + 4,
            .kind = str_from(chronology_kind_name(item[i].kind)),
            .label = str_fmt(arena, "%.*s: %.*s", STR_ARG(day_words(arena, item[i].day)),
                             STR_ARG(str_sub(item[i].words, 0, 80))),
            .href = html_url_fragment(arena, str_fmt(arena, "day-%d", item[i].day))};
    }
    picture->points = points;
}

static void draw_gaps(struct request *request, const struct scale *scale,
                      const struct chronology_item *item, size_t count,
                      struct view_child_time_pictures *picture)
{
    static const double aside = 8; /* of the points at both ends */
    struct arena *arena = request->arena;
    struct view_child_time_pictures_gaps *gaps =
        arena_many(arena, count + 1, struct view_child_time_pictures_gaps);
    int32_t newer = scale->last;
    for (size_t i = 0; i <= count; i++) {
        int32_t older = i < count ? item[i].day : scale->first;
        double from = x_of(scale, older) + aside;
        double width = x_of(scale, newer) - aside - from;
        if (newer - older > CHRONOLOGY_GAP_DAYS && width >= 1)
            gaps[picture->gaps_count++] =
                (struct view_child_time_pictures_gaps){from, width, gap_words(arena, older, newer)};
        newer = older;
    }
    picture->gaps = gaps;
}

static void draw_picture(struct request *request, const struct geometry *geometry,
                         const struct chronology_wish *wish, const struct chronology_item *item,
                         size_t count, struct view_child_time_pictures *picture)
{
    struct scale scale = scale_of(geometry, wish, item, count);
    struct view_child_time_pictures_rows *rows =
        arena_many(request->arena, CHRONOLOGY_KINDS, struct view_child_time_pictures_rows);
    for (int i = 0; i < CHRONOLOGY_KINDS; i++)
        rows[i] = (struct view_child_time_pictures_rows){
            str_from(chronology_kind_label((enum chronology_kind)i)),
            y_of(&scale, i) + geometry->words, y_of(&scale, i)};
    *picture = (struct view_child_time_pictures){.id = str_from(geometry->id),
                                                 .width = geometry->width,
                                                 .height = y_of(&scale, CHRONOLOGY_KINDS - 1) + 30 +
                                                           BOTTOM,
                                                 .label_x = geometry->label,
                                                 .first_day = scale.first,
                                                 .last_day = scale.last,
                                                 .left = geometry->label + MARGIN,
                                                 .right = geometry->width - MARGIN,
                                                 .rows = rows,
                                                 .rows_count = CHRONOLOGY_KINDS};
    draw_points(request, &scale, item, count, picture);
    draw_gaps(request, &scale, item, count, picture);
    draw_years(request, &scale, picture);
}

static void draw_pictures(struct request *request, const struct chronology_wish *wish,
                          const struct chronology_item *item, size_t count,
                          struct view_child_time *view)
{
    struct view_child_time_pictures *pictures =
        arena_many(request->arena, PICTURES, struct view_child_time_pictures);
    for (int i = 0; i < PICTURES; i++)
        draw_picture(request, &geometries[i], wish, item, count, &pictures[i]);
    view->pictures = pictures;
    view->pictures_count = PICTURES;
    view->gaps = pictures[0].gaps_count > 0;
}

/* --- the table ------------------------------------------------------------------------------- */

static struct url where(struct request *request, const struct chronology_item *item,
                        bool *ret_linked)
{
    *ret_linked = item->submission || item->referral || item->missing;
    if (item->missing) return url_to_id(request->arena, ROUTE_missing_one, item->missing);
    if (item->submission) return url_to_id(request->arena, ROUTE_submission, item->submission);
    if (item->referral)
        return url_to_id(request->arena,
                         access_allows(&request->who, ACT_DESK, NULL) ? ROUTE_desk_case
                                                                      : ROUTE_referral,
                         item->referral);
    return url_to(ROUTE_children);
}

static void draw_days(struct request *request, const struct chronology_item *item, size_t count,
                      struct view_child_time *view)
{
    struct arena *arena = request->arena;
    struct view_child_time_days *days = arena_many(arena, count + 1, struct view_child_time_days);
    struct view_child_time_days_items *items =
        arena_many(arena, count + 1, struct view_child_time_days_items);
    for (size_t i = 0; i < count; i++) {
        struct view_child_time_days *day = view->days_count ? &days[view->days_count - 1] : NULL;
        if (!i || item[i].day != item[i - 1].day) {
            if (day && item[i - 1].day - item[i].day > CHRONOLOGY_GAP_DAYS)
                day->gap = gap_words(arena, item[i].day, item[i - 1].day);
            day = &days[view->days_count++];
            *day = (struct view_child_time_days){.day = day_words(arena, item[i].day),
                                                 .id = str_fmt(arena, "day-%d", item[i].day),
                                                 .items = &items[i]};
        }
        bool linked = false;
        struct url href = where(request, &item[i], &linked);
        items[i] = (struct view_child_time_days_items){
            .kind = str_from(chronology_kind_name(item[i].kind)),
            .words = item[i].words,
            .by = item[i].by.len ? str_fmt(arena, "%.*s, %.*s", STR_ARG(item[i].by),
                                           STR_ARG(clock_words(arena, item[i].at)))
                                 : clock_words(arena, item[i].at),
            .state = item[i].state == STATE_STANDING ? STR("")
                                                     : str_from(child_state_label(item[i].state)),
            .source = str_eq(item[i].source, STR("typed"))
                          ? str_from(chronology_kind_label(item[i].kind))
                          : source_label(item[i].source),
            .href = href,
            .linked = linked};
        day->items_count++;
    }
    view->days = days;
}

void page_child_time(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct child_file file;
    struct chronology_wish wish;
    struct chronology_item *item = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!child_page_open(request, response, &file)) return;
    struct url here = url_to_id(arena, ROUTE_child_time, file.line.id);
    struct view_child_time view = {
        .head = child_head(request, &file, TAB_TIME),
        .may_edit = file.may_edit,
        .add = url_to_texts(arena, ROUTE_child_add, str_fmt(arena, "%lld", (long long)file.line.id),
                            STR("note")),
        .action = here,
        .all = here};
    bool right = read_wish(request, &wish, &view);
    if (draw_zoom(request, &file, &wish, here, &view, &err) != ST_OK ||
        (right && child_chronology(request->app, arena, &request->who, &file, &wish, &item, &count,
                                   &err) != ST_OK)) {
        respond_error(request, response, &err);
        return;
    }
    draw_filters(request, &wish, &view);
    if (count) draw_pictures(request, &wish, item, count, &view);
    draw_days(request, item, count, &view);
    view.none = right && !count;
    if (!right) response->status = 400;
    PAGE(request, response, "Chronology", view_child_time, &view);
}
