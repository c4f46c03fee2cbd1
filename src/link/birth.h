/*
 * birth: a date of birth or an age, as the days on which the person may have been
 * born.
 *
 * Layer: link.  "12/3/2010" is one day, "March 2010" a month, "2010" a year,
 * "about 15" seen in 2026 some three years, "30s" ten.  "16 or 17" and "14-15" are
 * ages, also in a date-of-birth box, and "due 1 March 2027" is no birth at all.
 */
#ifndef PENDEEN_LINK_BIRTH_H
#define PENDEEN_LINK_BIRTH_H

#include "base/clock.h"
#include "link/mention.h"
#include "link/weights.h"

struct birth {
    int32_t from; /* days since 1970; from > to: not known */
    int32_t to;
    bool vague; /* "about": the edges are soft */
};

/* `birth` as in a date-of-birth box, `age` as in an age box, counted back from
 * `day`, on which it was written; either may be empty. British order of day and month;
 * a year of two digits is the latest that is not after `day`. */
struct birth link_birth(struct str birth, struct str age, int32_t day);
static inline bool link_birth_known(struct birth birth)
{
    return birth.from <= birth.to;
}

/* "due 1 March 2027": nobody is born yet; *ret_date is what follows. */
bool link_birth_due(struct str text, struct str *ret_date);
/* Where what somebody wrote as "date of birth or age" belongs: LINK_BIRTH, LINK_AGE, or
 * LINK_FIELDS for nowhere. */
enum link_field link_birth_field(struct str written, int32_t day);

/* How two are alike: which weight of BIRTH_DATES, BIRTH_YEARS or BIRTH_VAGUE, the level's
 * name, and how rarely strangers agree so closely, in bits. Both must be known. */
enum link_weight link_birth_compare(struct birth a, struct birth b, const char **ret_level,
                                    double *ret_rarity);

#endif
