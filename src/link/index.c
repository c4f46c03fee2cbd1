/*
 * The live index: insertion and removal.
 */
#include "link/index.h"

#include <stdlib.h>

struct link_index *link_index_new(void)
{
    struct link_index *index = calloc(1, sizeof *index);
    if (!index) abort();
    pthread_rwlock_init(&index->lock, NULL);
    index->ids = 1024;
    index->id = calloc(index->ids, sizeof *index->id);
    if (!index->id) abort();
    link_postings_init(&index->postings);
    link_values_init(&index->values);
    link_plates_init(&index->plates);
    return index;
}

void link_index_free(struct link_index *index)
{
    if (!index) return;
    for (uint32_t i = 0; i < index->count; i++) free(index->record[i]);
    free(index->record);
    free(index->id);
    link_postings_done(&index->postings);
    link_values_done(&index->values);
    link_plates_done(&index->plates);
    pthread_rwlock_destroy(&index->lock);
    free(index);
}

/* --- ids ------------------------------------------------------------------------------- */

static uint32_t id_home(const struct link_index *index, int64_t id)
{
    return (uint32_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 32) & (index->ids - 1);
}

/* The slot of an id, or the empty one where it belongs. */
static uint32_t *id_slot(const struct link_index *index, int64_t id)
{
    uint32_t at = id_home(index, id);
    while (index->id[at] && index->record[index->id[at] - 1]->id != id)
        at = (at + 1) & (index->ids - 1);
    return &index->id[at];
}

static void grow_ids(struct link_index *index)
{
    free(index->id);
    index->ids *= 2;
    index->id = calloc(index->ids, sizeof *index->id);
    if (!index->id) abort();
    for (uint32_t i = 0; i < index->count; i++)
        if (index->record[i]) *id_slot(index, index->record[i]->id) = i + 1;
}

/* Empties a slot and moves up what was pushed past it (Knuth 6.4, algorithm R). */
static void id_remove(struct link_index *index, int64_t id)
{
    uint32_t hole = (uint32_t)(id_slot(index, id) - index->id);
    index->id[hole] = 0;
    for (uint32_t at = (hole + 1) & (index->ids - 1); index->id[at];
         at = (at + 1) & (index->ids - 1)) {
        uint32_t home = id_home(index, index->record[index->id[at] - 1]->id);
        bool between = hole <= at ? hole < home && home <= at : hole < home || home <= at;
        if (between) continue;
        index->id[hole] = index->id[at];
        index->id[at] = 0;
        hole = at;
    }
}

/* --- insertion and removal ---------------------------------------------------------------- */

static void keep_record(struct link_index *index, const struct record *record)
{
    if (index->count == index->capacity) {
        index->capacity = index->capacity ? index->capacity * 3 / 2 : 1024;
        index->record = reallocarray(index->record, index->capacity, sizeof *index->record);
        if (!index->record) abort();
    }
    bool new_plate =
        record->plate.len &&
        link_values_find(&index->values, record->plate, SLOT_PLATE) == VALUE_NONE;
    uint32_t place = index->count++;
    struct packed *packed = link_packed_make(&index->values, record);
    index->record[place] = packed;
    *id_slot(index, record->id) = place + 1;
    index->record_bytes += link_packed_size(packed) + sizeof(size_t);
    index->live++;
    index->mentions[record->kind]++;
    if (new_plate)
        link_plates_add(&index->plates, record->plate,
                        link_values_find(&index->values, record->plate, SLOT_PLATE));
    struct record_key keys[RECORD_KEYS_MAX];
    size_t count = link_record_keys(record, keys);
    for (size_t i = 0; i < count; i++) link_postings_add(&index->postings, keys[i].key, place);
}

enum st link_index_insert(struct link_index *index, const struct link_mention *mention,
                          struct err *err)
{
    struct record record;
    link_record_make(mention, &record);
    pthread_rwlock_wrlock(&index->lock);
    enum st outcome = ST_OK;
    if (index->live * 3 >= (size_t)index->ids * 2) grow_ids(index);
    if (*id_slot(index, mention->id))
        outcome = err_set(err, ST_CONFLICT, "The mention is in the index already.");
    else if (index->count >= (uint32_t)1 << 31 || !link_values_room(&index->values))
        outcome = err_set(err, ST_LIMIT, "The index is full.");
    else
        keep_record(index, &record);
    pthread_rwlock_unlock(&index->lock);
    return outcome;
}

bool link_index_remove(struct link_index *index, int64_t id)
{
    pthread_rwlock_wrlock(&index->lock);
    uint32_t slot = *id_slot(index, id);
    if (slot) {
        uint32_t place = slot - 1;
        struct packed *packed = index->record[place];
        struct record record;
        struct record_key keys[RECORD_KEYS_MAX];
        link_packed_open(&index->values, packed, &record);
        size_t count = link_record_keys(&record, keys);
        for (size_t i = 0; i < count; i++)
            link_postings_remove(&index->postings, keys[i].key, place);
        id_remove(index, id);
        index->mentions[record.kind]--;
        index->live--;
        index->record_bytes -= link_packed_size(packed) + sizeof(size_t);
        index->record[place] = NULL;
        free(packed);
    }
    pthread_rwlock_unlock(&index->lock);
    return slot != 0;
}

/* --- how much -------------------------------------------------------------------------------- */

size_t link_index_count(const struct link_index *index)
{
    pthread_rwlock_rdlock(link_index_lock(index));
    size_t count = index->live;
    pthread_rwlock_unlock(link_index_lock(index));
    return count;
}

size_t link_index_bytes(const struct link_index *index)
{
    pthread_rwlock_rdlock(link_index_lock(index));
    size_t bytes = sizeof *index + index->record_bytes + index->capacity * sizeof *index->record +
                   index->ids * sizeof *index->id + link_postings_bytes(&index->postings) +
                   link_values_bytes(&index->values) + link_plates_bytes(&index->plates);
    pthread_rwlock_unlock(link_index_lock(index));
    return bytes;
}

static size_t power_of_two(size_t count)
{
    return count ? (size_t)1 << (63 - __builtin_clzll(count)) : 0;
}

/* How many of a key's mentions count.  Of a value that very many carry, one report more
 * or less does not show in its order of magnitude. */
static size_t admitted(const struct link_index *index, struct link_admit admit, struct posting posting)
{
    enum { COUNTED = 1000 };
    if (!admit.admits) return posting.count;
    if (posting.count > COUNTED) return power_of_two(posting.count);
    size_t count = 0;
    for (uint32_t i = 0; i < posting.count; i++)
        count += admit.admits(admit.context, index->record[posting.place[i]]->report);
    return count;
}

static size_t count_of(const void *context, uint64_t key)
{
    /* The memo belongs to one question, and so to one thread. */
    struct count_memo *memo = (struct count_memo *)(uintptr_t)context;
    size_t at = key * 0x9e3779b97f4a7c15u >> 55;
    if (memo->key[at] != key || key == 0) {
        memo->key[at] = key;
        memo->count[at] = (uint32_t)admitted(memo->index, memo->admit,
                                             link_postings_find(&memo->index->postings, key));
    }
    return memo->count[at];
}

struct compare_counts link_index_counts(const struct link_index *index, struct link_admit admit,
                                        enum link_kind kind, struct count_memo *memo)
{
    memset(memo->key, 0, sizeof memo->key);
    memo->index = index;
    memo->admit = admit;
    size_t mentions = index->mentions[kind];
    return (struct compare_counts){count_of, memo, admit.admits ? power_of_two(mentions) : mentions};
}
