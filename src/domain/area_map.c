#include "domain/area_map.h"

#include "base/arena.h"

#include <stdlib.h>

enum { NAME = 60 };

/* Letters and digits alone, in lower case; "Saint" is "St". */
static size_t fold(struct str name, char ret[static NAME])
{
    size_t used = 0;
    for (size_t i = 0; i < name.len && used < NAME; i++) {
        char c = name.ptr[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) ret[used++] = c;
    }
    if (used > 5 && !memcmp(ret, "saint", 5)) {
        memmove(ret + 2, ret + 5, used - 5);
        ret[1] = 't';
        used -= 3;
    }
    return used;
}

int area_map_town(const struct area_map *map, struct str name)
{
    char asked[NAME];
    struct str folded = str_of(asked, fold(name, asked));
    for (size_t i = 0; i < map->town_count && folded.len; i++)
        if (str_eq(map->town[i].folded, folded)) return (int)i;
    return -1;
}

static bool number_read(struct str text, double limit, double *ret)
{
    char digits[24];
    char *end = NULL;
    if (!text.len || text.len >= sizeof digits) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '.' ||
              text.ptr[i] == '-'))
            return false;
    memcpy(digits, text.ptr, text.len);
    digits[text.len] = 0;
    *ret = strtod(digits, &end);
    return !*end && *ret >= -limit && *ret <= limit;
}

static bool point_read(struct str text, struct map_point *ret)
{
    ptrdiff_t space = str_find(text, STR(" "), 0);
    return space > 0 && number_read(str_sub(text, 0, (size_t)space), 90, &ret->latitude) &&
           number_read(str_trim(str_sub(text, (size_t)space, text.len)), 180, &ret->longitude);
}

static enum st read_edges(struct area_text *text, struct area_section *section,
                          struct area_map *ret, struct err *err)
{
    static const char *const keys[] = {"south", "north", "west", "east"};
    double *const into[] = {&ret->south, &ret->north, &ret->west, &ret->east};
    enum st st = ST_OK;
    for (int i = 0; i < 4 && st == ST_OK; i++) {
        struct str value;
        st = area_text_need(text, section, keys[i], &value, err);
        if (st == ST_OK && !number_read(value, 180, into[i]))
            st = area_text_wrong(text, section->line, err, "%s is a number of degrees.", keys[i]);
    }
    if (st == ST_OK) st = area_text_need(text, section, "credit", &ret->credit, err);
    if (st == ST_OK && (ret->south >= ret->north || ret->west >= ret->east))
        st = area_text_wrong(text, section->line, err,
                             "south is below north, and west before east.");
    return st;
}

static enum st read_land(struct arena *arena, struct area_text *text, struct area_section *section,
                         struct map_land *ret, struct err *err)
{
    struct str value;
    enum st st = area_text_need(text, section, "points", &value, err);
    if (st != ST_OK) return st;
    ret->point = arena_many(arena, value.len / 4 + 1, struct map_point);
    for (size_t at = 0; at < value.len;) {
        ptrdiff_t end = str_find(value, STR("\n"), at);
        size_t stop = end < 0 ? value.len : (size_t)end;
        if (!point_read(str_trim(str_sub(value, at, stop - at)), &ret->point[ret->count++]))
            return area_text_wrong(text, section->line, err,
                                   "a point is latitude and longitude in degrees, one a line.");
        at = stop + 1;
    }
    return ret->count > 3
               ? ST_OK
               : area_text_wrong(text, section->line, err, "land has at least four points.");
}

enum st area_map_read(struct arena *arena, struct area_text *text, struct area_map *ret,
                      struct err *err)
{
    ret->land = arena_many(arena, text->section_count + 1, struct map_land);
    ret->town = arena_many(arena, text->section_count + 1, struct map_town);
    enum st st = ST_OK;
    for (size_t i = 0; i < text->section_count && st == ST_OK; i++) {
        struct area_section *section = &text->section[i];
        struct str at;
        if (str_eq(section->id, STR("map"))) {
            st = read_edges(text, section, ret, err);
        } else if (str_starts(section->id, STR("land-"))) {
            st = read_land(arena, text, section, &ret->land[ret->land_count++], err);
        } else {
            struct map_town *town = &ret->town[ret->town_count++];
            char folded[NAME];
            st = area_text_need(text, section, "name", &town->name, err);
            if (st == ST_OK)
                town->folded = str_dup(arena, str_of(folded, fold(town->name, folded)));
            if (st == ST_OK) st = area_text_need(text, section, "at", &at, err);
            if (st == ST_OK && !point_read(at, &town->at))
                st = area_text_wrong(text, section->line, err,
                                     "'at' is latitude and longitude in degrees.");
        }
    }
    if (st == ST_OK && (ret->north <= ret->south || ret->town_count > MAP_PLACES_MAX))
        st = area_text_wrong(text, 1, err, "it needs a heading [map], and holds at most %d places.",
                             MAP_PLACES_MAX);
    return st;
}
