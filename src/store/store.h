/*
 * store: one database interface for the whole program.
 *
 * Layer: store.  All SQL text is constant and stands in query.def, with
 * placeholders ?1 ?2 …, written to run on SQLite and PostgreSQL alike.  There is
 * one writing connection for each database (a transaction holds it), and as
 * many reading ones as threads ask at once.
 *
 * Lifetimes: a db is borrowed between store_read_begin and store_read_end, or
 * for a transaction; a query between db_query and db_end; a text column until
 * the next db_next or db_end, unless it is copied into an arena.
 *
 * Errors are sticky: the first failure of a query ends it, and db_end reports
 * it.  Within a write transaction it must be passed on, and then the
 * transaction is rolled back.
 */
#ifndef PENDEEN_STORE_STORE_H
#define PENDEEN_STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct store;
struct db;
struct query;
struct keyring;

enum query_id {
#define QUERY(id, sql) id,
#include "store/query.def"
#undef QUERY
    QUERY_COUNT
};

/* Opens the database of a data folder (made with mode 0700 when missing) and
 * applies migrations.  Only one process may write: ST_BUSY when another has the
 * folder open, with its process id in the message. */
enum st store_open(const char *folder, struct store **ret, struct err *err) MUST_USE;
/* The same, with the key ring in another place than FOLDER/pendeen.keys, or behind a
 * passphrase.  A ring is made where there is none and nothing was sealed yet; ST_NOT_FOUND
 * when there is none and something was. */
struct store_start {
    const char *folder;
    const char *database; /* "postgresql://…"; "": SQLite in FOLDER/pendeen.db; NULL: as the
                           * environment's PENDEEN_STORE says, else SQLite.  "{folder}" in it stands
                           * for a name that belongs to the data folder. */
    const char *keys; /* path of the ring; NULL: FOLDER/pendeen.keys */
    struct str passphrase;
    bool existing; /* make neither folder nor database nor ring: ST_NOT_FOUND when one is missing */
};
enum st store_open_with(const struct store_start *start, struct store **ret,
                        struct err *err) MUST_USE;
/* Is it an address of a database, as far as its words go?  "" is: SQLite. */
bool store_address_good(const char *database);
/* The ring that this store's data keys are wrapped by; lives as long as the store. */
struct keyring *store_keys(const struct store *store);
/* Writes the log of changes back into the database and empties it, so that what was
 * overwritten is nowhere any more.  ST_BUSY: somebody reads what was before, for longer than a
 * moment; nothing is lost, and it is to be tried again.  Others have their turns meanwhile. */
enum st store_scrub(struct store *store, struct err *err) MUST_USE;
/* The name of the fact (query.def) that something is to be scrubbed away: written with what makes
 * it so, so that a program that ended meanwhile knows of it (domain/destroy.h). */
#define FACT_UNWIPED "unwiped"
/* Writes the whole database anew, so that nothing that a migration took out of it is left between
 * what stands in it; to be followed by store_scrub.  ST_BUSY as there, after one try. */
enum st store_compact(struct store *store, struct err *err) MUST_USE;
/* The fact that this waits: set with FACT_UNWIPED, which something destroyed later sets anew. */
#define FACT_UNCOMPACTED "uncompacted"
void store_close(struct store *store); /* accepts NULL */
/* Opens a data folder only to read it: without its lock, so also one that is being served,
 * without keys, and without bringing it to this version's shape.  ST_NOT_FOUND: there is
 * none.  Nothing may be written through it. */
enum st store_open_reading(const char *folder, const char *database, struct store **ret,
                           struct err *err) MUST_USE;

/* Keeps every other program out of a data folder until *ret is closed; to be closed after a
 * failure as well, when it is not -1.  ST_BUSY as store_open. */
enum st store_lock_folder(const char *folder, int *ret, struct err *err) MUST_USE;

/* A reading connection; waits for nobody.  NULL only when the machine refuses
 * one (then err is set). */
