#include "seal/checkpoint.h"

#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>

enum {
    ALGORITHM_ED25519 = 1,
    ID_SIZE = 4,
    SIGNATURE_SIZE = ID_SIZE + crypto_sign_BYTES,
    BASE64 = sodium_base64_VARIANT_ORIGINAL,
};

/* --- base64 ----------------------------------------------------------------------- */

static void write_base64(const uint8_t *bytes, size_t size, struct buf *out)
{
    char text[sodium_base64_ENCODED_LEN(SIGNATURE_SIZE, BASE64)];
    assert(size <= SIGNATURE_SIZE);
    sodium_bin2base64(text, sizeof text, bytes, size, BASE64);
    buf_add_c(out, text);
}

/* Exactly `size` bytes, and written in the one way that these bytes are written. */
static bool read_base64(struct str text, uint8_t *ret, size_t size)
{
    size_t got = 0;
    const char *end = NULL;
    char again[sodium_base64_ENCODED_LEN(SIGNATURE_SIZE, BASE64)];
    assert(size <= SIGNATURE_SIZE);
    if (sodium_base642bin(ret, size, text.ptr, text.len, NULL, &got, &end, BASE64) != 0 ||
        got != size || end != text.ptr + text.len)
        return false;
    sodium_bin2base64(again, sizeof again, ret, size, BASE64);
    return str_eq(text, str_from(again));
}

void checkpoint_hash_write(const struct merkle_hash *hash, struct buf *out)
{
    write_base64(hash->bytes, MERKLE_HASH_SIZE, out);
}

bool checkpoint_hash_read(struct str text, struct merkle_hash *ret)
{
    struct merkle_hash hash;
    if (!read_base64(text, hash.bytes, MERKLE_HASH_SIZE)) return false;
    *ret = hash;
    return true;
}

/* --- keys -------------------------------------------------------------------------- */

static bool is_name(struct str name)
{
    if (!name.len || name.len >= CHECKPOINT_NAME_SIZE || !utf8_valid(name)) return false;
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] <= ' ' || name.ptr[i] == '+' || name.ptr[i] == 127)
            return false;
    return true;
}

static uint32_t id_of(struct str name, const uint8_t public[static CHECKPOINT_PUBLIC_SIZE])
{
    static const uint8_t middle[2] = {'\n', ALGORITHM_ED25519};
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)name.ptr, name.len);
    crypto_hash_sha256_update(&state, middle, sizeof middle);
    crypto_hash_sha256_update(&state, public, CHECKPOINT_PUBLIC_SIZE);
    crypto_hash_sha256_final(&state, hash);
    return (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 | hash[3];
}

void checkpoint_signer_from_seed(const uint8_t seed[static 32], const char *name,
                                 struct checkpoint_signer *ret)
{
    static_assert(crypto_sign_SECRETKEYBYTES == sizeof ret->secret, "Ed25519");
    assert(is_name(str_from(name)));
    memset(ret, 0, sizeof *ret);
    memcpy(ret->key.name, name, strlen(name));
    crypto_sign_seed_keypair(ret->key.public, ret->secret, seed);
    ret->key.id = id_of(str_from(name), ret->key.public);
}

void checkpoint_signer_clear(struct checkpoint_signer *signer)
{
    sodium_memzero(signer, sizeof *signer);
}

void checkpoint_key_write(const struct checkpoint_key *key, struct buf *out)
{
    uint8_t bytes[1 + CHECKPOINT_PUBLIC_SIZE] = {ALGORITHM_ED25519};
    memcpy(bytes + 1, key->public, CHECKPOINT_PUBLIC_SIZE);
    buf_add_fmt(out, "%s+%08" PRIx32 "+", key->name, key->id);
    write_base64(bytes, sizeof bytes, out);
}

static bool read_hex_id(struct str text, uint32_t *ret)
{
    uint8_t bytes[ID_SIZE];
    size_t got = 0;
    if (text.len != 2 * ID_SIZE ||
        sodium_hex2bin(bytes, sizeof bytes, text.ptr, text.len, NULL, &got, NULL) != 0 ||
        got != ID_SIZE)
        return false;
    *ret = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    return true;
}

