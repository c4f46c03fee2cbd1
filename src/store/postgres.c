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
#include "base/buf.h"
#include "store/engine.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>

/* Of PostgreSQL's pg_type.dat, which keeps them for good. */
enum { TYPE_BOOL = 16, TYPE_BYTES = 17, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_TEXT = 25,
       TYPE_FLOAT8 = 701, TYPE_VARCHAR = 1043 };

enum { PARAMETERS_MAX = 64, WRITE_LOCK = 7233, LEAD_LOCK = 7234 }; /* any numbers, the same for every process */

struct value {
    size_t at; /* in statement.values */
    size_t size;
    bool is_set;
};

struct statement {
    char name[24];
    int parameters;
    Oid types[PARAMETERS_MAX];
    struct value value[PARAMETERS_MAX];
    struct buf values;
    bool prepared;
    bool binary; /* results come as bytes, not as text */
    bool executed;
    PGresult *result; /* of the execution, or of the first failure */
    int row;
    int rows;
    unsigned char *decoded; /* of text results: the column read last */
};

struct connection {
    PGconn *handle;
    unsigned names; /* given to statements so far */
    unsigned sent;  /* whose answers were not waited for */
    bool writing;
};

/* query->code: what happened to it. */
enum { GOOD, BROKEN };

static PGconn *handle_of(const struct db *db)
{
    return ((struct connection *)db->connection)->handle;
}

/* --- failures -------------------------------------------------------------------- */

static enum st outcome_of(const char *state)
{
    if (!state) return ST_BUSY; /* the connection is gone */
    if (strncmp(state, "23", 2) == 0) return ST_CONFLICT;
    static const char *passing[] = {"53", "57P", "08", "40001", "40P01", "25006", "55P03"};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (strncmp(state, passing[i], strlen(passing[i])) == 0) return ST_BUSY;
    return ST_FAILED;
}

/* `result` may be NULL. */
static enum st failure(const struct db *db, const PGresult *result, const char *doing, struct err *err)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    enum st outcome = outcome_of(state);
    bool full = state && strcmp(state, "53100") == 0;
    err_set(err, outcome,
            full ? "The disk of the database is full. Nothing was lost; please try again later."
            : outcome == ST_CONFLICT ? "That is in use already."
                                     : "The database did not answer. Please try again.");
    const char *message = result ? PQresultErrorMessage(result) : PQerrorMessage(handle_of(db));
    err_detail(err, "%s: %s (%s)", doing, message, state ? state : "no connection");
    return outcome;
}

/* --- what is sent and not waited for (libpq's pipeline mode) -------------------------- */

static void note_sent(struct db *db, int sent)
{
    struct connection *connection = db->connection;
    connection->sent += sent != 0; /* of one that could not be sent the connection is gone */
}

static bool is_failure(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

/* Waits for all that was sent.  Returns the answer of the last, or the first failure: the
 * caller clears it.  NULL: nothing was sent, or the connection is gone. */
static PGresult *await_sent(struct db *db)
{
    struct connection *connection = db->connection;
    PGresult *answer = NULL;
    if (PQpipelineStatus(connection->handle) == PQ_PIPELINE_OFF) return NULL;
    bool there = PQpipelineSync(connection->handle) == 1;
    connection->sent = 0;
    while (there) {
        PGresult *result = PQgetResult(connection->handle);
        if (!result) { /* the end of one's answer */
            there = PQstatus(connection->handle) == CONNECTION_OK;
            continue;
        }
        bool last = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        if (last || (answer && is_failure(answer))) {
            PQclear(result);
        } else {
            PQclear(answer);
            answer = result;
        }
        if (last) break;
    }
    PQexitPipelineMode(connection->handle);
    return answer;
}

static enum st settle(struct db *db, struct err *err)
{
    if (((struct connection *)db->connection)->sent == 0) return ST_OK;
    PGresult *answer = await_sent(db);
    enum st outcome = answer && !is_failure(answer) ? ST_OK : failure(db, answer, "what was sent", err);
    PQclear(answer);
    return outcome;
}

/* So many answers wait at most: they are short, and must fit between the two ends. */
static enum st settle_many(struct db *db, struct err *err)
{
    enum { SENT_MAX = 100 };
    return ((struct connection *)db->connection)->sent < SENT_MAX ? ST_OK : settle(db, err);
}

/* One statement without parameters. */
static bool send_text(struct db *db, const char *text)
{
    if (PQenterPipelineMode(handle_of(db)) != 1) return false;
    int sent = PQsendQueryParams(handle_of(db), text, 0, NULL, NULL, NULL, NULL, 0);
    note_sent(db, sent);
    return sent == 1;
}

static enum st execute(struct db *db, const char *text, struct err *err)
{
    enum st before = settle(db, err);
    if (before != ST_OK) return before;
    PGresult *result = PQexec(handle_of(db), text);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    enum st outcome = good ? ST_OK : failure(db, result, text, err);
    PQclear(result);
    return outcome;
}

/* --- connections ----------------------------------------------------------------- */

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

/* The first schema of the search path is made if it is not there yet. */
static enum st make_schema(struct db *db, struct err *err)
{
    PGresult *result = PQexec(handle_of(db), "SELECT current_schema(), current_setting('search_path')");
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        enum st outcome = failure(db, result, "schema", err);
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
        char *name = PQescapeIdentifier(handle_of(db), first.ptr, first.len);
        if (first.len && first.ptr[0] == '"') /* quoted already */
            snprintf(command, sizeof command, "CREATE SCHEMA IF NOT EXISTS %.*s", STR_ARG(first));
        else
            snprintf(command, sizeof command, "CREATE SCHEMA IF NOT EXISTS %s", name ? name : "");
        PQfreemem(name);
        outcome = execute(db, command, err);
    }
    PQclear(result);
    return outcome;
}

