/*
 * What a pair weighs.
 */
#include "link/batch_internal.h"
#include "link/batch_line.h"
#include "link/kernel.h"
#include "link/need.h"

#include <math.h>
#include <stdlib.h>

/* --- levels ------------------------------------------------------------------------------- */

/* Levels of pairs of values that were compared a moment ago: many pairs of rows are
 * the same pair of values.  a (28 bits), b (28), comparison (5), level (3). */
enum { CACHE_BITS = 15, CACHE_VALUES = 1 << 28 };
struct score_cache {
    uint64_t entry[1 << CACHE_BITS];
};

struct score_cache *score_cache_new(void)
{
    return need(calloc(1, sizeof(struct score_cache)));
}

static int full_level(const struct batch *batch, struct score_cache *cache, int c, uint32_t a, uint32_t b)
{
    const struct batch_field *field = &batch->field[c];
    if (!cache || a >= CACHE_VALUES || b >= CACHE_VALUES) return batch_field_level(field, a, b);
    uint64_t low = a < b ? a : b;
    uint64_t high = a < b ? b : a;
    uint64_t key = low << 36 | high << 8 | (uint64_t)(c + 1) << 3;
    uint64_t *entry = &cache->entry[(key * 0x9e3779b97f4a7c15u) >> (64 - CACHE_BITS)];
    if ((*entry ^ key) >> 3 == 0) return (int)(*entry & 7);
    int level = batch_field_level(field, a, b);
    *entry = key | (uint64_t)level;
    return level;
}

static bool are_alike(const struct batch *batch, uint32_t given, uint32_t surname)
{
    struct str one = batch->field[batch->model->given].text[given];
    struct str other = batch->field[batch->model->surname].text[surname];
    return link_kernel_osa(one, other) <= (one.len >= 6 && other.len >= 6 ? 2u : 1u);
}

/* Given name of the one as surname of the other, both ways or the one that is there. */
static bool are_swapped(const struct batch *batch, const uint32_t *a, const uint32_t *b)
{
    const struct model *model = batch->model;
    uint32_t given_a = a[model->given], given_b = b[model->given];
    uint32_t surname_a = a[model->surname], surname_b = b[model->surname];
    bool one = surname_b && a[batch->crossed_at] == surname_b;
    bool other = surname_a && b[batch->crossed_at] == surname_a;
    if (!one && !other) return false;
    if (one && other) return true;
    if (one) return !surname_a || !given_b || are_alike(batch, given_b, surname_a);
    return other && (!given_a || !surname_b || are_alike(batch, given_a, surname_b));
}

static void set_swapped(const struct batch *batch, struct pair_levels *pair)
{
    const struct model *model = batch->model;
    /* One comparison says it; the other has nothing to add. */
    pair->level[model->given] = LEVEL_SWAPPED;
    pair->level[model->surname] = LEVEL_MISSING;
    pair->rarity[model->given] = pair->rarity[model->surname] = 0;
}

/* Given name or surname is the same for most that are worth a look. */
static inline bool may_be_swapped(const struct batch *batch, uint64_t equal)
{
    const struct model *model = batch->model;
    return batch->crossed_at && !(equal >> model->given & 1) && !(equal >> model->surname & 1);
}

/* --- weights -------------------------------------------------------------------------------- */

/* fmin and fmax look for NaN, which is not here. */
static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

/* What each comparison says by itself. */
static double bits_of(const struct batch *batch, const struct pair_levels *pair, int c)
{
    int level = pair->level[c];
    return level >= LEVELS ? 0 : batch->bits[c][level] + rarity_step * pair->rarity[c];
}

static void all_bits(const struct batch *batch, const struct pair_levels *pair, uint32_t without, double *ret)
{
    for (int c = 0; c < batch->model->count; c++) ret[c] = without >> c & 1 ? 0 : bits_of(batch, pair, c);
}

/* What agrees although another that changes with it does not: somebody who moved has
 * seldom the same town, so that town says less. */
