/*
 * Signing in and out.
 */
#include "domain/account.h"
#include "domain/demo.h"
#include "domain/oidc.h"
#include "web/layout.h"
#include "web/pages.h"

static void draw(struct request *request, struct response *response, struct str email,
                 struct str next, const struct err *err)
{
    struct view_sign_in view = {
        .action = url_to(ROUTE_sign_in_send),
        .email = email,
        .next = next,
        .error = err ? str_from(err->public) : STR(""),
    };
    struct view_sign_in_demo lines[DEMO_SIGN_INS];
    struct view_sign_in_providers providers[OIDC_PROVIDERS_MAX];
    const struct oidc_button *button = NULL;
    view.providers_count = oidc_buttons(request->app->oidc, &button);
    for (size_t i = 0; i < view.providers_count; i++)
        providers[i] = (struct view_sign_in_providers){
            url_to_text(request->arena, ROUTE_sign_in_with, button[i].id), button[i].label};
    view.providers = providers;
    if (request->synthetic) {
        for (size_t i = 0; i < DEMO_SIGN_INS; i++)
            lines[i] = (struct view_sign_in_demo){str_from(demo_sign_ins[i].label),
                                                  str_from(demo_sign_ins[i].email)};
        view.demo = lines;
        view.demo_count = DEMO_SIGN_INS;
        view.demo_password = str_from(demo_password);
    }
    PAGE(request, response, "Sign in", view_sign_in, &view);
}

void page_sign_in(struct request *request, struct response *response)
{
    if (request->who.account) {
        respond_redirect(response, url_to(ROUTE_home));
        return;
    }
    draw(request, response, STR(""), form_value(request, "next"), NULL);
}

/* Only a path of ours: "//elsewhere" and "https:" are not. */
static bool is_own_path(struct str next)
{
    if (!str_starts(next, STR("/")) || str_starts(next, STR("//"))) return false;
    for (size_t i = 0; i < next.len; i++)
        if ((unsigned char)next.ptr[i] <= ' ' || next.ptr[i] == '\\') return false;
    return true;
}

void respond_signed_in(struct request *request, struct response *response,
                       const struct session *session, struct str next)
{
    response->set_cookie = str_dup(request->arena, str_from(session->token));
    respond_redirect(response, is_own_path(next) ? html_url_path(request->arena, next)
                                                 : url_to(ROUTE_home));
}

void page_sign_in_send(struct request *request, struct response *response)
{
    struct err err = {0};
    struct session session = {0};
    struct str email = form_value(request, "email");
    struct str next = form_value(request, "next");
    enum st outcome = session_begin(request->app, email, form_value(request, "password"),
                                    request->address, &session, &err);
    if (outcome == ST_DENIED || outcome == ST_LIMIT) {
        response->status = outcome == ST_LIMIT ? 429 : 403;
        draw(request, response, email, next, &err);
        return;
    }
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    respond_signed_in(request, response, &session, next);
}

void page_sign_out(struct request *request, struct response *response)
{
    struct err err = {0};
    struct str provider;
    if (session_end(request->app, request->cookie, &err) != ST_OK ||
        oidc_signed_in_by(request->app, request->arena, request->who.account, &provider, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->set_cookie = STR("-");
    respond_redirect(response, provider.len
                                   ? url_to_text(request->arena, ROUTE_signed_out, provider)
                                   : url_to(ROUTE_home));
}
