#include "domain/map.h"

#include "domain/map_memory.h"
#include "domain/registry.h"

#include <math.h>
#include <stdlib.h>

enum { SQUARES = 12 }; /* from the south to the north of the map, of how much lies where */
#define STRETCH 1.5    /* a degree of longitude is about so much shorter here */

/* --- what one reader sees of them ------------------------------------------------------------- */

/* Something that stands at a town. */
struct seen {
    int64_t id; /* of a submission; of the others their place among those that were read */
    int town;
};
struct reading {
    struct app *app;
    struct arena *arena;
    const struct scope *scope;
    const struct map_ask *ask;
    const struct area_map *map;
    bool small_hidden;
    /* newest first; what is at several towns is there several times, together */
    struct seen *seen[MAP_LAYERS];
    size_t seen_count[MAP_LAYERS];
    size_t *count[MAP_LAYERS]; /* by town + 1 */
    struct missing_line *episode;
    struct location *location;
};

static void put(struct reading *reading, enum map_layer layer, int64_t id, int town)
{
    reading->seen[layer][reading->seen_count[layer]++] = (struct seen){id, town};
    reading->count[layer][town + 1]++;
}

/* Is what stands at this town shown to this reader? */
static bool shows(const struct reading *reading, enum map_layer layer, int town)
{
    size_t count = reading->count[layer][town + 1];
    return count && (layer == MAP_LOCATIONS || !reading->small_hidden || count >= MAP_SMALL);
}

static bool is_blurred(const struct reading *reading, int64_t submission)
{
    struct record record;
    if (!scope_record(reading->scope, submission, &record)) return true;
    return record.rule != HANDLING_OPEN && record.rule != HANDLING_FORUM;
}

static bool may_see(const struct reading *reading, const struct map_spot *spot)
{
    return scope_mention(reading->scope, spot->submission, spot->mention) ||
           (!access_allows(scope_person(reading->scope), ACT_SEE_LINKS, NULL) &&
            scope_allows(reading->scope, ACT_READ_SUBMISSION, spot->submission) &&
            scope_original(reading->scope, spot->submission) &&
            !registry_left_out(reading->app->registry, spot->mention));
}

/* The places of one submission: each town once. */
static void take_submission(struct reading *reading, const struct map_spot *spot, size_t count)
{
    if (spot->at < reading->ask->from || spot->at > reading->ask->to) return;
    size_t first = reading->seen_count[MAP_SUBMISSIONS];
    for (size_t i = 0; i < count; i++) {
        if (!may_see(reading, &spot[i])) continue;
        int town = is_blurred(reading, spot->submission) ? MAP_BLURRED : spot[i].town;
        size_t there = first;
        while (there < reading->seen_count[MAP_SUBMISSIONS] &&
               reading->seen[MAP_SUBMISSIONS][there].town != town)
            there++;
        if (there == reading->seen_count[MAP_SUBMISSIONS])
            put(reading, MAP_SUBMISSIONS, spot->submission, town);
    }
}

static enum st read_submissions(struct reading *reading, struct err *err)
{
    const struct map_spot *spot = NULL;
    size_t count = 0;
    (void)scope_person(reading->scope); /* what it sees is read before the memory is held */
    enum st outcome = map_memory_begin(reading->app, reading->map, &spot, &count, err);
    if (outcome != ST_OK) return outcome;
    struct map_spot *copy = arena_many(reading->arena, count + 1, struct map_spot);
    if (count) memcpy(copy, spot, count * sizeof *copy);
    map_memory_end(reading->app->map);
    reading->seen[MAP_SUBMISSIONS] = arena_many(reading->arena, count + 1, struct seen);
    for (size_t end = count; end > 0;) {
        size_t start = end - 1;
        while (start > 0 && copy[start - 1].submission == copy[end - 1].submission) start--;
        take_submission(reading, &copy[start], end - start);
        end = start;
    }
    return ST_OK;
}

/* An episode stands where the child was found, else where it was last seen. */
static int town_of_episode(const struct reading *reading, const struct missing_line *line)
{
    int town = -1;
    for (size_t i = line->mention_count; i > 0 && town < 0; i--)
        if (line->mention[i - 1].kind == LINK_PLACE)
            town = area_map_town(reading->map, line->mention[i - 1].field[LINK_TOWN]);
    return town;
}

