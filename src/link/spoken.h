/*
 * spoken: a word of a name as it is said, by the spelling of several languages.
 *
 * Layer: link, private.  Whoever hears Sadhbh, Maxamed or Szczepan writes Sive, Mohamed or
 * Shchepan: one letter stands for other sounds in Irish, Somali or Polish than in English.
 * A word is read by each spelling, and two words of which any readings have the same
 * consonants may be the same name.  Rules of spelling only: no names stand here.
 */
#ifndef PENDEEN_LINK_SPOKEN_H
#define PENDEEN_LINK_SPOKEN_H

#include "base/str.h"

enum { READINGS = 4, SPOKEN_SIZE = 40 };

/* The consonants of each reading of a folded word, eight at most; voiced ones as those
 * that are not, a vowel at the beginning as one. */
void link_spoken_consonants(struct str folded, uint64_t ret[static READINGS]);
/* A name is written by its own language, and by whoever heard it in English: of two words
 * those readings are compared that are of one language, or of which one is English. */
static inline bool link_spoken_side_by_side(int a, int b)
{
    return a == b || a == 0 || b == 0;
}
/* How alike two words sound, 0 to 1: the most of those readings that have the same consonants;
 * 0 when none have.  Symmetric. */
double link_spoken_alike(struct str a, struct str b);

#endif
