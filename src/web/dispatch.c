#include "web/route.h"

#include "base/utf8.h"
#include "domain/account.h"
#include "domain/limit.h"
#include "domain/scope.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/problem.h"
#include "web/watch.h"

/* Tests sign in and send much from one address; people do not. */
static const struct limit_rule rates[] = {
    [READING] = {.burst = 600, .per_minute = 600},
    [WRITING] = {.burst = 120, .per_minute = 120},
    [SIGNING_IN] = {.burst = 200, .per_minute = 120}, /* finer: domain/sign_in.c */
};

static bool refuse(struct request *request, struct response *response, const struct err *err)
{
    respond_error(request, response, err);
    return false;
}

static bool within_rate(enum route_rate rate, struct request *request, struct response *response)
{
    int wait = 0;
    if (rate == FREE || limit_take(&rates[rate], request->site, &wait)) return true;
    struct err err;
    err_set(&err, ST_LIMIT, "Too many requests. Please wait %d second%s and try again.", wait,
            wait == 1 ? "" : "s");
    response->retry_seconds = wait;
    return refuse(request, response, &err);
}

/* Who asks.  Nobody is an answer too. */
static bool load_session(struct request *request, struct response *response)
{
    if (!request->cookie.len) return true;
    struct err err = {0};
    enum st outcome = session_read(request->app, request->arena, request->cookie, &request->who,
                                   &request->session, &err);
    request->csrf = request->session.csrf;
    if (outcome == ST_OK) {
        request->who.scope = scope_of(request->app, request->arena, &request->who);
        return true;
    }
    request->who = (struct person){0};
    request->session = (struct session_facts){0};
    request->csrf = STR("");
    return outcome == ST_NOT_FOUND ? true : refuse(request, response, &err);
}

/* The same of a program, by its token: a route that takes one is not begun without. */
static bool load_token(struct request *request, struct response *response)
{
    struct err err = {0};
    struct str token;
    if (!bearer_of(request->authorization, &token)) {
        respond_no_token(request, response, request->authorization.len > 0);
        return false;
    }
    enum st outcome =
        api_token_read(request->app, request->arena, token, &request->who, &request->scopes, &err);
    if (outcome == ST_OK) {
        request->who.scope = scope_of(request->app, request->arena, &request->who);
        return true;
    }
    request->who = (struct person){0};
    if (outcome == ST_NOT_FOUND)
        respond_no_token(request, response, true);
    else
        respond_error(request, response, &err);
    return false;
}

static bool load_who(const struct route *route, struct request *request, struct response *response)
{
    return route->csrf == BEARER_TOKEN ? load_token(request, response)
                                       : load_session(request, response);
}

static bool is_capable(const struct route *route, const struct person *who)
{
    if (route->capability == OPEN) return true;
    if (route->capability == SIGNED_IN) return who->account != 0;
    return access_allows(who, (enum action)(route->capability - 100), NULL);
}

void respond_too_large(struct request *request, struct response *response, const struct err *err)
{
    if (request->api) {
        respond_problem(request, response, 413, "too-large", err);
        return;
    }
    respond_error(request, response, err);
    response->status = 413;
}

bool dispatch_admits(const struct route *route, struct request *request, uint64_t body_size,
                     struct response *response)
{
    if (!within_rate(route->rate, request, response)) return false;
    if (!load_who(route, request, response)) return false;
    /* Without a session a form is read in full only where it is small: it comes
     * back to whoever was signed out while writing. */
    uint64_t maximum = route->body_maximum;
    if (!is_capable(route, &request->who) && maximum > 1 << 20) maximum = 1 << 20;
    if (body_size <= maximum) return true;
    struct err err;
    err_set(&err, ST_LIMIT, "That is too much to send at once: %llu MB, and %llu MB is the most.",
            (unsigned long long)(body_size + 1048575) / 1048576,
            (unsigned long long)(maximum + 1048575) / 1048576);
    if (!request->api) err_hint(&err, "Go back: what you wrote is still there. Send it in parts.");
    respond_too_large(request, response, &err);
    return false;
}

