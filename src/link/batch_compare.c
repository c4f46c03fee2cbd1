/*
 * Comparing: every pair that some pass finds, once, on all threads.
 */
#include "link/batch_internal.h"

#include "link/need.h"
#include "link/workers.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { WITHIN_GROUPS = -1, TASK_ROWS = 8192, AT_ONCE = 256, AHEAD = 24, IN_LINE = 16 };

/* Some rows of the order of a pass, each with what comes after it in its block; or some
 * lines, each with what comes after it in its group. */
struct task {
    int pass; /* or WITHIN_GROUPS */
    size_t from;
    size_t to;
    struct batch_pair *pair;
    size_t count;
    size_t capacity;
    size_t compared;
    double expected;
    size_t histogram[BATCH_HISTOGRAM];
};

struct comparing {
    const struct batch *batch;
    double least; /* weight */
    struct task *task;
    int tasks;
    atomic_int next;
    atomic_int done;
};

static void keep_pair(struct task *task, uint32_t a, uint32_t b, double weight)
{
    if (task->count == task->capacity) {
        task->capacity = task->capacity ? task->capacity * 2 : 512;
        task->pair = need(reallocarray(task->pair, task->capacity, sizeof *task->pair));
    }
    task->pair[task->count++] = (struct batch_pair){a < b ? a : b, a < b ? b : a, (float)weight};
}

static void count_pair(struct task *task, double weight)
{
    task->compared++;
    task->histogram[batch_bin(weight)]++;
}

/* What a thread works with: here, for locals are zeroed each time. */
struct desk {
    struct score_cache *cache;
    struct scored scored;
    /* Of one row and others. */
    uint64_t equal[AT_ONCE];
    uint64_t shared[AT_ONCE];
    uint32_t there[AT_ONCE];
};

static void finish_pairs(const struct comparing *comparing, struct task *task, struct desk *desk)
{
    const struct batch *batch = comparing->batch;
    struct scored *scored = &desk->scored;
    batch_score(batch, desk->cache, scored);
    for (size_t i = 0; i < scored->count; i++) {
        double weight = scored->weight[i];
        count_pair(task, weight);
        /* of which nothing is known is no pair */
        if (weight < comparing->least || !scored->there[i]) continue;
        task->expected += batch_probability(weight);
        keep_pair(task, batch->row_of[scored_line(batch, scored->left[i])],
                  batch->row_of[scored_line(batch, scored->right[i])], weight);
    }
    scored->count = 0;
}

static inline void add_pair(const struct comparing *comparing, struct task *task, struct desk *desk,
                            uint32_t a, uint32_t b, size_t i)
{
    if (scored_add(comparing->batch, &desk->scored, a, b, (uint32_t)desk->equal[i], desk->there[i]))
        finish_pairs(comparing, task, desk);
}

static bool are_on_one_side(const struct batch *batch, uint32_t a, uint32_t b)
{
    size_t first = batch->options.first_rows;
    return first && (batch->row_of[a] < first) == (batch->row_of[b] < first);
}

/* One row against those that come after it in its block. */
static void compare_row(const struct comparing *comparing, struct task *task, struct desk *desk,
                        size_t place, size_t end, size_t start)
{
    const struct batch *batch = comparing->batch;
    const struct pass *pass = &batch->pass[task->pass];
    bool all = batch->all_pairs;
    bool keyed = !all && pass->text < 0; /* a text pass knows nothing of groups */
    uint32_t a = pass->order[place] & INT32_MAX;
    uint64_t *equal = desk->equal;
    int passes = keyed ? task->pass + 1 : batch->passes; /* that may have met the pair */
    for (size_t from = place + 1; from < end; from += AT_ONCE) {
        size_t count = end - from < AT_ONCE ? end - from : AT_ONCE;
        batch_kernel_equal(batch, a, pass->order + from, count, equal, desk->there);
        if (!all)
            batch_kernel_shared(batch, passes, a, pass->order + from, count, equal, desk->shared);
        for (size_t i = 0; i < count; i++) {
            uint32_t b = pass->order[from + i] & INT32_MAX;
            /* compared with its group */
            if (keyed && equal[i] >> batch_group_lane(batch) & 1) continue;
            /* of two keys that have one number */
            if (keyed && !(desk->shared[i] >> task->pass & 1)) continue;
            if (!all && batch_met_before(batch, task->pass, start, a, b, desk->shared[i])) continue;
            if (!are_on_one_side(batch, a, b)) add_pair(comparing, task, desk, a, b, i);
        }
    }
}