static enum st read_episodes(struct reading *reading, struct err *err)
{
    size_t count = 0;
    enum st outcome =
        missing_since(reading->app, reading->arena, scope_person(reading->scope), STR(""),
                      reading->ask->from, reading->ask->to, &reading->episode, &count, err);
    if (outcome != ST_OK) return outcome;
    reading->seen[MAP_MISSING] = arena_many(reading->arena, count + 1, struct seen);
    for (size_t i = 0; i < count; i++)
        put(reading, MAP_MISSING, (int64_t)i, town_of_episode(reading, &reading->episode[i]));
    return ST_OK;
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
    bool inside = latitude >= map->south && latitude <= map->north && longitude >= map->west &&
                  longitude <= map->east;
    return inside ? best : -1;
}

static int town_of_location(const struct reading *reading, const struct location *location)
{
    double latitude = 0;
    double longitude = 0;
    const struct area_handling *handling =
        area_handling_find(reading->app->area, location->handling);
    if (!handling || (handling->rule != HANDLING_OPEN && handling->rule != HANDLING_FORUM))
        return MAP_BLURRED;
    int town = area_map_town(reading->map, location->town);
    if (town < 0 && location_position_read(location->position, &latitude, &longitude))
        town = town_near(reading->map, latitude, longitude);
    return town;
}

static enum st read_locations(struct reading *reading, struct err *err)
{
    size_t count = 0;
    enum st outcome = location_list(reading->app, reading->arena, scope_person(reading->scope),
                                    reading->ask->kind, STR(""), &reading->location, &count, err);
    if (outcome != ST_OK) return outcome;
    reading->seen[MAP_LOCATIONS] = arena_many(reading->arena, count + 1, struct seen);
    for (size_t i = 0; i < count; i++)
        if (reading->location[i].created_at <= reading->ask->to)
            put(reading, MAP_LOCATIONS, (int64_t)i,
                town_of_location(reading, &reading->location[i]));
    return ST_OK;
}

static enum st read_all(struct reading *reading, struct err *err)
{
    enum st outcome = ST_OK;
    for (int layer = 0; layer < MAP_LAYERS; layer++)
        reading->count[layer] = arena_many(reading->arena, reading->map->town_count + 1, size_t);
    reading->small_hidden = !access_allows(scope_person(reading->scope), ACT_SEE_LINKS, NULL);
    if (reading->ask->layer[MAP_SUBMISSIONS]) outcome = read_submissions(reading, err);
    if (outcome == ST_OK && reading->ask->layer[MAP_MISSING] &&
        access_allows(scope_person(reading->scope), ACT_READ_MISSING, NULL))
        outcome = read_episodes(reading, err);
    if (outcome == ST_OK && reading->ask->layer[MAP_LOCATIONS])
        outcome = read_locations(reading, err);
    return outcome;
}

/* --- marks ------------------------------------------------------------------------------------ */

size_t map_mark_all(const struct map_mark *mark)
{
    size_t all = 0;
    for (int layer = 0; layer < MAP_LAYERS; layer++) all += mark->count[layer];
    return all;
}

static int most_first(const void *a, const void *b)
{
    const struct map_mark *left = a;
    const struct map_mark *right = b;
    size_t x = map_mark_all(left);
    size_t y = map_mark_all(right);
    return x != y ? (x < y ? 1 : -1) : (left->town > right->town) - (left->town < right->town);
}

/* In which row and column of a grid something is. */
struct square {
    long row;
    long column;
};

static struct square square_of(const struct area_map *map, int town, double cell)
{
    const struct map_point *at = &map->town[town].at;
    return (struct square){(long)((at->latitude - map->south) / cell),
                           (long)((at->longitude - map->west) / (cell * STRETCH))};
}

/* By town + 1, which town stands for it: each for itself. */
static int *alone(const struct reading *reading)
{
    int *group = arena_many(reading->arena, reading->map->town_count + 1, int);
    for (int town = MAP_BLURRED; town < (int)reading->map->town_count; town++)
        group[town + 1] = town;
    return group;
}

static bool any_shown(const struct reading *reading, int town)
{
    bool any = false;
    for (int layer = 0; layer < MAP_LAYERS; layer++)
        any = any || shows(reading, (enum map_layer)layer, town);
    return any;
}

static double far_squared(const struct map_point *a, const struct map_point *b)
{
    double north = a->latitude - b->latitude;
    double east = (a->longitude - b->longitude) / STRETCH;
    return north * north + east * east;
}

