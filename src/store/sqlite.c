/*
 * sqlite: the store on SQLite.
 *
 * WAL with synchronous=FULL: a commit that was acknowledged survives a power
 * cut.  One writing connection, on which checkpoints run too, behind a mutex;
 * readers come from a pool.  A lock file keeps a second writing process out.
 * SQLite is opened defensively: foreign keys on, DEFENSIVE on, trusted schema
 * off, no extension loading.
 */
#include "base/clock.h"
#include "seal/keyring.h"
#include "store/engine.h"
#include "store/migration.h"
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name;
    const char *text;
} queries[QUERY_COUNT] = {
#define QUERY(id, sql) [id] = {#id, sql},
#include "store/query.def"
#undef QUERY
};

struct query {
    struct db *db;
    sqlite3_stmt *statement;
    enum query_id id;
    int code; /* of the last step or the first failure */
    bool open;
};

/* Beside those of query.def, the queries of a migration's step. */
enum { ONCE_MAX = 4 };

struct db {
    sqlite3 *handle;
    struct db *next; /* in the pool of readers */
    struct query query[QUERY_COUNT + ONCE_MAX];
};

struct store {
    char folder[1004];
    char path[1024];
    int lock_file;
    pthread_mutex_t writing;
    struct db *writer;
    pthread_mutex_t pooling;
    struct db *readers; /* that nobody uses now */
    struct keyring *keys;
};

const char *store_query_text(enum query_id id)
{
    return queries[id].text;
}

const char *store_query_name(enum query_id id)
{
    return queries[id].name;
}

const char *store_folder(const struct store *store)
{
    return store->folder;
}

const char *store_engine(const struct store *store)
{
    (void)store;
    return "SQLite";
}

/* --- connections ----------------------------------------------------------- */

static enum st failure(sqlite3 *handle, const char *doing, struct err *err)
{
    int code = handle ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;
    enum st outcome = ST_FAILED;
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT: outcome = ST_CONFLICT; break;
    case SQLITE_BUSY: outcome = ST_BUSY; break;
    case SQLITE_FULL: outcome = ST_BUSY; break;
    default: break;
    }
    err_set(err, outcome,
            (code & 0xff) == SQLITE_FULL ? "The disk of this server is full. Nothing was lost; "
                                           "please try again later."
            : outcome == ST_CONFLICT     ? "That is in use already."
                                         : "The database did not answer. Please try again.");
    err_detail(err, "%s: %s (%d)", doing, handle ? sqlite3_errmsg(handle) : "no memory", code);
    return outcome;
}

static void db_close(struct db *db)
{
    if (!db) return;
    for (size_t i = 0; i < QUERY_COUNT + ONCE_MAX; i++) sqlite3_finalize(db->query[i].statement);
    sqlite3_close(db->handle);
    free(db);
}

static enum st db_open(const char *path, bool writing, struct db **ret, struct err *err)
{
    struct db *db = calloc(1, sizeof *db);
    if (!db) return err_set(err, ST_FAILED, "There is no memory left.");
    int flags = SQLITE_OPEN_NOMUTEX |
                (writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    const char *settings =
        writing ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                  "PRAGMA secure_delete=ON;"
                  "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536;"
                  "PRAGMA wal_autocheckpoint=4000;" /* 16 MB: a page that is written often is copied once */
                : "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"
                  "PRAGMA cache_size=-8192;";
    bool good = sqlite3_open_v2(path, &db->handle, flags, NULL) == SQLITE_OK &&
                sqlite3_busy_timeout(db->handle, 5000) == SQLITE_OK &&
                sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
                sqlite3_exec(db->handle, settings, NULL, NULL, NULL) == SQLITE_OK;
    if (!good) {
        enum st outcome = failure(db->handle, "opening", err);
        db_close(db);
        return outcome;
    }
    for (size_t i = 0; i < QUERY_COUNT + ONCE_MAX; i++)
        db->query[i] = (struct query){.db = db, .id = (enum query_id)i};
    *ret = db;
    return ST_OK;
}

static enum st execute(struct db *db, const char *text, struct err *err)
{
    if (sqlite3_exec(db->handle, text, NULL, NULL, NULL) == SQLITE_OK) return ST_OK;
    return failure(db->handle, text, err);
}

/* --- the lock on a data folder --------------------------------------------- */

static enum st lock_folder(struct store *store, const char *folder, struct err *err)
{
    char path[1040];
    snprintf(path, sizeof path, "%s/lock", folder);
    store->lock_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_file < 0) {
        err_set(err, ST_FAILED, "The data folder '%s' cannot be written.", folder);
        err_detail(err, "%s: %s", path, strerror(errno));
        return ST_FAILED;
    }
    char owner[32] = "";
    if (flock(store->lock_file, LOCK_EX | LOCK_NB) != 0) {
        ssize_t got = pread(store->lock_file, owner, sizeof owner - 1, 0);
        if (got > 0) owner[got - 1] = 0;
        err_set(err, ST_BUSY, "Another pendeen (process %s) is using the data folder '%s'.",
                got > 0 ? owner : "unknown", folder);
        err_hint(err, "Use its web pages, or stop it first.");
        return ST_BUSY;
    }
    int length = snprintf(owner, sizeof owner, "%ld\n", (long)getpid());
    if (ftruncate(store->lock_file, 0) != 0 || pwrite(store->lock_file, owner, length, 0) != length)
        return err_set(err, ST_FAILED, "The data folder '%s' cannot be written.", folder);
    return ST_OK;
}