static double apart_of(const struct batch *batch, const double *bits, uint32_t agree, uint32_t disagree)
{
    double sum = 0;
    for (; agree; agree &= agree - 1) {
        int c = __builtin_ctz(agree);
        double least = 0;
        for (uint32_t rest = disagree & batch->leans_apart[c]; rest; rest &= rest - 1)
            least = smaller(least, batch->apart_m[c][__builtin_ctz(rest)]);
        sum += larger(least, -bits[c]);
    }
    return sum;
}

/* Of the comparisons that agree, each leans on the one before it that it goes with most;
 * what they have in common counts once.  So do those that disagree. */
static double together_of(const struct batch *batch, const double *bits)
{
    uint32_t agree = 0, disagree = 0;
    double sum = 0;
    for (int i = 0; i < batch->model->count; i++) {
        int c = batch->order[i];
        double most = 0;
        if (bits[c] > 0) {
            for (uint32_t rest = agree & batch->leans_u[c]; rest; rest &= rest - 1) {
                int d = __builtin_ctz(rest);
                most = larger(most, smaller(batch->together_u[c][d], smaller(bits[c], bits[d])));
            }
            sum -= most;
            agree |= 1u << c;
        } else if (bits[c] < 0) {
            for (uint32_t rest = disagree & batch->leans_m[c]; rest; rest &= rest - 1) {
                int d = __builtin_ctz(rest);
                most = larger(most, smaller(batch->together_m[c][d], smaller(-bits[c], -bits[d])));
            }
            sum += most;
            disagree |= 1u << c;
        }
    }
    return agree && disagree ? sum + apart_of(batch, bits, agree, disagree) : sum;
}

double batch_together(const struct batch *batch, const struct pair_levels *pair)
{
    double bits[MODEL_COMPARISONS_MAX];
    all_bits(batch, pair, 0, bits);
    return together_of(batch, bits);
}

double batch_weigh(const struct batch *batch, const struct pair_levels *pair, uint32_t without)
{
    double bits[MODEL_COMPARISONS_MAX];
    all_bits(batch, pair, without, bits);
    double weight = batch->prior_bits;
    for (int c = 0; c < batch->model->count; c++) weight += bits[c];
    return weight + together_of(batch, bits);
}

/* Bits with all that what goes together can give back. */
static double with_back(double bits, double back)
{
    return bits < 0 ? smaller(0, bits + back) : bits;
}

void batch_score_ask(const struct batch *batch, uint32_t a, uint32_t b, uint32_t unequal)
{
    const uint32_t *left = batch_line(batch, a);
    const uint32_t *right = batch_line(batch, b);
    for (uint32_t rest = batch->looked_up & unequal; rest; rest &= rest - 1) {
        int c = __builtin_ctz(rest);
        const struct field_near *near = &batch->field[c].near;
        uint32_t one = left[c], other = right[c];
        if (one < near->known && other < near->known) __builtin_prefetch(&near->level[near_at(one, other)]);
    }
}

/* The level as far as the lines tell it, else -1. */
static inline int level_by_line(const struct batch *batch, const uint32_t *left, const uint32_t *right, int c)
{
    const struct batch_field *field = &batch->field[c];
    uint32_t one = left[c], other = right[c];
    if (!(batch->looked_up >> c & 1)) {
        int at = batch->words_at[c];
        return line_level(field, one, other, left + at, right + at);
    }
    if (one >= field->near.known || other >= field->near.known) return -1;
    return field->near.level[near_at(one, other)];
}

/* What is there and not equal: what is cheap to compare and tells much comes first, and
 * nothing more is looked at once the weight cannot reach what is asked for. */
