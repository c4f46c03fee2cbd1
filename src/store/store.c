/*
 * store: what every engine shares.
 *
 * Opening and closing, readers from a pool, a lock file that keeps a
 * second process out of the data folder, the key ring, and the table of queries.  What
 * differs between engines stands behind engine.h.
 */
#include "store/store.h"

#include "seal/keyring.h"
#include "store/migration.h"
#include "store/store_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
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
    return store->engine->name;
}

struct keyring *store_keys(const struct store *store)
{
    return store->keys;
}

void store_peers(const struct store *store, struct store_peers *ret)
{
    *ret = (struct store_peers){0};
    store->engine->peers(store->writer, ret);
}

/* --- connections ----------------------------------------------------------- */

static void db_close(struct db *db)
{
    if (!db) return;
    for (size_t i = 0; i < QUERY_COUNT + ONCE_MAX; i++) db->engine->forget(&db->query[i]);
    reread_free(db->kept);
    db->engine->disconnect(db);
    free(db);
}

static enum st db_open(const struct store *store, bool writing, struct db **ret, struct err *err)
{
    struct db *db = calloc(1, sizeof *db);
    if (!db) return err_set(err, ST_FAILED, "There is no memory left.");
    db->engine = store->engine;
    for (size_t i = 0; i < QUERY_COUNT + ONCE_MAX; i++) {
        db->query[i].db = db;
        db->query[i].name = i < QUERY_COUNT ? queries[i].name : "a migration's step";
        db->query[i].text = i < QUERY_COUNT ? queries[i].text : NULL;
        db->query[i].keeps = i < QUERY_COUNT && reread_may(queries[i].text);
    }
    /* Beside the one that writes, and nobody else does. */
    if (!writing && store->writer && store->engine->width) db->kept = reread_new();
    enum st outcome = db->engine->connect(db, store->place, writing, err);
    if (outcome != ST_OK)
        db_close(db);
    else
        *ret = db;
    return outcome;
}

/* --- the lock on a data folder --------------------------------------------- */

enum st store_lock_folder(const char *folder, int *ret, struct err *err)
{
    char path[1040];
    char owner[32] = "";
    snprintf(path, sizeof path, "%s/lock", folder);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        err_set(err, ST_FAILED, "The data folder '%s' cannot be written.", folder);
        err_detail(err, "%s: %s", path, strerror(errno));
        return ST_FAILED;
    }
    *ret = file;
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        ssize_t got = pread(file, owner, sizeof owner - 1, 0);
        if (got > 0) owner[got - 1] = 0;
        err_set(err, ST_BUSY, "Another pendeen (process %s) is using the data folder '%s'.",
                got > 0 ? owner : "unknown", folder);
        err_hint(err, "Use its web pages, or stop it first.");
        return ST_BUSY;
    }
    int length = snprintf(owner, sizeof owner, "%ld\n", (long)getpid());
    if (ftruncate(file, 0) != 0 || pwrite(file, owner, length, 0) != length)
        return err_set(err, ST_FAILED, "The data folder '%s' cannot be written.", folder);
    return ST_OK;
}

/* --- opening ------------------------------------------------------------------ */

/* The address, with "{folder}" as a name that belongs to the data folder. */
static enum st fill_address(struct store *store, const char *address, struct err *err)
{
    static const struct str mark = STR_INIT("{folder}");
    struct str text = str_from(address);
    ptrdiff_t at = str_find(text, mark, 0);
    char whole[PATH_MAX];
    if (at >= 0 && !realpath(store->folder, whole))
        return err_set(err, ST_FAILED, "The data folder '%s' cannot be found.", store->folder);
    int length =
        at < 0 ? snprintf(store->place, sizeof store->place, "%s", address)
               : snprintf(store->place, sizeof store->place, "%.*spendeen_%016" PRIx64 "%s",
                          (int)at, address, str_hash(str_from(whole)), address + at + mark.len);
    if (length >= (int)sizeof store->place)
        return err_set(err, ST_INVALID, "The address of the database is too long.");
    return ST_OK;
}

bool store_address_good(const char *database)
{
    struct str address = str_from(database);
    return !address.len || str_starts(address, STR("postgresql://")) ||
           str_starts(address, STR("postgres://"));
}

/* Which engine.  Nothing was made yet. */
static enum st choose_engine(struct store *store, const char **database, struct err *err)
{
    if (!*database) *database = getenv("PENDEEN_STORE"); /* "" is said: SQLite */
    if (!*database) *database = "";
    store->engine = **database ? &engine_postgres : &engine_sqlite;
    if (store_address_good(*database)) return ST_OK;
    err_set(err, ST_INVALID, "'%s' is no address of a database.", *database);
    err_hint(err, "Write postgresql://HOST/DATABASE, or leave it out for SQLite.");
    return ST_INVALID;
}

