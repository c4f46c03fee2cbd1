/*
 * sqlite: the store on SQLite.
 *
 * WAL with synchronous=FULL: a commit that was acknowledged survives a power cut.
 * Checkpoints run on the writing connection.  SQLite is opened defensively: foreign
 * keys on, DEFENSIVE on, trusted schema off, no extension loading.
 */
#include "store/engine.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>

static sqlite3_stmt *statement_of(const struct query *query)
{
    return query->statement;
}

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
    if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB) {
        err_set(err, ST_FAILED, "The database is damaged: it cannot be read.");
        err_hint(err, "Stop the server, put the data folder aside as it is, and put back a backup: "
                      "pendeen restore.");
        err_detail(err, "%s: %s (%d)", doing, sqlite3_errmsg(handle), code);
        return ST_FAILED;
    }
    err_set(err, outcome,
            (code & 0xff) == SQLITE_FULL ? "The disk of this server is full. Nothing was lost; "
                                           "please try again later."
            : outcome == ST_CONFLICT     ? "That is in use already."
                                         : "The database did not answer. Please try again.");
    err_detail(err, "%s: %s (%d)", doing, handle ? sqlite3_errmsg(handle) : "no memory", code);
    return outcome;
}

static enum st execute(struct db *db, const char *text, struct err *err)
{
    if (sqlite3_exec(db->connection, text, NULL, NULL, NULL) == SQLITE_OK) return ST_OK;
    return failure(db->connection, text, err);
}

/* Whether the file ends before its header says so (SQLite, "Database File Format", 1.3.2 and
 * 1.3.8).  SQLite reads what is gone of the last page as zeros and says nothing.  A file with
 * a log beside it may rightly be short: its pages are in the log.  Asked through SQLite's own
 * file: whoever opens and closes the database beside it loses the locks of this program. */
