/*
 * The live index: insertion and removal.
 */
#include "link/index.h"

#include "base/arena.h"

#include <stdlib.h>

static void init(struct link_index *index)
{
    index->slots = 1024;
    index->slot = calloc(index->slots, sizeof *index->slot);
    if (!index->slot) abort();
    link_postings_init(&index->postings);
    link_values_init(&index->values);
    link_plates_init(&index->plates);
}

static void done(struct link_index *index)
{
    for (uint32_t i = 0; i < index->count; i++) free(index->record[i]);
    free(index->record);
    free(index->id);
    free(index->slot);
    link_postings_done(&index->postings);
    link_values_done(&index->values);
    link_plates_done(&index->plates);
}

struct link_index *link_index_new(void)
{
    struct link_index *index = calloc(1, sizeof *index);
    if (!index) abort();
    pthread_rwlock_init(&index->lock, NULL);
    init(index);
    link_weights_default(&index->weights);
    return index;
}

void link_index_free(struct link_index *index)
{
    if (!index) return;
    done(index);
    pthread_rwlock_destroy(&index->lock);
    free(index);
}

void link_index_empty(struct link_index *index)
{
    done(index);
    index->record = NULL;
    index->id = NULL;
    index->count = index->capacity = 0;
    index->live = index->record_bytes = 0;
    index->changes++;
    memset(index->mentions, 0, sizeof index->mentions);
    init(index);
}

/* --- ids ------------------------------------------------------------------------------- */

static uint32_t id_home(const struct link_index *index, int64_t id)
{
    return (uint32_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 32) & (index->slots - 1);
}

/* The slot of an id, or the empty one where it belongs. */
static uint32_t *id_slot(const struct link_index *index, int64_t id)
{
    uint32_t at = id_home(index, id);
    while (index->slot[at] && index->id[index->slot[at] - 1] != id)
        at = (at + 1) & (index->slots - 1);
    return &index->slot[at];
}

static bool too_few_slots(const struct link_index *index, size_t mentions)
{
    return mentions * 3 >= (size_t)index->slots * 2;
}

/* At least twice as many, and enough for so many mentions. */
static void grow_slots(struct link_index *index, size_t mentions)
{
    free(index->slot);
    do index->slots *= 2;
    while (index->slots < (uint32_t)1 << 31 && too_few_slots(index, mentions));
    index->slot = calloc(index->slots, sizeof *index->slot);
    if (!index->slot) abort();
    for (uint32_t i = 0; i < index->count; i++)
        if (index->record[i]) *id_slot(index, index->id[i]) = i + 1;
}

/* Empties a slot and moves up what was pushed past it (Knuth 6.4, algorithm R). */
static void id_remove(struct link_index *index, int64_t id)
{
    uint32_t hole = (uint32_t)(id_slot(index, id) - index->slot);
    index->slot[hole] = 0;
    for (uint32_t at = (hole + 1) & (index->slots - 1); index->slot[at];
         at = (at + 1) & (index->slots - 1)) {
        uint32_t home = id_home(index, index->id[index->slot[at] - 1]);
        bool between = hole <= at ? hole < home && home <= at : hole < home || home <= at;
        if (between) continue;
        index->slot[hole] = index->slot[at];
        index->slot[at] = 0;
        hole = at;
    }
}

/* --- insertion and removal ---------------------------------------------------------------- */

static void grow_places(struct link_index *index, uint32_t capacity)
{
    index->capacity = capacity;
    index->record = reallocarray(index->record, index->capacity, sizeof *index->record);
    index->id = reallocarray(index->id, index->capacity, sizeof *index->id);
    if (!index->record || !index->id) abort();
}

static uint32_t next_place(struct link_index *index)
{
    if (index->count == index->capacity)
        grow_places(index, index->capacity < 1024 ? 1024 : index->capacity / 4 * 5);
    return index->count++;
}

/* The words of its names count, or count no longer: under each its key once. */
static void count_words(struct link_index *index, const struct record *record,
                        const struct packed *packed, const struct record_key *keys, size_t count,
                        int change)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i].type != 'n') continue;
        bool alias = keys[i].at >= RECORD_TOKENS;
        size_t entry =
            alias ? (size_t)(record->name.count + keys[i].at - RECORD_TOKENS) : keys[i].at;
        uint32_t word = index->values.value[packed->entry[entry].number].word - 1;
        index->values.words.word[word].mentions += (uint32_t)change;
    }
}

