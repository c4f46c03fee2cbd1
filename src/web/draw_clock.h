/*
 * draw_clock: a clock in words and as a small bar, so that what is left and what has passed
 * is seen and heard alike, and never told by colour alone.
 *
 * Layer: web.
 */
#ifndef PENDEEN_WEB_DRAW_CLOCK_H
#define PENDEEN_WEB_DRAW_CLOCK_H

#include "domain/desk_clock.h"

struct draw_clock {
    struct str words;  /* "2 hours 5 minutes left", "1 day over", "in time", "3 hours late" */
    struct str passed; /* "4 hours have passed" */
    struct str due;    /* "12 March 2026, 16:50" */
    struct str state;  /* for the bar: "running", "soon", "late", "kept", "missed" */
    int percent;       /* of the time that has passed, 0 to 100 */
};
struct draw_clock draw_clock(struct arena *arena, const struct desk_clock *clock, instant_ms now);

/* "2 days 3 hours", "5 minutes": the two largest parts, rounded down; "less than a minute". */
struct str draw_span_words(struct arena *arena, instant_ms span);

#endif
