/*
 * page_child: what the pages of a child's record share.
 *
 * Layer: web, private to page_child*.c.
 */
#ifndef PENDEEN_WEB_PAGE_CHILD_H
#define PENDEEN_WEB_PAGE_CHILD_H

#include "domain/area.h"
#include "domain/area_child.h"
#include "domain/child.h"
#include "domain/child_form.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

enum child_tab { TAB_RECORD, TAB_SIGNS, TAB_TIME, TAB_MISSING, TAB_BUNDLE, TAB_KEEP, TABS };

/* Opens the record of the path; answers with the error page when it cannot. */
bool child_page_open(struct request *request, struct response *response, struct child_file *ret);
/* The same for whoever may also decide how long it is kept; to others it is missing. */
bool child_page_open_to_keep(struct request *request, struct response *response,
                             struct child_file *ret);
/* Name, references, tabs: the head of every page of the record. */
struct html child_head(struct request *request, const struct child_file *file, enum child_tab tab);
/* The name that the record goes by, or its reference. */
struct str child_title(const struct child_file *file);
/* "Wella Trevose (CH-…)" for captions. */
struct str child_caption(struct request *request, const struct child_file *file);
/* "5 March 2026" out of "2026-03-05"; what is no such day as it is. */
struct str child_day_words(struct arena *arena, struct str iso);
/* "Lowenna Kitto, 5 March 2026, 10:20" */
struct str child_by(struct request *request, const struct child_file *file, int64_t account,
                    instant_ms at);
/* A fact's value in words. */
struct str child_fact_words(struct request *request, const struct child_entry *entry);

/* Back to a page of the record, with a word about what was saved. */
void child_saved(struct request *request, struct response *response, struct url where,
                 const char *code);

#endif
