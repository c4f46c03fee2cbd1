/*
 * Rows that are likely one, side by side: groups of at most a few rows that share keys
 * which few have.  Their lines are neighbours in memory, their pairs are compared first
 * and by themselves, and a block of a pass that has rows of one group alone is not
 * looked at again.  Which pairs are compared does not depend on groups: within one, only
 * those that share a key of some pass.
 */
#include "link/batch_internal.h"

#include "link/need.h"
#include "link/workers.h"

#include <stdlib.h>

enum { JOINING_MOST = 6, ROW_BITS = 0x7fffffff };

/* Pairs for each row of the blocks: what has more does not join rows. */
static const double densest = 2.0;

static double density(const struct pass *pass)
{
    return (double)pass->pairs / (double)(pass->rows ? pass->rows : 1);
}

/* The passes with the smallest blocks, the smallest first. */
static int choose_joining(const struct batch *batch, int ret[static JOINING_MOST])
{
    int count = 0;
    for (int p = 0; p < batch->passes; p++) {
        const struct pass *pass = &batch->pass[p];
        if (pass->text >= 0 || pass->rows < batch->table->rows / 50 || density(pass) > densest)
            continue;
        int at = count < JOINING_MOST ? count : JOINING_MOST;
        while (at > 0 && density(&batch->pass[ret[at - 1]]) > density(pass)) {
            if (at < JOINING_MOST) ret[at] = ret[at - 1];
            at--;
        }
        if (at == JOINING_MOST) continue;
        ret[at] = p;
        if (count < JOINING_MOST) count++;
    }
    return count;
}

static void join_blocks(const struct pass *pass, uint32_t *towards, uint8_t *size)
{
    uint32_t root = 0;
    for (size_t i = 0; i < pass->rows; i++) {
        uint32_t row = root_of(towards, pass->order[i] & ROW_BITS);
        if (pass->order[i] & (uint32_t)BLOCK_START || row == root) {
            root = row;
            continue;
        }
        if (size[root] + size[row] > GROUP_MOST) continue;
        uint32_t low = row < root ? row : root;
        uint32_t high = row < root ? root : row;
        towards[high] = low;
        size[low] = (uint8_t)(size[low] + size[high]);
        root = low;
    }
}

/* Lines in order of their groups' first rows, and in a group by row. */
static void number_lines(struct batch *batch, uint32_t *towards)
{
    size_t rows = batch->table->rows;
    uint32_t *next = batch_memory((rows + 1) * sizeof *next);
    memset(next, 0, (rows + 1) * sizeof *next);
    for (size_t row = 0; row < rows; row++) {
        towards[row] = towards[towards[row]]; /* roots come first */
        next[towards[row]]++;
    }
    for (size_t row = 0, sum = 0; row < rows; row++) {
        uint32_t here = next[row];
        next[row] = (uint32_t)sum;
        sum += here;
    }
    for (size_t row = 0; row < rows; row++) {
        uint32_t line = next[towards[row]]++;
        batch->line_of[row] = line;
        batch->row_of[line] = (uint32_t)row;
        batch->group[line] = towards[row];
    }
    batch_memory_free(next);
}

static void renumber_pass(void *context, int number)
{
    struct batch *batch = context;
    struct pass *pass = &batch->pass[number];
    for (size_t i = 0; i < pass->rows; i++) {
        uint32_t start = pass->order[i] & (uint32_t)BLOCK_START;
        pass->order[i] = batch->line_of[pass->order[i] & ROW_BITS] | start;
    }
}

void batch_group_rows(struct batch *batch)
{
    size_t rows = batch->table->rows;
    batch->line_of = batch_memory((rows + 1) * sizeof *batch->line_of);
    batch->row_of = batch_memory((rows + 1) * sizeof *batch->row_of);
    batch->group = batch_memory((rows + 1) * sizeof *batch->group);
    uint32_t *towards = batch_memory((rows + 1) * sizeof *towards);
    uint8_t *size = need(malloc(rows + 1));
    for (size_t row = 0; row < rows; row++) towards[row] = (uint32_t)row;
    memset(size, 1, rows);
    int joining[JOINING_MOST];
    int count = choose_joining(batch, joining);
    for (int i = 0; i < count; i++) join_blocks(&batch->pass[joining[i]], towards, size);
    free(size);
    number_lines(batch, towards);
    batch_memory_free(towards);
}

void batch_renumber_passes(struct batch *batch)
{
    workers_each(batch->options.threads, batch->passes, renumber_pass, batch);
}

/* --- once all is learnt ------------------------------------------------------------------ */

static void drop_known_blocks(void *context, int number)
{
    struct batch *batch = context;
    struct pass *pass = &batch->pass[number];
    size_t kept = 0;
    if (pass->text >= 0 || pass->barren) return; /* keys of words stand beside them */
    for (size_t i = 0, end; i < pass->rows; i = end) {
        uint32_t group = batch->group[pass->order[i] & ROW_BITS];
        bool one = true;
        for (end = i + 1; end < pass->rows && !(pass->order[end] & (uint32_t)BLOCK_START); end++)
            one &= batch->group[pass->order[end]] == group;
        if (one) continue;
        memmove(pass->order + kept, pass->order + i, (end - i) * sizeof *pass->order);
        kept += end - i;
    }
    pass->rows = kept;
}

void batch_drop_known_blocks(struct batch *batch)
{
    workers_each(batch->options.threads, batch->passes, drop_known_blocks, batch);
}
