/*
 * What of a value stands in a key: its sound, its beginning, a year.  Worked out for
 * each value once, and counted by the rows that have the value.
 */
#include "link/batch_internal.h"

#include "link/need.h"
#include "link/workers.h"

#include <stdlib.h>

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
    case PART_SOUND:
        return field->facts[value].sound ? squash(field->facts[value].sound) : hash_of(text);
    case PART_START: return hash_of(str_sub(text, 0, 3));
    case PART_HEAD: return text.len < 4 ? 0 : hash_of(str_sub(text, 0, text.len / 2));
    case PART_TAIL: return text.len < 4 ? 0 : hash_of(str_sub(text, text.len / 2, text.len));
    case PART_YEAR: return year;
    case PART_DAY:
        return !month || !day ? 0 : 1 + (month < day ? month * 32 + day : day * 32 + month);
    case PART_STREET: return street_key(text);
    default: return 0;
    }
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

/* Keys and how many rows have each, by open addressing. */
struct counted {
    uint32_t *key;
    uint32_t *rows;
    uint32_t mask;
};

static struct counted counted_new(size_t keys)
{
    uint32_t size = 1024;
    while (size < keys * 2 && size < 1u << 31) size *= 2;
    return (struct counted){need(calloc(size, sizeof(uint32_t))),
                            need(calloc(size, sizeof(uint32_t))), size - 1};
}

static uint32_t *counted_at(const struct counted *counted, uint32_t key)
{
    uint32_t at = key * 0x9e3779b1u;
    at = (at ^ at >> 15) & counted->mask;
    while (counted->key[at] && counted->key[at] != key) at = (at + 1) & counted->mask;
    counted->key[at] = key;
    return &counted->rows[at];
}

/* How many rows share each key; those of one row alone make no block. */
static void count_part(const struct batch *batch, struct part *part, uint32_t *keys,
                       const uint32_t *rows_of, size_t count)
{
    const uint32_t largest = 16;
    double rows = (double)batch->table->rows;
    struct counted counted = counted_new(count);
    for (size_t i = 0; i < count; i++)
        if (keys[i]) *counted_at(&counted, keys[i]) += rows_of[i];
    double pairs = 0;
    double large = 0;
    for (size_t i = 0; i < count; i++) {
        if (!keys[i]) continue;
        uint32_t all = *counted_at(&counted, keys[i]);
        double here = rows_of[i];
        pairs += here * all;
        large += all > largest ? here : 0;
        if (all == 1) keys[i] = 0;
    }
    part->share = pairs / (rows * rows);
    part->alone = large / (rows > 0 ? rows : 1);
    free(counted.key);
    free(counted.rows);
}

/* The same of a key that rows have and not values: what shares a place is counted
 * together, which only makes keys look a little commoner. */
static void count_rows(const struct batch *batch, struct part *part)
{
    enum { PLACES = 1 << 22 };
    const uint32_t largest = 16;
    size_t rows = batch->table->rows;
    uint16_t *count = batch_memory(PLACES * sizeof *count);
    memset(count, 0, PLACES * sizeof *count);
    for (size_t row = 0; row < rows; row++) {
        uint16_t *here = &count[part->value[row] * 0x9e3779b1u >> 10];
        *here = (uint16_t)(*here + (*here < UINT16_MAX));
    }
    double pairs = 0;
    size_t large = 0;
    for (size_t row = 0; row < rows; row++) {
        if (!part->value[row]) continue;
        uint16_t here = count[part->value[row] * 0x9e3779b1u >> 10];
        pairs += here;
        large += here > largest;
        if (here == 1) part->value[row] = 0;
    }
    part->share = pairs / ((double)rows * (double)rows);
    part->alone = (double)large / (double)(rows ? rows : 1);
    batch_memory_free(count);
}

static void make_part(void *context, int number)
{
    struct batch *batch = context;
    struct part *part = &batch->part[number];
    const struct batch_field *field = &batch->field[part->comparison];
    if (part->kind == PART_NAMES) {
        part->value = batch_memory((batch->table->rows + 1) * sizeof *part->value);
        fill_names(batch, part);
        count_rows(batch, part);
        return;
    }
    part->made = need(malloc(field->values * sizeof *part->made));
    part->made[0] = 0;
    for (uint32_t v = 1; v < field->values; v++) part->made[v] = part_of(field, v, part->kind);
    count_part(batch, part, part->made, field->count, field->values);
}

static void add_part(struct batch *batch, int comparison, enum part_kind kind)
{
    if (batch->parts == PARTS_MAX) return;
    batch->part[batch->parts++] = (struct part){.comparison = comparison, .kind = kind, .lane = -1};
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
    case MODEL_PLATE:
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
    for (int c = 0; c < model->count; c++) add_part(batch, c, PART_EXACT);
    if (model->given >= 0 && model->surname >= 0) add_part(batch, model->surname, PART_NAMES);
    for (int c = 0; c < model->count; c++) add_parts_of(batch, c);
    workers_each(batch->options.threads, batch->parts, make_part, batch);
}

void batch_drop_part_values(struct batch *batch)
{
    for (int p = 0; p < batch->parts; p++) {
        free(batch->part[p].made);
        batch->part[p].made = NULL;
    }
}

void batch_drop_parts(struct batch *batch)
{
    batch_drop_part_values(batch);
    for (int p = 0; p < batch->parts; p++) {
        batch_memory_free(batch->part[p].value);
        batch->part[p].value = NULL;
    }
}

void batch_drop_unasked_parts(struct batch *batch)
{
    for (int p = 0; p < batch->parts; p++) {
        struct part *part = &batch->part[p];
        if (part->lane >= 0) continue;
        free(part->made);
        batch_memory_free(part->value);
        part->made = part->value = NULL;
    }
}
