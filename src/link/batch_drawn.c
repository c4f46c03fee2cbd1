/*
 * Pairs to learn from: at random, and out of the blocks of each pass.
 */
#include "link/batch_drawn.h"

#include "link/batch_sign.h"
#include "link/need.h"
#include "link/workers.h"

#include <math.h>
#include <stdlib.h>

enum { SAMPLE = 80000, SAMPLE_OF_PASS = 4000, RANDOM_PAIRS = 200000, RANDOM_OF_ROW = 25 };

static uint64_t next_random(uint64_t *state)
{
    /* splitmix64 (Steele, Lea and Flood 2014) */
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* --- at random -------------------------------------------------------------------------------- */

static size_t random_pairs(const struct batch *batch)
{
    double most = fmin(batch->pairs_possible, RANDOM_OF_ROW * (double)batch->table->rows);
    return most < RANDOM_PAIRS ? (size_t)most : RANDOM_PAIRS;
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

/* Pairs of lines whose levels are worked out together. */
struct looking {
    uint32_t a[SCORED_AT_ONCE];
    uint32_t b[SCORED_AT_ONCE];
    uint64_t equal[SCORED_AT_ONCE]; /* lanes that are */
    struct scored scored;
};

static void look_at(const struct batch *batch, struct looking *looking, size_t count)
{
    enum { IN_LINE = 16 };
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < batch->stride; at += IN_LINE) {
            __builtin_prefetch(batch_line(batch, looking->a[i]) + at);
            __builtin_prefetch(batch_line(batch, looking->b[i]) + at);
        }
    looking->scored.count = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t there;
        batch_kernel_equal(batch, looking->a[i], &looking->b[i], 1, &looking->equal[i], &there);
        (void)scored_add(batch, &looking->scored, looking->a[i], looking->b[i],
                         (uint32_t)looking->equal[i], there);
    }
    batch_score_levels(batch, NULL, &looking->scored);
}

/* What is there and what agrees to the letter, pair by pair as bits: two comparisons
 * are counted together by what bits they share. */
static void count_random(struct learning *learning, int chunk, const struct scored *scored)
{
    enum { WORD = 64, WORDS = SCORED_AT_ONCE / WORD };
    uint64_t there[MODEL_COMPARISONS_MAX][WORDS] = {{0}};
    uint64_t exact[MODEL_COMPARISONS_MAX][WORDS] = {{0}};
    for (int c = 0; c < learning->batch->model->count; c++) {
        uint32_t of_level[LEVELS + 1] = {0};
        for (size_t i = 0; i < scored->count; i++) {
            int level = scored->level[c][i];
            of_level[level]++;
            there[c][i / WORD] |= (uint64_t)(level < LEVELS) << i % WORD;
            exact[c][i / WORD] |= (uint64_t)(level >= LEVEL_EXACT && level < LEVELS) << i % WORD;
        }
        for (int l = 0; l < LEVELS; l++) learning->chunk[chunk][c][l] += of_level[l];
        for (int d = 0; d < c; d++)
            for (size_t word = 0; word < WORDS; word++) {
                learning->chunk_pairs[chunk][c][d] += sign_bits(there[c][word] & there[d][word]);
                learning->chunk_both[chunk][c][d] += sign_bits(exact[c][word] & exact[d][word]);
            }
    }
}

