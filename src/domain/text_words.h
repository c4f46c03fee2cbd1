/*
 * text_words: the words of a text, one after another.
 *
 * Layer: domain (needs base only).  Letters, digits and apostrophes make words, and so does all
 * beyond ASCII but dashes and quotation marks.
 */
#ifndef PENDEEN_DOMAIN_TEXT_WORDS_H
#define PENDEEN_DOMAIN_TEXT_WORDS_H

#include "base/str.h"

/* The next word from *at on, which is moved past it; false: there is none. */
bool text_word_next(struct str text, size_t *at, struct str *ret);
/* "Hext" of "Hext's". */
struct str text_word_without_s(struct str word);

#endif
