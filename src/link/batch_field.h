/*
 * batch_field: the values of one comparison, made ready.
 *
 * Layer: link, private to the batch engine.  Every distinct text of a column becomes
 * one canonical value (dates in one form, numbers without punctuation, names without
 * marks), once; what comparing needs is worked out for values and not for pairs.
 */
#ifndef PENDEEN_LINK_BATCH_FIELD_H
#define PENDEEN_LINK_BATCH_FIELD_H

#include "link/batch_memory.h"
#include "link/batch_sign.h"
#include "link/model.h"
#include "link/record.h"

enum { FIELD_TEXT_MAX = 1024, FIELD_TOKENS_MAX = 32 };

struct field_facts {
    uint64_t sound;
    uint16_t family[NAME_FAMILIES];
};

/* Levels between the commonest values: near_at(a, b) of two numbers below `known`. */
struct field_near {
    uint8_t *level;
    uint32_t known;
};

/* Numbers of values are by how many rows have them: the commonest is 1. */
struct batch_field {
    enum model_role role;
    uint32_t *value;  /* by row; 0: missing; until the rows' lines are made */
    struct str *text; /* by value */
    uint32_t *count;  /* rows that have it */
    uint32_t values;
    uint32_t unread;  /* rows of a column of dates that have something else there */
    uint64_t *sign;            /* by value: its letters, or the date or number itself */
    struct field_facts *facts; /* of names */
    struct sign_hint *hint;    /* of names and towns; of the names of streets, by their number */
    struct field_near near;    /* of names, towns and categories; of the names of streets */
    uint32_t *street;          /* by value: number of its street's name */
    struct str *street_text;   /* by that number, the commonest first */
    uint32_t *street_rows;     /* beside it */
    uint32_t streets;
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

/* The level of two values that are neither missing nor equal, by their texts. */
int batch_field_level(const struct batch_field *field, uint32_t a, uint32_t b);
/* The same by their hints alone where they are enough, else -1; of fields that have them. */
int batch_field_level_by_hint(const struct batch_field *field, uint32_t a, uint32_t b);

/* batch_near: the tables of levels, a piece at a time; all pieces of all fields may be
 * made side by side once batch_near_begin has been called for each. */
enum { NEAR_PIECES = 16 };
void batch_near_begin(struct batch_field *field, size_t rows);
void batch_near_piece(const struct batch_field *field, int piece);
static inline size_t near_at(uint32_t a, uint32_t b)
{
    size_t high = (a > b ? a : b) - 1;
    size_t low = (a > b ? b : a) - 1;
    return high * (high - 1) / 2 + low;
}

/* Two plates may be alike in spite of so many characters: they look alike. */
enum { PLATE_EDITS = 4 };

/* How the names of two streets are alike, and in the upper bits the level of two places
 * that have no number. */
enum {
    STREET_UNLIKE,
    STREET_BEGUN,
    STREET_ALIKE,
    STREET_NEIGHBOUR, /* one street, and another flat */
    STREET_BITS = 2,
    STREET_SHORT = 3
};
/* Longer names that are less similar (Jaro-Winkler) have nothing in common. */
static const float street_unlike = 0.75f;
int batch_street_names(const struct batch_field *field, uint32_t a, uint32_t b);
/* "12b high street" as its number and its name. */
void batch_street_split(struct str text, struct str *ret_number, struct str *ret_name);

/* Date signs. */
static inline uint64_t field_date(unsigned year, unsigned month, unsigned day)
{
    return (uint64_t)year << 16 | month << 8 | day;
}

/* The canonical text of one raw text; false when it says nothing. */
bool field_canonical(enum model_role role, bool of_name, struct str raw,
                     char ret[static FIELD_TEXT_MAX], size_t *ret_length);
/* Tokens of the field's texts. */
void field_tokens_make(struct batch_field *field, size_t rows);
int field_text_level(const struct batch_field *field, uint32_t a, uint32_t b);

static inline bool field_has_facts(enum model_role role)
{
    return role == MODEL_GIVEN || role == MODEL_SURNAME;
}
static inline bool field_has_hints(enum model_role role)
{
    return field_has_facts(role) || role == MODEL_TOWN;
}
static inline bool field_has_tokens(enum model_role role)
{
    return role == MODEL_TEXT;
}

#endif
