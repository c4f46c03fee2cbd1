/*
 * passkey: a person's passkeys, and what they have to sign.
 *
 * Layer: domain.  What a passkey says is checked by seal/webauthn.h; here are its keeping
 * (sealed under the account's data key, found by a blind tag of its credential) and the
 * challenges: each is good once, for ten minutes, for one purpose, and for the session or
 * half-done sign-in (the holder) that asked for it.
 */
#ifndef PENDEEN_DOMAIN_PASSKEY_H
#define PENDEEN_DOMAIN_PASSKEY_H

#include "base/clock.h"
#include "domain/app.h"
#include "domain/second_factor.h"
#include "seal/webauthn.h"

enum { PASSKEYS_MAX = 20, PASSKEY_NAME_MAX = 60 };

/* Constant texts for `purpose`. */
#define PASSKEY_TO_REGISTER "register"
#define PASSKEY_TO_SIGN_IN "sign in"
#define PASSKEY_TO_CONFIRM "confirm"

/* A new challenge in base 64; one of before, for the same holder and purpose, is gone.
 * `holder` is the cookie of the session or sign-in. */
enum st passkey_challenge(struct app *app, struct arena *arena, struct str holder,
                          const char *purpose, struct str *ret, struct err *err) MUST_USE;

/* What the browser sent, in URL-safe base 64, as it stands in a form. */
struct passkey_reply {
    struct str credential;
    struct str client_data;
    struct str authenticator_data;
    struct str signature;
};

/* Adds a passkey, and recovery codes when it is the first second factor.  ST_DENIED: it was
 * not accepted; ST_CONFLICT: it is known already, or there are too many. */
enum st passkey_register(struct app *app, const struct webauthn_site *site, int64_t account,
                         struct str holder, const struct passkey_reply *reply, struct str name,
                         struct recovery_codes *ret, struct err *err) MUST_USE;
/* Whose passkey signed the holder's challenge.  `account` 0: anybody's; else it must be
 * that one's.  ST_DENIED: it was not accepted. */
enum st passkey_check(struct app *app, const struct webauthn_site *site, struct str holder,
                      const char *purpose, const struct passkey_reply *reply, int64_t account,
                      int64_t *ret_account, struct err *err) MUST_USE;

struct passkey_line {
    int64_t id;
    struct str name;
    struct str credential; /* base 64 */
    instant_ms created_at;
    instant_ms used_at; /* 0: not yet */
};
enum st passkey_list(struct app *app, struct arena *arena, int64_t account,
                     struct passkey_line **ret, size_t *ret_count, struct err *err) MUST_USE;
/* How passkeys know the account: random bytes, in base 64. */
enum st passkey_handle(struct app *app, struct arena *arena, int64_t account, struct str *ret,
                       struct err *err) MUST_USE;
/* Of one's own; ST_NOT_FOUND when there is none. */
enum st passkey_rename(struct app *app, int64_t account, int64_t id, struct str name,
                       struct err *err) MUST_USE;
enum st passkey_remove(struct app *app, int64_t account, int64_t id, struct err *err) MUST_USE;

#endif
