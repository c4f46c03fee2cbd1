/*
 * table_names: one file has whole names in a column, the other given names and surnames.
 *
 * Layer: link.
 */
#ifndef PENDEEN_LINK_TABLE_NAMES_H
#define PENDEEN_LINK_TABLE_NAMES_H

#include "base/buf.h"
#include "link/table.h"

/* Of two files, the first of `first_rows` rows, of which one has whole names in a column and the
 * other their parts in columns of their own, puts the parts together in that column and takes
 * theirs out of the table. `out`: the headings of what was put together, then of the column.  False
 * where the files are not so. */
bool table_join_names(struct table *table, size_t first_rows, struct buf *out);

#endif
