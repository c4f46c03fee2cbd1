/*
 * Which pairs are worth comparing: passes of keys, blocks of rows that share one.
 *
 * A block with too many rows is left to the passes that ask for one part more, so that
 * no common value is dropped; how many rows were left out is reported.
 */
#include "link/batch_internal.h"

#include "link/workers.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void *need(void *memory)
{
    if (!memory) abort();
    return memory;
}

/* --- which passes ---------------------------------------------------------------------- */

static int find_part(const struct batch *batch, int comparison, enum part_kind kind)
{
    for (int p = 0; p < batch->parts; p++)
        if (batch->part[p].comparison == comparison && batch->part[p].kind == kind) return p;
    return -1;
}

/* How many rows share a key of these parts with one row, if parts were independent. */
static double expected_block(const struct batch *batch, int a, int b, int c)
{
    double rows = (double)batch->table->rows;
    double share = batch->part[a].share;
    if (b >= 0) share *= batch->part[b].share;
    if (c >= 0) share *= batch->part[c].share;
    return rows * share;
}

/* A block may have this many rows: small tables can afford more. */
static uint32_t largest_block(const struct batch *batch)
{
    double largest = 8e6 / (double)batch->table->rows;
    return largest < 16 ? 16 : largest > 200 ? 200 : (uint32_t)largest;
}

static void add(struct batch *batch, int a, int b, int c)
{
    if (batch->passes >= BATCH_PASSES_MAX - MODEL_COMPARISONS_MAX || a < 0) return;
    struct pass pass = {.text = -1, .largest = largest_block(batch)};
    const int parts[PASS_PARTS] = {a, b, c};
    for (int i = 0; i < PASS_PARTS; i++) {
        if (parts[i] < 0 || pass.need >> parts[i] & 1) continue;
        const struct part *part = &batch->part[parts[i]];
        pass.part[pass.parts++] = parts[i];
        pass.need |= 1u << parts[i];
        pass.held |= 1u << part->comparison;
        if (part->kind == PART_NAMES) pass.held |= 1u << batch->model->given | 1u << batch->model->surname;
    }
    for (int i = 0; i < batch->passes; i++)
        if (batch->pass[i].need == pass.need) return;
    batch->pass[batch->passes++] = pass;
}

/* One that keeps blocks small enough to be worth looking at. */
static void add_if_small(struct batch *batch, int a, int b, int c)
{
    if (a < 0) return;
    double most = 2 * (double)largest_block(batch);
    if (expected_block(batch, a, b, c) <= most) add(batch, a, b, c);
}

/* All pairs that share the part are looked at by the pass of that part alone. */
static bool is_covered(const struct batch *batch, int part)
{
    return batch->part[part].alone < 0.02;
}

static void choose_exact(struct batch *batch)
{
    int count = batch->model->count;
    double largest = (double)largest_block(batch);
    for (int i = 0; i < count; i++) add_if_small(batch, i, -1, -1);
    for (int i = 0; i < count; i++)
        for (int k = i + 1; k < count; k++)
            if (!is_covered(batch, i) && !is_covered(batch, k)) add_if_small(batch, i, k, -1);
    for (int i = 0; i < count; i++)
        for (int k = i + 1; k < count; k++)
            for (int l = k + 1; l < count; l++) {
                if (is_covered(batch, i) || is_covered(batch, k) || is_covered(batch, l)) continue;
                bool crowded = expected_block(batch, i, k, -1) > largest / 4 && expected_block(batch, i, l, -1) > largest / 4 &&
                               expected_block(batch, k, l, -1) > largest / 4;
                if (crowded && batch->passes < 40) add_if_small(batch, i, k, l);
            }
}

static int find_role(const struct model *model, enum model_role role)
{
    for (int i = 0; i < model->count; i++)
        if (model->comparison[i].role == role) return i;
    return -1;
}

