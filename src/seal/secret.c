#include "seal/secret.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "seal/common.h"

#include <assert.h>
#include <gnutls/crypto.h>
#include <limits.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>

static pthread_mutex_t hashing_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t hashing_free = PTHREAD_COND_INITIALIZER;
static int hashing;
static int hashing_waiting;
static _Atomic uint64_t hashed; /* how often, in all */

enum {
    HASHING_AT_ONCE = 2,
    HASHING_WAITING_MAX = 4, /* for a look at a password: pages need threads too */
    HASH_MEMORY = 64 << 20,
    HASH_PASSES = 2
};

bool seal_start(void)
{
    return sodium_init() >= 0;
}

/* False: so many wait already.  INT_MAX waits whoever else does. */
static bool hashing_enter(int waiting_max)
{
    pthread_mutex_lock(&hashing_lock);
    bool enters = hashing < HASHING_AT_ONCE || hashing_waiting < waiting_max;
    if (enters) {
        hashing_waiting++;
        while (hashing == HASHING_AT_ONCE) pthread_cond_wait(&hashing_free, &hashing_lock);
        hashing_waiting--;
        hashing++;
        hashed++;
    }
    pthread_mutex_unlock(&hashing_lock);
    return enters;
}

static void hashing_leave(void)
{
    pthread_mutex_lock(&hashing_lock);
    hashing--;
    pthread_cond_signal(&hashing_free);
    pthread_mutex_unlock(&hashing_lock);
}

enum st seal_password_hash(struct str password, char ret[static SEAL_PASSWORD_HASH_SIZE],
                           struct err *err)
{
    static_assert(crypto_pwhash_STRBYTES == SEAL_PASSWORD_HASH_SIZE, "libsodium's size");
    hashing_enter(INT_MAX);
    int code = crypto_pwhash_str_alg(ret, password.ptr, password.len, HASH_PASSES, HASH_MEMORY,
                                     crypto_pwhash_ALG_ARGON2ID13);
    hashing_leave();
    if (code != 0) return err_set(err, ST_FAILED, "There is no memory left to check a password.");
    return ST_OK;
}

uint64_t seal_password_runs(void)
{
    return hashed;
}

enum st seal_password_verify(struct str password, struct str hash, bool *ret, struct err *err)
{
    /* Of a password that nobody knows; made with the parameters above. */
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$vb9dbgJC0rD2xpH7gWYmZA$"
                                 "dUgI5gBVVGBGrAc5g2xu6ARXr9LEiRUXpzaVAfK3bSM";
    char stored[SEAL_PASSWORD_HASH_SIZE] = {0};
    bool known = hash.len > 0 && hash.len < sizeof stored;
    if (known)
        memcpy(stored, hash.ptr, hash.len);
    else
        memcpy(stored, nobody, sizeof nobody);
    if (!hashing_enter(HASHING_WAITING_MAX))
        return err_set(err, ST_LIMIT,
                       "Too many people are signing in at once. Try again in a moment.");
    bool good =
        crypto_pwhash_str_verify(stored, password.ptr ? password.ptr : "", password.len) == 0;
    hashing_leave();
    *ret = known && good;
    return ST_OK;
}

/* --- passwords that are guessed first ---------------------------------------------------- */

