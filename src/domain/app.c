#include "domain/app.h"

#include "domain/map_memory.h"
#include "domain/children.h"
#include "domain/decision.h"
#include "domain/demo.h"
#include "domain/entity.h"
#include "domain/follow.h"
#include "domain/home_kept.h"
#include "domain/import_batch.h"
#include "domain/naming.h"
#include "domain/opened.h"
#include "domain/rebuild.h"
#include "domain/registry.h"
#include "domain/snapshot.h"
#include "domain/suggested.h"
#include "domain/waiting.h"
#include "domain/weighing.h"

#include "link/link.h"

#include <stdlib.h>

struct registry_reading {
    struct app *app;
    enum st outcome;
    struct err err;
};

static void *read_registry(void *context)
{
    struct registry_reading *reading = context;
    struct db *db = store_read_begin(reading->app->store, &reading->err);
    reading->outcome = db ? registry_load(reading->app, db, &reading->err) : ST_FAILED;
    store_read_end(reading->app->store, db);
    return NULL;
}

struct suggestions_reading {
    struct app *app;
    struct waiting_pair *pair;
    size_t count, room;
    enum st outcome;
    struct err err;
};

/* All pairs in their order; of which submissions they are is told when the entities are there. */
static void *read_suggestions(void *context)
{
    struct suggestions_reading *reading = context;
    struct db *db = store_read_begin(reading->app->store, &reading->err);
    reading->outcome = ST_FAILED;
    if (!db) return NULL;
    struct query *query = db_query(db, Q_SUGGESTION_ALL);
    while (db_next(query)) {
        if (reading->count == reading->room) {
            reading->room = reading->room ? reading->room * 2 : 1024;
            reading->pair = reallocarray(reading->pair, reading->room, sizeof *reading->pair);
            if (!reading->pair) abort();
        }
        reading->pair[reading->count++] = (struct waiting_pair){
            .other = db_int(query, 0), .mention = db_int(query, 1), .bits = db_double(query, 2)};
    }
    reading->outcome = db_end(query, &reading->err);
    store_read_end(reading->app->store, db);
    waiting_sort(reading->pair, reading->count);
    return NULL;
}

static void keep_suggestions(struct app *app, struct suggestions_reading *reading)
{
    enum { BLOCK = 512 };
    for (size_t from = 0; from < reading->count; from += BLOCK) {
        struct waiting_pair *pair = &reading->pair[from];
        size_t count = reading->count - from < BLOCK ? reading->count - from : BLOCK;
        int64_t mention[2 * BLOCK], submission[2 * BLOCK];
        for (size_t i = 0; i < count; i++) {
            mention[2 * i] = pair[i].mention;
            mention[2 * i + 1] = pair[i].other;
        }
        entity_submissions(app->entities, mention, 2 * count, submission);
        for (size_t i = 0; i < count; i++) {
            pair[i].submission = (int32_t)submission[2 * i];
            pair[i].other_submission = (int32_t)submission[2 * i + 1];
        }
    }
    waiting_load(app->waiting, reading->pair, reading->count);
}

/* Index and entities, from a snapshot as far as there is one and from the store; beside
 * them, in threads of their own, who may see which submission, and the suggestions. */
static enum st read_back(struct app *app, struct db *db, const struct app_start *start,
                         struct err *err)
{
    struct registry_reading registry = {.app = app, .outcome = ST_OK};
    struct suggestions_reading suggestions = {.app = app, .outcome = ST_OK};
    pthread_t registry_thread, suggestions_thread;
    int64_t last = 0;
    bool registry_beside = pthread_create(&registry_thread, NULL, read_registry, &registry) == 0;
    bool suggestions_beside =
        pthread_create(&suggestions_thread, NULL, read_suggestions, &suggestions) == 0;
    enum st outcome = snapshot_load(app, db, &last, err);
    if (outcome == ST_OK)
        outcome = rebuild_index(app, db, last, start->progress, start->context, err);
    if (registry_beside)
        pthread_join(registry_thread, NULL);
    else
        read_registry(&registry);
    if (suggestions_beside)
        pthread_join(suggestions_thread, NULL);
    else
        read_suggestions(&suggestions);
    keep_suggestions(app, &suggestions);
    if (outcome != ST_OK) return outcome;
    bool known = registry.outcome == ST_OK;
    outcome = known ? suggestions.outcome : registry.outcome;
    if (outcome != ST_OK && err) *err = known ? suggestions.err : registry.err;
    return outcome;
}

enum st app_open(struct app *ret, const char *folder, void (*progress)(void *, int64_t),
                 void *context, struct err *err)
{
    struct app_start start = {
        .store = {.folder = folder}, .progress = progress, .context = context};
    return app_open_with(ret, &start, err);
}

enum st app_open_with(struct app *ret, const struct app_start *start, struct err *err)
{
    *ret = (struct app){0};
    pthread_mutex_init(&ret->import_lock, NULL);
    pthread_mutex_init(&ret->indexing, NULL);
    pthread_mutex_init(&ret->rereading, NULL);
    pthread_cond_init(&ret->import_ended, NULL);
    enum st outcome = store_open_with(&start->store, &ret->store, err);
    if (outcome != ST_OK) return outcome;
    ret->keys = store_keys(ret->store);
    ret->index = link_index_new();
    ret->entities = entities_new();
    ret->registry = registry_new();
    ret->waiting = waiting_new();
    ret->map = map_memory_new();
    ret->children = children_new();
    ret->naming = naming_new();
    ret->home_kept = home_kept_new();
    ret->suggested = suggested_new();
    ret->opened = opened_new();
    outcome = follow_begin(ret, err);
    if (outcome != ST_OK) return outcome;
    struct db *db = store_read_begin(ret->store, err);
    if (!db) return ST_FAILED;
    outcome = read_back(ret, db, start, err);
    if (outcome == ST_OK) outcome = weighing_load(ret, db, err);
    if (outcome == ST_OK) outcome = children_load(ret, db, err);
    store_read_end(ret->store, db);
    if (outcome == ST_OK) outcome = naming_load(ret, err);
    if (outcome == ST_OK) outcome = demo_is_synthetic(ret, &ret->synthetic, err);
    if (outcome == ST_OK) outcome = decisions_load(ret, err);
    if (outcome == ST_OK) outcome = follow_start(ret, err);
    /* What another program imports goes on. */
    if (outcome == ST_OK && store_lead(ret->store)) outcome = import_batches_abandon(ret, err);
    return outcome;
}

void app_close(struct app *app)
{
    import_batches_stop(app);
    if (app->index && app->entities && app->registry && app->store) {
        struct err err = {0}; /* without a snapshot the next start takes longer, and no more */
        (void)!snapshot_save(app, &err);
    }
    follow_end(app);
    link_index_free(app->index);
    entities_free(app->entities);
    registry_free(app->registry);
    waiting_free(app->waiting);
    map_memory_free(app->map);
    children_free(app->children);
    naming_free(app->naming);
    home_kept_free(app->home_kept);
    suggested_free(app->suggested);
    opened_free(app->opened);
    store_close(app->store);
    pthread_mutex_destroy(&app->import_lock);
    pthread_mutex_destroy(&app->indexing);
    pthread_mutex_destroy(&app->rereading);
    pthread_cond_destroy(&app->import_ended);
    *app = (struct app){0};
}
