/*
 * The map: drawn by the server with its table, its data for the script, and the list behind a mark.
 */
#include "domain/map.h"

#include "domain/submission.h"
#include "domain/when.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

enum { WIDTH = 960, MONTHS_MOST = 24, TOWNS_NAMED = 12 };

static const char *const layer_names[MAP_LAYERS] = {"submissions", "missing", "locations"};
static const char *const layer_labels[MAP_LAYERS] = {"Submissions", "Missing episodes", "Locations of concern"};

struct state {
    struct map_ask ask;
    int64_t months;
    struct str problem;
};

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

static struct state state_of(struct request *request)
{
    struct state state = {.ask = {.to = clock_now(), .kind = form_value(request, "kind")}};
    int64_t zoom = 0;
    bool chosen = form_has(request, "chosen");
    for (int layer = 0; layer < MAP_LAYERS; layer++) state.ask.layer[layer] = !chosen || form_has(request, layer_names[layer]);
    if (!str_to_int(form_value(request, "months"), &state.months) || state.months < 0 || state.months > MONTHS_MOST) state.months = 0;
    if (state.months) state.ask.to = start_of(date_to_days(clock_london(clock_now()).date) - (int32_t)state.months * 30);
    if (!day_read(request, "from", false, &state.ask.from) || !day_read(request, "until", true, &state.ask.to))
        state.problem = STR("Write the days like 12/3/2026.");
    if (str_to_int(form_value(request, "zoom"), &zoom) && zoom >= 0 && zoom < 12) state.ask.cell = 100.0 / (double)(1 << zoom);
    return state;
}

/* This picture by another route, and of one town. */
static struct url with_state(struct request *request, const struct state *state, enum route_id route)
{
    struct arena *arena = request->arena;
    struct url url = url_with(arena, url_to(route), "chosen", STR("yes"));
    for (int layer = 0; layer < MAP_LAYERS; layer++)
        if (state->ask.layer[layer]) url = url_with(arena, url, layer_names[layer], STR("yes"));
    static const char *const kept[] = {"kind", "from", "until"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (form_value(request, kept[i]).len) url = url_with(arena, url, kept[i], form_value(request, kept[i]));
    if (state->months) url = url_with(arena, url, "months", str_fmt(arena, "%lld", (long long)state->months));
    return url;
}

static struct url list_url(struct request *request, const struct state *state, const struct map_mark *mark)
{
    return url_with(request->arena, with_state(request, state, ROUTE_map_list), "town", str_fmt(request->arena, "%d", mark->town));
}

/* --- where it is drawn: plain, with the east drawn as wide as it is in the middle ---------------- */

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
    struct view_map_towns *towns = arena_many(arena, TOWNS_NAMED, struct view_map_towns);
    for (size_t i = 0; i < map->land_count; i++) {
        struct buf path;
        buf_init(&path, 1 << 20);
        for (size_t k = 0; k < map->land[i].count; k++)
            buf_add_fmt(&path, "%c%.1f %.1f", k ? 'L' : 'M', x_of(map, map->land[i].point[k].longitude), y_of(map, map->land[i].point[k].latitude));
        buf_add_c(&path, "Z");
        lands[i].path = str_dup(arena, buf_str(&path));
        buf_done(&path);
    }
    for (size_t i = 0; i < map->town_count && i < TOWNS_NAMED; i++)
        towns[i] = (struct view_map_towns){x_of(map, map->town[i].at.longitude) + 12, y_of(map, map->town[i].at.latitude) - 10, map->town[i].name};
    view->lands = lands;
    view->lands_count = map->land_count;
    view->towns = towns;
    view->towns_count = map->town_count < TOWNS_NAMED ? map->town_count : TOWNS_NAMED;
    view->width = WIDTH;
    view->height = (int64_t)height_of(map);
    view->credit = map->credit;
}

static size_t all_of(const struct map_mark *mark)
{
    size_t all = 0;
    for (int layer = 0; layer < MAP_LAYERS; layer++) all += mark->count[layer];
    return all;
}

static struct str mark_label(struct arena *arena, const struct map_mark *mark)
{
    struct str more = mark->towns > 1 ? str_fmt(arena, " and %zu near it", mark->towns - 1) : STR("");
    return str_fmt(arena, "%.*s%.*s: %zu submissions, %zu missing episodes, %zu locations of concern", STR_ARG(mark->name),
                   STR_ARG(more), mark->count[MAP_SUBMISSIONS], mark->count[MAP_MISSING], mark->count[MAP_LOCATIONS]);
}

static double radius_of(const struct map_mark *mark)
{
    double radius = 9 + 1.6 * sqrt((double)all_of(mark));
    return radius > 34 ? 34 : radius;
}

