/*
 * batch_sort: keys in order, with their rows.
 *
 * Layer: link, private to the batch engine.  Entries are key << 32 | row, with the rows of one
 * key in order among themselves, as whoever goes through the rows lists them.
 */
#ifndef PENDEEN_LINK_BATCH_SORT_H
#define PENDEEN_LINK_BATCH_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Entries are dealt out by the upper bits of their keys into buckets that fit a cache, each of
 * these by the bits after them, and what is then left together, which is a few rows of a key or
 * two, is put in order. */
enum {
    SORT_TOP_BITS = 9,
    SORT_BITS = 11,
    SORT_LAST_BITS = 32 - SORT_TOP_BITS - SORT_BITS,
    SORT_DIGITS = 1 << SORT_BITS,
    SORT_LAST_DIGITS = 1 << SORT_LAST_BITS,
};

/* A zeroed one is ready. */
struct batch_sorter {
    uint64_t *list; /* to be filled in */
    uint64_t *other;
    size_t room; /* of either */
    size_t top[(1 << SORT_TOP_BITS) + 1];
    uint32_t digit[SORT_DIGITS];
    uint32_t last[SORT_LAST_DIGITS];
};

/* Room for so many entries; the list may be another, and empty. */
void batch_sorter_room(struct batch_sorter *sorter, size_t count);
/* Puts the list in order. */
void batch_sort(struct batch_sorter *sorter, size_t count);
void batch_sorter_done(struct batch_sorter *sorter);

#endif
