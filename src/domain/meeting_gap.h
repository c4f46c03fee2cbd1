/*
 * meeting_gap: what is not known, counted for a meeting's agenda: fields that are missing in what
 * came since the meeting before, what is not graded or waits for a second person, questions
 * without an answer, what nobody has said a word of in time.
 *
 * Layer: domain.  Found afresh for each reader, of the submissions that they see the links of; a
 * figure counts what the list behind it holds.  Figures of information, never of a child.
 */
#ifndef PENDEEN_DOMAIN_MEETING_GAP_H
#define PENDEEN_DOMAIN_MEETING_GAP_H

#include "domain/meeting.h"

enum meeting_gap_kind {
    GAP_OF_DAY,      /* no day when it happened */
    GAP_OF_PLACE,    /* no place named */
    GAP_OF_NAMES,    /* nothing named that could be linked */
    GAP_OF_HOW,      /* not said how it is known */
    GAP_OF_GRADE,    /* not graded */
    GAP_OF_SECOND,   /* a grading waits for a second person */
    GAP_OF_ANSWER,   /* a question was asked, and nobody has answered */
    GAP_OF_WORD,     /* nobody has said in time what came of it */
    MEETING_GAPS
};
enum { MEETING_GAP_LIST_MAX = 200 };

struct meeting_gap {
    enum meeting_gap_kind kind;
    size_t count;
    int64_t submission[MEETING_GAP_LIST_MAX]; /* the oldest first */
};
const char *meeting_gap_name(enum meeting_gap_kind kind);  /* "day": as in the address */
const char *meeting_gap_label(enum meeting_gap_kind kind); /* "No day when it happened" */
bool meeting_gap_from_name(struct str name, enum meeting_gap_kind *ret);

/* One for each kind; all empty for who sees no links. */
enum st meeting_gaps(const struct scope *scope, struct db *db, const struct meeting *meeting,
                     struct meeting_gap ret[static MEETING_GAPS], struct err *err) MUST_USE;

#endif
