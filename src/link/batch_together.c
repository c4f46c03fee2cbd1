/*
 * What goes together: learnt from the pairs that were drawn.
 */
#include "link/batch_drawn.h"

#include "link/workers.h"

#include <math.h>
#include <stdlib.h>

/* A pair as the comparisons see it that may judge. */
struct judged {
    double likelihood;
    double stands_for;
};

static bool agrees(int level)
{
    return level >= LEVEL_CLOSE && level < LEVELS;
}

static double at_least(const double level[static LEVELS], int least)
{
    double sum = 0;
    for (int l = least; l < LEVELS; l++) sum += level[l];
    return sum;
}

/* The words of the sets in one share of what was drawn. */
static void fill_sets(void *context, int share)
{
    enum { WORD = 64 };
    struct learning *learning = context;
    size_t words = (learning->count + WORD - 1) / WORD, to = words * (size_t)(share + 1) / CHUNKS;
    for (size_t word = words * (size_t)share / CHUNKS; word < to; word++) {
        uint64_t bits[DRAWN_SETS] = {0};
        size_t from = word * WORD,
               count = learning->count - from < WORD ? learning->count - from : WORD;
        for (size_t i = 0; i < count; i++) {
            const int8_t *level = learning->drawn[from + i].levels.level;
            for (int c = 0; c < learning->batch->model->count; c++)
                bits[c] |= (uint64_t)((level[c] >= learning->agreeing[c]) & (level[c] < LEVELS))
                           << i;
            bits[DRAWN_SETS - 1] |= (uint64_t)learning->fresh[from + i] << i;
        }
        for (int i = 0; i < DRAWN_SETS; i++) learning->set[i][word] = bits[i];
    }
}

/* From which level on do two agree?  Where hardly anything is equal to the letter,
 * what is alike counts. */
static void set_agreeing(struct learning *learning)
{
    const struct model *model = learning->batch->model;
    bool changed = false;
    for (int c = 0; c < model->count; c++) {
        int level = LEVEL_EXACT;
        while (level > LEVEL_CLOSE && at_least(model->comparison[c].m, level) < 0.3) level--;
        changed |= learning->agreeing[c] != level; /* at first none has one */
        learning->agreeing[c] = level;
    }
    if (changed) workers_each(learning->batch->options.threads, CHUNKS, fill_sets, learning);
}

static double agreeing_m(const struct learning *learning, int c)
{
    return at_least(learning->batch->model->comparison[c].m, learning->agreeing[c]);
}

static double agreeing_u(const struct learning *learning, int c)
{
    return at_least(learning->batch->model->comparison[c].u, learning->agreeing[c]);
}

/* What everybody of a household shares. */
static bool is_of_household(enum model_role role)
{
    return model_is_place(role) || role == MODEL_SURNAME || role == MODEL_PHONE;
}

/* Comparisons that cannot judge whether pairs that agree in both of these are one: the
 * two themselves, and of a household everything else that it shares, as long as
 * something remains. */
static uint32_t no_judges(const struct model *model, int c, int d)
{
    uint32_t without = 1u << c | 1u << d;
    uint32_t shared = without;
    if (!is_of_household(model->comparison[c].role) && !is_of_household(model->comparison[d].role))
        return without;
    for (int e = 0; e < model->count; e++)
        if (is_of_household(model->comparison[e].role)) shared |= 1u << e;
    uint32_t all = (1u << model->count) - 1;
    return (all & ~shared) ? shared : without;
}

/* Of the pairs that agree in both comparisons, how many are strangers?  The other
 * comparisons judge; the share of matches among these very pairs is found by EM. */
static double count_strangers(const struct learning *learning, int c, int d, struct judged *judged)
{
    enum { SHARE_ROUNDS = 12 };
    const struct batch *batch = learning->batch;
    const struct model *model = batch->model;
    double match = model->prior * agreeing_m(learning, c) * (c == d ? 1 : agreeing_m(learning, d));
    double chance = agreeing_u(learning, c) * (c == d ? 1 : agreeing_u(learning, d));
    double share = match / (match + chance);
    double strangers = 0;
    uint32_t without = no_judges(model, c, d);
    uint32_t both = 1u << c | 1u << d;
    size_t count = 0;
    struct choice choice = {.to = learning->count, .sets = DRAWN_FRESH | both, .least = -HUGE_VAL};
    struct eight eight;
    float weight[1][WEIGH_LANES];
    while (drawn_next_eight(learning, &choice, &eight)) {
        drawn_weigh_eight(batch, &eight, &without, 1, weight);
        for (int i = 0; i < eight.count; i++)
            judged[count++] = (struct judged){exp2(weight[0][i] - batch->prior_bits),
                                              (double)eight.pair[i]->stands_for};
    }
    for (int round = 0; round < SHARE_ROUNDS; round++) {
        double matches = 0;
        double all = 0;
        for (size_t i = 0; i < count; i++) {
            double odds = share / (1 - share) * judged[i].likelihood;
            matches += judged[i].stands_for * (odds / (1 + odds));
            all += judged[i].stands_for;
        }
        strangers = all - matches;
        share = (matches + 0.5) / (all + 1);
    }
    return strangers;
}

/* One comparison with those before it; the last, which is most work, comes first. */
static void count_strangers_of(void *context, int number)
{
    struct learning *learning = context;
    int c = learning->batch->model->count - 1 - number;
    struct judged *judged = malloc((learning->count + 1) * sizeof *judged);
    if (!judged) abort();
    for (int d = 0; d <= c; d++)
        learning->both.strangers[c][d] = count_strangers(learning, c, d, judged);
    free(judged);
}

