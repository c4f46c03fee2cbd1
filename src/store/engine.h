/*
 * engine: what a database engine offers to the store.
 *
 * Layer: store, private.  Nobody outside src/store includes this.  store.c holds what
 * all engines share (the folder's lock, connections, the writing turn, the query table);
 * sqlite.c and postgres.c each fill one `struct engine`.
 */
#ifndef PENDEEN_STORE_ENGINE_H
#define PENDEEN_STORE_ENGINE_H

#include "store/memory.h"
#include "store/reread.h"
#include "store/store.h"

/* What migrations name and each engine writes in its own way. */
enum engine_word {
    ENGINE_ID,     /* %ID%: a key that numbers itself */
    ENGINE_BLOB,   /* %BLOB%: bytes */
    /* %BY_KEY%, behind a table: its rows are kept in the order of its key, and once */
    ENGINE_BY_KEY,
    ENGINE_WORDS
};

/* Beside those of query.def, the queries of a migration's step. */
enum { ONCE_MAX = 4 };
enum { ENGINE_CONTROLS = 4 };

struct query {
    struct db *db;
    const char *name;
    const char *text;
    bool open;
    bool keeps;   /* its rows may be kept (reread.h) */
    bool waiting; /* the engine was not asked yet */
    struct reread_key key;
    const struct reread_rows *rows; /* kept ones, which it hands out; NULL: the engine's */
    size_t row;                   /* counted from 1 */
    int code;        /* the engine's: of the last step or the first failure */
    void *statement; /* the engine's; kept from use to use */
};

struct db {
    const struct engine *engine;
    void *connection; /* the engine's */
    void *control[ENGINE_CONTROLS]; /* the engine's: statements that begin and end transactions */
    struct db *next;  /* in the pool of readers, or of those that a thread has borrowed */
    struct store *store; /* that it was borrowed of */
    struct memory memory;  /* of the transaction */
    struct memory at_part; /* as it was when the part began */
    struct reread *kept; /* NULL: it keeps nothing */
    bool held;         /* all that is read is of one moment */
    struct query query[QUERY_COUNT + ONCE_MAX];
};

struct engine {
    const char *name;
    const char *word[ENGINE_WORDS];
    /* For move.h.  Queries: the names of all tables; name and type of each column of ?1.
     * Scripts: references need to lead somewhere only from the second on, which also counts
     * numbers of rows on from the largest. */
    const char *tables;
    const char *columns;
    const char *refer_later;
    const char *refer_now;
    bool fetches_all; /* a query's whole result at once */
    /* `place`: a path, or an address.  Sets db->connection. */
    enum st (*connect)(struct db *db, const char *place, bool writing, struct err *err);
    void (*disconnect)(struct db *db); /* accepts one that did not connect */
    void (*peers)(const struct db *db, struct store_peers *ret);
    /* Is the connection good?  If not, tries once to bring it back. */
    bool (*revive)(struct db *db);
    /* Several statements separated by semicolons. */
    enum st (*script)(struct db *db, struct str script, struct err *err);
    /* A write transaction: nobody else, of whatever process, is in one. */
    enum st (*begin)(struct db *db, struct err *err);
    /* All that is read from here on is of one moment. */
    enum st (*hold)(struct db *db, struct err *err);
    enum st (*commit)(struct db *db, struct err *err);
    void (*rollback)(struct db *db); /* nothing when the transaction is over */
    /* A part of a write transaction, which can be undone without the rest.  A failure of any
     * of the three means that the transaction is lost. */
    enum st (*part_begin)(struct db *db, struct err *err);
    enum st (*part_keep)(struct db *db, struct err *err);
    enum st (*part_undo)(struct db *db, struct err *err);
    /* Runs a query that gives no rows, whose failure may show only with what is run next on the
     * connection.  NULL: the engine has no such way. */
    void (*send)(struct query *query);
    /* The one session of all that has the lead; keeps it until it ends.  NULL: there is only
     * one program. */
    bool (*lead)(struct db *db);
    /* Leaves no row that was overwritten behind, as far as the engine can.  ST_BUSY: not while
     * others read what was before, for whom it waits no longer than a blink. */
    enum st (*scrub)(struct db *db, struct err *err);
    enum st (*compact)(struct db *db, struct err *err);

    void (*prepare)(struct query *query);
    void (*bind_int)(struct query *query, int parameter, int64_t value);
    void (*bind_double)(struct query *query, int parameter, double value);
    void (*bind_text)(struct query *query, int parameter, struct str value);
    void (*bind_bytes)(struct query *query, int parameter, const void *bytes, size_t size);
    void (*bind_null)(struct query *query, int parameter);
    bool (*next)(struct query *query);
    int64_t (*column_int)(struct query *query, int column);
    double (*column_double)(struct query *query, int column);
    struct str (*column_bytes)(struct query *query, int column); /* text or bytes */
    bool (*column_is_null)(struct query *query, int column);
    enum st (*finish)(struct query *query, struct err *err);
    /* For reread.h, of an engine whose database no other program writes; else NULL. */
    int (*width)(struct query *query);
    void (*forget)(struct query *query); /* frees query->statement */
};

extern const struct engine engine_sqlite;
extern const struct engine engine_postgres;

/* For migrations alone. */
enum st db_execute_script(struct db *db, struct str script, struct err *err) MUST_USE;
const char *db_word(const struct db *db, enum engine_word word);
/* A query whose text stands in a step of a migration and not in query.def, since it is
 * of a shape that is gone afterwards.  `text` is a constant. */
struct query *db_query_once(struct db *db, const char *text);

#endif
