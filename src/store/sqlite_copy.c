/*
 * The copies of store/copy.h, by SQLite's online backup.
 */
#include "store/copy.h"

#include "store/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

enum { PATH_SIZE = 1200, PAGES_AT_ONCE = 2000 };

static enum st broke(sqlite3 *handle, const char *doing, struct err *err)
{
    int code = handle ? sqlite3_errcode(handle) : SQLITE_NOMEM;
    if (code == SQLITE_FULL)
        err_set(err, ST_BUSY, "There is no room on the disk for a copy of the database.");
    else
        err_set(err, ST_FAILED, "The copy of the database could not be worked on.");
    err_detail(err, "%s: %s", doing, handle ? sqlite3_errmsg(handle) : "no memory");
    return code == SQLITE_FULL ? ST_BUSY : ST_FAILED;
}

static void path_in(const char *folder, char ret[static PATH_SIZE])
{
    snprintf(ret, PATH_SIZE, "%s/pendeen.db", folder);
}

static enum st run(sqlite3 *handle, const char *text, struct err *err)
{
    return sqlite3_exec(handle, text, NULL, NULL, NULL) == SQLITE_OK ? ST_OK
                                                                     : broke(handle, text, err);
}

/* The copy is nobody else's, and is made anew when the machine stops: no journal. */
static enum st open_copy(const char *folder, int flags, sqlite3 **ret, struct err *err)
{
    char path[PATH_SIZE];
    path_in(folder, path);
    *ret = NULL;
    if (sqlite3_open_v2(path, ret, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
        const char *settings =
            "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY;"
            "PRAGMA secure_delete=ON; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384";
        enum st outcome = run(*ret, settings, err);
        if (outcome == ST_OK) return ST_OK;
    } else {
        broke(*ret, "opening", err);
    }
    sqlite3_close(*ret);
    *ret = NULL;
    return ST_FAILED;
}

/* --- making ------------------------------------------------------------------------------- */

/* An empty file that only its owner reads: SQLite writes into what is there. */
static enum st make_file(const char *folder, struct err *err)
{
    char path[PATH_SIZE];
    path_in(folder, path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0 && close(file) == 0) return ST_OK;
    err_set(err, ST_FAILED, "The copy of the database cannot be written to '%s'.", folder);
    err_detail(err, "%s", strerror(errno));
    return ST_FAILED;
}

static enum st copy_pages(sqlite3 *from, sqlite3 *to, void (*progress)(void *, int64_t, int64_t),
                          void *context, struct err *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup) return broke(to, "backup", err);
    int code;
    while ((code = sqlite3_backup_step(backup, PAGES_AT_ONCE)) == SQLITE_OK)
        if (progress) {
            int total = sqlite3_backup_pagecount(backup);
            progress(context, total - sqlite3_backup_remaining(backup), total);
        }
    int ended = sqlite3_backup_finish(backup);
    return code == SQLITE_DONE && ended == SQLITE_OK ? ST_OK : broke(to, "backup", err);
}

enum st store_copy_make(struct store *store, const char *folder,
                        void (*progress)(void *, int64_t, int64_t), void *context, struct err *err)
{
    if (strcmp(store_engine(store), engine_sqlite.name) != 0) {
        err_set(err, ST_INVALID,
                "The records are in PostgreSQL, which has its own way of backing up.");
        err_hint(err, "Use pgBackRest, or pg_dump: docs/OPERATIONS.md says how.");
        return ST_INVALID;
    }
    sqlite3 *to = NULL;
    struct db *db = store_read_begin(store, err);
    if (!db) return ST_FAILED;
    enum st outcome = make_file(folder, err);
    if (outcome == ST_OK) outcome = open_copy(folder, SQLITE_OPEN_READWRITE, &to, err);
    /* What is copied is of this moment, however long it takes. */
    if (outcome == ST_OK) outcome = store_read_hold(db, err);
    if (outcome == ST_OK) outcome = run(db->connection, "SELECT count(*) FROM sqlite_schema", err);
    if (outcome == ST_OK) outcome = copy_pages(db->connection, to, progress, context, err);
    store_read_release(db);
    store_read_end(store, db);
    /* One file, without a log beside it. */
    if (outcome == ST_OK)
        outcome = run(
            to, "PRAGMA journal_mode=DELETE; PRAGMA journal_mode=OFF; DELETE FROM session", err);
    sqlite3_close(to);
    return outcome;
}