bool dispatch_admits_still(const struct route *route, struct request *request,
                           struct response *response)
{
    request->who = (struct person){0};
    request->session = (struct session_facts){0};
    request->csrf = STR("");
    request->scopes = 0;
    return load_who(route, request, response);
}

void dispatch_nowhere(struct request *request, struct response *response)
{
    if (!within_rate(READING, request, response) || !load_session(request, response)) return;
    struct err err;
    err_missing(&err, "page");
    respond_error(request, response, &err);
}

void dispatch_other_method(struct request *request, struct response *response, enum method allowed)
{
    dispatch_nowhere(request, response);
    response->allow = allowed == GET ? STR("GET, HEAD") : STR("POST");
    response->status = 405;
    if (!request->api) return;
    struct err err;
    err_set(&err, ST_INVALID, "This address takes %s.", allowed == GET ? "GET" : "POST");
    respond_problem(request, response, 405, "method", &err);
}

bool origin_is_ours(struct str origin, struct str host)
{
    if (!origin.len) return true; /* not a browser, or one that sends none for its own */
    ptrdiff_t at = str_find(origin, STR("://"), 0);
    return at > 0 && str_eq_nocase(str_sub(origin, (size_t)at + 3, origin.len), host);
}

static void ask_to_sign_in(struct request *request, struct response *response)
{
    struct url where = url_to(ROUTE_sign_in);
    if (request->method == GET && !str_eq(request->path, STR("/")))
        where = url_with(request->arena, where, "next", request->path);
    respond_redirect(response, where);
}

/* --- the audit ------------------------------------------------------------------------- */

static struct audit_event event_of(const struct route *route, const struct request *request)
{
    return (struct audit_event){.kind = route->audit.kind,
                                .action = route->audit.action,
                                .account = request->who.account,
                                .by_source = route->audit.own,
                                .subject = route->audit.subject,
                                .subject_id = route->audit.subject ? request->id[0] : 0};
}

/* A page whose line cannot be written is not shown. */
void respond_unwritten(struct request *request, struct response *response, const struct err *err)
{
    response->location = STR("");
    response->file_name = STR("");
    response->content_type = NULL;
    respond_error(request, response, err);
}

static void append_line(struct request *request, struct response *response,
                        const struct audit_event *event)
{
    struct err err = {0};
    if (request->watch) watch_leave(request->watch);
    if (audit_event(request->app, event, &err) != ST_OK) respond_unwritten(request, response, &err);
}

/* Whoever is signed in and was refused is in the log with it.  `looked`: the record was
 * looked at, and is not theirs; before that it may well be, and who handed something in would
 * stand beside it.  So a refusal before names no record, nor does one by a route that is
 * offered to nobody but a sender. */
static void append_denial(const struct route *route, struct request *request,
                          struct response *response, bool looked, const char *outcome)
{
    if (!request->who.account) return;
    struct audit_event event = event_of(route, request);
    if (!route->audit.logs) event.action = route->name;
    event.kind = AUDIT_DENIAL;
    event.by_source = route->audit.own && !looked;
    if (!looked || route->audit.own) event.subject = NULL;
    event.outcome = outcome;
    append_line(request, response, &event);
}

static bool is_success(const struct route *route, const struct request *request, int status)
{
    return request->api ? status < 400 : status == (route->method == GET ? 200 : 303);
}

/* Is the record that the route is about known, and did they hand it in themselves?  Of a referral
 * the domain's own line says so; one of here leaves it out. */
static void tell_no_source(struct request *request, struct audit_event *event)
{
    if (!event->subject || event->by_source) return;
    struct str kind = str_from(event->subject);
    struct record record;
    bool is_submission = str_eq(kind, STR("submission"));
    bool known =
        is_submission && scope_record(scope_of(request->app, request->arena, &request->who),
                                      event->subject_id, &record);
    if (known) event->by_source = record.account == request->who.account;
    if (str_eq(kind, STR("referral")) || (is_submission && !known)) event->subject = NULL;
}

/* A form that is shown back for what is wrong in it was read, with all
 * that it says of its record. */
static void append_shown_back(const struct route *route, struct request *request,
                              struct response *response, int status)
{
    struct audit_event event = event_of(route, request);
    event.kind = AUDIT_CONSULTATION;
    event.outcome = status < 400 ? "ok" : "refused";
    tell_no_source(request, &event);
    append_line(request, response, &event);
}