/* What every session begins with, the first and those after a connection was lost. */
static enum st begin_session(struct db *db, struct err *err)
{
    const struct connection *connection = db->connection;
    /* A commit that was acknowledged must be on the disk, whatever the server's default. */
    enum st outcome = execute(db, "SET synchronous_commit = on", err);
    if (outcome == ST_OK && !connection->writing)
        outcome = execute(db, "SET default_transaction_read_only = on", err);
    return outcome;
}

static enum st connect_to(struct db *db, const char *place, bool writing, struct err *err)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) return err_set(err, ST_FAILED, "There is no memory left.");
    db->connection = connection;
    connection->writing = writing;
    const char *keywords[] = {"dbname", "client_encoding", "fallback_application_name",
                              "connect_timeout", "target_session_attrs", NULL};
    const char *values[] = {place, "UTF8", "pendeen", "5", writing ? "read-write" : "primary", NULL};
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
    PQconninfoOption *options = PQconninfo(handle_of(db));
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
        if (is_file && value.len && value.len < STORE_PEER_FILE_SIZE && ret->file_count < STORE_PEERS_MAX)
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
    if (is_there(handle_of(db))) return true;
    forget_all(db); /* what was prepared ended with the session */
    PQreset(handle_of(db));
    return PQstatus(handle_of(db)) == CONNECTION_OK && begin_session(db, NULL) == ST_OK;
}

/* --- transactions ------------------------------------------------------------------ */

