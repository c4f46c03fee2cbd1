/*
 * child_newest: what stands in a record at a moment, so that whoever decides of it is held to
 * what they looked at.
 *
 * Layer: domain.  Read before somebody looks, and asked again in the turn of writing: an entry, a
 * report that the child is missing, a referral or an asking that comes in between is new.
 */
#ifndef PENDEEN_DOMAIN_CHILD_NEWEST_H
#define PENDEEN_DOMAIN_CHILD_NEWEST_H

#include "domain/child.h"

/* Of all the joined records. */
struct child_newest {
    int64_t entry;     /* the newest of what was written */
    int64_t missing;   /* the newest of their episodes */
    int64_t referrals; /* open at the desk: how many */
    int64_t asked;     /* what somebody asked to see, and is not answered: how many */
};
/* The entry as the file has it, the rest as it is now. */
enum st child_newest_of(struct app *app, const struct child_file *file, struct child_newest *ret,
                        struct err *err) MUST_USE;
/* ST_CONFLICT: it is not what was seen. */
enum st child_newest_check(struct db *db, const struct child_file *file,
                           const struct child_newest *seen, struct err *err) MUST_USE;

#endif
