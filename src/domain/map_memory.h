/*
 * map_memory: in which towns of the base map submissions are, and when they came.
 *
 * Layer: domain, private to map.c and to app.c, which owns it.  Derived: the town of a mention out
 * of the index, the instant of its submission out of the store, each read once, all that came since
 * with one query.  Readers stand side by side; whoever finds that something came adds it, and keeps
 * the others waiting only while it is put beside the rest.  What was destroyed stays in it as
 * numbers, which no scope admits.  Safe for threads.
 */
#ifndef PENDEEN_DOMAIN_MAP_MEMORY_H
#define PENDEEN_DOMAIN_MAP_MEMORY_H

#include "domain/app.h"
#include "domain/area_map.h"

/* One place that a submission names. */
struct map_spot {
    int64_t mention;
    int64_t submission;
    instant_ms at; /* it came */
    int16_t town;  /* of the base map */
};

struct map_memory *map_memory_new(void);
void map_memory_free(struct map_memory *memory); /* accepts NULL */

/* All of them, mentions rising, good until map_memory_end; not to be begun twice by one thread. */
enum st map_memory_begin(struct app *app, const struct area_map *map, const struct map_spot **ret,
                         size_t *ret_count, struct err *err) MUST_USE;
void map_memory_end(struct map_memory *memory);

#endif
