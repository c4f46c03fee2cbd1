/*
 * Questions to the live index: what a mention may be the same as, and why.
 */
#include "base/arena.h"
#include "link/asked.h"
#include "link/index.h"

#include <math.h>
#include <stdlib.h>

static int by_weight(const void *a, const void *b)
{
    const struct link_match *left = a;
    const struct link_match *right = b;
    if (left->bits != right->bits) return left->bits < right->bits ? 1 : -1;
    return (left->id > right->id) - (left->id < right->id);
}

double link_shown_bits(void)
{
    return 0;
}

const char *link_weight_word(double bits)
{
    if (bits >= 10) return "very strong";
    if (bits >= 5) return "strong";
    if (bits >= 1) return "moderate";
    return bits >= -3 ? "weak" : "against";
}

static size_t query(const struct link_index *index, struct link_admit admit, struct record *record,
                    double minimum_bits, struct link_match *ret, size_t maximum)
{
    enum { AHEAD = 8 };
    pthread_rwlock_rdlock(link_index_lock(index));
    link_values_know(&index->values, record);
    /* Large, and written before they are read: the compiler need not fill them first. */
    __attribute__((uninitialized)) struct count_memo memo;
    struct compare_counts counts = link_index_counts(index, admit, record->kind, &memo);
    struct asked asked;
    link_asked_make(&asked, &index->values, &counts, record);
    counts.asked = &asked;
    __attribute__((uninitialized)) uint32_t place[CANDIDATES_MAX];
    size_t candidates = link_candidates(index, admit, record, &counts, minimum_bits, place);
    __attribute__((uninitialized)) struct link_match all[CANDIDATES_MAX];
    __attribute__((uninitialized)) struct record other;
    __attribute__((uninitialized)) struct compare_result result;
    size_t count = 0;
    for (size_t i = 0; i < candidates; i++) {
        /* They lie anywhere in memory: asked for some turns ahead. */
        if (i + AHEAD < candidates) __builtin_prefetch(index->record[place[i + AHEAD]]);
        const struct packed *packed = index->record[place[i]];
        int64_t id = index->id[place[i]];
        if (packed->kind != record->kind || id == record->id ||
            (record->report && packed->report == record->report) ||
            (admit.admits && !admit.admits(admit.context, packed->report)))
            continue;
        link_packed_open(&index->values, packed, id, &other);
        if (!link_compare_least(record, &other, &counts, minimum_bits, &result)) continue;
        all[count++] =
            (struct link_match){id, result.total_bits,
                                link_weights_probability(counts.weights, result.total_bits)};
    }
    pthread_rwlock_unlock(link_index_lock(index));
    link_asked_done(&asked);
    if (count) qsort(all, count, sizeof *all, by_weight);
    if (count > maximum) count = maximum;
    if (count) memcpy(ret, all, count * sizeof *all);
    return count;
}

size_t link_index_query(const struct link_index *index, const struct link_mention *mention,
                        double minimum_bits, struct link_match *ret, size_t maximum)
{
    return link_index_query_of(index, (struct link_admit){0}, mention, minimum_bits, ret, maximum);
}

size_t link_index_query_of(const struct link_index *index, struct link_admit admit,
                           const struct link_mention *mention, double minimum_bits,
                           struct link_match *ret, size_t maximum)
{
    struct record record;
    link_record_make(mention, &record);
    return query(index, admit, &record, minimum_bits, ret, maximum);
}

size_t link_index_query_ready(const struct link_index *index, struct link_ready *ready,
                              double minimum_bits, struct link_match *ret, size_t maximum)
{
    return query(index, (struct link_admit){0}, &ready->record, minimum_bits, ret, maximum);
}

/* --- many pairs --------------------------------------------------------------------------- */

static void weigh(const struct link_index *index,
                  const struct compare_counts counts[static LINK_KINDS], struct link_pair *pair)
{
    __attribute__((uninitialized)) struct record left;
    __attribute__((uninitialized)) struct record right;
    __attribute__((uninitialized)) struct compare_result result;
    if (!link_index_open(index, pair->a, &left) || !link_index_open(index, pair->b, &right) ||
        left.kind != right.kind)
        return;
    link_compare(&left, &right, &counts[left.kind], &result);
    pair->bits = result.total_bits;
}

