/*
 * shim: a layer between SQLite and the file system, for tests: writes down what is written,
 * and fails where a test wants it.
 *
 * It stands before SQLite's own VFS as the default, so that the program opens its database
 * through it without knowing.  Only the database and its log of changes are looked at.
 */
#ifndef PENDEEN_TESTS_SHIM_H
#define PENDEEN_TESTS_SHIM_H

#include "domain/account.h"
#include "domain/submission.h"
#include "link/link.h"

#include "tests_common.h"

#include <sqlite3.h>
#include <time.h>

enum shim_kind { SHIM_WRITE, SHIM_SYNC, SHIM_TRUNCATE, SHIM_READ, SHIM_ACKNOWLEDGED };
enum { SHIM_DATABASE, SHIM_LOG, SHIM_FILES, SHIM_NONE };

/* One thing that happened. */
struct shim_event {
    enum shim_kind kind;
    int file;
    int64_t offset; /* of a truncation: the size */
    size_t size;
    unsigned char *bytes; /* of a write */
};

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    bool records;
    struct shim_event *event;
    size_t count;
    size_t room;
    /* The operation of this number fails, or all from it on; 0: none does. */
    _Atomic int64_t done;
    _Atomic int64_t fail_at;
    _Atomic bool fails_on;
    _Atomic bool failed; /* one did */
    _Atomic bool is_full; /* nothing more goes onto the disk */
    _Atomic bool was_full; /* something was to */
    _Atomic int64_t syncs; /* of the log of changes */
    _Atomic int sync_ms;   /* how long one takes, besides what it takes */
} shim;

struct shim_file {
    sqlite3_file base;
    int file;
    sqlite3_file *real;
};

static struct shim_file *shim_of(sqlite3_file *file)
{
    return (struct shim_file *)(void *)file;
}

static void shim_note(enum shim_kind kind, int file, int64_t offset, const void *bytes, size_t size)
{
    if (!shim.records) return;
    if (shim.count == shim.room) {
        shim.room = shim.room ? shim.room * 2 : 4096;
        shim.event = realloc(shim.event, shim.room * sizeof *shim.event);
        if (!shim.event) abort();
    }
    struct shim_event *event = &shim.event[shim.count++];
    *event = (struct shim_event){.kind = kind, .file = file, .offset = offset, .size = size};
    if (!bytes) return;
    event->bytes = malloc(size);
    if (!event->bytes) abort();
    memcpy(event->bytes, bytes, size);
}

static bool shim_fails(const struct shim_file *file)
{
    if (file->file == SHIM_NONE) return false;
    int64_t number = ++shim.done;
    bool now = shim.fail_at && (number == shim.fail_at || (shim.fails_on && number > shim.fail_at));
    if (now) shim.failed = true;
    return now;
}

static int shim_close(sqlite3_file *file)
{
    return shim_of(file)->real->pMethods->xClose(shim_of(file)->real);
}

static int shim_read(sqlite3_file *file, void *into, int size, sqlite3_int64 offset)
{
    if (shim_fails(shim_of(file))) return SQLITE_IOERR_READ;
    return shim_of(file)->real->pMethods->xRead(shim_of(file)->real, into, size, offset);
}

static int shim_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset)
{
    struct shim_file *it = shim_of(file);
    if (it->file != SHIM_NONE && shim.is_full) {
        shim.was_full = true;
        return SQLITE_FULL;
    }
    if (shim_fails(it)) return SQLITE_IOERR_WRITE;
    if (it->file != SHIM_NONE) shim_note(SHIM_WRITE, it->file, offset, from, (size_t)size);
    return it->real->pMethods->xWrite(it->real, from, size, offset);
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct shim_file *it = shim_of(file);
    if (shim_fails(it)) return SQLITE_IOERR_TRUNCATE;
    if (it->file != SHIM_NONE) shim_note(SHIM_TRUNCATE, it->file, size, NULL, 0);
    return it->real->pMethods->xTruncate(it->real, size);
}

static int shim_sync(sqlite3_file *file, int flags)
{
    struct shim_file *it = shim_of(file);
    if (shim_fails(it)) return SQLITE_IOERR_FSYNC;
    shim.syncs += it->file == SHIM_LOG;
    if (shim.sync_ms) nanosleep(&(struct timespec){.tv_nsec = shim.sync_ms * 1000000L}, NULL);
    if (it->file != SHIM_NONE) shim_note(SHIM_SYNC, it->file, 0, NULL, 0);
    return it->real->pMethods->xSync(it->real, flags);
}

static int shim_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    return shim_of(file)->real->pMethods->xFileSize(shim_of(file)->real, ret);
}

static int shim_lock(sqlite3_file *file, int level)
{
    return shim_of(file)->real->pMethods->xLock(shim_of(file)->real, level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
    return shim_of(file)->real->pMethods->xUnlock(shim_of(file)->real, level);
}

static int shim_reserved(sqlite3_file *file, int *ret)
{
    return shim_of(file)->real->pMethods->xCheckReservedLock(shim_of(file)->real, ret);
}

static int shim_control(sqlite3_file *file, int what, void *value)
{
    return shim_of(file)->real->pMethods->xFileControl(shim_of(file)->real, what, value);
}

static int shim_sector(sqlite3_file *file)
{
    return shim_of(file)->real->pMethods->xSectorSize(shim_of(file)->real);
}

static int shim_device(sqlite3_file *file)
{
    return shim_of(file)->real->pMethods->xDeviceCharacteristics(shim_of(file)->real);
}

static int shim_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    return shim_of(file)->real->pMethods->xShmMap(shim_of(file)->real, page, size, extend, ret);
}

