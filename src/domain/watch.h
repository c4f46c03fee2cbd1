/*
 * watch: who is told when something touches an entity: somebody named it anew, it was joined or
 * parted, a submission of it was graded, it is on an agenda, a relation, a note, a measure.
 *
 * Layer: domain.  Only that somebody watches is stored; what moved is found afresh each time, as
 * far as the watcher may see it then, and without what they did themselves.  Mail says that
 * something moved and never what; of one entity at most once in so many days (meeting.txt).
 */
#ifndef PENDEEN_DOMAIN_WATCH_H
#define PENDEEN_DOMAIN_WATCH_H

#include "domain/scope.h"

enum { WATCHED_MAX = 200, WATCH_EVENTS_MAX = 40 };

enum watch_what {
    WATCH_NAMED,     /* a submission names it; id: that */
    WATCH_JOINED,    /* two mentions were said to be one; id and other: those */
    WATCH_PARTED,    /* or to be different, or what joined them was undone */
    WATCH_GRADED,    /* id: the submission */
    WATCH_RELATED,   /* a relation was said, or ended */
    WATCH_NOTED,
    WATCH_AGENDA,    /* id: the meeting */
    WATCH_MEASURE,   /* id: of the register */
    WATCH_WHATS
};
struct watch_event {
    enum watch_what what;
    int64_t id;
    int64_t other;
    struct str words; /* a reference, a label; may be empty */
    instant_ms at;
};
struct watched {
    int64_t id;
    int64_t entity; /* as the watcher sees it now; 0: it is not for them any more */
    enum link_kind kind;
    struct str title;
    instant_ms since;
    instant_ms seen_at;
    struct watch_event *event; /* since they looked, newest first */
    size_t event_count;
};

/* One's own list: what moved first. */
enum st watch_list(struct app *app, struct arena *arena, const struct person *who,
                   struct watched **ret, size_t *ret_count, struct err *err) MUST_USE;
/* Does this person watch the entity of a mention?  *ret_id 0: no. */
enum st watch_find(const struct scope *scope, int64_t mention, int64_t *ret_id,
                   struct err *err) MUST_USE;
/* ST_NOT_FOUND; ST_LIMIT: they watch WATCHED_MAX.  What is watched already stays so. */
enum st watch_add(struct app *app, const struct person *who, int64_t mention,
                  struct err *err) MUST_USE;
/* One's own. */
enum st watch_end(struct app *app, const struct person *who, int64_t watch,
                  struct err *err) MUST_USE;
/* Everything up to `at` was looked at. */
enum st watch_seen(struct app *app, const struct person *who, instant_ms at,
                   struct err *err) MUST_USE;
/* Queues the mails that are due by now.  A pack without words for it sends none. */
enum st watch_mails(struct app *app, struct err *err) MUST_USE;

#endif
