/*
 * when: dates as people write them.
 *
 * Layer: domain (needs base only).  "last Friday about 4", "12/3", "12.3.26",
 * "March 2026", "most Fridays since half term", "two weeks ago", "between 3 and
 * 12 March", "2026-03-12".  Numbers are read in British order, day first, always.
 * A date without a year is the latest one that is not after `today`; so is a day
 * of the week.  What is vague becomes a range of whole days.
 *
 * Half terms, Easter and Christmas are found by rule (the usual weeks in
 * England), so a range that starts from one of them may be a week off.
 */
#ifndef PENDEEN_DOMAIN_WHEN_H
#define PENDEEN_DOMAIN_WHEN_H

#include "base/clock.h"
#include "base/err.h"

enum when_precision {
    WHEN_DAY,    /* one day, or named first and last days */
    WHEN_WEEK,   /* about a week: "last week", "the weekend", "two weeks ago" */
    WHEN_MONTH,  /* "March", "early March", "last month" */
    WHEN_YEAR,   /* "2025" */
    WHEN_PERIOD, /* anything longer or looser: "since half term", "most Fridays" */
};

struct date_range {
    struct date from;
    struct date to; /* never before `from` */
    enum when_precision precision;
};

/* The first date in the text, which may hold other words ("last Friday about 4,
 * I think").  ST_NOT_FOUND: there is none.  ST_INVALID: what is there cannot be
 * (31/2, month 13, a year that is not within 1900 and next year); `public` says
 * why.  *ret is written on ST_OK alone. */
enum st when_parse(struct str text, struct date today, struct date_range *ret,
                   struct err *err) MUST_USE;

/* The next date at or after byte `from` of running text: more careful than
 * when_parse, for a narrative is full of numbers and of the word "may".  Dates
 * that cannot be are passed over. */
bool when_find(struct str text, size_t from, struct date today, size_t *ret_start, size_t *ret_end,
               struct date_range *ret);

/* A day as Excel counts it (1 = 1 January 1900, with the leap day of 1900 that
 * never was); a fraction is the time of day.  False outside 1950 to 2100: a cell
 * with such a number is no date. */
bool when_from_excel(double serial, struct date *ret);

#endif
