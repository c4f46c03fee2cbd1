#include "seal/webauthn.h"

#include "base/arena.h"
#include "seal/secret.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <jansson.h>
#include <sodium.h>

enum {
    AUTHENTICATOR_HEAD = 32 + 1 + 4, /* hash of the site's name, flags, counter */
    USER_PRESENT = 0x01,
    USER_VERIFIED = 0x04,
    KEY_INCLUDED = 0x40,
};

static enum st refuse(struct err *err, const char *check)
{
    err_set(err, ST_DENIED, "The passkey was not accepted. Please try again.");
    err_hint(err, "If it happens again, sign in another way and set the passkey up anew.");
    err_detail(err, "webauthn: %s", check);
    return ST_DENIED;
}

/* --- client data: what the browser says that was signed, and where --------------------- */

static bool text_is(const json_t *object, const char *name, struct str wanted)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) &&
           str_eq(str_of(json_string_value(value), json_string_length(value)), wanted);
}

static const char *client_data_fault(const json_t *data, const char *type,
                                     const struct webauthn_site *site, struct str challenge)
{
    char wanted[sodium_base64_ENCODED_LEN(WEBAUTHN_CHALLENGE_SIZE,
                                          sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    if (!json_is_object(data)) return "client data is no object";
    if (challenge.len != WEBAUTHN_CHALLENGE_SIZE) return "there is no challenge";
    sodium_bin2base64(wanted, sizeof wanted, (const uint8_t *)challenge.ptr, challenge.len,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    if (!text_is(data, "type", str_from(type))) return "wrong type";
    const json_t *given = json_object_get(data, "challenge");
    if (!json_is_string(given) ||
        !seal_equal(str_of(json_string_value(given), json_string_length(given)), str_from(wanted)))
        return "wrong challenge";
    if (!text_is(data, "origin", site->origin)) return "wrong origin";
    if (json_is_true(json_object_get(data, "crossOrigin")) || json_object_get(data, "topOrigin"))
        return "asked from within another site's page";
    return NULL;
}

static enum st check_client_data(const char *type, const struct webauthn_site *site,
                                 struct str challenge, struct str client_data, struct err *err)
{
    if (client_data.len == 0 || client_data.len > WEBAUTHN_PART_MAX)
        return refuse(err, "client data's size");
    json_error_t error;
    json_t *data = json_loadb(client_data.ptr, client_data.len, JSON_REJECT_DUPLICATES, &error);
    const char *fault =
        data ? client_data_fault(data, type, site, challenge) : "client data is no JSON";
    json_decref(data);
    return fault ? refuse(err, fault) : ST_OK;
}

/* --- authenticator data ------------------------------------------------------------------ */

static const char *head_fault(struct str data, const struct webauthn_site *site, int flags)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)site->rp_id.ptr, site->rp_id.len);
    if (data.len < AUTHENTICATOR_HEAD || data.len > WEBAUTHN_PART_MAX)
        return "authenticator data's size";
    if (!seal_equal(str_sub(data, 0, sizeof hash), str_of((const char *)hash, sizeof hash)))
        return "another site's key";
    if (!(data.ptr[32] & USER_PRESENT)) return "nobody was there";
    if (!(data.ptr[32] & USER_VERIFIED)) return "the person was not verified";
    if ((data.ptr[32] & flags) != flags) return "no key is included";
    return NULL;
}

/* Does this CBOR (RFC 8949) promise no more than it has?  The library makes room for an
 * array of as many as it says before it looks for them: four bytes could ask for gigabytes.
 * Lengths are all that is looked at here; indefinite ones are not for authenticators (CTAP
 * 2.1, section 8). */
static bool promises_hold(struct str bytes)
{
    size_t at = 0;
    while (at < bytes.len) {
        unsigned head = (unsigned char)bytes.ptr[at++];
        unsigned kind = head >> 5;
        uint64_t value = head & 31;
        if (value > 27) return false;
        if (value >= 24) {
            size_t size = (size_t)1 << (value - 24);
            if (bytes.len - at < size) return false;
            value = 0;
            while (size--) value = value << 8 | (unsigned char)bytes.ptr[at++];
        }
        if (kind >= 2 && kind <= 5 && value > bytes.len - at) return false;
        if (kind == 2 || kind == 3) at += (size_t)value; /* bytes and text: their content */
    }
    return true;
}

/* What of new authenticator data is CBOR: behind the key's AAGUID and id. */
static struct str cbor_of_key(struct str data)
{
    size_t at = AUTHENTICATOR_HEAD + 16;
    if (data.len < at + 2) return STR("");
    size_t id = (size_t)(unsigned char)data.ptr[at] << 8 | (unsigned char)data.ptr[at + 1];
    return str_sub(data, at + 2 + id, data.len);
}

static bool take_key(fido_cred_t *credential, int algorithm, struct arena *arena,
                     struct webauthn_key *ret)
{
    size_t id_size = fido_cred_id_len(credential);
    size_t key_size = fido_cred_pubkey_len(credential);
    if (!id_size || id_size > WEBAUTHN_CREDENTIAL_MAX || !key_size) return false;
    *ret = (struct webauthn_key){
        .algorithm = algorithm,
        .credential = str_dup(arena, str_of((const char *)fido_cred_id_ptr(credential), id_size)),
        .public_key =
            str_dup(arena, str_of((const char *)fido_cred_pubkey_ptr(credential), key_size)),
        .sign_count = fido_cred_sigcount(credential),
    };
    return true;
}