enum st checkpoint_key_read(struct str text, struct checkpoint_key *ret, struct err *err)
{
    struct str rest = str_trim(text);
    struct str name = {0};
    struct str id = {0};
    uint8_t bytes[1 + CHECKPOINT_PUBLIC_SIZE];
    struct checkpoint_key key = {0};
    bool good = str_split(&rest, '+', &name) && is_name(name) && str_split(&rest, '+', &id) &&
                rest.ptr && read_hex_id(id, &key.id) && read_base64(rest, bytes, sizeof bytes) &&
                bytes[0] == ALGORITHM_ED25519 && id_of(name, bytes + 1) == key.id;
    if (!good) {
        err_set(err, ST_INVALID, "That is not a public key of a log.");
        err_hint(err, "It has the form NAME+ID+BASE64: 'pendeen audit key' prints it.");
        return ST_INVALID;
    }
    memcpy(key.name, name.ptr, name.len);
    memcpy(key.public, bytes + 1, CHECKPOINT_PUBLIC_SIZE);
    *ret = key;
    return ST_OK;
}

/* --- notes -------------------------------------------------------------------------- */

/* The em dash and the space before a signature. */
static const struct str dash = STR_INIT("\xe2\x80\x94 ");

void checkpoint_write(const struct checkpoint *checkpoint, const struct checkpoint_signer *signer,
                      struct buf *out)
{
    struct buf text;
    buf_init(&text, 1024);
    buf_add_fmt(&text, "%s\n%" PRIu64 "\n", checkpoint->origin, checkpoint->size);
    checkpoint_hash_write(&checkpoint->root, &text);
    buf_add_char(&text, '\n');
    if (checkpoint->extension.len) buf_add_fmt(&text, "%.*s\n", STR_ARG(checkpoint->extension));
    assert(!text.overflow);
    uint32_t id = signer->key.id;
    uint8_t signature[SIGNATURE_SIZE] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16),
                                         (uint8_t)(id >> 8), (uint8_t)id};
    crypto_sign_detached(signature + ID_SIZE, NULL, (const uint8_t *)text.data, text.len,
                         signer->secret);
    buf_add(out, buf_str(&text));
    buf_done(&text);
    buf_add_char(out, '\n');
    buf_add(out, dash);
    buf_add_fmt(out, "%s ", signer->key.name);
    write_base64(signature, sizeof signature, out);
    buf_add_char(out, '\n');
}

/* Parts a note into its text (with the last line end) and its signatures. */
static bool part_note(struct str note, struct str *ret_text, struct str *ret_signatures)
{
    if (note.len > CHECKPOINT_NOTE_MAX || !utf8_valid(note) || !str_ends(note, STR("\n")))
        return false;
    for (size_t i = 0; i < note.len; i++)
        if ((unsigned char)note.ptr[i] < ' ' && note.ptr[i] != '\n') return false;
    ptrdiff_t last = -1;
    for (ptrdiff_t at = str_find(note, STR("\n\n"), 0); at >= 0;
         at = str_find(note, STR("\n\n"), (size_t)at + 1))
        last = at;
    if (last < 0) return false;
    *ret_text = str_sub(note, 0, (size_t)last + 1);
    *ret_signatures = str_sub(note, (size_t)last + 2, note.len);
    return ret_signatures->len > 0;
}

bool checkpoint_has_line(struct str note, struct str line)
{
    struct str text;
    struct str signatures;
    struct str one;
    if (!part_note(note, &text, &signatures)) return false;
    while (str_split(&text, '\n', &one))
        if (str_eq(one, line)) return true;
    return false;
}

/* A decimal number as it is written: no sign, no zeros before it. */
static bool read_size(struct str text, uint64_t *ret)
{
    int64_t size = 0;
    if (!text.len || text.ptr[0] < '0' || text.ptr[0] > '9' ||
        (text.len > 1 && text.ptr[0] == '0') || !str_to_int(text, &size))
        return false;
    *ret = (uint64_t)size;
    return true;
}

