/*
 * What a provider of sign-ins sends, and oidc.txt.  The first byte says which: k keys,
 * t token, c claims of a token, d discovery document, a answer of the token endpoint,
 * u UserInfo, s settings.
 */
#include "domain/oidc_internal.h"
#include "net/fetch.h"
#include "seal/id_token_internal.h"
#include "seal/secret.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key_set[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"o\","
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

static void read_keys(struct str text)
{
    struct id_keys *keys = NULL;
    struct err err;
    if (id_keys_read(text, &keys, &err) != ST_OK) return;
    assert(id_keys_count(keys) > 0 && id_keys_count(keys) <= ID_KEYS_COUNT_MAX);
    id_keys_free(keys);
}

static void read_token(struct arena *arena, struct str text, const struct id_expected *expected)
{
    struct id_keys *keys = NULL;
    struct id_claims claims;
    struct err err;
    if (id_keys_read(str_from(key_set), &keys, &err) != ST_OK) abort();
    enum st outcome = id_token_check(arena, text, keys, expected, &claims, &err);
    assert(outcome == ST_DENIED || outcome == ST_NOT_FOUND);
    assert(err.detail[0]);
    id_keys_free(keys);
}

static void read_claims(struct arena *arena, struct str text, const struct id_expected *expected)
{
    struct id_claims claims = {0};
    struct err err;
    json_t *object = id_json(text);
    if (json_is_object(object) &&
        id_claims_check(arena, object, expected, 0, &claims, &err) == ST_OK) {
        assert(claims.subject.len > 0 && claims.subject.len <= 255);
        assert(str_eq(id_text(object, "iss"), expected->issuer));
    }
    json_decref(object);
}

static void read_document(struct arena *arena, struct str text)
{
    struct oidc_document document;
    struct err err;
    if (oidc_document_read(arena, text, STR("https://a.example"), false, &document, &err) != ST_OK)
        return;
    assert(fetch_url_allowed(document.authorization, false) &&
           fetch_url_allowed(document.token, false) && fetch_url_allowed(document.keys, false));
}

static void read_settings(struct str text)
{
    struct oidc *oidc = calloc(1, sizeof *oidc);
    struct err err;
    arena_init(&oidc->arena, 16 << 20);
    if (oidc_settings_read(oidc, "/nowhere", text, &err) == ST_OK)
        for (size_t i = 0; i < oidc->count; i++) {
            assert(fetch_url_allowed(oidc->provider[i].settings.issuer, true));
            assert(oidc->provider[i].settings.algorithms && oidc->provider[i].settings.domains.len);
        }
    arena_done(&oidc->arena);
    free(oidc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 60000 || !seal_start()) return 0;
    struct str text = str_of((const char *)data + 1, size - 1);
    const struct id_expected expected = {.issuer = STR("https://a.example"),
                                         .client = STR("c"),
                                         .nonce = STR("n"),
                                         .access_token = STR("x"),
                                         .account_claim = STR("upn"),
                                         .algorithms = ~0u,
                                         .now = 1000000};
    struct arena arena;
    struct oidc_tokens tokens;
    struct id_claims claims = {.subject = STR("s")};
    struct err err;
    arena_init(&arena, 4 << 20);
    switch (data[0]) {
    case 'k': read_keys(text); break;
    case 't': read_token(&arena, text, &expected); break;
    case 'c': read_claims(&arena, text, &expected); break;
    case 'd': read_document(&arena, text); break;
    case 'a': err.code = oidc_tokens_read(&arena, text, &tokens, &err); break;
    case 'u': err.code = id_claims_add(&arena, text, STR("upn"), &claims, &err); break;
    case 's': read_settings(text); break;
    default: break;
    }
    arena_done(&arena);
    return 0;
}
