/*
 * The map: what is asked of it, and the page, drawn by the server with its table.
 */
#include "web/page_map.h"

#include "domain/when.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"
#include "web/tiles.h"

#include <math.h>

enum { WIDTH = 960, MONTHS_MOST = 24, TOWNS_NAMED = 12, ZOOM_DRAWN = 10, ZOOM_APART = 12 };

static const char *const layer_names[MAP_LAYERS] = {"submissions", "missing", "locations"};
static const char *const layer_labels[MAP_LAYERS] = {"Submissions", "Missing episodes",
                                                     "Locations of concern"};

static instant_ms start_of(int32_t day)
{
    return clock_from_london((struct civil){.date = date_from_days(day)});
}

/* A day of the form; the field's name when it cannot be read. */
static bool day_read(struct request *request, const char *name, bool last, instant_ms *ret)
{
    struct date_range range;
    struct str typed = str_trim(form_value(request, name));
    if (!typed.len) return true;
    if (when_parse(typed, clock_london(clock_now()).date, &range, NULL) != ST_OK) return false;
    *ret = last ? start_of(date_to_days(range.to) + 1) - 1 : start_of(date_to_days(range.from));
    return true;
}

/* How far marks are apart at a zoom of Leaflet: some eighty pixels, in
 * degrees; 0: every town is. */
static double cell_of(int64_t zoom)
{
    return zoom < ZOOM_APART ? 80.0 / (double)(1 << zoom) : 0;
}

struct map_state map_state_of(struct request *request)
{
    struct map_state state = {.ask = {.to = clock_now(), .kind = form_value(request, "kind")},
                              .zoom = ZOOM_APART};
    bool chosen = form_has(request, "chosen");
    for (int layer = 0; layer < MAP_LAYERS; layer++)
        state.ask.layer[layer] = !chosen || form_has(request, layer_names[layer]);
    state.density = form_has(request, "density");
    if (!str_to_int(form_value(request, "months"), &state.months) || state.months < 0 ||
        state.months > MONTHS_MOST)
        state.months = 0;
    if (!day_read(request, "from", false, &state.ask.from) ||
        !day_read(request, "until", true, &state.ask.to))
        state.problem = STR("Write the days like 12/3/2026.");
    else if (state.ask.from > state.ask.to)
        state.problem = STR("The first day is after the last.");
    /* Back from the last day, or from today. */
    if (state.months)
        state.ask.to = start_of(clock_day(state.ask.to) - (int32_t)state.months * 30 + 1) - 1;
    if (form_has(request, "zoom") &&
        (!str_to_int(form_value(request, "zoom"), &state.zoom) || state.zoom < 0))
        state.zoom = ZOOM_APART;
    state.ask.cell = cell_of(state.zoom);
    return state;
}

