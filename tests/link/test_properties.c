/* What must hold of any index, on the synthetic partnership. */
#include "base/arena.h"
#include "link/link.h"
#include "synth/partnership.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

enum { REPORTS = 400, ASKED = 20, MENTIONS_MAX = REPORTS * SYNTH_MENTIONS_MAX };

static struct arena arena;
static struct link_mention all[MENTIONS_MAX];
static size_t count;

static int make_mentions(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)256 << 20);
    struct synth_options options = {.seed = 7, .reports = REPORTS, .last_day = 20780};
    struct synth_partnership *partnership = synth_partnership_new(&arena, &options);
    for (int32_t i = 0; i < REPORTS; i++) {
        struct synth_report *report = arena_new(&arena, struct synth_report);
        synth_report_make(partnership, &arena, i, report);
        for (int32_t k = 0; k < report->mention_count; k++)
            synth_mention_link(report, k, &all[count++]);
    }
    return 0;
}

static int forget_mentions(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* Every `step`th of the mentions from `first`, wrapped round: with a step that
 * has no common factor with the count, all of them in another order. */
static struct link_index *index_of(size_t first, size_t step, size_t wanted)
{
    struct link_index *index = link_index_new();
    for (size_t i = 0; i < wanted; i++)
        assert_int_equal(link_index_insert(index, &all[(first + i * step) % count], NULL), ST_OK);
    return index;
}

static void assert_same_answers(const struct link_index *a, const struct link_index *b)
{
    for (size_t i = 0; i < count; i++) {
        struct link_match left[ASKED];
        struct link_match right[ASKED];
        size_t found = link_index_query(a, &all[i], -20, left, ASKED);
        assert_int_equal(link_index_query(b, &all[i], -20, right, ASKED), found);
        for (size_t k = 0; k < found; k++) {
            assert_int_equal(left[k].id, right[k].id);
            assert_true(left[k].bits == right[k].bits);
        }
    }
}

static void order_of_insertion_changes_nothing(void **state)
{
    (void)state;
    size_t step = 7919; /* a prime above the count */
    struct link_index *straight = index_of(0, 1, count);
    struct link_index *shuffled = index_of(count / 3, step, count);
    assert_int_equal(link_index_count(straight), link_index_count(shuffled));
    assert_same_answers(straight, shuffled);
    link_index_free(straight);
    link_index_free(shuffled);
}

static void removal_leaves_no_trace(void **state)
{
    (void)state;
    size_t half = count / 2;
    struct link_index *never = index_of(0, 1, half);
    struct link_index *removed = index_of(0, 1, count);
    for (size_t i = half; i < count; i++) assert_true(link_index_remove(removed, all[i].id));
    assert_int_equal(link_index_count(removed), half);
    assert_same_answers(never, removed);
    link_index_free(never);
    link_index_free(removed);
}

static const struct link_mention *by_id(int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].id == id) return &all[i];
    return NULL;
}

static void an_explanation_sums_to_what_the_query_said(void **state)
{
    (void)state;
    struct link_index *index = index_of(0, 1, count);
    size_t explained = 0;
    for (size_t i = 0; i < count; i += 3) {
        struct link_match match[ASKED];
        size_t found = link_index_query(index, &all[i], -20, match, ASKED);
        for (size_t k = 0; k < found; k++) {
            struct arena_mark mark = arena_mark(&arena);
            struct link_explanation why;
            struct link_explanation back;
            const struct link_mention *other = by_id(match[k].id);
            assert_true(link_index_explain(index, &arena, &all[i], other, &why));
            assert_true(link_index_explain(index, &arena, other, &all[i], &back));
            double sum = why.prior_bits;
            for (size_t line = 0; line < why.count; line++) {
                sum += why.line[line].base_bits;
                sum += why.line[line].rarity_bits;
                if (why.line[line].left.len == 0 || why.line[line].right.len == 0)
                    assert_true(why.line[line].base_bits + why.line[line].rarity_bits == 0);
            }
            assert_true(sum == why.total_bits);
            assert_true(why.total_bits == match[k].bits);
            assert_true(why.total_bits == back.total_bits);
            explained++;
            arena_reset(&arena, mark);
        }
    }
    assert_true(explained > count);
    link_index_free(index);
}

static void answers_are_in_order_and_above_the_minimum(void **state)
{
    (void)state;
    struct link_index *index = index_of(0, 1, count);
    for (size_t i = 0; i < count; i++) {
        struct link_match match[ASKED];
        size_t found = link_index_query(index, &all[i], 1, match, ASKED);
        for (size_t k = 0; k < found; k++) {
            assert_true(match[k].bits >= 1);
            assert_true(match[k].id != all[i].id);
            if (k == 0) continue;
            assert_true(match[k].bits < match[k - 1].bits ||
                        (match[k].bits == match[k - 1].bits && match[k].id > match[k - 1].id));
        }
    }
    link_index_free(index);
}

struct asker {
    const struct link_index *index;
    size_t from;
    size_t out_of_order;
};

/* Asks and searches for every mention; counts answers that are not in order. */
static void *ask_all(void *context)
{
    struct asker *asker = context;
    for (size_t i = 0; i < count; i++) {
        const struct link_mention *mention = &all[(asker->from + i) % count];
        struct link_match match[ASKED];
        struct link_hit hit[ASKED];
        size_t found = link_index_query(asker->index, mention, -20, match, ASKED);
        for (size_t k = 1; k < found; k++)
            asker->out_of_order += match[k].bits > match[k - 1].bits;
        if (i % 16 == 0) (void)link_index_search(asker->index, mention->field[LINK_NAME], hit, ASKED);
    }
    return NULL;
}

static void threads_may_ask_while_another_inserts_and_removes(void **state)
{
    (void)state;
    enum { THREADS = 3 };
    struct link_index *index = index_of(0, 1, count / 2);
    struct asker asker[THREADS];
    pthread_t thread[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        asker[i] = (struct asker){index, i * count / THREADS, 0};
        assert_int_equal(pthread_create(&thread[i], NULL, ask_all, &asker[i]), 0);
    }
    for (size_t i = count / 2; i < count; i++)
        assert_int_equal(link_index_insert(index, &all[i], NULL), ST_OK);
    for (size_t i = 0; i < count; i += 7) assert_true(link_index_remove(index, all[i].id));
    for (size_t i = 0; i < count; i += 7)
        assert_int_equal(link_index_insert(index, &all[i], NULL), ST_OK);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(asker[i].out_of_order, 0);
    }
    struct link_index *alone = index_of(0, 1, count);
    assert_same_answers(alone, index);
    link_index_free(alone);
    link_index_free(index);
}

static void a_mention_costs_few_bytes(void **state)
{
    (void)state;
    struct link_index *index = index_of(0, 1, count);
    size_t full = link_index_bytes(index);
    /* What tables of a small index have in hand weighs more than in a large one. */
    assert_true(full / count < 400);
    link_index_free(index);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_insertion_changes_nothing),
        cmocka_unit_test(removal_leaves_no_trace),
        cmocka_unit_test(an_explanation_sums_to_what_the_query_said),
        cmocka_unit_test(answers_are_in_order_and_above_the_minimum),
        cmocka_unit_test(threads_may_ask_while_another_inserts_and_removes),
        cmocka_unit_test(a_mention_costs_few_bytes),
    };
    return cmocka_run_group_tests(tests, make_mentions, forget_mentions);
}
