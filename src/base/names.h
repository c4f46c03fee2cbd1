/*
 * names: tables of names, of what the program calls a thing in addresses, files and the store, by
 * its number.
 *
 * Layer: base.  Pure.
 */
#ifndef PENDEEN_BASE_NAMES_H
#define PENDEEN_BASE_NAMES_H

#include "base/str.h"

/* A name, and what people read for it. */
struct labelled {
    const char *name;
    const char *label;
};

/* The place of a name in a table of so many, -1 if it stands nowhere in it.  Places without a name
 * (NULL, or an empty one) are passed over. */
int name_place(struct str name, const char *const *names, int count);
int labelled_place(struct str name, const struct labelled *table, int count);

#endif
