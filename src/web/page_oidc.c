/*
 * Signing in by an organisation's own provider, and signing out there.
 *
 * The way there is a form and then a page that goes on by itself (Refresh), not a
 * redirect: form-action 'self' of our policy headers would forbid a form that ends at
 * another site, and the person sees where they are going.  The way back is the one GET
 * of the program that begins something; its state is spent by it, and bound to the browser.
 */
#include "domain/audit.h"
#include "domain/oidc.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

#include <stdio.h>

/* One page for every refusal; which it was stands in the log. */
static void refuse(struct request *request, struct response *response, const struct err *err)
{
    if (err->code == ST_NOT_FOUND || err->code == ST_FAILED) {
        respond_error(request, response, err);
        return;
    }
    struct err kept = *err;
    struct err none;
    fprintf(stderr, "pendeen: sign-in by [%.*s] refused: %s\n", STR_ARG(request->parameter[0]),
            kept.detail[0] ? kept.detail : kept.public);
    if (audit_event(request->app, &(struct audit_event){.kind = AUDIT_SIGN_IN,
                                                        .action = "sign-in by provider",
                                                        .outcome = "refused"},
                    &none) != ST_OK) {
        respond_error(request, response, &none);
        return;
    }
    buf_clear(&response->body);
    response->status = 403;
    response->set_provider = STR("-");
    struct view_sign_in_refused view = {.sign_in = url_to(ROUTE_sign_in),
                                        .time = clock_words(request->arena, clock_now())};
    PAGE(request, response, "You could not be signed in", view_sign_in_refused, &view);
}

static void go_there(struct request *request, struct response *response)
{
    struct err err = {0};
    struct oidc_start start;
    if (oidc_begin(request->app, request->arena, request->parameter[0], form_value(request, "next"),
                   &start, &err) != ST_OK) {
        refuse(request, response, &err);
        return;
    }
    struct url url = html_url_provider(request->arena, start.url);
    response->set_provider = str_dup(request->arena, str_from(start.browser));
    response->refresh = url.s;
    struct view_sign_in_with view = {.host = start.host, .url = url};
    PAGE(request, response, "Signing in", view_sign_in_with, &view);
}

void page_sign_in_with(struct request *request, struct response *response)
{
    (void)request;
    response->later = go_there;
}

static void come_back(struct request *request, struct response *response)
{
    struct err err = {0};
    struct sign_in sign_in;
    struct visitor visitor = request_visitor(request);
    struct str next = STR("");
    struct oidc_answer answer = {.browser = request->provider,
                                 .state = form_value(request, "state"),
                                 .code = form_value(request, "code"),
                                 .issuer = form_value(request, "iss"),
                                 .error = form_value(request, "error")};
    enum st outcome = oidc_finish(request->app, request->arena, request->parameter[0], &answer,
                                  &visitor, &sign_in, &next, &err);
    /* Whoever was signed in here before is not any more. */
    if (outcome == ST_OK && request->who.account)
        outcome = session_end(request->app, request->cookie, &err);
    if (outcome != ST_OK) {
        refuse(request, response, &err);
        return;
    }
    response->set_provider = STR("-");
    respond_signed_in(request, response, &sign_in, next);
}

void page_sign_in_return(struct request *request, struct response *response)
{
    (void)request;
    response->later = come_back;
}

void page_signed_out(struct request *request, struct response *response)
{
    struct err err = {0};
    struct oidc_sign_out offer;
    if (oidc_sign_out(request->app, request->arena, request->parameter[0], &offer, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_signed_out view = {.host = offer.host,
                                   .url = html_url_provider(request->arena, offer.url),
                                   .home = url_to(ROUTE_home)};
    PAGE(request, response, "You are signed out", view_signed_out, &view);
}
