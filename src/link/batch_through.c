/*
 * Two records of one cluster are the same as surely as the pairs that lead from one to the other.
 *
 * Each pair alone is judged by what its two records say, and records of one person may share
 * little: the maiden name on one, the married name on another, both on a third.  What joins all
 * three to one cluster speaks for the pair as well.  So a pair weighs at least what the weakest
 * pair on the best way between its records weighs (the bottleneck of a heaviest spanning tree,
 * Hu 1961); one that was never met, or was left out for weighing too little, is written too.
 * Evidence against the pair has been heard: two clusters join only when everything between them
 * speaks for it (batch_cluster).  That bounds what is added, since each pair that was not found
 * costs bits there.
 *
 * Where a record has one partner at most there is no way by a third, and nothing is done.
 */
#include "link/batch_internal.h"

#include "link/need.h"

#include <math.h>
#include <stdlib.h>

/* A pair that is sure by itself needs no other. */
static const float sure_bits = 8;

/* The records of a cluster as a tree: an end is tied to another by the pair that joined their
 * parts, so that ties weigh less towards the root. */
struct tree {
    uint32_t *towards;
    uint32_t *size;
    float *tie;
    uint32_t *heaviest; /* pairs, the heaviest first */
    size_t room;
    size_t pairs_room;
};

struct through {
    size_t first_rows; /* of two files; else 0 */
    struct tree tree;
    struct batch_pair *added;
    size_t count;
    size_t room;
    double probability; /* of the pairs added, and what it grew by of those that were there */
    double grown;
};

/* --- one cluster ------------------------------------------------------------------------------ */

static void make_room(struct tree *tree, size_t rows, size_t pairs)
{
    if (rows > tree->room) {
        tree->room = rows * 2;
        tree->towards = need(reallocarray(tree->towards, tree->room, sizeof *tree->towards));
        tree->size = need(reallocarray(tree->size, tree->room, sizeof *tree->size));
        tree->tie = need(reallocarray(tree->tie, tree->room, sizeof *tree->tie));
    }
    if (pairs > tree->pairs_room) {
        tree->pairs_room = pairs * 2;
        tree->heaviest =
            need(reallocarray(tree->heaviest, tree->pairs_room, sizeof *tree->heaviest));
    }
}

