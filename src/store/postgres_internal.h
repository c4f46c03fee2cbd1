/*
 * postgres_internal: what the files of the store on PostgreSQL share.
 *
 * Layer: store.  `postgres.c` connections and transactions, `postgres_sent.c` what is sent and what
 * came of it, `postgres_query.c` statements, their parameters and rows.
 */
#ifndef PENDEEN_STORE_POSTGRES_INTERNAL_H
#define PENDEEN_STORE_POSTGRES_INTERNAL_H

#include "store/engine.h"

#include <libpq-fe.h>

struct connection {
    PGconn *handle;
    unsigned names; /* given to statements so far */
    unsigned sent;  /* whose answers were not waited for */
    bool writing;
};

/* --- postgres_sent.c ------------------------------------------------------------------ */

PGconn *postgres_handle_of(const struct db *db);
bool postgres_is_failure(const PGresult *result);
/* Says in `err` what went wrong; `result` may be NULL. */
enum st postgres_failure(const struct db *db, const PGresult *result, const char *doing,
                         struct err *err);
/* One statement without parameters: sent and not waited for, or waited for. */
bool postgres_send_text(struct db *db, const char *text);
enum st postgres_execute(struct db *db, const char *text, struct err *err);
void postgres_note_sent(struct db *db, int sent);
/* Waits for all that was sent.  Returns the answer of the last, or the first failure: the
 * caller clears it.  NULL: nothing was sent, or the connection is gone. */
PGresult *postgres_await_sent(struct db *db);
/* The same, as an outcome. */
enum st postgres_settle(struct db *db, struct err *err);
/* So many answers wait at most: they are short, and must fit between the two ends. */
enum st postgres_settle_many(struct db *db, struct err *err);

/* --- postgres_query.c: the engine's statements (engine.h says what each does) ---------- */

void postgres_prepare(struct query *query);
void postgres_bind_int(struct query *query, int parameter, int64_t value);
void postgres_bind_double(struct query *query, int parameter, double value);
void postgres_bind_text(struct query *query, int parameter, struct str value);
void postgres_bind_bytes(struct query *query, int parameter, const void *bytes, size_t size);
void postgres_bind_null(struct query *query, int parameter);
void postgres_send(struct query *query);
bool postgres_next(struct query *query);
int64_t postgres_column_int(struct query *query, int column);
double postgres_column_double(struct query *query, int column);
struct str postgres_column_bytes(struct query *query, int column);
bool postgres_column_is_null(struct query *query, int column);
enum st postgres_finish(struct query *query, struct err *err);
void postgres_forget(struct query *query);

#endif
