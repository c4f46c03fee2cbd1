/* Many share at once, and are written to the disk together: each is there when it is
 * answered, the later of two finds the earlier, and what fails together is forgotten together. */
#include "unit/shim.h"

#include "domain/audit_check.h"
#include "domain/audit.h"
#include "domain/entity.h"
#include "domain/record_key.h"

#include <pthread.h>
#include <stdatomic.h>

enum { PEOPLE = 16, EACH_SHARES = 12, SYNC_MS = 2, REFERENCE = REFERENCE_SIZE };

static char folder[64];
static struct app app;
static struct person who;
static _Atomic int number;
static struct {
    char reference[PEOPLE * EACH_SHARES][REFERENCE];
    _Atomic int count;
} acknowledged;
static _Atomic int refused;

static void open_app(void)
{
    struct err err = {0};
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
}

static int fresh(void **state)
{
    (void)state;
    quick_folder(folder);
    open_app();
    who = somebody(&app);
    number = refused = 0;
    acknowledged.count = 0;
    shim.sync_ms = SYNC_MS; /* whoever comes meanwhile has to wait */
    return 0;
}

static int done(void **state)
{
    (void)state;
    shim.sync_ms = 0;
    shim.fail_at = 0;
    app_close(&app);
    return 0;
}

/* The same cars again and again: that of a number below EACH_SHARES. */
static void *share_some(void *context)
{
    struct err err = {0};
    struct submission_receipt receipt;
    (void)context;
    for (int i = 0; i < EACH_SHARES; i++) {
        int mine = number++;
        struct mention_draft mention = {.kind = LINK_VEHICLE, .span_start = -1, .span_end = -1};
        char key[32];
        char plate[32];
        snprintf(key, sizeof key, "together-%d", mine);
        int letter = 'A' + 2 * (i % 6); /* no two of them alike */
        snprintf(plate, sizeof plate, "%c%c%02d %c%c%c", letter, letter + 1,
                 i < 6 ? 12 + 11 * i : 93 - 7 * i, 'Z' - 2 * (i % 6), letter, 'M' + i);
        mention.field[LINK_REGISTRATION] = str_from(plate);
        struct submission_draft draft = {.idempotency_key = str_from(key),
                                         .narrative =
                                             STR("A car was seen at the bus station twice."),
                                         .mention = &mention,
                                         .mention_count = 1};
        if (submission_share(&app, &who, &draft, 0, 0, &receipt, &err) == ST_OK)
            snprintf(acknowledged.reference[acknowledged.count++], REFERENCE, "%s",
                     receipt.reference);
        else
            refused++;
    }
    return NULL;
}

static void all_at_once(void *(*run)(void *))
{
    pthread_t thread[PEOPLE];
    for (int i = 0; i < PEOPLE; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, run, NULL), 0);
    for (int i = 0; i < PEOPLE; i++) pthread_join(thread[i], NULL);
}

static int64_t count_of(const char *text)
{
    char path[100];
    sqlite3 *handle = NULL;
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, shim.real->zName),
                     SQLITE_OK);
    for (int i = 0; i < acknowledged.count; i++)
        if (!has(handle, acknowledged.reference[i]))
            fail_msg("%s is lost", acknowledged.reference[i]);
    if (half_written(handle)) fail_msg("%s", half_written(handle));
    int64_t count = number_of(handle, text);
    sqlite3_close(handle);
    return count;
}

/* What is in memory is what is in the store. */
static void memory_follows(void)
{
    int64_t mentions = count_of("SELECT count(*) FROM mention");
    struct audit_report report = {0};
    struct audit_check check = {.keys = app.keys};
    assert_int_equal(link_index_count(app.index), mentions);
    assert_int_equal(entities_count(app.entities), mentions);
    assert_null(app.pending);
    assert_int_equal(audit_check_store(app.store, &check, &report, NULL), ST_OK);
    if (report.found) fail_msg("%s", report.finding[0].words);
}

