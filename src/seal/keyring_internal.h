/*
 * keyring_internal: the inside of the ring, for the files that share it.
 *
 * Layer: seal, private.
 */
#ifndef PENDEEN_SEAL_KEYRING_INTERNAL_H
#define PENDEEN_SEAL_KEYRING_INTERNAL_H

#include "base/buf.h"
#include "seal/keyring.h"

#include <sodium.h>

struct key_entry {
    uint32_t id;
    enum key_use use;
    instant_ms created_at;
    uint8_t bytes[SEAL_KEY_SIZE];
};

/* What the file holds; lives in sodium_malloc. */
struct key_set {
    size_t count;
    struct key_entry key[KEYRING_KEYS_MAX];
    uint8_t index[SEAL_KEY_SIZE]; /* of tags; never turned over: tags must stay the same */
    bool has_recovery;
    uint8_t recovery[crypto_box_PUBLICKEYBYTES];
    bool has_passphrase;
    uint8_t salt[crypto_pwhash_SALTBYTES];
    uint8_t lock[crypto_secretbox_KEYBYTES]; /* out of passphrase and salt */
};

enum { KEY_FILE_MAX = KEYRING_FILE_MAX };

/* Adds a new random key of each use. ST_LIMIT when the ring is full. */
enum st key_set_grow(struct key_set *set, struct err *err) MUST_USE;

/* The text of a set and back.  `locked`: under its passphrase, if it has one. */
void key_set_write(const struct key_set *set, bool locked, struct buf *ret);
enum st key_set_read(struct str text, struct str passphrase, struct key_set *ret,
                     struct err *err) MUST_USE;

/* Writes a whole file: beside it, flushed, then renamed over it. */
enum st key_file_write(const char *path, struct str text, struct err *err) MUST_USE;
/* ST_NOT_FOUND: there is none; ST_DENIED: others may read it. */
enum st key_file_read(const char *path, struct buf *ret, struct err *err) MUST_USE;
/* The set to its file, and to its recovery file when it has one. */
enum st key_set_keep(const struct key_set *set, const char *path, struct err *err) MUST_USE;

/* Splits a secret into lines of text, any `threshold` of which give it back. */
void share_secret(struct arena *arena, const uint8_t secret[static 32], int shares, int threshold,
                  struct str *ret);

#endif
