/* What must hold of any index, on the synthetic partnership. */
#include "link/kernel_many.h"
#include "link/link.h"
#include "synthetic.h"
#include "cornish_towns.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

enum { REPORTS = 400, ASKED = 20 };

static int make_mentions(void **state)
{
    (void)state;
    return make_synthetic(7, REPORTS);
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
        if (i % 16 == 0)
            (void)link_index_search(asker->index, mention->field[LINK_NAME], hit, ASKED);
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

/* What a large partnership costs, all of the index; docs/ENGINE.md says 200. */
static void a_mention_costs_few_bytes(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    struct arena large, scratch;
    arena_init(&large, (size_t)512 << 20);
    arena_init(&scratch, (size_t)64 << 20);
    struct synth_options options = {.town = cornish_towns,
                                    .town_count = CORNISH_TOWNS,
                                    .seed = 3,
                                    .reports = MANY,
                                    .last_day = 20780};
    struct synth_partnership *partnership = synth_partnership_new(&large, &options);
    struct link_index *index = link_index_new();
    struct link_build *build = link_build_begin(index, 0);
    for (int32_t i = 0; i < MANY; i++) {
        struct arena_mark mark = arena_mark(&scratch);
        struct synth_report report;
        synth_report_make(partnership, &scratch, i, &report);
        for (int32_t k = 0; k < report.mention_count; k++) {
            struct link_mention mention;
            synth_mention_link(&report, k, &mention);
            link_build_add(build, &mention);
        }
        arena_reset(&scratch, mark);
    }
    assert_int_equal(link_build_end(build), 0);
    /* Tables of a small index have more in hand than those of a large one. */
    assert_true(link_index_bytes(index) / link_index_count(index) < 260);
    link_index_free(index);
    arena_done(&scratch);
    arena_done(&large);
}

static void a_build_is_what_inserting_one_by_one_gives(void **state)
{
    (void)state;
    struct link_index *one = index_of(0, 1, count);
    struct link_index *built = link_index_new();
    struct link_build *build = link_build_begin(built, count);
    for (size_t i = 0; i < count; i++) link_build_add(build, &all[i]);
    link_build_add(build, &all[0]); /* an id twice */
    assert_int_equal(link_build_end(build), 1);
    assert_int_equal(link_index_count(built), count);
    assert_same_answers(one, built);
    assert_int_equal(link_index_insert(built, &all[0], NULL), ST_CONFLICT);
    link_index_free(built);
    /* Expecting too few, as a store of one mention does, changes nothing either. */
    built = link_index_new();
    build = link_build_begin(built, 1);
    link_build_add(build, &all[0]);
    assert_int_equal(link_build_end(build), 0);
    for (size_t i = 1; i < count; i++)
        assert_int_equal(link_index_insert(built, &all[i], NULL), ST_OK);
    assert_same_answers(one, built);
    link_index_free(one);
    link_index_free(built);
}

/* --- by several threads */

enum { PART_MENTIONS = 37, ADDERS = 3 };

struct adding {
    struct link_build *build;
    pthread_mutex_t lock;
    uint64_t turn;
};

static void *add_parts(void *context)
{
    struct adding *adding = context;
    for (;;) {
        pthread_mutex_lock(&adding->lock);
        uint64_t turn = adding->turn++;
        pthread_mutex_unlock(&adding->lock);
        size_t first = turn * PART_MENTIONS;
        if (first >= count) return NULL;
        struct link_part *part = link_part_begin(adding->build, turn);
        for (size_t i = first; i < first + PART_MENTIONS && i < count; i++)
            link_part_add(part, &all[i]);
        link_part_end(part);
    }
}

static void parts_go_in_by_their_turns(void **state)
{
    (void)state;
    struct link_index *one = index_of(0, 1, count), *built = link_index_new();
    struct adding adding = {.build = link_build_begin(built, count),
                            .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread[ADDERS];
    for (int i = 0; i < ADDERS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, add_parts, &adding), 0);
    for (int i = 0; i < ADDERS; i++) pthread_join(thread[i], NULL);
    assert_int_equal(link_build_end(adding.build), 0);
    assert_int_equal(link_index_count(built), count);
    assert_same_answers(one, built);
    link_index_free(one);
    link_index_free(built);
}

/* What is left out because it cannot weigh enough does not weigh enough. */
static void the_bound_loses_nothing(void **state)
{
    (void)state;
    enum { WIDE = 600 };
    static struct link_match every[WIDE];
    static struct link_match above[WIDE];
    struct link_index *index = index_of(0, 1, count);
    for (size_t i = 0; i < count; i++) {
        size_t wide = link_index_query(index, &all[i], -1000, every, WIDE);
        size_t found = link_index_query(index, &all[i], 0, above, WIDE);
        size_t wanted = 0;
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

static void every_path_of_the_kernels_gives_the_same_answers(void **state)
{
    (void)state;
    enum kernel_path best = link_kernel_path();
    struct link_index *fast = index_of(0, 1, count);
    for (int path = 0; path < KERNEL_PATHS; path++) {
        if (!link_kernel_force((enum kernel_path)path)) continue;
        struct link_index *other = index_of(0, 1, count);
        assert_same_answers(fast, other);
        link_index_free(other);
    }
    assert_true(link_kernel_force(best));
    link_index_free(fast);
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
        cmocka_unit_test(a_build_is_what_inserting_one_by_one_gives),
        cmocka_unit_test(parts_go_in_by_their_turns),
        cmocka_unit_test(the_bound_loses_nothing),
        cmocka_unit_test(every_path_of_the_kernels_gives_the_same_answers),
        cmocka_unit_test(a_mention_costs_few_bytes),
    };
    return cmocka_run_group_tests(tests, make_mentions, forget_mentions);
}
