/*
 * handling: the condition under which a submission may be seen, and by which
 * organisations when it names some.
 *
 * Layer: domain.  Codes are those of the area pack.  A change is in the audit.
 */
#ifndef PENDEEN_DOMAIN_HANDLING_H
#define PENDEEN_DOMAIN_HANDLING_H

#include "base/clock.h"
#include "domain/access.h"
#include "domain/app.h"

/* Is it a code of the pack (or the plain one)? */
bool handling_known(const struct app *app, struct str code);
/* As somebody saw it. */
struct handling_seen {
    struct str code;
    const int64_t *named; /* organisations by rising id */
    size_t count;
};

/* Sets it, and the organisations that it names, in place of those before.  Whoever sets
 * it may lose sight of the record by that.  ST_NOT_FOUND: no such submission for this
 * person to do that to; ST_INVALID: no such code, it names nobody and has to, or more people
 * would see it than by now and nobody says why. */
struct handling_new {
    int64_t submission;
    struct str code;
    const int64_t *organisations;
    size_t count;
    struct str reason;                /* why more people may see it; empty: none */
    const struct handling_seen *seen; /* it has to be as it was seen; NULL: however it is */
};
/* What of it was refused. */
struct handling_refused {
    bool changed; /* ST_CONFLICT: in the turn of writing it is not as it was seen */
    bool reason;  /* ST_INVALID: of the reason, not of the condition */
};
enum st handling_set_for(struct app *app, const struct person *who, const struct handling_new *new,
                         struct handling_refused *ret_refused, struct err *err) MUST_USE;
/* The same without a reason, however it is. */
enum st handling_set(struct app *app, const struct person *who, int64_t submission, struct str code,
                     const int64_t *organisations, size_t count, struct err *err) MUST_USE;

/* May more people see it, or learn that it exists, under `to` than under `from`?  Where nothing
 * says which of two is narrower, yes. */
bool handling_is_looser(const struct app *app, struct str from, struct str to);

/* Changes of a condition stand among what was done (domain/forward.h), with why: by a
 * representative who shared it on, or by anybody else.  Their code says from which to which: the
 * same where it names more organisations than before. */
#define HANDLING_BY_REPRESENTATIVE "handling"
#define HANDLING_BY_ANYBODY        "handling-set"
struct handling_change_new {
    int64_t submission;
    struct str from, to;
    const char *kind;  /* one of these two */
    struct str reason; /* empty: none */
    int64_t account;
};
/* In the turn of writing: another condition, and that it was changed. */
enum st handling_write(struct app *app, struct db *db, struct arena *arena,
                       const struct handling_change_new *new, struct err *err) MUST_USE;
/* False: it is none. */
bool handling_change_read(struct str code, struct str *ret_from, struct str *ret_to);

struct handling_history {
    struct str chosen;     /* by whoever sent it */
    instant_ms changed_at; /* last; 0: it is as they chose it */
    bool represented;      /* by their representative */
};
/* When it was changed last, whatever became of it; 0: never. */
enum st handling_changed_at(struct db *db, int64_t submission, instant_ms *ret,
                            struct err *err) MUST_USE;
/* Of a submission whose condition is `now`; whoever calls has asked access. */
enum st handling_history_read(struct db *db, struct arena *arena, int64_t submission,
                              struct str now, struct handling_history *ret,
                              struct err *err) MUST_USE;

struct organisation_line {
    int64_t id;
    struct str name;
    bool named; /* by this submission's condition */
    bool own;   /* it owns the submission, and whoever asks works for it */
};
/* Every organisation by name, for whoever may set the condition of that submission. */
enum st handling_organisations(struct app *app, struct arena *arena, const struct person *who,
                               int64_t submission, struct organisation_line **ret,
                               size_t *ret_count, struct err *err) MUST_USE;

#endif
