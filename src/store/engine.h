/*
 * engine: what a database engine offers to the store's own files.
 *
 * Layer: store, private.  Nobody outside src/store includes this.
 */
#ifndef PENDEEN_STORE_ENGINE_H
#define PENDEEN_STORE_ENGINE_H

#include "store/store.h"

/* Runs several statements separated by semicolons: for migrations alone. */
enum st db_execute_script(struct db *db, struct str script, struct err *err) MUST_USE;
/* The engine's words for %ID% and %BLOB% of a migration. */
const char *db_word_for_id(void);
const char *db_word_for_blob(void);
/* A query whose text stands in a step of a migration and not in query.def, since it is
 * of a shape that is gone afterwards.  `text` is a constant. */
struct query *db_query_once(struct db *db, const char *text);

#endif
