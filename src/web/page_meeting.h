/*
 * page_meeting: what the pages of meetings share.
 *
 * Layer: web.
 */
#ifndef PENDEEN_WEB_PAGE_MEETING_H
#define PENDEEN_WEB_PAGE_MEETING_H

#include "domain/meeting.h"
#include "web/layout.h"
#include "web/pages.h"

/* "Mid Forum, 12 March 2026, 10:00" */
struct str meeting_caption(struct request *request, const struct meeting *meeting);
struct url meeting_step_url(struct arena *arena, int64_t meeting, enum meeting_action action);
struct url item_step_url(struct arena *arena, int64_t item, enum meeting_action action);
/* "Take off the agenda" */
const char *item_step_label(enum meeting_action action);

/* The minutes as the reader sees them: who was here, and the parts. */
struct html meeting_minutes_text(struct request *request, const struct meeting_minutes *minutes);

/* The item, and what is named together with it beside it, the most often first; lines go from the
 * first to each other.  count 0: nothing is near. */
enum { MEETING_PICTURE_WIDTH = 440 };
struct meeting_picture_node {
    double x;
    double y;
    enum link_kind kind;
    struct str title;
};
struct meeting_picture {
    struct meeting_picture_node node[1 + BRIEF_RELATIONS_MAX];
    size_t count;
    double height;
    struct str words;
};
void meeting_picture(struct arena *arena, const struct app *app, const struct item_brief *brief,
                     struct meeting_picture *ret);

#endif
