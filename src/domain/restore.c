#include "domain/restore.h"

#include "domain/audit_check.h"
#include "domain/backup_keys.h"
#include "domain/backup_recovery.h"
#include "seal/field.h"
#include "seal/secret.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 1400, PIECE = 64 << 10 };

struct restoring {
    const struct restore_plan *plan;
    struct restore_report *report;
    char backup[PATH_SIZE];
    char data_keys[PATH_SIZE];
    char database[PATH_SIZE];
    bool made_folder;
    struct buf text; /* the manifest */
    struct backup_manifest manifest;
    struct buf counts;
    struct backup_keys_reader reader;
    int64_t last_key; /* that was read */
};

static enum st cannot(const char *doing, const char *path, struct err *err)
{
    int why = errno;
    err_set(err, ST_FAILED, "'%s' cannot be %s.", path, doing);
    if (why == ENOSPC || why == EDQUOT) err_hint(err, "There is no room left on that disk.");
    err_detail(err, "%s", strerror(why));
    return ST_FAILED;
}

static enum st changed(struct err *err)
{
    err_set(err, ST_CONFLICT, "The backup was changed or cut off: it does not open to its end.");
    err_hint(err, "Nothing was restored. Take another copy of it, or the backup before.");
    return ST_CONFLICT;
}

static enum st differs(const char *what, struct err *err)
{
    err_set(err, ST_CONFLICT, "What was restored is not what the backup says of itself: %s.", what);
    err_hint(err, "Nothing was left in the folder. Take the backup before.");
    return ST_CONFLICT;
}

/* --- which files ---------------------------------------------------------------------------- */

static enum st newest_in(const char *folder, const char *ending, char ret[static PATH_SIZE],
                         struct err *err)
{
    size_t count = 0;
    instant_ms *made = calloc(BACKUPS_MAX, sizeof *made);
    if (!made) abort();
    enum st outcome = backup_list(folder, ending, made, &count, err);
    if (outcome == ST_OK && count == 0)
        outcome =
            err_set(err, ST_NOT_FOUND, "There is no file pendeen-…%s in '%s'.", ending, folder);
    if (outcome == ST_OK) {
        char name[BACKUP_NAME_SIZE];
        size_t ahead = backup_ahead(made, count);
        backup_name(made[ahead < count ? ahead : 0], ending, name);
        snprintf(ret, PATH_SIZE, "%s/%s", folder, name);
    }
    free(made);
    return outcome;
}

static enum st find_files(struct restoring *restoring, struct err *err)
{
    const struct restore_plan *plan = restoring->plan;
    struct stat about;
    enum st outcome = ST_OK;
    if (stat(plan->backup, &about) != 0) return cannot("read", plan->backup, err);
    if (S_ISDIR(about.st_mode))
        outcome = newest_in(plan->backup, ".backup", restoring->backup, err);
    else
        snprintf(restoring->backup, PATH_SIZE, "%s", plan->backup);
    if (outcome != ST_OK) return outcome;
    const char *slash = strrchr(restoring->backup, '/');
    snprintf(restoring->report->name, sizeof restoring->report->name, "%.200s",
             slash ? slash + 1 : restoring->backup);
    if (plan->data_keys) {
        snprintf(restoring->data_keys, PATH_SIZE, "%s", plan->data_keys);
        return ST_OK;
    }
    char beside[PATH_SIZE];
    snprintf(beside, sizeof beside, "%s", restoring->backup);
    outcome = newest_in(dirname(beside), ".keys", restoring->data_keys, err);
    if (outcome == ST_NOT_FOUND)
        err_hint(
            err,
            "The data keys of the records are in a file of their own: name it with --data-keys.");
    return outcome;
}

