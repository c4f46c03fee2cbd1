/*
 * id_token_internal: what id_keys.c and id_token.c share.
 *
 * Layer: seal, private.
 */
#ifndef PENDEEN_SEAL_ID_TOKEN_INTERNAL_H
#define PENDEEN_SEAL_ID_TOKEN_INTERNAL_H

#include "seal/id_token.h"

#include <jansson.h>

struct id_key {
    const json_t *whole; /* as published; borrowed from the document */
    json_t *part;        /* its public numbers alone */
};

struct id_keys {
    json_t *document;
    size_t count;
    struct id_key key[ID_KEYS_COUNT_MAX];
};

/* A member that is text; the empty text when it is something else, or not there. */
struct str id_text(const json_t *object, const char *name);
/* JSON without a name twice in one object; NULL when it is none. */
json_t *id_json(struct str text);
/* Strict URL-safe base64 without padding: false for anything else, or too long. */
bool id_decode(struct str text, uint8_t *into, size_t size, size_t *ret);

/* What a token says, once its signature was checked; `algorithm` is the place of its
 * algorithm in the table of id_token.c. */
enum st id_claims_check(struct arena *arena, const json_t *claims,
                        const struct id_expected *expected, int algorithm, struct id_claims *ret,
                        struct err *err) MUST_USE;

#endif
