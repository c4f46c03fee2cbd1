/*
 * registry: of every submission, in memory, what is needed to say who may see it:
 * its organisation's forum, its handling code, a blind mark of who sent it.
 *
 * Layer: domain, private to scope.c and those who add to it.  Rebuilt from the store
 * at start.  Reading takes no lock and one look-up; safe for threads: one adds, many
 * read.  Without it each page would ask the store for every record that it counts.
 */
#ifndef PENDEEN_DOMAIN_REGISTRY_H
#define PENDEEN_DOMAIN_REGISTRY_H

#include "domain/app.h"
#include "domain/area.h"
#include "domain/stage.h"

enum { FORUMS_MAX = 63, REGISTRY_SUBMISSIONS_MAX = 1 << 26 };

struct registry_row {
    _Atomic uint64_t sender; /* out of the blind tag; 0: no such submission */
    _Atomic int32_t organisation;
    _Atomic uint8_t forum;    /* 1 to FORUMS_MAX; 0: not known */
    _Atomic uint8_t handling; /* place among the codes */
    _Atomic uint8_t stage;    /* enum stage */
    _Atomic bool sanitised;   /* the Forum reads another version than was written */
    _Atomic bool elsewhere;   /* it went to a Forum that was chosen for it */
    _Atomic uint8_t mentions; /* less those that were left out */
};

/* What is known of one when it is added. */
struct registry_new {
    struct str tag; /* of its sender */
    int64_t organisation;
    struct str forum; /* that has it, or that of its organisation */
    struct str handling;
    size_t mentions;
    enum stage stage;
    bool sanitised;
    bool elsewhere;
};

struct registry *registry_new(void);
void registry_free(struct registry *registry); /* accepts NULL */
enum st registry_load(struct app *app, struct db *db, struct err *err) MUST_USE;
/* One submission as it stands in the store now, with what was left out of it. */
enum st registry_read(struct app *app, struct db *db, int64_t submission, struct err *err) MUST_USE;

/* A submission that was stored. */
void registry_add(struct registry *registry, int64_t submission, const struct registry_new *new);
/* It is in another stage now; `forum` not empty: of that Forum. */
void registry_set_stage(struct registry *registry, int64_t submission, enum stage stage,
                        bool sanitised, struct str forum);
/* A mention of it that the Forum does not get: nothing finds it from now on. */
void registry_leave_out(struct registry *registry, int64_t submission, int64_t mention);
bool registry_left_out(const struct registry *registry, int64_t mention);
void registry_set_handling(struct registry *registry, int64_t submission, struct str handling);
/* The organisation belongs to another forum from now on, with all that it handed in. */
void registry_set_forum(struct registry *registry, int64_t organisation, struct str forum);
/* What a turn of writing changes of the above. */
struct registry_change {
    enum { REGISTRY_SAME, REGISTRY_STAGE, REGISTRY_HANDLING, REGISTRY_FORUM } what;
    int64_t id; /* of the submission; of the organisation whose Forum it is */
    enum stage stage;
    bool sanitised;
    struct str code; /* of the handling, or of the Forum */
};
/* As store_write_end; when it is kept, the registry is changed in the order of the turns, since
 * those who are written together are woken in any order. */
enum st registry_write_end(struct app *app, struct db *db, enum st outcome,
                           const struct registry_change *change, struct err *err) MUST_USE;
/* One that was destroyed: from now on it is not there. */
void registry_remove(struct registry *registry, int64_t submission);

/* NULL when there is no such submission. */
const struct registry_row *registry_find(const struct registry *registry, int64_t submission);
int64_t registry_last(const struct registry *registry); /* the largest id */

/* The bit of a forum; 0 for the empty name, or when there are too many forums. */
uint64_t registry_forum_bit(struct registry *registry, struct str forum);
/* Is it of the forum with that bit? */
bool registry_forum_is(const struct registry *registry, int64_t submission, uint64_t bit);
uint64_t registry_sender(struct str tag);
/* The handling codes that are in use: at most HANDLINGS_MAX, in the order of places. */
size_t registry_codes(struct registry *registry, struct str ret[static HANDLINGS_MAX]);

/* What was found of an account among the mentions (scope_conflict.c), kept until the
 * index changes.  False when nothing is kept for this number of changes. */
bool registry_conflicts(struct registry *registry, struct arena *arena, int64_t account,
                        uint64_t details, uint64_t changes, int64_t **ret, size_t *ret_count);
void registry_keep_conflicts(struct registry *registry, int64_t account, uint64_t details,
                             uint64_t changes, const int64_t *submission, size_t count);

#endif
