/*
 * reread: rows that a reading connection has read, kept as they lie in the database while nothing
 * changes.
 *
 * Layer: store, private.  A page asks for the same few rows as the one before it: the session, the
 * account, the record.  Rows of one query with the same parameters are handed out again as long
 * as no commit has changed anything (base/change.h) and none is on its way.  What is sealed is
 * kept sealed.  Of the log nothing is kept: lines come without a change.
 *
 * Each connection has its own, for one thread at a time.  Nothing is kept where other programs
 * may write, within store_read_hold, nor of a query with many rows.
 */
#ifndef PENDEEN_STORE_REREAD_H
#define PENDEEN_STORE_REREAD_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct query;
struct reread;
struct reread_rows;

/* The parameters that a query was given so far, until it is known whether it has to be asked. */
enum { REREAD_KEY_MAX = 120 };
struct reread_key {
    uint8_t bytes[REREAD_KEY_MAX];
    uint8_t len;
};

struct reread *reread_new(void); /* NULL: there is no memory */
void reread_free(struct reread *kept); /* accepts NULL */
/* May rows of a query with this text be kept? */
bool reread_may(const char *text);

/* For query.c.  Adds a parameter; false when it is too long to be kept. */
bool reread_bind(struct reread_key *key, int parameter, char kind, const void *bytes, size_t size);
/* Binds what was added to the engine's query. */
void reread_replay(const struct reread_key *key, struct query *query);
/* The rows, kept or read now; NULL: the engine has to be asked, from the beginning.  Released by
 * reread_release. */
const struct reread_rows *reread_find(struct reread *kept, struct query *query);
void reread_release(const struct reread_rows *rows);

size_t reread_count(const struct reread_rows *rows);
int64_t reread_int(const struct reread_rows *rows, size_t row, int column);
double reread_double(const struct reread_rows *rows, size_t row, int column);
struct str reread_bytes(const struct reread_rows *rows, size_t row, int column);
bool reread_is_null(const struct reread_rows *rows, size_t row, int column);

#endif
