/*
 * phrase: is this phrase at this place of a text?
 *
 * Layer: domain (needs base only).  Phrases of the area pack are found as whole words,
 * whatever the case, the spacing or the punctuation between them and with or without
 * apostrophes.
 */
#ifndef PENDEEN_DOMAIN_PHRASE_H
#define PENDEEN_DOMAIN_PHRASE_H

#include "base/str.h"

/* Is there a letter or digit at byte `at`?  No phrase begins at anything else: whoever looks at
 * each place of a text that is full of marks asks this first, and not for each phrase. */
bool phrase_begins(struct str text, size_t at);
/* Does it stand at byte `at`, which begins a word, up to the end of a word?  Then *ret_end is
 * one past its last byte. */
bool phrase_at(struct str text, size_t at, struct str phrase, size_t *ret_end);
/* Moves *at past one character; *at_start (true at the beginning) says whether a word begins
 * there then. */
void phrase_step(struct str text, size_t *at, bool *at_start);

#endif
