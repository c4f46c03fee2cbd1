/*
 * Dates that are told from today or from the year's round.
 */
#include "domain/when_read.h"

static void set_range(struct when_span *ret, int32_t from, int32_t to,
                      enum when_precision precision)
{
    *ret = (struct when_span){.from = from, .to = to, .precision = precision};
}

static int weekday_of(int32_t day)
{
    return date_weekday(date_from_days(day));
}

/* --- days of the week ---------------------------------------------------------------- */

int when_weekday(const struct when_token *token, bool *ret_plural, bool *ret_short)
{
    static const struct {
        const char *full;
        const char *plural;
        const char *brief;
    } days[7] = {
        {"monday", "mondays", "mon"},
        {"tuesday", "tuesdays", "tue|tues"},
        {"wednesday", "wednesdays", "wed|weds"},
        {"thursday", "thursdays", "thu|thur|thurs"},
        {"friday", "fridays", "fri"},
        {"saturday", "saturdays", "sat"},
        {"sunday", "sundays", "sun"},
    };
    *ret_plural = *ret_short = false;
    for (int i = 0; i < 7; i++) {
        if (when_word_in(token, days[i].full)) return i;
        *ret_plural = when_word_in(token, days[i].plural);
        *ret_short = when_word_in(token, days[i].brief);
        if (*ret_plural || *ret_short) return i;
    }
    return -1;
}

static bool is_part_of_day(const struct when_token *token)
{
    return when_word_in(token, "morning|afternoon|evening|night|lunchtime|teatime|nighttime");
}

/* "Friday 12th": the latest 12th that was a Friday, else the latest 12th. */
static int32_t day_numbered(int32_t today, int weekday, int number)
{
    int32_t latest = 0;
    for (int32_t day = today; day > today - 800; day--) {
        if (date_from_days(day).day != number) continue;
        if (weekday_of(day) == weekday) return day;
        if (!latest) latest = day;
    }
    return latest;
}

size_t when_read_weekday(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    size_t i = at;
    bool last = when_word_in(when_token_at(reading, i), "last|previous");
    bool next = when_word_in(when_token_at(reading, i), "next|coming");
    bool led =
        last || next ||
        when_word_in(when_token_at(reading, i), "on|this|the|every|most|each|some|many|several|"
                                                "since|all|alternate|late|early");
    if (led) i++;
    bool plural, is_short;
    const struct when_token *token = when_token_at(reading, i);
    int weekday = when_weekday(token, &plural, &is_short);
    if (weekday < 0 && led && when_word_in(token, "weekends")) weekday = 5, plural = true;
    if (weekday < 0) return 0;
    bool every = when_word_in(when_token_at(reading, at), "every|most|each|alternate|all");
    i++;
    bool nights = when_word_in(when_token_at(reading, i), "nights|evenings|mornings|afternoons");
    bool part = is_part_of_day(when_token_at(reading, i));
    if (nights || part) i++;
    if (plural || nights || (every && !last)) { /* no beginning is told: the last four weeks */
        set_range(ret, reading->today - 28, reading->today, WHEN_PERIOD);
        ret->recurring = true;
        return i - at;
    }
    size_t the = when_word_in(when_token_at(reading, i), "the");
    const struct when_token *number = when_token_at(reading, i + the);
    if (number->ordinal && number->digits <= 2 && number->number >= 1 && number->number <= 31) {
        int32_t day = day_numbered(reading->today, weekday, number->number);
        set_range(ret, day, day, WHEN_DAY);
        return i + the + 1 - at;
    }
    if (reading->strict && is_short && !(led && token->capital) && !part) return 0;
    int32_t back = (weekday_of(reading->today) - weekday + 7) % 7;
    if (last && back == 0) back = 7;
    if (next) back -= 7;
    if (when_word_in(when_token_at(reading, i), "before") &&
        when_word_in(when_token_at(reading, i + 1), "last")) {
        back = (back ? back : 7) + 7;
        i += 2;
    } else if (when_word_in(when_token_at(reading, i), "just") &&
               when_word_in(when_token_at(reading, i + 1), "gone")) {
        i += 2;
    }
    set_range(ret, reading->today - back, reading->today - back, WHEN_DAY);
    ret->weekday = true;
    return i - at;
}

