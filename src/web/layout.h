/*
 * layout: what every page has around it.
 *
 * Layer: web.  A page draws its content with its own view and hands it over.
 */
#ifndef PENDEEN_WEB_LAYOUT_H
#define PENDEEN_WEB_LAYOUT_H

#include "domain/account.h"
#include "views.h"
#include "web/route.h"

/* Bytes of more than is around a page, and of what nearly all pages hold. */
enum { LAYOUT_EXPECTED = 12 << 10, PAGE_EXPECTED = 40 << 10 };

/* Wraps content (already drawn) into the layout and puts it into the response.  The title of a page that
 * shows an error summary begins with "Error: ", as the GOV.UK Design System has it. */
void layout_page(struct request *request, struct response *response, const char *title,
                 const struct buf *content);

/* Draws a view and wraps it: PAGE(request, response, "Title", view_home, &view). */
#define PAGE(request, response, title, draw, view)            \
    do {                                                      \
        struct buf page_content;                              \
        buf_init(&page_content, 48 << 20);                    \
        buf_expect(&page_content, PAGE_EXPECTED);             \
        draw(&page_content, (view));                          \
        layout_page((request), (response), (title), &page_content); \
        buf_done(&page_content);                              \
    } while (0)

/* A form came with an old token (signed in again since, or signed out): shows
 * it back with everything in it, to be sent once more. */
void page_resend(struct request *request, struct response *response, bool signed_out);


/* The rules of sharing, folded up, for whoever is about to send something: the first section
 * of the page of guidance that settings.txt names (sharing-rules-page). */
struct html sharing_rules(struct request *request);
/* The button that leaves this site at once (page_guidance.c). */
struct html exit_button(struct request *request);

#endif
