/*
 * What each level weighs among matches, with nobody to tell which pairs match: the other
 * comparisons judge.
 *
 * Of pairs that the others give the probability p, a share p shows the levels as matches do and
 * the rest as strangers do.  With p of each pair known, m and u are those of a mixture whose shares
 * are known, found by EM (Dempster, Laird and Rubin 1977); there is one answer, and no level
 * vouches for itself.  Its u is that of the strangers in doubt, who are more alike than any two
 * records are, and is not kept.
 */
#include "link/batch_drawn.h"

#include "link/workers.h"

#include <math.h>
#include <string.h>

/* Comparisons that cannot judge this one: itself, and as long as something remains those that
 * change with it.  Who moves house changes street, number, town and postcode at once: if they
 * judged each other, hardly anybody would be found to have moved. */
static uint32_t no_judges(const struct model *model, int c)
{
    uint32_t all = (1u << model->count) - 1, without = 1u << c, together = without;
    for (int d = 0; d < model->count && model_is_place(model->comparison[c].role); d++)
        if (model_is_place(model->comparison[d].role)) together |= 1u << d;
    return all & ~together ? together : without;
}

static int bin_of(float bits)
{
    return (int)fmaxf(0, fminf(JUDGED_BINS - 1, floorf(bits) + JUDGED_BINS / 2));
}

static double probability_of(int bin)
{
    return batch_probability((float)(bin - JUDGED_BINS / 2) + 0.5f);
}

/* Only where the pass holds neither the comparison equal nor what changes with it. */
static void count_chunk(void *context, int chunk)
{
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    double(*judged)[JUDGED_BINS][LEVELS] = learning->judged[chunk];
    struct choice choice = drawn_of_chunk(learning, chunk);
    struct eight eight;
    uint32_t without[MODEL_COMPARISONS_MAX];
    float others[MODEL_COMPARISONS_MAX][WEIGH_LANES];
    memset(judged, 0, sizeof learning->judged[chunk]);
    choice.least = -14; /* below it no single comparison makes a match of it */
    for (int c = 0; c < batch->model->count; c++) without[c] = no_judges(batch->model, c);
    while (drawn_next_eight(learning, &choice, &eight)) {
        drawn_weigh_eight(batch, &eight, without, batch->model->count, others);
        for (int i = 0; i < eight.count; i++) {
            const struct drawn *drawn = eight.pair[i];
            uint32_t held = batch->pass[drawn->pass].held;
            for (int c = 0; c < batch->model->count; c++) {
                int level = drawn->levels.level[c];
                if (level < LEVELS && !(held & without[c]))
                    judged[c][bin_of(others[c][i])][level] += (double)drawn->stands_for;
            }
        }
    }
}

static void add_chunks(const struct learning *learning, int c,
                       double ret[static JUDGED_BINS][LEVELS])
{
    memset(ret, 0, JUDGED_BINS * sizeof *ret);
    for (int chunk = 0; chunk < CHUNKS; chunk++)
        for (int bin = 0; bin < JUDGED_BINS; bin++)
            for (int l = 0; l < LEVELS; l++) ret[bin][l] += learning->judged[chunk][c][bin][l];
}

static void set_shares(const double count[static LEVELS], const double believed[static LEVELS],
                       double ret[static LEVELS])
{
    const double belief = 12; /* what was believed before weighs as much as so many pairs */
    double sum = 0;
    for (int l = 0; l < LEVELS; l++) sum += count[l] + belief * believed[l];
    for (int l = 0; l < LEVELS; l++) ret[l] = (count[l] + belief * believed[l]) / sum;
}

/* By what the others say as it stands.  Two judges say so little of most pairs that what a mixture
 * makes of the levels is not to be trusted. */
static void count_levels(const double judged[static JUDGED_BINS][LEVELS],
                         const double believed[static LEVELS], double m[static LEVELS])
{
    double matches[LEVELS] = {0};
    for (int bin = 0; bin < JUDGED_BINS; bin++)
        for (int l = 0; l < LEVELS; l++) matches[l] += judged[bin][l] * probability_of(bin);
    set_shares(matches, believed, m);
}

static void learn_levels(const double judged[static JUDGED_BINS][LEVELS],
                         const double believed_m[static LEVELS],
                         const double believed_u[static LEVELS], double m[static LEVELS])
{
    enum { ROUNDS = 20 };
    const double least = 0.02; /* fewer matches than that tell nothing among so many strangers */
    double u[LEVELS];
    memcpy(u, believed_u, sizeof u);
    for (int round = 0; round < ROUNDS; round++) {
        double matches[LEVELS] = {0}, strangers[LEVELS] = {0};
        for (int bin = 0; bin < JUDGED_BINS; bin++) {
            double p = probability_of(bin);
            for (int l = 0; p >= least && l < LEVELS; l++) {
                double match = p * m[l] / (p * m[l] + (1 - p) * u[l]);
                matches[l] += judged[bin][l] * match;
                strangers[l] += judged[bin][l] * (1 - match);
            }
        }
        set_shares(matches, believed_m, m);
        set_shares(strangers, believed_u, u);
    }
}

void learn_judged(struct learning *learning, const struct model *start)
{
    enum { ENOUGH_JUDGES = 3 };
    struct model *model = learning->batch->model;
    if (model->count < 2) return; /* nothing else to judge by */
    workers_each(learning->batch->options.threads, CHUNKS, count_chunk, learning);
    for (int c = 0; c < model->count; c++) {
        struct model_comparison *comparison = &model->comparison[c];
        double judged[JUDGED_BINS][LEVELS];
        if (comparison->held) continue;
        add_chunks(learning, c, judged);
        const double(*pairs)[LEVELS] = (const double(*)[LEVELS])judged;
        if (model->count - 1 < ENOUGH_JUDGES)
            count_levels(pairs, start->comparison[c].m, comparison->m);
        else
            learn_levels(pairs, start->comparison[c].m, comparison->u, comparison->m);
    }
}