struct db *store_read_begin(struct store *store, struct err *err);
void store_read_end(struct store *store, struct db *db); /* accepts NULL */
/* Ends all that this thread began and did not end, since the way out of an arena (base/arena.h) led
 * past it: queries, reading connections, a turn of writing, of which nothing is kept. */
void store_abandon(void);

/* From hold to release all that is read on the connection is of one moment. */
enum st store_read_hold(struct db *db, struct err *err) MUST_USE;
void store_read_release(struct db *db);
/* May what is made of what is read here count again while nothing changes (base/change.h)?  Not
 * from hold to release, nor within a turn of writing, which reads what nobody else may. */
bool store_may_keep(const struct db *db);

/* The write transaction: waits for the one before it.  End it by commit or
 * rollback, exactly once.  A commit that returns ST_OK is durable.
 *
 * Whoever commits while others wait for their turn hands the turn on and waits: all of them
 * are written to the disk together, and each is answered only then.  So a later one reads
 * what an earlier one wrote before that is durable: an answer that rests on such a reading
 * has to end with a commit, even of nothing.  Hold no lock from begin to the end of a
 * commit that somebody else may want within a transaction. */
enum st store_write_begin(struct store *store, struct db **ret, struct err *err) MUST_USE;
enum st store_write_commit(struct store *store, struct db *db, struct err *err) MUST_USE;
/* The same; `run` is called once it is known how it ended, before anybody whose transaction
 * was not written with this one has a turn, and in the order of the turns: what is in memory
 * follows what is in the store.  It may be on another thread, while this one waits.
 *
 * `work` (may be NULL) is what a transaction still has to find out and needs no turn for: it
 * is called while others have theirs, on any thread that waits for its own.  Then `finish`
 * writes what it found, in a turn, before the commit that is shared and before any turn that
 * was not taken by store_write_beside, in the order of the turns.  When it fails, nothing is
 * kept of all that are written together.  None of these may wait for a turn. */
struct store_after {
    void (*run)(void *context, enum st outcome);
    void *context;
    void (*work)(void *context);
    enum st (*finish)(void *context, struct db *db, struct err *err); /* with work */
};
enum st store_write_commit_then(struct store *store, struct db *db, const struct store_after *after,
                                struct err *err) MUST_USE;
/* Begins, writes and commits, for who does not read what those that are written together have
 * yet to finish, and fails only when the store does: what it writes is no part of its own, which
 * costs a copy of each page that it touches, so when it fails all of them are refused, to try
 * again.  `write` is called in its turn with the context of `after`, maybe by another thread that
 * has the turn, while this one waits: many that come at once hand the turn to nobody. */
typedef enum st store_write(void *context, struct db *db, struct err *err);
enum st store_write_beside(struct store *store, store_write *write, const struct store_after *after,
                           struct err *err) MUST_USE;
void store_write_rollback(struct store *store, struct db *db);
/* In a write transaction: all that it writes is a line of the log of what was read, which no
 * answer that is kept (base/change.h) is made of. */
void store_write_quiet(struct store *store, struct db *db);
/* Commits when outcome is ST_OK, else rolls back; returns how it all ended. */
enum st store_write_end(struct store *store, struct db *db, enum st outcome,
                        struct err *err) MUST_USE;
/* The same; `after` as above, and nothing of it is called when it is rolled back. */
enum st store_write_end_then(struct store *store, struct db *db, enum st outcome,
                             const struct store_after *after, struct err *err) MUST_USE;

/* --- several programs on one database -------------------------------------------------- */

/* Can it be written by several at once?  PostgreSQL can. */
bool store_is_shared(const struct store *store);
/* `run` is called in a turn of writing before anything else is done in it, while no other
 * program can write; a failure ends the turn.  NULL takes it away. */
void store_before_turn(struct store *store,
                       enum st (*run)(void *context, struct db *db, struct err *err),
                       void *context);
/* For how long somebody in this program has had the turn of writing, with what they wait for other
 * programs' and for the disk; 0: nobody has it. */
