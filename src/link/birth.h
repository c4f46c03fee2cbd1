/*
 * birth: a date of birth or an age, as the days on which the person may have been
 * born.
 *
 * Layer: link.  "12/3/2010" is one day, "March 2010" a month, "2010" a year,
 * "about 15" seen in 2026 some three years, "30s" ten.
 */
#ifndef PENDEEN_LINK_BIRTH_H
#define PENDEEN_LINK_BIRTH_H

#include "base/clock.h"
#include "link/weights.h"

struct birth {
    int32_t from; /* days since 1970; from > to: not known */
    int32_t to;
    bool vague; /* "about": the edges are soft */
};

/* `birth` as in a date-of-birth box, `age` as in an age box, counted back from
 * `day`; either may be empty. British order of day and month. */
struct birth link_birth(struct str birth, struct str age, int32_t day);
static inline bool link_birth_known(struct birth birth)
{
    return birth.from <= birth.to;
}

/* How two are alike: which weight of BIRTH_DATES, BIRTH_YEARS or BIRTH_VAGUE, the level's
 * name, and how rarely strangers agree so closely, in bits. Both must be known. */
enum link_weight link_birth_compare(struct birth a, struct birth b, const char **ret_level,
                                    double *ret_rarity);

#endif
