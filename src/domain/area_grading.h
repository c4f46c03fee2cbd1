/*
 * area_grading: what of the area pack analysts grade by (grading.txt): schemes, their codes with
 * help, which of them a second person has to agree to, and how two things may be related.
 *
 * Layer: domain (needs base only).  Read with the pack (domain/area.h), then only read.  A code
 * carries its namespace, "source:2", "information:C": C alone stands for two things.
 */
#ifndef PENDEEN_DOMAIN_AREA_GRADING_H
#define PENDEEN_DOMAIN_AREA_GRADING_H

#include "domain/area.h"
#include "domain/area_text.h"

enum grading_kind {
    GRADING_SCHEME,
    GRADING_SOURCE,
    GRADING_INFORMATION,
    GRADING_OLD_HANDLING, /* of an older scheme; today's conditions stand in handling.txt */
    GRADING_HANDLING,     /* one entry: does a condition need a second person? */
    GRADING_RELATION,
    GRADING_KINDS
};

struct grading_term {
    enum grading_kind kind;
    struct str id;
    struct str scheme;  /* id of a scheme; empty of schemes and relations */
    struct str code;    /* "source:2"; of an older handling "handling:1" */
    struct str label;
    struct str hint;
    struct str inverse; /* of a relation, said from the other end */
    unsigned from;      /* of a relation: bits of enum link_kind */
    unsigned to;
    bool second;        /* a second person has to agree */
    bool current;       /* of a scheme */
    struct str source_of;
};
struct area_grading {
    struct grading_term *term;
    size_t count;
    const struct grading_term *scheme; /* the current one */
};

/* The next of that kind and scheme (empty: any) after `after` (NULL: the first); NULL: no more. */
const struct grading_term *grading_next(const struct area *area, enum grading_kind kind,
                                        struct str scheme, const struct grading_term *after);
const struct grading_term *grading_by_id(const struct area *area, enum grading_kind kind,
                                         struct str id);
const struct grading_term *grading_by_code(const struct area *area, enum grading_kind kind,
                                           struct str scheme, struct str code);
/* Its label; the code itself where the pack has it no more. */
struct str grading_label(const struct area *area, enum grading_kind kind, struct str scheme,
                         struct str code);
/* The id of the scheme in use; empty without a pack. */
struct str grading_scheme(const struct area *area);
/* Does every handling condition need a second person? */
bool grading_conditions_need_second(const struct area *area);

/* --- for area.c ------------------------------------------------------------------------ */

const struct area_grading *area_grading_of(const struct area *area);
/* ST_INVALID names file, line and reason. */
enum st area_grading_read(struct arena *arena, struct area_text *text, struct area_grading *ret,
                          struct err *err) MUST_USE;

#endif
