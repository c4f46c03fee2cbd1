/*
 * note: what an analyst thinks of an entity, apart from facts.
 *
 * Layer: domain.  A note is judgement and says so wherever it is shown.  It is never matched,
 * searched, counted or exported: nothing but its page and the entity's reads it.  It is for
 * analysts (ACT_DECIDE) who see everything that its author saw of the entity, since it may be
 * drawn from any of that.  It is set aside, and never changed or erased.
 */
#ifndef PENDEEN_DOMAIN_NOTE_H
#define PENDEEN_DOMAIN_NOTE_H

#include "domain/scope.h"

enum { NOTES_MAX = 200, NOTE_MAX = 4000 };

struct note {
    int64_t id;
    struct str text;
    int64_t account;
    struct str by;
    instant_ms at;
    instant_ms ended_at; /* set aside; 0: it stands */
    int64_t ended_by;
    struct str ended_name;
    bool may_end; /* this reader may set it aside: its author */
};

/* Of an entity, by any of its mentions, the newest first; none for who may not read notes. */
enum st notes_of(const struct scope *scope, struct arena *arena, int64_t entity, struct note **ret,
                 size_t *ret_count, struct err *err) MUST_USE;
/* ST_NOT_FOUND; ST_INVALID: empty or too long. */
enum st note_add(struct app *app, const struct person *who, int64_t entity, struct str text,
                 struct err *err) MUST_USE;
/* By its author.  ST_CONFLICT: it was set aside already. */
enum st note_end(struct app *app, const struct person *who, int64_t entity, int64_t note,
                 struct err *err) MUST_USE;

#endif
