/*
 * clock: the one source of time, which tests can set, and civil dates.
 *
 * Layer: base.  Instants are milliseconds since 1970-01-01T00:00:00Z (UTC).
 * The store keeps instants; pages show Europe/London, computed by rule: summer
 * time from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
 * Sunday of October (The Summer Time Order 2002).
 */
#ifndef PENDEEN_BASE_CLOCK_H
#define PENDEEN_BASE_CLOCK_H

#include "base/str.h"

typedef int64_t instant_ms;
enum { MINUTE_MS = 60000 };

instant_ms clock_now(void);
/* From now on clock_now() answers this (it stands still); 0 gives the real
 * clock back, or the instant of clock_stop(). */
void clock_set(instant_ms now);
/* The whole program's clock stands still there, whoever sets it for a while; 0: it goes again. */
void clock_stop(instant_ms at);
/* Monotonic nanoseconds, for measuring. */
int64_t clock_tick_ns(void);

/* A day of the proleptic Gregorian calendar; month 1..12, day 1..31. */
struct date {
    int16_t year;
    int8_t month;
    int8_t day;
};

bool date_valid(struct date date);
/* Days since 1970-01-01 (may be negative), and back. */
int32_t date_to_days(struct date date);
struct date date_from_days(int32_t days);
/* 0 = Monday ... 6 = Sunday. */
int date_weekday(struct date date);

struct civil {
    struct date date;
    int8_t hour;
    int8_t minute;
    int8_t second;
    int16_t offset_minutes; /* 0 in winter, 60 in summer */
};

/* London's wall clock at an instant. */
struct civil clock_london(instant_ms instant);
/* The day that it is then in London, since 1970. */
int32_t clock_day(instant_ms instant);
int32_t clock_today(void); /* that of now */
/* The instant at which London's wall clock shows this.  An hour that does not
 * exist (spring) is read in winter time; one that comes twice (autumn) is its
 * first coming. */
instant_ms clock_from_london(struct civil civil);

/* "2026-03-12" */
struct str date_iso(struct arena *arena, struct date date);
/* "12 March 2026" */
struct str date_words(struct arena *arena, struct date date);
/* "12 March 2026, 16:50", London; in the hour that comes twice, " BST" or " GMT" behind it. */
struct str clock_words(struct arena *arena, instant_ms instant);
/* "2026-03-12T16:50:00Z" */
struct str clock_iso(struct arena *arena, instant_ms instant);
/* YYYY-MM-DD and nothing else. */
bool date_parse_iso(struct str text, struct date *ret);

#endif
