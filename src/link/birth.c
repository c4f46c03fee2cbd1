#include "link/birth.h"

#include <math.h>
#include <stdlib.h>

static const double year_days = 365.25;

/* --- what a text is made of ----------------------------------------------------------- */

enum part_kind { PART_NONE, PART_NUMBER, PART_MONTH, PART_OR, PART_IN, PART_WORD };

enum { PARTS = 8 }; /* a date needs no more */

struct part {
    enum part_kind kind;
    int value;   /* the number; of a month 1 to 12 */
    int digits;  /* of a number */
    char before; /* '-' or '/' between it and the part before; else 0 */
};

struct parts {
    struct part part[PARTS];
    size_t count;
    bool due; /* it says that somebody is not born yet */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters of other scripts are letters too. */
static bool is_letter(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || (unsigned char)c >= 0x80;
}

static bool is_dash(struct str text, size_t at)
{
    if (text.ptr[at] == '-') return true;
    return at + 2 < text.len && memcmp(text.ptr + at, "\xE2\x80", 2) == 0 &&
           (text.ptr[at + 2] == '\x93' || text.ptr[at + 2] == '\x94');
}

/* A whole word: "Mar" and "March", but not "maybe". */
static int month_of(struct str word)
{
    static const struct str months[] = {
        STR_INIT("january"), STR_INIT("february"), STR_INIT("march"),     STR_INIT("april"),
        STR_INIT("may"),     STR_INIT("june"),     STR_INIT("july"),      STR_INIT("august"),
        STR_INIT("september"), STR_INIT("october"), STR_INIT("november"), STR_INIT("december")};
    if (word.len < 3) return 0;
    if (str_eq_nocase(word, STR("sept"))) return 9;
    for (int i = 0; i < 12; i++)
        if ((word.len == 3 || word.len == months[i].len) &&
            str_eq_nocase(word, str_sub(months[i], 0, word.len)))
            return i + 1;
    return 0;
}

static bool is_one_of(struct str word, const char *a, const char *b, const char *c)
{
    return str_eq_nocase(word, str_from(a)) || str_eq_nocase(word, str_from(b)) ||
           str_eq_nocase(word, str_from(c));
}

static void add_word(struct str word, struct part part, struct parts *ret)
{
    bool after_number = ret->count && ret->part[ret->count - 1].kind == PART_NUMBER;
    part.value = month_of(word);
    if (is_one_of(word, "due", "edd", "expected")) {
        ret->due = true;
        return;
    }
    if (str_eq_nocase(word, STR("of"))) return; /* "12th of March" */
    if (after_number && !part.before &&
        (is_one_of(word, "st", "nd", "rd") || str_eq_nocase(word, STR("th"))))
        return;
    part.kind = part.value                            ? PART_MONTH
                : is_one_of(word, "or", "to", "and")  ? PART_OR
                : str_eq_nocase(word, STR("in"))      ? PART_IN
                                                      : PART_WORD;
    ret->part[ret->count++] = part;
}

static void parts_of(struct str text, struct parts *ret)
{
    *ret = (struct parts){0};
    struct part next = {0};
    for (size_t i = 0; i < text.len && ret->count < PARTS;) {
        size_t from = i;
        if (is_digit(text.ptr[i])) {
            next.kind = PART_NUMBER;
            for (; i < text.len && is_digit(text.ptr[i]); i++)
                if (next.value < 100000) next.value = next.value * 10 + (text.ptr[i] - '0');
            next.digits = (int)(i - from);
            ret->part[ret->count++] = next;
            next = (struct part){0};
        } else if (is_dash(text, i)) {
            next.before = '-';
            i += text.ptr[i] == '-' ? 1 : 3;
        } else if (is_letter(text.ptr[i])) {
            while (i < text.len && is_letter(text.ptr[i]) && !is_dash(text, i)) i++;
            add_word(str_sub(text, from, i - from), next, ret);
            next = (struct part){0};
        } else {
            if (text.ptr[i] == '/') next.before = '/';
            i++;
        }
    }
}

/* Past either end there is nothing. */
static struct part part_at(const struct parts *parts, size_t at)
{
    return at < parts->count ? parts->part[at] : (struct part){0};
}

static bool is_month(struct part part)
{
    return part.kind == PART_MONTH;
}

/* A number of at most two digits: of a day, a month, a short year. */
static bool is_short(struct part part)
{
    return part.kind == PART_NUMBER && part.digits <= 2;
}

static bool is_year(struct part part)
{
    return part.kind == PART_NUMBER && part.digits == 4 && part.value >= 1900 && part.value <= 2100;
}

/* --- dates ------------------------------------------------------------------------------- */

static const struct birth unknown = {1, 0, false};

static struct birth day_of(int year, int month, int day)
{
    struct date date = {(int16_t)year, (int8_t)month, (int8_t)day};
    if (month > 12 || !date_valid(date)) return unknown;
    return (struct birth){date_to_days(date), date_to_days(date), false};
}

static struct birth month_whole(int year, int month)
{
    if (month < 1 || month > 12) return unknown;
    struct date next = {(int16_t)(year + month / 12), (int8_t)(month % 12 + 1), 1};
    return (struct birth){day_of(year, month, 1).from, date_to_days(next) - 1, false};
}

static struct birth years_whole(int from, int to)
{
    return (struct birth){day_of(from, 1, 1).from, day_of(to, 12, 31).to, false};
}

/* "85" is 1985: nobody is born after the year in which it was written. */
static int full_year(int year, int32_t day)
{
    int written_in = date_from_days(day).year;
    if (written_in < 1900 || written_in > 2200) written_in = 2026; /* the day is not known */
    int full = written_in / 100 * 100 + year;
    return full <= written_in ? full : full - 100;
}

/* What stands around a year of four digits says the rest. */
static struct birth around_year(const struct parts *parts, size_t at)
{
    int year = part_at(parts, at).value;
    struct part before = part_at(parts, at - 1); /* of 0: nothing */
    struct part first = part_at(parts, at - 2);
    struct part after = part_at(parts, at + 1);
    struct part last = part_at(parts, at + 2);
    /* "15 in March 2026" */
    if (is_month(before) && first.kind == PART_IN && is_short(part_at(parts, at - 3)))
        return unknown;
    if (is_month(before))
        return is_short(first) ? day_of(year, before.value, first.value)
                               : month_whole(year, before.value);
    if (is_short(before) && is_month(first)) return day_of(year, first.value, before.value);
    if (is_short(before) && is_short(first)) return day_of(year, before.value, first.value);
    if (is_short(after) && is_short(last)) return day_of(year, after.value, last.value);
    if (is_month(after))
        return is_short(last) ? day_of(year, after.value, last.value)
                              : month_whole(year, after.value);
    if (is_short(before) && before.value >= 1 && before.value <= 12)
        return month_whole(year, before.value);
    if (is_short(after) && after.before && after.value >= 1 && after.value <= 12)
        return month_whole(year, after.value);
    if (after.kind == PART_OR && is_year(last)) after = last;
    if (is_year(after) && after.value > year) return years_whole(year, after.value);
    return years_whole(year, year);
}

/* "14 3 12", "85-03-12", "12 March 10", "March 12, 10", "Mar-12". */
static struct birth around_short_year(const struct parts *parts, int32_t day)
{
    for (size_t i = 0; i < parts->count; i++) {
        struct part a = part_at(parts, i);
        struct part b = part_at(parts, i + 1);
        struct part c = part_at(parts, i + 2);
        if (is_short(a) && is_short(b) && is_short(c))
            return a.value > 31 ? day_of(full_year(a.value, day), b.value, c.value)
                                : day_of(full_year(c.value, day), b.value, a.value);
        if (is_short(a) && is_month(b) && is_short(c))
            return day_of(full_year(c.value, day), b.value, a.value);
        if (is_month(a) && is_short(b) && is_short(c))
            return day_of(full_year(c.value, day), a.value, b.value);
        if (is_month(a) && is_short(b) && b.digits == 2)
            return month_whole(full_year(b.value, day), a.value);
    }
    return unknown;
}

/* "03" is of a date. */
static bool is_age(struct part part)
{
    return part.kind == PART_NUMBER && part.value <= 120 && (part.digits == 1 || part.value >= 10);
}

/* "14-15", "16 or 17", "13/14": two ages, and no more numbers. */
static bool two_ages(const struct parts *parts, int *ret_youngest, int *ret_oldest)
{
    size_t at = 0;
    size_t numbers = 0;
    for (size_t i = 0; i < parts->count; i++) {
        numbers += parts->part[i].kind == PART_NUMBER;
        if (parts->part[i].kind == PART_NUMBER && numbers == 1) at = i;
    }
    struct part joint = part_at(parts, at + 1);
    struct part second = joint.kind == PART_OR ? part_at(parts, at + 2) : joint;
    *ret_youngest = part_at(parts, at).value;
    *ret_oldest = second.value;
    if (numbers != 2 || !is_age(part_at(parts, at)) || !is_age(second) ||
        second.value < *ret_youngest)
        return false;
    return joint.kind == PART_OR || second.before == '-' ||
           (second.before == '/' && second.value - *ret_youngest <= 5);
}

/* Born between `youngest` and `oldest` whole years before the day. */
static struct birth aged(double youngest, double oldest, int32_t day, bool vague)
{
    return (struct birth){day - (int32_t)((oldest + 1) * year_days) + 1,
                          day - (int32_t)(youngest * year_days), vague};
}

/* A date has a year, and a year is not an age: four digits, three numbers, or a month's name. */
static struct birth from_date(struct str text, int32_t day)
{
    struct parts parts;
    int youngest = 0;
    int oldest = 0;
    parts_of(text, &parts);
    if (parts.due) return unknown;
    for (size_t i = 0; i < parts.count; i++)
        if (is_year(parts.part[i])) return around_year(&parts, i);
    struct birth known = around_short_year(&parts, day);
    if (!link_birth_known(known) && two_ages(&parts, &youngest, &oldest))
        return aged(youngest, oldest, day, true);
    return known;
}

bool link_birth_due(struct str text, struct str *ret_date)
{
    static const struct str words[] = {STR_INIT("due"), STR_INIT("edd"), STR_INIT("expected")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        ptrdiff_t at = str_find_nocase(text, words[i], 0);
        if (at < 0) continue;
        size_t after = (size_t)at + words[i].len;
        if ((at > 0 && is_letter(text.ptr[at - 1])) ||
            (after < text.len && is_letter(text.ptr[after])))
            continue;
        while (after < text.len && (text.ptr[after] == ' ' || text.ptr[after] == ':')) after++;
        *ret_date = str_trim(str_sub(text, after, text.len));
        return true;
    }
    return false;
}

/* --- ages -------------------------------------------------------------------------------- */

/* The whole numbers of a text, at most `maximum`. */
static size_t numbers_of(struct str text, int *ret, size_t maximum)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len && count < maximum;) {
        if (!is_digit(text.ptr[i])) {
            i++;
            continue;
        }
        int number = 0;
        for (; i < text.len && is_digit(text.ptr[i]); i++)
            if (number < 100000) number = number * 10 + (text.ptr[i] - '0');
        ret[count++] = number;
    }
    return count;
}

