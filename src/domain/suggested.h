/*
 * suggested: which mentions one may be the same as, as one person sees it, kept while nothing
 * changes (base/change.h, docs/decisions/0119).
 *
 * Layer: domain.  Numbers of mentions and weights, and nothing that a record says.  Each page of a
 * record asks the engine for every mention on it; the next reader of the page asks the same.
 *
 * Safe for threads.
 */
#ifndef PENDEEN_DOMAIN_SUGGESTED_H
#define PENDEEN_DOMAIN_SUGGESTED_H

#include "domain/decision.h"
#include "domain/scope.h"

enum { SUGGESTED_MAX = 10 }; /* of more at once none are kept */

struct suggested;

struct suggested *suggested_new(void);
void suggested_free(struct suggested *suggested); /* accepts NULL */

/* A mention, how many its report has for whoever asks, and how many suggestions are wanted. */
struct suggested_asked {
    int64_t mention;
    size_t mentions;
    size_t maximum;
};
/* False: none are known to hold. */
bool suggested_find(const struct scope *scope, const struct suggested_asked *asked,
                    struct suggestion *ret, size_t *ret_count);
void suggested_keep(const struct scope *scope, const struct suggested_asked *asked,
                    const struct suggestion *list, size_t count);

#endif
