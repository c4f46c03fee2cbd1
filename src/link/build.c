/*
 * Many mentions at once: one thread makes records ready, another puts them into the
 * index, in the order in which they come; words are settled at the end by both.
 */
#include "link/index.h"

#include <stdlib.h>

enum { BATCH = 64, BATCHES = 4, AHEAD = 6 };

struct batch {
    struct ready {
        struct record record;
        struct record_key key[RECORD_KEYS_MAX];
        size_t keys;
    } ready[BATCH];
    size_t count;
};

struct link_build {
    struct link_index *index;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t worker;
    bool threaded; /* the worker was started */
    bool ended;
    size_t filled; /* batches handed over, and taken */
    size_t taken;
    size_t refused;
    struct batch batch[BATCHES];
};

static void take_batch(struct link_build *build, struct batch *batch)
{
    const struct ready *ready = batch->ready;
    for (size_t i = 0; i < batch->count; i++) {
        size_t ahead = i + AHEAD;
        for (size_t k = 0; ahead < batch->count && k < ready[ahead].keys; k++)
            link_postings_prefetch(&build->index->postings, ready[ahead].key[k].key);
        if (link_index_keep(build->index, &ready[i].record, ready[i].key, ready[i].keys, NULL) != ST_OK)
            build->refused++;
    }
    batch->count = 0;
}

static void *work(void *context)
{
    struct link_build *build = context;
    pthread_mutex_lock(&build->lock);
    for (;;) {
        while (build->taken == build->filled && !build->ended)
            pthread_cond_wait(&build->changed, &build->lock);
        if (build->taken == build->filled) break;
        struct batch *batch = &build->batch[build->taken % BATCHES];
        pthread_mutex_unlock(&build->lock);
        take_batch(build, batch);
        pthread_mutex_lock(&build->lock);
        build->taken++;
        pthread_cond_broadcast(&build->changed);
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
    pthread_mutex_init(&build->lock, NULL);
    pthread_cond_init(&build->changed, NULL);
    build->threaded = pthread_create(&build->worker, NULL, work, build) == 0;
    return build;
}

static struct batch *filling(struct link_build *build)
{
    return &build->batch[build->filled % BATCHES];
}

static void hand_over(struct link_build *build)
{
    if (!build->threaded) {
        take_batch(build, filling(build));
        return;
    }
    pthread_mutex_lock(&build->lock);
    build->filled++;
    pthread_cond_broadcast(&build->changed);
    while (build->filled - build->taken == BATCHES) pthread_cond_wait(&build->changed, &build->lock);
    pthread_mutex_unlock(&build->lock);
}

void link_build_add(struct link_build *build, const struct link_mention *mention)
{
    struct batch *batch = filling(build);
    struct ready *ready = &batch->ready[batch->count++];
    link_record_make(mention, &ready->record);
    ready->keys = link_record_keys(&ready->record, ready->key);
    if (batch->count == BATCH) hand_over(build);
}

size_t link_build_end(struct link_build *build)
{
    if (filling(build)->count) hand_over(build);
    if (build->threaded) {
        pthread_mutex_lock(&build->lock);
        build->ended = true;
        pthread_cond_broadcast(&build->changed);
        pthread_mutex_unlock(&build->lock);
        pthread_join(build->worker, NULL);
    }
    struct link_index *index = build->index;
    link_words_settle(&index->values.words, index->values.text, build->threaded ? 2 : 1);
    size_t refused = build->refused;
    pthread_rwlock_unlock(&index->lock);
    pthread_mutex_destroy(&build->lock);
    pthread_cond_destroy(&build->changed);
    free(build);
    return refused;
}
