/*
 * Any bytes as a key ring, as a share of a recovery key, and as packed texts.
 */
#include "base/arena.h"
#include "seal/field.h"
#include "seal/keyring_internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of((const char *)data, size);
    if (sodium_init() < 0) abort();
    struct key_set *set = calloc(1, sizeof *set);
    struct err err = {0};
    /* No passphrase: deriving from one takes a tenth of a second. */
    if (key_set_read(text, (struct str){0}, set, &err) == ST_OK) {
        struct buf again;
        buf_init(&again, KEY_FILE_MAX);
        key_set_write(set, false, &again);
        struct key_set *second = calloc(1, sizeof *second);
        if (key_set_read(buf_str(&again), (struct str){0}, second, &err) != ST_OK ||
            second->count != set->count)
            abort();
        free(second);
        buf_done(&again);
    }
    free(set);
    if (keyring_recover("/nonexistent/ring", &text, 1, &err) == ST_OK) abort();
    struct str part[20];
    if (texts_unpack(text, part, 20)) {
        struct arena arena;
        arena_init(&arena, 4 << 20);
        struct str back[20];
        if (!texts_unpack(texts_pack(&arena, part, 20), back, 20)) abort();
        for (int i = 0; i < 20; i++)
            if (!str_eq(part[i], back[i])) abort();
        arena_done(&arena);
    }
    return 0;
}
