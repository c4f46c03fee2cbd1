/* Of what is asked, how much is known: known figures of a small partnership that is made up. */
#include "domain/child.h"
#include "domain/child_access.h"
#include "domain/completeness.h"

#include "partnership.h"

enum { OFFICER, COORDINATOR, TEACHER, HOME, ANALYST, NAMED, PEOPLE };
static const struct cast cast[PEOPLE] = {
    [OFFICER] = {"Lowenna Kitto", "The unit", "social-care", ROLE_maru_officer},
    [COORDINATOR] = {"Iago Quince", "The team", "council", ROLE_coordinator},
    [TEACHER] = {"Tamsin Hale", "A school", "education", ROLE_practitioner},
    [HOME] = {"Merryn Dunn", "A home", "childrens-home", ROLE_representative},
    [ANALYST] = {"Kerensa Vane", "The team", "council", ROLE_analyst},
    [NAMED] = {"Wella Trevose", "The unit", "social-care", ROLE_maru_officer},
};
static struct person people[PEOPLE];

static int set_up(void **state)
{
    (void)state;
    char folder[64];
    set_clock("2026-06-30 12:00");
    open_partnership(512 << 20, folder);
    add_people(cast, PEOPLE, people);
    return 0;
}

static int64_t make_child(const char *name)
{
    struct child_draft draft = {.kind = ENTRY_FACT,
                                .text = {[FACT_KEY] = STR("child-name"),
                                         [FACT_ANSWER] = STR("given"),
                                         [FACT_VALUE] = str_from(name)}};
    int64_t id = 0;
    assert_int_equal(child_create(&app, &people[OFFICER], &draft, 1, 0, &id, NULL), ST_OK);
    return id;
}

static void answer(int64_t id, int64_t row, const char *key, enum answer_kind kind,
                   const char *value)
{
    struct referral_given given = {questions_find(area_referral(area), str_from(key)),
                                   {kind, str_from(value)}};
    struct referral_clash none;
    size_t clashes = 0;
    int64_t version = 0;
    struct err err = {0};
    if (referral_save(&app, &people[TEACHER], id, row, version_of(id), &given, 1, &none, &clashes,
                      &arena, &version, &err) != ST_OK)
        fail_msg("%s: %s", key, err.public);
}

/* A referral of one child, whose ethnic group is known, not known, or left blank. */
static int64_t refer(const char *name, enum answer_kind ethnicity)
{
    int64_t id = 0;
    int64_t row = 0;
    struct err err = {0};
    assert_int_equal(referral_begin(&app, &people[TEACHER], STR("cornwall"), &id, &err), ST_OK);
    assert_int_equal(referral_row_add(&app, &people[TEACHER], id, STR(REFERRAL_CHILD), &row, &err),
                     ST_OK);
    answer(id, row, "child-name", ANSWER_GIVEN, name);
    /* at first */
    if (ethnicity == ANSWER_GIVEN) answer(id, row, "child-ethnicity", ANSWER_UNKNOWN, "");
    if (ethnicity != ANSWER_NONE)
        answer(id, row, "child-ethnicity", ethnicity,
               ethnicity == ANSWER_GIVEN ? "white-cornish" : "");
    answer(id, 0, "concern-reason", ANSWER_GIVEN, "Often late home.");
    if (referral_send(&app, &people[TEACHER], id, version_of(id), &err) != ST_OK)
        fail_msg("%s", err.public);
    return id;
}

static const struct field_row *field_of(const struct field_table *table, const char *key)
{
    for (size_t i = 0; i < table->count; i++)
        if (str_eq(table->row[i].key, str_from(key))) return &table->row[i];
    return NULL;
}

static void fields_are_given_not_known_or_blank(void **state)
{
    (void)state;
    struct err err = {0};
    struct field_table tables[FIELD_HOLDERS];
    for (int i = 0; i < 17; i++)
        refer("Ann Elm", i < 6 ? ANSWER_GIVEN : i < 11 ? ANSWER_UNKNOWN : ANSWER_NONE);
    /* One that is still being written counts nowhere. */
    int64_t draft = 0;
    assert_int_equal(referral_begin(&app, &people[TEACHER], STR("cornwall"), &draft, &err), ST_OK);
    if (completeness_read(&app, &arena, &people[COORDINATOR], tables, &err) != ST_OK)
        fail_msg("%s", err.public);
    const struct field_row *row = field_of(&tables[FIELDS_OF_REFERRALS], "child-ethnicity");
    assert_ptr_equal(row, &tables[FIELDS_OF_REFERRALS].row[0]); /* it comes first */
    assert_true(row->of == 17 && row->count[FIELD_GIVEN] == 6 && row->count[FIELD_NOT_KNOWN] == 5 &&
                row->count[FIELD_BLANK] == 6);
    assert_false(row->hidden[FIELD_GIVEN] || row->hidden[FIELD_NOT_KNOWN] ||
                 row->hidden[FIELD_BLANK]);
    row = field_of(&tables[FIELDS_OF_REFERRALS], "child-name");
    assert_true(row->of == 17 && row->count[FIELD_GIVEN] == 17 && row->count[FIELD_BLANK] == 0);
    row = field_of(&tables[FIELDS_OF_REFERRALS], "concern-when");
    assert_true(row->of == 17 && row->count[FIELD_BLANK] == 17);
    /* nobody named a vehicle */
    assert_null(field_of(&tables[FIELDS_OF_REFERRALS], "vehicle-registration"));
    /* asked of some alone */
    assert_null(field_of(&tables[FIELDS_OF_REFERRALS], "telephoned-day"));
    /* Their own organisation's alone, and nobody else's. */
    assert_int_equal(completeness_read(&app, &arena, &people[HOME], tables, &err), ST_OK);
    assert_int_equal(tables[FIELDS_OF_REFERRALS].count, 0);
    assert_int_equal(completeness_read(&app, &arena, &people[ANALYST], tables, &err), ST_NOT_FOUND);
}

