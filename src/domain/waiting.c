#include "domain/waiting.h"

#include "base/change.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* New pairs gather in a short list of their own, so that one more does not move a
 * million. */
enum { FRESH_MAX = 4096 };
enum { RANK_BITS = 20 };

struct decided {
    int64_t a;
    int64_t b;
};

struct waiting {
    pthread_rwlock_t lock;
    struct waiting_pair *pair; /* sorted */
    size_t count;
    struct waiting_pair fresh[FRESH_MAX]; /* sorted too */
    size_t fresh_count;
    struct decided *decided; /* open addressing; a 0: empty */
    size_t decided_size;     /* a power of two */
};

struct waiting *waiting_new(void)
{
    struct waiting *waiting = calloc(1, sizeof *waiting);
    if (!waiting) abort();
    pthread_rwlock_init(&waiting->lock, NULL);
    return waiting;
}

void waiting_free(struct waiting *waiting)
{
    if (!waiting) return;
    pthread_rwlock_destroy(&waiting->lock);
    free(waiting->pair);
    free(waiting->decided);
    free(waiting);
}

static int by_weight(const void *a, const void *b)
{
    const struct waiting_pair *left = a;
    const struct waiting_pair *right = b;
    if (left->bits != right->bits) return left->bits < right->bits ? 1 : -1;
    if (left->mention != right->mention) return left->mention < right->mention ? 1 : -1;
    return (left->other > right->other) - (left->other < right->other);
}

/* The fresh ones go to where they belong. */
static void settle(struct waiting *waiting)
{
    size_t total = waiting->count + waiting->fresh_count;
    waiting->pair = reallocarray(waiting->pair, total ? total : 1, sizeof *waiting->pair);
    if (!waiting->pair) abort();
    size_t old = waiting->count;
    size_t new = waiting->fresh_count;
    for (size_t at = total; at-- > 0 && new > 0;) /* from the end, so that nothing is lost */
        waiting->pair[at] =
            old > 0 && by_weight(&waiting->pair[old - 1], &waiting->fresh[new - 1]) > 0
                ? waiting->pair[--old]
                : waiting->fresh[--new];
    waiting->count = total;
    waiting->fresh_count = 0;
}

/* One submission's pairs, each to its place: sorting thousands anew for a handful would be
 * most of what it costs to share. */
static void insert(struct waiting *waiting, const struct waiting_pair *pair)
{
    size_t from = 0;
    size_t to = waiting->fresh_count;
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (by_weight(&waiting->fresh[middle], pair) <= 0)
            from = middle + 1;
        else
            to = middle;
    }
    memmove(&waiting->fresh[from + 1], &waiting->fresh[from],
            (waiting->fresh_count - from) * sizeof *waiting->fresh);
    waiting->fresh[from] = *pair;
    waiting->fresh_count++;
}

void waiting_add(struct waiting *waiting, const struct waiting_pair *pairs, size_t count)
{
    enum { FEW = 64 };
    pthread_rwlock_wrlock(&waiting->lock);
    if (count <= FEW && waiting->fresh_count + count <= FRESH_MAX) {
        for (size_t i = 0; i < count; i++) insert(waiting, &pairs[i]);
        pthread_rwlock_unlock(&waiting->lock);
        change_note();
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (waiting->fresh_count == FRESH_MAX) {
            qsort(waiting->fresh, waiting->fresh_count, sizeof *waiting->fresh, by_weight);
            settle(waiting);
        }
        waiting->fresh[waiting->fresh_count++] = pairs[i];
    }
    qsort(waiting->fresh, waiting->fresh_count, sizeof *waiting->fresh, by_weight);
    pthread_rwlock_unlock(&waiting->lock);
    change_note();
}

/* --- a million at once --------------------------------------------------------------- */

/* Rises as the weight falls: the sign, the exponent and the first digits of the weight. */
static uint32_t rank_of(double bits)
{
    uint64_t as;
    memcpy(&as, &bits, sizeof as);
    as = as >> 63 ? as : ~(as | (uint64_t)1 << 63);
    return (uint32_t)(as >> (64 - RANK_BITS));
}

