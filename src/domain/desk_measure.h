/*
 * desk_measure: how well referrals are handled: the share that is decided within the clock,
 * whose referrer was told, and of partner checks that are answered in time, by month and by
 * organisation.
 *
 * Layer: domain.  Figures of services, never of a child.  A count under five is not shown, be it
 * of those that were in time or of those that were not, nor one by which it could be worked out
 * (domain/small.h).  Made of what the reader may see (ACT_MEASURES): all, or
 * their own organisation.
 */
#ifndef PENDEEN_DOMAIN_DESK_MEASURE_H
#define PENDEEN_DOMAIN_DESK_MEASURE_H

#include "domain/desk.h"

enum desk_measure { MEASURE_DECIDED, MEASURE_FEEDBACK, MEASURE_CHECKS, MEASURES };
enum { MEASURE_MONTHS = 12 };

const char *measure_name(enum desk_measure measure); /* "decided", "feedback", "checks" */
bool measure_from_name(struct str name, enum desk_measure *ret);

struct measure_row {
    int32_t month;        /* year * 12 + month - 1; of a row by month */
    int64_t organisation; /* of a row by organisation */
    struct str label;     /* "March 2026", or the organisation */
    int64_t good;
    int64_t total;
    bool hidden; /* good and total are not to be shown */
};
struct measure_table {
    struct measure_row month[MEASURE_MONTHS]; /* oldest first, every month */
    struct measure_row *organisation;         /* by name, those that have any */
    size_t organisation_count;
    struct measure_row all;
};

/* The twelve months to now. */
enum st measure_read(struct app *app, struct arena *arena, const struct person *who,
                     enum desk_measure measure, struct measure_table *ret,
                     struct err *err) MUST_USE;

/* The month of an instant in London, and the word for it. */
int32_t measure_month(instant_ms at);
struct str measure_month_label(struct arena *arena, int32_t month);

/* Of one case: does it count in this measure (*ret_counts), and is it good? */
bool measure_of_case(const struct desk_case *desk, enum desk_measure measure, instant_ms now,
                     bool *ret_counts);

/* Hides what is small and what would give it away: for tests. */
void measure_hide(struct measure_table *table, struct arena *arena);

#endif
