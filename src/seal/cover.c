#include "seal/cover.h"

#include <sodium.h>

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };

struct cover {
    uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
};

_Static_assert(COVER_OVERHEAD == NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES, "what is laid around it");

struct cover *cover_new(void)
{
    struct cover *cover = sodium_malloc(sizeof *cover);
    if (!cover) return NULL;
    randombytes_buf(cover->key, sizeof cover->key);
    sodium_mprotect_readonly(cover);
    return cover;
}

void cover_free(struct cover *cover)
{
    sodium_free(cover);
}

void cover_seal(const struct cover *cover, struct str owner, struct str plain, uint8_t *ret)
{
    randombytes_buf(ret, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(ret + NONCE, NULL, (const uint8_t *)plain.ptr, plain.len,
                                               (const uint8_t *)owner.ptr, owner.len, NULL, ret, cover->key);
}

bool cover_open(const struct cover *cover, struct str owner, struct str sealed, char *ret)
{
    const uint8_t *bytes = (const uint8_t *)sealed.ptr;
    return sealed.len >= COVER_OVERHEAD &&
           crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)ret, NULL, NULL, bytes + NONCE, sealed.len - NONCE,
                                                      (const uint8_t *)owner.ptr, owner.len, bytes, cover->key) == 0;
}
