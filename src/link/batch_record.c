/*
 * Rows made ready: their fields, and one short line of numbers for each, so that a
 * comparison of two rows reads two places of memory.
 */
#include "link/batch_internal.h"

#include "link/batch_line.h"
#include "link/workers.h"

#include <stdlib.h>
#include <sys/mman.h>

static void *need(void *memory)
{
    if (!memory) abort();
    return memory;
}

void *batch_memory(size_t bytes)
{
    enum { LARGE_PAGE = 2 << 20, LINE = 64 };
    if (bytes < 4 * (size_t)LARGE_PAGE) return need(aligned_alloc(LINE, (bytes + LINE) / LINE * LINE));
    size_t whole = (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    void *memory = need(aligned_alloc(LARGE_PAGE, whole));
    (void)madvise(memory, whole, MADV_HUGEPAGE); /* where there are none, small ones do */
    return memory;
}

/* --- fields ----------------------------------------------------------------------------- */

static void make_field(void *context, int number)
{
    struct batch *batch = context;
    batch_field_make(batch->table, &batch->model->comparison[number], &batch->field[number]);
}

static void make_near(void *context, int number)
{
    const struct batch *batch = context;
    batch_near_piece(&batch->field[number / NEAR_PIECES], number % NEAR_PIECES);
}

void batch_make_fields(struct batch *batch)
{
    workers_each(batch->options.threads, batch->model->count, make_field, batch);
    workers_each(batch->options.threads, batch->model->count * NEAR_PIECES, make_near, batch);
}

/* --- lines ------------------------------------------------------------------------------------ */

enum { ALIGNED = 16, AT_ONCE = 2048 };

struct lining {
    struct batch *batch;
    uint32_t *words[MODEL_COMPARISONS_MAX]; /* by value: what a line has of it */
    uint32_t *crossed;                      /* by given name: its number among the surnames, or 0 */
};

static void make_words(void *context, int c)
{
    struct lining *lining = context;
    const struct batch_field *field = &lining->batch->field[c];
    size_t words = (size_t)line_words(field->role);
    if (!words) return;
    lining->words[c] = need(malloc(field->values * words * sizeof *lining->words[c]));
    memset(lining->words[c], 0, words * sizeof *lining->words[c]);
    for (uint32_t v = 1; v < field->values; v++) {
        uint32_t made[LINE_WORDS_MAX];
        line_fill(field, v, made);
        memcpy(lining->words[c] + v * words, made, words * sizeof *made);
    }
}

static void make_crossed(struct lining *lining)
{
    const struct batch *batch = lining->batch;
    const struct batch_field *given = &batch->field[batch->model->given];
    const struct batch_field *surname = &batch->field[batch->model->surname];
    uint32_t size = 1024;
    while (size < surname->values * 2) size *= 2;
    uint32_t *slots = need(calloc(size, sizeof *slots));
    lining->crossed = need(calloc(given->values, sizeof *lining->crossed));
    for (uint32_t v = 1; v < surname->values; v++) {
        uint32_t at = (uint32_t)(table_hash(surname->text[v]) >> 16) & (size - 1);
        while (slots[at]) at = (at + 1) & (size - 1);
        slots[at] = v;
    }
    for (uint32_t v = 1; v < given->values; v++) {
        uint32_t at = (uint32_t)(table_hash(given->text[v]) >> 16) & (size - 1);
        while (slots[at] && !str_eq(surname->text[slots[at]], given->text[v])) at = (at + 1) & (size - 1);
        lining->crossed[v] = slots[at];
    }
    free(slots);
}

static void fill_lines(void *context, int number)
{
    const struct lining *lining = context;
    const struct batch *batch = lining->batch;
    size_t rows = batch->table->rows;
    size_t from = (size_t)number * AT_ONCE;
    size_t to = from + AT_ONCE < rows ? from + AT_ONCE : rows;
    size_t stride = batch->stride;
    uint32_t *lines = batch->lines;
    for (int c = 0; c < batch->model->count; c++) {
        const uint32_t *value = batch->field[c].value;
        const uint32_t *words = lining->words[c];
        int count = line_words(batch->field[c].role);
        uint32_t *at = lines + batch->words_at[c];
        for (size_t row = from; row < to; row++) {
            lines[row * stride + (size_t)c] = value[row];
            for (int i = 0; i < count; i++) at[row * stride + (size_t)i] = words[(size_t)value[row] * (size_t)count + (size_t)i];
        }
    }
    for (int p = 0; p < batch->passes; p++) {
        const struct pass *pass = &batch->pass[p];
        for (size_t row = from; pass->lane >= 0 && row < to; row++) lines[row * stride + (size_t)pass->lane] = pass->block[row];
    }
    for (size_t row = from; lining->crossed && row < to; row++)
        lines[row * stride + (size_t)batch->crossed_at] = lining->crossed[batch->field[batch->model->given].value[row]];
}

static void place_lanes(struct batch *batch)
{
    int at = batch->lanes;
    for (int c = 0; c < batch->model->count; c++) {
        batch->words_at[c] = at;
        at += line_words(batch->field[c].role);
    }
    if (batch->model->given >= 0 && batch->model->surname >= 0) batch->crossed_at = at++;
    batch->stride = (size_t)(at + ALIGNED - 1) / ALIGNED * ALIGNED;
}

void batch_make_lines(struct batch *batch)
{
    struct lining lining = {.batch = batch};
    size_t rows = batch->table->rows;
    place_lanes(batch);
    /* Vectors read past the lanes of the last line. */
    batch->lines = batch_memory((rows * batch->stride + 4 * ALIGNED) * sizeof *batch->lines);
    workers_each(batch->options.threads, batch->model->count, make_words, &lining);
    if (batch->crossed_at) make_crossed(&lining);
    workers_each(batch->options.threads, (int)((rows + AT_ONCE - 1) / AT_ONCE), fill_lines, &lining);
    for (int c = 0; c < batch->model->count; c++) {
        free(lining.words[c]);
        free(batch->field[c].value);
        batch->field[c].value = NULL;
    }
    for (int p = 0; p < batch->passes; p++) {
        free(batch->pass[p].block);
        batch->pass[p].block = NULL;
    }
    free(lining.crossed);
}
