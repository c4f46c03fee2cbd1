/*
 * child_keep: how long a child's record is kept, and its end.
 *
 * Layer: domain.  A record has a class of the area pack's schedule; the day on which it comes
 * up is reckoned from that, always by the schedule of today.  Nothing is deleted by itself.
 * One person proposes to destroy it, another does it; a legal hold keeps either from it, and so
 * does what is still open (domain/child_close.h): an episode, an interview, a plan, a referral.
 * With nothing open a record need not be closed first: one that was made by mistake never was.
 * Destroying shreds the keys: entries, reasons, joins and bundles can then be read by nobody,
 * here or in an older copy brought together with this one's keys.  A referral goes with the
 * last record of its children.  Ids, kinds and times stay, and the decision with who made it
 * and why.
 */
#ifndef PENDEEN_DOMAIN_CHILD_KEEP_H
#define PENDEEN_DOMAIN_CHILD_KEEP_H

#include "domain/area_child.h"
#include "domain/child.h"

struct child_retention {
    const struct retention_class *class; /* NULL: the pack has it no more */
    /* on which it comes up; LINK_DAY_UNKNOWN without a class */
    int32_t day;
    bool due;
};
struct child_retention child_retention(const struct app *app, const struct child_line *line);
/* Those that this person keeps and that are due, longest first. */
enum st children_due(struct app *app, struct arena *arena, const struct person *who,
                     struct child_line **ret, size_t *ret_count, struct err *err) MUST_USE;

/* Each needs a reason (ST_INVALID) and ACT_KEEP_CHILD (ST_NOT_FOUND), and stands for all the
 * joined records. */
enum st child_set_held(struct app *app, const struct person *who, int64_t child, bool held,
                       struct str reason, struct err *err) MUST_USE;
enum st child_set_class(struct app *app, const struct person *who, int64_t child, struct str class,
                        struct str reason, struct err *err) MUST_USE;

struct child_disposal {
    int64_t id;
    int64_t child;
    struct str reference;
    struct str reason; /* word of child.txt */
    struct str words;
    struct str retention;
    struct str version;
    int32_t due_day;
    int64_t records;
    struct str proposed_by;
    bool own; /* the reader proposed it */
    instant_ms proposed_at;
    struct str state; /* "proposed", "destroyed", "kept" */
    struct str answered_by;
    instant_ms answered_at;
};
/* ST_CONFLICT: a hold is on it, something is still open, or it is proposed already; ST_INVALID: a
 * reason that is missing, or "time-over" before its time. */
enum st child_dispose_propose(struct app *app, const struct person *who, int64_t child,
                              struct str reason, struct str words, struct err *err) MUST_USE;
/* What stands for the record as it is read now, so that whoever destroys it is held to it. */
enum st child_dispose_seen(struct app *app, struct arena *arena, const struct child_file *file,
                           struct str *ret, struct err *err) MUST_USE;
/* By another person.  ST_CONFLICT: the same person; and, to destroy it, a hold, something that is
 * still open, something written since `seen` of child_dispose_seen, records that were joined or
 * parted since it was proposed, or "time-over" that holds no more. */
enum st child_dispose_answer(struct app *app, const struct person *who, int64_t child,
                             int64_t disposal, bool destroy, struct str seen,
                             struct err *err) MUST_USE;
enum st child_disposals_of(struct app *app, struct arena *arena, const struct person *who,
                           const struct child_file *file, struct child_disposal **ret,
                           size_t *ret_count, struct err *err) MUST_USE;
/* Proposed and done, newest first, for whoever keeps records.  Of those that this person may
 * not see only what was destroyed, which has nobody's words in it. */
enum st child_disposals(struct app *app, struct arena *arena, const struct person *who,
                        struct child_disposal **ret, size_t *ret_count, struct err *err) MUST_USE;

#endif
