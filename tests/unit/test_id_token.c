/*
 * ID tokens, keys and the documents of a provider, without a provider.  Vectors are those
 * of RFC 7515 (appendix A), RFC 7636 (appendix B) and OpenID Connect Core.
 */
#include "base/buf.h"
#include "domain/oidc_internal.h"
#include "net/fetch.h"
#include "seal/id_token_internal.h"
#include "tests_common.h"

/* RFC 7515, A.2 and A.3: keys and tokens.  Their claims are not those of an ID token, so a
 * good signature ends with a complaint about the issuer, and a bad one does not come so far. */
#define RSA_KEY                                                                                    \
    "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-"   \
    "Vaw-"                                                                                         \
    "4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_"       \
    "7OMg0LOL-"                                                                                    \
    "bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"                                                    \
    "UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT"                                      \
    "6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":"  \
    "\"AQAB\"}"
#define EC_KEY                                                                                     \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","     \
    "\"y\":"                                                                                       \
    "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"
#define PAYLOAD                                                                                    \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
static const char rsa_token[] = "eyJhbGciOiJSUzI1NiJ9." PAYLOAD
                                ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__"
                                "dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujG"
                                "bds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
                                "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0"
                                "GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
                                "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6Lb"
                                "gGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
static const char ec_token[] =
    "eyJhbGciOiJFUzI1NiJ9." PAYLOAD
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

static struct arena arena;
static struct err err;

static struct id_expected expectation(void)
{
    return (struct id_expected){.issuer = STR("https://login.example.org"),
                                .client = STR("pendeen"),
                                .nonce = STR("n-0S6_WzA2Mj"),
                                .access_token = STR("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
                                .algorithms = ~0u,
                                .now = 1311281000000};
}

static enum st check_token(const char *keys, const char *token)
{
    struct id_keys *set = NULL;
    struct id_claims claims;
    struct id_expected expected = expectation();
    assert_int_equal(id_keys_read(str_from(keys), &set, &err), ST_OK);
    enum st outcome = id_token_check(&arena, str_from(token), set, &expected, &claims, &err);
    id_keys_free(set);
    return outcome;
}

static void signatures_of_the_standard(void **state)
{
    (void)state;
    assert_int_equal(check_token("{\"keys\":[" RSA_KEY "]}", rsa_token), ST_DENIED);
    assert_string_equal(err.detail, "the ID token's issuer is 'joe'");
    assert_int_equal(check_token("{\"keys\":[" EC_KEY "]}", ec_token), ST_DENIED);
    assert_string_equal(err.detail, "the ID token's issuer is 'joe'");
    assert_int_equal(check_token("{\"keys\":[" RSA_KEY "," EC_KEY "]}", ec_token), ST_DENIED);
    assert_string_equal(err.detail, "the ID token's issuer is 'joe'");
    assert_int_equal(check_token("{\"keys\":[" RSA_KEY "]}", ec_token), ST_NOT_FOUND);
}

/* Whatever character of payload or signature is changed, the signature is refused or the
 * text is no token any more. */
static void every_character_counts(void **state)
{
    (void)state;
    char token[sizeof ec_token];
    for (size_t i = 0; i < sizeof ec_token - 1; i++) {
        memcpy(token, ec_token, sizeof token);
        token[i] = token[i] == 'A' ? 'B' : 'A';
        assert_int_not_equal(check_token("{\"keys\":[" EC_KEY "]}", token), ST_OK);
        assert_string_not_equal(err.detail, "the ID token's issuer is 'joe'");
    }
}

static void keys_that_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[]}",
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
        "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"}]}",
        "{\"keys\":[" EC_KEY "],\"keys\":[" EC_KEY "]}",
        "{\"keys\":[" EC_KEY "]} x",
    };
    struct id_keys *keys = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(id_keys_read(str_from(bad[i]), &keys, &err), ST_DENIED);
    static const char encryption[] = "{\"keys\":[{\"kty\":\"EC\",\"use\":\"enc\"}," EC_KEY "]}";
    assert_int_equal(id_keys_read(str_from(encryption), &keys, &err), ST_OK);
    assert_int_equal(id_keys_count(keys), 1);
    id_keys_free(keys);
}

/* Good claims, after OpenID Connect Core 2 and A.3, with one thing changed each. */
static const char *const good_claims[][2] = {
    {"iss", "\"https://login.example.org\""}, {"sub", "\"248289761001\""},
    {"aud", "\"pendeen\""},                   {"nonce", "\"n-0S6_WzA2Mj\""},
    {"exp", "1311281970"},                    {"iat", "1311280970"},
    {"at_hash", "\"77QmUPtjPfzWtF2AnpK9RQ\""},
};
enum { CLAIMS = sizeof good_claims / sizeof *good_claims };

