/*
 * Names of tables and columns come out of the database's own catalogue, so the texts are made
 * here and not in query.def; a name that is not plain letters is refused.
 */
#include "store/move.h"

#include "base/arena.h"
#include "base/buf.h"
#include "store/engine.h"

#include <inttypes.h>

enum {
    TABLES_MAX = 400,
    COLUMNS_MAX = 60,
    TEXT_MAX = 16 << 10,
    ROWS_AT_ONCE = 500,
    TOLD_EVERY = 256
};

enum kind { KIND_INT, KIND_DOUBLE, KIND_TEXT, KIND_BYTES };

struct table {
    struct str name;
    int64_t rows;
};

struct moving {
    const struct store_move *move;
    struct arena arena;
    struct db *from;
    struct db *to;
    struct table *table;
    size_t count;
    int64_t total;
    int64_t done;
    /* of the table that is being moved */
    struct str column[COLUMNS_MAX];
    enum kind kind[COLUMNS_MAX];
    size_t columns;
};

static bool is_plain(struct str name)
{
    bool good = name.len > 0 && name.len < 64;
    for (size_t i = 0; good && i < name.len; i++)
        good = (name.ptr[i] >= 'a' && name.ptr[i] <= 'z') ||
               (name.ptr[i] >= '0' && name.ptr[i] <= '9') || name.ptr[i] == '_';
    return good;
}

static bool has_rows_of_its_own(struct str name)
{
    return str_eq(name, STR("migration"));
}

/* "SELECT count(*) FROM" or the like, of one table; the text lives as long as the arena. */
static struct query *ask(struct arena *arena, struct db *db, const char *what, struct str table)
{
    return db_query_once(db, str_fmt(arena, "%s \"%.*s\"", what, STR_ARG(table)).ptr);
}

/* --- the catalogue -------------------------------------------------------------------------- */

static enum st list_tables(struct arena *arena, struct db *db, struct table **ret,
                           size_t *ret_count, struct err *err)
{
    struct table *table = arena_many(arena, TABLES_MAX, struct table);
    size_t count = 0;
    struct query *query = db_query_once(db, db->engine->tables);
    bool good = true;
    while (db_next(query)) {
        struct str name = db_text(query, 0);
        good = good && is_plain(name) && count < TABLES_MAX;
        if (good) table[count++] = (struct table){.name = str_dup(arena, name)};
    }
    enum st outcome = db_end(query, err);
    *ret = table;
    *ret_count = count;
    if (outcome == ST_OK && !good)
        return err_set(err, ST_INVALID, "The database holds tables that are not Pendeen's.");
    return outcome;
}

static enum st count_rows(struct arena *arena, struct db *db, struct str name, int64_t *ret,
                          struct err *err)
{
    return db_one(ask(arena, db, "SELECT count(*) FROM", name), ret, err);
}

static enum kind kind_of(struct str type)
{
    char word[24];
    snprintf(word, sizeof word, "%.*s", STR_ARG(type));
    for (char *at = word; *at; at++) *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
    if (strstr(word, "int")) return KIND_INT;
    if (strstr(word, "double")) return KIND_DOUBLE;
    return strcmp(word, "blob") == 0 || strcmp(word, "bytea") == 0 ? KIND_BYTES : KIND_TEXT;
}

static enum st list_columns(struct moving *moving, struct str table, struct err *err)
{
    struct query *query = db_query_once(moving->from, moving->from->engine->columns);
    db_bind_text(query, 1, table);
    bool good = true;
    moving->columns = 0;
    while (db_next(query)) {
        struct str name = db_text(query, 0);
        good = good && is_plain(name) && moving->columns < COLUMNS_MAX;
        if (!good) continue;
        moving->kind[moving->columns] = kind_of(db_text(query, 1));
        moving->column[moving->columns++] = str_dup(&moving->arena, name);
    }
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && (!good || !moving->columns))
        return err_set(err, ST_INVALID, "The table '%.*s' is not of a shape that can be moved.",
                       STR_ARG(table));
    return outcome;
}

/* The migrations, in words that can be compared. */
static enum st shape(struct arena *arena, struct db *db, struct str *ret, struct err *err)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    struct query *query = db_query(db, Q_MIGRATION_LIST);
    while (db_next(query))
        buf_add_fmt(&text, "%" PRId64 " %.*s\n", db_int(query, 0), STR_ARG(db_text(query, 1)));
    enum st outcome = db_end(query, err);
    *ret = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return outcome;
}

