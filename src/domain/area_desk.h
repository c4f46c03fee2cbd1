/*
 * area_desk: what of the area pack the MARU desk works by: clocks.txt, how long each step
 * may take, and desk.txt, the words it chooses from.
 *
 * Layer: domain (needs base only).  Read with the pack (domain/area.h), then only read.
 */
#ifndef PENDEEN_DOMAIN_AREA_DESK_H
#define PENDEEN_DOMAIN_AREA_DESK_H

#include "domain/area.h"
#include "domain/area_text.h"

/* A clock and the office by which it is reckoned. */
struct area_clock {
    struct clock_rule rule;
    const struct office_hours *hours;
};
/* The program asks for these by name; a pack that lacks one is refused. */
#define CLOCK_DECISION "decision"
#define CLOCK_WRITTEN "written-confirmation"
#define CLOCK_FEEDBACK "feedback"
#define CLOCK_CONFERENCE "conference"
#define CLOCK_ASSESSMENT "assessment"
#define CLOCK_TRANSFER "transfer"
#define CLOCK_SIGN_OFF "sign-off"
#define CLOCK_RETURN_INTERVIEW "return-interview"
#define CLOCK_REPRESENTATIVE "representative"
#define CLOCK_FORUM_WORD "forum-word"

/* NULL: the pack has no such clock. */
const struct area_clock *area_clock_find(const struct area *area, struct str id);
/* When a clock that starts at `start` runs out.  0: there is no pack, no such clock, or the
 * office never opens. */
instant_ms area_clock_due(const struct area *area, const char *id, instant_ms start);

enum desk_kind {
    DESK_RATING,
    DESK_OUTCOME,
    DESK_NO_ACTION,
    DESK_CHECK_ANSWER,
    DESK_AGENCY,
    DESK_MEETING,
    DESK_MEETING_RESULT,
    DESK_STAGE,
    DESK_FEEDBACK,
    DESK_BOUNDARY,
    DESK_KINDS
};

/* One entry of desk.txt.  What a kind does not have is empty. */
struct desk_term {
    enum desk_kind kind;
    struct str id;
    struct str label;
    struct str hint;
    struct str words;    /* feedback: what the referrer is told */
    struct str colour;   /* rating: "red", "amber", "green", "blue" */
    struct str feedback; /* outcome: an id of kind feedback */
    struct str sectors;  /* agency: keys of settings.txt, one a line */
    const struct area_clock *clock;  /* rating: of its partner checks; stage: of itself */
    const struct area_clock *starts; /* outcome, meeting-result */
    bool needs_reason;   /* outcome: one of the no-action reasons too */
    bool enquiry;        /* outcome: an enquiry, which has its strategy meeting */
    bool leaves_open;    /* check-answer, meeting-result: more is still wanted */
    struct str source;
};
/* In the order of the file: of ratings the most urgent, of stages the first, comes first. */
const struct desk_term *area_desk_terms(const struct area *area, enum desk_kind kind,
                                        size_t *ret_count);
/* NULL: there is no such entry of that kind. */
const struct desk_term *area_desk_find(const struct area *area, enum desk_kind kind, struct str id);
/* Its label; the id itself where the pack has no such entry any more. */
struct str area_desk_label(const struct area *area, enum desk_kind kind, struct str id);

/* --- for area.c ------------------------------------------------------------------------ */

struct area_desk {
    struct area_clock *clock;
    size_t clock_count;
    struct desk_term *term[DESK_KINDS];
    size_t term_count[DESK_KINDS];
};
const struct area_desk *area_desk_of(const struct area *area);
/* ST_INVALID names file, line and reason.  clocks.txt is read first. */
enum st area_clocks_read(const struct area *area, struct arena *arena, struct area_text *text,
                         struct area_desk *ret, struct err *err) MUST_USE;
enum st area_desk_read(const struct area *area, struct arena *arena, struct area_text *text,
                       struct area_desk *ret, struct err *err) MUST_USE;

#endif
