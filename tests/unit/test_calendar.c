/* Clocks by table: holidays, weekends, closing time, and the two nights on which the
 * wall clock jumps.  Times are those of the wall clock in London. */
#include "base/arena.h"
#include "domain/calendar.h"

#include "tests_common.h"

/* The bank holidays of England and Wales that the cases need. */
static const char *const holidays[] = {"2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03",
                                       "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31",
                                       "2026-12-25", "2026-12-28", "2027-01-01"};
enum { HOLIDAYS = sizeof holidays / sizeof *holidays };
static int32_t days[HOLIDAYS];
static struct calendar calendar = {.holiday = days, .holiday_count = HOLIDAYS};

static const struct office_hours office = {
    .id = STR_INIT("office"),
    .day = {{525, 1035}, {525, 1035}, {525, 1035}, {525, 1035}, {525, 1005}}};
/* Nights run over midnight: two openings in one day are not needed for what follows. */
static const struct office_hours always = {
    .id = STR_INIT("always"),
    .day = {{0, 1440}, {0, 1440}, {0, 1440}, {0, 1440}, {0, 1440}, {0, 1440}, {0, 1440}},
    .holiday = {0, 1440}};
static const struct office_hours never = {.id = STR_INIT("never")};

static int32_t day(const char *text)
{
    struct date date;
    assert_true(date_parse_iso(str_from(text), &date));
    return date_to_days(date);
}

/* "2026-03-02 10:00"; a trailing "b" is the second of an hour that comes twice. */
static instant_ms at(const char *text)
{
    struct civil civil = {0};
    char iso[11];
    memcpy(iso, text, 10);
    iso[10] = 0;
    assert_true(date_parse_iso(str_from(iso), &civil.date));
    civil.hour = (int8_t)((text[11] - '0') * 10 + text[12] - '0');
    civil.minute = (int8_t)((text[14] - '0') * 10 + text[15] - '0');
    instant_ms instant = clock_from_london(civil);
    return text[16] == 'b' ? instant + 3600000 : instant;
}

static int fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOLIDAYS; i++) days[i] = day(holidays[i]);
    calendar.covers_to = day("2027-12-31");
    return 0;
}

struct due_case {
    const char *start;
    int32_t amount;
    enum clock_unit unit;
    const char *due;
    bool runs_on;
    bool to_close;
    bool when_open;
};

