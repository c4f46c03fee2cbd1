#include "seal/secret.h"

#include "base/utf8.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>

static pthread_mutex_t hashing_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t hashing_free = PTHREAD_COND_INITIALIZER;
static int hashing;

enum { HASHING_AT_ONCE = 2, HASH_MEMORY = 64 << 20, HASH_PASSES = 2 };

bool seal_start(void)
{
    return sodium_init() >= 0;
}

static void hashing_enter(void)
{
    pthread_mutex_lock(&hashing_lock);
    while (hashing == HASHING_AT_ONCE) pthread_cond_wait(&hashing_free, &hashing_lock);
    hashing++;
    pthread_mutex_unlock(&hashing_lock);
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
    hashing_enter();
    int code = crypto_pwhash_str_alg(ret, password.ptr, password.len, HASH_PASSES, HASH_MEMORY,
                                     crypto_pwhash_ALG_ARGON2ID13);
    hashing_leave();
    if (code != 0) return err_set(err, ST_FAILED, "There is no memory left to check a password.");
    return ST_OK;
}

bool seal_password_verify(struct str password, struct str hash)
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
    hashing_enter();
    bool good = crypto_pwhash_str_verify(stored, password.ptr ? password.ptr : "", password.len) == 0;
    hashing_leave();
    return known && good;
}

enum st seal_password_check(struct str password, struct str person, struct err *err)
{
    /* The most used that are long enough, after public lists of leaked ones. */
    static const char *common[] = {"password1234", "123456789012", "qwertyuiop12", "passwordpassword",
                                   "1q2w3e4r5t6y", "iloveyou1234", "letmeinletmein", "welcome12345",
                                   "administrator", "qwertyuiopas", "111111111111", "000000000000",
                                   "safeguarding", "safeguarding1", "cornwall1234", "changemeplease"};
    if (utf8_count(password) < SEAL_PASSWORD_MIN)
        return err_set(err, ST_INVALID, "A password needs at least %d characters.", SEAL_PASSWORD_MIN);
    if (password.len > SEAL_PASSWORD_MAX)
        return err_set(err, ST_INVALID, "A password can have at most %d characters.", SEAL_PASSWORD_MAX);
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (str_eq_nocase(password, str_from(common[i])))
            return err_set(err, ST_INVALID,
                           "That password is one that many people use. Choose another; three "
                           "words that do not belong together are good.");
    if (person.len > 3 && str_find_nocase(password, person, 0) >= 0)
        return err_set(err, ST_INVALID, "A password may not hold your name or email address.");
    return ST_OK;
}

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
    for (size_t i = 0; i < count; i++) ret[i] = digits[randombytes_uniform(32)];
    ret[count] = 0;
}

void seal_hash(struct str bytes, uint8_t ret[static SEAL_HASH_SIZE])
{
    crypto_generichash(ret, SEAL_HASH_SIZE, (const uint8_t *)bytes.ptr, bytes.len, NULL, 0);
}

void seal_sha256(struct str bytes, uint8_t ret[static SEAL_HASH_SIZE])
{
    crypto_hash_sha256(ret, (const uint8_t *)bytes.ptr, bytes.len);
}

bool seal_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || sodium_memcmp(a.ptr, b.ptr, a.len) == 0);
}
