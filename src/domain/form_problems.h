/*
 * form_problems: all that is wrong with a form, said at once.
 *
 * Layer: domain (needs base only).
 */
#ifndef PENDEEN_DOMAIN_FORM_PROBLEMS_H
#define PENDEEN_DOMAIN_FORM_PROBLEMS_H

#include "base/str.h"

enum { FORM_PROBLEMS_MAX = 12 };
struct form_problems {
    struct form_problem {
        struct str key;   /* of the question, or the name of the field, that it is about */
        struct str words; /* one sentence that says what to do */
    } list[FORM_PROBLEMS_MAX];
    size_t count;
};

/* What is beyond the most is left out: mending the rest brings it up. */
static inline void form_wrong(struct form_problems *ret, struct str key, struct str words)
{
    if (ret->count < FORM_PROBLEMS_MAX) ret->list[ret->count++] = (struct form_problem){key, words};
}

/* Of the first problem with that key; empty: there is none. */
static inline struct str form_problem_of(const struct form_problems *problems, struct str key)
{
    for (size_t i = 0; i < problems->count; i++)
        if (str_eq(problems->list[i].key, key)) return problems->list[i].words;
    return STR("");
}

#endif
