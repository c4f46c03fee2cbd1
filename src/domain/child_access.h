/*
 * child_access: to whom a child's record is allocated, and from whom it is kept.
 *
 * Layer: domain.  The referral unit sees every record; others only what is allocated to
 * them, until that is ended.  Whoever a record names, or from whom it is kept, does not see
 * it, whatever else they hold.  What this does is decided in access.c.
 */
#ifndef PENDEEN_DOMAIN_CHILD_ACCESS_H
#define PENDEEN_DOMAIN_CHILD_ACCESS_H

#include "domain/child.h"

struct child_access_line {
    int64_t id;
    int64_t child;
    bool blocked;
    struct str name;
    struct str reason;
    struct str by;
    instant_ms given_at;
    instant_ms ended_at; /* 0: in force */
    struct str ended_by;
};
/* Of a record that this person opened, with those joined. */
enum st child_access_of(struct app *app, struct arena *arena, const struct child_file *file,
                        struct child_access_line **ret, size_t *ret_count,
                        struct err *err) MUST_USE;
/* ST_INVALID: no such account, its role works with no child, the record is kept from it, no
 * reason. */
enum st child_access_give(struct app *app, const struct person *who, int64_t child,
                          struct str email, bool blocks, struct str reason,
                          struct err *err) MUST_USE;
enum st child_access_end(struct app *app, const struct person *who, int64_t child, int64_t access,
                         struct err *err) MUST_USE;

#endif
