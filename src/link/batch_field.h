/*
 * batch_field: the values of one comparison, made ready.
 *
 * Layer: link, private to the batch engine.  Every distinct text of a column becomes
 * one canonical value (dates in one form, numbers without punctuation, names without
 * marks), once; what comparing needs is worked out for values and not for pairs.
 */
#ifndef PENDEEN_LINK_BATCH_FIELD_H
#define PENDEEN_LINK_BATCH_FIELD_H

#include "link/model.h"
#include "link/record.h"

enum { FIELD_TEXT_MAX = 1024, FIELD_TOKENS_MAX = 32 };

struct field_facts {
    uint64_t sound;
    uint16_t family[NAME_FAMILIES];
};

struct batch_field {
    enum model_role role;
    uint32_t *value;  /* by row; 0: missing */
    struct str *text; /* by value */
    uint32_t *count;  /* rows that have it */
    uint32_t values;
    uint64_t *sign;            /* by value: its letters, or the date or number itself */
    struct field_facts *facts; /* of names */
    uint32_t *token_from;      /* of texts: tokens of value v are token[token_from[v]..[v + 1]) */
    uint32_t *token;
    uint32_t tokens; /* distinct */
    struct str *token_text;
    uint32_t *token_rows;
    float *token_bits; /* how rare it is */
    uint64_t *token_sign;
    struct table_pool *pool;
};

/* Rows are those of the table. */
void batch_field_make(const struct table *table, const struct model_comparison *comparison,
                      struct batch_field *ret);
void batch_field_done(struct batch_field *field); /* accepts a zeroed one */
size_t batch_field_bytes(const struct batch_field *field, size_t rows);

/* The level of two values that are neither missing nor equal. */
int batch_field_level(const struct batch_field *field, uint32_t a, uint32_t b);
/* The same by signs alone where they are enough, else -1. */
int batch_field_level_by_sign(enum model_role role, uint64_t a, uint64_t b);

/* No better level than this is possible, by signs alone. */
int batch_field_most_by_sign(enum model_role role, uint64_t a, uint64_t b);

/* Date signs. */
static inline uint64_t field_date(unsigned year, unsigned month, unsigned day)
{
    return (uint64_t)year << 16 | month << 8 | day;
}

/* The canonical text of one raw text; false when it says nothing. */
bool field_canonical(enum model_role role, bool of_name, struct str raw, char ret[static FIELD_TEXT_MAX],
                     size_t *ret_length);
/* Tokens of the field's texts. */
void field_tokens_make(struct batch_field *field, size_t rows);
int field_text_level(const struct batch_field *field, uint32_t a, uint32_t b);

static inline bool field_has_facts(enum model_role role)
{
    return role == MODEL_GIVEN || role == MODEL_SURNAME;
}
static inline bool field_has_tokens(enum model_role role)
{
    return role == MODEL_TEXT;
}

#endif
