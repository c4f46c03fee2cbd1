/*
 * suggestions: the pairs that wait for somebody, as one person may see them.
 *
 * Layer: domain.  Made of `waiting`, which holds every pair, and weighed anew among what this
 * person may see: the weights that pairs were found with were made among everything, and are older.
 */
#ifndef PENDEEN_DOMAIN_SUGGESTIONS_H
#define PENDEEN_DOMAIN_SUGGESTIONS_H

#include "domain/decision.h"

/* So many of the heaviest pairs, as weighed when the later one came, are looked at; so many of
 * those are weighed anew, which takes about 30 microseconds each among 100,000 reports. */
enum { SUGGESTIONS_LOOKED_AT = 20000, SUGGESTIONS_WEIGHED = 2000 };

struct suggestions_asked {
    struct str words; /* one of the two is found by them (domain/search.h); empty: any */
    int kind;         /* enum link_kind; -1: any */
    int64_t entity;   /* one of the two, as this person sees it; 0: any */
    bool every;       /* of two entities each pair, not the heaviest alone */
    size_t skip;
    size_t maximum;
};

struct suggestions_found {
    struct suggestion *list;
    size_t count;
    size_t fitting; /* so many fit what was asked for */
    size_t waiting; /* so many there are, whatever was asked for */
    /* only the first SUGGESTIONS_WEIGHED pairs stand as they weigh now; the others
     * follow as they were found */
    bool partly;
};

/* Pairs that nobody has decided on, heaviest first as they weigh now; of two entities only their
 * heaviest pair, and none within one entity.  ST_DENIED when they are not for this person. */
enum st suggestions_list(struct app *app, struct arena *arena, const struct person *who,
                         const struct suggestions_asked *asked, struct suggestions_found *ret,
                         struct err *err) MUST_USE;
/* Of all of them the first ones.  With a maximum of 0 they are counted, and none is weighed. */
enum st suggestions_open(struct app *app, struct arena *arena, const struct person *who,
                         size_t maximum, struct suggestion **ret, size_t *ret_count,
                         int64_t *ret_total, struct err *err) MUST_USE;

#endif