/* --- opening ------------------------------------------------------------------ */

/* Has anything been sealed here?  Then a missing ring must not be made anew. */
static bool is_sealed(struct db *db)
{
    sqlite3_stmt *statement = NULL;
    bool found = sqlite3_prepare_v2(db->handle, "SELECT 1 FROM record_key LIMIT 1", -1, &statement,
                                    NULL) == SQLITE_OK &&
                 sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    return found;
}

static enum st open_keys(struct store *store, const struct store_start *start, struct err *err)
{
    char beside[1040];
    snprintf(beside, sizeof beside, "%s/pendeen.keys", store->folder);
    const char *path = start->keys ? start->keys : beside;
    enum st outcome =
        keyring_open(path, start->passphrase, !is_sealed(store->writer), &store->keys, err);
    if (outcome == ST_NOT_FOUND) {
        err_set(err, ST_NOT_FOUND, "The key ring '%s' is missing, and without it nothing can be read.",
                path);
        err_hint(err, "Put it back from its copy, or recover it: pendeen keys recover.");
    }
    return outcome;
}

/* What a step has read in the clear must not be left in freed pages. */
static enum st migrate(struct store *store, struct err *err)
{
    int applied = 0;
    enum st outcome = migration_apply(store->writer, store->keys, &applied, err);
    if (outcome == ST_OK && applied > 0) outcome = execute(store->writer, "VACUUM", err);
    return outcome == ST_OK && applied > 0 ? store_scrub(store, err) : outcome;
}

enum st store_open(const char *folder, struct store **ret, struct err *err)
{
    return store_open_with(&(struct store_start){.folder = folder}, ret, err);
}

enum st store_open_with(const struct store_start *start, struct store **ret, struct err *err)
{
    const char *folder = start->folder;
    struct store *store = calloc(1, sizeof *store);
    if (!store) return err_set(err, ST_FAILED, "There is no memory left.");
    store->lock_file = -1;
    pthread_mutex_init(&store->writing, NULL);
    pthread_mutex_init(&store->pooling, NULL);
    enum st outcome = ST_OK;
    if (strlen(folder) > 1000)
        outcome = err_set(err, ST_INVALID, "The name of the data folder is too long.");
    else if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        outcome = err_set(err, ST_FAILED, "The data folder '%s' cannot be made.", folder);
        err_detail(err, "%s", strerror(errno));
    }
    if (outcome == ST_OK) outcome = lock_folder(store, folder, err);
    if (outcome == ST_OK) {
        snprintf(store->folder, sizeof store->folder, "%s", folder);
        snprintf(store->path, sizeof store->path, "%s/pendeen.db", store->folder);
        mode_t before = umask(0077);
        outcome = db_open(store->path, true, &store->writer, err);
        umask(before);
    }
    if (outcome == ST_OK) outcome = open_keys(store, start, err);
    if (outcome == ST_OK) outcome = migrate(store, err);
    if (outcome != ST_OK) {
        store_close(store);
        return outcome;
    }
    *ret = store;
    return ST_OK;
}

enum st store_open_reading(const char *folder, struct store **ret, struct err *err)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store) return err_set(err, ST_FAILED, "There is no memory left.");
    store->lock_file = -1;
    pthread_mutex_init(&store->writing, NULL);
    pthread_mutex_init(&store->pooling, NULL);
    int length = snprintf(store->folder, sizeof store->folder, "%s", folder);
    snprintf(store->path, sizeof store->path, "%s/pendeen.db", store->folder);
    enum st outcome = ST_OK;
    if (length >= (int)sizeof store->folder || access(store->path, R_OK) != 0)
        outcome = err_set(err, ST_NOT_FOUND, "There is no database in the folder '%s'.", folder);
    if (outcome == ST_OK) outcome = db_open(store->path, false, &store->readers, err);
    if (outcome == ST_OK)
        *ret = store;
    else
        store_close(store);
    return outcome;
}

