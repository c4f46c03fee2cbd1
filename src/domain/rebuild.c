#include "domain/rebuild.h"

#include "base/arena.h"
#include "base/buf.h"
#include "domain/entity.h"
#include "domain/record.h"

#include "link/link.h"

#include <stdlib.h>
#include <string.h>

/* Whole submissions go from hand to hand, some of them at once. */
enum {
    CHUNK_MENTIONS = 96,
    CHUNK_SUBMISSIONS = CHUNK_MENTIONS,
    CHUNKS = 8,
    WORKERS = 2,
    TELL_EVERY = 1000
};
enum { SEALED_MAX = 64 << 20, PLAIN_MAX = 4 << 20 };

enum chunk_state { CHUNK_FREE, CHUNK_READ, CHUNK_READY };

/* Rows as they stand in the store. */
struct row {
    int64_t id;
    enum link_kind kind;
    size_t at, size; /* of the sealed fields in `sealed` */
};

struct report {
    int64_t id, key;
    uint32_t kek;
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
    size_t wrapped_size;
    int32_t seen_from, seen_to;
    instant_ms created_at;
    size_t first, count; /* of the rows */
};

struct chunk {
    enum chunk_state state;
    struct row row[CHUNK_MENTIONS + SUBMISSION_MENTIONS_MAX];
    uint64_t strong[CHUNK_MENTIONS + SUBMISSION_MENTIONS_MAX];
    size_t rows;
    struct report report[CHUNK_SUBMISSIONS];
    size_t reports;
    struct buf sealed;
};

struct rebuild {
    struct app *app;
    struct link_build *build;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct chunk *chunk; /* by number: CHUNKS of them */
    uint64_t read, claimed, kept; /* how many chunks */
    bool keeping; /* somebody puts ready chunks into the entities */
    bool ended;   /* no more is read */
    enum st outcome; /* of the first chunk that failed */
    struct err err;
    uint64_t failed;
};

/* --- opening and making ready ---------------------------------------------------------- */

static enum st open_report(struct rebuild *rebuild, struct chunk *chunk,
                           const struct report *report, struct arena *arena,
                           struct submission *submission, struct err *err)
{
    struct data_key key = {.id = report->key};
    struct field_opener opener;
    struct str wrapped = str_of((const char *)report->wrapped, report->wrapped_size);
    enum st outcome =
        keyring_unwrap(rebuild->app->keys, report->kek, key.id, wrapped, key.bytes, err);
    if (outcome == ST_OK) field_opener_begin(&opener, &key, FIELD_MENTION_FIELDS);
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < report->count && outcome == ST_OK; i++) {
        const struct row *row = &chunk->row[report->first + i];
        struct mention *mention = &submission->mention[i];
        struct str sealed = str_of(chunk->sealed.data + row->at, row->size), fields;
        mention->id = row->id;
        mention->kind = row->kind;
        outcome = field_open_by(arena, &opener, row->id, sealed, &fields, err);
        if (outcome != ST_OK) break;
        if (!texts_unpack(fields, mention->field, LINK_FIELDS)) abort(); /* it was authentic */
        chunk->strong[report->first + i] = entity_strong(row->kind, mention->field);
    }
    field_opener_clear(&opener);
    submission->mention_count = report->count;
    return outcome;
}

/* One chunk into its part of the build. */
static enum st make_ready(struct rebuild *rebuild, struct chunk *chunk, struct link_part *part,
                          struct arena *arena, struct mention *mentions, struct err *err)
{
    struct arena_mark mark = arena_mark(arena);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < chunk->reports && outcome == ST_OK; i++) {
        const struct report *report = &chunk->report[i];
        struct submission submission = {.id = report->id,
                                        .seen_from = report->seen_from,
                                        .seen_to = report->seen_to,
                                        .created_at = report->created_at,
                                        .mention = mentions};
        outcome = open_report(rebuild, chunk, report, arena, &submission, err);
        const int32_t day = submission_reported_day(&submission);
        for (size_t k = 0; k < submission.mention_count && outcome == ST_OK; k++) {
            struct link_mention engine = mention_for_engine_of(&submission, k, day);
            link_part_add(part, &engine);
        }
        arena_reset(arena, mark);
    }
    return outcome;
}