static uint32_t top_of(const struct tree *tree, uint32_t end)
{
    while (tree->towards[end] != end) end = tree->towards[end];
    return end;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Where a row stands among those of the cluster. */
static uint32_t place_of(const uint32_t *row, uint32_t rows, uint32_t wanted)
{
    uint32_t from = 0;
    while (rows > 1) {
        uint32_t half = rows / 2;
        if (row[from + half] <= wanted) from += half;
        rows -= half;
    }
    return from;
}

static void grow(struct tree *tree, const struct batch_pair *pair, const uint32_t *row,
                 uint32_t rows, const uint32_t *number, size_t count)
{
    make_room(tree, rows, count);
    for (uint32_t i = 0; i < rows; i++) {
        tree->towards[i] = i;
        tree->size[i] = 1;
        tree->tie[i] = -INFINITY;
    }
    memcpy(tree->heaviest, number, count * sizeof *tree->heaviest);
    batch_heaviest_first(pair, tree->heaviest, count);
    for (size_t i = 0; i < count; i++) {
        const struct batch_pair *one = &pair[tree->heaviest[i]];
        uint32_t a = top_of(tree, place_of(row, rows, one->left)),
                 b = top_of(tree, place_of(row, rows, one->right));
        if (a == b) continue;
        uint32_t kept = tree->size[a] >= tree->size[b] ? a : b, tied = kept == a ? b : a;
        tree->towards[tied] = kept;
        tree->tie[tied] = one->weight;
        tree->size[kept] += tree->size[tied];
    }
}

/* The weakest tie between two ends. */
static float bottleneck(const struct tree *tree, uint32_t a, uint32_t b)
{
    float least = INFINITY;
    while (a != b) {
        uint32_t *lower = tree->tie[a] >= tree->tie[b] ? &a : &b;
        least = fminf(least, tree->tie[*lower]);
        *lower = tree->towards[*lower];
    }
    return least;
}

static void add(struct through *through, uint32_t left, uint32_t right, float weight)
{
    if (through->count == through->room) {
        through->room = through->room ? through->room * 2 : 256;
        through->added = need(reallocarray(through->added, through->room, sizeof *through->added));
    }
    through->added[through->count++] =
        (struct batch_pair){.left = left, .right = right, .weight = weight};
    through->probability += batch_probability((double)weight);
}

static void lift(struct through *through, struct batch_pair *pair, float weight)
{
    if (pair->weight >= sure_bits || weight <= pair->weight) return;
    through->grown += batch_probability((double)weight) - batch_probability((double)pair->weight);
    pair->weight = weight;
}

/* Two rows have no third to go by; and of some all pairs are there and sure. */
static bool has_no_need(const struct batch_pair *pair, uint32_t rows, const uint32_t *number,
                        size_t count)
{
    if (rows < 3) return true;
    if (count != (size_t)rows * (rows - 1) / 2) return false;
    for (size_t i = 0; i < count; i++)
        if (pair[number[i]].weight < sure_bits) return false;
    return true;
}

void batch_through_cluster(struct through *through, struct batch_pair *pair, uint32_t *row,
                           uint32_t rows, const uint32_t *number, size_t count)
{
    if (has_no_need(pair, rows, number, count)) return;
    qsort(row, rows, sizeof *row, by_number);
    grow(&through->tree, pair, row, rows, number, count);
    const uint32_t *next = number, *end = number + count;
    for (uint32_t i = 0; i < rows; i++)
        for (uint32_t k = i + 1; k < rows; k++) {
            struct batch_pair *known = next < end ? &pair[*next] : NULL;
            if (through->first_rows &&
                (row[i] < through->first_rows) == (row[k] < through->first_rows))
                continue;
            float weight = bottleneck(&through->tree, i, k);
            if (!known || known->left != row[i] || known->right != row[k]) {
                add(through, row[i], row[k], weight);
                continue;
            }
            lift(through, known, weight);
            next++;
        }
}

/* --- all pairs in order ----------------------------------------------------------------------- */

int batch_by_rows(const void *a, const void *b)
{
    const struct batch_pair *x = a, *y = b;
    if (x->left != y->left) return x->left < y->left ? -1 : 1;
    return (x->right > y->right) - (x->right < y->right);
}

static void merge(struct batch_result *result, const struct batch_pair *added, size_t count)
{
    struct batch_pair *all = batch_memory_grown(result->pair, (result->count + 1) * sizeof *all,
                                                (result->count + count + 1) * sizeof *all);
    size_t at = result->count + count, old = result->count;
    if (at > UINT32_MAX) abort(); /* sixty thousand million bytes of pairs */
    for (size_t i = count; i > 0;) {
        bool from_old = old && batch_by_rows(&all[old - 1], &added[i - 1]) > 0;
        all[--at] = from_old ? all[--old] : added[--i];
    }
    result->pair = all;
    result->count += count;
}

struct through *batch_through_begin(const struct batch *batch, const struct batch_result *result)
{
    if (result->one_partner[0] || result->one_partner[1]) return NULL;
    struct through *through = need(calloc(BATCH_CLUSTER_SHARES, sizeof *through));
    for (int share = 0; share < BATCH_CLUSTER_SHARES; share++)
        through[share].first_rows = batch->options.first_rows;
    return through;
}

struct through *batch_through_share(struct through *through, int share)
{
    return through ? &through[share] : NULL;
}

void batch_through_end(struct through *through, struct batch_result *result)
{
    size_t count = 0;
    double more = 0;
    if (!through) return;
    /* one after another, so that threads do not show */
    for (int share = 0; share < BATCH_CLUSTER_SHARES; share++) {
        count += through[share].count;
        more += through[share].probability;
        result->expected_found += through[share].grown;
    }
    result->expected_all = fmax(result->expected_all, result->expected_found + more);
    struct batch_pair *all = need(malloc((count + 1) * sizeof *all));
    count = 0;
    for (int share = 0; share < BATCH_CLUSTER_SHARES; share++) {
        struct through *one = &through[share];
        if (one->count) memcpy(all + count, one->added, one->count * sizeof *all);
        count += one->count;
        free(one->added);
        free(one->tree.towards);
        free(one->tree.size);
        free(one->tree.tie);
        free(one->tree.heaviest);
    }
    free(through);
    qsort(all, count, sizeof *all, batch_by_rows);
    merge(result, all, count);
    free(all);
}
