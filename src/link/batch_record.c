/*
 * Rows made ready: their fields, and one short line of numbers for each, so that a
 * comparison of two rows reads two places of memory.
 */
#include "link/batch_internal.h"

#include "link/batch_line.h"
#include "link/need.h"
#include "link/workers.h"

#include <stdlib.h>

/* --- fields ----------------------------------------------------------------------------- */

/* What is most work first, so that no thread is left with it at the end. */
struct making {
    struct batch *batch;
    int order[MODEL_COMPARISONS_MAX];
};

static size_t work_of(const struct batch *batch, int c)
{
    enum { OF_NAMES = 16 }; /* their sounds */
    const struct model_comparison *comparison = &batch->model->comparison[c];
    return (size_t)batch->table->column[comparison->column[0]].values * (field_has_facts(comparison->role) ? OF_NAMES : 1);
}

static void make_field(void *context, int number)
{
    struct making *making = context;
    int c = making->order[number];
    batch_field_make(making->batch->table, &making->batch->model->comparison[c], &making->batch->field[c]);
}

static void make_near(void *context, int number)
{
    const struct batch *batch = context;
    batch_near_piece(&batch->field[number / NEAR_PIECES], number % NEAR_PIECES);
}

void batch_make_fields(struct batch *batch)
{
    struct making making = {.batch = batch};
    for (int c = 0; c < batch->model->count; c++) {
        int at = c;
        for (; at > 0 && work_of(batch, making.order[at - 1]) < work_of(batch, c); at--) making.order[at] = making.order[at - 1];
        making.order[at] = c;
    }
    workers_each(batch->options.threads, batch->model->count, make_field, &making);
    workers_each(batch->options.threads, batch->model->count * NEAR_PIECES, make_near, batch);
    for (int c = 0; c < batch->model->count; c++) {
        const struct batch_field *field = &batch->field[c];
        if (field->near.known && field->role != MODEL_STREET) batch->looked_up |= 1u << c;
    }
}

/* --- lines ------------------------------------------------------------------------------------ */

enum { ALIGNED = 16, TOGETHER = 8, AT_ONCE = 2048, WORD_VALUES = 1 << 15, TOUCHED = 8 << 20 };

struct lining {
    struct batch *batch;
    uint32_t *words[MODEL_COMPARISONS_MAX]; /* by value: what a line has of it */
    uint32_t *crossed;                      /* by given name: its number among the surnames, or 0 */
    const struct pass *pass[TOGETHER];      /* whose blocks are being filled in */
    uint32_t *block[TOGETHER];              /* by line */
    int passes;
};

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

/* What goes before the lines are filled in, side by side: one thread groups the rows,
 * others meanwhile make words of values and have the kernel clear the lines' memory. */
enum { GROUPING = -1, CROSSING = -2, TOUCHING = -3 };
struct beginning {
    struct lining *lining;
    struct begun {
        int comparison; /* whose words; or one of the above */
        size_t from;
    } *piece;
};

static void fill_words(const struct lining *lining, int c, uint32_t from)
{
    const struct batch_field *field = &lining->batch->field[c];
    size_t words = (size_t)line_words(field->role);
    uint32_t to = field->values - from < WORD_VALUES ? field->values : from + WORD_VALUES;
    for (uint32_t v = from; v < to; v++) {
        uint32_t made[LINE_WORDS_MAX] = {0};
        if (v) line_fill(field, v, made);
        memcpy(lining->words[c] + v * words, made, words * sizeof *made);
    }
}

static size_t line_bytes(const struct batch *batch)
{
    /* Vectors read past the lanes of the last line. */
    return (batch->table->rows * batch->stride + 4 * ALIGNED) * sizeof *batch->lines;
}

static void touch_lines(const struct batch *batch, size_t from)
{
    enum { PAGE = 4096 };
    char *bytes = (char *)batch->lines;
    size_t to = line_bytes(batch) - from < TOUCHED ? line_bytes(batch) : from + TOUCHED;
    for (size_t at = from; at < to; at += PAGE) bytes[at] = 0;
}

static void begin_piece(void *context, int number)
{
    const struct beginning *beginning = context;
    const struct begun *piece = &beginning->piece[number];
    switch (piece->comparison) {
    case GROUPING: batch_group_rows(beginning->lining->batch); break;
    case CROSSING: make_crossed(beginning->lining); break;
    case TOUCHING: touch_lines(beginning->lining->batch, piece->from); break;
    default: fill_words(beginning->lining, piece->comparison, (uint32_t)piece->from);
    }
}

