/*
 * area_sources: sources.txt of the area pack: every fact of the published page that the pack
 * tells, and where it does.
 *
 * Layer: domain, private to the area's files but for the types, which area.h has.
 */
#ifndef PENDEEN_DOMAIN_AREA_SOURCES_H
#define PENDEEN_DOMAIN_AREA_SOURCES_H

#include "domain/area.h"
#include "domain/area_text.h"

/* Reads a file of the pack by its name into the arena. */
typedef enum st area_read_fn(void *context, struct arena *arena, struct str file, struct str *ret,
                             struct err *err);

/* ST_INVALID at the first words that do not stand in the file they are said to. */
enum st area_sources_read(struct arena *arena, struct area_text *text, area_read_fn *read,
                          void *context, struct area_source **ret, size_t *ret_count,
                          struct err *err) MUST_USE;

/* The line (from 1) on which the words begin, whatever the line ends, blanks and emphasis
 * between them; 0 when they are not there. */
size_t area_line_of(struct arena *arena, struct str text, struct str words);

#endif
