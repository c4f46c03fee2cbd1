/*
 * field: one sealed value of one column of one row.
 *
 * Layer: seal.  XChaCha20-Poly1305 under a key that is derived from the record's data
 * key and the column's number (crypto_kdf of libsodium).  Bound in as associated data:
 * table, column, row, id of the data key, version.  A value that is put into another
 * row or column, or under another key, does not open.
 *
 * Layout: version (1 byte), nonce (24), ciphertext and authenticator (size + 16).
 */
#ifndef PENDEEN_SEAL_FIELD_H
#define PENDEEN_SEAL_FIELD_H

#include "seal/keyring.h"

enum seal_field {
#define FIELD(name, table, column, number) FIELD_##name,
#include "seal/field.def"
#undef FIELD
    FIELD_COUNT
};

enum { FIELD_OVERHEAD = 1 + 24 + 16 };

/* The data key of one record.  Clear it by data_key_clear when done. */
struct data_key {
    int64_t id; /* of its row in record_key */
    uint8_t bytes[SEAL_KEY_SIZE];
};

void data_key_fill(struct data_key *key); /* random bytes; the id is left alone */
void data_key_clear(struct data_key *key);

/* The sealed bytes, in the arena. */
struct str field_seal(struct arena *arena, const struct data_key *key, enum seal_field field,
                      int64_t row, struct str plain);
/* ST_CONFLICT: it is not what was sealed for this place; the message names the place. */
enum st field_open(struct arena *arena, const struct data_key *key, enum seal_field field,
                   int64_t row, struct str sealed, struct str *ret, struct err *err) MUST_USE;

/* For several values of one column under one data key: what is worked out of both, once.
 * Clear it by field_opener_clear when done. */
struct field_opener {
    uint8_t key[SEAL_KEY_SIZE];
    int64_t data_key;
    enum seal_field field;
    char place[64];
};
void field_opener_begin(struct field_opener *ret, const struct data_key *key,
                        enum seal_field field);
void field_opener_clear(struct field_opener *opener);
/* As field_open. */
enum st field_open_by(struct arena *arena, struct field_opener *opener, int64_t row,
                      struct str sealed, struct str *ret, struct err *err) MUST_USE;

/* Up to 255 texts as one value: of each that is not empty its place (1 byte), its length
 * (4 bytes) and its bytes.  A list may grow at its end; places are never given anew. */
struct str texts_pack(struct arena *arena, const struct str *text, size_t count);
/* Fills every place, with the empty text where there is none.  False when the value is
 * not one of these.  The texts borrow from `packed`. */
bool texts_unpack(struct str packed, struct str *ret, size_t count);

/* The key of a column, for what is sealed by other means (seal/stream.h). */
void field_key(const struct data_key *key, enum seal_field field,
               uint8_t ret[static SEAL_KEY_SIZE]);
const char *field_place(enum seal_field field); /* "mention.fields" */

#endif
