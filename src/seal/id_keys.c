/*
 * The keys of a provider: JSON Web Key Sets (RFC 7517, RFC 7518 section 6, RFC 8037).
 */
#include "seal/id_token_internal.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>

enum { RSA_BYTES_MIN = 256, RSA_BYTES_MAX = 1024, EXPONENT_BYTES_MAX = 4 };

enum st id_refuse(struct err *err, const char *format, ...)
{
    char detail[400];
    va_list args;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    enum st outcome = err_set(err, ST_DENIED, "You could not be signed in.");
    err_detail(err, "%s", detail);
    return outcome;
}

struct id_word id_word(struct str s)
{
    struct id_word word;
    size_t len = s.len < 80 ? s.len : 80;
    for (size_t i = 0; i < len; i++)
        word.text[i] = s.ptr[i] > ' ' && s.ptr[i] <= '~' ? s.ptr[i] : '?';
    memcpy(word.text + len, s.len > len ? "..." : "", s.len > len ? 4 : 1);
    return word;
}

struct str id_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? str_of(json_string_value(value), json_string_length(value))
                                 : STR("");
}

json_t *id_json(struct str text)
{
    return json_loadb(text.ptr ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, NULL);
}

bool id_decode(struct str text, uint8_t *into, size_t size, size_t *ret)
{
    const char *end = NULL;
    return sodium_base642bin(into, size, text.ptr, text.len, NULL, ret, &end,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           end == text.ptr + text.len;
}

/* How many bytes a base64url number has, without zeros before it; 0: it is none. */
static size_t number_size(struct str text)
{
    uint8_t bytes[RSA_BYTES_MAX + 1];
    size_t len = 0;
    if (!id_decode(text, bytes, sizeof bytes, &len)) return 0;
    size_t zeros = 0;
    while (zeros < len && bytes[zeros] == 0) zeros++;
    return len - zeros;
}

static bool exponent_is_good(struct str text)
{
    uint8_t bytes[EXPONENT_BYTES_MAX];
    size_t len = 0;
    if (!id_decode(text, bytes, sizeof bytes, &len)) return false;
    uint32_t value = 0;
    for (size_t i = 0; i < len; i++) value = value << 8 | bytes[i];
    return value >= 3 && value % 2 == 1;
}

static bool has_size(struct str text, size_t size)
{
    uint8_t bytes[72];
    size_t len = 0;
    return id_decode(text, bytes, sizeof bytes, &len) && len == size;
}

/* A key of nothing but its public numbers; NULL when they are not fit for use. */
static json_t *public_part(const json_t *key, struct str family, struct str curve)
{
    static const struct {
        const char *name;
        size_t size;
    } curves[] = {{"P-256", 32}, {"P-384", 48}, {"P-521", 66}};
    struct str x = id_text(key, "x");
    struct str y = id_text(key, "y");
    if (str_eq(family, STR("RSA"))) {
        size_t size = number_size(id_text(key, "n"));
        if (size < RSA_BYTES_MIN || size > RSA_BYTES_MAX || !exponent_is_good(id_text(key, "e")))
            return NULL;
        return json_pack("{s:s, s:O, s:O}", "kty", "RSA", "n", json_object_get(key, "n"), "e",
                         json_object_get(key, "e"));
    }
    if (str_eq(family, STR("OKP")))
        return has_size(x, 32) ? json_pack("{s:s, s:s, s:O}", "kty", "OKP", "crv", "Ed25519", "x",
                                           json_object_get(key, "x"))
                               : NULL;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (str_eq(curve, str_from(curves[i].name)) && has_size(x, curves[i].size) &&
            has_size(y, curves[i].size))
            return json_pack("{s:s, s:s, s:O, s:O}", "kty", "EC", "crv", curves[i].name, "x",
                             json_object_get(key, "x"), "y", json_object_get(key, "y"));
    return NULL;
}

/* Is it meant for checking signatures, and of a family that we know? */
static bool is_for_signing(const json_t *key)
{
    struct str use = id_text(key, "use");
    if (use.len && !str_eq(use, STR("sig"))) return false;
    const json_t *operations = json_object_get(key, "key_ops");
    bool verifies = !operations;
    for (size_t i = 0; i < json_array_size(operations); i++) {
        const char *operation = json_string_value(json_array_get(operations, i));
        verifies = verifies || (operation && strcmp(operation, "verify") == 0);
    }
    if (!verifies) return false;
    struct str family = id_text(key, "kty");
    struct str curve = id_text(key, "crv");
    if (str_eq(family, STR("RSA"))) return true;
    if (str_eq(family, STR("OKP"))) return str_eq(curve, STR("Ed25519"));
    return str_eq(family, STR("EC")) &&
           (str_eq(curve, STR("P-256")) || str_eq(curve, STR("P-384")) ||
            str_eq(curve, STR("P-521")));
}

static enum st add_key(struct id_keys *keys, const json_t *key, struct err *err)
{
    if (!is_for_signing(key)) return ST_OK;
    struct str id = id_text(key, "kid");
    struct str family = id_text(key, "kty");
    if (json_object_get(key, "d")) return id_refuse(err, "the key set publishes a private key");
    for (size_t i = 0; i < keys->count; i++)
        if (id.len && str_eq(id_text(keys->key[i].whole, "kid"), id) &&
            str_eq(id_text(keys->key[i].whole, "kty"), family))
            return id_refuse(err, "the key set holds the key '%s' twice", id_word(id).text);
    if (keys->count == ID_KEYS_COUNT_MAX)
        return id_refuse(err, "the key set holds more than %d keys", ID_KEYS_COUNT_MAX);
    json_t *part = public_part(key, family, id_text(key, "crv"));
    if (!part)
        return id_refuse(err, "the key '%s' of the key set is weak or broken", id_word(id).text);
    keys->key[keys->count++] = (struct id_key){.whole = key, .part = part};
    return ST_OK;
}

enum st id_keys_read(struct str document, struct id_keys **ret, struct err *err)
{
    if (document.len > ID_KEYS_MAX) return id_refuse(err, "the key set is too long");
    struct id_keys *keys = calloc(1, sizeof *keys);
    if (!keys) return err_set(err, ST_FAILED, "There is no memory left.");
    keys->document = id_json(document);
    const json_t *list = json_object_get(keys->document, "keys");
    enum st outcome =
        json_is_array(list) ? ST_OK : id_refuse(err, "the key set is not a JSON Web Key Set");
    for (size_t i = 0; outcome == ST_OK && i < json_array_size(list); i++)
        outcome = add_key(keys, json_array_get(list, i), err);
    if (outcome == ST_OK && keys->count == 0)
        outcome = id_refuse(err, "the key set holds no signing key");
    if (outcome == ST_OK)
        *ret = keys;
    else
        id_keys_free(keys);
    return outcome;
}

void id_keys_free(struct id_keys *keys)
{
    if (!keys) return;
    for (size_t i = 0; i < keys->count; i++) json_decref(keys->key[i].part);
    json_decref(keys->document);
    free(keys);
}

size_t id_keys_count(const struct id_keys *keys)
{
    return keys->count;
}
