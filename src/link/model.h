/*
 * model: what the columns of a table are, and how their values compare.
 *
 * Layer: link.  Roles are recognised by the words of the header and by what stands
 * in the column; a text form can be saved, edited and given back.  A comparison has
 * levels, best last; each has an m and a u probability (Fellegi and Sunter 1969).
 */
#ifndef PENDEEN_LINK_MODEL_H
#define PENDEEN_LINK_MODEL_H

#include "link/record.h"
#include "link/table.h"

enum model_role {
    MODEL_IGNORE,
    MODEL_GIVEN,
    MODEL_SURNAME,
    MODEL_NAME,
    MODEL_BIRTH,
    MODEL_POSTCODE,
    MODEL_TOWN,
    MODEL_STREET,
    MODEL_NUMBER, /* of a house and the like */
    MODEL_PHONE,
    MODEL_EMAIL,
    MODEL_IDENTIFIER,
    MODEL_CATEGORY,
    MODEL_TEXT,
    MODEL_ROLES
};

/* Levels of a comparison. */
enum {
    LEVEL_DIFFERENT,
    LEVEL_FAR,
    LEVEL_NEAR,
    LEVEL_CLOSE,
    LEVEL_EXACT,
    LEVEL_SWAPPED, /* given name and surname have changed places */
    LEVELS,
    LEVEL_MISSING = 7
};

enum { MODEL_COMPARISONS_MAX = 16 };

struct model_comparison {
    int column; /* of the table */
    enum model_role role;
    double m[LEVELS];
    double u[LEVELS];
};

struct model {
    struct model_comparison comparison[MODEL_COMPARISONS_MAX];
    int count;
    int given;   /* its comparisons, or -1 */
    int surname;
    double prior; /* probability that a random pair is a match */
};

const char *model_role_name(enum model_role role);
const char *model_level_name(int level);
/* Recognises every column but `id_column`; rare columns beyond the maximum are left
 * out.  m and u get starting values. */
void model_guess(const struct table *table, int id_column, struct model *ret);
/* "column = role" a line. */
size_t model_write(const struct model *model, const struct table *table, char *ret, size_t size);
/* Roles out of such lines; ST_INVALID names the line. */
enum st model_read(struct str text, const struct table *table, struct model *ret, struct err *err) MUST_USE;

/* What is known of a value of a name beside its letters, made once for each. */
struct model_facts {
    uint64_t sound;
    uint16_t family[NAME_FAMILIES];
};
static inline bool model_has_facts(enum model_role role)
{
    return role == MODEL_GIVEN || role == MODEL_SURNAME || role == MODEL_NAME;
}
void model_facts_make(struct str text, struct model_facts *ret);

/* The level of two values that are not missing and not equal; facts where the role
 * has them, else NULL. */
int model_level(enum model_role role, struct str a, struct str b, const struct model_facts *a_facts,
                const struct model_facts *b_facts);

#endif
