/*
 * map: what was told, missing episodes and locations of concern, by where they are.
 *
 * Layer: domain.  Everything is made of what the reader may see: what is kept from them is in no
 * mark and no count.  A submission stands at the towns of the base map that its places name; the
 * town of each mention is read from the index once and kept (places.h is the memory of that).
 * What its handling condition does not leave open to the Forum stands at the middle of the area,
 * not at its town.  Whoever has no reach beyond their organisation sees no mark of fewer than
 * MAP_SMALL, but for locations, which they know by name.
 */
#ifndef PENDEEN_DOMAIN_MAP_H
#define PENDEEN_DOMAIN_MAP_H

#include "domain/area_map.h"
#include "domain/location.h"
#include "domain/missing.h"

enum { MAP_SMALL = 5, MAP_BLURRED = -1, MAP_LIST_MAX = 200 };
enum map_layer { MAP_SUBMISSIONS, MAP_MISSING, MAP_LOCATIONS, MAP_LAYERS };

struct map_ask {
    bool layer[MAP_LAYERS];
    struct str kind;    /* of locations; empty: all */
    instant_ms from;
    instant_ms to;
    double cell;        /* clusters: degrees of one square; 0: each place by itself */
};
struct map_mark {
    int town;           /* of the base map, the first of its cluster; MAP_BLURRED: somewhere in the area */
    struct map_point at;
    size_t towns;       /* in the cluster */
    size_t count[MAP_LAYERS];
    struct str name;
};
struct map_picture {
    struct map_mark *mark; /* most first */
    size_t mark_count;
    bool small_hidden;     /* this reader sees no small marks */
};
enum st map_read(struct app *app, struct arena *arena, const struct person *who, const struct map_ask *ask,
                 struct map_picture *ret, struct err *err) MUST_USE;

/* What stands at a town (MAP_BLURRED: what is not put at one), within the same ask. */
struct map_list {
    int64_t *submission; /* newest first, MAP_LIST_MAX at most */
    size_t submission_count;
    struct missing_line *episode;
    size_t episode_count;
    struct location *location;
    size_t location_count;
};
enum st map_list_read(struct app *app, struct arena *arena, const struct person *who, const struct map_ask *ask, int town,
                      struct map_list *ret, struct err *err) MUST_USE;

/* The memory of where mentions are: belongs to the app, filled when it is asked for; safe for
 * threads. */
struct map_memory *map_memory_new(void);
void map_memory_free(struct map_memory *memory); /* accepts NULL */

#endif
