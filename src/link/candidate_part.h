/*
 * candidate_part: what the files share that gather candidates.
 *
 * Layer: link, private to candidate*.c.
 */
#ifndef PENDEEN_LINK_CANDIDATE_PART_H
#define PENDEEN_LINK_CANDIDATE_PART_H

#include "link/compare_part.h"
#include "link/index.h"

/* Bits that the lists of a candidate may say: of the thing itself, and of what stood
 * beside it. */
struct bound {
    uint16_t own;
    uint16_t beside;
};

struct list {
    const uint32_t *place;
    uint32_t count;
    uint32_t at;
    struct bound bound;
    bool adds; /* makes no candidates, only adds to them */
};

struct candidate {
    uint32_t place;
    uint32_t class; /* what it promises, in parts of a bit */
};

struct gathering {
    const struct link_index *index;
    struct link_admit admit;
    const struct record *record;
    const struct compare_counts *counts;
    struct list *list;
    size_t lists;
    size_t list_capacity;
    double needed;      /* bits beside the prior */
    double slack;       /* the most that the thing itself says and no list shows */
    double slack_beside;
    struct candidate *candidate;
    size_t count;
    size_t capacity;
};

/* The mentions of a key, with the most bits that it lets two say for each other. */
void link_candidate_list(struct gathering *gathering, uint64_t key, double own, double beside);
/* What may be the phone number that is asked for, or of what is known of it. */
void link_candidate_numbers(struct gathering *gathering);

#endif
