/*
 * grade: what an analyst makes of a submission: how far the source can be relied on, how the
 * source knows it, and how it may be handled.
 *
 * Layer: domain.  The codes are those of the area pack (grading.txt).  Gradings are only ever
 * added: a later one stands over an earlier one, and of two that were written at once each says
 * that the other was there.  Where the pack asks for a second person (suspected to be false, a
 * handling condition, or another condition than the one that is there) a grading is proposed
 * until somebody else agrees.  Nobody grades what they handed in.  A grade is of information,
 * never of a child.
 */
#ifndef PENDEEN_DOMAIN_GRADE_H
#define PENDEEN_DOMAIN_GRADE_H

#include "domain/area_grading.h"
#include "domain/scope.h"

struct grade_line {
    int64_t id;
    int64_t number;
    int64_t base;
    struct str scheme;
    struct str source;      /* "source:2" */
    struct str information; /* "information:C" */
    struct str handling;    /* "handling:P" */
    struct str by;
    instant_ms at;
    struct str reason;
    struct str state;       /* "stands", "proposed", "declined" */
    struct str second;      /* who agreed or did not; empty: nobody yet */
    instant_ms second_at;
    struct str second_reason;
    bool older;             /* of an older scheme: kept as it came */
    bool current;           /* the one that counts */
    bool at_once;           /* its author had not seen the one before it */
    bool may_second;        /* this person may agree or decline */
};

struct grade_view {
    struct str reference;
    struct str handling; /* the condition that is there now */
    bool own;            /* handed in by this person: they may not grade it */
    int64_t latest;      /* number of the newest grading; 0: none */
    struct grade_line *line; /* newest first */
    size_t count;
};
/* ST_NOT_FOUND: no such submission, or not one that this person may grade. */
enum st grades_read(struct app *app, struct arena *arena, const struct person *who,
                    int64_t submission, struct grade_view *ret, struct err *err) MUST_USE;

struct grade_draft {
    struct str scheme; /* empty: the current one */
    struct str source;
    struct str information;
    struct str handling;
    struct str seen; /* the condition that `handling` was chosen beside; empty: nobody says */
    struct str reason;
    int64_t base; /* number of the newest grading that its author saw */
};
/* Adds one.  *ret_field is the form's name of what is wrong.  ST_DENIED: one's own; ST_CONFLICT:
 * somebody has graded it since (nothing is kept: both are shown, and it can be sent again), or its
 * condition is not as it was seen (nothing is kept), or it was withdrawn; ST_INVALID. */
enum st grade_add(struct app *app, const struct person *who, int64_t submission,
                  const struct grade_draft *draft, const char **ret_field,
                  struct err *err) MUST_USE;
/* Agrees to a proposed one, or declines it.  ST_DENIED: whoever proposed it, or handed the
 * submission in; ST_CONFLICT: it was answered meanwhile; ST_INVALID: no reason. */
enum st grade_second(struct app *app, const struct person *who, int64_t submission, int64_t grade,
                     bool agree, struct str reason, struct err *err) MUST_USE;

/* The grading that counts, in a word or two: "2 C P"; "proposed", "older: 5x5x5"; empty: none. */
struct grade_short {
    struct str source;
    struct str information;
    struct str handling;
    bool stands;
    bool proposed;
    bool older;
};
enum st grade_short_of(struct db *db, struct arena *arena, const struct area *area,
                       int64_t submission, struct grade_short *ret, struct err *err) MUST_USE;

/* What waits: not graded yet, or proposed and waiting for a second person who is not its author. */
struct grade_waiting {
    int64_t submission;
    struct str reference;
    struct str excerpt;
    struct str sector;
    instant_ms since; /* when the Forum got it; of a proposal, when it was made */
    bool second;      /* a grading waits for a second person */
    bool older;       /* graded by an older scheme alone */
};
enum { GRADE_QUEUE_MAX = 200 };
/* Oldest first, of what this person may grade; *ret_ungraded and *ret_proposed say how many of
 * each there are. */
enum st grades_waiting(struct app *app, struct arena *arena, const struct person *who,
                       struct grade_waiting **ret, size_t *ret_count, int64_t *ret_ungraded,
                       int64_t *ret_proposed, struct err *err) MUST_USE;
/* The two numbers alone, of the first GRADES_COUNTED that nobody graded; *ret_more: there are
 * others. */
enum { GRADES_COUNTED = 2000 };
enum st grades_count(struct app *app, struct arena *arena, const struct person *who,
                     int64_t *ret_ungraded, int64_t *ret_proposed, bool *ret_more,
                     struct err *err) MUST_USE;

#endif
