/*
 * batch_line: what the line of a row has of each value beside its number, and the
 * level of two such.
 *
 * Layer: link, private to the batch engine.  A date has its parts and its digits, a
 * code its letters in one machine word, an address by mail the letters of its name:
 * enough to tell most pairs of values apart without a look at any text.  Names, towns
 * and the names of streets are looked up in the tables of batch_near.
 */
#ifndef PENDEEN_LINK_BATCH_LINE_H
#define PENDEEN_LINK_BATCH_LINE_H

#include "link/batch_field.h"

enum { LINE_WORDS_MAX = 4 };

/* How many words a value of this role has in a line. */
int line_words(enum model_role role);
/* Those of a value; it has number and text in the field. */
void line_fill(const struct batch_field *field, uint32_t value,
               uint32_t ret[static LINE_WORDS_MAX]);
/* The level of two values that are neither missing nor equal, or -1: their texts tell. */
int line_level(const struct batch_field *field, uint32_t a, uint32_t b, const uint32_t *a_words,
               const uint32_t *b_words);

/* Of many pairs of lines, those that `turn` lists, by what they have from `at` on: theirs of
 * ret are set. */
void line_levels(const struct batch_field *field, int at, const uint32_t *const *left,
                 const uint32_t *const *right, const uint16_t *turn, size_t count, int8_t *ret);

/* Of a street: the number of its name. */
static inline uint32_t line_street(const uint32_t *words)
{
    return words[1];
}

/* Of an address by mail: its letters before the @, digits apart.  Addresses are made of
 * names, and two who share a name have letters in common whoever they are. */
uint32_t line_letters(struct str email);

#endif
