/*
 * The picture of a child's episodes: a line for each month, a column for each day, a bar for each
 * episode.  Nothing is told by colour alone: bars differ in fill and outline, each says what it is,
 * and the table below says the same.
 */
#include "web/page_missing.h"

enum { ROW = 20, TOP = 18, BAR = 12, MONTHS_MAX = 60 };

/* Drawn twice: the style sheet shows the one that the window has room for. */
static const struct geometry {
    const char *id;
    int width;
    int label; /* what the names of months take */
    int every; /* how many days there are from one that is named to the next */
} geometries[] = {{"wide", 760, 76, 1}, {"narrow", 340, 66, 5}};
enum { PICTURES = sizeof geometries / sizeof *geometries };

struct months {
    const struct geometry *geometry;
    int first; /* years * 12 + month - 1 */
    int last;
};

static double column_of(const struct geometry *geometry)
{
    return (geometry->width - geometry->label) / 31.0;
}

static int month_of(instant_ms at)
{
    struct date date = clock_london(at).date;
    return date.year * 12 + date.month - 1;
}

static double x_of(const struct geometry *geometry, instant_ms at)
{
    struct civil civil = clock_london(at);
    return geometry->label +
           column_of(geometry) * (civil.date.day - 1 + (civil.hour * 60 + civil.minute) / 1440.0);
}

static double y_of(const struct months *months, int month)
{
    return TOP + (months->last - month) * ROW;
}

static const char *kind_of(const struct missing_line *line)
{
    if (!line->returned) return "open";
    if (str_eq(line->sort, STR("missing"))) return "missing";
    return str_eq(line->sort, STR("away")) ? "away" : "other";
}

static struct months months_of(const struct geometry *geometry, const struct missing_line *line,
                               size_t count)
{
    struct months months = {geometry, month_of(line[count - 1].since), month_of(line[0].since)};
    for (size_t i = 0; i < count; i++) {
        int last = month_of(line[i].returned ? line[i].returned : clock_now());
        if (last > months.last) months.last = last;
    }
    if (months.last - months.first >= MONTHS_MAX) months.first = months.last - MONTHS_MAX + 1;
    return months;
}

/* One episode: a bar in each month that it reaches into. */
static size_t draw_bars(struct request *request, const struct months *months,
                        const struct missing_line *line,
                        struct view_missing_calendar_pictures_bars *ret, size_t room)
{
    static const double thinnest = 7;
    const struct geometry *geometry = months->geometry;
    instant_ms end = line->returned ? line->returned : clock_now();
    struct str label = str_fmt(request->arena, "%.*s: %.*s, %.*s", STR_ARG(line->reference),
                               STR_ARG(line->sort_label), STR_ARG(missing_when(request, line)));
    struct url href = html_url_fragment(
        request->arena, str_fmt(request->arena, "episode-%lld", (long long)line->id));
    size_t count = 0;
    for (int month = month_of(line->since); month <= month_of(end) && count < room; month++) {
        if (month < months->first) continue;
        double from =
            month == month_of(line->since) ? x_of(geometry, line->since) : geometry->label;
        double to = month == month_of(end) ? x_of(geometry, end) : geometry->width;
        double width = to - from < thinnest ? thinnest : to - from;
        if (from + width > geometry->width) from = geometry->width - width;
        ret[count++] = (struct view_missing_calendar_pictures_bars){
            from, y_of(months, month) + (ROW - BAR) / 2.0, width, str_from(kind_of(line)), label,
            href};
    }
    return count;
}

static void draw_grid(struct request *request, const struct months *months,
                      struct view_missing_calendar_pictures *picture)
{
    static const char *const names[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct arena *arena = request->arena;
    struct view_missing_calendar_pictures_months *rows =
        arena_many(arena, MONTHS_MAX, struct view_missing_calendar_pictures_months);
    struct view_missing_calendar_pictures_days *days =
        arena_many(arena, 31, struct view_missing_calendar_pictures_days);
    for (int month = months->last; month >= months->first; month--)
        rows[picture->months_count++] = (struct view_missing_calendar_pictures_months){
            y_of(months, month) + ROW - 6, y_of(months, month) + ROW - 0.5,
            str_fmt(arena, "%s %d", names[month % 12], month / 12), months->geometry->label};
    for (int day = 1; day <= 31; day++)
        if (day == 1 || day % months->geometry->every == 0)
            days[picture->days_count++] = (struct view_missing_calendar_pictures_days){
                months->geometry->label + column_of(months->geometry) * (day - 0.5),
                str_fmt(arena, "%d", day)};
    picture->months = rows;
    picture->days = days;
}

static void draw_key(struct request *request, const struct missing_line *line, size_t count,
                     struct view_missing_calendar *view)
{
    static const struct {
        const char *kind;
        const char *label;
    } all[] = {{"open", "Not back yet"},
               {"missing", "Missing"},
               {"away", "Away from placement without authorisation"},
               {"other", "An older word"}};
    enum { ALL = sizeof all / sizeof *all };
    struct view_missing_calendar_kinds *kinds =
        arena_many(request->arena, ALL, struct view_missing_calendar_kinds);
    for (int k = 0; k < ALL; k++) {
        bool there = false;
        for (size_t i = 0; i < count; i++)
            there |= str_eq(str_from(kind_of(&line[i])), str_from(all[k].kind));
        if (there)
            kinds[view->kinds_count++] =
                (struct view_missing_calendar_kinds){str_from(all[k].label), str_from(all[k].kind)};
    }
    view->kinds = kinds;
}

static struct view_missing_calendar_pictures draw_picture(struct request *request,
                                                          const struct geometry *geometry,
                                                          const struct missing_line *line,
                                                          size_t count)
{
    struct months months = months_of(geometry, line, count);
    size_t room = count + 4 * MONTHS_MAX;
    struct view_missing_calendar_pictures_bars *bars =
        arena_many(request->arena, room, struct view_missing_calendar_pictures_bars);
    struct view_missing_calendar_pictures picture = {
        .id = str_from(geometry->id),
        .width = geometry->width,
        .height = TOP + (months.last - months.first + 1) * ROW + 4,
        .bars = bars};
    for (size_t i = count; i-- > 0;)
        picture.bars_count += draw_bars(request, &months, &line[i], bars + picture.bars_count,
                                        room - picture.bars_count);
    draw_grid(request, &months, &picture);
    return picture;
}

struct html draw_missing_calendar(struct request *request, const struct missing_line *line,
                                  size_t count)
{
    if (!count) return (struct html){.s = STR("")};
    struct view_missing_calendar_pictures pictures[PICTURES];
    for (int i = 0; i < PICTURES; i++)
        pictures[i] = draw_picture(request, &geometries[i], line, count);
    struct view_missing_calendar view = {.pictures = pictures, .pictures_count = PICTURES};
    draw_key(request, line, count, &view);
    struct buf drawn;
    buf_init(&drawn, 4 << 20);
    view_missing_calendar(&drawn, &view);
    struct html html = {.s = str_dup(request->arena, buf_str(&drawn))};
    buf_done(&drawn);
    return html;
}