static int shim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return shim_of(file)->real->pMethods->xShmLock(shim_of(file)->real, offset, count, flags);
}

static void shim_barrier(sqlite3_file *file)
{
    shim_of(file)->real->pMethods->xShmBarrier(shim_of(file)->real);
}

static int shim_unmap(sqlite3_file *file, int delete)
{
    return shim_of(file)->real->pMethods->xShmUnmap(shim_of(file)->real, delete);
}

static const sqlite3_io_methods shim_methods = {
    .iVersion = 2,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_reserved,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_device,
    .xShmMap = shim_map,
    .xShmLock = shim_shm_lock,
    .xShmBarrier = shim_barrier,
    .xShmUnmap = shim_unmap,
};

static int shim_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    struct shim_file *it = shim_of(file);
    (void)vfs;
    it->real = (sqlite3_file *)(void *)(it + 1);
    it->file = flags & SQLITE_OPEN_MAIN_DB ? SHIM_DATABASE
               : flags & SQLITE_OPEN_WAL   ? SHIM_LOG
                                           : SHIM_NONE;
    memset(it->real, 0, (size_t)shim.real->szOsFile);
    int code = shim.real->xOpen(shim.real, path, it->real, flags, ret_flags);
    it->base.pMethods = it->real->pMethods ? &shim_methods : NULL;
    return code;
}

static inline void shim_install(void)
{
    shim.real = sqlite3_vfs_find(NULL);
    assert_non_null(shim.real);
    shim.vfs = *shim.real;
    shim.vfs.zName = "shim";
    shim.vfs.pNext = NULL;
    shim.vfs.szOsFile = (int)sizeof(struct shim_file) + shim.real->szOsFile;
    shim.vfs.xOpen = shim_open;
    assert_int_equal(sqlite3_vfs_register(&shim.vfs, 1), SQLITE_OK);
}

static inline void shim_forget(void)
{
    for (size_t i = 0; i < shim.count; i++) free(shim.event[i].bytes);
    free(shim.event);
    shim.event = NULL;
    shim.count = shim.room = 0;
}

/* --- somebody who shares --------------------------------------------------------------- */

/* A new folder; in memory where there is such a place, since what the disk keeps is what the
 * shim says. */
static inline void quick_folder(char ret[static 64])
{
    snprintf(ret, 64, "/dev/shm/pendeen-test-XXXXXX");
    if (!mkdtemp(ret)) temporary_folder(ret);
}


static inline struct person somebody(struct app *app)
{
    struct person person = {.roles = 1u << ROLE_practitioner};
    struct account_new account = {
        .email = STR("teacher@example.org"), .name = STR("A teacher"), .roles = person.roles};
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app->store, &db, NULL), ST_OK);
    assert_int_equal(organisation_ensure(db, STR("A school"), STR("education"), STR("mid"),
                                         &account.organisation, NULL), ST_OK);
    assert_int_equal(account_add(app, db, &account, 0, &person.account, NULL), ST_OK);
    assert_int_equal(store_write_commit(app->store, db, NULL), ST_OK);
    person.organisation = account.organisation;
    return person;
}

/* One car, in a submission of its own. */
static inline enum st share_one(struct app *app, const struct person *who, int number,
                                struct submission_receipt *ret, struct err *err)
{
    char key[32];
    char plate[32];
    struct mention_draft mention = {.kind = LINK_VEHICLE, .span_start = -1, .span_end = -1};
    snprintf(key, sizeof key, "shim-%d", number);
    snprintf(plate, sizeof plate, "WK%02d %c%cC", number % 90 + 10, 'A' + number % 26,
             'A' + number / 26 % 26);
    mention.field[LINK_REGISTRATION] = str_from(plate);
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = STR("A car was seen at the bus station twice."),
                                     .mention = &mention,
                                     .mention_count = 1};
    return submission_share(app, who, &draft, 0, 0, ret, err);
}

/* --- looking at a database ------------------------------------------------------------------ */

static inline int64_t number_of(sqlite3 *handle, const char *text)
{
    sqlite3_stmt *query = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(handle, text, -1, &query, NULL) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW)
        value = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return value;
}

static inline bool has(sqlite3 *handle, const char *reference)
{
    sqlite3_stmt *query = NULL;
    bool found = sqlite3_prepare_v2(handle, "SELECT 1 FROM submission WHERE reference = ?1", -1,
                                    &query, NULL) == SQLITE_OK &&
                 sqlite3_bind_text(query, 1, reference, -1, SQLITE_STATIC) == SQLITE_OK &&
                 sqlite3_step(query) == SQLITE_ROW;
    sqlite3_finalize(query);
    return found;
}

/* Of submissions with one mention each; NULL: none is. */
static inline const char *half_written(sqlite3 *handle)
{
    if (number_of(handle,
                  "SELECT count(*) FROM submission s WHERE (SELECT count(*) FROM mention m"
                  " WHERE m.submission_id = s.id) <> 1 OR NOT EXISTS (SELECT 1 FROM source o"
                  " JOIN record_key k ON k.id = o.key_id WHERE o.submission_id = s.id)"
                  " OR NOT EXISTS (SELECT 1 FROM record_key k WHERE k.id = s.key_id)") != 0)
        return "a submission is half written";
    if (number_of(handle, "SELECT size - (SELECT max(id) FROM audit_line) FROM audit_head") != 0)
        return "the log of the audit is torn";
    return NULL;
}

#endif
