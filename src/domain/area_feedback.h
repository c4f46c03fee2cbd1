/*
 * area_feedback: feedback.txt, the words of the way to a Forum: what whoever shared
 * something is told of it, and the reasons why it is held, returned or closed.
 *
 * Layer: domain (needs base only).  Read with the pack (domain/area.h), then only read.
 */
#ifndef PENDEEN_DOMAIN_AREA_FEEDBACK_H
#define PENDEEN_DOMAIN_AREA_FEEDBACK_H

#include "domain/area.h"
#include "domain/area_text.h"

enum area_reason_kind {
    AREA_REASON_STATE,     /* no reason: what the sender is told, by id */
    AREA_REASON_HOLD,
    AREA_REASON_RETURN,
    AREA_REASON_NO_ACTION,
    AREA_REASON_CLOSE,
    /* words that may tell who said so: label says what they tell, words are phrases, one a line */
    AREA_REASON_SOURCE,
    /* sources that may fit one person together: words are their ids, one a line */
    AREA_REASON_TOGETHER,
    AREA_REASON_MARU,      /* what the referral unit made of what a representative sent it */
    AREA_REASON_KINDS
};

struct area_reason {
    enum area_reason_kind kind;
    struct str id;
    struct str label;
    struct str words; /* what the sender is told: never more than this */
    struct str source;
};

/* The program asks for these states by name; a pack that lacks one is refused.  They are
 * the names of enum feedback (domain/stage.h). */
#define AREA_STATES                                                                                \
    "received", "representative", "returned", "withdrawn", "sent-on", "shared", "linked",          \
        "action", "no-action"

/* And for these of what may tell who said so (domain/telltale.h). */
#define AREA_TELLTALES "name", "workplace", "place", "time"
/* And for these of what the unit answers. */
#define AREA_MARU_REFERRED "referral-made"
#define AREA_MARU_BACK "given-back"

/* In the order of the file. */
const struct area_reason *area_reasons(const struct area *area, enum area_reason_kind kind,
                                       size_t *ret_count);
/* NULL: there is no pack or no such entry of that kind. */
const struct area_reason *area_reason_find(const struct area *area, enum area_reason_kind kind,
                                           struct str id);
/* Its words to the sender, or the id where the pack has none. */
struct str area_reason_words(const struct area *area, enum area_reason_kind kind, struct str id);
struct str area_reason_label(const struct area *area, enum area_reason_kind kind, struct str id);

/* --- for area.c ------------------------------------------------------------------------ */

struct area_feedback {
    struct area_reason *reason[AREA_REASON_KINDS];
    size_t count[AREA_REASON_KINDS];
};
const struct area_feedback *area_feedback_of(const struct area *area);
/* ST_INVALID names file, line and reason. */
enum st area_feedback_read(struct arena *arena, struct area_text *text, struct area_feedback *ret,
                           struct err *err) MUST_USE;

#endif
