/* A report that was loaded comes out of memory as it was, and only where
 * nothing can have changed. */
#include "base/change.h"
#include "domain/report_kept.h"

#include "partnership.h"

static const struct cast cast[] = {{"Sender", "Mid School", "education", ROLE_representative},
                                   {"Analyst", "Mid Police", "police", ROLE_analyst}};
enum { SENDER, ANALYST, PEOPLE };
static struct person people[PEOPLE];

static int open_all(void **state)
{
    (void)state;
    char folder[64];
    open_partnership(256 << 20, folder);
    add_people(cast, PEOPLE, people);
    return 0;
}

/* Read for a request of this moment. */
static const struct scope *scope_now(void)
{
    people[ANALYST].change = change_count();
    return scope_of(&app, &arena, &people[ANALYST]);
}

static int64_t share(const char *key, size_t mentions)
{
    struct mention_draft mention[MENTIONS_MAX] = {{0}};
    for (size_t i = 0; i < mentions; i++) {
        mention[i] = (struct mention_draft){
            .kind = i % 2 ? LINK_VEHICLE : LINK_PERSON, .span_start = -1, .span_end = -1};
        mention[i].field[i % 2 ? LINK_MODEL : LINK_NAME] = str_fmt(&arena, "Dawe %zu", i);
        mention[i].field[i % 2 ? LINK_COLOUR : LINK_AGE] = i % 2 ? STR("red") : STR("40");
    }
    mention[0].span_start = 0;
    mention[0].span_end = 6;
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative =
                                         STR("Dawe 0 was at the quay again, with “the others”."),
                                     .when_text = STR("last week"),
                                     .where_text = STR("the quay"),
                                     .seen_from = {2026, 3, 1},
                                     .seen_to = {2026, 3, 4},
                                     .how_known = HOW_TOLD,
                                     .mention = mention,
                                     .mention_count = mentions};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[SENDER], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static uint64_t load(const struct scope *scope, struct db *db, int64_t id, struct submission *ret)
{
    uint64_t before = store_work_here();
    assert_int_equal(submission_load_seen(scope, db, &arena, id, ret, NULL), ST_OK);
    return store_work_here() - before;
}

static void assert_same(const struct submission *a, const struct submission *b)
{
    assert_true(a->id == b->id && a->organisation == b->organisation &&
                a->created_at == b->created_at);
    assert_true(a->seen_from == b->seen_from && a->seen_to == b->seen_to &&
                a->how_known == b->how_known);
    assert_true(str_eq(a->reference, b->reference) && str_eq(a->handling, b->handling) &&
                str_eq(a->source_tag, b->source_tag));
    assert_true(str_eq(a->sector, b->sector) && str_eq(a->forum, b->forum) &&
                str_eq(a->narrative, b->narrative));
    assert_true(str_eq(a->when_text, b->when_text) && str_eq(a->where_text, b->where_text));
    assert_true(!a->sanitised && !b->sanitised && !a->named.len && !b->named.len);
    assert_int_equal(a->mention_count, b->mention_count);
    for (size_t i = 0; i < a->mention_count; i++) {
        const struct mention *x = &a->mention[i];
        const struct mention *y = &b->mention[i];
        assert_true(x->id == y->id && x->submission == y->submission && x->kind == y->kind);
        assert_true(x->span_start == y->span_start && x->span_end == y->span_end);
        for (int field = 0; field < LINK_FIELDS; field++)
            assert_true(str_eq(x->field[field], y->field[field]));
    }
}

static void a_report_comes_back_as_it_was(void **state)
{
    (void)state;
    for (size_t mentions = 1; mentions <= MENTIONS_MAX; mentions += MENTIONS_MAX - 1) {
        struct submission first;
        struct submission again;
        int64_t id = share(mentions == 1 ? "one" : "many", mentions);
        struct db *db = store_read_begin(app.store, NULL);
        const struct scope *scope = scope_now();
        assert_true(load(scope, db, id, &first) > 0);
        uint64_t work = load(scope, db, id, &again);
        if (store_may_keep(db)) assert_int_equal(work, 0);
        assert_same(&first, &again);
        change_note(); /* anything */
        assert_true(load(scope_now(), db, id, &again) > 0);
        assert_same(&first, &again);
        store_read_end(app.store, db);
        assert_int_equal(first.mention_count, mentions);
        assert_int_equal(first.mention[0].span_end, 6);
    }
}

static void in_a_turn_and_of_one_moment_it_is_read(void **state)
{
    (void)state;
    struct submission read;
    int64_t id = share("turn", 2);
    const struct scope *scope = scope_now();
    struct db *db = store_read_begin(app.store, NULL);
    load(scope, db, id, &read);
    assert_int_equal(store_read_hold(db, NULL), ST_OK);
    assert_false(store_may_keep(db));
    assert_true(load(scope, db, id, &read) > 0);
    store_read_release(db);
    store_read_end(app.store, db);
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_false(store_may_keep(db));
    assert_true(load(scope, db, id, &read) > 0);
    store_write_rollback(app.store, db);
}

/* Whoever reads it as it was shared does not get it as it was written, which
 * the one before them read. */
static void what_was_left_out_is_left_out(void **state)
{
    (void)state;
    struct submission read;
    int64_t id = share("written", 2);
    struct db *db = store_read_begin(app.store, NULL);
    load(scope_now(), db, id, &read);
    store_read_end(app.store, db);
    struct person nobody = people[ANALYST];
    nobody.account = 0; /* sees nothing, so nothing as it was written */
    db = store_read_begin(app.store, NULL);
    assert_int_equal(
        submission_load_seen(scope_of(&app, &arena, &nobody), db, &arena, id, &read, NULL),
        ST_NOT_FOUND);
    store_read_end(app.store, db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_comes_back_as_it_was),
        cmocka_unit_test(in_a_turn_and_of_one_moment_it_is_read),
        cmocka_unit_test(what_was_left_out_is_left_out),
    };
    return cmocka_run_group_tests(tests, open_all, close_partnership);
}