static bool says(struct str text, const char *word)
{
    return str_find_nocase(text, str_from(word), 0) >= 0;
}

/* The word before the first number: "Year 10", "yr9", "under 18", "U18". */
static struct str word_before_number(struct str text)
{
    size_t end = 0;
    while (end < text.len && !is_digit(text.ptr[end])) end++;
    while (end && !is_letter(text.ptr[end - 1])) end--;
    size_t from = end;
    while (from && is_letter(text.ptr[from - 1])) from--;
    return str_sub(text, from, end - from);
}

/* "fifteen"; 0: none. */
static int spelt_out(struct str text)
{
    static const char *const words[] = {"eleven",  "twelve",    "thirteen", "fourteen", "fifteen",
                                        "sixteen", "seventeen", "eighteen", "nineteen"};
    enum { FIRST = 11 };
    for (int i = 0; i < (int)(sizeof words / sizeof *words); i++)
        if (says(text, words[i])) return FIRST + i;
    return 0;
}

/* What stands around the number of an age says that it is no age alone: a school year (in England,
 * of children who are its number and four or five), months, or an end of a range. */
static bool is_bound(struct str text, int number, int *ret_youngest, int *ret_oldest)
{
    enum { SCHOOL_YEARS = 13, BEFORE_SCHOOL = 4, OLDEST = 120, MONTHS = 12 };
    struct str before = word_before_number(text);
    bool than = str_eq_nocase(before, STR("than"));
    bool year = is_one_of(before, "year", "yr", "y") && number >= 1 && number <= SCHOOL_YEARS;
    bool below = is_one_of(before, "under", "below", "u") ||
                 (than && (says(text, "younger") || says(text, "less")));
    bool above = is_one_of(before, "over", "above", "least") || (than && !below) || says(text, "+");
    *ret_youngest = year ? number + BEFORE_SCHOOL : above ? number : 0;
    *ret_oldest = year ? number + BEFORE_SCHOOL + 1 : above ? OLDEST : number - (number > 0);
    if (!year && !below && !above && (says(text, "month") || says(text, "week"))) {
        *ret_youngest = *ret_oldest = says(text, "month") ? number / MONTHS : 0;
        return true;
    }
    return year || below || above;
}

