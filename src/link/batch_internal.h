/*
 * batch_internal: what the files of the batch engine share.
 *
 * Layer: link, private.
 */
#ifndef PENDEEN_LINK_BATCH_INTERNAL_H
#define PENDEEN_LINK_BATCH_INTERNAL_H

#include "link/batch.h"
#include "link/batch_field.h"

enum { PARTS_MAX = 32, PASS_PARTS = 3, TEXT_KEYS = 12, BLOCK_START = INT32_MIN };

/* What of a column stands in a key. */
enum part_kind {
    PART_EXACT,
    PART_SOUND,
    PART_START,    /* first three letters */
    PART_HEAD,     /* first half */
    PART_TAIL,     /* second half */
    PART_YEAR,
    PART_DAY,      /* day and month, in either order */
    PART_STREET,   /* number and the first letters of the name */
    PART_NAMES,    /* sounds of given name and surname, in either order */
    PART_CROSSED,  /* the given name, as a value of the surname column */
};

struct part {
    int comparison;
    enum part_kind kind;
    uint32_t *value; /* by row; 0: none, or nobody else has it */
    double share;    /* of pairs that have it in common */
    double alone;    /* share of rows whose value more rows have than a block may hold */
};

struct pass {
    int part[PASS_PARTS];
    int parts;
    int text;         /* comparison whose words are the keys, or -1 */
    uint32_t need;    /* parts that must be equal, as bits */
    uint32_t largest; /* a block with more rows is left to other passes */
    uint32_t *order;  /* rows, block by block; the first of a block has BLOCK_START set */
    uint32_t *key;    /* of a text pass: beside order, the key of its block */
    size_t rows;
    size_t pairs;
    size_t left_out;
    uint32_t held; /* bit per comparison that the pass holds equal */
};

/* Keys made of the words of a text. */
struct text_keys {
    uint32_t (*key)[TEXT_KEYS]; /* by value, ascending; 0 at the end */
    uint16_t *kept;             /* by value: which of them made blocks */
};

/* Bits of one step of rarity: small enough to fit all of it in a byte. */
static const double rarity_step = 1.0 / 16;

/* A pair with what is known of it. */
struct pair_levels {
    int8_t level[MODEL_COMPARISONS_MAX];
    int8_t rarity[MODEL_COMPARISONS_MAX]; /* beside the bits of the level, in steps */
};

