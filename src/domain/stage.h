/*
 * stage: where a submission is on its way, and what its sender is told of that.
 *
 * Layer: domain.  What a practitioner hands in goes to the representative of their
 * organisation; a Forum sees it once it was shared with one, and then reads the version
 * that the representative wrote (domain/forward.h).  The engine compares it from the first
 * moment all the same.  What those hand in who sanitise themselves, what is imported, and
 * what a referral names is shared at once.  Who may see what by stage is for
 * domain/access.h to decide.
 */
#ifndef PENDEEN_DOMAIN_STAGE_H
#define PENDEEN_DOMAIN_STAGE_H

#include "domain/app.h"
#include "domain/mention.h"

enum stage {
    STAGE_REPRESENTATIVE, /* with the representative of the organisation */
    STAGE_HELD,           /* the representative holds it back, for a reason */
    STAGE_RETURNED,       /* given back to whoever sent it, with a reason */
    STAGE_SHARED,         /* a Forum has it */
    STAGE_WITHDRAWN,      /* by whoever sent it, before it was shared */
    STAGE_MARU,           /* it went to the referral unit instead */
    STAGE_CLOSED,         /* with a reason, after a Forum had it */
    STAGE_COUNT
};

const char *stage_name(enum stage stage);
bool stage_from_name(struct str name, enum stage *ret);
/* Has a Forum got it? */
bool stage_is_shared(enum stage stage);

/* What whoever handed it in is told, and never more. */
enum feedback {
    FEEDBACK_RECEIVED,
    FEEDBACK_REPRESENTATIVE, /* with your representative */
    FEEDBACK_RETURNED,
    FEEDBACK_WITHDRAWN,
    FEEDBACK_SENT_ON, /* to the referral unit, where nobody has taken it on yet */
    FEEDBACK_SHARED,
    FEEDBACK_LINKED,
    FEEDBACK_ACTION,
    FEEDBACK_NO_ACTION,
    FEEDBACK_COUNT
};
/* Ids of the area pack's feedback.txt: "received", "no-action". */
const char *feedback_name(enum feedback feedback);

struct stage_state {
    int64_t submission;
    enum stage stage;
    struct str forum;         /* that has it, or that of its organisation */
    bool by_name;             /* its sender may be named to the Forum */
    bool urgent;              /* it holds words of danger */
    int64_t version;          /* of what the Forum reads; 0: as it was written */
    instant_ms created_at;
    instant_ms changed_at;    /* since when it is in this stage */
    instant_ms opened_at;     /* a representative has read it; 0: not yet */
    instant_ms shared_at;     /* a Forum first got it; 0: not yet */
    struct str reason;        /* code: why it is held, returned or closed */
    enum feedback feedback;
    struct str feedback_reason; /* code, of no action, of a return or of the referral unit */
    instant_ms feedback_at;     /* since when that is so */
    int64_t revision;
};
/* Texts in the arena.  Without asking who: for the domain's own use and for pages that have
 * asked.  ST_NOT_FOUND. */
enum st stage_read(struct app *app, struct arena *arena, int64_t submission,
                   struct stage_state *ret, struct err *err) MUST_USE;
/* The same in the caller's transaction. */
enum st stage_load(struct db *db, struct arena *arena, int64_t submission, struct stage_state *ret,
                   struct err *err) MUST_USE;

/* The ids of what this Forum first got from `from` on and before `to`, oldest first, at
 * most `maximum`: of what this scope may read. */
struct scope;
enum st stage_shared_between(struct app *app, struct arena *arena, const struct scope *scope,
                             struct str forum, instant_ms from, instant_ms to, size_t maximum,
                             int64_t **ret, size_t *ret_count, struct err *err) MUST_USE;

/* What came of it: "led to action" or "no action" with a reason code of feedback.txt, in the
 * caller's transaction.  The sender is told so, and no more.  ST_INVALID: no action without a
 * reason that the pack has, or neither of the two; ST_CONFLICT: no Forum has it. */
enum st stage_act(struct app *app, struct db *db, int64_t by, int64_t submission,
                  enum feedback feedback, struct str reason, struct err *err) MUST_USE;

/* --- for submission.c and forward.c -------------------------------------------------------- */

/* How a new one begins. */
struct stage_start {
    enum stage stage;
    bool by_name;
    bool urgent;
    instant_ms at;        /* when it came */
    instant_ms shared_at; /* 0: not yet */
    int64_t adds_to;      /* an earlier one of the same sender; 0: none */
};
enum st stage_begin(struct db *db, int64_t submission, const struct stage_start *start,
                    struct err *err) MUST_USE;

#endif
