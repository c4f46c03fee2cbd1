/*
 * oidc_internal: what the oidc_*.c files share.
 *
 * Layer: domain, private.
 */
#ifndef PENDEEN_DOMAIN_OIDC_INTERNAL_H
#define PENDEEN_DOMAIN_OIDC_INTERNAL_H

#include "base/clock.h"
#include "domain/oidc.h"
#include "seal/id_token.h"

#include <pthread.h>

enum oidc_client_authentication { CLIENT_BY_PROVIDER, CLIENT_BASIC, CLIENT_POST, CLIENT_PUBLIC };

/* What oidc.txt says of a provider.  Lives in the oidc's arena. */
struct oidc_settings {
    struct str id;
    struct str label;
    struct str issuer;
    struct str client;
    struct str secret; /* empty: a public client */
    enum oidc_client_authentication authentication;
    id_algorithms algorithms;
    struct str scopes;
    struct str domains;       /* space-separated, lower case */
    struct str account_claim; /* empty: email, which must be verified */
    struct str assurance;     /* values of acr; empty: any */
    struct str ca_file;
    bool sign_out;
};

/* The discovery document, as far as it is used (OpenID Connect Discovery 1.0, RFC 8414). */
struct oidc_document {
    struct str authorization;
    struct str token;
    struct str keys;
    struct str user_info; /* empty: none */
    struct str sign_out;  /* empty: none */
    bool sends_issuer;    /* RFC 9207 */
    bool basic;           /* takes the secret by HTTP Basic, else in the form */
};
/* The texts live in the arena.  `loopback`: the issuer is this machine's own. */
enum st oidc_document_read(struct arena *arena, struct str text, struct str issuer, bool loopback,
                           struct oidc_document *ret, struct err *err) MUST_USE;

/* The answer of the token endpoint (RFC 6749, 5.1). */
struct oidc_tokens {
    struct str id_token;
    struct str access_token; /* empty: none */
};
enum st oidc_tokens_read(struct arena *arena, struct str text, struct oidc_tokens *ret,
                         struct err *err) MUST_USE;

/* A provider and what is known of it for now. */
struct oidc_provider {
    struct oidc_settings settings;
    pthread_mutex_t lock; /* of all below; held while it is fetched, so that one fetches for all */
    struct arena arena;   /* of the document */
    struct oidc_document document;
    instant_ms document_until; /* 0: none is held */
    struct id_keys *keys;
    instant_ms keys_until;
};

struct oidc_transaction {
    uint8_t state[SEAL_HASH_SIZE];   /* hashes: what is in the browser is not here */
    uint8_t browser[SEAL_HASH_SIZE];
    char nonce[SEAL_TOKEN_SIZE];
    char verifier[SEAL_TOKEN_SIZE];
    const struct oidc_provider *provider; /* NULL: the place is free */
    instant_ms begun_at;
    char next[256];
};

struct oidc {
    struct arena arena;
    /* of this site, without a slash at its end: "https://pendeen.example.org" */
    struct str address;
    size_t count;
    struct oidc_provider provider[OIDC_PROVIDERS_MAX];
    struct oidc_button button[OIDC_PROVIDERS_MAX];
    pthread_mutex_t lock; /* of the transactions */
    struct oidc_transaction transaction[OIDC_TRANSACTIONS];
};

/* Fills address and providers from the text of oidc.txt. */
enum st oidc_settings_read(struct oidc *oidc, const char *folder, struct str text,
                           struct err *err) MUST_USE;

struct oidc_provider *oidc_find(struct oidc *oidc, struct str id);

/* A copy of the document in the arena, fetched when none is held. */
enum st oidc_document_get(struct oidc_provider *provider, struct arena *arena,
                          struct oidc_document *ret, struct err *err) MUST_USE;
/* The same when it is held; false when it is not. */
bool oidc_document_held(struct oidc_provider *provider, struct arena *arena,
                        struct oidc_document *ret);
/* The code becomes tokens. */
enum st oidc_exchange(struct oidc_provider *provider, const struct oidc_document *document,
                      struct arena *arena, struct str form, struct oidc_tokens *ret,
                      struct err *err) MUST_USE;
/* Checks the ID token against the provider's keys, which are fetched when none are held,
 * and once more when they do not hold the token's. */
enum st oidc_token_check(struct oidc_provider *provider, const struct oidc_document *document,
                         struct arena *arena, struct str token, struct id_expected *expected,
                         struct id_claims *ret, struct err *err) MUST_USE;
/* Asks for the claims that the ID token left out. */
enum st oidc_user_info(struct oidc_provider *provider, const struct oidc_document *document,
                       struct arena *arena, struct str access_token, struct id_claims *claims,
                       struct err *err) MUST_USE;

/* The account of these claims: the linked one, or at the first sign-in the one with the
 * email address, which is linked by that. */
enum st oidc_account(struct app *app, const struct oidc_settings *settings,
                     const struct id_claims *claims, int64_t *ret, struct err *err) MUST_USE;

#endif
