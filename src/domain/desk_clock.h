/*
 * desk_clock: the clocks that run on a referral, and which of them needs somebody first.
 *
 * Layer: domain (needs the area pack alone).  Rules are clocks.txt and desk.txt of the
 * pack; here is how they meet.  All instants; 0 is "there is none".
 */
#ifndef PENDEEN_DOMAIN_DESK_CLOCK_H
#define PENDEEN_DOMAIN_DESK_CLOCK_H

#include "domain/area_desk.h"

struct desk_clock {
    struct str id;    /* of clocks.txt; checks and stages: of their own clock */
    struct str label;
    struct str what;  /* which one, where there are several: an organisation, a stage */
    instant_ms from;
    instant_ms due;   /* 0: it does not run */
    instant_ms ended; /* 0: it runs */
    bool not_needed;  /* it ended because what it waits for is not needed */
};

/* It runs and is over, or it ended after it was over. */
bool desk_clock_late(const struct desk_clock *clock, instant_ms now);
bool desk_clock_runs(const struct desk_clock *clock);

/* When a partner check that is asked now has to be answered.  0: no checks are asked under
 * this rating, or there is none yet; then the most urgent rating that has a clock counts. */
instant_ms desk_check_due(const struct area *area, struct str rating, instant_ms asked);
/* When an open check has to be answered after the rating changed.  A more urgent rating
 * starts its clock at the change and never ends later than before; a less urgent one is
 * reckoned from when the check was asked, and never ends sooner than before.  A rating
 * without checks leaves it as it was. */
instant_ms desk_check_due_again(const struct area *area, struct str old_rating, struct str rating,
                                instant_ms asked, instant_ms old_due, instant_ms changed);

/* The running clock that is due first; NULL: none runs. */
const struct desk_clock *desk_clock_first(const struct desk_clock *list, size_t count);

#endif
