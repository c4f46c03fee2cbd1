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
};

struct part {
    int comparison;
    enum part_kind kind;
    uint32_t *made;  /* by value of the comparison; 0: none, or nobody else has it */
    uint32_t *value; /* of PART_NAMES, which is of two comparisons: by row */
    int lane;        /* of a line, where some pass asks for it, else -1 */
    double share;    /* of pairs that have it in common */
    double alone;    /* share of rows whose value more rows have than a block may hold */
};

struct pass {
    int part[PASS_PARTS];
    int parts;
    int text;         /* comparison whose words are the keys, or -1 */
    uint32_t need;    /* which parts, as bits */
    uint32_t largest; /* a block with more rows is left to other passes */
    /* rows, and from batch_group on lines, block by block; the first of a
     * block has BLOCK_START set */
    uint32_t *order;
    uint32_t *key;    /* of a text pass: beside order, the key of its block */
    uint64_t *apart;  /* until lines are made: rows whose block was too large, as bits; or NULL */
    size_t rows;
    size_t pairs;
    size_t left_out;
    /* of blocks that are too large and yet kept: rows that are nearly the same */
    size_t crowd_pairs;
    size_t crowded_out; /* such rows that were too many all the same */
    uint32_t held; /* bit per comparison that the pass holds equal */
    bool barren;   /* left out: it would find next to nothing new */
};

/* Keys made of the words of a text. */
struct text_keys {
    uint32_t (*key)[TEXT_KEYS]; /* by value, ascending; 0 at the end */
    uint16_t *kept;             /* by value: which of them made blocks */
};

/* Bits of one step of rarity: small enough to fit all of it in a byte. */
static const float rarity_step = 1.0F / 16;

/* A pair with what is known of it. */
enum { PAIR_ROOM = 16 }; /* as many bytes as a vector has */
struct pair_levels {
    int8_t level[PAIR_ROOM];
    int8_t rarity[PAIR_ROOM]; /* beside the bits of the level, in steps */
};

