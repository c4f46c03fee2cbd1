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
struct url suggestions_with(struct arena *arena, struct url url,
                            const struct suggestions_asked *asked);

/* Where in the list the pair stood that was opened; false: it was not opened from the list. */
bool suggestions_at(const struct request *request, size_t *ret);
/* The address of a pair, opened from the list at this place. */
struct url suggestions_pair_url(struct arena *arena, int64_t mention, int64_t other,
                                const struct suggestions_asked *asked, size_t at);

/* What was decided before this page came ("was=12.34"), as far as this person sees the pair. */
struct decided {
    struct str said; /* empty: nothing */
    struct url pair;
    struct url undo;
    bool can_undo;
};
struct url decided_with(struct arena *arena, struct url url, int64_t a, int64_t b);
enum st decided_read(struct request *request, struct decided *ret, struct err *err) MUST_USE;

/* How many entities the one of the two may be that may be most, and that one's mention. */
size_t suggestion_waits(const struct suggestion *suggestion);
int64_t suggestion_hub(const struct suggestion *suggestion);

/* What the title of a mention is in a row. */
struct str suggestion_title(struct arena *arena, const struct submission *submission,
                            int64_t mention);
/* "Police, 12 March 2026" */
struct str suggestion_origin(struct request *request, const struct submission *submission);

#endif