static struct birth from_age(struct str text, int32_t day)
{
    static const struct {
        const char *word;
        int youngest;
        int oldest;
    } words[] = {{"late teen", 17, 19}, {"early teen", 12, 15},  {"mid teen", 14, 17},
                 {"teen", 13, 19},      {"middle aged", 40, 60}, {"elderly", 65, 95},
                 {"pensioner", 65, 95}};
    int number[2];
    size_t count = numbers_of(text, number, 2);
    bool vague = says(text, "about") || says(text, "approx") || says(text, "around") ||
                 says(text, "roughly") || says(text, "?") || says(text, "ish") || says(text, "~") ||
                 says(text, "maybe") || says(text, "may be") || says(text, "looks") ||
                 says(text, "or so");
    int youngest = 0, oldest = 0;
    if (count == 0) {
        number[0] = spelt_out(text);
        count = number[0] > 0;
    }
    if (count == 0) {
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (says(text, words[i].word))
                return aged(words[i].youngest, words[i].oldest, day, true);
        return unknown;
    }
    int age = number[0];
    if (age > 120) return unknown;
    if (count == 1 && is_bound(text, age, &youngest, &oldest))
        return aged(youngest, oldest, day, true);
    if (count == 2 && number[1] >= age && number[1] <= 120) return aged(age, number[1], day, true);
    bool decade = age >= 20 && age % 10 == 0 && (says(text, "0s") || says(text, "0's"));
    if (decade) {
        youngest = says(text, "late") ? age + 6 : says(text, "mid") ? age + 3 : age;
        oldest = says(text, "early") ? age + 4 : says(text, "mid") ? age + 7 : age + 9;
        return aged(youngest, oldest, day, true);
    }
    /* The older somebody is, the further off a guess. */
    double slack = vague ? 1 + age / 12.0 : 0;
    return aged(age - slack, age + slack, day, vague);
}

