/*
 * The live index: places, keys and plates; insertion and removal.
 */
#include "link/index.h"

#include "link/normalise.h"

#include <stdlib.h>

enum { ID_KEY = 'I' }; /* a mention's id has a posting list of its own */

static void *grown(void *old, size_t count, size_t size)
{
    void *new = reallocarray(old, count, size);
    if (!new) abort();
    return new;
}

struct link_index *link_index_new(void)
{
    struct link_index *index = calloc(1, sizeof *index);
    if (!index) abort();
    pthread_rwlock_init(&index->lock, NULL);
    index->posting_size = 4096;
    index->posting = calloc(index->posting_size, sizeof *index->posting);
    if (!index->posting) abort();
    return index;
}

void link_index_free(struct link_index *index)
{
    if (!index) return;
    for (uint32_t i = 0; i < index->count; i++) free(index->record[i]);
    for (uint32_t i = 0; i < index->posting_size; i++) free(index->posting[i].place);
    free(index->record);
    free(index->posting);
    free(index->plate);
    pthread_rwlock_destroy(&index->lock);
    free(index);
}

/* --- posting lists ----------------------------------------------------------------- */

static struct posting *slot_of(const struct link_index *index, uint64_t key)
{
    uint32_t at = (uint32_t)(key >> 7) & (index->posting_size - 1);
    while (index->posting[at].key && index->posting[at].key != key)
        at = (at + 1) & (index->posting_size - 1);
    return &index->posting[at];
}

const struct posting *link_posting_find(const struct link_index *index, uint64_t key)
{
    const struct posting *posting = slot_of(index, key ? key : 1);
    return posting->key ? posting : NULL;
}

static void grow_postings(struct link_index *index)
{
    struct posting *old = index->posting;
    uint32_t old_size = index->posting_size;
    index->posting_size *= 2;
    index->posting = calloc(index->posting_size, sizeof *old);
    if (!index->posting) abort();
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i].key) *slot_of(index, old[i].key) = old[i];
    free(old);
}

static void posting_add(struct link_index *index, uint64_t key, uint32_t place)
{
    if (index->posting_used * 4 >= index->posting_size * 3) grow_postings(index);
    struct posting *posting = slot_of(index, key ? key : 1);
    if (!posting->key) {
        posting->key = key ? key : 1;
        index->posting_used++;
    }
    if (posting->count == posting->capacity) {
        uint32_t capacity = posting->capacity ? posting->capacity * 2 : 2;
        index->bytes += (capacity - posting->capacity) * sizeof *posting->place;
        posting->place = grown(posting->place, capacity, sizeof *posting->place);
        posting->capacity = capacity;
    }
    posting->place[posting->count++] = place;
}

