/*
 * child_unnamed: a text without what says which child it is about.
 *
 * Layer: domain.  What a child said is passed on without the child (missing_fragment.h): each word
 * of their names, whoever lives with them by full name, and the streets, postcodes and schools that
 * stand in the record are replaced by "[the child]" and their like, in every form that stood in it
 * at any time.  A name that is an everyday word too ("Will", "May") counts where it begins with a
 * capital.  Towns stay.  What nobody wrote into the record cannot be known here: a person reads
 * what is left before it is passed on.
 */
#ifndef PENDEEN_DOMAIN_CHILD_UNNAMED_H
#define PENDEEN_DOMAIN_CHILD_UNNAMED_H

#include "domain/child.h"

/* In the arena; the text itself where nothing of it is replaced. */
struct str child_unnamed(struct arena *arena, const struct child_file *file, struct str text);

#endif
