/*
 * follow: several programs on one database know what each of them has changed.
 *
 * Layer: domain.  On PostgreSQL alone; one SQLite database has one program.  What a change is
 * stands in the audit, which everything goes through: audit_append notes the change of a
 * record that somebody holds in memory, in the same transaction (follow_note).  The others
 * read what was noted since: at the beginning of each of their own turns of writing, so that
 * whoever decides knows all that was decided before; and every FOLLOW_LOOK_MS, for readers.
 * Both happen within a turn, so that memory changes in the order of the store.
 *
 * To take a change in is to read the record anew: twice does no harm.  A program passes over
 * what it has noted itself, unless one of its commits got no answer: such a one may have
 * happened, and is read like those of others.
 *
 * A program that was cut off for so long that changes were forgotten meanwhile, or finds the
 * store older than what it has seen, ends with a message: whoever watches it starts it anew.
 */
#ifndef PENDEEN_DOMAIN_FOLLOW_H
#define PENDEEN_DOMAIN_FOLLOW_H

#include "domain/app.h"
#include "domain/audit.h"

struct follow;

enum { FOLLOW_LOOK_MS = 100 };

/* Before anything is read into memory; nothing where it is not needed. */
enum st follow_begin(struct app *app, struct err *err) MUST_USE;
/* After: from here on memory follows. */
enum st follow_start(struct app *app, struct err *err) MUST_USE;
void follow_end(struct app *app);

/* For audit_append. */
enum st follow_note(struct app *app, struct db *db, const struct audit_event *event,
                    struct err *err) MUST_USE;

#endif
