/* Weights that an index teaches: what must hold of them, and what they must find. */
#include "link/learn.h"
#include "synthetic.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { REPORTS = 500, SAMPLE = 150 };

static int make_mentions(void **state)
{
    (void)state;
    return make_synthetic(9, REPORTS);
}

static struct link_index *index_of(size_t first, size_t step)
{
    struct link_index *index = link_index_new();
    for (size_t i = 0; i < count; i++)
        assert_int_equal(link_index_insert(index, &all[(first + i * step) % count], NULL), ST_OK);
    return index;
}

static struct link_weights learnt_from(const struct link_index *index)
{
    struct link_weights weights;
    assert_true(link_index_learn(index, SAMPLE, NULL, &weights));
    return weights;
}

static void assert_same_weights(const struct link_weights *a, const struct link_weights *b)
{
    for (int i = 0; i < LINK_WEIGHTS; i++) assert_true(a->bits[i] == b->bits[i]);
    for (int i = 0; i < LINK_KINDS; i++) assert_true(a->same_each[i] == b->same_each[i]);
}

static void an_empty_index_teaches_nothing(void **state)
{
    (void)state;
    struct link_index *index = link_index_new();
    struct link_weights usual, learnt = learnt_from(index);
    link_weights_default(&usual);
    assert_same_weights(&usual, &learnt);
    link_index_free(index);
}

static void what_is_learnt_does_not_depend_on_order(void **state)
{
    (void)state;
    struct link_index *straight = index_of(0, 1), *shuffled = index_of(count / 3, 7919);
    struct link_weights a = learnt_from(straight), b = learnt_from(shuffled),
                        again = learnt_from(straight);
    assert_same_weights(&a, &b);
    assert_same_weights(&a, &again);
    assert_int_equal(a.mentions, count);
    link_index_free(straight);
    link_index_free(shuffled);
}

static void weights_are_monotone_and_within_reach(void **state)
{
    (void)state;
    struct link_index *index = index_of(0, 1);
    struct link_weights learnt = learnt_from(index);
    size_t moved = 0;
    for (int i = 0; i < LINK_WEIGHTS; i++) {
        const struct link_weight_about *a = &link_weight_about[i];
        moved += fabs(learnt.bits[i] - a->bits) > 0.1;
        assert_true(fabs(learnt.bits[i] - a->bits) <= LINK_WEIGHT_REACH);
        if (a->sort == WEIGHT_FIXED) assert_true(learnt.bits[i] == a->bits);
        for (int k = 0; k < LINK_WEIGHTS; k++) {
            const struct link_weight_about *b = &link_weight_about[k];
            if (a->group == b->group && a->sort == b->sort && a->bits > b->bits)
                assert_true(learnt.bits[i] >= learnt.bits[k] - 1e-9);
        }
    }
    assert_true(moved > 5);
    link_index_free(index);
}

/* The bounds of candidates follow the weights. */
static void the_bound_loses_nothing_by_them(void **state)
{
    (void)state;
    enum { WIDE = 600 };
    static struct link_match every[WIDE], above[WIDE];
    struct link_index *index = index_of(0, 1);
    struct link_weights learnt = learnt_from(index);
    link_index_weigh_by(index, &learnt);
    for (size_t i = 0; i < count; i++) {
        size_t wide = link_index_query(index, &all[i], -1000, every, WIDE), wanted = 0;
        size_t found = link_index_query(index, &all[i], 0, above, WIDE);
        while (wanted < wide && every[wanted].bits >= 0) wanted++;
        assert_true(found >= wanted);
        for (size_t k = 0; k < wanted; k++) {
            bool there = false;
            for (size_t n = 0; n < found; n++) there |= above[n].id == every[k].id;
            assert_true(there);
        }
    }
    link_index_free(index);
}

static void an_explanation_names_its_weights_and_sums_up(void **state)
{
    (void)state;
    struct link_index *index = index_of(0, 1);
    struct link_weights learnt = learnt_from(index);
    learnt.version = 7;
    learnt.slope = 0.8;
    link_index_weigh_by(index, &learnt);
    for (size_t i = 0; i + 1 < count; i += 5) {
        struct arena_mark mark = arena_mark(&arena);
        struct link_explanation why, back;
        double bits;
        if (!link_index_explain(index, &arena, &all[i], &all[i + 1], &why)) continue;
        assert_true(link_index_explain(index, &arena, &all[i + 1], &all[i], &back));
        double sum = why.prior_bits;
        for (size_t k = 0; k < why.count; k++) {
            sum += why.line[k].base_bits;
            sum += why.line[k].rarity_bits;
        }
        assert_true(sum == why.total_bits);
        assert_true(why.total_bits == back.total_bits);
        assert_int_equal(why.version, 7);
        assert_true(why.probability == 1 / (1 + exp2(-0.8 * why.total_bits)));
        assert_true(link_index_bits(index, &learnt, all[i].id, all[i + 1].id, &bits));
        assert_true(bits == why.total_bits);
        arena_reset(&arena, mark);
    }
    link_index_free(index);
}