struct keyring *store_keys(const struct store *store)
{
    return store->keys;
}

enum st store_scrub(struct store *store, struct err *err)
{
    pthread_mutex_lock(&store->writing);
    enum st outcome = execute(store->writer, "PRAGMA wal_checkpoint(TRUNCATE)", err);
    pthread_mutex_unlock(&store->writing);
    return outcome;
}

void store_close(struct store *store)
{
    if (!store) return;
    while (store->readers) {
        struct db *next = store->readers->next;
        db_close(store->readers);
        store->readers = next;
    }
    db_close(store->writer);
    keyring_free(store->keys);
    if (store->lock_file >= 0) close(store->lock_file);
    pthread_mutex_destroy(&store->writing);
    pthread_mutex_destroy(&store->pooling);
    free(store);
}

struct db *store_read_begin(struct store *store, struct err *err)
{
    pthread_mutex_lock(&store->pooling);
    struct db *db = store->readers;
    if (db) store->readers = db->next;
    pthread_mutex_unlock(&store->pooling);
    if (!db && db_open(store->path, false, &db, err) != ST_OK) return NULL;
    return db;
}

void store_read_end(struct store *store, struct db *db)
{
    if (!db) return;
    pthread_mutex_lock(&store->pooling);
    db->next = store->readers;
    store->readers = db;
    pthread_mutex_unlock(&store->pooling);
}

enum st store_read_hold(struct db *db, struct err *err)
{
    return execute(db, "BEGIN", err);
}

void store_read_release(struct db *db)
{
    if (!sqlite3_get_autocommit(db->handle) && execute(db, "ROLLBACK", NULL) != ST_OK) abort();
}

/* --- transactions ------------------------------------------------------------ */

enum st store_write_begin(struct store *store, struct db **ret, struct err *err)
{
    pthread_mutex_lock(&store->writing);
    enum st outcome = execute(store->writer, "BEGIN IMMEDIATE", err);
    if (outcome != ST_OK) {
        pthread_mutex_unlock(&store->writing);
        return outcome;
    }
    *ret = store->writer;
    return ST_OK;
}

enum st store_write_commit(struct store *store, struct db *db, struct err *err)
{
    assert(db == store->writer);
    enum st outcome = execute(db, "COMMIT", err);
    if (outcome != ST_OK) {
        store_write_rollback(store, db);
        return outcome;
    }
    pthread_mutex_unlock(&store->writing);
    return ST_OK;
}

void store_write_rollback(struct store *store, struct db *db)
{
    assert(db == store->writer);
    /* An error may have rolled back already; then there is nothing left to do. */
    if (!sqlite3_get_autocommit(db->handle) && execute(db, "ROLLBACK", NULL) != ST_OK) abort();
    pthread_mutex_unlock(&store->writing);
}

enum st store_write_end(struct store *store, struct db *db, enum st outcome, struct err *err)
{
    if (outcome == ST_OK) return store_write_commit(store, db, err);
    store_write_rollback(store, db);
    return outcome;
}

static _Atomic uint64_t work;

uint64_t store_work(void)
{
    return work;
}

/* --- queries ------------------------------------------------------------------- */

struct query *db_query(struct db *db, enum query_id id)
{
    work++;
    struct query *query = &db->query[id];
    assert(!query->open && "the same query is running on this connection");
    query->open = true;
    query->code = SQLITE_OK;
    if (!query->statement)
        query->code = sqlite3_prepare_v3(db->handle, queries[id].text, -1,
                                         SQLITE_PREPARE_PERSISTENT, &query->statement, NULL);
    return query;
}

static void bound(struct query *query, int code)
{
    assert(code != SQLITE_RANGE && code != SQLITE_MISUSE);
    if (query->code == SQLITE_OK) query->code = code;
}

void db_bind_int(struct query *query, int parameter, int64_t value)
{
    if (query->code == SQLITE_OK) bound(query, sqlite3_bind_int64(query->statement, parameter, value));
}

void db_bind_double(struct query *query, int parameter, double value)
{
    if (query->code == SQLITE_OK)
        bound(query, sqlite3_bind_double(query->statement, parameter, value));
}

