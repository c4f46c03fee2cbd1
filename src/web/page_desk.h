/*
 * page_desk: what the pages of the MARU desk share.
 *
 * Layer: web, private to page_desk*.c.
 */
#ifndef PENDEEN_WEB_PAGE_DESK_H
#define PENDEEN_WEB_PAGE_DESK_H

#include "domain/desk.h"
#include "domain/referral.h"
#include "web/draw_clock.h"
#include "web/layout.h"
#include "web/pages.h"
#include "web/referral_parts.h"

/* "red" and so on; empty: not rated. */
struct str desk_rating_colour(struct app *app, struct str rating);
/* Instead of the children's names (referral_children). */
#define DESK_NO_CHILD "No child is named"
/* The page of one step: /desk/7/do/rating, with ?check= when it is about one. */
struct url desk_step_url(struct arena *arena, int64_t referral, enum desk_action action,
                         int64_t check);
/* "Set the rating": what the link to it says. */
const char *desk_step_label(enum desk_action action, const struct desk_case *desk);
/* The children's allocated workers and how to reach them, as the referral says; empty: none. */
struct str desk_workers(struct arena *arena, const struct referral *referral);
/* What representatives sent instead of sharing it with a Forum (page_desk_sent.c). */
struct view_desk;
enum st desk_sent_draw(struct request *request, struct view_desk *view, struct err *err) MUST_USE;
/* Notices of the desk, for the page of notices: feedback, checks, what is due. */
enum st desk_notices_draw(struct request *request, struct buf *out, bool *ret_any,
                          struct err *err) MUST_USE;

#endif
