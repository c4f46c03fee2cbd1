/*
 * index: the inside of the live index, for the files that share it.
 *
 * Layer: link, private.  Mentions have places (numbers that rise with insertion);
 * a posting list holds the places of a key in rising order.
 */
#ifndef PENDEEN_LINK_INDEX_H
#define PENDEEN_LINK_INDEX_H

#include "link/compare.h"
#include "link/link.h"
#include "link/record.h"

#include <pthread.h>

struct posting {
    uint64_t key; /* 0: an empty slot */
    uint32_t *place;
    uint32_t count;
    uint32_t capacity;
};

/* A registration that is in the index, whole or partial, each once. */
struct known_plate {
    char text[16];
    uint64_t characters; /* bit per look-alike class that it holds */
    uint32_t mentions;   /* 0: nobody has it any more */
};

struct link_index {
    pthread_rwlock_t lock;
    struct record **record; /* by place; NULL: removed */
    uint32_t count;         /* places used */
    uint32_t capacity;
    size_t live;
    size_t mentions[LINK_KINDS];
    size_t bytes;
    struct posting *posting; /* open addressing by key */
    uint32_t posting_size;   /* a power of two */
    uint32_t posting_used;
    struct known_plate *plate;
    uint32_t plate_count;
    uint32_t plate_capacity;
};

const struct posting *link_posting_find(const struct link_index *index, uint64_t key);
/* Which look-alike classes a plate holds. */
uint64_t link_plate_characters(struct str plate);
struct compare_counts link_index_counts(const struct link_index *index, enum link_kind kind);

#endif
