/*
 * One's own account: password, second step, where one is signed in.
 */
#include "domain/absence.h"
#include "domain/account.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"
#include "web/qr.h"
#include "web/said.h"

/* --- the page ------------------------------------------------------------------------- */

static struct str done_words(struct str code)
{
    static const struct said done[] = {
        {"password", "Your password was changed. You are signed out everywhere else."},
        {"app", "The authenticator app is set up."},
        {"app-removed", "The authenticator app was removed."},
        {"passkey", "The passkey was added."},
        {"passkey-removed", "The passkey was removed."},
        {"passkey-renamed", "The passkey was renamed."},
        {"session", "That browser is signed out."},
        {"sessions", "You are signed out everywhere else."},
    };
    return SAID_WORDS(code, done);
}

static enum st add_passkeys(struct request *request, struct view_account *view, struct err *err)
{
    struct passkey_line *list = NULL;
    size_t count = 0;
    enum st outcome =
        passkey_list(request->app, request->arena, request->who.account, &list, &count, err);
    struct view_account_passkeys *rows =
        arena_many(request->arena, count + 1, struct view_account_passkeys);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_account_passkeys){
            .id = list[i].id,
            .name = list[i].name,
            .action = url_to_id(request->arena, ROUTE_account_passkey, list[i].id),
            .created = clock_words(request->arena, list[i].created_at),
            .used = list[i].used_at
                        ? str_fmt(request->arena, "last used %.*s",
                                  STR_ARG(clock_words(request->arena, list[i].used_at)))
                        : STR("not used yet")};
    view->passkeys = rows;
    view->passkeys_count = count;
    return outcome;
}

static enum st add_sessions(struct request *request, struct view_account *view, struct err *err)
{
    struct session_line *list = NULL;
    size_t count = 0;
    enum st outcome =
        session_list(request->app, request->arena, request->who.account, &list, &count, err);
    struct view_account_sessions *rows =
        arena_many(request->arena, count + 1, struct view_account_sessions);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_account_sessions){
            .action = url_to_id(request->arena, ROUTE_account_session_end, list[i].id),
            .browser = list[i].browser,
            .address = list[i].address,
            .since = clock_words(request->arena, list[i].created_at),
            .seen = clock_words(request->arena, list[i].seen_at),
            .this = list[i].id == request->session.id};
    view->sessions = rows;
    view->sessions_count = count;
    view->others = count > 1;
    return outcome;
}

static struct str days_words(struct arena *arena, const struct absence *absence)
{
    return str_fmt(arena, "From %.*s to %.*s",
                   STR_ARG(date_words(arena, date_from_days(absence->from_day))),
                   STR_ARG(date_words(arena, date_from_days(absence->to_day))));
}

static enum st add_absences(struct request *request, struct view_account *view, struct err *err)
{
    struct arena *arena = request->arena;
    int32_t today = clock_today();
    struct absence *away = NULL;
    struct absence *standing = NULL;
    size_t away_count = 0;
    size_t standing_count = 0;
    enum st outcome =
        absence_list(request->app, arena, request->who.account, today, &away, &away_count, err);
    if (outcome == ST_OK)
        outcome = absence_standing_in(request->app, arena, request->who.account, today, &standing,
                                      &standing_count, err);
    if (outcome != ST_OK) return outcome;
    struct view_account_absences *rows =
        arena_many(arena, away_count + standing_count + 1, struct view_account_absences);
    size_t count = 0;
    for (size_t i = 0; i < away_count; i++)
        rows[count++].words =
            str_fmt(arena, "%.*s you are away, and %.*s stands in for you.",
                    STR_ARG(days_words(arena, &away[i])), STR_ARG(away[i].name));
    for (size_t i = 0; i < standing_count; i++)
        rows[count++].words =
            str_fmt(arena, "%.*s you stand in for %.*s.", STR_ARG(days_words(arena, &standing[i])),
                    STR_ARG(standing[i].name));
    view->absences = rows;
    view->absences_count = count;
    return ST_OK;
}