static struct str number(struct arena *arena, size_t count)
{
    return str_fmt(arena, "%zu", count);
}

static void draw_marks(struct request *request, const struct state *state, const struct area_map *map,
                       const struct map_picture *picture, struct view_map *view)
{
    struct arena *arena = request->arena;
    struct view_map_marks *marks = arena_many(arena, picture->mark_count + 1, struct view_map_marks);
    struct view_map_rows *rows = arena_many(arena, picture->mark_count + 1, struct view_map_rows);
    for (size_t i = 0; i < picture->mark_count; i++) {
        const struct map_mark *mark = &picture->mark[i];
        marks[i] = (struct view_map_marks){.x = x_of(map, mark->at.longitude),
                                           .y = y_of(map, mark->at.latitude),
                                           .r = radius_of(mark),
                                           .href = list_url(request, state, mark),
                                           .label = mark_label(arena, mark),
                                           .count = number(arena, all_of(mark)),
                                           .class = mark->town == MAP_BLURRED ? STR("pendeen-map__mark pendeen-map__mark--area") : STR("pendeen-map__mark")};
        rows[i] = (struct view_map_rows){mark->name, list_url(request, state, mark), number(arena, mark->count[MAP_SUBMISSIONS]),
                                         number(arena, mark->count[MAP_MISSING]), number(arena, mark->count[MAP_LOCATIONS])};
    }
    view->marks = marks;
    view->rows = rows;
    view->marks_count = view->rows_count = picture->mark_count;
    view->told = picture->mark_count ? str_fmt(arena, "%zu mark%s on the map.", picture->mark_count, picture->mark_count == 1 ? "" : "s")
                                     : STR("There is nothing that you see in this period.");
    view->hidden = picture->small_hidden;
}

static struct str period_words(struct arena *arena, const struct state *state)
{
    struct str to = date_words(arena, clock_london(state->ask.to).date);
    if (!state->ask.from) return str_fmt(arena, "Up to %.*s", STR_ARG(to));
    return str_fmt(arena, "From %.*s to %.*s", STR_ARG(date_words(arena, clock_london(state->ask.from).date)), STR_ARG(to));
}

static void draw_form(struct request *request, const struct state *state, struct view_map *view)
{
    struct arena *arena = request->arena;
    const struct question *kind = questions_find(area_location_form(request->app->area), STR("location-kind"));
    struct view_map_kinds *kinds = arena_many(arena, kind->option_count + 1, struct view_map_kinds);
    struct view_map_layers *layers = arena_many(arena, MAP_LAYERS, struct view_map_layers);
    kinds[0] = (struct view_map_kinds){STR(""), STR("All kinds"), false};
    for (size_t i = 0; i < kind->option_count; i++)
        kinds[i + 1] = (struct view_map_kinds){kind->option[i].id, kind->option[i].label, str_eq(kind->option[i].id, state->ask.kind)};
    for (int layer = 0; layer < MAP_LAYERS; layer++)
        layers[layer] = (struct view_map_layers){str_from(layer_names[layer]), str_from(layer_labels[layer]), state->ask.layer[layer]};
    view->kinds = kinds;
    view->kinds_count = kind->option_count + 1;
    view->layers = layers;
    view->layers_count = MAP_LAYERS;
    view->from = form_value(request, "from");
    view->until = form_value(request, "until");
    view->months = state->months;
    view->most = MONTHS_MOST;
    view->period = period_words(arena, state);
}

static bool read_map(struct request *request, struct response *response, const struct state *state, struct map_picture *picture)
{
    struct err err = {0};
    if (map_read(request->app, request->arena, &request->who, &state->ask, picture, &err) == ST_OK) return true;
    respond_error(request, response, &err);
    return false;
}

void page_map(struct request *request, struct response *response)
{
    struct state state = state_of(request);
    struct map_picture picture;
    const struct area_map *map = area_map(request->app->area);
    if (!read_map(request, response, &state, &picture)) return;
    struct view_map view = {.data = with_state(request, &state, ROUTE_map_data).s,
                            .action = url_to(ROUTE_map),
                            .locations = url_to(ROUTE_locations),
                            .problem = state.problem,
                            .at = AT(request, "from")};
    draw_base(request, map, &view);
    draw_marks(request, &state, map, &picture, &view);
    draw_form(request, &state, &view);
    if (state.problem.len) response->status = 400;
    PAGE(request, response, state.problem.len ? "Error: Map" : "Map", view_map, &view);
}

/* --- for the script -------------------------------------------------------------------------------- */

static json_t *text(struct str words)
{
    return json_stringn(words.ptr, words.len);
}