/* Cars whose plates are seen well, of which one report in four has another colour. */
static void it_finds_how_people_err(void **state)
{
    (void)state;
    static const char *const colours[] = {"red", "green", "yellow", "purple", "white"};
    struct link_index *index = link_index_new();
    uint64_t random = 3;
    for (int64_t id = 1; id <= 3000; id++) {
        char plate[16];
        int64_t car = (id * 7919) % 1000;
        random = random * 6364136223846793005u + 1442695040888963407u;
        bool usual = random >> 40 & 3;
        uint64_t own = (uint64_t)(car + 1) * 0x9e3779b97f4a7c15u;
        const char *letters = "BDFGHJKLMNPRSTVX";
        snprintf(plate, sizeof plate, "%c%c%02d%c%c%c", letters[own >> 60], letters[own >> 56 & 15],
                 (int)(own >> 40 & 63) + 10, letters[own >> 52 & 15], letters[own >> 48 & 15],
                 letters[own >> 36 & 15]);
        struct link_mention mention = {.id = id, .report = id, .kind = LINK_VEHICLE};
        mention.field[LINK_REGISTRATION] = str_from(plate);
        mention.field[LINK_COLOUR] = str_from(colours[(size_t)(usual ? car : car + 1) % 5]);
        assert_int_equal(link_index_insert(index, &mention, NULL), ST_OK);
    }
    struct link_weights learnt;
    assert_true(link_index_learn(index, 400, NULL, &learnt));
    /* Of true pairs 5 in 8 have one colour, and by chance one in five. */
    assert_true(fabs(learnt.bits[W_COLOUR_SAME] - log2(0.625 / 0.2)) < 0.5);
    assert_true(fabs(learnt.bits[W_COLOUR_OTHER] - log2(0.375 / 0.8)) < 0.7);
    link_index_free(index);
}

static void a_set_reads_back_as_it_was_written(void **state)
{
    (void)state;
    struct link_index *index = index_of(0, 1);
    struct link_weights learnt = learnt_from(index), read;
    learnt.version = 3;
    learnt.decided = 44;
    learnt.slope = 1.0 / 3;
    struct buf text;
    buf_init(&text, 1 << 16);
    link_weights_write(&learnt, &text);
    assert_int_equal(link_weights_read(buf_str(&text), &read, NULL), ST_OK);
    assert_same_weights(&learnt, &read);
    assert_int_equal(read.version, 3);
    assert_int_equal(read.decided, 44);
    assert_int_equal(read.mentions, learnt.mentions);
    assert_true(read.slope == learnt.slope && read.offset == learnt.offset);
    buf_done(&text);
    link_index_free(index);
}

static void what_cannot_be_a_weight_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"COLOUR_SAME",    "COLOUR_SAME nan", "COLOUR_SAME 9",
                                      "slope 0",        "version -1",      "person 1e9",
                                      "COLOUR_SAME 1x", "offset inf",      "COLOUR_SAME 2.3 3"};
    struct link_weights weights;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = {0};
        if (link_weights_read(str_from(bad[i]), &weights, &err) != ST_INVALID)
            fail_msg("'%s' was read", bad[i]);
        assert_true(err.public[0] != 0);
    }
    assert_int_equal(link_weights_read(STR("COLOUR_SAME 2\nof another age 1\n"), &weights, NULL),
                     ST_INVALID);
    assert_int_equal(link_weights_read(STR("COLOUR_SAME 2\nNOT_YET 1\n"), &weights, NULL), ST_OK);
    assert_true(weights.bits[W_COLOUR_SAME] == 2);
}

