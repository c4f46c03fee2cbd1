/*
 * plates: the distinct registrations of the index, to be found by what was seen.
 *
 * Layer: link, private.  For each character (look-alikes are one) a bitmap says
 * which plates hold it; adding the bitmaps of a pattern's characters, many plates at a
 * time, leaves those that hold enough of them, whose order is then looked at.  Where
 * too many hold them, only those are looked at that fit character by character, which
 * bitmaps of the characters at each place say.  Plates
 * of which little was seen have bitmaps of their own, by how much was.
 */
#ifndef PENDEEN_LINK_PLATES_H
#define PENDEEN_LINK_PLATES_H

#include "link/value.h"

enum {
    PLATE_CLASSES = 36,
    PLATE_GROUPS = 5,      /* of so many different characters at most; the last: whole plates */
    PLATES_FOUND_MAX = 1024,
    PLATE_PLACES = 8, /* characters whose order is looked at */
    PLATE_PLANES = 6, /* bits of a class */
};

struct plate_group {
    uint32_t *number; /* of the value, by place in the group */
    uint64_t *order;  /* the classes of the first eight characters, a byte each */
    uint64_t *bitmap[PLATE_CLASSES];
    uint64_t *plane[PLATE_PLACES][PLATE_PLANES]; /* a bit of the class at a place; whole plates */
    uint32_t count;
    uint32_t capacity;
};

struct plates {
    struct plate_group group[PLATE_GROUPS];
};

void link_plates_init(struct plates *plates);
void link_plates_done(struct plates *plates);
/* `number` is new. */
void link_plates_add(struct plates *plates, struct str text, uint32_t number);
size_t link_plates_bytes(const struct plates *plates);

/* The values whose plates share so many characters with the pattern, in order, that
 * they are worth comparing: first those that fit character by character ('?' one, '*'
 * any number, a short piece anywhere), then the likeliest if there are too many, ties by
 * text.  Returns how many; *ret_fitting: the first so many fit. */
size_t link_plates_find(const struct plates *plates, const struct values *values,
                        struct str pattern, uint32_t ret[static PLATES_FOUND_MAX],
                        size_t *ret_fitting);

#endif
