/*
 * backup: the records carried away, sealed to a key that this machine does not hold.
 *
 * Layer: domain, SQLite alone (store/copy.h).  A backup is two files of mode 0600:
 *
 *     pendeen-20261128T020000Z.backup   the database of one moment, without the data keys
 *     pendeen-20261128T020000Z.keys     the data keys, wrapped by the ring as they are kept
 *
 * each a parcel (seal/parcel.h); and, where the ring was split into shares, that ring sealed to
 * them (backup_recovery.h), beside the data keys.  What opens a record is three things that lie
 * in three places: the backup, its data key, and the ring, which is in neither in the clear.
 * Data keys keep their numbers for good, so the newest file of them goes with a backup of any age,
 * and only the newest BACKUP_KEYS_KEPT are kept: a record that was destroyed cannot be read in the
 * backups either, once so many more were made (docs/decisions/0077).
 *
 * In front of the database stands a manifest: tables and their rows, data keys, hash of the
 * database, and the audit's checkpoint, which is signed for this manifest.
 */
#ifndef PENDEEN_DOMAIN_BACKUP_H
#define PENDEEN_DOMAIN_BACKUP_H

#include "domain/app.h"
#include "seal/checkpoint.h"
#include "seal/parcel.h"

enum { BACKUP_KEYS_KEPT = 2, BACKUP_NAME_SIZE = 40, BACKUP_MANIFEST_MAX = 256 << 10 };

/* Which are kept: the newest of each of so many days, weeks (from Monday) and months in
 * which there is one; the newest of all in any case. */
struct backup_keep {
    int64_t days;
    int64_t weeks;
    int64_t months;
};

struct backup_plan {
    const char *folder; /* where they are kept; made when it is missing */
    struct parcel_key to;
    struct backup_keep keep;
    void (*progress)(void *context, int64_t done, int64_t total); /* may be NULL */
    void *context;
};

struct backup_made {
    char name[BACKUP_NAME_SIZE]; /* "pendeen-20261128T020000Z.backup" */
    int64_t bytes;
    int64_t tables;
    int64_t rows;
    int64_t keys;
    uint64_t lines; /* of the audit */
    size_t removed; /* older ones that were not to be kept */
    size_t ahead;   /* are named after a time that is yet to come */
    /* of the ring, sealed to its shares: it is with it; there are no shares; the file that
     * should be beside the ring is not there */
    enum { RECOVERY_KEPT, RECOVERY_NONE, RECOVERY_GONE } recovery;
};

/* Makes one while others read and write, reads it over from the disk, and only then gives
 * it its name.  ST_CONFLICT: it was made, but the audit's log does not hold, and nothing
 * older was removed. */
enum st backup_make(struct app *app, const struct backup_plan *plan, struct backup_made *ret,
                    struct err *err) MUST_USE;

/* Does the newest backup that is known of need this key of the ring, or is none known?  True with
 * PostgreSQL, whose backups nobody here knows of. */
enum st backup_needs_key(struct app *app, uint32_t key, bool *ret, struct err *err) MUST_USE;

/* --- files --------------------------------------------------------------------------------- */

/* The backups of a folder, the newest first, as instants of UTC.  `ending` ".backup" or
 * ".keys". */
enum { BACKUPS_MAX = 4000 };
enum st backup_list(const char *folder, const char *ending, instant_ms ret[static BACKUPS_MAX],
                    size_t *ret_count, struct err *err) MUST_USE;
/* How many of them, which stand first, are named after a time that is yet to come: they were made
 * while a clock was wrong, or it is wrong now.  They count as no newest. */
size_t backup_ahead(const instant_ms *made, size_t count);
void backup_name(instant_ms made, const char *ending, char ret[static BACKUP_NAME_SIZE]);
/* Which of them are kept; the newest stands first. */
void backup_choose(const instant_ms *made, size_t count, const struct backup_keep *keep,
                   bool *ret_keep);

/* --- the manifest ----------------------------------------------------------------------------- */

struct backup_manifest {
    instant_ms made;
    int64_t bytes; /* of the database */
    uint8_t hash[PARCEL_KEY_SIZE];
    int64_t keys;     /* data keys in use */
    int64_t last_key; /* the largest number among them */
    int64_t tables;
    int64_t rows;
    int64_t found; /* what was found wrong with the log */
    struct str counts; /* "TABLE ROWS\n" for each; in the text that was read */
    struct str note;   /* the checkpoint; likewise */
};
void backup_manifest_write(const struct backup_manifest *manifest, const struct checkpoint *log,
                           const struct checkpoint_signer *signer, struct buf *out);
enum st backup_manifest_read(struct str text, struct backup_manifest *ret,
                             struct err *err) MUST_USE;
/* The checkpoint is this key's, and was signed for this manifest.  ST_DENIED. */
enum st backup_manifest_verify(struct str text, const struct backup_manifest *manifest,
                               const struct checkpoint_key *key, struct err *err) MUST_USE;

#endif
