#include "domain/when_read.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

/* --- tokens -------------------------------------------------------------------------- */

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c < 0x2000);
}

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == 0x2019;
}

static size_t read_digits(struct str text, size_t at, struct when_token *token)
{
    int64_t number = 0;
    while (at < text.len && is_digit((unsigned char)text.ptr[at])) {
        if (token->digits < 9) number = number * 10 + (text.ptr[at] - '0');
        if (token->digits < 99) token->digits++;
        at++;
    }
    token->number = (int32_t)number;
    struct str suffix = str_sub(text, at, 2);
    bool ends = at + 2 >= text.len || !is_letter((unsigned char)text.ptr[at + 2]);
    if (ends && (str_eq_nocase(suffix, STR("st")) || str_eq_nocase(suffix, STR("nd")) ||
                 str_eq_nocase(suffix, STR("rd")) || str_eq_nocase(suffix, STR("th")))) {
        token->ordinal = true;
        at += 2;
    }
    return at;
}

static size_t read_letters(struct str text, size_t at, struct when_token *token)
{
    size_t len = 0;
    token->capital = text.ptr[at] >= 'A' && text.ptr[at] <= 'Z';
    while (at < text.len) {
        size_t next = at;
        uint32_t c = utf8_next(text, &next);
        if (!is_letter(c) && !is_apostrophe(c)) break;
        at = next;
        if (is_apostrophe(c)) continue;
        if (len < WHEN_WORD - 1) token->word[len] = (char)(c < 0x80 ? c | 0x20 : '?');
        len++;
    }
    token->word[len < WHEN_WORD ? len : 0] = '\0';
    return at;
}

void when_tokens(struct when_reading *reading, size_t from)
{
    struct str text = reading->text;
    bool glued = from > 0 && (is_digit((unsigned char)text.ptr[from - 1]) ||
                              is_letter((unsigned char)text.ptr[from - 1]));
    size_t at = from;
    reading->count = 0;
    while (at < text.len && reading->count < WHEN_TOKENS) {
        size_t next = at;
        uint32_t c = utf8_next(text, &next);
        if (c <= ' ' || c == 0xA0) {
            at = next;
            glued = false;
            continue;
        }
        struct when_token token = {.start = at, .number = -1, .glued = glued};
        if (is_digit(c)) {
            at = read_digits(text, at, &token);
        } else if (is_letter(c)) {
            at = read_letters(text, at, &token);
        } else {
            token.mark = c == 0x2013 || c == 0x2014 || c == 0x2212 ? '-' : c < 0x80 ? (char)c : '?';
            at = next;
        }
        token.end = at;
        reading->token[reading->count++] = token;
        glued = true;
    }
}

const struct when_token *when_token_at(const struct when_reading *reading, size_t at)
{
    static const struct when_token none = {.number = -1};
    return at < reading->count ? &reading->token[at] : &none;
}

bool when_word_in(const struct when_token *token, const char *words)
{
    size_t len = strlen(token->word);
    if (!len) return false;
    for (const char *hit = words; (hit = strstr(hit, token->word)); hit++)
        if ((hit == words || hit[-1] == '|') && (hit[len] == '\0' || hit[len] == '|')) return true;
    return false;
}

int when_month(const struct when_token *token)
{
    static const char *const names[12] = {"january|jan", "february|feb", "march|mar",
                                          "april|apr",   "may",          "june|jun",
                                          "july|jul",    "august|aug",   "september|sept|sep",
                                          "october|oct", "november|nov", "december|dec"};
    for (int i = 0; i < 12; i++)
        if (when_word_in(token, names[i])) return i + 1;
    return 0;
}

/* --- days by their number ------------------------------------------------------------ */

static const char *const month_names[12] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};

static int this_year(const struct when_reading *reading)
{
    return date_from_days(reading->today).year;
}

/* "26" is 2026 and "87" is 1987: the latest year that is not after next year. */
static int whole_year(const struct when_reading *reading, const struct when_token *token)
{
    if (token->digits > 2) return token->number;
    int year = this_year(reading) / 100 * 100 + token->number;
    return year <= this_year(reading) + 1 ? year : year - 100;
}

