/*
 * once: what a program asks for under a key of its own is done once, however often it asks and
 * at however many servers at the same time.
 *
 * Layer: domain.  The key is looked at, and what came of it kept, in the transaction that does
 * it: so it is there exactly if that is, and whoever comes second waits for the turn of writing
 * and finds it.  Keys are remembered for seven days.
 */
#ifndef PENDEEN_DOMAIN_ONCE_H
#define PENDEEN_DOMAIN_ONCE_H

#include "domain/app.h"

struct once {
    int64_t account;
    struct str key;
    struct str asked; /* all that was asked for, to know it again */
    int64_t record;   /* what came of it when it was done before; else 0 */
};

/* Was it done?  In the caller's transaction, before anything is changed in it.  `once` may be
 * NULL.  ST_INVALID: the key was used for something else. */
enum st once_look(struct db *db, struct once *once, struct err *err) MUST_USE;
/* It was: the caller ends its transaction by a commit and does nothing else. */
bool once_done(const struct once *once);
/* What came of it, in the same transaction.  `once` may be NULL. */
enum st once_keep(struct db *db, const struct once *once, int64_t record, struct err *err) MUST_USE;

#endif
