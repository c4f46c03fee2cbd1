/*
 * area_meeting: what of the area pack the Forums meet by: meeting.txt.
 *
 * Layer: domain (needs base only).  Read with the pack (domain/area.h), then only read.
 */
#ifndef PENDEEN_DOMAIN_AREA_MEETING_H
#define PENDEEN_DOMAIN_AREA_MEETING_H

#include "domain/area.h"
#include "domain/area_text.h"

enum meeting_kind {
    MEETING_CADENCE,
    MEETING_SECTION,
    MEETING_QUORUM,
    MEETING_OUTCOME,
    MEETING_DISRUPTION,
    MEETING_MAIL,
    MEETING_KINDS
};

/* What a section takes in by itself; bits. */
enum meeting_holds {
    HOLDS_ACTION = 1,
    HOLDS_CHILD = 2,
    HOLDS_PERSON = 4,
    HOLDS_VEHICLE = 8,
    HOLDS_PHONE = 16,
    HOLDS_ACCOUNT = 32,
    HOLDS_LOCATION = 64,
    HOLDS_MISSING = 128,
    HOLDS_DISRUPTION = 256,
    HOLDS_ESCALATION = 512,
    HOLDS_GAP = 1024,     /* what is not known, in figures (domain/meeting_gap.h) */
    HOLDS_PATTERN = 2048, /* patterns that somebody accepted */
    HOLDS_SUPPORT = 4096, /* what became of the support of children */
};

/* The program asks for these by name; a pack that lacks one is refused. */
#define MAIL_SOON "soon"
#define MAIL_CLOCK_SOON "clock-soon" /* a clock of the desk */
#define MAIL_CLOCK_OVER "clock-over"
#define MAIL_LATE "late"
#define MAIL_ESCALATED "escalated"
#define MAIL_URGENT "urgent"
#define MAIL_HANDED_OVER "handed-over"
#define MAIL_GIVEN "given"
#define MAIL_WATCHED "watched" /* may be left out */

/* One entry of meeting.txt.  What a kind does not have is empty. */
struct meeting_term {
    enum meeting_kind kind;
    struct str id;
    struct str label;
    struct str hint;
    struct str source;
    struct str forum;   /* cadence */
    struct date first;  /* cadence */
    int32_t weeks;      /* cadence: every so many; disruption: until its review */
    int16_t minute;     /* cadence: of the day */
    const struct office_hours *hours; /* cadence */
    unsigned holds;     /* section: bits */
    int32_t most;       /* section; 0: nothing comes by itself */
    int32_t people;     /* quorum */
    struct str sectors; /* quorum: keys of settings.txt, one a line; may be empty */
    bool tells_action;  /* outcome: else that nothing was done, and why: */
    struct str reason;  /* outcome: an id of feedback.txt */
    bool needs_action;  /* outcome */
    struct str sort;    /* disruption: "direct", "indirect", "locational" */
    struct str basis;   /* disruption */
    bool names_child;   /* disruption */
    int32_t days;       /* mail */
    struct str subject; /* mail */
    struct str words;   /* mail */
};

/* In the order of the file. */
const struct meeting_term *area_meeting_terms(const struct area *area, enum meeting_kind kind,
                                              size_t *ret_count);
/* NULL: there is no such entry of that kind. */
const struct meeting_term *area_meeting_find(const struct area *area, enum meeting_kind kind,
                                             struct str id);
/* Its label; the id itself where the pack has no such entry any more. */
struct str area_meeting_label(const struct area *area, enum meeting_kind kind, struct str id);
/* "West Forum" */
struct str area_forum_name(const struct area *area, struct str forum);

/* When a Forum meets next by its cadence, after `after`; 0: the pack does not say. */
instant_ms area_meeting_next(const struct area *area, struct str forum, instant_ms after);

/* --- for area.c ------------------------------------------------------------------------ */

struct area_meeting {
    struct meeting_term *term[MEETING_KINDS];
    size_t term_count[MEETING_KINDS];
};
const struct area_meeting *area_meeting_of(const struct area *area);
/* ST_INVALID names file, line and reason.  settings, hours and forums are read before. */
enum st area_meeting_read(const struct area *area, struct arena *arena, struct area_text *text,
                          struct area_meeting *ret, struct err *err) MUST_USE;

#endif
