#include "link/batch.h"

#include "link/batch_internal.h"
#include "link/workers.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

double batch_probability(double weight)
{
    return 1 / (1 + exp2(-weight));
}

double batch_weight(double probability)
{
    return log2(probability / (1 - probability));
}

static void *need(void *memory)
{
    if (!memory) abort();
    return memory;
}

/* --- all pairs -------------------------------------------------------------------------- */

enum { TASK_ROWS = 8192, ALL_PAIRS_MOST = 600000, AT_ONCE = 256, AHEAD = 24, QUEUE = 32, IN_LINE = 16 };

/* Some rows of the order of a pass, each with what comes after it in its block. */
struct task {
    int pass;
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
    int bin = (int)floor(weight) - BATCH_HISTOGRAM_LEAST;
    task->compared++;
    task->histogram[bin < 0 ? 0 : bin >= BATCH_HISTOGRAM ? BATCH_HISTOGRAM - 1 : bin]++;
}

/* Pairs that wait for their texts. */
struct queue {
    struct score score[QUEUE];
    int count;
    uint64_t equal[AT_ONCE]; /* lanes of a row with others; here, for locals are zeroed each time */
};

static void finish_queue(const struct comparing *comparing, struct task *task, struct score_cache *cache,
                         struct queue *queue)
{
    const struct batch *batch = comparing->batch;
    for (int i = 0; i < queue->count; i++) batch_score_fetch(batch, &queue->score[i], false);
    for (int i = 0; i < queue->count; i++) batch_score_fetch(batch, &queue->score[i], true);
    for (int i = 0; i < queue->count; i++) {
        struct score *score = &queue->score[i];
        double weight = batch_score_end(batch, cache, score, comparing->least);
        count_pair(task, weight);
        if (weight < comparing->least) continue;
        task->expected += batch_probability(weight);
        keep_pair(task, score->a, score->b, weight);
    }
    queue->count = 0;
}

/* One row against those that come after it in its block. */
static void compare_row(const struct comparing *comparing, struct task *task, struct score_cache *cache,
                        struct queue *queue, size_t place, size_t end, size_t start)
{
    const struct batch *batch = comparing->batch;
    const struct pass *pass = &batch->pass[task->pass];
    size_t first_rows = batch->options.first_rows;
    uint32_t a = pass->order[place] & INT32_MAX;
    uint64_t *equal = queue->equal;
    for (size_t from = place + 1; from < end; from += AT_ONCE) {
        size_t count = end - from < AT_ONCE ? end - from : AT_ONCE;
        batch_kernel_equal(batch, a, pass->order + from, count, equal);
        for (size_t i = 0; i < count; i++) {
            uint32_t b = pass->order[from + i] & INT32_MAX;
            if (first_rows && (a < first_rows) == (b < first_rows)) continue;
            if (!batch->all_pairs && batch_met_before(batch, task->pass, start, a, b, equal[i])) continue;
            struct score *score = &queue->score[queue->count];
            batch_score_begin(batch, a, b, equal[i], score);
            if (score->most < comparing->least)
                count_pair(task, score->most);
            else if (++queue->count == QUEUE)
                finish_queue(comparing, task, cache, queue);
        }
    }
}

static void do_task(const struct comparing *comparing, struct task *task, struct score_cache *cache,
                    struct queue *queue)
{
    const struct batch *batch = comparing->batch;
    const struct pass *pass = &batch->pass[task->pass];
    size_t start = task->from;
    size_t end = task->from;
    for (size_t place = task->from; place < task->to; place++) {
        if (place >= end || pass->order[place] & (uint32_t)BLOCK_START) {
            start = place;
            for (end = place + 1; end < pass->rows && !(pass->order[end] & (uint32_t)BLOCK_START);) end++;
        }
        if (place + AHEAD < pass->rows) {
            uint32_t later = pass->order[place + AHEAD] & INT32_MAX;
            const uint32_t *line = batch_line(batch, later);
            for (size_t i = 0; i < batch->stride; i += IN_LINE) __builtin_prefetch(line + i);
        }
        compare_row(comparing, task, cache, queue, place, end, start);
    }
    finish_queue(comparing, task, cache, queue);
}

