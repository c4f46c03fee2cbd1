#include "link/posting.h"

#include <stdlib.h>
#include <string.h>

struct posting_slot {
    uint64_t key; /* 0: empty */
    uint32_t count : 31;
    uint32_t listed : 1; /* `at` is a list, else the one place */
    uint32_t at;
};

struct posting_list {
    uint32_t *place;
    uint32_t capacity;
};

static void *grown(void *old, size_t count, size_t size)
{
    void *new = reallocarray(old, count, size);
    if (!new) abort();
    return new;
}

void link_postings_init(struct postings *postings)
{
    *postings = (struct postings){.size = 1024};
    postings->slot = calloc(postings->size, sizeof *postings->slot);
    if (!postings->slot) abort();
}

void link_postings_done(struct postings *postings)
{
    for (uint32_t i = 0; i < postings->lists; i++) free(postings->list[i].place);
    free(postings->list);
    free(postings->slot);
    *postings = (struct postings){0};
}

static uint32_t spread(uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32);
}

static struct posting_slot *slot_of(const struct postings *postings, uint64_t key)
{
    uint32_t at = spread(key) & (postings->size - 1);
    while (postings->slot[at].key && postings->slot[at].key != key)
        at = (at + 1) & (postings->size - 1);
    return &postings->slot[at];
}

struct posting link_postings_find(const struct postings *postings, uint64_t key)
{
    const struct posting_slot *slot = slot_of(postings, key ? key : 1);
    if (!slot->key || slot->count == 0) return (struct posting){key, NULL, 0};
    return (struct posting){key, slot->listed ? postings->list[slot->at].place : &slot->at,
                            slot->count};
}

void link_postings_fetch(const struct postings *postings, uint64_t key, enum postings_ahead ahead)
{
    uint32_t at = spread(key ? key : 1) & (postings->size - 1);
    const struct posting_slot *slot = &postings->slot[at];
    if (ahead == AHEAD_KEY) {
        __builtin_prefetch(slot, 1);
    } else if (slot->key == key && slot->listed) {
        const struct posting_list *list = &postings->list[slot->at];
        if (ahead == AHEAD_LIST)
            __builtin_prefetch(list, 1);
        else
            __builtin_prefetch(list->place + slot->count, 1);
    }
}

static void resize(struct postings *postings, uint32_t size)
{
    struct posting_slot *old = postings->slot;
    uint32_t old_size = postings->size;
    postings->size = size;
    postings->slot = calloc(postings->size, sizeof *old);
    if (!postings->slot) abort();
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i].key) *slot_of(postings, old[i].key) = old[i];
    free(old);
}

static bool is_full(const struct postings *postings, size_t keys)
{
    return (uint64_t)keys * 5 >= (uint64_t)postings->size * 4;
}

void link_postings_expect(struct postings *postings, size_t keys)
{
    uint32_t size = postings->size;
    while (size < (uint32_t)1 << 30 && (uint64_t)keys * 5 >= (uint64_t)size * 4) size *= 2;
    if (size > postings->size) resize(postings, size);
}

static struct posting_list *new_list(struct postings *postings, uint32_t capacity)
{
    if (postings->lists == postings->list_capacity) {
        postings->list_capacity = postings->list_capacity ? postings->list_capacity * 3 / 2 : 256;
        postings->list = grown(postings->list, postings->list_capacity, sizeof *postings->list);
    }
    struct posting_list *list = &postings->list[postings->lists++];
    *list = (struct posting_list){grown(NULL, capacity, sizeof *list->place), capacity};
    postings->list_bytes += capacity * sizeof *list->place;
    return list;
}

/* From one place in the slot to a list. */
static void make_list(struct postings *postings, struct posting_slot *slot)
{
    new_list(postings, 2)->place[0] = slot->at;
    slot->listed = 1;
    slot->at = postings->lists - 1;
}

void link_postings_add(struct postings *postings, uint64_t key, uint32_t place)
{
    if (is_full(postings, postings->used)) resize(postings, postings->size * 2);
    struct posting_slot *slot = slot_of(postings, key ? key : 1);
    if (!slot->key) {
        slot->key = key ? key : 1;
        postings->used++;
    }
    if (!slot->listed && slot->count == 0) {
        slot->at = place;
        slot->count = 1;
        return;
    }
    if (!slot->listed) make_list(postings, slot);
    struct posting_list *list = &postings->list[slot->at];
    if (slot->count == list->capacity) {
        uint32_t capacity = list->capacity + list->capacity / 2 + 1;
        postings->list_bytes += (capacity - list->capacity) * sizeof *list->place;
        list->place = grown(list->place, capacity, sizeof *list->place);
        list->capacity = capacity;
    }
    list->place[slot->count++] = place;
}

/* --- many at once ------------------------------------------------------------------------ */

enum { PARTS = 256, PIECE = 1024 };

