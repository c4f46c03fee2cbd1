/*
 * work_measure: how well the rest of the work is done, beside referrals (desk_measure): return
 * interviews that were offered, held and passed on; children who go missing again; how long what
 * was told waits for a Forum; actions by their day; whether the ethnic group is known.
 *
 * Layer: domain.  Figures of services, never of a child, and of no person.  Seen and hidden as
 * desk_measure's are: all, or what one's own organisation reported, handed in, has to do or
 * referred (ACT_MEASURES), less what names its reader or is kept from them.  What organisations
 * hand in is told apart by Forum and never by organisation: who told stays untold.
 */
#ifndef PENDEEN_DOMAIN_WORK_MEASURE_H
#define PENDEEN_DOMAIN_WORK_MEASURE_H

#include "domain/desk_measure.h"

enum work_measure {
    /* return interviews offered before their clock ran out, by the month of the return */
    WORK_OFFERED,
    WORK_HELD,      /* … and held */
    WORK_PASSED_ON, /* of interviews that may be passed on, by the child's wish: something was */
    /* episodes of children who had not been missing in the time before, by their month */
    WORK_ONCE,
    WORK_COLLATED,  /* submissions that a representative shared on before the clock ran out */
    WORK_ACTIONS,   /* actions done by their day, by the month in which they are due */
    WORK_ETHNICITY, /* children in referrals whose ethnic group is given; as domain/completeness */
    WORK_MEASURES
};
const char *work_measure_name(enum work_measure measure); /* "interviews-offered" */
bool work_measure_from_name(struct str name, enum work_measure *ret);
/* Are its groups Forums?  Else organisations. */
bool work_measure_by_forum(enum work_measure measure);

/* Within how many days another time counts as missing again: of the pack. */
int32_t work_again_days(const struct app *app);

enum { WORK_DAYS_NONE = -1 };
struct work_table {
    /* its rows by organisation are Forums where work_measure_by_forum */
    struct measure_table figures;
    /* Of WORK_COLLATED: half of those that were shared on waited so many days or fewer;
     * WORK_DAYS_NONE: not shown, or none was.  As the rows of the figures. */
    int32_t month_days[MEASURE_MONTHS];
    int32_t *group_days;
    int32_t all_days;
};
/* The twelve months to now, of the measures whose bits are set; the others are left as they are. */
enum st work_measures_read(struct app *app, struct arena *arena, const struct person *who,
                           unsigned wanted, struct work_table ret[static WORK_MEASURES],
                           struct err *err) MUST_USE;

#endif
