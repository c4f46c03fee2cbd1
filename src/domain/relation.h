/*
 * relation: how two entities belong together, as an analyst says: "uses", "is family of".
 *
 * Layer: domain.  The words are those of the area pack (grading.txt); what shows it are
 * submissions that name one of the two.  A relation is ended with a reason and never erased.
 * Each end is meant by a mention, so that when entities are parted a relation goes with what
 * showed it.  It is seen by whoever sees both ends and everything that shows it, and by nobody
 * else: not in a list, a chart, or the answer that it stands already.
 */
#ifndef PENDEEN_DOMAIN_RELATION_H
#define PENDEEN_DOMAIN_RELATION_H

#include "domain/area_grading.h"
#include "domain/scope.h"

enum { RELATIONS_MAX = 400, RELATION_SHOWN_MAX = 40 };

struct relation_shown {
    int64_t submission;
    struct str reference;
};
struct relation {
    int64_t id;
    int64_t mention_a;
    int64_t mention_b;
    struct str term;    /* id */
    struct str label;   /* said from the entity that was asked about: "uses", "is used by" */
    bool outward;       /* that entity is A */
    int64_t other;      /* the entity at the other end */
    enum link_kind other_kind;
    struct str other_title;
    int32_t known_day;
    struct str words;
    struct str by;
    instant_ms at;
    instant_ms ended_at; /* 0: it stands */
    struct str ended_name;
    struct str ended_why;
    int64_t account;
    int64_t ended_by;
    struct relation_shown *shown; /* RELATION_SHOWN_MAX at most */
    size_t shown_count;
};

/* Of an entity, by any of its mentions, those that stand first, the newest first. */
enum st relations_of(const struct scope *scope, struct arena *arena, int64_t entity,
                     struct relation **ret, size_t *ret_count, struct err *err) MUST_USE;
/* Only those that stand, and of each only how it belongs together with which other: what was
 * written and by whom is not opened. */
enum st relations_standing_of(const struct scope *scope, struct arena *arena, int64_t entity,
                              struct relation **ret, size_t *ret_count, struct err *err) MUST_USE;

/* Said or ended after an instant, newest first, from A to B: without titles. */
enum st relations_since(const struct scope *scope, struct db *db, struct arena *arena,
                        instant_ms since, struct relation **ret, size_t *ret_count,
                        struct err *err) MUST_USE;

struct relation_draft {
    int64_t entity; /* from which it is said */
    int64_t other;
    struct str term; /* id; "<" behind it: said from the other end */
    struct str known; /* as known from, as people write a day; empty: since what shows it */
    struct str words;
    int64_t shown[RELATION_SHOWN_MAX]; /* submissions */
    size_t shown_count;
};
/* *ret_field is the form's name of what is wrong.  ST_NOT_FOUND: there is no such entity for them;
 * ST_INVALID, also where the other is not there; ST_CONFLICT: it stands already. */
enum st relation_add(struct app *app, const struct person *who, const struct relation_draft *draft,
                     const char **ret_field, struct err *err) MUST_USE;
/* ST_CONFLICT: somebody ended it meanwhile. */
enum st relation_end(struct app *app, const struct person *who, int64_t relation, struct str why,
                     struct err *err) MUST_USE;

/* Between entities that a chart shows: each that stood at an instant, is seen, and whose ends are
 * wanted (`wanted` reads nothing). */
struct relation_line {
    int64_t a; /* entities */
    int64_t b;
    struct str label;   /* from a to b */
    struct str inverse;
};
enum st relations_standing(const struct scope *scope, struct db *db, struct arena *arena,
                           instant_ms at, bool (*wanted)(void *context, int64_t a, int64_t b),
                           void *context, struct relation_line **ret, size_t *ret_count,
                           struct err *err) MUST_USE;

#endif
