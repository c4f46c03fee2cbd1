/*
 * danger: words that say that somebody may be in danger now.
 *
 * Layer: domain.  The phrases are the area pack's (danger.txt, domain/area_danger.h).
 * They are found as whole words, whatever the case, the spacing or the punctuation
 * between them and with or without apostrophes.  What the pack says of something else
 * ("in danger of being excluded") hides what lies wholly inside it, and nothing more:
 * a prompt too many costs a glance (docs/decisions/0163).
 */
#ifndef PENDEEN_DOMAIN_DANGER_H
#define PENDEEN_DOMAIN_DANGER_H

#include "domain/area.h"

/* No box takes more: whoever looks through what was not checked yet looks at so many bytes. */
enum { DANGER_TEXT_MAX = 100000 };

/* The matched words as written, parted by ", ", the same words once, in the order of
 * the text, at most five; where several phrases begin, the longest; empty: none. */
struct str danger_find(struct arena *arena, const struct area *area, struct str text);

/* Every phrase as the pack writes it, parted by '|', '!' before those that do not count, for the
 * page that looks while somebody types (assets/pendeen.js). */
struct str danger_words(struct arena *arena, const struct area *area);

#endif
