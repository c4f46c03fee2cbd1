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
    return (size_t)batch->table->column[comparison->column[0]].values *
           (field_has_facts(comparison->role) ? OF_NAMES : 1);
}

static void make_field(void *context, int number)
{
    struct making *making = context;
    int c = making->order[number];
    batch_field_make(making->batch->table, &making->batch->model->comparison[c],
                     &making->batch->field[c]);
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
        for (; at > 0 && work_of(batch, making.order[at - 1]) < work_of(batch, c); at--)
            making.order[at] = making.order[at - 1];
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

enum { ALIGNED = 16, APART_WORDS = 2, AT_ONCE = 2048, WORD_VALUES = 1 << 15, TOUCHED = 8 << 20 };

struct lining {
    struct batch *batch;
    uint32_t *words[MODEL_COMPARISONS_MAX]; /* by value: what a line has of it, and its parts */
    size_t word_count[MODEL_COMPARISONS_MAX];
    const struct part *part[MODEL_COMPARISONS_MAX][PARTS_MAX]; /* of its values, that lines have */
    size_t parts[MODEL_COMPARISONS_MAX];
    /* where in a line each of these is */
    uint8_t place[MODEL_COMPARISONS_MAX][LINE_WORDS_MAX + PARTS_MAX];
    const struct part *of_row[PARTS_MAX]; /* parts that rows have and not values */
    size_t parts_of_row;
    uint64_t *apart; /* by row: passes in which its block was too large, as bits */
    uint32_t *crossed;                      /* by given name: its number among the surnames, or 0 */
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
        while (slots[at] && !str_eq(surname->text[slots[at]], given->text[v]))
            at = (at + 1) & (size - 1);
        lining->crossed[v] = slots[at];
    }
    free(slots);
}

/* What goes before the lines are filled in, side by side: one thread groups the rows,
 * others meanwhile make words of values and have the kernel clear the lines' memory. */
