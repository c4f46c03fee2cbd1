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

/* Bytes that nearly all pages have room in. */
enum { PAGE_EXPECTED = 48 << 10 };

/* Draws the layout with the content in it into the response.  The title of a page that
 * shows an error summary begins with "Error: ", as the GOV.UK Design System has it. */
void layout_page(struct request *request, struct response *response, const char *title,
                 struct html content);

/* A view in its layout: PAGE(request, response, "Title", view_home, &view). */
#define PAGE(request, response, title, draw, view)                                                 \
    layout_page((request), (response), (title), draw##_later(view))

/* Is it drawn as the answer to a form that was sent?  A browser cannot go back to such a page,
 * which is not stored, without sending the form again; so links to help open beside it, in a new
 * tab. */
bool page_is_answer(const struct request *request);

/* A form came with an old token (signed in again since, or signed out): shows
 * it back with everything in it, to be sent once more. */
void page_resend(struct request *request, struct response *response, bool signed_out);


/* The rules of sharing, folded up, for whoever is about to send something: the first section
 * of the page of guidance that settings.txt names (sharing-rules-page). */
struct html sharing_rules(struct request *request);
/* The button that leaves this site at once (page_guidance.c). */
struct html exit_button(struct request *request);

#endif