/* Nothing is written over.  A ring may have been put there already. */
static enum st take_folder(struct restoring *restoring, struct err *err)
{
    const char *folder = restoring->plan->folder;
    restoring->made_folder = mkdir(folder, 0700) == 0;
    if (!restoring->made_folder && errno != EEXIST) return cannot("made", folder, err);
    DIR *list = opendir(folder);
    if (!list) return cannot("read", folder, err);
    const struct dirent *entry;
    bool empty = true;
    while ((entry = readdir(list))) {
        struct str name = str_from(entry->d_name);
        empty = empty &&
                (str_eq(name, STR(".")) || str_eq(name, STR("..")) ||
                 str_eq(name, STR("pendeen.keys")) || str_eq(name, STR("pendeen.keys.recovery")));
    }
    closedir(list);
    if (!empty) {
        err_set(err, ST_INVALID, "The folder '%s' is not empty, and nothing is written over.",
                folder);
        err_hint(err, "Name a new folder, or move away what is in it; only a key ring may stay.");
        return ST_INVALID;
    }
    snprintf(restoring->database, PATH_SIZE, "%s/pendeen.db", folder);
    return ST_OK;
}

/* --- reading --------------------------------------------------------------------------------- */

/* The manifest's length in a line, and the manifest. */
static enum st read_manifest(struct restoring *restoring, struct stream_reader *reader,
                             struct err *err)
{
    int64_t size = 0;
    char one = 0;
    char digits[32];
    size_t count = 0;
    while (count < sizeof digits && stream_read(reader, &one, 1) == 1 && one != '\n')
        digits[count++] = one;
    if (one != '\n') return changed(err);
    if (!str_to_int(str_of(digits, count), &size) || size < 1 || size > BACKUP_MANIFEST_MAX)
        return err_set(err, ST_INVALID, "That file holds no database of a backup.");
    for (int64_t i = 0; i < size; i++) {
        if (stream_read(reader, &one, 1) != 1) return changed(err);
        buf_add_char(&restoring->text, one);
    }
    return backup_manifest_read(buf_str(&restoring->text), &restoring->manifest, err);
}

/* All of it, or errno says why not. */
static bool write_whole(int handle, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(handle, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        bytes += put;
        size -= (size_t)put;
    }
    return true;
}

static enum st write_database(struct restoring *restoring, struct stream_reader *reader,
                              struct err *err)
{
    char piece[PIECE];
    int64_t bytes = 0;
    ssize_t got;
    int handle = open(restoring->database, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (handle < 0) return cannot("written", restoring->database, err);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && (got = stream_read(reader, piece, sizeof piece)) != 0) {
        bytes += got;
        if (got < 0)
            outcome = changed(err);
        else if (!write_whole(handle, piece, (size_t)got))
            outcome = cannot("written", restoring->database, err);
    }
    if (close(handle) != 0 && outcome == ST_OK)
        outcome = cannot("written", restoring->database, err);
    if (outcome == ST_OK && bytes != restoring->manifest.bytes)
        outcome = differs("its length", err);
    return outcome;
}

static enum st unpack(struct restoring *restoring, struct err *err)
{
    struct stream_reader *reader = NULL;
    FILE *file = fopen(restoring->backup, "rbe");
    if (!file) return cannot("read", restoring->backup, err);
    enum st outcome = parcel_read_begin(file, restoring->plan->secret, &reader, err);
    if (outcome == ST_OK) outcome = read_manifest(restoring, reader, err);
    if (outcome == ST_OK) outcome = write_database(restoring, reader, err);
    stream_read_end(reader);
    fclose(file);
    return outcome;
}

/* --- data keys -------------------------------------------------------------------------------- */

static bool next_key(void *context, struct copy_key *ret)
{
    struct restoring *restoring = context;
    const struct restore_plan *plan = restoring->plan;
    uint8_t key[SEAL_KEY_SIZE];
    while (backup_keys_next(&restoring->reader, ret)) {
        if (ret->id > restoring->last_key) restoring->last_key = ret->id;
        if (ret->id > restoring->manifest.last_key) continue;
        if (plan->keys && keyring_unwrap(plan->keys, (uint32_t)ret->by, ret->id,
                                         str_of((const char *)ret->wrapped, SEAL_WRAPPED_SIZE), key,
                                         NULL) == ST_OK)
            restoring->report->opened++;
        seal_forget(key, sizeof key);
        return true;
    }
    return false;
}

