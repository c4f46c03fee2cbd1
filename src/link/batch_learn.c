/*
 * Learning m, u, the prior and what goes together, without knowing the truth.
 */
#include "link/batch_internal.h"

#include "link/workers.h"

#include <math.h>
#include <stdlib.h>

enum { SAMPLE = 80000, SAMPLE_OF_PASS = 4000, RANDOM_PAIRS = 200000, RANDOM_OF_ROW = 25, CHUNKS = 16, ROUNDS = 5, AHEAD = 8 };

/* A pair that was drawn from the blocks of a pass. */
struct drawn {
    struct pair_levels levels;
    uint32_t a;
    uint32_t b;
    bool fresh; /* no earlier pass has met it */
    uint16_t agree; /* bit per comparison that agrees */
    uint16_t pass;
    size_t place; /* of its block in the order of the pass */
    float stands_for;
    double bits; /* what it weighs with the model so far, but for the prior */
};

struct both {
    double strangers[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX]; /* that agree in both */
    double matches[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];   /* that have both */
    double differ[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];    /* matches that differ in both */
    double differ_one[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX]; /* in the first, having both */
    double coarsest;
};

/* A pair as the comparisons see it that may judge. */
struct judged {
    double likelihood;
    double stands_for;
};

struct learning {
    struct batch *batch;
    struct both both;
    struct both both_of[CHUNKS];
    double least_u[MODEL_COMPARISONS_MAX]; /* of exact agreement, from strangers that were met */
    int agreeing[MODEL_COMPARISONS_MAX]; /* least level of each comparison that agrees */
    struct drawn *drawn; /* pass by pass */
    size_t count;
    size_t drawn_of[BATCH_PASSES_MAX];
    double raw_u[MODEL_COMPARISONS_MAX][LEVELS]; /* of random pairs, matches among them */
    double seen_both[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX]; /* random pairs that agree in both */
    double seen[MODEL_COMPARISONS_MAX];
    double seen_pairs[MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX]; /* that have both */
    double chunk[CHUNKS][MODEL_COMPARISONS_MAX][LEVELS];
    double chunk_both[CHUNKS][MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
    double chunk_pairs[CHUNKS][MODEL_COMPARISONS_MAX][MODEL_COMPARISONS_MAX];
};

static uint64_t next_random(uint64_t *state)
{
    /* splitmix64 (Steele, Lea and Flood 2014) */
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static bool agrees(int level)
{
    return level >= LEVEL_CLOSE && level < LEVELS;
}

/* --- u ------------------------------------------------------------------------------------ */

static size_t random_pairs(const struct batch *batch)
{
    double most = fmin(batch->pairs_possible, RANDOM_OF_ROW * (double)batch->table->rows);
    return most < RANDOM_PAIRS ? (size_t)most : RANDOM_PAIRS;
}

static void fetch_pair(const struct batch *batch, uint32_t a, uint32_t b)
{
    enum { IN_LINE = 16 };
    for (size_t i = 0; i < batch->stride; i += IN_LINE) {
        __builtin_prefetch(batch_line(batch, a) + i);
        __builtin_prefetch(batch_line(batch, b) + i);
    }
}

static uint32_t random_pair(const struct batch *batch, uint64_t *state, uint32_t *ret_other)
{
    size_t rows = batch->table->rows;
    size_t first = batch->options.first_rows;
    size_t a = first ? next_random(state) % first : next_random(state) % rows;
    size_t b = first ? first + next_random(state) % (rows - first) : next_random(state) % rows;
    *ret_other = batch->line_of[b];
    return batch->line_of[a];
}

static void count_random(struct learning *learning, int chunk, uint32_t a, uint32_t b)
{
    const struct batch *batch = learning->batch;
    struct pair_levels pair;
    if (a == b) return;
    batch_levels(batch, a, b, &pair);
    for (int c = 0; c < batch->model->count; c++) {
        if (pair.level[c] >= LEVELS) continue;
        learning->chunk[chunk][c][(int)pair.level[c]]++;
        for (int d = 0; d < c; d++) {
            bool both_there = pair.level[d] < LEVELS;
            learning->chunk_pairs[chunk][c][d] += both_there;
            learning->chunk_both[chunk][c][d] += both_there && pair.level[c] >= LEVEL_EXACT && pair.level[d] >= LEVEL_EXACT;
        }
    }
}

/* Pairs are drawn some time before they are looked at, while their lines come from memory. */
static void draw_random(void *context, int chunk)
{
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    uint64_t state = batch->options.seed + (uint64_t)chunk * 0x632be59bd9b4e019u;
    size_t count = random_pairs(batch) / CHUNKS + 1;
    uint32_t a[AHEAD], b[AHEAD];
    for (size_t i = 0; i < count + AHEAD; i++) {
        size_t at = i % AHEAD;
        if (i >= AHEAD) count_random(learning, chunk, a[at], b[at]);
        if (i >= count) continue;
        a[at] = random_pair(batch, &state, &b[at]);
        fetch_pair(batch, a[at], b[at]);
    }
}

/* How often two different rows have the same value. */
static double exact_share(const struct batch *batch, int c)
{
    const struct batch_field *field = &batch->field[c];
    size_t rows = batch->table->rows;
    size_t first = batch->options.first_rows;
    double exact = 0;
    double filled = (double)rows - field->count[0];
    if (!first) {
        for (uint32_t v = 1; v < field->values; v++) exact += (double)field->count[v] * ((double)field->count[v] - 1);
        return filled > 1 ? exact / (filled * (filled - 1)) : 0;
    }
    uint32_t *left = calloc(field->values, sizeof *left);
    if (!left) abort();
    double left_filled = 0;
    for (size_t row = 0; row < first; row++) left[batch_line(batch, batch->line_of[row])[c]]++;
    for (uint32_t v = 1; v < field->values; v++) {
        exact += (double)left[v] * (double)(field->count[v] - left[v]);
        left_filled += left[v];
    }
    free(left);
    double pairs = left_filled * (filled - left_filled);
    return pairs > 0 ? exact / pairs : 0;
}

static void learn_raw_u(struct learning *learning)
{
    const struct batch *batch = learning->batch;
    workers_each(batch->options.threads, CHUNKS, draw_random, learning);
    for (int c = 0; c < batch->model->count; c++) {
        double count[LEVELS] = {0};
        double total = 0;
        for (int l = 0; l < LEVELS; l++)
            for (int chunk = 0; chunk < CHUNKS; chunk++) count[l] += learning->chunk[chunk][c][l];
        for (int l = 0; l < LEVELS; l++) total += count[l];
        for (int l = 0; l < LEVELS; l++) learning->raw_u[c][l] = (count[l] + 0.3) / (total + 0.3 * LEVELS);
        /* Exact agreement is counted from the values' frequencies: too rare to draw. */
        learning->raw_u[c][LEVEL_EXACT] = fmax(exact_share(batch, c), 1e-9);
        learning->seen[c] = total;
        for (int d = 0; d < c; d++)
            for (int chunk = 0; chunk < CHUNKS; chunk++) {
                learning->seen_both[c][d] += learning->chunk_both[chunk][c][d];
                learning->seen_pairs[c][d] += learning->chunk_pairs[chunk][c][d];
            }
    }
}

/* Random pairs have matches among them: in a small table they make up much of the
 * agreement on what is rare. */
static void set_u(struct learning *learning)
{
    struct model *model = learning->batch->model;
    for (int c = 0; c < model->count; c++) {
        struct model_comparison *comparison = &model->comparison[c];
        if (comparison->held) continue;
        for (int l = 0; l < LEVELS; l++) {
            double raw = learning->raw_u[c][l];
            double strangers = (raw - model->prior * comparison->m[l]) / (1 - model->prior);
            comparison->u[l] = fmax(strangers, raw * 0.15);
            if (l == LEVEL_EXACT) comparison->u[l] = fmin(raw, fmax(comparison->u[l], learning->least_u[c]));
        }
    }
}

/* --- samples --------------------------------------------------------------------------------- */

static size_t sample_of_pass(const struct batch *batch)
{
    size_t share = SAMPLE / (size_t)(batch->passes + 1);
    return share < SAMPLE_OF_PASS ? share : SAMPLE_OF_PASS;
}

/* One pair in so many, counted through the blocks. */
static void choose_of_pass(void *context, int number)
{
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    const struct pass *pass = &batch->pass[number];
    size_t first_rows = batch->options.first_rows;
    size_t wanted = sample_of_pass(batch);
    size_t every = 1 + pass->pairs / wanted;
    size_t wait = every / 2;
    uint64_t state = batch->options.seed * 31 + (uint64_t)number;
    struct drawn *drawn = learning->drawn + 2 * wanted * (size_t)number;
    size_t count = 0;
    for (size_t i = 0, end; i < pass->rows; i = end) {
        for (end = i + 1; end < pass->rows && !(pass->order[end] & (uint32_t)BLOCK_START);) end++;
        size_t pairs = (end - i) * (end - i - 1) / 2;
        if (wait >= pairs) {
            wait -= pairs;
            continue;
        }
        size_t at = 0;
        for (size_t k = i; k < end; k++)
            for (size_t l = k + 1; l < end; l++, at++) {
                if (at != wait || count >= 2 * wanted) continue;
                wait += 1 + (every > 1 ? next_random(&state) % (2 * every - 1) : 0);
                uint32_t a = pass->order[k] & INT32_MAX;
                uint32_t b = pass->order[l] & INT32_MAX;
                if (first_rows && (batch->row_of[a] < first_rows) == (batch->row_of[b] < first_rows)) continue;
                drawn[count++] = (struct drawn){.a = a, .b = b, .pass = (uint16_t)number, .place = i, .stands_for = (float)every};
            }
        wait -= pairs;
    }
    learning->drawn_of[number] = count;
}

static void look_at_drawn(void *context, int chunk)
{
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    size_t to = learning->count * (size_t)(chunk + 1) / CHUNKS;
    for (size_t i = learning->count * (size_t)chunk / CHUNKS; i < to; i++) {
        struct drawn *drawn = &learning->drawn[i];
        if (i + AHEAD < to) fetch_pair(batch, drawn[AHEAD].a, drawn[AHEAD].b);
        uint64_t equal;
        uint32_t there;
        batch_kernel_equal(batch, drawn->a, &drawn->b, 1, &equal, &there);
        batch_levels(batch, drawn->a, drawn->b, &drawn->levels);
        drawn->fresh = !batch_met_before(batch, drawn->pass, drawn->place, drawn->a, drawn->b, equal);
    }
}

static void draw_passes(struct learning *learning)
{
    const struct batch *batch = learning->batch;
    size_t room = 2 * sample_of_pass(batch);
    workers_each(batch->options.threads, batch->passes, choose_of_pass, learning);
    learning->count = 0;
    for (int p = 0; p < batch->passes; p++) {
        memmove(learning->drawn + learning->count, learning->drawn + room * (size_t)p,
                learning->drawn_of[p] * sizeof *learning->drawn);
        learning->count += learning->drawn_of[p];
    }
    workers_each(batch->options.threads, CHUNKS, look_at_drawn, learning);
}

/* --- m ------------------------------------------------------------------------------------------ */

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
        while (pools > 1 && pool[pools - 2].m * pool[pools - 1].u > pool[pools - 1].m * pool[pools - 2].u) {
            pools--;
            pool[pools - 1].m += pool[pools].m;
            pool[pools - 1].u += pool[pools].u;
            pool[pools - 1].levels += pool[pools].levels;
        }
    }
    for (int i = 0, l = 0; i < pools; i++)
        for (int k = 0; k < pool[i].levels; k++, l++) comparison->m[l] = pool[i].m * comparison->u[l] / pool[i].u;
}

