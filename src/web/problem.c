#include "web/problem.h"

#include <stdio.h>

bool path_is_api(struct str path)
{
    return str_starts(path, STR("/api/")) || str_starts(path, STR("/oauth/"));
}

bool bearer_of(struct str authorization, struct str *ret)
{
    static const struct str scheme = STR_INIT("Bearer ");
    if (!str_eq_nocase(str_sub(authorization, 0, scheme.len), scheme)) return false;
    *ret = str_trim(str_sub(authorization, scheme.len, authorization.len));
    return ret->len > 0;
}

static const char *title_of(int status)
{
    switch (status) {
    case 401: return "A token is needed";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 405: return "Not this method";
    case 409: return "Conflict";
    case 412: return "Changed meanwhile";
    case 413: return "Too large";
    case 415: return "Not JSON";
    case 428: return "If-Match is needed";
    case 429: return "Too many requests";
    case 503: return "Try again";
    default: return status < 500 ? "That did not work" : "Something went wrong";
    }
}

json_t *problem_begin(const struct request *request)
{
    json_t *object = json_object();
    json_t *danger =
        request->danger.len ? json_loadb(request->danger.ptr, request->danger.len, 0, NULL) : NULL;
    if (danger) json_object_set_new(object, "danger", danger);
    return object;
}

void respond_problem(struct request *request, struct response *response, int status,
                     const char *word, const struct err *err)
{
    char type[80];
    snprintf(type, sizeof type, "urn:pendeen:problem:%s", word);
    json_t *problem = problem_begin(request);
    json_t *rest = json_pack("{ss ss si ss}", "type", type, "title", title_of(status), "status",
                             status, "detail", err->public[0] ? err->public : title_of(status));
    json_object_update(problem, rest);
    json_decref(rest);
    if (problem && err->hint[0]) json_object_set_new(problem, "hint", json_string(err->hint));
    char *text = problem ? json_dumps(problem, JSON_COMPACT) : NULL;
    buf_clear(&response->body);
    buf_add_c(&response->body, text ? text : "{}");
    buf_add_char(&response->body, '\n');
    free(text);
    json_decref(problem);
    response->constant_body = (struct str){0};
    response->status = status;
    response->content_type = "application/problem+json";
    response->location = STR("");
    response->etag = STR("");
}

void respond_problem_of(struct request *request, struct response *response, const struct err *err)
{
    static const struct {
        int status;
        const char *word;
    } of[] = {
        [ST_OK] = {500, "failed"},         [ST_NOT_FOUND] = {404, "not-found"},
        [ST_DENIED] = {403, "denied"},     [ST_INVALID] = {400, "invalid"},
        [ST_CONFLICT] = {409, "conflict"}, [ST_LIMIT] = {429, "limit"},
        [ST_BUSY] = {503, "busy"},         [ST_FAILED] = {500, "failed"},
    };
    respond_problem(request, response, of[err->code].status, of[err->code].word, err);
}

void respond_no_token(struct request *request, struct response *response, bool sent_one)
{
    struct err err;
    err_set(&err, ST_DENIED,
            sent_one ? "This token is not good, or not any more." : "This needs an access token.");
    err_hint(&err,
             "Ask for a token at POST /oauth/token, and send it as 'Authorization: Bearer TOKEN'.");
    respond_problem(request, response, 401, "no-token", &err);
    response->challenge = sent_one ? STR("Bearer realm=\"pendeen\", error=\"invalid_token\"")
                                   : STR("Bearer realm=\"pendeen\"");
}

void respond_no_scope(struct request *request, struct response *response, const char *scope)
{
    struct err err;
    err_set(&err, ST_DENIED, "This token does not have the scope '%s'.", scope);
    err_hint(&err, "Ask for a token with it; an administrator says which scopes a program has.");
    respond_problem(request, response, 403, "no-scope", &err);
    response->challenge =
        str_fmt(request->arena,
                "Bearer realm=\"pendeen\", error=\"insufficient_scope\", scope=\"%s\"", scope);
}
