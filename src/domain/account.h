/*
 * account: organisations, the people who sign in, and their sessions.
 *
 * Layer: domain.  Passwords are kept as argon2id, session cookies as a hash.
 * Signing in takes the same work and gives the same answer whether or not the
 * account exists.
 */
#ifndef PENDEEN_DOMAIN_ACCOUNT_H
#define PENDEEN_DOMAIN_ACCOUNT_H

#include "domain/access.h"
#include "domain/app.h"
#include "seal/secret.h"

enum {
    SESSION_IDLE_MINUTES = 60,
    SESSION_HOURS = 12, /* from sign-in, whatever happens */
};

struct session {
    char token[SEAL_TOKEN_SIZE]; /* the cookie; empty for nobody */
    char csrf[SEAL_TOKEN_SIZE];
};

/* The organisation's id, made when it is new. */
enum st organisation_ensure(struct db *db, struct str name, struct str sector, struct str forum,
                            int64_t *ret, struct err *err) MUST_USE;

struct account_new {
    struct str email;
    struct str name;
    int64_t organisation;
    struct str password_hash; /* of seal_password_hash */
    unsigned roles;           /* bit per enum role */
};
/* ST_CONFLICT when the email address is taken, ST_INVALID when it is none. */
enum st account_add(struct app *app, struct db *db, const struct account_new *account,
                    int64_t *ret, struct err *err) MUST_USE;
enum st account_set_password(struct app *app, struct str email, struct str password,
                             struct err *err) MUST_USE;
/* Disabling ends every session at once. */
enum st account_set_disabled(struct app *app, struct str email, bool disabled,
                             struct err *err) MUST_USE;

/* The person with this email address, for work in their name at the command line. */
enum st account_person(struct app *app, struct arena *arena, struct str email, struct person *ret,
                       struct err *err) MUST_USE;

struct account_line {
    int64_t id;
    struct str email;
    struct str name;
    struct str organisation;
    struct str roles; /* "analyst, representative" */
    bool disabled;
};
enum st account_list(struct app *app, struct arena *arena, size_t maximum, struct account_line **ret,
                     size_t *ret_count, struct err *err) MUST_USE;

/* ST_DENIED with one and the same sentence for every wrong pair; ST_LIMIT after
 * too many tries for the account or from the address. */
enum st session_begin(struct app *app, struct str email, struct str password, struct str address,
                      struct session *ret, struct err *err) MUST_USE;
/* Begins a session for an account whose person has shown by `method`, a constant word for
 * the audit, who they are. */
enum st session_begin_for(struct app *app, int64_t account, const char *method,
                          struct session *ret, struct err *err) MUST_USE;
/* Who holds this cookie: fills person (its texts in the arena) and csrf.
 * ST_NOT_FOUND when it is nobody's or too old. */
enum st session_read(struct app *app, struct arena *arena, struct str token, struct person *ret,
                     struct str *ret_csrf, struct err *err) MUST_USE;
enum st session_end(struct app *app, struct str token, struct err *err) MUST_USE;

#endif
