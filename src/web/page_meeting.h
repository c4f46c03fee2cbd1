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

#endif