static bool in_transaction(const struct db *db)
{
    PGTransactionStatusType status = PQtransactionStatus(handle_of(db));
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

static void rollback(struct db *db)
{
    PQclear(await_sent(db)); /* whatever came of it */
    /* A connection that is gone has rolled back by itself. */
    if (in_transaction(db) && execute(db, "ROLLBACK", NULL) != ST_OK &&
        PQstatus(handle_of(db)) == CONNECTION_OK)
        abort();
}

static enum st begin(struct db *db, struct err *err)
{
    char text[96];
    snprintf(text, sizeof text, "BEGIN; SELECT pg_advisory_xact_lock(%d, hashtext(current_schema()))",
             WRITE_LOCK);
    enum st outcome = execute(db, text, err);
    if (outcome != ST_OK) rollback(db);
    return outcome;
}

static enum st hold(struct db *db, struct err *err)
{
    return execute(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
}

static enum st commit(struct db *db, struct err *err)
{
    enum st before = settle(db, err);
    if (before != ST_OK) return before;
    PGresult *result = PQexec(handle_of(db), "COMMIT");
    /* A transaction that had failed answers COMMIT with ROLLBACK. */
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "COMMIT") == 0;
    enum st outcome = good ? ST_OK : failure(db, result, "COMMIT", err);
    PQclear(result);
    return outcome;
}

static enum st part_begin(struct db *db, struct err *err)
{
    enum st outcome = settle_many(db, err);
    if (outcome != ST_OK) return outcome;
    return send_text(db, "SAVEPOINT part") ? ST_OK : failure(db, NULL, "SAVEPOINT", err);
}

static enum st part_keep(struct db *db, struct err *err)
{
    return send_text(db, "RELEASE SAVEPOINT part") ? settle(db, err) : failure(db, NULL, "RELEASE SAVEPOINT", err);
}

static enum st part_undo(struct db *db, struct err *err)
{
    PQclear(await_sent(db)); /* whatever came of it */
    return execute(db, "ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part", err);
}

/* Asked anew each time: a session that is gone has let go of it.  What it has already is
 * looked up and not taken twice. */
static bool lead(struct db *db)
{
    char text[400];
    snprintf(text, sizeof text,
             "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
             " AND classid = %d AND objid::bigint = hashtext(current_schema())::bigint & 4294967295)"
             " THEN true ELSE pg_try_advisory_lock(%d, hashtext(current_schema())) END", LEAD_LOCK, LEAD_LOCK);
    PGresult *result = PQexec(handle_of(db), text);
    bool leads = PQresultStatus(result) == PGRES_TUPLES_OK && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    PQclear(result);
    return leads;
}

static enum st scrub(struct db *db, struct err *err)
{
    /* Rewrites the tables that hold what can be destroyed, so that no dead row is left. */
    return execute(db, "VACUUM (FULL) record_key", err);
}

/* The tables of this schema alone: others of the same database are none of ours. */
static enum st compact(struct db *db, struct err *err)
{
    PGresult *tables = PQexec(
        handle_of(db), "SELECT format('VACUUM (FULL, ANALYZE) %I.%I', schemaname, tablename)"
                       " FROM pg_tables WHERE schemaname = current_schema()");
    enum st outcome =
        PQresultStatus(tables) == PGRES_TUPLES_OK ? ST_OK : failure(db, tables, "tables", err);
    for (int i = 0; outcome == ST_OK && i < PQntuples(tables); i++)
        outcome = execute(db, PQgetvalue(tables, i, 0), err);
    PQclear(tables);
    return outcome;
}

static enum st script(struct db *db, struct str text, struct err *err)
{
    char *copy = malloc(text.len + 1);
    if (!copy) return err_set(err, ST_FAILED, "There is no memory left.");
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    enum st outcome = execute(db, copy, err);
    free(copy);
    return outcome;
}

/* --- preparing ------------------------------------------------------------------------ */

static void translate(const char *text, struct buf *ret)
{
    bool quoted = false;
    for (const char *at = text; *at; at++) {
        if (*at == '\'') quoted = !quoted;
        buf_add_char(ret, *at == '?' && !quoted ? '$' : *at);
    }
    buf_add_char(ret, 0);
}

static bool note_failure(struct query *query, PGresult *result)
{
    struct statement *statement = query->statement;
    query->code = BROKEN;
    PQclear(statement->result);
    statement->result = result;
    return false;
}

/* True: the server answered with `wanted`; the result is dropped or, if `keep`, handed on. */
static bool answered(struct query *query, PGresult *result, PGresult **keep)
{
    if (PQresultStatus(result) != PGRES_COMMAND_OK) return note_failure(query, result);
    if (keep)
        *keep = result;
    else
        PQclear(result);
    return true;
}

/* A number beside a constant is taken for 32 bits by the server; ours have 64. */
static bool widen(const PGresult *about, struct statement *statement)
{
    bool widened = false;
    statement->parameters = PQnparams(about);
    assert(statement->parameters <= PARAMETERS_MAX);
    for (int i = 0; i < statement->parameters; i++) {
        Oid type = PQparamtype(about, i);
        if (type == TYPE_INT4 || type == TYPE_INT2) {
            type = TYPE_INT8;
            widened = true;
        }
        statement->types[i] = type;
    }
    return widened;
}

static bool is_known(Oid type)
{
    return type == TYPE_BOOL || type == TYPE_BYTES || type == TYPE_INT8 || type == TYPE_INT2 ||
           type == TYPE_INT4 || type == TYPE_TEXT || type == TYPE_FLOAT8 || type == TYPE_VARCHAR;
}

static bool prepare_named(struct query *query, const char *text)
{
    struct statement *statement = query->statement;
    struct connection *connection = query->db->connection;
    PGconn *handle = connection->handle;
    snprintf(statement->name, sizeof statement->name, "q%u", connection->names++);
    if (!answered(query, PQprepare(handle, statement->name, text, 0, NULL), NULL)) return false;
    PGresult *about = NULL;
    if (!answered(query, PQdescribePrepared(handle, statement->name), &about)) return false;
    if (widen(about, statement)) {
        PQclear(about);
        about = NULL;
        snprintf(statement->name, sizeof statement->name, "q%u", connection->names++);
        if (!answered(query, PQprepare(handle, statement->name, text, statement->parameters, statement->types),
                      NULL) ||
            !answered(query, PQdescribePrepared(handle, statement->name), &about))
            return false;
    }
    statement->binary = true;
    for (int i = 0; i < PQnfields(about); i++)
        statement->binary = statement->binary && is_known(PQftype(about, i));
    PQclear(about);
    statement->prepared = true;
    return true;
}

static void prepare(struct query *query)
{
    query->code = GOOD;
    if (query->statement) return;
    struct statement *statement = calloc(1, sizeof *statement);
    if (!statement) abort();
    buf_init(&statement->values, 64 << 20);
    query->statement = statement;
    struct buf text;
    buf_init(&text, 64 << 10);
    translate(query->text, &text);
    PGresult *before = await_sent(query->db);
    if (before && is_failure(before)) {
        note_failure(query, before);
    } else {
        PQclear(before);
        prepare_named(query, text.data);
    }
    buf_done(&text);
}

/* --- binding ---------------------------------------------------------------------------- */

static void bind(struct query *query, int parameter, const void *bytes, size_t size)
{
    struct statement *statement = query->statement;
    if (query->code != GOOD) return;
    assert(parameter >= 1 && parameter <= statement->parameters);
    struct value *value = &statement->value[parameter - 1];
    value->at = statement->values.len;
    value->size = size;
    value->is_set = true;
    buf_add(&statement->values, str_of(bytes, size));
    buf_add_char(&statement->values, 0);
}

static bool is_bytes(Oid type)
{
    return type == TYPE_BYTES || type == TYPE_TEXT || type == TYPE_VARCHAR;
}

static void bind_int(struct query *query, int parameter, int64_t value)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", (long long)value);
    bind(query, parameter, text, (size_t)length);
}

