/* Weights that a store teaches: kept by version, in force again after a start, learnt by the
 * job of a server. */
#include "domain/area.h"
#include "domain/demo.h"
#include "domain/weighing.h"
#include "link/link.h"

#include "tests_common.h"

#include <unistd.h>

enum { DEMO_SMALL = 500, LONG = 10000 /* tenths of a second */ };

static char folder[64];
static struct app app;
static struct area *area;

static void open_app(void)
{
    struct err err = {0};
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK) fail_msg("%s", err.public);
    app.area = area;
}

static int fill(void **state)
{
    (void)state;
    struct err err = {0};
    temporary_folder(folder);
    assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
    open_app();
    struct demo_options demo = {.seed = 3, .reports = DEMO_SMALL};
    if (demo_fill(&app, &demo, &err) != ST_OK) fail_msg("%s", err.public);
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    app_close(&app);
    area_free(area);
    return 0;
}

static int64_t newest(void)
{
    int64_t version = -1;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(weighing_newest(db, &version, NULL), ST_OK);
    store_read_end(app.store, db);
    return version;
}

static struct link_weights in_force(void)
{
    struct link_weights weights;
    link_index_weights(app.index, &weights);
    return weights;
}

static void a_store_begins_with_the_defaults(void **state)
{
    (void)state;
    struct link_weights usual, now = in_force();
    link_weights_default(&usual);
    assert_int_equal(newest(), 0);
    assert_memory_equal(&usual, &now, sizeof usual);
}

static void what_is_learnt_is_kept_and_in_force_after_a_start(void **state)
{
    (void)state;
    bool changed = false;
    struct err err = {0};
    if (weighing_learn(&app, NULL, &changed, &err) != ST_OK) fail_msg("%s", err.public);
    assert_true(changed);
    struct link_weights learnt = in_force();
    assert_int_equal(learnt.version, 1);
    assert_int_equal(learnt.mentions, link_index_count(app.index));
    app_close(&app);
    open_app();
    struct link_weights again = in_force();
    assert_memory_equal(&learnt, &again, sizeof learnt);
}

static void nothing_new_is_no_new_version(void **state)
{
    (void)state;
    bool changed = true;
    assert_int_equal(weighing_learn(&app, NULL, &changed, NULL), ST_OK);
    assert_false(changed);
    assert_int_equal(newest(), 1);
}

static void every_version_stays_and_is_found_by_its_time(void **state)
{
    (void)state;
    struct weighing weighing;
    struct err err = {0};
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(weighing_read(db, 1, &weighing, NULL), ST_OK);
    instant_ms since = weighing.since;
    assert_true(since > 0 && since <= clock_now());
    assert_int_equal(weighing_at(db, since, &weighing, NULL), ST_OK);
    assert_int_equal(weighing.weights.version, 1);
    assert_int_equal(weighing_at(db, since - 1, &weighing, NULL), ST_OK);
    assert_int_equal(weighing.weights.version, 0);
    assert_int_equal(weighing_read(db, 2, &weighing, &err), ST_NOT_FOUND);
    assert_non_null(strstr(err.public, "version 2"));
    store_read_end(app.store, db);
}

static void the_job_learns_when_there_is_something_to_learn(void **state)
{
    (void)state;
    struct link_weights usual;
    link_weights_default(&usual);
    link_index_weigh_by(app.index, &usual); /* as if nothing had been learnt yet */
    struct weighing_keeper *keeper = NULL;
    struct weighing_keeper_options options = {.look_seconds = 1};
    assert_int_equal(weighing_keeper_start(&app, &options, &keeper, NULL), ST_OK);
    /* It gives way to others: beside other tests it may take minutes. */
    for (int i = 0; i < LONG && newest() < 2; i++) usleep(100 * 1000);
    weighing_keeper_stop(keeper);
    assert_int_equal(newest(), 2);
    assert_int_equal(in_force().version, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_begins_with_the_defaults),
        cmocka_unit_test(what_is_learnt_is_kept_and_in_force_after_a_start),
        cmocka_unit_test(nothing_new_is_no_new_version),
        cmocka_unit_test(every_version_stays_and_is_found_by_its_time),
        cmocka_unit_test(the_job_learns_when_there_is_something_to_learn),
    };
    return cmocka_run_group_tests_name("weighing", tests, fill, close_app);
}
