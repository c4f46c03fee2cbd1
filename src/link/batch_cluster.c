/*
 * Clusters out of weighted pairs: the heaviest first, and two clusters become one
 * only when the evidence between all their members, pairs that were not found
 * included, speaks for it.  Connected components would join on a single bad edge.
 */
#include "link/batch_internal.h"

#include <stdlib.h>

/* Bits for a pair of two clusters' members that no pass found, or that fell below
 * the threshold. */
static const double not_found_bits = -2;

struct clusters {
    uint32_t *parent; /* the smallest row is the root */
    uint32_t *size;
    uint32_t *next; /* ring of members */
    const struct batch_pair *pair;
    size_t *first; /* of a row's pairs in `from` */
    size_t *from;  /* pair numbers by row, both ways */
};

static uint32_t root_of(struct clusters *clusters, uint32_t row)
{
    while (clusters->parent[row] != row) {
        clusters->parent[row] = clusters->parent[clusters->parent[row]];
        row = clusters->parent[row];
    }
    return row;
}

/* The sum of the evidence between two clusters. */
static double evidence(struct clusters *clusters, uint32_t a, uint32_t b)
{
    if (clusters->size[a] > clusters->size[b]) {
        uint32_t swap = a;
        a = b;
        b = swap;
    }
    double sum = 0;
    size_t found = 0;
    uint32_t row = a;
    do {
        for (size_t i = clusters->first[row]; i < clusters->first[row + 1]; i++) {
            const struct batch_pair *pair = &clusters->pair[clusters->from[i]];
            uint32_t other = pair->left == row ? pair->right : pair->left;
            if (root_of(clusters, other) != b) continue;
            sum += pair->weight;
            found++;
        }
        row = clusters->next[row];
    } while (row != a);
    size_t all = (size_t)clusters->size[a] * clusters->size[b];
    return sum + not_found_bits * (double)(all - found);
}

static void join(struct clusters *clusters, uint32_t a, uint32_t b)
{
    uint32_t root = a < b ? a : b;
    uint32_t other = a < b ? b : a;
    clusters->parent[other] = root;
    clusters->size[root] += clusters->size[other];
    uint32_t next = clusters->next[root];
    clusters->next[root] = clusters->next[other];
    clusters->next[other] = next;
}

static int heaviest_first(const void *a, const void *b, void *context)
{
    const struct batch_pair *sorting = context;
    size_t left = *(const size_t *)a;
    size_t right = *(const size_t *)b;
    if (sorting[left].weight != sorting[right].weight)
        return sorting[left].weight < sorting[right].weight ? 1 : -1;
    return (left > right) - (left < right);
}

static void list_pairs(struct clusters *clusters, size_t count, size_t rows)
{
    for (size_t i = 0; i < count; i++) {
        clusters->first[clusters->pair[i].left + 1]++;
        clusters->first[clusters->pair[i].right + 1]++;
    }
    for (size_t i = 0; i < rows; i++) clusters->first[i + 1] += clusters->first[i];
    size_t *at = malloc((rows + 1) * sizeof *at);
    if (!at) abort();
    memcpy(at, clusters->first, (rows + 1) * sizeof *at);
    for (size_t i = 0; i < count; i++) {
        clusters->from[at[clusters->pair[i].left]++] = i;
        clusters->from[at[clusters->pair[i].right]++] = i;
    }
    free(at);
}

void batch_cluster(const struct batch_pair *pairs, size_t count, size_t rows, double weight,
                   uint32_t *ret_cluster)
{
    struct clusters clusters = {.parent = malloc((rows + 1) * sizeof(uint32_t)),
                                .size = malloc((rows + 1) * sizeof(uint32_t)),
                                .next = malloc((rows + 1) * sizeof(uint32_t)),
                                .first = calloc(rows + 2, sizeof(size_t)),
                                .from = malloc((2 * count + 1) * sizeof(size_t)),
                                .pair = pairs};
    size_t *order = malloc((count + 1) * sizeof *order);
    if (!clusters.parent || !clusters.size || !clusters.next || !clusters.first || !clusters.from || !order)
        abort();
    for (size_t i = 0; i < rows; i++) {
        clusters.parent[i] = clusters.next[i] = (uint32_t)i;
        clusters.size[i] = 1;
    }
    list_pairs(&clusters, count, rows);
    size_t strong = 0;
    for (size_t i = 0; i < count; i++)
        if (pairs[i].weight >= weight) order[strong++] = i;
    if (strong) qsort_r(order, strong, sizeof *order, heaviest_first, (void *)(uintptr_t)pairs);
    for (size_t i = 0; i < strong; i++) {
        uint32_t a = root_of(&clusters, pairs[order[i]].left);
        uint32_t b = root_of(&clusters, pairs[order[i]].right);
        if (a != b && evidence(&clusters, a, b) > 0) join(&clusters, a, b);
    }
    for (size_t i = 0; i < rows; i++) ret_cluster[i] = root_of(&clusters, (uint32_t)i);
    free(clusters.parent);
    free(clusters.size);
    free(clusters.next);
    free(clusters.first);
    free(clusters.from);
    free(order);
}
