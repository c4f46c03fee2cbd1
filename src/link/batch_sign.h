/*
 * batch_sign: the letters of a value in one machine word.
 *
 * Layer: link, private to the batch engine.  Two values whose signs differ too much are
 * different, and their texts need not be looked at.  An edit changes at most two bits of
 * letters; what two texts have in common bounds their Jaro similarity from above.
 *
 *   names  letters twice each (bits 0-51), families (52-57), length (58-63)
 *   other  letters (0-25), digits twice each (26-45), length (58-63)
 *   dates  the date; quantities: the number as a float
 */
#ifndef PENDEEN_LINK_BATCH_SIGN_H
#define PENDEEN_LINK_BATCH_SIGN_H

#include "link/model.h"

enum { SIGN_LENGTH = 58, SIGN_FAMILY = 52, SIGN_FAMILIES = 6 };

uint64_t batch_sign_make(enum model_role role, struct str text, const uint16_t *family);

static inline unsigned sign_length(uint64_t sign)
{
    return (unsigned)(sign >> SIGN_LENGTH);
}
/* In line: without -mpopcnt the compiler calls a function. */
static inline unsigned sign_bits(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    return (unsigned)(((word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u >> 56);
}
/* At least as many edits lie between the two. */
static inline unsigned sign_edits(uint64_t a, uint64_t b)
{
    const uint64_t letters = ((uint64_t)1 << SIGN_FAMILY) - 1;
    unsigned differing = sign_bits((a ^ b) & letters);
    unsigned left = sign_length(a);
    unsigned right = sign_length(b);
    unsigned lengths = left > right ? left - right : right - left;
    unsigned edits = (differing + 1) / 2;
    return edits > lengths ? edits : lengths;
}
float sign_quantity(uint64_t sign);

/* What tells most names apart without their texts, in one place of memory. */
struct sign_hint {
    uint64_t sign;
    char start[4]; /* the text's, and zeros */
    int more;      /* characters of the text than its sign has bits of letters */
};
struct sign_hint sign_hint_make(uint64_t sign, struct str text);

#endif
