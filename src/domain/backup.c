#include "domain/backup.h"

#include "domain/audit.h"
#include "domain/audit_check.h"
#include "domain/audit_checkpoint.h"
#include "domain/backup_keys.h"
#include "domain/backup_recovery.h"
#include "seal/secret.h"
#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 1400, PIECE = 64 << 10 };

struct making {
    struct app *app;
    const struct backup_plan *plan;
    char copy[PATH_SIZE]; /* the folder of the copy */
    char database[PATH_SIZE]; /* "….new" until they are read over */
    char keys[PATH_SIZE];
    char recovery[PATH_SIZE];
    struct buf manifest;
    struct buf counts;
    struct backup_manifest about;
    int64_t oldest_key; /* of the ring, that wraps a data key in it */
    struct backup_made *made;
};

/* Its value: the oldest key of the ring that the newest backup needs.  Keys' numbers rise. */
#define FACT_KEYS_FROM "backup-keys-from"

static enum st cannot(const char *doing, const char *path, struct err *err)
{
    int why = errno;
    enum st outcome = why == ENOSPC || why == EDQUOT ? ST_BUSY : ST_FAILED;
    err_set(err, outcome,
            outcome == ST_BUSY ? "There is no room on the disk for the backup."
                               : "The backup cannot be %s.",
            doing);
    if (why == EACCES || why == EPERM || why == EROFS)
        err_hint(err, "A server writes backups into its data folder only, unless it was started "
                      "with --backups FOLDER.");
    err_detail(err, "%s: %s", path, strerror(why));
    return outcome;
}

/* --- the copy --------------------------------------------------------------------------- */

