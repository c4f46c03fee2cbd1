/*
 * Dates as people write them: one line a case.  Today is Tuesday 24 November 2026.
 */
#include "tests_common.h"

#include "base/arena.h"
#include "domain/when.h"

static const struct date today = {2026, 11, 24};
static struct arena arena;

static const struct {
    const char *text;
    const char *range; /* "from to", one day alone, "-" for none, "! problem" */
} parsed[] = {
    {"2026-03-12", "2026-03-12"},
    {"2026-03-12T16:50:00", "2026-03-12"},
    {"12/3", "2026-03-12"},
    {"12/12", "2025-12-12"}, /* not in the future */
    {"24/11", "2026-11-24"},
    {"12/03/2026", "2026-03-12"},
    {"12.3.26", "2026-03-12"},
    {"12-03-2026", "2026-03-12"},
    {"1/2/87", "1987-02-01"},
    {"12/03/2026 16:50", "2026-03-12"},
    {"12 March", "2026-03-12"},
    {"12th of March 2026", "2026-03-12"},
    {"12-Mar-26", "2026-03-12"},
    {"12 Mar 26", "2026-03-12"},
    {"March 12th, 2026", "2026-03-12"},
    {"Thursday 12 March 2026", "2026-03-12"},
    {"Thu, 12 Mar 2026", "2026-03-12"},
    {"29 February", "2024-02-29"},
    {"March 2026", "2026-03-01 2026-03-31"},
    {"in March", "2026-03-01 2026-03-31"},
    {"December", "2025-12-01 2025-12-31"},
    {"early March 2026", "2026-03-01 2026-03-10"},
    {"mid-March", "2026-03-11 2026-03-20"},
    {"the end of March", "2026-03-21 2026-03-31"},
    {"2025", "2025-01-01 2025-12-31"},
    {"Friday", "2026-11-20"},
    {"Tuesday", "2026-11-24"},
    {"last Tuesday", "2026-11-17"},
    {"last Friday", "2026-11-20"},
    {"last Friday about 4", "2026-11-20"},
    {"Friday night", "2026-11-20"},
    {"Friday before last", "2026-11-13"},
    {"next Friday", "2026-11-27"},
    {"Friday 12th at 4pm", "2026-06-12"},
    {"Friday the 13th", "2026-11-13"},
    {"the 12th", "2026-11-12"},
    {"on the 30th", "2026-10-30"},
    {"yesterday evening", "2026-11-23"},
    {"Last night, about ten", "2026-11-23"},
    {"today", "2026-11-24"},
    {"the day before yesterday", "2026-11-22"},
    {"the other day", "2026-11-17 2026-11-23"},
    {"two weeks ago", "2026-11-07 2026-11-13"},
    {"about 3 days ago", "2026-11-21"},
    {"a couple of weeks ago", "2026-10-31 2026-11-13"},
    {"2 or 3 months ago", "2026-08-11 2026-10-10"},
    {"a year ago", "2025-05-25 2026-05-26"},
    {"last week", "2026-11-16 2026-11-22"},
    {"this week", "2026-11-23 2026-11-24"},
    {"last month", "2026-10-01 2026-10-31"},
    {"last year", "2025-01-01 2025-12-31"},
    {"over the last fortnight", "2026-11-10 2026-11-24"},
    {"on several evenings over the last fortnight", "2026-11-10 2026-11-24"},
    {"in the past three months", "2026-08-26 2026-11-24"},
    {"at the weekend", "2026-11-21 2026-11-22"},
    {"last weekend", "2026-11-21 2026-11-22"},
    {"most Fridays", "2026-10-27 2026-11-24"},
    {"most Fridays since half term", "2026-10-26 2026-11-24"},
    {"every Friday since March", "2026-03-01 2026-11-24"},
    {"since 12 March", "2026-03-12 2026-11-24"},
    {"since Christmas", "2025-12-20 2026-11-24"},
    {"over Easter", "2026-04-03 2026-04-06"},
    {"February half term", "2026-02-16 2026-02-20"},
    {"in the summer holidays", "2026-07-22 2026-09-03"},
    {"last summer", "2026-06-01 2026-08-31"},
    {"between 3 and 12 March", "2026-03-03 2026-03-12"},
    {"from 3 March to 12 March 2025", "2025-03-03 2025-03-12"},
    {"28/12 to 3/1/2026", "2025-12-28 2026-01-03"},
    {"12/3/26 - 14/3/26", "2026-03-12 2026-03-14"},
    {"12th and 13th March", "2026-03-12 2026-03-13"},
    {"Monday to Wednesday", "2026-11-16 2026-11-18"},
    {"", "-"},
    {"some time ago", "-"},
    {"4pm", "-"},
    {"a while back, by the shops", "-"},
    {"1.2.3.4", "-"},
    {"07700 900123", "-"},
    {"31/2", "! There is no 31 February."},
    {"31/2/2026", "! There is no 31 February."},
    {"12 March 2190", "! The year 2190 cannot be right."},
    {"12/03/2190", "! The year 2190 cannot be right."},
    {"March 2190", "! The year 2190 cannot be right."},
    {"1/1/1066", "! The year 1066 cannot be right."},
    {"03/25/2026", "! There is no month 25. Dates are read day first, then month."},
    {"99/99", "! There is no month 99. Dates are read day first, then month."},
    {"0/0/2026", "! There is no month 0. Dates are read day first, then month."},
};