static bool is_cut_short(sqlite3 *handle)
{
    sqlite3_file *file = NULL;
    sqlite3_vfs *files = NULL;
    if (sqlite3_file_control(handle, NULL, SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        sqlite3_file_control(handle, NULL, SQLITE_FCNTL_VFS_POINTER, &files) != SQLITE_OK)
        return false;
    int has_log = 0;
    const char *log = sqlite3_filename_wal(sqlite3_db_filename(handle, NULL));
    if (files->xAccess(files, log, SQLITE_ACCESS_EXISTS, &has_log) != SQLITE_OK || has_log)
        return false;
    sqlite3_int64 size = 0;
    unsigned char head[32];
    if (file->pMethods->xFileSize(file, &size) != SQLITE_OK || size == 0) return false;
    int code = file->pMethods->xRead(file, head, sizeof head, 0);
    if (code != SQLITE_OK) return code == SQLITE_IOERR_SHORT_READ;
    if (memcmp(head, "SQLite format 3", 16) != 0) return false; /* it is none: SQLite will say so */
    int64_t page = head[16] << 8 | head[17];
    int64_t pages = (int64_t)head[28] << 24 | head[29] << 16 | head[30] << 8 | head[31];
    return size < (page == 1 ? 65536 : page) * pages;
}

/* Nobody asks how much memory SQLite holds, and counting it takes a lock at each allocation. */
static void count_no_memory(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* refused when SQLite is in use already: no harm */
}

enum { BUSY_MS = 5000 }; /* how long another process's lock is waited for */

static enum st connect_to(struct db *db, const char *place, bool writing, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, count_no_memory);
    int flags = SQLITE_OPEN_NOMUTEX |
                (writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    const char *settings =
        writing ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                  "PRAGMA secure_delete=ON;"
                  "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384;"
                  /* 16 MB: a page that is written often is copied once */
                  "PRAGMA wal_autocheckpoint=4000;"
                : "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"
                  "PRAGMA cache_size=-2048;";
    sqlite3 *handle = NULL;
    bool good = sqlite3_open_v2(place, &handle, flags, NULL) == SQLITE_OK;
    db->connection = handle;
    if (good && is_cut_short(handle)) {
        err_set(err, ST_FAILED, "The end of the database's file is missing.");
        err_hint(err, "Put back a backup: pendeen restore.");
        return ST_FAILED;
    }
    good = good && sqlite3_busy_timeout(handle, BUSY_MS) == SQLITE_OK &&
           sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
           (!writing ||
            sqlite3_db_config(handle, SQLITE_DBCONFIG_LOOKASIDE, NULL, 1200, 500) == SQLITE_OK) &&
           sqlite3_exec(handle, settings, NULL, NULL, NULL) == SQLITE_OK;
    return good ? ST_OK : failure(handle, "opening", err);
}

static void disconnect(struct db *db)
{
    for (size_t i = 0; i < ENGINE_CONTROLS; i++) sqlite3_finalize(db->control[i]);
    sqlite3_close(db->connection);
}

static void peers(const struct db *db, struct store_peers *ret)
{
    (void)db; /* no other program */
    (void)ret;
}

static bool revive(struct db *db)
{
    (void)db; /* a file does not go away */
    return true;
}

/* They are run at each turn of writing: prepared once. */
enum control { CONTROL_BEGIN, CONTROL_COMMIT, CONTROL_PART_BEGIN, CONTROL_PART_KEEP, CONTROLS };
_Static_assert((int)CONTROLS <= (int)ENGINE_CONTROLS, "a place for each");

static enum st control(struct db *db, enum control which, struct err *err)
{
    static const char *const text[CONTROLS] = {[CONTROL_BEGIN] = "BEGIN IMMEDIATE",
                                               [CONTROL_COMMIT] = "COMMIT",
                                               [CONTROL_PART_BEGIN] = "SAVEPOINT part",
                                               [CONTROL_PART_KEEP] = "RELEASE SAVEPOINT part"};
    sqlite3_stmt *statement = db->control[which];
    if (!statement && sqlite3_prepare_v3(db->connection, text[which], -1, SQLITE_PREPARE_PERSISTENT,
                                         &statement, NULL) != SQLITE_OK)
        return failure(db->connection, text[which], err);
    db->control[which] = statement;
    enum st outcome =
        sqlite3_step(statement) == SQLITE_DONE ? ST_OK : failure(db->connection, text[which], err);
    sqlite3_reset(statement);
    return outcome;
}

static enum st begin(struct db *db, struct err *err)
{
    return control(db, CONTROL_BEGIN, err);
}

static enum st hold(struct db *db, struct err *err)
{
    return execute(db, "BEGIN", err);
}

static enum st commit(struct db *db, struct err *err)
{
    return control(db, CONTROL_COMMIT, err);
}

static void rollback(struct db *db)
{
    /* An error may have rolled back already; then there is nothing left to do. */
    if (!sqlite3_get_autocommit(db->connection) && execute(db, "ROLLBACK", NULL) != ST_OK) abort();
}

static enum st part_begin(struct db *db, struct err *err)
{
    return control(db, CONTROL_PART_BEGIN, err);
}

static enum st part_keep(struct db *db, struct err *err)
{
    return control(db, CONTROL_PART_KEEP, err);
}

static enum st part_undo(struct db *db, struct err *err)
{
    return execute(db, "ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part", err);
}

/* The pragma of the same name ends well also when it was kept from doing it. */
static enum st scrub(struct db *db, struct err *err)
{
    sqlite3_busy_timeout(db->connection, 0);
    int code =
        sqlite3_wal_checkpoint_v2(db->connection, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    enum st outcome = code == SQLITE_OK ? ST_OK : failure(db->connection, "scrub", err);
    sqlite3_busy_timeout(db->connection, BUSY_MS);
    return outcome;
}

static enum st compact(struct db *db, struct err *err)
{
    return execute(db, "VACUUM", err);
}

static enum st script(struct db *db, struct str text, struct err *err)
{
    struct str rest = text;
    while (str_trim(rest).len) {
        sqlite3_stmt *statement = NULL;
        const char *tail = NULL;
        int code = sqlite3_prepare_v2(db->connection, rest.ptr, (int)rest.len, &statement, &tail);
        while (code == SQLITE_OK && statement && sqlite3_step(statement) == SQLITE_ROW) continue;
        int ended = sqlite3_finalize(statement);
        if (code != SQLITE_OK || ended != SQLITE_OK) return failure(db->connection, "script", err);
        rest = str_of(tail, (size_t)(rest.ptr + rest.len - tail));
    }
    return ST_OK;
}

/* --- queries ------------------------------------------------------------------- */

static void prepare(struct query *query)
{
    query->code = SQLITE_OK;
    if (query->statement) return;
    sqlite3_stmt *statement = NULL;
    query->code = sqlite3_prepare_v3(query->db->connection, query->text, -1,
                                     SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    query->statement = statement;
}

static void bound(struct query *query, int code)
{
    assert(code != SQLITE_RANGE && code != SQLITE_MISUSE);
    if (query->code == SQLITE_OK) query->code = code;
}

static void bind_int(struct query *query, int parameter, int64_t value)
{
    if (query->code == SQLITE_OK)
        bound(query, sqlite3_bind_int64(statement_of(query), parameter, value));
}

static void bind_double(struct query *query, int parameter, double value)
{
    if (query->code == SQLITE_OK)
        bound(query, sqlite3_bind_double(statement_of(query), parameter, value));
}

static void bind_text(struct query *query, int parameter, struct str value)
{
    if (query->code == SQLITE_OK)
        bound(query, sqlite3_bind_text64(statement_of(query), parameter, value.len ? value.ptr : "",
                                         value.len, SQLITE_TRANSIENT, SQLITE_UTF8));
}

static void bind_bytes(struct query *query, int parameter, const void *bytes, size_t size)
{
    if (query->code == SQLITE_OK)
        bound(query,
              sqlite3_bind_blob64(statement_of(query), parameter, bytes, size, SQLITE_TRANSIENT));
}

static void bind_null(struct query *query, int parameter)
{
    if (query->code == SQLITE_OK) bound(query, sqlite3_bind_null(statement_of(query), parameter));
}

static bool next(struct query *query)
{
    if (query->code != SQLITE_OK && query->code != SQLITE_ROW) return false;
    query->code = sqlite3_step(statement_of(query));
    return query->code == SQLITE_ROW;
}

static int64_t column_int(struct query *query, int column)
{
    return sqlite3_column_int64(statement_of(query), column);
}

static double column_double(struct query *query, int column)
{
    return sqlite3_column_double(statement_of(query), column);
}

/* SQLite gives the bytes of a text as its blob. */
static struct str column_bytes(struct query *query, int column)
{
    const void *bytes = sqlite3_column_blob(statement_of(query), column);
    int size = sqlite3_column_bytes(statement_of(query), column);
    return str_of(bytes ? bytes : "", bytes ? (size_t)size : 0);
}

static bool column_is_null(struct query *query, int column)
{
    return sqlite3_column_type(statement_of(query), column) == SQLITE_NULL;
}

static int width(struct query *query)
{
    return query->statement ? sqlite3_column_count(statement_of(query)) : 0;
}

static enum st finish(struct query *query, struct err *err)
{
    enum st outcome = ST_OK;
    if (query->code != SQLITE_OK && query->code != SQLITE_ROW && query->code != SQLITE_DONE)
        outcome = failure(query->db->connection, query->name, err);
    if (query->statement) {
        sqlite3_reset(statement_of(query));
        sqlite3_clear_bindings(statement_of(query));
    }
    return outcome;
}

static void forget(struct query *query)
{
    sqlite3_finalize(statement_of(query));
    query->statement = NULL;
}

const struct engine engine_sqlite = {
    .name = "SQLite",
    .word = {[ENGINE_ID] = "INTEGER PRIMARY KEY",
             [ENGINE_BLOB] = "BLOB",
             [ENGINE_BY_KEY] = "WITHOUT ROWID"},
    .tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
              "ORDER BY name",
    .columns = "SELECT name, type FROM pragma_table_info(?1) ORDER BY cid",
    .refer_later = "PRAGMA defer_foreign_keys = ON",
    .refer_now = "", /* the commit looks */
    .connect = connect_to,
    .disconnect = disconnect,
    .peers = peers,
    .revive = revive,
    .script = script,
    .begin = begin,
    .hold = hold,
    .commit = commit,
    .rollback = rollback,
    .part_begin = part_begin,
    .part_keep = part_keep,
    .part_undo = part_undo,
    .scrub = scrub,
    .compact = compact,
    .prepare = prepare,
    .bind_int = bind_int,
    .bind_double = bind_double,
    .bind_text = bind_text,
    .bind_bytes = bind_bytes,
    .bind_null = bind_null,
    .next = next,
    .column_int = column_int,
    .column_double = column_double,
    .column_bytes = column_bytes,
    .column_is_null = column_is_null,
    .finish = finish,
    .width = width,
    .forget = forget,
};
