/*
 * map: what was told, missing episodes and locations of concern, by where they are.
 *
 * Layer: domain.  Everything is made of what the reader may see: what is kept from them is in no
 * mark and no count.  A submission stands at the towns of the base map that its places name; the
 * town of each mention is read from the index once and kept (map_memory.h).
 * What its handling condition does not leave open to the Forum stands at the middle of the area,
 * not at its town.  Whoever has no reach beyond their organisation sees no town with fewer than
 * MAP_SMALL, but for locations, which they know by name: what is hidden at its town is in no
 * cluster, no square and no list either.
 */
#ifndef PENDEEN_DOMAIN_MAP_H
#define PENDEEN_DOMAIN_MAP_H

#include "domain/area_map.h"
#include "domain/location.h"
#include "domain/missing.h"
#include "domain/submission.h"

enum { MAP_SMALL = 5, MAP_BLURRED = -1, MAP_LIST_PAGE = 50, MAP_SHADES = 5 };
enum map_layer { MAP_SUBMISSIONS, MAP_MISSING, MAP_LOCATIONS, MAP_LAYERS };

struct map_ask {
    bool layer[MAP_LAYERS];
    struct str kind;    /* of locations; empty: all */
    instant_ms from;
    instant_ms to;
    /* clusters: degrees of latitude that marks are apart; 0: each place by itself */
    double cell;
};
/* One or more towns.  Of each layer it counts what stands at any of them, each thing once. */
struct map_mark {
    /* of the base map, the largest of its cluster; MAP_BLURRED: somewhere in the area */
    int town;
    struct map_point at;
    size_t towns;       /* in the cluster */
    size_t count[MAP_LAYERS];
    struct str name;
};
size_t map_mark_all(const struct map_mark *mark);

/* How much lies where: a square of a grid that has nothing to do with clusters, and counts what
 * marks of its towns count.  `shade`: 0, the fewest, to MAP_SHADES - 1. */
struct map_square {
    double south, west, north, east;
    size_t count;
    int shade;
};
struct map_picture {
    struct map_mark *mark;  /* by clusters, most first */
    size_t mark_count;
    struct map_mark *place; /* each town by itself, most first: the table */
    size_t place_count;
    struct map_square *square;
    size_t square_count;
    bool small_hidden;      /* this reader sees no small marks */
};
enum st map_read(struct app *app, struct arena *arena, const struct person *who,
                 const struct map_ask *ask, struct map_picture *ret, struct err *err) MUST_USE;

/* What stands at a town, with the other towns of its cluster (MAP_BLURRED: what is not put at one),
 * within the same ask: a page of each layer, those from the `skip`th, and how many there are. */
struct map_list {
    struct map_mark mark; /* as the picture has it; nothing counted: there is no such mark */
    bool small_hidden;
    struct submission_line *submission; /* newest first */
    size_t submission_count;
    struct missing_line *episode;
    size_t episode_count;
    struct location *location;
    size_t location_count;
};
enum st map_list_read(struct app *app, struct arena *arena, const struct person *who,
                      const struct map_ask *ask, int town, size_t skip, struct map_list *ret,
                      struct err *err) MUST_USE;

#endif
