/*
 * Shares of the recovery key, by libgfshare (Shamir's scheme over GF(2^8)).
 *
 *     pendeen-share-1 THRESHOLD NUMBER BASE64 CHECK
 *
 * CHECK is the start of a hash of what stands before it, so that a share that was
 * copied wrong is named instead of spoiling the others.
 */
#include "base/arena.h"
#include "seal/keyring_internal.h"

#include <libgfshare.h>

enum { SECRET_SIZE = 32, CHECK_SIZE = 9 };

struct share {
    int threshold;
    int number;
    uint8_t bytes[SECRET_SIZE];
};

static void fill_random(unsigned char *bytes, unsigned int size)
{
    randombytes_buf(bytes, size);
}

static void check_of(struct str line, char ret[static CHECK_SIZE])
{
    uint8_t hash[16];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)line.ptr, line.len, NULL, 0);
    sodium_bin2hex(ret, CHECK_SIZE, hash, 4);
}

void share_secret(struct arena *arena, const uint8_t secret[static 32], int shares, int threshold,
                  struct str *ret)
{
    gfshare_fill_rand = fill_random;
    unsigned char number[SHARES_MAX];
    for (int i = 0; i < shares; i++) number[i] = (unsigned char)(i + 1);
    uint8_t copy[SECRET_SIZE];
    memcpy(copy, secret, sizeof copy);
    gfshare_ctx *context =
        gfshare_ctx_init_enc(number, (unsigned)shares, (unsigned char)threshold, SECRET_SIZE);
    if (!context) abort();
    gfshare_ctx_enc_setsecret(context, copy);
    for (int i = 0; i < shares; i++) {
        uint8_t bytes[SECRET_SIZE];
        char text[64];
        char check[CHECK_SIZE];
        gfshare_ctx_enc_getshare(context, (unsigned char)i, bytes);
        sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
        struct str line = str_fmt(arena, "pendeen-share-1 %d %d %s", threshold, i + 1, text);
        check_of(line, check);
        ret[i] = str_fmt(arena, "%.*s %s", STR_ARG(line), check);
        sodium_memzero(bytes, sizeof bytes);
        sodium_memzero(text, sizeof text);
    }
    gfshare_ctx_free(context);
    sodium_memzero(copy, sizeof copy);
}

static bool read_share(struct str line, struct share *ret)
{
    line = str_trim(line);
    if (line.len < CHECK_SIZE + 1) return false;
    struct str body = str_sub(line, 0, line.len - CHECK_SIZE);
    char check[CHECK_SIZE];
    check_of(body, check);
    if (line.ptr[body.len] != ' ' ||
        !str_eq(str_sub(line, body.len + 1, line.len), str_from(check)))
        return false;
    struct str word;
    int64_t threshold = 0;
    int64_t number = 0;
    size_t got = 0;
    if (!str_split(&body, ' ', &word) || !str_eq(word, STR("pendeen-share-1"))) return false;
    if (!str_split(&body, ' ', &word) || !str_to_int(word, &threshold)) return false;
    if (!str_split(&body, ' ', &word) || !str_to_int(word, &number)) return false;
    if (threshold < 2 || threshold > SHARES_MAX || number < 1 || number > SHARES_MAX) return false;
    ret->threshold = (int)threshold;
    ret->number = (int)number;
    return sodium_base642bin(ret->bytes, sizeof ret->bytes, body.ptr, body.len, NULL, &got, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           got == sizeof ret->bytes;
}

static enum st read_shares(const struct str *line, size_t count, struct share *ret,
                           struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!read_share(line[i], &ret[i]))
            return err_set(err, ST_INVALID, "Share %zu was not copied right.", i + 1);
        if (ret[i].threshold != ret[0].threshold)
            return err_set(err, ST_INVALID, "Share %zu is of another recovery key.", i + 1);
        for (size_t k = 0; k < i; k++)
            if (ret[k].number == ret[i].number)
                return err_set(err, ST_INVALID, "Shares %zu and %zu are one and the same.", k + 1,
                               i + 1);
    }
    if ((int)count < ret[0].threshold)
        return err_set(err, ST_INVALID, "%d shares are needed, and %zu were given.",
                       ret[0].threshold, count);
    return ST_OK;
}

static void combine(const struct share *share, size_t count, uint8_t ret[static SECRET_SIZE])
{
    gfshare_fill_rand = fill_random; /* it wipes its memory by it, too */
    unsigned char number[SHARES_MAX];
    for (size_t i = 0; i < count; i++) number[i] = (unsigned char)share[i].number;
    gfshare_ctx *context = gfshare_ctx_init_dec(number, (unsigned)count, SECRET_SIZE);
    if (!context) abort();
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[SECRET_SIZE];
        memcpy(bytes, share[i].bytes, sizeof bytes);
        gfshare_ctx_dec_giveshare(context, (unsigned char)i, bytes);
        sodium_memzero(bytes, sizeof bytes);
    }
    gfshare_ctx_dec_extract(context, ret);
    gfshare_ctx_free(context);
}

/* Opens the recovery file by the secret key and writes what is in it. */
static enum st restore(const char *path, const uint8_t secret[static SECRET_SIZE], struct err *err)
{
    char beside[1200];
    if (snprintf(beside, sizeof beside, "%s.recovery", path) >= (int)sizeof beside)
        return err_set(err, ST_INVALID, "The name of the key ring is too long.");
    struct buf box;
    buf_init(&box, KEY_FILE_MAX);
    enum st outcome = key_file_read(beside, &box, err);
    if (outcome == ST_OK && box.len <= crypto_box_SEALBYTES)
        outcome = err_set(err, ST_INVALID, "'%s' is no recovery file.", beside);
    if (outcome == ST_OK) {
        uint8_t public[crypto_box_PUBLICKEYBYTES];
        crypto_scalarmult_base(public, secret);
        size_t size = box.len - crypto_box_SEALBYTES;
        char *plain = sodium_malloc(size);
        if (!plain) abort();
        if (crypto_box_seal_open((uint8_t *)plain, (const uint8_t *)box.data, box.len, public,
                                 secret) == 0)
            outcome = key_file_write(path, str_of(plain, size), err);
        else
            outcome = err_set(err, ST_INVALID, "These shares are not those of '%s'.", beside);
        sodium_free(plain);
    }
    buf_done(&box);
    return outcome;
}

enum st keyring_recover(const char *path, const struct str *share, size_t count, struct err *err)
{
    struct share read[SHARES_MAX];
    if (sodium_init() < 0)
        return err_set(err, ST_FAILED, "This machine has no random numbers to give.");
    if (count < 1 || count > SHARES_MAX)
        return err_set(err, ST_INVALID, "Give the shares, one in a line.");
    enum st outcome = read_shares(share, count, read, err);
    uint8_t secret[SECRET_SIZE];
    if (outcome == ST_OK) {
        combine(read, count, secret);
        outcome = restore(path, secret, err);
    }
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(read, sizeof read);
    return outcome;
}
