/*
 * missing_alert: facts about missing episodes that are put to people: once more within so many
 * days, out of area, found where or with whom others have named, two children at the same time
 * with something in common.
 *
 * Layer: domain.  Each is found afresh from what the reader may see, and stands with the
 * episodes that show it.  None weighs or ranks a child.  A person accepts or dismisses it and
 * says why; a later episode raises it anew.
 */
#ifndef PENDEEN_DOMAIN_MISSING_ALERT_H
#define PENDEEN_DOMAIN_MISSING_ALERT_H

#include "domain/missing.h"

enum { ALERT_EPISODES_MAX = 12 };

struct missing_alert {
    enum missing_alert_kind kind;
    struct str key;    /* "repeat:12": stays the same while the same episodes show it */
    struct str text;   /* of the pack */
    struct str ask;
    struct str fact;   /* "The 4th within 90 days" */
    struct str about;  /* of known-place and known-person: which */
    int64_t record;    /* the child's record under whose key an answer is kept */
    int64_t child;     /* the first of the joined records */
    const struct missing_line *episode[ALERT_EPISODES_MAX]; /* newest first */
    size_t episode_count;
    int64_t mention;   /* of information that the reader may see; 0: none */
    int64_t location;  /* of concern, of known-place; 0: none */
    struct str verdict; /* "accepted", "dismissed"; empty: nobody has said anything yet */
    struct str reason;
    struct str by;
    instant_ms at;
};

/* Of these episodes, which this person may see.  Those that wait for an answer come first. */
enum st missing_alerts(struct app *app, struct arena *arena, const struct person *who,
                       const struct missing_line *line, size_t count, struct missing_alert **ret,
                       size_t *ret_count, struct err *err) MUST_USE;
/* ST_NOT_FOUND: this person sees no such alert; ST_INVALID: no reason. */
enum st missing_alert_answer(struct app *app, const struct person *who, struct str key, bool accept,
                             struct str reason, struct err *err) MUST_USE;

#endif