static void keep_record(struct link_index *index, const struct record *record,
                        const struct packing *packing, const struct record_key *keys, size_t count)
{
    bool new_plate =
        record->plate.len &&
        link_values_find(&index->values, record->plate, SLOT_PLATE) == VALUE_NONE;
    uint32_t place = next_place(index);
    struct packed *packed = link_packed_make(&index->values, record, packing);
    index->record[place] = packed;
    index->id[place] = record->id;
    *id_slot(index, record->id) = place + 1;
    index->record_bytes += link_packed_size(packed) + sizeof(size_t);
    index->live++;
    index->changes++;
    index->mentions[record->kind]++;
    if (new_plate)
        link_plates_add(&index->plates, record->plate,
                        link_values_find(&index->values, record->plate, SLOT_PLATE));
    for (size_t i = 0; i < count; i++)
        if (index->gathered)
            link_postings_gather_add(index->gathered, keys[i].key, place);
        else
            link_postings_add(&index->postings, keys[i].key, place);
    count_words(index, record, packed, keys, count, 1);
}

void link_index_expect(struct link_index *index, size_t mentions)
{
    /* A mention brings about this many new keys and values, or more. */
    link_postings_expect(&index->postings, mentions * 3 / 4);
    link_values_expect(&index->values, mentions / 4);
    if (mentions >= UINT32_MAX / 2) return;
    if (mentions > index->capacity) grow_places(index, (uint32_t)mentions);
    if (too_few_slots(index, mentions)) grow_slots(index, mentions);
}

void link_index_fetch(const struct link_index *index, int64_t id)
{
    __builtin_prefetch(&index->slot[id_home(index, id)], 1);
}

enum st link_index_keep(struct link_index *index, const struct record *record,
                        const struct packing *packing, const struct record_key *keys, size_t count,
                        struct err *err)
{
    if (too_few_slots(index, index->live)) grow_slots(index, index->live);
    if (*id_slot(index, record->id))
        return err_set(err, ST_CONFLICT, "The mention is in the index already.");
    if (index->count >= (uint32_t)1 << 31 || !link_values_room(&index->values))
        return err_set(err, ST_LIMIT, "The index is full.");
    keep_record(index, record, packing, keys, count);
    return ST_OK;
}

static void make_ready(const struct link_mention *mention, struct link_ready *ret)
{
    ret->next = NULL;
    link_record_make(mention, &ret->record);
    link_packing_make(&ret->record, &ret->packing);
    ret->count = link_record_keys(&ret->record, ret->key);
}

static enum st insert(struct link_index *index, const struct link_ready *ready, struct err *err)
{
    return link_index_keep(index, &ready->record, &ready->packing, ready->key, ready->count, err);
}

static void settle(struct link_index *index)
{
    link_words_settle(&index->values.words, index->values.text, 1);
}

enum st link_index_insert(struct link_index *index, const struct link_mention *mention,
                          struct err *err)
{
    struct link_ready ready;
    make_ready(mention, &ready);
    pthread_rwlock_wrlock(&index->lock);
    enum st outcome = insert(index, &ready, err);
    settle(index);
    pthread_rwlock_unlock(&index->lock);
    return outcome;
}

struct link_ready *link_ready_make(struct arena *arena, const struct link_mention *mention)
{
    struct link_ready *ready = arena_new(arena, struct link_ready);
    make_ready(mention, ready);
    return ready;
}

void link_ready_name(struct link_ready *ready, int64_t id, int64_t report)
{
    ready->record.id = id;
    ready->record.report = report;
}

struct link_ready *link_ready_before(struct link_ready *ready, struct link_ready *list)
{
    ready->next = list;
    return ready;
}

void link_index_insert_ready(struct link_index *index, const struct link_ready *list)
{
    pthread_rwlock_wrlock(&index->lock);
    for (; list; list = list->next)
        if (insert(index, list, NULL) != ST_OK) continue;
    settle(index);
    pthread_rwlock_unlock(&index->lock);
}

bool link_index_open(const struct link_index *index, int64_t id, struct record *ret)
{
    uint32_t slot = *id_slot(index, id);
    if (slot) link_packed_open(&index->values, index->record[slot - 1], id, ret);
    return slot != 0;
}

size_t link_index_town(const struct link_index *index, int64_t id, char *ret, size_t size)
{
    struct record record;
    pthread_rwlock_rdlock(link_index_lock(index));
    size_t length =
        link_index_open(index, id, &record) && record.kind == LINK_PLACE && record.town.len < size
            ? record.town.len
            : 0;
    if (length) memcpy(ret, record.town.ptr, length);
    pthread_rwlock_unlock(link_index_lock(index));
    return length;
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
        link_packed_open(&index->values, packed, id, &record);
        size_t count = link_record_keys(&record, keys);
        for (size_t i = 0; i < count; i++)
            link_postings_remove(&index->postings, keys[i].key, place);
        count_words(index, &record, packed, keys, count, -1);
        id_remove(index, id);
        index->mentions[record.kind]--;
        index->live--;
        index->changes++;
        index->record_bytes -= link_packed_size(packed) + sizeof(size_t);
        index->record[place] = NULL;
        free(packed);
    }
    pthread_rwlock_unlock(&index->lock);
    return slot != 0;
}

