/*
 * batch_drawn: the pairs that are drawn to learn from.
 *
 * Layer: link, private to batch_learn.c, batch_drawn.c, batch_judge.c and batch_together.c.
 */
#ifndef PENDEEN_LINK_BATCH_DRAWN_H
#define PENDEEN_LINK_BATCH_DRAWN_H

#include "link/batch_internal.h"

enum { CHUNKS = 16 }; /* that the work is done in, whatever the threads */
/* Pairs by what the other comparisons say of them, bit by bit, the middle one from 0 on. */
enum { JUDGED_BINS = 32 };
/* What pairs are chosen by: each comparison in which they agree, and that no
 * earlier pass has met them. */
enum { DRAWN_SETS = MODEL_COMPARISONS_MAX + 1, DRAWN_FRESH = 1 << MODEL_COMPARISONS_MAX };

/* A pair that was drawn from the blocks of a pass. */
struct drawn {
    struct pair_levels levels;
    uint32_t a;
    uint32_t b;
    float stands_for;
    uint16_t pass;
    uint32_t place; /* of its block in the order of the pass */
};

struct both {
    double strangers[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX]; /* that agree in both */
    double matches[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];   /* that have both */
    /* matches that differ in both */
    double differ[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
    double differ_one[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX]; /* in the first, having both */
    double coarsest;
};

struct learning {
    struct batch *batch;
    struct both both;
    struct both both_of[CHUNKS];
    double least_u[MODEL_COMPARISONS_MAX]; /* of exact agreement, from strangers that were met */
    int agreeing[MODEL_COMPARISONS_MAX]; /* least level of each comparison that agrees */
    struct drawn *drawn; /* pass by pass */
    double *bits;        /* beside it: what each weighs with the model so far, but for the prior */
    double *matches;     /* beside it: how many matches it stands for */
    bool *fresh;         /* beside it: no earlier pass has met it */
    /* those that agree in a comparison, and those that are fresh, as bits */
    uint64_t *set[DRAWN_SETS];
    size_t count;
    size_t drawn_of[BATCH_PASSES_MAX];
    double raw_u[MODEL_COMPARISONS_MAX][LEVELS]; /* of random pairs, matches among them */
    /* random pairs that agree in both */
    double seen_both[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
    double seen[MODEL_COMPARISONS_MAX];
    double seen_pairs[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX]; /* that have both */
    double chunk[CHUNKS][MODEL_COMPARISONS_MAX][LEVELS];
    /* how many pairs, by bin and level */
    double judged[CHUNKS][MODEL_COMPARISONS_MAX][JUDGED_BINS][LEVELS];
    double chunk_both[CHUNKS][MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
    double chunk_pairs[CHUNKS][MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
};

/* batch_drawn */
/* How often each level and each two that agree are seen in random pairs. */
void drawn_random(struct learning *learning);
/* How many a pass is asked for: there is room for twice as many. */
size_t drawn_of_pass(const struct batch *batch);
void drawn_from_passes(struct learning *learning);
/* Some of what was drawn, eight pairs at a time. */
struct eight {
    struct drawn *pair[WEIGH_LANES];
    int count;
    struct weigh_block block;
};
struct choice {
    size_t at; /* of those from here */
    size_t to; /* to here */
    uint32_t sets;  /* that are in all of these */
    double least;   /* and weigh at least so much */
    uint64_t rest;  /* not yet chosen, as bits, of those */
    size_t first;   /* from here */
};

bool drawn_next_eight(const struct learning *learning, struct choice *choice, struct eight *ret);
void drawn_weigh_eight(const struct batch *batch, const struct eight *eight,
                       const uint32_t *without, int times, float (*ret)[WEIGH_LANES]);
static inline size_t drawn_number(const struct learning *learning, const struct drawn *drawn)
{
    return (size_t)(drawn - learning->drawn);
}
/* All that a chunk has. */
struct choice drawn_of_chunk(const struct learning *learning, int chunk);

/* batch_judge: m of each comparison, by what the others say of the pairs; `start` is what is
 * believed where they say little. Leaves m as it is where nothing else is compared. */
void learn_judged(struct learning *learning, const struct model *start);

/* batch_together: how much oftener two comparisons agree together among strangers, and
 * differ together among matches, than if they knew nothing of each other: in bits. */
void learn_together(struct learning *learning);

#endif