/* Office: Monday to Thursday 08:45 to 17:15, Friday 08:45 to 16:45. */
static const struct due_case cases[] = {
    /* Elapsed hours: what passes, over weekends, holidays and changes of the clock. */
    {"2026-03-02 10:00", 72, ELAPSED_HOURS, "2026-03-05 10:00", false, false, false},
    {"2026-03-06 16:50", 72, ELAPSED_HOURS, "2026-03-09 16:50", false, false, false},
    {"2026-12-24 12:00", 72, ELAPSED_HOURS, "2026-12-27 12:00", false, false, false},
    /* an hour is skipped */
    {"2026-03-28 12:00", 24, ELAPSED_HOURS, "2026-03-29 13:00", false, false, false},
    {"2026-03-28 12:00", 72, ELAPSED_HOURS, "2026-03-31 13:00", false, false, false},
    /* an hour comes twice */
    {"2026-10-24 12:00", 24, ELAPSED_HOURS, "2026-10-25 11:00", false, false, false},
    {"2026-10-24 12:00", 72, ELAPSED_HOURS, "2026-10-27 11:00", false, false, false},
    {"2026-10-25 00:30", 1, ELAPSED_HOURS, "2026-10-25 01:30", false, false, false},
    {"2026-10-25 00:30", 2, ELAPSED_HOURS, "2026-10-25 01:30b", false, false, false},
    {"2026-10-25 01:30", 1, ELAPSED_HOURS, "2026-10-25 01:30b", false, false, false},
    {"2026-10-25 01:30b", 1, ELAPSED_HOURS, "2026-10-25 02:30", false, false, false},
    {"2026-12-31 23:30", 1, ELAPSED_HOURS, "2027-01-01 00:30", false, false, false},
    {"2028-02-28 10:00", 24, ELAPSED_HOURS, "2028-02-29 10:00", false, false, false},
    {"2026-03-02 10:00", 0, ELAPSED_HOURS, "2026-03-02 10:00", false, false, false},
    /* Working days, to the same time: out of hours, to the close. */
    {"2026-03-02 10:00", 1, WORKING_DAYS, "2026-03-03 10:00", false, false, false},
    /* Friday is shorter */
    {"2026-03-05 17:00", 1, WORKING_DAYS, "2026-03-06 16:45", false, false, false},
    {"2026-03-06 16:44", 1, WORKING_DAYS, "2026-03-09 16:44", false, false, false},
    /* closed that minute */
    {"2026-03-06 16:45", 1, WORKING_DAYS, "2026-03-09 17:15", false, false, false},
    {"2026-03-06 16:46", 1, WORKING_DAYS, "2026-03-09 17:15", false, false, false},
    {"2026-03-06 23:59", 1, WORKING_DAYS, "2026-03-09 17:15", false, false, false},
    {"2026-03-07 00:00", 1, WORKING_DAYS, "2026-03-09 17:15", false, false, false}, /* Saturday */
    {"2026-03-08 23:59", 1, WORKING_DAYS, "2026-03-09 17:15", false, false, false}, /* Sunday */
    /* Monday, not open yet */
    {"2026-03-09 00:00", 1, WORKING_DAYS, "2026-03-10 08:45", false, false, false},
    {"2026-03-09 08:44", 1, WORKING_DAYS, "2026-03-10 08:45", false, false, false},
    {"2026-03-09 08:45", 1, WORKING_DAYS, "2026-03-10 08:45", false, false, false},
    {"2026-03-10 17:14", 1, WORKING_DAYS, "2026-03-11 17:14", false, false, false},
    {"2026-03-10 17:15", 1, WORKING_DAYS, "2026-03-11 17:15", false, false, false},
    {"2026-04-02 17:20", 1, WORKING_DAYS, "2026-04-07 17:15", false, false, false}, /* Easter */
    /* Good Friday */
    {"2026-04-03 12:00", 1, WORKING_DAYS, "2026-04-07 17:15", false, false, false},
    /* Easter Monday */
    {"2026-04-06 12:00", 1, WORKING_DAYS, "2026-04-07 17:15", false, false, false},
    {"2026-11-27 18:00", 1, WORKING_DAYS, "2026-11-30 17:15", false, false, false},
    {"2026-12-25 10:00", 1, WORKING_DAYS, "2026-12-29 17:15", false, false, false}, /* Christmas */
    /* clocks go forward */
    {"2026-03-28 12:00", 1, WORKING_DAYS, "2026-03-30 17:15", false, false, false},
    {"2026-10-24 12:00", 2, WORKING_DAYS, "2026-10-27 17:15", false, false, false}, /* and back */
    /* Working days, to the same time, by a clock that waits for the office. */
    {"2026-03-02 10:00", 1, WORKING_DAYS, "2026-03-03 10:00", false, false, true},
    {"2026-03-05 10:00", 1, WORKING_DAYS, "2026-03-06 10:00", false, false, true},
    /* Friday is shorter */
    {"2026-03-05 17:00", 1, WORKING_DAYS, "2026-03-06 16:45", false, false, true},
    /* over a weekend */
    {"2026-03-06 10:00", 1, WORKING_DAYS, "2026-03-09 10:00", false, false, true},
    {"2026-03-06 16:44", 1, WORKING_DAYS, "2026-03-09 16:44", false, false, true},
    {"2026-03-06 16:45", 1, WORKING_DAYS, "2026-03-10 08:45", false, false, true}, /* just closed */
    {"2026-03-06 16:50", 1, WORKING_DAYS, "2026-03-10 08:45", false, false, true},
    {"2026-03-07 12:00", 1, WORKING_DAYS, "2026-03-10 08:45", false, false, true}, /* Saturday */
    {"2026-03-08 23:59", 1, WORKING_DAYS, "2026-03-10 08:45", false, false, true}, /* Sunday */
    {"2026-03-09 08:44", 1, WORKING_DAYS, "2026-03-10 08:45", false, false, true},
    {"2026-03-09 08:45", 1, WORKING_DAYS, "2026-03-10 08:45", false, false, true},
    {"2026-03-10 17:14", 1, WORKING_DAYS, "2026-03-11 17:14", false, false, true},
    {"2026-03-10 17:15", 1, WORKING_DAYS, "2026-03-12 08:45", false, false, true},
    {"2026-03-10 17:01", 1, WORKING_DAYS, "2026-03-11 17:01", false, false, true},
    {"2026-03-10 00:00", 1, WORKING_DAYS, "2026-03-11 08:45", false, false, true},
    {"2026-04-02 16:00", 1, WORKING_DAYS, "2026-04-07 16:00", false, false, true}, /* Easter */
    {"2026-04-02 17:20", 1, WORKING_DAYS, "2026-04-08 08:45", false, false, true},
    {"2026-04-03 12:00", 1, WORKING_DAYS, "2026-04-08 08:45", false, false, true}, /* Good Friday */
    /* Easter Monday */
    {"2026-04-06 12:00", 1, WORKING_DAYS, "2026-04-08 08:45", false, false, true},
    /* before a bank holiday */
    {"2026-05-01 16:50", 1, WORKING_DAYS, "2026-05-06 08:45", false, false, true},
    {"2026-05-01 16:40", 1, WORKING_DAYS, "2026-05-05 16:40", false, false, true},
    {"2026-12-24 10:00", 1, WORKING_DAYS, "2026-12-29 10:00", false, false, true}, /* Christmas */
    {"2026-12-25 10:00", 1, WORKING_DAYS, "2026-12-30 08:45", false, false, true},
    {"2026-12-31 10:00", 1, WORKING_DAYS, "2027-01-04 10:00", false, false, true},
    {"2025-12-24 10:00", 2, WORKING_DAYS, "2025-12-30 10:00", false, false, true},
    /* clocks go forward */
    {"2026-03-27 10:00", 1, WORKING_DAYS, "2026-03-30 10:00", false, false, true},
    {"2026-10-23 10:00", 1, WORKING_DAYS, "2026-10-26 10:00", false, false, true}, /* and back */
    {"2026-03-02 10:00", 15, WORKING_DAYS, "2026-03-23 10:00", false, false, true},
    /* over Easter */
    {"2026-03-23 10:00", 15, WORKING_DAYS, "2026-04-15 10:00", false, false, true},
    {"2026-03-02 10:00", 45, WORKING_DAYS, "2026-05-07 10:00", false, false, true},
    /* Working days, to the close. */
    {"2026-03-02 10:00", 1, WORKING_DAYS, "2026-03-03 17:15", false, true, false},
    {"2026-03-05 10:00", 1, WORKING_DAYS, "2026-03-06 16:45", false, true, false},
    {"2026-03-06 16:44", 1, WORKING_DAYS, "2026-03-09 17:15", false, true, false},
    /* closed that minute */
    {"2026-03-06 16:45", 1, WORKING_DAYS, "2026-03-09 17:15", false, true, false},
    {"2026-03-06 16:50", 1, WORKING_DAYS, "2026-03-09 17:15", false, true, false},
    {"2026-03-06 23:59", 1, WORKING_DAYS, "2026-03-09 17:15", false, true, false},
    {"2026-03-07 00:00", 1, WORKING_DAYS, "2026-03-09 17:15", false, true, false}, /* Saturday */
    {"2026-03-09 00:00", 1, WORKING_DAYS, "2026-03-10 17:15", false, true, false},
    /* Good Friday */
    {"2026-04-03 10:00", 15, WORKING_DAYS, "2026-04-27 17:15", false, true, false},
    /* a Saturday, over Christmas */
    {"2026-12-05 10:00", 15, WORKING_DAYS, "2026-12-29 17:15", false, true, false},
    {"2026-12-04 16:50", 15, WORKING_DAYS, "2026-12-29 17:15", false, true, false},
    {"2026-12-04 10:00", 15, WORKING_DAYS, "2026-12-29 17:15", false, true, false},
    {"2026-12-07 10:00", 15, WORKING_DAYS, "2026-12-30 17:15", false, true, false},
    {"2026-12-08 17:30", 15, WORKING_DAYS, "2026-12-31 17:15", false, true, false},
    {"2026-03-07 10:00", 45, WORKING_DAYS, "2026-05-13 17:15", false, true, false},
    {"2026-04-02 16:00", 1, WORKING_DAYS, "2026-04-07 17:15", false, true, false},
    {"2026-03-02 10:00", 0, WORKING_DAYS, "2026-03-02 17:15", false, true, false},
    {"2026-03-07 10:00", 0, WORKING_DAYS, "2026-03-09 17:15", false, true, false},
    {"2026-03-06 16:50", 0, WORKING_DAYS, "2026-03-09 17:15", false, true, false},
    /* Office hours. */
    {"2026-03-02 10:00", 2, OFFICE_HOURS, "2026-03-02 12:00", false, false, false},
    {"2026-03-02 16:15", 2, OFFICE_HOURS, "2026-03-03 09:45", false, false, false},
    /* exactly to the close */
    {"2026-03-02 15:15", 2, OFFICE_HOURS, "2026-03-02 17:15", false, false, false},
    {"2026-03-02 17:15", 2, OFFICE_HOURS, "2026-03-03 10:45", false, false, false},
    {"2026-03-06 16:00", 2, OFFICE_HOURS, "2026-03-09 10:00", false, false, false},
    {"2026-03-07 10:00", 6, OFFICE_HOURS, "2026-03-09 14:45", false, false, false},
    {"2026-03-06 10:00", 24, OFFICE_HOURS, "2026-03-11 09:00", false, false, false},
    {"2026-04-02 16:15", 6, OFFICE_HOURS, "2026-04-07 13:45", false, false, false}, /* Easter */
    {"2026-12-24 16:45", 2, OFFICE_HOURS, "2026-12-29 10:15", false, false, false},
    /* clocks go forward */
    {"2026-03-27 15:45", 2, OFFICE_HOURS, "2026-03-30 09:45", false, false, false},
    {"2026-10-23 15:45", 2, OFFICE_HOURS, "2026-10-26 09:45", false, false, false},
    /* A red check runs on when the office closes, but waits for it to open. */
    {"2026-03-02 16:15", 2, OFFICE_HOURS, "2026-03-02 18:15", true, false, false},
    {"2026-03-06 16:40", 2, OFFICE_HOURS, "2026-03-06 18:40", true, false, false},
    {"2026-03-06 16:45", 2, OFFICE_HOURS, "2026-03-09 10:45", true, false, false},
    {"2026-03-07 12:00", 2, OFFICE_HOURS, "2026-03-09 10:45", true, false, false},
};

