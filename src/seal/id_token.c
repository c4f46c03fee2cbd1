#include "seal/id_token_internal.h"

#include <gnutls/crypto.h>
#include <pthread.h>
#include <rhonabwy.h>
#include <sodium.h>

static const struct algorithm {
    const char *name;
    const char *family;
    const char *curve; /* NULL: the family has none */
    gnutls_digest_algorithm_t digest; /* of at_hash */
    jwa_alg id;
} algorithms[] = {
    {"RS256", "RSA", NULL, GNUTLS_DIG_SHA256, R_JWA_ALG_RS256},
    {"RS384", "RSA", NULL, GNUTLS_DIG_SHA384, R_JWA_ALG_RS384},
    {"RS512", "RSA", NULL, GNUTLS_DIG_SHA512, R_JWA_ALG_RS512},
    {"PS256", "RSA", NULL, GNUTLS_DIG_SHA256, R_JWA_ALG_PS256},
    {"PS384", "RSA", NULL, GNUTLS_DIG_SHA384, R_JWA_ALG_PS384},
    {"PS512", "RSA", NULL, GNUTLS_DIG_SHA512, R_JWA_ALG_PS512},
    {"ES256", "EC", "P-256", GNUTLS_DIG_SHA256, R_JWA_ALG_ES256},
    {"ES384", "EC", "P-384", GNUTLS_DIG_SHA384, R_JWA_ALG_ES384},
    {"ES512", "EC", "P-521", GNUTLS_DIG_SHA512, R_JWA_ALG_ES512},
    {"EdDSA", "OKP", "Ed25519", GNUTLS_DIG_SHA512, R_JWA_ALG_EDDSA},
};
enum { ALGORITHMS = sizeof algorithms / sizeof *algorithms };

static int find_algorithm(struct str name)
{
    for (int i = 0; i < ALGORITHMS; i++)
        if (str_eq(name, str_from(algorithms[i].name))) return i;
    return -1;
}

bool id_algorithm_from_name(struct str name, id_algorithms *ret)
{
    int found = find_algorithm(name);
    if (found >= 0) *ret = 1u << found;
    return found >= 0;
}

void id_challenge(struct str verifier, char ret[static ID_CHALLENGE_SIZE])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)verifier.ptr, verifier.len);
    sodium_bin2base64(ret, ID_CHALLENGE_SIZE, hash, sizeof hash,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* --- the three parts --------------------------------------------------------------- */

static bool is_base64url(struct str part)
{
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_';
        if (!good) return false;
    }
    return part.len > 0;
}

static bool split(struct str token, struct str ret[static 3])
{
    size_t count = 0;
    struct str part;
    while (count <= 3 && str_split(&token, '.', &part)) {
        if (count == 3 || !is_base64url(part)) return false;
        ret[count++] = part;
    }
    return count == 3;
}

/* A part's JSON object; NULL when it is none. */
static json_t *read_part(struct arena *arena, struct str part)
{
    uint8_t *bytes = arena_alloc(arena, part.len);
    size_t len = 0;
    if (!id_decode(part, bytes, part.len, &len)) return NULL;
    json_t *object = id_json(str_of((const char *)bytes, len));
    if (json_is_object(object)) return object;
    json_decref(object);
    return NULL;
}

/* RFC 8725, 3.1 and 3.10: the algorithm is one that we chose, and no key and no
 * extension comes from the token itself. */
