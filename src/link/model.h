/*
 * model: what the columns of a table are, and how likely each level of agreement is.
 *
 * Layer: link.  Roles are recognised by the words of the header (in several languages)
 * and by what stands in the column; a model can be written as JSON, edited and given
 * back.  A comparison has levels, best last; each has an m and a u probability (Fellegi
 * and Sunter 1969): how often true pairs and how often pairs of strangers show it.
 */
#ifndef PENDEEN_LINK_MODEL_H
#define PENDEEN_LINK_MODEL_H

#include "base/buf.h"
#include "link/table.h"

enum model_role {
    MODEL_IGNORE,
    MODEL_GIVEN,
    MODEL_SURNAME,
    MODEL_NAME, /* given name and surname in one column: becomes one comparison of each */
    MODEL_BIRTH,
    MODEL_DATE, /* a day on which something was: near is nearly right */
    MODEL_POSTCODE,
    MODEL_TOWN,
    MODEL_STREET,
    MODEL_NUMBER,   /* of a house and the like: digits that are right or wrong */
    MODEL_QUANTITY, /* a price, an age: near is nearly right */
    MODEL_PHONE,
    MODEL_EMAIL,
    MODEL_IDENTIFIER,
    MODEL_PLATE, /* a registration: of which letters and digits look alike */
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
    LEVEL_ALIKE,
    LEVEL_EXACT,
    LEVEL_SWAPPED, /* given name and surname have changed places */
    LEVEL_MISSING,
    LEVELS = LEVEL_MISSING
};

enum { MODEL_COMPARISONS_MAX = 14, MODEL_PARTS_MAX = 3 };

struct model_comparison {
    int column[MODEL_PARTS_MAX]; /* of the table; a birth date may be in three: year, month, day */
    int columns;
    enum model_role role;
    bool of_name; /* the given name or the surname out of a column of whole names */
    bool held;    /* m and u were given and are not learnt */
    double m[LEVELS];
    double u[LEVELS];
};

struct model {
    struct model_comparison comparison[MODEL_COMPARISONS_MAX];
    int count;
    int given; /* its comparisons, or -1 */
    int surname;
    double prior; /* probability that a random pair is a match */
    bool prior_held;
};

/* Is it written as a date? */
static inline bool model_is_date(enum model_role role)
{
    return role == MODEL_BIRTH || role == MODEL_DATE;
}

/* Does it change when somebody moves house? */
static inline bool model_is_place(enum model_role role)
{
    return role == MODEL_POSTCODE || role == MODEL_TOWN || role == MODEL_STREET ||
           role == MODEL_NUMBER;
}

const char *model_role_name(enum model_role role);
const char *model_level_name(int level);
/* The columns of a comparison, "year + month + day". */
void model_comparison_name(const struct model *model, const struct table *table, int comparison,
                           char *ret, size_t size);

/* Recognises every column but the ids; what comes after the maximum is left out. */
void model_guess(const struct table *table, struct model *ret);
/* Adds a comparison with starting values; a name in one column becomes two. */
void model_add(struct model *model, const int *column, int columns, enum model_role role);

/* As JSON; with `learnt`, m, u and the prior too. */
void model_write(const struct model *model, const struct table *table, bool learnt,
                 struct buf *out);
/* ST_INVALID says the line and what is wrong there. */
enum st model_read(struct str text, const struct table *table, struct model *ret,
                   struct err *err) MUST_USE;

#endif
