/* Rows that are kept while nothing changes are those that the database would give. */
#include "base/buf.h"
#include "base/change.h"
#include "store/store.h"

#include "tests_common.h"

#include <sqlite3.h>

static struct store *store;
static char folder[64];

static int open_store(void **state)
{
    (void)state;
    temporary_folder(folder);
    return store_open(folder, &store, NULL) == ST_OK ? 0 : -1;
}

static int close_store(void **state)
{
    (void)state;
    store_close(store);
    return 0;
}

static void set(const char *name, const char *text, bool quiet)
{
    struct db *db = NULL;
    assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
    struct query *query = db_query(db, Q_FACT_SET);
    db_bind_text(query, 1, str_from(name));
    db_bind_text(query, 2, str_from(text));
    assert_int_equal(db_run(query, NULL), ST_OK);
    if (quiet) store_write_quiet(store, db);
    assert_int_equal(store_write_commit(store, db, NULL), ST_OK);
}

/* By the one reader that there is. */
static const char *fact_of(struct db *db, const char *name)
{
    static char text[200];
    struct query *query = db_query(db, Q_FACT_READ);
    db_bind_text(query, 1, str_from(name));
    bool found = db_next(query);
    struct str value = found ? db_text(query, 0) : STR("none");
    snprintf(text, sizeof text, "%.*s", STR_ARG(value));
    assert_int_equal(db_end(query, NULL), ST_OK);
    return text;
}

static const char *fact(const char *name)
{
    struct db *db = store_read_begin(store, NULL);
    const char *text = fact_of(db, name);
    store_read_end(store, db);
    return text;
}

