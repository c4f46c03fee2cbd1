/*
 * table_wait: fields of a column that wait to be looked up together, so that what one
 * lookup needs comes from memory while others are done.
 *
 * Layer: link, private to table.c.
 */
#ifndef PENDEEN_LINK_TABLE_WAIT_H
#define PENDEEN_LINK_TABLE_WAIT_H

#include "link/table.h"

enum { WAITING = 64, WAITING_VECTOR = 16 };

struct table_wait {
    struct str text[WAITING]; /* folded, in `bytes` */
    uint32_t hash[WAITING];
    int count;
    bool ids; /* each is a value of its own, as it is written */
    size_t first_row;
    char *bytes;
    size_t used;
    size_t size;
};

void table_wait_init(struct table_wait *waiting, size_t first_row, bool ids);
void table_wait_done(struct table_wait *waiting);
/* Adds a field, while there are less than WAITING; `roomy` where so many bytes as a vector has
 * can be read from where it ends. */
void table_wait_add(struct table_wait *waiting, struct str field, bool roomy);
/* Gives rows of the column their values; none waits any more. */
void table_wait_look_up(struct table_wait *waiting, struct table_column *column);
void table_ensure_rows(struct table_column *column, size_t rows);

#endif
