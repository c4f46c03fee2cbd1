/* The store: migrations, transactions, and every query prepared. */
#include "store/engine.h"
#include "store/migration.h"
#include "store/postgres_internal.h"
#include "store/store.h"

#include "tests_common.h"

#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

static char folder[64];

static struct store *open_new(void)
{
    temporary_folder(folder);
    struct store *store = NULL;
    struct err err = {0};
    assert_int_equal(store_open(folder, &store, &err), ST_OK);
    return store;
}

static void every_query_prepares(void **state)
{
    (void)state;
    struct store *store = open_new();
    struct db *db = NULL;
    assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
    for (int id = 0; id < QUERY_COUNT; id++) {
        struct err err = {0};
        struct query *query = db_query(db, (enum query_id)id);
        if (db_end(query, &err) != ST_OK)
            fail_msg("%s: %s", store_query_name((enum query_id)id), err.detail);
    }
    store_write_rollback(store, db);
    store_close(store);
}

/* What runs on SQLite alone, or on PostgreSQL alone, may not stand in a query. */
static void no_query_is_of_one_engine(void **state)
{
    (void)state;
    static const char *banned[] = {"now(", "::",        "ILIKE",     "concat(", "greatest(",
                                   "string_agg", "GLOB", "datetime(", "ifnull(", "||",
                                   "AUTOINCREMENT", "$1", "rowid"};
    for (int id = 0; id < QUERY_COUNT; id++)
        for (size_t i = 0; i < sizeof banned / sizeof *banned; i++)
            if (str_find_nocase(str_from(store_query_text((enum query_id)id)), str_from(banned[i]),
                                0) >= 0)
                fail_msg("%s uses %s", store_query_name((enum query_id)id), banned[i]);
}

/* What libpq answers when it can read a warning and not write any more: nothing, for ever, as if
 * all were well.  The turn ends all the same, and the next one has a connection. */
static void a_connection_that_breaks_in_the_middle_is_made_anew(void **state)
{
    (void)state;
    struct store *store = open_new();
    for (int warned = 0; warned < 2; warned++) {
        struct db *db = NULL;
        assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
        if (!store_is_shared(store)) {
            store_write_rollback(store, db);
            break; /* SQLite has no connection */
        }
        PGconn *handle = postgres_handle_of(db);
        struct query *later = db_query(db, Q_FACT_SET);
        db_bind_text(later, 1, STR("colour"));
        db_bind_text(later, 2, STR("blue"));
        assert_int_equal(db_run_later(later, NULL), ST_OK);
        if (warned)
            assert_true(postgres_send_text(
                db, "DO $$BEGIN FOR i IN 1..3 LOOP PERFORM pg_sleep(0.2);"
                    " RAISE WARNING 'It ends.'; END LOOP; END$$"));
        assert_int_equal(PQflush(handle), 0);
        assert_int_equal(shutdown(PQsocket(handle), SHUT_WR), 0);
        struct query *query = db_query(db, Q_FACT_READ);
        db_bind_text(query, 1, STR("colour"));
        assert_false(db_next(query));
        assert_int_equal(db_end(query, NULL), ST_BUSY);
        store_write_rollback(store, db);
        assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
        query = db_query(db, Q_FACT_READ);
        db_bind_text(query, 1, STR("colour"));
        assert_false(db_next(query)); /* nothing of it was kept */
        assert_int_equal(db_end(query, NULL), ST_OK);
        assert_int_equal(store_write_end(store, db, ST_OK, NULL), ST_OK);
    }
    store_close(store);
}

static void rollback_leaves_nothing(void **state)
{
    (void)state;
    struct store *store = open_new();
    for (int round = 0; round < 2; round++) {
        struct db *db = NULL;
        assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
        struct query *query = db_query(db, Q_FACT_SET);
        db_bind_text(query, 1, STR("colour"));
        db_bind_text(query, 2, STR("blue"));
        assert_int_equal(db_run(query, NULL), ST_OK);
        /* First round: refused; second: kept. */
        enum st wanted = round == 0 ? ST_INVALID : ST_OK;
        assert_int_equal(store_write_end(store, db, wanted, NULL), wanted);
        struct db *reader = store_read_begin(store, NULL);
        query = db_query(reader, Q_FACT_READ);
        db_bind_text(query, 1, STR("colour"));
        assert_int_equal(db_next(query), round == 1);
        assert_int_equal(db_end(query, NULL), ST_OK);
        store_read_end(store, reader);
    }
    store_close(store);
}

static void second_process_is_refused(void **state)
{
    (void)state;
    struct store *store = open_new();
    struct store *second = NULL;
    struct err err = {0};
    assert_int_equal(store_open(folder, &second, &err), ST_BUSY);
    char pid[16];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    assert_non_null(strstr(err.public, pid));
    store_close(store);
    /* And afterwards it is free, with its content. */
    assert_int_equal(store_open(folder, &second, &err), ST_OK);
    store_close(second);
}

static void changed_migration_is_noticed(void **state)
{
    (void)state;
    struct store *store = open_new();
    struct db *db = NULL;
    assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
    struct query *query = db_query(db, Q_MIGRATION_ADD);
    db_bind_int(query, 1, 9999);
    db_bind_text(query, 2, STR("from the future"));
    db_bind_text(query, 3, STR("0"));
    db_bind_int(query, 4, 0);
    assert_int_equal(db_run(query, NULL), ST_OK);
    assert_int_equal(store_write_commit(store, db, NULL), ST_OK);
    store_close(store);
    struct err err = {0};
    assert_int_equal(store_open(folder, &store, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "newer"));
}