int64_t store_turn_ms(const struct store *store);
/* How many commits failed, or got no answer and may have happened.  Within a turn it stays. */
uint64_t store_losses(const struct store *store);
/* Is this the one program that runs the jobs?  Takes that over when nobody is; it ends with
 * the program, or with its connection.  Asks the database each time.  True where a database
 * has one program. */
bool store_lead(struct store *store);
bool store_is_leading(const struct store *store); /* as store_lead said last */

/* Starts a query; earlier bindings are gone.  Parameters count from 1. */
struct query *db_query(struct db *db, enum query_id id);
void db_bind_int(struct query *query, int parameter, int64_t value);
void db_bind_double(struct query *query, int parameter, double value);
void db_bind_text(struct query *query, int parameter, struct str value);
void db_bind_bytes(struct query *query, int parameter, const void *bytes, size_t size);
void db_bind_null(struct query *query, int parameter);
/* NULL where there is none: 0, or empty. */
void db_bind_int_or_null(struct query *query, int parameter, int64_t value);
void db_bind_bytes_or_null(struct query *query, int parameter, struct str bytes);

/* Moves to the next row; false at the end or on an error. */
bool db_next(struct query *query);
/* Columns count from 0.  NULL reads as 0, or as the empty text. */
int64_t db_int(struct query *query, int column);
double db_double(struct query *query, int column);
struct str db_text(struct query *query, int column);
struct str db_bytes(struct query *query, int column);
bool db_is_null(struct query *query, int column);
/* Finishes a query.  ST_CONFLICT: a unique or foreign key refused it. */
enum st db_end(struct query *query, struct err *err) MUST_USE;
/* The same after its rows were used: what came of that, unless it is
 * ST_OK; and `err` is that one's. */
enum st db_end_after(struct query *query, enum st outcome, struct err *err) MUST_USE;
/* For a query with no rows to read: runs it to the end. */
enum st db_run(struct query *query, struct err *err) MUST_USE;
/* The same within a turn of writing, for a query that gives no rows: where the database is at
 * the other end of a wire nobody waits for its answer, and a failure shows with a later query
 * of the turn, or when it is committed. */
enum st db_run_later(struct query *query, struct err *err) MUST_USE;
/* For a query of one row with one number: ST_NOT_FOUND when there is none. */
enum st db_one(struct query *query, int64_t *ret, struct err *err) MUST_USE;
/* The id for a new row, from a query that says what the largest is.  Within a write
 * transaction: nobody else takes it. */
enum st db_next_id(struct db *db, enum query_id largest, int64_t *ret, struct err *err) MUST_USE;
/* The same for `count` new rows, of which it returns the first's.  What the largest is is asked
 * once for all that are written together: a table whose ids are taken so has them taken so by
 * everybody. */
enum st db_take_ids(struct db *db, enum query_id largest, int64_t count, int64_t *ret,
                    struct err *err) MUST_USE;

/* How many queries were begun and rows stepped to since the program started: by anybody, and by
 * this thread; for tests, which hold two ways of answering to the same work. */
uint64_t store_work(void);
uint64_t store_work_here(void);

/* Where a database that is another program is reached, for the sandbox: all zero for SQLite. */
enum { STORE_PEERS_MAX = 8, STORE_PEER_FILE_SIZE = 512 };
struct store_peers {
    bool is_local; /* by a Unix socket */
    uint16_t port[STORE_PEERS_MAX];
    size_t port_count;
    /* read at each connection: password, certificates */
    char file[STORE_PEERS_MAX][STORE_PEER_FILE_SIZE];
    size_t file_count;
};
void store_peers(const struct store *store, struct store_peers *ret);

/* The data folder, as it was opened. */
const char *store_folder(const struct store *store);
/* The text of a query, and a word for the engine, for tests and the log. */
const char *store_query_text(enum query_id id);
const char *store_query_name(enum query_id id);
const char *store_engine(const struct store *store);

#endif
