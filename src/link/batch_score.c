/*
 * What a pair weighs.
 */
#include "link/batch_internal.h"
#include "link/kernel.h"

#include <math.h>
#include <stdlib.h>

static void *need(void *memory)
{
    if (!memory) abort();
    return memory;
}

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
    if (batch->crossed < 0) return false;
    uint32_t given_a = a[model->given], given_b = b[model->given];
    uint32_t surname_a = a[model->surname], surname_b = b[model->surname];
    bool one = surname_b && a[batch->crossed] == surname_b;
    bool other = surname_a && b[batch->crossed] == surname_a;
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

static bool may_be_swapped(const struct batch *batch, uint32_t equal)
{
    const struct model *model = batch->model;
    return batch->crossed >= 0 && !(equal >> model->given & 1) && !(equal >> model->surname & 1);
}

void batch_levels(const struct batch *batch, uint32_t a, uint32_t b, uint32_t equal, struct pair_levels *ret)
{
    const uint32_t *left = batch_parts(batch, a);
    const uint32_t *right = batch_parts(batch, b);
    for (int c = 0; c < batch->model->count; c++) {
        ret->rarity[c] = 0;
        if (equal >> c & 1) {
            ret->level[c] = LEVEL_EXACT;
            ret->rarity[c] = batch->rarity[c][left[c]];
        } else if (!left[c] || !right[c]) {
            ret->level[c] = LEVEL_MISSING;
        } else {
            ret->level[c] = (int8_t)batch_field_level(&batch->field[c], left[c], right[c]);
        }
    }
    if (may_be_swapped(batch, equal) && are_swapped(batch, left, right)) set_swapped(batch, ret);
}