static json_t *mark_as_json(struct request *request, const struct state *state, const struct map_mark *mark)
{
    return json_pack("{s:f, s:f, s:o, s:o, s:I, s:I, s:I, s:b, s:I}", "lat", mark->at.latitude, "lon", mark->at.longitude, "label",
                     text(mark_label(request->arena, mark)), "href", text(list_url(request, state, mark).s), "submissions",
                     (json_int_t)mark->count[MAP_SUBMISSIONS], "missing", (json_int_t)mark->count[MAP_MISSING], "locations",
                     (json_int_t)mark->count[MAP_LOCATIONS], "area", mark->town == MAP_BLURRED, "towns", (json_int_t)mark->towns);
}

void page_map_data(struct request *request, struct response *response)
{
    struct state state = state_of(request);
    struct map_picture picture;
    const struct area_map *map = area_map(request->app->area);
    if (!read_map(request, response, &state, &picture)) return;
    json_t *marks = json_array();
    json_t *lands = json_array();
    for (size_t i = 0; i < picture.mark_count; i++) json_array_append_new(marks, mark_as_json(request, &state, &picture.mark[i]));
    for (size_t i = 0; i < map->land_count && !form_has(request, "marks"); i++) {
        json_t *land = json_array();
        for (size_t k = 0; k < map->land[i].count; k++)
            json_array_append_new(land, json_pack("[f, f]", map->land[i].point[k].latitude, map->land[i].point[k].longitude));
        json_array_append_new(lands, land);
    }
    json_t *all = json_pack("{s:o, s:o, s:[f,f,f,f], s:o, s:o}", "marks", marks, "lands", lands, "edges", map->south, map->west, map->north,
                            map->east, "credit", text(map->credit), "period", text(period_words(request->arena, &state)));
    char *written = all ? json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(8)) : NULL;
    json_decref(all);
    if (written) buf_add_c(&response->body, written);
    free(written);
    response->content_type = "application/json; charset=utf-8";
}

/* --- the list behind a mark --------------------------------------------------------------------------- */

static void list_rows(struct request *request, const struct map_list *list, struct view_map_list *view)
{
    struct arena *arena = request->arena;
    bool hides = !access_allows(&request->who, ACT_SEE_LINKS, NULL);
    struct view_map_list_submissions *submissions = arena_many(arena, list->submission_count + 1, struct view_map_list_submissions);
    struct view_map_list_episodes *episodes = arena_many(arena, list->episode_count + 1, struct view_map_list_episodes);
    struct view_map_list_locations *locations = arena_many(arena, list->location_count + 1, struct view_map_list_locations);
    for (size_t i = 0; i < list->submission_count && !(hides && list->submission_count < MAP_SMALL); i++)
        submissions[view->submissions_count++] = (struct view_map_list_submissions){
            url_to_id(arena, ROUTE_submission, list->submission[i]), str_fmt(arena, "Submission %lld", (long long)list->submission[i])};
    for (size_t i = 0; i < list->episode_count && !(hides && list->episode_count < MAP_SMALL); i++)
        episodes[view->episodes_count++] = (struct view_map_list_episodes){
            url_to_id(arena, ROUTE_missing_one, list->episode[i].id),
            str_fmt(arena, "%.*s, %.*s", STR_ARG(list->episode[i].reference), STR_ARG(list->episode[i].child_name))};
    for (size_t i = 0; i < list->location_count; i++)
        locations[view->locations_count++] = (struct view_map_list_locations){url_to_id(arena, ROUTE_location, list->location[i].id),
                                                                            list->location[i].name};
    view->submissions = submissions;
    view->episodes = episodes;
    view->locations = locations;
    view->small = hides;
}

void page_map_list(struct request *request, struct response *response)
{
    struct state state = state_of(request);
    struct map_list list;
    struct err err = {0};
    int64_t town = MAP_BLURRED;
    const struct area_map *map = area_map(request->app->area);
    if (!str_to_int(form_value(request, "town"), &town) || town < MAP_BLURRED || town >= (int64_t)map->town_count) {
        (void)err_set(&err, ST_NOT_FOUND, "There is no such place on the map.");
        respond_error(request, response, &err);
        return;
    }
    if (map_list_read(request->app, request->arena, &request->who, &state.ask, (int)town, &list, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_map_list view = {.back = with_state(request, &state, ROUTE_map),
                                 .title = town == MAP_BLURRED ? STR("Somewhere in the area") : map->town[town].name,
                                 .lead = town == MAP_BLURRED ? STR("What its handling condition keeps from being put at a town, and what names none of the map. The newest first.")
                                                             : STR("What you may see here in this period, the newest first.")};
    list_rows(request, &list, &view);
    PAGE(request, response, "On the map", view_map_list, &view);
}
