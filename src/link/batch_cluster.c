/*
 * Clusters out of weighted pairs: the heaviest first, and two clusters become one
 * only when the evidence between all their members, pairs that were not found
 * included, speaks for it.  Connected components would join on a single bad edge.
 *
 * What strong pairs connect at all is found first; each such group is then solved by
 * itself, in memory that fits a cache, and groups on whichever thread is free.
 */
#include "link/batch_internal.h"

#include "link/need.h"
#include "link/workers.h"

#include <stdlib.h>

/* Bits for a pair of two clusters' members that no pass found, or that fell below
 * the threshold. */
static const double not_found_bits = -2;

#define NOBODY UINT32_MAX /* more than an enumerator may be */
enum { DENSE = 192 };

struct clusters {
    struct batch_pair *pair;
    size_t rows;
    float weight;     /* from here on a pair may join */
    uint32_t *cluster; /* by row: towards the smallest row of its group, then of its cluster */
    uint32_t *first;  /* of a root's pairs in `from`, by row */
    uint32_t *from;   /* pairs within a group, group by group */
    uint32_t *place;  /* of a row among the members of its group */
    struct through *through;
};

/* One group under way. */
struct group {
    uint32_t *member; /* rows */
    uint32_t *root;   /* by member: a member that stands for its cluster */
    uint32_t *next;   /* ring of members */
    uint32_t *size;
    uint32_t members;
    uint32_t *strong; /* pairs that may join, the heaviest first */
    size_t strongs;
    uint32_t *first;    /* by member: its pairs in `touching`; of large groups alone */
    uint32_t *touching;
    uint32_t *end;      /* by root, and 1 more: of its cluster's pairs in `inside` */
    uint32_t *inside;   /* pairs within a cluster, cluster by cluster */
    double *between; /* members * members: evidence between clusters, by their roots */
    size_t room;
    size_t strong_room;
    size_t between_room;
};

/* --- what is connected ----------------------------------------------------------------- */

static void connect_rows(struct clusters *clusters, size_t count)
{
    uint32_t *cluster = clusters->cluster;
    for (size_t i = 0; i < clusters->rows; i++) cluster[i] = (uint32_t)i;
    for (size_t i = 0; i < count; i++) {
        if (clusters->pair[i].weight < clusters->weight) continue;
        uint32_t a = root_of(cluster, clusters->pair[i].left);
        uint32_t b = root_of(cluster, clusters->pair[i].right);
        if (a < b) cluster[b] = a;
        if (b < a) cluster[a] = b;
    }
    /* roots come first */
    for (size_t i = 0; i < clusters->rows; i++) cluster[i] = cluster[cluster[i]];
}

/* Pairs within a group, group by group, in their order. */
static void list_pairs(struct clusters *clusters, size_t count)
{
    const uint32_t *cluster = clusters->cluster;
    for (size_t i = 0; i < count; i++) {
        uint32_t root = cluster[clusters->pair[i].left];
        if (root == cluster[clusters->pair[i].right]) clusters->first[root + 2]++;
    }
    for (size_t i = 0; i < clusters->rows; i++) clusters->first[i + 2] += clusters->first[i + 1];
    clusters->from =
        batch_memory(((size_t)clusters->first[clusters->rows + 1] + 1) * sizeof *clusters->from);
    for (size_t i = 0; i < count; i++) {
        uint32_t root = cluster[clusters->pair[i].left];
        if (root == cluster[clusters->pair[i].right])
            clusters->from[clusters->first[root + 1]++] = (uint32_t)i;
    }
}

/* --- one group --------------------------------------------------------------------------- */

static void make_room(struct group *group, size_t members, size_t strongs)
{
    if (members > group->room) {
        group->room = members * 2;
        group->member = need(reallocarray(group->member, group->room, sizeof *group->member));
        group->root = need(reallocarray(group->root, group->room, sizeof *group->root));
        group->next = need(reallocarray(group->next, group->room, sizeof *group->next));
        group->size = need(reallocarray(group->size, group->room, sizeof *group->size));
        group->end = need(reallocarray(group->end, group->room, sizeof *group->end));
    }
    if (strongs > group->strong_room) {
        group->strong_room = strongs * 2;
        group->strong =
            need(reallocarray(group->strong, group->strong_room, sizeof *group->strong));
        group->inside =
            need(reallocarray(group->inside, group->strong_room, sizeof *group->inside));
    }
}

static int heaviest_first(const void *a, const void *b, void *context)
{
    const struct batch_pair *pair = context;
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    if (pair[left].weight != pair[right].weight)
        return pair[left].weight < pair[right].weight ? 1 : -1;
    return (left > right) - (left < right);
}

