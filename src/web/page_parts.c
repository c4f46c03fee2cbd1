#include "web/page_parts.h"

#include "domain/account.h"
#include "web/layout.h"

#include <jansson.h>

struct visitor request_visitor(const struct request *request)
{
    return (struct visitor){request->address, request->browser, request->device, request->site};
}

struct str request_origin(const struct request *request)
{
    if (request->app->origin) return str_from(request->app->origin);
    if (request->origin.len) return request->origin;
    return str_fmt(request->arena, "http://%.*s", STR_ARG(request->host));
}

/* "host:port" without the port. */
static struct str host_name(struct str host)
{
    ptrdiff_t colon = str_find(host, STR(":"), 0);
    return colon < 0 ? host : str_sub(host, 0, (size_t)colon);
}

bool request_site(const struct request *request, struct webauthn_site *ret)
{
    struct str origin = str_from(request->app->origin);
    if (!origin.len && str_eq(host_name(request->host), STR("localhost")))
        origin = str_fmt(request->arena, "http://%.*s", STR_ARG(request->host));
    ptrdiff_t at = str_find(origin, STR("://"), 0);
    if (at < 0) return false;
    *ret = (struct webauthn_site){origin, host_name(str_sub(origin, (size_t)at + 3, origin.len))};
    return true;
}

struct url next_path(const struct request *request, struct str next)
{
    bool own = str_starts(next, STR("/")) && !str_starts(next, STR("//"));
    for (size_t i = 0; i < next.len; i++)
        if ((unsigned char)next.ptr[i] <= ' ' || next.ptr[i] == '\\') own = false;
    return own ? html_url_path(request->arena, next) : url_to(ROUTE_home);
}

struct partial_error_summary_problems *draw_form_problems(struct request *request,
                                                          const struct form_problems *problems)
{
    struct partial_error_summary_problems *list =
        arena_many(request->arena, problems->count + 1, struct partial_error_summary_problems);
    for (size_t i = 0; i < problems->count; i++)
        list[i] = (struct partial_error_summary_problems){
            html_url_fragment(request->arena, problems->list[i].key), problems->list[i].words};
    return list;
}

void form_wrong_by(struct request *request, struct form_problems *problems, const char *field,
                   const struct err *err)
{
    form_wrong(problems, str_from(field),
               str_fmt(request->arena, err->hint[0] ? "%s %s" : "%s%s", err->public, err->hint));
}

struct str instant_or(struct arena *arena, instant_ms instant, const char *never)
{
    return instant ? clock_words(arena, instant) : str_from(never);
}

/* --- passkeys ------------------------------------------------------------------------- */

static struct str part(const struct request *request, const char *prefix, const char *name)
{
    char whole[64];
    snprintf(whole, sizeof whole, "%s_%s", prefix, name);
    return form_value(request, whole);
}

struct passkey_reply form_passkey(const struct request *request, const char *prefix)
{
    return (struct passkey_reply){
        .credential = part(request, prefix, "credential"),
        .client_data = part(request, prefix, "client_data"),
        .authenticator_data = part(request, prefix, "authenticator_data"),
        .signature = part(request, prefix, "signature"),
    };
}

static json_t *text(struct str s)
{
    return json_stringn(s.ptr ? s.ptr : "", s.len);
}

static json_t *passkeys_as_json(const struct passkey_line *list, size_t count)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(ids, text(list[i].credential));
    return ids;
}

void respond_challenge(struct request *request, struct response *response, struct str holder,
                       const char *purpose, int64_t account)
{
    struct err err = {0};
    struct webauthn_site site;
    struct str challenge = STR("");
    struct str handle = STR("");
    struct passkey_line *list = NULL;
    size_t count = 0;
    enum st outcome = request_site(request, &site)
                          ? ST_OK
                          : err_set(&err, ST_INVALID, "Passkeys cannot be used at this address.");
    if (outcome == ST_OK)
        outcome =
            passkey_challenge(request->app, request->arena, holder, purpose, &challenge, &err);
    if (outcome == ST_OK && account)
        outcome = passkey_list(request->app, request->arena, account, &list, &count, &err);
    if (outcome == ST_OK && account)
        outcome = passkey_handle(request->app, request->arena, account, &handle, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *object =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "challenge", text(challenge), "site",
                  text(site.rp_id), "handle", text(handle), "email", text(request->who.email),
                  "name", text(request->who.name), "passkeys", passkeys_as_json(list, count));
    char *written = object ? json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    json_decref(object);
    response->content_type = "application/json";
    buf_add_c(&response->body, written ? written : "{}");
    free(written);
}

/* --- signing in ------------------------------------------------------------------------- */

void respond_signed_in(struct request *request, struct response *response,
                       const struct sign_in *sign_in, struct str next)
{
    if (sign_in->second) {
        struct url where = url_to(ROUTE_second);
        if (next.len) where = url_with(request->arena, where, "next", next);
        response->set_step = str_dup(request->arena, str_from(sign_in->step));
        respond_redirect(response, where);
        return;
    }
    response->set_cookie = str_dup(request->arena, str_from(sign_in->session.token));
    response->set_device = str_dup(request->arena, str_from(sign_in->device));
    response->set_step = STR("-");
    respond_redirect(response, next_path(request, next));
}

enum st strengthen_session(struct request *request, struct response *response, struct err *err)
{
    char token[SEAL_TOKEN_SIZE];
    enum st outcome =
        session_confirm(request->app, request->who.account, request->cookie, true, token, err);
    if (outcome != ST_OK) return outcome;
    request->session.strong = true;
    request->cookie = str_dup(request->arena, str_from(token));
    response->set_cookie = request->cookie;
    return ST_OK;
}

void show_recovery_codes(struct request *request, struct response *response, const char *what,
                         const struct recovery_codes *codes)
{
    struct view_recovery_codes_codes lines[RECOVERY_CODES];
    for (int i = 0; i < codes->count; i++) lines[i].code = str_from(codes->code[i]);
    struct view_recovery_codes view = {.what = str_from(what),
                                       .codes = lines,
                                       .codes_count = (size_t)codes->count,
                                       .next = url_to(ROUTE_account)};
    PAGE(request, response, "Recovery codes", view_recovery_codes, &view);
}
