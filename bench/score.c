/*
 * score: how many candidate pairs are scored a second.
 *
 *   build/bench/score [--records N] [--seed S] [--threads T]
 *
 * Links a synthetic register (src/synth/people.h) in memory, keeps every pair that was
 * compared and did not weigh less than -40 bits, and scores them again, each thread its
 * share: a line against all of its partners, as the engine does.  First in the order of the
 * file, where every partner is somewhere else in memory; then in the order of the lines,
 * where those that are alike are neighbours; then in the order in which the engine finds
 * them, group by group and block by block.  What is counted is what makes a candidate
 * pair a weight: which values of the two rows are there and equal, the level of each
 * comparison, what frequency adds, and what goes together, summed.  What is not: finding
 * the pairs, keeping those above the threshold, and their order.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "link/batch_internal.h"
#include "link/workers.h"
#include "synth/people.h"
#include "../tests/cornish_towns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, AHEAD = 12, IN_LINE = 16, AT_ONCE = 256 };

struct line_pair {
    uint32_t a;
    uint32_t b;
};

struct work {
    const struct batch *batch;
    const struct line_pair *pair;
    size_t count;
    int threads;
    double seconds[WORKERS_MAX]; /* of the processor, by thread */
    double sum[WORKERS_MAX];
};

static struct str make_register(struct buf *lines, int32_t records, uint64_t seed)
{
    struct arena arena, each;
    arena_init(&arena, (size_t)16 << 30);
    arena_init(&each, 16 << 20);
    buf_init(lines, (size_t)16 << 30);
    struct synth_people *people =
        synth_people_new(&arena, seed, records, cornish_towns, CORNISH_TOWNS);
    synth_people_header(lines);
    for (int32_t i = 0; i < people->records; i++) {
        struct arena_mark mark = arena_mark(&each);
        synth_people_line(people, &each, i, lines);
        arena_reset(&each, mark);
    }
    arena_done(&each);
    arena_done(&arena);
    return buf_str(lines);
}

static double thread_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void fetch(const struct batch *batch, uint32_t number)
{
    const uint32_t *line = batch_line(batch, number);
    for (size_t i = 0; i < batch->stride; i += IN_LINE) __builtin_prefetch(line + i);
}

static void score_all(struct work *work, struct score_cache *cache, struct scored *scored,
                      int number)
{
    batch_score(work->batch, cache, scored);
    double sum[4] = {0}; /* side by side, not one after another */
    for (size_t k = 0; k < scored->count; k++) sum[k % 4] += (double)scored->weight[k];
    work->sum[number] += sum[0] + sum[1] + sum[2] + sum[3];
    scored->count = 0;
}

/* What a thread works with: here, as the engine has it, for locals are zeroed each time. */
struct desk {
    struct scored scored;
    uint32_t partner[AT_ONCE];
    uint32_t there[AT_ONCE];
    uint64_t equal[AT_ONCE];
};

static void score_share(void *context, int number)
{
    struct work *work = context;
    const struct batch *batch = work->batch;
    struct desk *desk = calloc(1, sizeof *desk);
    struct score_cache *cache = score_cache_new();
    if (!desk) abort();
    struct scored *scored = &desk->scored;
    double start = thread_seconds();
    size_t to = work->count * (size_t)(number + 1) / (size_t)work->threads;
    for (size_t i = work->count * (size_t)number / (size_t)work->threads, count; i < to;
         i += count) {
        uint32_t a = work->pair[i].a, *partner = desk->partner;
        for (count = 0; count < AT_ONCE && i + count < to && work->pair[i + count].a == a;
             count++) {
            partner[count] = work->pair[i + count].b;
            if (i + count + AHEAD < to) fetch(batch, work->pair[i + count + AHEAD].b);
        }
        if (i + count + AHEAD < to) fetch(batch, work->pair[i + count + AHEAD].a);
        batch_kernel_equal(batch, a, partner, count, desk->equal, desk->there);
        for (size_t k = 0; k < count; k++)
            if (scored_add(batch, scored, a, partner[k], (uint32_t)desk->equal[k], desk->there[k]))
                score_all(work, cache, scored, number);
    }
    score_all(work, cache, scored, number);
    work->seconds[number] = thread_seconds() - start;
    free(desk);
    free(cache);
}

static void measure(const struct batch *batch, const struct line_pair *pair, size_t count,
                    int threads)
{
    double best_clock = 1e9, best_processor = 1e9, sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct work work = {.batch = batch, .pair = pair, .count = count, .threads = threads};
        int64_t start = clock_tick_ns();
        workers_run(threads, score_share, &work);
        double clock = (double)(clock_tick_ns() - start) / 1e9;
        double longest = 0;
        sum = 0;
        for (int i = 0; i < threads; i++) {
            longest = work.seconds[i] > longest ? work.seconds[i] : longest;
            sum += work.sum[i];
        }
        best_clock = clock < best_clock ? clock : best_clock;
        best_processor = longest < best_processor ? longest : best_processor;
    }
    double millions = (double)count / 1e6;
    printf("%d threads: %.1f M pairs/s by the clock, %.1f by the processor time of the slower "
           "thread (mean weight %.3f)\n",
           threads, millions / best_clock, millions / best_processor, sum / (double)count);
}

