/*
 * migration: the numbered, forward-only changes of the database's shape.
 *
 * Layer: store.  The texts are those of sql/, built into the program.  What was
 * applied is kept in the table `migration` with a checksum: a text that changed
 * after it was applied stops the program with a clear message.
 */
#ifndef PENDEEN_STORE_MIGRATION_H
#define PENDEEN_STORE_MIGRATION_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct migration {
    int number;
    const char *name;
    const char *text;
};

extern const struct migration migrations[];
extern const size_t migrations_count;

struct data_key;
struct db;
struct keyring;

/* A migration whose text holds the line "-- %STEP%" has work in C at that place, in the
 * same transaction: what no SQL can do, such as sealing (step_*.c). */
enum st step_sealing(struct db *db, struct keyring *keys, struct err *err) MUST_USE;
enum st step_audit(struct db *db, struct keyring *keys, struct err *err) MUST_USE;
enum st step_accounts(struct db *db, struct keyring *keys, struct err *err) MUST_USE;
enum st step_audit_index(struct db *db, struct keyring *keys, struct err *err) MUST_USE;
enum st step_columns(struct db *db, struct keyring *keys, struct err *err) MUST_USE;
/* For a step: a new data key of a record, wrapped and stored. */
enum st step_key_add(struct db *db, struct keyring *keys, struct data_key *ret,
                     struct err *err) MUST_USE;

/* Of a database that is read as it is, such as a copy of an older version. */
bool migration_is_applied(struct db *db, int number);

/* Applies what is missing, each in its own transaction; *ret_applied (may be
 * NULL) says how many.  ST_CONFLICT: the database is newer than this program,
 * or a checksum differs. */
enum st migration_apply(struct db *writer, struct keyring *keys, int *ret_applied,
                        struct err *err) MUST_USE;

#endif
