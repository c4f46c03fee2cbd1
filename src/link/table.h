/*
 * table: a whole file of records in memory, by columns.
 *
 * Layer: link.  Separated text (RFC 4180; commas, semicolons, tabs or bars, whichever
 * the header has; also with a space after the comma, as some publish it) is read once.
 * Every distinct value of a column is kept once, folded to lower case and trimmed, and
 * a record holds value numbers.  Number 0 is "missing".  Ids are kept as written.  A
 * table owns its memory; the text given is only read during the call.
 */
#ifndef PENDEEN_LINK_TABLE_H
#define PENDEEN_LINK_TABLE_H

#include "base/err.h"
#include "base/str.h"

enum { TABLE_COLUMNS_MAX = 64, TABLE_NAME_SIZE = 64 };

struct table_pool;

struct table_column {
    char name[TABLE_NAME_SIZE]; /* as in the header, trimmed */
    char also[TABLE_NAME_SIZE]; /* in that of a second file, where it has another; else empty */
    uint32_t *value;            /* by row */
    struct str *text;           /* by value number; [0] is empty */
    uint32_t *count;            /* rows that have it, by value number */
    uint32_t values;            /* numbers used, 0 included */
    uint32_t capacity;
    uint64_t *slots; /* open addressing, for reading: hash << 32 | number */
    uint32_t slot_count;
    size_t row_capacity;
    struct table_pool *pool;
};

struct table {
    struct table_column column[TABLE_COLUMNS_MAX];
    size_t columns;
    size_t rows;
    int id_column; /* its values are all kept: value number = row + 1 */
    /* of the file that was read last */
    bool numbered; /* it has no ids: its rows' numbers, from 1, are */
    size_t above;  /* lines above its headings, which are left out */
};

/* Adds the rows of a file; a second file may have other headings for the same (heading_meaning) and
 * other columns (what only one has is missing in the other).  `id_name` is the file's column of
 * ids, empty for its first, or for none where that one tells of somebody (heading_is_id).  A title
 * above the headings, alone on its line, is left out, and so are empty lines there.  Of a stretch
 * of plain lines threads find the fields, each in a piece of it, and then take columns. ST_INVALID
 * says which line and column cannot be read. */
enum st table_read(struct table *table, struct str text, struct str id_name, int threads,
                   struct err *err) MUST_USE;
void table_done(struct table *table); /* accepts a zeroed table */
/* Frees what tells which value each row has; ids and texts stay. */
void table_drop_rows(struct table *table);
/* The number of a column, or -1. */
int table_find(const struct table *table, struct str name);
/* The id of a row as written. */
static inline struct str table_id(const struct table *table, size_t row)
{
    return table->column[table->id_column].text[row + 1];
}
/* Bytes that it holds. */
size_t table_bytes(const struct table *table);

/* A text in a pool of chunks that never move. */
struct str table_keep(struct table_pool **pool, struct str text);
void table_pool_free(struct table_pool *pool);
uint64_t table_hash(struct str text);

#endif
