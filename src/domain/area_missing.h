/*
 * area_missing: what of the area pack missing episodes are kept by: missing.txt, the facts
 * that are put to people, words of older records, how a file of episodes is read; missing-form.txt,
 * what is asked.
 *
 * Layer: domain (needs base and link).  Read with the pack (domain/area.h), then only read.
 */
#ifndef PENDEEN_DOMAIN_AREA_MISSING_H
#define PENDEEN_DOMAIN_AREA_MISSING_H

#include "domain/area.h"
#include "domain/area_text.h"

enum missing_alert_kind {
    ALERT_REPEAT,
    ALERT_OUT_OF_AREA,
    ALERT_KNOWN_PLACE,
    ALERT_KNOWN_PERSON,
    ALERT_TOGETHER,
    ALERT_COMMON,
    ALERT_KINDS
};
/* "repeat", "out-of-area", …: as the pack and the store write them. */
const char *missing_alert_kind_name(enum missing_alert_kind kind);

struct missing_alert_word {
    struct str text;
    struct str ask; /* the question that it puts */
    struct str source;
    int32_t episodes; /* of "repeat": so many … */
    int32_t days;     /* … within so many days */
    int32_t children; /* of "common": so many */
};

/* A sort of episode that only an import brings. */
struct missing_legacy {
    struct str id;
    struct str text;
    struct str source;
};

/* What a column of a file means. */
struct missing_column {
    struct str id;
    struct str to;      /* "child-name", "since", … or the key of a question */
    struct str headers; /* one a line */
};

struct area_missing {
    struct missing_alert_word alert[ALERT_KINDS];
    struct missing_legacy *legacy;
    size_t legacy_count;
    struct missing_column *column;
    size_t column_count;
    int32_t file_days; /* what came back longer ago than this has no clock when a file brings it */
    struct questions form;
};
const struct area_missing *area_missing(const struct area *area);

/* --- for area.c ------------------------------------------------------------------------ */

/* ST_INVALID names file, line and reason.  The form is read first: columns name its keys. */
enum st area_missing_form_read(struct arena *arena, struct area_text *text,
                               struct area_missing *ret, struct err *err) MUST_USE;
enum st area_missing_read(struct arena *arena, struct area_text *text, struct area_missing *ret,
                          struct err *err) MUST_USE;

#endif