/* Then what was shared between the two would be missing, and nothing of it was destroyed.  A file
 * that does not say when it was made is held to its last key. */
static enum st check_age(struct restoring *restoring, struct err *err)
{
    struct checkpoint log;
    const struct backup_keys_reader *reader = &restoring->reader;
    enum st outcome = checkpoint_read(restoring->manifest.note, &log, err);
    if (outcome != ST_OK) return outcome;
    bool older = reader->about.made ? reader->about.lines < log.size
                                    : restoring->last_key < restoring->manifest.last_key;
    restoring->report->older_keys = older;
    if (!older || restoring->plan->older_keys) return ST_OK;
    err_set(err, ST_CONFLICT,
            "The file of data keys is older than the backup: what was shared in between could not "
            "be read.");
    err_hint(err, "Name a newer one (--data-keys), or do without those records (--older-keys).");
    return ST_CONFLICT;
}

/* What is shared from now on gets numbers that no data key had.  Those after the backup were given
 * to records that are in later ones: given again, a later file of data keys would hold keys under
 * them that open nothing there.  The file says how far they went, if it is no older; numbers from
 * the clock on are past whatever was given since, with the file or without. */
static enum st leave_numbers(const struct restoring *restoring, struct err *err)
{
    int64_t last = clock_now();
    if (restoring->last_key > last) last = restoring->last_key;
    return store_copy_reserve(restoring->plan->folder, last, err);
}

static enum st put_keys(struct restoring *restoring, struct err *err)
{
    FILE *file = fopen(restoring->data_keys, "rbe");
    if (!file) return cannot("read", restoring->data_keys, err);
    struct restore_report *report = restoring->report;
    struct copy_keys keys = {.next = next_key, .context = restoring};
    enum st outcome = backup_keys_open(&restoring->reader, file, restoring->plan->secret, err);
    if (outcome == ST_OK)
        outcome = store_copy_put_keys(restoring->plan->folder, &keys, &report->keys_back, err);
    if (outcome == ST_OK && restoring->reader.broken) outcome = changed(err);
    if (outcome == ST_OK) outcome = check_age(restoring, err);
    if (outcome == ST_OK) outcome = leave_numbers(restoring, err);
    backup_keys_close(&restoring->reader);
    fclose(file);
    report->keys = restoring->manifest.keys;
    if (outcome == ST_OK && restoring->plan->keys && report->opened != report->keys_back) {
        err_set(err, ST_DENIED, "The key ring opens %lld of the %lld data keys.",
                (long long)report->opened, (long long)report->keys_back);
        err_hint(err, "Use the ring of the folder that was backed up.");
        outcome = ST_DENIED;
    }
    return outcome;
}

/* --- the ring, for whoever has its shares ---------------------------------------------------- */

/* It goes with the file of data keys.  One that lies in the folder already stays. */
static enum st put_recovery(const struct restoring *restoring, struct err *err)
{
    static const struct str ending = STR_INIT(".keys");
    const struct restore_plan *plan = restoring->plan;
    struct str keys = str_from(restoring->data_keys);
    char from[PATH_SIZE + 20];
    char ring[PATH_SIZE];
    char beside[PATH_SIZE + 20];
    if (!str_ends(keys, ending)) return ST_OK;
    snprintf(from, sizeof from, "%.*s.recovery", (int)(keys.len - ending.len), keys.ptr);
    snprintf(ring, sizeof ring, "%s/pendeen.keys", plan->folder);
    snprintf(beside, sizeof beside, "%s.recovery", ring);
    if (access(beside, F_OK) == 0) return ST_OK;
    struct err why = {0};
    enum st outcome = backup_recovery_put(from, plan->secret, ring, &why);
    restoring->report->has_recovery = outcome == ST_OK;
    if (outcome == ST_OK || outcome == ST_NOT_FOUND) return ST_OK;
    *err = why;
    return outcome;
}