/* --- keys ----------------------------------------------------------------------------------- */

enum st store_copy_take_keys(const char *folder, const struct copy_keys *keys, int64_t *ret_count,
                             int64_t *ret_last, struct err *err)
{
    sqlite3 *handle;
    sqlite3_stmt *all = NULL;
    enum st outcome = open_copy(folder, SQLITE_OPEN_READWRITE, &handle, err);
    if (outcome != ST_OK) return outcome;
    *ret_count = 0;
    *ret_last = 0;
    bool good = sqlite3_prepare_v2(
                    handle, "SELECT id, kek, wrapped FROM record_key WHERE kek > 0 ORDER BY id", -1,
                    &all, NULL) == SQLITE_OK;
    while (good && sqlite3_step(all) == SQLITE_ROW) {
        struct copy_key key = {.id = sqlite3_column_int64(all, 0),
                               .by = sqlite3_column_int64(all, 1)};
        good = sqlite3_column_bytes(all, 2) == SEAL_WRAPPED_SIZE;
        if (good) memcpy(key.wrapped, sqlite3_column_blob(all, 2), SEAL_WRAPPED_SIZE);
        good = good && keys->take(keys->context, &key);
        *ret_count += 1;
        *ret_last = key.id;
    }
    if (sqlite3_finalize(all) != SQLITE_OK) good = false;
    if (!good) outcome = broke(handle, "data keys", err);
    if (outcome == ST_OK)
        outcome = run(handle,
                      "PRAGMA journal_mode=OFF; UPDATE record_key SET kek = 0, wrapped = x''", err);
    sqlite3_close(handle);
    return outcome;
}

enum st store_copy_put_keys(const char *folder, const struct copy_keys *keys, int64_t *ret_count,
                            struct err *err)
{
    sqlite3 *handle;
    sqlite3_stmt *put = NULL;
    struct copy_key key;
    enum st outcome = open_copy(folder, SQLITE_OPEN_READWRITE, &handle, err);
    if (outcome != ST_OK) return outcome;
    *ret_count = 0;
    outcome = run(handle, "PRAGMA journal_mode=OFF; BEGIN", err);
    bool good =
        sqlite3_prepare_v2(handle, "UPDATE record_key SET kek = ?2, wrapped = ?3 WHERE id = ?1", -1,
                           &put, NULL) == SQLITE_OK;
    while (outcome == ST_OK && good && keys->next(keys->context, &key)) {
        good =
            sqlite3_bind_int64(put, 1, key.id) == SQLITE_OK &&
            sqlite3_bind_int64(put, 2, key.by) == SQLITE_OK &&
            sqlite3_bind_blob(put, 3, key.wrapped, SEAL_WRAPPED_SIZE, SQLITE_STATIC) == SQLITE_OK &&
            sqlite3_step(put) == SQLITE_DONE;
        *ret_count += sqlite3_changes(handle);
        sqlite3_reset(put);
    }
    sqlite3_finalize(put);
    if (outcome == ST_OK)
        outcome = good ? run(handle, "COMMIT", err) : broke(handle, "data keys", err);
    sqlite3_close(handle);
    return outcome;
}