/* Clusters: the towns at which something is shown, largest first; each joins the nearest of those
 * before it that is not farther than a cell, or stands for itself.  So no two marks are nearer to
 * each other than that.  Towns with nothing follow; they count nothing. */
static int *by_distance(const struct reading *reading)
{
    const struct area_map *map = reading->map;
    int *group = alone(reading);
    double cell = reading->ask->cell;
    int *head = arena_many(reading->arena, map->town_count + 1, int);
    size_t heads = 0;
    for (int shown = 1; shown >= 0 && cell > 0; shown--)
        for (int town = 0; town < (int)map->town_count; town++) {
            if (any_shown(reading, town) != (bool)shown) continue;
            double least = cell * cell;
            for (size_t i = 0; i < heads; i++) {
                double far = far_squared(&map->town[town].at, &map->town[head[i]].at);
                if (far > least) continue;
                least = far;
                group[town + 1] = head[i];
            }
            if (shown && group[town + 1] == town) head[heads++] = town;
        }
    return group;
}

/* The first town of the same square. */
static int *by_square(const struct reading *reading, double cell)
{
    int *group = alone(reading);
    for (int town = 0; town < (int)reading->map->town_count; town++) {
        struct square at = square_of(reading->map, town, cell);
        int first = 0;
        struct square other = square_of(reading->map, first, cell);
        while (other.row != at.row || other.column != at.column)
            other = square_of(reading->map, ++first, cell);
        group[town + 1] = first;
    }
    return group;
}

static struct map_mark new_mark(const struct area_map *map, int town)
{
    struct map_point corner = {map->south + (map->north - map->south) * 0.9,
                               map->west + (map->east - map->west) * 0.12};
    return town == MAP_BLURRED
               ? (struct map_mark){.town = town, .at = corner, .name = STR("Somewhere in the area")}
               : (struct map_mark){
                     .town = town, .at = map->town[town].at, .name = map->town[town].name};
}

/* Counts what is shown of each mark.  `of`: by town + 1, the place of its mark; -1: none.  What is
 * at several towns of a mark stands together, and counts once. */
static void count_marks(const struct reading *reading, const int *of, struct map_mark *mark,
                        size_t count)
{
    int64_t *last = arena_many(reading->arena, count + 1, int64_t);
    for (int layer = 0; layer < MAP_LAYERS; layer++) {
        for (size_t i = 0; i < count; i++) last[i] = -1;
        for (size_t i = 0; i < reading->seen_count[layer]; i++) {
            const struct seen *seen = &reading->seen[layer][i];
            int which = of[seen->town + 1];
            if (which < 0 || last[which] == seen->id ||
                !shows(reading, (enum map_layer)layer, seen->town))
                continue;
            last[which] = seen->id;
            mark[which].count[layer]++;
        }
    }
}

static size_t make_marks(const struct reading *reading, const int *group, struct map_mark **ret)
{
    const struct area_map *map = reading->map;
    struct map_mark *mark = arena_many(reading->arena, map->town_count + 1, struct map_mark);
    int *of = arena_many(reading->arena, map->town_count + 1, int);
    size_t count = 0;
    for (int town = MAP_BLURRED; town < (int)map->town_count; town++) {
        of[town + 1] = -1;
        if (!any_shown(reading, town)) continue;
        size_t which = 0;
        while (which < count && group[mark[which].town + 1] != group[town + 1]) which++;
        if (which == count) mark[count++] = new_mark(map, town);
        mark[which].towns++;
        of[town + 1] = (int)which;
    }
    count_marks(reading, of, mark, count);
    *ret = mark;
    return count;
}

/* Marks of a grid of its own, as squares: the shade goes by the logarithm of the count, from the
 * fewest to the most. */
static size_t make_squares(const struct reading *reading, struct map_square **ret)
{
    const struct area_map *map = reading->map;
    double cell = (map->north - map->south) / SQUARES;
    struct map_mark *mark = NULL;
    size_t marks = make_marks(reading, by_square(reading, cell), &mark);
    size_t count = 0;
    size_t most = 0;
    size_t least = SIZE_MAX;
    *ret = arena_many(reading->arena, marks + 1, struct map_square);
    for (size_t i = 0; i < marks; i++) {
        if (mark[i].town == MAP_BLURRED) continue;
        struct square at = square_of(map, mark[i].town, cell);
        double south = map->south + (double)at.row * cell;
        double west = map->west + (double)at.column * cell * STRETCH;
        (*ret)[count] = (struct map_square){
            south, west, south + cell, west + cell * STRETCH, map_mark_all(&mark[i]), 0};
        if ((*ret)[count].count > most) most = (*ret)[count].count;
        if ((*ret)[count].count < least) least = (*ret)[count].count;
        count++;
    }
    double range = count ? log((double)most + 1) - log((double)least) : 1;
    for (size_t i = 0; i < count; i++)
        (*ret)[i].shade =
            (int)(MAP_SHADES * (log((double)(*ret)[i].count) - log((double)least)) / range);
    return count;
}