static void draw_random(void *context, int chunk)
{
    struct learning *learning = context;
    const struct batch *batch = learning->batch;
    uint64_t state = batch->options.seed + (uint64_t)chunk * 0x632be59bd9b4e019u;
    size_t left = random_pairs(batch) / CHUNKS + 1;
    struct looking *looking = need(malloc(sizeof *looking));
    while (left) {
        size_t drawn = left < SCORED_AT_ONCE ? left : SCORED_AT_ONCE;
        size_t count = 0;
        for (size_t i = 0; i < drawn; i++) {
            looking->a[count] = random_pair(batch, &state, &looking->b[count]);
            count += looking->a[count] != looking->b[count];
        }
        look_at(batch, looking, count);
        count_random(learning, chunk, &looking->scored);
        left -= drawn;
    }
    free(looking);
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
        for (uint32_t v = 1; v < field->values; v++)
            exact += (double)field->count[v] * ((double)field->count[v] - 1);
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

/* A handful of rows tells next to nothing of how strangers agree: in six of them two birthdays that
 * are the same look common.  So what is usual counts as some pairs more, of which a larger file
 * takes no notice (docs/decisions/0177). */
static void lean_on_usual(const struct batch *batch, int c, double u[static LEVELS])
{
    static const double usual[MODEL_ROLES][LEVELS] = {
        [MODEL_GIVEN] = {0.951, 0.03, 0.005, 0.003, 0.004, 0.006, 0.001},
        [MODEL_SURNAME] = {0.9655, 0.025, 0.004, 0.001, 0.002, 0.002, 0.0005},
        [MODEL_BIRTH] = {0.9717, 0.02, 0.004, 0.003, 0.001, 0.0002, 0.0001},
    };
    const double belief = 20; /* pairs */
    const double pairs = batch->pairs_possible;
    enum model_role role = batch->model->comparison[c].role;
    if (usual[role][LEVEL_DIFFERENT] == 0) return; /* nothing is usual of it */
    for (int l = 0; l < LEVELS; l++)
        u[l] = (pairs * u[l] + belief * usual[role][l]) / (pairs + belief);
}

void drawn_random(struct learning *learning)
{
    const double most_exact = 0.999;
    const struct batch *batch = learning->batch;
    workers_each(batch->options.threads, CHUNKS, draw_random, learning);
    for (int c = 0; c < batch->model->count; c++) {
        double count[LEVELS] = {0};
        double total = 0;
        for (int l = 0; l < LEVELS; l++)
            for (int chunk = 0; chunk < CHUNKS; chunk++) count[l] += learning->chunk[chunk][c][l];
        for (int l = 0; l < LEVELS; l++) total += count[l];
        for (int l = 0; l < LEVELS; l++)
            learning->raw_u[c][l] = (count[l] + 0.3) / (total + 0.3 * LEVELS);
        /* Exact agreement is counted from the values' frequencies: too rare to draw. */
        double exact = fmin(fmax(exact_share(batch, c), 1e-9), most_exact);
        double others = 1 - learning->raw_u[c][LEVEL_EXACT];
        for (int l = 0; l < LEVELS; l++) learning->raw_u[c][l] *= (1 - exact) / others;
        learning->raw_u[c][LEVEL_EXACT] = exact;
        lean_on_usual(batch, c, learning->raw_u[c]);
        learning->seen[c] = total;
        for (int d = 0; d < c; d++)
            for (int chunk = 0; chunk < CHUNKS; chunk++) {
                learning->seen_both[c][d] += learning->chunk_both[chunk][c][d];
                learning->seen_pairs[c][d] += learning->chunk_pairs[chunk][c][d];
            }
    }
}

/* --- of passes -------------------------------------------------------------------------------- */

size_t drawn_of_pass(const struct batch *batch)
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
    size_t wanted = drawn_of_pass(batch);
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
                if (first_rows &&
                    (batch->row_of[a] < first_rows) == (batch->row_of[b] < first_rows))
                    continue;
                drawn[count++] = (struct drawn){.a = a,
                                                .b = b,
                                                .pass = (uint16_t)number,
                                                .place = (uint32_t)i,
                                                .stands_for = (float)every};
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
    struct looking *looking = need(malloc(sizeof *looking));
    for (size_t from = learning->count * (size_t)chunk / CHUNKS, count; from < to; from += count) {
        struct drawn *drawn = learning->drawn + from;
        count = to - from < SCORED_AT_ONCE ? to - from : SCORED_AT_ONCE;
        for (size_t i = 0; i < count; i++) {
            looking->a[i] = drawn[i].a;
            looking->b[i] = drawn[i].b;
        }
        look_at(batch, looking, count);
        for (size_t i = 0; i < count; i++) {
            memset(drawn[i].levels.level, LEVEL_MISSING, sizeof drawn[i].levels.level);
            memset(drawn[i].levels.rarity, 0, sizeof drawn[i].levels.rarity);
            for (int c = 0; c < batch->model->count; c++) {
                drawn[i].levels.level[c] = looking->scored.level[c][i];
                drawn[i].levels.rarity[c] = looking->scored.rarity[c][i];
            }
            uint64_t shared;
            batch_kernel_shared(batch, batch->passes, drawn[i].a, &drawn[i].b, 1,
                                &looking->equal[i], &shared);
            learning->bits[from + i] = 0;
            learning->fresh[from + i] = !batch_met_before(batch, drawn[i].pass, drawn[i].place,
                                                          drawn[i].a, drawn[i].b, shared);
        }
    }
    free(looking);
}

