/*
 * absence: who is away from when to when, and who stands in for them.
 *
 * Layer: domain.  Days are days since 1970, both ends included, as clocks in London show
 * them.  Other parts ask deputy_for and representatives_on; neither gives anybody a right,
 * which is for domain/access.h to decide.
 */
#ifndef PENDEEN_DOMAIN_ABSENCE_H
#define PENDEEN_DOMAIN_ABSENCE_H

#include "domain/app.h"

enum { ABSENCES_MAX = 100 };

struct absence {
    int64_t id;
    int64_t account; /* who is away */
    int64_t deputy;  /* who stands in */
    struct str name; /* of the other of the two */
    int32_t from_day;
    int32_t to_day;
};

/* ST_INVALID: the message says what is wrong; ST_CONFLICT: it overlaps another. */
enum st absence_add(struct app *app, int64_t by, const struct absence *absence,
                    struct err *err) MUST_USE;
/* Takes one back. */
enum st absence_end(struct app *app, int64_t by, int64_t account, int64_t id,
                    struct err *err) MUST_USE;
/* Those of an account from `day` on, and those in which it stands in for others. */
enum st absence_list(struct app *app, struct arena *arena, int64_t account, int32_t day,
                     struct absence **ret, size_t *ret_count, struct err *err) MUST_USE;
enum st absence_standing_in(struct app *app, struct arena *arena, int64_t account, int32_t day,
                            struct absence **ret, size_t *ret_count, struct err *err) MUST_USE;

/* Who acts for an account on a day: itself when it is there; else who stands in, and who
 * stands in for them if they are away too.  ST_NOT_FOUND when nobody does: all are away or
 * disabled. */
enum st deputy_for(struct db *db, int64_t account, int32_t day, int64_t *ret,
                   struct err *err) MUST_USE;
/* Who represents an organisation on a day: each representative or who stands in for them,
 * each once. */
enum st representatives_on(struct db *db, int64_t organisation, int32_t day, size_t maximum,
                           int64_t *ret, size_t *ret_count, struct err *err) MUST_USE;

#endif
