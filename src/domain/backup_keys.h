/*
 * backup_keys: the data keys of a backup, in a file of their own.
 *
 * Layer: domain.  A parcel that holds, after a line which says so, 8 bytes of when it was made
 * and 8 of how many lines the audit's log had then, which only grows, whatever a clock says; then
 * each key as 8 bytes of its number, 4 of the ring's key (all least first) and what was wrapped.
 * Files of the first version have no such head.
 */
#ifndef PENDEEN_DOMAIN_BACKUP_KEYS_H
#define PENDEEN_DOMAIN_BACKUP_KEYS_H

#include "base/clock.h"
#include "seal/parcel.h"
#include "store/copy.h"

struct backup_keys_about {
    instant_ms made; /* 0: it does not say */
    uint64_t lines;  /* of the audit's log */
};

struct backup_keys_writer {
    FILE *file;
    struct stream_writer *stream;
    struct parcel_key to;
    uint8_t stream_key[SEAL_KEY_SIZE];
    bool good;
};

bool backup_keys_begin(struct backup_keys_writer *writer, FILE *file, const struct parcel_key *to,
                       const struct backup_keys_about *about);
/* For store_copy_take_keys; the context is the writer. */
bool backup_keys_take(void *writer, const struct copy_key *key);
bool backup_keys_end(struct backup_keys_writer *writer);
/* Reads them over, from the file's beginning: are there so many? */
enum st backup_keys_check(struct backup_keys_writer *writer, int64_t count,
                          struct err *err) MUST_USE;
void backup_keys_clear(struct backup_keys_writer *writer);

/* Reading; `visit` false ends it and is told by `broken`. */
struct backup_keys_reader {
    struct stream_reader *stream;
    struct backup_keys_about about;
    bool broken; /* the file is not what was written */
};
enum st backup_keys_open(struct backup_keys_reader *ret, FILE *file,
                         const struct parcel_secret *secret, struct err *err) MUST_USE;
/* For store_copy_put_keys; the context is the reader.  False at the end, or when broken. */
bool backup_keys_next(void *reader, struct copy_key *ret);
void backup_keys_close(struct backup_keys_reader *reader); /* accepts a zeroed one */

#endif
