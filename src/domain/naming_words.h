/*
 * naming_words: full names and email addresses found in a text.
 *
 * Layer: domain, private to naming.c.  A name is its words, folded (link_fold), without a title
 * and initials: it stands in a text where all of them follow each other, or the first and the
 * last do, in either order.  A name of one word is found nowhere.
 */
#ifndef PENDEEN_DOMAIN_NAMING_WORDS_H
#define PENDEEN_DOMAIN_NAMING_WORDS_H

#include "base/str.h"

enum { NAMING_WORDS_MAX = 6, NAMING_KEYS_MAX = 4 };

/* The keys under which a person is found: of name and address; returns how many. */
size_t naming_keys(struct str email, struct str name, uint64_t ret[static NAMING_KEYS_MAX]);

/* Every key that stands in the text. */
typedef void naming_met(void *context, uint64_t key);
void naming_walk(struct str text, naming_met *met, void *context);
/* The same of a box that holds a name: its first and last word too, whatever stands between. */
void naming_walk_name(struct str name, naming_met *met, void *context);

#endif
