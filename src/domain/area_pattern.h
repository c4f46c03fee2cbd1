/*
 * area_pattern: patterns.txt of the area pack: what each pattern is called, what it asks, and
 * from which numbers on it is one.
 *
 * Layer: domain (needs base).  Read with the pack (domain/area.h), then only read.
 */
#ifndef PENDEEN_DOMAIN_AREA_PATTERN_H
#define PENDEEN_DOMAIN_AREA_PATTERN_H

#include "domain/area_text.h"

struct area;

enum pattern_kind {
    PATTERN_MEETING,
    PATTERN_PHONE,
    PATTERN_FORUMS,
    PATTERN_GROWING,
    PATTERN_KINDS
};
/* "meeting", "phone", "forums", "growing": as the pack and the store write them. */
const char *pattern_kind_name(enum pattern_kind kind);
bool pattern_kind_from_name(struct str name, enum pattern_kind *ret);

struct pattern_rule {
    struct str text;
    struct str ask; /* the question that it puts */
    struct str source;
    int32_t least;
    int32_t days;
};
struct area_patterns {
    struct pattern_rule rule[PATTERN_KINDS];
};
const struct area_patterns *area_patterns(const struct area *area);

/* For area.c.  ST_INVALID names file, line and reason. */
enum st area_patterns_read(struct area_text *text, struct area_patterns *ret,
                           struct err *err) MUST_USE;

#endif