struct batch {
    const struct table *table;
    struct model *model;
    struct batch_options options;
    struct batch_field field[MODEL_COMPARISONS_MAX];
    int8_t *rarity[MODEL_COMPARISONS_MAX]; /* by value: what its frequency adds, in steps */
    struct part part[PARTS_MAX];
    int parts;
    int crossed; /* the part PART_CROSSED, or -1 */
    struct pass pass[BATCH_PASSES_MAX];
    int passes;
    /* Rows keep a bit for each pass that they have a block in, at a place of its own. */
    uint32_t need_at[BATCH_PASSES_MAX]; /* by place */
    uint64_t earlier[BATCH_PASSES_MAX]; /* by pass: places of the passes before it */
    struct text_keys text_keys[MODEL_COMPARISONS_MAX];
    bool all_pairs;
    /* A row: parts_room parts, signs, passes that it has a block in, rarities. */
    char *records;
    size_t stride;
    int parts_room; /* 16, 24 or 32 */
    double bits[MODEL_COMPARISONS_MAX][LEVELS];
    double best_to[MODEL_COMPARISONS_MAX][LEVELS]; /* the most that a level up to this one gives, or 0 */
    double together_u[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
    double together_m[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
    double most_back[MODEL_COMPARISONS_MAX]; /* the most that together_m gives back */
    int order[MODEL_COMPARISONS_MAX];        /* comparisons, the most telling first */
    double prior_bits;
    double pairs_possible;
};

/* batch_record */
void batch_make_fields(struct batch *batch);
void batch_make_parts(struct batch *batch);
void batch_make_records(struct batch *batch);
static inline const uint32_t *batch_parts(const struct batch *batch, uint32_t row)
{
    return (const uint32_t *)(const void *)(batch->records + (size_t)row * batch->stride);
}
static inline const uint64_t *batch_signs(const struct batch *batch, uint32_t row)
{
    return (const uint64_t *)(const void *)(batch->records + (size_t)row * batch->stride +
                                            (size_t)batch->parts_room * sizeof(uint32_t));
}
static inline uint64_t *batch_met(const struct batch *batch, uint32_t row)
{
    return (uint64_t *)(void *)(batch->records + (size_t)row * batch->stride +
                                (size_t)batch->parts_room * sizeof(uint32_t)) +
           batch->model->count;
}

static inline int8_t *batch_rarities(const struct batch *batch, uint32_t row)
{
    return (int8_t *)(batch_met(batch, row) + 1);
}

/* batch_block */
void batch_choose_passes(struct batch *batch);
void batch_sort_passes(struct batch *batch);
/* Has an earlier pass met the pair, or an earlier key of this one?  `equal`: parts that
 * both have, as bits; `place`: of one of them in the order of the pass. */
bool batch_met_before(const struct batch *batch, int pass, size_t place, uint32_t a, uint32_t b, uint32_t equal);
void batch_pass_name(const struct batch *batch, int pass, char *ret, size_t size);

/* batch_kernel: of one row against others, the parts that are equal and not 0. */
void batch_kernel_equal(const struct batch *batch, uint32_t row, const uint32_t *others, size_t count,
                        uint32_t *ret_equal);
void batch_kernel_equal_plain(const struct batch *batch, uint32_t row, const uint32_t *others, size_t count,
                              uint32_t *ret_equal);

/* batch_score */
/* A pair under way: levels that are known, comparisons that are not yet. */
struct score {
    uint32_t a;
    uint32_t b;
    double most; /* the weight is not above it */
    struct pair_levels pair;
    int8_t opened;
    int8_t open[MODEL_COMPARISONS_MAX];
    float possible[MODEL_COMPARISONS_MAX];
};
struct score_cache;
struct score_cache *score_cache_new(void);
/* All levels of a pair. */
void batch_levels(const struct batch *batch, uint32_t a, uint32_t b, uint32_t equal, struct pair_levels *ret);
/* Prior, levels, rarity, and what goes together; comparisons in `without` as missing. */
double batch_weigh(const struct batch *batch, const struct pair_levels *pair, uint32_t without);
/* The same for two rows in steps: what the rows' lines tell; then the texts, which are
 * fetched while others are worked on.  Ends with less than `least` when the weight
 * cannot reach it. */
void batch_score_begin(const struct batch *batch, uint32_t a, uint32_t b, uint32_t equal, struct score *ret);
void batch_score_fetch(const struct batch *batch, const struct score *score, bool texts);
double batch_score_end(const struct batch *batch, struct score_cache *cache, struct score *score, double least);
uint32_t batch_equal(const struct batch *batch, uint32_t a, uint32_t b);
double batch_together(const struct batch *batch, const struct pair_levels *pair, uint32_t without);
/* Bits out of m and u; after them, what a pair can reach. */
void batch_set_bits(struct batch *batch);
/* Once u is known: what the frequency of each value adds to agreement on it. */
void batch_set_rarity(struct batch *batch);
/* When all is learnt: the rarities of each row beside its values. */
void batch_fill_rarities(struct batch *batch);

/* batch_learn: fills m, u, the prior and what goes together. */
void batch_learn(struct batch *batch);

/* batch_cluster: pairs by left, then right; those of at least `weight` may join. */
void batch_cluster(const struct batch_pair *pairs, size_t count, size_t rows, double weight, int threads,
                   uint32_t *ret_cluster);

#endif
