/*
 * What a provider publishes of itself, and the answer of its token endpoint.
 */
#include "domain/oidc_internal.h"
#include "net/fetch.h"

#include <jansson.h>

static json_t *read_object(struct str text)
{
    json_t *object = json_loadb(text.ptr ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(object)) return object;
    json_decref(object);
    return NULL;
}

static struct str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? str_of(json_string_value(value), json_string_length(value))
                                 : STR("");
}

/* Does a list hold this word?  A list that is not there holds what the standard says. */
static bool lists(const json_t *object, const char *name, const char *word, bool without)
{
    const json_t *list = json_object_get(object, name);
    if (!list) return without;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *one = json_string_value(json_array_get(list, i));
        if (one && strcmp(one, word) == 0) return true;
    }
    return false;
}

struct reader {
    struct arena *arena;
    const json_t *object;
    bool loopback;
    struct err *err;
};

static enum st take_url(const struct reader *reader, const char *name, bool needed, struct str *ret)
{
    struct str url = text_of(reader->object, name);
    if (!url.len && !json_object_get(reader->object, name) && !needed) return ST_OK;
    if (!fetch_url_allowed(url, reader->loopback))
        return id_refuse(reader->err, "the discovery document's %s is missing or no https address",
                         name);
    *ret = str_dup(reader->arena, url);
    return ST_OK;
}

static enum st read_document(const struct reader *reader, struct str issuer,
                             struct oidc_document *ret)
{
    const json_t *object = reader->object;
    struct str own = text_of(object, "issuer");
    if (!str_eq(own, issuer))
        return id_refuse(reader->err, "the discovery document's issuer is '%s'", id_word(own).text);
    if (!lists(object, "response_types_supported", "code", true))
        return id_refuse(reader->err, "the provider does not know the authorization code flow");
    if (!lists(object, "code_challenge_methods_supported", "S256", true))
        return id_refuse(reader->err, "the provider does not know PKCE with S256");
    enum st outcome = take_url(reader, "authorization_endpoint", true, &ret->authorization);
    if (outcome == ST_OK) outcome = take_url(reader, "token_endpoint", true, &ret->token);
    if (outcome == ST_OK) outcome = take_url(reader, "jwks_uri", true, &ret->keys);
    if (outcome == ST_OK) outcome = take_url(reader, "userinfo_endpoint", false, &ret->user_info);
    if (outcome == ST_OK) outcome = take_url(reader, "end_session_endpoint", false, &ret->sign_out);
    ret->sends_issuer =
        json_is_true(json_object_get(object, "authorization_response_iss_parameter_supported"));
    const char *methods = "token_endpoint_auth_methods_supported";
    ret->basic = lists(object, methods, "client_secret_basic", true) ||
                 !lists(object, methods, "client_secret_post", false);
    return outcome;
}

enum st oidc_document_read(struct arena *arena, struct str text, struct str issuer, bool loopback,
                           struct oidc_document *ret, struct err *err)
{
    json_t *object = read_object(text);
    struct reader reader = {arena, object, loopback, err};
    *ret = (struct oidc_document){0};
    enum st outcome = object ? read_document(&reader, issuer, ret)
                             : id_refuse(err, "the discovery document is not a JSON object");
    json_decref(object);
    return outcome;
}

enum st oidc_tokens_read(struct arena *arena, struct str text, struct oidc_tokens *ret,
                         struct err *err)
{
    json_t *object = read_object(text);
    enum st outcome = ST_OK;
    *ret = (struct oidc_tokens){str_dup(arena, text_of(object, "id_token")),
                                str_dup(arena, text_of(object, "access_token"))};
    if (!object)
        outcome = id_refuse(err, "the token endpoint's answer is not a JSON object");
    else if (!ret->id_token.len)
        outcome = id_refuse(err, "the token endpoint gave no ID token");
    else if (!str_eq_nocase(text_of(object, "token_type"), STR("Bearer")))
        outcome = id_refuse(err, "the token endpoint gave a token that is not of type Bearer");
    json_decref(object);
    return outcome;
}
