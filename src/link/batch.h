/*
 * batch: links or deduplicates whole tables.
 *
 * Layer: link; no I/O.  Pairs that share a key of one of many passes are compared;
 * m is learnt by expectation and maximisation for each pass, over the columns that
 * the pass does not hold equal (Winkler 2006; Linacre et al., Splink, 2022), u from
 * pairs drawn at random, the prior from the pairs themselves.  An equal value weighs
 * by its frequency.  Results are the same bytes for any number of threads.
 */
#ifndef PENDEEN_LINK_BATCH_H
#define PENDEEN_LINK_BATCH_H

#include "link/model.h"

struct batch_options {
    size_t first_rows; /* rows of the first table; 0: one table, deduplicate */
    double threshold;  /* probability at and above which a pair is kept */
    int threads;
    uint64_t seed;
    /* Told how far it is, out of 1000; may be NULL. */
    void (*progress)(void *context, int done);
    void *context;
};

struct batch_pair {
    uint32_t left; /* rows; left < right */
    uint32_t right;
    float weight; /* bits, the prior's included */
};

struct batch_result {
    struct batch_pair *pair; /* by left, then right */
    size_t count;
    size_t compared;
    uint32_t *cluster; /* by row: the smallest row of its cluster */
    size_t clusters;
};

/* Learns what the model leaves open, compares, and clusters at `cluster_probability`.
 * The model's m, u and prior are filled in.  The caller frees by batch_done. */
void batch_link(const struct table *table, struct model *model, const struct batch_options *options,
                double cluster_probability, struct batch_result *ret);
void batch_done(struct batch_result *result);

double batch_probability(double weight);
double batch_weight(double probability);

#endif
