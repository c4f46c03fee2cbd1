/*
 * timeline: what is known of one thing, or of several, in the order of time.
 *
 * Layer: domain.  An event is a submission that names one of them, at the day on which it was
 * seen, or else came; a decision of people about them; or a measure.  Made of what the scope
 * sees, afresh each time.  A time with nothing known is a gap, and is said.
 */
#ifndef PENDEEN_DOMAIN_TIMELINE_H
#define PENDEEN_DOMAIN_TIMELINE_H

#include "domain/scope.h"

enum { TIMELINE_EVENTS_MAX = 500, TIMELINE_ENTITIES_MAX = 500 };

/* Rows of the picture: what a submission names beside the one thing (or of the several), by
 * kind, and what people did. */
enum timeline_lane {
    TIMELINE_PERSON,
    TIMELINE_VEHICLE,
    TIMELINE_PHONE,
    TIMELINE_ACCOUNT,
    TIMELINE_PLACE,
    TIMELINE_ALONE,   /* named by itself */
    TIMELINE_SAID,    /* people said: the same, or different */
    TIMELINE_MEASURE, /* of the register */
    TIMELINE_LANES
};
const char *timeline_lane_name(enum timeline_lane lane);
const char *timeline_lane_label(enum timeline_lane lane);

struct timeline_event {
    int32_t day;
    unsigned lanes;     /* bits */
    bool came;          /* when it was seen is not known: the day on which it came */
    struct str words;
    int64_t submission; /* 0: none */
    int64_t mention;    /* of a decision: its pair */
    int64_t other;
    int64_t measure;
};

/* Of these entities (any mentions of them), newest first.  Events after `until` (0: none) are left
 * out: as it was known then.  *ret_more: there are older ones. */
enum st timeline_read(const struct scope *scope, struct arena *arena, const int64_t *entity,
                      size_t count, instant_ms until, struct timeline_event **ret,
                      size_t *ret_count, bool *ret_more, struct err *err) MUST_USE;

/* A time in which nothing is known. */
struct timeline_gap {
    int32_t from; /* the day before it that has something */
    int32_t to;   /* the day after it */
};
/* Between `first` and `last`, with events at these days (falling), longer than so many days. */
size_t timeline_gaps(const int32_t *day, size_t count, int32_t first, int32_t last, int32_t longer,
                     struct timeline_gap *ret, size_t maximum);

#endif
