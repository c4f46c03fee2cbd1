/*
 * area_child: the files of the area pack that children's records are kept in the words of:
 * signs.txt, child.txt, retention.txt.
 *
 * Layer: domain (needs base only).  Everything belongs to the area.
 */
#ifndef PENDEEN_DOMAIN_AREA_CHILD_H
#define PENDEEN_DOMAIN_AREA_CHILD_H

#include "domain/area.h"
#include "domain/area_text.h"

enum child_word_kind {
    WORD_STATUS,
    WORD_PLAN,
    WORD_HARMED,    /* answers to "May this child already have been harmed?" */
    WORD_JUDGEMENT, /* what somebody concludes, with reasons */
    WORD_KEEP,      /* why it is decided that a record ends */
    CHILD_WORD_KINDS
};

struct child_word {
    struct str id;
    enum child_word_kind kind;
    struct str text;
    struct str hint; /* may be empty */
    struct str source;
    struct str retention; /* of a status: the class that it brings; may be empty */
    bool born;            /* of a status: it cannot begin before the child is born */
};

/* How long a record is kept. */
struct retention_class {
    struct str id;
    struct str label;
    struct str hint;
    struct str source;
    bool from_birth; /* else from closing, or from the last change */
    int32_t age;     /* and not before this birthday; 0: none */
    int32_t years;   /* after that */
};

struct area_child {
    struct child_word *word;
    size_t word_count;
    struct retention_class *retention; /* those that keep longest first */
    size_t retention_count;
    struct str schedule; /* version of the schedule of classes */
};

/* In the order of the file. NULL: the pack has no such word. */
const struct child_word *child_word_find(const struct area_child *child, enum child_word_kind kind,
                                         struct str id);
const struct retention_class *retention_find(const struct area_child *child, struct str id);
/* The day on which a record of this class comes up for review: days since 1970. `born` may
 * be unknown (LINK_DAY_UNKNOWN): then as if born on the day of `from`. */
int32_t retention_day(const struct retention_class *class, int32_t born, int32_t from);

/* What is recorded of a sign: only these, in words. */
enum sign_presence {
    SIGN_NOT_KNOWN,
    SIGN_OBSERVED,
    SIGN_REPORTED,
    SIGN_SUSPECTED,
    SIGN_NOT_PRESENT,
    SIGN_PRESENCES
};
enum sign_period { SIGN_PERIOD_NONE, SIGN_RECENT, SIGN_EARLIER, SIGN_PERIODS };
const char *sign_presence_label(enum sign_presence presence);
bool sign_presence_from_name(struct str name, enum sign_presence *ret);
const char *sign_period_name(enum sign_period period);
const char *sign_period_label(enum sign_period period);
bool sign_period_from_name(struct str name, enum sign_period *ret);
bool sign_kind_from_name(struct str name, enum area_sign_kind *ret);
const char *sign_kind_label(enum area_sign_kind kind); /* "Circumstances" */

/* ST_INVALID names file, line and reason. */
enum st area_signs_read(struct arena *arena, struct area_text *text, struct area_sign **ret,
                        size_t *ret_count, struct err *err) MUST_USE;
/* child.txt comes after retention.txt, whose classes it names. */
enum st area_retention_read(struct arena *arena, struct area_text *text, struct area_child *child,
                            struct err *err) MUST_USE;
enum st area_child_read(struct arena *arena, struct area_text *text, struct area_child *child,
                        struct err *err) MUST_USE;

#endif
