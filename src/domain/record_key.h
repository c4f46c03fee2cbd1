/*
 * record_key: the data key of each record, wrapped by the ring in a table apart.
 *
 * Layer: domain.  A record (a submission with its mentions, its source, an import, a
 * decision, an account) has one data key.  Where that row is gone the record cannot be
 * read by anybody, here or in a backup that lacks the row: it is shredded.
 */
#ifndef PENDEEN_DOMAIN_RECORD_KEY_H
#define PENDEEN_DOMAIN_RECORD_KEY_H

#include "domain/app.h"
#include "seal/field.h"

/* A new data key, wrapped and stored in the caller's transaction. */
enum st record_key_add(struct app *app, struct db *db, enum key_use use, struct data_key *ret,
                       struct err *err) MUST_USE;
/* ST_NOT_FOUND: there is none, or none any more. */
enum st record_key_read(struct app *app, struct db *db, int64_t id, struct data_key *ret,
                        struct err *err) MUST_USE;
/* Out of a row of a query that joins record_key: the columns id, kek and wrapped stand
 * at `column` and the two after it. */
enum st record_key_from_row(struct app *app, struct query *query, int column, struct data_key *ret,
                            struct err *err) MUST_USE;
/* Destroys it, and the snapshot that may hold something of the record.  ST_NOT_FOUND when it
 * is gone already. */
/* and FACT_UNWIPED */
enum st record_key_destroy(struct db *db, int64_t id, struct err *err) MUST_USE;
/* Destroys this one alone: for the snapshot (domain/snapshot.h), which the other takes along. */
enum st record_key_destroy_one(struct db *db, int64_t id, struct err *err) MUST_USE;

/* Adds new keys to the ring and rewraps every data key by them, a few hundred in each
 * transaction, so that the program goes on serving.  Told how far it is. */
enum st record_keys_rotate(struct app *app, void (*progress)(void *, int64_t done, int64_t total),
                           void *context, int64_t *ret_count, struct err *err) MUST_USE;
/* How many data keys a key of the ring wraps. */
enum st record_keys_count(struct app *app, uint32_t kek, int64_t *ret, struct err *err) MUST_USE;
/* Forgets a key of the ring that wraps nothing any more. ST_CONFLICT while it does. */
enum st record_keys_forget(struct app *app, uint32_t kek, struct err *err) MUST_USE;

#endif