static enum st compare_shapes(struct moving *moving, struct err *err)
{
    struct str from = STR(""), to = STR("");
    enum st outcome = shape(&moving->arena, moving->from, &from, err);
    if (outcome == ST_OK) outcome = shape(&moving->arena, moving->to, &to, err);
    if (outcome != ST_OK || str_eq(from, to)) return outcome;
    err_set(err, ST_INVALID, "The records are not of this version's shape.");
    err_hint(err, "Bring them to it first: pendeen migrate.");
    return ST_INVALID;
}

enum st store_has_records(struct store *store, bool *ret, struct err *err)
{
    struct arena arena;
    struct table *table = NULL;
    size_t count = 0;
    struct db *db = store_read_begin(store, err);
    if (!db) return ST_FAILED;
    arena_init(&arena, 16 << 20);
    *ret = false;
    enum st outcome = list_tables(&arena, db, &table, &count, err);
    for (size_t i = 0; outcome == ST_OK && i < count && !*ret; i++) {
        int64_t rows = 0;
        /* A new database has its migrations, and the head of an empty log. */
        if (has_rows_of_its_own(table[i].name) || str_eq(table[i].name, STR("audit_head")))
            continue;
        outcome = count_rows(&arena, db, table[i].name, &rows, err);
        *ret = rows > 0;
    }
    arena_done(&arena);
    store_read_end(store, db);
    return outcome;
}

/* --- rows ----------------------------------------------------------------------------------- */

static void add_columns(const struct moving *moving, struct buf *text)
{
    for (size_t i = 0; i < moving->columns; i++)
        buf_add_fmt(text, "%s\"%.*s\"", i ? ", " : "", STR_ARG(moving->column[i]));
}

static const char *keep_text(struct moving *moving, struct buf *text)
{
    buf_add_char(text, 0);
    return str_dup(&moving->arena, buf_str(text)).ptr;
}

/* The statement that puts a row in, prepared and closed. */
static struct query *prepare_insert(struct moving *moving, struct str table)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_add_fmt(&text, "INSERT INTO \"%.*s\" (", STR_ARG(table));
    add_columns(moving, &text);
    buf_add_c(&text, ") VALUES (");
    for (size_t i = 0; i < moving->columns; i++) buf_add_fmt(&text, "%s?%zu", i ? ", " : "", i + 1);
    buf_add_c(&text, ")");
    struct query *insert = db_query_once(moving->to, keep_text(moving, &text));
    buf_done(&text);
    return insert;
}

static void carry_value(const struct moving *moving, struct query *from, struct query *to, size_t i)
{
    int column = (int)i, parameter = (int)i + 1;
    struct str bytes;
    if (db_is_null(from, column)) {
        db_bind_null(to, parameter);
        return;
    }
    switch (moving->kind[i]) {
    case KIND_INT: db_bind_int(to, parameter, db_int(from, column)); break;
    case KIND_DOUBLE: db_bind_double(to, parameter, db_double(from, column)); break;
    case KIND_TEXT: db_bind_text(to, parameter, db_text(from, column)); break;
    case KIND_BYTES:
        bytes = db_bytes(from, column);
        db_bind_bytes(to, parameter, bytes.ptr, bytes.len);
        break;
    }
}

/* All rows of a query; *ret_count goes up by them.  `insert` is left begun for the next. */
static enum st carry_rows(struct moving *moving, struct query *from, struct query *insert,
                          int64_t *ret_count, struct err *err)
{
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(from)) {
        for (size_t i = 0; i < moving->columns; i++) carry_value(moving, from, insert, i);
        outcome = db_run(insert, err);
        insert->open = true;
        insert->db->engine->prepare(insert);
        ++*ret_count;
        if (moving->move->progress && ++moving->done % TOLD_EVERY == 0)
            moving->move->progress(moving->move->context, moving->done, moving->total);
    }
    return db_end_after(from, outcome, err);
}

/* By a cursor, where a query would fetch a whole table into memory. */
static enum st carry_by_cursor(struct moving *moving, const char *select, struct query *insert,
                               int64_t *ret_count, struct err *err)
{
    struct buf text;
    char fetch[40];
    buf_init(&text, TEXT_MAX + 100);
    buf_add_fmt(&text, "DECLARE walk NO SCROLL CURSOR FOR %s", select);
    enum st outcome = db_execute_script(moving->from, buf_str(&text), err);
    buf_done(&text);
    snprintf(fetch, sizeof fetch, "FETCH %d FROM walk", ROWS_AT_ONCE);
    for (int64_t before = -1; outcome == ST_OK && before != *ret_count;) {
        before = *ret_count;
        outcome = carry_rows(moving, db_query_once(moving->from, fetch), insert, ret_count, err);
    }
    return outcome == ST_OK ? db_execute_script(moving->from, STR("CLOSE walk"), err) : outcome;
}

