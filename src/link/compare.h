/*
 * compare: the evidence of two records, comparison by comparison.
 *
 * Layer: link, private.  Fellegi and Sunter's weights: log2(m / u) bits for the
 * level that a comparison reaches, and the rarity of the value where it is known.
 * The default weights here need no training: u comes from how people, plates and
 * numbers are distributed, tempered by how often a value stands in the index; m
 * from how people err when they report.  Symmetric in its two records.
 */
#ifndef PENDEEN_LINK_COMPARE_H
#define PENDEEN_LINK_COMPARE_H

#include "link/link.h"
#include "link/record.h"

struct asked;

/* How often a key stands in the index, how many mentions carry words that share a key
 * (alike.h), and how many mentions of a kind there are. */
struct compare_counts {
    size_t (*key)(const void *context, uint64_t key);
    size_t (*sharing)(const void *context, uint64_t key);
    const void *context;
    size_t mentions;           /* of the records' kind */
    const struct asked *asked; /* the words of one of the records; NULL: not worked out */
};

/* One comparison: which fields it looked at, for the page. */
struct compare_line {
    const char *comparison;
    const char *level;
    double base_bits;
    double rarity_bits;
    enum link_field field[4]; /* shown; LINK_FIELDS ends them */
    bool companions;          /* it is "Seen with": the companions are shown */
    struct str left;          /* the companion on each side */
    struct str right;
};

struct compare_result {
    double prior_bits;
    struct compare_line line[LINK_LINES_MAX];
    size_t count;
    double total_bits; /* summed in order */
};

/* Of all mentions of the kind, a few are the same as this one. */
double link_prior(const struct compare_counts *counts);

/* Both of one kind; their words are known (link_values_know). */
void link_compare(const struct record *a, const struct record *b,
                  const struct compare_counts *counts, struct compare_result *ret);

#endif
