/*
 * table: a whole file of records in memory, by columns.
 *
 * Layer: link.  Comma-separated text (RFC 4180; also with a space after the comma,
 * as some publish it) is read once; every distinct value of a column is kept once,
 * folded to lower case and trimmed, and a record holds value numbers.  Number 0 is
 * "missing".  A table owns its memory.
 */
#ifndef PENDEEN_LINK_TABLE_H
#define PENDEEN_LINK_TABLE_H

#include "base/err.h"
#include "base/str.h"

enum { TABLE_COLUMNS_MAX = 64, TABLE_NAME_SIZE = 64 };

struct table_column {
    char name[TABLE_NAME_SIZE]; /* as in the header, trimmed */
    uint32_t *value;            /* by row */
    struct str *text;           /* by value number; [0] is empty */
    uint32_t *count;            /* rows that have it, by value number */
    uint32_t values;            /* numbers used, 0 included */
    uint32_t capacity;
    uint32_t *slots; /* open addressing, for reading */
    uint32_t slot_count;
};

struct table {
    struct table_column column[TABLE_COLUMNS_MAX];
    size_t columns;
    size_t rows;
    size_t row_capacity;
    struct table_pool *pool;
};

/* Adds the rows of a file; a second file must have the same columns in any order
 * (columns that only one has are left out of comparison: missing).  ST_INVALID
 * says which line and column cannot be read. */
enum st table_read(struct table *table, struct str text, struct err *err) MUST_USE;
void table_done(struct table *table); /* accepts a zeroed table */
/* The number of a column, or -1. */
int table_find(const struct table *table, struct str name);
/* Bytes that it holds. */
size_t table_bytes(const struct table *table);

#endif
