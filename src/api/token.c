/*
 * Tokens: OAuth 2.0 by client credentials (RFC 6749, 4.4).
 */
#include "api/api.h"
#include "domain/limit.h"
#include "seal/secret.h"
#include "web/pages.h"

static void refuse(struct response *response, int status, const char *error, const char *words)
{
    buf_clear(&response->body);
    buf_add_fmt(&response->body, "{\"error\":\"%s\",\"error_description\":\"%s\"}\n", error, words);
    response->status = status;
    response->content_type = "application/json";
    if (status == 401) response->challenge = STR("Basic realm=\"pendeen\"");
}

/* "Basic BASE64" (RFC 7617), whose parts are percent-encoded (RFC 6749, 2.3.1); what we give
 * out holds nothing that would be. */
static bool read_basic(struct request *request, struct str *ret_id, struct str *ret_secret)
{
    static const struct str scheme = STR_INIT("Basic ");
    struct str text;
    struct str rest = request->authorization;
    if (!str_eq_nocase(str_sub(rest, 0, scheme.len), scheme)) return false;
    rest = str_trim(str_sub(rest, scheme.len, rest.len));
    /* Plain base64, with its own two signs and padding. */
    char *plain = arena_alloc(request->arena, rest.len + 1);
    size_t size = 0;
    for (size_t i = 0; i < rest.len && rest.ptr[i] != '='; i++)
        plain[size++] = rest.ptr[i] == '+' ? '-' : rest.ptr[i] == '/' ? '_' : rest.ptr[i];
    if (!seal_base64_read(request->arena, str_of(plain, size), &text)) return false;
    return str_split(&text, ':', ret_id) && (*ret_secret = text).ptr != NULL;
}

static bool read_client(struct request *request, struct str *ret_id, struct str *ret_secret)
{
    if (request->authorization.len) return read_basic(request, ret_id, ret_secret);
    *ret_id = form_value(request, "client_id");
    *ret_secret = form_value(request, "client_secret");
    return ret_id->len && ret_secret->len;
}

/* Tries of one client's secret, from one place: a secret is too long to be guessed from many, and
 * who knows but the name of a program keeps it from nothing. */
static const struct limit_rule tries = {.burst = 60, .per_minute = 60};

static struct str tries_key(const struct request *request, struct str id)
{
    return str_fmt(request->arena, "client %.*s|%.*s", STR_ARG(str_sub(id, 0, API_ID_SIZE)),
                   STR_ARG(request->site));
}

static bool within_rate(struct request *request, struct response *response, struct str id)
{
    int wait = 0;
    if (limit_take(&tries, tries_key(request, id), &wait)) return true;
    refuse(response, 429, "temporarily_unavailable", "Too many requests. Wait and try again.");
    response->retry_seconds = wait;
    return false;
}

void api_token_send(struct request *request, struct response *response)
{
    struct str id;
    struct str secret;
    unsigned scopes = 0;
    struct api_token token;
    struct err err = {0};
    if (!str_eq(form_value(request, "grant_type"), STR("client_credentials"))) {
        refuse(response, 400,
               form_has(request, "grant_type") ? "unsupported_grant_type" : "invalid_request",
               "Send grant_type=client_credentials.");
        return;
    }
    if (!read_client(request, &id, &secret)) {
        refuse(response, 401, "invalid_client",
               "Send the name and secret of your program, by HTTP Basic or as client_id and "
               "client_secret.");
        return;
    }
    if (!within_rate(request, response, id)) return;
    if (!api_scopes_read(form_value(request, "scope"), &scopes)) {
        refuse(response, 400, "invalid_scope", "There is no such scope.");
        return;
    }
    enum st outcome = api_token_make(request->app, id, secret, scopes, &token, &err);
    if (outcome == ST_DENIED) {
        refuse(response, 401, "invalid_client", "No program here has that name and secret.");
    } else if (outcome == ST_INVALID) {
        refuse(response, 400, "invalid_scope", "This program may not have all of these scopes.");
    } else if (outcome != ST_OK) {
        respond_error(request, response, &err);
    } else {
        struct str words = api_scopes_words(request->arena, token.scopes);
        buf_add_fmt(&response->body,
                    "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d,"
                    "\"scope\":\"%.*s\"}\n",
                    token.token, API_TOKEN_MINUTES * 60, STR_ARG(words));
        response->content_type = "application/json";
        seal_forget(&token, sizeof token);
    }
}
