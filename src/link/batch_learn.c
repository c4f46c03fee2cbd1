/*
 * Learning m, u and the prior without knowing the truth.
 */
#include "link/batch_internal.h"

#include <math.h>
#include <stdlib.h>

enum { SAMPLE_MAX = 12000, RANDOM_PAIRS = 200000, ROUNDS = 5 };

/* The pairs of one pass that were drawn, and how many each stands for. */
struct sample {
    uint64_t *pattern;
    uint32_t *a;
    uint32_t *b;
    bool *fresh; /* no earlier pass has met it */
    size_t count;
    double stands_for;
    unsigned held; /* bit per comparison that the pass holds equal */
    uint64_t every; /* one pair in so many is drawn */
    const struct batch *batch;
    int pass;
};

static uint64_t next_random(uint64_t *state)
{
    /* splitmix64 (Steele, Lea and Flood 2014) */
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* u: how often strangers agree. */
static void learn_u(struct batch *batch)
{
    struct model *model = batch->model;
    size_t rows = batch->table->rows;
    size_t first = batch->options->first_rows;
    double seen[MODEL_COMPARISONS_MAX][LEVELS] = {{0}};
    uint64_t state = batch->options->seed;
    size_t pairs = rows * 20 < RANDOM_PAIRS ? rows * 20 : RANDOM_PAIRS;
    for (size_t i = 0; i < pairs; i++) {
        size_t a = first ? next_random(&state) % first : next_random(&state) % rows;
        size_t b = first ? first + next_random(&state) % (rows - first) : next_random(&state) % rows;
        if (a == b) continue;
        uint64_t pattern = batch_pattern(batch, (uint32_t)a, (uint32_t)b);
        for (int c = 0; c < model->count; c++) {
            int level = batch_level(pattern, c);
            if (level < LEVELS) seen[c][level]++;
        }
    }
    for (int c = 0; c < model->count; c++) {
        /* Exact agreement is counted from the values' frequencies: too rare to draw. */
        const struct table_column *column = &batch->table->column[model->comparison[c].column];
        double filled = (double)rows - column->count[0];
        double exact = 0;
        for (uint32_t v = 1; v < column->values; v++)
            exact += (double)column->count[v] * ((double)column->count[v] - 1);
        exact = filled > 1 ? exact / (filled * (filled - 1)) : 0;
        double total = 0;
        for (int l = 0; l < LEVELS; l++) total += seen[c][l];
        for (int l = 0; l < LEVELS; l++)
            model->comparison[c].u[l] = (seen[c][l] + 0.3) / (total + 0.3 * LEVELS);
        model->comparison[c].u[LEVEL_EXACT] = fmax(exact, 1e-9);
    }
}

static void draw(void *context, uint32_t a, uint32_t b)
{
    struct sample *sample = context;
    uint64_t hash = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
    if (hash % sample->every || sample->count == SAMPLE_MAX) return;
    sample->a[sample->count] = a;
    sample->b[sample->count] = b;
    sample->fresh[sample->count] = !batch_met_before(sample->batch, sample->pass, a, b);
    sample->pattern[sample->count++] = batch_pattern(sample->batch, a, b);
}

static void draw_sample(struct batch *batch, int pass, struct sample *ret)
{
    batch_sort_pass(batch, pass);
    size_t pairs = batch_pass_pairs(batch);
    *ret = (struct sample){.pattern = malloc(SAMPLE_MAX * sizeof(uint64_t)),
                           .a = malloc(SAMPLE_MAX * sizeof(uint32_t)),
                           .b = malloc(SAMPLE_MAX * sizeof(uint32_t)),
                           .fresh = malloc(SAMPLE_MAX * sizeof(bool)),
                           .pass = pass,
                           .every = 1 + pairs / (SAMPLE_MAX / 2),
                           .batch = batch};
    if (!ret->pattern || !ret->a || !ret->b || !ret->fresh) abort();
    ret->stands_for = (double)ret->every;
    const struct pass *p = &batch->pass[pass];
    for (int i = 0; i < PASS_PARTS && p->part[i].part; i++) ret->held |= 1u << p->part[i].comparison;
    /* Whoever swaps names swaps both. */
    if (p->names_sorted) ret->held |= 1u << batch->model->given | 1u << batch->model->surname;
    batch_visit(batch, pass, 0, batch->sorted_count, true, draw, ret);
}

/* What each level of each comparison weighs in the pairs of one pass, expected under
 * the model so far.  Whether a pair matches is judged without the comparison that is
 * being counted, so that it does not vouch for itself, and only where the pass does
 * not hold it equal. */
static void count_pass(const struct batch *batch, const struct sample *sample,
                       double total[MODEL_COMPARISONS_MAX][LEVELS])
{
    const struct model *model = batch->model;
    for (size_t i = 0; i < sample->count; i++) {
        uint64_t pattern = sample->pattern[i];
        double weight = batch_pair_weight(batch, pattern, sample->a[i], sample->b[i]);
        if (weight < -12) continue; /* no single comparison makes a match of it */
        for (int c = 0; c < model->count; c++) {
            int level = batch_level(pattern, c);
            if (level >= LEVELS || sample->held >> c & 1) continue;
            uint64_t without = pattern | (uint64_t)LEVEL_MISSING << (3 * c);
            double others = batch_pair_weight(batch, without, sample->a[i], sample->b[i]);
            total[c][level] += batch_probability(others) * sample->stands_for;
        }
    }
}

/* m / u may not rise where agreement falls: neighbours out of order are pooled
 * (pool adjacent violators, Ayer et al. 1955). */
static void make_monotone(struct model_comparison *comparison)
{
    for (int done = 0; !done;) {
        done = 1;
        for (int l = LEVEL_DIFFERENT; l < LEVEL_EXACT; l++) {
            double low = comparison->m[l] / comparison->u[l];
            double high = comparison->m[l + 1] / comparison->u[l + 1];
            if (low <= high * (1 + 1e-9)) continue;
            double m = comparison->m[l] + comparison->m[l + 1];
            double u = comparison->u[l] + comparison->u[l + 1];
            double share = comparison->u[l] / u;
            comparison->m[l] = m * share;
            comparison->m[l + 1] = m * (1 - share);
            done = 0;
        }
    }
}

void batch_set_bits(struct batch *batch)
{
    const struct model *model = batch->model;
    for (int c = 0; c < model->count; c++)
        for (int l = 0; l < LEVELS; l++)
            batch->bits[c][l] = log2(model->comparison[c].m[l] / model->comparison[c].u[l]);
    /* What an address shares with the name is no evidence of its own. */
    for (int c = 0; c < model->count; c++)
        if (model->comparison[c].role == MODEL_EMAIL)
            batch->bits[c][LEVEL_FAR] = fmin(0, batch->bits[c][LEVEL_FAR]);
    batch->prior_bits = log2(model->prior / (1 - model->prior));
}

/* The prior that its own pairs bear out: how many of all possible pairs match. */
static void learn_prior(struct batch *batch, const struct sample *samples)
{
    struct model *model = batch->model;
    for (int round = 0; round < 4; round++) {
        double matches = 1;
        for (int p = 0; p < batch->passes; p++)
            for (size_t i = 0; i < samples[p].count; i++)
                if (samples[p].fresh[i])
                    matches += samples[p].stands_for *
                               batch_probability(batch_pair_weight(batch, samples[p].pattern[i],
                                                                   samples[p].a[i], samples[p].b[i]));
        model->prior = fmin(0.5, matches / (double)batch->pairs_possible);
        batch_set_bits(batch);
    }
}

/* One round: expected counts over all passes, then m anew. */
static void learn_m(struct batch *batch, const struct sample *samples, const struct model *start)
{
    struct model *model = batch->model;
    double total[MODEL_COMPARISONS_MAX][LEVELS] = {{0}};
    for (int p = 0; p < batch->passes; p++) count_pass(batch, &samples[p], total);
    for (int c = 0; c < model->count; c++) {
        double sum = 0;
        for (int l = 0; l < LEVELS; l++) sum += total[c][l] + 30 * start->comparison[c].m[l];
        for (int l = 0; l < LEVELS; l++)
            model->comparison[c].m[l] = (total[c][l] + 30 * start->comparison[c].m[l]) / sum;
        make_monotone(&model->comparison[c]);
    }
    batch_set_bits(batch);
}

void batch_learn(struct batch *batch)
{
    struct model *model = batch->model;
    struct sample *samples = calloc(PASSES_MAX, sizeof *samples);
    if (!samples) abort();
    learn_u(batch);
    batch_set_rarity(batch);
    struct model start = *model;
    for (int p = 0; p < batch->passes; p++) {
        draw_sample(batch, p, &samples[p]);
        if (batch->options->progress)
            batch->options->progress(batch->options->context, 300 * (p + 1) / batch->passes);
    }
    model->prior = 0.3 / (double)batch->table->rows;
    batch_set_bits(batch);
    for (int round = 0; round < ROUNDS; round++) {
        learn_prior(batch, samples);
        learn_m(batch, samples, &start);
    }
    learn_prior(batch, samples);
    for (int p = 0; p < batch->passes; p++) {
        free(samples[p].pattern);
        free(samples[p].a);
        free(samples[p].b);
        free(samples[p].fresh);
    }
    free(samples);
}
