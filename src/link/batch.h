/*
 * batch: links or deduplicates whole tables.
 *
 * Layer: link; no I/O.  Pairs that share a key of one of many passes are compared, or
 * all pairs of a small table; m is learnt by expectation and maximisation for each pass,
 * over the columns that the pass does not hold equal (Winkler 2006; Linacre et al.,
 * Splink, 2022), u from pairs drawn at random, the prior from the pairs themselves.  An
 * equal value weighs by its frequency.  Columns that agree together among strangers
 * (surname and address of a household) or change together (an address of somebody who
 * moved) are counted once: a tree of their dependencies (Chow and Liu 1968).  Results
 * are the same bytes for any number of threads.  Where a record
 * has one partner at most, its pairs are judged together (batch_partner.c).
 */
#ifndef PENDEEN_LINK_BATCH_H
#define PENDEEN_LINK_BATCH_H

#include "link/model.h"

/* Of how many records of the other file, or of its own, a record may be a repeat: found out
 * by the surest pairs, of one (a second needs much more evidence), or of any number. */
enum batch_partners { BATCH_FOUND_OUT, BATCH_ONE, BATCH_MANY };

struct batch_options {
    size_t first_rows; /* rows of the first table; 0: one table, deduplicate */
    double threshold;  /* probability at and above which a pair is kept */
    enum batch_partners partners;
    int threads;
    uint64_t seed;
    struct table *spent; /* NULL, or the table itself: of its rows only ids are needed afterwards */
    /* Told how far it is, out of 1000: up to BATCH_PREPARED, then BATCH_LEARNT, then
     * BATCH_COMPARED; may be NULL.  Called from one thread at a time. */
    void (*progress)(void *context, int done);
    void *context;
};

enum { BATCH_PREPARED = 200, BATCH_LEARNT = 300, BATCH_COMPARED = 900 };

struct batch_pair {
    uint32_t left; /* rows; left < right */
    uint32_t right;
    float weight; /* bits, the prior's included, and what rivals take away or give,
                     or what the ways by other records of its cluster give */
};

/* One line of a waterfall: they add up to the weight, exactly. */
struct batch_line {
    int comparison; /* -1: the prior; -2: what agrees or changes together is counted once;
                     -3: what other candidates of the two records leave for it;
                     -4: what the ways by other records of its cluster add */
    int level;
    double bits;
};
enum {
    BATCH_LINES_MAX = MODEL_COMPARISONS_MAX + 3,
    BATCH_PRIOR = -1,
    BATCH_TOGETHER = -2,
    BATCH_PARTNERS = -3,
    BATCH_THROUGH = -4
};

struct batch_pass_report {
    char name[160]; /* "surname (sound) + dob (year)" */
    size_t pairs;   /* in its blocks, met before or not */
    size_t left_out; /* rows in blocks too large to look at in this pass */
    size_t crowded_out; /* of them those that are nearly the same all over */
    bool barren;     /* not looked at: hardly a match was expected that no other finds */
};

/* More rows that are nearly the same than this are not compared with each other. */
enum { BATCH_CROWD_MOST = 2000 };

enum { BATCH_PASSES_MAX = 64, BATCH_HISTOGRAM = 80, BATCH_HISTOGRAM_LEAST = -40 };

struct batch_result {
    struct batch_pair *pair; /* by left, then right */
    size_t count;
    size_t compared;
    /* records of the first file, of the second, were taken to have one at most; of one file both */
    bool one_partner[2];
    double most_pairs;   /* true pairs that there can be then */
    uint32_t *cluster; /* by row: the smallest row of its cluster */
    size_t clusters;
    struct batch_pass_report pass[BATCH_PASSES_MAX];
    int passes;
    bool all_pairs;         /* the table is small: every pair was compared */
    double expected_found;  /* matches among what was compared: sum of probabilities */
    double expected_all;    /* estimate of all matches, by how often passes find the same */
    size_t histogram[BATCH_HISTOGRAM]; /* pairs compared, by weight, a bit each */
    struct batch *batch; /* what an explanation needs */
};

/* Learns what the model leaves open, compares, and clusters at `cluster_probability`.
 * The model's m, u and prior are filled in; table and model must outlive the result.
 * The caller frees by batch_done. */
void batch_link(const struct table *table, struct model *model, const struct batch_options *options,
                double cluster_probability, struct batch_result *ret);
void batch_done(struct batch_result *result);

/* Why two rows weigh what they weigh; how many lines. */
int batch_explain(const struct batch_result *result, uint32_t left, uint32_t right,
                  struct batch_line line[static BATCH_LINES_MAX]);
/* The weight of any two rows, by themselves: without the line of what other candidates leave. */
double batch_weigh_rows(const struct batch_result *result, uint32_t left, uint32_t right);
/* What is compared of a row: its canonical text. */
struct str batch_text(const struct batch_result *result, int comparison, uint32_t row);

/* How many rows have something in a column of dates that is no date. */
size_t batch_unread(const struct batch_result *result, int comparison);

double batch_probability(double weight);
double batch_weight(double probability);
/* An upper estimate of the bytes that linking a table of this size needs, but for BATCH_PAIR_BYTES
 * of each pair that is kept: how many those will be shows only once they are compared. */
enum { BATCH_PAIR_BYTES = 36 };
size_t batch_bytes_needed(size_t rows, int comparisons);

#endif
