/*
 * Talking with a provider: its document, its keys, its token endpoint.
 */
#include "domain/limit.h"
#include "domain/oidc_internal.h"
#include "net/fetch.h"

enum {
    HELD_MINUTES = 60, /* document and keys */
    DOCUMENT_MAX = 64 << 10,
    TOKENS_MAX = 64 << 10,
    USER_INFO_MAX = 64 << 10,
};

/* However many sign-ins fail: so often a provider is asked again for what is held. */
static const struct limit_rule refetch = {.burst = 6, .per_minute = 4};

struct asking {
    const char *what; /* for the log */
    const char *type; /* the content type that is wanted */
    const char *or_type; /* another that will do; NULL: none */
};

static enum st ask(struct arena *arena, const struct asking *asking,
                   const struct fetch_request *request, struct fetched *ret, struct err *err)
{
    struct err own = {0};
    if (fetch(arena, request, ret, &own) != ST_OK)
        return id_refuse(err, "%s could not be fetched: %s", asking->what, own.detail);
    if (ret->status != 200)
        return id_refuse(err, "%s was answered with HTTP status %d", asking->what, ret->status);
    if (!str_eq(ret->content_type, str_from(asking->type)) &&
        !(asking->or_type && str_eq(ret->content_type, str_from(asking->or_type))))
        return id_refuse(err, "%s came as '%s' and not as %s", asking->what,
                         id_word(ret->content_type).text, asking->type);
    return ST_OK;
}

static bool may_fetch(const struct oidc_provider *provider)
{
    return limit_take(&refetch, provider->settings.issuer, NULL);
}

/* --- document ------------------------------------------------------------------------ */

static enum st fetch_document(struct oidc_provider *provider, struct arena *arena, struct err *err)
{
    static const struct asking asking = {"the discovery document", "application/json", NULL};
    const struct oidc_settings *settings = &provider->settings;
    struct str issuer = settings->issuer;
    if (str_ends(issuer, STR("/"))) issuer.len--;
    struct fetch_request request = {
        .url = str_fmt(arena, "%.*s/.well-known/openid-configuration", STR_ARG(issuer)),
        .ca_file = settings->ca_file,
        .maximum = DOCUMENT_MAX};
    struct fetched fetched;
    if (!may_fetch(provider))
        return id_refuse(err, "the discovery document was asked for too often");
    enum st outcome = ask(arena, &asking, &request, &fetched, err);
    if (outcome != ST_OK) return outcome;
    arena_done(&provider->arena);
    outcome = oidc_document_read(&provider->arena, fetched.body, settings->issuer,
                                 fetch_url_is_loopback(settings->issuer), &provider->document, err);
    provider->document_until = outcome == ST_OK ? clock_now() + HELD_MINUTES * 60000LL : 0;
    return outcome;
}

static void copy_document(const struct oidc_provider *provider, struct arena *arena,
                          struct oidc_document *ret)
{
    *ret = provider->document;
    struct str *texts[] = {&ret->authorization, &ret->token, &ret->keys, &ret->user_info,
                           &ret->sign_out};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = str_dup(arena, *texts[i]);
}

bool oidc_document_held(struct oidc_provider *provider, struct arena *arena,
                        struct oidc_document *ret)
{
    if (pthread_mutex_trylock(&provider->lock) != 0) return false; /* it is being fetched */
    bool held = clock_now() < provider->document_until;
    if (held) copy_document(provider, arena, ret);
    pthread_mutex_unlock(&provider->lock);
    return held;
}

enum st oidc_document_get(struct oidc_provider *provider, struct arena *arena,
                          struct oidc_document *ret, struct err *err)
{
    enum st outcome = ST_OK;
    pthread_mutex_lock(&provider->lock);
    if (clock_now() >= provider->document_until) outcome = fetch_document(provider, arena, err);
    if (outcome == ST_OK) copy_document(provider, arena, ret);
    pthread_mutex_unlock(&provider->lock);
    return outcome;
}

/* --- tokens -------------------------------------------------------------------------- */

