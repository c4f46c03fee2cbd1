/* Measures of the work beside referrals: known figures of a small partnership that is made up. */
#include "domain/action.h"
#include "domain/area_missing.h"
#include "domain/child.h"
#include "domain/child_access.h"
#include "domain/completeness.h"
#include "domain/missing.h"
#include "domain/missing_fragment.h"
#include "domain/submission.h"
#include "domain/work_measure.h"

#include "partnership.h"
#include "share_on.h"

enum { OFFICER, COORDINATOR, TEACHER, REPRESENTATIVE, HOME, ANALYST, NAMED, PEOPLE };
static const struct cast cast[PEOPLE] = {
    [OFFICER] = {"Lowenna Kitto", "The unit", "social-care", ROLE_maru_officer},
    [COORDINATOR] = {"Iago Quince", "The team", "council", ROLE_coordinator},
    [TEACHER] = {"Tamsin Hale", "A school", "education", ROLE_practitioner},
    [REPRESENTATIVE] = {"Piran Locke", "A school", "education", ROLE_representative},
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

/* --- helpers -------------------------------------------------------------------------------- */

static struct work_table read_measure(int who, enum work_measure measure)
{
    static struct work_table tables[WORK_MEASURES];
    struct err err = {0};
    if (work_measures_read(&app, &arena, &people[who], 1u << measure, tables, &err) != ST_OK)
        fail_msg("%s", err.public);
    return tables[measure];
}

static void holds(const struct work_table *table, int64_t good, int64_t total)
{
    assert_int_equal(table->figures.all.total, total);
    assert_int_equal(table->figures.all.good, good);
}

static int64_t total_of(const struct work_table *table, const char *month)
{
    for (int i = 0; i < MEASURE_MONTHS; i++)
        if (str_eq(table->figures.month[i].label, str_from(month)))
            return table->figures.month[i].total;
    fail_msg("no %s", month);
    return -1;
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

#define PAIRS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static size_t answers(struct missing_given *ret, const char *const *pair)
{
    size_t count = 0;
    for (; pair[0]; pair += 2)
        ret[count++] =
            (struct missing_given){questions_find(&area_missing(area)->form, str_from(pair[0])),
                                   {ANSWER_GIVEN, str_from(pair[1])}};
    return count;
}

static void save(int64_t episode, const char *section, const char *const *pair)
{
    struct missing_given given[40];
    struct err err = {0};
    if (missing_save(&app, &people[OFFICER], episode, str_from(section), given,
                     answers(given, pair), 0, &err) != ST_OK)
        fail_msg("%s: %s", section, err.public);
}

/* Missing on that day from six in the evening, back the next morning at eight. */
static int64_t episode_of(int64_t child, const char *day, const char *back)
{
    struct missing_given given[40];
    struct missing_new new = {.child = child, .forum = STR("mid")};
    struct err err = {0};
    int64_t id = 0;
    size_t count = answers(given, PAIRS("missing-sort", "missing", "missing-since-day", day,
                                        "missing-since-time", "18:00"));
    if (missing_report(&app, &people[OFFICER], &new, given, count, &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    if (back) save(id, MISSING_RETURN, PAIRS("return-day", back, "return-time", "08:00"));
    return id;
}

static void hold(int64_t episode, const char *day, const char *wish)
{
    save(episode, MISSING_INTERVIEW,
         PAIRS("interview-day", day, "interview-time", "09:00", "interview-by", "Jago Penn",
               "interview-independent", "yes", "said-who", "Somebody with the number 07700 900123",
               "wish-sharing", wish));
}

/* --- children who go missing ------------------------------------------------------------------ */

static void interviews_count_by_the_clock_and_the_wish(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id[8];
    for (int i = 0; i < 8; i++)
        id[i] = episode_of(
            make_child((const char *const[]){"Ann Elm", "Bea Oak", "Cat Ash", "Dot Fir", "Eve Yew",
                                             "Fay Bay", "Gwen Box", "Ida Plum"}[i]),
            "1/6/2026", "2/6/2026");
    /* Offered on the day of the return, and held in time: two may be passed on, and one is. */
    for (int i = 0; i < 3; i++)
        save(id[i], MISSING_OFFER, PAIRS("offer-day", "2/6/2026", "offer-answer", "accepted"));
    hold(id[0], "3/6/2026", "words");
    hold(id[1], "4/6/2026", "facts");
    hold(id[2], "4/6/2026", "no");
    int64_t submission = 0;
    if (missing_fragment_share(&app, &people[OFFICER], id[0], STR("said-who"), &submission, &err) !=
        ST_OK)
        fail_msg("%s", err.public);
    /* Offered in time and held too late; offered in time, asked again later, and declined. */
    save(id[3], MISSING_OFFER, PAIRS("offer-day", "3/6/2026", "offer-answer", "accepted"));
    hold(id[3], "9/6/2026", "words");
    save(id[4], MISSING_OFFER, PAIRS("offer-day", "4/6/2026", "offer-answer", "waiting"));
    save(id[4], MISSING_OFFER, PAIRS("offer-day", "20/6/2026", "offer-answer", "declined"));
    /* Offered too late; never offered; and one whose clock still runs. */
    save(id[5], MISSING_OFFER, PAIRS("offer-day", "12/6/2026", "offer-answer", "accepted"));
    set_clock("2026-06-30 13:00");
    episode_of(make_child("Hebe Lime"), "29/6/2026", "30/6/2026");
    struct work_table offered = read_measure(COORDINATOR, WORK_OFFERED);
    struct work_table held = read_measure(COORDINATOR, WORK_HELD);
    struct work_table passed = read_measure(COORDINATOR, WORK_PASSED_ON);
    holds(&offered, 5, 8);
    holds(&held, 3, 8);
    holds(&passed, 1, 3);
    assert_int_equal(total_of(&offered, "June 2026"), 8);
    assert_int_equal(offered.figures.organisation_count, 1);
    assert_true(
        str_eq(offered.figures.organisation[0].label, area_forum_find(area, STR("mid"))->name));
    assert_true(passed.figures.all.hidden); /* three is too few */
    /* A day that was written as "yesterday" is that before it was written. */
    set_clock("2026-07-02 10:00");
    save(id[6], MISSING_OFFER, PAIRS("offer-day", "yesterday", "offer-answer", "accepted"));
    set_clock("2026-07-09 10:00");
    offered = read_measure(COORDINATOR, WORK_OFFERED);
    holds(&offered, 5, 9); /* the ninth ran out meanwhile */
}

static void another_time_counts_within_ninety_days(void **state)
{
    (void)state;
    int64_t child = make_child("Ann Elm");
    episode_of(child, "1/1/2026", "2/1/2026");
    episode_of(child, "20/3/2026", "21/3/2026"); /* 78 days later */
    episode_of(child, "19/6/2026", "20/6/2026"); /* 91 days later */
    episode_of(child, "25/6/2026", NULL);
    episode_of(make_child("Bea Oak"), "25/6/2026", NULL);
    struct work_table once = read_measure(COORDINATOR, WORK_ONCE);
    holds(&once, 3, 5);
    assert_int_equal(total_of(&once, "March 2026"), 1);
    assert_int_equal(total_of(&once, "June 2026"), 3);
    /* What is kept from somebody is in no figure of theirs; nor is what their own
     * organisation did not report. */
    assert_int_equal(child_access_give(&app, &people[OFFICER], child, STR("person6@example.org"),
                                       true, STR("They are related."), NULL),
                     ST_OK);
    once = read_measure(NAMED, WORK_ONCE);
    holds(&once, 1, 1);
    once = read_measure(HOME, WORK_ONCE);
    holds(&once, 0, 0);
    struct work_table tables[WORK_MEASURES];
    assert_int_equal(
        work_measures_read(&app, &arena, &people[ANALYST], 1u << WORK_ONCE, tables, NULL),
        ST_NOT_FOUND);
}

/* --- on the way to a Forum -------------------------------------------------------------------- */

static int64_t told_by(int who)
{
    static int number;
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "work %d", number++),
                                     .narrative =
                                         str_fmt(&arena, "A van stood there, night %d.", number)};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[who], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static void what_is_told_waits_so_many_days(void **state)
{
    (void)state;
    static const int days[] = {0, 1, 1, 2, 6, 10, 12}; /* until the representative shares it on */
    int64_t id[7];
    set_clock("2026-06-01 10:00"); /* a Monday */
    for (int i = 0; i < 7; i++) id[i] = told_by(TEACHER);
    int64_t never = told_by(TEACHER);
    int64_t back = told_by(TEACHER);
    told_by(REPRESENTATIVE); /* goes to the Forum at once */
    for (int i = 0; i < 7; i++) {
        clock_set(at("2026-06-01 11:00") + (instant_ms)days[i] * 24 * 3600 * 1000);
        share_on_by(&app, &arena, &people[REPRESENTATIVE], id[i]);
    }
    assert_int_equal(forward_return(&app, &people[REPRESENTATIVE], back, STR("cannot-be-read"),
                                    STR("Which street?"), NULL),
                     ST_OK);
    set_clock("2026-06-30 09:00");
    told_by(TEACHER); /* its clock still runs */
    struct work_table table = read_measure(COORDINATOR, WORK_COLLATED);
    holds(&table, 3, 8); /* within two working days: Monday 10:00 to Wednesday 10:00 */
    assert_int_equal(table.figures.organisation_count, 1);
    assert_int_equal(table.figures.organisation[0].total, 8);
    assert_int_equal(table.figures.all.hidden ? WORK_DAYS_NONE : 2, table.all_days);
    table = read_measure(REPRESENTATIVE, WORK_COLLATED);
    holds(&table, 3, 8);
    table = read_measure(HOME, WORK_COLLATED);
    holds(&table, 0, 0);
    (void)never;
}

/* --- actions ---------------------------------------------------------------------------------- */

static int64_t action_due(const char *day)
{
    struct date date;
    assert_true(date_parse_iso(str_from(day), &date));
    struct action_new action = {.forum = STR("mid"),
                                .owner = people[HOME].account,
                                .due_day = date_to_days(date),
                                .what = STR("Ring the owner"),
                                .evidence = STR("A note")};
    struct db *db = NULL;
    int64_t id = 0;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(action_add(&app, db, &arena, &people[COORDINATOR], &action, &id, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    return id;
}

static void is_done(int64_t id)
{
    struct err err = {0};
    const char *field = NULL;
    struct action_input input = {.version = 1, .text = STR("Rang them.")};
    if (action_do(&app, &people[HOME], id, ACTION_DO_DONE, &input, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
}

static void actions_count_by_their_day(void **state)
{
    (void)state;
    set_clock("2026-05-01 09:00");
    int64_t in_time = action_due("2026-05-08");
    int64_t on_the_day = action_due("2026-05-09");
    int64_t late = action_due("2026-05-10");
    action_due("2026-05-11"); /* never done */
    action_due("2026-06-30"); /* due today, still to be done */
    action_due("2026-12-01");
    set_clock("2026-05-07 09:00");
    is_done(in_time);
    set_clock("2026-05-09 23:30");
    is_done(on_the_day);
    set_clock("2026-05-11 00:30");
    is_done(late);
    set_clock("2026-06-30 12:00");
    struct work_table table = read_measure(COORDINATOR, WORK_ACTIONS);
    holds(&table, 2, 4);
    assert_int_equal(total_of(&table, "May 2026"), 4);
    table = read_measure(HOME, WORK_ACTIONS);
    holds(&table, 2, 4);
    table = read_measure(REPRESENTATIVE, WORK_ACTIONS);
    holds(&table, 0, 0); /* another organisation has them to do */
    set_clock("2026-07-01 12:00");
    table = read_measure(COORDINATOR, WORK_ACTIONS);
    holds(&table, 2, 5);
}

/* --- what is known ---------------------------------------------------------------------------- */

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

static void ethnicity_counts_by_who_referred(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t draft = 0;
    for (int i = 0; i < 17; i++)
        refer("Ann Elm", i < 6 ? ANSWER_GIVEN : i < 11 ? ANSWER_UNKNOWN : ANSWER_NONE);
    /* What is still being written counts nowhere. */
    assert_int_equal(referral_begin(&app, &people[TEACHER], STR("cornwall"), &draft, &err), ST_OK);
    struct work_table table = read_measure(COORDINATOR, WORK_ETHNICITY);
    holds(&table, 6, 17);
    assert_int_equal(table.figures.organisation_count, 1);
    assert_true(str_eq(table.figures.organisation[0].label, STR("A school")));
    assert_int_equal(total_of(&table, "June 2026"), 17);
    table = read_measure(HOME, WORK_ETHNICITY);
    holds(&table, 0, 0);
}

static struct field_row ethnicity_field(void)
{
    struct field_table tables[FIELD_HOLDERS];
    assert_int_equal(completeness_read(&app, &arena, &people[COORDINATOR], tables, NULL), ST_OK);
    assert_true(str_eq(tables[FIELDS_OF_REFERRALS].row[0].key, STR("child-ethnicity")));
    return tables[FIELDS_OF_REFERRALS].row[0];
}

/* Answered and not are told by both: what is shown of the one takes nothing from the other. */
static void measure_and_completeness_hide_alike(void **state)
{
    (void)state;
    set_clock("2026-05-20 12:00");
    for (int i = 0; i < 6; i++) refer("Ann Elm", ANSWER_GIVEN);
    set_clock("2026-06-20 12:00");
    refer("Ann Elm", ANSWER_NOT_APPLICABLE);
    refer("Ann Elm", ANSWER_NONE);
    for (int i = 0; i < 2; i++) refer("Ann Elm", ANSWER_UNKNOWN);
    struct work_table table = read_measure(COORDINATOR, WORK_ETHNICITY);
    struct field_row field = ethnicity_field();
    /* Three are without: with how many were asked, and those of May, June's would be told. */
    holds(&table, 7, 10);
    assert_true(field.of == 10 && field.count[FIELD_GIVEN] == 7 && !field.of_hidden);
    assert_true(table.figures.all.hidden && field.hidden[FIELD_GIVEN] &&
                field.hidden[FIELD_NOT_KNOWN] && field.hidden[FIELD_BLANK]);
    for (int i = 0; i < MEASURE_MONTHS; i++)
        assert_true(table.figures.month[i].hidden == (table.figures.month[i].total > 0));
    assert_true(table.figures.organisation_count == 1 && table.figures.organisation[0].hidden);
    for (int i = 0; i < 4; i++) refer("Ann Elm", ANSWER_UNKNOWN);
    table = read_measure(COORDINATOR, WORK_ETHNICITY);
    field = ethnicity_field();
    /* Seven of fourteen: six are not known and one is blank, of which neither is told. */
    holds(&table, 7, 14);
    assert_false(table.figures.all.hidden || field.hidden[FIELD_GIVEN]);
    assert_true(field.hidden[FIELD_NOT_KNOWN] && field.hidden[FIELD_BLANK]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, close_partnership)
    const struct CMUnitTest tests[] = {
        TEST(interviews_count_by_the_clock_and_the_wish),
        TEST(another_time_counts_within_ninety_days),
        TEST(what_is_told_waits_so_many_days),
        TEST(actions_count_by_their_day),
        TEST(ethnicity_counts_by_who_referred),
        TEST(measure_and_completeness_hide_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