static void count_both_of(const struct drawn *drawn, int count, const float (*weight)[WEIGH_LANES],
                          int lane, struct both *both)
{
    double stands_for = (double)drawn->stands_for;
    int at = 0;
    for (int c = 0; c < count; c++)
        for (int d = 0; d < c; d++, at++) {
            int one = drawn->levels.level[c];
            int two = drawn->levels.level[d];
            if (one >= LEVELS || two >= LEVELS) continue;
            double match = batch_probability(weight[at][lane]) * stands_for;
            both->matches[c][d] += match;
            both->differ[c][d] += !agrees(one) && !agrees(two) ? match : 0;
            both->differ_one[c][d] += !agrees(one) ? match : 0;
            both->differ_one[d][c] += !agrees(two) ? match : 0;
        }
}

static void count_both(void *context, int chunk)
{
    enum { COUPLES = MODEL_COMPARISONS_MAX * (MODEL_COMPARISONS_MAX - 1) / 2 };
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    struct both *both = &learning->both_of[chunk];
    struct choice choice = drawn_of_chunk(learning, chunk);
    struct eight eight;
    uint32_t without[COUPLES];
    float weight[COUPLES][WEIGH_LANES];
    int couples = 0;
    memset(both, 0, sizeof *both);
    for (size_t i = choice.at; i < choice.to; i++)
        if (learning->fresh[i])
            both->coarsest = fmax(both->coarsest, (double)learning->drawn[i].stands_for);
    for (int c = 0; c < batch->model->count; c++)
        for (int d = 0; d < c; d++) without[couples++] = 1u << c | 1u << d;
    choice.sets = DRAWN_FRESH;
    choice.least = -10;
    while (drawn_next_eight(learning, &choice, &eight)) {
        drawn_weigh_eight(batch, &eight, without, couples, weight);
        for (int i = 0; i < eight.count; i++)
            count_both_of(eight.pair[i], batch->model->count, (const float(*)[WEIGH_LANES])weight,
                          i, both);
    }
}

/* In the order of the chunks, so that threads do not show in the last bit. */
static void add_both(struct learning *learning)
{
    struct both *both = &learning->both;
    workers_each(learning->batch->options.threads, CHUNKS, count_both, learning);
    both->coarsest = 0;
    for (int c = 0; c < MODEL_COMPARISONS_MAX; c++)
        for (int d = 0; d < MODEL_COMPARISONS_MAX; d++)
            both->matches[c][d] = both->differ[c][d] = both->differ_one[c][d] = 0;
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        const struct both *one = &learning->both_of[chunk];
        both->coarsest = fmax(both->coarsest, one->coarsest);
        for (int c = 0; c < MODEL_COMPARISONS_MAX; c++)
            for (int d = 0; d < MODEL_COMPARISONS_MAX; d++) {
                both->matches[c][d] += one->matches[c][d];
                both->differ[c][d] += one->differ[c][d];
                both->differ_one[c][d] += one->differ_one[c][d];
            }
    }
}

/* How much seldomer one agrees where the other differs, among matches: in bits. */
static float agrees_apart(double other_differs, double both_differ, double one_differs,
                          double matches)
{
    const double doubt = 10, most = 6;
    double expected = other_differs * fmax(0, matches - one_differs) / matches;
    return (float)fmax(-most,
                       fmin(0, log2((other_differs - both_differ + doubt) / (expected + doubt))));
}

/* How much oftener two comparisons agree together among strangers, and differ together
 * among matches, than if they knew nothing of each other: in bits, never below 0. */
void learn_together(struct learning *learning)
{
    struct batch *batch = learning->batch;
    const struct model *model = batch->model;
    struct both *both = &learning->both;
    set_agreeing(learning);
    workers_each(batch->options.threads, model->count, count_strangers_of, learning);
    add_both(learning);
    double rows = (double)batch->table->rows;
    for (int c = 0; c < model->count; c++) {
        double share = 1 - batch->field[c].count[0] / rows;
        if (learning->agreeing[c] == LEVEL_EXACT)
            learning->least_u[c] = both->strangers[c][c] / (batch->pairs_possible * share * share);
    }
    for (int c = 0; c < model->count; c++)
        for (int d = 0; d < c; d++) {
            double filled =
                (1 - batch->field[c].count[0] / rows) * (1 - batch->field[d].count[0] / rows);
            double expected =
                batch->pairs_possible * filled * agreeing_u(learning, c) * agreeing_u(learning, d);
            /* The more pairs were drawn, the less doubt. */
            double doubt =
                both->coarsest * fmin(1, 3 * both->coarsest / (both->strangers[c][d] + 1));
            double lift_u = log2((both->strangers[c][d] + doubt) / (expected + doubt));
            double drawn =
                learning->seen_pairs[c][d] * agreeing_u(learning, c) * agreeing_u(learning, d);
            bool exact =
                learning->agreeing[c] == LEVEL_EXACT && learning->agreeing[d] == LEVEL_EXACT;
            if (exact && drawn >= 25) lift_u = log2((learning->seen_both[c][d] + 5) / (drawn + 5));
            double matches = both->matches[c][d] + 1e-9;
            double apart = both->differ_one[c][d] * both->differ_one[d][c] / matches;
            double lift_m = log2((both->differ[c][d] + 10) / (apart + 10));
            batch->apart_m[c][d] = agrees_apart(both->differ_one[d][c], both->differ[c][d],
                                                both->differ_one[c][d], matches);
            batch->apart_m[d][c] = agrees_apart(both->differ_one[c][d], both->differ[c][d],
                                                both->differ_one[d][c], matches);
            batch->together_u[c][d] = batch->together_u[d][c] = (float)fmax(0, lift_u);
            batch->together_m[c][d] = batch->together_m[d][c] = (float)fmax(0, fmin(6, lift_m));
        }
}
