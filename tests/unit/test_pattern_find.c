/* Patterns in made-up reports, and what words say of day and hour. */
#include "domain/pattern.h"

#include "tests_common.h"

static bool never(void *context, int64_t a, int64_t b)
{
    (void)context;
    (void)a;
    (void)b;
    return true;
}

/* 1 and 2 may be one person. */
static bool but_one_and_two(void *context, int64_t a, int64_t b)
{
    (void)context;
    return !((a == 1 && b == 2) || (a == 2 && b == 1));
}

static const struct pattern_apart all_apart = {never, NULL};

static void words_name_hours(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int hour;
    } cases[] = {{"last Friday about 4", 16},
                 {"16:30", 16},
                 {"at 4.15pm on 12/3", 16},
                 {"12/3", -1},
                 {"", -1},
                 {"around 9", 9},
                 {"half past 7", 19},
                 {"midnight", 0},
                 {"12am", 0},
                 {"12 pm", 12},
                 {"most Fridays", -1},
                 {"2026-03-12", -1},
                 {"two weeks ago", -1},
                 {"12.3.26", -1},
                 {"25:00", -1},
                 {"3 weeks ago", -1},
                 {"at noon, 3 men", 12},
                 {"8:05 and 9:10", 8},
                 {"4 am", 4},
                 {"13pm", -1},
                 {"12 March 2026 at 11", 11},
                 {"room 4", -1},
                 {"about 4 to 5", 16},
                 {"1.5 miles", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (pattern_hour(str_from(cases[i].text)) != cases[i].hour)
            fail_msg("'%s' is %d", cases[i].text, pattern_hour(str_from(cases[i].text)));
    assert_int_equal(pattern_weekdays(STR("most Fridays and on Tues")), 1u << 4 | 1u << 1);
    /* a prompt too many */
    assert_int_equal(pattern_weekdays(STR("in the sun with a friend")), 1u << 6);
    assert_int_equal(pattern_weekdays(STR("yesterday")), 0);
}

static void a_meeting_needs_days_at_one_hour(void **state)
{
    (void)state;
    struct pattern_rule rule = {.least = 3, .days = 100};
    struct pattern_report report[] = {
        {1, 10, 1u << 4, 16, 0, {0}, 0}, {2, 10, 1u << 4, 16, 0, {0}, 0},
        {3, 17, 1u << 4, 17, 0, {0}, 0}, {4, 18, 1u << 5, 9, 0, {0}, 0},
        {5, 24, 1u << 4, 16, 0, {0}, 0}, {6, 25, 0, -1, 0, {0}, 0}};
    struct pattern_shape shape;
    assert_true(pattern_find(PATTERN_MEETING, &rule, report, 6, all_apart, &shape));
    assert_int_equal(shape.days, 3);
    assert_int_equal(shape.hour, 16);
    assert_int_equal(shape.weekdays, 1u << 4);
    assert_int_equal(shape.fragment_count, 4); /* two of one day show it both */
    assert_int_equal(shape.fragment[0], 4);    /* newest first */
    /* two days are too few */
    assert_false(pattern_find(PATTERN_MEETING, &rule, report, 4, all_apart, &shape));
    report[0].day = report[1].day = -200;      /* too long ago */
    assert_false(pattern_find(PATTERN_MEETING, &rule, report, 6, all_apart, &shape));
    assert_false(pattern_find(PATTERN_MEETING, &rule, report, 0, all_apart, &shape));
    /* Late in the evening and just after midnight. */
    struct pattern_report night[] = {
        {1, 10, 0, 23, 0, {0}, 0}, {2, 12, 0, 0, 0, {0}, 0}, {3, 14, 0, 23, 0, {0}, 0}};
    assert_true(pattern_find(PATTERN_MEETING, &rule, night, 3, all_apart, &shape));
    assert_int_equal(shape.hour, 23);
}

static void a_phone_moves_from_one_person_to_another(void **state)
{
    (void)state;
    struct pattern_rule rule = {.least = 1, .days = 365};
    struct pattern_report report[] = {
        {1, 10, 0, -1, 0, {1}, 1}, {2, 20, 0, -1, 0, {1}, 1}, {3, 30, 0, -1, 0, {2}, 1}};
    struct pattern_shape shape;
    assert_true(pattern_find(PATTERN_PHONE, &rule, report, 3, all_apart, &shape));
    assert_int_equal(shape.before, 1);
    assert_int_equal(shape.after, 2);
    assert_int_equal(shape.until, 20);
    assert_int_equal(shape.since, 30);
    assert_int_equal(shape.fragment_count, 3);
    /* Who may be one person is none; nor is a phone that both use. */
    struct pattern_apart some = {but_one_and_two, NULL};
    assert_false(pattern_find(PATTERN_PHONE, &rule, report, 3, some, &shape));
    report[2].day = 20;
    assert_false(pattern_find(PATTERN_PHONE, &rule, report, 3, all_apart, &shape));
    report[2].day = 30;
    report[1] = (struct pattern_report){2, 40, 0, -1, 0, {1}, 1};
    assert_false(pattern_find(PATTERN_PHONE, &rule,
                              (struct pattern_report[]){report[0], report[2], report[1]}, 3,
                              all_apart, &shape));
}

static void a_vehicle_is_in_two_forums(void **state)
{
    (void)state;
    struct pattern_rule rule = {.least = 2, .days = 50};
    struct pattern_report report[30] = {{1, 10, 0, -1, 2, {0}, 0}};
    for (int i = 1; i < 30; i++)
        report[i] = (struct pattern_report){i + 1, 10 + i, 0, -1, 4, {0}, 0};
    struct pattern_shape shape;
    assert_true(pattern_find(PATTERN_FORUMS, &rule, report, 30, all_apart, &shape));
    assert_int_equal(shape.forums, 6);
    assert_int_equal(shape.fragment_count, PATTERN_FRAGMENTS_MAX);
    /* the one of the other Forum is among them */
    assert_int_equal(shape.fragment[PATTERN_FRAGMENTS_MAX - 1], 0);
    report[0].day = -100;
    assert_false(pattern_find(PATTERN_FORUMS, &rule, report, 30, all_apart, &shape));
}

static void a_group_grows(void **state)
{
    (void)state;
    struct pattern_rule rule = {.least = 3, .days = 90};
    struct pattern_report report[] = {{1, 10, 0, -1, 0, {1, 2}, 2},
                                      {2, 200, 0, -1, 0, {1, 3}, 2},
                                      {3, 210, 0, -1, 0, {4}, 1},
                                      {4, 215, 0, -1, 0, {4, 2}, 2},
                                      {5, 220, 0, -1, 0, {5}, 1}};
    struct pattern_shape shape;
    assert_true(pattern_find(PATTERN_GROWING, &rule, report, 5, all_apart, &shape));
    assert_int_equal(shape.had, 2);
    assert_int_equal(shape.new, 3);
    assert_int_equal(shape.fragment_count, 4); /* the fourth brings nobody new */
    assert_int_equal(shape.fragment[0], 4);
    /* two new ones */
    assert_false(pattern_find(PATTERN_GROWING, &rule, report, 4, all_apart, &shape));
    /* nobody before */
    assert_false(pattern_find(PATTERN_GROWING, &rule, report + 1, 4, all_apart, &shape));
    struct pattern_apart some = {but_one_and_two, NULL};
    assert_false(pattern_find(PATTERN_GROWING, &rule, report, 5, some, &shape)); /* one before */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_name_hours),
        cmocka_unit_test(a_meeting_needs_days_at_one_hour),
        cmocka_unit_test(a_phone_moves_from_one_person_to_another),
        cmocka_unit_test(a_vehicle_is_in_two_forums),
        cmocka_unit_test(a_group_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
