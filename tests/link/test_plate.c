/* Registrations against what was seen of them, and dates of birth against ages. */
#include "link/birth.h"
#include "link/normalise.h"
#include "link/plate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { DAY = 20600 }; /* 27 May 2026 */

static double fit(const char *a, const char *b)
{
    double bits = link_plate_fit(str_from(a), str_from(b)).bits;
    assert_true(bits == link_plate_fit(str_from(b), str_from(a)).bits);
    return bits;
}

static void the_more_that_was_seen_the_more_it_says(void **state)
{
    (void)state;
    double whole = fit("WK07HJB", "WK07HJB");
    double five = fit("WK07H??", "WK07HJB");
    double four = fit("WK0??J?", "WK07HJB");
    double three = fit("W??7?J?", "WK07HJB");
    assert_true(whole > five);
    assert_true(five > four);
    assert_true(four > three);
    assert_true(three > 0);
}

static void a_misreading_costs_little_and_a_difference_much(void **state)
{
    (void)state;
    double exact = fit("WK07HJB", "WK07HJB");
    double look_alike = fit("WKO7HJB", "WK07HJB");
    double different = fit("WK97HJB", "WK07HJB");
    assert_true(exact > look_alike);
    assert_true(look_alike > different);
    assert_true(fit("AB12CDE", "WK07HJB") < 0);
    assert_string_equal(link_plate_fit(STR("WK07HJB"), STR("WK07HJB")).level, "exact");
    assert_string_equal(link_plate_fit(STR("WKO7HJB"), STR("WK07HJB")).level,
                        "one character that looks alike");
}

static void neighbours_that_changed_places_are_one_slip(void **state)
{
    (void)state;
    double swapped = fit("WR18KTZ", "WR18KZT");
    assert_true(swapped < fit("WRI8KZT", "WR18KZT"));
    assert_true(swapped >= fit("WR18KXT", "WR18KZT")); /* no character is lost */
    assert_true(fit("WR18TKTZ", "WR18KZT") < swapped);
    assert_true(fit("WR81KTZ", "WR18KZT") < fit("WR18KXT", "WR18KZT"));
    assert_true(fit("RW18K?T", "WR18KZT") > 0);
    assert_string_equal(link_plate_fit(STR("WR18KTZ"), STR("WR18KZT")).level,
                        "two characters swapped");
    assert_string_equal(link_plate_fit(STR("WR81KZT"), STR("WR18KZT")).level,
                        "two characters swapped");
    assert_string_equal(link_plate_fit(STR("WR81KTZ"), STR("WR18KZT")).level, "characters differ");
    assert_string_equal(link_plate_fit(STR("WR188KZT"), STR("WR18KZT")).level,
                        "one character too many or too few");
    assert_string_equal(link_plate_fit(STR("WR??KZT"), STR("WR?KZT")).level,
                        "fits, counted differently");
}

static void the_end_of_a_plate_may_stand_anywhere_and_is_not_whole(void **state)
{
    (void)state;
    static const char *const pieces[] = {"BK52", "52A", "K52",   "7K",
                                         "ABC",  "BK5", "52ABC", "B52AB"};
    static const char *const whole[] = {"BK52ABC", "K52ABC", "K5ABC", "ABC123D",
                                        "AIA1234", "ABC12",  "1234AB"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        assert_true(link_registration_is_piece(str_from(pieces[i])));
        assert_false(link_registration_is_whole(str_from(pieces[i])));
    }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        assert_false(link_registration_is_piece(str_from(whole[i])));
        assert_true(link_registration_is_whole(str_from(whole[i])));
    }
    assert_false(link_registration_is_piece(STR("BK5?")));
    assert_false(link_registration_is_whole(STR("BK?2ABC")));
    assert_false(link_registration_is_whole(STR("ABCDEFGH")));
    assert_true(fit("52ABC", "BK52ABC") > 12);
    assert_string_equal(link_plate_fit(STR("52ABC"), STR("52ABC")).level, "fits what was seen");
}

static void people_miscount_what_they_missed(void **state)
{
    (void)state;
    double aligned = fit("WK???JB", "WK07HJB");
    double one_short = fit("WK??JB", "WK07HJB");
    double any = fit("WK*JB", "WK07HJB");
    double piece = fit("WK07", "WK07HJB");
    assert_true(aligned > one_short);
    assert_true(one_short > 0);
    assert_true(any > 0);
    assert_true(piece > 0);
    assert_true(fit("HJB", "WK07HJB") > 0);
    assert_true(fit("JBH", "WK07HJB") < fit("HJB", "WK07HJB"));
}

