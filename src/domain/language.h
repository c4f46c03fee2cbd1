/*
 * language: words that put on the child what was done to the child, and others to think of.
 *
 * Layer: domain.  The phrases are the area pack's (language.txt).  It advises: it never
 * blocks, and never changes what somebody wrote.  What stands between quotation marks is
 * somebody's own words and is left alone.
 */
#ifndef PENDEEN_DOMAIN_LANGUAGE_H
#define PENDEEN_DOMAIN_LANGUAGE_H

#include "domain/area.h"

struct language_advice {
    struct str words;   /* as written */
    struct str instead; /* what to think of */
    struct str why;
};

/* Each entry of the pack once, in the order of the text, up to `maximum`. */
size_t language_find(struct arena *arena, const struct area *area, struct str text,
                     struct language_advice *ret, size_t maximum);

#endif