struct url map_url(struct request *request, const struct map_state *state, enum route_id route)
{
    struct arena *arena = request->arena;
    struct url url = url_with(arena, url_to(route), "chosen", STR("yes"));
    for (int layer = 0; layer < MAP_LAYERS; layer++)
        if (state->ask.layer[layer]) url = url_with(arena, url, layer_names[layer], STR("yes"));
    static const char *const kept[] = {"kind", "from", "until"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (form_value(request, kept[i]).len)
            url = url_with(arena, url, kept[i], form_value(request, kept[i]));
    if (state->months)
        url = url_with(arena, url, "months", str_fmt(arena, "%lld", (long long)state->months));
    if (state->density) url = url_with(arena, url, "density", STR("yes"));
    return url;
}

struct url map_list_url(struct request *request, const struct map_state *state, int town,
                        bool cluster)
{
    struct arena *arena = request->arena;
    struct url url = url_with(arena, map_url(request, state, ROUTE_map_list), "town",
                              str_fmt(arena, "%d", town));
    return cluster ? url_with(arena, url, "zoom", str_fmt(arena, "%lld", (long long)state->zoom))
                   : url;
}

/* --- where it is drawn: plain, with the east drawn as wide as it is in the middle ------------- */

static double x_of(const struct area_map *map, double longitude)
{
    return (longitude - map->west) / (map->east - map->west) * WIDTH;
}

static double height_of(const struct area_map *map)
{
    double middle = (map->south + map->north) / 2 * 3.14159265358979 / 180;
    return WIDTH * (map->north - map->south) / ((map->east - map->west) * cos(middle));
}

static double y_of(const struct area_map *map, double latitude)
{
    return (map->north - latitude) / (map->north - map->south) * height_of(map);
}

static void draw_base(struct request *request, const struct area_map *map, struct view_map *view)
{
    struct arena *arena = request->arena;
    struct view_map_lands *lands = arena_many(arena, map->land_count + 1, struct view_map_lands);
    for (size_t i = 0; i < map->land_count; i++) {
        struct buf path;
        buf_init(&path, 1 << 20);
        for (size_t k = 0; k < map->land[i].count; k++)
            buf_add_fmt(&path, "%c%.1f %.1f", k ? 'L' : 'M',
                        x_of(map, map->land[i].point[k].longitude),
                        y_of(map, map->land[i].point[k].latitude));
        buf_add_c(&path, "Z");
        lands[i].path = str_dup(arena, buf_str(&path));
        buf_done(&path);
    }
    view->lands = lands;
    view->lands_count = map->land_count;
    view->width = WIDTH;
    view->height = (int64_t)height_of(map);
    view->credit = map->credit;
}

struct str map_name(struct arena *arena, const struct map_mark *mark)
{
    return mark->towns > 1
               ? str_fmt(arena, "%.*s and %zu near it", STR_ARG(mark->name), mark->towns - 1)
               : mark->name;
}

static struct str counted(struct arena *arena, size_t count, const char *one, const char *many)
{
    return str_fmt(arena, "%zu %s", count, count == 1 ? one : many);
}

struct str map_label(struct arena *arena, const struct map_mark *mark)
{
    return str_fmt(
        arena, "%.*s: %.*s, %.*s, %.*s", STR_ARG(map_name(arena, mark)),
        STR_ARG(counted(arena, mark->count[MAP_SUBMISSIONS], "submission", "submissions")),
        STR_ARG(counted(arena, mark->count[MAP_MISSING], "missing episode", "missing episodes")),
        STR_ARG(counted(arena, mark->count[MAP_LOCATIONS], "location of concern",
                        "locations of concern")));
}

/* By the area, beside the largest; never so small that its number has no room. */
static double radius_of(const struct map_mark *mark, size_t most)
{
    size_t count = map_mark_all(mark);
    double least = count < 100 ? 10 : count < 1000 ? 14 : 18;
    return least + 8 * sqrt((double)count / (double)most);
}

/* A box that is drawn in already. */
struct box {
    double left, top, right, bottom;
};

static bool is_free(const struct box *taken, size_t count, struct box box)
{
    for (size_t i = 0; i < count; i++)
        if (box.left < taken[i].right && taken[i].left < box.right && box.top < taken[i].bottom &&
            taken[i].top < box.bottom)
            return false;
    return true;
}

/* Names of the largest towns, and of what is at none: those that lie on no mark and on no other
 * name. */
static void draw_names(struct request *request, const struct area_map *map,
                       const struct map_picture *picture, struct view_map *view)
{
    struct arena *arena = request->arena;
    struct box *taken = arena_many(arena, picture->mark_count + TOWNS_NAMED + 1, struct box);
    struct view_map_towns *towns = arena_many(arena, TOWNS_NAMED + 1, struct view_map_towns);
    struct map_town area = {0};
    size_t boxes = 0;
    for (size_t i = 0; i < picture->mark_count; i++) {
        const struct map_mark *mark = &picture->mark[i];
        double x = x_of(map, mark->at.longitude);
        double y = y_of(map, mark->at.latitude);
        double r = radius_of(mark, map_mark_all(&picture->mark[0])) * 0.7; /* the square within */
        taken[boxes++] = (struct box){x - r, y - r, x + r, y + r};
        if (mark->town == MAP_BLURRED) area = (struct map_town){.name = mark->name, .at = mark->at};
    }
    for (size_t i = 0; i <= TOWNS_NAMED; i++) {
        const struct map_town *town = i == 0                 ? &area
                                      : i <= map->town_count ? &map->town[i - 1]
                                                             : NULL;
        if (!town || !town->name.len) continue;
        double x = x_of(map, town->at.longitude) + 20;
        double y = y_of(map, town->at.latitude) - 16;
        double width = 7 * (double)town->name.len;
        if (x + width > WIDTH) x -= width + 40; /* to the left of it */
        struct box box = {x, y - 12, x + width, y + 3};
        if (!is_free(taken, boxes, box)) continue;
        taken[boxes++] = box;
        towns[view->towns_count++] = (struct view_map_towns){x, y, town->name};
    }
    view->towns = towns;
}

static struct str number(struct arena *arena, size_t count)
{
    return str_fmt(arena, "%zu", count);
}

static void draw_marks(struct request *request, const struct map_state *state,
                       const struct area_map *map, const struct map_picture *picture,
                       struct view_map *view)
{
    struct arena *arena = request->arena;
    struct view_map_marks *marks =
        arena_many(arena, picture->mark_count + 1, struct view_map_marks);
    struct view_map_rows *rows = arena_many(arena, picture->place_count + 1, struct view_map_rows);
    for (size_t i = 0; i < picture->mark_count; i++) {
        const struct map_mark *mark = &picture->mark[i];
        marks[i] = (struct view_map_marks){
            .x = x_of(map, mark->at.longitude),
            .y = y_of(map, mark->at.latitude),
            .r = radius_of(mark, map_mark_all(&picture->mark[0])),
            .href = map_list_url(request, state, mark->town, mark->towns > 1),
            .label = map_label(arena, mark),
            .count = number(arena, map_mark_all(mark)),
            .class = mark->town == MAP_BLURRED ? STR("pendeen-map__mark pendeen-map__mark--area")
                                               : STR("pendeen-map__mark")};
    }
    for (size_t i = 0; i < picture->place_count; i++) {
        const struct map_mark *place = &picture->place[i];
        rows[i] = (struct view_map_rows){
            place->name, map_list_url(request, state, place->town, false),
            number(arena, place->count[MAP_SUBMISSIONS]), number(arena, place->count[MAP_MISSING]),
            number(arena, place->count[MAP_LOCATIONS])};
    }
    view->marks = marks;
    view->marks_count = picture->mark_count;
    view->rows = rows;
    view->rows_count = picture->place_count;
    view->told = map_told(arena, state, picture);
    view->hidden = picture->small_hidden;
}

struct map_shade map_shade_of(struct arena *arena, const struct map_picture *picture, int shade)
{
    size_t least = SIZE_MAX;
    size_t most = 0;
    for (size_t i = 0; i < picture->square_count; i++) {
        const struct map_square *square = &picture->square[i];
        if (square->shade != shade) continue;
        if (square->count < least) least = square->count;
        if (square->count > most) most = square->count;
    }
    struct str class = str_fmt(arena, "pendeen-map__shade pendeen-map__shade--%d", shade + 1);
    if (!most) return (struct map_shade){.class = class};
    return (struct map_shade){class, least == most ? number(arena, most)
                                                   : str_fmt(arena, "%zu to %zu", least, most)};
}

static void draw_density(struct request *request, const struct area_map *map,
                         const struct map_picture *picture, struct view_map *view)
{
    struct arena *arena = request->arena;
    struct view_map_squares *squares =
        arena_many(arena, picture->square_count + 1, struct view_map_squares);
    struct view_map_shades *shades = arena_many(arena, MAP_SHADES, struct view_map_shades);
    for (int shade = 0; shade < MAP_SHADES; shade++) {
        struct map_shade found = map_shade_of(arena, picture, shade);
        if (found.words.len)
            shades[view->shades_count++] = (struct view_map_shades){found.class, found.words};
    }
    for (size_t i = 0; i < picture->square_count; i++) {
        const struct map_square *square = &picture->square[i];
        squares[i] =
            (struct view_map_squares){.x = x_of(map, square->west),
                                      .y = y_of(map, square->north),
                                      .width = x_of(map, square->east) - x_of(map, square->west),
                                      .height = y_of(map, square->south) - y_of(map, square->north),
                                      .class = map_shade_of(arena, picture, square->shade).class};
    }
    view->squares = squares;
    view->squares_count = picture->square_count;
    view->shades = shades;
}

static struct str period_words(struct arena *arena, const struct map_state *state)
{
    struct str to = date_words(arena, clock_london(state->ask.to).date);
    if (!state->ask.from) return str_fmt(arena, "Up to %.*s", STR_ARG(to));
    return str_fmt(arena, "From %.*s to %.*s",
                   STR_ARG(date_words(arena, clock_london(state->ask.from).date)), STR_ARG(to));
}

struct str map_told(struct arena *arena, const struct map_state *state,
                    const struct map_picture *picture)
{
    struct str period = period_words(arena, state);
    if (!picture->place_count)
        return str_fmt(arena, "%.*s: there is nothing that you see.", STR_ARG(period));
    return str_fmt(arena, "%.*s: %.*s.", STR_ARG(period),
                   STR_ARG(counted(arena, picture->place_count, "place", "places")));
}

static void draw_form(struct request *request, const struct map_state *state, struct view_map *view)
{
    struct arena *arena = request->arena;
    const struct question *kind =
        questions_find(area_location_form(request->app->area), STR("location-kind"));
    struct view_map_kinds *kinds = arena_many(arena, kind->option_count + 1, struct view_map_kinds);
    struct view_map_layers *layers = arena_many(arena, MAP_LAYERS, struct view_map_layers);
    kinds[0] = (struct view_map_kinds){STR(""), STR("All kinds"), false};
    for (size_t i = 0; i < kind->option_count; i++)
        kinds[i + 1] = (struct view_map_kinds){kind->option[i].id, kind->option[i].label,
                                               str_eq(kind->option[i].id, state->ask.kind)};
    for (int layer = 0; layer < MAP_LAYERS; layer++)
        layers[layer] = (struct view_map_layers){
            str_from(layer_names[layer]), str_from(layer_labels[layer]), state->ask.layer[layer]};
    view->kinds = kinds;
    view->kinds_count = kind->option_count + 1;
    view->layers = layers;
    view->layers_count = MAP_LAYERS;
    view->from = form_value(request, "from");
    view->until = form_value(request, "until");
    view->months = state->months;
    view->most = MONTHS_MOST;
    view->density = state->density;
}

/* The tile server of the configuration, which this page alone may ask for pictures. */
static void draw_tiles(struct request *request, struct response *response, struct view_map *view)
{
    struct str tiles = str_from(request->app->map_tiles);
    if (!tiles.len) return;
    struct str credit = str_from(request->app->map_credit);
    view->tiles = tiles;
    view->tiles_host = tiles_host(tiles);
    view->tiles_credit =
        credit.len ? credit : str_fmt(request->arena, "Tiles: %.*s", STR_ARG(view->tiles_host));
    response->images = tiles_origin(tiles);
}

bool map_read_or_say(struct request *request, struct response *response,
                     const struct map_state *state, struct map_picture *ret)
{
    struct err err = {0};
    if (map_read(request->app, request->arena, &request->who, &state->ask, ret, &err) == ST_OK)
        return true;
    respond_error(request, response, &err);
    return false;
}

void page_map(struct request *request, struct response *response)
{
    struct map_state state = map_state_of(request);
    struct map_picture picture;
    const struct area_map *map = area_map(request->app->area);
    /* What is drawn here cannot be looked at closer: marks that would lie on each other are one. */
    state.zoom = ZOOM_DRAWN;
    state.ask.cell = cell_of(ZOOM_DRAWN);
    if (!map_read_or_say(request, response, &state, &picture)) return;
    struct view_map view = {.data = url_to(ROUTE_map_data).s,
                            .action = url_to(ROUTE_map),
                            .locations = url_to(ROUTE_locations),
                            .problem = state.problem,
                            .at = AT(request, "from")};
    draw_base(request, map, &view);
    draw_marks(request, &state, map, &picture, &view);
    draw_names(request, map, &picture, &view);
    if (state.density) draw_density(request, map, &picture, &view);
    draw_form(request, &state, &view);
    draw_tiles(request, response, &view);
    if (state.problem.len) response->status = 400;
    PAGE(request, response, "Map", view_map, &view);
}
