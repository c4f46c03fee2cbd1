/*
 * postgres: the store on PostgreSQL, through libpq.
 *
 * The same query texts as on SQLite: "?1" becomes "$1".  A statement is prepared once for
 * each connection; whole results are fetched, so that queries may be nested as the
 * store's interface allows.  Values travel as bytes: what the server says the type of a
 * parameter is decides how it is written.
 *
 * One writer at a time, of whatever process: a write transaction begins by taking an
 * advisory lock that ends with it.  The audit's tree wants one order anyway.
 */
#include "store/postgres_internal.h"

#include <stdio.h>

enum { WRITE_LOCK = 7233, LEAD_LOCK = 7234 }; /* any numbers, the same for every process */

/* --- connections ----------------------------------------------------------------- */

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

/* The first schema of the search path is made if it is not there yet. */
static enum st make_schema(struct db *db, struct err *err)
{
    PGresult *result =
        PQexec(postgres_handle_of(db), "SELECT current_schema(), current_setting('search_path')");
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        enum st outcome = postgres_failure(db, result, "schema", err);
        PQclear(result);
        return outcome;
    }
    enum st outcome = ST_OK;
    if (PQgetisnull(result, 0, 0)) {
        struct str path = str_from(PQgetvalue(result, 0, 1));
        struct str first;
        char command[200];
        str_split(&path, ',', &first);
        first = str_trim(first);
        char *name = PQescapeIdentifier(postgres_handle_of(db), first.ptr, first.len);
        if (first.len && first.ptr[0] == '"') /* quoted already */
            snprintf(command, sizeof command, "CREATE SCHEMA IF NOT EXISTS %.*s", STR_ARG(first));
        else
            snprintf(command, sizeof command, "CREATE SCHEMA IF NOT EXISTS %s", name ? name : "");
        PQfreemem(name);
        outcome = postgres_execute(db, command, err);
    }
    PQclear(result);
    return outcome;
}

/* A program that stands still within its turn, or a machine that went without a word, must not
 * keep all others from writing: the database ends its session, and whoever waits does not wait for
 * ever.  Whatever the address, the role or the database says of these counts instead. */
static const char limits[] = "SELECT set_config(name, value, false) FROM pg_settings JOIN (VALUES"
                             " ('idle_in_transaction_session_timeout', '20s'), ('lock_timeout', "
                             "'30s'), ('tcp_user_timeout', '20s'),"
                             " ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'), "
                             "('tcp_keepalives_count', '3'))"
                             " AS wanted (name, value) USING (name) WHERE source = 'default'";

/* What every session begins with, the first and those after a connection was lost. */
static enum st begin_session(struct db *db, struct err *err)
{
    const struct connection *connection = db->connection;
    /* A commit that was acknowledged must be on the disk, whatever the server's default. */
    enum st outcome = postgres_execute(db, "SET synchronous_commit = on", err);
    if (outcome != ST_OK) return outcome;
    return postgres_execute(
        db, connection->writing ? limits : "SET default_transaction_read_only = on", err);
}

static enum st connect_to(struct db *db, const char *place, bool writing, struct err *err)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) return err_set(err, ST_FAILED, "There is no memory left.");
    db->connection = connection;
    connection->writing = writing;
    const char *keywords[] = {"dbname", "client_encoding", "fallback_application_name",
                              "connect_timeout", "target_session_attrs", NULL};
    const char *values[] = {place, "UTF8", "pendeen", "5", writing ? "read-write" : "primary",
                            NULL};
    connection->handle = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(connection->handle) != CONNECTION_OK) {
        err_set(err, ST_BUSY, "The database cannot be reached.");
        err_hint(err, "Look whether it is running, and at the address given with --store.");
        err_detail(err, "%s", PQerrorMessage(connection->handle));
        return ST_BUSY;
    }
    PQsetNoticeReceiver(connection->handle, ignore_notice, NULL);
    enum st outcome = begin_session(db, err);
    return outcome == ST_OK && writing ? make_schema(db, err) : outcome;
}

static void disconnect(struct db *db)
{
    struct connection *connection = db->connection;
    if (connection) PQfinish(connection->handle);
    free(connection);
}

static void add_host(struct store_peers *ret, struct str host, struct str port)
{
    int64_t number = 0;
    if (!host.len || host.ptr[0] == '/')
        ret->is_local = true;
    else if (ret->port_count < STORE_PEERS_MAX)
        ret->port[ret->port_count++] = str_to_int(port, &number) ? (uint16_t)number : 5432;
}

/* "host" and "port" may each be a list; one port stands for all hosts. */
static void add_hosts(struct store_peers *ret, struct str hosts, struct str ports)
{
    struct str host = STR("");
    struct str port = STR("");
    if (!hosts.len) add_host(ret, host, port);
    while (str_split(&hosts, ',', &host)) {
        if (ports.len) str_split(&ports, ',', &port);
        add_host(ret, host, port);
    }
}