static double begin_unequal(const struct batch *batch, const uint32_t *left, const uint32_t *right, uint32_t unequal,
                            double most, double least, struct score *ret)
{
    for (uint32_t rest = unequal; rest; rest &= rest - 1) most += batch->at_most_unknown[__builtin_ctz(rest)];
    const uint32_t turn[2] = {unequal & batch->cheap, unequal & ~batch->cheap};
    for (int i = 0; i < 2; i++)
        for (uint32_t rest = turn[i]; rest; rest &= rest - 1) {
            int c = __builtin_ctz(rest);
            int level = level_by_line(batch, left, right, c);
            ret->pair.level[c] = (int8_t)level;
            if (level < 0) {
                ret->open |= 1u << c;
                continue;
            }
            most += batch->at_most[c][level] - batch->at_most_unknown[c];
            if (most < least) return most;
        }
    return most;
}

void batch_score_begin(const struct batch *batch, uint32_t a, uint32_t b, uint64_t equal, uint32_t there,
                       double least, struct score *ret)
{
    const double slack = 1e-3; /* `most` is worked out in other steps than the weight */
    const uint32_t *left = batch_line(batch, a);
    const uint32_t *right = batch_line(batch, b);
    struct pair_levels *pair = &ret->pair;
    double most = batch->prior_bits + slack;
    uint32_t unequal = there & ~(uint32_t)equal;
    ret->a = a;
    ret->b = b;
    ret->open = 0;
    memset(pair->level, LEVEL_MISSING, sizeof pair->level);
    memset(pair->rarity, 0, sizeof pair->rarity);
    for (uint32_t rest = there & (uint32_t)equal; rest; rest &= rest - 1) {
        int c = __builtin_ctz(rest);
        pair->level[c] = LEVEL_EXACT;
        pair->rarity[c] = batch->rarity[c][left[c]];
        most += with_back(bits_of(batch, pair, c), batch->most_back[c]);
    }
    if (may_be_swapped(batch, equal) && are_swapped(batch, left, right)) {
        unequal &= ~(1u << batch->model->given | 1u << batch->model->surname);
        set_swapped(batch, pair);
        most += batch->at_most[batch->model->given][LEVEL_SWAPPED];
    }
    ret->most = begin_unequal(batch, left, right, unequal, most, least, ret);
}

void batch_score_fetch(const struct batch *batch, const struct score *score, bool texts)
{
    const uint32_t *left = batch_line(batch, score->a);
    const uint32_t *right = batch_line(batch, score->b);
    for (uint32_t rest = score->open; rest; rest &= rest - 1) {
        int c = __builtin_ctz(rest);
        const struct batch_field *field = &batch->field[c];
        __builtin_prefetch(texts ? (const void *)field->text[left[c]].ptr : (const void *)&field->text[left[c]]);
        __builtin_prefetch(texts ? (const void *)field->text[right[c]].ptr : (const void *)&field->text[right[c]]);
    }
}

double batch_score_end(const struct batch *batch, struct score_cache *cache, struct score *score, double least)
{
    const uint32_t *left = batch_line(batch, score->a);
    const uint32_t *right = batch_line(batch, score->b);
    double most = score->most;
    for (uint32_t rest = score->open; rest && most >= least; rest &= rest - 1) {
        int c = __builtin_ctz(rest);
        int level = full_level(batch, cache, c, left[c], right[c]);
        score->pair.level[c] = (int8_t)level;
        most += batch->at_most[c][level] - batch->at_most_unknown[c];
    }
    return most < least ? most : batch_weigh(batch, &score->pair, 0);
}

void batch_levels(const struct batch *batch, uint32_t a, uint32_t b, struct pair_levels *ret)
{
    uint64_t equal;
    uint32_t there;
    struct score score;
    batch_kernel_equal(batch, a, &b, 1, &equal, &there);
    batch_score_begin(batch, a, b, equal, there, -HUGE_VAL, &score);
    const uint32_t *left = batch_line(batch, a);
    const uint32_t *right = batch_line(batch, b);
    for (uint32_t rest = score.open; rest; rest &= rest - 1) {
        int c = __builtin_ctz(rest);
        score.pair.level[c] = (int8_t)batch_field_level(&batch->field[c], left[c], right[c]);
    }
    *ret = score.pair;
}

