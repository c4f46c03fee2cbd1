/*
 * oidc: signing in by an organisation's own OpenID Connect provider.
 *
 * Layer: domain.  The authorization code flow with PKCE (OpenID Connect Core 1.0, RFC
 * 7636, RFC 9207, RFC 9700).  Providers are named in oidc.txt of the data folder; a
 * provider never makes an account, it only vouches for one that is there.
 *
 *     oidc_begin    a transaction is kept here, bound to the browser by a cookie; the
 *                   browser goes to the provider
 *     oidc_finish   it comes back with a code; the transaction is spent, the code is
 *                   exchanged, the ID token checked, the account found, a session begun,
 *                   or a second factor asked for where the account has one
 *
 * Both may wait for the provider (net/fetch.h): call them from a thread that may.
 *
 * Every refusal is ST_DENIED with one public sentence; what was wrong is in `detail`,
 * without tokens, codes, secrets or the person's name.
 *
 * Lifetimes: from oidc_open to oidc_close; safe for threads.
 */
#ifndef PENDEEN_DOMAIN_OIDC_H
#define PENDEEN_DOMAIN_OIDC_H

#include "base/clock.h"
#include "domain/account.h"
#include "domain/sign_in.h"

enum {
    OIDC_PROVIDERS_MAX = 32,
    OIDC_MINUTES = 10,      /* from the button to the way back */
    OIDC_TRANSACTIONS = 4096, /* at once; beyond, the oldest make room */
};

struct oidc;

/* Reads oidc.txt of the data folder; without one there are no providers.  ST_INVALID names
 * the line that is wrong. */
enum st oidc_open(const char *folder, struct oidc **ret, struct err *err) MUST_USE;
void oidc_close(struct oidc *oidc); /* accepts NULL */

struct oidc_button {
    struct str id;    /* of the link */
    struct str label; /* "Sign in with your council account" */
};
/* In the order of the file.  Lives as long as the oidc; accepts NULL. */
size_t oidc_buttons(const struct oidc *oidc, const struct oidc_button **ret);

/* What asking a provider needs of this machine; the texts live as long as the oidc. */
struct oidc_need {
    uint16_t port;    /* of its issuer */
    const char *file; /* of certificates to trust; NULL: the system's */
};
/* Accepts NULL; returns how many. */
size_t oidc_needs(const struct oidc *oidc, struct oidc_need ret[static OIDC_PROVIDERS_MAX]);

struct oidc_start {
    struct str url;  /* of the provider, with the request in it */
    struct str host; /* for the person to read */
    char browser[SEAL_TOKEN_SIZE]; /* the cookie that binds the transaction to the browser */
};
/* `next` is the page of ours to go to afterwards; it is handed back as it came. */
enum st oidc_begin(struct app *app, struct arena *arena, struct str provider, struct str next,
                   struct oidc_start *ret, struct err *err) MUST_USE;

/* What the browser brought back. */
struct oidc_answer {
    struct str browser; /* the cookie */
    struct str state;
    struct str code;
    struct str issuer; /* RFC 9207; empty: none */
    struct str error;  /* the provider's word; empty: none */
};
enum st oidc_finish(struct app *app, struct arena *arena, struct str provider,
                    const struct oidc_answer *answer, const struct visitor *visitor,
                    struct sign_in *ret, struct str *ret_next, struct err *err) MUST_USE;

/* The provider by which this account signed in lately and where it may sign out as well;
 * the empty text when there is none. */
enum st oidc_signed_in_by(struct app *app, struct arena *arena, int64_t account, struct str *ret,
                          struct err *err) MUST_USE;
/* Where to sign out there (OpenID Connect RP-Initiated Logout 1.0), without waiting for
 * anything.  ST_NOT_FOUND: the provider has no such page, or was not asked yet. */
struct oidc_sign_out {
    struct str label;
    struct str host;
    struct str url;
};
enum st oidc_sign_out(struct app *app, struct arena *arena, struct str provider,
                      struct oidc_sign_out *ret, struct err *err) MUST_USE;

/* --- whose identity is whose, for an administrator -------------------------------- */

struct oidc_identity {
    struct str email;    /* of the account */
    struct str provider; /* its id; empty when it is not in oidc.txt any more */
    instant_ms created_at;
    instant_ms used_at;
};
enum st oidc_identities(struct app *app, struct arena *arena, size_t maximum,
                        struct oidc_identity **ret, size_t *ret_count, struct err *err) MUST_USE;
/* Says that this subject of the provider is this account; ST_CONFLICT when either is
 * linked already. */
enum st oidc_link(struct app *app, struct str email, struct str provider, struct str subject,
                  struct err *err) MUST_USE;
/* The next sign-in by the provider links by email again.  Ends the account's sessions. */
enum st oidc_unlink(struct app *app, struct str email, struct str provider,
                    struct err *err) MUST_USE;

#endif
