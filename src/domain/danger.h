/*
 * danger: words that say that somebody may be in danger now.
 *
 * Layer: domain.  The phrases are the area pack's (danger.txt).  They are found
 * as whole words, whatever the case, the spacing or the punctuation between them
 * and with or without apostrophes.  Who wrote "he was not armed" is prompted
 * too: a prompt too many costs a glance.
 */
#ifndef PENDEEN_DOMAIN_DANGER_H
#define PENDEEN_DOMAIN_DANGER_H

#include "domain/area.h"

/* No box takes more: whoever looks through what was not checked yet looks at so many bytes. */
enum { DANGER_TEXT_MAX = 100000 };

/* The matched words as written, parted by ", ", each phrase once, in the order of
 * the text, at most five; empty: none. */
struct str danger_find(struct arena *arena, const struct area *area, struct str text);

/* Every phrase, parted by '|', for the page that looks while somebody types. */
struct str danger_words(struct arena *arena, const struct area *area);

#endif