static void decisions_mend_probabilities_alone(void **state)
{
    (void)state;
    static struct link_decided decided[4000];
    struct link_weights weights, usual;
    link_weights_default(&weights);
    link_weights_default(&usual);
    uint64_t random = 5;
    /* People say "same" at odds of 2^(1 + 0.6 bits). */
    for (size_t i = 0; i < 4000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        double bits = (double)(random >> 33) / 2147483648.0 * 16 - 8;
        random = random * 6364136223846793005u + 1442695040888963407u;
        double drawn = (double)(random >> 33) / 2147483648.0;
        decided[i] = (struct link_decided){bits, drawn < 1 / (1 + exp2(-(1 + 0.6 * bits)))};
    }
    link_weights_calibrate(&weights, decided, 4000);
    assert_true(fabs(weights.slope - 0.6) < 0.05);
    assert_true(fabs(weights.offset - 1) < 0.2);
    assert_int_equal(weights.decided, 4000);
    assert_same_weights(&weights, &usual);
    /* Few, or all of one verdict, say nothing. */
    link_weights_calibrate(&weights, decided, 12);
    assert_true(weights.slope == 1 && weights.offset == 0 && weights.decided == 0);
    for (size_t i = 0; i < 4000; i++) decided[i].same = true;
    link_weights_calibrate(&weights, decided, 4000);
    assert_true(weights.slope == 1 && weights.offset == 0);
}

static void it_can_be_stopped(void **state)
{
    (void)state;
    struct link_index *index = index_of(0, 1);
    struct link_weights weights;
    atomic_bool stop = true;
    assert_false(link_index_learn(index, SAMPLE, &stop, &weights));
    link_index_free(index);
}

/* --- threads ------------------------------------------------------------------------------- */

struct job {
    struct link_index *index;
    atomic_bool *stop;
    size_t wrong;
};

static void *ask_and_explain(void *context)
{
    struct job *job = context;
    struct arena own;
    arena_init(&own, 1 << 20);
    for (size_t i = 0; !atomic_load(job->stop); i = (i + 1) % count) {
        struct link_match match[20];
        struct link_explanation why;
        size_t found = link_index_query(job->index, &all[i], -5, match, 20);
        for (size_t k = 1; k < found; k++) job->wrong += match[k].bits > match[k - 1].bits;
        struct arena_mark mark = arena_mark(&own);
        if (link_index_explain(job->index, &own, &all[i], &all[(i + 1) % count], &why)) {
            double sum = why.prior_bits;
            for (size_t k = 0; k < why.count; k++) {
                sum += why.line[k].base_bits;
                sum += why.line[k].rarity_bits;
            }
            job->wrong += sum != why.total_bits;
        }
        arena_reset(&own, mark);
    }
    arena_done(&own);
    return NULL;
}

static void *learn_and_swap(void *context)
{
    struct job *job = context;
    struct link_weights weights;
    for (int64_t version = 1; !atomic_load(job->stop); version++) {
        if (!link_index_learn(job->index, 10, job->stop, &weights)) break;
        weights.version = version;
        link_index_weigh_by(job->index, &weights);
    }
    return NULL;
}

static void threads_may_ask_learn_and_change_together(void **state)
{
    (void)state;
    struct link_index *index = link_index_new();
    atomic_bool stop = false;
    struct job job[3] = {{index, &stop, 0}, {index, &stop, 0}, {index, &stop, 0}};
    pthread_t thread[3];
    for (size_t i = 0; i < count / 2; i++)
        assert_int_equal(link_index_insert(index, &all[i], NULL), ST_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            pthread_create(&thread[i], NULL, i ? ask_and_explain : learn_and_swap, &job[i]), 0);
    for (size_t i = count / 2; i < count; i++)
        assert_int_equal(link_index_insert(index, &all[i], NULL), ST_OK);
    for (size_t i = 0; i < count; i += 3) assert_true(link_index_remove(index, all[i].id));
    for (size_t i = 0; i < count; i += 3)
        assert_int_equal(link_index_insert(index, &all[i], NULL), ST_OK);
    atomic_store(&stop, true);
    for (size_t i = 0; i < 3; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(job[i].wrong, 0);
    }
    link_index_free(index);
}

int main(int argc, char **argv)
{
    if (argc > 1) cmocka_set_test_filter(argv[1]); /* tests/cli/test_threads asks for one */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_index_teaches_nothing),
        cmocka_unit_test(what_is_learnt_does_not_depend_on_order),
        cmocka_unit_test(weights_are_monotone_and_within_reach),
        cmocka_unit_test(the_bound_loses_nothing_by_them),
        cmocka_unit_test(an_explanation_names_its_weights_and_sums_up),
        cmocka_unit_test(it_finds_how_people_err),
        cmocka_unit_test(a_set_reads_back_as_it_was_written),
        cmocka_unit_test(what_cannot_be_a_weight_is_refused),
        cmocka_unit_test(decisions_mend_probabilities_alone),
        cmocka_unit_test(it_can_be_stopped),
        cmocka_unit_test(threads_may_ask_learn_and_change_together),
    };
    return cmocka_run_group_tests_name("learn", tests, make_mentions, forget_mentions);
}