/* Names by sound or beginning with parts of a date. */
static void choose_names(struct batch *batch)
{
    const struct model *model = batch->model;
    int birth = find_role(model, MODEL_BIRTH);
    int year = birth < 0 ? -1 : find_part(batch, birth, PART_YEAR);
    int day = birth < 0 ? -1 : find_part(batch, birth, PART_DAY);
    int names = model->surname < 0 ? -1 : find_part(batch, model->surname, PART_NAMES);
    if (names >= 0) add(batch, names, -1, -1);
    const int name[2] = {model->surname, model->given};
    for (int i = 0; i < 2; i++) {
        if (name[i] < 0) continue;
        int sound = find_part(batch, name[i], PART_SOUND);
        int start = find_part(batch, name[i], PART_START);
        if (birth < 0) add_if_small(batch, sound, -1, -1);
        if (birth >= 0) {
            add_if_small(batch, sound, birth, -1);
            add_if_small(batch, sound, year, -1);
            add_if_small(batch, sound, day, -1);
            add_if_small(batch, start, day, -1);
        }
    }
    if (model->given >= 0 && model->surname >= 0)
        add(batch, find_part(batch, model->given, PART_START), find_part(batch, model->surname, PART_START), year);
}

/* Halves of codes, and what stands beside them. */
static void choose_halves(struct batch *batch)
{
    const struct model *model = batch->model;
    int birth = find_role(model, MODEL_BIRTH);
    int year = birth < 0 ? -1 : find_part(batch, birth, PART_YEAR);
    int surname = model->surname < 0 ? -1 : find_part(batch, model->surname, PART_SOUND);
    int given = model->given < 0 ? -1 : find_part(batch, model->given, PART_SOUND);
    for (int p = model->count; p < batch->parts; p++) {
        enum part_kind kind = batch->part[p].kind;
        if (kind != PART_HEAD && kind != PART_TAIL && kind != PART_STREET) continue;
        if (is_covered(batch, p)) {
            add(batch, p, -1, -1);
            continue;
        }
        const int others[] = {surname, given, year};
        bool any = false;
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            int other = others[i];
            if (other < 0 || other >= batch->parts || batch->part[other].comparison == batch->part[p].comparison) continue;
            add_if_small(batch, p, other, -1);
            any = true;
        }
        for (int c = 0; !any && c < model->count; c++)
            if (c != batch->part[p].comparison) add_if_small(batch, p, c, -1);
    }
}

static void choose_texts(struct batch *batch)
{
    for (int c = 0; c < batch->model->count; c++)
        if (batch->field[c].token_from && batch->passes < BATCH_PASSES_MAX)
            batch->pass[batch->passes++] =
                (struct pass){.text = c, .held = 1u << c, .largest = largest_block(batch)};
}

/* Does every pair of the one pass share what the other asks for?  What is equal sounds
 * alike, and begins alike. */
static bool is_within(const struct batch *batch, const struct pass *one, const struct pass *other)
{
    for (int i = 0; i < other->parts; i++) {
        const struct part *wanted = &batch->part[other->part[i]];
        bool implied = false;
        for (int k = 0; k < one->parts; k++) {
            const struct part *given = &batch->part[one->part[k]];
            implied |= given->comparison == wanted->comparison && wanted->kind != PART_NAMES &&
                       (given->kind == wanted->kind || given->kind == PART_EXACT);
        }
        if (!implied) return false;
    }
    return true;
}

/* Leaves out passes whose pairs another finds too, in blocks that are small. */
static void drop_needless(struct batch *batch)
{
    double small = (double)largest_block(batch) / 8;
    int kept = 0;
    for (int i = 0; i < batch->passes; i++) {
        bool needless = false;
        for (int k = 0; k < batch->passes && !needless; k++) {
            const struct pass *other = &batch->pass[k];
            if (k == i || !is_within(batch, &batch->pass[i], other)) continue;
            needless = expected_block(batch, other->part[0], other->parts > 1 ? other->part[1] : -1,
                                      other->parts > 2 ? other->part[2] : -1) < small;
        }
        if (!needless) batch->pass[kept++] = batch->pass[i];
    }
    batch->passes = kept;
}