/* After the handler: the line that the domain did not write. */
static void append_missing(const struct route *route, struct request *request,
                           struct response *response)
{
    int status = response->status ? response->status : 200;
    if (status == 404 || status == 403) {
        append_denial(route, request, response, true, status == 404 ? "not found" : "denied");
    } else if (!route->audit.logs || !request->who.account) {
        return;
    } else if (is_success(route, request, status)) {
        struct audit_event event = event_of(route, request);
        append_line(request, response, &event);
    } else if (status < 300 || status >= 400) { /* to be led elsewhere shows nothing */
        append_shown_back(route, request, response, status);
    }
}

/* Whoever must have a second factor and has none yet reaches the pages to set one up, and
 * those that are open to all. */
static bool lacks_second_factor(const struct route *route, const struct request *request)
{
    return route->capability != OPEN && route->capability != SIGNED_IN &&
           !request->session.strong && second_factor_due(request->app, request->who.roles);
}

/* What the token must allow beside what the roles of its account do. */
static bool has_scope(const struct route *route, struct request *request, struct response *response)
{
    if (route->csrf != BEARER_TOKEN || !route->scope || (request->scopes >> (route->scope - 1) & 1))
        return true;
    respond_no_scope(request, response, api_scope_word((enum api_scope)(route->scope - 1)));
    append_denial(route, request, response, false, "no scope");
    return false;
}

static void clean(struct arena *arena, struct str *text)
{
    if (!utf8_is_clean(*text)) *text = utf8_clean(arena, *text, NULL);
}

/* What people typed is made safe to keep and to show once, for every handler there is. A
 * password is compared as it was typed, and the contents of a file are not text. */
static void take_texts(struct request *request)
{
    for (size_t i = 0; i < request->field_count; i++) {
        struct form_field *field = &request->field[i];
        clean(request->arena, &field->name);
        clean(request->arena, &field->file_name);
        bool is_file = field->file_name.len && str_eq(field->name, STR("file"));
        bool is_password = str_find(field->name, STR("password"), 0) >= 0;
        if (!is_file && !is_password) clean(request->arena, &field->value);
    }
}

/* Drawn for this session, or for an earlier one of the same account: what somebody wrote while they
 * were signed out goes on once they are back. */
static bool is_their_form(const struct request *request)
{
    const struct app *app = request->app;
    int64_t account = request->who.account;
    return seal_equal(form_value(request, "csrf"), request->csrf) ||
           session_form_of(app, form_value(request, "csrf"), account) == FORM_GOOD ||
           session_form_of(app, form_value(request, "csrf-was"), account) == FORM_GOOD;
}

void dispatch(const struct route *route, struct request *request, struct response *response)
{
    take_texts(request);
    for (size_t i = 0; i < REQUEST_PARAMETERS_MAX; i++)
        if (!str_to_int(request->parameter[i], &request->id[i])) request->id[i] = 0;
    if (route->capability != OPEN && request->who.account == 0) {
        if (request->method == POST)
            page_resend(request, response, true);
        else
            ask_to_sign_in(request, response);
        return;
    }
    if (!is_capable(route, &request->who)) {
        struct err err;
        err_missing(&err, "page");
        respond_error(request, response, &err);
        append_denial(route, request, response, true, "not for this role");
        return;
    }
    if (!has_scope(route, request, response)) return;
    if (route->csrf != BEARER_TOKEN && lacks_second_factor(route, request)) {
        respond_redirect(response,
                         url_with(request->arena, url_to(ROUTE_account), "set-up", STR("1")));
        return;
    }
    if (route->csrf == TOKEN && !is_their_form(request)) {
        page_resend(request, response, false);
        append_denial(route, request, response, false, "no token");
        return;
    }
    if (route->recent && !session_is_recent(&request->session) &&
        !page_confirmed(request, response))
        return;
    if (route->warns && !page_danger_told(request, response)) return;
    uint64_t before = audit_count_here();
    route->handler(request, response);
    if (!response->line && audit_count_here() == before) append_missing(route, request, response);
}
