/*
 * Statements on PostgreSQL: prepared once for each connection, parameters as the server says
 * they are, whole results.
 */
#include "base/buf.h"
#include "store/postgres_internal.h"

#include <assert.h>
#include <stdio.h>

/* Of PostgreSQL's pg_type.dat, which keeps them for good. */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTES = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_FLOAT8 = 701,
    TYPE_VARCHAR = 1043
};

enum { PARAMETERS_MAX = 64 };

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

/* query->code: what happened to it. */
enum { GOOD, BROKEN };

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
        if (!answered(
                query,
                PQprepare(handle, statement->name, text, statement->parameters, statement->types),
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

void postgres_prepare(struct query *query)
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
    PGresult *before = postgres_await_sent(query->db);
    if (before && postgres_is_failure(before)) {
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

void postgres_bind_int(struct query *query, int parameter, int64_t value)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", (long long)value);
    bind(query, parameter, text, (size_t)length);
}

void postgres_bind_double(struct query *query, int parameter, double value)
{
    char text[40];
    int length = snprintf(text, sizeof text, "%.17g", value);
    bind(query, parameter, text, (size_t)length);
}

void postgres_bind_text(struct query *query, int parameter, struct str value)
{
    bind(query, parameter, value.len ? value.ptr : "", value.len);
}

void postgres_bind_bytes(struct query *query, int parameter, const void *bytes, size_t size)
{
    bind(query, parameter, size ? bytes : "", size);
}

void postgres_bind_null(struct query *query, int parameter)
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
    int sent =
        PQsendQueryPrepared(postgres_handle_of(query->db), statement->name, statement->parameters,
                            given.values, given.lengths, given.formats, statement->binary ? 1 : 0);
    postgres_note_sent(query->db, sent);
    return sent == 1;
}

void postgres_send(struct query *query)
{
    struct err err = {0};
    if (query->code != GOOD) return;
    if (postgres_settle_many(query->db, &err) != ST_OK ||
        PQenterPipelineMode(postgres_handle_of(query->db)) != 1 || !send_query(query))
        query->code = BROKEN;
}

/* With what was sent before it, if anything was. */
static PGresult *answer_of(struct query *query)
{
    struct statement *statement = query->statement;
    if (((struct connection *)query->db->connection)->sent)
        return send_query(query) ? postgres_await_sent(query->db) : NULL;
    struct given given;
    give(statement, &given);
    return PQexecPrepared(postgres_handle_of(query->db), statement->name, statement->parameters,
                          given.values, given.lengths, given.formats, statement->binary ? 1 : 0);
}

static bool run(struct query *query)
{
    struct statement *statement = query->statement;
    statement->executed = true;
    PGresult *result = answer_of(query);
    if (postgres_is_failure(result)) return note_failure(query, result);
    PQclear(statement->result);
    statement->result = result;
    statement->rows = PQntuples(result);
    statement->row = -1;
    return true;
}

bool postgres_next(struct query *query)
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

bool postgres_column_is_null(struct query *query, int column)
{
    struct statement *statement = query->statement;
    return PQgetisnull(statement->result, statement->row, column) != 0;
}

int64_t postgres_column_int(struct query *query, int column)
{
    struct statement *statement = query->statement;
    if (postgres_column_is_null(query, column)) return 0;
    const char *bytes = PQgetvalue(statement->result, statement->row, column);
    if (!statement->binary) return strtoll(bytes, NULL, 10);
    switch (PQftype(statement->result, column)) {
    case TYPE_INT8: return (int64_t)big_endian(bytes, 8);
    case TYPE_INT4: return (int32_t)big_endian(bytes, 4);
    case TYPE_INT2: return (int16_t)big_endian(bytes, 2);
    case TYPE_BOOL: return bytes[0] != 0;
    case TYPE_FLOAT8: return (int64_t)postgres_column_double(query, column);
    default: return strtoll(bytes, NULL, 10);
    }
}

double postgres_column_double(struct query *query, int column)
{
    struct statement *statement = query->statement;
    if (postgres_column_is_null(query, column)) return 0;
    const char *bytes = PQgetvalue(statement->result, statement->row, column);
    if (!statement->binary) return strtod(bytes, NULL);
    if (PQftype(statement->result, column) != TYPE_FLOAT8)
        return (double)postgres_column_int(query, column);
    uint64_t bits = big_endian(bytes, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

struct str postgres_column_bytes(struct query *query, int column)
{
    struct statement *statement = query->statement;
    if (postgres_column_is_null(query, column)) return STR("");
    const char *bytes = PQgetvalue(statement->result, statement->row, column);
    size_t size = (size_t)PQgetlength(statement->result, statement->row, column);
    if (statement->binary || PQftype(statement->result, column) != TYPE_BYTES)
        return str_of(bytes, size);
    PQfreemem(statement->decoded);
    statement->decoded = PQunescapeBytea((const unsigned char *)bytes, &size);
    return str_of((const char *)statement->decoded, statement->decoded ? size : 0);
}

enum st postgres_finish(struct query *query, struct err *err)
{
    struct statement *statement = query->statement;
    bool broken = query->code != GOOD;
    enum st outcome =
        broken ? postgres_failure(query->db, statement->result, query->name, err) : ST_OK;
    PQclear(statement->result);
    statement->result = NULL;
    statement->executed = false;
    memset(statement->value, 0, sizeof statement->value);
    buf_clear(&statement->values);
    if (!statement->prepared) postgres_forget(query); /* to be tried again */
    return outcome;
}

void postgres_forget(struct query *query)
{
    struct statement *statement = query->statement;
    if (!statement) return;
    PQclear(statement->result);
    PQfreemem(statement->decoded);
    buf_done(&statement->values);
    free(statement);
    query->statement = NULL;
}