/* Whoever is one person mostly has one name and one birthday: without this EM may find
 * households instead of people. */
static void limit_different(struct model_comparison *comparison)
{
    const double most = 0.15;
    enum model_role role = comparison->role;
    double *m = comparison->m;
    if ((role != MODEL_GIVEN && role != MODEL_SURNAME && role != MODEL_BIRTH) || m[LEVEL_DIFFERENT] <= most) return;
    for (int l = LEVEL_FAR; l < LEVELS; l++) m[l] *= (1 - most) / (1 - m[LEVEL_DIFFERENT]);
    m[LEVEL_DIFFERENT] = most;
}

/* Weighs what was drawn anew; the prior alone may change without it. */
static void weigh_chunk(void *context, int chunk)
{
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    size_t to = learning->count * (size_t)(chunk + 1) / CHUNKS;
    for (size_t i = learning->count * (size_t)chunk / CHUNKS; i < to; i++) {
        struct drawn *drawn = &learning->drawn[i];
        drawn->bits = batch_weigh(batch, &drawn->levels, 0) - batch->prior_bits;
    }
}

static void weigh_drawn(struct learning *learning)
{
    workers_each(learning->batch->options.threads, CHUNKS, weigh_chunk, learning);
}

/* What each level weighs in the pairs, expected under the model so far.  Whether a pair
 * matches is judged without the comparison that is being counted, so that it does not
 * vouch for itself, and only where the pass does not hold it equal. */
