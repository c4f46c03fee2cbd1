/*
 * page_forward: what the pages of the way to a Forum share.
 *
 * Layer: web, private to page_forward*.c, page_inbox.c and page_submission.c.
 */
#ifndef PENDEEN_WEB_PAGE_FORWARD_H
#define PENDEEN_WEB_PAGE_FORWARD_H

#include "domain/maru.h"
#include "domain/telltale.h"
#include "web/layout.h"
#include "web/pages.h"

/* "Today", "1 day", "12 days". */
struct str draw_age(struct arena *arena, instant_ms since);

/* The original with its telling words marked, and what tells together, into the view. */
void forward_draw_original(struct request *request, struct str text,
                           const struct telltale_hints *hints, struct view_forward *view);
/* What still tells in the words that a Forum would read. */
struct forward_left {
    struct partial_telltales_lines *lines;
    size_t count;
    struct str shown; /* for the form to give back */
    bool looked;      /* it came with these shown, and with the tick */
};
enum st forward_draw_left(struct request *request, const struct forward_words *words,
                          struct forward_left *ret, struct err *err) MUST_USE;
/* Narrative, when and where as they were typed. */
struct forward_words forward_typed(const struct request *request);
/* What is wrong with these words alone, by the name of its box; NULL: nothing. */
const char *forward_words_wrong(const struct forward_words *words);
/* Two versions beside each other, word by word: those that ?from= and ?to= name (0: the
 * original), else the original and the newest, after a clash the two newest. */
void forward_draw_comparison(struct request *request, const struct submission *submission,
                             const struct forward_version *version, size_t count, bool clash,
                             struct view_forward *view);

/* One's own submission's page again: what is wrong with what was answered, which comes back. */
void submission_show(struct request *request, struct response *response, const struct err *wrong);
/* What whoever sent it is told; never more. */
struct submission_word {
    struct str label; /* "With your representative" */
    struct str words; /* of the pack, and a reason where there is one */
    instant_ms since;
};
struct submission_word submission_word_of(struct request *request, const struct stage_state *state);

#endif
