/* An import in its thread: of many that start it at once one does, and one that met an outage ends,
 * and can be begun again.  So many files wait, and no more. */
#include "unit/shim.h"

#include "domain/import_batch.h"

#include "partnership.h"
#include "store/engine.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { ROWS = 300, STARTERS = 8 };
static const struct cast cast[2] = {{"Wenna Furze", "A team", "council", ROLE_coordinator},
                                    {"Merryn Teasel", "A team", "council", ROLE_coordinator}};
static struct person coordinator, another;
static char folder[64];
static _Atomic int started, refused;
static pthread_barrier_t together;

static int begin(void **state)
{
    (void)state;
    struct person people[2];
    open_partnership(256 << 20, folder);
    add_people(cast, 2, people);
    coordinator = people[0];
    another = people[1];
    return 0;
}

/* A file of so many rows, each of which says something else. */
static int64_t add(const char *what)
{
    struct buf csv;
    int64_t id = 0;
    struct err err = {0};
    buf_init(&csv, 1 << 20);
    buf_add_c(&csv, "Date,Details\n");
    for (int i = 0; i < ROWS; i++)
        buf_add_fmt(&csv, "01/06/2026,%s number %d was seen by the quay\n", what, i);
    if (import_batch_add(&app, &coordinator, STR("rows.csv"), buf_str(&csv), &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    buf_done(&csv);
    return id;
}

static struct import_batch read_batch(int64_t id)
{
    struct import_batch batch;
    assert_int_equal(import_batch_read(&app, &arena, &coordinator, id, &batch, NULL), ST_OK);
    return batch;
}

static void wait_for_all(void)
{
    pthread_mutex_lock(&app.import_lock);
    while (app.importing) pthread_cond_wait(&app.import_ended, &app.import_lock);
    pthread_mutex_unlock(&app.import_lock);
}

static struct import_batch when_it_has_ended(int64_t id)
{
    wait_for_all();
    return read_batch(id);
}

static void *start(void *context)
{
    const int64_t *id = context;
    pthread_barrier_wait(&together);
    enum st outcome = import_batch_start(&app, &coordinator, *id, STR(""), false, NULL);
    started += outcome == ST_OK;
    refused += outcome == ST_CONFLICT;
    return NULL;
}

static void of_many_that_start_it_one_does(void **state)
{
    (void)state;
    int64_t id = add("A red car");
    pthread_t thread[STARTERS];
    assert_int_equal(pthread_barrier_init(&together, NULL, STARTERS), 0);
    shim.sync_ms = 20; /* so that all have looked before one has written */
    for (int i = 0; i < STARTERS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, start, &id), 0);
    for (int i = 0; i < STARTERS; i++) pthread_join(thread[i], NULL);
    shim.sync_ms = 0;
    pthread_barrier_destroy(&together);
    assert_int_equal(started, 1);
    assert_int_equal(refused, STARTERS - 1);
    struct import_batch batch = when_it_has_ended(id);
    assert_true(str_eq(batch.state, STR("done")));
    assert_int_equal(batch.taken, ROWS);
    assert_int_equal(batch.known, 0);
    assert_int_equal(import_batch_start(&app, &coordinator, id, STR(""), false, NULL), ST_CONFLICT);
}

static void one_that_met_an_outage_can_be_begun_again(void **state)
{
    (void)state;
    needs_sqlite();
    int64_t id = add("A blue van");
    shim.sync_ms = 20; /* so that most of it is still to come, however slow we are */
    assert_int_equal(import_batch_start(&app, &coordinator, id, STR(""), false, NULL), ST_OK);
    shim.is_full = true;
    while (!shim.was_full) usleep(1000); /* it has come to the outage */
    assert_true(str_eq(read_batch(id).state, STR("running")));
    /* its thread is there */
    assert_int_equal(import_batch_start(&app, &coordinator, id, STR(""), false, NULL), ST_CONFLICT);
    shim.is_full = false;
    shim.sync_ms = 0;
    assert_true(str_eq(when_it_has_ended(id).state, STR("failed")));
    assert_int_equal(import_batch_start(&app, &coordinator, id, STR(""), false, NULL), ST_OK);
    struct import_batch batch = when_it_has_ended(id);
    assert_true(str_eq(batch.state, STR("done")));
    assert_int_equal(batch.taken + batch.known, ROWS);
}

/* As a program leaves it that was killed.  Where several share a database, another may run it
 * that has said so not long ago. */
static void one_that_nobody_runs_can_be_begun_again(void **state)
{
    (void)state;
    enum { LONG_MS = 3600000 };
    int64_t id = add("A grey bus");
    for (int round = 0; round < 2; round++) {
        struct db *db = NULL;
        assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
        struct query *query = db_query_once(
            db, "UPDATE import_batch SET state = 'running', finished_at = ?2 WHERE id = ?1");
        db_bind_int(query, 1, id);
        db_bind_int(query, 2, clock_now() - (round ? LONG_MS : 0));
        assert_int_equal(store_write_end(app.store, db, db_run(query, NULL), NULL), ST_OK);
        bool begins = round || !store_is_shared(app.store);
        assert_int_equal(import_batch_start(&app, &coordinator, id, STR(""), false, NULL),
                         begins ? ST_OK : ST_CONFLICT);
        if (begins) assert_true(str_eq(when_it_has_ended(id).state, STR("done")));
        if (!round) id = add("A grey bus again");
    }
}

/* Its rows were received in June; the Forum has them since they were imported, so that the next
 * agenda holds them.  No representative had them, so nobody's time is measured by them. */
static void what_was_received_long_ago_is_new_to_its_forum(void **state)
{
    (void)state;
    int64_t id = 0;
    int64_t rows = 0;
    instant_ms before = clock_now();
    struct str file = STR("Date received,Details\n01/06/2026,A gate stood open by the quay\n"
                          "02/06/2026,A lamp was out by the slip\n");
    assert_int_equal(import_batch_add(&app, &coordinator, STR("old.csv"), file, &id, NULL), ST_OK);
    assert_int_equal(import_batch_start(&app, &coordinator, id, STR(""), false, NULL), ST_OK);
    assert_int_equal(when_it_has_ended(id).taken, 2);
    struct db *db = store_read_begin(app.store, NULL);
    struct query *query = db_query_once(
        db, "SELECT count(*) FROM submission s JOIN submission_stage t ON t.submission_id = s.id"
            " WHERE s.import_batch_id = ?1 AND s.created_at < ?2 AND t.shared_at >= ?2");
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, before);
    assert_int_equal(db_one(query, &rows, NULL), ST_OK);
    assert_int_equal(rows, 2);
    query = db_query(db, Q_MEASURE_COLLATED);
    db_bind_int(query, 1, 0);
    db_bind_int(query, 2, ROWS * 10);
    assert_false(db_next(query));
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(app.store, db);
}

