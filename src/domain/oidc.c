#include "domain/oidc.h"

#include "base/buf.h"
#include "domain/oidc_internal.h"
#include "net/fetch.h"

enum { CODE_MAX = 4096 };

/* --- transactions ------------------------------------------------------------------ */

static bool is_over(const struct oidc_transaction *transaction, instant_ms now)
{
    return !transaction->provider || now - transaction->begun_at >= OIDC_MINUTES * 60000LL ||
           transaction->begun_at > now;
}

/* A place that is free or over, else that of the oldest. */
static struct oidc_transaction *place_for_one(struct oidc *oidc, instant_ms now)
{
    struct oidc_transaction *oldest = &oidc->transaction[0];
    for (size_t i = 0; i < OIDC_TRANSACTIONS; i++) {
        if (is_over(&oidc->transaction[i], now)) return &oidc->transaction[i];
        if (oidc->transaction[i].begun_at < oldest->begun_at) oldest = &oidc->transaction[i];
    }
    return oldest;
}

static void keep(struct oidc *oidc, const struct oidc_transaction *transaction)
{
    pthread_mutex_lock(&oidc->lock);
    *place_for_one(oidc, transaction->begun_at) = *transaction;
    pthread_mutex_unlock(&oidc->lock);
}

static bool same_hash(const uint8_t *a, const uint8_t *b)
{
    return seal_equal(str_of((const char *)a, SEAL_HASH_SIZE),
                      str_of((const char *)b, SEAL_HASH_SIZE));
}

/* Takes the transaction of this state out, whatever comes of it: it can be used once.
 * One that another browser began is left to that browser. */
static enum st take(struct oidc *oidc, const struct oidc_provider *provider,
                    const struct oidc_answer *answer, struct oidc_transaction *ret, struct err *err)
{
    uint8_t state[SEAL_HASH_SIZE];
    uint8_t browser[SEAL_HASH_SIZE];
    seal_hash(answer->state, state);
    seal_hash(answer->browser, browser);
    enum st outcome =
        id_refuse(err, "the state is unknown: used already, too old, or begun before a restart");
    pthread_mutex_lock(&oidc->lock);
    instant_ms now = clock_now();
    for (size_t i = 0; i < OIDC_TRANSACTIONS; i++) {
        struct oidc_transaction *transaction = &oidc->transaction[i];
        if (is_over(transaction, now) || !same_hash(transaction->state, state)) continue;
        if (!answer->browser.len || !same_hash(transaction->browser, browser)) {
            outcome = id_refuse(err, "the state belongs to another browser");
        } else {
            outcome = transaction->provider == provider
                          ? ST_OK
                          : id_refuse(err, "the state belongs to another provider");
            *ret = *transaction;
            explicit_bzero(transaction, sizeof *transaction);
        }
        break;
    }
    pthread_mutex_unlock(&oidc->lock);
    return outcome;
}

/* --- going there --------------------------------------------------------------------- */

static void add_pair(struct arena *arena, struct buf *query, const char *name, struct str value)
{
    struct str encoded = fetch_encoded(arena, value);
    if (query->len) buf_add_char(query, '&');
    buf_add_fmt(query, "%s=%.*s", name, STR_ARG(encoded));
}

static struct str return_address(const struct oidc *oidc, struct arena *arena,
                                 const struct oidc_settings *settings)
{
    return str_fmt(arena, "%.*s/sign-in/return/%.*s", STR_ARG(oidc->address),
                   STR_ARG(settings->id));
}

static struct str with_query(struct arena *arena, struct str url, const struct buf *query)
{
    char join = str_find(url, STR("?"), 0) < 0 ? '?' : '&';
    return str_fmt(arena, "%.*s%c%.*s", STR_ARG(url), join, STR_ARG(buf_str(query)));
}

