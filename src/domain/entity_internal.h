/*
 * entity_internal: the inside of the entities, for the files that share it.
 *
 * Layer: domain, private.
 */
#ifndef PENDEEN_DOMAIN_ENTITY_INTERNAL_H
#define PENDEEN_DOMAIN_ENTITY_INTERNAL_H

#include "domain/entity.h"
#include "link/cluster.h"

#include <pthread.h>

/* One for each mention; place 0 is not used.  Mentions are found by binary
 * search in `id`, which rises. */
struct member {
    int64_t id;
    int64_t submission;
    uint64_t strong;      /* hash of the strong identifier; 0: none */
    uint32_t near;        /* union-find, over all that might join, whatever keeps apart */
    uint32_t near_next;   /* ring of those */
    uint32_t decision;    /* the first of its decisions: place + 1 among the links */
    uint8_t kind;
};

struct decision_link {
    uint32_t next; /* place + 1 of the same mention's next; 0: none */
};

struct entities {
    pthread_rwlock_t lock;
    struct member *member;
    uint32_t count; /* used places, with the unused place 0 */
    uint32_t capacity;
    struct clusters *clusters; /* of the same places */
    struct entity_decision *decision;
    size_t decision_count;
    struct decision_link *link; /* two for each decision: of its a, then of its b */
};

/* The place of a mention; 0: there is none.  Under the lock. */
uint32_t entity_place(const struct entities *entities, int64_t mention);
void entities_read_begin(const struct entities *entities);
void entities_read_end(const struct entities *entities);

#endif