static bool read_text(struct str text, struct checkpoint *ret)
{
    struct str rest = str_sub(text, 0, text.len - 1);
    struct str origin = {0};
    struct str size = {0};
    struct str root = {0};
    struct str extension;
    struct checkpoint read = {0};
    if (!str_split(&rest, '\n', &origin) || !str_split(&rest, '\n', &size) ||
        !str_split(&rest, '\n', &root) || !is_name(origin) || !read_size(size, &read.size) ||
        !checkpoint_hash_read(root, &read.root))
        return false;
    while (str_split(&rest, '\n', &extension))
        if (!extension.len) return false;
    memcpy(read.origin, origin.ptr, origin.len);
    *ret = read;
    return true;
}

/* One line of signatures: is it by this key, and does it hold? */
struct signature_line {
    struct str name;
    uint32_t id;
    uint8_t bytes[SIGNATURE_SIZE];
    bool ours; /* of the size that Ed25519 has */
};

static bool read_signature(struct str line, struct signature_line *ret)
{
    if (!str_starts(line, dash)) return false;
    struct str rest = str_sub(line, dash.len, line.len);
    if (!str_split(&rest, ' ', &ret->name) || !is_name(ret->name) || !rest.ptr || !rest.len)
        return false;
    ret->ours = read_base64(rest, ret->bytes, SIGNATURE_SIZE);
    if (ret->ours)
        ret->id = (uint32_t)ret->bytes[0] << 24 | (uint32_t)ret->bytes[1] << 16 |
                  (uint32_t)ret->bytes[2] << 8 | ret->bytes[3];
    return true;
}

/* How a key stands to a note. */
enum signed_by { BY_NOBODY, BY_KEY, BY_FORGERY, BY_MALFORMED };

static enum signed_by find_signature(struct str text, struct str signatures,
                                     const struct checkpoint_key *key)
{
    struct str line;
    enum signed_by found = BY_NOBODY;
    signatures = str_sub(signatures, 0, signatures.len - 1);
    while (str_split(&signatures, '\n', &line)) {
        struct signature_line signature = {0};
        if (!read_signature(line, &signature)) return BY_MALFORMED;
        if (!key || !signature.ours || signature.id != key->id ||
            !str_eq(signature.name, str_from(key->name)))
            continue;
        if (crypto_sign_verify_detached(signature.bytes + ID_SIZE, (const uint8_t *)text.ptr,
                                        text.len, key->public) != 0)
            return BY_FORGERY;
        found = BY_KEY;
    }
    return found;
}

static enum st read_note(struct str note, const struct checkpoint_key *key, enum signed_by *ret_by,
                         struct checkpoint *ret, struct err *err)
{
    struct str text;
    struct str signatures;
    if (part_note(note, &text, &signatures) && read_text(text, ret)) {
        *ret_by = find_signature(text, signatures, key);
        if (*ret_by != BY_MALFORMED) return ST_OK;
    }
    return err_set(err, ST_INVALID, "That is not a checkpoint (C2SP tlog-checkpoint).");
}

enum st checkpoint_read(struct str note, struct checkpoint *ret, struct err *err)
{
    enum signed_by by;
    return read_note(note, NULL, &by, ret, err);
}

enum st checkpoint_verify(struct str note, const struct checkpoint_key *key, struct checkpoint *ret,
                          struct err *err)
{
    enum signed_by by = BY_NOBODY;
    struct checkpoint read;
    enum st outcome = read_note(note, key, &by, &read, err);
    if (outcome != ST_OK) return outcome;
    if (by == BY_FORGERY)
        return err_set(err, ST_DENIED,
                       "The signature of the checkpoint does not hold: it was changed.");
    if (by == BY_NOBODY || strcmp(read.origin, key->name) != 0)
        return err_set(err, ST_DENIED, "The checkpoint is not signed by %s.", key->name);
    *ret = read;
    return ST_OK;
}
