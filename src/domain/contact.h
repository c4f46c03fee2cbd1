/*
 * contact: who to call, as it stands here: the area pack's contacts, and what administrators
 * made of them.
 *
 * Layer: domain.  Each change or verification is a whole new version over the pack's text,
 * with who, when and why; none is ever changed or taken away.  Numbers are public.  Why, and
 * notes, are sealed.  A number that was changed counts as not verified until somebody dials
 * it again.
 */
#ifndef PENDEEN_DOMAIN_CONTACT_H
#define PENDEEN_DOMAIN_CONTACT_H

#include "domain/access.h"
#include "domain/app.h"
#include "domain/area.h"

enum {
    CONTACT_STALE_DAYS = 183,
    CONTACT_NUMBER_MAX = 30,
    CONTACT_HOURS_MAX = 120,
    CONTACT_NOTE_MAX = 500
};

struct contact {
    struct area_contact now;         /* as it stands here */
    const struct area_contact *pack; /* as the pack says */
    int64_t version;                 /* 0: nobody has touched it */
    bool changed;                    /* number, text, relay or hours are not the pack's */
    struct str verified_by;          /* organisation of whoever dialled it; empty: not said */
    int64_t verified_account;        /* 0: the pack says that it was verified, or nobody has */
};

/* All of the pack, in its order. */
enum st contact_list(struct app *app, struct arena *arena, struct contact **ret, size_t *ret_count,
                     struct err *err) MUST_USE;
/* ST_NOT_FOUND: the pack has no such contact. */
enum st contact_read(struct app *app, struct arena *arena, struct str id, struct contact *ret,
                     struct err *err) MUST_USE;
const struct contact *contact_find(const struct contact *list, size_t count, struct str id);
/* How often one was changed by this process since it began: what was made of them before is old. */
uint64_t contact_changes(void);
/* Was it dialled by somebody in the last six months? */
bool contact_is_fresh(const struct contact *contact, instant_ms now);

/* One line of its history. */
struct contact_line {
    int64_t id;
    struct str kind; /* "verified", "changed", "pack" */
    struct str phone;
    struct str text;
    struct str relay;
    struct str opens;
    struct str hours;
    struct date verified; /* year 0: not verified */
    struct str reason;
    struct str note;
    struct str by; /* name of the person */
    instant_ms at;
};
/* Newest first. */
enum st contact_history(struct app *app, struct arena *arena, struct str id,
                        struct contact_line **ret, size_t *ret_count, struct err *err) MUST_USE;

struct contact_change {
    struct str phone;
    struct str text;
    struct str relay;
    struct str opens;
    struct str hours;
    struct str note;
    struct str reason;
    bool verified;        /* they dialled it, and it was right */
    struct date day;      /* on this day */
    bool pack;            /* the pack's text counts again; the rest is not looked at */
    int64_t over_version; /* that they looked at */
};
enum contact_field {
    CONTACT_PHONE,
    CONTACT_TEXT,
    CONTACT_RELAY,
    CONTACT_OPENS,
    CONTACT_HOURS,
    CONTACT_NOTE,
    CONTACT_DAY,
    CONTACT_REASON,
    CONTACT_NOTHING
};
/* ST_INVALID: *ret_field says which; ST_CONFLICT: somebody else changed it meanwhile. */
enum st contact_save(struct app *app, const struct person *who, struct str id,
                     const struct contact_change *change, enum contact_field *ret_field,
                     struct err *err) MUST_USE;

#endif
