/*
 * store: what every engine shares.
 *
 * One writing connection behind a mutex, readers from a pool, a lock file that keeps a
 * second process out of the data folder, the key ring, and the table of queries.  What
 * differs between engines stands behind engine.h.
 */
#include "store/store.h"

#include "seal/keyring.h"
#include "store/engine.h"
#include "store/migration.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *name;
    const char *text;
} queries[QUERY_COUNT] = {
#define QUERY(id, sql) [id] = {#id, sql},
#include "store/query.def"
#undef QUERY
};

enum { PLACE_MAX = 2048 };

struct store {
    const struct engine *engine;
    char folder[1004];
    char place[PLACE_MAX]; /* of the database: a path, or an address */
    int lock_file;
    pthread_mutex_t writing; /* the turn */
    struct db *writer;
    /* Transactions that ended their turn and wait for the commit that they share; looked at
     * within a turn. */
    struct member *group;
    struct member **group_end;
    size_t group_count;
    size_t last_group_count; /* so many are likely to come again */
    bool joined;            /* the one whose turn it is is a part of the group's transaction */
    _Atomic size_t wanting; /* wait for the turn */
    pthread_mutex_t settling;
    pthread_cond_t settled;
    enum st (*before_turn)(void *context, struct db *db, struct err *err); /* may be NULL */
    void *before_turn_context;
    _Atomic uint64_t losses;
    pthread_mutex_t leading;
    struct db *leader; /* the connection that has the lead, or asks for it */
    _Atomic bool leads;
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
    }
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
    int length = at < 0 ? snprintf(store->place, sizeof store->place, "%s", address)
                        : snprintf(store->place, sizeof store->place, "%.*spendeen_%016" PRIx64 "%s",
                                   (int)at, address, str_hash(str_from(whole)), address + at + mark.len);
    if (length >= (int)sizeof store->place)
        return err_set(err, ST_INVALID, "The address of the database is too long.");
    return ST_OK;
}

/* Which engine, and where.  The folder's name is known and the folder is there. */
static enum st choose_engine(struct store *store, const char *database, struct err *err)
{
    if (!database) database = getenv("PENDEEN_STORE"); /* "" is said: SQLite */
    if (!database || !*database) {
        store->engine = &engine_sqlite;
        snprintf(store->place, sizeof store->place, "%s/pendeen.db", store->folder);
        return ST_OK;
    }
    struct str address = str_from(database);
    if (!str_starts(address, STR("postgresql://")) && !str_starts(address, STR("postgres://"))) {
        err_set(err, ST_INVALID, "'%s' is no address of a database.", database);
        err_hint(err, "Write postgresql://HOST/DATABASE, or leave it out for SQLite.");
        return ST_INVALID;
    }
    store->engine = &engine_postgres;
    return fill_address(store, database, err);
}

/* Has anything been sealed here?  Then a missing ring must not be made anew. */
static bool is_sealed(struct db *db)
{
    struct query *query = db_query_once(db, "SELECT 1 FROM record_key LIMIT 1");
    bool found = db_next(query);
    return db_end(query, NULL) == ST_OK && found; /* before the first migration there is no such table */
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

/* What a step has read in the clear must not be left in freed pages; a new database has
 * none. */
static enum st migrate(struct store *store, struct err *err)
{
    int applied = 0;
    enum st outcome = migration_apply(store->writer, store->keys, &applied, err);
    bool was_there = applied > 0 && (size_t)applied < migrations_count;
    if (outcome == ST_OK && was_there) outcome = store->engine->compact(store->writer, err);
    return outcome == ST_OK && was_there ? store_scrub(store, err) : outcome;
}

static enum st store_new(const char *folder, struct store **ret, struct err *err)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store) return err_set(err, ST_FAILED, "There is no memory left.");
    store->lock_file = -1;
    pthread_mutex_init(&store->writing, NULL);
    pthread_mutex_init(&store->settling, NULL);
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&store->settled, &steady);
    pthread_condattr_destroy(&steady);
    store->group_end = &store->group;
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
    enum st outcome = store_new(start->folder, &store, err);
    if (outcome != ST_OK) return outcome;
    if (mkdir(start->folder, 0700) != 0 && errno != EEXIST) {
        outcome = err_set(err, ST_FAILED, "The data folder '%s' cannot be made.", start->folder);
        err_detail(err, "%s", strerror(errno));
    }
    if (outcome == ST_OK) outcome = store_lock_folder(start->folder, &store->lock_file, err);
    if (outcome == ST_OK) outcome = choose_engine(store, start->database, err);
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

