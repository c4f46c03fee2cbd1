/*
 * compare: the evidence of two records, comparison by comparison.
 *
 * Layer: link, private.  Fellegi and Sunter's weights: log2(m / u) bits for the
 * level that a comparison reaches, and the rarity of the value where it is known.
 * What does not depend on the values alone comes from the weights in force
 * (weights.h).  Symmetric in its two records.
 */
#ifndef PENDEEN_LINK_COMPARE_H
#define PENDEEN_LINK_COMPARE_H

#include "link/link.h"
#include "link/record.h"
#include "link/weights.h"

struct asked;

/* How often a key stands in the index, how many mentions carry words that share a key
 * (alike.h), and how many mentions of a kind there are. */
struct compare_counts {
    size_t (*key)(const void *context, uint64_t key);
    size_t (*sharing)(const void *context, uint64_t key);
    const void *context;
    size_t mentions;           /* of the records' kind */
    const struct link_weights *weights;
    const struct asked *asked; /* the words of one of the records; NULL: not worked out */
};

/* A weight, and how often it is in a line. */
struct compare_draw {
    uint8_t weight; /* enum link_weight */
    uint8_t times;
};
enum { COMPARE_DRAWS = RECORD_TOKENS + 2 };

/* One comparison: which fields it looked at, for the page. */
struct compare_line {
    const char *comparison;
    const char *level;
    double base_bits;
    double rarity_bits;
    enum link_field field[4]; /* shown; LINK_FIELDS ends them */
    bool companions;          /* it is "Seen with": the companions are shown */
    bool when;                /* it is "When": the days are shown */
    struct str left;          /* the companion on each side */
    struct str right;
    struct compare_draw draw[COMPARE_DRAWS]; /* the weights in it that are learnt */
    uint8_t draws;
};

struct compare_result {
    double prior_bits;
    struct compare_line line[LINK_LINES_MAX];
    size_t count;
    double total_bits; /* summed in order */
};

/* Of all mentions of the kind, a few are the same as this one. */
double link_prior(const struct compare_counts *counts, enum link_kind kind);

/* Both of one kind; their words are known (link_values_know). */
void link_compare(const struct record *a, const struct record *b,
                  const struct compare_counts *counts, struct compare_result *ret);
/* The same where only what weighs `least` is wanted: false, with ret half filled, as soon as
 * it is known that the pair weighs less. */
bool link_compare_least(const struct record *a, const struct record *b,
                        const struct compare_counts *counts, double least,
                        struct compare_result *ret);

#endif
