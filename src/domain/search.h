/*
 * search: free search over everything that is known.
 *
 * Layer: domain.  What the engine finds, one line for each entity; every search
 * is in the audit log (that it was made, not what for).
 */
#ifndef PENDEEN_DOMAIN_SEARCH_H
#define PENDEEN_DOMAIN_SEARCH_H

#include "domain/decision.h"

struct search_hit {
    int64_t entity;
    enum link_kind kind;
    struct str title;
    enum link_field field; /* where it was found first */
    const char *how;
    size_t mentions; /* that the entity has */
};

/* Whether this person may search at all, and the line of the log: that
 * it was done, not what for. */
enum st search_begin(struct app *app, const struct person *who, struct str text, const char *action,
                     struct err *err) MUST_USE;
/* Best first. ST_DENIED when this person may not search. */
enum st search_run(struct app *app, struct arena *arena, const struct person *who, struct str text,
                   size_t maximum, struct search_hit **ret, size_t *ret_count,
                   struct err *err) MUST_USE;

/* The entities that have something found, to pick out of a list what fits.  Of words that
 * thousands carry, those of the best hits. */
struct found_entities {
    int64_t *id; /* rising; some may stand twice */
    size_t count;
};
enum st search_entities(struct app *app, struct arena *arena, const struct person *who,
                        struct str text, struct found_entities *ret, struct err *err) MUST_USE;
bool is_found_entity(const struct found_entities *found, int64_t entity);

#endif
