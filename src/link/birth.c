#include "link/birth.h"

#include <math.h>
#include <stdlib.h>

static const double year_days = 365.25;

/* The whole numbers of a text, at most `maximum`. */
static size_t numbers_of(struct str text, int *ret, size_t maximum)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len && count < maximum;) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            i++;
            continue;
        }
        int number = 0;
        for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
            if (number < 100000) number = number * 10 + (text.ptr[i] - '0');
        ret[count++] = number;
    }
    return count;
}

static int month_of(struct str text)
{
    static const char *months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                   "jul", "aug", "sep", "oct", "nov", "dec"};
    for (int i = 0; i < 12; i++)
        if (str_find_nocase(text, str_from(months[i]), 0) >= 0) return i + 1;
    return 0;
}

static struct birth days(int year_from, int month_from, int day_from, int year_to, int month_to, int day_to)
{
    struct date from = {(int16_t)year_from, (int8_t)month_from, (int8_t)day_from};
    struct date to = {(int16_t)year_to, (int8_t)month_to, (int8_t)day_to};
    if (!date_valid(from)) return (struct birth){1, 0, false};
    return (struct birth){date_to_days(from), date_valid(to) ? date_to_days(to) : date_to_days(from),
                          false};
}

static int full_year(int year)
{
    if (year >= 100) return year;
    return year > 26 ? 1900 + year : 2000 + year;
}

static struct birth from_date(struct str text)
{
    static const struct birth unknown = {1, 0, false};
    int number[4];
    size_t count = numbers_of(text, number, 4);
    int month = month_of(text);
    int last_day_of[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (count == 0 || (count == 1 && !month && number[0] < 1000)) return unknown; /* no year */
    if (count == 3 && number[0] > 31) return days(number[0], number[1], number[2], number[0], number[1], number[2]);
    if (count == 3) {
        int year = full_year(number[2]);
        return days(year, number[1], number[0], year, number[1], number[0]);
    }
    if (count == 2 && month) {
        int year = full_year(number[1]);
        return days(year, month, number[0], year, month, number[0]);
    }
    int year = full_year(number[count - 1]);
    if (year < 1900 || year > 2100) return unknown;
    if (count == 2 && number[0] >= 1 && number[0] <= 12) month = number[0];
    if (month) return days(year, month, 1, year, month, last_day_of[month - 1]);
    return days(year, 1, 1, year, 12, 31);
}

static bool says(struct str text, const char *word)
{
    return str_find_nocase(text, str_from(word), 0) >= 0;
}

/* Born between `youngest` and `oldest` whole years before the day. */
static struct birth aged(double youngest, double oldest, int32_t day, bool vague)
{
    return (struct birth){day - (int32_t)((oldest + 1) * year_days) + 1,
                          day - (int32_t)(youngest * year_days), vague};
}

static struct birth from_age(struct str text, int32_t day)
{
    static const struct {
        const char *word;
        int youngest;
        int oldest;
    } words[] = {{"late teen", 17, 19}, {"early teen", 12, 15}, {"mid teen", 14, 17}, {"teen", 13, 19},
                 {"middle aged", 40, 60}, {"elderly", 65, 95},  {"pensioner", 65, 95}};
    int number[2];
    size_t count = numbers_of(text, number, 2);
    bool vague = says(text, "about") || says(text, "approx") || says(text, "around") ||
                 says(text, "roughly") || says(text, "?") || says(text, "ish") || says(text, "~") ||
                 says(text, "maybe") || says(text, "looks") || says(text, "or so");
    if (count == 0) {
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (says(text, words[i].word)) return aged(words[i].youngest, words[i].oldest, day, true);
        return (struct birth){1, 0, false};
    }
    int age = number[0];
    if (age > 120) return (struct birth){1, 0, false};
    if (count == 2 && number[1] >= age && number[1] <= 120) return aged(age, number[1], day, true);
    bool decade = age >= 20 && age % 10 == 0 && (says(text, "0s") || says(text, "0's"));
    if (decade) {
        int youngest = says(text, "late") ? age + 6 : says(text, "mid") ? age + 3 : age;
        int oldest = says(text, "early") ? age + 4 : says(text, "mid") ? age + 7 : age + 9;
        return aged(youngest, oldest, day, true);
    }
    /* The older somebody is, the further off a guess. */
    double slack = vague ? 1 + age / 12.0 : 0;
    return aged(age - slack, age + slack, day, vague);
}

struct birth link_birth(struct str birth, struct str age, int32_t day)
{
    struct birth known = birth.len ? from_date(birth) : (struct birth){1, 0, false};
    if (!link_birth_known(known) && age.len) known = from_age(age, day);
    return known;
}

/* Two whole dates that a slip may have made of one. */
static bool slipped(int32_t a, int32_t b)
{
    struct date left = date_from_days(a);
    struct date right = date_from_days(b);
    if (left.year == right.year && left.month == right.day && left.day == right.month) return true;
    int same = (left.year == right.year) + (left.month == right.month) + (left.day == right.day);
    if (same != 2) return false;
    int years = abs(left.year - right.year);
    return years == 0 || years == 1 || years == 10 || years == 100;
}

static enum link_weight fitting(struct birth a, struct birth b, double width_a, double width_b,
                                const char **ret_level, double *ret_rarity)
{
    /* A third of the people that are named are between 12 and 17, the others spread
     * over forty years, the younger ones oftener: two of them chance to share a year
     * as often as in a population spread evenly over 26. */
    const double population_days = 26 * year_days;
    /* Chance of so much overlap for two who are strangers. */
    double chance = fmin(1, (width_a + width_b) / population_days);
    bool dates = width_a == 1 && width_b == 1;
    *ret_level = dates ? "exact" : "fits";
    *ret_rarity = fmin(12, -log2(chance));
    return dates ? W_BIRTH_SAME : a.vague || b.vague ? W_ABOUT_FITS : W_YEARS_FIT;
}

enum link_weight link_birth_compare(struct birth a, struct birth b, const char **ret_level,
                                    double *ret_rarity)
{
    double width_a = a.to - a.from + 1;
    double width_b = b.to - b.from + 1;
    double overlap = fmin(a.to, b.to) - fmax(a.from, b.from) + 1;
    *ret_rarity = 0;
    if (overlap > 0) return fitting(a, b, width_a, width_b, ret_level, ret_rarity);
    double gap_years = -overlap / year_days;
    if (width_a == 1 && width_b == 1) {
        *ret_level = slipped(a.from, b.from) ? "one slip apart" : "different";
        return slipped(a.from, b.from) ? W_BIRTH_SLIP : gap_years < 0.2 ? W_BIRTH_NEAR_DAY : W_BIRTH_OTHER_DAY;
    }
    if (a.vague || b.vague) {
        *ret_level = gap_years < 3 ? "near" : "different";
        return gap_years < 3 ? W_ABOUT_NEAR : gap_years < 8 ? W_ABOUT_FAR : W_ABOUT_OTHER;
    }
    *ret_level = gap_years < 1 ? "near" : "different";
    return gap_years < 1 ? W_YEARS_NEAR : W_YEARS_OTHER;
}