static void draw(struct request *request, struct response *response, struct str passkey_name,
                 const struct err *problem)
{
    const struct person *who = &request->who;
    struct webauthn_site site;
    struct second_factors factors = {0};
    struct err err = {0};
    bool due = second_factor_due(request->app, who->roles);
    struct view_account view = {
        .name = who->name,
        .email = who->email,
        .organisation = who->organisation_name,
        .roles = roles_label(request->arena, who->roles),
        .csrf = request->csrf,
        .set_up = due && !request->session.strong,
        .due = due,
        .message = done_words(form_value(request, "done")),
        .error = problem ? str_from(problem->public) : STR(""),
        .hint = problem ? str_from(problem->hint) : STR(""),
        .at = AT(request, "passkeys"),
        .password = url_to(ROUTE_account_password),
        .app_begin = url_to(ROUTE_account_app_begin),
        .app_remove = url_to(ROUTE_account_app_remove),
        .recovery = url_to(ROUTE_account_recovery),
        .can_passkey = request_site(request, &site),
        .passkey_add = url_to(ROUTE_account_passkey_add),
        .passkey_challenge = url_to(ROUTE_account_passkey_challenge).s,
        .passkey_name = passkey_name,
        .end_others = url_to(ROUTE_account_sessions_end),
    };
    enum st outcome = second_factors_read(request->app, who->account, &factors, &err);
    view.app_on = factors.totp;
    view.any = second_factors_any(&factors);
    view.recovery_left = factors.recovery_left;
    view.one_left = factors.recovery_left == 1;
    if (outcome == ST_OK) outcome = add_passkeys(request, &view, &err);
    if (outcome == ST_OK) outcome = add_sessions(request, &view, &err);
    if (outcome == ST_OK) outcome = add_absences(request, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, "Your account", view_account, &view);
}

void page_account(struct request *request, struct response *response)
{
    draw(request, response, STR(""), NULL);
}

static void back(struct request *request, struct response *response, const char *done)
{
    respond_redirect(response,
                     url_with(request->arena, url_to(ROUTE_account), "done", str_from(done)));
}

/* Back to the page with what was done, or the error. */
static void finish(struct request *request, struct response *response, enum st outcome,
                   const struct err *err, const char *done)
{
    if (outcome == ST_OK)
        back(request, response, done);
    else
        respond_error(request, response, err);
}

/* --- password --------------------------------------------------------------------------- */

static void draw_password(struct request *request, struct response *response, const struct err *err)
{
    struct view_account_password view = {
        .action = url_to(ROUTE_account_password_send),
        .csrf = request->csrf,
        .email = request->who.email,
        .error = err ? str_from(err->public) : STR(""),
        .hint = err ? str_from(err->hint) : STR(""),
        .at = AT(request, "old"),
        .minimum = SEAL_PASSWORD_MIN,
    };
    if (err) response->status = err->code == ST_LIMIT ? 429 : 400;
    PAGE(request, response, "Change your password", view_account_password, &view);
}

void page_account_password(struct request *request, struct response *response)
{
    draw_password(request, response, NULL);
}

void page_account_password_send(struct request *request, struct response *response)
{
    struct err err = {0};
    struct password_seen seen = {0};
    int64_t account = request->who.account;
    struct str password = form_value(request, "password");
    enum st outcome = str_eq(password, form_value(request, "password_again"))
                          ? ST_OK
                          : err_set(&err, ST_INVALID, "The two new passwords are not the same.");
    if (outcome == ST_OK)
        outcome = sign_in_check_password(request->app, account, &request->session,
                                         form_value(request, "password_now"), &seen, &err);
    if (outcome == ST_OK)
        outcome = account_set_password(request->app, account, account, &seen, password, &err);
    if (outcome == ST_DENIED || outcome == ST_INVALID || outcome == ST_LIMIT) {
        draw_password(request, response, &err);
        return;
    }
    /* Every session ended with the old password: this browser gets a new one. */
    struct session session;
    struct visitor visitor = request_visitor(request);
    if (outcome == ST_OK)
        outcome = session_begin(request->app, account, &visitor, "password changed",
                                request->session.strong, &session, &err);
    if (outcome == ST_OK) response->set_cookie = str_dup(request->arena, str_from(session.token));
    finish(request, response, outcome, &err, "password");
}

/* --- authenticator app ------------------------------------------------------------------------ */

