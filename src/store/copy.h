/*
 * copy: a database carried away as a file, for backups.
 *
 * Layer: store, SQLite alone: PostgreSQL has tools of its own for this, and
 * store_copy_make answers ST_INVALID with their names.
 *
 * A copy is FOLDER/pendeen.db, a whole database of one moment, made while others read and
 * write.  The data keys of records (table record_key) are taken out of it and handed over
 * one by one, so that they can be kept apart and for less long: a copy without them is one
 * in which every record was destroyed.  Nobody is signed in in a copy.
 */
#ifndef PENDEEN_STORE_COPY_H
#define PENDEEN_STORE_COPY_H

#include "seal/keyring.h"
#include "store/store.h"

/* A data key as it is kept: wrapped by the ring. */
struct copy_key {
    int64_t id;
    int64_t by; /* the ring's key */
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
};

struct copy_keys {
    bool (*take)(void *context, const struct copy_key *key); /* false ends it */
    bool (*next)(void *context, struct copy_key *ret);       /* false: there are no more */
    void *context;
};

/* Into a folder that is there and empty.  `progress` may be NULL. */
enum st store_copy_make(struct store *store, const char *folder,
                        void (*progress)(void *, int64_t done, int64_t total), void *context,
                        struct err *err) MUST_USE;
/* Takes every data key out of the copy, so that its bytes are nowhere in the file. */
enum st store_copy_take_keys(const char *folder, const struct copy_keys *keys, int64_t *ret_count,
                             int64_t *ret_last, struct err *err) MUST_USE;
/* Puts back those of rows that are there; *ret_count says how many.  What was destroyed when
 * the copy was made stays so. */
enum st store_copy_put_keys(const char *folder, const struct copy_keys *keys, int64_t *ret_count,
                            struct err *err) MUST_USE;
/* No data key gets a number up to this one any more: an empty row takes its place. */
enum st store_copy_reserve(const char *folder, int64_t last, struct err *err) MUST_USE;
/* Is it whole, page by page and reference by reference?  ST_CONFLICT says what is not. */
enum st store_copy_check(const char *folder, struct err *err) MUST_USE;
/* Each table and how many rows it has, in order of name. */
enum st store_copy_count(const char *folder, void (*table)(void *, struct str name, int64_t rows),
                         void *context, struct err *err) MUST_USE;
/* All of the file on the disk, and the folder's entry. */
enum st store_copy_sync(const char *folder, struct err *err) MUST_USE;

#endif
