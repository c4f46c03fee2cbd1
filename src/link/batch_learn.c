/*
 * Learning m, u, the prior and what goes together, without knowing the truth.
 */
#include "link/batch_drawn.h"

#include "link/workers.h"

#include <math.h>
#include <stdlib.h>

enum { ROUNDS = 5 };

/* --- u ------------------------------------------------------------------------------------ */

/* Random pairs have matches among them: in a small table they make up much of the
 * agreement on what is rare. */
static void set_u(struct learning *learning)
{
    const double most = 0.999999; /* a model that is written down can be read again */
    struct model *model = learning->batch->model;
    for (int c = 0; c < model->count; c++) {
        struct model_comparison *comparison = &model->comparison[c];
        if (comparison->held) continue;
        double sum = 0;
        for (int l = 0; l < LEVELS; l++) {
            double raw = learning->raw_u[c][l];
            double strangers = (raw - model->prior * comparison->m[l]) / (1 - model->prior);
            comparison->u[l] = fmax(strangers, raw * 0.15);
            if (l == LEVEL_EXACT)
                comparison->u[l] = fmin(raw, fmax(comparison->u[l], learning->least_u[c]));
            sum += comparison->u[l];
        }
        for (int l = 0; l < LEVELS; l++)
            comparison->u[l] = fmin(comparison->u[l] / fmax(1, sum), most);
    }
}

/* --- m ---------------------------------------------------------------------------------------- */

/* m / u may not rise where agreement falls: neighbours out of order are pooled
 * (pool adjacent violators, Ayer et al. 1955). */
static void make_monotone(struct model_comparison *comparison)
{
    struct {
        double m;
        double u;
        int levels;
    } pool[LEVEL_EXACT + 1];
    int pools = 0;
    for (int l = LEVEL_DIFFERENT; l <= LEVEL_EXACT; l++) {
        pool[pools].m = comparison->m[l];
        pool[pools].u = comparison->u[l];
        pool[pools++].levels = 1;
        while (pools > 1 &&
               pool[pools - 2].m * pool[pools - 1].u > pool[pools - 1].m * pool[pools - 2].u) {
            pools--;
            pool[pools - 1].m += pool[pools].m;
            pool[pools - 1].u += pool[pools].u;
            pool[pools - 1].levels += pool[pools].levels;
        }
    }
    for (int i = 0, l = 0; i < pools; i++)
        for (int k = 0; k < pool[i].levels; k++, l++)
            comparison->m[l] = pool[i].m * comparison->u[l] / pool[i].u;
}

/* Whoever is one person mostly has one name and one birthday: without this EM may find
 * households instead of people. */
static void limit_different(struct model_comparison *comparison)
{
    const double most = 0.15;
    enum model_role role = comparison->role;
    double *m = comparison->m;
    if ((role != MODEL_GIVEN && role != MODEL_SURNAME && role != MODEL_BIRTH) ||
        m[LEVEL_DIFFERENT] <= most)
        return;
    for (int l = LEVEL_FAR; l < LEVELS; l++) m[l] *= (1 - most) / (1 - m[LEVEL_DIFFERENT]);
    m[LEVEL_DIFFERENT] = most;
}

/* Another number of the house or flat never speaks for the same address: without this EM may find
 * streets and blocks of flats. */
static void limit_neighbours(struct model_comparison *comparison)
{
    double *m = comparison->m, far = m[LEVEL_FAR], most = comparison->u[LEVEL_FAR];
    double above = 0;
    for (int l = LEVEL_FAR + 1; l < LEVELS; l++) above += m[l];
    if (comparison->role != MODEL_STREET || far <= most || above <= 0) return;
    for (int l = LEVEL_FAR + 1; l < LEVELS; l++) m[l] *= (above + far - most) / above;
    m[LEVEL_FAR] = most;
}

/* Weighs what was drawn anew; the prior alone may change without it. */
static void weigh_chunk(void *context, int chunk)
{
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    struct choice choice = drawn_of_chunk(learning, chunk);
    struct eight eight;
    const uint32_t without = 0;
    float weight[1][WEIGH_LANES];
    while (drawn_next_eight(learning, &choice, &eight)) {
        drawn_weigh_eight(batch, &eight, &without, 1, weight);
        for (int i = 0; i < eight.count; i++)
            learning->bits[drawn_number(learning, eight.pair[i])] =
                weight[0][i] - batch->prior_bits;
    }
}

static void weigh_drawn(struct learning *learning)
{
    workers_each(learning->batch->options.threads, CHUNKS, weigh_chunk, learning);
}

static void learn_m(struct learning *learning, const struct model *start)
{
    struct model *model = learning->batch->model;
    learn_judged(learning, start);
    for (int c = 0; c < model->count; c++) {
        if (model->comparison[c].held) continue;
        limit_different(&model->comparison[c]);
        limit_neighbours(&model->comparison[c]);
        make_monotone(&model->comparison[c]);
    }
}

/* With few columns the prior and the levels can take each other to nothing: a file is
 * given because somebody expects repeats in it. */
static double least_matches(const struct batch *batch)
{
    int count = batch->model->count;
    double share = count <= 2 ? 0.3 : count == 3 ? 0.06 : 0.01;
    return 0.5 + share * (double)batch->table->rows;
}

static void expect_chunk(void *context, int chunk)
{
    struct learning *learning = context;
    double prior_bits = learning->batch->prior_bits;
    struct choice choice = drawn_of_chunk(learning, chunk);
    for (size_t i = choice.at; i < choice.to; i++)
        if (learning->fresh[i])
            learning->matches[i] = (double)learning->drawn[i].stands_for *
                                   batch_probability(learning->bits[i] + prior_bits);
}