static void peers(const struct db *db, struct store_peers *ret)
{
    PQconninfoOption *options = PQconninfo(postgres_handle_of(db));
    struct str hosts = STR("");
    struct str ports = STR("");
    for (PQconninfoOption *option = options; option && option->keyword; option++) {
        struct str name = str_from(option->keyword);
        struct str value = str_from(option->val ? option->val : "");
        if (str_eq(name, STR("host"))) hosts = value;
        if (str_eq(name, STR("port"))) ports = value;
        bool is_file = str_eq(name, STR("passfile")) || str_eq(name, STR("sslrootcert")) ||
                       str_eq(name, STR("sslcert")) || str_eq(name, STR("sslkey")) ||
                       str_eq(name, STR("sslcrl"));
        if (is_file && value.len && value.len < STORE_PEER_FILE_SIZE &&
            ret->file_count < STORE_PEERS_MAX)
            snprintf(ret->file[ret->file_count++], STORE_PEER_FILE_SIZE, "%.*s", STR_ARG(value));
    }
    add_hosts(ret, hosts, ports);
    PQconninfoFree(options);
}

static void forget_all(struct db *db)
{
    for (size_t i = 0; i < QUERY_COUNT + ONCE_MAX; i++) db->engine->forget(&db->query[i]);
}

/* A server that went away says so, or closes, while nobody listens: the first look takes in
 * what it said, the second sees the end. */
static bool is_there(PGconn *handle)
{
    return PQstatus(handle) == CONNECTION_OK && PQconsumeInput(handle) && PQconsumeInput(handle) &&
           PQstatus(handle) == CONNECTION_OK;
}

static bool revive(struct db *db)
{
    if (is_there(postgres_handle_of(db))) return true;
    forget_all(db); /* what was prepared ended with the session */
    PQreset(postgres_handle_of(db));
    return PQstatus(postgres_handle_of(db)) == CONNECTION_OK && begin_session(db, NULL) == ST_OK;
}

/* --- transactions ------------------------------------------------------------------ */

