#include "seal/cover.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { KEY = 32, NONCE = 12, TAG = 16 };

struct cover {
    uint8_t *key;
    _Atomic uint64_t count; /* of what was sealed: no nonce is used twice under one key */
};

_Static_assert(COVER_OVERHEAD == NONCE + TAG, "what is laid around it");

struct cover *cover_new(void)
{
    struct cover *cover = calloc(1, sizeof *cover);
    if (cover) cover->key = sodium_malloc(KEY);
    if (!cover || !cover->key) {
        free(cover);
        return NULL;
    }
    randombytes_buf(cover->key, KEY);
    sodium_mprotect_readonly(cover->key);
    return cover;
}

void cover_free(struct cover *cover)
{
    if (!cover) return;
    sodium_free(cover->key);
    free(cover);
}

/* The library keeps the state of a text in its handle, so no two threads have the same; it wipes
 * the expanded key when the handle ends. */
static bool begin(const struct cover *cover, gnutls_aead_cipher_hd_t *ret)
{
    gnutls_datum_t key = {cover->key, KEY};
    return gnutls_aead_cipher_init(ret, GNUTLS_CIPHER_AES_256_GCM, &key) == GNUTLS_E_SUCCESS;
}

bool cover_seal(struct cover *cover, struct str owner, struct str plain, uint8_t *ret)
{
    gnutls_aead_cipher_hd_t cipher;
    uint64_t count = atomic_fetch_add(&cover->count, 1);
    size_t len = plain.len + TAG;
    memset(ret, 0, NONCE);
    memcpy(ret, &count, sizeof count);
    if (!begin(cover, &cipher)) return false;
    int code = gnutls_aead_cipher_encrypt(cipher, ret, NONCE, owner.ptr, owner.len, TAG, plain.ptr,
                                          plain.len, ret + NONCE, &len);
    gnutls_aead_cipher_deinit(cipher);
    return code == GNUTLS_E_SUCCESS;
}

static bool open_by(gnutls_aead_cipher_hd_t cipher, const struct covered *one)
{
    size_t len = one->sealed.len - COVER_OVERHEAD;
    return gnutls_aead_cipher_decrypt(cipher, one->sealed.ptr, NONCE, one->owner.ptr,
                                      one->owner.len, TAG, one->sealed.ptr + NONCE,
                                      one->sealed.len - NONCE, one->ret, &len) == GNUTLS_E_SUCCESS;
}

void cover_open_all(const struct cover *cover, struct covered *list, size_t count)
{
    gnutls_aead_cipher_hd_t cipher;
    bool begun = count && begin(cover, &cipher);
    for (size_t i = 0; i < count; i++) {
        struct covered *one = &list[i];
        bool whole = one->sealed.len >= COVER_OVERHEAD;
        one->opened = begun && whole && open_by(cipher, one);
        /* nothing unjudged */
        if (!one->opened && whole) sodium_memzero(one->ret, one->sealed.len - COVER_OVERHEAD);
    }
    if (begun) gnutls_aead_cipher_deinit(cipher);
}

bool cover_open(const struct cover *cover, struct str owner, struct str sealed, char *ret)
{
    struct covered one = {owner, sealed, ret, false};
    cover_open_all(cover, &one, 1);
    return one.opened;
}