static void count_levels(void *context, int chunk)
{
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    double(*total)[LEVELS] = learning->chunk[chunk];
    memset(total, 0, sizeof learning->chunk[chunk]);
    size_t from = learning->count * (size_t)chunk / CHUNKS;
    size_t to = learning->count * (size_t)(chunk + 1) / CHUNKS;
    for (size_t i = from; i < to; i++) {
        const struct drawn *drawn = &learning->drawn[i];
        uint32_t held = batch->pass[drawn->pass].held;
        if (drawn->bits + batch->prior_bits < -14) continue; /* no single comparison makes a match of it */
        for (int c = 0; c < batch->model->count; c++) {
            int level = drawn->levels.level[c];
            if (level >= LEVELS || held >> c & 1) continue;
            double others = batch_weigh(batch, &drawn->levels, 1u << c);
            total[c][level] += batch_probability(others) * (double)drawn->stands_for;
        }
    }
}

static void learn_m(struct learning *learning, const struct model *start)
{
    const double belief = 12; /* the starting values weigh as much as so many matches */
    struct model *model = learning->batch->model;
    double total[MODEL_COMPARISONS_MAX][LEVELS] = {{0}};
    if (model->count < 2) return; /* nothing else to judge by */
    workers_each(learning->batch->options.threads, CHUNKS, count_levels, learning);
    for (int chunk = 0; chunk < CHUNKS; chunk++)
        for (int c = 0; c < model->count; c++)
            for (int l = 0; l < LEVELS; l++) total[c][l] += learning->chunk[chunk][c][l];
    for (int c = 0; c < model->count; c++) {
        struct model_comparison *comparison = &model->comparison[c];
        if (comparison->held) continue;
        double sum = 0;
        for (int l = 0; l < LEVELS; l++) sum += total[c][l] + belief * start->comparison[c].m[l];
        for (int l = 0; l < LEVELS; l++)
            comparison->m[l] = (total[c][l] + belief * start->comparison[c].m[l]) / sum;
        limit_different(comparison);
        make_monotone(comparison);
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

/* The prior that its own pairs bear out: how many of all possible pairs match. */
static void learn_prior(struct learning *learning, int rounds)
{
    struct batch *batch = learning->batch;
    if (batch->model->prior_held) return;
    for (int round = 0; round < rounds; round++) {
        double matches = 0;
        for (size_t i = 0; i < learning->count; i++) {
            const struct drawn *drawn = &learning->drawn[i];
            if (!drawn->fresh) continue;
            matches += (double)drawn->stands_for * batch_probability(drawn->bits + batch->prior_bits);
        }
        matches = fmax(matches, least_matches(batch));
        batch->model->prior = fmin(0.5, matches / batch->pairs_possible);
        batch_set_bits(batch);
    }
}

/* --- what goes together -------------------------------------------------------------------------- */

static double at_least(const double level[static LEVELS], int least)
{
    double sum = 0;
    for (int l = least; l < LEVELS; l++) sum += level[l];
    return sum;
}

/* From which level on do two agree?  Where hardly anything is equal to the letter,
 * what is alike counts. */
static void set_agreeing(struct learning *learning)
{
    const struct model *model = learning->batch->model;
    for (int c = 0; c < model->count; c++) {
        int level = LEVEL_EXACT;
        while (level > LEVEL_CLOSE && at_least(model->comparison[c].m, level) < 0.3) level--;
        learning->agreeing[c] = level;
    }
    for (size_t i = 0; i < learning->count; i++) {
        struct drawn *drawn = &learning->drawn[i];
        drawn->agree = 0;
        for (int c = 0; c < model->count; c++) {
            int level = drawn->levels.level[c];
            if (level >= learning->agreeing[c] && level < LEVELS) drawn->agree |= (uint16_t)(1u << c);
        }
    }
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
    return role == MODEL_SURNAME || role == MODEL_POSTCODE || role == MODEL_TOWN || role == MODEL_STREET ||
           role == MODEL_NUMBER || role == MODEL_PHONE;
}

/* Comparisons that cannot judge whether pairs that agree in both of these are one: the
 * two themselves, and of a household everything else that it shares, as long as
 * something remains. */
static uint32_t no_judges(const struct model *model, int c, int d)
{
    uint32_t without = 1u << c | 1u << d;
    uint32_t shared = without;
    if (!is_of_household(model->comparison[c].role) && !is_of_household(model->comparison[d].role)) return without;
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
    uint16_t both = (uint16_t)(1u << c | 1u << d);
    size_t count = 0;
    for (size_t i = 0; i < learning->count; i++) {
        const struct drawn *drawn = &learning->drawn[i];
        if (!drawn->fresh || (drawn->agree & both) != both) continue;
        judged[count++] = (struct judged){
            exp2(batch_weigh(batch, &drawn->levels, without) - batch->prior_bits), (double)drawn->stands_for};
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

/* One comparison with those before it. */
static void count_strangers_of(void *context, int c)
{
    struct learning *learning = context;
    struct judged *judged = malloc((learning->count + 1) * sizeof *judged);
    if (!judged) abort();
    for (int d = 0; d <= c; d++) learning->both.strangers[c][d] = count_strangers(learning, c, d, judged);
    free(judged);
}

static void count_both(void *context, int chunk)
{
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    struct both *both = &learning->both_of[chunk];
    int count = batch->model->count;
    size_t to = learning->count * (size_t)(chunk + 1) / CHUNKS;
    memset(both, 0, sizeof *both);
    for (size_t i = learning->count * (size_t)chunk / CHUNKS; i < to; i++) {
        const struct drawn *drawn = &learning->drawn[i];
        if (!drawn->fresh) continue;
        double stands_for = (double)drawn->stands_for;
        both->coarsest = fmax(both->coarsest, stands_for);
        if (drawn->bits + batch->prior_bits < -10) continue;
        for (int c = 0; c < count; c++)
            for (int d = 0; d < c; d++) {
                int one = drawn->levels.level[c];
                int two = drawn->levels.level[d];
                if (one >= LEVELS || two >= LEVELS) continue;
                double match = batch_probability(batch_weigh(batch, &drawn->levels, 1u << c | 1u << d)) * stands_for;
                both->matches[c][d] += match;
                both->differ[c][d] += !agrees(one) && !agrees(two) ? match : 0;
                both->differ_one[c][d] += !agrees(one) ? match : 0;
                both->differ_one[d][c] += !agrees(two) ? match : 0;
            }
    }
}

/* In the order of the chunks, so that threads do not show in the last bit. */
static void add_both(struct learning *learning)
{
    struct both *both = &learning->both;
    workers_each(learning->batch->options.threads, CHUNKS, count_both, learning);
    both->coarsest = 0;
    for (int c = 0; c < MODEL_COMPARISONS_MAX; c++)
        for (int d = 0; d < MODEL_COMPARISONS_MAX; d++) both->matches[c][d] = both->differ[c][d] = both->differ_one[c][d] = 0;
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
static double agrees_apart(double other_differs, double both_differ, double one_differs, double matches)
{
    const double doubt = 10, most = 6;
    double expected = other_differs * fmax(0, matches - one_differs) / matches;
    return fmax(-most, fmin(0, log2((other_differs - both_differ + doubt) / (expected + doubt))));
}

/* How much oftener two comparisons agree together among strangers, and differ together
 * among matches, than if they knew nothing of each other: in bits, never below 0. */
static void learn_together(struct learning *learning)
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
            double filled = (1 - batch->field[c].count[0] / rows) * (1 - batch->field[d].count[0] / rows);
            double expected = batch->pairs_possible * filled * agreeing_u(learning, c) * agreeing_u(learning, d);
            /* The more pairs were drawn, the less doubt. */
            double doubt = both->coarsest * fmin(1, 3 * both->coarsest / (both->strangers[c][d] + 1));
            double lift_u = log2((both->strangers[c][d] + doubt) / (expected + doubt));
            double drawn = learning->seen_pairs[c][d] * agreeing_u(learning, c) * agreeing_u(learning, d);
            bool exact = learning->agreeing[c] == LEVEL_EXACT && learning->agreeing[d] == LEVEL_EXACT;
            if (exact && drawn >= 25) lift_u = log2((learning->seen_both[c][d] + 5) / (drawn + 5));
            double matches = both->matches[c][d] + 1e-9;
            double apart = both->differ_one[c][d] * both->differ_one[d][c] / matches;
            double lift_m = log2((both->differ[c][d] + 10) / (apart + 10));
            batch->apart_m[c][d] = agrees_apart(both->differ_one[d][c], both->differ[c][d], both->differ_one[c][d], matches);
            batch->apart_m[d][c] = agrees_apart(both->differ_one[c][d], both->differ[c][d], both->differ_one[d][c], matches);
            batch->together_u[c][d] = batch->together_u[d][c] = fmax(0, lift_u);
            batch->together_m[c][d] = batch->together_m[d][c] = fmax(0, fmin(6, lift_m));
        }
}

/* Rarity leans on u and on the prior: what was drawn follows. */
static void renew_rarity(struct learning *learning)
{
    struct batch *batch = learning->batch;
    batch_set_rarity(batch);
    for (size_t i = 0; i < learning->count; i++) {
        struct drawn *drawn = &learning->drawn[i];
        for (int c = 0; c < batch->model->count; c++)
            if (drawn->levels.level[c] == LEVEL_EXACT)
                drawn->levels.rarity[c] = batch->rarity[c][batch_line(batch, drawn->a)[c]];
    }
}

/* A pass of which next to nothing is expected that no earlier one finds is left out, if
 * it would be much work: its pairs look as much like strangers as any. */
static void leave_out_barren(struct learning *learning)
{
    const double worth_it = 1.0 / 120, much_work = 100000, share = 0.005;
    struct batch *batch = learning->batch;
    double matches[BATCH_PASSES_MAX] = {0};
    double pairs[BATCH_PASSES_MAX] = {0};
    for (size_t i = 0; i < learning->count; i++) {
        const struct drawn *drawn = &learning->drawn[i];
        if (!drawn->fresh) continue;
        double stands_for = (double)drawn->stands_for;
        pairs[drawn->pass] += stands_for;
        matches[drawn->pass] += stands_for * batch_probability(drawn->bits + batch->prior_bits);
    }
    double all = batch->model->prior * batch->pairs_possible;
    for (int p = 0; p < batch->passes; p++) {
        struct pass *pass = &batch->pass[p];
        pass->barren = pairs[p] > much_work && matches[p] < worth_it * pairs[p] && matches[p] < share * all;
        if (pass->barren && pass->lane >= 0) batch->used_lanes &= ~((uint64_t)1 << pass->lane);
    }
}

void batch_learn(struct batch *batch)
{
    struct model *model = batch->model;
    struct learning *learning = calloc(1, sizeof *learning);
    if (!learning) abort();
    learning->batch = batch;
    learning->drawn = malloc((size_t)(batch->passes + 1) * 2 * sample_of_pass(batch) * sizeof *learning->drawn);
    if (!learning->drawn) abort();
    double given_prior = model->prior;
    model->prior = model->prior_held ? given_prior : fmin(0.1, 0.3 * (double)batch->table->rows / batch->pairs_possible);
    for (int c = 0; c < model->count; c++) batch->rarity[c] = NULL;
    batch_set_rarity(batch);
    learn_raw_u(learning);
    set_u(learning);
    batch_set_rarity(batch);
    draw_passes(learning);
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
    free(learning->drawn);
    free(learning);
}