static enum st check_header(const json_t *header, id_algorithms allowed, int *ret_algorithm,
                            struct err *err)
{
    static const char *const refused[] = {"crit", "b64", "zip", "cty", "enc",
                                          "jwk",  "jku", "x5c", "x5u"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (json_object_get(header, refused[i]))
            return id_refuse(err, "the ID token's header holds '%s'", refused[i]);
    struct str name = id_text(header, "alg");
    int algorithm = find_algorithm(name);
    if (algorithm < 0 || !(allowed >> algorithm & 1))
        return id_refuse(err, "the ID token's algorithm '%s' is not among those allowed",
                         id_word(name).text);
    const json_t *type = json_object_get(header, "typ");
    if (type && !str_eq_nocase(id_text(header, "typ"), STR("JWT")))
        return id_refuse(err, "the ID token's type is not JWT");
    const json_t *key = json_object_get(header, "kid");
    if (key && !json_is_string(key)) return id_refuse(err, "the ID token's key id is not text");
    *ret_algorithm = algorithm;
    return ST_OK;
}

/* --- the signature ------------------------------------------------------------------- */

static bool key_fits(const struct id_key *key, const struct algorithm *algorithm)
{
    struct str own = id_text(key->whole, "alg");
    return str_eq(id_text(key->whole, "kty"), str_from(algorithm->family)) &&
           (!algorithm->curve || str_eq(id_text(key->whole, "crv"), str_from(algorithm->curve))) &&
           (!own.len || str_eq(own, str_from(algorithm->name)));
}

/* By its id; a token without one is taken only where one key alone could be meant
 * (OpenID Connect Core, 10.1). */
static enum st choose_key(const struct id_keys *keys, const json_t *header,
                          const struct algorithm *algorithm, const struct id_key **ret,
                          struct err *err)
{
    bool named = json_object_get(header, "kid") != NULL;
    struct str id = id_text(header, "kid");
    const struct id_key *found = NULL;
    bool known = false;
    size_t count = 0;
    for (size_t i = 0; i < keys->count; i++) {
        if (named && !str_eq(id_text(keys->key[i].whole, "kid"), id)) continue;
        known = true;
        if (!key_fits(&keys->key[i], algorithm)) continue;
        found = &keys->key[i];
        count++;
    }
    if (count == 1) {
        *ret = found;
        return ST_OK;
    }
    if (count > 1) return id_refuse(err, "the ID token names no key, and there are several");
    if (known && named)
        return id_refuse(err, "the key '%s' is not one for %s", id_word(id).text, algorithm->name);
    enum st outcome = err_set(err, ST_NOT_FOUND, "You could not be signed in.");
    err_detail(err, "the ID token is signed by the key '%s', which the provider does not publish",
               id_word(id).text);
    return outcome;
}

static void start(void)
{
    if (r_global_init() != RHN_OK) abort();
}

static bool signature_is_good(const char *token, size_t size, const struct id_key *key,
                              jwa_alg algorithm)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
    jwk_t *jwk = NULL;
    jws_t *jws = NULL;
    bool good =
        r_jwk_init(&jwk) == RHN_OK && r_jws_init(&jws) == RHN_OK &&
        r_jwk_import_from_json_t(jwk, key->part) == RHN_OK &&
        r_jws_advanced_parsen(jws, token, size, R_PARSE_NONE, R_FLAG_IGNORE_REMOTE) == RHN_OK &&
        r_jws_get_alg(jws) == algorithm &&
        r_jws_verify_signature(jws, jwk, R_FLAG_IGNORE_REMOTE) == RHN_OK;
    r_jws_free(jws);
    r_jwk_free(jwk);
    return good;
}

/* --- the claims ------------------------------------------------------------------------ */

/* A NumericDate as seconds; false when it is none, or far out of any calendar. */
static bool read_time(const json_t *claims, const char *name, double *ret)
{
    const json_t *value = json_object_get(claims, name);
    if (!json_is_number(value)) return false;
    *ret = json_number_value(value);
    return *ret > 0 && *ret < 1e11;
}

static enum st check_times(const json_t *claims, instant_ms now_ms, struct err *err)
{
    double now = (double)now_ms / 1000;
    double expires = 0;
    double issued = 0;
    double before = 0;
    if (!read_time(claims, "exp", &expires) || !read_time(claims, "iat", &issued))
        return id_refuse(err, "the ID token does not say when it was issued and when it expires");
    if (now >= expires + ID_TOKEN_SKEW_SECONDS)
        return id_refuse(err, "the ID token expired %.0f seconds ago", now - expires);
    if (issued > now + ID_TOKEN_SKEW_SECONDS)
        return id_refuse(err,
                         "the ID token was issued %.0f seconds in the future: is a clock wrong?",
                         issued - now);
    if (issued < now - ID_TOKEN_AGE_SECONDS)
        return id_refuse(err, "the ID token was issued %.0f seconds ago", now - issued);
    if (json_object_get(claims, "nbf") &&
        (!read_time(claims, "nbf", &before) || before > now + ID_TOKEN_SKEW_SECONDS))
        return id_refuse(err, "the ID token is not valid yet");
    return ST_OK;
}

/* OpenID Connect Core 3.1.3.7, 3 to 5, in its strict reading. */
static enum st check_audience(const json_t *claims, struct str client, struct err *err)
{
    const json_t *audience = json_object_get(claims, "aud");
    struct str single = id_text(claims, "aud");
    size_t count = json_is_array(audience) ? json_array_size(audience) : 1;
    bool ours = str_eq(single, client);
    for (size_t i = 0; i < json_array_size(audience); i++) {
        const json_t *one = json_array_get(audience, i);
        if (!json_is_string(one)) return id_refuse(err, "the ID token's audience is not text");
        ours = ours || str_eq(str_of(json_string_value(one), json_string_length(one)), client);
    }
    if (!ours) return id_refuse(err, "the ID token is for another audience");
    const json_t *party = json_object_get(claims, "azp");
    if (count > 1 && !party) return id_refuse(err, "the ID token has several audiences and no azp");
    if (party && !str_eq(id_text(claims, "azp"), client))
        return id_refuse(err, "the ID token was issued to another party (azp)");
    return ST_OK;
}

