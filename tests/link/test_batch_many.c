/* Pairs that are scored together get what each of them gets by itself, to the last bit. */
#include "link/batch_internal.h"

#include "base/buf.h"
#include "link/kernel_many.h"
#include "tests_common.h"

#include <stdlib.h>

static uint64_t state = 5;

static uint32_t next(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static float next_bits(float most)
{
    return most * ((float)next(20001) / 10000 - 1);
}

/* --- weights -------------------------------------------------------------------------------- */

static void make_weights(struct batch *batch, int count)
{
    batch->model->count = count;
    batch->prior_bits = next_bits(20);
    for (int c = 0; c < count; c++) {
        batch->order[c] = c;
        batch->leans_u[c] = batch->leans_m[c] = batch->leans_apart[c] = 0;
        for (int level = 0; level < LEVELS; level++)
            batch->bits[c][level] = next(8) ? next_bits(12) : 0;
        batch->bits[c][LEVEL_MISSING] = 0;
    }
    for (int c = count - 1; c > 0; c--) {
        int other = (int)next((uint32_t)c + 1);
        int swap = batch->order[c];
        batch->order[c] = batch->order[other];
        batch->order[other] = swap;
    }
    for (int c = 0; c < count; c++)
        for (int d = 0; d < count; d++) {
            if (c == d) continue;
            batch->together_u[c][d] = next(2) ? (float)next(5000) / 1000 : 0;
            batch->together_m[c][d] = next(2) ? (float)next(5000) / 1000 : 0;
            batch->apart_m[c][d] = next(2) ? -(float)next(5000) / 1000 : 0;
            batch->leans_u[c] |= (uint32_t)(batch->together_u[c][d] > 0) << d;
            batch->leans_m[c] |= (uint32_t)(batch->together_m[c][d] > 0) << d;
            batch->leans_apart[c] |= (uint32_t)(batch->apart_m[c][d] < 0) << d;
        }
}

static void check_weights(const struct batch *batch)
{
    enum { TIMES = 9 };
    struct weigh_block block;
    struct pair_levels pair[WEIGH_LANES];
    const struct pair_levels *one[WEIGH_LANES];
    uint32_t without[TIMES] = {0};
    float weight[TIMES][WEIGH_LANES];
    for (int i = 1; i < TIMES; i++) without[i] = next(1u << batch->model->count);
    for (int lane = 0; lane < WEIGH_LANES; lane++) {
        for (int c = 0; c < PAIR_ROOM; c++) {
            pair[lane].level[c] = (int8_t)next(LEVELS + 1);
            pair[lane].rarity[c] =
                (int8_t)(pair[lane].level[c] == LEVEL_EXACT ? (int)next(200) - 100 : 0);
        }
        one[lane] = &pair[lane];
    }
    batch_weigh_block_fill(&block, one);
    batch_weigh_lanes(batch, block.level[0], block.rarity[0], WEIGH_LANES, without, TIMES, weight);
    for (int lane = 0; lane < WEIGH_LANES; lane++)
        for (int i = 0; i < TIMES; i++)
            assert_true(weight[i][lane] == batch_weigh(batch, &pair[lane], without[i]));
}

static void on_every_path(void (*test)(void))
{
    enum kernel_path best = link_kernel_path();
    for (int path = 0; path < KERNEL_PATHS; path++) {
        if (!link_kernel_force((enum kernel_path)path)) {
            print_message("# SKIP no %s here\n", link_kernel_path_name((enum kernel_path)path));
            continue;
        }
        state = 42;
        test();
    }
    assert_true(link_kernel_force(best));
}

static void weigh_many(void)
{
    struct model model = {0};
    struct batch *batch = calloc(1, sizeof *batch);
    batch->model = &model;
    for (int round = 0; round < 400; round++) {
        make_weights(batch, 1 + round % MODEL_COMPARISONS_MAX);
        for (int i = 0; i < 4; i++) check_weights(batch);
    }
    free(batch);
}

static void lanes_weigh_what_one_weighs(void **unused)
{
    (void)unused;
    on_every_path(weigh_many);
}

/* --- levels ----------------------------------------------------------------------------------- */

enum { ROWS = 420 };

static void add_word(struct buf *out, uint32_t words)
{
    static const char *const parts[] = {"tre", "pol", "pen", "ros", "lan",
                                        "car", "ber", "kas", "mir", "nov"};
    uint32_t word = next(words);
    buf_add_fmt(out, "%s%s%c", parts[word % 10], parts[word / 10 % 10],
                'a' + (int)(word / 100 % 26));
    if (next(12) == 0) buf_add_char(out, (char)('a' + next(26)));
}

/* Every role, with gaps, slips and given names that are somebody's surname. */
static void make_table(struct table *table)
{
    struct buf text;
    struct err err = {0};
    buf_init(&text, 1 << 20);
    buf_add_c(&text,
              "id,given_name,surname,date_of_birth,street,town,postcode,phone,email,gender,note\n");
    for (int i = 0; i < ROWS; i++) {
        buf_add_fmt(&text, "%d,", i);
        for (int k = 0; k < 2; k++) {
            if (next(9)) add_word(&text, 300);
            buf_add_char(&text, ',');
        }
        if (next(9))
            buf_add_fmt(&text, "19%02d-%02d-%02d", 70 + next(5), 1 + next(12), 1 + next(28));
        buf_add_fmt(&text, ",%d ", 1 + next(20));
        add_word(&text, 40);
        buf_add_c(&text, " road,");
        add_word(&text, 60);
        buf_add_fmt(&text, ",TR%d %dA%c,", 1 + next(4), 1 + next(9), 'A' + (int)next(3));
        if (next(3)) buf_add_fmt(&text, "07700 9%05d", next(300));
        buf_add_char(&text, ',');
        if (next(3)) {
            add_word(&text, 90);
            buf_add_fmt(&text, "%d@example.org", next(9));
        }
        buf_add_fmt(&text, ",%c,", next(2) ? 'f' : 'm');
        add_word(&text, 50);
        buf_add_char(&text, ' ');
        add_word(&text, 50);
        buf_add_c(&text, " seen by the harbour\n");
    }
    memset(table, 0, sizeof *table);
    if (table_read(table, buf_str(&text), STR("id"), 1, &err) != ST_OK) fail_msg("%s", err.public);
    buf_done(&text);
}

static void check_scored(const struct batch *batch, struct score_cache *cache,
                         struct scored *scored, size_t count, size_t seen[static LEVELS + 1])
{
    uint32_t a[SCORED_AT_ONCE], b[SCORED_AT_ONCE];
    scored->count = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t equal;
        uint32_t there;
        a[i] = next(ROWS);
        b[i] = next(ROWS);
        batch_kernel_equal(batch, a[i], &b[i], 1, &equal, &there);
        assert_int_equal(scored_add(batch, scored, a[i], b[i], (uint32_t)equal, there),
                         i + 1 == SCORED_AT_ONCE);
    }
    batch_score(batch, cache, scored);
    for (size_t i = 0; i < count; i++) {
        struct pair_levels pair;
        batch_levels(batch, a[i], b[i], &pair);
        for (int c = 0; c < batch->model->count; c++) {
            if (scored->level[c][i] != pair.level[c] || scored->rarity[c][i] != pair.rarity[c])
                fail_msg("comparison %d of lines %u and %u: %d and not %d", c, a[i], b[i],
                         scored->level[c][i], pair.level[c]);
            seen[(int)pair.level[c]]++;
        }
        assert_true(scored->weight[i] == batch_weigh(batch, &pair, 0));
        assert_int_equal(scored_line(batch, scored->left[i]), a[i]);
    }
}