static void run(struct db *db, const char *text)
{
    struct err err = {0};
    if (db_execute_script(db, str_from(text), &err) != ST_OK) fail_msg("%s: %s", text, err.detail);
}

/* A migration, its line in the list refused as by a full disk, or by who holds a lock. */
static void before_a_migration_that_is_refused(struct db *db)
{
    run(db, "DELETE FROM migration WHERE number >= 50");
    run(db, "ALTER TABLE child_bundle DROP COLUMN longer_day");
    run(db, "ALTER TABLE child_bundle DROP COLUMN longer_by");
    run(db, "ALTER TABLE child_bundle DROP COLUMN longer_at");
    if (on_postgres()) {
        run(db, "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN RAISE EXCEPTION USING ERRCODE = $q$55P03$q$; END'");
        run(db, "CREATE TRIGGER refused BEFORE INSERT ON migration FOR EACH ROW"
                " EXECUTE FUNCTION refuse()");
        return;
    }
    run(db, "CREATE TABLE no_room (id INTEGER PRIMARY KEY AUTOINCREMENT)");
    run(db, "INSERT INTO no_room VALUES (9223372036854775807)");
    run(db, "CREATE TRIGGER refused BEFORE INSERT ON migration"
            " BEGIN INSERT INTO no_room VALUES (NULL); END");
}

static void a_migration_that_was_refused_is_not_done(void **state)
{
    (void)state;
    struct store *store = open_new();
    struct db *db = NULL;
    struct err err = {0};
    assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
    before_a_migration_that_is_refused(db);
    assert_int_equal(store_write_commit(store, db, NULL), ST_OK);
    store_close(store);
    for (int round = 0; round < 2; round++) /* nor the second time */
        assert_int_equal(store_open(folder, &store, &err), ST_BUSY);
    assert_int_equal(store_open_reading(folder, NULL, &store, &err), ST_OK);
    db = store_read_begin(store, NULL);
    assert_false(migration_is_applied(db, 50));
    store_read_end(store, db);
    store_close(store);
}

static void foreign_keys_hold(void **state)
{
    (void)state;
    struct store *store = open_new();
    struct db *db = NULL;
    assert_int_equal(store_write_begin(store, &db, NULL), ST_OK);
    struct query *query = db_query(db, Q_ACCOUNT_ROLE_ADD);
    db_bind_int(query, 1, 42);
    db_bind_text(query, 2, STR("analyst"));
    enum st outcome = db_run(query, NULL);
    assert_int_equal(store_write_end(store, db, outcome, NULL), ST_CONFLICT);
    store_close(store);
}

/* A write on a connection that is for reading. */
static bool a_reader_may_write(struct store *store)
{
    struct err err = {0};
    struct db *db = store_read_begin(store, &err);
    if (!db) fail_msg("%s (%s)", err.public, err.detail);
    struct query *query = db_query(db, Q_FACT_SET);
    db_bind_text(query, 1, STR("colour"));
    db_bind_text(query, 2, STR("red"));
    enum st outcome = db_run(query, &err);
    store_read_end(store, db);
    return outcome == ST_OK;
}

/* Ends every session of this program, as a server does that stops: others use the cluster too. */
static void end_sessions(void)
{
    PGconn *other = PQconnectdb(getenv("PENDEEN_STORE"));
    assert_int_equal(PQstatus(other), CONNECTION_OK);
    PGresult *ended = PQexec(other, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                                    " WHERE application_name = current_setting('application_name')"
                                    " AND pid <> pg_backend_pid()");
    assert_int_equal(PQresultStatus(ended), PGRES_TUPLES_OK);
    assert_true(PQntuples(ended) > 0);
    PQclear(ended);
    PQfinish(other);
}

static void a_session_that_was_lost_is_begun_as_the_first_was(void **state)
{
    (void)state;
    char name[40];
    snprintf(name, sizeof name, "pendeen %d", (int)getpid());
    assert_int_equal(setenv("PGAPPNAME", name, 1), 0);
    struct store *store = open_new();
    assert_false(a_reader_may_write(store));
    for (int round = 0; round < 2; round++) {
        struct db *db = NULL;
        struct err err = {0};
        if (on_postgres()) end_sessions();
        for (int i = 0; i < 2; i++) assert_false(a_reader_may_write(store));
        if (store_write_begin(store, &db, &err) != ST_OK)
            fail_msg("%s (%s)", err.public, err.detail);
        struct query *query = db_query(db, Q_FACT_SET);
        db_bind_text(query, 1, STR("colour"));
        db_bind_text(query, 2, STR("blue"));
        assert_int_equal(db_run(query, NULL), ST_OK);
        assert_int_equal(store_write_commit(store, db, NULL), ST_OK);
    }
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_query_prepares),
        cmocka_unit_test(no_query_is_of_one_engine),
        cmocka_unit_test(rollback_leaves_nothing),
        cmocka_unit_test(a_connection_that_breaks_in_the_middle_is_made_anew),
        cmocka_unit_test(second_process_is_refused),
        cmocka_unit_test(changed_migration_is_noticed),
        cmocka_unit_test(foreign_keys_hold),
        cmocka_unit_test(a_migration_that_was_refused_is_not_done),
        cmocka_unit_test(a_session_that_was_lost_is_begun_as_the_first_was),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
