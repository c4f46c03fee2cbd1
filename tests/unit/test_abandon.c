/* Whoever leaves because an arena is full leaves nothing behind in the store: no query, no reader,
 * no turn of writing. */
#include "store/store.h"

#include "tests_common.h"

enum { FULL = 1 << 16 };

static struct store *store;
static struct arena arena;
static jmp_buf way_out;

static int begin(void **state)
{
    char folder[64];
    (void)state;
    temporary_folder(folder);
    arena_init(&arena, FULL);
    arena.on_failure = &way_out;
    return store_open(folder, &store, NULL) == ST_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    store_close(store);
    arena_done(&arena);
    return 0;
}

static void set(struct db *db, const char *name)
{
    struct query *query = db_query(db, Q_FACT_SET);
    db_bind_text(query, 1, str_from(name));
    db_bind_text(query, 2, STR("yes"));
    assert_int_equal(db_run(query, NULL), ST_OK);
}

/* In a query that has rows, and maybe more. */
static struct query *asked(struct db *db)
{
    struct query *query = db_query(db, Q_MIGRATION_LIST);
    assert_true(db_next(query));
    return query;
}

static bool is_set(const char *name)
{
    struct db *db = store_read_begin(store, NULL);
    struct query *query = db_query(db, Q_FACT_READ);
    db_bind_text(query, 1, str_from(name));
    bool found = db_next(query);
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(store, db);
    return found;
}

static void must_write(const char *name)
{
    struct db *db = NULL;
    assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
    set(db, name);
    assert_int_equal(store_write_commit(store, db, NULL), ST_OK);
    assert_true(is_set(name));
}

/* Until the arena leaves. */
static void leave(void (*begin_all)(void))
{
    if (!setjmp(way_out)) {
        begin_all();
        for (;;) arena_bytes(&arena, FULL / 8);
    }
    arena_done(&arena);
    store_abandon();
}

/* All that is read on the second is of one moment. */
static void read_by_two(void)
{
    struct db *db = store_read_begin(store, NULL);
    struct db *held = store_read_begin(store, NULL);
    assert_int_equal(store_read_hold(held, NULL), ST_OK);
    asked(db);
    asked(held);
}

static void readers_are_given_back(void **state)
{
    (void)state;
    struct db *first = store_read_begin(store, NULL);
    struct db *second = store_read_begin(store, NULL);
    store_read_end(store, second);
    store_read_end(store, first);
    for (int round = 0; round < 3; round++) {
        leave(read_by_two);
        /* Nobody reads what was before. */
        must_write("after readers");
        assert_int_equal(store_scrub(store, NULL), ST_OK);
        /* The same two, and none that was opened beside them. */
        struct db *one = store_read_begin(store, NULL);
        struct db *other = store_read_begin(store, NULL);
        assert_true((one == first && other == second) || (one == second && other == first));
        assert_int_equal(db_end(asked(one), NULL), ST_OK);
        assert_int_equal(db_end(asked(other), NULL), ST_OK);
        store_read_end(store, one); /* not the newest first */
        store_read_end(store, other);
    }
}

static void write_and_read(void)
{
    struct db *db = NULL;
    assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
    set(db, "half");
    asked(db);
    asked(store_read_begin(store, NULL));
}

static void a_turn_of_writing_is_undone(void **state)
{
    (void)state;
    leave(write_and_read);
    assert_true(store_turn_ms(store) == 0);
    assert_false(is_set("half"));
    must_write("after a turn");
    assert_int_equal(store_scrub(store, NULL), ST_OK);
    store_abandon(); /* there is nothing */
    must_write("after nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_are_given_back),
        cmocka_unit_test(a_turn_of_writing_is_undone),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
