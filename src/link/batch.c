#include "link/batch.h"

#include "link/batch_internal.h"
#include "link/need.h"
#include "link/workers.h"

#include <math.h>
#include <stdlib.h>

double batch_probability(double weight)
{
    return 1 / (1 + exp2(-weight));
}

double batch_weight(double probability)
{
    return log2(probability / (1 - probability));
}

/* --- the way of a table ----------------------------------------------------------------------- */

enum { ALL_PAIRS_MOST = 600000 };

/* Every row in one block, which stands in place of the passes. */
static void put_all_in_one_block(struct batch *batch)
{
    size_t rows = batch->table->rows;
    struct pass *pass = &batch->pass[0];
    batch->all_pairs = true;
    batch_memory_free(pass->order);
    batch_memory_free(pass->key);
    *pass = (struct pass){
        .text = -1, .rows = rows, .order = batch_memory((rows + 1) * sizeof *pass->order)};
    for (size_t row = 0; row < rows; row++) pass->order[row] = (uint32_t)row;
    pass->order[0] |= (uint32_t)BLOCK_START;
}

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
        report->crowded_out = batch->pass[p].crowded_out;
        report->barren = batch->pass[p].barren;
    }
}

static void prepare(struct batch *batch)
{
    batch_make_fields(batch);
    if (batch->options.spent) table_drop_rows(batch->options.spent);
    tell(batch, 100);
    batch_make_parts(batch);
    batch_choose_passes(batch);
    batch_sort_passes(batch);
    batch_drop_unasked_parts(batch);
    batch_make_lines(batch);
    tell(batch, BATCH_PREPARED);
}

/* `found`: what was expected among the pairs when each was judged by itself. */
static double expected_of_all(const struct batch *batch, const struct batch_result *result,
                              double found)
{
    double compared =
        result->all_pairs ? 1 : fmin(1, found / (batch->model->prior * batch->pairs_possible));
    double all = compared > 0 ? result->expected_found / compared : 0;
    return result->most_pairs > 0 ? fmin(all, result->most_pairs) : all;
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
    if (!batch->all_pairs) batch_drop_known_blocks(batch);
    batch_compare(batch, ret);
    double found = ret->expected_found;
    batch_judge_partners(batch, ret);
    tell(batch, BATCH_COMPARED);
    struct through *through = batch_through_begin(batch, ret);
    batch_cluster(ret->pair, ret->count, table->rows, batch_weight(cluster_probability),
                  options->threads, through, ret->cluster);
    ret->clusters = 0;
    for (size_t i = 0; i < table->rows; i++) ret->clusters += ret->cluster[i] == i;
    ret->expected_all = expected_of_all(batch, ret, found);
    batch_through_end(through, ret);
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
    for (int p = 0; batch && p < BATCH_PASSES_MAX; p++) {
        batch_memory_free(batch->pass[p].order);
        batch_memory_free(batch->pass[p].key);
    }
    if (batch) {
        batch_memory_free(batch->lines);
        batch_memory_free(batch->row_of);
        batch_memory_free(batch->line_of);
        batch_memory_free(batch->group);
    }
    free(batch);
    batch_memory_free(result->pair);
    free(result->cluster);
    *result = (struct batch_result){0};
}

/* --- explaining ------------------------------------------------------------------------------- */

double batch_weigh_rows(const struct batch_result *result, uint32_t left, uint32_t right)
{
    const struct batch *batch = result->batch;
    struct pair_levels pair;
    batch_levels(batch, batch->line_of[left], batch->line_of[right], &pair);
    return batch_weigh(batch, &pair, 0);
}

static const struct batch_pair *find_pair(const struct batch_result *result, uint32_t a, uint32_t b)
{
    struct batch_pair wanted = {.left = a < b ? a : b, .right = a < b ? b : a};
    return result->count
               ? bsearch(&wanted, result->pair, result->count, sizeof wanted, batch_by_rows)
               : NULL;
}

int batch_explain(const struct batch_result *result, uint32_t left, uint32_t right,
                  struct batch_line line[static BATCH_LINES_MAX])
{
    const struct batch *batch = result->batch;
    struct pair_levels pair;
    int count = 0;
    batch_levels(batch, batch->line_of[left], batch->line_of[right], &pair);
    line[count++] = (struct batch_line){BATCH_PRIOR, LEVEL_MISSING, batch->prior_bits};
    for (int c = 0; c < batch->model->count; c++) {
        int level = pair.level[c];
        double bits = level >= LEVELS ? 0 : batch->bits[c][level] + rarity_step * pair.rarity[c];
        line[count++] = (struct batch_line){c, level, bits};
    }
    line[count++] =
        (struct batch_line){BATCH_TOGETHER, LEVEL_MISSING, batch_together(batch, &pair)};
    /* of a weight kept as a float; more is a line, so that the lines add up */
    const double rounding = 1e-4;
    const struct batch_pair *kept = find_pair(result, left, right);
    if (!kept) return count;
    double alone = 0;
    for (int i = 0; i < count; i++) alone += line[i].bits;
    double others = (double)kept->weight - alone;
    if (result->one_partner[0] || result->one_partner[1])
        line[count++] = (struct batch_line){BATCH_PARTNERS, LEVEL_MISSING, others};
    else if (others > rounding)
        line[count++] = (struct batch_line){BATCH_THROUGH, LEVEL_MISSING, others};
    return count;
}

struct str batch_text(const struct batch_result *result, int comparison, uint32_t row)
{
    const struct batch *batch = result->batch;
    return batch->field[comparison].text[batch_line(batch, batch->line_of[row])[comparison]];
}

size_t batch_unread(const struct batch_result *result, int comparison)
{
    return result->batch ? result->batch->field[comparison].unread : 0;
}

size_t batch_bytes_needed(size_t rows, int comparisons)
{
    /* Values and their signs, a line a row, the order of the passes; the
     * program, and what is drawn. */
    size_t line = comparisons <= 5 ? 128 : 256;
    return rows * (line + (size_t)comparisons * 40 + 4 * 45 + 100) + ((size_t)40 << 20);
}
