#include "web/draw_clock.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* Less of the time left than this is "soon". */
enum { SOON_PERCENT = 75 };

static struct str part(struct arena *arena, int64_t number, const char *unit)
{
    return str_fmt(arena, "%lld %s%s", (long long)number, unit, number == 1 ? "" : "s");
}

struct str draw_span_words(struct arena *arena, instant_ms span)
{
    if (span < 0) span = -span;
    if (span < MINUTE) return STR("less than a minute");
    int64_t days = span / DAY;
    int64_t hours = span % DAY / HOUR;
    int64_t minutes = span % HOUR / MINUTE;
    struct str first = days ? part(arena, days, "day") : hours ? part(arena, hours, "hour")
                                                               : part(arena, minutes, "minute");
    if (days && hours)
        return str_fmt(arena, "%.*s %.*s", STR_ARG(first), STR_ARG(part(arena, hours, "hour")));
    if (!days && hours && minutes)
        return str_fmt(arena, "%.*s %.*s", STR_ARG(first), STR_ARG(part(arena, minutes, "minute")));
    return first;
}

static int percent_of(const struct desk_clock *clock, instant_ms now)
{
    instant_ms whole = clock->due - clock->from;
    instant_ms gone = (clock->ended ? clock->ended : now) - clock->from;
    if (gone <= 0) return 0;
    return whole <= 0 || gone >= whole ? 100 : (int)(gone * 100 / whole);
}

static const char *state_of(const struct desk_clock *clock, instant_ms now, int percent)
{
    bool late = desk_clock_late(clock, now);
    if (clock->ended) return late ? "missed" : "kept";
    return late ? "late" : percent >= SOON_PERCENT ? "soon" : "running";
}

static struct str words_of(struct arena *arena, const struct desk_clock *clock, instant_ms now)
{
    instant_ms at = clock->ended ? clock->ended : now;
    struct str span = draw_span_words(arena, clock->due - at);
    if (clock->not_needed)
        return at <= clock->due ? STR("not needed")
                                : str_fmt(arena, "not needed, said %.*s late", STR_ARG(span));
    if (clock->ended && at <= clock->due) return STR("in time");
    return str_fmt(arena, "%.*s %s", STR_ARG(span),
                   clock->ended ? "late" : at > clock->due ? "over" : "left");
}

struct draw_clock draw_clock(struct arena *arena, const struct desk_clock *clock, instant_ms now)
{
    if (!clock->due) return (struct draw_clock){.state = STR("none")};
    int percent = percent_of(clock, now);
    instant_ms until = clock->ended ? clock->ended : now;
    return (struct draw_clock){
        .words = words_of(arena, clock, now),
        .passed =
            str_fmt(arena, clock->ended ? "took %.*s" : "%.*s passed",
                    STR_ARG(draw_span_words(arena, until > clock->from ? until - clock->from : 0))),
        .due = clock_words(arena, clock->due),
        .state = str_from(state_of(clock, now, percent)),
        .percent = percent,
    };
}
