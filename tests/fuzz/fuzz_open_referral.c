/* A file of Open Referral UK: whatever is in it, each service is taken or named as wrong, and
 * what was taken can be written and read again, the same. */
#include "base/arena.h"
#include "domain/open_referral.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct area *area;
    struct err err = {0};
    if (!area && area_load("areas/cornwall", &area, &err) != ST_OK) abort();
    struct arena arena;
    arena_init(&arena, 256 << 20);
    struct open_referral_row *row = NULL;
    size_t count = 0;
    enum st outcome =
        open_referral_read(&arena, area, str_of((const char *)data, size), &row, &count, &err);
    assert(outcome == ST_OK || outcome == ST_INVALID || outcome == ST_LIMIT);
    for (size_t i = 0; outcome == ST_OK && i < count; i++) {
        assert((row[i].place.len == 0) == (row[i].why.len == 0));
        if (row[i].place.len) continue;
        struct support again;
        struct str text = open_referral_write_one(&arena, area, &row[i].support);
        if (open_referral_read_one(&arena, area, text, &again, &err) != ST_OK) abort();
        assert(str_eq(text, open_referral_write_one(&arena, area, &again)));
    }
    arena_done(&arena);
    return 0;
}
