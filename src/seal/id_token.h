/*
 * id_token: is an ID token what its provider signed, for us, now?
 *
 * Layer: seal.  OpenID Connect Core 1.0 sections 3.1.3.7 and 3.1.3.8, JSON Web Signature
 * (RFC 7515), JSON Web Key (RFC 7517), Proof Key for Code Exchange (RFC 7636), with the
 * advice of RFC 8725.  Signatures are checked by librhonabwy, of which nothing else is
 * used: which algorithm, which key and which claims are good is decided here, before and
 * after.  Nothing is fetched.
 *
 * Every refusal is ST_DENIED with one public sentence; `detail` says precisely what was
 * wrong, for the log, and never holds a token, a secret or who the person is.
 */
#ifndef PENDEEN_SEAL_ID_TOKEN_H
#define PENDEEN_SEAL_ID_TOKEN_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

enum {
    ID_TOKEN_MAX = 16 << 10,     /* bytes of a whole token */
    ID_KEYS_MAX = 256 << 10,     /* bytes of a key set */
    ID_KEYS_COUNT_MAX = 64,
    ID_TOKEN_SKEW_SECONDS = 60,  /* how far two clocks may differ */
    ID_TOKEN_AGE_SECONDS = 600,  /* since it was issued */
    ID_CHALLENGE_SIZE = 44,      /* SHA-256 in URL-safe base64, and the NUL */
};

/* One bit for each algorithm, as RFC 7518 and RFC 8037 name them.  "none" and the HMAC
 * family are not among them and cannot be asked for. */
typedef unsigned id_algorithms;
bool id_algorithm_from_name(struct str name, id_algorithms *ret);

/* The public keys of a provider, read once; free with id_keys_free. */
struct id_keys;
/* Keys for other ends (encryption, unknown families) are left out.  Refused as a whole:
 * two signing keys of one family with the same id, a private key, a weak one. */
enum st id_keys_read(struct str document, struct id_keys **ret, struct err *err) MUST_USE;
void id_keys_free(struct id_keys *keys); /* accepts NULL */
size_t id_keys_count(const struct id_keys *keys);

struct id_expected {
    struct str issuer;
    struct str client;       /* our client id: the audience */
    struct str nonce;
    struct str access_token; /* that came with it; empty: none */
    struct str account_claim; /* besides email, whose value is wanted; empty: none */
    struct str assurance;    /* space-separated values of acr, one of which must hold; empty: any */
    id_algorithms algorithms;
    instant_ms now;
};

struct id_claims {
    struct str subject;
    struct str email;
    bool email_verified;
    struct str account; /* of account_claim */
};

/* ST_NOT_FOUND: signed by a key that the set does not hold, so fetch the set again and
 * ask once more.  The claims live in the arena. */
enum st id_token_check(struct arena *arena, struct str token, const struct id_keys *keys,
                       const struct id_expected *expected, struct id_claims *ret,
                       struct err *err) MUST_USE;

/* The claims of a UserInfo answer (OpenID Connect Core 5.3), which must be about the same
 * subject; fills what the token left out. */
enum st id_claims_add(struct arena *arena, struct str document, struct str account_claim,
                      struct id_claims *claims, struct err *err) MUST_USE;

/* The S256 challenge of a verifier. */
void id_challenge(struct str verifier, char ret[static ID_CHALLENGE_SIZE]);

/* ST_DENIED with the one public sentence, and `format` for the log. */
enum st id_refuse(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A word that another machine sent, fit for a line of the log: at most 80 characters,
 * and nothing but printable ASCII. */
struct id_word {
    char text[84];
};
struct id_word id_word(struct str s);

#endif
