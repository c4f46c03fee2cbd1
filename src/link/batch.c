#include "link/batch.h"

#include "link/batch_internal.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

double batch_probability(double weight)
{
    return 1 / (1 + exp2(-weight));
}

double batch_weight(double probability)
{
    return log2(probability / (1 - probability));
}

/* --- one pair ----------------------------------------------------------------------- */

static const struct table_column *column_of(const struct batch *batch, int comparison)
{
    return &batch->table->column[batch->model->comparison[comparison].column];
}

static struct str text_of(const struct batch *batch, int comparison, uint32_t row)
{
    const struct table_column *column = column_of(batch, comparison);
    return column->text[column->value[row]];
}

static int level_of(const struct batch *batch, int comparison, uint32_t a, uint32_t b)
{
    const struct table_column *column = column_of(batch, comparison);
    uint32_t left = column->value[a];
    uint32_t right = column->value[b];
    if (!left || !right) return LEVEL_MISSING;
    if (left == right) return LEVEL_EXACT;
    const struct model_facts *facts = batch->facts[comparison];
    return model_level(batch->model->comparison[comparison].role, column->text[left],
                       column->text[right], facts ? &facts[left] : NULL, facts ? &facts[right] : NULL);
}

static void make_facts(struct batch *batch)
{
    for (int c = 0; c < batch->model->count; c++) {
        if (!model_has_facts(batch->model->comparison[c].role)) continue;
        const struct table_column *column = column_of(batch, c);
        batch->facts[c] = calloc(column->values, sizeof *batch->facts[c]);
        if (!batch->facts[c]) abort();
        for (uint32_t v = 1; v < column->values; v++)
            model_facts_make(column->text[v], &batch->facts[c][v]);
    }
}

/* Given name of the one as surname of the other, both ways or the one that is there. */
static bool are_swapped(const struct batch *batch, uint32_t a, uint32_t b)
{
    struct str given_a = text_of(batch, batch->model->given, a);
    struct str given_b = text_of(batch, batch->model->given, b);
    struct str surname_a = text_of(batch, batch->model->surname, a);
    struct str surname_b = text_of(batch, batch->model->surname, b);
    bool one = given_a.len && str_eq(given_a, surname_b);
    bool other = surname_a.len && str_eq(surname_a, given_b);
    return (one && other) || (one && (!surname_a.len || !given_b.len)) ||
           (other && (!given_a.len || !surname_b.len));
}

uint64_t batch_pattern(const struct batch *batch, uint32_t a, uint32_t b)
{
    const struct model *model = batch->model;
    uint64_t pattern = 0;
    for (int c = 0; c < model->count; c++)
        pattern |= (uint64_t)level_of(batch, c, a, b) << (3 * c);
    if (model->given < 0 || model->surname < 0) return pattern;
    int given = batch_level(pattern, model->given);
    int surname = batch_level(pattern, model->surname);
    bool agree = given == LEVEL_EXACT || surname == LEVEL_EXACT;
    if (agree || !are_swapped(batch, a, b)) return pattern;
    /* One comparison says it; the other has nothing to add. */
    pattern &= ~((uint64_t)7 << (3 * model->given) | (uint64_t)7 << (3 * model->surname));
    return pattern | (uint64_t)LEVEL_SWAPPED << (3 * model->given) |
           (uint64_t)LEVEL_MISSING << (3 * model->surname);
}

void batch_set_rarity(struct batch *batch)
{
    for (int c = 0; c < batch->model->count; c++) {
        const struct table_column *column = column_of(batch, c);
        double filled = (double)batch->table->rows - column->count[0];
        double usual = batch->model->comparison[c].u[LEVEL_EXACT];
        batch->rarity[c] = malloc(column->values * sizeof *batch->rarity[c]);
        if (!batch->rarity[c]) abort();
        for (uint32_t v = 0; v < column->values; v++) {
            double share = ((double)column->count[v] - 0.5) / (filled + 1);
            batch->rarity[c][v] = v ? (float)fmax(-6, fmin(6, log2(usual / share))) : 0;
        }
    }
}

static bool is_address(enum model_role role)
{
    return role == MODEL_POSTCODE || role == MODEL_TOWN || role == MODEL_STREET || role == MODEL_NUMBER;
}

/* Parts of one address come and go together: the strongest counts in full, the others
 * in part, and hardly at all against: whoever moves leaves all of it behind. */
struct address {
    double for_best;
    double for_sum;
    double against_best;
    double against_sum;
};

double batch_pair_weight(const struct batch *batch, uint64_t pattern, uint32_t a, uint32_t b)
{
    (void)b; /* equal values: either row will do */
    const double together = 0.6;
    const double moved = 0.15;
    const struct model *model = batch->model;
    double weight = batch->prior_bits;
    struct address address = {0};
    for (int c = 0; c < model->count; c++) {
        int level = batch_level(pattern, c);
        if (level >= LEVELS) continue;
        double bits = batch->bits[c][level];
        if (level == LEVEL_EXACT) bits += (double)batch->rarity[c][column_of(batch, c)->value[a]];
        if (!is_address(model->comparison[c].role)) {
            weight += bits;
        } else if (bits > 0) {
            address.for_sum += bits;
            address.for_best = fmax(address.for_best, bits);
        } else {
            address.against_sum += bits;
            address.against_best = fmin(address.against_best, bits);
        }
    }
    return weight + address.for_best + together * (address.for_sum - address.for_best) +
           address.against_best + moved * (address.against_sum - address.against_best);
}

