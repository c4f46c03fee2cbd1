/*
 * home_kept: the figures of first pages, kept as long as they are true.
 *
 * Layer: domain.  Of each person the figures that were made last, and nothing that a record
 * says.  They count again while nothing has changed (base/change.h), no grant of theirs has
 * ended, and the minute of the clock is the same: what becomes late, or is new no more, shows
 * within that minute.  Where other programs write to the same database nothing is kept.
 *
 * Safe for threads; what two ask for at once is made once.
 */
#ifndef PENDEEN_DOMAIN_HOME_KEPT_H
#define PENDEEN_DOMAIN_HOME_KEPT_H

#include "domain/home.h"

struct home_kept *home_kept_new(void);
void home_kept_free(struct home_kept *kept); /* accepts NULL */

/* The figures as they are kept, or as `make` makes them.  `arena`, which the scope of `who` has
 * too, may leave by its way out. */
enum st home_kept_read(struct app *app, struct arena *arena, const struct person *who,
                       enum st (*make)(struct app *, struct arena *, const struct person *,
                                       struct home *, struct err *),
                       struct home *ret, struct err *err) MUST_USE;

#endif