static void keep_entities(struct app *app, const struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->reports; i++)
        for (size_t k = chunk->report[i].first; k < chunk->report[i].first + chunk->report[i].count;
             k++)
            entities_add_known(app->entities, chunk->row[k].id, chunk->report[i].id,
                               chunk->row[k].kind, chunk->strong[k]);
}

/* Under the lock, which it gives up meanwhile: what is ready, in order. */
static void keep_ready(struct rebuild *rebuild)
{
    if (rebuild->keeping) return;
    rebuild->keeping = true;
    for (;;) {
        struct chunk *chunk = &rebuild->chunk[rebuild->kept % CHUNKS];
        if (chunk->state != CHUNK_READY) break;
        bool good = rebuild->outcome == ST_OK;
        pthread_mutex_unlock(&rebuild->lock);
        if (good) keep_entities(rebuild->app, chunk);
        pthread_mutex_lock(&rebuild->lock);
        chunk->state = CHUNK_FREE;
        rebuild->kept++;
        pthread_cond_broadcast(&rebuild->changed);
    }
    rebuild->keeping = false;
}

static void fail(struct rebuild *rebuild, uint64_t number, enum st outcome, const struct err *err)
{
    if (outcome == ST_OK || (rebuild->outcome != ST_OK && rebuild->failed < number)) return;
    rebuild->outcome = outcome;
    rebuild->err = *err;
    rebuild->failed = number;
}

static void *work(void *context)
{
    struct rebuild *rebuild = context;
    struct arena arena;
    arena_init(&arena, PLAIN_MAX);
    struct mention *mentions = arena_many(&arena, SUBMISSION_MENTIONS_MAX, struct mention);
    pthread_mutex_lock(&rebuild->lock);
    for (;;) {
        while (rebuild->claimed == rebuild->read && !rebuild->ended)
            pthread_cond_wait(&rebuild->changed, &rebuild->lock);
        if (rebuild->claimed == rebuild->read) break;
        uint64_t number = rebuild->claimed++;
        struct chunk *chunk = &rebuild->chunk[number % CHUNKS];
        bool good = rebuild->outcome == ST_OK;
        pthread_mutex_unlock(&rebuild->lock);
        struct err err = {0};
        struct link_part *part = link_part_begin(rebuild->build, number);
        enum st outcome = good ? make_ready(rebuild, chunk, part, &arena, mentions, &err) : ST_OK;
        link_part_end(part);
        pthread_mutex_lock(&rebuild->lock);
        fail(rebuild, number, outcome, &err);
        chunk->state = CHUNK_READY;
        keep_ready(rebuild);
    }
    pthread_mutex_unlock(&rebuild->lock);
    arena_done(&arena);
    return NULL;
}

/* --- reading --------------------------------------------------------------------------- */

/* The next chunk to be read into, when it is free. */
static struct chunk *chunk_begin(struct rebuild *rebuild)
{
    struct chunk *chunk = &rebuild->chunk[rebuild->read % CHUNKS];
    pthread_mutex_lock(&rebuild->lock);
    while (chunk->state != CHUNK_FREE) pthread_cond_wait(&rebuild->changed, &rebuild->lock);
    pthread_mutex_unlock(&rebuild->lock);
    chunk->rows = chunk->reports = 0;
    buf_clear(&chunk->sealed);
    return chunk;
}

static void chunk_end(struct rebuild *rebuild, struct chunk *chunk)
{
    pthread_mutex_lock(&rebuild->lock);
    chunk->state = CHUNK_READ;
    rebuild->read++;
    pthread_cond_broadcast(&rebuild->changed);
    pthread_mutex_unlock(&rebuild->lock);
}

static void read_report(struct chunk *chunk, struct query *query)
{
    struct report *report = &chunk->report[chunk->reports++];
    struct str wrapped = db_bytes(query, 6);
    *report = (struct report){
        .id = db_int(query, 1),
        .key = db_int(query, 4),
        .kek = (uint32_t)db_int(query, 5),
        .wrapped_size = wrapped.len,
        .seen_from = db_is_null(query, 7) ? LINK_DAY_UNKNOWN : (int32_t)db_int(query, 7),
        .seen_to = db_is_null(query, 8) ? LINK_DAY_UNKNOWN : (int32_t)db_int(query, 8),
        .created_at = db_int(query, 9),
        .first = chunk->rows};
    /* One of another size does not open. */
    memcpy(report->wrapped, wrapped.ptr,
           wrapped.len < sizeof report->wrapped ? wrapped.len : sizeof report->wrapped);
}

