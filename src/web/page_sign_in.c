/*
 * Signing in, in one step or two, and out; a link that sets a password.
 */
#include "domain/demo.h"
#include "domain/invitation.h"
#include "domain/oidc.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

/* Refused for what was typed, not for what the program could not do. */
static bool is_refusal(enum st outcome)
{
    return outcome == ST_DENIED || outcome == ST_LIMIT || outcome == ST_INVALID;
}

static int status_of(enum st outcome)
{
    return outcome == ST_LIMIT ? 429 : outcome == ST_INVALID ? 400 : 403;
}

/* --- the first step ------------------------------------------------------------------- */

static void draw(struct request *request, struct response *response, struct str email,
                 struct str next, const struct err *err)
{
    struct webauthn_site site;
    struct view_sign_in view = {
        .action = url_to(ROUTE_sign_in_send),
        .email = email,
        .next = next,
        .error = err ? str_from(err->public) : STR(""),
        .hint = err ? str_from(err->hint) : STR(""),
        .at = AT(request, "email"),
        .forgotten = url_to(ROUTE_forgotten),
        .passkey = request_site(request, &site),
        .passkey_action = url_to(ROUTE_sign_in_passkey),
        .passkey_challenge = url_to(ROUTE_sign_in_challenge).s,
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

void page_sign_in_send(struct request *request, struct response *response)
{
    struct err err = {0};
    struct sign_in sign_in;
    struct str email = form_value(request, "email");
    struct str next = form_value(request, "next");
    struct visitor visitor = request_visitor(request);
    enum st outcome = sign_in_password(request->app, &visitor, email,
                                       form_value(request, "password"), &sign_in, &err);
    if (is_refusal(outcome)) {
        response->status = status_of(outcome);
        draw(request, response, email, next, &err);
    } else if (outcome != ST_OK) {
        respond_error(request, response, &err);
    } else {
        respond_signed_in(request, response, &sign_in, next);
    }
}

/* --- the second ------------------------------------------------------------------------- */

/* It is too late, or nobody: back to the beginning, with what there is to say. */
static void begin_again(struct request *request, struct response *response, const struct err *err)
{
    response->status = 403;
    response->set_step = STR("-");
    draw(request, response, STR(""), form_value(request, "next"), err);
}

static void draw_second(struct request *request, struct response *response, int64_t account,
                        const struct err *err)
{
    struct second_factors factors = {0};
    struct err failed = {0};
    struct webauthn_site site;
    if (second_factors_read(request->app, account, &factors, &failed) != ST_OK) {
        respond_error(request, response, &failed);
        return;
    }
    struct view_second view = {
        .action = url_to(ROUTE_second_send),
        .next = form_value(request, "next"),
        .error = err ? str_from(err->public) : STR(""),
        .hint = err ? str_from(err->hint) : STR(""),
        .at = AT(request, "code"),
        .totp = factors.totp,
        .passkey = factors.passkeys > 0 && request_site(request, &site),
        .passkey_action = url_to(ROUTE_sign_in_passkey),
        .passkey_challenge = url_to(ROUTE_sign_in_challenge).s,
        .again = url_to(ROUTE_sign_in),
    };
    PAGE(request, response, "One more step", view_second, &view);
}

void page_second(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t account = 0;
    if (sign_in_owed(request->app, request->step, &account, &err) == ST_OK)
        draw_second(request, response, account, NULL);
    else
        begin_again(request, response, &err);
}

void page_second_send(struct request *request, struct response *response)
{
    struct err err = {0};
    struct sign_in sign_in;
    int64_t account = 0;
    struct visitor visitor = request_visitor(request);
    enum st outcome = sign_in_code(request->app, &visitor, request->step,
                                   form_value(request, "code"), &sign_in, &err);
    if (outcome == ST_OK) {
        respond_signed_in(request, response, &sign_in, form_value(request, "next"));
    } else if (outcome == ST_NOT_FOUND) {
        begin_again(request, response, &err);
    } else if (!is_refusal(outcome)) {
        respond_error(request, response, &err);
    } else if (sign_in_owed(request->app, request->step, &account, NULL) == ST_OK) {
        response->status = status_of(outcome);
        draw_second(request, response, account, &err);
    } else {
        begin_again(request, response, &err);
    }
}

/* --- by passkey ---------------------------------------------------------------------------- */

void page_sign_in_challenge(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t account = 0;
    struct str holder = request->step;
    char step[SEAL_TOKEN_SIZE];
    if (sign_in_owed(request->app, holder, &account, NULL) != ST_OK) {
        account = 0;
        if (sign_in_step_begin(request->app, step, &err) != ST_OK) {
            respond_error(request, response, &err);
            return;
        }
        holder = response->set_step = str_dup(request->arena, str_from(step));
    }
    respond_challenge(request, response, holder, PASSKEY_TO_SIGN_IN, account);
}

void page_sign_in_passkey(struct request *request, struct response *response)
{
    struct err err = {0};
    struct sign_in sign_in;
    struct webauthn_site site;
    int64_t account = 0;
    struct visitor visitor = request_visitor(request);
    struct passkey_reply reply = form_passkey(request, "passkey");
    enum st outcome =
        request_site(request, &site)
            ? sign_in_passkey(request->app, &visitor, &site, request->step, &reply, &sign_in, &err)
            : err_set(&err, ST_DENIED, "Passkeys cannot be used at this address.");
    if (err.detail[0]) fprintf(stderr, "pendeen: %s\n", err.detail);
    if (outcome == ST_OK) {
        respond_signed_in(request, response, &sign_in, form_value(request, "next"));
    } else if (outcome != ST_NOT_FOUND && !is_refusal(outcome)) {
        respond_error(request, response, &err);
    } else if (sign_in_owed(request->app, request->step, &account, NULL) == ST_OK) {
        response->status = 403;
        draw_second(request, response, account, &err);
    } else {
        response->status = 403;
        draw(request, response, STR(""), form_value(request, "next"), &err);
    }
}

void page_sign_out(struct request *request, struct response *response)
{
    struct err err = {0};
    struct str provider;
    if (session_end(request->app, request->cookie, &err) != ST_OK ||
        oidc_signed_in_by(request->app, request->arena, request->who.account, &provider, &err) !=
            ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->set_cookie = STR("-");
    respond_redirect(response, provider.len
                                   ? url_to_text(request->arena, ROUTE_signed_out, provider)
                                   : url_to(ROUTE_home));
}

/* --- a link that sets a password -------------------------------------------------------------- */

static void draw_welcome(struct request *request, struct response *response, const struct err *err)
{
    struct account_line line = {0};
    struct err failed = {0};
    if (invitation_read(request->app, request->arena, request->parameter[0], &line, &failed) !=
        ST_OK) {
        respond_error(request, response, &failed);
        return;
    }
    struct view_welcome view = {
        .action = url_to_text(request->arena, ROUTE_welcome_send, request->parameter[0]),
        .name = line.name,
        .email = line.email,
        .is_new = !line.has_password,
        .error = err ? str_from(err->public) : STR(""),
        .hint = err ? str_from(err->hint) : STR(""),
        .at = AT(request, "password"),
        .minimum = SEAL_PASSWORD_MIN,
    };
    if (err) response->status = 400;
    PAGE(request, response, line.has_password ? "A new password" : "Welcome", view_welcome, &view);
}

void page_welcome(struct request *request, struct response *response)
{
    draw_welcome(request, response, NULL);
}

void page_welcome_send(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t account = 0;
    struct sign_in sign_in = {0};
    struct visitor visitor = request_visitor(request);
    struct str password = form_value(request, "password");
    enum st outcome = str_eq(password, form_value(request, "password_again"))
                          ? ST_OK
                          : err_set(&err, ST_INVALID, "The two passwords are not the same.");
    if (outcome == ST_OK)
        outcome = invitation_use(request->app, request->parameter[0], password, &account, &err);
    if (outcome == ST_INVALID) {
        draw_welcome(request, response, &err);
        return;
    }
    if (outcome == ST_OK)
        outcome =
            sign_in_account(request->app, &visitor, account, "signed in by link", &sign_in, &err);
    if (outcome == ST_OK)
        respond_signed_in(request, response, &sign_in, STR(""));
    else
        respond_error(request, response, &err);
}

static void draw_forgotten(struct request *request, struct response *response, bool sent)
{
    struct view_forgotten view = {
        .action = url_to(ROUTE_forgotten_send), .sent = sent, .sign_in = url_to(ROUTE_sign_in)};
    PAGE(request, response, "A new password", view_forgotten, &view);
}

void page_forgotten(struct request *request, struct response *response)
{
    draw_forgotten(request, response, form_has(request, "sent"));
}

void page_forgotten_send(struct request *request, struct response *response)
{
    struct err err = {0};
    if (account_ask_reset(request->app, form_value(request, "email"), &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    respond_redirect(response,
                     url_with(request->arena, url_to(ROUTE_forgotten_send), "sent", STR("1")));
}