static void do_blocks(const struct comparing *comparing, struct task *task, struct desk *desk)
{
    const struct batch *batch = comparing->batch;
    const struct pass *pass = &batch->pass[task->pass];
    size_t start = task->from;
    size_t end = task->from;
    for (size_t place = task->from; place < task->to; place++) {
        if (place >= end || pass->order[place] & (uint32_t)BLOCK_START) {
            start = place;
            for (end = place + 1; end < pass->rows && !(pass->order[end] & (uint32_t)BLOCK_START);)
                end++;
        }
        if (place + AHEAD < pass->rows) {
            uint32_t later = pass->order[place + AHEAD] & INT32_MAX;
            const uint32_t *line = batch_line(batch, later);
            for (size_t i = 0; i < batch->stride; i += IN_LINE) __builtin_prefetch(line + i);
        }
        compare_row(comparing, task, desk, place, end, start);
    }
}

/* Lines of one group that share a key of any pass. */
static void do_groups(const struct comparing *comparing, struct task *task, struct desk *desk)
{
    const struct batch *batch = comparing->batch;
    uint32_t others[GROUP_MOST];
    for (size_t line = task->from, end; line < task->to; line++) {
        size_t count = 0;
        for (end = line + 1; end < batch->table->rows && batch->group[end] == batch->group[line];
             end++)
            others[count++] = (uint32_t)end;
        if (!count) continue;
        batch_kernel_equal(batch, (uint32_t)line, others, count, desk->equal, desk->there);
        batch_kernel_shared(batch, batch->passes, (uint32_t)line, others, count, desk->equal,
                            desk->shared);
        for (size_t i = 0; i < count; i++)
            if (desk->shared[i] && !are_on_one_side(batch, (uint32_t)line, others[i]))
                add_pair(comparing, task, desk, (uint32_t)line, others[i], i);
    }
}

static void do_task(const struct comparing *comparing, struct task *task, struct desk *desk)
{
    if (task->pass == WITHIN_GROUPS)
        do_groups(comparing, task, desk);
    else
        do_blocks(comparing, task, desk);
    finish_pairs(comparing, task, desk);
}

static void work(void *context, int number)
{
    struct comparing *comparing = context;
    struct desk *desk = need(calloc(1, sizeof *desk));
    desk->cache = score_cache_new();
    const struct batch_options *options = &comparing->batch->options;
    for (;;) {
        int task = atomic_fetch_add(&comparing->next, 1);
        if (task >= comparing->tasks) break;
        do_task(comparing, &comparing->task[task], desk);
        int done = atomic_fetch_add(&comparing->done, 1) + 1;
        if (number == 0 && options->progress)
            options->progress(options->context,
                              BATCH_LEARNT + (int)((BATCH_COMPARED - BATCH_LEARNT - 1L) * done /
                                                   comparing->tasks));
    }
    free(desk->cache);
    free(desk);
}

/* Tasks begin where blocks begin, except in the one block of all rows. */
static void make_tasks(struct comparing *comparing)
{
    const struct batch *batch = comparing->batch;
    size_t step = batch->all_pairs ? 64 : TASK_ROWS;
    size_t room = 0;
    int passes = batch->all_pairs ? 1 : batch->passes;
    for (int p = 0; p < passes; p++) room += batch->pass[p].rows / step + 1;
    if (!batch->all_pairs) room += batch->table->rows / step + 1;
    comparing->task = need(calloc(room + 1, sizeof *comparing->task));
    for (size_t from = 0; !batch->all_pairs && from < batch->table->rows; from += step)
        comparing->task[comparing->tasks++] = (struct task){
            .pass = WITHIN_GROUPS,
            .from = from,
            .to = from + step < batch->table->rows ? from + step : batch->table->rows};
    for (int p = 0; p < passes; p++) {
        const struct pass *pass = &batch->pass[p];
        for (size_t from = 0; !pass->barren && from < pass->rows;) {
            size_t to = from + step < pass->rows ? from + step : pass->rows;
            while (!batch->all_pairs && to < pass->rows &&
                   !(pass->order[to] & (uint32_t)BLOCK_START))
                to++;
            comparing->task[comparing->tasks++] = (struct task){.pass = p, .from = from, .to = to};
            from = to;
        }
    }
}

