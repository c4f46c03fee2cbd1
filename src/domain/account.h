/*
 * account: the people who sign in.
 *
 * Layer: domain.  Address, name and password hash are sealed under the account's own data
 * key; an address is found by a blind tag of it.  Roles decide what a person may do
 * (domain/access.h); whoever looks after accounts or audits holds no role beside it, so
 * that neither sees what people share.
 *
 * `by` is the account that does it, 0 at the command line.  Each change and its line in
 * the audit stand in one transaction.
 */
#ifndef PENDEEN_DOMAIN_ACCOUNT_H
#define PENDEEN_DOMAIN_ACCOUNT_H

#include "domain/access.h"
#include "domain/app.h"
#include "domain/audit.h"
#include "domain/form_problems.h"
#include "domain/organisation.h"
#include "domain/session.h"
#include "seal/field.h"
#include "seal/secret.h"

struct account_new {
    struct str email;
    struct str name;
    int64_t organisation;
    struct str password_hash; /* of seal_password_hash; empty: cannot sign in yet */
    unsigned roles;           /* bit per enum role */
    /* account_mark of what is changed, as who changes it saw it; empty: whatever it is */
    struct str seen;
};
/* What tells whether an account still is what a form was filled in from: its email, name,
 * organisation and roles. */
struct str account_mark(struct arena *arena, const struct account_new *account);
/* All that is wrong with one, by the names of fields: name, email, organisation, roles.  That the
 * organisation is there is for the store to say. */
void account_check(const struct account_new *account, struct form_problems *ret);
/* ST_CONFLICT when the email address is taken, ST_INVALID when something is not right:
 * the message says what. */
enum st account_add(struct app *app, struct db *db, const struct account_new *account, int64_t by,
                    int64_t *ret, struct err *err) MUST_USE;
/* Changes all of them but the password.  ST_CONFLICT also when nobody would be left to
 * look after accounts, and when somebody changed it since it was seen. */
enum st account_change(struct app *app, int64_t by, int64_t account,
                       const struct account_new *wanted, struct err *err) MUST_USE;
/* A password that was looked at, as it stands in the store; not any: none was. */
struct password_seen {
    uint8_t hash[SEAL_HASH_SIZE];
    bool any;
};
void password_see(struct str sealed, struct password_seen *ret);
/* In the turn of writing, since to look takes long: ST_DENIED when another was set since, or the
 * account was disabled. */
enum st password_still_holds(struct db *db, int64_t account, const struct password_seen *seen,
                             struct err *err) MUST_USE;
/* Ends every session of the account, and every link that was handed out for it.  ST_DENIED when the
 * password that was seen holds no more; NULL: whatever it is. */
enum st account_set_password(struct app *app, int64_t by, int64_t account,
                             const struct password_seen *seen, struct str password,
                             struct err *err) MUST_USE;
/* The same in the caller's transaction; the hash was made before. */
enum st account_store_password(struct app *app, struct db *db, int64_t account, struct str hash,
                               struct err *err) MUST_USE;
/* Disabling ends every session at once. */
enum st account_set_disabled(struct app *app, int64_t by, int64_t account, bool disabled,
                             struct err *err) MUST_USE;

/* The account with this address, disabled or not; ST_NOT_FOUND when there is none. */
enum st account_find(struct app *app, struct str email, int64_t *ret, struct err *err) MUST_USE;
/* The same on a connection that is open, without a message. 0: there is none. */
enum st account_lookup(struct app *app, struct db *db, struct str email, int64_t *ret,
                       struct err *err) MUST_USE;
/* The person with this email address, for work in their name at the command line. */
enum st account_person(struct app *app, struct arena *arena, struct str email, struct person *ret,
                       struct err *err) MUST_USE;
/* Whoever may sign in: not disabled, nor their organisation. */
enum st account_person_read(struct app *app, struct db *db, struct arena *arena, int64_t account,
                            struct person *ret, struct err *err) MUST_USE;
/* The name alone, of anybody who has or had an account. */
enum st account_name(struct app *app, struct db *db, struct arena *arena, int64_t account,
                     struct str *ret, struct err *err) MUST_USE;
/* The address alone. */
enum st account_address(struct app *app, struct db *db, struct arena *arena, int64_t account,
                        struct str *ret, struct err *err) MUST_USE;
/* Both: of whom there is none, empty. */
enum st account_texts(struct app *app, struct db *db, struct arena *arena, int64_t account,
                      struct str *ret_email, struct str *ret_name, struct err *err) MUST_USE;
/* Out of a row of Q_NAMING_ACCOUNTS. */
enum st account_from_row(struct app *app, struct arena *arena, struct query *row,
                         struct str *ret_email, struct str *ret_name, struct err *err) MUST_USE;
/* The account's data key. */
enum st account_key(struct app *app, struct db *db, int64_t account, struct data_key *ret,
                    struct err *err) MUST_USE;
/* The person asks an administrator for a new password.  The same work and answer whether
 * or not there is such an account. */
enum st account_ask_reset(struct app *app, struct str email, struct err *err) MUST_USE;

/* What an administrator sees of an account. */
struct account_line {
    int64_t id;
    struct str email;
    struct str name;
    int64_t organisation;
    struct str organisation_name;
    unsigned roles;
    bool disabled;
    bool has_password;
    int second_factors;
    instant_ms signed_in_at;   /* 0: never */
    instant_ms reset_asked_at; /* 0: did not ask */
    instant_ms link_until;     /* end of the link that is out; 0: none */
};
/* Sorted by name. */
enum st account_list(struct app *app, struct arena *arena, size_t maximum,
                     struct account_line **ret, size_t *ret_count, struct err *err) MUST_USE;
enum st account_read(struct app *app, struct arena *arena, int64_t account,
                     struct account_line *ret, struct err *err) MUST_USE;
struct account_new account_as_it_is(const struct account_line *line);
/* "Analyst, Forum representative" */
struct str roles_label(struct arena *arena, unsigned roles);
/* Must these roles have a second factor here?  Everybody but practitioners, who see what
 * they shared themselves; all, where the area pack says "second-factor = everybody"; nobody
 * among made-up data, whose password stands on the first page. */
bool second_factor_due(const struct app *app, unsigned roles);

/* A line of the audit about an account, a session or the like: in the caller's transaction,
 * and in one of its own. */
enum st account_note(struct app *app, struct db *db, enum audit_kind kind, int64_t by,
                     const char *action, const char *subject, int64_t subject_id,
                     const char *outcome, struct err *err) MUST_USE;
enum st account_note_event(struct app *app, enum audit_kind kind, int64_t by, const char *action,
                           const char *subject, int64_t subject_id, const char *outcome,
                           struct err *err) MUST_USE;

#endif