static void draw_app(struct request *request, struct response *response, const struct err *problem)
{
    struct err err = {0};
    struct str words = STR("");
    struct str uri = STR("");
    enum st outcome = totp_waiting(request->app, request->arena, request->who.account,
                                   request->who.email, &words, &uri, &err);
    if (outcome != ST_OK) {
        respond_redirect(response, url_to(ROUTE_account));
        return;
    }
    int size = 0;
    struct view_account_app view = {
        .action = url_to(ROUTE_account_app_send),
        .csrf = request->csrf,
        .error = problem ? str_from(problem->public) : STR(""),
        .hint = problem ? str_from(problem->hint) : STR(""),
        .at = AT(request, "code"),
        .path = qr_path(request->arena, uri, &size),
        .words = words,
        .back = url_to(ROUTE_account),
    };
    view.box = str_fmt(request->arena, "0 0 %d %d", size, size);
    if (problem) response->status = 400;
    PAGE(request, response, "Set up an authenticator app", view_account_app, &view);
}

void page_account_app(struct request *request, struct response *response)
{
    draw_app(request, response, NULL);
}

void page_account_app_begin(struct request *request, struct response *response)
{
    struct err err = {0};
    if (totp_begin(request->app, request->who.account, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        respond_redirect(response, url_to(ROUTE_account_app));
}

void page_account_app_send(struct request *request, struct response *response)
{
    struct err err = {0};
    struct recovery_codes codes;
    enum st outcome =
        totp_confirm(request->app, request->who.account, form_value(request, "code"), &codes, &err);
    if (outcome == ST_INVALID) {
        draw_app(request, response, &err);
        return;
    }
    if (outcome == ST_OK) outcome = strengthen_session(request, response, &err);
    if (outcome == ST_OK && codes.count)
        show_recovery_codes(request, response, "Your authenticator app is set up", &codes);
    else
        finish(request, response, outcome, &err, "app");
}

void page_account_app_remove(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = totp_remove(request->app, request->who.account, &err);
    finish(request, response, outcome, &err, "app-removed");
}

void page_account_recovery(struct request *request, struct response *response)
{
    struct err err = {0};
    struct recovery_codes codes;
    if (recovery_make(request->app, request->who.account, &codes, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        show_recovery_codes(request, response, "New recovery codes", &codes);
}

/* --- passkeys --------------------------------------------------------------------------------- */

void page_account_passkey_challenge(struct request *request, struct response *response)
{
    /* Held by the form token, which stays when confirming gives the session a new cookie. */
    respond_challenge(request, response, request->csrf, PASSKEY_TO_REGISTER, request->who.account);
}

void page_account_passkey_add(struct request *request, struct response *response)
{
    struct err err = {0};
    struct webauthn_site site;
    struct recovery_codes codes = {0};
    struct str name = form_value(request, "name");
    struct passkey_reply reply = form_passkey(request, "passkey");
    enum st outcome = request_site(request, &site)
                          ? passkey_register(request->app, &site, request->who.account,
                                             request->csrf, &reply, name, &codes, &err)
                          : err_set(&err, ST_DENIED, "Passkeys cannot be used at this address.");
    if (err.detail[0]) fprintf(stderr, "pendeen: %s\n", err.detail);
    if (outcome == ST_DENIED || outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = 400;
        draw(request, response, name, &err);
        return;
    }
    if (outcome == ST_OK) outcome = strengthen_session(request, response, &err);
    if (outcome == ST_OK && codes.count)
        show_recovery_codes(request, response, "Your passkey is set up", &codes);
    else
        finish(request, response, outcome, &err, "passkey");
}

void page_account_passkey(struct request *request, struct response *response)
{
    struct err err = {0};
    bool remove = str_eq(form_value(request, "do"), STR("remove"));
    enum st outcome =
        remove ? passkey_remove(request->app, request->who.account, request->id[0], &err)
               : passkey_rename(request->app, request->who.account, request->id[0],
                                form_value(request, "name"), &err);
    if (outcome == ST_INVALID) {
        response->status = 400;
        draw(request, response, STR(""), &err);
        return;
    }
    finish(request, response, outcome, &err, remove ? "passkey-removed" : "passkey-renamed");
}

/* --- sessions --------------------------------------------------------------------------------- */

void page_account_session_end(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = session_revoke(request->app, request->who.account, request->id[0], &err);
    /* Ended in the meantime: just as well. */
    if (outcome == ST_NOT_FOUND) outcome = ST_OK;
    finish(request, response, outcome, &err, "session");
}

void page_account_sessions_end(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome =
        session_revoke_others(request->app, request->who.account, request->session.id, &err);
    finish(request, response, outcome, &err, "sessions");
}
