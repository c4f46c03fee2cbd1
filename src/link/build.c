/*
 * Many mentions at once: those who add make records ready, part by part; one more thread
 * puts the parts into the index in the order of their turns; words are settled at the end
 * by two, and beside them the keys of an index that was empty go into their table.
 */
#include "link/index.h"

#include <stdlib.h>

enum { PART = 64, PARTS = 8, FAR = 6, NEAR = 4, NEXT = 2 /* mentions ahead */ };

struct ready {
    struct record record;
    struct packing packing;
    struct record_key key[RECORD_KEYS_MAX];
    size_t keys;
};

struct link_part {
    struct link_build *build;
    struct ready **ready; /* each in its place for good: the texts of a record are in it */
    size_t count;
    size_t capacity;
    bool filled; /* and not taken yet */
};

struct link_build {
    struct link_index *index;
    pthread_mutex_t lock;
    pthread_cond_t filled; /* a part is, or none comes any more */
    pthread_cond_t taken;
    pthread_t keeper;
    bool threaded; /* the keeper was started */
    bool ended;
    uint64_t turn; /* that is taken next */
    size_t refused;
    uint64_t own_turn; /* of what link_build_add fills */
    struct link_part *own;
    struct link_part part[PARTS]; /* by turn */
};

static void fetch(const struct link_index *index, const struct ready *ready,
                  enum values_ahead value, enum postings_ahead posting)
{
    for (size_t k = 0; k < ready->packing.count; k++)
        link_values_fetch(&index->values, ready->packing.list[k].hash, value);
    for (size_t k = 0; k < ready->keys && !index->gathered; k++)
        link_postings_fetch(&index->postings, ready->key[k].key, posting);
}

/* What the ones to come will touch is on its way while those before go in. */
static void take(struct link_build *build, struct link_part *part)
{
    struct link_index *index = build->index;
    struct ready *const *ready = part->ready;
    for (size_t i = 0; i < part->count; i++) {
        if (i + FAR < part->count) fetch(index, ready[i + FAR], AHEAD_SLOT, AHEAD_KEY);
        if (i + NEAR < part->count) fetch(index, ready[i + NEAR], AHEAD_VALUE, AHEAD_LIST);
        if (i + NEAR < part->count) link_index_fetch(index, ready[i + NEAR]->record.id);
        if (i + NEXT < part->count) fetch(index, ready[i + NEXT], AHEAD_TEXT, AHEAD_END);
        if (link_index_keep(index, &ready[i]->record, &ready[i]->packing, ready[i]->key,
                            ready[i]->keys, NULL) != ST_OK)
            build->refused++;
    }
}

/* Under the lock, which it gives up meanwhile; the next turn's part is filled. */
static void take_next(struct link_build *build)
{
    struct link_part *part = &build->part[build->turn % PARTS];
    pthread_mutex_unlock(&build->lock);
    take(build, part);
    pthread_mutex_lock(&build->lock);
    part->filled = false;
    build->turn++;
    pthread_cond_broadcast(&build->taken);
}

static void *keep(void *context)
{
    struct link_build *build = context;
    pthread_mutex_lock(&build->lock);
    for (;;) {
        while (!build->part[build->turn % PARTS].filled && !build->ended)
            pthread_cond_wait(&build->filled, &build->lock);
        if (!build->part[build->turn % PARTS].filled) break;
        take_next(build);
    }
    pthread_mutex_unlock(&build->lock);
    return NULL;
}

struct link_build *link_build_begin(struct link_index *index, size_t expected)
{
    struct link_build *build = calloc(1, sizeof *build);
    if (!build) abort();
    pthread_rwlock_wrlock(&index->lock);
    build->index = index;
    link_index_expect(index, expected);
    if (index->count == 0 && expected) index->gathered = link_postings_gather(&index->postings);
    pthread_mutex_init(&build->lock, NULL);
    pthread_cond_init(&build->filled, NULL);
    pthread_cond_init(&build->taken, NULL);
    build->threaded = pthread_create(&build->keeper, NULL, keep, build) == 0;
    return build;
}

struct link_part *link_part_begin(struct link_build *build, uint64_t turn)
{
    struct link_part *part = &build->part[turn % PARTS];
    pthread_mutex_lock(&build->lock);
    while (turn >= build->turn + PARTS) pthread_cond_wait(&build->taken, &build->lock);
    pthread_mutex_unlock(&build->lock);
    part->build = build;
    part->count = 0;
    return part;
}

void link_part_add(struct link_part *part, const struct link_mention *mention)
{
    if (part->count == part->capacity) {
        size_t before = part->capacity;
        part->capacity = before ? before * 2 : PART;
        part->ready = reallocarray(part->ready, part->capacity, sizeof *part->ready);
        if (!part->ready) abort();
        memset(part->ready + before, 0, (part->capacity - before) * sizeof *part->ready);
    }
    struct ready **place = &part->ready[part->count++];
    if (!*place) *place = malloc(sizeof **place);
    if (!*place) abort();
    struct ready *ready = *place;
    link_record_make(mention, &ready->record);
    link_packing_make(&ready->record, &ready->packing);
    ready->keys = link_record_keys(&ready->record, ready->key);
}

void link_part_end(struct link_part *part)
{
    struct link_build *build = part->build;
    pthread_mutex_lock(&build->lock);
    part->filled = true;
    if (build->threaded)
        pthread_cond_signal(&build->filled);
    else
        while (build->part[build->turn % PARTS].filled) take_next(build);
    pthread_mutex_unlock(&build->lock);
}

void link_build_add(struct link_build *build, const struct link_mention *mention)
{
    if (!build->own) build->own = link_part_begin(build, build->own_turn++);
    link_part_add(build->own, mention);
    if (build->own->count < PART) return;
    link_part_end(build->own);
    build->own = NULL;
}

static void *file_keys(void *context)
{
    struct link_index *index = context;
    link_postings_fill(&index->postings, index->gathered);
    return NULL;
}

size_t link_build_end(struct link_build *build)
{
    if (build->own) link_part_end(build->own);
    if (build->threaded) {
        pthread_mutex_lock(&build->lock);
        build->ended = true;
        pthread_cond_signal(&build->filled);
        pthread_mutex_unlock(&build->lock);
        pthread_join(build->keeper, NULL);
    }
    struct link_index *index = build->index;
    pthread_t filer;
    bool beside = index->gathered && pthread_create(&filer, NULL, file_keys, index) == 0;
    if (index->gathered && !beside) file_keys(index);
    link_words_settle(&index->values.words, index->values.text, build->threaded ? 2 : 1);
    if (beside) pthread_join(filer, NULL);
    index->gathered = NULL;
    size_t refused = build->refused;
    pthread_rwlock_unlock(&index->lock);
    pthread_mutex_destroy(&build->lock);
    pthread_cond_destroy(&build->filled);
    pthread_cond_destroy(&build->taken);
    for (size_t i = 0; i < PARTS; i++) {
        for (size_t k = 0; k < build->part[i].capacity; k++) free(build->part[i].ready[k]);
        free(build->part[i].ready);
    }
    free(build);
    return refused;
}
