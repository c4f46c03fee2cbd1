/*
 * child_bundle_others: who else is named in what a child is given, and who told it.
 *
 * Layer: domain, for child_bundle alone.  The engine's extraction finds what stands in words, and
 * the names of the family are known.
 */
#ifndef PENDEEN_DOMAIN_CHILD_BUNDLE_OTHERS_H
#define PENDEEN_DOMAIN_CHILD_BUNDLE_OTHERS_H

#include "domain/child_bundle.h"

/* Fills item->span with where others are named in its words, in order and apart from each other;
 * what is named within `told` widens that instead. */
void bundle_find_others(struct arena *arena, const struct child_file *file,
                        struct bundle_item *item);
/* Is what says who told the child, and can it be nobody else? */
bool bundle_source_is_child(const struct child_file *file, struct str source);

#endif