static void few_are_hidden_with_what_gives_them_away(void **state)
{
    (void)state;
    struct err err = {0};
    struct field_table tables[FIELD_HOLDERS];
    for (int i = 0; i < 12; i++)
        refer("Ann Elm", i < 9 ? ANSWER_GIVEN : i < 10 ? ANSWER_UNKNOWN : ANSWER_NONE);
    assert_int_equal(completeness_read(&app, &arena, &people[COORDINATOR], tables, &err), ST_OK);
    const struct field_row *row = field_of(&tables[FIELDS_OF_REFERRALS], "child-ethnicity");
    /* One and two are three together: with the nine in sight they would be told. */
    assert_true(row->hidden[FIELD_GIVEN] && row->hidden[FIELD_NOT_KNOWN] &&
                row->hidden[FIELD_BLANK]);
    row = field_of(&tables[FIELDS_OF_REFERRALS], "child-name");
    assert_false(row->hidden[FIELD_GIVEN] || row->hidden[FIELD_BLANK] || row->of_hidden);
    /* Six and two are enough beside each other, so that the nine are told. */
    for (int i = 0; i < 5; i++) refer("Ann Elm", ANSWER_UNKNOWN);
    assert_int_equal(completeness_read(&app, &arena, &people[COORDINATOR], tables, &err), ST_OK);
    row = field_of(&tables[FIELDS_OF_REFERRALS], "child-ethnicity");
    assert_true(row->of == 17 && !row->hidden[FIELD_GIVEN] && row->hidden[FIELD_NOT_KNOWN] &&
                row->hidden[FIELD_BLANK]);
}

static void records_of_children_count_what_stands(void **state)
{
    (void)state;
    struct err err = {0};
    struct field_table tables[FIELD_HOLDERS];
    int64_t child[6];
    for (int i = 0; i < 6; i++) child[i] = make_child("Ann Elm");
    for (int i = 0; i < 6; i++) {
        struct child_draft draft = {
            .kind = ENTRY_FACT,
            .text = {[FACT_KEY] = STR("child-ethnicity"), [FACT_ANSWER] = STR("unknown")}};
        assert_int_equal(
            child_add(&app, &people[OFFICER], child[i], &draft, 1, "entry added", 0, NULL, &err),
            ST_OK);
    }
    assert_int_equal(completeness_read(&app, &arena, &people[OFFICER], tables, &err), ST_OK);
    const struct field_row *row = field_of(&tables[FIELDS_OF_RECORDS], "child-ethnicity");
    assert_true(row->of == 6 && row->count[FIELD_NOT_KNOWN] == 6 && row->count[FIELD_GIVEN] == 0 &&
                row->count[FIELD_BLANK] == 0);
    row = field_of(&tables[FIELDS_OF_RECORDS], "child-name");
    assert_true(row->count[FIELD_GIVEN] == 6);
    assert_int_equal(child_access_give(&app, &people[OFFICER], child[0], STR("person5@example.org"),
                                       true, STR("They are related."), NULL),
                     ST_OK);
    assert_int_equal(completeness_read(&app, &arena, &people[NAMED], tables, &err), ST_OK);
    assert_int_equal(field_of(&tables[FIELDS_OF_RECORDS], "child-name")->of, 5);
    /* Records of long ago are not among them. */
    set_clock("2027-08-01 12:00");
    assert_int_equal(completeness_read(&app, &arena, &people[OFFICER], tables, &err), ST_OK);
    assert_int_equal(tables[FIELDS_OF_RECORDS].count, 0);
}

/* Joined records are one, and of the day on which the first of them was begun. */
static void records_that_were_joined_count_once(void **state)
{
    (void)state;
    struct err err = {0};
    struct field_table tables[FIELD_HOLDERS];
    set_clock("2025-03-10 12:00");
    int64_t old = make_child("Ann Elm");
    set_clock("2026-06-01 12:00");
    int64_t child[6];
    for (int i = 0; i < 6; i++) child[i] = make_child("Bea Oak");
    assert_int_equal(child_join(&app, &people[OFFICER], old, child[0], STR("The same."), &err),
                     ST_OK);
    assert_int_equal(completeness_read(&app, &arena, &people[OFFICER], tables, &err), ST_OK);
    const struct field_row *row = field_of(&tables[FIELDS_OF_RECORDS], "child-name");
    assert_true(row->of == 5 && row->count[FIELD_GIVEN] == 5 && row->count[FIELD_BLANK] == 0);
    /* Both of this year: one, answered once. */
    for (int i = 0; i < 2; i++) make_child("Cat Ash");
    assert_int_equal(child_join(&app, &people[OFFICER], child[1], child[2], STR("The same."), &err),
                     ST_OK);
    assert_int_equal(completeness_read(&app, &arena, &people[OFFICER], tables, &err), ST_OK);
    row = field_of(&tables[FIELDS_OF_RECORDS], "child-name");
    assert_true(row->of == 6 && row->count[FIELD_GIVEN] == 6 && row->count[FIELD_BLANK] == 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, close_partnership)
    const struct CMUnitTest tests[] = {
        TEST(fields_are_given_not_known_or_blank),
        TEST(few_are_hidden_with_what_gives_them_away),
        TEST(records_of_children_count_what_stands),
        TEST(records_that_were_joined_count_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