static void bind_double(struct query *query, int parameter, double value)
{
    char text[40];
    int length = snprintf(text, sizeof text, "%.17g", value);
    bind(query, parameter, text, (size_t)length);
}

static void bind_text(struct query *query, int parameter, struct str value)
{
    bind(query, parameter, value.len ? value.ptr : "", value.len);
}

static void bind_bytes(struct query *query, int parameter, const void *bytes, size_t size)
{
    bind(query, parameter, size ? bytes : "", size);
}

static void bind_null(struct query *query, int parameter)
{
    struct statement *statement = query->statement;
    if (query->code == GOOD) statement->value[parameter - 1].is_set = false;
}

/* --- rows ---------------------------------------------------------------------------------- */

/* The parameters as libpq takes them. */
struct given {
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX];
    int formats[PARAMETERS_MAX];
};

static void give(const struct statement *statement, struct given *ret)
{
    for (int i = 0; i < statement->parameters; i++) {
        const struct value *value = &statement->value[i];
        ret->values[i] = value->is_set ? statement->values.data + value->at : NULL;
        ret->lengths[i] = (int)value->size;
        ret->formats[i] = is_bytes(statement->types[i]) ? 1 : 0;
    }
}

static bool send_query(struct query *query)
{
    struct statement *statement = query->statement;
    struct given given;
    give(statement, &given);
    int sent = PQsendQueryPrepared(handle_of(query->db), statement->name, statement->parameters, given.values,
                                   given.lengths, given.formats, statement->binary ? 1 : 0);
    note_sent(query->db, sent);
    return sent == 1;
}

static void send(struct query *query)
{
    struct err err = {0};
    if (query->code != GOOD) return;
    if (settle_many(query->db, &err) != ST_OK || PQenterPipelineMode(handle_of(query->db)) != 1 || !send_query(query))
        query->code = BROKEN;
}

/* With what was sent before it, if anything was. */
static PGresult *answer_of(struct query *query)
{
    struct statement *statement = query->statement;
    if (((struct connection *)query->db->connection)->sent)
        return send_query(query) ? await_sent(query->db) : NULL;
    struct given given;
    give(statement, &given);
    return PQexecPrepared(handle_of(query->db), statement->name, statement->parameters, given.values, given.lengths,
                          given.formats, statement->binary ? 1 : 0);
}

static bool run(struct query *query)
{
    struct statement *statement = query->statement;
    statement->executed = true;
    PGresult *result = answer_of(query);
    if (is_failure(result)) return note_failure(query, result);
    PQclear(statement->result);
    statement->result = result;
    statement->rows = PQntuples(result);
    statement->row = -1;
    return true;
}

