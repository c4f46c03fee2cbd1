#include "domain/map.h"

#include "domain/entity.h"
#include "domain/registry.h"

#include <limits.h>
#include <stdlib.h>

/* One place that a submission names. */
struct spot {
    int64_t mention;
    int64_t submission;
    instant_ms at;
    int16_t town;
};
struct map_memory {
    pthread_mutex_t lock;
    struct spot *spot;
    size_t count;
    size_t room;
    size_t read; /* mentions of the entities that were looked at */
};

struct map_memory *map_memory_new(void)
{
    struct map_memory *memory = calloc(1, sizeof *memory);
    if (!memory) abort();
    pthread_mutex_init(&memory->lock, NULL);
    return memory;
}

void map_memory_free(struct map_memory *memory)
{
    if (!memory) return;
    pthread_mutex_destroy(&memory->lock);
    free(memory->spot);
    free(memory);
}

/* --- where mentions are ------------------------------------------------------------------------ */

static void keep(struct map_memory *memory, struct spot spot)
{
    if (memory->count == memory->room) {
        size_t room = memory->room * 2 + 1024;
        struct spot *more = realloc(memory->spot, room * sizeof *more);
        if (!more) abort();
        memory->spot = more;
        memory->room = room;
    }
    memory->spot[memory->count++] = spot;
}

static enum st instant_of(struct query *query, int64_t submission, instant_ms *ret, struct err *err)
{
    db_bind_int(query, 1, submission);
    return db_one(query, ret, err);
}

/* Looks at the mentions that came since. */
static enum st look(struct app *app, struct db *db, const struct area_map *map, struct map_memory *memory, struct err *err)
{
    enum st outcome = ST_OK;
    size_t total = entities_count(app->entities);
    int64_t last = 0;
    instant_ms at = 0;
    for (; memory->read < total && outcome == ST_OK; memory->read++) {
        char town[64];
        struct entity_known known = entities_known(app->entities, memory->read);
        if (known.kind != LINK_PLACE) continue;
        size_t length = link_index_town(app->index, known.mention, town, sizeof town);
        int place = length ? area_map_town(map, str_of(town, length)) : -1;
        if (place < 0) continue;
        if (known.submission != last) outcome = instant_of(db_query(db, Q_SUBMISSION_CREATED), known.submission, &at, err);
        if (outcome == ST_NOT_FOUND) {
            outcome = ST_OK;
            continue;
        }
        last = known.submission;
        if (outcome == ST_OK) keep(memory, (struct spot){known.mention, known.submission, at, (int16_t)place});
    }
    return outcome;
}

/* --- what one reader sees of them ---------------------------------------------------------------- */

struct reading {
    struct app *app;
    struct arena *arena;
    const struct scope *scope;
    const struct map_ask *ask;
    const struct area_map *map;
    size_t *count[MAP_LAYERS]; /* by town + 1; 0: blurred */
    int wanted;                /* a town, of a list; INT_MIN: counts alone */
    struct map_list *list;
};

static bool is_blurred(const struct reading *reading, int64_t submission)
{
    struct record record;
    if (!scope_record(reading->scope, submission, &record)) return true;
    return record.rule != HANDLING_OPEN && record.rule != HANDLING_FORUM;
}

static bool may_see(const struct reading *reading, const struct spot *spot)
{
    return scope_mention(reading->scope, spot->submission, spot->mention) ||
           (!access_allows(scope_person(reading->scope), ACT_SEE_LINKS, NULL) &&
            scope_allows(reading->scope, ACT_READ_SUBMISSION, spot->submission) &&
            scope_original(reading->scope, spot->submission));
}

static void take_submissions(struct reading *reading, const struct map_memory *memory)
{
    int64_t last = 0;
    int last_town = INT_MIN;
    for (size_t i = memory->count; i > 0; i--) {
        const struct spot *spot = &memory->spot[i - 1];
        if (spot->at < reading->ask->from || spot->at > reading->ask->to) continue;
        if (spot->submission == last && spot->town == last_town) continue;
        if (!may_see(reading, spot)) continue;
        int town = is_blurred(reading, spot->submission) ? MAP_BLURRED : spot->town;
        bool again = spot->submission == last && (town == MAP_BLURRED || spot->town == last_town);
        last = spot->submission;
        last_town = spot->town;
        if (again) continue;
        reading->count[MAP_SUBMISSIONS][town + 1]++;
        if (reading->list && town == reading->wanted && reading->list->submission_count < MAP_LIST_MAX)
            reading->list->submission[reading->list->submission_count++] = spot->submission;
    }
}

