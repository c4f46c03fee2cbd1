/*
 * audit: the log of who did what, and on what ground.
 *
 * Layer: domain.  Each event becomes one line of a Merkle log (store/audit_log.h,
 * docs/AUDIT.md), in the transaction of what it records, or in one of its own for reads and
 * refusals.  It says who did what to which record with which outcome; never what the
 * record says, and never what was searched for.
 *
 * `by_source`: the account is the one that handed the record in.  Such a line says who
 * told, so who it was is sealed under the keys for that, found by a tag of its own, and
 * shown to nobody but the named few.  Whoever can see a record only since it is their own
 * is its source: reads of one's own are such lines too.
 */
#ifndef PENDEEN_DOMAIN_AUDIT_H
#define PENDEEN_DOMAIN_AUDIT_H

#include "domain/access.h"
#include "domain/app.h"
#include "store/audit_log.h"

enum audit_kind {
#define AUDIT(name, text, label) AUDIT_##name,
#include "domain/audit.def"
#undef AUDIT
    AUDIT_KINDS
};

/* All texts are constants of the program, without line breaks. */
struct audit_event {
    enum audit_kind kind;
    const char *action; /* "submission read" */
    int64_t account;    /* 0: nobody */
    bool by_source;
    const char *subject; /* "submission"; NULL: none */
    int64_t subject_id;
    const struct audit_subject *more; /* further records, found by these too */
    size_t more_count;
    const char *outcome; /* NULL: "ok" */
    const char *reason;  /* on what ground: audit_ground, or another word; NULL: none */
};

/* In the caller's transaction. */
enum st audit_append(struct app *app, struct db *db, const struct audit_event *event,
                     struct err *err) MUST_USE;
/* In a transaction of its own: for reads and refusals. */
enum st audit_event(struct app *app, const struct audit_event *event, struct err *err) MUST_USE;
/* The same of several; when one cannot be written down none is. */
enum st audit_events(struct app *app, const struct audit_event *const *event, size_t count,
                     struct err *err) MUST_USE;
/* How many lines this thread has appended: tells whether a call wrote any. */
uint64_t audit_count_here(void);
/* Those of a call that another thread made for this one (store_write_beside): given back there,
 * how many since the count was `before`, and taken over here. */
uint64_t audit_count_give(uint64_t before);
void audit_count_take(uint64_t given);

/* On what ground a person may do this to this record: "own record", "own organisation",
 * "forum", "handling" (its condition names them), "granted", "assigned", "connected",
 * "break-glass"; "" when they may not. */
const char *audit_ground(const struct person *who, enum action action, const struct record *record);
/* "own name", when one of these texts holds the person's own name or email address, as one
 * who looks for themselves would write it; else `ground`. */
const char *audit_ground_of_text(const struct person *who, const struct str *text, size_t count,
                                 const char *ground);

const char *audit_kind_name(enum audit_kind kind);
const char *audit_kind_label(enum audit_kind kind);
bool audit_kind_from_name(struct str name, enum audit_kind *ret);

#endif
