/*
 * checkpoint: what a log was at one time, signed.
 *
 * Layer: seal, Ed25519 of libsodium.  The forms are those of C2SP: a checkpoint as in
 * tlog-checkpoint, signed as in signed-note, its key written as signed-note's verifier
 * key ("NAME+ID+BASE64"), so that any program that reads these can check ours.
 *
 *     pendeen-audit/0c1d…                         the origin: which log
 *     1234                                        how many lines
 *     qINS1GRFWHKrTmVh+bGxEUBrVQtdMTYrAZoWo3vm1Hk=  the root
 *
 *     — pendeen-audit/0c1d… AbCd…                 key id (4 bytes) and signature (64)
 */
#ifndef PENDEEN_SEAL_CHECKPOINT_H
#define PENDEEN_SEAL_CHECKPOINT_H

#include "base/buf.h"
#include "base/err.h"
#include "seal/merkle.h"

enum { CHECKPOINT_NAME_SIZE = 128, CHECKPOINT_NOTE_MAX = 64 << 10, CHECKPOINT_PUBLIC_SIZE = 32 };

/* Who signs, as others know them. */
struct checkpoint_key {
    char name[CHECKPOINT_NAME_SIZE];
    uint32_t id; /* the first 4 bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public) */
    uint8_t public[CHECKPOINT_PUBLIC_SIZE];
};

/* And with the secret.  Clear it by checkpoint_signer_clear. */
struct checkpoint_signer {
    struct checkpoint_key key;
    uint8_t secret[64];
};

struct checkpoint {
    char origin[CHECKPOINT_NAME_SIZE];
    uint64_t size;
    struct merkle_hash root;
    struct str extension; /* one more line that is signed, without its end; empty: none.  Written
                           * only: whoever reads looks for it in the note */
};

/* `name` has neither spaces nor "+". */
void checkpoint_signer_from_seed(const uint8_t seed[static 32], const char *name,
                                 struct checkpoint_signer *ret);
void checkpoint_signer_clear(struct checkpoint_signer *signer);

/* The verifier key, without a line end. */
void checkpoint_key_write(const struct checkpoint_key *key, struct buf *out);
enum st checkpoint_key_read(struct str text, struct checkpoint_key *ret, struct err *err) MUST_USE;

/* The signed note. */
void checkpoint_write(const struct checkpoint *checkpoint, const struct checkpoint_signer *signer,
                      struct buf *out);
/* Reads what the note says.  ST_INVALID: it is no checkpoint.  Lines after the root are
 * extensions, which are allowed and not looked at. */
enum st checkpoint_read(struct str note, struct checkpoint *ret, struct err *err) MUST_USE;
/* Reads it and holds it to the key, of which a signature must be there and hold;
 * signatures by others are passed over.  ST_DENIED: it is not signed by this key. */
enum st checkpoint_verify(struct str note, const struct checkpoint_key *key, struct checkpoint *ret,
                          struct err *err) MUST_USE;

/* Does this line stand in the part of a note that is signed? */
bool checkpoint_has_line(struct str note, struct str line);

/* Standard base64, of 32 bytes: as roots and hashes are written. */
void checkpoint_hash_write(const struct merkle_hash *hash, struct buf *out);
bool checkpoint_hash_read(struct str text, struct merkle_hash *ret);

#endif