/* --- in order ---------------------------------------------------------------------------- */

/* Each piece has the pairs whose left rows are in its share of the rows. */
struct sorting {
    const struct comparing *comparing;
    struct batch_pair *pair;
    uint32_t *at; /* by left row: where its next pair goes */
    int pieces;
};

static uint32_t first_row(const struct sorting *sorting, int piece)
{
    return (uint32_t)(sorting->comparing->batch->table->rows * (size_t)piece /
                      (size_t)sorting->pieces);
}

static void count_lefts(void *context, int piece)
{
    const struct sorting *sorting = context;
    uint32_t from = first_row(sorting, piece), rows = first_row(sorting, piece + 1) - from;
    memset(sorting->at + from, 0, rows * sizeof *sorting->at);
    for (int i = 0; i < sorting->comparing->tasks; i++) {
        const struct task *task = &sorting->comparing->task[i];
        for (size_t k = 0; k < task->count; k++)
            if (task->pair[k].left - from < rows) sorting->at[task->pair[k].left]++;
    }
}

/* By left row, then by right: those of one left row are few. */
static void sort_piece(void *context, int piece)
{
    const struct sorting *sorting = context;
    uint32_t from = first_row(sorting, piece), rows = first_row(sorting, piece + 1) - from;
    if (!rows) return;
    size_t start = sorting->at[from];
    for (int i = 0; i < sorting->comparing->tasks; i++) {
        const struct task *task = &sorting->comparing->task[i];
        for (size_t k = 0; k < task->count; k++)
            if (task->pair[k].left - from < rows)
                sorting->pair[sorting->at[task->pair[k].left]++] = task->pair[k];
    }
    size_t end = sorting->at[from + rows - 1]; /* each now tells where its pairs end */
    for (size_t i = start + 1; i < end; i++) {
        struct batch_pair pair = sorting->pair[i];
        size_t k = i;
        for (; k > start && sorting->pair[k - 1].left == pair.left &&
               sorting->pair[k - 1].right > pair.right;
             k--)
            sorting->pair[k] = sorting->pair[k - 1];
        sorting->pair[k] = pair;
    }
}

static void sort_pairs(const struct comparing *comparing, struct batch_result *ret)
{
    size_t rows = comparing->batch->table->rows;
    int threads = comparing->batch->options.threads;
    struct sorting sorting = {.comparing = comparing, .pieces = threads};
    if (ret->count > UINT32_MAX) abort(); /* sixty thousand million bytes of pairs */
    ret->pair = sorting.pair = batch_memory((ret->count + 1) * sizeof *ret->pair);
    sorting.at = batch_memory((rows + 1) * sizeof *sorting.at);
    workers_each(threads, sorting.pieces, count_lefts, &sorting);
    uint32_t sum = 0;
    for (size_t row = 0; row < rows; row++) {
        uint32_t here = sorting.at[row];
        sorting.at[row] = sum;
        sum += here;
    }
    workers_each(threads, sorting.pieces, sort_piece, &sorting);
    batch_memory_free(sorting.at);
}

void batch_compare(struct batch *batch, struct batch_result *ret)
{
    struct comparing comparing = {.batch = batch, .least = batch_least_compared(&batch->options)};
    make_tasks(&comparing);
    workers_run(batch->options.threads, work, &comparing);
    for (int i = 0; i < comparing.tasks; i++) {
        const struct task *task = &comparing.task[i];
        ret->count += task->count;
        ret->compared += task->compared;
        ret->expected_found += task->expected;
        for (int bin = 0; bin < BATCH_HISTOGRAM; bin++) ret->histogram[bin] += task->histogram[bin];
    }
    sort_pairs(&comparing, ret);
    for (int i = 0; i < comparing.tasks; i++) free(comparing.task[i].pair);
    free(comparing.task);
}