static struct str request_url(const struct oidc *oidc, struct arena *arena,
                              const struct oidc_settings *settings, struct str endpoint,
                              const struct oidc_transaction *transaction, struct str state)
{
    char challenge[ID_CHALLENGE_SIZE];
    id_challenge(str_from(transaction->verifier), challenge);
    struct buf query;
    buf_init(&query, 16 << 10);
    add_pair(arena, &query, "response_type", STR("code"));
    add_pair(arena, &query, "client_id", settings->client);
    add_pair(arena, &query, "redirect_uri", return_address(oidc, arena, settings));
    add_pair(arena, &query, "scope", settings->scopes);
    add_pair(arena, &query, "state", state);
    add_pair(arena, &query, "nonce", str_from(transaction->nonce));
    add_pair(arena, &query, "code_challenge", str_from(challenge));
    add_pair(arena, &query, "code_challenge_method", STR("S256"));
    if (settings->assurance.len) add_pair(arena, &query, "acr_values", settings->assurance);
    struct str url = with_query(arena, endpoint, &query);
    buf_done(&query);
    return url;
}

static enum st find(const struct app *app, struct str id, struct oidc_provider **ret,
                    struct err *err)
{
    *ret = oidc_find(app->oidc, id);
    return *ret ? ST_OK : err_missing(err, "page");
}

enum st oidc_begin(struct app *app, struct arena *arena, struct str id, struct str next,
                   struct oidc_start *ret, struct err *err)
{
    struct oidc_provider *provider;
    struct oidc_document document;
    enum st outcome = find(app, id, &provider, err);
    if (outcome == ST_OK) outcome = oidc_document_get(provider, arena, &document, err);
    if (outcome != ST_OK) return outcome;
    struct oidc_transaction transaction = {.provider = provider, .begun_at = clock_now()};
    char state[SEAL_TOKEN_SIZE];
    seal_token(state);
    seal_token(ret->browser);
    seal_token(transaction.nonce);
    seal_token(transaction.verifier);
    seal_hash(str_from(state), transaction.state);
    seal_hash(str_from(ret->browser), transaction.browser);
    if (next.len < sizeof transaction.next) memcpy(transaction.next, next.ptr, next.len);
    keep(app->oidc, &transaction);
    ret->url = request_url(app->oidc, arena, &provider->settings, document.authorization,
                           &transaction, str_from(state));
    ret->host = str_dup(arena, fetch_url_host(document.authorization));
    explicit_bzero(&transaction, sizeof transaction);
    return ST_OK;
}

/* --- coming back ----------------------------------------------------------------------- */

static enum st check_answer(const struct oidc_provider *provider,
                            const struct oidc_document *document, const struct oidc_answer *answer,
                            struct err *err)
{
    if (answer->issuer.len && !str_eq(answer->issuer, provider->settings.issuer))
        return id_refuse(err, "the answer is from the issuer '%s' (RFC 9207)",
                         id_word(answer->issuer).text);
    if (document->sends_issuer && !answer->issuer.len)
        return id_refuse(err, "the answer does not name its issuer, as the provider says it does");
    if (answer->error.len)
        return id_refuse(err, "the provider answered '%s'", id_word(answer->error).text);
    if (!answer->code.len || answer->code.len > CODE_MAX)
        return id_refuse(err, "the answer holds no code, or one that is too long");
    return ST_OK;
}

/* The code and the verifier become claims that were checked. */
static enum st redeem(const struct oidc *oidc, struct oidc_provider *provider,
                      const struct oidc_document *document, struct arena *arena, struct str code,
                      const struct oidc_transaction *transaction, struct oidc_tokens *ret_tokens,
                      struct id_claims *ret, struct err *err)
{
    const struct oidc_settings *settings = &provider->settings;
    struct buf form;
    buf_init(&form, 32 << 10);
    add_pair(arena, &form, "grant_type", STR("authorization_code"));
    add_pair(arena, &form, "code", code);
    add_pair(arena, &form, "redirect_uri", return_address(oidc, arena, settings));
    add_pair(arena, &form, "code_verifier", str_from(transaction->verifier));
    struct str text = str_dup(arena, buf_str(&form));
    buf_done(&form);
    enum st outcome = oidc_exchange(provider, document, arena, text, ret_tokens, err);
    if (outcome != ST_OK) return outcome;
    struct id_expected expected = {.issuer = settings->issuer,
                                   .client = settings->client,
                                   .nonce = str_from(transaction->nonce),
                                   .access_token = ret_tokens->access_token,
                                   .account_claim = settings->account_claim,
                                   .assurance = settings->assurance,
                                   .algorithms = settings->algorithms};
    return oidc_token_check(provider, document, arena, ret_tokens->id_token, &expected, ret, err);
}