static enum st send_short(const struct person *who, int64_t *ret, struct err *err)
{
    return import_batch_add(&app, who, STR("short.csv"), STR("Details\nA gate was open.\n"), ret,
                            err);
}

static void assert_no_more(void)
{
    int64_t id = 0;
    struct err err = {0};
    assert_int_equal(send_short(&another, &id, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "20 of your files wait already. Import or remove one"));
}

/* Each may have 64 MB, and lies there until somebody does something about it. */
static void so_many_files_wait_and_no_more(void **state)
{
    (void)state;
    int64_t first = 0, id = 0;
    struct import_batch *list = NULL;
    size_t count = 0;
    assert_int_equal(send_short(&another, &first, NULL), ST_OK);
    for (int i = 1; i < IMPORT_WAITING_MAX; i++)
        assert_int_equal(send_short(&another, &id, NULL), ST_OK);
    assert_no_more();
    assert_int_equal(send_short(&coordinator, &id, NULL), ST_OK);
    /* One that goes makes room; one that was tried is still there; one that was imported is not. */
    assert_int_equal(import_batch_remove(&app, &another, first, NULL), ST_OK);
    assert_int_equal(send_short(&another, &id, NULL), ST_OK);
    assert_no_more();
    assert_int_equal(import_batch_start(&app, &another, id, STR(""), true, NULL), ST_OK);
    wait_for_all();
    assert_no_more();
    assert_int_equal(import_batch_start(&app, &another, id, STR(""), false, NULL), ST_OK);
    wait_for_all();
    assert_int_equal(import_batch_list(&app, &arena, &another, &list, &count, NULL), ST_OK);
    assert_int_equal(count, IMPORT_WAITING_MAX);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(import_batch_removable(&list[i]), i + 1 < count);
    assert_int_equal(list[count - 1].id, id);
    assert_int_equal(send_short(&another, &id, NULL), ST_OK);
    assert_no_more();
}

int main(void)
{
    shim_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_many_that_start_it_one_does),
        cmocka_unit_test(one_that_met_an_outage_can_be_begun_again),
        cmocka_unit_test(one_that_nobody_runs_can_be_begun_again),
        cmocka_unit_test(what_was_received_long_ago_is_new_to_its_forum),
        cmocka_unit_test(so_many_files_wait_and_no_more),
    };
    return cmocka_run_group_tests(tests, begin, close_partnership);
}