void batch_heaviest_first(const struct batch_pair *pair, uint32_t *number, size_t count)
{
    enum { FEW = 64 };
    if (count > FEW) {
        qsort_r(number, count, sizeof *number, heaviest_first, (void *)(uintptr_t)pair);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        uint32_t one = number[i];
        size_t k = i;
        for (; k > 0 && pair[number[k - 1]].weight < pair[one].weight; k--)
            number[k] = number[k - 1];
        number[k] = one;
    }
}

static void join(struct group *group, uint32_t a, uint32_t b)
{
    uint32_t kept = group->size[a] >= group->size[b] ? a : b;
    uint32_t lost = kept == a ? b : a;
    uint32_t one = lost;
    do {
        group->root[one] = kept;
        one = group->next[one];
    } while (one != lost);
    uint32_t next = group->next[kept];
    group->next[kept] = group->next[lost];
    group->next[lost] = next;
    group->size[kept] += group->size[lost];
    if (!group->between) return;
    double *here = group->between + (size_t)kept * group->members;
    const double *there = group->between + (size_t)lost * group->members;
    for (uint32_t i = 0; i < group->members; i++) {
        here[i] += there[i];
        group->between[(size_t)i * group->members + kept] = here[i];
    }
}

/* All evidence between any two members, as long as they are not too many for it. */
static void fill_between(const struct clusters *clusters, struct group *group, size_t from,
                         size_t to)
{
    size_t members = group->members;
    if (members * members > group->between_room) {
        group->between_room = members * members * 2;
        group->between =
            need(reallocarray(group->between, group->between_room, sizeof *group->between));
    }
    for (size_t i = 0; i < members * members; i++) group->between[i] = not_found_bits;
    for (size_t i = from; i < to; i++) {
        const struct batch_pair *pair = &clusters->pair[clusters->from[i]];
        size_t a = clusters->place[pair->left];
        size_t b = clusters->place[pair->right];
        group->between[a * members + b] = group->between[b * members + a] = (double)pair->weight;
    }
}

/* Which pairs each member has: for a group with very many members, which is rare. */
static void list_touching(const struct clusters *clusters, struct group *group, size_t from,
                          size_t to)
{
    group->first = need(calloc((size_t)group->members + 2, sizeof *group->first));
    group->touching = need(malloc((2 * (to - from) + 1) * sizeof *group->touching));
    for (int round = 0; round < 2; round++) {
        for (size_t i = from; i < to; i++) {
            const struct batch_pair *pair = &clusters->pair[clusters->from[i]];
            const uint32_t place[2] = {clusters->place[pair->left], clusters->place[pair->right]};
            for (int side = 0; side < 2; side++) {
                if (round == 0)
                    group->first[place[side] + 2]++;
                else
                    group->touching[group->first[place[side] + 1]++] = clusters->from[i];
            }
        }
        for (size_t i = 1; round == 0 && i <= group->members; i++)
            group->first[i + 1] += group->first[i];
    }
}

static double evidence(const struct clusters *clusters, const struct group *group, uint32_t a,
                       uint32_t b)
{
    if (group->size[a] > group->size[b]) {
        uint32_t swap = a;
        a = b;
        b = swap;
    }
    double sum = 0;
    size_t found = 0;
    uint32_t one = a;
    do {
        for (size_t i = group->first[one]; i < group->first[one + 1]; i++) {
            const struct batch_pair *pair = &clusters->pair[group->touching[i]];
            uint32_t left = clusters->place[pair->left];
            uint32_t other = left == one ? clusters->place[pair->right] : left;
            if (group->root[other] != b) continue;
            sum += (double)pair->weight;
            found++;
        }
        one = group->next[one];
    } while (one != a);
    return sum + not_found_bits * (double)((size_t)group->size[a] * group->size[b] - found);
}

static void merge(const struct clusters *clusters, struct group *group, size_t from, size_t to)
{
    bool dense = group->members <= DENSE;
    double *kept = group->between;
    batch_heaviest_first(clusters->pair, group->strong, group->strongs);
    if (dense) {
        fill_between(clusters, group, from, to);
    } else {
        group->between = NULL;
        list_touching(clusters, group, from, to);
    }
    for (size_t i = 0; i < group->strongs; i++) {
        const struct batch_pair *pair = &clusters->pair[group->strong[i]];
        uint32_t a = group->root[clusters->place[pair->left]];
        uint32_t b = group->root[clusters->place[pair->right]];
        if (a == b) continue;
        double bits = dense ? group->between[(size_t)a * group->members + b]
                            : evidence(clusters, group, a, b);
        if (bits > 0) join(group, a, b);
    }
    if (dense) return;
    group->between = kept;
    free(group->first);
    free(group->touching);
    group->first = group->touching = NULL;
}