/* --- today, yesterday, last night, the weekend --------------------------------------- */

static size_t read_weekend(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    size_t i = at;
    while (when_word_in(when_token_at(reading, i), "at|over|on|during|the|last|this|past|previous"))
        i++;
    if (i == at || !when_word_in(when_token_at(reading, i), "weekend")) return 0;
    /* The one that has begun; "last weekend" on a Sunday is the one before. */
    int32_t saturday = reading->today - (weekday_of(reading->today) - 5 + 7) % 7;
    if (when_word_in(when_token_at(reading, i - 1), "last|previous") &&
        saturday + 1 >= reading->today)
        saturday -= 7;
    i++;
    if (when_word_in(when_token_at(reading, i), "before") &&
        when_word_in(when_token_at(reading, i + 1), "last")) {
        saturday -= 7;
        i += 2;
    }
    set_range(ret, saturday, saturday + 1, WHEN_WEEK);
    return i - at;
}

size_t when_read_word(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    static const struct {
        const char *word[3];
        int back_from, back_to;
    } words[] = {
        {{"day", "before", "yesterday"}, 2, 2},
        {{"the", "other", "day|night|evening|morning"}, 7, 1},
        {{"yesterday", "morning|afternoon|evening|night|lunchtime", NULL}, 1, 1},
        {{"yesterday", NULL, NULL}, 1, 1},
        {{"last", "night", NULL}, 1, 1},
        {{"this", "morning|afternoon|evening|lunchtime", NULL}, 0, 0},
        {{"earlier", "today", NULL}, 0, 0},
        {{"today", NULL, NULL}, 0, 0},
        {{"tonight", NULL, NULL}, 0, 0},
    };
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        size_t n = 0;
        while (n < 3 && words[k].word[n] &&
               when_word_in(when_token_at(reading, at + n), words[k].word[n]))
            n++;
        if (n < 3 && words[k].word[n]) continue;
        set_range(ret, reading->today - words[k].back_from, reading->today - words[k].back_to,
                  words[k].back_from == words[k].back_to ? WHEN_DAY : WHEN_WEEK);
        return n;
    }
    return read_weekend(reading, at, ret);
}

/* --- two weeks ago, the last three months -------------------------------------------- */

/* "two", "a couple of", "2 or 3"; tokens taken, and the least and most that it can mean. */
static size_t read_quantity(const struct when_reading *reading, size_t at, int *low, int *high)
{
    static const char *const numbers[] = {"a|an|one", "two",   "three", "four", "five",   "six",
                                          "seven",    "eight", "nine",  "ten",  "eleven", "twelve"};
    size_t i = at;
    i += when_word_in(when_token_at(reading, i), "about|around|over|nearly|almost|roughly");
    size_t a = when_word_in(when_token_at(reading, i), "a");
    const struct when_token *loose = when_token_at(reading, i + a);
    if (when_word_in(loose, "couple")) {
        *low = 2, *high = 3;
        i += a + 1;
        return i + when_word_in(when_token_at(reading, i), "of") - at;
    }
    if (when_word_in(loose, "few|several")) {
        *low = 2, *high = 6;
        return i + a + 1 - at;
    }
    size_t start = i;
    for (int round = 0; round < 2; round++) {
        const struct when_token *token = when_token_at(reading, i);
        int number = token->digits && token->digits <= 2 && !token->ordinal ? token->number : 0;
        for (int k = 0; k < 12 && !number; k++)
            if (when_word_in(token, numbers[k])) number = k + 1;
        if (!number) break;
        *(round ? high : low) = number;
        if (!round) *high = number;
        i++;
        if (round || !when_word_in(when_token_at(reading, i), "or|to")) break;
        i++;
    }
    return i == start ? 0 : i - at;
}

struct unit {
    int32_t days;
    int32_t slack; /* "three weeks ago" is give or take so many days */
    enum when_precision precision;
};

