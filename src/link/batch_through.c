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
#include "link/workers.h"

#include <math.h>
#include <stdlib.h>

enum { SHARES = 64 };

/* A pair that is sure by itself needs no other. */
static const float sure_bits = 8;

struct added {
    struct batch_pair *pair;
    size_t count;
    size_t room;
    double probability; /* of the pairs added, and what it grew by of those that were there */
    double grown;
};

/* One that others may speak in. */
struct open_cluster {
    uint32_t *row;  /* its rows in order, of `through->row` */
    uint32_t *pair; /* the numbers of its pairs in order, of `through->pair` */
    uint32_t rows;
    uint32_t pairs;
};

struct through {
    struct batch_result *result;
    const uint32_t *cluster;
    size_t rows;
    uint32_t first_rows;      /* of two files; else 0 */
    uint32_t *number;         /* by cluster: its number in `open` and 1 more; 0: it is not there */
    struct open_cluster *open;
    size_t opens;
    uint32_t *row;
    uint32_t *pair;
    uint32_t *place;          /* of a row among those of its cluster */
    struct added added[SHARES];
};

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

/* --- which clusters --------------------------------------------------------------------------- */

/* Three rows at least, since two have no third to go by, and not all of their pairs sure. */
static void choose(struct through *through)
{
    enum { THREE = 3 };
    struct counted {
        uint32_t rows;
        uint32_t pairs;
        uint32_t sure;
    } *counted = need(calloc(through->rows, sizeof *counted));
    const struct batch_result *result = through->result;
    size_t rows = 0, pairs = 0;
    for (size_t i = 0; i < through->rows; i++) counted[through->cluster[i]].rows++;
    for (size_t i = 0; i < result->count; i++) {
        struct counted *one = &counted[through->cluster[result->pair[i].left]];
        if (through->cluster[result->pair[i].left] != through->cluster[result->pair[i].right]) continue;
        one->pairs++;
        one->sure += result->pair[i].weight >= sure_bits;
    }
    for (size_t i = 0; i < through->rows; i++) {
        const struct counted *one = &counted[i];
        if (one->rows < THREE || one->sure == (size_t)one->rows * (one->rows - 1) / 2) continue;
        through->number[i] = (uint32_t)++through->opens;
        rows += one->rows;
        pairs += one->pairs;
    }
    through->open = need(calloc(through->opens + 1, sizeof *through->open));
    through->row = need(malloc((rows + 1) * sizeof *through->row));
    through->pair = need(malloc((pairs + 1) * sizeof *through->pair));
    rows = pairs = 0;
    for (size_t i = 0; i < through->rows; i++) {
        if (!through->number[i]) continue;
        through->open[through->number[i] - 1] = (struct open_cluster){.row = through->row + rows, .pair = through->pair + pairs};
        rows += counted[i].rows;
        pairs += counted[i].pairs;
    }
    free(counted);
}

static void list_rows_and_pairs(struct through *through)
{
    const struct batch_result *result = through->result;
    for (size_t i = 0; i < through->rows; i++) {
        uint32_t number = through->number[through->cluster[i]];
        if (!number) continue;
        struct open_cluster *open = &through->open[number - 1];
        through->place[i] = open->rows;
        open->row[open->rows++] = (uint32_t)i;
    }
    for (size_t i = 0; i < result->count; i++) {
        uint32_t number = through->number[through->cluster[result->pair[i].left]];
        if (!number || through->cluster[result->pair[i].left] != through->cluster[result->pair[i].right]) continue;
        struct open_cluster *open = &through->open[number - 1];
        open->pair[open->pairs++] = (uint32_t)i;
    }
}

/* --- one cluster ----------------------------------------------------------------------------------- */

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
        tree->heaviest = need(reallocarray(tree->heaviest, tree->pairs_room, sizeof *tree->heaviest));
    }
}

static uint32_t top_of(const struct tree *tree, uint32_t end)
{
    while (tree->towards[end] != end) end = tree->towards[end];
    return end;
}