static void work(void *context, int number)
{
    struct comparing *comparing = context;
    struct score_cache *cache = score_cache_new();
    struct queue *queue = need(calloc(1, sizeof *queue));
    const struct batch_options *options = &comparing->batch->options;
    for (;;) {
        int task = atomic_fetch_add(&comparing->next, 1);
        if (task >= comparing->tasks) break;
        do_task(comparing, &comparing->task[task], cache, queue);
        int done = atomic_fetch_add(&comparing->done, 1) + 1;
        if (number == 0 && options->progress)
            options->progress(options->context, BATCH_LEARNT + (int)((BATCH_COMPARED - BATCH_LEARNT - 1L) * done / comparing->tasks));
    }
    free(queue);
    free(cache);
}

/* Tasks begin where blocks begin, except in the one block of all rows. */
static void make_tasks(struct comparing *comparing)
{
    const struct batch *batch = comparing->batch;
    size_t step = batch->all_pairs ? 64 : TASK_ROWS;
    size_t room = 0;
    int passes = batch->all_pairs ? 1 : batch->passes;
    for (int p = 0; p < passes; p++) room += batch->pass[p].rows / step + 1;
    comparing->task = need(calloc(room + 1, sizeof *comparing->task));
    for (int p = 0; p < passes; p++) {
        const struct pass *pass = &batch->pass[p];
        for (size_t from = 0; from < pass->rows;) {
            size_t to = from + step < pass->rows ? from + step : pass->rows;
            while (!batch->all_pairs && to < pass->rows && !(pass->order[to] & (uint32_t)BLOCK_START)) to++;
            comparing->task[comparing->tasks++] = (struct task){.pass = p, .from = from, .to = to};
            from = to;
        }
    }
}

/* By left row, then by right: those of one left row are few. */
static void sort_pairs(struct batch_pair **pairs, size_t count, size_t rows)
{
    struct batch_pair *sorted = need(malloc((count + 1) * sizeof *sorted));
    size_t *at = need(calloc(rows + 2, sizeof *at));
    for (size_t i = 0; i < count; i++) at[(*pairs)[i].left + 1]++;
    for (size_t row = 0; row < rows; row++) at[row + 1] += at[row];
    for (size_t i = 0; i < count; i++) {
        struct batch_pair pair = (*pairs)[i];
        sorted[at[pair.left]++] = pair;
    }
    for (size_t i = 1; i < count; i++) {
        struct batch_pair pair = sorted[i];
        size_t k = i;
        for (; k > 0 && sorted[k - 1].left == pair.left && sorted[k - 1].right > pair.right; k--) sorted[k] = sorted[k - 1];
        sorted[k] = pair;
    }
    free(at);
    free(*pairs);
    *pairs = sorted;
}

static void compare_all(struct batch *batch, struct batch_result *ret)
{
    struct comparing comparing = {.batch = batch, .least = batch_weight(batch->options.threshold)};
    make_tasks(&comparing);
    workers_run(batch->options.threads, work, &comparing);
    for (int i = 0; i < comparing.tasks; i++) ret->count += comparing.task[i].count;
    ret->pair = need(malloc((ret->count + 1) * sizeof *ret->pair));
    size_t at = 0;
    for (int i = 0; i < comparing.tasks; i++) {
        struct task *task = &comparing.task[i];
        if (task->count) memcpy(ret->pair + at, task->pair, task->count * sizeof *task->pair);
        at += task->count;
        ret->compared += task->compared;
        ret->expected_found += task->expected;
        for (int bin = 0; bin < BATCH_HISTOGRAM; bin++) ret->histogram[bin] += task->histogram[bin];
        free(task->pair);
    }
    free(comparing.task);
    sort_pairs(&ret->pair, ret->count, batch->table->rows);
}

/* Every row in one block, which stands in place of the passes. */
static void put_all_in_one_block(struct batch *batch)
{
    size_t rows = batch->table->rows;
    struct pass *pass = &batch->pass[0];
    batch->all_pairs = true;
    free(pass->order);
    free(pass->key);
    *pass = (struct pass){.text = -1, .rows = rows, .order = need(malloc((rows + 1) * sizeof *pass->order))};
    for (size_t row = 0; row < rows; row++) pass->order[row] = (uint32_t)row;
    pass->order[0] |= (uint32_t)BLOCK_START;
}

/* --- the way of a table ------------------------------------------------------------------------ */

static double pairs_possible(size_t rows, size_t first)
{
    double all = (double)rows;
    double left = (double)first;
    double pairs = first ? left * (all - left) : all * (all - 1) / 2;
    return pairs > 1 ? pairs : 1;
}

static void tell(const struct batch *batch, int done)
{
    if (batch->options.progress) batch->options.progress(batch->options.context, done);
}