/* The rows of a group, in the order in which its pairs name them; each is in one. */
static void list_members(const struct clusters *clusters, struct group *group, size_t from,
                         size_t to)
{
    make_room(group, to - from + 2, to - from + 1);
    group->members = 0;
    group->strongs = 0;
    for (size_t i = from; i < to; i++) {
        const struct batch_pair *pair = &clusters->pair[clusters->from[i]];
        const uint32_t row[2] = {pair->left, pair->right};
        for (int side = 0; side < 2; side++) {
            if (clusters->place[row[side]] != NOBODY) continue;
            clusters->place[row[side]] = group->members;
            group->member[group->members++] = row[side];
        }
        if (pair->weight >= clusters->weight) group->strong[group->strongs++] = clusters->from[i];
    }
}

static bool all_speak_for_it(const struct clusters *clusters, const struct group *group,
                             size_t from, size_t to)
{
    if (to - from != (size_t)group->members * (group->members - 1) / 2) return false;
    for (size_t i = from; i < to; i++)
        if (clusters->pair[clusters->from[i]].weight <= 0) return false;
    return true;
}

/* Each cluster of a group that was solved, with its rows and pairs. */
static void go_through(const struct clusters *clusters, struct group *group, size_t from, size_t to,
                       struct through *through)
{
    uint32_t *row = group->strong; /* no longer needed */
    memset(group->end, 0, ((size_t)group->members + 1) * sizeof *group->end);
    for (int round = 0; round < 2; round++) {
        for (size_t i = from; i < to; i++) {
            const struct batch_pair *pair = &clusters->pair[clusters->from[i]];
            uint32_t root = group->root[clusters->place[pair->left]];
            if (root != group->root[clusters->place[pair->right]]) continue;
            if (round == 0)
                group->end[root + 1]++;
            else
                group->inside[group->end[root]++] = clusters->from[i];
        }
        for (uint32_t i = 0; round == 0 && i < group->members; i++)
            group->end[i + 1] += group->end[i];
    }
    for (uint32_t root = 0; root < group->members; root++) {
        uint32_t rows = 0, one = root, begin = root ? group->end[root - 1] : 0;
        if (group->root[root] != root) continue;
        do {
            row[rows++] = group->member[one];
            one = group->next[one];
        } while (one != root);
        batch_through_cluster(through, clusters->pair, row, rows, group->inside + begin,
                              group->end[root] - begin);
    }
}

static void solve(const struct clusters *clusters, struct group *group, size_t from, size_t to,
                  struct through *through)
{
    list_members(clusters, group, from, to);
    if (all_speak_for_it(clusters, group, from, to)) { /* one cluster, as it stands */
        if (through)
            batch_through_cluster(through, clusters->pair, group->member, group->members,
                                  clusters->from + from, to - from);
        return;
    }
    for (uint32_t i = 0; i < group->members; i++) {
        group->root[i] = group->next[i] = i;
        group->size[i] = 1;
    }
    merge(clusters, group, from, to);
    if (through) go_through(clusters, group, from, to, through);
    uint32_t *smallest = group->size; /* row of a cluster, by its root */
    for (uint32_t i = 0; i < group->members; i++) smallest[i] = NOBODY;
    for (uint32_t i = 0; i < group->members; i++)
        if (group->member[i] < smallest[group->root[i]])
            smallest[group->root[i]] = group->member[i];
    for (uint32_t i = 0; i < group->members; i++)
        clusters->cluster[group->member[i]] = smallest[group->root[i]];
}

static void solve_share(void *context, int number)
{
    const struct clusters *clusters = context;
    struct group group = {0};
    size_t begin = clusters->rows * (size_t)number / BATCH_CLUSTER_SHARES;
    size_t end = clusters->rows * (size_t)(number + 1) / BATCH_CLUSTER_SHARES;
    for (size_t root = begin; root < end; root++)
        if (clusters->first[root] < clusters->first[root + 1])
            solve(clusters, &group, clusters->first[root], clusters->first[root + 1],
                  batch_through_share(clusters->through, number));
    free(group.member);
    free(group.root);
    free(group.next);
    free(group.size);
    free(group.strong);
    free(group.end);
    free(group.inside);
    free(group.between);
}

void batch_cluster(struct batch_pair *pairs, size_t count, size_t rows, double weight, int threads,
                   struct through *through, uint32_t *ret_cluster)
{
    struct clusters clusters = {.pair = pairs,
                                .rows = rows,
                                .weight = (float)weight,
                                .cluster = ret_cluster,
                                .through = through,
                                .first = batch_memory((rows + 3) * sizeof(uint32_t)),
                                .place = batch_memory((rows + 1) * sizeof(uint32_t))};
    memset(clusters.first, 0, (rows + 3) * sizeof *clusters.first);
    memset(clusters.place, 0xff, rows * sizeof *clusters.place);
    connect_rows(&clusters, count);
    list_pairs(&clusters, count);
    workers_each(threads, BATCH_CLUSTER_SHARES, solve_share, &clusters);
    batch_memory_free(clusters.first);
    batch_memory_free(clusters.place);
    batch_memory_free(clusters.from);
}
