/*
 * Candidates: which mentions are worth comparing with one that is asked for.
 *
 * Rare keys come first.  A key on so many mentions that it cannot by itself lift a
 * pair to where it is shown is not dropped: it asks for a second common key, of
 * another word, and the mentions that carry both are candidates.  What is chosen
 * depends on what the index holds, never on the order in which it came.
 */
#include "link/index.h"

#include <math.h>
#include <stdlib.h>

enum {
    LIST_LONG = 2000,     /* a key on so many mentions asks for a second one */
    GATHERED_MAX = 24000, /* places looked at */
    LONG_LISTS = 10,
    SHARED_STEPS = 60000, /* of searching common keys for what they share */
    WEIGHTS = 1024,
    PLATE_WEIGHT = 80, /* in quarters of a bit: a plate that fits */
    COMPANION_WEIGHT = 24,
};

struct candidate {
    uint32_t place;  /* + 1; 0: empty */
    uint32_t weight; /* quarters of a bit that its keys tell */
};

struct list {
    struct posting posting;
    uint8_t word;
    uint32_t weight;
};

struct gathering {
    const struct link_index *index;
    struct list list[RECORD_KEYS_MAX];
    size_t lists;
    struct candidate *slot;
    uint32_t slots; /* a power of two */
    uint32_t count;
};

static void grow(struct gathering *gathering);

static void gather(struct gathering *gathering, uint32_t place, uint32_t weight)
{
    if (gathering->count * 2 >= gathering->slots) grow(gathering);
    uint32_t at = (place * 2654435761u >> 7) & (gathering->slots - 1);
    while (gathering->slot[at].place && gathering->slot[at].place != place + 1)
        at = (at + 1) & (gathering->slots - 1);
    struct candidate *candidate = &gathering->slot[at];
    if (!candidate->place) {
        candidate->place = place + 1;
        gathering->count++;
    }
    candidate->weight += weight;
    if (candidate->weight >= WEIGHTS) candidate->weight = WEIGHTS - 1;
}

static void grow(struct gathering *gathering)
{
    struct candidate *old = gathering->slot;
    uint32_t old_slots = gathering->slots;
    gathering->slots = old_slots ? old_slots * 4 : 1024;
    gathering->slot = calloc(gathering->slots, sizeof *old);
    if (!gathering->slot) abort();
    gathering->count = 0;
    for (uint32_t i = 0; i < old_slots; i++)
        if (old[i].place) gather(gathering, old[i].place - 1, old[i].weight);
    free(old);
}

static void gather_list(struct gathering *gathering, const struct posting *posting, uint32_t weight)
{
    for (uint32_t i = 0; i < posting->count; i++) gather(gathering, posting->place[i], weight);
}