/* The account; what the ID token does not say of a person is asked for, once, at their
 * first sign-in. */
static enum st account_of(struct app *app, struct oidc_provider *provider,
                          const struct oidc_document *document, struct arena *arena,
                          const struct oidc_tokens *tokens, struct id_claims *claims, int64_t *ret,
                          struct err *err)
{
    enum st outcome = oidc_account(app, &provider->settings, claims, ret, err);
    if (outcome != ST_NOT_FOUND) return outcome;
    if (!document->user_info.len || !tokens->access_token.len)
        return id_refuse(err, "%s", err->detail);
    outcome = oidc_user_info(provider, document, arena, tokens->access_token, claims, err);
    if (outcome == ST_OK) outcome = oidc_account(app, &provider->settings, claims, ret, err);
    return outcome == ST_NOT_FOUND ? id_refuse(err, "%s", err->detail) : outcome;
}

enum st oidc_finish(struct app *app, struct arena *arena, struct str id,
                    const struct oidc_answer *answer, const struct visitor *visitor,
                    struct sign_in *ret, struct str *ret_next, struct err *err)
{
    struct oidc_provider *provider;
    struct oidc_document document;
    struct oidc_transaction transaction;
    struct oidc_tokens tokens;
    struct id_claims claims;
    int64_t account = 0;
    enum st outcome = find(app, id, &provider, err);
    if (outcome == ST_OK) outcome = take(app->oidc, provider, answer, &transaction, err);
    if (outcome == ST_OK) outcome = oidc_document_get(provider, arena, &document, err);
    if (outcome == ST_OK) outcome = check_answer(provider, &document, answer, err);
    if (outcome == ST_OK)
        outcome = redeem(app->oidc, provider, &document, arena, answer->code, &transaction, &tokens,
                         &claims, err);
    if (outcome == ST_OK)
        outcome = account_of(app, provider, &document, arena, &tokens, &claims, &account, err);
    *ret = (struct sign_in){0};
    if (outcome == ST_OK)
        outcome = sign_in_account(app, visitor, account, "signed in by provider", ret, err);
    if (outcome == ST_OK) *ret_next = str_dup(arena, str_from(transaction.next));
    explicit_bzero(&transaction, sizeof transaction);
    return outcome;
}

/* --- going away ------------------------------------------------------------------------- */

enum st oidc_sign_out(struct app *app, struct arena *arena, struct str id,
                      struct oidc_sign_out *ret, struct err *err)
{
    struct oidc_provider *provider;
    struct oidc_document document;
    enum st outcome = find(app, id, &provider, err);
    if (outcome != ST_OK) return outcome;
    const struct oidc_settings *settings = &provider->settings;
    if (!settings->sign_out || !oidc_document_held(provider, arena, &document) ||
        !document.sign_out.len)
        return err_missing(err, "page");
    struct buf query;
    buf_init(&query, 16 << 10);
    add_pair(arena, &query, "client_id", settings->client);
    add_pair(arena, &query, "post_logout_redirect_uri",
             str_fmt(arena, "%.*s/", STR_ARG(app->oidc->address)));
    *ret = (struct oidc_sign_out){.label = settings->label,
                                  .host = str_dup(arena, fetch_url_host(document.sign_out)),
                                  .url = with_query(arena, document.sign_out, &query)};
    buf_done(&query);
    return ST_OK;
}
