#include "domain/calendar.h"

enum { LOOKED_AHEAD = 370, MINUTE = 60000 };

static int minute_of(instant_ms at)
{
    struct civil civil = clock_london(at);
    return civil.hour * 60 + civil.minute;
}

/* The instant of a minute of a day.  Of an hour that comes twice, the first. */
static instant_ms instant_of(int32_t day, int minute)
{
    struct civil civil = {.date = date_from_days(day + minute / 1440),
                          .hour = (int8_t)(minute % 1440 / 60),
                          .minute = (int8_t)(minute % 60)};
    return clock_from_london(civil);
}

static struct opening opening_of(const struct calendar *calendar, const struct office_hours *hours,
                                 int32_t day)
{
    if (calendar_is_holiday(calendar, day)) return hours->holiday;
    return hours->day[date_weekday(date_from_days(day))];
}

static bool opens_at_all(struct opening opening)
{
    return opening.to > opening.from;
}

bool calendar_is_holiday(const struct calendar *calendar, int32_t day)
{
    size_t low = 0;
    size_t high = calendar->holiday_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (calendar->holiday[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < calendar->holiday_count && calendar->holiday[low] == day;
}

bool calendar_is_working_day(const struct calendar *calendar, const struct office_hours *hours,
                             int32_t day)
{
    return !calendar_is_holiday(calendar, day) && opens_at_all(opening_of(calendar, hours, day));
}

bool calendar_is_open(const struct calendar *calendar, const struct office_hours *hours,
                      instant_ms at)
{
    struct opening opening = opening_of(calendar, hours, clock_day(at));
    int minute = minute_of(at);
    return minute >= opening.from && minute < opening.to;
}

instant_ms calendar_opens(const struct calendar *calendar, const struct office_hours *hours,
                          instant_ms at)
{
    if (calendar_is_open(calendar, hours, at)) return at;
    int32_t today = clock_day(at);
    for (int32_t day = today; day < today + LOOKED_AHEAD; day++) {
        struct opening opening = opening_of(calendar, hours, day);
        instant_ms opens = instant_of(day, opening.from);
        if (opens_at_all(opening) && opens >= at) return opens;
    }
    return 0;
}

instant_ms calendar_closes(const struct calendar *calendar, const struct office_hours *hours,
                           instant_ms at)
{
    instant_ms open = calendar_opens(calendar, hours, at);
    if (!open) return 0;
    int32_t day = clock_day(open);
    int to = opening_of(calendar, hours, day).to;
    /* Open to midnight and on: it closes where the next day's opening does not join. */
    while (to == 1440 && day < clock_day(open) + LOOKED_AHEAD) {
        struct opening next = opening_of(calendar, hours, day + 1);
        if (!opens_at_all(next) || next.from != 0) break;
        day++;
        to = next.to;
    }
    if (day >= clock_day(open) + LOOKED_AHEAD) return 0; /* never */
    return instant_of(day, to);
}

static instant_ms due_in_office_hours(const struct calendar *calendar,
                                      const struct office_hours *hours,
                                      const struct clock_rule *rule, instant_ms start)
{
    instant_ms left = (instant_ms)rule->amount * 60 * MINUTE;
    instant_ms at = calendar_opens(calendar, hours, start);
    if (rule->runs_on || !at) return at ? at + left : 0;
    for (;;) {
        instant_ms closes = calendar_closes(calendar, hours, at);
        if (!closes || closes - at >= left) return at + left;
        left -= closes - at;
        at = calendar_opens(calendar, hours, closes);
        if (!at) return 0;
    }
}

/* The first working day from this one on; -1: there is none within a year. */
static int32_t working_day_from(const struct calendar *calendar, const struct office_hours *hours,
                                int32_t day)
{
    for (int32_t last = day + LOOKED_AHEAD; day < last; day++)
        if (calendar_is_working_day(calendar, hours, day)) return day;
    return -1;
}

/* Days are counted after the day on which it comes, whatever the hour: what comes at ten at night
 * has no day more than what came at noon.  Only a rule that waits for the office counts after the
 * day on which that opens next. */
static instant_ms due_in_working_days(const struct calendar *calendar,
                                      const struct office_hours *hours,
                                      const struct clock_rule *rule, instant_ms start)
{
    int32_t day = clock_day(start);
    int minute = minute_of(start);
    struct opening opening = opening_of(calendar, hours, day);
    if (!calendar_is_working_day(calendar, hours, day) || minute >= opening.to) {
        minute = 1440; /* the last moment at which it can have come that day */
        if (rule->when_open || rule->amount == 0) {
            day = working_day_from(calendar, hours, day + 1);
            if (day < 0) return 0;
            minute = 0;
        }
    }
    for (int32_t left = rule->amount; left > 0; left--) {
        day = working_day_from(calendar, hours, day + 1);
        if (day < 0) return 0;
    }
    opening = opening_of(calendar, hours, day);
    /* A day that is shorter than the first ends the clock when it closes. */
    if (rule->to_close || minute > opening.to) minute = opening.to;
    if (minute < opening.from) minute = opening.from;
    return instant_of(day, minute);
}

instant_ms calendar_due(const struct calendar *calendar, const struct office_hours *hours,
                        const struct clock_rule *rule, instant_ms start)
{
    switch (rule->unit) {
    case OFFICE_HOURS: return due_in_office_hours(calendar, hours, rule, start);
    case WORKING_DAYS: return due_in_working_days(calendar, hours, rule, start);
    default: return start + (instant_ms)rule->amount * 60 * MINUTE;
    }
}

int32_t calendar_months_after(const struct calendar *calendar, int32_t day, int months)
{
    enum { SATURDAY = 5 };
    struct date date = date_from_days(day);
    int month = date.month - 1 + months;
    date.year = (int16_t)(date.year + month / 12);
    date.month = (int8_t)(month % 12 + 1);
    while (!date_valid(date)) date.day--;
    int32_t last = date_to_days(date);
    while (calendar_is_holiday(calendar, last) || date_weekday(date_from_days(last)) >= SATURDAY)
        last++;
    return last;
}

bool calendar_runs_out(const struct calendar *calendar, instant_ms at, int days)
{
    return clock_day(at) + days > calendar->covers_to;
}