/* "born 4/7/2010", "4 July 2010", "July 2010", "2010" and nothing more.  "16 1/2" and
 * "10, 11, 12" are ages, and "15 in March 2026" tells when somebody was. */
static bool is_date_alone(struct str text)
{
    struct parts parts;
    size_t first = 0;
    int signs = 0;
    parts_of(text, &parts);
    while (part_at(&parts, first).kind == PART_WORD) {
        if (!says(text, "born") && !says(text, "dob") && !says(text, "d.o.b") &&
            !says(text, "birth"))
            return false;
        first++;
    }
    size_t count = parts.count - first;
    struct part a = part_at(&parts, first), b = part_at(&parts, first + 1);
    struct part c = part_at(&parts, first + 2);
    bool number = a.kind == PART_NUMBER;
    if (count == 1) return is_year(a);
    if (count == 2) return is_month(a) && is_year(b);
    if (count != 3 || c.kind != PART_NUMBER) return false;
    if (is_month(a) || is_month(b)) return number != (b.kind == PART_NUMBER);
    for (size_t i = 0; i < text.len; i++) signs += strchr("/-.", text.ptr[i]) != NULL;
    return signs >= 2 && number && b.kind == PART_NUMBER;
}

struct birth link_birth(struct str birth, struct str age, int32_t day)
{
    struct birth known = birth.len ? from_date(birth, day) : unknown;
    if (link_birth_known(known) || !age.len) return known;
    if (is_date_alone(age)) known = from_date(age, day);
    if (!link_birth_known(known)) known = from_age(age, day);
    return known;
}

enum link_field link_birth_field(struct str written, int32_t day)
{
    struct str date;
    if (!written.len || link_birth_due(written, &date)) return LINK_FIELDS;
    struct birth birth = from_date(written, day);
    return link_birth_known(birth) && !birth.vague ? LINK_BIRTH : LINK_AGE;
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
        return slipped(a.from, b.from) ? W_BIRTH_SLIP
               : gap_years < 0.2       ? W_BIRTH_NEAR_DAY
                                       : W_BIRTH_OTHER_DAY;
    }
    if (a.vague || b.vague) {
        *ret_level = gap_years < 3 ? "near" : "different";
        return gap_years < 3 ? W_ABOUT_NEAR : gap_years < 8 ? W_ABOUT_FAR : W_ABOUT_OTHER;
    }
    *ret_level = gap_years < 1 ? "near" : "different";
    return gap_years < 1 ? W_YEARS_NEAR : W_YEARS_OTHER;
}