static bool next(struct query *query)
{
    struct statement *statement = query->statement;
    if (query->code != GOOD) return false;
    if (!statement->executed && !run(query)) return false;
    if (statement->row + 1 >= statement->rows) return false;
    statement->row++;
    return true;
}

static uint64_t big_endian(const char *bytes, int size)
{
    uint64_t value = 0;
    for (int i = 0; i < size; i++) value = value << 8 | (unsigned char)bytes[i];
    return value;
}

static bool column_is_null(struct query *query, int column)
{
    struct statement *statement = query->statement;
    return PQgetisnull(statement->result, statement->row, column) != 0;
}

static double column_double(struct query *query, int column);

static int64_t column_int(struct query *query, int column)
{
    struct statement *statement = query->statement;
    if (column_is_null(query, column)) return 0;
    const char *bytes = PQgetvalue(statement->result, statement->row, column);
    if (!statement->binary) return strtoll(bytes, NULL, 10);
    switch (PQftype(statement->result, column)) {
    case TYPE_INT8: return (int64_t)big_endian(bytes, 8);
    case TYPE_INT4: return (int32_t)big_endian(bytes, 4);
    case TYPE_INT2: return (int16_t)big_endian(bytes, 2);
    case TYPE_BOOL: return bytes[0] != 0;
    case TYPE_FLOAT8: return (int64_t)column_double(query, column);
    default: return strtoll(bytes, NULL, 10);
    }
}

static double column_double(struct query *query, int column)
{
    struct statement *statement = query->statement;
    if (column_is_null(query, column)) return 0;
    const char *bytes = PQgetvalue(statement->result, statement->row, column);
    if (!statement->binary) return strtod(bytes, NULL);
    if (PQftype(statement->result, column) != TYPE_FLOAT8) return (double)column_int(query, column);
    uint64_t bits = big_endian(bytes, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static struct str column_bytes(struct query *query, int column)
{
    struct statement *statement = query->statement;
    if (column_is_null(query, column)) return STR("");
    const char *bytes = PQgetvalue(statement->result, statement->row, column);
    size_t size = (size_t)PQgetlength(statement->result, statement->row, column);
    if (statement->binary || PQftype(statement->result, column) != TYPE_BYTES) return str_of(bytes, size);
    PQfreemem(statement->decoded);
    statement->decoded = PQunescapeBytea((const unsigned char *)bytes, &size);
    return str_of((const char *)statement->decoded, statement->decoded ? size : 0);
}

static enum st finish(struct query *query, struct err *err)
{
    struct statement *statement = query->statement;
    bool broken = query->code != GOOD;
    enum st outcome = broken ? failure(query->db, statement->result, query->name, err) : ST_OK;
    PQclear(statement->result);
    statement->result = NULL;
    statement->executed = false;
    memset(statement->value, 0, sizeof statement->value);
    buf_clear(&statement->values);
    if (!statement->prepared) query->db->engine->forget(query); /* to be tried again */
    return outcome;
}

static void forget(struct query *query)
{
    struct statement *statement = query->statement;
    if (!statement) return;
    PQclear(statement->result);
    PQfreemem(statement->decoded);
    buf_done(&statement->values);
    free(statement);
    query->statement = NULL;
}

/* Only within the transaction that moves everything in (move.h). */
#define EACH_REFERENCE(rule)                                                                          \
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT conrelid::regclass AS place, conname"              \
    " FROM pg_constraint JOIN pg_namespace n ON n.oid = connamespace"                                 \
    " WHERE contype = 'f' AND n.nspname = current_schema() LOOP"                                      \
    " EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I " rule "', r.place, r.conname);"             \
    " END LOOP; END $$;"

#define COUNT_ON                                                                                      \
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT table_name::text AS place, column_name::text AS id" \
    " FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES' LOOP" \
    " EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), coalesce(max(%I), 0) + 1, false)"  \
    " FROM %I', quote_ident(r.place), r.id, r.id, r.place); END LOOP; END $$;"

const struct engine engine_postgres = {
    .name = "PostgreSQL",
    .word = {[ENGINE_ID] = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
             [ENGINE_BLOB] = "BYTEA",
             [ENGINE_BY_KEY] = ""},
    .tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
    .columns = "SELECT column_name::text, data_type::text FROM information_schema.columns"
               " WHERE table_schema = current_schema() AND table_name = ?1::text ORDER BY ordinal_position",
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
    .send = send,
    .lead = lead,
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
    .forget = forget,
};
