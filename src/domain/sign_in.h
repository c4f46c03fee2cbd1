/*
 * sign_in: from who somebody says they are to a session.
 *
 * Layer: domain.  A password, then a second factor where the account has one; or a passkey
 * alone, which is both.  Between the two steps a half-done sign-in is held by a token of
 * its own, which opens nothing.
 *
 * What is told and what is done is the same whether or not the account exists: one
 * argon2id, one line of the audit, one sentence.  While many sign in at once it is none of them:
 * that is told, and was no try.
 *
 * Limits (OWASP's "device cookies"): tries are counted for each account and address
 * together, for each address, and for all addresses, never for an account alone; and a
 * browser that signed in to the account before carries a cookie that proves it and is
 * counted by itself.  So nobody can lock another person out of their own browser.  Wrong
 * codes: domain/second_factor.h.
 *
 * A password is looked at outside of the turn of writing, since that takes long; what is begun
 * with it, or set in its place, is so only if it still stands then.
 */
#ifndef PENDEEN_DOMAIN_SIGN_IN_H
#define PENDEEN_DOMAIN_SIGN_IN_H

#include "domain/account.h"
#include "domain/passkey.h"
#include "domain/session.h"

enum {
    DEVICE_COOKIE_SIZE = 96,
    DEVICE_DAYS = 180,
    SIGN_IN_MINUTES = 10, /* for the second step */
    SIGN_IN_TRIES = 5,    /* of the second step; then from the beginning */
};

struct sign_in {
    bool second;                     /* a second factor is still owed: `step` is set */
    char step[SEAL_TOKEN_SIZE];      /* the cookie of the half-done sign-in */
    struct session session;          /* when it is done */
    char device[DEVICE_COOKIE_SIZE]; /* when it is done: this browser is known from now on */
};

/* ST_DENIED with one and the same sentence for every wrong pair; ST_LIMIT after too many
 * tries, and while many sign in at once. */
enum st sign_in_password(struct app *app, const struct visitor *visitor, struct str email,
                         struct str password, struct sign_in *ret, struct err *err) MUST_USE;
/* For whom a second factor is owed; ST_NOT_FOUND when the step is over or never was. */
enum st sign_in_owed(struct app *app, struct str step, int64_t *ret_account,
                     struct err *err) MUST_USE;
/* The code of the app, or one for recovery. ST_DENIED: not right; ST_NOT_FOUND: too late,
 * begin again. */
enum st sign_in_code(struct app *app, const struct visitor *visitor, struct str step,
                     struct str code, struct sign_in *ret, struct err *err) MUST_USE;
/* A half-done sign-in of nobody yet, which can hold a passkey's challenge. */
enum st sign_in_step_begin(struct app *app, char ret[static SEAL_TOKEN_SIZE],
                           struct err *err) MUST_USE;
/* By passkey: as the second step, or alone. */
enum st sign_in_passkey(struct app *app, const struct visitor *visitor,
                        const struct webauthn_site *site, struct str step,
                        const struct passkey_reply *reply, struct sign_in *ret,
                        struct err *err) MUST_USE;
/* For an account that something else vouched for, by `method` (its link, or its
 * organisation's own provider): asks for the second
 * factor when the account has one, else begins the session. */
enum st sign_in_account(struct app *app, const struct visitor *visitor, int64_t account,
                        const char *method, struct sign_in *ret, struct err *err) MUST_USE;

/* What a person shows to confirm that it is still them. */
struct confirmation {
    struct str password;
    struct str code;
    struct passkey_reply passkey; /* its credential is empty: not by passkey */
};
/* The password, with a code where the account has a second factor; or a passkey.  Makes the
 * session recent and gives it a new token.  ST_DENIED: not right. */
enum st sign_in_confirm(struct app *app, const struct person *who,
                        const struct session_facts *facts, struct str token,
                        const struct webauthn_site *site, const struct confirmation *given,
                        char ret_token[static SEAL_TOKEN_SIZE], struct err *err) MUST_USE;
/* Is this the account's password?  Counted like a confirmation.  `ret` is for whoever sets another:
 * domain/account.h. */
enum st sign_in_check_password(struct app *app, int64_t account, const struct session_facts *facts,
                               struct str password, struct password_seen *ret,
                               struct err *err) MUST_USE;

#endif
