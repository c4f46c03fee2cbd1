#include "seal/field.h"

#include "base/arena.h"
#include "seal/secret.h"

#include <sodium.h>

enum {
    VERSION = 1,
    NONCE = SEAL_NONCE_SIZE,
    HEAD = 1 + NONCE,
    PLACE_SIZE = sizeof((struct field_opener *)NULL)->place
};

static const struct {
    const char *place;
    uint64_t number;
} fields[FIELD_COUNT] = {
#define FIELD(name, table, column, number) {table "." column, number},
#include "seal/field.def"
#undef FIELD
};

const char *field_place(enum seal_field field)
{
    return fields[field].place;
}

void data_key_fill(struct data_key *key)
{
    randombytes_buf(key->bytes, sizeof key->bytes);
}

void data_key_clear(struct data_key *key)
{
    sodium_memzero(key, sizeof *key);
}

void field_key(const struct data_key *key, enum seal_field field, uint8_t ret[static SEAL_KEY_SIZE])
{
    crypto_kdf_derive_from_key(ret, SEAL_KEY_SIZE, fields[field].number, "pendeenF", key->bytes);
}

/* The associated data: fixed fields, so that no two places look alike. */
static void place_begin(char place[static PLACE_SIZE], enum seal_field field, int64_t key)
{
    memset(place, 0, PLACE_SIZE);
    place[0] = VERSION;
    memcpy(place + 9, &key, sizeof key);
    memcpy(place + 17, fields[field].place, strnlen(fields[field].place, PLACE_SIZE - 18));
}

static void place_row(char place[static PLACE_SIZE], int64_t row)
{
    memcpy(place + 1, &row, sizeof row);
}

struct str field_seal(struct arena *arena, const struct data_key *key, enum seal_field field,
                      int64_t row, struct str plain)
{
    uint8_t column_key[SEAL_KEY_SIZE];
    char place[PLACE_SIZE];
    place_begin(place, field, key->id);
    place_row(place, row);
    uint8_t *sealed = arena_alloc(arena, plain.len + FIELD_OVERHEAD);
    sealed[0] = VERSION;
    seal_nonce(sealed + 1);
    field_key(key, field, column_key);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + HEAD, NULL, (const uint8_t *)plain.ptr,
                                               plain.len, (const uint8_t *)place, sizeof place,
                                               NULL, sealed + 1, column_key);
    sodium_memzero(column_key, sizeof column_key);
    return str_of((const char *)sealed, plain.len + FIELD_OVERHEAD);
}

void field_opener_begin(struct field_opener *ret, const struct data_key *key, enum seal_field field)
{
    ret->field = field;
    ret->data_key = key->id;
    field_key(key, field, ret->key);
    place_begin(ret->place, field, key->id);
}

void field_opener_clear(struct field_opener *opener)
{
    sodium_memzero(opener, sizeof *opener);
}

enum st field_open_by(struct arena *arena, struct field_opener *opener, int64_t row,
                      struct str sealed, struct str *ret, struct err *err)
{
    const uint8_t *bytes = (const uint8_t *)sealed.ptr;
    bool good = sealed.len >= FIELD_OVERHEAD && bytes[0] == VERSION;
    size_t size = good ? sealed.len - FIELD_OVERHEAD : 0;
    uint8_t *plain = arena_alloc(arena, size + 1);
    place_row(opener->place, row);
    good = good &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(
               plain, NULL, NULL, bytes + HEAD, sealed.len - HEAD, (const uint8_t *)opener->place,
               sizeof opener->place, bytes + 1, opener->key) == 0;
    if (!good) {
        err_set(err, ST_CONFLICT,
                "A record cannot be opened. Please tell whoever runs this server.");
        err_detail(err, "%s of row %lld does not open under data key %lld",
                   fields[opener->field].place, (long long)row, (long long)opener->data_key);
        return ST_CONFLICT;
    }
    plain[size] = 0;
    *ret = str_of((const char *)plain, size);
    return ST_OK;
}

enum st field_open(struct arena *arena, const struct data_key *key, enum seal_field field,
                   int64_t row, struct str sealed, struct str *ret, struct err *err)
{
    struct field_opener opener;
    field_opener_begin(&opener, key, field);
    enum st outcome = field_open_by(arena, &opener, row, sealed, ret, err);
    field_opener_clear(&opener);
    return outcome;
}

struct str texts_pack(struct arena *arena, const struct str *text, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) size += text[i].len ? 5 + text[i].len : 0;
    char *packed = arena_alloc(arena, size + 1);
    char *at = packed;
    for (size_t i = 0; i < count; i++) {
        if (!text[i].len) continue;
        uint32_t length = (uint32_t)text[i].len;
        *at = (char)i;
        memcpy(at + 1, &length, 4);
        memcpy(at + 5, text[i].ptr, length);
        at += 5 + length;
    }
    return str_of(packed, size);
}

bool texts_unpack(struct str packed, struct str *ret, size_t count)
{
    for (size_t i = 0; i < count; i++) ret[i] = STR("");
    while (packed.len) {
        uint32_t length = 0;
        if (packed.len < 5) return false;
        size_t place = (unsigned char)packed.ptr[0];
        memcpy(&length, packed.ptr + 1, 4);
        if (place >= count || packed.len - 5 < length) return false;
        ret[place] = str_of(packed.ptr + 5, length);
        packed = str_of(packed.ptr + 5 + length, packed.len - 5 - length);
    }
    return true;
}
