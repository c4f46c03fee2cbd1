/*
 * naming: whom a submission names, where the index that links mentions does not know it or cannot
 * be asked: in its words, in a mention that was left out when it was shared on, and by the very
 * name or address in any mention, however many others carry it.
 *
 * Layer: domain, private to scope.c and to those who write what is looked through.  Looked for
 * are the full name of everybody with an account, two words of it or more beside each other, and
 * their email address (decisions/0146).  What is found is kept in the store, under a blind tag of
 * the account, in the transaction that writes the words; an account that comes, or changes its
 * name, is looked for in everything that is there, in the transaction that writes it.  In memory
 * there are hashes of names.  Safe for threads.
 */
#ifndef PENDEEN_DOMAIN_NAMING_H
#define PENDEEN_DOMAIN_NAMING_H

#include "domain/app.h"
#include "domain/submission.h"

struct naming *naming_new(void);
void naming_free(struct naming *naming); /* accepts NULL */
/* Reads the names of all accounts; and once in the life of a store looks for them in what is
 * there. */
enum st naming_load(struct app *app, struct err *err) MUST_USE;
/* The name of one account as it stands in the store now. */
enum st naming_refresh(struct app *app, struct db *db, int64_t account, struct err *err) MUST_USE;

/* What is written: texts, and what is mentioned beside them. */
struct naming_said {
    const struct str *text;
    size_t count;
    const struct mention *mention;
    size_t mention_count;
};
/* Whom it names, found before a turn of writing. */
struct naming_found {
    int64_t *account;
    size_t count;
    uint64_t names; /* how often names had changed by then */
};
void naming_find(struct app *app, struct arena *arena, const struct naming_said *said,
                 struct naming_found *ret);
/* Writes it down in the turn, found anew where a name has changed since.  `but`: somebody who may
 * name themselves; 0: nobody. */
enum st naming_note(struct app *app, struct db *db, struct arena *arena, int64_t submission,
                    const struct naming_said *said, struct naming_found *found, int64_t but,
                    struct err *err) MUST_USE;
/* A mention that is left out of its submission, in the turn: the index knows it still. */
enum st naming_leave_out(struct app *app, struct db *db, const struct mention *mention,
                         struct err *err) MUST_USE;
/* An account that came or changed, in its turn. */
enum st naming_account(struct app *app, struct db *db, int64_t account, struct str email,
                       struct str name, struct err *err) MUST_USE;
/* A submission that is destroyed. */
enum st naming_forget(struct db *db, int64_t submission, struct err *err) MUST_USE;

/* The submissions that name that account, in rising order. */
enum st naming_of(struct app *app, struct db *db, struct arena *arena, int64_t account,
                  int64_t **ret, size_t *ret_count, struct err *err) MUST_USE;

#endif