/* --- holding it to its manifest --------------------------------------------------------------- */

static enum st check_hash(const struct restoring *restoring, struct err *err)
{
    uint8_t hash[PARCEL_KEY_SIZE];
    FILE *file = fopen(restoring->database, "rbe");
    bool good = file && parcel_hash(file, hash);
    if (file) fclose(file);
    if (!good) return cannot("read", restoring->database, err);
    return memcmp(hash, restoring->manifest.hash, sizeof hash) == 0 ? ST_OK
                                                                    : differs("its hash", err);
}

/* In the manifest's own words, so that each is held to the other whole. */
static void note_table(void *context, struct str name, int64_t rows)
{
    struct restoring *restoring = context;
    buf_add_fmt(&restoring->counts, "table %.*s %lld\n", STR_ARG(name), (long long)rows);
    restoring->report->tables++;
    restoring->report->rows += rows;
}

static enum st check_counts(struct restoring *restoring, struct err *err)
{
    enum st outcome = store_copy_count(restoring->plan->folder, note_table, restoring, err);
    if (outcome != ST_OK) return outcome;
    return str_eq(buf_str(&restoring->counts), restoring->manifest.counts)
               ? ST_OK
               : differs("rows of its tables", err);
}

static enum st check_log(struct restoring *restoring, struct err *err)
{
    struct store *store = NULL;
    struct audit_report report = {0};
    struct checkpoint checkpoint;
    struct restore_report *said = restoring->report;
    const struct restore_plan *plan = restoring->plan;
    struct audit_check check = {
        .key = plan->log_key, .note = restoring->manifest.note, .keys = plan->keys};
    enum st outcome = checkpoint_read(restoring->manifest.note, &checkpoint, err);
    if (outcome == ST_OK) outcome = store_open_reading(plan->folder, "", &store, err);
    if (outcome == ST_OK) outcome = audit_check_store(store, &check, &report, err);
    store_close(store);
    if (outcome != ST_OK) return outcome;
    if ((int64_t)report.found > restoring->manifest.found)
        return differs(report.finding[0].words, err);
    if (report.size != checkpoint.size || !merkle_equal(&report.root, &checkpoint.root))
        return differs("the audit's log", err);
    said->lines = report.size;
    said->root = report.root;
    said->is_signed = plan->log_key != NULL;
    return ST_OK;
}

/* One value of each submission. */
static enum st count_closed(struct db *db, const struct restore_plan *plan, int64_t *ret_read,
                            int64_t *ret_closed, struct err *err)
{
    struct arena arena;
    struct str words;
    arena_init(&arena, 4 << 20);
    struct query *query = db_query(db, Q_NAMING_WORDS);
    for (; db_next(query); ++*ret_read) {
        struct data_key key = {.id = db_int(query, 4)};
        struct arena_mark mark = arena_mark(&arena);
        bool good = keyring_unwrap(plan->keys, (uint32_t)db_int(query, 5), key.id,
                                   db_bytes(query, 6), key.bytes, NULL) == ST_OK &&
                    field_open(&arena, &key, FIELD_SUBMISSION_WORDS, db_int(query, 0),
                               db_bytes(query, 3), &words, NULL) == ST_OK;
        *ret_closed += !good;
        arena_reset(&arena, mark);
        data_key_clear(&key);
    }
    arena_done(&arena);
    return db_end(query, err);
}