static void score_many(void)
{
    struct table *table = malloc(sizeof *table);
    struct scored *scored = malloc(sizeof *scored);
    struct score_cache *cache = score_cache_new();
    struct model model;
    struct batch_result result;
    struct batch_options options = {.threshold = 0.01, .threads = 2, .seed = 1};
    size_t seen[LEVELS + 1] = {0};
    make_table(table);
    model_guess(table, &model);
    batch_link(table, &model, &options, 0.95, &result);
    assert_true(model.count >= 8 && model.given >= 0 && model.surname >= 0);
    for (size_t count = 0; count <= SCORED_AT_ONCE; count += count < 20 ? 1 : 59)
        for (int i = 0; i < 8; i++)
            check_scored(result.batch, i & 1 ? cache : NULL, scored, count, seen);
    for (int level = 0; level <= LEVELS; level++)
        if (!seen[level]) fail_msg("no pair had level %d", level);
    batch_done(&result);
    table_done(table);
    free(cache);
    free(scored);
    free(table);
}

static void many_are_scored_as_one_is(void **unused)
{
    (void)unused;
    on_every_path(score_many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_weigh_what_one_weighs),
        cmocka_unit_test(many_are_scored_as_one_is),
    };
    return cmocka_run_group_tests_name("batch, many pairs", tests, NULL, NULL);
}
