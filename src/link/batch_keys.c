/*
 * Blocks: the rows of each pass by their keys, and which block each row is in.
 *
 * A block with too many rows is left to the passes that ask for one part more, so that
 * no common value is dropped; how many rows were left out is reported.  But rows that are
 * nearly the same all over stay one block.
 */
#include "link/batch_internal.h"

#include "link/batch_sort.h"
#include "link/need.h"
#include "link/workers.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t hash = (a ^ b * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 31;
}

/* What a thread works with. */
struct desk {
    struct batch_sorter sorter;
    size_t room;
    uint32_t *order; /* rows of blocks, and beside them their keys */
    uint32_t *key;
};

static void desk_done(struct desk *desk)
{
    batch_sorter_done(&desk->sorter);
    batch_memory_free(desk->order);
    batch_memory_free(desk->key);
}

static void make_room(struct desk *desk, size_t count)
{
    if (count <= desk->room) return;
    desk_done(desk);
    batch_sorter_room(&desk->sorter, count);
    desk->room = count;
    desk->order = batch_memory((count + 1) * sizeof *desk->order);
    desk->key = batch_memory((count + 1) * sizeof *desk->key);
}

enum { ROW_BITS = 0x7fffffff };

/* --- blocks ----------------------------------------------------------------------------------- */

static size_t list_keys(const struct batch *batch, const struct pass *pass, uint64_t *list)
{
    size_t rows = batch->table->rows;
    size_t count = 0;
    const struct part *part[PASS_PARTS] = {NULL};
    for (int i = 0; i < pass->parts; i++) part[i] = &batch->part[pass->part[i]];
    for (size_t row = 0; row < rows; row++) {
        uint64_t hash = 0;
        bool whole = true;
        for (int i = 0; i < pass->parts; i++) {
            uint32_t key = batch_part_of(batch, part[i], row);
            whole &= key != 0;
            hash = mix(hash, key);
        }
        list[count] = hash >> 32 << 32 | row;
        count += whole;
    }
    return count;
}

static bool are_on_both_sides(const struct batch *batch, const uint64_t *list, size_t count)
{
    size_t first = batch->options.first_rows;
    bool left = false;
    bool right = false;
    for (size_t i = 0; first && i < count; i++) {
        left |= (uint32_t)list[i] < first;
        right |= (uint32_t)list[i] >= first;
    }
    return !first || (left && right);
}

static void leave_apart(struct pass *pass, const uint64_t *list, size_t count, size_t rows)
{
    enum { WORD = 64 };
    if (pass->text >= 0) return;
    if (!pass->apart) {
        pass->apart = batch_memory((rows / WORD + 1) * sizeof *pass->apart);
        memset(pass->apart, 0, (rows / WORD + 1) * sizeof *pass->apart);
    }
    for (size_t i = 0; i < count; i++)
        pass->apart[(uint32_t)list[i] / WORD] |= (uint64_t)1 << (uint32_t)list[i] % WORD;
}

/* Is a block that is too large one of rows that are nearly the same, as when somebody stands in
 * the table that often?  No pass can tell such rows apart.  Looks at some pairs, at the columns
 * that the key does not ask for; a value counts by how rarely two rows share one. */
static bool is_crowd(const struct batch *batch, const struct pass *pass, const uint64_t *list,
                     size_t count)
{
    enum { LOOKS = 16 };
    const double alike = 0.6;
    double equal = 0;
    double known = 0;
    for (size_t look = 0; look < LOOKS; look++) {
        size_t place = look * count / LOOKS;
        uint32_t a = (uint32_t)list[place];
        uint32_t b = (uint32_t)list[(place + count / 2) % count];
        for (int c = 0; c < batch->model->count; c++) {
            uint32_t left = batch->field[c].value[a];
            uint32_t right = batch->field[c].value[b];
            if (pass->held >> c & 1 || !left || !right) continue;
            double bits = -log2(batch->part[c].share + 1e-12);
            known += bits;
            equal += left == right ? bits : 0;
        }
    }
    return equal >= alike * known;
}

/* May a block be kept?  One too large only if it is a crowd, and while a pass has room for such. */
static bool is_kept(const struct batch *batch, struct pass *pass, const uint64_t *list,
                    size_t count)
{
    const size_t pairs_most = (size_t)4 << 20;
    if (count <= pass->largest) return true;
    if (pass->text >= 0 || !is_crowd(batch, pass, list, count)) return false;
    size_t pairs = count * (count - 1) / 2;
    if (count <= BATCH_CROWD_MOST && pass->crowd_pairs + pairs <= pairs_most) {
        pass->crowd_pairs += pairs;
        return true;
    }
    pass->crowded_out += count;
    return false;
}

/* Keeps blocks of two to `largest` rows, and crowds, which have rows of both files when there
 * are two. */
