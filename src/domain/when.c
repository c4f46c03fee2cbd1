#include "domain/when.h"

#include "domain/when_read.h"

/* --- since, until, between ----------------------------------------------------------- */

/* "3 March to 12 March 2025": the year stands at one end only. */
static void join(const struct when_span *first, const struct when_span *last, struct when_span *ret)
{
    struct when_span from = *first;
    if (from.weekday && last->weekday && from.from > last->to) from.from -= 7;
    if (!from.year_given && from.from > last->to) {
        struct date date = date_from_days(from.from);
        date.year = date_from_days(last->to).year;
        if (date_valid(date)) from.from = date_to_days(date);
        date.year--;
        if (from.from > last->to && date_valid(date)) from.from = date_to_days(date);
    }
    *ret = *last;
    if (first->problem[0]) *ret = *first;
    if (ret->problem[0]) return;
    ret->precision = first->precision > last->precision ? first->precision : last->precision;
    ret->from = from.from;
    if (ret->from > last->to) /* the wrong way round */
        ret->from = last->from, ret->to = first->to;
}

/* A date after a word such as "since", which some patterns want to see themselves;
 * the token after it, 0 for none. */
static size_t read_led(const struct when_reading *reading, size_t at, bool led,
                       struct when_span *ret)
{
    struct when_span with;
    size_t without = when_read_one(reading, at + led, ret);
    size_t taken = led ? when_read_one(reading, at, &with) : 0;
    if (taken > without + led || (taken && !without)) {
        *ret = with;
        return at + taken;
    }
    return without ? at + led + without : 0;
}

/* A whole expression at token `at`; tokens taken, 0 for none. */
static size_t read_range(const struct when_reading *reading, size_t at, struct when_span *ret)
{
    const struct when_token *lead = when_token_at(reading, at);
    bool since = when_word_in(lead, "since"), between = when_word_in(lead, "between");
    bool led = since || between || when_word_in(lead, "from|on");
    struct when_span first, last;
    size_t end = read_led(reading, at, led, &first);
    if (!end) return 0;
    end += when_read_time(reading, end);
    const struct when_token *joint = when_token_at(reading, end);
    if (when_word_in(joint, between ? "and|to" : "to|until|till|through") || joint->mark == '-') {
        size_t more = when_read_one(reading, end + 1, &last);
        if (more) {
            join(&first, &last, ret);
            return end + 1 + more - at;
        }
    }
    if (first.recurring && when_word_in(joint, "since")) {
        size_t more = read_led(reading, end, true, &last);
        if (more && !last.problem[0]) {
            *ret = last;
            ret->to = reading->today;
            ret->precision = WHEN_PERIOD;
            return more - at;
        }
    }
    *ret = first;
    if (since && !first.problem[0] && first.from <= reading->today) {
        ret->to = reading->today;
        ret->precision = WHEN_PERIOD;
    }
    return end - at;
}

static struct date_range to_range(const struct when_span *span)
{
    return (struct date_range){.from = date_from_days(span->from),
                               .to = date_from_days(span->to < span->from ? span->from : span->to),
                               .precision = span->precision};
}

/* Is the number at byte `start` the tail of something longer: "+44 12", "7.12/3"? */
static bool is_tail(struct str text, const struct when_token *token)
{
    if (token->glued) return true;
    if (!token->digits || token->start == 0) return false;
    return strchr("/.-+:#", text.ptr[token->start - 1]) != NULL;
}

/* The first expression at or after *at; *at is where it ends.  False: none. */
static bool read_next(struct when_reading *reading, size_t *at, size_t *ret_start,
                      struct when_span *ret)
{
    while (*at < reading->text.len) {
        when_tokens(reading, *at);
        if (!reading->count) return false;
        const struct when_token *first = when_token_at(reading, 0);
        size_t taken = is_tail(reading->text, first) ? 0 : read_range(reading, 0, ret);
        if (taken) {
            *ret_start = first->start;
            *at = when_token_at(reading, taken - 1)->end;
            return true;
        }
        *at = first->end;
    }
    return false;
}

/* --- what others call ---------------------------------------------------------------- */

enum st when_parse(struct str text, struct date today, struct date_range *ret, struct err *err)
{
    struct when_reading reading = {.text = text, .today = date_to_days(today)};
    struct when_span span;
    size_t at = 0, start;
    if (!read_next(&reading, &at, &start, &span))
        return err_set(err, ST_NOT_FOUND, "There is no date in that.");
    if (span.problem[0]) {
        enum st st = err_set(err, ST_INVALID, "%s", span.problem);
        err_hint(err, "Write it like 12/3/2026 or last Friday.");
        return st;
    }
    *ret = to_range(&span);
    return ST_OK;
}

bool when_find(struct str text, size_t from, struct date today, size_t *ret_start, size_t *ret_end,
               struct date_range *ret)
{
    struct when_reading reading = {.text = text, .today = date_to_days(today), .strict = true};
    struct when_span span;
    size_t at = from;
    while (read_next(&reading, &at, ret_start, &span)) {
        if (span.problem[0]) continue;
        *ret_end = at;
        *ret = to_range(&span);
        return true;
    }
    return false;
}

bool when_from_excel(double serial, struct date *ret)
{
    /* 18264 is 1 January 1950 and 73415 is 31 December 2100. */
    if (!(serial >= 18264 && serial < 73416)) return false;
    *ret = date_from_days((int32_t)serial - 25569); /* 25569 is 1 January 1970 */
    return true;
}