static void report_passes(const struct batch *batch, struct batch_result *ret)
{
    ret->passes = batch->passes;
    for (int p = 0; p < batch->passes; p++) {
        struct batch_pass_report *report = &ret->pass[p];
        batch_pass_name(batch, p, report->name, sizeof report->name);
        report->pairs = batch->pass[p].pairs;
        report->left_out = batch->pass[p].left_out;
    }
}

static void prepare(struct batch *batch)
{
    batch_make_fields(batch);
    tell(batch, 100);
    batch_make_parts(batch);
    batch_choose_passes(batch);
    batch_sort_passes(batch);
    batch_drop_parts(batch);
    batch_make_lines(batch);
    tell(batch, BATCH_PREPARED);
}

void batch_link(const struct table *table, struct model *model, const struct batch_options *options,
                double cluster_probability, struct batch_result *ret)
{
    *ret = (struct batch_result){0};
    ret->cluster = need(malloc((table->rows + 1) * sizeof *ret->cluster));
    for (size_t i = 0; i < table->rows; i++) ret->cluster[i] = (uint32_t)i;
    ret->clusters = table->rows;
    if (!model->prior_held) model->prior = 1e-6;
    if (table->rows < 2 || options->first_rows >= table->rows || model->count == 0) return;
    struct batch *batch = need(calloc(1, sizeof *batch));
    batch->table = table;
    batch->model = model;
    batch->options = *options;
    if (batch->options.threads < 1) batch->options.threads = 1;
    batch->pairs_possible = pairs_possible(table->rows, options->first_rows);
    prepare(batch);
    batch_learn(batch);
    report_passes(batch, ret);
    if (batch->pairs_possible <= ALL_PAIRS_MOST) put_all_in_one_block(batch);
    ret->all_pairs = batch->all_pairs;
    compare_all(batch, ret);
    tell(batch, BATCH_COMPARED);
    batch_cluster(ret->pair, ret->count, table->rows, batch_weight(cluster_probability), options->threads,
                  ret->cluster);
    ret->clusters = 0;
    for (size_t i = 0; i < table->rows; i++) ret->clusters += ret->cluster[i] == i;
    ret->expected_all = ret->all_pairs ? ret->expected_found : fmax(ret->expected_found, model->prior * batch->pairs_possible);
    for (int p = 0; p < BATCH_PASSES_MAX; p++) {
        free(batch->pass[p].order);
        free(batch->pass[p].key);
        batch->pass[p].order = batch->pass[p].key = NULL;
    }
    ret->batch = batch;
    tell(batch, 1000);
}

void batch_done(struct batch_result *result)
{
    struct batch *batch = result->batch;
    for (int c = 0; batch && c < batch->model->count; c++) {
        batch_field_done(&batch->field[c]);
        free(batch->rarity[c]);
        free(batch->text_keys[c].key);
        free(batch->text_keys[c].kept);
    }
    if (batch) free(batch->lines);
    free(batch);
    free(result->pair);
    free(result->cluster);
    *result = (struct batch_result){0};
}

/* --- explaining ---------------------------------------------------------------------------------- */

double batch_weigh_rows(const struct batch_result *result, uint32_t left, uint32_t right)
{
    const struct batch *batch = result->batch;
    struct pair_levels pair;
    batch_levels(batch, left, right, &pair);
    return batch_weigh(batch, &pair, 0);
}

int batch_explain(const struct batch_result *result, uint32_t left, uint32_t right,
                  struct batch_line line[static BATCH_LINES_MAX])
{
    const struct batch *batch = result->batch;
    struct pair_levels pair;
    int count = 0;
    batch_levels(batch, left, right, &pair);
    line[count++] = (struct batch_line){BATCH_PRIOR, LEVEL_MISSING, batch->prior_bits};
    for (int c = 0; c < batch->model->count; c++) {
        int level = pair.level[c];
        double bits = level >= LEVELS ? 0 : batch->bits[c][level] + rarity_step * pair.rarity[c];
        line[count++] = (struct batch_line){c, level, bits};
    }
    line[count++] = (struct batch_line){BATCH_TOGETHER, LEVEL_MISSING, batch_together(batch, &pair, 0)};
    return count;
}

struct str batch_text(const struct batch_result *result, int comparison, uint32_t row)
{
    return result->batch->field[comparison].text[batch_line(result->batch, row)[comparison]];
}

size_t batch_bytes_needed(size_t rows, int comparisons)
{
    /* Values and their signs, a line a row, the order of the passes, pairs. */
    size_t line = comparisons <= 5 ? 128 : 256;
    return rows * (line + (size_t)comparisons * 40 + 4 * 45 + 100) + ((size_t)16 << 20);
}
