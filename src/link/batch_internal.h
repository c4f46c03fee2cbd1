/*
 * batch_internal: what the files of the batch engine share.
 *
 * Layer: link, private.
 */
#ifndef PENDEEN_LINK_BATCH_INTERNAL_H
#define PENDEEN_LINK_BATCH_INTERNAL_H

#include "link/batch.h"

enum { PASSES_MAX = 64, PASS_PARTS = 3 };

/* What of a column stands in a key. */
enum key_part {
    PART_NONE,
    PART_EXACT,
    PART_SOUND,
    PART_START, /* first three characters */
    PART_END,   /* last four */
    PART_YEAR,
    PART_DAY,   /* day and month, in one order */
};

struct pass {
    struct {
        int comparison;
        enum key_part part;
    } part[PASS_PARTS];
    bool names_sorted; /* given name and surname in either order */
    uint32_t largest;  /* a block with more rows is left to other passes */
};

struct batch {
    const struct table *table;
    struct model *model;
    const struct batch_options *options;
    struct pass pass[PASSES_MAX];
    int passes;
    uint32_t *key[PASSES_MAX]; /* by row; 0: none */
    uint64_t *sorted;          /* key << 32 | row, of the pass under way */
    size_t sorted_count;
    struct model_facts *facts[MODEL_COMPARISONS_MAX]; /* by value; NULL: the role has none */
    float *rarity[MODEL_COMPARISONS_MAX]; /* by value: bits that its frequency adds */
    double bits[MODEL_COMPARISONS_MAX][LEVELS];
    double prior_bits;
    size_t pairs_possible;
};

/* The levels of a pair, three bits each, the first comparison lowest. */
uint64_t batch_pattern(const struct batch *batch, uint32_t a, uint32_t b);
static inline int batch_level(uint64_t pattern, int comparison)
{
    return (int)(pattern >> (3 * comparison) & 7);
}
/* The weight of a pair: prior, levels, and the rarity of what is equal. */
double batch_pair_weight(const struct batch *batch, uint64_t pattern, uint32_t a, uint32_t b);

/* Chooses the passes and makes their keys. */
void batch_make_passes(struct batch *batch);
/* Sorts one pass's keys; afterwards keys of blocks that are not looked at are 0. */
void batch_sort_pass(struct batch *batch, int pass);
/* Calls `visit` for each pair of sorted[from..to), those that an earlier pass has met
 * only when `again`; the range must begin and end at a block's edge. */
void batch_visit(const struct batch *batch, int pass, size_t from, size_t to, bool again,
                 void (*visit)(void *context, uint32_t a, uint32_t b), void *context);
bool batch_met_before(const struct batch *batch, int pass, uint32_t a, uint32_t b);
/* Pairs in the blocks of the sorted pass, met before or not. */
size_t batch_pass_pairs(const struct batch *batch);

/* Fills m, u and the prior. */
void batch_learn(struct batch *batch);
/* Once u is known: what the frequency of each value adds to agreement on it. */
void batch_set_rarity(struct batch *batch);
/* Bits for each level out of m and u. */
void batch_set_bits(struct batch *batch);

void batch_cluster(const struct batch_pair *pairs, size_t count, size_t rows, double weight,
                   uint32_t *ret_cluster);

#endif