enum st store_copy_reserve(const char *folder, int64_t last, struct err *err)
{
    sqlite3 *handle;
    sqlite3_stmt *put = NULL;
    enum st outcome = open_copy(folder, SQLITE_OPEN_READWRITE, &handle, err);
    if (outcome != ST_OK) return outcome;
    bool good = sqlite3_prepare_v2(handle,
                                   "INSERT INTO record_key (id, kek, wrapped) SELECT"
                                   " max(coalesce(max(id), 0) + 1, ?1), 0, x'' FROM record_key",
                                   -1, &put, NULL) == SQLITE_OK &&
                sqlite3_bind_int64(put, 1, last) == SQLITE_OK && sqlite3_step(put) == SQLITE_DONE;
    if (sqlite3_finalize(put) != SQLITE_OK) good = false;
    if (!good) outcome = broke(handle, "data keys", err);
    sqlite3_close(handle);
    return outcome;
}

/* --- looking it over -------------------------------------------------------------------------- */

/* Both answer with rows about what is wrong; the first of them is told. */
static enum st must_say(sqlite3 *handle, const char *text, const char *wanted, struct err *err)
{
    sqlite3_stmt *check = NULL;
    char said[200] = "";
    bool good = sqlite3_prepare_v2(handle, text, -1, &check, NULL) == SQLITE_OK;
    if (good && sqlite3_step(check) == SQLITE_ROW)
        snprintf(said, sizeof said, "%s", (const char *)sqlite3_column_text(check, 0));
    if (sqlite3_finalize(check) != SQLITE_OK) good = false;
    if (good && strcmp(said, wanted) == 0) return ST_OK;
    err_set(err, ST_CONFLICT, "The copy of the database is not whole.");
    err_detail(err, "%s: %s", text, said[0] ? said : sqlite3_errmsg(handle));
    return ST_CONFLICT;
}

enum st store_copy_check(const char *folder, struct err *err)
{
    sqlite3 *handle;
    enum st outcome = open_copy(folder, SQLITE_OPEN_READONLY, &handle, err);
    if (outcome != ST_OK) return outcome;
    outcome = must_say(handle, "PRAGMA integrity_check", "ok", err);
    if (outcome == ST_OK) outcome = must_say(handle, "PRAGMA foreign_key_check", "", err);
    sqlite3_close(handle);
    return outcome;
}

static bool count_one(sqlite3 *handle, const char *name, int64_t *ret)
{
    sqlite3_stmt *count = NULL;
    char *text = sqlite3_mprintf("SELECT count(*) FROM \"%w\"", name);
    bool good = text && sqlite3_prepare_v2(handle, text, -1, &count, NULL) == SQLITE_OK &&
                sqlite3_step(count) == SQLITE_ROW;
    if (good) *ret = sqlite3_column_int64(count, 0);
    sqlite3_finalize(count);
    sqlite3_free(text);
    return good;
}

enum st store_copy_count(const char *folder, void (*table)(void *, struct str, int64_t),
                         void *context, struct err *err)
{
    sqlite3 *handle;
    sqlite3_stmt *tables = NULL;
    enum st outcome = open_copy(folder, SQLITE_OPEN_READONLY, &handle, err);
    if (outcome != ST_OK) return outcome;
    bool good = sqlite3_prepare_v2(handle, "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                           " AND name NOT LIKE 'sqlite_%' ORDER BY name",
                                   -1, &tables, NULL) == SQLITE_OK;
    while (good && sqlite3_step(tables) == SQLITE_ROW) {
        int64_t rows = 0;
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        good = count_one(handle, name, &rows);
        if (good) table(context, str_from(name), rows);
    }
    if (sqlite3_finalize(tables) != SQLITE_OK) good = false;
    if (!good) outcome = broke(handle, "counting", err);
    sqlite3_close(handle);
    return outcome;
}

enum st store_copy_sync(const char *folder, struct err *err)
{
    char path[PATH_SIZE];
    path_in(folder, path);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = file >= 0 && place >= 0 && fsync(file) == 0 && fsync(place) == 0;
    int why = errno;
    if (file >= 0) close(file);
    if (place >= 0) close(place);
    if (good) return ST_OK;
    err_set(err, ST_FAILED, "The database could not be written to the disk.");
    err_detail(err, "%s", strerror(why));
    return ST_FAILED;
}