/* First index of `posting`, from `from`, whose place is not below (galloping). */
static uint32_t advance(const struct posting *posting, uint32_t from, uint32_t place)
{
    uint32_t step = 1;
    uint32_t low = from;
    while (from + step < posting->count && posting->place[from + step] < place) {
        low = from + step;
        step *= 2;
    }
    uint32_t high = from + step < posting->count ? from + step : posting->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (posting->place[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void gather_shared(struct gathering *gathering, const struct list *few, const struct list *many)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < few->posting.count && at < many->posting.count; i++) {
        at = advance(&many->posting, at, few->posting.place[i]);
        if (at < many->posting.count && many->posting.place[at] == few->posting.place[i])
            gather(gathering, few->posting.place[i], few->weight + many->weight);
    }
}

static int by_length(const void *a, const void *b)
{
    const struct posting *left = &((const struct list *)a)->posting;
    const struct posting *right = &((const struct list *)b)->posting;
    if (left->count != right->count) return left->count < right->count ? -1 : 1;
    return (left->key > right->key) - (left->key < right->key);
}

static void find_lists(struct gathering *gathering, const struct record *record)
{
    struct record_key keys[RECORD_KEYS_MAX];
    size_t count = link_record_keys(record, keys);
    double mentions = (double)gathering->index->live + 1;
    for (size_t i = 0; i < count; i++) {
        struct posting posting = link_postings_find(&gathering->index->postings, keys[i].key);
        if (posting.count == 0) continue;
        gathering->list[gathering->lists++] = (struct list){
            posting, keys[i].word, 1 + (uint32_t)(4 * log2(mentions / (double)posting.count))};
    }
    if (gathering->lists)
        qsort(gathering->list, gathering->lists, sizeof *gathering->list, by_length);
}

static void gather_by_keys(struct gathering *gathering)
{
    size_t at = 0;
    size_t looked = 0;
    for (; at < gathering->lists; at++) {
        const struct list *list = &gathering->list[at];
        looked += list->posting.count;
        if (list->posting.count > LIST_LONG || looked > GATHERED_MAX) break;
        gather_list(gathering, &list->posting, list->weight);
    }
    size_t end = gathering->lists < at + LONG_LISTS ? gathering->lists : at + LONG_LISTS;
    size_t steps = 0;
    for (size_t i = at; i < end; i++)
        for (size_t k = i + 1; k < end; k++) {
            const struct list *few = &gathering->list[i];
            const struct list *many = &gathering->list[k];
            if (few->word == many->word || few->word == KEY_ALONE || many->word == KEY_ALONE)
                continue;
            steps += few->posting.count;
            if (steps > SHARED_STEPS) return;
            gather_shared(gathering, few, many);
        }
}

static bool is_partial(struct str plate)
{
    return plate.len < 7 || memchr(plate.ptr, '?', plate.len) || memchr(plate.ptr, '*', plate.len);
}

/* Vehicles whose plate fits, whatever was seen of either. */
static void gather_by_plate(struct gathering *gathering, struct str plate)
{
    const struct link_index *index = gathering->index;
    uint32_t number[PLATES_FOUND_MAX];
    size_t count = link_plates_find(&index->plates, &index->values, plate, number);
    for (size_t i = 0; i < count; i++) {
        struct str text = link_value_text(&index->values, number[i]);
        struct posting posting = link_postings_find(&index->postings, link_key('q', text));
        if (posting.count <= LIST_LONG) gather_list(gathering, &posting, PLATE_WEIGHT);
    }
}

/* Mentions seen with a plate that fits one that this was seen with, in part. */
static void gather_by_companion_plates(struct gathering *gathering, const struct record *record)
{
    const struct link_index *index = gathering->index;
    uint32_t number[PLATES_FOUND_MAX];
    for (int i = 0; i < record->companions; i++) {
        const struct companion *companion = &record->companion[i];
        if (companion->field != LINK_REGISTRATION || !is_partial(companion->value)) continue;
        size_t count = link_plates_find(&index->plates, &index->values, companion->value, number);
        for (size_t k = 0; k < count; k++) {
            struct companion whole = {LINK_REGISTRATION, link_value_text(&index->values, number[k])};
            struct posting posting =
                link_postings_find(&index->postings, link_companion_key(record->kind, &whole));
            if (posting.count <= LIST_LONG) gather_list(gathering, &posting, COMPANION_WEIGHT);
        }
    }
}

static int by_id(const void *a, const void *b, void *context)
{
    const struct link_index *index = context;
    int64_t left = index->record[*(const uint32_t *)a]->id;
    int64_t right = index->record[*(const uint32_t *)b]->id;
    return (left > right) - (left < right);
}

/* The heaviest; those at the edge by their ids. */
static size_t choose(const struct gathering *gathering, uint32_t *ret)
{
    uint32_t with_weight[WEIGHTS] = {0};
    for (uint32_t i = 0; i < gathering->slots; i++)
        if (gathering->slot[i].place) with_weight[gathering->slot[i].weight]++;
    uint32_t edge = WEIGHTS - 1;
    size_t above = 0;
    for (; edge > 0 && above + with_weight[edge] <= CANDIDATES_MAX; edge--)
        above += with_weight[edge];
    size_t count = 0;
    size_t tied = above;
    for (uint32_t i = 0; i < gathering->slots; i++) {
        const struct candidate *candidate = &gathering->slot[i];
        if (!candidate->place || candidate->weight < edge) continue;
        ret[candidate->weight > edge ? count++ : tied++] = candidate->place - 1;
    }
    if (tied > CANDIDATES_MAX)
        qsort_r(ret + above, tied - above, sizeof *ret, by_id, (void *)(uintptr_t)gathering->index);
    return tied < CANDIDATES_MAX ? tied : CANDIDATES_MAX;
}

uint32_t *link_candidates(const struct link_index *index, const struct record *record,
                          size_t *ret_count)
{
    struct gathering gathering = {.index = index};
    grow(&gathering);
    find_lists(&gathering, record);
    gather_by_keys(&gathering);
    if (record->plate.len) gather_by_plate(&gathering, record->plate);
    gather_by_companion_plates(&gathering, record);
    uint32_t *chosen = calloc((size_t)gathering.count + 1, sizeof *chosen);
    if (!chosen) abort();
    *ret_count = choose(&gathering, chosen);
    free(gathering.slot);
    return chosen;
}
