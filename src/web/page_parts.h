/*
 * page_parts: what the pages of accounts share: who visits, passkeys in forms, confirming,
 * what is shown once.
 *
 * Layer: web.
 */
#ifndef PENDEEN_WEB_PAGE_PARTS_H
#define PENDEEN_WEB_PAGE_PARTS_H

#include "domain/sign_in.h"
#include "views.h"
#include "web/route.h"

struct visitor request_visitor(const struct request *request);
/* Where this site stands, for passkeys: the origin that the program was told (--origin), or
 * localhost, where browsers allow them for trying.  False: passkeys cannot work here. */
bool request_site(const struct request *request, struct webauthn_site *ret);
/* The site's address for a link that is handed over, without a slash at its end. */
struct str request_origin(const struct request *request);
/* Only a path of ours: "//elsewhere" and "https:" are not. Else the first page. */
struct url next_path(const struct request *request, struct str next);

/* The fields of views/partials/passkey_fields.html. */
struct passkey_reply form_passkey(const struct request *request, const char *prefix);
/* Answers with what navigator.credentials wants, as JSON: a new challenge for the holder
 * and the passkeys of the account (0: of nobody; the browser offers those it has). */
void respond_challenge(struct request *request, struct response *response, struct str holder,
                       const char *purpose, int64_t account);

/* A step of sign-in is over: cookies, and on to the second step or the page wanted. */
void respond_signed_in(struct request *request, struct response *response,
                       const struct sign_in *sign_in, struct str next);
/* The codes, once. */
void show_recovery_codes(struct request *request, struct response *response, const char *what,
                         const struct recovery_codes *codes);
/* After a change of what one signs in with: the session counts as strong from now on. */
enum st strengthen_session(struct request *request, struct response *response,
                           struct err *err) MUST_USE;

/* For a route with RECENT whose session is not: has the form that came confirmed it?  If so
 * the session has a new token and the handler may run; if not the page that asks was drawn,
 * with everything that was sent in it. */
bool page_confirmed(struct request *request, struct response *response);

/* For a route with WARNS: are there no words of danger in what was written, or has its writer been
 * told?  If not the page that tells them was drawn, with everything that was sent in it. */
bool page_danger_told(struct request *request, struct response *response);

/* "#id" of this page, for a problem's link. */
#define AT(request, id) html_url_fragment((request)->arena, STR(id))
/* All of them for the summary on top (partials/error_summary), each a link to its field; as many as
 * there are. */
struct partial_error_summary_problems *draw_form_problems(struct request *request,
                                                          const struct form_problems *problems);
/* What the store said of a form, as a problem of that field; beside others. */
void form_wrong_by(struct request *request, struct form_problems *problems, const char *field,
                   const struct err *err);
/* "12 March 2026, 16:50", or the words for never. */
struct str instant_or(struct arena *arena, instant_ms instant, const char *never);

#endif