enum st store_open_reading(const char *folder, const char *database, struct store **ret, struct err *err)
{
    struct store *store = NULL;
    enum st outcome = store_new(folder, &store, err);
    if (outcome != ST_OK) return outcome;
    outcome = choose_engine(store, database, err);
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
    pthread_mutex_destroy(&store->settling);
    pthread_cond_destroy(&store->settled);
    pthread_mutex_destroy(&store->pooling);
    pthread_mutex_destroy(&store->leading);
    free(store);
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
    return db->engine->hold(db, err);
}

void store_read_release(struct db *db)
{
    db->engine->rollback(db);
}

/* --- transactions ------------------------------------------------------------ */

/* Waits for a database that is away for a moment, as when its standby takes over. */
static bool writer_is_there(struct store *store)
{
    enum { TRIES = 100, PAUSE_MS = 100 };
    for (int i = 0; i < TRIES; i++) {
        if (store->engine->revive(store->writer)) return true;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
    }
    return false;
}

/* One that has ended its turn. */
struct member {
    struct member *next;
    const struct store_after *after; /* may be NULL */
    enum st outcome;
    struct err err;
    bool settled;
};

/* Tells all of the group how it ended; in the turn. */
static void settle_group(struct store *store, enum st outcome, const struct err *err)
{
    for (struct member *member = store->group; member; member = member->next)
        if (member->after) member->after->run(member->after->context, outcome);
    pthread_mutex_lock(&store->settling);
    for (struct member *member = store->group; member; member = member->next) {
        member->outcome = outcome;
        member->err = *err;
        member->settled = true;
    }
    pthread_cond_broadcast(&store->settled);
    store->group = NULL;
    store->group_end = &store->group;
    store->group_count = 0;
    pthread_mutex_unlock(&store->settling);
}

static void commit_group(struct store *store)
{
    struct err err = {0};
    if (!store->group) return;
    enum st outcome = store->engine->commit(store->writer, &err);
    if (outcome != ST_OK) {
        store->engine->rollback(store->writer);
        store->losses++;
    }
    store->last_group_count = store->group_count;
    settle_group(store, outcome, &err);
}

/* The transaction that the group shares is lost, and none of it is kept. */
static void lose_group(struct store *store, enum st outcome, const struct err *err)
{
    store->engine->rollback(store->writer);
    store->losses++;
    settle_group(store, outcome, err);
}

/* Whoever waits for the turn takes the group over, unless it is large enough.  One that is
 * smaller than the last waits for a moment, since those of the last are on their way. */
static void end_turn(struct store *store)
{
    enum { GROUP_MAX = 64 };
    bool complete = !store->wanting && store->group_count >= store->last_group_count;
    if (complete || store->group_count >= GROUP_MAX) commit_group(store);
    pthread_mutex_unlock(&store->writing);
}

/* Commits the group if nobody came to it since it had so many, and nobody is on the way. */
static size_t commit_if_quiet(struct store *store, size_t had)
{
    if (pthread_mutex_trylock(&store->writing) != 0) return had; /* the one whose turn it is looks */
    size_t has = store->group_count;
    if (has == had && !store->wanting) commit_group(store);
    pthread_mutex_unlock(&store->writing);
    return has;
}

/* Until the commit that it shares.  The first of a group sees to it that it comes. */
static void await_settling(struct store *store, const struct member *member, bool first)
{
    enum { PATIENCE_US = 300 };
    size_t had = 0;
    pthread_mutex_lock(&store->settling);
    while (!member->settled) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += PATIENCE_US * 1000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (!first)
            pthread_cond_wait(&store->settled, &store->settling);
        else if (pthread_cond_timedwait(&store->settled, &store->settling, &until) != 0) {
            pthread_mutex_unlock(&store->settling);
            had = commit_if_quiet(store, had);
            pthread_mutex_lock(&store->settling);
        }
    }
    pthread_mutex_unlock(&store->settling);
}

static enum st begin_part(struct store *store)
{
    struct err err = {0};
    enum st outcome = store->group ? store->engine->part_begin(store->writer, &err) : ST_NOT_FOUND;
    if (store->group && outcome != ST_OK) lose_group(store, outcome, &err);
    return outcome;
}