/* --- all pairs -------------------------------------------------------------------------- */

struct worker {
    const struct batch *batch;
    int pass;
    size_t from;
    size_t to;
    double least; /* weight */
    struct batch_pair *pair;
    size_t count;
    size_t capacity;
    size_t compared;
};

static void compare(void *context, uint32_t a, uint32_t b)
{
    struct worker *worker = context;
    if (a > b) {
        uint32_t swap = a;
        a = b;
        b = swap;
    }
    worker->compared++;
    double weight = batch_pair_weight(worker->batch, batch_pattern(worker->batch, a, b), a, b);
    if (weight < worker->least) return;
    if (worker->count == worker->capacity) {
        worker->capacity = worker->capacity ? worker->capacity * 2 : 4096;
        worker->pair = reallocarray(worker->pair, worker->capacity, sizeof *worker->pair);
        if (!worker->pair) abort();
    }
    worker->pair[worker->count++] = (struct batch_pair){a, b, (float)weight};
}

static void *work(void *context)
{
    struct worker *worker = context;
    batch_visit(worker->batch, worker->pass, worker->from, worker->to, false, compare, worker);
    return NULL;
}

/* The next edge of a block at or after a place. */
static size_t edge_after(const struct batch *batch, size_t at)
{
    while (at > 0 && at < batch->sorted_count && batch->sorted[at] >> 32 == batch->sorted[at - 1] >> 32)
        at++;
    return at;
}

static void append(struct batch_result *result, size_t *capacity, const struct worker *worker)
{
    if (result->count + worker->count > *capacity) {
        *capacity = (result->count + worker->count) * 2;
        result->pair = reallocarray(result->pair, *capacity, sizeof *result->pair);
        if (!result->pair) abort();
    }
    if (worker->count)
        memcpy(result->pair + result->count, worker->pair, worker->count * sizeof *worker->pair);
    result->count += worker->count;
    result->compared += worker->compared;
}

/* Splits the pass among threads at blocks' edges; what they found is put together in
 * order, so that their number does not show. */
static void compare_pass(const struct batch *batch, int pass, double least,
                         struct batch_result *result, size_t *capacity)
{
    enum { THREADS_MAX = 64 };
    int threads = batch->options->threads;
    if (threads < 1) threads = 1;
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    struct worker worker[THREADS_MAX];
    pthread_t thread[THREADS_MAX];
    for (int i = 0; i < threads; i++) {
        size_t from = batch->sorted_count * (size_t)i / (size_t)threads;
        size_t to = batch->sorted_count * (size_t)(i + 1) / (size_t)threads;
        worker[i] = (struct worker){.batch = batch,
                                    .pass = pass,
                                    .from = edge_after(batch, from),
                                    .to = edge_after(batch, to),
                                    .least = least};
        if (i > 0 && pthread_create(&thread[i], NULL, work, &worker[i]) != 0) abort();
    }
    work(&worker[0]);
    for (int i = 0; i < threads; i++) {
        if (i > 0) pthread_join(thread[i], NULL);
        append(result, capacity, &worker[i]);
        free(worker[i].pair);
    }
}

static int by_rows(const void *a, const void *b)
{
    const struct batch_pair *left = a;
    const struct batch_pair *right = b;
    if (left->left != right->left) return left->left < right->left ? -1 : 1;
    return (left->right > right->right) - (left->right < right->right);
}

static size_t pairs_possible(size_t rows, size_t first)
{
    size_t pairs = first ? first * (rows - first) : rows * (rows - 1) / 2;
    return pairs ? pairs : 1;
}

void batch_link(const struct table *table, struct model *model, const struct batch_options *options,
                double cluster_probability, struct batch_result *ret)
{
    *ret = (struct batch_result){0};
    ret->cluster = malloc((table->rows + 1) * sizeof *ret->cluster);
    if (!ret->cluster) abort();
    for (size_t i = 0; i < table->rows; i++) ret->cluster[i] = (uint32_t)i;
    ret->clusters = table->rows;
    if (table->rows < 2 || options->first_rows >= table->rows) return;
    struct batch *batch = calloc(1, sizeof *batch);
    if (!batch) abort();
    batch->table = table;
    batch->model = model;
    batch->options = options;
    batch->pairs_possible = pairs_possible(table->rows, options->first_rows);
    make_facts(batch);
    batch_make_passes(batch);
    batch_learn(batch);
    size_t capacity = 0;
    for (int pass = 0; pass < batch->passes; pass++) {
        batch_sort_pass(batch, pass);
        compare_pass(batch, pass, batch_weight(options->threshold), ret, &capacity);
        if (options->progress) options->progress(options->context, 400 + 550 * (pass + 1) / batch->passes);
    }
    if (ret->count) qsort(ret->pair, ret->count, sizeof *ret->pair, by_rows);
    batch_cluster(ret->pair, ret->count, table->rows, batch_weight(cluster_probability), ret->cluster);
    ret->clusters = 0;
    for (size_t i = 0; i < table->rows; i++) ret->clusters += ret->cluster[i] == i;
    for (int i = 0; i < batch->passes; i++) free(batch->key[i]);
    for (int c = 0; c < model->count; c++) {
        free(batch->facts[c]);
        free(batch->rarity[c]);
    }
    free(batch->sorted);
    free(batch);
}

void batch_done(struct batch_result *result)
{
    free(result->pair);
    free(result->cluster);
    *result = (struct batch_result){0};
}
