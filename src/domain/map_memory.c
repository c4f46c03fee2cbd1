#include "domain/map_memory.h"

#include "domain/entity.h"
#include "link/link.h"

#include <stdlib.h>

struct spots {
    struct map_spot *spot;
    size_t count;
    size_t room;
};
struct map_memory {
    pthread_mutex_t adding; /* one at a time looks at what came */
    pthread_rwlock_t lock;  /* of what follows */
    struct spots kept;
    size_t read; /* mentions of the entities that were looked at */
};

struct map_memory *map_memory_new(void)
{
    struct map_memory *memory = calloc(1, sizeof *memory);
    if (!memory) abort();
    pthread_mutex_init(&memory->adding, NULL);
    pthread_rwlock_init(&memory->lock, NULL);
    return memory;
}

void map_memory_free(struct map_memory *memory)
{
    if (!memory) return;
    pthread_mutex_destroy(&memory->adding);
    pthread_rwlock_destroy(&memory->lock);
    free(memory->kept.spot);
    free(memory);
}

static void keep(struct spots *spots, struct map_spot spot)
{
    if (spots->count == spots->room) {
        size_t room = spots->room * 2 + 1024;
        struct map_spot *more = realloc(spots->spot, room * sizeof *more);
        if (!more) abort();
        spots->spot = more;
        spots->room = room;
    }
    spots->spot[spots->count++] = spot;
}

/* Mentions from the first to before the last that name a town of the map. */
static void look(struct app *app, const struct area_map *map, size_t first, size_t last,
                 struct spots *ret)
{
    for (size_t i = first; i < last; i++) {
        char town[64];
        struct entity_known known = entities_known(app->entities, i);
        if (known.kind != LINK_PLACE) continue;
        size_t length = link_index_town(app->index, known.mention, town, sizeof town);
        int place = length ? area_map_town(map, str_of(town, length)) : -1;
        if (place >= 0)
            keep(ret, (struct map_spot){known.mention, known.submission, -1, (int16_t)place});
    }
}

static int by_submission(const void *a, const void *b)
{
    const struct map_spot *left = a;
    const struct map_spot *right = b;
    if (left->submission != right->submission) return left->submission < right->submission ? -1 : 1;
    return (left->mention > right->mention) - (left->mention < right->mention);
}

static int by_mention(const void *a, const void *b)
{
    const struct map_spot *left = a;
    const struct map_spot *right = b;
    return (left->mention > right->mention) - (left->mention < right->mention);
}

/* When each came: one query over all from the first of them.  Those that are not there any more
 * are left out. */
static enum st date(struct db *db, struct spots *spots, struct err *err)
{
    if (!spots->count) return ST_OK;
    qsort(spots->spot, spots->count, sizeof *spots->spot, by_submission);
    struct query *query = db_query(db, Q_SUBMISSIONS_CREATED);
    db_bind_int(query, 1, spots->spot[0].submission);
    size_t at = 0;
    while (at < spots->count && db_next(query)) {
        int64_t submission = db_int(query, 0);
        while (at < spots->count && spots->spot[at].submission < submission) at++;
        for (; at < spots->count && spots->spot[at].submission == submission; at++)
            spots->spot[at].at = db_int(query, 1);
    }
    enum st outcome = db_end(query, err);
    size_t count = 0;
    for (size_t i = 0; i < spots->count; i++)
        if (spots->spot[i].at >= 0) spots->spot[count++] = spots->spot[i];
    spots->count = count;
    qsort(spots->spot, spots->count, sizeof *spots->spot, by_mention);
    return outcome;
}

static enum st add(struct app *app, const struct area_map *map, struct map_memory *memory,
                   size_t last, struct err *err)
{
    struct spots found = {0};
    look(app, map, memory->read, last, &found);
    struct db *db = store_read_begin(app->store, err);
    if (!db) {
        free(found.spot);
        return ST_FAILED;
    }
    enum st outcome = date(db, &found, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK) {
        pthread_rwlock_wrlock(&memory->lock);
        for (size_t i = 0; i < found.count; i++) keep(&memory->kept, found.spot[i]);
        pthread_rwlock_unlock(&memory->lock);
        memory->read = last;
    }
    free(found.spot);
    return outcome;
}

enum st map_memory_begin(struct app *app, const struct area_map *map, const struct map_spot **ret,
                         size_t *ret_count, struct err *err)
{
    struct map_memory *memory = app->map;
    pthread_mutex_lock(&memory->adding);
    size_t last = entities_count(app->entities);
    enum st outcome = memory->read < last ? add(app, map, memory, last, err) : ST_OK;
    pthread_mutex_unlock(&memory->adding);
    if (outcome != ST_OK) return outcome;
    pthread_rwlock_rdlock(&memory->lock);
    *ret = memory->kept.spot;
    *ret_count = memory->kept.count;
    return ST_OK;
}

void map_memory_end(struct map_memory *memory)
{
    pthread_rwlock_unlock(&memory->lock);
}
