/*
 * pattern_internal: what pattern.c and pattern_see.c share.
 *
 * Layer: domain, private to the two.
 */
#ifndef PENDEEN_DOMAIN_PATTERN_INTERNAL_H
#define PENDEEN_DOMAIN_PATTERN_INTERNAL_H

#include "domain/pattern.h"

#include "domain/record.h"

struct fact;
struct said;

/* One person's look at patterns: what was read once is kept until it ends.  All of it is in the
 * arena, and `db` is open for reading. */
struct seeing {
    struct app *app;
    struct arena *arena;
    const struct scope *scope;
    struct db *db;
    struct fact *fact; /* open addressing */
    size_t facts;
    struct said *said; /* of the place at hand */
    size_t said_count;
    struct pattern_report *report;
};

/* One row of what the job keeps. */
struct kept {
    int64_t id;
    enum pattern_kind kind;
    int64_t mention;
};

void pattern_see_begin(struct seeing *ret, const struct scope *scope, struct arena *arena,
                       struct db *db);
/* What is at one of the places that the job keeps, for this person; of several the one with most
 * fragments.  False: nothing. */
bool pattern_see_here(struct seeing *seeing, const struct kept *kept, struct pattern *ret,
                      struct pattern_shape *ret_shape);
/* Does the engine put these two places to people as one, and has nobody said that they are two? */
bool pattern_see_same_place(struct seeing *seeing, int64_t place, int64_t other);
/* Puts into words what was seen. */
enum st pattern_see_say(struct seeing *seeing, const struct pattern_shape *shape,
                        struct pattern *ret, struct err *err);

#endif