/* --- weights ------------------------------------------------------------------------------ */

void link_index_weigh_by(struct link_index *index, const struct link_weights *weights)
{
    pthread_rwlock_wrlock(&index->lock);
    index->weights = *weights;
    index->changes++;
    pthread_rwlock_unlock(&index->lock);
}

void link_index_weights(const struct link_index *index, struct link_weights *ret)
{
    pthread_rwlock_rdlock(link_index_lock(index));
    *ret = index->weights;
    pthread_rwlock_unlock(link_index_lock(index));
}

/* --- how much -------------------------------------------------------------------------------- */

size_t link_index_count(const struct link_index *index)
{
    pthread_rwlock_rdlock(link_index_lock(index));
    size_t count = index->live;
    pthread_rwlock_unlock(link_index_lock(index));
    return count;
}

uint64_t link_index_changes(const struct link_index *index)
{
    pthread_rwlock_rdlock(link_index_lock(index));
    uint64_t changes = index->changes;
    pthread_rwlock_unlock(link_index_lock(index));
    return changes;
}

bool link_index_is_whole(const struct link_index *index)
{
    pthread_rwlock_rdlock(link_index_lock(index));
    bool whole = index->live == index->count; /* places are not given out again */
    pthread_rwlock_unlock(link_index_lock(index));
    return whole;
}

size_t link_index_bytes(const struct link_index *index)
{
    pthread_rwlock_rdlock(link_index_lock(index));
    size_t bytes = sizeof *index + index->record_bytes +
                   index->capacity * (sizeof *index->record + sizeof *index->id) +
                   index->slots * sizeof *index->slot + link_postings_bytes(&index->postings) +
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
static size_t admitted(const struct link_index *index, struct link_admit admit,
                       struct posting posting)
{
    enum { COUNTED = 1000 };
    if (!admit.admits) return posting.count;
    if (posting.count > COUNTED) return power_of_two(posting.count);
    size_t count = 0;
    for (uint32_t i = 0; i < posting.count; i++)
        count += admit.admits(admit.context, index->record[posting.place[i]]->report);
    return count;
}

static struct count_slot *slot_of(const struct count_memo *memo, uint64_t key)
{
    return &memo->slot[key * 0x9e3779b97f4a7c15u >> (64 - memo->bits)];
}

static size_t count_of(const void *context, uint64_t key)
{
    /* The memo belongs to one question, and so to one thread. */
    struct count_memo *memo = (struct count_memo *)(uintptr_t)context;
    struct count_slot *slot = slot_of(memo, key);
    if (slot->key != key || key == 0)
        *slot = (struct count_slot){
            key, (uint32_t)admitted(memo->index, memo->admit,
                                    link_postings_find(&memo->index->postings, key))};
    return slot->count;
}

/* The same for words that share a key; the two sorts of key differ. */
static size_t sharing_of(const void *context, uint64_t key)
{
    struct count_memo *memo = (struct count_memo *)(uintptr_t)context;
    const struct values *values = &memo->index->values;
    uint64_t other = key ^ 0xa5a5a5a5a5a5a5a5u;
    struct count_slot *slot = slot_of(memo, other);
    if (slot->key == other && other) return slot->count;
    size_t count = 0;
    if (memo->admit.admits) {
        struct posting sharing = link_postings_find(&values->words.keys, key);
        for (uint32_t i = 0; i < sharing.count; i++) {
            struct str text = link_word_text(&values->words, values->text, sharing.place[i]);
            count +=
                admitted(memo->index, memo->admit,
                         link_postings_find(&memo->index->postings, link_key(KEY_NAME_WORD, text)));
        }
    } else {
        count = link_words_sharing(&values->words, key);
    }
    *slot = (struct count_slot){other, (uint32_t)count};
    return count;
}

struct compare_counts link_index_counts(const struct link_index *index, struct link_admit admit,
                                        enum link_kind kind, struct count_memo *memo)
{
    memset(memo->own, 0, sizeof memo->own);
    memo->slot = memo->own;
    memo->bits = MEMO_BITS;
    memo->index = index;
    memo->admit = admit;
    size_t mentions = index->mentions[kind];
    return (struct compare_counts){.key = count_of,
                                   .sharing = sharing_of,
                                   .context = memo,
                                   .mentions = admit.admits ? power_of_two(mentions) : mentions,
                                   .weights = &index->weights};
}
