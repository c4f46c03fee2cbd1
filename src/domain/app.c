#include "domain/app.h"

#include "domain/map_memory.h"
#include "domain/children.h"
#include "domain/decision.h"
#include "domain/demo.h"
#include "domain/entity.h"
#include "domain/follow.h"
#include "domain/import_batch.h"
#include "domain/record.h"
#include "domain/registry.h"
#include "domain/snapshot.h"
#include "domain/waiting.h"
#include "domain/weighing.h"

#include "link/link.h"

/* Hands one submission's mentions, all read, to the index. */
static void index_submission(struct link_build *build, struct submission *submission)
{
    for (size_t i = 0; i < submission->mention_count; i++) {
        struct link_mention engine = mention_for_engine(submission, i);
        link_build_add(build, &engine);
    }
    submission->mention_count = 0;
}

/* How many mentions there are, about: ids rise by one. */
static size_t mentions_stored(struct db *db)
{
    struct query *query = db_query(db, Q_MENTION_LAST);
    int64_t last = db_next(query) ? db_int(query, 0) : 0;
    struct err err = {0};
    return db_end(query, &err) == ST_OK && last > 0 ? (size_t)last : 0;
}

/* What of a submission stands in the rows of its mentions. */
static void begin_submission(struct submission *submission, struct query *query)
{
    submission->id = db_int(query, 1);
    submission->seen_from = db_is_null(query, 9) ? LINK_DAY_UNKNOWN : (int32_t)db_int(query, 9);
    submission->seen_to = db_is_null(query, 10) ? LINK_DAY_UNKNOWN : (int32_t)db_int(query, 10);
    submission->created_at = db_int(query, 11);
}

/* Rows come in the order of mention ids, so a submission's stand together. */
static enum st rebuild(struct app *app, struct db *db, const struct app_start *start, int64_t after,
                       struct err *err)
{
    struct arena arena;
    arena_init(&arena, 4 << 20);
    struct mention *mentions = arena_many(&arena, SUBMISSION_MENTIONS_MAX, struct mention);
    struct arena_mark mark = arena_mark(&arena);
    struct submission submission = {.mention = mentions};
    struct data_key key = {0};
    struct link_build *build = link_build_begin(app->index, after ? 0 : mentions_stored(db));
    struct query *query = db_query(db, Q_MENTION_ALL);
    db_bind_int(query, 1, after);
    int64_t count = 0;
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(query)) {
        if (db_int(query, 1) != submission.id) {
            index_submission(build, &submission);
            arena_reset(&arena, mark);
            begin_submission(&submission, query);
            outcome = record_key_from_row(app, query, 6, &key, err);
        }
        if (outcome != ST_OK || submission.mention_count == SUBMISSION_MENTIONS_MAX) continue;
        struct mention *mention = &mentions[submission.mention_count++];
        outcome = mention_from_row(&arena, query, &key, mention, err);
        if (outcome != ST_OK) break;
        entities_add(app->entities, mention->id, mention->submission, mention->kind, mention->field);
        if (start->progress && ++count % 1000 == 0) start->progress(start->context, count);
    }
    if (outcome == ST_OK) index_submission(build, &submission);
    (void)link_build_end(build);
    data_key_clear(&key);
    arena_done(&arena);
    enum st ended = db_end(query, outcome == ST_OK ? err : NULL);
    return outcome != ST_OK ? outcome : ended;
}

/* In blocks: each is sorted once. */
static enum st load_suggestions(struct app *app, struct db *db, struct err *err)
{
    enum { BLOCK = 1024 };
    struct waiting_pair pair[BLOCK];
    size_t count = 0;
    struct query *query = db_query(db, Q_SUGGESTION_ALL);
    while (db_next(query)) {
        int64_t mention = db_int(query, 1), other = db_int(query, 0);
        pair[count++] = (struct waiting_pair){
            .mention = mention,
            .other = other,
            .bits = db_double(query, 2),
            .submission = (int32_t)entity_submission(app->entities, mention),
            .other_submission = (int32_t)entity_submission(app->entities, other)};
        if (count < BLOCK) continue;
        waiting_add(app->waiting, pair, count);
        count = 0;
    }
    waiting_add(app->waiting, pair, count);
    return db_end(query, err);
}

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

/* Index and entities, from a snapshot as far as there is one and from the store; beside
 * them, in a thread of its own, who may see which submission. */
static enum st read_back(struct app *app, struct db *db, const struct app_start *start, struct err *err)
{
    struct registry_reading reading = {.app = app, .outcome = ST_OK};
    pthread_t thread;
    int64_t last = 0;
    bool beside = pthread_create(&thread, NULL, read_registry, &reading) == 0;
    enum st outcome = snapshot_load(app, db, &last, err);
    if (outcome == ST_OK) outcome = rebuild(app, db, start, last, err);
    if (beside)
        pthread_join(thread, NULL);
    else
        read_registry(&reading);
    if (outcome == ST_OK && reading.outcome != ST_OK) *err = reading.err;
    return outcome != ST_OK ? outcome : reading.outcome;
}

enum st app_open(struct app *ret, const char *folder, void (*progress)(void *, int64_t),
                 void *context, struct err *err)
{
    struct app_start start = {.store = {.folder = folder}, .progress = progress, .context = context};
    return app_open_with(ret, &start, err);
}

enum st app_open_with(struct app *ret, const struct app_start *start, struct err *err)
{
    *ret = (struct app){0};
    pthread_mutex_init(&ret->import_lock, NULL);
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
    outcome = follow_begin(ret, err);
    if (outcome != ST_OK) return outcome;
    struct db *db = store_read_begin(ret->store, err);
    if (!db) return ST_FAILED;
    outcome = read_back(ret, db, start, err);
    if (outcome == ST_OK) outcome = load_suggestions(ret, db, err);
    if (outcome == ST_OK) outcome = weighing_load(ret, db, err);
    if (outcome == ST_OK) outcome = children_load(ret, db, err);
    store_read_end(ret->store, db);
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
    store_close(app->store);
    pthread_mutex_destroy(&app->import_lock);
    pthread_cond_destroy(&app->import_ended);
    *app = (struct app){0};
}
