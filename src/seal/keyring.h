/*
 * keyring: the key-encryption keys of a data folder.
 *
 * Layer: seal, on libsodium.  Every record has a data key of its own; the ring's keys
 * wrap data keys and nothing else, so that turning the ring over rewraps 72 bytes a
 * record and leaves what is sealed where it is.  There are two sorts: keys for
 * records, and keys for who told (the source of a submission), so that the two can be
 * opened by different people.  A third secret makes tags: blind indexes by which an
 * equal value is found without being readable.
 *
 * Algorithms: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), keyed BLAKE2b (RFC 7693),
 * Argon2id (RFC 9106) for a passphrase, X25519 sealed boxes for recovery.
 *
 * Lifetimes: from keyring_open to keyring_free; keys stand in locked memory that no
 * core dump holds.  Safe for threads.
 */
#ifndef PENDEEN_SEAL_KEYRING_H
#define PENDEEN_SEAL_KEYRING_H

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

struct arena;
struct buf;
struct keyring;

enum {
    SEAL_KEY_SIZE = 32,
    SEAL_WRAPPED_SIZE = 24 + SEAL_KEY_SIZE + 16, /* nonce, key, authenticator */
    SEAL_TAG_SIZE = 16,
    KEYRING_KEYS_MAX = 200,
};

enum key_use { KEY_RECORD, KEY_SOURCE, KEY_USES };

/* Reads the ring of a file, which must not be readable by others (0600), or makes a new
 * one there when `make` and there is none.  `passphrase` may be empty: then the file
 * holds the keys as they are, and its owner is who can read them.  ST_NOT_FOUND: no
 * such file; ST_DENIED: a passphrase is needed, or another one. */
enum st keyring_open(const char *path, struct str passphrase, bool make, struct keyring **ret,
                     struct err *err) MUST_USE;
void keyring_free(struct keyring *ring); /* accepts NULL */
const char *keyring_path(const struct keyring *ring);
bool keyring_has_passphrase(const struct keyring *ring);

/* Adds a new key of each use, which are current from then on, and writes the file (to
 * the disk, under another name, then renamed).  On failure the ring is as it was. */
enum st keyring_rotate(struct keyring *ring, struct err *err) MUST_USE;
/* Reads the file again: another process may have added keys. */
enum st keyring_reload(struct keyring *ring, struct err *err) MUST_USE;
/* Forgets a key that is not current.  Whatever is still wrapped by it is lost. */
enum st keyring_forget(struct keyring *ring, uint32_t key, struct err *err) MUST_USE;
/* Writes the file anew under this passphrase; empty: under none. */
enum st keyring_set_passphrase(struct keyring *ring, struct str passphrase,
                               struct err *err) MUST_USE;

struct key_about {
    uint32_t id;
    enum key_use use;
    instant_ms created_at;
    bool current;
};
size_t keyring_list(struct keyring *ring, struct key_about ret[static KEYRING_KEYS_MAX]);
uint32_t keyring_current(struct keyring *ring, enum key_use use);

/* Wraps a data key by the current key of a use; `row` is the id under which it will be
 * kept, and is bound in.  Says which key it was. */
uint32_t keyring_wrap(struct keyring *ring, enum key_use use, int64_t row,
                      const uint8_t key[static SEAL_KEY_SIZE],
                      uint8_t ret[static SEAL_WRAPPED_SIZE]);
/* ST_NOT_FOUND: the ring does not hold that key; ST_CONFLICT: the bytes are not what
 * was wrapped for this row. */
enum st keyring_unwrap(struct keyring *ring, uint32_t by, int64_t row, struct str wrapped,
                       uint8_t ret[static SEAL_KEY_SIZE], struct err *err) MUST_USE;

/* A blind index: the same purpose and bytes give the same tag, and a tag tells nothing
 * to who lacks the ring.  `purpose` is a constant text such as "account email". */
void keyring_tag(const struct keyring *ring, const char *purpose, struct str bytes,
                 uint8_t ret[static SEAL_TAG_SIZE]);
/* The same in 32 hexadecimal digits and a NUL. */
enum { SEAL_TAG_TEXT_SIZE = 2 * SEAL_TAG_SIZE + 1 };
void keyring_tag_text(const struct keyring *ring, const char *purpose, struct str bytes,
                      char ret[static SEAL_TAG_TEXT_SIZE]);
/* A secret of the ring for another purpose, such as signing: the same each time. */
void keyring_derive(const struct keyring *ring, const char *purpose,
                    uint8_t ret[static SEAL_KEY_SIZE]);

/* --- recovery -------------------------------------------------------------------- */

/* A recovery key is made, the ring is sealed to it beside its file (PATH.recovery, kept
 * true at every later change), and the key is split: any `threshold` of the `shares`
 * give it back (A. Shamir, How to Share a Secret, 1979; by libgfshare).  Each share is
 * one line of text in the arena. */
enum { SHARES_MAX = 50 };
enum st keyring_split(struct keyring *ring, struct arena *arena, int shares, int threshold,
                      struct str *ret_share, struct err *err) MUST_USE;
/* Are there shares? */
bool keyring_has_recovery(struct keyring *ring);
/* The ring as it is sealed to the recovery key, to be carried away: nobody opens it without
 * `threshold` shares.  ST_NOT_FOUND: there are no shares, or the file is gone. */
enum st keyring_recovery_read(struct keyring *ring, struct buf *ret, struct err *err) MUST_USE;
/* What was carried away, beside the ring of this path, where keyring_recover looks for it. */
enum st keyring_recovery_write(const char *path, struct str sealed, struct err *err) MUST_USE;
enum { KEYRING_FILE_MAX = 64 << 10 };
/* Puts the key together and writes the ring that was sealed to it to `path`, without a
 * passphrase.  ST_INVALID names the share that is wrong, or says how many are missing. */
enum st keyring_recover(const char *path, const struct str *share, size_t count,
                        struct err *err) MUST_USE;

#endif
