/*
 * work_measure_internal: counting, for the files of work_measure.
 *
 * Layer: domain, private to work_*.c.
 */
#ifndef PENDEEN_DOMAIN_WORK_MEASURE_INTERNAL_H
#define PENDEEN_DOMAIN_WORK_MEASURE_INTERNAL_H

#include "domain/scope.h"
#include "domain/work_measure.h"

struct work_days;

struct work_counting {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct scope *scope;
    unsigned wanted;
    instant_ms now;
    instant_ms since;    /* where the first of the months begins */
    int32_t first_month; /* year * 12 + month - 1 */
    struct work_table *table;
    struct work_days *days; /* of each row of WORK_COLLATED */
};

bool work_wants(const struct work_counting *counting, enum work_measure measure);
/* Counts one that belongs to that instant's month; in none, if that is not among them. */
void work_count(struct work_counting *counting, enum work_measure measure, instant_ms at,
                struct str group, bool good);
struct str work_forum_name(const struct work_counting *counting, struct str forum);

/* work_missing.c: the four of missing episodes. */
enum st work_count_missing(struct work_counting *counting, struct err *err) MUST_USE;

#endif
