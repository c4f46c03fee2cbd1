/*
 * phonetic: a code that names of one sound share.
 *
 * Layer: link.  The consonants of a folded name in order, with spellings of one
 * sound made one (ph, f; c, k, q; s, z; sh, sch, sz; ...), doubles and vowels
 * dropped but for a leading one: a skeleton in the manner of Metaphone (Philips
 * 1990), made to treat Polish, Turkish, Urdu or Somali spellings like English ones.
 * It is evidence, never a filter by itself.
 */
#ifndef PENDEEN_LINK_PHONETIC_H
#define PENDEEN_LINK_PHONETIC_H

#include "base/str.h"

/* Of a folded name (link_fold): up to eight sounds packed into bytes; 0 when it
 * has no letter. */
uint64_t link_sound(struct str folded);

/* The same for names whose letters are read in another way than in English: Somali
 * writes h as x and a throat sound as c (Xasan, Cali), Ukrainian and Russian differ
 * by h and g (Holub, Golub).  Coarser: h, g, x and kh are one, c before a vowel at
 * the beginning is silent. */
uint64_t link_sound_other(struct str folded);

/* One consonant, or none, is the sound of too many words: none is filed under it, and no two are
 * alike by it. */
static inline bool link_sound_tells(uint64_t sound)
{
    return sound > 0xff;
}

static inline bool link_same_sound(uint64_t a, uint64_t b)
{
    return a == b && link_sound_tells(a);
}

enum { LINK_PLAIN_SIZE = 32 };
/* One way to write what is written in several: oo and ou are u, ee is i, ph is f,
 * ck is k, y after the first letter is i, any other doubled letter is one.  "Noor", "nuur"
 * and "nur" are "nur".  What is longer is cut. */
struct str link_plain(struct str folded, char space[static LINK_PLAIN_SIZE]);

#endif