/* And where.  The folder is there. */
static enum st choose_place(struct store *store, const char *database, struct err *err)
{
    if (store->engine == &engine_postgres) return fill_address(store, database, err);
    snprintf(store->place, sizeof store->place, "%s/pendeen.db", store->folder);
    return ST_OK;
}

/* A name that was typed wrong is no new folder. */
static enum st look_for_folder(const struct store *store, struct err *err)
{
    char database[1040];
    bool shared = store->engine == &engine_postgres;
    bool is_there = access(store->folder, F_OK) == 0;
    snprintf(database, sizeof database, "%s/pendeen.db", store->folder);
    if (is_there && (shared || access(database, F_OK) == 0)) return ST_OK;
    err_set(err, ST_NOT_FOUND,
            is_there ? "The folder '%.150s' holds no records of Pendeen."
                     : "There is no data folder '%.150s'.",
            store->folder);
    err_hint(err, "Say where it is by --data. A new one is made by 'pendeen user add' or 'pendeen "
                  "serve', or of a backup by 'pendeen restore'.");
    return ST_NOT_FOUND;
}

/* Has anything been sealed here?  Then a missing ring must not be made anew. */
static bool is_sealed(struct db *db)
{
    struct query *query = db_query_once(db, "SELECT 1 FROM record_key LIMIT 1");
    bool found = db_next(query);
    /* before the first migration there is no such table */
    return db_end(query, NULL) == ST_OK && found;
}

static enum st open_keys(struct store *store, const struct store_start *start, struct err *err)
{
    char beside[1040];
    snprintf(beside, sizeof beside, "%s/pendeen.keys", store->folder);
    const char *path = start->keys ? start->keys : beside;
    bool makes = !start->existing && !is_sealed(store->writer);
    enum st outcome = keyring_open(path, start->passphrase, makes, &store->keys, err);
    if (outcome == ST_NOT_FOUND) {
        err_set(err, ST_NOT_FOUND,
                "The key ring '%s' is missing, and without it nothing can be read.", path);
        err_hint(err, "Put it back from its copy, or recover it: pendeen keys recover.");
    }
    return outcome;
}

/* For who comes later: destroyed_wipe (domain/destroy.h). */
static enum st note_unwiped(struct store *store, bool uncompacted, struct err *err)
{
    static const char *const names[] = {FACT_UNWIPED, FACT_UNCOMPACTED};
    size_t count = uncompacted ? 2 : 1;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct query *query = db_query(store->writer, Q_FACT_SET);
        db_bind_text(query, 1, str_from(names[i]));
        db_bind_text(query, 2, STR("migration"));
        outcome = db_run(query, err);
    }
    return outcome;
}

/* What a step has read in the clear must not be left in freed pages; a new database has
 * none.  While somebody reads what was before, that waits; a step that was refused does not. */
static enum st migrate(struct store *store, struct err *err)
{
    int applied = 0;
    enum st outcome = migration_apply(store->writer, store->keys, &applied, err);
    bool was_there = applied > 0 && (size_t)applied < migrations_count;
    if (outcome != ST_OK || !was_there) return outcome;
    enum st compacted = store_compact(store, err);
    outcome = compacted == ST_OK ? store_scrub(store, err) : compacted;
    return outcome == ST_BUSY ? note_unwiped(store, compacted != ST_OK, err) : outcome;
}

static enum st store_new(const char *folder, struct store **ret, struct err *err)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store) return err_set(err, ST_FAILED, "There is no memory left.");
    store->lock_file = -1;
    pthread_mutex_init(&store->writing, NULL);
    store->group_end = &store->group;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    store->processors = processors > 1 ? (uint32_t)processors : 1;
    pthread_mutex_init(&store->pooling, NULL);
    pthread_mutex_init(&store->leading, NULL);
    if (snprintf(store->folder, sizeof store->folder, "%s", folder) >= (int)sizeof store->folder) {
        store_close(store);
        return err_set(err, ST_INVALID, "The name of the data folder is too long.");
    }
    *ret = store;
    return ST_OK;
}

enum st store_open(const char *folder, struct store **ret, struct err *err)
{
    return store_open_with(&(struct store_start){.folder = folder}, ret, err);
}

