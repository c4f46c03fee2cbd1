/*
 * child_close: nobody works with a child any more, and two people say so.
 *
 * Layer: domain.  Children were taken off monitoring too soon; so one person proposes to close
 * a record and says why, and another, who looks at it anew, closes it or sends it back.  Until
 * then it is open, and its clocks and reviews count.  Both are shown what still stands open:
 * that does not keep them from closing, as it does from destroying, but nobody closes without
 * having seen it.  One person may open a record again.  All of it stands for all the joined
 * records, and is written into each as an entry and into the audit.
 */
#ifndef PENDEEN_DOMAIN_CHILD_CLOSE_H
#define PENDEEN_DOMAIN_CHILD_CLOSE_H

#include "domain/child.h"

enum child_open_kind {
    OPEN_EPISODE,
    OPEN_INTERVIEW,
    OPEN_PLAN,
    OPEN_REFERRAL,
    OPEN_ASKED, /* somebody asks what is held */
    OPEN_REPEAT
};

/* Something that still stands open, as far as the reader may see it. */
struct child_open {
    enum child_open_kind kind;
    int64_t id;      /* of the episode, the referral or the draft; 0: it stands in the record */
    struct str what; /* a sentence without its full stop */
    bool late;       /* its day or clock is over */
    struct str end;  /* what ends it, a sentence; empty: nothing that anybody does */
};
/* `ret_seen` stands for all that was shown, so that whoever signs can be held to it. */
enum st child_still_open(struct app *app, struct arena *arena, const struct person *who,
                         const struct child_file *file, struct child_open **ret, size_t *ret_count,
                         struct str *ret_seen, struct err *err) MUST_USE;
/* Does it keep the record from being destroyed (domain/child_keep.h)?  All that somebody can end
 * does. */
bool child_open_keeps(const struct child_open *open);

/* How a record came to wait for its second sign-off. */
struct child_closing {
    struct str by;
    struct str words;
    instant_ms at;
    instant_ms due; /* the second sign-off; 0: the pack has no clock for it */
    bool own;       /* the reader proposed it */
};
/* False: nobody has proposed to close it. */
bool child_closing_of(const struct app *app, const struct person *who,
                      const struct child_file *file, struct child_closing *ret);

/* Each needs a reason (ST_INVALID) and ACT_KEEP_CHILD (ST_NOT_FOUND).  ST_CONFLICT: the record
 * does not stand so that this can be done. */
enum st child_close_propose(struct app *app, const struct person *who, int64_t child,
                            struct str reason, struct err *err) MUST_USE;
/* By another person.  To close it needs `seen` of child_still_open: ST_CONFLICT when something
 * has changed since. */
enum st child_close_answer(struct app *app, const struct person *who, int64_t child, bool closes,
                           struct str seen, struct str reason, struct err *err) MUST_USE;
enum st child_reopen(struct app *app, const struct person *who, int64_t child, struct str reason,
                     struct err *err) MUST_USE;

#endif