/* --- the model's numbers made ready ------------------------------------------------------------ */

/* Of those who share a value with a record, some are the same as it and some are
 * strangers: only the strangers tell how common the value is.  Where a column is nearly
 * unique, a value that stands there twice is most likely a repeat; where many share each
 * value, or very many this one, it is common. */
void batch_set_rarity(struct batch *batch)
{
    const double widest = 6;
    const struct model *model = batch->model;
    double rows = (double)batch->table->rows;
    double repeats = 2 * model->prior * batch->pairs_possible / rows; /* of a record */
    for (int c = 0; c < model->count; c++) {
        const struct batch_field *field = &batch->field[c];
        double filled = rows - field->count[0];
        double usual = model->comparison[c].u[LEVEL_EXACT];
        double strangers = usual * filled;
        double share = strangers / (strangers + repeats * model->comparison[c].m[LEVEL_EXACT]);
        double many = 4 * (1 + repeats);
        if (!batch->rarity[c]) batch->rarity[c] = need(malloc(field->values * sizeof *batch->rarity[c]));
        batch->rarity[c][0] = 0;
        for (uint32_t v = 1; v < field->values; v++) {
            if (v > 1 && field->count[v] == field->count[v - 1]) { /* they stand in order of it */
                batch->rarity[c][v] = batch->rarity[c][v - 1];
                continue;
            }
            double others = fmax(0.5, (double)field->count[v] - 1);
            double common = others / (others + many);
            double known = others * (share + (1 - share) * common * common);
            batch->rarity[c][v] = (int8_t)lrint(fmax(-widest, fmin(widest, log2(usual * filled / known))) / rarity_step);
        }
    }
}

static void set_most(struct batch *batch, int c)
{
    batch->most_back[c] = 0;
    batch->leans_u[c] = batch->leans_m[c] = batch->leans_apart[c] = 0;
    for (int d = 0; d < batch->model->count; d++) {
        batch->most_back[c] = fmax(batch->most_back[c], batch->together_m[c][d]);
        batch->leans_u[c] |= (uint32_t)(batch->together_u[c][d] > 0) << d;
        batch->leans_apart[c] |= (uint32_t)(batch->apart_m[c][d] < 0) << d;
        batch->leans_m[c] |= (uint32_t)(batch->together_m[c][d] > 0) << d;
    }
    batch->at_most_unknown[c] = -1e9;
    for (int l = 0; l < LEVELS; l++) {
        batch->at_most[c][l] = with_back(batch->bits[c][l], batch->most_back[c]);
        if (l < LEVEL_EXACT) batch->at_most_unknown[c] = fmax(batch->at_most_unknown[c], batch->at_most[c][l]);
    }
    batch->at_most[c][LEVEL_MISSING] = 0;
}

void batch_set_bits(struct batch *batch)
{
    const struct model *model = batch->model;
    for (int c = 0; c < model->count; c++) {
        for (int l = 0; l < LEVELS; l++)
            batch->bits[c][l] = log2(model->comparison[c].m[l] / model->comparison[c].u[l]);
        /* What an address shares with the name is no evidence of its own. */
        if (model->comparison[c].role == MODEL_EMAIL) batch->bits[c][LEVEL_FAR] = fmin(0, batch->bits[c][LEVEL_FAR]);
        set_most(batch, c);
        batch->order[c] = c;
    }
    for (int i = 1; i < model->count; i++)
        for (int k = i; k > 0 && batch->bits[batch->order[k]][LEVEL_EXACT] > batch->bits[batch->order[k - 1]][LEVEL_EXACT]; k--) {
            int swap = batch->order[k];
            batch->order[k] = batch->order[k - 1];
            batch->order[k - 1] = swap;
        }
    batch->prior_bits = log2(model->prior / (1 - model->prior));
}