void link_index_weigh_of(const struct link_index *index, struct link_admit admit,
                         struct link_pair *pairs, size_t count)
{
    enum { AT_ONCE = 256, BITS = 16 }; /* so that whoever wants to write waits for no more */
    struct count_memo memo;
    struct compare_counts counts[LINK_KINDS];
    /* How rare a value is, is counted once for all of them. */
    struct count_slot *slot = count > AT_ONCE ? calloc((size_t)1 << BITS, sizeof *slot) : NULL;
    if (count > AT_ONCE && !slot) abort();
    for (size_t from = 0; from < count; from += AT_ONCE) {
        size_t until = count - from < AT_ONCE ? count : from + AT_ONCE;
        pthread_rwlock_rdlock(link_index_lock(index));
        for (int kind = 0; kind < LINK_KINDS; kind++)
            counts[kind] = link_index_counts(index, admit, (enum link_kind)kind, &memo);
        if (slot) {
            memo.slot = slot;
            memo.bits = BITS;
        }
        for (size_t i = from; i < until; i++) weigh(index, counts, &pairs[i]);
        pthread_rwlock_unlock(link_index_lock(index));
    }
    free(slot);
}

/* --- why --------------------------------------------------------------------------------- */

/* The values that a line looked at, as written, with a comma between; of what was
 * not compared, the first field alone. */
static struct str shown(struct arena *arena, const struct link_mention *mention,
                        const struct compare_line *line)
{
    struct str text = STR("");
    bool compared = line->base_bits != 0 || line->rarity_bits != 0;
    for (int i = 0; i < (compared ? 4 : 1) && line->field[i] != LINK_FIELDS; i++) {
        struct str value = mention->field[line->field[i]];
        if (!value.len) continue;
        text = text.len ? str_fmt(arena, "%.*s, %.*s", STR_ARG(text), STR_ARG(value)) : value;
    }
    return text;
}

/* "2026-05-27", or "2026-05-13 to 2026-05-27". */
static struct str days_shown(struct arena *arena, struct seen_days seen)
{
    if (!link_seen_known(seen)) return STR("");
    struct date from = date_from_days(seen.from), to = date_from_days(seen.to);
    struct str first = str_fmt(arena, "%04d-%02d-%02d", from.year, from.month, from.day);
    if (seen.from == seen.to) return first;
    return str_fmt(arena, "%.*s to %04d-%02d-%02d", STR_ARG(first), to.year, to.month, to.day);
}

bool link_index_explain(const struct link_index *index, struct arena *arena,
                        const struct link_mention *a, const struct link_mention *b,
                        struct link_explanation *ret)
{
    return link_index_explain_of(index, (struct link_admit){0}, arena, a, b, ret);
}

bool link_index_explain_of(const struct link_index *index, struct link_admit admit,
                           struct arena *arena, const struct link_mention *a,
                           const struct link_mention *b, struct link_explanation *ret)
{
    if (a->kind != b->kind) return false;
    struct record left;
    struct record right;
    struct compare_result result;
    link_record_make(a, &left);
    link_record_make(b, &right);
    pthread_rwlock_rdlock(link_index_lock(index));
    link_values_know(&index->values, &left);
    link_values_know(&index->values, &right);
    struct count_memo memo;
    struct compare_counts counts = link_index_counts(index, admit, a->kind, &memo);
    link_compare(&left, &right, &counts, &result);
    int64_t version = index->weights.version;
    double probability = link_weights_probability(&index->weights, result.total_bits);
    pthread_rwlock_unlock(link_index_lock(index));
    *ret = (struct link_explanation){.prior_bits = result.prior_bits,
                                     .count = result.count,
                                     .total_bits = result.total_bits,
                                     .probability = probability,
                                     .version = version};
    for (size_t i = 0; i < result.count; i++) {
        const struct compare_line *line = &result.line[i];
        ret->line[i] = (struct link_line){
            .comparison = line->comparison,
            .level = line->level,
            .left = line->companions ? str_dup(arena, line->left)
                    : line->when     ? days_shown(arena, left.seen)
                                     : shown(arena, a, line),
            .right = line->companions ? str_dup(arena, line->right)
                     : line->when     ? days_shown(arena, right.seen)
                                      : shown(arena, b, line),
            .base_bits = line->base_bits,
            .rarity_bits = line->rarity_bits,
        };
    }
    return true;
}
