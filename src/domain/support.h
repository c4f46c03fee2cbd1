/*
 * support: the directory of who helps whom, without signing in: the area pack's entries
 * with their contacts as they stand here, and what was taken in from Open Referral UK.
 *
 * Layer: domain.  Filters narrow by who looks, the child's age, place, need and hour.  What
 * is not known of an entry (hours, ages) never hides it.
 */
#ifndef PENDEEN_DOMAIN_SUPPORT_H
#define PENDEEN_DOMAIN_SUPPORT_H

#include "domain/contact.h"

enum { SUPPORT_SPANS_MAX = 28, SUPPORT_UUID_SIZE = 37 };

/* When somebody answers, of an entry that is not the pack's: each week alike. */
struct support_span {
    int8_t day; /* 0 = Monday */
    struct opening at;
};

struct support {
    char uuid[SUPPORT_UUID_SIZE]; /* its id in Open Referral UK */
    struct str name;
    struct str organisation;
    struct str about;
    struct str website; /* https: or empty */
    struct str email;
    struct str phone;
    struct str text;
    struct str relay;
    struct str place; /* an id of places.txt; empty: everywhere */
    unsigned audience;
    int16_t age_from;
    int16_t age_to; /* SUPPORT_AGE_MAX: no end */
    const struct area_need *need[SUPPORT_NEEDS_MAX];
    size_t need_count;
    struct str hours; /* in words; may be empty */
    struct str source;
    struct date verified; /* year 0: nobody has yet */
    struct str verified_by;
    const struct contact *contact; /* of the pack's entries; its hours; else NULL */
    struct support_span span[SUPPORT_SPANS_MAX];
    size_t span_count; /* 0 and no contact: hours not known */
    bool always;
    /* "active", or why it is not shown: "inactive", "defunct", "temporarily closed" */
    struct str status;
};

/* All of it, local first, in the order of the pack, then what was taken in by name.  Those
 * that are not active are left out unless `all`. */
enum st support_list(struct app *app, struct arena *arena, bool all, struct support **ret,
                     size_t *ret_count, struct err *err) MUST_USE;

enum support_open { OPEN_YES, OPEN_NO, OPEN_UNKNOWN };
enum support_open support_is_open(const struct area *area, const struct support *support,
                                  instant_ms at);

struct support_filter {
    unsigned audience;            /* 0: whoever */
    int age;                      /* -1: any */
    struct str place;             /* empty: any */
    const struct area_need *need; /* NULL: any */
    instant_ms open_at;           /* 0: at any hour */
};
bool support_fits(const struct area *area, const struct support *support,
                  const struct support_filter *filter);

/* The id that an entry of the pack has in Open Referral UK: always the same for the same
 * words (a name-based UUID, RFC 9562 version 8, by BLAKE2b). */
void support_uuid(struct str area_name, struct str kind, struct str id,
                  char ret[static SUPPORT_UUID_SIZE]);

#endif