static bool read_unit(const struct when_token *token, struct unit *ret)
{
    static const struct {
        const char *words;
        struct unit unit;
    } units[] = {
        {"day|days|night|nights|evening|evenings", {1, 0, WHEN_DAY}},
        {"week|weeks|wk|wks", {7, 3, WHEN_WEEK}},
        {"fortnight|fortnights", {14, 3, WHEN_WEEK}},
        {"month|months", {30, 15, WHEN_MONTH}},
        {"year|years|yr|yrs", {365, 183, WHEN_YEAR}},
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!when_word_in(token, units[i].words)) continue;
        *ret = units[i].unit;
        return true;
    }
    return false;
}

size_t when_read_ago(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    int low = 0, high = 0;
    struct unit unit;
    size_t taken = read_quantity(reading, at, &low, &high);
    if (!taken || !read_unit(when_token_at(reading, at + taken), &unit)) return 0;
    if (!when_word_in(when_token_at(reading, at + taken + 1), "ago|back")) return 0;
    if (unit.days == 1 && high > 3) unit.slack = 1;
    int32_t near = low * unit.days - unit.slack;
    set_range(ret, reading->today - high * unit.days - unit.slack,
              reading->today - (near > 0 ? near : 0), unit.precision);
    return taken + 2;
}

/* The calendar's week, month or year that holds `day`. */
static void set_calendar(struct when_span *ret, const struct unit *unit, int32_t day)
{
    struct date date = date_from_days(day);
    if (unit->days == 7) {
        int32_t monday = day - weekday_of(day);
        set_range(ret, monday, monday + 6, WHEN_WEEK);
        return;
    }
    if (unit->days == 30) date.day = 1;
    if (unit->days == 365) date.day = date.month = 1;
    struct date end = date;
    if (unit->days == 365 || date.month == 12)
        end = (struct date){(int16_t)(date.year + 1), 1, 1};
    else
        end.month++;
    set_range(ret, date_to_days(date), date_to_days(end) - 1, unit->precision);
}

/* "last week" and "this month" are the calendar's; "the last two weeks" end today. */
size_t when_read_last(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    size_t i = at;
    while (when_word_in(when_token_at(reading, i), "in|over|during|within|for|the|throughout")) i++;
    bool led = i > at;
    bool this_one = when_word_in(when_token_at(reading, i), "this");
    if (!this_one && !when_word_in(when_token_at(reading, i), "last|past|previous|earlier"))
        return 0;
    i++;
    int low = 0, high = 0;
    struct unit unit;
    size_t quantity = read_quantity(reading, i, &low, &high);
    if (!read_unit(when_token_at(reading, i + quantity), &unit)) return 0;
    i += quantity + 1;
    int32_t today = reading->today;
    if (this_one) {
        if (quantity || unit.days == 1 || unit.days == 14) return 0;
        set_calendar(ret, &unit, today);
        if (ret->to > today) ret->to = today;
    } else if (quantity || led || unit.days == 14) {
        set_range(ret, today - (quantity ? high : 1) * unit.days, today,
                  quantity || unit.days > 7 ? WHEN_PERIOD : WHEN_WEEK);
    } else if (unit.days == 1) {
        return 0; /* "last night" is a word of its own, "last day" is none */
    } else {
        struct when_span now;
        set_calendar(&now, &unit, today);
        set_calendar(ret, &unit, now.from - 1);
    }
    return i - at;
}

/* --- the year's round ---------------------------------------------------------------- */

/* Easter Sunday: the "anonymous" algorithm (Nature, 20 April 1876, p. 487). */
static int32_t easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;
    return date_to_days((struct date){(int16_t)year, (int8_t)(n / 31), (int8_t)(n % 31 + 1)});
}

static int32_t day_of(int year, int month, int day)
{
    return date_to_days((struct date){(int16_t)year, (int8_t)month, (int8_t)day});
}

/* The Monday on or after a day. */
static int32_t monday_from(int32_t day)
{
    return day + (7 - weekday_of(day)) % 7;
}