static void patterns_match_character_by_character(void **state)
{
    (void)state;
    assert_true(link_plate_matches(STR("WK??HJB"), STR("WK07HJB")));
    assert_true(link_plate_matches(STR("WK*"), STR("WK07HJB")));
    assert_true(link_plate_matches(STR("*7*B"), STR("WK07HJB")));
    assert_false(link_plate_matches(STR("WK?HJB"), STR("WK07HJB")));
    assert_false(link_plate_matches(STR("*X*"), STR("WK07HJB")));
}

/* Of every sort that is met: whole, with what was not seen, a slip, a piece. */
static struct str made_up(uint64_t *seed, char ret[static 16])
{
    static const char signs[] = "ABO0WVY7S58B?*";
    size_t length = 0;
    memcpy(ret, "WK07HJB", 7);
    for (size_t at = 0; at < 7; at++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        unsigned chance = (unsigned)(*seed >> 33) % 16;
        if (chance == 0) continue;
        ret[length++] = chance < 6    ? signs[*seed >> 40 & 7]
                        : chance == 6 ? signs[*seed >> 40 & 15 & 13]
                                      : ret[at];
        if (chance == 7 && length > 1) { /* changes places with the one before */
            char last = ret[length - 1];
            ret[length - 1] = ret[length - 2];
            ret[length - 2] = last;
        }
        if (chance == 15 && length < 12) ret[length++] = signs[8 + (*seed >> 50) % 6];
    }
    if (length == 0) ret[length++] = 'W';
    return str_of(ret, length);
}

static void what_is_told_sooner_is_what_the_fit_says(void **state)
{
    (void)state;
    uint64_t seed = 7;
    int worthless = 0, promising = 0;
    for (int i = 0; i < 200000; i++) {
        char space_a[16], space_b[16];
        struct str a = made_up(&seed, space_a), b = made_up(&seed, space_b);
        double bits = link_plate_fit(a, b).bits;
        assert_true(link_plate_promise(a, b) == (bits > 0 ? bits : 0));
        if (!link_plate_worth(a, b)) assert_true(bits < 8);
        worthless += !link_plate_worth(a, b);
        promising += bits > 0;
    }
    assert_in_range(worthless, 5000, 195000);
    assert_in_range(promising, 5000, 195000);
}

static double born(const char *a_birth, const char *a_age, const char *b_birth, const char *b_age)
{
    struct birth a = link_birth(str_from(a_birth), str_from(a_age), DAY);
    struct birth b = link_birth(str_from(b_birth), str_from(b_age), DAY);
    assert_true(link_birth_known(a));
    assert_true(link_birth_known(b));
    const char *level;
    double rarity, other;
    enum link_weight weight = link_birth_compare(a, b, &level, &rarity);
    double bits = link_weight_about[weight].bits + rarity;
    assert_int_equal(link_birth_compare(b, a, &level, &other), weight);
    assert_true(rarity == other);
    return bits;
}

static void dates_and_ages_are_days_on_which_one_may_be_born(void **state)
{
    (void)state;
    double day = born("05/03/2010", "", "5 March 2010", "");
    double month = born("05/03/2010", "", "March 2010", "");
    double year = born("05/03/2010", "", "2010", "");
    double about = born("05/03/2010", "", "", "about 16");
    assert_true(day > month);
    assert_true(month > year);
    assert_true(year > about);
    assert_true(about > 0);
    assert_true(born("", "late teens", "", "18") > 0);
    assert_true(born("", "30s", "", "35") > 0);
    assert_true(born("", "30s", "", "14") < -3);
}

static void slips_of_the_pen_are_not_other_people(void **state)
{
    (void)state;
    double exact = born("05/03/2010", "", "05/03/2010", "");
    double swapped = born("05/03/2010", "", "03/05/2010", "");
    double digit = born("05/03/2010", "", "06/03/2010", "");
    double other = born("05/03/2010", "", "17/11/2004", "");
    assert_true(exact > swapped);
    assert_true(swapped > 0);
    assert_true(digit > 0);
    assert_true(other < 0);
}

static struct birth read_birth(const char *text, int32_t day)
{
    return link_birth(str_from(text), STR(""), day);
}

/* A year of two digits is the latest that has begun when it was written. */
static void a_short_year_is_of_the_past(void **state)
{
    (void)state;
    int32_t in_2027 = date_to_days((struct date){2027, 6, 1});
    assert_int_equal(date_from_days(read_birth("1/3/26", DAY).from).year, 2026);
    assert_int_equal(date_from_days(read_birth("1/3/27", DAY).from).year, 1927);
    assert_int_equal(date_from_days(read_birth("1/3/27", in_2027).from).year, 2027);
    assert_int_equal(date_from_days(read_birth("1/3/85", in_2027).from).year, 1985);
    assert_int_equal(date_from_days(read_birth("March '12", in_2027).from).year, 2012);
}

