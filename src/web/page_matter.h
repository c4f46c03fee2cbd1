/*
 * page_matter: the forms of meetings, actions, measures and hand-overs: a table says what each
 * asks, one view draws it, with what was typed, what is wrong, and what somebody else saved
 * meanwhile.
 *
 * Layer: web.
 */
#ifndef PENDEEN_WEB_PAGE_MATTER_H
#define PENDEEN_WEB_PAGE_MATTER_H

#include "domain/area_meeting.h"
#include "domain/meeting.h"
#include "web/layout.h"
#include "web/pages.h"

enum { MATTER_FIELDS = 8 };

enum matter_kind {
    MATTER_END,
    MATTER_TERMS,  /* radios: the pack's entries of a kind */
    MATTER_SELECT, /* the same, as a list */
    MATTER_YES_NO,
    MATTER_PEOPLE, /* who sits in the Forum of the meeting */
    MATTER_FORUMS, /* the reader's own */
    MATTER_ALL_FORUMS,
    MATTER_LINE,
    MATTER_AREA,
};

struct matter_field {
    enum matter_kind kind;
    const char *name;
    const char *label;
    const char *hint; /* NULL: none */
    enum meeting_kind terms;
};

struct matter_form {
    const char *title;
    const char *intro; /* NULL: none */
    const char *button;
    struct matter_field field[MATTER_FIELDS];
};

struct matter_pair {
    const char *name;
    struct str value;
};

struct matter_drawing {
    struct request *request;
    const struct matter_form *form;
    const struct meeting *meeting; /* for MATTER_PEOPLE; may be NULL */
    struct str caption;
    struct url see;
    struct url action;
    int64_t version;
    const struct err *problem; /* NULL: as it is opened */
    const char *at;            /* the field that is wrong; NULL: none */
    struct matter_pair first[MATTER_FIELDS];  /* what stands in a field when it is opened */
    struct matter_pair theirs[MATTER_FIELDS]; /* after a conflict: label and what stands now */
    struct matter_pair kept[MATTER_FIELDS];   /* hidden fields */
    struct html above;                        /* what it is about, above the form */
};
void matter_draw(const struct matter_drawing *drawing, struct response *response);

/* The same end for each: on to `then`, the form again with what is wrong, or the page that
 * says so. */
void matter_answer(struct matter_drawing *drawing, struct response *response, enum st outcome,
                   const struct err *err, struct url then);

/* What happened with an action or a measure, in page_action.c. */
struct matter_event;
struct view_matter;
void matter_draw_events(struct request *request, const struct matter_event *events, size_t count,
                        struct view_matter *view);

#endif
