/*
 * plates: the distinct registrations of the index, to be found by what was seen.
 *
 * Layer: link, private.  For each character (look-alikes are one) a bitmap says
 * which plates hold it; adding the bitmaps of a pattern's characters, sixty-four
 * plates at a time, leaves those that hold enough of them.  Plates of which little
 * was seen are few in characters and looked through one by one.
 */
#ifndef PENDEEN_LINK_PLATES_H
#define PENDEEN_LINK_PLATES_H

#include "link/value.h"

enum { PLATE_CLASSES = 36, PLATES_FOUND_MAX = 384 };

struct plate_group {
    uint32_t *number; /* of the value, by place in the group */
    uint64_t *order;  /* the classes of the first eight characters, a byte each */
    uint64_t *set;    /* bit per class; of the short ones alone */
    uint32_t count;
    uint32_t capacity;
};

struct plates {
    struct plate_group whole; /* five characters or more */
    struct plate_group part;
    uint64_t *bitmap[PLATE_CLASSES]; /* of `whole` */
};

void link_plates_init(struct plates *plates);
void link_plates_done(struct plates *plates);
/* `number` is new. */
void link_plates_add(struct plates *plates, struct str text, uint32_t number);
size_t link_plates_bytes(const struct plates *plates);

/* The values whose plates share so many characters with the pattern, in order, that
 * they are worth comparing; the likeliest if there are too many, ties by text.
 * Returns how many. */
size_t link_plates_find(const struct plates *plates, const struct values *values,
                        struct str pattern, uint32_t ret[static PLATES_FOUND_MAX]);

#endif