static void the_later_finds_the_earlier(void **state)
{
    (void)state;
    int64_t before = shim.syncs;
    all_at_once(share_some);
    assert_int_equal(acknowledged.count, PEOPLE * EACH_SHARES);
    /* Of each car only the very first found nothing. */
    assert_int_equal(count_of("SELECT count(*) FROM mention m WHERE NOT EXISTS"
                              " (SELECT 1 FROM suggestion s WHERE s.mention_b = m.id)"),
                     EACH_SHARES);
    memory_follows();
    int64_t syncs = shim.syncs - before;
    print_message("%d submissions by %lld syncs\n", PEOPLE * EACH_SHARES, (long long)syncs);
    assert_true(syncs < PEOPLE * EACH_SHARES / 2);
}

static void what_fails_together_is_forgotten(void **state)
{
    (void)state;
    int failures = 0;
    for (int round = 0; round < 6; round++) {
        shim.done = 0;
        shim.failed = false;
        shim.fails_on = round % 2;
        shim.fail_at = 40 + 17 * round;
        acknowledged.count = 0;
        refused = 0;
        all_at_once(share_some);
        shim.fail_at = 0;
        failures += refused;
        assert_int_equal(acknowledged.count + refused, PEOPLE * EACH_SHARES);
        memory_follows();
    }
    assert_true(failures > 0);
    app_close(&app);
    open_app();
    memory_follows();
    acknowledged.count = 0;
    all_at_once(share_some);
    assert_int_equal(acknowledged.count, PEOPLE * EACH_SHARES);
}

static void *share_one_key(void *context)
{
    (void)context;
    struct submission_receipt receipt;
    struct err err = {0};
    if (share_one(&app, &who, 7, &receipt, &err) == ST_OK)
        snprintf(acknowledged.reference[acknowledged.count++], REFERENCE, "%s", receipt.reference);
    refused += receipt.new;
    return NULL;
}

static void sent_twice_is_there_once(void **state)
{
    (void)state;
    all_at_once(share_one_key);
    assert_int_equal(acknowledged.count, PEOPLE);
    assert_int_equal(refused, 1); /* one of them was new */
    for (int i = 1; i < PEOPLE; i++)
        assert_string_equal(acknowledged.reference[i], acknowledged.reference[0]);
    assert_int_equal(count_of("SELECT count(*) FROM submission"), 1);
}

/* A transaction that is rolled back takes nothing of the others with it. */
static void *refuse_some(void *context)
{
    struct db *db = NULL;
    (void)context;
    for (int i = 0; i < EACH_SHARES; i++) {
        assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
        struct query *query = db_query(db, Q_FACT_SET);
        db_bind_text(query, 1, STR("colour"));
        db_bind_text(query, 2, STR("blue"));
        assert_int_equal(db_run(query, NULL), ST_OK);
        struct data_key key;
        assert_int_equal(record_key_add(&app, db, KEY_RECORD, &key, NULL), ST_OK);
        assert_int_equal(
            audit_append(&app, db,
                         &(struct audit_event){.kind = AUDIT_OPERATION, .action = "refused"}, NULL),
            ST_OK);
        query = db_query(db, Q_ACCOUNT_ROLE_ADD); /* of nobody */
        db_bind_int(query, 1, 424242);
        db_bind_text(query, 2, STR("analyst"));
        enum st outcome = db_run(query, NULL);
        assert_int_equal(store_write_end(app.store, db, outcome, NULL), ST_CONFLICT);
    }
    return NULL;
}

static void *share_or_refuse(void *context)
{
    return number++ % 2 ? share_some(context) : refuse_some(context);
}

static void one_that_is_refused_takes_nothing_along(void **state)
{
    (void)state;
    all_at_once(share_or_refuse);
    assert_int_equal(refused, 0);
    assert_true(acknowledged.count > 0);
    assert_int_equal(count_of("SELECT count(*) FROM fact WHERE name = 'colour'"), 0);
    assert_int_equal(count_of("SELECT count(*) FROM audit_line WHERE action = 'refused'"), 0);
    memory_follows();
}

int main(void)
{
    if (on_postgres()) return 0; /* another program writes then */
    shim_install();
#define EACH(test) cmocka_unit_test_setup_teardown(test, fresh, done)
    const struct CMUnitTest tests[] = {
        EACH(the_later_finds_the_earlier),
        EACH(what_fails_together_is_forgotten),
        EACH(sent_twice_is_there_once),
        EACH(one_that_is_refused_takes_nothing_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
