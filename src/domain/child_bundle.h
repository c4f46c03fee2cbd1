/*
 * child_bundle: all that is held on a child, drawn together for their asking (subject access).
 *
 * Layer: domain.  A draft collects the whole record, referrals and information, and marks
 * where others are named: the engine's extraction and the family's names find them, a person
 * decides of each whether it is given, given without the names, or left out.  Who told is held
 * back unless a person gives it, and so is never given unlooked (decisions/0160); any other entry
 * is given unless a person leaves it out.  Nothing is released by itself: a second person does
 * that, and only then is it a disclosure in the audit.  What was released is kept as it was.
 * Whoever asks has an answer within a month, or within three where they were told in the first
 * why it takes longer (docs/decisions/0176): until a draft is released, or one person ends it and
 * says why, the record is not destroyed.
 */
#ifndef PENDEEN_DOMAIN_CHILD_BUNDLE_H
#define PENDEEN_DOMAIN_CHILD_BUNDLE_H

#include "domain/child_chronology.h"

enum bundle_choice {
    BUNDLE_UNDECIDED,
    BUNDLE_GIVE,
    BUNDLE_WITHOUT_SOURCE,
    BUNDLE_WITHOUT_NAMES, /* nor the source */
    BUNDLE_LEAVE_OUT,
    BUNDLE_CHOICES
};
bool bundle_choice_from_name(struct str name, enum bundle_choice *ret);

struct bundle_span {
    int32_t start;
    int32_t end;
    enum link_kind kind;
};

struct bundle_item {
    struct str key; /* stays the same: choices are kept by it */
    int32_t day;
    enum chronology_kind kind;
    struct str words;
    /* where others are named, in order, apart from each other, `told` and `again` */
    struct bundle_span *span;
    size_t span_count;
    struct told told;  /* where it says who told, unless it was the child */
    struct told again; /* and behind that once more; `to` 0: it does not */
    bool marked;      /* others are named, or it came from somebody else: a person decides */
    enum bundle_choice choice;
};

struct child_bundle {
    int64_t id;
    int64_t child;
    struct str asked_by; /* who asks, and for whom */
    struct str checked;  /* how it was made sure who they are */
    struct str left_out; /* what is left out, and why */
    struct str by;
    bool own; /* the reader decided of it last, or, while nobody did, drew it up */
    instant_ms at;
    struct str released_by; /* empty: a draft */
    instant_ms released_at;
    struct str ended_by; /* empty: nobody ended it */
    instant_ms ended_at;
    struct str ended_why;
    int32_t asked_day;    /* on which they asked; of an old one, on which it was drawn up */
    int32_t due_day;      /* by which they have an answer */
    struct str longer_by; /* empty: it does not take longer than a month */
    instant_ms longer_at;
    int32_t longer_day; /* on which they were told so */
    struct str longer_why;
    struct bundle_item *item; /* of one that was released as it was given; oldest first */
    size_t item_count;
    size_t undecided;
    bool held_back; /* who told, of some item */
    struct str kept; /* of a draft: the choices as they are stored */
    struct str sealed; /* all of it as it was stored when it was read */
    struct str seen; /* of a draft: stands for what would be given now */
};

enum st child_bundles(struct app *app, struct arena *arena, const struct person *who,
                      const struct child_file *file, struct child_bundle **ret, size_t *ret_count,
                      struct err *err) MUST_USE;
/* Neither released nor ended. */
bool child_bundle_is_open(const struct child_bundle *bundle);
/* Over, and not answered. */
bool child_bundle_is_late(const struct child_bundle *bundle);

/* What of a new one is written; `asked_on` is a day in any writing, not to come. */
enum bundle_field { BUNDLE_NO_FIELD, BUNDLE_ASKED_BY, BUNDLE_ASKED_ON, BUNDLE_CHECKED };
struct bundle_asked {
    struct str by;
    struct str on;
    struct str checked;
};
/* ST_INVALID: one of them is missing or cannot be, `ret_wrong` says which. */
enum st child_bundle_add(struct app *app, const struct person *who, int64_t child,
                         const struct bundle_asked *asked, int64_t *ret,
                         enum bundle_field *ret_wrong, struct err *err) MUST_USE;
/* One with its items.  ST_NOT_FOUND: there is none of this record. */
enum st child_bundle_read(struct app *app, struct arena *arena, const struct person *who,
                          const struct child_file *file, int64_t bundle, struct child_bundle *ret,
                          struct err *err) MUST_USE;
/* Keeps the choices that stand in bundle->item.  ST_INVALID: something is left out, but for who
 * told, and `left_out` does not say why; ST_CONFLICT: it was released or ended, or changed since it
 * was read. */
enum st child_bundle_save(struct app *app, const struct person *who, const struct child_file *file,
                          const struct child_bundle *bundle, struct err *err) MUST_USE;
/* `seen` as it was when the person looked.  ST_CONFLICT: by whoever decided of it, with something
 * undecided, changed since, or released or ended already. */
enum st child_bundle_release(struct app *app, const struct person *who,
                             const struct child_file *file, int64_t bundle, struct str seen,
                             struct err *err) MUST_USE;
/* No draft any more, and not given either: they took it back, or have their answer otherwise.
 * ST_INVALID: no reason; ST_CONFLICT: it was released or ended already, or changed meanwhile. */
enum st child_bundle_end(struct app *app, const struct person *who, const struct child_file *file,
                         int64_t bundle, struct str reason, struct err *err) MUST_USE;
/* Whoever asked was told, on the day `told_on`, that it takes two months more, and why. ST_INVALID:
 * no reason, or the day is none, to come, before they asked or after the first month (`ret_day`
 * says which); ST_CONFLICT: that was written already, or it was released, ended or changed. */
enum st child_bundle_longer(struct app *app, const struct person *who,
                            const struct child_file *file, int64_t bundle, struct str told_on,
                            struct str reason, bool *ret_day, struct err *err) MUST_USE;
/* Of all children that this person keeps, the drafts that are neither released nor ended, first
 * due first; of each the id, the child and the days alone. */
enum st child_bundles_open(struct app *app, struct arena *arena, const struct person *who,
                           struct child_bundle **ret, size_t *ret_count, struct err *err) MUST_USE;
/* As it is while nobody has chosen: undecided where a person has to. */
enum bundle_choice bundle_item_default(const struct bundle_item *item);
/* What an item gives: its words, without who told or the names, or nothing. */
struct str bundle_item_given(struct arena *arena, const struct bundle_item *item);

#endif
