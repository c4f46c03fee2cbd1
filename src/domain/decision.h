/*
 * decision: what people say of a pair, and what the engine suggests to them.
 *
 * Layer: domain.  The latest decision of a pair that is not withdrawn counts; an
 * earlier one is withdrawn by it.  A decision that contradicts others through
 * third mentions is refused with a sentence that says which.
 */
#ifndef PENDEEN_DOMAIN_DECISION_H
#define PENDEEN_DOMAIN_DECISION_H

#include "domain/entity.h"
#include "domain/once.h"
#include "domain/scope.h"
#include "domain/submission.h"
#include "link/link.h"

enum { DECISION_REASON_MAX = 500 };

/* Reads the active decisions into the entities. */
enum st decisions_load(struct app *app, struct err *err) MUST_USE;

/* The reason as it is kept.  ST_INVALID: it is missing or too long. */
enum st decision_reason(struct arena *arena, struct str reason, struct str *ret,
                        struct err *err) MUST_USE;
/* ST_NOT_FOUND: no such pair (or of two kinds, or of one mention), or not for
 * this person. ST_INVALID: the reason is missing or too long. ST_CONFLICT. */
enum st decision_make(struct app *app, const struct person *who, int64_t mention, int64_t other,
                      enum verdict verdict, struct str reason, struct err *err) MUST_USE;
/* Says of which pair it was. */
enum st decision_withdraw(struct app *app, const struct person *who, int64_t decision,
                          int64_t *ret_mention_a, int64_t *ret_mention_b, struct err *err) MUST_USE;

/* The same for programs.  What has been said of a pair, to know whether it is still that: */
struct decision_seen {
    int64_t latest;    /* id of the newest */
    int64_t withdrawn; /* how many of them are */
};
enum st decision_seen_read(struct app *app, int64_t a, int64_t b, struct decision_seen *ret,
                           struct err *err) MUST_USE;
struct decision_terms {
    struct once *once;                /* NULL: as often as it is asked */
    const struct decision_seen *seen; /* NULL: whatever was said meanwhile */
    /* filled: the decision's id; of what was done before, that one's */
    int64_t made;
    bool changed;                     /* filled: ST_CONFLICT since something was said meanwhile */
};
/* Both are compared in the turn of writing, so that of two servers one is the first. */
enum st decision_make_on(struct app *app, const struct person *who, int64_t mention, int64_t other,
                         enum verdict verdict, struct str reason, struct decision_terms *terms,
                         struct err *err) MUST_USE;
enum st decision_withdraw_once(struct app *app, const struct person *who, int64_t decision,
                               struct once *once, struct err *err) MUST_USE;

struct decision_line {
    int64_t id;
    int64_t mention_a;
    int64_t mention_b;
    enum verdict verdict;
    struct str reason;
    struct str by;
    instant_ms created_at;
    bool withdrawn;
};
/* Everything that was ever said of a pair that comparison_read allowed, newest first. */
enum st decisions_of_pair(struct app *app, struct arena *arena, int64_t a, int64_t b,
                          struct decision_line **ret, size_t *ret_count, struct err *err) MUST_USE;
/* Active decisions between any of these mentions and what is in scope, by id. */
enum st decisions_of_mentions(const struct scope *scope, struct arena *arena,
                              const int64_t *mentions, size_t count, struct decision_line **ret,
                              size_t *ret_count, struct err *err) MUST_USE;

/* A pair and why: `mention` is the newer one. */
struct suggestion {
    int64_t mention;
    int64_t other;
    double bits;
    double probability;
    bool same_entity; /* joined already, by people or a strong identifier */
    /* The entities of both, as they were when it was looked up. */
    int64_t mention_entity;
    int64_t other_entity;
    /* In a list (domain/suggestions.h): how many entities each of the two may be. */
    size_t mention_waits;
    size_t other_waits;
};

/* What the index says now of one mention of a submission. */
size_t suggestions_of(const struct scope *scope, struct arena *arena,
                      const struct submission *submission, size_t which, size_t maximum,
                      struct suggestion **ret);

/* Two mentions with their submissions, and the waterfall of the pair. */
struct comparison {
    struct submission left;
    struct submission right;
    size_t left_mention; /* places in the submissions */
    size_t right_mention;
    struct link_explanation explanation;
    instant_ms weighed_since; /* when its weights came into force; 0: they are the defaults */
};
enum st comparison_read(struct app *app, struct arena *arena, const struct person *who, int64_t a,
                        int64_t b, struct comparison *ret, struct err *err) MUST_USE;

#endif