enum st map_read(struct app *app, struct arena *arena, const struct person *who,
                 const struct map_ask *ask, struct map_picture *ret, struct err *err)
{
    *ret = (struct map_picture){.small_hidden = !access_allows(who, ACT_SEE_LINKS, NULL)};
    if (!app->area) return ST_OK;
    struct reading reading = {.app = app,
                              .arena = arena,
                              .scope = scope_of(app, arena, who),
                              .ask = ask,
                              .map = area_map(app->area)};
    enum st outcome = read_all(&reading, err);
    if (outcome != ST_OK) return outcome;
    ret->place_count = make_marks(&reading, alone(&reading), &ret->place);
    ret->mark_count = make_marks(&reading, by_distance(&reading), &ret->mark);
    ret->square_count = make_squares(&reading, &ret->square);
    if (ret->place_count) qsort(ret->place, ret->place_count, sizeof *ret->place, most_first);
    if (ret->mark_count) qsort(ret->mark, ret->mark_count, sizeof *ret->mark, most_first);
    return ST_OK;
}

/* --- the list behind a mark ------------------------------------------------------------------- */

/* A page of a layer of what stands under this mark, each thing once;
 * `ret_all`: how many there are. */
static size_t page_of(const struct reading *reading, enum map_layer layer, const int *group,
                      int town, size_t skip, int64_t ret[static MAP_LIST_PAGE], size_t *ret_all)
{
    size_t count = 0;
    size_t all = 0;
    int64_t last = -1;
    for (size_t i = 0; i < reading->seen_count[layer]; i++) {
        const struct seen *seen = &reading->seen[layer][i];
        if (seen->id == last || group[seen->town + 1] != group[town + 1] ||
            !shows(reading, layer, seen->town))
            continue;
        last = seen->id;
        if (all++ >= skip && count < MAP_LIST_PAGE) ret[count++] = seen->id;
    }
    *ret_all = all;
    return count;
}

static size_t towns_under(const struct reading *reading, const int *group, int town)
{
    size_t count = 0;
    for (int other = MAP_BLURRED; other < (int)reading->map->town_count; other++)
        count += any_shown(reading, other) && group[other + 1] == group[town + 1];
    return count;
}

enum st map_list_read(struct app *app, struct arena *arena, const struct person *who,
                      const struct map_ask *ask, int town, size_t skip, struct map_list *ret,
                      struct err *err)
{
    *ret = (struct map_list){0};
    if (!app->area) return ST_OK;
    struct reading reading = {.app = app,
                              .arena = arena,
                              .scope = scope_of(app, arena, who),
                              .ask = ask,
                              .map = area_map(app->area)};
    enum st outcome = read_all(&reading, err);
    if (outcome != ST_OK) return outcome;
    int64_t id[MAP_LAYERS][MAP_LIST_PAGE];
    size_t count[MAP_LAYERS];
    const int *group = by_distance(&reading);
    ret->mark = new_mark(reading.map, group[town + 1]);
    ret->mark.towns = towns_under(&reading, group, town);
    ret->small_hidden = reading.small_hidden;
    for (int layer = 0; layer < MAP_LAYERS; layer++)
        count[layer] = page_of(&reading, (enum map_layer)layer, group, town, skip, id[layer],
                               &ret->mark.count[layer]);
    ret->episode = arena_many(arena, count[MAP_MISSING] + 1, struct missing_line);
    ret->location = arena_many(arena, count[MAP_LOCATIONS] + 1, struct location);
    for (size_t i = 0; i < count[MAP_MISSING]; i++)
        ret->episode[ret->episode_count++] = reading.episode[id[MAP_MISSING][i]];
    for (size_t i = 0; i < count[MAP_LOCATIONS]; i++)
        ret->location[ret->location_count++] = reading.location[id[MAP_LOCATIONS][i]];
    return submission_lines(app, arena, who, id[MAP_SUBMISSIONS], count[MAP_SUBMISSIONS],
                            &ret->submission, &ret->submission_count, err);
}
