/*
 * batch_line_many: levels of many pairs of dates or postcodes side by side.
 *
 * Layer: link, private to the batch engine.  They give what line_level gives for each pair, which
 * is their oracle in the tests.  They need AVX2; without it pairs are told one at a time.
 */
#ifndef PENDEEN_LINK_BATCH_LINE_MANY_H
#define PENDEEN_LINK_BATCH_LINE_MANY_H

#include "link/model.h"

/* Beside the level of two postcodes: near instead, if they are two edits apart. */
enum { LINE_UNLESS_TWO_EDITS = 64 };
/* Read and written are so many at a time. */
enum { LINE_SIDE_BY_SIDE = 8 };

/* Can this machine?  Only then may the others be called. */
bool line_side_by_side(void);
/* Dates as digits: year, month, day. */
void line_dates_many(const uint32_t *a, const uint32_t *b, size_t count, int8_t *ret);
/* Postcodes of up to eight letters, the last lowest; 0: longer, so the level is -1. */
void line_postcodes_many(const uint64_t *a, const uint64_t *b, size_t count, int8_t *ret);

#endif
