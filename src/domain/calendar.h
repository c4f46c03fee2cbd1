/*
 * calendar: bank holidays, office hours, and the instants at which clocks run out.
 *
 * Layer: domain (needs base only).  Everything is reckoned on the wall clock of
 * Europe/London and answered as an instant.  Days off and hours come from the area
 * pack; nothing is assumed beyond the last day that its list of holidays covers, and
 * whoever asks can see that day and warn before it.
 *
 * Three ways of counting:
 *   elapsed hours   the hours that pass, whatever the wall clock does
 *   office hours    only minutes in which the office is open; a clock that "runs on"
 *                   waits for the office to open but does not stop when it closes
 *   working days    to the same time of day on the n-th working day after the day of
 *                   the start, or to the close of that day.  What comes when the office
 *                   is closed ends with that day's close, or, of a clock that waits for the
 *                   office, counts as come when it next opens (docs/decisions/0151).
 */
#ifndef PENDEEN_DOMAIN_CALENDAR_H
#define PENDEEN_DOMAIN_CALENDAR_H

#include "base/clock.h"
#include "base/str.h"

struct calendar {
    const int32_t *holiday; /* days since 1970, rising */
    size_t holiday_count;
    int32_t covers_to; /* the last day for which holidays are known */
};

/* When an office is open: minutes after midnight; from == to: closed that day. */
struct opening {
    int16_t from;
    int16_t to;
};
struct office_hours {
    struct str id;
    struct str label;       /* "Office hours" */
    struct opening day[7];  /* Monday first */
    struct opening holiday; /* on a bank holiday, whatever weekday it is */
    struct date verified;   /* when somebody asked; year 0: nobody has */
    struct str note;        /* for whoever maintains the pack */
    size_t line;            /* of hours.txt */
};

enum clock_unit { ELAPSED_HOURS, OFFICE_HOURS, WORKING_DAYS };
struct clock_rule {
    struct str id;
    struct str label;
    struct str source; /* where the rule comes from */
    enum clock_unit unit;
    int32_t amount;
    bool runs_on;  /* office hours: does not stop when the office closes */
    bool to_close; /* working days: to the end of the day, not to the same time */
    bool when_open; /* working days: what comes out of hours has come when the office opens */
};

bool calendar_is_holiday(const struct calendar *calendar, int32_t day);
/* A day on which the office opens at all and that is no holiday. */
bool calendar_is_working_day(const struct calendar *calendar, const struct office_hours *hours,
                             int32_t day);
bool calendar_is_open(const struct calendar *calendar, const struct office_hours *hours,
                      instant_ms at);
/* The next instant at which the office opens (or closes), at or after `at`; 0 when it
 * does not within a year. */
instant_ms calendar_opens(const struct calendar *calendar, const struct office_hours *hours,
                          instant_ms at);
instant_ms calendar_closes(const struct calendar *calendar, const struct office_hours *hours,
                           instant_ms at);

/* When a clock that starts at `start` runs out; 0 when the office never opens. */
instant_ms calendar_due(const struct calendar *calendar, const struct office_hours *hours,
                        const struct clock_rule *rule, instant_ms start);

/* The day by which what came on `day` is answered within so many months: the same day of that
 * month, its last where there is none; if that is a Saturday, a Sunday or a holiday, the next day
 * that is not.  UK GDPR, article 12(3), as the Information Commissioner counts it. */
int32_t calendar_months_after(const struct calendar *calendar, int32_t day, int months);

/* Does the list of holidays run out within `days` of this instant? */
bool calendar_runs_out(const struct calendar *calendar, instant_ms at, int days);

#endif
