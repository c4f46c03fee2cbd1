/*
 * addition: a submission that adds to an earlier one of the same sender.
 *
 * Layer: domain.  It is a submission like any other: matched by itself, with its own way to a
 * Forum, withdrawn by itself.  Of one origin they are anyway (domain/origin.h).  Who may read
 * both sees that they belong together, which tells that one person sent them and never who;
 * whoever adds is told so before.  Where they read on one who sent it, and not on the other, they
 * do not see that these two belong together.  What adds to an addition adds to the first.
 */
#ifndef PENDEEN_DOMAIN_ADDITION_H
#define PENDEEN_DOMAIN_ADDITION_H

#include "domain/submission.h"

/* May this person add to that one?  *ret_first is what it is stored under, *ret_reference the
 * earlier one's.  ST_NOT_FOUND: it is not their own; ST_CONFLICT: they withdrew it. */
enum st addition_check(struct app *app, struct arena *arena, const struct person *who,
                       int64_t earlier, int64_t *ret_first, struct str *ret_reference,
                       struct err *err) MUST_USE;

/* One that belongs with another. */
struct addition {
    int64_t submission;
    struct str reference;
    instant_ms created_at;
    bool first; /* the one that the others add to */
};
/* Those that belong with this one as this scope's person may know, without itself, oldest
 * first.  Whoever calls has asked for the one. */
struct scope;
enum st additions_of(const struct scope *scope, struct arena *arena, int64_t submission,
                     struct addition **ret, size_t *ret_count, struct err *err) MUST_USE;

#endif