static enum st read_submissions(struct reading *reading, struct err *err)
{
    struct app *app = reading->app;
    (void)scope_person(reading->scope);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    pthread_mutex_lock(&app->map->lock);
    enum st outcome = look(app, db, reading->map, app->map, err);
    if (outcome == ST_OK) take_submissions(reading, app->map);
    pthread_mutex_unlock(&app->map->lock);
    store_read_end(app->store, db);
    return outcome;
}

/* An episode stands where the child was found, else where it was last seen. */
static int town_of_episode(const struct reading *reading, const struct missing_line *line)
{
    int town = -1;
    for (size_t i = line->mention_count; i > 0 && town < 0; i--)
        if (line->mention[i - 1].kind == LINK_PLACE) town = area_map_town(reading->map, line->mention[i - 1].field[LINK_TOWN]);
    return town;
}

static enum st read_episodes(struct reading *reading, struct err *err)
{
    struct missing_line *line = NULL;
    size_t count = 0;
    enum st outcome = missing_since(reading->app, reading->arena, scope_person(reading->scope), STR(""), reading->ask->from,
                                    reading->ask->to, &line, &count, err);
    if (reading->list) reading->list->episode = arena_many(reading->arena, count + 1, struct missing_line);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        int town = town_of_episode(reading, &line[i]);
        reading->count[MAP_MISSING][town + 1]++;
        if (reading->list && town == reading->wanted) reading->list->episode[reading->list->episode_count++] = line[i];
    }
    return outcome;
}

/* The town nearest to a position that was written down, within the map. */
static int town_near(const struct area_map *map, double latitude, double longitude)
{
    int best = -1;
    double least = 1e9;
    for (size_t i = 0; i < map->town_count; i++) {
        double north = map->town[i].at.latitude - latitude;
        double east = (map->town[i].at.longitude - longitude) * 0.64;
        double far = north * north + east * east;
        if (far < least) {
            least = far;
            best = (int)i;
        }
    }
    bool inside = latitude >= map->south && latitude <= map->north && longitude >= map->west && longitude <= map->east;
    return inside ? best : -1;
}

static int town_of_location(const struct reading *reading, const struct location *location)
{
    double latitude = 0;
    double longitude = 0;
    const struct area_handling *handling = area_handling_find(reading->app->area, location->handling);
    if (!handling || (handling->rule != HANDLING_OPEN && handling->rule != HANDLING_FORUM)) return MAP_BLURRED;
    int town = area_map_town(reading->map, location->town);
    if (town < 0 && location_position_read(location->position, &latitude, &longitude))
        town = town_near(reading->map, latitude, longitude);
    return town;
}

static enum st read_locations(struct reading *reading, struct err *err)
{
    struct location *location = NULL;
    size_t count = 0;
    enum st outcome = location_list(reading->app, reading->arena, scope_person(reading->scope), reading->ask->kind, STR(""),
                                    &location, &count, err);
    if (reading->list) reading->list->location = arena_many(reading->arena, count + 1, struct location);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        int town = town_of_location(reading, &location[i]);
        if (location[i].created_at > reading->ask->to) continue;
        reading->count[MAP_LOCATIONS][town + 1]++;
        if (reading->list && town == reading->wanted) reading->list->location[reading->list->location_count++] = location[i];
    }
    return outcome;
}

static enum st read_all(struct reading *reading, struct err *err)
{
    enum st outcome = ST_OK;
    for (int layer = 0; layer < MAP_LAYERS; layer++)
        reading->count[layer] = arena_many(reading->arena, reading->map->town_count + 1, size_t);
    if (reading->ask->layer[MAP_SUBMISSIONS]) outcome = read_submissions(reading, err);
    if (outcome == ST_OK && reading->ask->layer[MAP_MISSING] && access_allows(scope_person(reading->scope), ACT_READ_MISSING, NULL))
        outcome = read_episodes(reading, err);
    if (outcome == ST_OK && reading->ask->layer[MAP_LOCATIONS]) outcome = read_locations(reading, err);
    return outcome;
}