static void every_clock_runs_out_when_it_should(void **state)
{
    (void)state;
    assert_true(sizeof cases / sizeof *cases >= 60);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct due_case *c = &cases[i];
        struct clock_rule rule = {.unit = c->unit,
                                  .amount = c->amount,
                                  .runs_on = c->runs_on,
                                  .to_close = c->to_close,
                                  .when_open = c->when_open};
        instant_ms due = calendar_due(&calendar, &office, &rule, at(c->start));
        if (due != at(c->due)) {
            struct arena arena;
            arena_init(&arena, 1000);
            fail_msg("case %zu: %s + %d: %.*s, not %s", i, c->start, c->amount,
                     STR_ARG(clock_words(&arena, due)), c->due);
        }
    }
}

static void an_office_is_open_when_it_says(void **state)
{
    (void)state;
    assert_false(calendar_is_open(&calendar, &office, at("2026-03-02 08:44")));
    assert_true(calendar_is_open(&calendar, &office, at("2026-03-02 08:45")));
    assert_true(calendar_is_open(&calendar, &office, at("2026-03-06 16:44")));
    assert_false(calendar_is_open(&calendar, &office, at("2026-03-06 16:50")));
    assert_false(calendar_is_open(&calendar, &office, at("2026-12-25 10:00")));
    assert_false(calendar_is_open(&calendar, &office, at("2026-03-07 10:00")));
    assert_true(calendar_is_open(&calendar, &always, at("2026-12-25 03:00")));
    assert_false(calendar_is_open(&calendar, &never, at("2026-03-02 10:00")));
    assert_true(calendar_opens(&calendar, &office, at("2026-04-02 18:00")) ==
                at("2026-04-07 08:45"));
    assert_true(calendar_closes(&calendar, &office, at("2026-03-06 10:00")) ==
                at("2026-03-06 16:45"));
    assert_true(calendar_closes(&calendar, &office, at("2026-03-07 10:00")) ==
                at("2026-03-09 17:15"));
    assert_true(calendar_closes(&calendar, &always, at("2026-03-07 10:00")) == 0);
    assert_true(calendar_opens(&calendar, &never, at("2026-03-07 10:00")) == 0);
    struct clock_rule rule = {.unit = WORKING_DAYS, .amount = 1};
    assert_true(calendar_due(&calendar, &never, &rule, at("2026-03-07 10:00")) == 0);
    /* Open at all hours is still at work on working days alone. */
    assert_true(calendar_due(&calendar, &always, &rule, at("2026-12-25 10:00")) ==
                at("2026-12-27 00:00"));
}