static void remove_copy(const char *folder)
{
    static const char *const names[] = {"pendeen.db", "pendeen.db-journal", "pendeen.db-wal",
                                        "pendeen.db-shm"};
    char path[PATH_SIZE + 40];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static void note_table(void *context, struct str name, int64_t rows)
{
    struct making *making = context;
    buf_add_fmt(&making->counts, "%.*s %lld\n", STR_ARG(name), (long long)rows);
    making->made->tables++;
    making->made->rows += rows;
}

static enum st open_file(const char *path, const char *mode, FILE **ret, struct err *err)
{
    bool writes = mode[0] == 'w';
    int handle = open(path, (writes ? O_RDWR | O_CREAT | O_EXCL : O_RDONLY) | O_CLOEXEC, 0600);
    *ret = handle >= 0 ? fdopen(handle, mode) : NULL;
    if (*ret) return ST_OK;
    enum st outcome = cannot(writes ? "written" : "read", path, err);
    if (handle >= 0) close(handle);
    return outcome;
}

static enum st hash_copy(struct making *making, struct err *err)
{
    char path[PATH_SIZE + 40];
    struct stat about;
    FILE *file;
    snprintf(path, sizeof path, "%s/pendeen.db", making->copy);
    enum st outcome = open_file(path, "rb", &file, err);
    if (outcome != ST_OK) return outcome;
    if (fstat(fileno(file), &about) != 0 || !parcel_hash(file, making->about.hash))
        outcome = cannot("read", path, err);
    else
        making->about.bytes = (int64_t)about.st_size;
    fclose(file);
    return outcome;
}

/* Is the log in the copy whole, and what is it? */
static enum st look_at_log(struct making *making, struct checkpoint *ret, struct err *err)
{
    struct store *store = NULL;
    struct audit_report report = {0};
    struct checkpoint_signer signer;
    audit_signer(making->app->keys, &signer);
    enum st outcome = store_open_reading(making->copy, "", &store, err);
    struct audit_check check = {.key = &signer.key};
    if (outcome == ST_OK) outcome = audit_check_store(store, &check, &report, err);
    store_close(store);
    making->about.found = (int64_t)report.found;
    making->made->lines = report.size;
    *ret = (struct checkpoint){.size = report.size, .root = report.root};
    memcpy(ret->origin, signer.key.name, sizeof ret->origin);
    checkpoint_signer_clear(&signer);
    return outcome;
}

static enum st write_manifest(struct making *making, const struct checkpoint *log)
{
    struct checkpoint_signer signer;
    audit_signer(making->app->keys, &signer);
    making->about.counts = buf_str(&making->counts);
    backup_manifest_write(&making->about, log, &signer, &making->manifest);
    checkpoint_signer_clear(&signer);
    return making->manifest.overflow || making->counts.overflow ? ST_LIMIT : ST_OK;
}

/* A whole database of one moment, looked over before anything is made of it. */
static enum st make_copy(struct making *making, struct err *err)
{
    const struct backup_plan *plan = making->plan;
    remove_copy(making->copy); /* of a run that was killed */
    if (mkdir(making->copy, 0700) != 0) return cannot("made", making->copy, err);
    enum st outcome =
        store_copy_make(making->app->store, making->copy, plan->progress, plan->context, err);
    return outcome == ST_OK ? store_copy_check(making->copy, err) : outcome;
}

/* --- writing and reading over --------------------------------------------------------------- */

/* To the disk, and no longer in the kernel's memory, so that what is read over is what lies
 * there. */
static bool settle(FILE *file)
{
    if (fflush(file) != 0 || fsync(fileno(file)) != 0) return false;
    posix_fadvise(fileno(file), 0, 0, POSIX_FADV_DONTNEED);
    return fseeko(file, 0, SEEK_SET) == 0;
}

static bool write_database(struct stream_writer *writer, const struct making *making, FILE *from)
{
    char head[32];
    char piece[PIECE];
    size_t got;
    int length = snprintf(head, sizeof head, "%zu\n", making->manifest.len);
    bool good = stream_write(writer, str_of(head, (size_t)length)) &&
                stream_write(writer, buf_str(&making->manifest));
    while (good && (got = fread(piece, 1, sizeof piece, from)) > 0)
        good = stream_write(writer, str_of(piece, got));
    return good && !ferror(from);
}

/* Reads `size` bytes, or says false. */
static bool read_whole(struct stream_reader *reader, char *into, size_t size)
{
    while (size > 0) {
        ssize_t got = stream_read(reader, into, size);
        if (got <= 0) return false;
        into += got;
        size -= (size_t)got;
    }
    return true;
}

static bool reads_the_same(struct stream_reader *reader, const struct making *making, FILE *from)
{
    char head[32];
    char piece[PIECE];
    char again[PIECE];
    int length = snprintf(head, sizeof head, "%zu\n", making->manifest.len);
    char *manifest = malloc(making->manifest.len);
    bool good = manifest && read_whole(reader, again, (size_t)length) &&
                memcmp(head, again, (size_t)length) == 0 &&
                read_whole(reader, manifest, making->manifest.len) &&
                memcmp(manifest, making->manifest.data, making->manifest.len) == 0;
    free(manifest);
    size_t got;
    while (good && (got = fread(piece, 1, sizeof piece, from)) > 0)
        good = read_whole(reader, again, got) && memcmp(piece, again, got) == 0;
    return good && !ferror(from) && stream_read(reader, again, 1) == 0;
}

static enum st seal_database(const struct making *making, FILE *from, FILE *file, struct err *err)
{
    uint8_t stream[SEAL_KEY_SIZE];
    struct stream_reader *reader = NULL;
    struct stream_writer *writer = parcel_write_begin(file, &making->plan->to, stream);
    bool good = writer && write_database(writer, making, from);
    if (writer && !stream_write_end(writer)) good = false;
    good = good && settle(file) && fseeko(from, 0, SEEK_SET) == 0;
    enum st outcome = good ? ST_OK : cannot("written", making->database, err);
    if (outcome == ST_OK)
        outcome = parcel_check_begin(file, &making->plan->to, stream, &reader, err);
    if (outcome == ST_OK && !reads_the_same(reader, making, from))
        outcome = err_set(err, ST_FAILED,
                          "What was written is not what stands on the disk. Is the disk failing?");
    stream_read_end(reader);
    seal_forget(stream, sizeof stream);
    making->made->bytes = ftello(file);
    return outcome;
}

static enum st write_backup(const struct making *making, struct err *err)
{
    char path[PATH_SIZE + 40];
    FILE *from;
    FILE *file = NULL;
    snprintf(path, sizeof path, "%s/pendeen.db", making->copy);
    enum st outcome = open_file(path, "rb", &from, err);
    if (outcome != ST_OK) return outcome;
    outcome = open_file(making->database, "w+b", &file, err);
    if (outcome == ST_OK) outcome = seal_database(making, from, file, err);
    if (file && fclose(file) != 0 && outcome == ST_OK)
        outcome = cannot("written", making->database, err);
    fclose(from);
    return outcome;
}

struct key_taking {
    struct making *making;
    struct backup_keys_writer *writer;
};

static bool take_key(void *context, const struct copy_key *key)
{
    struct key_taking *taking = context;
    int64_t *oldest = &taking->making->oldest_key;
    if (!*oldest || key->by < *oldest) *oldest = key->by;
    return backup_keys_take(taking->writer, key);
}

static enum st write_keys(struct making *making, struct err *err)
{
    FILE *file;
    const struct backup_keys_about about = {making->about.made, making->made->lines};
    struct backup_keys_writer writer;
    enum st outcome = open_file(making->keys, "w+b", &file, err);
    if (outcome != ST_OK) return outcome;
    if (!backup_keys_begin(&writer, file, &making->plan->to, &about))
        outcome = cannot("written", making->keys, err);
    if (outcome == ST_OK) {
        struct key_taking taking = {making, &writer};
        struct copy_keys keys = {.take = take_key, .context = &taking};
        outcome = store_copy_take_keys(making->copy, &keys, &making->about.keys,
                                       &making->about.last_key, err);
        if (!backup_keys_end(&writer) || !settle(file))
            outcome = cannot("written", making->keys, err);
        if (outcome == ST_OK) outcome = backup_keys_check(&writer, making->about.keys, err);
        backup_keys_clear(&writer);
    }
    if (fclose(file) != 0 && outcome == ST_OK) outcome = cannot("written", making->keys, err);
    making->made->keys = making->about.keys;
    return outcome;
}

/* --- all together ----------------------------------------------------------------------------- */

static bool sync_folder(const char *folder)
{
    int place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = place >= 0 && fsync(place) == 0;
    if (place >= 0) close(place);
    return good;
}

/* The ring for whoever has its shares.  It is no fault of the backup when there is none. */
static enum st write_recovery(struct making *making, struct err *err)
{
    struct keyring *ring = making->app->keys;
    struct err why = {0};
    enum st outcome = backup_recovery_make(ring, making->recovery, &making->plan->to, &why);
    if (outcome == ST_OK)
        making->made->recovery = RECOVERY_KEPT;
    else if (outcome == ST_NOT_FOUND)
        making->made->recovery = keyring_has_recovery(ring) ? RECOVERY_GONE : RECOVERY_NONE;
    else
        *err = why;
    return outcome == ST_NOT_FOUND ? ST_OK : outcome;
}

/* "….new" gets its name.  Data keys first: a backup without them is none. */
static enum st name_files(const struct making *making, struct err *err)
{
    const char *paths[] = {making->keys, making->recovery, making->database};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (i == 1 && making->made->recovery != RECOVERY_KEPT) continue;
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%.*s", (int)(strlen(paths[i]) - strlen(".new")), paths[i]);
        if (rename(paths[i], path) != 0) return cannot("named", path, err);
    }
    return sync_folder(making->plan->folder) ? ST_OK : cannot("written", making->plan->folder, err);
}

