/*
 * api_client: programs that use /api/v1, and their tokens.
 *
 * Layer: domain.  OAuth 2.0 by client credentials (RFC 6749, 4.4; RFC 6750).  A program acts
 * as an account that is its own: what it may see and do is what the account's roles, forums
 * and grants allow (domain/access.h), narrowed by its scopes.  So it is in the audit under
 * its own name like a person.  Nobody can sign in with that account.
 *
 * The secret is 32 random bytes, shown once; the store holds its hash, and that of each
 * token.  Tokens last API_TOKEN_MINUTES.  Revoking ends them at once, and so does disabling
 * the account or its organisation.
 */
#ifndef PENDEEN_DOMAIN_API_CLIENT_H
#define PENDEEN_DOMAIN_API_CLIENT_H

#include "domain/account.h"

enum api_scope {
#define API_SCOPE(name, word, label) API_SCOPE_##name,
#include "domain/api_scope.def"
#undef API_SCOPE
    API_SCOPES
};
const char *api_scope_word(enum api_scope scope);  /* "submissions.read" */
const char *api_scope_label(enum api_scope scope);
/* "submissions.read links.read" as bits; false when one is not known. */
bool api_scopes_read(struct str words, unsigned *ret);
struct str api_scopes_words(struct arena *arena, unsigned scopes);

enum { API_TOKEN_MINUTES = 15, API_CLIENT_DAYS_MAX = 730, API_ID_SIZE = 21 };

struct api_client_secret {
    char id[API_ID_SIZE];
    char secret[SEAL_TOKEN_SIZE];
};

/* A program with an account of its own, in one transaction.  The account's email is made
 * up here.  ST_INVALID: no scope, or an end that is past or too far off. */
enum st api_client_add(struct app *app, int64_t by, const struct account_new *account,
                       unsigned scopes, instant_ms until, struct api_client_secret *ret,
                       int64_t *ret_id, struct err *err) MUST_USE;
/* The same for an account that there is, in the caller's transaction. */
enum st api_client_store(struct app *app, struct db *db, int64_t by, int64_t account,
                         unsigned scopes, instant_ms until, struct api_client_secret *ret,
                         int64_t *ret_id, struct err *err) MUST_USE;
/* Ends it and its tokens at once.  ST_NOT_FOUND: there is none, or it is ended. */
enum st api_client_revoke(struct app *app, int64_t by, int64_t id, struct err *err) MUST_USE;
/* A new secret; the one before and its tokens end at once. */
enum st api_client_renew(struct app *app, int64_t by, int64_t id, struct api_client_secret *ret,
                         struct err *err) MUST_USE;

struct api_client {
    int64_t id;
    struct str public_id;
    int64_t account;
    struct str name; /* of its account, and so on */
    struct str organisation;
    unsigned roles;
    bool disabled;
    unsigned scopes;
    instant_ms created_at;
    instant_ms expires_at;
    instant_ms used_at;    /* 0: never */
    instant_ms revoked_at; /* 0: not */
};
/* Newest first. */
enum st api_client_list(struct app *app, struct arena *arena, struct api_client **ret,
                        size_t *ret_count, struct err *err) MUST_USE;
/* Is it the account of a program?  Nobody may sign in with one. */
enum st api_client_has(struct db *db, int64_t account, bool *ret, struct err *err) MUST_USE;

/* --- tokens -------------------------------------------------------------------------- */

struct api_token {
    char token[SEAL_TOKEN_SIZE];
    unsigned scopes;
};
/* `wanted` 0: all that the client has.  ST_DENIED: no such client, or a wrong secret: the
 * same words and the same work for both.  ST_INVALID: a scope that it does not have. */
enum st api_token_make(struct app *app, struct str id, struct str secret, unsigned wanted,
                       struct api_token *ret, struct err *err) MUST_USE;
/* Who holds it.  ST_NOT_FOUND: nobody, or not any more. */
enum st api_token_read(struct app *app, struct arena *arena, struct str token, struct person *ret,
                       unsigned *ret_scopes, struct err *err) MUST_USE;

#endif