static enum st check_claims(const char *name, const char *value, const char *more)
{
    struct buf text;
    buf_init(&text, 4096);
    for (size_t i = 0; i < CLAIMS; i++) {
        const char *mine = strcmp(name, good_claims[i][0]) == 0 ? value : good_claims[i][1];
        if (mine) buf_add_fmt(&text, "%c\"%s\":%s", text.len ? ',' : '{', good_claims[i][0], mine);
    }
    buf_add_fmt(&text, "%s}", more);
    json_t *object = id_json(buf_str(&text));
    buf_done(&text);
    assert_non_null(object);
    struct id_expected expected = expectation();
    struct id_claims claims;
    enum st outcome = id_claims_check(&arena, object, &expected, 0, &claims, &err);
    json_decref(object);
    return outcome;
}

static void claims_one_by_one(void **state)
{
    (void)state;
    assert_int_equal(check_claims("", NULL, ""), ST_OK);
    assert_int_equal(check_claims("at_hash", NULL, ""), ST_OK);
    assert_int_equal(check_claims("aud", "[\"pendeen\"]", ""), ST_OK);
    assert_int_equal(check_claims("aud", "[\"other\",\"pendeen\"]", ",\"azp\":\"pendeen\""), ST_OK);
    for (size_t i = 0; i < CLAIMS - 1; i++) {
        assert_int_equal(check_claims(good_claims[i][0], NULL, ""), ST_DENIED);
        assert_int_equal(check_claims(good_claims[i][0], "null", ""), ST_DENIED);
        assert_int_equal(check_claims(good_claims[i][0], "{}", ""), ST_DENIED);
        assert_int_equal(check_claims(good_claims[i][0], "[]", ""), ST_DENIED);
        assert_int_equal(check_claims(good_claims[i][0], "\"\"", ""), ST_DENIED);
        assert_int_equal(check_claims(good_claims[i][0], "true", ""), ST_DENIED);
    }
    assert_int_equal(check_claims("aud", "[\"other\",\"pendeen\"]", ""), ST_DENIED);
    assert_int_equal(check_claims("", NULL, ",\"azp\":\"other\""), ST_DENIED);
    assert_int_equal(check_claims("at_hash", "\"77QmUPtjPfzWtF2AnpK9RR\"", ""), ST_DENIED);
    assert_int_equal(check_claims("", NULL, ",\"nbf\":1311281061"), ST_DENIED);
    assert_int_equal(check_claims("", NULL, ",\"nbf\":1311281060"), ST_OK);
}

/* A minute of difference is allowed, and not a second more. */
static void edges_of_time(void **state)
{
    (void)state;
    assert_int_equal(check_claims("exp", "1311280941", ""), ST_OK);
    assert_int_equal(check_claims("exp", "1311280940", ""), ST_DENIED);
    assert_int_equal(check_claims("exp", "1311280940.5", ""), ST_OK);
    assert_int_equal(check_claims("iat", "1311281060", ""), ST_OK);
    assert_int_equal(check_claims("iat", "1311281061", ""), ST_DENIED);
    assert_int_equal(check_claims("iat", "1311280400", ""), ST_OK);
    assert_int_equal(check_claims("iat", "1311280399", ""), ST_DENIED);
    assert_int_equal(check_claims("exp", "-1", ""), ST_DENIED);
    assert_int_equal(check_claims("exp", "1e99", ""), ST_DENIED);
}

static void algorithms_that_there_are_not(void **state)
{
    (void)state;
    static const char *const names[] = {"none",  "None", "",      "HS256",  "HS384",
                                        "HS512", "RS1",  "rs256", "ES256K", "RS256 "};
    id_algorithms bit = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_false(id_algorithm_from_name(str_from(names[i]), &bit));
    assert_true(id_algorithm_from_name(STR("EdDSA"), &bit));
}

static void challenge_of_the_standard(void **state)
{
    (void)state;
    char challenge[ID_CHALLENGE_SIZE];
    id_challenge(STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), challenge);
    assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void addresses(void **state)
{
    (void)state;
    static const char *const good[] = {"https://a.example", "https://a.example:8443/x?y=z",
                                       "https://[2001:db8::1]/"};
    static const char *const bad[] = {"",
                                      "https://",
                                      "http://a.example",
                                      "HTTPS://a.example",
                                      "https:///x",
                                      "https://a@b/",
                                      "https://a.example/x#y",
                                      "https://a b/",
                                      "https://a.example/\r\nX: y",
                                      "file:///x",
                                      "https://a.example\\@b",
                                      "https://:80/",
                                      "//a.example",
                                      "https://a_b.example/",
                                      "http://127.0.0.1.a.example/",
                                      "http://localhost.a.example/",
                                      "https://a.example/\"x"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(fetch_url_allowed(str_from(good[i]), false));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(fetch_url_allowed(str_from(bad[i]), true));
    assert_true(fetch_url_allowed(STR("http://localhost:8080/x"), true));
    assert_false(fetch_url_allowed(STR("http://localhost:8080/x"), false));
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 64 << 20);
    return seal_start() ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_of_the_standard),
        cmocka_unit_test(every_character_counts),
        cmocka_unit_test(keys_that_are_refused),
        cmocka_unit_test(claims_one_by_one),
        cmocka_unit_test(edges_of_time),
        cmocka_unit_test(algorithms_that_there_are_not),
        cmocka_unit_test(challenge_of_the_standard),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
