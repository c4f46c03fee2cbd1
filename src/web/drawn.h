/*
 * drawn: what pages for everybody hold, drawn once for all who ask within a second.
 *
 * Layer: web.  Only the content inside of the layout, which is the same for everybody; the layout
 * has who is signed in, and is drawn for each.  It is drawn anew after a second, when the minute
 * changes (numbers say whether somebody answers now), and at once when somebody changes a number
 * here; what another server on the same store changes shows within the second.  At most
 * DRAWN_MAX pages, of DRAWN_BYTES at most; safe for threads.
 */
#ifndef PENDEEN_WEB_DRAWN_H
#define PENDEEN_WEB_DRAWN_H

#include "web/layout.h"

enum { DRAWN_MAX = 64, DRAWN_PATH = 80, DRAWN_BYTES = 256 << 10 };

struct drawn;

/* NULL: there is no memory. */
struct drawn *drawn_new(void);
void drawn_free(struct drawn *drawn);

/* Answers with the page of this path if it is kept; not where the address has a query. */
bool drawn_page(struct request *request, struct response *response, const char *title);
/* `content` was drawn for this path at `drawn_at`, out of the contacts as they were `changes` ago
 * (contact_changes). */
void drawn_add(struct request *request, const struct buf *content, instant_ms drawn_at,
               uint64_t changes);

/* PAGE, and keeps its content; `drawn_at` and `changes` are from before it was read. */
#define DRAWN_PAGE(request, response, title, draw, view, drawn_at, changes)    \
    do {                                                                      \
        struct buf page_content;                                              \
        buf_init(&page_content, 48 << 20);                                    \
        draw(&page_content, (view));                                          \
        drawn_add((request), &page_content, (drawn_at), (changes));            \
        layout_page((request), (response), (title), html_from_view(&page_content)); \
        buf_done(&page_content);                                              \
    } while (0)

#endif
