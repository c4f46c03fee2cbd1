/*
 * Rows made ready: their fields, the parts that keys are made of, and one short line of
 * numbers for each, so that a comparison of two rows reads two places of memory.
 */
#include "link/batch_internal.h"

#include "link/phonetic.h"
#include "link/workers.h"

#include <stdlib.h>

static void *need(void *memory)
{
    if (!memory) abort();
    return memory;
}

static void make_field(void *context, int number)
{
    struct batch *batch = context;
    batch_field_make(batch->table, &batch->model->comparison[number], &batch->field[number]);
}

void batch_make_fields(struct batch *batch)
{
    workers_each(batch->options.threads, batch->model->count, make_field, batch);
}

/* --- parts -------------------------------------------------------------------------------- */

static uint32_t hash_of(struct str text)
{
    uint32_t hash = (uint32_t)(table_hash(text) >> 20);
    return hash ? hash : 1;
}

static uint32_t squash(uint64_t value)
{
    uint32_t hash = (uint32_t)((value * 0x9e3779b97f4a7c15u) >> 32);
    return value && !hash ? 1 : hash;
}

static uint32_t street_key(struct str text)
{
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9') digits++;
    if (!digits) return text.len < 4 ? 0 : hash_of(str_sub(text, 0, 4));
    return hash_of(str_sub(text, 0, digits + 4));
}

static uint32_t part_of(const struct batch_field *field, uint32_t value, enum part_kind kind)
{
    struct str text = field->text[value];
    unsigned year = (unsigned)(field->sign[value] >> 16);
    unsigned month = (unsigned)(field->sign[value] >> 8 & 255);
    unsigned day = (unsigned)(field->sign[value] & 255);
    switch (kind) {
    case PART_EXACT: return value;
    case PART_SOUND: return field->facts[value].sound ? squash(field->facts[value].sound) : hash_of(text);
    case PART_START: return hash_of(str_sub(text, 0, 3));
    case PART_HEAD: return text.len < 4 ? 0 : hash_of(str_sub(text, 0, text.len / 2));
    case PART_TAIL: return text.len < 4 ? 0 : hash_of(str_sub(text, text.len / 2, text.len));
    case PART_YEAR: return year;
    case PART_DAY: return !month || !day ? 0 : 1 + (month < day ? month * 32 + day : day * 32 + month);
    case PART_STREET: return street_key(text);
    default: return 0;
    }
}

static void fill_part(const struct batch *batch, struct part *part)
{
    const struct batch_field *field = &batch->field[part->comparison];
    size_t rows = batch->table->rows;
    uint32_t *made = need(malloc(field->values * sizeof *made));
    made[0] = 0;
    for (uint32_t v = 1; v < field->values; v++) made[v] = part_of(field, v, part->kind);
    for (size_t row = 0; row < rows; row++) part->value[row] = made[field->value[row]];
    free(made);
}

/* Of a row the sounds of both names in one order. */
static void fill_names(const struct batch *batch, struct part *part)
{
    const struct batch_field *given = &batch->field[batch->model->given];
    const struct batch_field *surname = &batch->field[batch->model->surname];
    for (size_t row = 0; row < batch->table->rows; row++) {
        uint32_t a = given->value[row];
        uint32_t b = surname->value[row];
        uint64_t one = a ? given->facts[a].sound : 0;
        uint64_t two = b ? surname->facts[b].sound : 0;
        if (one > two) {
            uint64_t swap = one;
            one = two;
            two = swap;
        }
        part->value[row] = a && b ? squash(one * 0xff51afd7ed558ccdu ^ two) : 0;
    }
}

/* The number that a given name has among the surnames. */
static void fill_crossed(const struct batch *batch, struct part *part)
{
    const struct batch_field *given = &batch->field[batch->model->given];
    const struct batch_field *surname = &batch->field[batch->model->surname];
    uint32_t size = 1024;
    while (size < surname->values * 2) size *= 2;
    uint32_t *slots = need(calloc(size, sizeof *slots));
    uint32_t *crossed = need(calloc(given->values, sizeof *crossed));
    for (uint32_t v = 1; v < surname->values; v++) {
        uint32_t at = hash_of(surname->text[v]) & (size - 1);
        while (slots[at]) at = (at + 1) & (size - 1);
        slots[at] = v;
    }
    for (uint32_t v = 1; v < given->values; v++) {
        uint32_t at = hash_of(given->text[v]) & (size - 1);
        while (slots[at] && !str_eq(surname->text[slots[at]], given->text[v])) at = (at + 1) & (size - 1);
        crossed[v] = slots[at];
    }
    for (size_t row = 0; row < batch->table->rows; row++) part->value[row] = crossed[given->value[row]];
    free(slots);
    free(crossed);
}