enum st store_open_with(const struct store_start *start, struct store **ret, struct err *err)
{
    struct store *store = NULL;
    const char *database = start->database;
    enum st outcome = store_new(start->folder, &store, err);
    if (outcome != ST_OK) return outcome;
    outcome = choose_engine(store, &database, err);
    if (outcome == ST_OK && start->existing) outcome = look_for_folder(store, err);
    if (outcome == ST_OK && !start->existing && mkdir(start->folder, 0700) != 0 &&
        errno != EEXIST) {
        outcome = err_set(err, ST_FAILED, "The data folder '%s' cannot be made.", start->folder);
        err_detail(err, "%s", strerror(errno));
    }
    if (outcome == ST_OK) outcome = store_lock_folder(start->folder, &store->lock_file, err);
    if (outcome == ST_OK) outcome = choose_place(store, database, err);
    if (outcome == ST_OK) {
        mode_t before = umask(0077);
        outcome = db_open(store, true, &store->writer, err);
        umask(before);
    }
    if (outcome == ST_OK) outcome = open_keys(store, start, err);
    if (outcome == ST_OK) outcome = migrate(store, err);
    if (outcome == ST_OK)
        *ret = store;
    else
        store_close(store);
    return outcome;
}

enum st store_open_reading(const char *folder, const char *database, struct store **ret,
                           struct err *err)
{
    struct store *store = NULL;
    enum st outcome = store_new(folder, &store, err);
    if (outcome != ST_OK) return outcome;
    outcome = choose_engine(store, &database, err);
    if (outcome == ST_OK) outcome = choose_place(store, database, err);
    if (outcome == ST_OK && store->engine == &engine_sqlite && access(store->place, R_OK) != 0)
        outcome = err_set(err, ST_NOT_FOUND, "There is no database in the folder '%s'.", folder);
    if (outcome == ST_OK) outcome = db_open(store, false, &store->readers, err);
    if (outcome == ST_OK)
        *ret = store;
    else
        store_close(store);
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
    db_close(store->leader);
    keyring_free(store->keys);
    if (store->lock_file >= 0) close(store->lock_file);
    pthread_mutex_destroy(&store->writing);
    pthread_mutex_destroy(&store->pooling);
    pthread_mutex_destroy(&store->leading);
    free(store);
}

/* --- what a thread has borrowed ---------------------------------------------- */

static _Thread_local struct db *borrowed; /* the newest */

void store_lend(struct store *store, struct db *db)
{
    db->store = store;
    db->next = borrowed;
    borrowed = db;
}

void store_take_back(struct db *db)
{
    struct db **link = &borrowed;
    while (*link && *link != db) link = &(*link)->next;
    assert(*link && "the thread that borrowed it gives it back");
    *link = db->next;
}

struct db *store_read_begin(struct store *store, struct err *err)
{
    pthread_mutex_lock(&store->pooling);
    struct db *db = store->readers;
    if (db) store->readers = db->next;
    pthread_mutex_unlock(&store->pooling);
    if (db && !db->engine->revive(db)) {
        db_close(db);
        db = NULL;
    }
    if (!db && db_open(store, false, &db, err) != ST_OK) return NULL;
    store_lend(store, db);
    return db;
}

void store_read_end(struct store *store, struct db *db)
{
    if (!db) return;
    store_take_back(db);
    pthread_mutex_lock(&store->pooling);
    db->next = store->readers;
    store->readers = db;
    pthread_mutex_unlock(&store->pooling);
}

enum st store_read_hold(struct db *db, struct err *err)
{
    db->held = true;
    return db->engine->hold(db, err);
}

void store_read_release(struct db *db)
{
    db->engine->rollback(db);
    db->held = false;
}

void store_abandon(void)
{
    while (borrowed) {
        struct db *db = borrowed;
        for (size_t i = 0; i < QUERY_COUNT + ONCE_MAX; i++)
            if (db->query[i].open) (void)!db_end(&db->query[i], NULL);
        if (db == db->store->writer) {
            store_write_rollback(db->store, db);
            continue;
        }
        if (db->held) store_read_release(db);
        store_read_end(db->store, db);
    }
}

bool store_may_keep(const struct db *db)
{
    return db->kept && !db->held;
}

/* --- several programs on one database ---------------------------------------------- */

bool store_is_shared(const struct store *store)
{
    return store->engine->lead != NULL;
}

uint64_t store_losses(const struct store *store)
{
    return store->losses;
}

bool store_lead(struct store *store)
{
    if (!store_is_shared(store)) return true;
    pthread_mutex_lock(&store->leading);
    if (store->leader && !store->engine->revive(store->leader)) {
        db_close(store->leader);
        store->leader = NULL;
    }
    if (!store->leader && db_open(store, true, &store->leader, NULL) != ST_OK) store->leader = NULL;
    store->leads = store->leader && store->engine->lead(store->leader);
    pthread_mutex_unlock(&store->leading);
    return store->leads;
}

bool store_is_leading(const struct store *store)
{
    return !store_is_shared(store) || store->leads;
}

/* --- what migrations need -------------------------------------------------------- */

enum st db_execute_script(struct db *db, struct str script, struct err *err)
{
    return db->engine->script(db, script, err);
}

const char *db_word(const struct db *db, enum engine_word word)
{
    return db->engine->word[word];
}