enum st oidc_exchange(struct oidc_provider *provider, const struct oidc_document *document,
                      struct arena *arena, struct str form, struct oidc_tokens *ret,
                      struct err *err)
{
    static const struct asking asking = {"the token request", "application/json", NULL};
    const struct oidc_settings *settings = &provider->settings;
    enum oidc_client_authentication way = settings->authentication;
    if (way == CLIENT_BY_PROVIDER) way = document->basic ? CLIENT_BASIC : CLIENT_POST;
    struct str client = fetch_encoded(arena, settings->client);
    struct str secret = fetch_encoded(arena, settings->secret);
    struct fetch_request request = {.url = document->token,
                                    .form = form,
                                    .ca_file = settings->ca_file,
                                    .maximum = TOKENS_MAX};
    /* RFC 6749, 2.3.1: both are form-encoded before they go into the header. */
    if (way == CLIENT_BASIC)
        request.basic = str_fmt(arena, "%.*s:%.*s", STR_ARG(client), STR_ARG(secret));
    else
        request.form = str_fmt(arena, "%.*s&client_id=%.*s", STR_ARG(form), STR_ARG(client));
    if (way == CLIENT_POST)
        request.form =
            str_fmt(arena, "%.*s&client_secret=%.*s", STR_ARG(request.form), STR_ARG(secret));
    struct fetched fetched;
    enum st outcome = ask(arena, &asking, &request, &fetched, err);
    return outcome == ST_OK ? oidc_tokens_read(arena, fetched.body, ret, err) : outcome;
}

/* --- keys ------------------------------------------------------------------------------ */

static enum st fetch_keys(struct oidc_provider *provider, struct str url, struct arena *arena,
                          struct err *err)
{
    static const struct asking asking = {"the key set", "application/json",
                                         "application/jwk-set+json"};
    struct fetch_request request = {
        .url = url, .ca_file = provider->settings.ca_file, .maximum = ID_KEYS_MAX};
    struct fetched fetched;
    struct id_keys *keys = NULL;
    if (!may_fetch(provider)) return id_refuse(err, "the key set was asked for too often");
    enum st outcome = ask(arena, &asking, &request, &fetched, err);
    if (outcome == ST_OK) outcome = id_keys_read(fetched.body, &keys, err);
    if (outcome != ST_OK) return outcome;
    id_keys_free(provider->keys);
    provider->keys = keys;
    provider->keys_until = clock_now() + HELD_MINUTES * 60000LL;
    return ST_OK;
}

enum st oidc_token_check(struct oidc_provider *provider, const struct oidc_document *document,
                         struct arena *arena, struct str token, struct id_expected *expected,
                         struct id_claims *ret, struct err *err)
{
    enum st outcome = ST_OK;
    bool fresh = false;
    pthread_mutex_lock(&provider->lock);
    if (!provider->keys || clock_now() >= provider->keys_until) {
        outcome = fetch_keys(provider, document->keys, arena, err);
        fresh = true;
    }
    expected->now = clock_now();
    if (outcome == ST_OK)
        outcome = id_token_check(arena, token, provider->keys, expected, ret, err);
    if (outcome == ST_NOT_FOUND && !fresh) {
        outcome = fetch_keys(provider, document->keys, arena, err);
        if (outcome == ST_OK)
            outcome = id_token_check(arena, token, provider->keys, expected, ret, err);
    }
    pthread_mutex_unlock(&provider->lock);
    return outcome == ST_NOT_FOUND ? id_refuse(err, "%s", err->detail) : outcome;
}

enum st oidc_user_info(struct oidc_provider *provider, const struct oidc_document *document,
                       struct arena *arena, struct str access_token, struct id_claims *claims,
                       struct err *err)
{
    static const struct asking asking = {"the UserInfo request", "application/json", NULL};
    struct fetch_request request = {.url = document->user_info,
                                    .bearer = access_token,
                                    .ca_file = provider->settings.ca_file,
                                    .maximum = USER_INFO_MAX};
    for (size_t i = 0; i < access_token.len; i++)
        if (access_token.ptr[i] <= ' ' || access_token.ptr[i] > '~')
            return id_refuse(err, "the access token is not text that can be sent");
    struct fetched fetched;
    enum st outcome = ask(arena, &asking, &request, &fetched, err);
    if (outcome != ST_OK) return outcome;
    return id_claims_add(arena, fetched.body, provider->settings.account_claim, claims, err);
}
