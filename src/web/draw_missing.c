/*
 * The picture of a child's episodes: a line for each month, a column for each day, a bar for each
 * episode.  Nothing is told by colour alone: bars differ in fill and outline, each says what it is,
 * and the table below says the same.
 */
#include "web/page_missing.h"

enum { WIDTH = 760, LABEL = 76, ROW = 20, TOP = 18, BAR = 12, MONTHS_MAX = 60 };

static const double column = (WIDTH - LABEL) / 31.0;

struct months {
    int first; /* years * 12 + month - 1 */
    int last;
};

static int month_of(instant_ms at)
{
    struct date date = clock_london(at).date;
    return date.year * 12 + date.month - 1;
}

static double x_of(instant_ms at)
{
    struct civil civil = clock_london(at);
    return LABEL + column * (civil.date.day - 1 + (civil.hour * 60 + civil.minute) / 1440.0);
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

static struct months months_of(const struct missing_line *line, size_t count)
{
    struct months months = {month_of(line[count - 1].since), month_of(line[0].since)};
    for (size_t i = 0; i < count; i++) {
        int last = month_of(line[i].returned ? line[i].returned : clock_now());
        if (last > months.last) months.last = last;
    }
    if (months.last - months.first >= MONTHS_MAX) months.first = months.last - MONTHS_MAX + 1;
    return months;
}

/* One episode: a bar in each month that it reaches into. */
static size_t draw_bars(struct request *request, const struct months *months, const struct missing_line *line,
                        struct view_missing_calendar_bars *ret, size_t room)
{
    static const double thinnest = 7;
    instant_ms end = line->returned ? line->returned : clock_now();
    struct str label = str_fmt(request->arena, "%.*s: %.*s, %.*s", STR_ARG(line->reference), STR_ARG(line->sort_label),
                               STR_ARG(missing_when(request, line)));
    struct url href = html_url_fragment(request->arena, str_fmt(request->arena, "episode-%lld", (long long)line->id));
    size_t count = 0;
    for (int month = month_of(line->since); month <= month_of(end) && count < room; month++) {
        if (month < months->first) continue;
        double from = month == month_of(line->since) ? x_of(line->since) : LABEL;
        double to = month == month_of(end) ? x_of(end) : WIDTH;
        double width = to - from < thinnest ? thinnest : to - from;
        if (from + width > WIDTH) from = WIDTH - width;
        ret[count++] = (struct view_missing_calendar_bars){from, y_of(months, month) + (ROW - BAR) / 2.0, width,
                                                           str_from(kind_of(line)), label, href};
    }
    return count;
}

static void draw_grid(struct request *request, const struct months *months, struct view_missing_calendar *view)
{
    static const char *const names[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct arena *arena = request->arena;
    struct view_missing_calendar_months *rows = arena_many(arena, MONTHS_MAX, struct view_missing_calendar_months);
    struct view_missing_calendar_days *days = arena_many(arena, 31, struct view_missing_calendar_days);
    for (int month = months->last; month >= months->first; month--)
        rows[view->months_count++] = (struct view_missing_calendar_months){
            y_of(months, month) + ROW - 6, y_of(months, month) + ROW - 0.5,
            str_fmt(arena, "%s %d", names[month % 12], month / 12), LABEL};
    for (int day = 1; day <= 31; day++)
        days[view->days_count++] = (struct view_missing_calendar_days){LABEL + column * (day - 0.5), str_fmt(arena, "%d", day)};
    view->months = rows;
    view->days = days;
}

static void draw_key(struct request *request, const struct missing_line *line, size_t count, struct view_missing_calendar *view)
{
    static const struct {
        const char *kind;
        const char *label;
    } all[] = {{"open", "Not back yet"}, {"missing", "Missing"}, {"away", "Away from placement without authorisation"},
               {"other", "An older word"}};
    enum { ALL = sizeof all / sizeof *all };
    struct view_missing_calendar_kinds *kinds = arena_many(request->arena, ALL, struct view_missing_calendar_kinds);
    for (int k = 0; k < ALL; k++) {
        bool there = false;
        for (size_t i = 0; i < count; i++) there |= str_eq(str_from(kind_of(&line[i])), str_from(all[k].kind));
        if (there) kinds[view->kinds_count++] = (struct view_missing_calendar_kinds){str_from(all[k].label), str_from(all[k].kind)};
    }
    view->kinds = kinds;
}

struct html draw_missing_calendar(struct request *request, const struct missing_line *line, size_t count)
{
    if (!count) return (struct html){STR("")};
    struct months months = months_of(line, count);
    size_t room = count + 4 * MONTHS_MAX;
    struct view_missing_calendar_bars *bars = arena_many(request->arena, room, struct view_missing_calendar_bars);
    struct view_missing_calendar view = {.width = WIDTH, .height = TOP + (months.last - months.first + 1) * ROW + 4, .bars = bars};
    for (size_t i = count; i-- > 0;)
        view.bars_count += draw_bars(request, &months, &line[i], bars + view.bars_count, room - view.bars_count);
    draw_grid(request, &months, &view);
    draw_key(request, line, count, &view);
    struct buf drawn;
    buf_init(&drawn, 4 << 20);
    view_missing_calendar(&drawn, &view);
    struct html html = {str_dup(request->arena, buf_str(&drawn))};
    buf_done(&drawn);
    return html;
}
