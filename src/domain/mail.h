/*
 * mail: what somebody is told by email: that something waits, and nothing of what.
 *
 * Layer: domain.  A mail is a row of the queue, in the transaction of what it is about: an
 * account, a sort (of meeting.txt, which holds its words) and what makes it go once.  The
 * sender (mail_keeper) reads the queue, so what was not sent when the program ended is sent
 * when it runs again.
 */
#ifndef PENDEEN_DOMAIN_MAIL_H
#define PENDEEN_DOMAIN_MAIL_H

#include "domain/app.h"

/* In the caller's transaction.  The same account, sort, record and stage goes once. */
enum st mail_add(struct db *db, int64_t account, const char *kind, int64_t about, int64_t stage,
                 struct err *err) MUST_USE;
/* Queues what is due by now: actions that are due soon or overdue, to their owners; those that
 * have been overdue for long, to the coordinators of their Forum. */
enum st mail_remind(struct app *app, struct err *err) MUST_USE;
/* How many wait. */
enum st mail_count(struct app *app, int64_t *ret, struct err *err) MUST_USE;

#endif
