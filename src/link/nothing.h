/*
 * nothing: what people write into a box when they have nothing to write.
 *
 * Layer: link.  "Not known" in two reports is not one name, and "unknown" on Snapchat is
 * not one account.  Such a value stays where it was written; it is compared with nothing and
 * identifies nobody, and an import leaves it out.
 */
#ifndef PENDEEN_LINK_NOTHING_H
#define PENDEEN_LINK_NOTHING_H

#include "link/mention.h"

/* Is it empty, signs alone, or words for that in any box: "n/a", "not seen", "unsure"? */
bool link_is_nothing(struct str text);
/* Or words for it in this box: "unknown male" for a name, "foreign plates" for a registration,
 * 00000000000 for a number? */
bool link_is_nothing_of(enum link_field field, struct str text);
/* What was said; "" if it is nothing. */
static inline struct str link_said(enum link_field field, struct str text)
{
    return link_is_nothing_of(field, text) ? STR("") : text;
}

#endif
