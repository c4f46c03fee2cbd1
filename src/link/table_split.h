/*
 * table_split: where the fields of lines end that have no quotation marks.
 *
 * Layer: link, private to table.c.  Most of most files is of such lines, which need no
 * look at each character; whatever else there is, table.c reads field by field.
 */
#ifndef PENDEEN_LINK_TABLE_SPLIT_H
#define PENDEEN_LINK_TABLE_SPLIT_H

#include "base/str.h"

/* More places are written to than there are fields. */
enum { SPLIT_ROOM = 64 };

/* Where each field ends: at which byte of the text, which ends with a line, its separator or
 * the end of its line is.  `ret_end` has room for as many as there are bytes, and SPLIT_ROOM
 * more.  False, with what it holds unknown, where there is a quotation mark, or a line that
 * does not have so many columns or is longer than `longest`. */
bool table_split(struct str text, char separator, size_t columns, size_t longest, uint32_t *ret_end,
                 size_t *ret_lines);

/* The reference, a byte at a time. */
bool table_split_plain(struct str text, char separator, size_t columns, size_t longest,
                       uint32_t *ret_end, size_t *ret_lines);

#endif
