/* Dates as registers and spreadsheets write them. */
#include "link/date_text.h"

#include "tests_common.h"

static void dates_are_read(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        enum date_order order;
        struct date_text date;
    } cases[] = {
        {"1971-06-24", DATE_DAY_FIRST, {1971, 6, 24}},
        {"1971-06-24T00:00:00Z", DATE_DAY_FIRST, {1971, 6, 24}},
        {"1971-24-06", DATE_DAY_FIRST, {1971, 6, 24}},
        {"19710624", DATE_DAY_FIRST, {1971, 6, 24}},
        {"24061971", DATE_DAY_FIRST, {1971, 6, 24}},
        {"24/06/1971", DATE_DAY_FIRST, {1971, 6, 24}},
        {"06/24/1971", DATE_DAY_FIRST, {1971, 6, 24}},
        {"03/04/1971", DATE_DAY_FIRST, {1971, 4, 3}},
        {"03/04/1971", DATE_MONTH_FIRST, {1971, 3, 4}},
        {"24.6.71", DATE_DAY_FIRST, {1971, 6, 24}},
        {"1/2/03", DATE_DAY_FIRST, {2003, 2, 1}},
        {"24 Jun 1971", DATE_DAY_FIRST, {1971, 6, 24}},
        {"24th juin 1971", DATE_DAY_FIRST, {1971, 6, 24}},
        {"June 24, 1971", DATE_DAY_FIRST, {1971, 6, 24}},
        {"06/1971", DATE_DAY_FIRST, {1971, 6, 0}},
        {"1971-06", DATE_DAY_FIRST, {1971, 6, 0}},
        {"1971", DATE_DAY_FIRST, {1971, 0, 0}},
        {"26108", DATE_DAY_FIRST, {1971, 6, 24}},
        {"26108.75", DATE_DAY_FIRST, {1971, 6, 24}},
        {"36526", DATE_MONTH_FIRST, {2000, 1, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date_text date = {0};
        if (!date_text_read(str_from(cases[i].text), cases[i].order, &date))
            fail_msg("%s is no date", cases[i].text);
        if (date.year != cases[i].date.year || date.month != cases[i].date.month ||
            date.day != cases[i].date.day)
            fail_msg("%s was read as %d-%d-%d", cases[i].text, date.year, date.month, date.day);
    }
}

static void what_is_no_date_is_none(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "",   "unknown",    "12",         "99999",      "9999",  "26108 people",   "26108,7",
        "06", "1971-13-45", "32/13/1971", "1/2/3/1971", "12 12", "24 Jun Jul 1971"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct date_text date;
        if (date_text_read(str_from(texts[i]), DATE_DAY_FIRST, &date))
            fail_msg("%s was read as %d-%d-%d", texts[i], date.year, date.month, date.day);
    }
}

static void the_order_shows(void **unused)
{
    (void)unused;
    assert_int_equal(date_text_order(STR("24/06/1971")), 1);
    assert_int_equal(date_text_order(STR("06/24/1971")), -1);
    assert_int_equal(date_text_order(STR("03/04/1971")), 0);
    assert_int_equal(date_text_order(STR("24 Jun 1971")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(what_is_no_date_is_none),
        cmocka_unit_test(the_order_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