void drawn_from_passes(struct learning *learning)
{
    const struct batch *batch = learning->batch;
    size_t room = 2 * drawn_of_pass(batch);
    workers_each(batch->options.threads, batch->passes, choose_of_pass, learning);
    learning->count = 0;
    for (int p = 0; p < batch->passes; p++) {
        memmove(learning->drawn + learning->count, learning->drawn + room * (size_t)p,
                learning->drawn_of[p] * sizeof *learning->drawn);
        learning->count += learning->drawn_of[p];
    }
    workers_each(batch->options.threads, CHUNKS, look_at_drawn, learning);
}

/* --- eight at a time --------------------------------------------------------------------- */

/* The next word of the sets that has any of those that are wanted, if there is one. */
static bool next_word(const struct learning *learning, struct choice *choice)
{
    enum { WORD = 64 };
    while (!choice->rest && choice->at < choice->to) {
        size_t word = choice->at / WORD, end = (word + 1) * WORD;
        choice->first = word * WORD;
        choice->rest = ~(uint64_t)0 << choice->at % WORD;
        if (end > choice->to) choice->rest &= ~(uint64_t)0 >> (end - choice->to);
        for (uint32_t sets = choice->sets; sets; sets &= sets - 1)
            choice->rest &= learning->set[__builtin_ctz(sets)][word];
        choice->at = end;
    }
    return choice->rest;
}

bool drawn_next_eight(const struct learning *learning, struct choice *choice, struct eight *ret)
{
    double least = choice->least - learning->batch->prior_bits;
    ret->count = 0;
    while (ret->count < WEIGH_LANES && next_word(learning, choice)) {
        size_t number = choice->first + (size_t)__builtin_ctzll(choice->rest);
        choice->rest &= choice->rest - 1;
        if (learning->bits[number] >= least) ret->pair[ret->count++] = &learning->drawn[number];
    }
    if (!ret->count) return false;
    const struct pair_levels *levels[WEIGH_LANES];
    for (int lane = 0; lane < WEIGH_LANES; lane++)
        levels[lane] = &ret->pair[lane < ret->count ? lane : 0]->levels;
    batch_weigh_block_fill(&ret->block, levels);
    return true;
}

void drawn_weigh_eight(const struct batch *batch, const struct eight *eight,
                       const uint32_t *without, int times, float (*ret)[WEIGH_LANES])
{
    batch_weigh_lanes(batch, eight->block.level[0], eight->block.rarity[0], WEIGH_LANES, without,
                      times, ret);
}

struct choice drawn_of_chunk(const struct learning *learning, int chunk)
{
    return (struct choice){.at = learning->count * (size_t)chunk / CHUNKS,
                           .to = learning->count * (size_t)(chunk + 1) / CHUNKS,
                           .least = -HUGE_VAL};
}
