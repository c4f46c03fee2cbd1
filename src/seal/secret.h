/*
 * secret: passwords, tokens and hashes.
 *
 * Layer: seal, on libsodium (SHA-256: GnuTLS).  Call seal_start once before anything else.
 * Comparisons of secrets take the same time whatever they hold.
 */
#ifndef PENDEEN_SEAL_SECRET_H
#define PENDEEN_SEAL_SECRET_H

#include "base/err.h"
#include "base/str.h"

enum {
    SEAL_PASSWORD_HASH_SIZE = 128, /* crypto_pwhash_STRBYTES */
    SEAL_TOKEN_SIZE = 44,          /* 32 random bytes in URL-safe base64, and the NUL */
    SEAL_HASH_SIZE = 32,
    SEAL_SHORT_KEY_SIZE = 16,
    SEAL_NONCE_SIZE = 24,    /* of XChaCha20 */
    SEAL_PASSWORD_MIN = 12,  /* characters */
    SEAL_PASSWORD_MAX = 200, /* bytes */
};

/* False when the system has no random numbers to give. */
bool seal_start(void);

/* Argon2id (RFC 9106) at 64 MiB and two passes.  At most two run at once; others
 * wait, so that many sign-ins together cannot use up the memory. */
enum st seal_password_hash(struct str password, char ret[static SEAL_PASSWORD_HASH_SIZE],
                           struct err *err) MUST_USE;
/* An empty hash does the same work and answers false, so that an account that
 * does not exist takes as long as one that does.  ST_LIMIT, at once, while some wait already. */
enum st seal_password_verify(struct str password, struct str hash, bool *ret,
                             struct err *err) MUST_USE;
/* How many argon2id computations there were since the start: a test counts them where a
 * clock would be unsteady. */
uint64_t seal_password_runs(void);
/* Is it long enough, and not one of those that are guessed first: a common password, as
 * it is, repeated, or with digits and signs behind it?  Nothing else is asked of it.
 * `person` is a word it may not hold, such as the account's address; may be empty. */
enum st seal_password_check(struct str password, struct str person, struct err *err) MUST_USE;

/* A new unguessable token. */
void seal_token(char ret[static SEAL_TOKEN_SIZE]);
/* `count` characters of Crockford's base 32 and a NUL: for references that
 * people read aloud. */
void seal_reference(char *ret, size_t count);
/* SHA-256 (FIPS 180-4), where another program must come to the same. */
void seal_sha256(struct str bytes, uint8_t ret[static SEAL_HASH_SIZE]);
/* BLAKE2b-256. */
void seal_hash(struct str bytes, uint8_t ret[static SEAL_HASH_SIZE]);
/* SipHash-2-4, for tables: without the key nobody can say which texts fall together. */
uint64_t seal_short_hash(const uint8_t key[static SEAL_SHORT_KEY_SIZE], struct str bytes);
bool seal_equal(struct str a, struct str b);
void seal_random(void *ret, size_t size);
/* For one sealing.  Nonces are no secret, so they are drawn some at a time; a process that was
 * forked, and did not become another program, must not seal. */
void seal_nonce(uint8_t ret[static SEAL_NONCE_SIZE]);
/* Overwrites what must not be left in memory. */
void seal_forget(void *secret, size_t size);
/* URL-safe base64 without padding, and back: false when the text is none. */
struct str seal_base64(struct arena *arena, struct str bytes);
bool seal_base64_read(struct arena *arena, struct str text, struct str *ret);
/* The same in plain base64 with padding (RFC 4648, 4), where another program reads it. */
struct str seal_base64_plain(struct arena *arena, struct str bytes);
bool seal_base64_plain_read(struct arena *arena, struct str text, struct str *ret);
/* HMAC-SHA256 (RFC 2104), likewise. */
void seal_hmac_sha256(struct str key, struct str text, uint8_t ret[static SEAL_HASH_SIZE]);

#endif