static void posting_remove(struct link_index *index, uint64_t key, uint32_t place)
{
    struct posting *posting = slot_of(index, key ? key : 1);
    uint32_t low = 0;
    uint32_t high = posting->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (posting->place[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == posting->count || posting->place[low] != place) return;
    memmove(posting->place + low, posting->place + low + 1,
            (posting->count - low - 1) * sizeof *posting->place);
    posting->count--;
}

static size_t key_count(const void *context, uint64_t key)
{
    const struct posting *posting = link_posting_find(context, key);
    return posting ? posting->count : 0;
}

struct compare_counts link_index_counts(const struct link_index *index, enum link_kind kind)
{
    return (struct compare_counts){key_count, index, index->mentions[kind]};
}

/* --- plates --------------------------------------------------------------------------- */

uint64_t link_plate_characters(struct str plate)
{
    char folded[LINK_REGISTRATION_SIZE];
    uint64_t bits = 0;
    size_t length = plate.len < sizeof folded ? plate.len : sizeof folded - 1;
    memcpy(folded, plate.ptr, length);
    folded[length] = 0;
    link_registration_fold(folded);
    for (const char *c = folded; *c; c++)
        if (*c != '?' && *c != '*') bits |= (uint64_t)1 << (*c & 63);
    return bits;
}

static uint64_t plate_key(struct str plate)
{
    return link_key('q', plate);
}

/* The list of distinct plates is short beside that of mentions, and is looked
 * through whole for a plate seen in part. */
static void plate_add(struct link_index *index, struct str plate)
{
    const struct posting *known = link_posting_find(index, link_key('Q', plate));
    if (known && known->count) {
        index->plate[known->place[0]].mentions++;
        return;
    }
    if (index->plate_count == index->plate_capacity) {
        index->plate_capacity = index->plate_capacity ? index->plate_capacity * 2 : 256;
        index->plate = grown(index->plate, index->plate_capacity, sizeof *index->plate);
    }
    struct known_plate *new = &index->plate[index->plate_count];
    *new = (struct known_plate){.characters = link_plate_characters(plate), .mentions = 1};
    memcpy(new->text, plate.ptr, plate.len);
    posting_add(index, link_key('Q', plate), index->plate_count++);
}

static void plate_remove(struct link_index *index, struct str plate)
{
    const struct posting *known = link_posting_find(index, link_key('Q', plate));
    if (known && known->count) index->plate[known->place[0]].mentions--;
}

/* --- insertion and removal ---------------------------------------------------------------- */

static uint64_t id_key(int64_t id)
{
    return link_key(ID_KEY, str_of((const char *)&id, sizeof id));
}

enum st link_index_insert(struct link_index *index, const struct link_mention *mention,
                          struct err *err)
{
    struct record record;
    uint64_t keys[RECORD_KEYS_MAX];
    link_record_make(mention, &record);
    size_t key_total = link_record_keys(&record, keys);
    pthread_rwlock_wrlock(&index->lock);
    enum st outcome = ST_OK;
    if (key_count(index, id_key(mention->id)) > 0)
        outcome = err_set(err, ST_CONFLICT, "The mention is in the index already.");
    else if (index->count == UINT32_MAX - 1)
        outcome = err_set(err, ST_LIMIT, "The index is full.");
    if (outcome == ST_OK) {
        if (index->count == index->capacity) {
            index->capacity = index->capacity ? index->capacity * 2 : 1024;
            index->record = grown(index->record, index->capacity, sizeof *index->record);
        }
        uint32_t place = index->count++;
        index->record[place] = link_record_keep(&record);
        index->bytes += link_record_size(&record);
        index->live++;
        index->mentions[record.kind]++;
        posting_add(index, id_key(mention->id), place);
        for (size_t i = 0; i < key_total; i++) posting_add(index, keys[i], place);
        if (record.plate.len) {
            posting_add(index, plate_key(record.plate), place);
            plate_add(index, record.plate);
        }
    }
    pthread_rwlock_unlock(&index->lock);
    return outcome;
}

bool link_index_remove(struct link_index *index, int64_t id)
{
    pthread_rwlock_wrlock(&index->lock);
    const struct posting *own = link_posting_find(index, id_key(id));
    bool found = own && own->count;
    if (found) {
        uint32_t place = own->place[0];
        struct record *record = index->record[place];
        uint64_t keys[RECORD_KEYS_MAX];
        size_t count = link_record_keys(record, keys);
        for (size_t i = 0; i < count; i++) posting_remove(index, keys[i], place);
        posting_remove(index, id_key(id), place);
        if (record->plate.len) {
            posting_remove(index, plate_key(record->plate), place);
            plate_remove(index, record->plate);
        }
        index->mentions[record->kind]--;
        index->live--;
        index->bytes -= link_record_size(record);
        free(record);
        index->record[place] = NULL;
    }
    pthread_rwlock_unlock(&index->lock);
    return found;
}

static pthread_rwlock_t *lock_of(const struct link_index *index)
{
    return (pthread_rwlock_t *)(uintptr_t)&index->lock;
}

size_t link_index_count(const struct link_index *index)
{
    pthread_rwlock_rdlock(lock_of(index));
    size_t count = index->live;
    pthread_rwlock_unlock(lock_of(index));
    return count;
}

size_t link_index_bytes(const struct link_index *index)
{
    pthread_rwlock_rdlock(lock_of(index));
    size_t bytes = index->bytes + index->capacity * sizeof *index->record +
                   index->posting_size * sizeof *index->posting +
                   index->plate_capacity * sizeof *index->plate;
    pthread_rwlock_unlock(lock_of(index));
    return bytes;
}
