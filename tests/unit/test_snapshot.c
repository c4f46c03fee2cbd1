/* The snapshot of the index: a start that reads it is one that reads the store; what is
 * destroyed is not in it; what does not fit is passed over. */
#include "domain/area.h"
#include "domain/demo.h"
#include "domain/destroy.h"
#include "domain/entity.h"
#include "domain/snapshot.h"
#include "link/link.h"

#include "tests_common.h"

#include <sys/stat.h>

enum { REPORTS = 2300, ASKED = 20 };

static char folder[64];
static char file[128];
static struct app app;
static struct area *area;
static struct arena arena;

static void open_app(void)
{
    struct err err = {0};
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s %s", err.public, err.detail);
    app.area = area;
}

static int fill(void **state)
{
    (void)state;
    struct err err = {0};
    temporary_folder(folder);
    snprintf(file, sizeof file, "%s/index.snapshot", folder);
    arena_init(&arena, 256 << 20);
    assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
    open_app();
    struct demo_options demo = {.seed = 4, .reports = REPORTS};
    if (demo_fill(&app, &demo, &err) != ST_OK) fail_msg("%s", err.public);
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    app_close(&app);
    area_free(area);
    arena_done(&arena);
    return 0;
}

static bool is_there(void)
{
    struct stat about;
    return stat(file, &about) == 0;
}

/* What the index and the entities say, as one number: of mentions by id, in the words of an
 * explanation and the entity of each. */
static uint64_t fingerprint(void)
{
    uint64_t sum = link_index_count(app.index);
    size_t count = entities_count(app.entities);
    for (size_t i = 0; i < count; i += 7) {
        struct entity_known known = entities_known(app.entities, i);
        struct link_mention asked = {.id = INT64_MAX, .kind = known.kind};
        struct link_hit hit[ASKED];
        static const char *const texts[] = {"daz",     "WK?? 7?B", "900123",
                                            "the.con", "kebab",    "pasco"};
        size_t found = link_index_search(app.index, str_from(texts[i % 6]), hit, ASKED);
        for (size_t k = 0; k < found && i < 70; k++) sum = sum * 31 + (uint64_t)hit[k].id;
        asked.field[LINK_NAME] = STR("Darren Pascoe");
        struct link_match match[ASKED];
        found = i < 70 ? link_index_query(app.index, &asked, -20, match, ASKED) : 0;
        for (size_t k = 0; k < found; k++) sum = sum * 31 + (uint64_t)match[k].id;
        sum = sum * 31 + (uint64_t)entity_of(app.entities, known.mention) + known.strong;
    }
    return sum;
}

static void a_start_from_it_is_a_start_from_the_store(void **state)
{
    (void)state;
    uint64_t filled = fingerprint();
    assert_false(is_there());
    app_close(&app);
    assert_true(is_there());
    struct stat about;
    assert_int_equal(stat(file, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    open_app();
    assert_true(app.snapshot_last > SNAPSHOT_LEAST);
    assert_true(fingerprint() == filled);
}

static struct str first_reference(void)
{
    struct db *db = store_read_begin(app.store, NULL);
    struct query *query = db_query(db, Q_SUBMISSION_READ);
    db_bind_int(query, 1, 1);
    assert_true(db_next(query));
    struct str reference = str_dup(&arena, db_text(query, 1));
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(app.store, db);
    return reference;
}

/* Reads the file as a start would; 0: it opens for nobody. */
static int64_t opens(void)
{
    int64_t last = 0;
    struct app other = app;
    other.index = link_index_new();
    other.entities = entities_new();
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(snapshot_load(&other, db, &last, NULL), ST_OK);
    store_read_end(app.store, db);
    link_index_free(other.index);
    entities_free(other.entities);
    return last;
}

static void what_does_not_fit_is_passed_over(void **state)
{
    (void)state;
    assert_true(opens() > 0);
    FILE *snapshot = fopen(file, "r+b");
    assert_non_null(snapshot);
    assert_int_equal(fseek(snapshot, 100000, SEEK_SET), 0);
    int byte = fgetc(snapshot);
    assert_int_equal(fseek(snapshot, 100000, SEEK_SET), 0);
    assert_true(fputc(byte ^ 1, snapshot) >= 0);
    fclose(snapshot);
    assert_int_equal(opens(), 0);
    snapshot = fopen(file, "r+b");
    assert_int_equal(fseek(snapshot, 100000, SEEK_SET), 0);
    assert_true(fputc(byte, snapshot) >= 0);
    fclose(snapshot);
    assert_true(opens() > 0);
}

static void what_is_destroyed_takes_it_along(void **state)
{
    (void)state;
    uint64_t before = fingerprint();
    assert_true(opens() > 0);
    struct err err = {0};
    if (submission_destroy(&app, first_reference(), STR("retention"), &err) != ST_OK)
        fail_msg("%s", err.public);
    /* The file is still there, and nobody can open it. */
    assert_true(is_there());
    assert_int_equal(opens(), 0);
    assert_false(is_there()); /* looking for it took it away */
    uint64_t after = fingerprint();
    assert_true(before != after);
    /* An index that has forgotten something is not written. */
    app_close(&app);
    assert_false(is_there());
    open_app();
    assert_int_equal(app.snapshot_last, 0);
    /* From here on there is nothing left of it, and it may be. */
    app_close(&app);
    assert_true(is_there());
    open_app();
    assert_true(app.snapshot_last > 0);
    assert_int_equal(link_index_count(app.index), entities_count(app.entities));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_from_it_is_a_start_from_the_store),
        cmocka_unit_test(what_does_not_fit_is_passed_over),
        cmocka_unit_test(what_is_destroyed_takes_it_along),
    };
    return cmocka_run_group_tests_name("snapshot", tests, fill, close_app);
}