void batch_choose_passes(struct batch *batch)
{
    choose_exact(batch);
    choose_names(batch);
    choose_halves(batch);
    drop_needless(batch);
    if (batch->passes == 0) /* nothing is selective: take what there is, all together */
        for (int c = 0; c < batch->model->count; c++) add(batch, c, (c + 1) % batch->model->count, -1);
    choose_texts(batch);
}

void batch_pass_name(const struct batch *batch, int number, char *ret, size_t size)
{
    static const char *const kinds[] = {"",       " (sound)", " (start)",   " (first half)", " (second half)",
                                        " (year)", " (day)",  " (number and start)", "",  ""};
    const struct pass *pass = &batch->pass[number];
    size_t used = 0;
    ret[0] = 0;
    if (pass->text >= 0) {
        model_comparison_name(batch->model, batch->table, pass->text, ret, size);
        used = strlen(ret);
        snprintf(ret + used, size - used, " (words)");
        return;
    }
    for (int i = 0; i < pass->parts && used + 1 < size; i++) {
        const struct part *part = &batch->part[pass->part[i]];
        char name[2 * TABLE_NAME_SIZE];
        model_comparison_name(batch->model, batch->table, part->comparison, name, sizeof name);
        int wrote = part->kind == PART_NAMES
                        ? snprintf(ret + used, size - used, "%sboth names (sound)", i ? " + " : "")
                        : snprintf(ret + used, size - used, "%s%s%s", i ? " + " : "", name, kinds[part->kind]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

/* --- keys and blocks ----------------------------------------------------------------------- */

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t hash = (a ^ b * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 31;
}

/* Least significant digit first, eleven bits at a time, over the upper 32 bits. */
static void sort_by_key(uint64_t *list, uint64_t *other, size_t count)
{
    enum { BITS = 11, BUCKETS = 1 << BITS, ROUNDS = 3 };
    static_assert(ROUNDS * BITS >= 32, "the rounds take in a whole key");
    size_t (*start)[BUCKETS] = need(calloc(ROUNDS, sizeof *start));
    for (size_t i = 0; i < count; i++)
        for (int round = 0; round < ROUNDS; round++)
            start[round][list[i] >> (32 + round * BITS) & (BUCKETS - 1)]++;
    for (int round = 0; round < ROUNDS; round++) {
        size_t sum = 0;
        for (size_t i = 0; i < BUCKETS; i++) {
            size_t here = start[round][i];
            start[round][i] = sum;
            sum += here;
        }
        int shift = 32 + round * BITS;
        for (size_t i = 0; i < count; i++) other[start[round][list[i] >> shift & (BUCKETS - 1)]++] = list[i];
        uint64_t *swap = list;
        list = other;
        other = swap;
    }
    memcpy(other, list, count * sizeof *list); /* an odd number of rounds */
    free(start);
}

static size_t list_keys(const struct batch *batch, const struct pass *pass, uint64_t *list)
{
    size_t count = 0;
    const uint32_t *value[PASS_PARTS];
    for (int i = 0; i < pass->parts; i++) value[i] = batch->part[pass->part[i]].value;
    for (size_t row = 0; row < batch->table->rows; row++) {
        uint64_t hash = 0;
        bool whole = true;
        for (int i = 0; i < pass->parts; i++) {
            whole &= value[i][row] != 0;
            hash = mix(hash, value[i][row]);
        }
        if (whole) list[count++] = (hash >> 32) << 32 | row;
    }
    return count;
}

/* Entries of a text pass: each row under each of its keys. */
static size_t list_text_keys(const struct batch *batch, int text, uint64_t **ret)
{
    const struct batch_field *field = &batch->field[text];
    uint32_t (*key)[TEXT_KEYS] = batch->text_keys[text].key;
    size_t count = 0;
    for (size_t row = 0; row < batch->table->rows; row++)
        for (int i = 0; i < TEXT_KEYS && key[field->value[row]][i]; i++) count++;
    uint64_t *list = need(malloc((2 * count + 1) * sizeof *list));
    count = 0;
    for (size_t row = 0; row < batch->table->rows; row++)
        for (int i = 0; i < TEXT_KEYS && key[field->value[row]][i]; i++)
            list[count++] = (uint64_t)key[field->value[row]][i] << 32 | row;
    *ret = list;
    return count;
}

static bool are_on_both_sides(const struct batch *batch, const uint64_t *list, size_t count)
{
    size_t first = batch->options.first_rows;
    bool left = false;
    bool right = false;
    for (size_t i = 0; i < count; i++) {
        left |= (uint32_t)list[i] < first;
        right |= (uint32_t)list[i] >= first;
    }
    return !first || (left && right);
}

/* Keeps blocks of two to `largest` rows, which have rows of both files when there are
 * two; tells `keep` of each row. */
static void make_blocks(const struct batch *batch, struct pass *pass, const uint64_t *list, size_t count)
{
    size_t kept = 0;
    pass->order = need(malloc((count + 1) * sizeof *pass->order));
    if (pass->text >= 0) pass->key = need(malloc((count + 1) * sizeof *pass->key));
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && list[end] >> 32 == list[i] >> 32; end++) continue;
        size_t rows = end - i;
        if (rows < 2 || !are_on_both_sides(batch, list + i, rows)) continue;
        if (rows > pass->largest) {
            pass->left_out += rows;
            continue;
        }
        pass->pairs += rows * (rows - 1) / 2;
        for (size_t k = i; k < end; k++) {
            if (pass->key) pass->key[kept] = (uint32_t)(list[k] >> 32);
            pass->order[kept++] = (uint32_t)list[k];
        }
        pass->order[kept - rows] |= (uint32_t)BLOCK_START;
    }
    pass->rows = kept;
    pass->order = need(realloc(pass->order, (kept + 1) * sizeof *pass->order));
}

enum { GROUPS = 8, ROW_BITS = 0x7fffffff };

/* Every eighth pass; which rows have blocks goes into a byte of each row. */
static void sort_group(void *context, int group)
{
    struct batch *batch = context;
    size_t rows = batch->table->rows;
    uint64_t *list = need(malloc((2 * rows + 1) * sizeof *list));
    uint8_t *met = need(calloc(rows + 1, 1));
    for (int number = group; number < batch->passes; number += GROUPS) {
        struct pass *pass = &batch->pass[number];
        if (pass->text >= 0) continue;
        size_t count = list_keys(batch, pass, list);
        sort_by_key(list, list + count, count);
        make_blocks(batch, pass, list, count);
        for (size_t i = 0; i < pass->rows; i++) met[pass->order[i] & ROW_BITS] |= (uint8_t)(1 << (number / GROUPS));
    }
    for (size_t row = 0; row < rows; row++) ((uint8_t *)batch_met(batch, (uint32_t)row))[group] = met[row];
    free(met);
    free(list);
}

/* --- texts ------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Of a text: its rarest words by themselves, and pairs of them. */
static void keys_of_text(const struct batch_field *field, uint32_t value, uint32_t ret[static TEXT_KEYS])
{
    enum { WORDS = 5, ALONE = 3 };
    uint32_t word[WORDS];
    int count = 0;
    for (uint32_t i = field->token_from[value]; i < field->token_from[value + 1]; i++) {
        uint32_t token = field->token[i];
        if (field->token_rows[token] < 2) continue;
        int at = count < WORDS ? count : WORDS - 1;
        if (count == WORDS && field->token_rows[token] >= field->token_rows[word[at]]) continue;
        while (at > 0 && field->token_rows[word[at - 1]] > field->token_rows[token]) {
            word[at] = word[at - 1];
            at--;
        }
        word[at] = token;
        if (count < WORDS) count++;
    }
    int keys = 0;
    for (int i = 0; i < count && i < ALONE; i++) ret[keys++] = 1 + word[i] % 0x7fffffff;
    for (int sum = 1; sum <= 2 * WORDS && keys < TEXT_KEYS; sum++) /* rarer pairs first */
        for (int i = 0; i < count && keys < TEXT_KEYS; i++) {
            int k = sum - i;
            if (k <= i || k >= count) continue;
            uint64_t low = word[i] < word[k] ? word[i] : word[k];
            uint64_t high = word[i] < word[k] ? word[k] : word[i];
            ret[keys++] = (uint32_t)(mix(low + 1, high + 1) >> 32) | 0x80000000u;
        }
    qsort(ret, (size_t)keys, sizeof *ret, ascending);
    int distinct = 0;
    for (int i = 0; i < keys; i++)
        if (!distinct || ret[distinct - 1] != ret[i]) ret[distinct++] = ret[i];
    for (int i = distinct; i < TEXT_KEYS; i++) ret[i] = 0;
}

static void sort_text_pass(struct batch *batch, int number)
{
    struct pass *pass = &batch->pass[number];
    const struct batch_field *field = &batch->field[pass->text];
    struct text_keys *keys = &batch->text_keys[pass->text];
    keys->key = need(calloc(field->values, sizeof *keys->key));
    keys->kept = need(calloc(field->values, sizeof *keys->kept));
    for (uint32_t v = 1; v < field->values; v++) keys_of_text(field, v, keys->key[v]);
    uint64_t *list;
    size_t count = list_text_keys(batch, pass->text, &list);
    sort_by_key(list, list + count, count);
    make_blocks(batch, pass, list, count);
    for (size_t i = 0; i < pass->rows; i++) {
        uint32_t value = field->value[pass->order[i] & ROW_BITS];
        for (int k = 0; k < TEXT_KEYS; k++)
            if (keys->key[value][k] == pass->key[i]) keys->kept[value] |= (uint16_t)(1 << k);
    }
    free(list);
}

/* The first key that two values have in common and that made a block; 0: none. */
static uint32_t common_key(const struct text_keys *keys, uint32_t a, uint32_t b)
{
    for (int i = 0, k = 0; i < TEXT_KEYS && k < TEXT_KEYS && keys->key[a][i] && keys->key[b][k];) {
        uint32_t left = keys->key[a][i];
        uint32_t right = keys->key[b][k];
        if (left == right && keys->kept[a] >> i & 1) return left;
        i += left <= right;
        k += right <= left;
    }
    return 0;
}

void batch_sort_passes(struct batch *batch)
{
    for (int number = 0; number < batch->passes; number++) {
        int bit = GROUPS * (number % GROUPS) + number / GROUPS;
        batch->need_at[bit] = batch->pass[number].need;
        if (number) batch->earlier[number] = batch->earlier[number - 1];
        if (number && batch->pass[number - 1].text < 0)
            batch->earlier[number] |= (uint64_t)1 << (GROUPS * ((number - 1) % GROUPS) + (number - 1) / GROUPS);
    }
    workers_each(batch->options.threads, GROUPS, sort_group, batch);
    for (int number = 0; number < batch->passes; number++)
        if (batch->pass[number].text >= 0) sort_text_pass(batch, number);
}

bool batch_met_before(const struct batch *batch, int number, size_t place, uint32_t a, uint32_t b, uint32_t equal)
{
    const struct pass *pass = &batch->pass[number];
    uint64_t both = *batch_met(batch, a) & *batch_met(batch, b) & batch->earlier[number];
    for (; both; both &= both - 1)
        if (!(batch->need_at[__builtin_ctzll(both)] & ~equal)) return true;
    if (pass->text < 0) return false;
    for (int i = 0; i <= number; i++) {
        int text = batch->pass[i].text;
        if (text < 0) continue;
        const uint32_t *value = batch->field[text].value;
        uint32_t key = common_key(&batch->text_keys[text], value[a], value[b]);
        if (i < number ? key != 0 : key != pass->key[place]) return true;
    }
    return false;
}
