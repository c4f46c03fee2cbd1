/*
 * waiting: the suggested pairs, heaviest first, in memory.
 *
 * Layer: domain.  Derived from the store's suggestions at start, and kept true as they
 * come.  What one person may see of them is found by walking from the heaviest down
 * and leaving out the rest; asking the store for that would take as long as it takes
 * to read everything that they may not see.  Safe for threads.
 */
#ifndef PENDEEN_DOMAIN_WAITING_H
#define PENDEEN_DOMAIN_WAITING_H

#include "domain/entity.h"

struct waiting_pair {
    int64_t mention; /* the later */
    int64_t other;
    double bits; /* as weighed when the later one came */
    int32_t submission;
    int32_t other_submission;
};

struct waiting *waiting_new(void);
void waiting_free(struct waiting *waiting); /* accepts NULL */
/* A pair twice is kept twice; nobody adds one twice. */
void waiting_add(struct waiting *waiting, const struct waiting_pair *pairs, size_t count);
/* Puts any number of pairs into the order of waiting_walk. */
void waiting_sort(struct waiting_pair *pairs, size_t count);
/* Before any other: all there are, sorted.  `pairs` is malloc's, and the list's from now on. */
void waiting_load(struct waiting *waiting, struct waiting_pair *pairs, size_t count);
/* These are the active decisions now: their pairs wait no more. */
void waiting_decide(struct waiting *waiting, const struct entity_decision *decisions, size_t count);

/* Calls back for each pair that waits, heaviest first, ties by the later mention first
 * and then by the smaller other; ends when `each` returns false.  Nothing can be added
 * meanwhile: `each` is short, and does not come back here. */
void waiting_walk(struct waiting *waiting,
                  bool (*each)(void *context, const struct waiting_pair *pair), void *context);

#endif
