/*
 * Any bytes as what a passkey says: nothing that was not signed is taken.  The first two
 * bytes say where client data end and authenticator data end; the rest is the signature.
 */
#include "base/arena.h"
#include "seal/secret.h"
#include "seal/webauthn.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct webauthn_site site = {STR_INIT("https://pendeen.example.org"),
                                              STR_INIT("pendeen.example.org")};
    static const char challenge[WEBAUTHN_CHALLENGE_SIZE] = {0};
    static const char key_bytes[64] = {4};
    if (!seal_start() || size < 2) return 0;
    struct str all = str_of((const char *)data + 2, size - 2);
    size_t first = all.len * data[0] / 256;
    size_t second = (all.len - first) * data[1] / 256;
    struct webauthn_reply reply = {.client_data = str_sub(all, 0, first),
                                   .authenticator_data = str_sub(all, first, second),
                                   .signature = str_sub(all, first + second, all.len)};
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str asked = str_of(challenge, sizeof challenge);
    struct webauthn_key made;
    if (webauthn_register(&arena, &site, asked, &reply, &made, NULL) == ST_OK &&
        (made.credential.len == 0 || made.public_key.len == 0))
        abort();
    static const int64_t algorithms[] = {-7, -8, -257, 0};
    for (int i = 0; i < 4; i++) {
        struct webauthn_key key = {.algorithm = algorithms[i],
                                   .credential = STR("x"),
                                   .public_key = str_of(key_bytes, i == 1 ? 32 : 64)};
        uint32_t count = 0;
        if (webauthn_assert(&site, asked, &reply, &key, &count, NULL) == ST_OK) abort();
    }
    arena_done(&arena);
    return 0;
}