static size_t remove_all(const char *folder, const char *ending, const instant_ms *made,
                         size_t count, const bool *keep)
{
    size_t removed = 0;
    for (size_t i = 0; i < count; i++) {
        char name[BACKUP_NAME_SIZE];
        char path[PATH_SIZE];
        backup_name(made[i], ending, name);
        snprintf(path, sizeof path, "%s/%s", folder, name);
        if (!keep[i]) removed += unlink(path) == 0;
    }
    return removed;
}

/* By the time in its name. */
static void keep_own(const struct making *making, const instant_ms *made, size_t count, bool *keep)
{
    enum { SECOND_MS = 1000 };
    instant_ms own = making->about.made / SECOND_MS * SECOND_MS;
    for (size_t i = 0; i < count; i++) keep[i] |= made[i] == own;
}

/* Of this run and the newest besides.  What is named after a time that is yet to come is older
 * than this run, whatever it says, and comes last. */
static void choose_keys(const struct making *making, const instant_ms *made, size_t count,
                        bool *keep)
{
    size_t kept = 1;
    size_t ahead = backup_ahead(made, count);
    for (size_t i = 0; i < count; i++) keep[i] = false;
    keep_own(making, made, count, keep);
    for (size_t i = 0; i < count && kept < BACKUP_KEYS_KEPT; i++) {
        size_t at = (i + ahead) % count;
        kept += !keep[at];
        keep[at] = true;
    }
}

/* What is not to be kept goes; so do data keys, but for the newest. */
static enum st thin_out(const struct making *making, struct err *err)
{
    const struct backup_plan *plan = making->plan;
    instant_ms *made = calloc(BACKUPS_MAX, sizeof *made);
    bool *keep = calloc(BACKUPS_MAX, sizeof *keep);
    if (!made || !keep) abort();
    size_t count = 0;
    enum st outcome = backup_list(plan->folder, ".backup", made, &count, err);
    if (outcome == ST_OK) {
        size_t ahead = making->made->ahead = backup_ahead(made, count);
        for (size_t i = 0; i < ahead; i++) keep[i] = true; /* somebody has to look at them */
        backup_choose(made + ahead, count - ahead, &plan->keep, keep + ahead);
        keep_own(making, made, count, keep);
        making->made->removed = remove_all(plan->folder, ".backup", made, count, keep);
        outcome = backup_list(plan->folder, ".keys", made, &count, err);
    }
    if (outcome == ST_OK) {
        choose_keys(making, made, count, keep);
        remove_all(plan->folder, ".keys", made, count, keep);
        remove_all(plan->folder, ".recovery", made, count, keep);
        /* Those of a run that was killed. */
        for (size_t i = 0; i < count; i++) keep[i] = false;
        if (backup_list(plan->folder, ".keys.new", made, &count, err) == ST_OK)
            remove_all(plan->folder, ".keys.new", made, count, keep);
        if (backup_list(plan->folder, ".recovery.new", made, &count, err) == ST_OK)
            remove_all(plan->folder, ".recovery.new", made, count, keep);
        if (backup_list(plan->folder, ".backup.new", made, &count, err) == ST_OK)
            remove_all(plan->folder, ".backup.new", made, count, keep);
    }
    free(made);
    free(keep);
    return outcome;
}

