/*
 * parcel: a file that whoever made it cannot open any more.
 *
 * Layer: seal.  A stream (stream.h) whose key is sealed to a public key: X25519 sealed
 * box of libsodium.  The secret half is kept away from the machine that writes.
 *
 *     pendeen parcel 1 KEY\n     which key it was sealed to: 16 hexadecimal digits
 *     80 bytes                   the stream's key, sealed
 *     the stream
 *
 * The two halves of a key are one line of text each; a digit that was typed wrong is
 * found, since four bytes of a hash stand at the end.
 */
#ifndef PENDEEN_SEAL_PARCEL_H
#define PENDEEN_SEAL_PARCEL_H

#include "base/buf.h"
#include "seal/stream.h"

enum { PARCEL_KEY_SIZE = 32, PARCEL_ID_SIZE = 17, PARCEL_LINE_MAX = 200 };

struct parcel_key {
    uint8_t public[PARCEL_KEY_SIZE];
    char id[PARCEL_ID_SIZE]; /* hexadecimal digits and a NUL */
};

/* Clear it by seal_forget. */
struct parcel_secret {
    struct parcel_key key;
    uint8_t secret[PARCEL_KEY_SIZE];
};

void parcel_secret_new(struct parcel_secret *ret);
/* Each one line, without its end. */
void parcel_secret_write(const struct parcel_secret *secret, struct buf *out);
enum st parcel_secret_read(struct str text, struct parcel_secret *ret, struct err *err) MUST_USE;
void parcel_key_write(const struct parcel_key *key, struct buf *out);
enum st parcel_key_read(struct str text, struct parcel_key *ret, struct err *err) MUST_USE;

/* What a stream begins with; `ret_stream` is the stream's own key, by which whoever wrote
 * it can read it over once (parcel_check_begin).  Wipe it.  NULL: the file fails. */
struct stream_writer *parcel_write_begin(FILE *file, const struct parcel_key *key,
                                         uint8_t ret_stream[static SEAL_KEY_SIZE]);
/* Stands at the stream's beginning, which was written under this key: ST_CONFLICT when what
 * stands before it is not a parcel to `key`. */
enum st parcel_check_begin(FILE *file, const struct parcel_key *key,
                           const uint8_t stream[static SEAL_KEY_SIZE], struct stream_reader **ret,
                           struct err *err) MUST_USE;
/* ST_INVALID: it is none; ST_DENIED: it was sealed to another key; ST_CONFLICT: it was
 * changed. */
enum st parcel_read_begin(FILE *file, const struct parcel_secret *secret,
                          struct stream_reader **ret, struct err *err) MUST_USE;

/* BLAKE2b-256 of what is left of a file; false: it cannot be read. */
bool parcel_hash(FILE *file, uint8_t ret[static PARCEL_KEY_SIZE]) MUST_USE;

#endif
