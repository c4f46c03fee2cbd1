/*
 * query: what callers do with a query, whatever the engine.
 */
#include "store/store_internal.h"

#include <assert.h>

static _Atomic uint64_t work;
static _Thread_local uint64_t work_here;

uint64_t store_work(void)
{
    return work;
}

uint64_t store_work_here(void)
{
    return work_here;
}

static void count_work(void)
{
    work++;
    work_here++;
}

struct query *db_query(struct db *db, enum query_id id)
{
    count_work();
    struct query *query = &db->query[id];
    assert(!query->open && "the same query is running on this connection");
    query->open = true;
    query->waiting = query->keeps && db->kept && !db->held;
    query->key.len = 0;
    if (!query->waiting) db->engine->prepare(query);
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

/* The engine is asked, with the parameters that there are. */
static void ask(struct query *query)
{
    query->waiting = false;
    query->db->engine->prepare(query);
    reread_replay(&query->key, query);
}

/* Is the parameter added to those that are not the engine's yet? */
static bool waits(struct query *query, int parameter, char kind, const void *bytes, size_t size)
{
    if (!query->waiting) return false;
    if (reread_bind(&query->key, parameter, kind, bytes, size)) return true;
    ask(query);
    return false;
}

void db_bind_int(struct query *query, int parameter, int64_t value)
{
    if (waits(query, parameter, 'i', &value, sizeof value)) return;
    query->db->engine->bind_int(query, parameter, value);
}

void db_bind_double(struct query *query, int parameter, double value)
{
    if (waits(query, parameter, 'd', &value, sizeof value)) return;
    query->db->engine->bind_double(query, parameter, value);
}

void db_bind_text(struct query *query, int parameter, struct str value)
{
    if (waits(query, parameter, 't', value.ptr, value.len)) return;
    query->db->engine->bind_text(query, parameter, value);
}

void db_bind_bytes(struct query *query, int parameter, const void *bytes, size_t size)
{
    if (waits(query, parameter, bytes ? 'b' : 'n', bytes, bytes ? size : 0)) return;
    query->db->engine->bind_bytes(query, parameter, bytes, size);
}

void db_bind_null(struct query *query, int parameter)
{
    if (waits(query, parameter, 'n', NULL, 0)) return;
    query->db->engine->bind_null(query, parameter);
}

void db_bind_int_or_null(struct query *query, int parameter, int64_t value)
{
    if (value)
        db_bind_int(query, parameter, value);
    else
        db_bind_null(query, parameter);
}

void db_bind_bytes_or_null(struct query *query, int parameter, struct str bytes)
{
    if (bytes.len)
        db_bind_bytes(query, parameter, bytes.ptr, bytes.len);
    else
        db_bind_null(query, parameter);
}

bool db_next(struct query *query)
{
    count_work();
    assert(query->open);
    if (query->waiting) {
        query->waiting = false;
        query->row = 0;
        query->rows = reread_find(query->db->kept, query);
        if (!query->rows) ask(query);
    }
    if (!query->rows) return query->db->engine->next(query);
    if (query->row <= reread_count(query->rows)) query->row++;
    return query->row <= reread_count(query->rows);
}

int64_t db_int(struct query *query, int column)
{
    if (query->rows) return reread_int(query->rows, query->row - 1, column);
    return query->db->engine->column_int(query, column);
}

double db_double(struct query *query, int column)
{
    if (query->rows) return reread_double(query->rows, query->row - 1, column);
    return query->db->engine->column_double(query, column);
}

struct str db_text(struct query *query, int column)
{
    if (query->rows) return reread_bytes(query->rows, query->row - 1, column);
    return query->db->engine->column_bytes(query, column);
}

struct str db_bytes(struct query *query, int column)
{
    if (query->rows) return reread_bytes(query->rows, query->row - 1, column);
    return query->db->engine->column_bytes(query, column);
}

bool db_is_null(struct query *query, int column)
{
    if (query->rows) return reread_is_null(query->rows, query->row - 1, column);
    return query->db->engine->column_is_null(query, column);
}

enum st db_end(struct query *query, struct err *err)
{
    assert(query->open);
    query->open = false;
    if (query->rows) {
        reread_release(query->rows);
        query->rows = NULL;
        return ST_OK;
    }
    if (query->waiting) return ST_OK; /* nobody looked */
    return query->db->engine->finish(query, err);
}

enum st db_end_after(struct query *query, enum st outcome, struct err *err)
{
    enum st ended = db_end(query, outcome == ST_OK ? err : NULL);
    return outcome == ST_OK ? ended : outcome;
}

enum st db_run(struct query *query, struct err *err)
{
    while (db_next(query)) continue;
    return db_end(query, err);
}

enum st db_run_later(struct query *query, struct err *err)
{
    if (!query->db->engine->send || !query->db->memory.on) return db_run(query, err);
    count_work();
    query->db->engine->send(query);
    return db_end(query, err);
}

enum st db_one(struct query *query, int64_t *ret, struct err *err)
{
    bool found = db_next(query);
    if (found) *ret = db_int(query, 0);
    /* To the end, so that a statement that writes has written. */
    while (found && db_next(query)) continue;
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && !found) return err_missing(err, "record");
    return outcome;
}

enum st db_next_id(struct db *db, enum query_id largest, int64_t *ret, struct err *err)
{
    int64_t last = 0;
    enum st outcome = db_one(db_query(db, largest), &last, err);
    if (outcome == ST_OK) *ret = last + 1;
    return outcome;
}

enum st db_take_ids(struct db *db, enum query_id largest, int64_t count, int64_t *ret,
                    struct err *err)
{
    struct memory *memory = &db->memory;
    size_t at = 0;
    while (at < memory->ids_count && memory->ids[at].largest != largest) at++;
    if (memory->on && at < memory->ids_count) {
        *ret = memory->ids[at].last + 1;
        memory->ids[at].last += count;
        return ST_OK;
    }
    enum st outcome = db_next_id(db, largest, ret, err);
    if (outcome != ST_OK || !memory->on || memory->ids_count == MEMORY_IDS) return outcome;
    memory->ids[at].largest = largest;
    memory->ids[at].last = *ret + count - 1;
    memory->ids_count++;
    return ST_OK;
}