void db_bind_text(struct query *query, int parameter, struct str value)
{
    if (query->code == SQLITE_OK)
        bound(query, sqlite3_bind_text64(query->statement, parameter, value.len ? value.ptr : "",
                                         value.len, SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_bind_optional(struct query *query, int parameter, struct str value)
{
    if (value.len)
        db_bind_text(query, parameter, value);
    else
        db_bind_null(query, parameter);
}

void db_bind_bytes(struct query *query, int parameter, const void *bytes, size_t size)
{
    if (query->code == SQLITE_OK)
        bound(query,
              sqlite3_bind_blob64(query->statement, parameter, bytes, size, SQLITE_TRANSIENT));
}

void db_bind_null(struct query *query, int parameter)
{
    if (query->code == SQLITE_OK) bound(query, sqlite3_bind_null(query->statement, parameter));
}

bool db_next(struct query *query)
{
    work++;
    assert(query->open);
    if (query->code != SQLITE_OK && query->code != SQLITE_ROW) return false;
    query->code = sqlite3_step(query->statement);
    return query->code == SQLITE_ROW;
}

int64_t db_int(struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

double db_double(struct query *query, int column)
{
    return sqlite3_column_double(query->statement, column);
}

struct str db_text(struct query *query, int column)
{
    const unsigned char *text = sqlite3_column_text(query->statement, column);
    int size = sqlite3_column_bytes(query->statement, column);
    return str_of(text ? (const char *)text : "", text ? (size_t)size : 0);
}

struct str db_bytes(struct query *query, int column)
{
    const void *bytes = sqlite3_column_blob(query->statement, column);
    int size = sqlite3_column_bytes(query->statement, column);
    return str_of(bytes ? bytes : "", bytes ? (size_t)size : 0);
}

bool db_is_null(struct query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

enum st db_end(struct query *query, struct err *err)
{
    assert(query->open);
    query->open = false;
    enum st outcome = ST_OK;
    if (query->code != SQLITE_OK && query->code != SQLITE_ROW && query->code != SQLITE_DONE)
        outcome = failure(query->db->handle,
                          query->id < QUERY_COUNT ? queries[query->id].name : "a migration's step", err);
    if (query->statement) {
        sqlite3_reset(query->statement);
        sqlite3_clear_bindings(query->statement);
    }
    return outcome;
}

enum st db_run(struct query *query, struct err *err)
{
    while (db_next(query)) continue;
    return db_end(query, err);
}

enum st db_one(struct query *query, int64_t *ret, struct err *err)
{
    bool found = db_next(query);
    if (found) *ret = db_int(query, 0);
    /* To the end, so that a statement that writes has written. */
    while (found && db_next(query)) continue;
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && !found) return err_set(err, ST_NOT_FOUND, "There is no such record.");
    return outcome;
}

enum st db_next_id(struct db *db, enum query_id largest, int64_t *ret, struct err *err)
{
    int64_t last = 0;
    enum st outcome = db_one(db_query(db, largest), &last, err);
    if (outcome == ST_OK) *ret = last + 1;
    return outcome;
}

/* --- what migrations need -------------------------------------------------------- */

enum st db_execute_script(struct db *db, struct str script, struct err *err)
{
    struct str rest = script;
    while (str_trim(rest).len) {
        sqlite3_stmt *statement = NULL;
        const char *tail = NULL;
        int code = sqlite3_prepare_v2(db->handle, rest.ptr, (int)rest.len, &statement, &tail);
        while (code == SQLITE_OK && statement && sqlite3_step(statement) == SQLITE_ROW) continue;
        int ended = sqlite3_finalize(statement);
        if (code != SQLITE_OK || ended != SQLITE_OK) return failure(db->handle, "script", err);
        rest = str_of(tail, (size_t)(rest.ptr + rest.len - tail));
    }
    return ST_OK;
}

struct query *db_query_once(struct db *db, const char *text)
{
    struct query *query = &db->query[QUERY_COUNT];
    while (query->open) query++;
    assert(query < &db->query[QUERY_COUNT + ONCE_MAX]);
    sqlite3_finalize(query->statement);
    query->statement = NULL;
    query->open = true;
    query->code = sqlite3_prepare_v2(db->handle, text, -1, &query->statement, NULL);
    return query;
}

const char *db_word_for_id(void)
{
    return "INTEGER PRIMARY KEY";
}

const char *db_word_for_blob(void)
{
    return "BLOB";
}
