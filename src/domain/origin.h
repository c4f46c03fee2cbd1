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

/* What somebody said of two of them, by their places. */
struct origin_word {
    size_t a;
    size_t b;
    bool same; /* else independent */
};
/* Of at most ORIGIN_REPORTS_MAX reports; more are not looked at, and nothing is said of them.
 * "Same" folds, "independent" keeps two groups apart unless others were said to be the same. */
size_t origins_count(struct arena *arena, const struct origin_report *reports, size_t count,
                     const struct origin_word *words, size_t word_count);
enum origin_why { ORIGIN_ALONE, ORIGIN_ALIKE, ORIGIN_SAID };
/* The same.  origin[i]: the smallest place of the group of i; why[i]: how it came into a group
 * that was there before it. */
size_t origins_fold(struct arena *arena, const struct origin_report *reports, size_t count,
                    const struct origin_word *words, size_t word_count, size_t *origin,
                    enum origin_why *why);

#endif