/* How many rows share each value; those of one row alone make no block. */
static void count_part(const struct batch *batch, struct part *part)
{
    size_t rows = batch->table->rows;
    const uint32_t largest = 16;
    uint32_t size = 1024;
    while (size < rows * 2 && size < 1u << 30) size *= 2;
    uint32_t *counts = need(calloc(size, sizeof *counts)); /* by hash: what collides counts together */
    for (size_t row = 0; row < rows; row++)
        if (part->value[row]) counts[(part->value[row] * 0x9e3779b1u) & (size - 1)]++;
    double pairs = 0;
    size_t large = 0;
    for (size_t row = 0; row < rows; row++) {
        if (!part->value[row]) continue;
        uint32_t count = counts[(part->value[row] * 0x9e3779b1u) & (size - 1)];
        pairs += count;
        large += count > largest;
        if (count == 1) part->value[row] = 0;
    }
    part->share = pairs / ((double)rows * (double)rows);
    part->alone = (double)large / (double)(rows ? rows : 1);
    free(counts);
}

static void make_part(void *context, int number)
{
    struct batch *batch = context;
    struct part *part = &batch->part[number];
    part->value = need(malloc((batch->table->rows + 1) * sizeof *part->value));
    if (part->kind == PART_NAMES)
        fill_names(batch, part);
    else if (part->kind == PART_CROSSED)
        fill_crossed(batch, part);
    else
        fill_part(batch, part);
    if (part->kind != PART_CROSSED) count_part(batch, part);
}

static void add_part(struct batch *batch, int comparison, enum part_kind kind)
{
    if (batch->parts == PARTS_MAX) return;
    batch->part[batch->parts++] = (struct part){.comparison = comparison, .kind = kind};
}

static void add_parts_of(struct batch *batch, int comparison)
{
    switch (batch->model->comparison[comparison].role) {
    case MODEL_GIVEN:
    case MODEL_SURNAME:
        add_part(batch, comparison, PART_SOUND);
        add_part(batch, comparison, PART_START);
        break;
    case MODEL_BIRTH:
        add_part(batch, comparison, PART_YEAR);
        add_part(batch, comparison, PART_DAY);
        break;
    case MODEL_POSTCODE:
    case MODEL_PHONE:
    case MODEL_EMAIL:
    case MODEL_IDENTIFIER:
    case MODEL_TEXT:
        add_part(batch, comparison, PART_HEAD);
        add_part(batch, comparison, PART_TAIL);
        break;
    case MODEL_STREET: add_part(batch, comparison, PART_STREET); break;
    default: break;
    }
}

void batch_make_parts(struct batch *batch)
{
    const struct model *model = batch->model;
    batch->crossed = -1;
    for (int c = 0; c < model->count; c++) add_part(batch, c, PART_EXACT);
    if (model->given >= 0 && model->surname >= 0) {
        add_part(batch, model->surname, PART_NAMES);
        batch->crossed = batch->parts;
        add_part(batch, model->given, PART_CROSSED);
    }
    for (int c = 0; c < model->count; c++) add_parts_of(batch, c);
    workers_each(batch->options.threads, batch->parts, make_part, batch);
}

/* --- lines ------------------------------------------------------------------------------------ */

enum { LINE = 64, AT_ONCE = 4096 };

static void make_lines(void *context, int number)
{
    struct batch *batch = context;
    size_t rows = batch->table->rows;
    size_t from = (size_t)number * AT_ONCE;
    size_t to = from + AT_ONCE < rows ? from + AT_ONCE : rows;
    for (size_t row = from; row < to; row++) {
        char *line = batch->records + row * batch->stride;
        uint32_t *part = (uint32_t *)(void *)line;
        uint64_t *sign = (uint64_t *)(void *)(line + (size_t)batch->parts_room * sizeof(uint32_t));
        /* Exact parts as they are: there, 0 means missing. */
        for (int c = 0; c < batch->model->count; c++) part[c] = batch->field[c].value[row];
        for (int p = batch->model->count; p < batch->parts; p++) part[p] = batch->part[p].value[row];
        for (int p = batch->parts; p < batch->parts_room; p++) part[p] = 0;
        for (int c = 0; c < batch->model->count; c++) sign[c] = batch->field[c].sign[part[c]];
        sign[batch->model->count] = 0;
    }
}

void batch_make_records(struct batch *batch)
{
    size_t rows = batch->table->rows;
    batch->parts_room = batch->parts <= 16 ? 16 : batch->parts <= 24 ? 24 : 32;
    size_t bytes = (size_t)batch->parts_room * sizeof(uint32_t) + ((size_t)batch->model->count + 1) * sizeof(uint64_t) +
                   (size_t)batch->model->count;
    batch->stride = (bytes + LINE - 1) / LINE * LINE;
    batch->records = need(aligned_alloc(LINE, (rows + 2) * batch->stride)); /* vectors read past a line */
    workers_each(batch->options.threads, (int)((rows + AT_ONCE - 1) / AT_ONCE), make_lines, batch);
}
