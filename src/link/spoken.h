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

enum { READINGS = 5, SPOKEN_SIZE = 16 };

/* A word by each spelling; the first is the English one.  What is longer ends there. */
struct spoken {
    uint8_t letters; /* as it is written */
    uint8_t length[READINGS];
    uint8_t differ; /* bit i: reading i is not as the English one */
    char said[READINGS][SPOKEN_SIZE];
    uint64_t heard[READINGS]; /* the consonants: see link_spoken_read */
};

/* Consonants, eight at most: voiced ones as those that are not, a vowel at the beginning as one,
 * h at the beginning alone; the whole reading where there are fewer than two. */
void link_spoken_read(struct str folded, struct spoken *ret);

static inline bool link_is_vowel(char sound)
{
    return sound == 'a' || sound == 'e' || sound == 'i' || sound == 'o' || sound == 'u';
}

/* The readings i and k are of one language, or one of them is English (a name is written by its
 * own language, and by whoever heard it in English), and no pair of earlier ones says the same. */
static inline bool link_spoken_side_by_side(const struct spoken *a, int i, const struct spoken *b,
                                            int k)
{
    if (i != k && i != 0 && k != 0) return false;
    return (i == 0 || a->differ >> i & 1) && (k == 0 || b->differ >> k & 1);
}

static inline struct str link_spoken_said(const struct spoken *spoken, int reading)
{
    return str_of(spoken->said[reading], spoken->length[reading]);
}

/* How alike two words sound, 0 to 1: the most of those readings that have the same consonants;
 * 0 when none have.  Symmetric. */
double link_spoken_alike(const struct spoken *a, const struct spoken *b);

#endif