static void read_row(struct chunk *chunk, struct query *query)
{
    struct report *report = &chunk->report[chunk->reports - 1];
    if (report->count == SUBMISSION_MENTIONS_MAX) return;
    struct str sealed = db_bytes(query, 3);
    struct row *row = &chunk->row[chunk->rows++];
    *row = (struct row){.id = db_int(query, 0), .at = chunk->sealed.len, .size = sealed.len};
    if (!kind_from_name(db_text(query, 2), &row->kind)) abort();
    buf_add(&chunk->sealed, sealed);
    if (chunk->sealed.overflow) abort(); /* no row is so long */
    report->count++;
}

/* Rows come in the order of mention ids, so a submission's stand together. */
static void read_all(struct rebuild *rebuild, struct query *query,
                     void (*progress)(void *, int64_t), void *context)
{
    struct chunk *chunk = chunk_begin(rebuild);
    int64_t submission = 0, count = 0;
    while (db_next(query)) {
        if (db_int(query, 1) != submission) {
            if (chunk->rows >= CHUNK_MENTIONS || chunk->reports == CHUNK_SUBMISSIONS) {
                chunk_end(rebuild, chunk);
                chunk = chunk_begin(rebuild);
            }
            submission = db_int(query, 1);
            read_report(chunk, query);
        }
        read_row(chunk, query);
        if (progress && ++count % TELL_EVERY == 0) progress(context, count);
    }
    chunk_end(rebuild, chunk);
}

/* How many mentions there are, about: ids rise by one. */
static size_t mentions_stored(struct db *db)
{
    struct query *query = db_query(db, Q_MENTION_LAST);
    int64_t last = db_next(query) ? db_int(query, 0) : 0;
    struct err err = {0};
    return db_end(query, &err) == ST_OK && last > 0 ? (size_t)last : 0;
}

static void begin(struct rebuild *rebuild, struct app *app)
{
    *rebuild = (struct rebuild){.app = app, .outcome = ST_OK};
    pthread_mutex_init(&rebuild->lock, NULL);
    pthread_cond_init(&rebuild->changed, NULL);
    rebuild->chunk = calloc(CHUNKS, sizeof *rebuild->chunk);
    if (!rebuild->chunk) abort();
    for (size_t i = 0; i < CHUNKS; i++) buf_init(&rebuild->chunk[i].sealed, SEALED_MAX);
}

static void done(struct rebuild *rebuild)
{
    for (size_t i = 0; i < CHUNKS; i++) buf_done(&rebuild->chunk[i].sealed);
    free(rebuild->chunk);
    pthread_mutex_destroy(&rebuild->lock);
    pthread_cond_destroy(&rebuild->changed);
}

enum st rebuild_index(struct app *app, struct db *db, int64_t after,
                      void (*progress)(void *context, int64_t mentions), void *context,
                      struct err *err)
{
    struct rebuild rebuild;
    pthread_t worker[WORKERS];
    size_t workers = 0;
    begin(&rebuild, app);
    rebuild.build = link_build_begin(app->index, after ? 0 : mentions_stored(db));
    while (workers < WORKERS && pthread_create(&worker[workers], NULL, work, &rebuild) == 0)
        workers++;
    struct query *query = db_query(db, Q_MENTION_ALL);
    db_bind_int(query, 1, after);
    enum st outcome =
        workers ? ST_OK : err_set(err, ST_FAILED, "This machine starts no more threads.");
    if (outcome == ST_OK) read_all(&rebuild, query, progress, context);
    enum st ended = db_end(query, outcome == ST_OK ? err : NULL);
    pthread_mutex_lock(&rebuild.lock);
    rebuild.ended = true;
    pthread_cond_broadcast(&rebuild.changed);
    pthread_mutex_unlock(&rebuild.lock);
    for (size_t i = 0; i < workers; i++) pthread_join(worker[i], NULL);
    (void)link_build_end(rebuild.build);
    if (rebuild.outcome != ST_OK && err) *err = rebuild.err;
    if (outcome == ST_OK) outcome = rebuild.outcome;
    done(&rebuild);
    return outcome != ST_OK ? outcome : ended;
}
