#include "seal/parcel.h"

#include "seal/secret.h"

#include <assert.h>
#include <sodium.h>

enum {
    CHECK_SIZE = 4,
    BOX_SIZE = SEAL_KEY_SIZE + crypto_box_SEALBYTES,
    BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

static const struct str public_word = STR_INIT("pendeen-backup-key:");
static const struct str secret_word = STR_INIT("pendeen-backup-secret:");
static const struct str head_word = STR_INIT("pendeen parcel 1 ");

/* --- keys ----------------------------------------------------------------------------- */

static void name_key(struct parcel_key *key)
{
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(str_of((const char *)key->public, PARCEL_KEY_SIZE), hash);
    sodium_bin2hex(key->id, sizeof key->id, hash, (PARCEL_ID_SIZE - 1) / 2);
}

void parcel_secret_new(struct parcel_secret *ret)
{
    static_assert(PARCEL_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "X25519");
    static_assert(PARCEL_KEY_SIZE == crypto_box_SECRETKEYBYTES, "X25519");
    crypto_box_keypair(ret->key.public, ret->secret);
    name_key(&ret->key);
}

static void write_line(struct str word, const uint8_t bytes[static PARCEL_KEY_SIZE],
                       struct buf *out)
{
    uint8_t all[PARCEL_KEY_SIZE + CHECK_SIZE];
    uint8_t hash[SEAL_HASH_SIZE];
    char text[sodium_base64_ENCODED_LEN(sizeof all, BASE64)];
    memcpy(all, bytes, PARCEL_KEY_SIZE);
    seal_hash(str_of((const char *)bytes, PARCEL_KEY_SIZE), hash);
    memcpy(all + PARCEL_KEY_SIZE, hash, CHECK_SIZE);
    sodium_bin2base64(text, sizeof text, all, sizeof all, BASE64);
    buf_add(out, word);
    buf_add_c(out, text);
    sodium_memzero(all, sizeof all);
    sodium_memzero(text, sizeof text);
}

static bool read_line(struct str word, struct str text, uint8_t ret[static PARCEL_KEY_SIZE])
{
    uint8_t all[PARCEL_KEY_SIZE + CHECK_SIZE];
    uint8_t hash[SEAL_HASH_SIZE];
    size_t got = 0;
    const char *end = NULL;
    struct str line = str_trim(text);
    struct str rest = str_sub(line, word.len, line.len);
    bool good =
        str_starts(line, word) &&
        sodium_base642bin(all, sizeof all, rest.ptr, rest.len, NULL, &got, &end, BASE64) == 0 &&
        got == sizeof all && end == rest.ptr + rest.len;
    if (good) {
        seal_hash(str_of((const char *)all, PARCEL_KEY_SIZE), hash);
        good = memcmp(hash, all + PARCEL_KEY_SIZE, CHECK_SIZE) == 0;
    }
    if (good) memcpy(ret, all, PARCEL_KEY_SIZE);
    sodium_memzero(all, sizeof all);
    return good;
}

void parcel_secret_write(const struct parcel_secret *secret, struct buf *out)
{
    write_line(secret_word, secret->secret, out);
}

void parcel_key_write(const struct parcel_key *key, struct buf *out)
{
    write_line(public_word, key->public, out);
}

enum st parcel_secret_read(struct str text, struct parcel_secret *ret, struct err *err)
{
    if (read_line(secret_word, text, ret->secret)) {
        crypto_scalarmult_base(ret->key.public, ret->secret);
        name_key(&ret->key);
        return ST_OK;
    }
    err_set(err, ST_INVALID, "That is not the secret half of a backup key.");
    err_hint(err, "It is the file that 'pendeen backup key' wrote: one line that begins with %.*s",
             STR_ARG(secret_word));
    return ST_INVALID;
}

enum st parcel_key_read(struct str text, struct parcel_key *ret, struct err *err)
{
    if (read_line(public_word, text, ret->public)) {
        name_key(ret);
        return ST_OK;
    }
    err_set(err, ST_INVALID, "That is not the public half of a backup key.");
    err_hint(err, "It is the line that 'pendeen backup key' printed; it begins with %.*s",
             STR_ARG(public_word));
    return ST_INVALID;
}

/* --- writing ----------------------------------------------------------------------------- */

struct stream_writer *parcel_write_begin(FILE *file, const struct parcel_key *key,
                                         uint8_t ret_stream[static SEAL_KEY_SIZE])
{
    uint8_t box[BOX_SIZE];
    seal_random(ret_stream, SEAL_KEY_SIZE);
    if (crypto_box_seal(box, ret_stream, SEAL_KEY_SIZE, key->public) != 0 ||
        fprintf(file, "%.*s%s\n", STR_ARG(head_word), key->id) < 0 ||
        fwrite(box, 1, BOX_SIZE, file) != BOX_SIZE)
        return NULL;
    return stream_write_begin(file, ret_stream);
}

/* --- reading ------------------------------------------------------------------------------ */

/* The first line: which key. */
static bool read_head(FILE *file, char ret_id[static PARCEL_ID_SIZE],
                      uint8_t ret_box[static BOX_SIZE])
{
    char line[64];
    if (!fgets(line, sizeof line, file)) return false;
    struct str text = str_from(line);
    if (!str_starts(text, head_word) || text.len != head_word.len + PARCEL_ID_SIZE ||
        !str_ends(text, STR("\n")))
        return false;
    memcpy(ret_id, line + head_word.len, PARCEL_ID_SIZE - 1);
    ret_id[PARCEL_ID_SIZE - 1] = 0;
    return fread(ret_box, 1, BOX_SIZE, file) == BOX_SIZE;
}

static enum st begin(FILE *file, const uint8_t stream[static SEAL_KEY_SIZE],
                     struct stream_reader **ret, struct err *err)
{
    *ret = stream_read_begin(file, stream);
    return *ret ? ST_OK : err_set(err, ST_CONFLICT, "The file ends before it begins.");
}

enum st parcel_check_begin(FILE *file, const struct parcel_key *key,
                           const uint8_t stream[static SEAL_KEY_SIZE], struct stream_reader **ret,
                           struct err *err)
{
    char id[PARCEL_ID_SIZE];
    uint8_t box[BOX_SIZE];
    if (!read_head(file, id, box) || strcmp(id, key->id) != 0)
        return err_set(err, ST_CONFLICT, "What was written is not what stands in the file.");
    return begin(file, stream, ret, err);
}

enum st parcel_read_begin(FILE *file, const struct parcel_secret *secret,
                          struct stream_reader **ret, struct err *err)
{
    char id[PARCEL_ID_SIZE];
    uint8_t box[BOX_SIZE];
    uint8_t stream[SEAL_KEY_SIZE];
    if (!read_head(file, id, box))
        return err_set(err, ST_INVALID, "That is not a backup of Pendeen.");
    if (strcmp(id, secret->key.id) != 0) {
        err_set(err, ST_DENIED, "This backup was made for key %.16s, and the key given is %s.", id,
                secret->key.id);
        err_hint(err, "Take the secret key whose public half the backup was made with.");
        return ST_DENIED;
    }
    if (crypto_box_seal_open(stream, box, BOX_SIZE, secret->key.public, secret->secret) != 0)
        return err_set(err, ST_CONFLICT, "The backup was changed: its key does not open.");
    enum st outcome = begin(file, stream, ret, err);
    sodium_memzero(stream, sizeof stream);
    return outcome;
}

bool parcel_hash(FILE *file, uint8_t ret[static PARCEL_KEY_SIZE])
{
    crypto_generichash_state state;
    uint8_t piece[16 << 10];
    size_t got;
    crypto_generichash_init(&state, NULL, 0, PARCEL_KEY_SIZE);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        crypto_generichash_update(&state, piece, got);
    crypto_generichash_final(&state, ret, PARCEL_KEY_SIZE);
    return !ferror(file);
}