/* First by rank, all in two readings; within a rank there are few. */
void waiting_sort(struct waiting_pair *pairs, size_t count)
{
    size_t *first = calloc(((size_t)1 << RANK_BITS) + 1, sizeof *first);
    struct waiting_pair *by_rank = reallocarray(NULL, count ? count : 1, sizeof *by_rank);
    if (!first || !by_rank) abort();
    for (size_t i = 0; i < count; i++) first[rank_of(pairs[i].bits) + 1]++;
    for (size_t r = 0; r < (size_t)1 << RANK_BITS; r++) first[r + 1] += first[r];
    for (size_t i = 0; i < count; i++) by_rank[first[rank_of(pairs[i].bits)]++] = pairs[i];
    for (size_t from = 0, to; from < count; from = to) {
        uint32_t rank = rank_of(by_rank[from].bits);
        for (to = from + 1; to < count && rank_of(by_rank[to].bits) == rank;) to++;
        if (to - from > 1) qsort(&by_rank[from], to - from, sizeof *by_rank, by_weight);
    }
    if (count) memcpy(pairs, by_rank, count * sizeof *pairs);
    free(by_rank);
    free(first);
}

void waiting_load(struct waiting *waiting, struct waiting_pair *pairs, size_t count)
{
    pthread_rwlock_wrlock(&waiting->lock);
    assert(!waiting->count && !waiting->fresh_count);
    free(waiting->pair);
    waiting->pair = pairs;
    waiting->count = count;
    pthread_rwlock_unlock(&waiting->lock);
    change_note();
}

static struct decided *slot_of(const struct waiting *waiting, int64_t a, int64_t b)
{
    size_t at = (uint64_t)a * 0x9e3779b97f4a7c15u ^ (uint64_t)b * 0xc2b2ae3d27d4eb4fu;
    for (at ^= at >> 32;; at++) {
        struct decided *slot = &waiting->decided[at & (waiting->decided_size - 1)];
        if (!slot->a || (slot->a == a && slot->b == b)) return slot;
    }
}

void waiting_decide(struct waiting *waiting, const struct entity_decision *decisions, size_t count)
{
    pthread_rwlock_wrlock(&waiting->lock);
    free(waiting->decided);
    waiting->decided_size = 16;
    while (waiting->decided_size < 2 * count) waiting->decided_size *= 2;
    waiting->decided = calloc(waiting->decided_size, sizeof *waiting->decided);
    if (!waiting->decided) abort();
    for (size_t i = 0; i < count; i++)
        *slot_of(waiting, decisions[i].mention_a, decisions[i].mention_b) =
            (struct decided){decisions[i].mention_a, decisions[i].mention_b};
    pthread_rwlock_unlock(&waiting->lock);
    change_note();
}

static bool is_decided(const struct waiting *waiting, const struct waiting_pair *pair)
{
    if (!waiting->decided) return false;
    int64_t a = pair->mention < pair->other ? pair->mention : pair->other;
    int64_t b = pair->mention < pair->other ? pair->other : pair->mention;
    return slot_of(waiting, a, b)->a != 0;
}

void waiting_walk(struct waiting *waiting,
                  bool (*each)(void *context, const struct waiting_pair *pair), void *context)
{
    pthread_rwlock_rdlock(&waiting->lock);
    size_t old = 0;
    size_t new = 0;
    bool more = true;
    while (more && (old < waiting->count || new < waiting->fresh_count)) {
        bool fresh = old == waiting->count ||
                     (new < waiting->fresh_count &&
                      by_weight(&waiting->fresh[new], &waiting->pair[old]) < 0);
        const struct waiting_pair *pair = fresh ? &waiting->fresh[new++] : &waiting->pair[old++];
        if (!is_decided(waiting, pair)) more = each(context, pair);
    }
    pthread_rwlock_unlock(&waiting->lock);
}