static void begin_lines(struct lining *lining)
{
    struct batch *batch = lining->batch;
    size_t room = 2 + line_bytes(batch) / TOUCHED + 1;
    int pieces = 0;
    for (int c = 0; c < batch->model->count; c++) room += batch->field[c].values / WORD_VALUES + 1;
    struct beginning beginning = {.lining = lining, .piece = need(malloc(room * sizeof *beginning.piece))};
    batch->lines = batch_memory(line_bytes(batch));
    beginning.piece[pieces++] = (struct begun){GROUPING, 0};
    if (batch->crossed_at) beginning.piece[pieces++] = (struct begun){CROSSING, 0};
    for (int c = 0; c < batch->model->count; c++) {
        size_t words = (size_t)line_words(batch->field[c].role);
        if (!words) continue;
        lining->words[c] = batch_memory(batch->field[c].values * words * sizeof *lining->words[c]);
        for (size_t from = 0; from < batch->field[c].values; from += WORD_VALUES)
            beginning.piece[pieces++] = (struct begun){c, from};
    }
    for (size_t from = 0; from < line_bytes(batch); from += TOUCHED) beginning.piece[pieces++] = (struct begun){TOUCHING, from};
    workers_each(batch->options.threads, pieces, begin_piece, &beginning);
    free(beginning.piece);
}

/* Values, what lines have of them, and the group. */
static void fill_values(void *context, int number)
{
    const struct lining *lining = context;
    const struct batch *batch = lining->batch;
    size_t from = (size_t)number * AT_ONCE;
    size_t to = from + AT_ONCE < batch->table->rows ? from + AT_ONCE : batch->table->rows;
    size_t stride = batch->stride;
    for (int c = 0; c < batch->model->count; c++) {
        const uint32_t *value_of = batch->field[c].value;
        const uint32_t *words = lining->words[c];
        size_t count = (size_t)line_words(batch->field[c].role);
        for (size_t line = from; line < to; line++) {
            uint32_t *at = batch->lines + line * stride;
            uint32_t value = value_of[batch->row_of[line]];
            at[c] = value;
            for (size_t i = 0; i < count; i++) at[(size_t)batch->words_at[c] + i] = words[value * count + i];
        }
    }
    for (size_t line = from; line < to; line++) {
        uint32_t *at = batch->lines + line * stride;
        at[batch_group_lane(batch)] = batch->group[line] + 1;
        if (lining->crossed) at[batch->crossed_at] = lining->crossed[at[batch->model->given]];
    }
}

/* The passes whose lanes lie in one line of the cache are filled in together, half a line
 * at a time, which takes less memory. */
static int passes_from(const struct batch *batch, int lane, const struct pass *ret[static TOGETHER])
{
    int count = 0;
    for (int p = 0; p < batch->passes; p++)
        if (batch->pass[p].lane >= lane && batch->pass[p].lane < lane + TOGETHER) ret[count++] = &batch->pass[p];
    return count;
}

static void number_blocks(void *context, int number)
{
    struct lining *lining = context;
    const struct pass *pass = lining->pass[number];
    size_t rows = lining->batch->table->rows;
    uint32_t *block = lining->block[number];
    uint32_t block_number = 0;
    memset(block, 0, rows * sizeof *block);
    for (size_t i = 0; i < pass->rows; i++) {
        block_number += pass->order[i] >> 31;
        block[pass->order[i] & INT32_MAX] = block_number;
    }
}

static void fill_blocks(void *context, int number)
{
    const struct lining *lining = context;
    const struct batch *batch = lining->batch;
    size_t from = (size_t)number * AT_ONCE;
    size_t to = from + AT_ONCE < batch->table->rows ? from + AT_ONCE : batch->table->rows;
    for (int i = 0; i < lining->passes; i++) {
        uint32_t *at = batch->lines + from * batch->stride + lining->pass[i]->lane;
        for (size_t line = from; line < to; line++, at += batch->stride) *at = lining->block[i][line];
    }
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

/* What the lines now have. */
static void drop_values(struct lining *lining)
{
    for (int c = 0; c < lining->batch->model->count; c++) {
        batch_memory_free(lining->words[c]);
        batch_memory_free(lining->batch->field[c].value);
        lining->batch->field[c].value = NULL;
    }
    free(lining->crossed);
}

static void fill_lanes(struct lining *lining)
{
    const struct batch *batch = lining->batch;
    size_t rows = batch->table->rows;
    int tiles = (int)((rows + AT_ONCE - 1) / AT_ONCE);
    workers_each(batch->options.threads, tiles, fill_values, lining);
    drop_values(lining);
    for (int lane = 0; lane < batch->lanes; lane += TOGETHER) {
        lining->passes = passes_from(batch, lane, lining->pass);
        for (int i = 0; i < lining->passes; i++)
            if (!lining->block[i]) lining->block[i] = batch_memory((rows + 1) * sizeof *lining->block[i]);
        workers_each(batch->options.threads, lining->passes, number_blocks, lining);
        workers_each(batch->options.threads, tiles, fill_blocks, lining);
    }
    for (int i = 0; i < TOGETHER; i++) batch_memory_free(lining->block[i]);
}

void batch_make_lines(struct batch *batch)
{
    struct lining lining = {.batch = batch};
    place_lanes(batch);
    begin_lines(&lining);
    batch_renumber_passes(batch);
    fill_lanes(&lining);
}