static void grow(const struct through *through, const struct open_cluster *open, struct tree *tree)
{
    const struct batch_pair *pair = through->result->pair;
    make_room(tree, open->rows, open->pairs);
    for (uint32_t i = 0; i < open->rows; i++) {
        tree->towards[i] = i;
        tree->size[i] = 1;
        tree->tie[i] = -INFINITY;
    }
    memcpy(tree->heaviest, open->pair, open->pairs * sizeof *tree->heaviest);
    batch_heaviest_first(pair, tree->heaviest, open->pairs);
    for (uint32_t i = 0; i < open->pairs; i++) {
        const struct batch_pair *one = &pair[tree->heaviest[i]];
        uint32_t a = top_of(tree, through->place[one->left]), b = top_of(tree, through->place[one->right]);
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

static void add(struct added *added, uint32_t left, uint32_t right, float weight)
{
    if (added->count == added->room) {
        added->room = added->room ? added->room * 2 : 256;
        added->pair = need(reallocarray(added->pair, added->room, sizeof *added->pair));
    }
    added->pair[added->count++] = (struct batch_pair){.left = left, .right = right, .weight = weight};
    added->probability += batch_probability((double)weight);
}

static void lift(struct added *added, struct batch_pair *pair, float weight)
{
    if (pair->weight >= sure_bits || weight <= pair->weight) return;
    added->grown += batch_probability((double)weight) - batch_probability((double)pair->weight);
    pair->weight = weight;
}

static void look_at(struct through *through, const struct open_cluster *open, struct tree *tree, struct added *added)
{
    const uint32_t *row = open->row, *next = open->pair, *end = open->pair + open->pairs;
    grow(through, open, tree);
    for (uint32_t i = 0; i < open->rows; i++)
        for (uint32_t k = i + 1; k < open->rows; k++) {
            struct batch_pair *known = next < end ? &through->result->pair[*next] : NULL;
            if (through->first_rows && (row[i] < through->first_rows) == (row[k] < through->first_rows)) continue;
            float weight = bottleneck(tree, i, k);
            if (!known || known->left != row[i] || known->right != row[k]) {
                add(added, row[i], row[k], weight);
                continue;
            }
            lift(added, known, weight);
            next++;
        }
}

static void look_at_share(void *context, int share)
{
    struct through *through = context;
    struct tree tree = {0};
    size_t to = through->opens * (size_t)(share + 1) / SHARES;
    for (size_t i = through->opens * (size_t)share / SHARES; i < to; i++)
        look_at(through, &through->open[i], &tree, &through->added[share]);
    free(tree.towards);
    free(tree.size);
    free(tree.tie);
    free(tree.heaviest);
}

/* --- all pairs in order -------------------------------------------------------------------------- */

static int by_rows(const void *a, const void *b)
{
    const struct batch_pair *x = a, *y = b;
    if (x->left != y->left) return x->left < y->left ? -1 : 1;
    return (x->right > y->right) - (x->right < y->right);
}

static void merge(struct batch_result *result, const struct batch_pair *added, size_t count)
{
    struct batch_pair *all = batch_memory_grown(result->pair, (result->count + 1) * sizeof *all, (result->count + count + 1) * sizeof *all);
    size_t at = result->count + count, old = result->count;
    if (at > UINT32_MAX) abort(); /* sixty thousand million bytes of pairs */
    for (size_t i = count; i > 0;) {
        bool from_old = old && by_rows(&all[old - 1], &added[i - 1]) > 0;
        all[--at] = from_old ? all[--old] : added[--i];
    }
    result->pair = all;
    result->count += count;
}

static void merge_added(struct through *through)
{
    size_t count = 0;
    for (int share = 0; share < SHARES; share++) count += through->added[share].count;
    struct batch_pair *all = need(malloc((count + 1) * sizeof *all));
    count = 0;
    for (int share = 0; share < SHARES; share++) {
        const struct added *added = &through->added[share];
        if (added->count) memcpy(all + count, added->pair, added->count * sizeof *all);
        count += added->count;
        free(added->pair);
    }
    qsort(all, count, sizeof *all, by_rows);
    merge(through->result, all, count);
    free(all);
}

void batch_judge_through(const struct batch *batch, struct batch_result *result)
{
    size_t rows = batch->table->rows;
    if (result->one_partner[0] || result->one_partner[1]) return;
    struct through through = {.result = result,
                              .cluster = result->cluster,
                              .rows = rows,
                              .first_rows = (uint32_t)batch->options.first_rows,
                              .number = need(calloc(rows + 1, sizeof *through.number)),
                              .place = need(malloc((rows + 1) * sizeof *through.place))};
    choose(&through);
    list_rows_and_pairs(&through);
    workers_each(batch->options.threads, SHARES, look_at_share, &through);
    double more = 0;
    for (int share = 0; share < SHARES; share++) { /* one after another, so that threads do not show */
        result->expected_found += through.added[share].grown;
        more += through.added[share].probability;
    }
    result->expected_all = fmax(result->expected_all, result->expected_found + more);
    merge_added(&through);
    free(through.number);
    free(through.open);
    free(through.row);
    free(through.pair);
    free(through.place);
}
