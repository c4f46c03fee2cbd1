/*
 * number: what is known of a phone number, when not all of it was seen.
 *
 * Layer: link.  The digits of a number as it is dialled within its country, '?' for one
 * that is not known: "07700 9??" is 77009?????, since a number in the United Kingdom
 * has ten digits after its zero (Ofcom National Telephone Numbering Plan; the few of nine
 * are met whole), and "ends 345 678" is 345678.  What is known of two numbers is laid end
 * to end and compared digit by digit.
 */
#ifndef PENDEEN_LINK_NUMBER_H
#define PENDEEN_LINK_NUMBER_H

#include "link/normalise.h"

/* The whole numbers of a value without what stands beside them, a word, an extension, a second
 * number ("07700 900123 or 07700 900456 (mum)"), each as it is written; where none is whole, the
 * value itself.  A letter O where a number begins, or within it, is a zero.  How many: at least
 * one. */
enum { LINK_NUMBERS = 2 };
int link_numbers(struct str text, char ret[static LINK_NUMBERS][LINK_TEXT_SIZE]);
/* Digits and '?' of a number that is whole or was seen in part: ?, *, x and _ are what was not
 * seen, and so is the rest of what begins with a zero and is short.  Returns how many are
 * known; 0 and "" when none is. */
size_t link_digits(struct str text, char ret[static LINK_TEXT_SIZE]);
/* Has it a '?'? */
bool link_digits_open(struct str digits);
size_t link_digits_known(struct str digits);
/* What is known without a gap from its first digit on, and up to its last. */
struct str link_digits_begin(struct str digits);
struct str link_digits_end(struct str digits);

struct digits_fit {
    int agreeing;  /* known of both, and the same */
    int telling;   /* of those, all but the 7 that every mobile number begins with */
    int differing; /* known of both, and not the same */
};
/* Symmetric. */
struct digits_fit link_digits_fit(struct str a, struct str b);

#endif
