/*
 * origin: how many independent sources stand behind several reports.
 *
 * Layer: domain.  One rumour relayed by three organisations is one source.
 * Reports are folded into one origin when the same account sent them, or when
 * their words are near-duplicates: the sets of three-word runs overlap by half
 * or more (resemblance of shingles, Broder 1997).  Folding is transitive.
 */
#ifndef PENDEEN_DOMAIN_ORIGIN_H
#define PENDEEN_DOMAIN_ORIGIN_H

#include "base/str.h"

struct arena;

struct origin_report {
    int64_t sender; /* tells senders apart; who they are does not matter */
    struct str narrative;
};

enum { ORIGIN_REPORTS_MAX = 200 };

/* Of at most ORIGIN_REPORTS_MAX reports; more are not looked at. */
size_t origins_count(struct arena *arena, const struct origin_report *reports, size_t count);
/* Shared three-word runs over all of both, 0 to 1; 0 when either has fewer than
 * three words. */
double origin_resemblance(struct arena *arena, struct str a, struct str b);

#endif