struct piece {
    struct piece *next;
    uint32_t count;
    uint32_t place[PIECE];
    uint64_t key[PIECE];
};

struct posting_gathered {
    uint32_t part_size; /* how many slots beside each other are one part's */
    struct piece *first[PARTS], *last[PARTS];
};

struct posting_gathered *link_postings_gather(const struct postings *postings)
{
    struct posting_gathered *gathered = calloc(1, sizeof *gathered);
    if (!gathered) abort();
    gathered->part_size = postings->size / PARTS;
    return gathered;
}

void link_postings_gather_add(struct posting_gathered *gathered, uint64_t key, uint32_t place)
{
    key = key ? key : 1;
    uint32_t part = spread(key) / gathered->part_size % PARTS;
    struct piece *piece = gathered->last[part];
    if (!piece || piece->count == PIECE) {
        struct piece *new = grown(NULL, 1, sizeof *new);
        new->next = NULL;
        new->count = 0;
        *(piece ? &piece->next : &gathered->first[part]) = new;
        gathered->last[part] = piece = new;
    }
    piece->key[piece->count] = key;
    piece->place[piece->count++] = place;
}

/* How often each key of a part is there. */
static void count_part(struct postings *postings, const struct piece *piece)
{
    for (; piece; piece = piece->next)
        for (uint32_t i = 0; i < piece->count; i++) {
            if (is_full(postings, postings->used)) resize(postings, postings->size * 2);
            struct posting_slot *slot = slot_of(postings, piece->key[i]);
            if (slot->key) {
                slot->count++;
                continue;
            }
            *slot = (struct posting_slot){.key = piece->key[i], .count = 1, .at = piece->place[i]};
            postings->used++;
        }
}

static void fill_part(struct postings *postings, struct piece *piece)
{
    for (struct piece *next; piece; piece = next) {
        for (uint32_t i = 0; i < piece->count; i++) {
            struct posting_slot *slot = slot_of(postings, piece->key[i]);
            if (!slot->listed && slot->count == 1) continue;
            if (!slot->listed) {
                new_list(postings, slot->count);
                slot->listed = 1;
                slot->at = postings->lists - 1;
                slot->count = 0;
            }
            postings->list[slot->at].place[slot->count++] = piece->place[i];
        }
        next = piece->next;
        free(piece);
    }
}

void link_postings_fill(struct postings *postings, struct posting_gathered *gathered)
{
    for (size_t i = 0; i < PARTS; i++) {
        count_part(postings, gathered->first[i]);
        fill_part(postings, gathered->first[i]);
    }
    free(gathered);
}

void link_postings_remove(struct postings *postings, uint64_t key, uint32_t place)
{
    struct posting_slot *slot = slot_of(postings, key ? key : 1);
    if (!slot->listed) {
        if (slot->count && slot->at == place) slot->count = 0;
        return;
    }
    uint32_t *places = postings->list[slot->at].place;
    uint32_t low = 0;
    uint32_t high = slot->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (places[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == slot->count || places[low] != place) return;
    memmove(places + low, places + low + 1, (slot->count - low - 1) * sizeof *places);
    slot->count--;
}

size_t link_postings_bytes(const struct postings *postings)
{
    /* A list's block costs what malloc keeps beside it, too. */
    return postings->size * sizeof *postings->slot +
           postings->list_capacity * sizeof *postings->list + postings->list_bytes +
           postings->lists * sizeof(size_t);
}

/* --- as bytes ---------------------------------------------------------------------------- */

size_t link_postings_slot_size(void)
{
    return sizeof(struct posting_slot);
}

uint32_t *link_postings_counts(const struct postings *postings)
{
    uint32_t *count = calloc(postings->lists + (size_t)1, sizeof *count);
    if (!count) abort();
    for (uint32_t i = 0; i < postings->size; i++)
        if (postings->slot[i].key && postings->slot[i].listed)
            count[postings->slot[i].at] = postings->slot[i].count;
    return count;
}

const uint32_t *link_postings_list(const struct postings *postings, uint32_t list)
{
    return postings->list[list].place;
}

void link_postings_replace(struct postings *postings, void *slot, uint32_t size, uint32_t used,
                           uint32_t lists)
{
    link_postings_done(postings);
    *postings = (struct postings){.slot = slot, .size = size, .used = used, .lists = lists,
                                  .list_capacity = lists};
    postings->list = calloc(lists + (size_t)1, sizeof *postings->list);
    if (!postings->list) abort();
}

uint32_t *link_postings_make(struct postings *postings, uint32_t list, uint32_t count)
{
    uint32_t capacity = count ? count : 1;
    postings->list[list] = (struct posting_list){grown(NULL, capacity, sizeof(uint32_t)), capacity};
    postings->list_bytes += capacity * sizeof(uint32_t);
    return postings->list[list].place;
}
