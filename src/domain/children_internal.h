/*
 * children_internal: the children's records as they lie in memory, for what reads them out of the
 * store (children.c) and for what somebody may see of them (children_scope.c).
 *
 * Layer: domain, private.
 */
#ifndef PENDEEN_DOMAIN_CHILDREN_INTERNAL_H
#define PENDEEN_DOMAIN_CHILDREN_INTERNAL_H

#include "domain/children.h"

#include "base/arena.h"

#include <pthread.h>

struct link_index;

enum { NAMES_MAX = 200 }; /* of one record */

struct child_row {
    int64_t id;
    int64_t head; /* the smallest of the joined records */
    int64_t organisation;
    int64_t created_at;
    int64_t changed_at;
    int64_t closed_at;
    int64_t closing_by;
    int64_t closing_at;
    bool held;
    bool gone;   /* destroyed */
    int names;   /* mentions in the index of names: ids id * NAMES_MAX + 0 … */
    int people;  /* and in that of everybody whom it names */
    struct birth born;   /* the days on which the child may have been born */
    int32_t birth_told;  /* the day on which that was written */
    struct arena arena; /* the texts */
    struct str reference;
    struct str retention;
    struct str name;
    struct str alias;
    struct str birth;
    struct str nhs;
    struct str review; /* the first day on which a plan is to be reviewed */
};

struct child_access_row {
    int64_t child;
    int64_t account;
    bool blocked;
};

struct child_joined {
    int64_t child;
    int64_t other;
};

struct children {
    pthread_rwlock_t lock;
    pthread_mutex_t refreshing;
    struct child_row *row; /* in rising order of ids */
    size_t count;
    size_t capacity;
    struct child_access_row *access;
    size_t access_count;
    struct child_joined *join;
    size_t join_count;
    struct link_index *names;  /* of the children */
    struct link_index *people; /* of everybody named in a record */
};

/* The record of this id, NULL if there is none; under the lock, and good for as long. */
struct child_row *children_find(const struct children *children, int64_t id);

/* An NHS number in one spelling, however it was typed: "999 000 0018"; the words
 * as they are if it is none. */
struct str child_nhs_words(struct arena *arena, struct str written);

#endif