/* --- marks ------------------------------------------------------------------------------------------ */

static size_t all_of(const struct map_mark *mark)
{
    size_t all = 0;
    for (int layer = 0; layer < MAP_LAYERS; layer++) all += mark->count[layer];
    return all;
}

static int most_first(const void *a, const void *b)
{
    const struct map_mark *left = a;
    const struct map_mark *right = b;
    size_t x = all_of(left);
    size_t y = all_of(right);
    return x != y ? (x < y ? 1 : -1) : (left->town > right->town) - (left->town < right->town);
}

static long square(double value, double least, double cell)
{
    return (long)((value - least) / cell);
}

/* The mark whose square of the grid the town is in; NULL: none yet. */
static struct map_mark *cluster_of(const struct reading *reading, struct map_picture *picture, int town)
{
    double cell = reading->ask->cell;
    const struct area_map *map = reading->map;
    for (size_t i = 0; i < picture->mark_count && cell > 0; i++) {
        const struct map_mark *mark = &picture->mark[i];
        if (mark->town == MAP_BLURRED) continue;
        const struct map_point *a = &map->town[mark->town].at;
        const struct map_point *b = &map->town[town].at;
        if (square(a->latitude, map->south, cell) == square(b->latitude, map->south, cell) &&
            square(a->longitude, map->west, cell * 1.5) == square(b->longitude, map->west, cell * 1.5))
            return &picture->mark[i];
    }
    return NULL;
}

static void put(const struct reading *reading, struct map_picture *picture, int town)
{
    struct map_mark found = {.town = town};
    for (int layer = 0; layer < MAP_LAYERS; layer++) {
        found.count[layer] = reading->count[layer][town + 1];
        if (picture->small_hidden && layer != MAP_LOCATIONS && found.count[layer] < MAP_SMALL) found.count[layer] = 0;
    }
    if (!all_of(&found)) return;
    struct map_mark *mark = town == MAP_BLURRED ? NULL : cluster_of(reading, picture, town);
    if (!mark) {
        mark = &picture->mark[picture->mark_count++];
        *mark = (struct map_mark){.town = town};
        mark->name = town == MAP_BLURRED ? STR("Somewhere in the area") : reading->map->town[town].name;
        mark->at = town == MAP_BLURRED ? (struct map_point){reading->map->south + (reading->map->north - reading->map->south) * 0.9,
                                                            reading->map->west + (reading->map->east - reading->map->west) * 0.12}
                                       : reading->map->town[town].at;
    }
    mark->towns++;
    for (int layer = 0; layer < MAP_LAYERS; layer++) mark->count[layer] += found.count[layer];
}

enum st map_read(struct app *app, struct arena *arena, const struct person *who, const struct map_ask *ask,
                 struct map_picture *ret, struct err *err)
{
    *ret = (struct map_picture){.small_hidden = !access_allows(who, ACT_SEE_LINKS, NULL)};
    if (!app->area) return ST_OK;
    struct reading reading = {.app = app, .arena = arena, .scope = scope_of(app, arena, who), .ask = ask,
                              .map = area_map(app->area), .wanted = INT_MIN};
    enum st outcome = read_all(&reading, err);
    ret->mark = arena_many(arena, reading.map->town_count + 1, struct map_mark);
    for (int town = MAP_BLURRED; town < (int)reading.map->town_count && outcome == ST_OK; town++) put(&reading, ret, town);
    if (ret->mark_count) qsort(ret->mark, ret->mark_count, sizeof *ret->mark, most_first);
    return outcome;
}

enum st map_list_read(struct app *app, struct arena *arena, const struct person *who, const struct map_ask *ask, int town,
                      struct map_list *ret, struct err *err)
{
    *ret = (struct map_list){.submission = arena_many(arena, MAP_LIST_MAX, int64_t)};
    if (!app->area) return ST_OK;
    struct reading reading = {.app = app, .arena = arena, .scope = scope_of(app, arena, who), .ask = ask,
                              .map = area_map(app->area), .wanted = town, .list = ret};
    return read_all(&reading, err);
}