static void set_problem(struct when_span *ret, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void set_problem(struct when_span *ret, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(ret->problem, sizeof ret->problem, format, args);
    va_end(args);
}

/* A day of a known year (year > 0), or of the latest year in which it is not after
 * today (year 0). */
static void set_day(const struct when_reading *reading, int year, int month, int day,
                    struct when_span *ret)
{
    *ret = (struct when_span){.precision = WHEN_DAY, .year_given = year > 0};
    if (month < 1 || month > 12) {
        set_problem(ret, "There is no month %d. Dates are read day first, then month.", month);
        return;
    }
    if (year > 0 && (year < 1900 || year > this_year(reading) + 1)) {
        set_problem(ret, "The year %d cannot be right.", year);
        return;
    }
    /* 29 February: eight years back there is one for certain. */
    int first = year > 0 ? year : this_year(reading), last = year > 0 ? year : first - 8;
    for (int y = first; y >= last; y--) {
        struct date date = {(int16_t)y, (int8_t)month, (int8_t)(day < 100 ? day : 0)};
        if (!date_valid(date)) continue;
        ret->from = ret->to = date_to_days(date);
        if (year > 0 || ret->from <= reading->today) return;
    }
    set_problem(ret, "There is no %d %s.", day, month_names[month - 1]);
}

static void set_month(const struct when_reading *reading, int year, int month,
                      struct when_span *ret)
{
    set_day(reading, year, month, 1, ret);
    if (ret->problem[0]) return;
    struct date from = date_from_days(ret->from);
    bool december = from.month == 12;
    struct date next = {(int16_t)(from.year + december), (int8_t)(december ? 1 : from.month + 1),
                        1};
    ret->to = date_to_days(next) - 1;
    ret->precision = WHEN_MONTH;
}

static bool is_separator(const struct when_token *token, char which)
{
    return token->glued && token->mark &&
           (which ? token->mark == which : strchr("/.-", token->mark) != NULL);
}

/* Is the two-part number a fraction or the like, or only a part of a longer one? */
static bool is_no_date(const struct when_reading *reading, size_t at)
{
    const struct when_token *after = when_token_at(reading, at + 3);
    if (when_token_at(reading, at)->number == 24 && when_token_at(reading, at + 2)->number == 7)
        return true;
    if (is_separator(after, 0) && when_token_at(reading, at + 4)->glued &&
        when_token_at(reading, at + 4)->digits)
        return true;
    return when_word_in(after, "hour|hours|mile|miles|pint|way|of|price|people|times|bottle|full|"
                               "pupils|children|sessions|days|lessons|years|year|yr|yrs");
}

/* 12/3, 12/03/2026, 12.3.26, 12-03-2026 and 2026-03-12. */
static size_t read_numbers(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    const struct when_token *a = when_token_at(reading, at), *b = when_token_at(reading, at + 2),
                            *c = when_token_at(reading, at + 4);
    char separator = when_token_at(reading, at + 1)->mark;
    if (!a->digits || a->ordinal || !is_separator(when_token_at(reading, at + 1), 0)) return 0;
    if (!b->digits || b->digits > 2 || b->ordinal || !b->glued) return 0;
    bool three = is_separator(when_token_at(reading, at + 3), separator) && c->digits && c->glued &&
                 !c->ordinal;
    const struct when_token *after = when_token_at(reading, at + (three ? 5 : 3));
    bool joined = after->glued && after->word[0] && !when_word_in(after, "t");
    if (joined) return 0; /* "12-03-20AB" */
    if (three && is_separator(after, separator) && when_token_at(reading, at + 6)->digits &&
        when_token_at(reading, at + 6)->glued)
        return 0; /* four parts: an address of the internet, a number */
    if (three && a->digits == 4 && c->digits <= 2) {
        set_day(reading, a->number, b->number, c->number, ret);
        return 5;
    }
    if (a->digits > 2) return 0;
    if (three) {
        if (c->digits != 2 && c->digits != 4) return 0;
        set_day(reading, whole_year(reading, c), b->number, a->number, ret);
        return 5;
    }
    if (separator != '/' || is_no_date(reading, at)) return 0;
    set_day(reading, 0, b->number, a->number, ret);
    return 3;
}

/* A year after a month: its token count (with a comma or dash), 0 for none. */
static size_t read_year_after(const struct when_reading *reading, size_t at, int *ret)
{
    size_t skip = when_token_at(reading, at)->mark == ',' ||
                  when_token_at(reading, at)->mark == '-' ||
                  when_token_at(reading, at)->mark == '/';
    const struct when_token *token = when_token_at(reading, at + skip);
    const struct when_token *after = when_token_at(reading, at + skip + 1);
    if (token->ordinal || (after->glued && (after->mark == ':' || after->word[0]))) return 0;
    bool dashed = skip && token->glued && when_token_at(reading, at)->glued;
    bool short_year = token->digits == 2 && (dashed || (!reading->strict && !skip));
    if (token->digits != 4 && !short_year) return 0;
    *ret = whole_year(reading, token);
    return skip + 1;
}

/* "Friday 12th March 2026", "12-Mar-26", "3 and 12 March", "12th of March" */
static size_t read_day_month(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    size_t i = at;
    bool plural, is_short, sure = false;
    if (when_weekday(when_token_at(reading, i), &plural, &is_short) >= 0) {
        sure = true;
        i += 1 + (when_token_at(reading, i + 1)->mark == ',');
    }
    i += when_word_in(when_token_at(reading, i), "the");
    const struct when_token *first = when_token_at(reading, i), *last = first;
    if (!first->digits || first->digits > 2) return 0;
    i++;
    const struct when_token *joint = when_token_at(reading, i);
    const struct when_token *second = when_token_at(reading, i + 1);
    if ((joint->mark == '-' || joint->mark == '&' || when_word_in(joint, "and|to|or|until|till")) &&
        second->digits && second->digits <= 2) {
        last = second;
        i += 2;
    }
    sure |= first->ordinal || last->ordinal;
    if (when_word_in(when_token_at(reading, i), "of")) i++;
    if (is_separator(when_token_at(reading, i), 0)) i++;
    const struct when_token *word = when_token_at(reading, i);
    int month = when_month(word), year = 0;
    if (!month || (word->glued && word->start == first->end && reading->strict)) return 0;
    size_t more = read_year_after(reading, ++i, &year);
    if (reading->strict && month == 5 && !word->capital && !sure && !more) return 0;
    set_day(reading, year, month, first->number, ret);
    if (last != first && !ret->problem[0]) {
        struct when_span end;
        set_day(reading, year ? year : date_from_days(ret->from).year, month, last->number, &end);
        if (end.problem[0])
            *ret = end;
        else if (end.to > ret->from)
            ret->to = end.to;
    }
    return i + more - at;
}

/* "March 12th, 2026" */
static size_t read_month_day(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    int month = when_month(when_token_at(reading, at)), year = 0;
    size_t i = at + 1 + when_word_in(when_token_at(reading, at + 1), "the");
    const struct when_token *day = when_token_at(reading, i);
    const struct when_token *after = when_token_at(reading, i + 1);
    if (!month || !day->digits || day->digits > 2 || day->number < 1) return 0;
    if (after->glued && (after->mark == ':' || after->word[0])) return 0;
    if (reading->strict && !day->ordinal && !when_token_at(reading, at)->capital) return 0;
    size_t more = read_year_after(reading, i + 1, &year);
    set_day(reading, year, month, day->number, ret);
    return i + 1 + more - at;
}

/* "March 2026", "in March", "early March", "the end of March 2026" */
static size_t read_month(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    size_t i = at;
    bool led =
        when_word_in(when_token_at(reading, i), "in|during|last|this|since|around|throughout|"
                                                "until|from|by|before|after|through");
    if (led) i++;
    if (when_word_in(when_token_at(reading, i), "the|about|around")) i++;
    int third = when_word_in(when_token_at(reading, i), "early|beginning|start") ? 1
                : when_word_in(when_token_at(reading, i), "mid|middle")          ? 2
                : when_word_in(when_token_at(reading, i), "late|end")            ? 3
                                                                                 : 0;
    if (third) i++;
    if (third && when_token_at(reading, i)->mark == '-') i++;
    if (third && when_word_in(when_token_at(reading, i), "of")) i++;
    const struct when_token *word = when_token_at(reading, i);
    int month = when_month(word), year = 0;
    if (!month) return 0;
    size_t more = read_year_after(reading, ++i, &year);
    if (reading->strict && !more && (!word->capital || !(led || third))) return 0;
    set_month(reading, year, month, ret);
    if (third == 1) ret->to = ret->from + 9;
    if (third == 2) ret->to = ret->from + 19, ret->from += 10;
    if (third == 3) ret->from += 20;
    return i + more - at;
}

/* "in 2025"; alone where nothing else can be meant. */
static size_t read_year(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    size_t i = at;
    bool led = when_word_in(when_token_at(reading, i), "in|during|since|throughout|from|until");
    if (led) i++;
    const struct when_token *token = when_token_at(reading, i);
    const struct when_token *after = when_token_at(reading, i + 1);
    if (token->digits != 4 || token->ordinal || (reading->strict && !led)) return 0;
    if (after->glued &&
        (after->word[0] || (after->mark && after->mark != '.' && after->mark != ',' &&
                            after->mark != ')' && after->mark != ';')))
        return 0;
    if (reading->strict && (token->number < 1990 || token->number > this_year(reading))) return 0;
    set_day(reading, token->number, 1, 1, ret);
    if (ret->problem[0]) return i + 1 - at;
    ret->to = date_to_days((struct date){(int16_t)token->number, 12, 31});
    ret->precision = WHEN_YEAR;
    return i + 1 - at;
}

/* "on the 12th": the latest 12th. */
static size_t read_nth(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    size_t i = at + when_word_in(when_token_at(reading, at), "on|since");
    if (reading->strict && i == at) return 0;
    i += when_word_in(when_token_at(reading, i), "the");
    const struct when_token *token = when_token_at(reading, i);
    const struct when_token *after = when_token_at(reading, i + 1);
    if (!token->ordinal || token->digits > 2 || token->number < 1 || token->number > 31) return 0;
    if (reading->strict &&
        (after->word[0] && !when_word_in(after, "at|about|around|he|she|they|and|"
                                                "when|in|it|a|the|near|outside")))
        return 0; /* "on the 12th floor" */
    for (int32_t day = reading->today; day > reading->today - 62; day--) {
        if (date_from_days(day).day != token->number) continue;
        *ret = (struct when_span){.from = day, .to = day, .precision = WHEN_DAY};
        return i + 1 - at;
    }
    return 0;
}

size_t when_read_time(const struct when_reading *reading, size_t at)
{
    size_t i = at;
    if (when_token_at(reading, i)->mark == ',') i++;
    bool led = false;
    while (when_word_in(when_token_at(reading, i),
                        "at|about|around|approx|roughly|just|before|after|"
                        "past|half|quarter|gone") ||
           when_token_at(reading, i)->mark == '@') {
        led = true;
        i++;
    }
    const struct when_token *hour = when_token_at(reading, i);
    if (when_word_in(hour, "noon|midday|midnight|lunchtime|lunch|teatime|dusk|dawn"))
        return i + 1 - at;
    if (hour->ordinal || !hour->digits || hour->digits > 4) return 0;
    const struct when_token *mark = when_token_at(reading, ++i);
    bool told = false;
    if (mark->glued && (mark->mark == ':' || mark->mark == '.') &&
        when_token_at(reading, i + 1)->digits == 2 && when_token_at(reading, i + 1)->glued) {
        told = true;
        i += 2;
    }
    if (when_word_in(when_token_at(reading, i), "am|pm|oclock|hrs|hours")) {
        told = true;
        i++;
    } else if (hour->digits > 2 && !told) {
        return 0;
    }
    return told || (led && hour->number <= 24 && hour->digits <= 2) ? i - at : 0;
}

size_t when_read_one(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    static size_t (*const patterns[])(const struct when_reading *, size_t, struct when_span *) = {
        read_numbers,  read_day_month, read_month_day,    read_month,
        read_year,     read_nth,       when_read_weekday, when_read_word,
        when_read_ago, when_read_last, when_read_season,
    };
    size_t longest = 0;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct when_span span = {0};
        size_t taken = patterns[i](reading, at, &span);
        if (taken <= longest) continue;
        longest = taken;
        *ret = span;
    }
    return longest;
}
