/*
 * completeness: of what is asked, how much is known: for each question of a referral and of a
 * child's record, how often it was answered, is not known, or was left blank.
 *
 * Layer: domain.  Figures of how work is done, never of a child.  Of the referrals that were sent
 * and the records that were begun in the twelve months to now; seen as measures are (ACT_MEASURES).
 * "Not applicable" is an answer.  A question that is asked of some alone, and signs, are left out.
 * Answered, not known and blank add up to all: where one of them is small others are hidden beside
 * it (domain/small.h).  Not known and blank go together first: of the ethnic groups in referrals a
 * measure says how many were answered, and how many were not (WORK_ETHNICITY).
 */
#ifndef PENDEEN_DOMAIN_COMPLETENESS_H
#define PENDEEN_DOMAIN_COMPLETENESS_H

#include "domain/app.h"
#include "domain/access.h"
#include "domain/questions.h"

enum field_holder { FIELDS_OF_REFERRALS, FIELDS_OF_RECORDS, FIELD_HOLDERS };
enum field_state { FIELD_GIVEN, FIELD_NOT_KNOWN, FIELD_BLANK, FIELD_STATES };

struct field_row {
    struct str key;  /* of the question */
    struct str part; /* title of its section */
    struct str label;
    int64_t of; /* how many were asked */
    int64_t count[FIELD_STATES];
    bool of_hidden;
    bool hidden[FIELD_STATES];
};
struct field_table {
    /* ethnic groups first, then in the order of the form; none that nobody was asked */
    struct field_row *row;
    size_t count;
};

const char *field_holder_name(enum field_holder holder); /* "referral", "record" */
/* What an answer counts as. */
enum field_state field_state_of(enum answer_kind kind);
enum st completeness_read(struct app *app, struct arena *arena, const struct person *who,
                          struct field_table ret[static FIELD_HOLDERS], struct err *err) MUST_USE;

#endif