/* How many matches each fresh pair stands for. */
static void expect_matches(struct learning *learning)
{
    workers_each(learning->batch->options.threads, CHUNKS, expect_chunk, learning);
}

/* The prior that its own pairs bear out: how many of all possible pairs match. */
static void learn_prior(struct learning *learning, int rounds)
{
    struct batch *batch = learning->batch;
    if (batch->model->prior_held) return;
    for (int round = 0; round < rounds; round++) {
        double matches = 0;
        expect_matches(learning);
        /* one after another, so that threads do not show */
        for (size_t i = 0; i < learning->count; i++)
            if (learning->fresh[i]) matches += learning->matches[i];
        matches = fmax(matches, least_matches(batch));
        batch->model->prior = fmin(0.5, matches / batch->pairs_possible);
        batch_set_bits(batch);
    }
}

/* --- all -------------------------------------------------------------------------------------- */

/* Rarity leans on u and on the prior: what was drawn follows. */
static void renew_chunk(void *context, int chunk)
{
    enum { AHEAD = 16 };
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    struct choice choice = drawn_of_chunk(learning, chunk);
    for (size_t i = choice.at; i < choice.to; i++) {
        struct drawn *drawn = &learning->drawn[i];
        if (i + AHEAD < choice.to) __builtin_prefetch(batch_line(batch, drawn[AHEAD].a));
        const uint32_t *line = batch_line(batch, drawn->a);
        for (int c = 0; c < batch->model->count; c++)
            if (drawn->levels.level[c] == LEVEL_EXACT)
                drawn->levels.rarity[c] = batch->rarity[c][line[c]];
    }
}

static void renew_rarity(struct learning *learning)
{
    batch_set_rarity(learning->batch);
    workers_each(learning->batch->options.threads, CHUNKS, renew_chunk, learning);
}

/* A pass of which next to nothing is expected that no earlier one finds is left out, if
 * it would be much work: its pairs look as much like strangers as any.  Of one file more may be
 * left out: what no pass meets others of its cluster lead to (batch_through). */
static void leave_out_barren(struct learning *learning)
{
    struct batch *batch = learning->batch;
    bool two_files = batch->options.first_rows;
    const double much_work = 100000, worth_it = two_files ? 1.0 / 120 : 1.0 / 60,
                 share = two_files ? 0.005 : 0.02;
    double matches[BATCH_PASSES_MAX] = {0};
    double pairs[BATCH_PASSES_MAX] = {0};
    expect_matches(learning);
    for (size_t i = 0; i < learning->count; i++) {
        const struct drawn *drawn = &learning->drawn[i];
        if (!learning->fresh[i]) continue;
        pairs[drawn->pass] += (double)drawn->stands_for;
        matches[drawn->pass] += learning->matches[i];
    }
    double all = batch->model->prior * batch->pairs_possible;
    for (int p = 0; p < batch->passes; p++) {
        struct pass *pass = &batch->pass[p];
        pass->barren =
            pairs[p] > much_work && matches[p] < worth_it * pairs[p] && matches[p] < share * all;
        if (pass->barren) batch->used_passes &= ~((uint64_t)1 << p);
    }
}

void batch_learn(struct batch *batch)
{
    struct model *model = batch->model;
    struct learning *learning = calloc(1, sizeof *learning);
    if (!learning) abort();
    learning->batch = batch;
    size_t room = (size_t)(batch->passes + 1) * 2 * drawn_of_pass(batch);
    learning->drawn = batch_memory(room * sizeof *learning->drawn);
    learning->bits = batch_memory(room * sizeof *learning->bits);
    learning->matches = batch_memory(room * sizeof *learning->matches);
    learning->fresh = batch_memory(room * sizeof *learning->fresh);
    for (int i = 0; i < DRAWN_SETS; i++)
        learning->set[i] = batch_memory((room / 64 + 1) * sizeof *learning->set[i]);
    double given_prior = model->prior;
    model->prior = model->prior_held
                       ? given_prior
                       : fmin(0.1, 0.3 * (double)batch->table->rows / batch->pairs_possible);
    for (int c = 0; c < model->count; c++) batch->rarity[c] = NULL;
    batch_set_rarity(batch);
    drawn_random(learning);
    set_u(learning);
    batch_set_rarity(batch);
    drawn_from_passes(learning);
    struct model start = *model;
    batch_set_bits(batch);
    weigh_drawn(learning);
    for (int round = 0; round < ROUNDS; round++) {
        learn_together(learning);
        batch_set_bits(batch);
        weigh_drawn(learning);
        learn_prior(learning, 2);
        learn_m(learning, &start);
        set_u(learning);
        for (int c = 0; c < model->count; c++)
            if (!model->comparison[c].held) make_monotone(&model->comparison[c]);
        renew_rarity(learning);
        batch_set_bits(batch);
        weigh_drawn(learning);
        if (batch->options.progress)
            batch->options.progress(batch->options.context, 200 + 100 * (round + 1) / ROUNDS);
    }
    learn_prior(learning, 4);
    leave_out_barren(learning);
    batch_memory_free(learning->drawn);
    batch_memory_free(learning->bits);
    batch_memory_free(learning->matches);
    batch_memory_free(learning->fresh);
    for (int i = 0; i < DRAWN_SETS; i++) batch_memory_free(learning->set[i]);
    free(learning);
}