/* OpenID Connect Core 3.1.3.8: the left half of the access token's hash. */
static enum st check_access_token(const json_t *claims, struct str access_token,
                                  const struct algorithm *algorithm, struct err *err)
{
    if (!json_object_get(claims, "at_hash")) return ST_OK;
    uint8_t hash[64];
    char want[64];
    size_t half = gnutls_hash_get_len(algorithm->digest) / 2;
    if (!access_token.len ||
        gnutls_hash_fast(algorithm->digest, access_token.ptr, access_token.len, hash) != 0)
        return id_refuse(err, "the ID token has an at_hash, and no access token came with it");
    sodium_bin2base64(want, sizeof want, hash, half, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    if (str_eq(id_text(claims, "at_hash"), str_from(want))) return ST_OK;
    return id_refuse(err, "the ID token's at_hash does not fit the access token");
}

static enum st check_assurance(const json_t *claims, struct str wanted, struct err *err)
{
    struct str reached = id_text(claims, "acr");
    struct str one;
    bool any = !wanted.len;
    while (!any && str_split(&wanted, ' ', &one)) any = one.len && str_eq(one, reached);
    if (any) return ST_OK;
    return id_refuse(err, "the sign-in at the provider reached '%s' (acr), which is not enough",
                     id_word(reached).text);
}

static enum st check_nonce(const json_t *claims, struct str nonce, struct err *err)
{
    struct str got = id_text(claims, "nonce");
    if (got.len == nonce.len && nonce.len && sodium_memcmp(got.ptr, nonce.ptr, nonce.len) == 0)
        return ST_OK;
    return id_refuse(err, "the ID token's nonce is not the one that was sent");
}

/* OpenID Connect Core, 2: at most 255 characters of ASCII. */
static bool subject_is_good(struct str subject)
{
    for (size_t i = 0; i < subject.len; i++)
        if (subject.ptr[i] < ' ' || subject.ptr[i] > '~') return false;
    return subject.len > 0 && subject.len <= 255;
}

static void take_claims(struct arena *arena, const json_t *claims, struct str account_claim,
                        struct id_claims *ret)
{
    if (!ret->email.len) {
        ret->email = str_dup(arena, id_text(claims, "email"));
        ret->email_verified = json_is_true(json_object_get(claims, "email_verified"));
    }
    if (!ret->account.len && account_claim.len)
        ret->account = str_dup(arena, id_text(claims, str_c(arena, account_claim)));
}

enum st id_claims_check(struct arena *arena, const json_t *claims,
                        const struct id_expected *expected, int algorithm, struct id_claims *ret,
                        struct err *err)
{
    struct str issuer = id_text(claims, "iss");
    if (!str_eq(issuer, expected->issuer))
        return id_refuse(err, "the ID token's issuer is '%s'", id_word(issuer).text);
    enum st outcome = check_audience(claims, expected->client, err);
    if (outcome == ST_OK) outcome = check_times(claims, expected->now, err);
    if (outcome == ST_OK) outcome = check_nonce(claims, expected->nonce, err);
    if (outcome == ST_OK)
        outcome = check_access_token(claims, expected->access_token, &algorithms[algorithm], err);
    if (outcome == ST_OK) outcome = check_assurance(claims, expected->assurance, err);
    if (outcome == ST_OK && !subject_is_good(id_text(claims, "sub")))
        outcome = id_refuse(err, "the ID token's subject is missing, too long or not ASCII");
    if (outcome != ST_OK) return outcome;
    *ret = (struct id_claims){.subject = str_dup(arena, id_text(claims, "sub"))};
    take_claims(arena, claims, expected->account_claim, ret);
    return ST_OK;
}

enum st id_token_check(struct arena *arena, struct str token, const struct id_keys *keys,
                       const struct id_expected *expected, struct id_claims *ret, struct err *err)
{
    struct str part[3];
    if (token.len > ID_TOKEN_MAX)
        return id_refuse(err, "the ID token has %zu bytes, and %d is the most", token.len,
                         ID_TOKEN_MAX);
    if (!split(token, part)) return id_refuse(err, "the ID token is not three parts of base64url");
    json_t *header = read_part(arena, part[0]);
    json_t *claims = read_part(arena, part[1]);
    int algorithm = 0;
    const struct id_key *key = NULL;
    enum st outcome =
        header && claims ? ST_OK : id_refuse(err, "the ID token's parts are not JSON objects");
    if (outcome == ST_OK) outcome = check_header(header, expected->algorithms, &algorithm, err);
    if (outcome == ST_OK) outcome = choose_key(keys, header, &algorithms[algorithm], &key, err);
    if (outcome == ST_OK &&
        !signature_is_good(str_c(arena, token), token.len, key, algorithms[algorithm].id))
        outcome = id_refuse(err, "the ID token's signature is not the key's");
    if (outcome == ST_OK) outcome = id_claims_check(arena, claims, expected, algorithm, ret, err);
    json_decref(header);
    json_decref(claims);
    return outcome;
}

enum st id_claims_add(struct arena *arena, struct str document, struct str account_claim,
                      struct id_claims *claims, struct err *err)
{
    json_t *object = id_json(document);
    enum st outcome = ST_OK;
    if (!json_is_object(object))
        outcome = id_refuse(err, "the UserInfo answer is not a JSON object");
    else if (!str_eq(id_text(object, "sub"), claims->subject))
        outcome = id_refuse(err, "the UserInfo answer is about another subject");
    else
        take_claims(arena, object, account_claim, claims);
    json_decref(object);
    return outcome;
}