/* Each way of writing a birth, as the days that it may be. */
static void a_birth_is_read_as_it_is_written(void **state)
{
    (void)state;
    static const char *const table[][3] = {{"05/03/2010", "2010-03-05", "2010-03-05"},
                                           {"5.3.10", "2010-03-05", "2010-03-05"},
                                           {"14 3 2012", "2012-03-14", "2012-03-14"},
                                           {"2010-03-05", "2010-03-05", "2010-03-05"},
                                           {"2010-03-05T00:00:00", "2010-03-05", "2010-03-05"},
                                           {"85-03-12", "1985-03-12", "1985-03-12"},
                                           {"5th of March 2010", "2010-03-05", "2010-03-05"},
                                           {"March 5th, 2010", "2010-03-05", "2010-03-05"},
                                           {"5mar2010", "2010-03-05", "2010-03-05"},
                                           {"12 Sept 10", "2010-09-12", "2010-09-12"},
                                           {"Friday 5 March 2010 (16)", "2010-03-05", "2010-03-05"},
                                           {"born in March 2010", "2010-03-01", "2010-03-31"},
                                           {"Feb 2012", "2012-02-01", "2012-02-29"},
                                           {"Mar-12", "2012-03-01", "2012-03-31"},
                                           {"03/1985", "1985-03-01", "1985-03-31"},
                                           {"1985-03", "1985-03-01", "1985-03-31"},
                                           {"1985", "1985-01-01", "1985-12-31"},
                                           {"about 1985, maybe", "1985-01-01", "1985-12-31"},
                                           {"2008 or 2009", "2008-01-01", "2009-12-31"},
                                           {"between 2008 and 2010", "2008-01-01", "2010-12-31"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct date from = {0};
        struct date to = {0};
        struct birth birth = read_birth(table[i][0], DAY);
        assert_true(date_parse_iso(str_from(table[i][1]), &from) &&
                    date_parse_iso(str_from(table[i][2]), &to));
        if (birth.vague || birth.from != date_to_days(from) || birth.to != date_to_days(to))
            fail_msg("'%s' is read otherwise", table[i][0]);
        assert_int_equal(link_birth_field(str_from(table[i][0]), DAY), LINK_BIRTH);
    }
}

/* Ages are no dates: two of them are a range, wherever they are written. */
static void an_age_is_no_date(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int youngest, oldest; /* 0: it is not known in a date-of-birth box */
    } table[] = {{"16 or 17", 16, 17},
                 {"14-15", 14, 15},
                 {"maybe 14 \xE2\x80\x93 15", 14, 15},
                 {"11 to 12 years old", 11, 12},
                 {"25-30", 25, 30},
                 {"13/14", 13, 14},
                 {"20 or 21", 20, 21},
                 {"maybe 15", 0, 0},
                 {"maybe 25", 0, 0},
                 {"15 in March", 0, 0},
                 {"15 in March 2026", 0, 0},
                 {"may be 15", 0, 0},
                 {"two Decembers ago, 12", 0, 0},
                 {"3 March", 0, 0},
                 {"03/85", 0, 0},
                 {"15", 0, 0}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct birth birth = read_birth(table[i].text, DAY);
        struct birth age = link_birth(STR(""), str_from(table[i].text), DAY);
        if (link_birth_known(birth) != (table[i].oldest > 0)) fail_msg("'%s'", table[i].text);
        if (table[i].oldest && (birth.from != age.from || birth.to != age.to || !birth.vague))
            fail_msg("'%s'", table[i].text);
        if (table[i].oldest && date_from_days(birth.to).year != 2026 - table[i].youngest)
            fail_msg("'%s'", table[i].text);
        if (table[i].oldest && date_from_days(birth.from).year != 2026 - table[i].oldest - 1)
            fail_msg("'%s'", table[i].text);
        assert_int_equal(link_birth_field(str_from(table[i].text), DAY), LINK_AGE);
    }
}