/* A data key that the ring opens may still be another record's. */
static enum st check_records(const struct restoring *restoring, struct err *err)
{
    int64_t read = 0;
    int64_t closed = 0;
    struct store *store = NULL;
    const struct restore_plan *plan = restoring->plan;
    if (!plan->keys) return ST_OK;
    enum st outcome = store_open_reading(plan->folder, "", &store, err);
    struct db *db = outcome == ST_OK ? store_read_begin(store, err) : NULL;
    if (outcome == ST_OK) outcome = db ? count_closed(db, plan, &read, &closed, err) : ST_FAILED;
    if (db) store_read_end(store, db);
    store_close(store);
    if (outcome != ST_OK || !closed) return outcome;
    err_set(err, ST_CONFLICT,
            "The data keys are not those of this backup: %lld of %lld submissions do not open.",
            (long long)closed, (long long)read);
    err_hint(err, "Name the file of data keys that was made with it, or soon after (--data-keys).");
    return ST_CONFLICT;
}

static enum st restore(struct restoring *restoring, struct err *err)
{
    const struct restore_plan *plan = restoring->plan;
    enum st outcome = unpack(restoring, err);
    restoring->report->made = restoring->manifest.made;
    if (outcome == ST_OK) outcome = check_hash(restoring, err);
    if (outcome == ST_OK && plan->log_key)
        outcome = backup_manifest_verify(buf_str(&restoring->text), &restoring->manifest,
                                         plan->log_key, err);
    if (outcome == ST_OK) outcome = store_copy_check(plan->folder, err);
    if (outcome == ST_OK) outcome = check_counts(restoring, err);
    if (outcome == ST_OK) outcome = put_keys(restoring, err);
    if (outcome == ST_OK) outcome = check_records(restoring, err);
    if (outcome == ST_OK) outcome = check_log(restoring, err);
    if (outcome == ST_OK) outcome = put_recovery(restoring, err);
    return outcome == ST_OK ? store_copy_sync(plan->folder, err) : outcome;
}

/* What was put into the folder, and nothing else. */
static void take_away(const struct restoring *restoring)
{
    static const char *const ending[] = {"", "-journal", "-wal", "-shm"};
    char path[PATH_SIZE + 30];
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        snprintf(path, sizeof path, "%s%s", restoring->database, ending[i]);
        unlink(path);
    }
    if (!restoring->report->has_recovery) return;
    snprintf(path, sizeof path, "%s/pendeen.keys.recovery", restoring->plan->folder);
    unlink(path);
}

enum st backup_restore(const struct restore_plan *plan, struct restore_report *ret, struct err *err)
{
    struct restoring restoring = {.plan = plan, .report = ret};
    *ret = (struct restore_report){0};
    buf_init(&restoring.text, BACKUP_MANIFEST_MAX);
    buf_init(&restoring.counts, BACKUP_MANIFEST_MAX);
    enum st outcome = find_files(&restoring, err);
    if (outcome == ST_OK) outcome = take_folder(&restoring, err);
    if (outcome == ST_OK) {
        outcome = restore(&restoring, err);
        if (outcome != ST_OK) take_away(&restoring);
    }
    if (outcome != ST_OK && restoring.made_folder) (void)rmdir(plan->folder);
    buf_done(&restoring.text);
    buf_done(&restoring.counts);
    return outcome;
}

enum st backup_rehearse(const struct restore_plan *given, struct restore_report *ret,
                        struct err *err)
{
    char folder[PATH_SIZE];
    char path[PATH_SIZE + 30];
    const char *under = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/pendeen-rehearsal-XXXXXX",
             under && *under ? under : "/tmp");
    if (!mkdtemp(folder)) return cannot("made", folder, err);
    struct restore_plan plan = *given;
    plan.folder = folder;
    enum st outcome = backup_restore(&plan, ret, err);
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/pendeen.keys.recovery", folder);
    unlink(path);
    if (rmdir(folder) != 0 && outcome == ST_OK) outcome = cannot("removed", folder, err);
    return outcome;
}