static struct str words(const struct date_range *range)
{
    struct str from = date_iso(&arena, range->from);
    if (date_to_days(range->from) == date_to_days(range->to)) return from;
    return str_fmt(&arena, "%.*s %.*s", STR_ARG(from), STR_ARG(date_iso(&arena, range->to)));
}

static void test_parse(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof parsed / sizeof parsed[0]; i++) {
        struct date_range range;
        struct err err = {0};
        enum st st = when_parse(str_from(parsed[i].text), today, &range, &err);
        struct str got = st == ST_OK          ? words(&range)
                         : st == ST_NOT_FOUND ? STR("-")
                                              : str_fmt(&arena, "! %s", err.public);
        if (!str_eq(got, str_from(parsed[i].range)))
            wrong++, print_error("'%s' is read as '%.*s', not '%s'\n", parsed[i].text, STR_ARG(got),
                                 parsed[i].range);
    }
    assert_int_equal(wrong, 0);
}

static const struct {
    const char *text;
    const char *found; /* what was taken for a date, parted by '|' */
} running[] = {
    {"He was there last Friday about 4 and again on 12/3.", "last Friday about 4|on 12/3"},
    {"Seen yesterday at 16:50, then on Saturday night", "yesterday at 16:50|on Saturday night"},
    {"It has been most Fridays since half term.", "most Fridays since half term"},
    {"She may be at home in May 2026", "in May 2026"},
    {"the 12 may have left", ""},
    {"They march on. The March of time.", ""},
    {"He sat in the sun with Mon", ""},
    {"missing on Saturday 14th November and found", "on Saturday 14th November"},
    {"open 24/7, about 1/2 hour away", ""},
    {"call 07700 900123 or 01208 251300", ""},
    {"flat 12/3a, on the 12th floor", ""},
    {"from 192.168.1.12 and v1.2.3", ""},
    {"on the 12th he came", "on the 12th"},
    {"in 2025 and in 2190, room 2025", "in 2025"},
    {"31/2/2026 and 12/3/2026", "12/3/2026"},
    {"at the Christmas Inn", ""},
    {"since Christmas he", "since Christmas"},
    {"\xff\xfe on \xe2\x80\x9c"
     "Friday\xe2\x80\x9d",
     "Friday"},
    {"reg WK12 3AB and TR1 2AB", ""},
    {"12 March 16:50, 4 people", "12 March 16:50"},
};

static void test_find(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof running / sizeof running[0]; i++) {
        struct str text = str_from(running[i].text), got = STR("");
        size_t at = 0, start, end;
        struct date_range range;
        while (when_find(text, at, today, &start, &end, &range)) {
            got = str_fmt(&arena, "%.*s%s%.*s", STR_ARG(got), got.len ? "|" : "",
                          STR_ARG(str_sub(text, start, end - start)));
            at = end;
        }
        if (!str_eq(got, str_from(running[i].found)))
            wrong++, print_error("in '%s' the dates are '%.*s', not '%s'\n", running[i].text,
                                 STR_ARG(got), running[i].found);
    }
    assert_int_equal(wrong, 0);
}

static void test_excel(void **state)
{
    (void)state;
    struct date date;
    assert_true(when_from_excel(46093, &date));
    assert_true(str_eq(date_iso(&arena, date), STR("2026-03-12")));
    assert_true(when_from_excel(46093.9, &date));
    assert_true(str_eq(date_iso(&arena, date), STR("2026-03-12")));
    assert_true(when_from_excel(18264, &date));
    assert_true(str_eq(date_iso(&arena, date), STR("1950-01-01")));
    assert_false(when_from_excel(12, &date));
    assert_false(when_from_excel(1e300, &date));
    assert_false(when_from_excel(-46093, &date));
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 8 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_excel),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
