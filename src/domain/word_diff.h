/*
 * word_diff: what was taken out of a text and what was put in, word by word.
 *
 * Layer: domain (needs base only).  The longest common sequence of words, by the table of
 * Wagner and Fischer, after what both have at their ends is put aside.  Words are what stands
 * between white space, byte for byte; each keeps the white space after it.
 */
#ifndef PENDEEN_DOMAIN_WORD_DIFF_H
#define PENDEEN_DOMAIN_WORD_DIFF_H

#include "base/arena.h"
#include "base/str.h"

enum word_change { WORDS_SAME, WORDS_REMOVED, WORDS_ADDED };

/* Words that follow each other and share their fate. */
struct word_run {
    enum word_change change;
    struct str text; /* of `before` when removed, else of `after` */
};
/* Runs in the order of reading, what was taken out before what took its place.  Of texts with
 * very many words that have hardly any in common the whole middle counts as replaced. */
size_t word_diff(struct arena *arena, struct str before, struct str after, struct word_run **ret);

#endif