static int by_lines(const void *a, const void *b)
{
    const struct line_pair *x = a, *y = b;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

/* Of a line and others those that batch_compare scores in this pass, or, if
 * it is -1, in their group. */
static size_t list_found(const struct batch *batch, int pass, uint32_t a, const uint32_t *others,
                         size_t some, struct line_pair *ret)
{
    uint64_t equal[AT_ONCE], shared[AT_ONCE];
    uint32_t there[AT_ONCE];
    size_t count = 0;
    batch_kernel_equal(batch, a, others, some, equal, there);
    batch_kernel_shared(batch, pass < 0 ? batch->passes : pass + 1, a, others, some, equal, shared);
    for (size_t i = 0; i < some; i++) {
        bool grouped = equal[i] >> batch_group_lane(batch) & 1;
        if (pass < 0 ? shared[i] != 0 : !grouped && shared[i] == (uint64_t)1 << pass)
            ret[count++] = (struct line_pair){a, others[i] & INT32_MAX};
    }
    return count;
}

/* All pairs in the order in which one thread of batch_compare comes by
 * them; a register has no texts. */
static size_t list_as_found(const struct batch *batch, struct line_pair *ret)
{
    size_t count = 0;
    for (size_t line = 0; line < batch->table->rows; line++) {
        uint32_t others[GROUP_MOST];
        size_t some = 0;
        for (size_t k = line + 1; k < batch->table->rows && batch->group[k] == batch->group[line];
             k++)
            others[some++] = (uint32_t)k;
        count += list_found(batch, -1, (uint32_t)line, others, some, ret + count);
    }
    for (int p = 0; p < batch->passes; p++) {
        const struct pass *pass = &batch->pass[p];
        for (size_t place = 0, end = 0; place < pass->rows && !pass->barren; place++) {
            if (place == end) do
                    end++;
                while (end < pass->rows && !(pass->order[end] & (uint32_t)BLOCK_START));
            for (size_t from = place + 1; from < end; from += AT_ONCE)
                count += list_found(batch, p, pass->order[place] & INT32_MAX, pass->order + from,
                                    end - from < AT_ONCE ? end - from : AT_ONCE, ret + count);
        }
    }
    return count;
}

int main(int argc, char **argv)
{
    int64_t records = 1000000, seed = 1, threads = 2;
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t value = 0;
        if (!str_to_int(str_from(argv[i + 1]), &value) || value < 1) return 2;
        if (str_eq(name, STR("--records")))
            records = value;
        else if (str_eq(name, STR("--seed")))
            seed = value;
        else if (str_eq(name, STR("--threads")) && value <= WORKERS_MAX)
            threads = value;
        else
            return 2;
    }
    struct buf lines;
    struct table *table = calloc(1, sizeof *table);
    struct model model;
    struct batch_result result;
    struct err err = {0};
    struct str text = make_register(&lines, (int32_t)records, (uint64_t)seed);
    if (!table || table_read(table, text, STR("id"), (int)threads, &err) != ST_OK) {
        fprintf(stderr, "score: %s\n", err.public);
        return 1;
    }
    buf_done(&lines);
    model_guess(table, &model);
    struct batch_options options = {
        .threshold = 1e-12, .threads = (int)threads, .seed = (uint64_t)seed, .spent = table};
    batch_link(table, &model, &options, 0.95, &result);
    printf(
        "seed %lld: %lld records, %zu pairs compared, %zu of them scored again, %d comparisons\n",
        (long long)seed, (long long)records, result.compared, result.count, model.count);
    /* Those of clusters were not all compared. */
    struct line_pair *pair = calloc(result.count + result.compared + 1, sizeof *pair);
    if (!pair) abort();
    for (size_t i = 0; i < result.count; i++)
        pair[i] = (struct line_pair){result.batch->line_of[result.pair[i].left],
                                     result.batch->line_of[result.pair[i].right]};
    printf("in the order of the file\n");
    for (int i = 1; i <= (int)threads; i++) measure(result.batch, pair, result.count, i);
    qsort(pair, result.count, sizeof *pair, by_lines);
    printf("in the order of the lines\n");
    for (int i = 1; i <= (int)threads; i++) measure(result.batch, pair, result.count, i);
    size_t found = list_as_found(result.batch, pair);
    printf("in the order in which they are found, %zu\n", found);
    for (int i = 1; i <= (int)threads; i++) measure(result.batch, pair, found, i);
    free(pair);
    batch_done(&result);
    table_done(table);
    free(table);
    return 0;
}
