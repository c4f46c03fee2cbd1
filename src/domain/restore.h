/*
 * restore: a backup (backup.h) made a data folder again, and held to what it says of itself.
 *
 * Layer: domain.  Nothing is written over: the folder has to be empty, but for a key ring.
 * What does not verify is taken away again.
 */
#ifndef PENDEEN_DOMAIN_RESTORE_H
#define PENDEEN_DOMAIN_RESTORE_H

#include "domain/backup.h"

struct restore_plan {
    const char *backup;    /* a file, or a folder of them: the newest */
    const char *data_keys; /* a file; NULL: the newest beside the backup */
    bool older_keys; /* also when that is older than the backup, so that keys are missing */
    const struct parcel_secret *secret;
    const char *folder; /* made when it is missing */
    struct keyring *keys; /* the ring, NULL: whether it opens the records is not looked at */
    /* who signs the log; NULL: signatures are not looked at */
    const struct checkpoint_key *log_key;
};

struct restore_report {
    char name[BACKUP_NAME_SIZE + 200]; /* the file that was taken */
    instant_ms made;
    int64_t tables;
    int64_t rows;
    int64_t keys;      /* data keys that it had when it was made */
    int64_t keys_back; /* of them, those that are back; the others were destroyed since */
    /* or were made after the file of data keys, which is older than the backup */
    bool older_keys;
    int64_t opened;    /* by the ring */
    uint64_t lines;
    struct merkle_hash root;
    bool is_signed; /* by the log's key */
    bool has_recovery; /* the ring is back as it is sealed to its shares */
};

/* ST_INVALID: it is no backup, or the folder is not empty; ST_DENIED: it was made for
 * another key, or not signed by the log's; ST_CONFLICT: it was changed or cut off, or what is
 * in it is not what its manifest says, or its data keys are older or another's; ST_NOT_FOUND: there
 * is none. */
enum st backup_restore(const struct restore_plan *plan, struct restore_report *ret,
                       struct err *err) MUST_USE;
/* The same into a folder of its own under TMPDIR or /tmp, which is taken away afterwards;
 * plan->folder is not looked at. */
enum st backup_rehearse(const struct restore_plan *plan, struct restore_report *ret,
                        struct err *err) MUST_USE;

#endif
