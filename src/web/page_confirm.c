/*
 * Confirming that it is still the person: for whatever route says RECENT.
 */
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

/* What of a form belongs to confirming it, and is not handed on. */
static bool is_of_confirming(const struct form_field *field)
{
    return str_eq(field->name, STR("csrf")) || str_starts(field->name, STR("confirm")) ||
           field->file_name.len > 0;
}

/* The path with its query, as it was asked for. */
static struct str whole_path(struct request *request)
{
    struct url path = html_url_path(request->arena, request->path);
    for (size_t i = 0; i < request->field_count; i++)
        path = url_with(request->arena, path, str_c(request->arena, request->field[i].name),
                        request->field[i].value);
    return path.s;
}

/* A form goes on to where it was sent. A page that was asked for is led back to from
 * /confirm. */
static void draw(struct request *request, struct response *response, const struct err *err)
{
    struct arena *arena = request->arena;
    struct second_factors factors = {0};
    struct err failed = {0};
    if (second_factors_read(request->app, request->who.account, &factors, &failed) != ST_OK) {
        respond_error(request, response, &failed);
        return;
    }
    struct webauthn_site site;
    bool asked_for = request->method == GET;
    struct view_confirm_fields *fields =
        arena_many(arena, request->field_count + 1, struct view_confirm_fields);
    size_t count = 0;
    for (size_t i = 0; i < request->field_count && !asked_for; i++)
        if (!is_of_confirming(&request->field[i]))
            fields[count++] =
                (struct view_confirm_fields){request->field[i].name, request->field[i].value};
    if (asked_for) fields[count++] = (struct view_confirm_fields){STR("next"), whole_path(request)};
    struct view_confirm view = {
        .action = asked_for ? url_to(ROUTE_confirm) : html_url_path(arena, request->path),
        .csrf = request->csrf,
        .error = err ? str_from(err->public) : STR(""),
        .hint = err ? str_from(err->hint) : STR(""),
        .at = AT(request, "confirm-password"),
        .email = request->who.email,
        .needs_code = second_factors_any(&factors),
        .passkey = factors.passkeys > 0 && request_site(request, &site),
        .challenge = url_to(ROUTE_confirm_challenge).s,
        .fields = fields,
        .fields_count = count,
        .home = url_to(ROUTE_home),
    };
    response->status = err && err->code == ST_LIMIT ? 429 : 403;
    PAGE(request, response, "Confirm that it is you", view_confirm, &view);
}

bool page_confirmed(struct request *request, struct response *response)
{
    if (request->method == GET || !form_has(request, "confirm")) {
        draw(request, response, NULL);
        return false;
    }
    struct webauthn_site site = {STR(""), STR("")};
    struct confirmation given = {.password = form_value(request, "confirm_password"),
                                 .code = form_value(request, "confirm_code")};
    if (request_site(request, &site)) given.passkey = form_passkey(request, "confirm");
    char token[SEAL_TOKEN_SIZE];
    struct err err = {0};
    enum st outcome = sign_in_confirm(request->app, &request->who, &request->session,
                                      request->cookie, &site, &given, token, &err);
    if (outcome == ST_DENIED || outcome == ST_LIMIT) {
        draw(request, response, &err);
        return false;
    }
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return false;
    }
    request->cookie = str_dup(request->arena, str_from(token));
    response->set_cookie = request->cookie;
    return true;
}

void page_confirm(struct request *request, struct response *response)
{
    respond_redirect(response, next_path(request, form_value(request, "next")));
}

void page_confirm_challenge(struct request *request, struct response *response)
{
    respond_challenge(request, response, request->cookie, PASSKEY_TO_CONFIRM, request->who.account);
}
