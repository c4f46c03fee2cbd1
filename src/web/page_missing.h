/*
 * page_missing: what the pages of missing episodes share.
 *
 * Layer: web, private to page_missing*.c.
 */
#ifndef PENDEEN_WEB_PAGE_MISSING_H
#define PENDEEN_WEB_PAGE_MISSING_H

#include "domain/missing_alert.h"
#include "web/page_child.h"

/* "Missing since 12 March 2026, 16:50, for 3 hours", or from when to when. */
struct str missing_when(struct request *request, const struct missing_line *line);
/* The state of the return interview in words, with its clock where one runs. */
struct html missing_clock(struct request *request, const struct missing_line *line);
/* Facts put to people, with the forms that answer them; `back` is where they lead afterwards. */
struct html missing_facts(struct request *request, const struct missing_alert *alert, size_t count,
                          struct str back);
/* The picture of a child's episodes, day by day, with the table of the same (draw_missing.c). */
struct html draw_missing_calendar(struct request *request, const struct missing_line *line,
                                  size_t count);

#endif
