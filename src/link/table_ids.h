/*
 * table_ids: whether an id stands more than once in a file.
 *
 * Layer: link.
 */
#ifndef PENDEEN_LINK_TABLE_IDS_H
#define PENDEEN_LINK_TABLE_IDS_H

#include "link/table.h"

/* How many of the rows [from, to) have an id that an earlier one of them has; the first such in
 * *ret_row, which is set only then. */
size_t table_repeated_ids(const struct table *table, size_t from, size_t to, size_t *ret_row);

#endif