/* A date in the box for ages is the date, and not 4 to 7 years. */
static void a_date_among_ages_is_a_date(void **state)
{
    (void)state;
    static const char *const dates[] = {"4/7/2010",      "4.7.10",        "04-07-2010",
                                        "2010-07-04",    "4 July 2010",   "July 4th, 2010",
                                        "born 4/7/2010", "DOB: 4/7/2010", "D.O.B. 4/7/10",
                                        "July 2010",     "2010"};
    static const char *const ages[][2] = {{"16 1/2", "16"},           {"10, 11, 12", "10"},
                                          {"14-15", "14-15"},         {"15 in March 2026", "15"},
                                          {"12 (2026)", "12"},        {"4-7", "4-7"},
                                          {"16, seen 4/7/2026", "16"}};
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        const char *text = dates[i];
        struct birth birth = read_birth(strstr(text, "B") ? strchr(text, '4') : text, DAY);
        struct birth age = link_birth(STR(""), str_from(text), DAY);
        if (!link_birth_known(birth) || birth.from != age.from || birth.to != age.to || age.vague)
            fail_msg("'%s' is read otherwise as an age", text);
    }
    assert_true(born("", "4/7/2010", "4/7/2010", "") > 8);
    assert_true(born("", "4/7/2010", "", "15") > 0);
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        struct birth age = link_birth(STR(""), str_from(ages[i][0]), DAY);
        struct birth meant = link_birth(STR(""), str_from(ages[i][1]), DAY);
        int years = (int)((DAY - age.to) / 365.25 + 0.01);
        if (!link_birth_known(age) || years != (int)((DAY - meant.to) / 365.25 + 0.01))
            fail_msg("'%s' is %d years", ages[i][0], years);
    }
}

/* Ages as schools and the police write them, as the whole years that somebody may be old. */
static void an_age_is_read_as_it_is_meant(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int youngest, oldest;
    } table[] = {{"fifteen", 15, 15},
                 {"Year 10", 14, 15},
                 {"yr9", 13, 14},
                 {"Y 7", 11, 12},
                 {"under 18", 0, 17},
                 {"U18", 0, 17},
                 {"below 16", 0, 15},
                 {"younger than 13", 0, 12},
                 {"over 14", 14, 120},
                 {"14+", 14, 120},
                 {"at least 12", 12, 120},
                 {"older than 15", 15, 120},
                 {"6 months", 0, 0},
                 {"18 months", 1, 1},
                 {"3 weeks old", 0, 0},
                 {"15 years old", 15, 15},
                 {"15 yrs", 15, 15},
                 {"aged 15", 15, 15},
                 {"years 10 to 11", 10, 11},
                 {"early teens", 12, 15},
                 {"twenty-ish", 0, -1}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct birth age = link_birth(STR(""), str_from(table[i].text), DAY);
        if (link_birth_known(age) != (table[i].oldest >= table[i].youngest))
            fail_msg("'%s'", table[i].text);
        if (!link_birth_known(age)) continue;
        int youngest = (int)((DAY - age.to) / 365.25 + 0.01),
            oldest = (int)((DAY - age.from) / 365.25);
        if (youngest != table[i].youngest || oldest != table[i].oldest)
            fail_msg("'%s' is read as %d to %d", table[i].text, youngest, oldest);
    }
}

static void who_is_due_is_not_born(void **state)
{
    (void)state;
    static const char *const texts[][2] = {{"due 1/3/27", "1/3/27"},
                                           {"Due: May 2026", "May 2026"},
                                           {"EDD 1/3/2027", "1/3/2027"},
                                           {"unborn, due in June 2026", "in June 2026"}};
    struct str date;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(link_birth_known(read_birth(texts[i][0], DAY)));
        assert_int_equal(link_birth_field(str_from(texts[i][0]), DAY), LINK_FIELDS);
        assert_true(link_birth_due(str_from(texts[i][0]), &date));
        assert_true(str_eq(date, str_from(texts[i][1])));
    }
    assert_false(link_birth_due(STR("overdue 5/3/2010"), &date));
}

static void what_is_no_date_is_not_known(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "unknown", "31/02/2010", "99/99/9999", "?", "-1",
                                        "99999999999999999999"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(link_birth_known(link_birth(str_from(texts[i]), STR(""), DAY)));
    assert_false(link_birth_known(link_birth(STR(""), STR("about 999"), DAY)));
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_more_that_was_seen_the_more_it_says),
        cmocka_unit_test(a_misreading_costs_little_and_a_difference_much),
        cmocka_unit_test(neighbours_that_changed_places_are_one_slip),
        cmocka_unit_test(the_end_of_a_plate_may_stand_anywhere_and_is_not_whole),
        cmocka_unit_test(people_miscount_what_they_missed),
        cmocka_unit_test(patterns_match_character_by_character),
        cmocka_unit_test(what_is_told_sooner_is_what_the_fit_says),
        cmocka_unit_test(dates_and_ages_are_days_on_which_one_may_be_born),
        cmocka_unit_test(slips_of_the_pen_are_not_other_people),
        cmocka_unit_test(a_short_year_is_of_the_past),
        cmocka_unit_test(a_birth_is_read_as_it_is_written),
        cmocka_unit_test(an_age_is_no_date),
        cmocka_unit_test(a_date_among_ages_is_a_date),
        cmocka_unit_test(an_age_is_read_as_it_is_meant),
        cmocka_unit_test(who_is_due_is_not_born),
        cmocka_unit_test(what_is_no_date_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
