#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t fixed_now;
static _Atomic int64_t stopped_at; /* where clock_set(0) leads back to; 0: the real clock */

instant_ms clock_now(void)
{
    int64_t fixed = atomic_load(&fixed_now);
    if (!fixed) fixed = atomic_load(&stopped_at);
    if (fixed) return fixed;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (instant_ms)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_set(instant_ms now)
{
    atomic_store(&fixed_now, now);
}

void clock_stop(instant_ms at)
{
    atomic_store(&stopped_at, at);
}

int64_t clock_tick_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool date_valid(struct date d)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1) return false;
    return d.day <= days[d.month - 1] + (d.month == 2 && leap(d.year));
}

/* Howard Hinnant, "chrono-compatible low-level date algorithms", 2013. */
int32_t date_to_days(struct date d)
{
    int32_t year = d.year - (d.month <= 2);
    int32_t era = (year >= 0 ? year : year - 399) / 400;
    int32_t of_era = year - era * 400;
    int32_t of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct date date_from_days(int32_t days)
{
    days += 719468;
    int32_t era = (days >= 0 ? days : days - 146096) / 146097;
    int32_t day_of_era = days - era * 146097;
    int32_t of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t of_year = day_of_era - (365 * of_era + of_era / 4 - of_era / 100);
    int32_t m = (5 * of_year + 2) / 153;
    int32_t month = m < 10 ? m + 3 : m - 9;
    return (struct date){.year = (int16_t)(of_era + era * 400 + (month <= 2)),
                         .month = (int8_t)month,
                         .day = (int8_t)(of_year - (153 * m + 2) / 5 + 1)};
}

int date_weekday(struct date date)
{
    int32_t days = date_to_days(date) + 3; /* 1970-01-01 was a Thursday */
    return (int)(((days % 7) + 7) % 7);
}

/* 01:00 UTC on the last Sunday of a month that has 31 days. */
static instant_ms last_sunday(int year, int month)
{
    struct date last = {(int16_t)year, (int8_t)month, 31};
    int32_t days = date_to_days(last) - (date_weekday(last) + 1) % 7;
    return ((instant_ms)days * 24 + 1) * 3600000;
}

static bool summer(instant_ms instant, int year)
{
    return instant >= last_sunday(year, 3) && instant < last_sunday(year, 10);
}

static int32_t floor_days(instant_ms ms)
{
    int64_t days = ms / 86400000;
    return (int32_t)(days - (ms % 86400000 < 0));
}

struct civil clock_london(instant_ms instant)
{
    int year = date_from_days(floor_days(instant)).year;
    int offset = summer(instant, year) ? 60 : 0;
    instant_ms local = instant + offset * 60000;
    int32_t days = floor_days(local);
    int64_t of_day = local - (int64_t)days * 86400000;
    return (struct civil){.date = date_from_days(days),
                          .hour = (int8_t)(of_day / 3600000),
                          .minute = (int8_t)(of_day / 60000 % 60),
                          .second = (int8_t)(of_day / 1000 % 60),
                          .offset_minutes = (int16_t)offset};
}

int32_t clock_day(instant_ms instant)
{
    return date_to_days(clock_london(instant).date);
}

int32_t clock_today(void)
{
    return clock_day(clock_now());
}

instant_ms clock_from_london(struct civil c)
{
    instant_ms wall = ((instant_ms)date_to_days(c.date) * 86400 + c.hour * 3600 + c.minute * 60 +
                       c.second) * 1000;
    instant_ms as_summer = wall - 3600000;
    return summer(as_summer, c.date.year) ? as_summer : wall;
}

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

struct str date_iso(struct arena *arena, struct date d)
{
    return str_fmt(arena, "%04d-%02d-%02d", d.year, d.month, d.day);
}

/* Lists are full of days, and printf is slow.  No number is negative. */
static char *put_number(char *at, int number)
{
    if (number >= 10) at = put_number(at, number / 10);
    *at = (char)('0' + number % 10);
    return at + 1;
}

enum { DATE_WORDS_MAX = 24 };

static char *put_date(char *at, struct date d)
{
    at = put_number(at, d.day);
    *at++ = ' ';
    at = stpcpy(at, months[d.month - 1]);
    *at++ = ' ';
    return put_number(at, d.year);
}

struct str date_words(struct arena *arena, struct date d)
{
    char text[DATE_WORDS_MAX];
    if (!date_valid(d)) return STR("");
    return str_dup(arena, str_of(text, (size_t)(put_date(text, d) - text)));
}

/* In the hour that autumn repeats: which of the two it is; else nothing. */
static const char *which_coming(instant_ms instant, struct civil c)
{
    if (c.date.month != 10) return "";
    instant_ms first = clock_from_london(c);
    if (clock_london(first).offset_minutes == clock_london(first + 3600000).offset_minutes ||
        clock_london(first + 3600000).hour != c.hour)
        return "";
    return instant - first < 3600000 ? " BST" : " GMT";
}

static char *put_two(char *at, int number)
{
    *at++ = (char)('0' + number / 10);
    *at++ = (char)('0' + number % 10);
    return at;
}

struct str clock_words(struct arena *arena, instant_ms instant)
{
    char text[DATE_WORDS_MAX + sizeof ", 00:00 BST"];
    struct civil c = clock_london(instant);
    if (!date_valid(c.date)) return STR("");
    char *at = stpcpy(put_date(text, c.date), ", ");
    at = put_two(at, c.hour);
    *at++ = ':';
    at = stpcpy(put_two(at, c.minute), which_coming(instant, c));
    return str_dup(arena, str_of(text, (size_t)(at - text)));
}

struct str clock_iso(struct arena *arena, instant_ms instant)
{
    int32_t days = floor_days(instant);
    struct date d = date_from_days(days);
    int64_t s = (instant - (int64_t)days * 86400000) / 1000;
    return str_fmt(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day,
                   (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

bool date_parse_iso(struct str text, struct date *ret)
{
    int64_t year, month, day;
    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-') return false;
    if (!str_to_int(str_sub(text, 0, 4), &year) || !str_to_int(str_sub(text, 5, 2), &month) ||
        !str_to_int(str_sub(text, 8, 2), &day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) return false;
    struct date date = {(int16_t)year, (int8_t)month, (int8_t)day};
    if (!date_valid(date)) return false;
    *ret = date;
    return true;
}
