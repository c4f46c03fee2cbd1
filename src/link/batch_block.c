/*
 * Which pairs are worth comparing: passes of keys, blocks of rows that share one.
 */
#include "link/batch_internal.h"
#include "link/phonetic.h"

#include <assert.h>
#include <stdlib.h>

/* --- keys --------------------------------------------------------------------------- */

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t hash = (a ^ b * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 31;
}

/* The digits of a date: year, and day and month in one order, whichever comes first. */
static uint64_t date_part(struct str text, bool year)
{
    char digit[8];
    size_t count = 0;
    for (size_t i = 0; i < text.len && count < 8; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9') digit[count++] = text.ptr[i];
    if (count < 8) return 0;
    /* Years begin with 18, 19 or 20: first when they do so there. */
    bool first = digit[0] == '2' ? digit[1] == '0' : digit[0] == '1' && digit[1] >= '8';
    int value[4];
    for (int i = 0; i < 4; i++) value[i] = (digit[i * 2] - '0') * 10 + digit[i * 2 + 1] - '0';
    if (year) return 1 + (uint64_t)(first ? value[0] * 100 + value[1] : value[2] * 100 + value[3]);
    int one = first ? value[2] : value[0];
    int two = first ? value[3] : value[1];
    return 1 + (uint64_t)(one < two ? one * 100 + two : two * 100 + one);
}

static uint64_t part_of(struct str text, uint32_t value, enum key_part part)
{
    switch (part) {
    case PART_EXACT: return value;
    case PART_SOUND: {
        uint64_t sound = link_sound(text);
        return sound ? sound : value;
    }
    case PART_START: return text.len < 3 ? value : str_hash(str_sub(text, 0, 3));
    case PART_END: return text.len < 5 ? 0 : str_hash(str_sub(text, text.len - 4, 4));
    case PART_YEAR: return date_part(text, true);
    case PART_DAY: return date_part(text, false);
    default: return 0;
    }
}

/* One part for every value of its column, so that rows only look it up. */
static uint64_t *parts_of(const struct batch *batch, int comparison, enum key_part part)
{
    const struct table_column *column =
        &batch->table->column[batch->model->comparison[comparison].column];
    uint64_t *made = malloc(column->values * sizeof *made);
    if (!made) abort();
    made[0] = 0;
    for (uint32_t i = 1; i < column->values; i++) made[i] = part_of(column->text[i], i, part);
    return made;
}

static void make_keys(struct batch *batch, int number)
{
    const struct pass *pass = &batch->pass[number];
    size_t rows = batch->table->rows;
    uint64_t *parts[PASS_PARTS] = {0};
    const uint32_t *values[PASS_PARTS] = {0};
    int count = 0;
    for (; count < PASS_PARTS && pass->part[count].part; count++) {
        int comparison = pass->part[count].comparison;
        parts[count] = parts_of(batch, comparison, pass->part[count].part);
        values[count] = batch->table->column[batch->model->comparison[comparison].column].value;
    }
    uint32_t *keys = malloc((rows ? rows : 1) * sizeof *keys);
    if (!keys) abort();
    for (size_t row = 0; row < rows; row++) {
        uint64_t hash = (uint64_t)number + 1;
        bool whole = true;
        uint64_t first = 0;
        for (int i = 0; i < count; i++) {
            uint64_t part = parts[i][values[i][row]];
            whole &= part != 0;
            if (pass->names_sorted && i == 0)
                first = part;
            else if (pass->names_sorted && i == 1)
                hash = first < part ? mix(mix(hash, first), part) : mix(mix(hash, part), first);
            else
                hash = mix(hash, part);
        }
        uint32_t key = (uint32_t)(hash >> 16);
        keys[row] = whole ? (key ? key : 1) : 0;
    }
    for (int i = 0; i < count; i++) free(parts[i]);
    batch->key[number] = keys;
}

/* --- which passes ---------------------------------------------------------------------- */

static void add(struct batch *batch, uint32_t largest, int a, enum key_part a_part, int b,
                enum key_part b_part, int c, enum key_part c_part)
{
    if (batch->passes == PASSES_MAX) return;
    /* A small table can afford larger blocks. */
    size_t rows = batch->table->rows;
    uint32_t times = rows < 20000 ? 4 : rows < 80000 ? 2 : 1;
    struct pass *pass = &batch->pass[batch->passes++];
    *pass = (struct pass){.largest = largest * times};
    int place = 0;
    const int comparison[PASS_PARTS] = {a, b, c};
    const enum key_part part[PASS_PARTS] = {a_part, b_part, c_part};
    for (int i = 0; i < PASS_PARTS; i++) {
        if (comparison[i] < 0 || part[i] == PART_NONE) continue;
        pass->part[place].comparison = comparison[i];
        pass->part[place++].part = part[i];
    }
}

static int find_role(const struct model *model, enum model_role role)
{
    for (int i = 0; i < model->count; i++)
        if (model->comparison[i].role == role) return i;
    return -1;
}

/* A column by itself picks out few rows. */
static bool is_telling(const struct batch *batch, int comparison)
{
    const struct model_comparison *c = &batch->model->comparison[comparison];
    return c->role != MODEL_CATEGORY &&
           batch->table->column[c->column].values * 200 > batch->table->rows;
}

static void choose_fuzzy(struct batch *batch)
{
    const struct model *model = batch->model;
    int given = model->given;
    int surname = model->surname;
    int birth = find_role(model, MODEL_BIRTH);
    if (given >= 0 && surname >= 0) {
        add(batch, 24, given, PART_SOUND, surname, PART_SOUND, -1, PART_NONE);
        if (batch->passes) batch->pass[batch->passes - 1].names_sorted = true;
        add(batch, 16, given, PART_START, surname, PART_START, -1, PART_NONE);
    }
    if (birth >= 0) {
        int names[2] = {given, surname};
        for (int i = 0; i < 2; i++) {
            if (names[i] < 0) continue;
            add(batch, 24, names[i], PART_SOUND, birth, PART_YEAR, -1, PART_NONE);
            add(batch, 24, names[i], PART_SOUND, birth, PART_DAY, -1, PART_NONE);
            add(batch, 16, names[i], PART_START, birth, PART_DAY, -1, PART_NONE);
        }
    }
    for (int i = 0; i < model->count; i++) {
        enum model_role role = model->comparison[i].role;
        if (role != MODEL_EMAIL && role != MODEL_IDENTIFIER && role != MODEL_PHONE && role != MODEL_TEXT &&
            role != MODEL_STREET && role != MODEL_NAME)
            continue;
        add(batch, 10, i, PART_START, i, PART_END, -1, PART_NONE);
        add(batch, 16, i, PART_END, surname >= 0 ? surname : given, PART_SOUND, -1, PART_NONE);
        add(batch, 16, i, PART_START, given >= 0 ? given : surname, PART_SOUND, -1, PART_NONE);
        if (birth >= 0) add(batch, 16, i, PART_START, birth, PART_YEAR, -1, PART_NONE);
    }
}

void batch_make_passes(struct batch *batch)
{
    const struct model *model = batch->model;
    for (int i = 0; i < model->count; i++)
        if (is_telling(batch, i)) add(batch, 10, i, PART_EXACT, -1, PART_NONE, -1, PART_NONE);
    for (int i = 0; i < model->count; i++)
        for (int k = i + 1; k < model->count; k++)
            if (batch->passes < 40 && (is_telling(batch, i) || is_telling(batch, k)))
                add(batch, 16, i, PART_EXACT, k, PART_EXACT, -1, PART_NONE);
    choose_fuzzy(batch);
    if (model->given >= 0 && model->surname >= 0)
        for (int i = 0; i < model->count; i++)
            if (i != model->given && i != model->surname)
                add(batch, 40, model->given, PART_EXACT, model->surname, PART_EXACT, i, PART_EXACT);
    for (int i = 0; i < batch->passes; i++) make_keys(batch, i);
}

/* --- blocks --------------------------------------------------------------------------------- */

/* Least significant digit first, eleven bits at a time, over the upper 32 bits. */
static void sort_by_key(uint64_t *list, uint64_t *other, size_t count)
{
    enum { BITS = 11, BUCKETS = 1 << BITS };
    static_assert(3 * BITS >= 32, "three rounds take in a whole key");
    for (int round = 0; round < 3; round++) {
        size_t start[BUCKETS + 1] = {0};
        int shift = 32 + round * BITS;
        for (size_t i = 0; i < count; i++) start[(list[i] >> shift & (BUCKETS - 1)) + 1]++;
        for (size_t i = 0; i < BUCKETS; i++) start[i + 1] += start[i];
        for (size_t i = 0; i < count; i++) other[start[list[i] >> shift & (BUCKETS - 1)]++] = list[i];
        uint64_t *swap = list;
        list = other;
        other = swap;
    }
    memcpy(other, list, count * sizeof *list); /* an odd number of rounds */
}

static size_t block_end(const struct batch *batch, size_t from, size_t to)
{
    size_t end = from + 1;
    while (end < to && batch->sorted[end] >> 32 == batch->sorted[from] >> 32) end++;
    return end;
}

void batch_sort_pass(struct batch *batch, int number)
{
    size_t rows = batch->table->rows;
    uint32_t *keys = batch->key[number];
    uint64_t *all = malloc((2 * rows + 1) * sizeof *all);
    if (!all) abort();
    size_t count = 0;
    for (size_t row = 0; row < rows; row++)
        if (keys[row]) all[count++] = (uint64_t)keys[row] << 32 | row;
    sort_by_key(all, all + count, count);
    free(batch->sorted);
    batch->sorted = all;
    batch->sorted_count = count;
    /* Only blocks of two to `largest` rows stay. */
    size_t kept = 0;
    for (size_t i = 0; i < count;) {
        size_t end = block_end(batch, i, count);
        if (end - i >= 2 && end - i <= batch->pass[number].largest)
            for (size_t k = i; k < end; k++) all[kept++] = all[k];
        else
            for (size_t k = i; k < end; k++) keys[(uint32_t)all[k]] = 0;
        i = end;
    }
    batch->sorted_count = kept;
}

size_t batch_pass_pairs(const struct batch *batch)
{
    size_t pairs = 0;
    for (size_t i = 0; i < batch->sorted_count;) {
        size_t end = block_end(batch, i, batch->sorted_count);
        pairs += (end - i) * (end - i - 1) / 2;
        i = end;
    }
    return pairs;
}

bool batch_met_before(const struct batch *batch, int pass, uint32_t a, uint32_t b)
{
    for (int i = 0; i < pass; i++)
        if (batch->key[i][a] && batch->key[i][a] == batch->key[i][b]) return true;
    return false;
}

void batch_visit(const struct batch *batch, int pass, size_t from, size_t to, bool again,
                 void (*visit)(void *context, uint32_t a, uint32_t b), void *context)
{
    size_t first_rows = batch->options->first_rows;
    for (size_t i = from; i < to;) {
        size_t end = block_end(batch, i, to);
        for (size_t k = i; k < end; k++) {
            uint32_t a = (uint32_t)batch->sorted[k];
            for (size_t l = k + 1; l < end; l++) {
                uint32_t b = (uint32_t)batch->sorted[l];
                if (first_rows && (a < first_rows) == (b < first_rows)) continue;
                if (again || !batch_met_before(batch, pass, a, b)) visit(context, a, b);
            }
        }
        i = end;
    }
}