uint32_t batch_equal(const struct batch *batch, uint32_t a, uint32_t b)
{
    uint32_t equal;
    batch_kernel_equal(batch, a, &b, 1, &equal);
    return equal;
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

/* Of the comparisons that agree, each leans on the one before it that it goes with most;
 * what they have in common counts once.  So do those that disagree. */
double batch_together(const struct batch *batch, const struct pair_levels *pair, uint32_t without)
{
    int agree[MODEL_COMPARISONS_MAX], disagree[MODEL_COMPARISONS_MAX];
    double bits[MODEL_COMPARISONS_MAX];
    int agreeing = 0, disagreeing = 0;
    double sum = 0;
    for (int i = 0; i < batch->model->count; i++) {
        int c = batch->order[i];
        if (without >> c & 1) continue;
        bits[c] = bits_of(batch, pair, c);
        if (bits[c] > 0) {
            double most = 0;
            for (int k = 0; k < agreeing; k++)
                most = larger(most, smaller(batch->together_u[c][agree[k]], smaller(bits[c], bits[agree[k]])));
            sum -= most;
            agree[agreeing++] = c;
        } else if (bits[c] < 0) {
            double most = 0;
            for (int k = 0; k < disagreeing; k++)
                most = larger(most, smaller(batch->together_m[c][disagree[k]], smaller(-bits[c], -bits[disagree[k]])));
            sum += most;
            disagree[disagreeing++] = c;
        }
    }
    return sum;
}

double batch_weigh(const struct batch *batch, const struct pair_levels *pair, uint32_t without)
{
    double weight = batch->prior_bits;
    for (int c = 0; c < batch->model->count; c++)
        if (!(without >> c & 1)) weight += bits_of(batch, pair, c);
    return weight + batch_together(batch, pair, without);
}

static double at_most(const struct batch *batch, const struct pair_levels *pair, int c)
{
    double bits = bits_of(batch, pair, c);
    return bits < 0 ? smaller(0, bits + batch->most_back[c]) : bits;
}

void batch_score_begin(const struct batch *batch, uint32_t a, uint32_t b, uint32_t equal, struct score *ret)
{
    const uint32_t *left = batch_parts(batch, a);
    const uint32_t *right = batch_parts(batch, b);
    const uint64_t *left_sign = batch_signs(batch, a);
    const uint64_t *right_sign = batch_signs(batch, b);
    const int8_t *rarity = batch_rarities(batch, a);
    struct pair_levels *pair = &ret->pair;
    ret->a = a;
    ret->b = b;
    ret->opened = 0;
    double most = batch->prior_bits;
    bool swapped = may_be_swapped(batch, equal) && are_swapped(batch, left, right);
    for (int c = 0; c < batch->model->count; c++) {
        pair->rarity[c] = 0;
        if (equal >> c & 1) {
            pair->level[c] = LEVEL_EXACT;
            pair->rarity[c] = rarity[c];
        } else if (!left[c] || !right[c]) {
            pair->level[c] = LEVEL_MISSING;
            continue;
        } else if (swapped && (c == batch->model->given || c == batch->model->surname)) {
            continue;
        } else {
            enum model_role role = batch->field[c].role;
            int level = batch_field_level_by_sign(role, left_sign[c], right_sign[c]);
            pair->level[c] = (int8_t)level;
            if (level < 0) {
                double possible = batch->best_to[c][batch_field_most_by_sign(role, left_sign[c], right_sign[c])];
                most += possible;
                ret->possible[ret->opened] = (float)possible;
                ret->open[ret->opened++] = (int8_t)c;
                continue;
            }
        }
        most += at_most(batch, pair, c);
    }
    if (swapped) {
        set_swapped(batch, pair);
        most += at_most(batch, pair, batch->model->given);
    }
    ret->most = most;
}

void batch_score_fetch(const struct batch *batch, const struct score *score, bool texts)
{
    const uint32_t *left = batch_parts(batch, score->a);
    const uint32_t *right = batch_parts(batch, score->b);
    for (int i = 0; i < score->opened; i++) {
        int c = score->open[i];
        const struct batch_field *field = &batch->field[c];
        __builtin_prefetch(texts ? (const void *)field->text[left[c]].ptr : (const void *)&field->text[left[c]]);
        __builtin_prefetch(texts ? (const void *)field->text[right[c]].ptr : (const void *)&field->text[right[c]]);
        if (texts || !field->facts) continue;
        __builtin_prefetch(&field->facts[left[c]]);
        __builtin_prefetch(&field->facts[right[c]]);
    }
}

double batch_score_end(const struct batch *batch, struct score_cache *cache, struct score *score, double least)
{
    /* `most` is worked out in other steps than the weight: leave room for rounding. */
    const double slack = 1e-3;
    const uint32_t *left = batch_parts(batch, score->a);
    const uint32_t *right = batch_parts(batch, score->b);
    double most = score->most + slack;
    for (int i = 0; i < score->opened; i++) {
        if (most < least) return most - slack;
        int c = score->open[i];
        score->pair.level[c] = (int8_t)full_level(batch, cache, c, left[c], right[c]);
        most += at_most(batch, &score->pair, c) - (double)score->possible[i];
    }
    return most < least ? most - slack : batch_weigh(batch, &score->pair, 0);
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
            double others = fmax(0.5, (double)field->count[v] - 1);
            double common = others / (others + many);
            double known = others * (share + (1 - share) * common * common);
            batch->rarity[c][v] = (int8_t)lrint(fmax(-widest, fmin(widest, log2(usual * filled / known))) / rarity_step);
        }
    }
}

void batch_fill_rarities(struct batch *batch)
{
    for (size_t row = 0; row < batch->table->rows; row++) {
        const uint32_t *value = batch_parts(batch, (uint32_t)row);
        int8_t *rarity = batch_rarities(batch, (uint32_t)row);
        for (int c = 0; c < batch->model->count; c++) rarity[c] = batch->rarity[c][value[c]];
    }
}

void batch_set_bits(struct batch *batch)
{
    const struct model *model = batch->model;
    for (int c = 0; c < model->count; c++) {
        for (int l = 0; l < LEVELS; l++)
            batch->bits[c][l] = log2(model->comparison[c].m[l] / model->comparison[c].u[l]);
        /* What an address shares with the name is no evidence of its own. */
        if (model->comparison[c].role == MODEL_EMAIL) batch->bits[c][LEVEL_FAR] = fmin(0, batch->bits[c][LEVEL_FAR]);
        batch->most_back[c] = 0;
        double best = 0;
        for (int l = 0; l < LEVELS; l++) batch->best_to[c][l] = best = fmax(best, batch->bits[c][l]);
        for (int d = 0; d < model->count; d++)
            batch->most_back[c] = fmax(batch->most_back[c], batch->together_m[c][d]);
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
