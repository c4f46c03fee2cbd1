/*
 * page_suggestions: what was asked of the list of suggestions, which goes along to each pair that
 * is opened from it, so that somebody goes on to the next.
 *
 * Layer: web.
 */
#ifndef PENDEEN_WEB_PAGE_SUGGESTIONS_H
#define PENDEEN_WEB_PAGE_SUGGESTIONS_H

#include "domain/suggestions.h"
#include "web/route.h"

/* Kind and words as they came with the request; the rest is zero. */
struct suggestions_asked suggestions_asked_of(struct request *request);
/* The address with them. */
struct url suggestions_with(struct arena *arena, struct url url, const struct suggestions_asked *asked);

/* What the title of a mention is in a row. */
struct str suggestion_title(struct arena *arena, const struct submission *submission, int64_t mention);
/* "Police, 12 March 2026" */
struct str suggestion_origin(struct request *request, const struct submission *submission);

#endif
