/*
 * grant: one record opened for one person for a time, or kept from them; break-glass;
 * and who handed a record in.
 *
 * Layer: domain.  Each of these is in the audit, and the reasons are sealed.  What
 * they do is decided in access.c.
 */
#ifndef PENDEEN_DOMAIN_GRANT_H
#define PENDEEN_DOMAIN_GRANT_H

#include "base/clock.h"
#include "domain/access.h"
#include "domain/app.h"

enum {
    GRANT_DAYS_MAX = 90,
    GRANT_CONNECTED_DAYS = 30,
    GRANT_BROKEN_HOURS = 24,
};

/* Opens a submission for the account with this email address, to the end of `until`.
 * ST_NOT_FOUND: no such submission for this person to do that to.  ST_INVALID: no such
 * account, or it cannot read records, or it is kept from this one; a day that is past
 * or too far; no reason. */
enum st grant_add(struct app *app, const struct person *who, int64_t submission,
                  enum grant_kind kind, struct str email, struct date until, struct str reason,
                  struct err *err) MUST_USE;
enum st grant_end(struct app *app, const struct person *who, int64_t submission, int64_t grant,
                  struct err *err) MUST_USE;

/* Keeps a submission from an account until it is ended. */
enum st block_add(struct app *app, const struct person *who, int64_t submission, struct str email,
                  struct str reason, struct err *err) MUST_USE;
enum st block_end(struct app *app, const struct person *who, int64_t submission, int64_t block,
                  struct err *err) MUST_USE;

/* Grants in force and blocks of a record, for whoever may give them. */
struct grant_line {
    int64_t id;
    int64_t submission;
    struct str reference;
    enum grant_kind kind;
    struct str name;   /* whom it is for */
    struct str by; /* who gave it; "its owner" where whoever reads it is not to know whose it is */
    bool by_owner; /* somebody of the organisation that the record came from */
    struct str reason; /* empty: not theirs to read, of what its owner gave */
    instant_ms given_at;
    instant_ms until; /* of a block: 0 */
};
enum st grants_of(struct app *app, struct arena *arena, const struct person *who,
                  int64_t submission, struct grant_line **ret, size_t *ret_count,
                  struct err *err) MUST_USE;
enum st blocks_of(struct app *app, struct arena *arena, const struct person *who,
                  int64_t submission, struct grant_line **ret, size_t *ret_count,
                  struct err *err) MUST_USE;
/* What is open to this person by grants in force. */
enum st grants_to(struct app *app, struct arena *arena, const struct person *who,
                  struct grant_line **ret, size_t *ret_count, struct err *err) MUST_USE;

/* Break-glass: opens the record with this reference for a day, and tells a second
 * person: somebody who leads on safeguarding where it came from, their representative,
 * a coordinator of its forum, or the asker's own lead.  ST_NOT_FOUND with one sentence
 * for a reference that there is not, a record that names the asker or is kept from
 * them, and when nobody can be told; ST_INVALID: no reason; ST_LIMIT. */
enum st break_glass(struct app *app, const struct person *who, struct str reference,
                    struct str reason, int64_t *ret_submission, struct err *err) MUST_USE;
/* Those of which this person was told and has not said that they saw it. */
enum st broken_told(struct app *app, struct arena *arena, const struct person *who,
                    struct grant_line **ret, size_t *ret_count, struct err *err) MUST_USE;
enum st broken_seen(struct app *app, const struct person *who, int64_t grant,
                    struct err *err) MUST_USE;

/* Who handed it in: a disclosure, and written down as one. */
struct source_told {
    struct str name;
    struct str organisation;
};
enum st source_disclose(struct app *app, struct arena *arena, const struct person *who,
                        int64_t submission, struct str reason, struct source_told *ret,
                        struct err *err) MUST_USE;

/* In the caller's transaction, without asking: for connections. */
struct grant_new {
    int64_t submission;
    int64_t account;
    enum grant_kind kind;
    struct str reason;
    int64_t by;
    instant_ms until;
    int64_t told; /* 0: nobody */
};
enum st grant_store(struct app *app, struct db *db, struct arena *arena,
                    const struct grant_new *grant, struct err *err) MUST_USE;

#endif
