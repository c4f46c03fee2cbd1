/*
 * move: all records from one database into another, of whichever engines.
 *
 * Layer: store.  Rows are carried as they are, sealed values with them, so that the same key
 * ring opens them.  Both databases have this program's shape (ST_INVALID when the source has
 * not), and the target has no records yet.
 *
 * All or nothing: the target gets everything in one transaction, which is not committed when a
 * table has another number of rows in the end, or a reference leads nowhere.
 */
#ifndef PENDEEN_STORE_MOVE_H
#define PENDEEN_STORE_MOVE_H

#include "store/store.h"

struct store_move {
    struct store *from; /* only read, of one moment */
    struct store *to;
    void (*progress)(void *context, int64_t done, int64_t total); /* rows; may be NULL */
    /* Each table when it is over and counted on both sides; may be NULL. */
    void (*table)(void *context, struct str name, int64_t rows);
    void *context;
};
enum st store_move(const struct store_move *move, struct err *err) MUST_USE;
/* Takes it all out again. */
enum st store_move_undo(struct store *to, struct err *err) MUST_USE;
/* Has the database records?  One that has no tables yet has none. */
enum st store_has_records(struct store *store, bool *ret, struct err *err) MUST_USE;

#endif