static bool is_common(struct str lower)
{
    uint64_t hash = str_hash(lower);
    size_t low = 0;
    size_t high = common_passwords_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (common_passwords[middle] == hash) return true;
        if (common_passwords[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    /* Words that come to mind here. */
    static const char *near[] = {"pendeen", "safeguarding", "cornwall", "kernow", "password"};
    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        if (str_eq(lower, str_from(near[i]))) return true;
    return false;
}

/* "summer2019!" without what is put behind a word to make it longer. */
static struct str without_tail(struct str text)
{
    while (text.len && !(text.ptr[text.len - 1] >= 'a' && text.ptr[text.len - 1] <= 'z') &&
           !(text.ptr[text.len - 1] & 0x80))
        text.len--;
    return text;
}

/* The shortest piece that the text repeats: "letmein" of "letmeinletmein". */
static struct str repeated(struct str text)
{
    for (size_t size = 1; size <= text.len / 2; size++) {
        if (memcmp(text.ptr, text.ptr + size, text.len - size) == 0) return str_sub(text, 0, size);
    }
    return text;
}

static bool is_guessed_first(struct str password)
{
    char lower[SEAL_PASSWORD_MAX];
    for (size_t i = 0; i < password.len; i++) {
        char c = password.ptr[i];
        lower[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    struct str text = str_of(lower, password.len);
    struct str piece = repeated(text);
    struct str word = without_tail(text);
    bool common = is_common(text) || is_common(word) || is_common(repeated(word)) ||
                  is_common(without_tail(piece)) || piece.len <= 3 || word.len == 0;
    sodium_memzero(lower, sizeof lower);
    return common;
}

enum st seal_password_check(struct str password, struct str person, struct err *err)
{
    if (utf8_count(password) < SEAL_PASSWORD_MIN)
        return err_set(err, ST_INVALID, "A password needs at least %d characters.",
                       SEAL_PASSWORD_MIN);
    if (password.len > SEAL_PASSWORD_MAX)
        return err_set(err, ST_INVALID, "A password can have at most %d characters.",
                       SEAL_PASSWORD_MAX);
    if (is_guessed_first(password))
        return err_set(err, ST_INVALID,
                       "That password is one that is guessed first. Choose another; three "
                       "words that do not belong together are good.");
    if (person.len > 3 && str_find_nocase(password, person, 0) >= 0)
        return err_set(err, ST_INVALID, "A password may not hold your name or email address.");
    return ST_OK;
}

/* --- tokens and hashes ----------------------------------------------------------------- */

void seal_token(char ret[static SEAL_TOKEN_SIZE])
{
    uint8_t bytes[32];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(ret, SEAL_TOKEN_SIZE, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

void seal_reference(char *ret, size_t count)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    randombytes_buf(ret, count); /* at once: each draw is a call of the system */
    for (size_t i = 0; i < count; i++) ret[i] = digits[(unsigned char)ret[i] & 31];
    ret[count] = 0;
}

void seal_hash(struct str bytes, uint8_t ret[static SEAL_HASH_SIZE])
{
    crypto_generichash(ret, SEAL_HASH_SIZE, (const uint8_t *)bytes.ptr, bytes.len, NULL, 0);
}

void seal_sha256(struct str bytes, uint8_t ret[static SEAL_HASH_SIZE])
{
    /* there is no memory */
    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.ptr, bytes.len, ret) != GNUTLS_E_SUCCESS) abort();
}

uint64_t seal_short_hash(const uint8_t key[static SEAL_SHORT_KEY_SIZE], struct str bytes)
{
    static_assert(crypto_shorthash_KEYBYTES == SEAL_SHORT_KEY_SIZE, "libsodium's size");
    uint64_t hash = 0;
    static_assert(crypto_shorthash_BYTES == sizeof hash, "libsodium's size");
    crypto_shorthash((uint8_t *)&hash, (const uint8_t *)bytes.ptr, bytes.len, key);
    return hash;
}

bool seal_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || sodium_memcmp(a.ptr, b.ptr, a.len) == 0);
}

void seal_random(void *ret, size_t size)
{
    randombytes_buf(ret, size);
}

void seal_nonce(uint8_t ret[static SEAL_NONCE_SIZE])
{
    enum { DRAWN = 10 };
    static _Thread_local uint8_t drawn[DRAWN][SEAL_NONCE_SIZE];
    static _Thread_local size_t left;
    if (left == 0) randombytes_buf(drawn, sizeof drawn);
    left = (left ? left : DRAWN) - 1;
    memcpy(ret, drawn[left], SEAL_NONCE_SIZE);
}

struct str seal_base64(struct arena *arena, struct str bytes)
{
    size_t size = sodium_base64_encoded_len(bytes.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(arena, size);
    sodium_bin2base64(text, size, (const uint8_t *)bytes.ptr, bytes.len,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return str_of(text, size - 1);
}

bool seal_base64_read(struct arena *arena, struct str text, struct str *ret)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t size = 0;
    if (sodium_base642bin((uint8_t *)bytes, text.len, text.ptr ? text.ptr : "", text.len, NULL,
                          &size, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    *ret = str_of(bytes, size);
    return true;
}

struct str seal_base64_plain(struct arena *arena, struct str bytes)
{
    size_t size = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(arena, size);
    sodium_bin2base64(text, size, (const uint8_t *)bytes.ptr, bytes.len,
                      sodium_base64_VARIANT_ORIGINAL);
    return str_from(text);
}

bool seal_base64_plain_read(struct arena *arena, struct str text, struct str *ret)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t size = 0;
    if (sodium_base642bin((uint8_t *)bytes, text.len, text.ptr ? text.ptr : "", text.len, NULL,
                          &size, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    *ret = str_of(bytes, size);
    return true;
}

void seal_hmac_sha256(struct str key, struct str text, uint8_t ret[static SEAL_HASH_SIZE])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)key.ptr, key.len);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)text.ptr, text.len);
    crypto_auth_hmacsha256_final(&state, ret);
    sodium_memzero(&state, sizeof state);
}

void seal_forget(void *secret, size_t size)
{
    sodium_memzero(secret, size);
}