static bool in_transaction(const struct db *db)
{
    PGTransactionStatusType status = PQtransactionStatus(postgres_handle_of(db));
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

static void rollback(struct db *db)
{
    PQclear(postgres_await_sent(db)); /* whatever came of it */
    /* A connection that is gone has rolled back by itself. */
    if (in_transaction(db) && postgres_execute(db, "ROLLBACK", NULL) != ST_OK &&
        PQstatus(postgres_handle_of(db)) == CONNECTION_OK)
        abort();
}

static enum st begin(struct db *db, struct err *err)
{
    char text[96];
    snprintf(text, sizeof text,
             "BEGIN; SELECT pg_advisory_xact_lock(%d, hashtext(current_schema()))", WRITE_LOCK);
    enum st outcome = postgres_execute(db, text, err);
    if (outcome != ST_OK) rollback(db);
    return outcome;
}

static enum st hold(struct db *db, struct err *err)
{
    return postgres_execute(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
}

static enum st commit(struct db *db, struct err *err)
{
    enum st before = postgres_settle(db, err);
    if (before != ST_OK) return before;
    PGresult *result = PQexec(postgres_handle_of(db), "COMMIT");
    /* A transaction that had failed answers COMMIT with ROLLBACK. */
    bool good =
        PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "COMMIT") == 0;
    enum st outcome = good ? ST_OK : postgres_failure(db, result, "COMMIT", err);
    PQclear(result);
    return outcome;
}

static enum st part_begin(struct db *db, struct err *err)
{
    enum st outcome = postgres_settle_many(db, err);
    if (outcome != ST_OK) return outcome;
    return postgres_send_text(db, "SAVEPOINT part") ? ST_OK
                                                    : postgres_failure(db, NULL, "SAVEPOINT", err);
}

static enum st part_keep(struct db *db, struct err *err)
{
    return postgres_send_text(db, "RELEASE SAVEPOINT part")
               ? postgres_settle(db, err)
               : postgres_failure(db, NULL, "RELEASE SAVEPOINT", err);
}

static enum st part_undo(struct db *db, struct err *err)
{
    PQclear(postgres_await_sent(db)); /* whatever came of it */
    return postgres_execute(db, "ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part", err);
}

/* Asked anew each time: a session that is gone has let go of it.  What it has already is
 * looked up and not taken twice. */
static bool lead(struct db *db)
{
    char text[400];
    snprintf(
        text, sizeof text,
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = "
        "pg_backend_pid()"
        " AND classid = %d AND objid::bigint = hashtext(current_schema())::bigint & 4294967295)"
        " THEN true ELSE pg_try_advisory_lock(%d, hashtext(current_schema())) END",
        LEAD_LOCK, LEAD_LOCK);
    PGresult *result = PQexec(postgres_handle_of(db), text);
    bool leads =
        PQresultStatus(result) == PGRES_TUPLES_OK && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    PQclear(result);
    return leads;
}

/* While it waits for who reads a table, whoever wants to read it waits too: a blink, then. */
static enum st wait_a_blink(struct db *db, struct err *err)
{
    return postgres_execute(db, "SET lock_timeout = '200ms'", err);
}

static enum st wait_as_before(struct db *db, enum st outcome, struct err *err)
{
    enum st after = postgres_execute(db, "RESET lock_timeout", NULL);
    if (after == ST_OK) after = postgres_execute(db, limits, NULL);
    return outcome != ST_OK || after == ST_OK
               ? outcome
               : err_set(err, after, "The database did not answer. Please try again.");
}

static enum st scrub(struct db *db, struct err *err)
{
    enum st outcome = wait_a_blink(db, err);
    if (outcome != ST_OK) return outcome;
    /* Rewrites the tables that hold what can be destroyed, so that no dead row is left. */
    outcome = postgres_execute(db, "VACUUM (FULL) record_key", err);
    return wait_as_before(db, outcome, err);
}

/* The tables of this schema alone: others of the same database are none of ours. */
static enum st compact(struct db *db, struct err *err)
{
    enum st outcome = wait_a_blink(db, err);
    if (outcome != ST_OK) return outcome;
    PGresult *tables = PQexec(postgres_handle_of(db),
                              "SELECT format('VACUUM (FULL, ANALYZE) %I.%I', schemaname, tablename)"
                              " FROM pg_tables WHERE schemaname = current_schema()");
    outcome = PQresultStatus(tables) == PGRES_TUPLES_OK
                  ? ST_OK
                  : postgres_failure(db, tables, "tables", err);
    for (int i = 0; outcome == ST_OK && i < PQntuples(tables); i++)
        outcome = postgres_execute(db, PQgetvalue(tables, i, 0), err);
    PQclear(tables);
    return wait_as_before(db, outcome, err);
}

static enum st script(struct db *db, struct str text, struct err *err)
{
    char *copy = malloc(text.len + 1);
    if (!copy) return err_set(err, ST_FAILED, "There is no memory left.");
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    enum st outcome = postgres_execute(db, copy, err);
    free(copy);
    return outcome;
}

/* Only within the transaction that moves everything in (move.h). */
#define EACH_REFERENCE(rule)                                                                       \
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT conrelid::regclass AS place, conname"           \
    " FROM pg_constraint JOIN pg_namespace n ON n.oid = connamespace"                              \
    " WHERE contype = 'f' AND n.nspname = current_schema() LOOP"                                   \
    " EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I " rule "', r.place, r.conname);"          \
    " END LOOP; END $$;"

#define COUNT_ON                                                                                   \
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT table_name::text AS place, column_name::text "  \
    "AS id"                                                                                        \
    " FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = "    \
    "'YES' LOOP"                                                                                   \
    " EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), coalesce(max(%I), 0) + 1, "    \
    "false)"                                                                                       \
    " FROM %I', quote_ident(r.place), r.id, r.id, r.place); END LOOP; END $$;"

const struct engine engine_postgres = {
    .name = "PostgreSQL",
    .word = {[ENGINE_ID] = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
             [ENGINE_BLOB] = "BYTEA",
             [ENGINE_BY_KEY] = ""},
    .tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY "
              "tablename",
    .columns = "SELECT column_name::text, data_type::text FROM information_schema.columns"
               " WHERE table_schema = current_schema() AND table_name = ?1::text ORDER BY "
               "ordinal_position",
    .refer_later = EACH_REFERENCE("DEFERRABLE INITIALLY DEFERRED"),
    .refer_now = "SET CONSTRAINTS ALL IMMEDIATE;" EACH_REFERENCE("NOT DEFERRABLE") COUNT_ON,
    .fetches_all = true,
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
    .send = postgres_send,
    .lead = lead,
    .scrub = scrub,
    .compact = compact,
    .prepare = postgres_prepare,
    .bind_int = postgres_bind_int,
    .bind_double = postgres_bind_double,
    .bind_text = postgres_bind_text,
    .bind_bytes = postgres_bind_bytes,
    .bind_null = postgres_bind_null,
    .next = postgres_next,
    .column_int = postgres_column_int,
    .column_double = postgres_column_double,
    .column_bytes = postgres_column_bytes,
    .column_is_null = postgres_column_is_null,
    .finish = postgres_finish,
    .forget = postgres_forget,
};
