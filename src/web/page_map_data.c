/*
 * What the map's script asks for: marks of a zoom, the table, squares, and once the land.
 */
#include "web/page_map.h"
#include "web/pages.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *text(struct str words)
{
    return json_stringn(words.ptr, words.len);
}

static json_t *mark_as_json(struct request *request, const struct map_state *state,
                            const struct map_mark *mark)
{
    bool cluster = mark->towns > 1;
    return json_pack("{s:f, s:f, s:o, s:o, s:o, s:I, s:I, s:I, s:b, s:I}", "lat", mark->at.latitude,
                     "lon", mark->at.longitude, "name", text(map_name(request->arena, mark)),
                     "label", text(map_label(request->arena, mark)), "href",
                     text(map_list_url(request, state, mark->town, cluster).s), "submissions",
                     (json_int_t)mark->count[MAP_SUBMISSIONS], "missing",
                     (json_int_t)mark->count[MAP_MISSING], "locations",
                     (json_int_t)mark->count[MAP_LOCATIONS], "area", mark->town == MAP_BLURRED,
                     "towns", (json_int_t)mark->towns);
}

static json_t *marks_as_json(struct request *request, const struct map_state *state,
                             const struct map_mark *mark, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, mark_as_json(request, state, &mark[i]));
    return list;
}

static json_t *squares_as_json(struct request *request, const struct map_picture *picture)
{
    json_t *list = json_array();
    for (size_t i = 0; i < picture->square_count; i++) {
        const struct map_square *square = &picture->square[i];
        json_array_append_new(
            list, json_pack("{s:[f,f,f,f], s:o}", "edges", square->south, square->west,
                            square->north, square->east, "class",
                            text(map_shade_of(request->arena, picture, square->shade).class)));
    }
    return list;
}

static json_t *shades_as_json(struct request *request, const struct map_picture *picture)
{
    json_t *list = json_array();
    for (int shade = 0; shade < MAP_SHADES; shade++) {
        struct map_shade found = map_shade_of(request->arena, picture, shade);
        if (found.words.len)
            json_array_append_new(list, json_pack("{s:o, s:o}", "class", text(found.class), "words",
                                                  text(found.words)));
    }
    return list;
}

static json_t *lands_as_json(const struct area_map *map)
{
    json_t *lands = json_array();
    for (size_t i = 0; i < map->land_count; i++) {
        json_t *land = json_array();
        for (size_t k = 0; k < map->land[i].count; k++)
            json_array_append_new(land, json_pack("[f, f]", map->land[i].point[k].latitude,
                                                  map->land[i].point[k].longitude));
        json_array_append_new(lands, land);
    }
    return lands;
}

static json_t *towns_as_json(const struct area_map *map)
{
    json_t *towns = json_array();
    for (size_t i = 0; i < map->town_count; i++)
        json_array_append_new(towns, json_pack("{s:o, s:f, s:f}", "name", text(map->town[i].name),
                                               "lat", map->town[i].at.latitude, "lon",
                                               map->town[i].at.longitude));
    return towns;
}

void page_map_data(struct request *request, struct response *response)
{
    struct map_state state = map_state_of(request);
    struct map_picture picture;
    const struct area_map *map = area_map(request->app->area);
    if (!map_read_or_say(request, response, &state, &picture)) return;
    json_t *all =
        json_pack("{s:o, s:o, s:o}", "marks",
                  marks_as_json(request, &state, picture.mark, picture.mark_count), "rows",
                  marks_as_json(request, &state, picture.place, picture.place_count), "told",
                  text(map_told(request->arena, &state, &picture)));
    if (state.density) {
        json_object_set_new(all, "squares", squares_as_json(request, &picture));
        json_object_set_new(all, "shades", shades_as_json(request, &picture));
    }
    if (!form_has(request, "marks")) {
        json_object_set_new(all, "lands", lands_as_json(map));
        json_object_set_new(all, "towns", towns_as_json(map));
        json_object_set_new(all, "edges",
                            json_pack("[f,f,f,f]", map->south, map->west, map->north, map->east));
        json_object_set_new(all, "credit", text(map->credit));
    }
    char *written = all ? json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(8)) : NULL;
    json_decref(all);
    if (written) buf_add_c(&response->body, written);
    free(written);
    response->content_type = "application/json; charset=utf-8";
}
