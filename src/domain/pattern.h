/*
 * pattern: patterns in what several have told, found by the machine and put to people as
 * questions: the same place and hour again and again, a phone that moved on, a vehicle in the
 * areas of two Forums, a group that grows.  (Somebody whom the episodes of several missing
 * children name is a fact about episodes: domain/missing_alert.h.)
 *
 * Layer: domain.  A job keeps where a pattern may be (pattern_keep.c).  Whether it is one is
 * found afresh for each reader out of what they may see, as if there were nothing else: its
 * fragments, figures and words are theirs, and what needs one that is kept from them is not
 * there.  A person accepts or dismisses it and says why; that holds for whoever sees all that
 * they saw, until a fragment comes that they had not seen.  Never about a child's risk; nothing
 * is weighed or ranked.
 */
#ifndef PENDEEN_DOMAIN_PATTERN_H
#define PENDEEN_DOMAIN_PATTERN_H

#include "base/clock.h"
#include "domain/area_pattern.h"
#include "domain/scope.h"

enum {
    PATTERN_FRAGMENTS_MAX = 24,
    PATTERN_REPORTS_MAX = 200,
    PATTERN_PEOPLE_MAX = 16,
    PATTERNS_MAX = 20000
};

/* --- finding: pure ---------------------------------------------------------------------------- */

/* A submission that names the thing in question (and the place, of a meeting). */
struct pattern_report {
    int64_t submission;
    int32_t day;       /* when it was seen, or else came */
    unsigned weekdays; /* bits, Monday first; 0: not known */
    int hour;          /* -1: not known */
    uint64_t forum;    /* bit; 0: none */
    int64_t person[PATTERN_PEOPLE_MAX]; /* entities of people named in it, but the thing itself */
    size_t person_count;
};

/* Are these two people certainly not one? */
struct pattern_apart {
    bool (*apart)(void *context, int64_t person, int64_t other);
    void *context;
};

struct pattern_shape {
    size_t fragment[PATTERN_FRAGMENTS_MAX]; /* places of reports, newest first */
    size_t fragment_count;
    int hour;          /* meeting: from this hour, for two */
    unsigned weekdays; /* meeting: all of them on one of these; 0: no */
    size_t days;       /* meeting: different ones */
    int64_t before;    /* phone: who had it; meeting: the place, filled by whoever asks */
    int64_t after;     /* phone: who has it */
    int32_t until;     /* phone: days */
    int32_t since;     /* phone, growing */
    uint64_t forums;   /* forums */
    size_t had;        /* growing: people before */
    size_t new;        /* growing: people since */
};

/* `report` by rising day.  False: it is none. */
bool pattern_find(enum pattern_kind kind, const struct pattern_rule *rule,
                  const struct pattern_report *report, size_t count, struct pattern_apart apart,
                  struct pattern_shape *ret);

/* The hour of the day that words name ("Friday about 4", "16:30", "noon"): 0 to 23; -1: none. */
int pattern_hour(struct str text);
/* The days of the week that they name. */
unsigned pattern_weekdays(struct str text);

/* --- the job ---------------------------------------------------------------------------------- */

/* Looks for where patterns may be.  It reads what came since it last did. */
enum st patterns_look(struct app *app, struct err *err) MUST_USE;

struct pattern_keeper;
struct pattern_keeper_options {
    int look_seconds;
    void (*complain)(const char *words); /* may be NULL */
};
enum st pattern_keeper_start(struct app *app, const struct pattern_keeper_options *options,
                             struct pattern_keeper **ret, struct err *err) MUST_USE;
void pattern_keeper_stop(struct pattern_keeper *keeper); /* accepts NULL */

/* --- reading ---------------------------------------------------------------------------------- */

struct pattern_fragment {
    int64_t submission;
    int32_t day;
};

struct pattern {
    int64_t id;
    enum pattern_kind kind;
    struct str fact; /* what it is, in a sentence */
    int64_t entity[3]; /* what it is about, as this person sees it, and place or people; 0: none */
    struct pattern_fragment fragment[PATTERN_FRAGMENTS_MAX]; /* newest first */
    size_t fragment_count;
    instant_ms came_at; /* the newest of them */
    struct str verdict; /* "accepted", "dismissed"; empty: nobody has said anything of it yet */
    struct str reason;
    struct str by;
    instant_ms at;
    bool again; /* fragments came since the verdict: it is asked anew */
};

struct pattern_filter {
    int kind; /* of enum pattern_kind; -1: all */
    enum { PATTERNS_OPEN, PATTERNS_ANSWERED, PATTERNS_ALL } state;
    instant_ms since; /* a fragment came since; 0: always */
    size_t most;      /* so many of the newest; 0: all */
};
/* Those that this person sees, open ones first, then by their newest fragment.  Which are looked at
 * first goes by when anything that might be the thing last came. */
enum st pattern_list(struct app *app, struct arena *arena, const struct person *who,
                     const struct pattern_filter *filter, struct pattern **ret, size_t *ret_count,
                     struct err *err) MUST_USE;
/* ST_NOT_FOUND also for what is none for this person. */
enum st pattern_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                     struct pattern *ret, struct err *err) MUST_USE;
/* The pattern that somebody accepted with the word of that id, for who sees all that it was said of
 * and the pattern itself, and of which nobody has said otherwise since.  ST_NOT_FOUND: it is none
 * for this person.  `ret` may be NULL; its id is 0. */
enum st pattern_accepted(const struct scope *scope, struct db *db, struct arena *arena,
                         int64_t word, struct pattern *ret, struct err *err) MUST_USE;
/* ST_NOT_FOUND; ST_INVALID: no reason. */
enum st pattern_answer(struct app *app, const struct person *who, int64_t id, bool accept,
                       struct str reason, struct err *err) MUST_USE;

#endif