enum st store_write_begin(struct store *store, struct db **ret, struct err *err)
{
    store->wanting++;
    pthread_mutex_lock(&store->writing);
    store->wanting--;
    enum st outcome = begin_part(store);
    store->joined = outcome == ST_OK;
    if (!store->joined)
        outcome = writer_is_there(store)
                      ? store->engine->begin(store->writer, err)
                      : err_set(err, ST_BUSY, "The database does not answer. Please try again later.");
    if (outcome == ST_OK && !store->joined && store->before_turn) {
        outcome = store->before_turn(store->before_turn_context, store->writer, err);
        if (outcome != ST_OK) store->engine->rollback(store->writer);
    }
    if (outcome != ST_OK) {
        end_turn(store);
        return outcome;
    }
    *ret = store->writer;
    return ST_OK;
}

enum st store_write_commit_then(struct store *store, struct db *db, const struct store_after *after,
                                struct err *err)
{
    assert(db == store->writer);
    struct member member = {.after = after};
    enum st outcome = store->joined ? db->engine->part_keep(db, &member.err) : ST_OK;
    bool first = !store->group;
    *store->group_end = &member;
    store->group_end = &member.next;
    store->group_count++;
    if (outcome != ST_OK) lose_group(store, outcome, &member.err);
    end_turn(store);
    await_settling(store, &member, first);
    if (member.outcome != ST_OK && err) *err = member.err;
    return member.outcome;
}

enum st store_write_commit(struct store *store, struct db *db, struct err *err)
{
    return store_write_commit_then(store, db, NULL, err);
}

void store_write_rollback(struct store *store, struct db *db)
{
    assert(db == store->writer);
    struct err err = {0};
    enum st outcome = store->joined ? db->engine->part_undo(db, &err) : ST_OK;
    if (!store->joined)
        db->engine->rollback(db);
    else if (outcome != ST_OK)
        lose_group(store, outcome, &err);
    end_turn(store);
}

enum st store_write_end(struct store *store, struct db *db, enum st outcome, struct err *err)
{
    if (outcome == ST_OK) return store_write_commit(store, db, err);
    store_write_rollback(store, db);
    return outcome;
}

enum st store_scrub(struct store *store, struct err *err)
{
    pthread_mutex_lock(&store->writing);
    commit_group(store);
    enum st outcome = store->engine->scrub(store->writer, err);
    pthread_mutex_unlock(&store->writing);
    return outcome;
}

/* --- several programs on one database ---------------------------------------------- */

bool store_is_shared(const struct store *store)
{
    return store->engine->lead != NULL;
}

void store_before_turn(struct store *store, enum st (*run)(void *, struct db *, struct err *), void *context)
{
    pthread_mutex_lock(&store->writing);
    commit_group(store);
    store->before_turn = run;
    store->before_turn_context = context;
    pthread_mutex_unlock(&store->writing);
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
    db->engine->prepare(query);
    return query;
}

struct query *db_query_once(struct db *db, const char *text)
{
    struct query *query = &db->query[QUERY_COUNT];
    while (query->open) query++;
    assert(query < &db->query[QUERY_COUNT + ONCE_MAX]);
    db->engine->forget(query);
    query->text = text;
    query->open = true;
    db->engine->prepare(query);
    return query;
}

void db_bind_int(struct query *query, int parameter, int64_t value)
{
    query->db->engine->bind_int(query, parameter, value);
}

void db_bind_double(struct query *query, int parameter, double value)
{
    query->db->engine->bind_double(query, parameter, value);
}

void db_bind_text(struct query *query, int parameter, struct str value)
{
    query->db->engine->bind_text(query, parameter, value);
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
    query->db->engine->bind_bytes(query, parameter, bytes, size);
}

void db_bind_null(struct query *query, int parameter)
{
    query->db->engine->bind_null(query, parameter);
}

bool db_next(struct query *query)
{
    work++;
    assert(query->open);
    return query->db->engine->next(query);
}

int64_t db_int(struct query *query, int column)
{
    return query->db->engine->column_int(query, column);
}

double db_double(struct query *query, int column)
{
    return query->db->engine->column_double(query, column);
}

struct str db_text(struct query *query, int column)
{
    return query->db->engine->column_bytes(query, column);
}

struct str db_bytes(struct query *query, int column)
{
    return query->db->engine->column_bytes(query, column);
}

bool db_is_null(struct query *query, int column)
{
    return query->db->engine->column_is_null(query, column);
}

enum st db_end(struct query *query, struct err *err)
{
    assert(query->open);
    query->open = false;
    return query->db->engine->finish(query, err);
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
    return db->engine->script(db, script, err);
}

const char *db_word(const struct db *db, enum engine_word word)
{
    return db->engine->word[word];
}
