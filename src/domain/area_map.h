/*
 * area_map: the base map of the area pack, map.txt: edges, coastline, towns and villages.
 *
 * Layer: domain (needs base only).  Degrees, north and east positive.  Read with the pack.
 */
#ifndef PENDEEN_DOMAIN_AREA_MAP_H
#define PENDEEN_DOMAIN_AREA_MAP_H

#include "domain/area.h"
#include "domain/area_text.h"

enum { MAP_PLACES_MAX = 2000 };

struct map_point {
    double latitude;
    double longitude;
};
struct map_land {
    struct map_point *point;
    size_t count;
};
struct map_town {
    struct str name;
    struct str folded; /* how it is compared */
    struct map_point at;
};
struct area_map {
    double south, north, west, east;
    struct str credit;
    struct map_land *land;
    size_t land_count;
    struct map_town *town;
    size_t town_count;
};
const struct area_map *area_map(const struct area *area);
/* The town of a name, however it is written ("ST. IVES"); -1: the map has none. */
int area_map_town(const struct area_map *map, struct str name);

/* For area.c.  ST_INVALID names file, line and reason. */
enum st area_map_read(struct arena *arena, struct area_text *text, struct area_map *ret,
                      struct err *err) MUST_USE;

#endif
