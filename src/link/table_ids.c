#include "link/table_ids.h"

#include "link/need.h"

#include <stdlib.h>
#include <string.h>

/* Open addressing: part of the hash, and the row and 1 more. */
struct slot {
    uint32_t hash;
    uint32_t row;
};

/* Numbers that count up, as most are: none stands twice. */
static bool are_rising(const struct table *table, size_t from, size_t to)
{
    for (size_t row = from + 1; row < to; row++) {
        struct str before = table_id(table, row - 1), id = table_id(table, row);
        if (id.len < before.len ||
            (id.len == before.len && memcmp(before.ptr, id.ptr, id.len) >= 0))
            return false;
    }
    return true;
}

size_t table_repeated_ids(const struct table *table, size_t from, size_t to, size_t *ret_row)
{
    if (are_rising(table, from, to)) return 0;
    size_t slots = 16, repeated = 0;
    while (slots < 2 * (to - from)) slots *= 2;
    struct slot *slot = need(calloc(slots, sizeof *slot));
    for (size_t row = from; row < to; row++) {
        struct str id = table_id(table, row);
        uint64_t hash = table_hash(id);
        size_t at = hash & (slots - 1);
        uint32_t part = (uint32_t)(hash >> 32);
        while (slot[at].row &&
               !(slot[at].hash == part && str_eq(table_id(table, slot[at].row - 1), id)))
            at = (at + 1) & (slots - 1);
        if (!slot[at].row)
            slot[at] = (struct slot){.hash = part, .row = (uint32_t)row + 1};
        else if (!repeated++)
            *ret_row = row;
    }
    free(slot);
    return repeated;
}