static enum st carry_table(struct moving *moving, struct table *table, struct err *err)
{
    struct buf text;
    int64_t carried = 0, there = 0;
    enum st outcome = list_columns(moving, table->name, err);
    if (outcome != ST_OK) return outcome;
    buf_init(&text, TEXT_MAX);
    buf_add_c(&text, "SELECT ");
    add_columns(moving, &text);
    buf_add_fmt(&text, " FROM \"%.*s\"", STR_ARG(table->name));
    const char *select = keep_text(moving, &text);
    buf_done(&text);
    struct query *insert = prepare_insert(moving, table->name);
    if (moving->from->engine->fetches_all)
        outcome = carry_by_cursor(moving, select, insert, &carried, err);
    else
        outcome = carry_rows(moving, db_query_once(moving->from, select), insert, &carried, err);
    insert->open = false;
    enum st ended = insert->db->engine->finish(insert, outcome == ST_OK ? err : NULL);
    if (outcome == ST_OK) outcome = ended;
    if (outcome == ST_OK)
        outcome = count_rows(&moving->arena, moving->to, table->name, &there, err);
    if (outcome != ST_OK) return outcome;
    if (carried != table->rows || there != table->rows)
        return err_set(err, ST_CONFLICT,
                       "The table '%.*s' has %" PRId64 " rows, and %" PRId64 " came over.",
                       STR_ARG(table->name), table->rows, there);
    if (moving->move->table) moving->move->table(moving->move->context, table->name, there);
    return ST_OK;
}

/* Also what a new database begins with. */
static enum st empty_tables(struct arena *arena, struct db *db, const struct table *table,
                            size_t count, struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; outcome == ST_OK && i < count; i++)
        if (!has_rows_of_its_own(table[i].name))
            outcome = db_run(ask(arena, db, "DELETE FROM", table[i].name), err);
    return outcome;
}

static enum st move_all(struct moving *moving, struct err *err)
{
    enum st outcome = compare_shapes(moving, err);
    if (outcome == ST_OK)
        outcome = list_tables(&moving->arena, moving->from, &moving->table, &moving->count, err);
    for (size_t i = 0; outcome == ST_OK && i < moving->count; i++) {
        outcome = count_rows(&moving->arena, moving->from, moving->table[i].name,
                             &moving->table[i].rows, err);
        moving->total += moving->table[i].rows;
    }
    const struct engine *to = moving->to->engine;
    if (outcome == ST_OK) outcome = db_execute_script(moving->to, str_from(to->refer_later), err);
    if (outcome == ST_OK)
        outcome = empty_tables(&moving->arena, moving->to, moving->table, moving->count, err);
    for (size_t i = 0; outcome == ST_OK && i < moving->count; i++)
        if (!has_rows_of_its_own(moving->table[i].name))
            outcome = carry_table(moving, &moving->table[i], err);
    return outcome == ST_OK ? db_execute_script(moving->to, str_from(to->refer_now), err) : outcome;
}

enum st store_move(const struct store_move *move, struct err *err)
{
    struct moving moving = {.move = move};
    moving.from = store_read_begin(move->from, err);
    if (!moving.from) return ST_FAILED;
    arena_init(&moving.arena, 64 << 20);
    enum st outcome = store_read_hold(moving.from, err);
    if (outcome == ST_OK) outcome = store_write_begin(move->to, &moving.to, err);
    if (outcome == ST_OK)
        outcome = store_write_end(move->to, moving.to, move_all(&moving, err), err);
    store_read_release(moving.from);
    store_read_end(move->from, moving.from);
    arena_done(&moving.arena);
    return outcome;
}

enum st store_move_undo(struct store *to, struct err *err)
{
    struct arena arena;
    struct db *db = NULL;
    struct table *table = NULL;
    size_t count = 0;
    enum st outcome = store_write_begin(to, &db, err);
    if (outcome != ST_OK) return outcome;
    arena_init(&arena, 16 << 20);
    outcome = db_execute_script(db, str_from(db->engine->refer_later), err);
    if (outcome == ST_OK) outcome = list_tables(&arena, db, &table, &count, err);
    if (outcome == ST_OK) outcome = empty_tables(&arena, db, table, count, err);
    if (outcome == ST_OK)
        outcome = db_run(db_query_once(db, "INSERT INTO audit_head (id, size, frontier)"
                                           " VALUES (1, 0, '')"),
                         err);
    if (outcome == ST_OK) outcome = db_execute_script(db, str_from(db->engine->refer_now), err);
    arena_done(&arena);
    return store_write_end(to, db, outcome, err);
}
