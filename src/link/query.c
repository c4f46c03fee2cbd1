/*
 * Questions to the live index: what a mention may be the same as, and why.
 */
#include "base/arena.h"
#include "link/index.h"
#include "link/plate.h"

#include <math.h>
#include <stdlib.h>

enum {
    CANDIDATES_MAX = 6000,    /* compared in full */
    CANDIDATE_SLOTS = 16384,  /* a power of two, well above */
    LIST_LONG = 3000,         /* a key on so many mentions asks for a second key */
    LONG_LISTS = 8,
};

/* A set of places, in the order found. */
struct candidates {
    uint32_t slot[CANDIDATE_SLOTS]; /* place + 1; 0: empty */
    uint32_t place[CANDIDATES_MAX];
    size_t count;
};

static void candidate_add(struct candidates *candidates, uint32_t place)
{
    if (candidates->count == CANDIDATES_MAX) return;
    uint32_t at = (place * 2654435761u) >> 18;
    while (candidates->slot[at]) {
        if (candidates->slot[at] == place + 1) return;
        at = (at + 1) & (CANDIDATE_SLOTS - 1);
    }
    candidates->slot[at] = place + 1;
    candidates->place[candidates->count++] = place;
}

static void add_list(struct candidates *candidates, const struct posting *list)
{
    /* The newest first: when there is no room for all, they matter most. */
    for (uint32_t i = list->count; i > 0; i--) candidate_add(candidates, list->place[i - 1]);
}

/* Mentions that two common keys share. */
static void add_shared(struct candidates *candidates, const struct posting *a, const struct posting *b)
{
    uint32_t i = a->count;
    uint32_t k = b->count;
    while (i && k && candidates->count < CANDIDATES_MAX) {
        if (a->place[i - 1] == b->place[k - 1]) {
            candidate_add(candidates, a->place[i - 1]);
            i--;
            k--;
        } else if (a->place[i - 1] > b->place[k - 1]) {
            i--;
        } else {
            k--;
        }
    }
}

static int by_length(const void *a, const void *b)
{
    const struct posting *left = *(const struct posting *const *)a;
    const struct posting *right = *(const struct posting *const *)b;
    if (left->count != right->count) return left->count < right->count ? -1 : 1;
    return (left->key > right->key) - (left->key < right->key);
}

static void gather_by_keys(const struct link_index *index, const struct record *record,
                           struct candidates *candidates)
{
    uint64_t keys[RECORD_KEYS_MAX];
    const struct posting *lists[RECORD_KEYS_MAX];
    size_t count = link_record_keys(record, keys);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct posting *posting = link_posting_find(index, keys[i]);
        if (posting && posting->count) lists[found++] = posting;
    }
    if (found) qsort(lists, found, sizeof *lists, by_length);
    size_t at = 0;
    for (; at < found && lists[at]->count <= LIST_LONG; at++) add_list(candidates, lists[at]);
    size_t end = found < at + LONG_LISTS ? found : at + LONG_LISTS;
    for (size_t i = at; i < end; i++)
        for (size_t k = i + 1; k < end; k++) add_shared(candidates, lists[i], lists[k]);
    /* With room left, common keys count by themselves too. */
    for (; at < found; at++) add_list(candidates, lists[at]);
}

/* Vehicles whose plate fits, whatever was seen of either. */
static void gather_by_plate(const struct link_index *index, const struct record *record,
                            struct candidates *candidates)
{
    const double worth_a_look = 5;
    uint64_t characters = link_plate_characters(record->plate);
    int wanted = __builtin_popcountll(characters);
    int least = wanted > 5 ? 4 : wanted > 3 ? 3 : wanted > 2 ? 2 : 1;
    for (uint32_t i = 0; i < index->plate_count; i++) {
        const struct known_plate *plate = &index->plate[i];
        if (!plate->mentions) continue;
        int shared = __builtin_popcountll(plate->characters & characters);
        int theirs = __builtin_popcountll(plate->characters);
        if (shared < least && shared < theirs) continue;
        struct str text = str_from(plate->text);
        if (link_plate_fit(record->plate, text).bits < worth_a_look) continue;
        const struct posting *posting = link_posting_find(index, link_key('q', text));
        if (posting) add_list(candidates, posting);
    }
}

static int by_weight(const void *a, const void *b)
{
    const struct link_match *left = a;
    const struct link_match *right = b;
    if (left->bits != right->bits) return left->bits < right->bits ? 1 : -1;
    return (left->id > right->id) - (left->id < right->id);
}

static double probability_of(double bits)
{
    return 1 / (1 + exp2(-bits));
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

static pthread_rwlock_t *lock_of(const struct link_index *index)
{
    return (pthread_rwlock_t *)(uintptr_t)&index->lock;
}

size_t link_index_query(const struct link_index *index, const struct link_mention *mention,
                        double minimum_bits, struct link_match *ret, size_t maximum)
{
    struct record record;
    link_record_make(mention, &record);
    struct candidates *candidates = calloc(1, sizeof *candidates);
    struct link_match *all = malloc(CANDIDATES_MAX * sizeof *all);
    if (!candidates || !all) abort();
    pthread_rwlock_rdlock(lock_of(index));
    gather_by_keys(index, &record, candidates);
    if (record.plate.len) gather_by_plate(index, &record, candidates);
    struct compare_counts counts = link_index_counts(index, record.kind);
    size_t count = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        const struct record *other = index->record[candidates->place[i]];
        if (!other || other->kind != record.kind || other->id == record.id ||
            (record.report && other->report == record.report))
            continue;
        struct compare_result result;
        link_compare(&record, other, &counts, &result);
        if (result.total_bits < minimum_bits) continue;
        all[count++] = (struct link_match){other->id, result.total_bits,
                                           probability_of(result.total_bits)};
    }
    pthread_rwlock_unlock(lock_of(index));
    if (count) qsort(all, count, sizeof *all, by_weight);
    if (count > maximum) count = maximum;
    if (count) memcpy(ret, all, count * sizeof *all);
    free(candidates);
    free(all);
    return count;
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

bool link_index_explain(const struct link_index *index, struct arena *arena,
                        const struct link_mention *a, const struct link_mention *b,
                        struct link_explanation *ret)
{
    if (a->kind != b->kind) return false;
    struct record left;
    struct record right;
    struct compare_result result;
    link_record_make(a, &left);
    link_record_make(b, &right);
    pthread_rwlock_rdlock(lock_of(index));
    struct compare_counts counts = link_index_counts(index, a->kind);
    link_compare(&left, &right, &counts, &result);
    pthread_rwlock_unlock(lock_of(index));
    *ret = (struct link_explanation){.prior_bits = result.prior_bits,
                                     .count = result.count,
                                     .total_bits = result.total_bits,
                                     .probability = probability_of(result.total_bits)};
    for (size_t i = 0; i < result.count; i++) {
        const struct compare_line *line = &result.line[i];
        ret->line[i] = (struct link_line){
            .comparison = line->comparison,
            .level = line->level,
            .left = line->companions ? str_dup(arena, line->left) : shown(arena, a, line),
            .right = line->companions ? str_dup(arena, line->right) : shown(arena, b, line),
            .base_bits = line->base_bits,
            .rarity_bits = line->rarity_bits,
        };
    }
    return true;
}