/* Behind the back of the store. */
static void set_unseen(const char *name, const char *text)
{
    char path[80];
    sqlite3 *handle = NULL;
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    char *change = sqlite3_mprintf("UPDATE fact SET value = %Q WHERE name = %Q", text, name);
    assert_int_equal(sqlite3_exec(handle, change, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_free(change);
    sqlite3_close(handle);
}

static void rows_are_kept_until_something_changes(void **state)
{
    (void)state;
    if (store_is_shared(store)) skip(); /* others write there too: nothing is kept */
    set("colour", "green", false);
    assert_string_equal(fact("colour"), "green");
    assert_string_equal(fact("nothing"), "none");
    set_unseen("colour", "grey");
    assert_string_equal(fact("colour"), "green"); /* so it was kept */
    set("number", "one", true);
    assert_string_equal(fact("colour"), "green"); /* nor does a quiet commit change it */
    set("number", "two", false);
    assert_string_equal(fact("colour"), "grey");
    set("colour", "blue", false);
    assert_string_equal(fact("colour"), "blue");
    set("nothing", "something", false);
    assert_string_equal(fact("nothing"), "something"); /* that there was none was kept too */
    change_note();
    assert_string_equal(fact("colour"), "blue");
}

static void a_rollback_changes_nothing(void **state)
{
    (void)state;
    struct db *db = NULL;
    set("colour", "red", false);
    assert_string_equal(fact("colour"), "red");
    assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
    struct query *query = db_query(db, Q_FACT_SET);
    db_bind_text(query, 1, STR("colour"));
    db_bind_text(query, 2, STR("pink"));
    assert_int_equal(db_run(query, NULL), ST_OK);
    assert_string_equal(fact("colour"), "red");
    assert_string_equal(fact_of(db, "colour"), "pink"); /* who writes sees it */
    store_write_rollback(store, db);
    assert_string_equal(fact("colour"), "red");
}

/* Within a moment that is held, and of a text too long to be looked up, the database is asked. */
static void what_is_not_kept_is_asked(void **state)
{
    (void)state;
    if (store_is_shared(store)) skip(); /* others write there too: nothing is kept */
    char name[301];
    set("colour", "black", false);
    memset(name, 'n', 300);
    name[300] = '\0';
    set(name, "long", false);
    struct db *db = store_read_begin(store, NULL);
    assert_string_equal(fact_of(db, "colour"), "black");
    assert_string_equal(fact_of(db, name), "long");
    set_unseen(name, "longer");
    assert_string_equal(fact_of(db, name), "longer");
    set_unseen("colour", "white");
    assert_int_equal(store_read_hold(db, NULL), ST_OK);
    assert_string_equal(fact_of(db, "colour"), "white");
    set("colour", "brown", false);
    assert_string_equal(fact_of(db, "colour"), "white");
    store_read_release(db);
    assert_string_equal(fact_of(db, "colour"), "brown");
    store_read_end(store, db);
}

static void print_rows(struct db *db, enum query_id id, struct buf *out)
{
    struct query *query = db_query(db, id);
    while (db_next(query))
        buf_add_fmt(out, "%lld %.17g %.*s %d;", (long long)db_int(query, 0), db_double(query, 0),
                    STR_ARG(db_text(query, 0)), db_is_null(query, 0));
    buf_add_c(out, db_end(query, NULL) == ST_OK ? "ok\n" : "failed\n");
}

/* Each query without parameters, in all forms of its first column, twice by one connection and
 * once by one that holds the moment. */
static void kept_rows_are_those_of_the_database(void **state)
{
    (void)state;
    if (store_is_shared(store)) skip(); /* others write there too: nothing is kept */
    struct buf text[3];
    struct db *db = store_read_begin(store, NULL);
    struct db *held = store_read_begin(store, NULL);
    assert_int_equal(store_read_hold(held, NULL), ST_OK);
    for (int way = 0; way < 3; way++) {
        buf_init(&text[way], 1 << 20);
        for (int id = 0; id < QUERY_COUNT; id++) {
            const char *sql = store_query_text((enum query_id)id);
            if (strncmp(sql, "SELECT", 6) == 0 && !strchr(sql, '?'))
                print_rows(way < 2 ? db : held, (enum query_id)id, &text[way]);
        }
    }
    assert_false(text[0].overflow);
    assert_true(text[0].len > 500);
    assert_true(str_eq(buf_str(&text[0]), buf_str(&text[1])));
    assert_true(str_eq(buf_str(&text[0]), buf_str(&text[2])));
    for (int way = 0; way < 3; way++) buf_done(&text[way]);
    store_read_release(held);
    store_read_end(store, held);
    store_read_end(store, db);
}

/* More rows than are kept, read to the end and left in the middle. */
static void many_rows_are_all_there(void **state)
{
    (void)state;
    enum { MANY = 200 };
    struct db *db = NULL;
    int64_t id = 0;
    assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
    for (int i = 0; i < MANY; i++) {
        char name[20];
        snprintf(name, sizeof name, "school %03d", i);
        struct query *query = db_query(db, Q_ORGANISATION_ADD);
        db_bind_text(query, 1, str_from(name));
        db_bind_text(query, 2, STR("education"));
        db_bind_text(query, 3, STR("mid"));
        assert_int_equal(db_one(query, &id, NULL), ST_OK);
    }
    assert_int_equal(store_write_commit(store, db, NULL), ST_OK);
    db = store_read_begin(store, NULL);
    for (int round = 0; round < 3; round++) {
        int count = 0;
        struct query *query = db_query(db, Q_ORGANISATION_LIST);
        while (count < (round == 1 ? 3 : MANY) && db_next(query)) {
            char name[20];
            snprintf(name, sizeof name, "school %03d", count++);
            assert_true(str_eq(db_text(query, 1), str_from(name)));
            assert_true(db_is_null(query, 4));
        }
        if (round != 1) assert_false(db_next(query));
        assert_int_equal(db_end(query, NULL), ST_OK);
        assert_int_equal(count, round == 1 ? 3 : MANY);
    }
    store_read_end(store, db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_kept_until_something_changes),
        cmocka_unit_test(a_rollback_changes_nothing),
        cmocka_unit_test(what_is_not_kept_is_asked),
        cmocka_unit_test(many_rows_are_all_there),
        cmocka_unit_test(kept_rows_are_those_of_the_database),
    };
    return cmocka_run_group_tests(tests, open_store, close_store);
}