struct batch {
    const struct table *table;
    struct model *model;
    struct batch_options options;
    struct batch_field field[MODEL_COMPARISONS_MAX];
    int8_t *rarity[MODEL_COMPARISONS_MAX]; /* by value: what its frequency adds, in steps */
    struct part part[PARTS_MAX];
    int parts;
    struct pass pass[BATCH_PASSES_MAX];
    uint64_t pass_lanes[BATCH_PASSES_MAX]; /* that two lines in one block have in common, as bits */
    int passes;
    struct text_keys text_keys[MODEL_COMPARISONS_MAX];
    bool all_pairs;
    /* A row is a line of numbers: its values, its group and the parts of its keys, which are
     * the lanes that are compared at once; then in which passes its block was too large, what
     * batch_line has of each value, and the number of its given name among the surnames. */
    uint32_t *lines;
    size_t stride; /* of a line, in numbers */
    uint32_t *row_of;  /* by line */
    uint32_t *line_of; /* by row */
    uint32_t *group;   /* by line: lines of one group have one number and are neighbours */
    int lanes;
    uint64_t used_passes; /* but for those of texts, and those that were left out; as bits */
    int words_at[MODEL_COMPARISONS_MAX];
    int crossed_at; /* or 0 */
    uint32_t looked_up; /* comparisons that have a table of levels of their values, as bits */
    float bits[MODEL_COMPARISONS_MAX][LEVELS + 1]; /* of what is missing 0 */
    float together_u[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
    float together_m[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
    /* the first agrees, the second not: never above 0 */
    float apart_m[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
    uint32_t leans_u[MODEL_COMPARISONS_MAX]; /* with which others it goes at all, as bits */
    uint32_t leans_m[MODEL_COMPARISONS_MAX];
    uint32_t leans_apart[MODEL_COMPARISONS_MAX];
    int order[MODEL_COMPARISONS_MAX]; /* comparisons, the most telling first */
    float prior_bits;
    double pairs_possible;
};

/* batch_part */
void batch_make_parts(struct batch *batch);
/* Those of which lines have nothing; then all values, then all. */
void batch_drop_unasked_parts(struct batch *batch);
void batch_drop_part_values(struct batch *batch);
void batch_drop_parts(struct batch *batch);
/* The part of a row; 0: none. */
static inline uint32_t batch_part_of(const struct batch *batch, const struct part *part, size_t row)
{
    return part->value ? part->value[row] : part->made[batch->field[part->comparison].value[row]];
}

/* batch_record */
void batch_make_fields(struct batch *batch);
/* Groups the rows, and makes a line of each. */
void batch_make_lines(struct batch *batch);
static inline const uint32_t *batch_line(const struct batch *batch, uint32_t line)
{
    return batch->lines + (size_t)line * batch->stride;
}

/* batch_block */
void batch_choose_passes(struct batch *batch);
void batch_pass_name(const struct batch *batch, int pass, char *ret, size_t size);

/* batch_keys */
void batch_sort_passes(struct batch *batch);
/* Has an earlier pass met the pair, or an earlier key of this one?  `shared`: the passes
 * that it shares a block of; `place`: of one of the two in the order of the pass. */
bool batch_met_in_texts(const struct batch *batch, int pass, size_t place, uint32_t a, uint32_t b);
static inline int batch_group_lane(const struct batch *batch)
{
    return batch->model->count;
}
static inline bool batch_met_before(const struct batch *batch, int pass, size_t place, uint32_t a,
                                    uint32_t b, uint64_t shared)
{
    if (batch->pass[pass].text < 0) return shared & (((uint64_t)1 << pass) - 1);
    return shared || batch_met_in_texts(batch, pass, place, a, b);
}

/* batch_group: the order of lines, and rows that are compared by themselves. */
enum { GROUP_MOST = 16 };
void batch_group_rows(struct batch *batch);      /* on one thread */
void batch_renumber_passes(struct batch *batch); /* their rows become lines */
void batch_drop_known_blocks(struct batch *batch);

/* batch_compare: fills pairs, their counts and the histogram. */
void batch_compare(struct batch *batch, struct batch_result *ret);

/* The bar of the histogram that a weight stands in; below the first all are in it. */
static inline int batch_bin(double weight)
{
    int bin = (int)(weight - BATCH_HISTOGRAM_LEAST);
    return bin < 0 ? 0 : bin >= BATCH_HISTOGRAM ? BATCH_HISTOGRAM - 1 : bin;
}

/* batch_partner: the least weight that a pair is kept with at first; then pairs judged
 * together, where a record has one partner at most. */
double batch_least_compared(const struct batch_options *options);
void batch_judge_partners(struct batch *batch, struct batch_result *result);

/* batch_kernel: of one row against others, the lanes that are equal and not 0, and the
 * comparisons of which both have something, as bits. */
void batch_kernel_equal(const struct batch *batch, uint32_t row, const uint32_t *others,
                        size_t count, uint64_t *ret_equal, uint32_t *ret_there);
void batch_kernel_equal_plain(const struct batch *batch, uint32_t row, const uint32_t *others,
                              size_t count, uint64_t *ret_equal, uint32_t *ret_there);

/* Of the first `passes`, those that it shares a block of with each, as bits; `equal` lanes
 * are known. */
void batch_kernel_shared(const struct batch *batch, int passes, uint32_t row,
                         const uint32_t *others, size_t count, const uint64_t *equal,
                         uint64_t *ret_shared);
void batch_kernel_shared_plain(const struct batch *batch, int passes, uint32_t row,
                               const uint32_t *others, size_t count, const uint64_t *equal,
                               uint64_t *ret_shared);
/* The passes in which its block was too large, as bits. */
static inline uint64_t batch_line_apart(const struct batch *batch, const uint32_t *line)
{
    uint64_t bits;
    memcpy(&bits, line + batch->lanes, sizeof bits);
    return bits;
}

/* batch_weigh */
/* Prior, levels, rarity, and what goes together; comparisons in `without` as missing. */
float batch_weigh(const struct batch *batch, const struct pair_levels *pair, uint32_t without);
float batch_together(const struct batch *batch, const struct pair_levels *pair);
/* The same for eight pairs side by side: comparison c of the k-th is at c * step + k.
 * Of `times` choices what to leave out, ret[i][k] is the weight of the k-th without[i]. */
enum { WEIGH_LANES = 8 };
void batch_weigh_lanes(const struct batch *batch, const int8_t *level, const int8_t *rarity,
                       size_t step, const uint32_t *without, int times, float (*ret)[WEIGH_LANES]);
struct weigh_block {
    int8_t level[PAIR_ROOM][WEIGH_LANES];
    int8_t rarity[PAIR_ROOM][WEIGH_LANES];
};
void batch_weigh_block_fill(struct weigh_block *block,
                            const struct pair_levels *const pair[static WEIGH_LANES]);

/* batch_score */
/* Pairs that are scored together, comparison by comparison: first what all of them tell
 * by their lines, then what needs a look at texts. */
enum { SCORED_AT_ONCE = 256, SCORED_BEYOND = 16 }; /* vectors write beyond */
struct scored {
    size_t count;
    const uint32_t *left[SCORED_AT_ONCE]; /* lines */
    const uint32_t *right[SCORED_AT_ONCE];
    uint32_t equal[SCORED_AT_ONCE]; /* comparisons as bits */
    uint32_t there[SCORED_AT_ONCE];
    int8_t level[MODEL_COMPARISONS_MAX][SCORED_AT_ONCE];
    int8_t rarity[MODEL_COMPARISONS_MAX][SCORED_AT_ONCE];
    float weight[SCORED_AT_ONCE];
    /* While they are being scored. */
    uint16_t turn[SCORED_AT_ONCE + SCORED_BEYOND]; /* pairs that one comparison looks at */
    uint16_t same[SCORED_AT_ONCE + SCORED_BEYOND]; /* and those that are equal in it */
    uint32_t place[SCORED_AT_ONCE];
    uint16_t swapped[SCORED_AT_ONCE];
    size_t swaps;
    struct open_level { /* the texts must tell */
        uint16_t pair;
        uint16_t comparison;
        uint32_t left; /* values */
        uint32_t right;
    } open[MODEL_COMPARISONS_MAX * SCORED_AT_ONCE + 1]; /* the last is written beyond */
    size_t opens;
};
/* batch_weigh: of all that were added, once their levels are known. */
void batch_weigh_scored(const struct batch *batch, struct scored *scored);
struct score_cache;
struct score_cache *score_cache_new(void);
/* Adds a pair of lines; true when no more have room. */
static inline bool scored_add(const struct batch *batch, struct scored *scored, uint32_t a,
                              uint32_t b, uint32_t equal, uint32_t there)
{
    scored->left[scored->count] = batch_line(batch, a);
    scored->right[scored->count] = batch_line(batch, b);
    scored->equal[scored->count] = equal;
    scored->there[scored->count++] = there;
    return scored->count == SCORED_AT_ONCE;
}
static inline uint32_t scored_line(const struct batch *batch, const uint32_t *line)
{
    return (uint32_t)((size_t)(line - batch->lines) / batch->stride);
}
/* Levels and rarity of all that were added; `there` of swapped names is taken out. */
void batch_score_levels(const struct batch *batch, struct score_cache *cache,
                        struct scored *scored);
/* And what they weigh. */
void batch_score(const struct batch *batch, struct score_cache *cache, struct scored *scored);
/* The reference: levels and rarity of one pair. */
void batch_levels(const struct batch *batch, uint32_t a, uint32_t b, struct pair_levels *ret);
/* Bits out of m and u, and which comparisons lean on which. */
void batch_set_bits(struct batch *batch);
/* Once u is known: what the frequency of each value adds to agreement on it. */
void batch_set_rarity(struct batch *batch);

/* batch_learn: fills m, u, the prior and what goes together. */
void batch_learn(struct batch *batch);

/* The row that speaks for a set: `towards` leads to it, and is shortened on the way (path
 * halving: Tarjan and van Leeuwen 1984). */
static inline uint32_t root_of(uint32_t *towards, uint32_t row)
{
    while (towards[row] != row) {
        towards[row] = towards[towards[row]];
        row = towards[row];
    }
    return row;
}

/* batch_through: where a record may have several partners, the pairs of a cluster weigh what the
 * ways between their records weigh, and those that are not there are added.  Begun before
 * clusters are solved (NULL: nothing is to be done, and the others accept it), given each
 * cluster as it is solved, with its rows and the numbers of its pairs in order, by one thread a
 * share; ended when all are. */
enum { BATCH_CLUSTER_SHARES = 64 };
struct through;
struct through *batch_through_begin(const struct batch *batch, const struct batch_result *result);
struct through *batch_through_share(struct through *through, int share);
void batch_through_cluster(struct through *through, struct batch_pair *pair, uint32_t *row,
                           uint32_t rows, const uint32_t *number, size_t count);
void batch_through_end(struct through *through, struct batch_result *result);
/* The order of pairs, by left, then right: for qsort and bsearch. */
int batch_by_rows(const void *a, const void *b);

/* batch_cluster: pairs by left, then right; those of at least `weight` may join. */
void batch_cluster(struct batch_pair *pairs, size_t count, size_t rows, double weight, int threads,
                   struct through *through, uint32_t *ret_cluster);
/* Numbers of pairs, given in order, by weight; of equal ones the smaller number first. */
void batch_heaviest_first(const struct batch_pair *pair, uint32_t *number, size_t count);

#endif