static enum st name_all(struct making *making, struct err *err)
{
    const char *folder = making->plan->folder;
    char name[BACKUP_NAME_SIZE];
    char beside[BACKUP_NAME_SIZE];
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) return cannot("written", folder, err);
    making->about.made = clock_now();
    backup_name(making->about.made, ".backup", making->made->name);
    backup_name(making->about.made, ".keys.new", name);
    backup_name(making->about.made, ".recovery.new", beside);
    if (snprintf(making->database, PATH_SIZE, "%s/%s.new", folder, making->made->name) >=
            PATH_SIZE ||
        snprintf(making->keys, PATH_SIZE, "%s/%s", folder, name) >= PATH_SIZE ||
        snprintf(making->recovery, PATH_SIZE, "%s/%s", folder, beside) >= PATH_SIZE ||
        snprintf(making->copy, PATH_SIZE, "%s/backup.making", store_folder(making->app->store)) >=
            PATH_SIZE)
        return err_set(err, ST_INVALID, "The name of the folder is too long.");
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, making->made->name);
    if (access(path, F_OK) == 0)
        return err_set(err, ST_CONFLICT, "A backup of this very second is there already.");
    return ST_OK;
}

static enum st make(struct making *making, struct err *err)
{
    struct checkpoint log;
    enum st outcome = name_all(making, err);
    if (outcome == ST_OK) outcome = make_copy(making, err);
    if (outcome == ST_OK) outcome = look_at_log(making, &log, err);
    if (outcome == ST_OK) outcome = write_keys(making, err);
    if (outcome == ST_OK) outcome = store_copy_count(making->copy, note_table, making, err);
    if (outcome == ST_OK) outcome = hash_copy(making, err);
    if (outcome == ST_OK && write_manifest(making, &log) != ST_OK)
        outcome = err_set(err, ST_LIMIT, "The backup's manifest is too long.");
    if (outcome == ST_OK) outcome = write_recovery(making, err);
    if (outcome == ST_OK) outcome = write_backup(making, err);
    if (outcome == ST_OK) outcome = name_files(making, err);
    remove_copy(making->copy);
    if (outcome != ST_OK) {
        unlink(making->database);
        unlink(making->keys);
        unlink(making->recovery);
    }
    return outcome;
}

/* For who would forget a key. */
static enum st note_keys(struct making *making, struct err *err)
{
    char value[24];
    struct db *db;
    if (!making->oldest_key) return ST_OK;
    enum st outcome = store_write_begin(making->app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_FACT_SET);
    snprintf(value, sizeof value, "%lld", (long long)making->oldest_key);
    db_bind_text(query, 1, STR(FACT_KEYS_FROM));
    db_bind_text(query, 2, str_from(value));
    return store_write_end(making->app->store, db, db_run(query, err), err);
}

enum st backup_needs_key(struct app *app, uint32_t key, bool *ret, struct err *err)
{
    int64_t from = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_FACT_READ);
    db_bind_text(query, 1, STR(FACT_KEYS_FROM));
    if (db_next(query) && !str_to_int(db_text(query, 0), &from)) from = 0;
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    *ret = store_is_shared(app->store) || key >= from;
    return outcome;
}

enum st backup_make(struct app *app, const struct backup_plan *plan, struct backup_made *ret,
                    struct err *err)
{
    struct making making = {.app = app, .plan = plan, .made = ret};
    *ret = (struct backup_made){0};
    buf_init(&making.manifest, BACKUP_MANIFEST_MAX);
    buf_init(&making.counts, BACKUP_MANIFEST_MAX / 2);
    enum st outcome = make(&making, err);
    if (outcome == ST_OK)
        outcome = audit_event(
            app, &(struct audit_event){.kind = AUDIT_OPERATION, .action = "backup made"}, err);
    if (outcome == ST_OK) outcome = note_keys(&making, err);
    if (outcome == ST_OK && making.about.found) {
        err_set(err, ST_CONFLICT, "The backup was made, but the audit's log in it does not hold.");
        err_hint(err, "'pendeen audit verify' says what was changed. No older backup was removed.");
        outcome = ST_CONFLICT;
    }
    if (outcome == ST_OK) outcome = thin_out(&making, err);
    buf_done(&making.manifest);
    buf_done(&making.counts);
    return outcome;
}