static void holidays_are_found_and_run_out(void **state)
{
    (void)state;
    assert_true(calendar_is_holiday(&calendar, day("2025-12-25")));
    assert_true(calendar_is_holiday(&calendar, day("2027-01-01")));
    assert_false(calendar_is_holiday(&calendar, day("2026-12-26")));
    assert_false(calendar_is_working_day(&calendar, &office, day("2026-12-28")));
    assert_false(calendar_runs_out(&calendar, at("2026-11-24 10:00"), 90));
    assert_true(calendar_runs_out(&calendar, at("2027-11-24 10:00"), 90));
    assert_false(calendar_runs_out(&calendar, at("2027-12-31 23:00"), 0));
    assert_true(calendar_runs_out(&calendar, at("2028-01-01 00:00"), 0));
}

static void a_month_ends_on_a_day_of_work(void **state)
{
    static const char *const months[][2] = {
        {"2026-11-24", "2026-12-24"}, /* a Thursday */
        {"2026-11-25", "2026-12-29"}, /* Christmas, a Saturday, a Sunday, Boxing Day's substitute */
        {"2026-12-31", "2027-02-01"}, /* the 31st is a Sunday */
        {"2026-01-30", "2026-03-02"}, /* no such day; the 28th is a Saturday */
        {"2024-01-31", "2024-02-29"}, {"2026-03-31", "2026-04-30"}, {"2026-12-04", "2027-01-04"},
        {"2026-03-03", "2026-04-07"}, /* Good Friday to Easter Monday */
    };
    (void)state;
    for (size_t i = 0; i < sizeof months / sizeof *months; i++)
        assert_int_equal(calendar_months_after(&calendar, day(months[i][0]), 1), day(months[i][1]));
    assert_int_equal(calendar_months_after(&calendar, day("2026-11-24"), 3), day("2027-02-24"));
    assert_int_equal(calendar_months_after(&calendar, day("2026-11-30"), 3), day("2027-03-01"));
    assert_int_equal(calendar_months_after(&calendar, day("2026-09-25"), 3), day("2026-12-29"));
    assert_int_equal(calendar_months_after(&calendar, day("2026-09-30"), 3), day("2026-12-30"));
}

/* A clock never runs backwards, and starting later never ends it earlier. */
static void later_starts_end_no_earlier(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clock_rule rule = {.unit = cases[i].unit, .amount = cases[i].amount,
                                  .runs_on = cases[i].runs_on, .to_close = cases[i].to_close,
                                  .when_open = cases[i].when_open};
        instant_ms last = 0;
        for (instant_ms start = at("2026-03-20 00:00"); start < at("2026-04-10 00:00");
             start += 7 * 60000) {
            instant_ms due = calendar_due(&calendar, &office, &rule, start);
            assert_true(due >= start);
            assert_true(due >= last);
            last = due;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_clock_runs_out_when_it_should),
        cmocka_unit_test(an_office_is_open_when_it_says),
        cmocka_unit_test(holidays_are_found_and_run_out),
        cmocka_unit_test(a_month_ends_on_a_day_of_work),
        cmocka_unit_test(later_starts_end_no_earlier),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