enum season {
    HALF_TERM,
    CHRISTMAS,
    NEW_YEAR,
    EASTER,
    SUMMER_HOLIDAYS,
    SPRING,
    SUMMER,
    AUTUMN,
    WINTER
};

/* The latest of its kind in `year` that has begun by `today`; false: none yet. */
static bool season_in(enum season season, int year, int month, int32_t today, struct when_span *ret)
{
    int32_t from[3], count = 1, length = 1;
    switch (season) {
    case HALF_TERM: /* Monday to Friday in the weeks most English schools take */
        from[0] = monday_from(day_of(year, 10, 22));
        from[1] = monday_from(day_of(year, 5, 25));
        from[2] = monday_from(day_of(year, 2, 12));
        count = 3, length = 5;
        break;
    case CHRISTMAS:
        from[0] = day_of(year, 12, 20), length = 15;
        break;
    case NEW_YEAR:
        from[0] = day_of(year, 12, 31), length = 2;
        break;
    case EASTER: /* Good Friday to Easter Monday */
        from[0] = easter(year) - 2, length = 4;
        break;
    case SUMMER_HOLIDAYS:
        from[0] = day_of(year, 7, 22), length = 44;
        break;
    case SPRING:
    case SUMMER:
    case AUTUMN:
    case WINTER:
        from[0] = day_of(year, 3 * (int)(season - SPRING) + 3, 1), length = 92;
        break;
    }
    for (int i = 0; i < count; i++) {
        if (from[i] > today || (month && date_from_days(from[i] + 2).month != month)) continue;
        set_range(ret, from[i], from[i] + length - 1, WHEN_PERIOD);
        return true;
    }
    return false;
}

static size_t read_season_name(const struct when_reading *reading, size_t at, enum season *ret)
{
    static const struct {
        const char *first, *second;
        enum season season;
    } names[] = {
        {"half", "term|terms", HALF_TERM},
        {"halfterm", NULL, HALF_TERM},
        {"christmas|xmas", "holidays|holiday|break|day|eve", CHRISTMAS},
        {"christmas|xmas", NULL, CHRISTMAS},
        {"new", "year|years", NEW_YEAR},
        {"easter", "holidays|holiday|break|weekend", EASTER},
        {"easter", NULL, EASTER},
        {"summer", "holidays|holiday|break", SUMMER_HOLIDAYS},
        {"spring", NULL, SPRING},
        {"summer", NULL, SUMMER},
        {"autumn", NULL, AUTUMN},
        {"winter", NULL, WINTER},
    };
    const struct when_token *first = when_token_at(reading, at);
    size_t dash = when_token_at(reading, at + 1)->mark == '-';
    const struct when_token *second = when_token_at(reading, at + 1 + dash);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!when_word_in(first, names[i].first)) continue;
        if (names[i].second && !when_word_in(second, names[i].second)) continue;
        if (names[i].season == NEW_YEAR && !first->capital && reading->strict) continue;
        *ret = names[i].season;
        return names[i].second ? 2 + dash : 1;
    }
    return 0;
}

size_t when_read_season(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    size_t i = at;
    while (when_word_in(when_token_at(reading, i),
                        "over|during|at|in|since|the|last|this|before|after|"
                        "early|late|around"))
        i++;
    if (reading->strict && i == at) return 0;
    int month = when_month(when_token_at(reading, i));
    enum season season;
    size_t taken = read_season_name(reading, i + (month != 0), &season);
    if (!taken || (month && season != HALF_TERM)) return 0;
    i += taken + (month != 0);
    const struct when_token *number = when_token_at(reading, i);
    int year = date_from_days(reading->today).year;
    if (reading->strict && number->capital) return 0; /* "at the Christmas Inn" */
    if (number->digits == 4 && number->number >= 1990 && number->number <= year)
        return season_in(season, number->number, month, reading->today, ret) ? i + 1 - at : 0;
    for (int back = 0; back < 2; back++)
        if (season_in(season, year - back, month, reading->today, ret)) return i - at;
    return 0;
}
