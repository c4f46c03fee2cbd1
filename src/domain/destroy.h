/*
 * destroy: makes one record unreadable for good.
 *
 * Layer: domain.  The data keys of a submission and of its source are destroyed; what is
 * sealed under them can then be opened by nobody, in this database or in a copy of it
 * that is brought together with this one's keys.  Ids, times and the audit stay.
 */
#ifndef PENDEEN_DOMAIN_DESTROY_H
#define PENDEEN_DOMAIN_DESTROY_H

#include "domain/app.h"

/* By its reference.  `reason` is a code of up to 60 characters, kept in the audit.
 * ST_NOT_FOUND: there is none, or it is destroyed already.  Nobody reads it any more through
 * this program; whether it is wiped out of the files too says destroyed_wipe. */
enum st submission_destroy(struct app *app, struct str reference, struct str reason,
                           struct err *err) MUST_USE;

/* The same in a turn of writing, by its id and with such a code; when that is committed,
 * submission_forget takes it out of the index and the entities, which must not remember what the
 * store has forgotten.  ST_NOT_FOUND: it is destroyed already. */
enum st submission_destroy_in(struct app *app, struct db *db, int64_t submission, const char *code,
                              struct err *err) MUST_USE;
void submission_forget(struct app *app, int64_t submission);

/* Wipes the keys of what was destroyed, by whomever, out of the database's files, if they may
 * still lie there.  *ret_wiped false: somebody is reading what was before, say a backup, or what a
 * migration left cannot be compacted yet; whoever serves tries again until it is done. */
enum st destroyed_wipe(struct app *app, bool *ret_wiped, struct err *err) MUST_USE;
/* Does anything wait for that? */
enum st destroyed_waits(struct app *app, bool *ret, struct err *err) MUST_USE;

#endif