static void make_blocks(const struct batch *batch, struct pass *pass, struct desk *desk,
                        size_t count)
{
    const uint64_t *list = desk->sorter.list;
    size_t kept = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && list[end] >> 32 == list[i] >> 32; end++) continue;
        size_t rows = end - i;
        if (rows < 2 || !are_on_both_sides(batch, list + i, rows)) continue;
        if (!is_kept(batch, pass, list + i, rows)) {
            pass->left_out += rows;
            leave_apart(pass, list + i, rows, batch->table->rows);
            continue;
        }
        pass->pairs += rows * (rows - 1) / 2;
        for (size_t k = i; k < end; k++) {
            if (pass->text >= 0) desk->key[kept] = (uint32_t)(list[k] >> 32);
            desk->order[kept++] = (uint32_t)list[k];
        }
        desk->order[kept - rows] |= (uint32_t)BLOCK_START;
    }
    pass->rows = kept;
    pass->order = batch_memory((kept + 1) * sizeof *pass->order);
    /* else there may be nothing to copy from */
    if (kept) memcpy(pass->order, desk->order, kept * sizeof *pass->order);
    if (pass->text < 0) return;
    pass->key = batch_memory((kept + 1) * sizeof *pass->key);
    if (kept) memcpy(pass->key, desk->key, kept * sizeof *pass->key);
}

/* --- texts ------------------------------------------------------------------------------------ */

static int ascending(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Of a text: its rarest words by themselves, and pairs of them. */
static void keys_of_text(const struct batch_field *field, uint32_t value,
                         uint32_t ret[static TEXT_KEYS])
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

/* Entries of a text pass: each row under each of its keys. */
static size_t list_text_keys(const struct batch *batch, int text, struct desk *desk)
{
    const struct batch_field *field = &batch->field[text];
    uint32_t (*key)[TEXT_KEYS] = batch->text_keys[text].key;
    size_t count = 0;
    for (size_t row = 0; row < batch->table->rows; row++)
        for (int i = 0; i < TEXT_KEYS && key[field->value[row]][i]; i++) count++;
    make_room(desk, count);
    count = 0;
    for (size_t row = 0; row < batch->table->rows; row++)
        for (int i = 0; i < TEXT_KEYS && key[field->value[row]][i]; i++)
            desk->sorter.list[count++] = (uint64_t)key[field->value[row]][i] << 32 | row;
    return count;
}

static void sort_text_pass(struct batch *batch, struct pass *pass, struct desk *desk)
{
    const struct batch_field *field = &batch->field[pass->text];
    struct text_keys *keys = &batch->text_keys[pass->text];
    keys->key = need(calloc(field->values, sizeof *keys->key));
    keys->kept = need(calloc(field->values, sizeof *keys->kept));
    for (uint32_t v = 1; v < field->values; v++) keys_of_text(field, v, keys->key[v]);
    size_t count = list_text_keys(batch, pass->text, desk);
    batch_sort(&desk->sorter, count);
    make_blocks(batch, pass, desk, count);
    for (size_t i = 0; i < pass->rows; i++) {
        uint32_t value = field->value[pass->order[i] & ROW_BITS];
        for (int k = 0; k < TEXT_KEYS; k++)
            if (keys->key[value][k] == pass->key[i]) keys->kept[value] |= (uint16_t)(1 << k);
    }
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

bool batch_met_in_texts(const struct batch *batch, int number, size_t place, uint32_t a, uint32_t b)
{
    const uint32_t *left = batch_line(batch, a);
    const uint32_t *right = batch_line(batch, b);
    for (int i = 0; i <= number; i++) {
        int text = batch->pass[i].text;
        if (text < 0 || batch->pass[i].barren) continue;
        uint32_t key = common_key(&batch->text_keys[text], left[text], right[text]);
        if (i < number ? key != 0 : key != batch->pass[i].key[place]) return true;
    }
    return false;
}

/* --- all -------------------------------------------------------------------------------------- */

struct sorting {
    struct batch *batch;
    atomic_int next;
};

static void sort_passes(void *context, int worker)
{
    struct sorting *sorting = context;
    struct batch *batch = sorting->batch;
    struct desk *desk = need(calloc(1, sizeof *desk));
    (void)worker;
    for (;;) {
        int number = atomic_fetch_add(&sorting->next, 1);
        if (number >= batch->passes) break;
        struct pass *pass = &batch->pass[number];
        if (pass->text >= 0) {
            sort_text_pass(batch, pass, desk);
            continue;
        }
        make_room(desk, batch->table->rows);
        size_t count = list_keys(batch, pass, desk->sorter.list);
        batch_sort(&desk->sorter, count);
        make_blocks(batch, pass, desk, count);
    }
    desk_done(desk);
    free(desk);
}

/* What two rows must have in common to be in one block: values, which have lanes, or parts
 * of them, which are given lanes here. */
static void place_passes(struct batch *batch)
{
    batch->lanes = batch->model->count + 1; /* the group comes first */
    batch->used_passes = 0;
    for (int number = 0; number < batch->passes; number++) {
        struct pass *pass = &batch->pass[number];
        if (pass->text >= 0) continue;
        batch->used_passes |= (uint64_t)1 << number;
        for (int i = 0; i < pass->parts; i++) {
            struct part *part = &batch->part[pass->part[i]];
            if (part->kind != PART_EXACT && part->lane < 0) part->lane = batch->lanes++;
            batch->pass_lanes[number] |=
                (uint64_t)1 << (part->kind == PART_EXACT ? part->comparison : part->lane);
        }
    }
}

void batch_sort_passes(struct batch *batch)
{
    struct sorting sorting = {.batch = batch};
    place_passes(batch);
    workers_run(batch->options.threads < batch->passes ? batch->options.threads : batch->passes,
                sort_passes, &sorting);
}