enum st webauthn_register(struct arena *arena, const struct webauthn_site *site,
                          struct str challenge, const struct webauthn_reply *reply,
                          struct webauthn_key *ret, struct err *err)
{
    static const int algorithms[] = {COSE_ES256, COSE_EDDSA, COSE_RS256};
    enum st outcome =
        check_client_data("webauthn.create", site, challenge, reply->client_data, err);
    if (outcome != ST_OK) return outcome;
    struct str data = reply->authenticator_data;
    const char *fault = head_fault(data, site, KEY_INCLUDED);
    if (!fault && !promises_hold(cbor_of_key(data))) fault = "the key promises more than it has";
    if (fault) return refuse(err, fault);
    bool good = false;
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms && !good; i++) {
        fido_cred_t *credential = fido_cred_new();
        if (!credential) return err_set(err, ST_FAILED, "There is no memory left.");
        good = fido_cred_set_type(credential, algorithms[i]) == FIDO_OK &&
               fido_cred_set_authdata_raw(credential, (const uint8_t *)data.ptr, data.len) ==
                   FIDO_OK &&
               take_key(credential, algorithms[i], arena, ret);
        fido_cred_free(&credential);
    }
    return good ? ST_OK : refuse(err, "the key cannot be read");
}

/* --- signatures --------------------------------------------------------------------------- */

static bool verify(fido_assert_t *assertion, const struct webauthn_key *key)
{
    const char *bytes = key->public_key.ptr;
    size_t size = key->public_key.len;
    bool good = false;
    if (key->algorithm == COSE_ES256) {
        es256_pk_t *public = es256_pk_new();
        good = public && es256_pk_from_ptr(public, bytes, size) == FIDO_OK &&
               fido_assert_verify(assertion, 0, COSE_ES256, public) == FIDO_OK;
        es256_pk_free(&public);
    } else if (key->algorithm == COSE_EDDSA) {
        eddsa_pk_t *public = eddsa_pk_new();
        good = public && eddsa_pk_from_ptr(public, bytes, size) == FIDO_OK &&
               fido_assert_verify(assertion, 0, COSE_EDDSA, public) == FIDO_OK;
        eddsa_pk_free(&public);
    } else if (key->algorithm == COSE_RS256) {
        rs256_pk_t *public = rs256_pk_new();
        good = public && rs256_pk_from_ptr(public, bytes, size) == FIDO_OK &&
               fido_assert_verify(assertion, 0, COSE_RS256, public) == FIDO_OK;
        rs256_pk_free(&public);
    }
    return good;
}

static bool signature_holds(const struct webauthn_site *site, const struct webauthn_reply *reply,
                            const struct webauthn_key *key, uint32_t *ret_sign_count)
{
    fido_assert_t *assertion = fido_assert_new();
    if (!assertion) return false;
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)reply->client_data.ptr, reply->client_data.len);
    char rp_id[256];
    snprintf(rp_id, sizeof rp_id, "%.*s", STR_ARG(str_sub(site->rp_id, 0, sizeof rp_id - 1)));
    bool good = fido_assert_set_count(assertion, 1) == FIDO_OK &&
                fido_assert_set_rp(assertion, rp_id) == FIDO_OK &&
                fido_assert_set_clientdata_hash(assertion, hash, sizeof hash) == FIDO_OK &&
                fido_assert_set_authdata_raw(assertion, 0,
                                             (const uint8_t *)reply->authenticator_data.ptr,
                                             reply->authenticator_data.len) == FIDO_OK &&
                fido_assert_set_sig(assertion, 0, (const uint8_t *)reply->signature.ptr,
                                    reply->signature.len) == FIDO_OK &&
                fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
                fido_assert_set_uv(assertion, FIDO_OPT_TRUE) == FIDO_OK && verify(assertion, key);
    if (good) *ret_sign_count = fido_assert_sigcount(assertion, 0);
    fido_assert_free(&assertion);
    return good;
}

enum st webauthn_assert(const struct webauthn_site *site, struct str challenge,
                        const struct webauthn_reply *reply, const struct webauthn_key *key,
                        uint32_t *ret_sign_count, struct err *err)
{
    enum st outcome = check_client_data("webauthn.get", site, challenge, reply->client_data, err);
    if (outcome != ST_OK) return outcome;
    struct str data = reply->authenticator_data;
    const char *fault = head_fault(data, site, 0);
    if (!fault && !promises_hold(str_sub(data, AUTHENTICATOR_HEAD, data.len)))
        fault = "the extensions promise more than they have";
    if (fault) return refuse(err, fault);
    uint32_t count = 0;
    if (reply->signature.len == 0 || reply->signature.len > WEBAUTHN_PART_MAX ||
        !signature_holds(site, reply, key, &count))
        return refuse(err, "the signature does not hold");
    if ((count || key->sign_count) && count <= key->sign_count)
        return refuse(err, "the counter went back: the key may have been copied");
    *ret_sign_count = count;
    return ST_OK;
}