enum { GROUPING = -1, CROSSING = -2, TOUCHING = -3, APART = -4, APART_ROWS = 1 << 16 };
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
    size_t words = lining->word_count[c], own = words - lining->parts[c];
    uint32_t to = field->values - from < WORD_VALUES ? field->values : from + WORD_VALUES;
    for (uint32_t v = from; v < to; v++) {
        uint32_t made[LINE_WORDS_MAX] = {0};
        if (v) line_fill(field, v, made);
        uint32_t *at = lining->words[c] + v * words;
        memcpy(at, made, own * sizeof *made);
        for (size_t i = 0; i < lining->parts[c]; i++) at[own + i] = lining->part[c][i]->made[v];
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

/* Bits of passes by row, out of bits of rows by pass. */
static void turn_apart(const struct lining *lining, size_t from)
{
    enum { WORD = 64 };
    const struct batch *batch = lining->batch;
    size_t to = batch->table->rows - from < APART_ROWS ? batch->table->rows : from + APART_ROWS;
    memset(lining->apart + from, 0, (to - from) * sizeof *lining->apart);
    for (int p = 0; p < batch->passes; p++) {
        const uint64_t *bits = batch->pass[p].apart;
        for (size_t row = from; bits && row < to; row += WORD)
            for (uint64_t rest = bits[row / WORD]; rest; rest &= rest - 1)
                lining->apart[row + (size_t)__builtin_ctzll(rest)] |= (uint64_t)1 << p;
    }
}

static void begin_piece(void *context, int number)
{
    const struct beginning *beginning = context;
    const struct begun *piece = &beginning->piece[number];
    switch (piece->comparison) {
    case GROUPING: batch_group_rows(beginning->lining->batch); break;
    case CROSSING: make_crossed(beginning->lining); break;
    case APART: turn_apart(beginning->lining, piece->from); break;
    case TOUCHING: touch_lines(beginning->lining->batch, piece->from); break;
    default: fill_words(beginning->lining, piece->comparison, (uint32_t)piece->from);
    }
}

static void begin_lines(struct lining *lining)
{
    struct batch *batch = lining->batch;
    size_t room = 2 + line_bytes(batch) / TOUCHED + 1 + batch->table->rows / APART_ROWS + 1;
    int pieces = 0;
    for (int c = 0; c < batch->model->count; c++) room += batch->field[c].values / WORD_VALUES + 1;
    struct beginning beginning = {.lining = lining,
                                  .piece = need(malloc(room * sizeof *beginning.piece))};
    batch->lines = batch_memory(line_bytes(batch));
    beginning.piece[pieces++] = (struct begun){GROUPING, 0};
    if (batch->crossed_at) beginning.piece[pieces++] = (struct begun){CROSSING, 0};
    for (int c = 0; c < batch->model->count; c++) {
        size_t words = lining->word_count[c];
        if (!words) continue;
        lining->words[c] = batch_memory(batch->field[c].values * words * sizeof *lining->words[c]);
        for (size_t from = 0; from < batch->field[c].values; from += WORD_VALUES)
            beginning.piece[pieces++] = (struct begun){c, from};
    }
    lining->apart = batch_memory((batch->table->rows + 1) * sizeof *lining->apart);
    for (size_t from = 0; from < batch->table->rows; from += APART_ROWS)
        beginning.piece[pieces++] = (struct begun){APART, from};
    for (size_t from = 0; from < line_bytes(batch); from += TOUCHED)
        beginning.piece[pieces++] = (struct begun){TOUCHING, from};
    workers_each(batch->options.threads, pieces, begin_piece, &beginning);
    free(beginning.piece);
    batch_drop_part_values(batch);
}

/* What lines have of one comparison, whose words are so many: first what is read is asked for. */
static inline __attribute__((always_inline)) void
fill_words_of(const struct lining *lining, int c, size_t from, size_t to, size_t words)
{
    const struct batch *batch = lining->batch;
    const uint32_t *value_of = batch->field[c].value, *made = lining->words[c];
    const uint8_t *place = lining->place[c];
    uint32_t *first = batch->lines + from * batch->stride;
    uint32_t *at = first;
    for (size_t line = from; line < to; line++, at += batch->stride) {
        at[c] = value_of[batch->row_of[line]];
        if (words) __builtin_prefetch(made + at[c] * words);
    }
    at = first;
    for (size_t line = from; words && line < to; line++, at += batch->stride)
        for (size_t i = 0; i < words; i++) at[place[i]] = made[at[c] * words + i];
}

static void fill_comparison(const struct lining *lining, int c, size_t from, size_t to)
{
    switch (lining->word_count[c]) { /* so that the compiler knows how many */
    case 0: fill_words_of(lining, c, from, to, 0); break;
    case 1: fill_words_of(lining, c, from, to, 1); break;
    case 2: fill_words_of(lining, c, from, to, 2); break;
    case 3: fill_words_of(lining, c, from, to, 3); break;
    case 4: fill_words_of(lining, c, from, to, 4); break;
    case 5: fill_words_of(lining, c, from, to, 5); break;
    default: fill_words_of(lining, c, from, to, lining->word_count[c]);
    }
}

static void fill_lines(void *context, int number)
{
    const struct lining *lining = context;
    const struct batch *batch = lining->batch;
    size_t from = (size_t)number * AT_ONCE;
    size_t to = from + AT_ONCE < batch->table->rows ? from + AT_ONCE : batch->table->rows;
    for (int c = 0; c < batch->model->count; c++) fill_comparison(lining, c, from, to);
    for (size_t line = from; line < to; line++) {
        uint32_t *at = batch->lines + line * batch->stride;
        memcpy(at + batch->lanes, &lining->apart[batch->row_of[line]], sizeof *lining->apart);
        at[batch_group_lane(batch)] = batch->group[line] + 1;
        for (size_t i = 0; i < lining->parts_of_row; i++)
            at[lining->of_row[i]->lane] = lining->of_row[i]->value[batch->row_of[line]];
        if (lining->crossed) at[batch->crossed_at] = lining->crossed[at[batch->model->given]];
    }
}

static void place_parts(struct lining *lining)
{
    const struct batch *batch = lining->batch;
    for (int c = 0; c < batch->model->count; c++) {
        lining->word_count[c] = (size_t)line_words(batch->field[c].role);
        for (size_t i = 0; i < lining->word_count[c]; i++)
            lining->place[c][i] = (uint8_t)(batch->words_at[c] + (int)i);
    }
    for (int p = 0; p < batch->parts; p++) {
        const struct part *part = &batch->part[p];
        if (part->lane < 0) continue;
        if (part->value) {
            lining->of_row[lining->parts_of_row++] = part;
            continue;
        }
        int c = part->comparison;
        lining->part[c][lining->parts[c]++] = part;
        lining->place[c][lining->word_count[c]++] = (uint8_t)part->lane;
    }
}

static void place_lanes(struct batch *batch)
{
    int at = batch->lanes + APART_WORDS;
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
    struct batch *batch = lining->batch;
    for (int c = 0; c < batch->model->count; c++) {
        batch_memory_free(lining->words[c]);
        batch_memory_free(batch->field[c].value);
        batch->field[c].value = NULL;
    }
    for (int p = 0; p < batch->passes; p++) {
        batch_memory_free(batch->pass[p].apart);
        batch->pass[p].apart = NULL;
    }
    batch_drop_parts(batch);
    batch_memory_free(lining->apart);
    free(lining->crossed);
}

void batch_make_lines(struct batch *batch)
{
    struct lining lining = {.batch = batch};
    int tiles = (int)((batch->table->rows + AT_ONCE - 1) / AT_ONCE);
    place_lanes(batch);
    place_parts(&lining);
    begin_lines(&lining);
    batch_renumber_passes(batch);
    workers_each(batch->options.threads, tiles, fill_lines, &lining);
    drop_values(&lining);
}
