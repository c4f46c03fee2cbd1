/*
 * corroborate: how many independent origins stand behind several reports, with why, and what
 * analysts say of that: these two have one origin; these two are independent.
 *
 * Layer: domain.  The computer folds what one person told or what is in nearly the same words
 * (domain/origin.h); it does not say which of the two, since that would tell who told.  What an
 * analyst says of a pair stands over it until it is taken back.
 */
#ifndef PENDEEN_DOMAIN_CORROBORATE_H
#define PENDEEN_DOMAIN_CORROBORATE_H

#include "domain/origin.h"
#include "domain/scope.h"
#include "domain/submission.h"

struct corroborated {
    int64_t submission;
    struct str reference;
    struct str narrative;
    int64_t sender;      /* blind */
    size_t group;        /* from 0 */
    enum origin_why why; /* how it came into its group */
};
struct origin_said {
    int64_t id;
    size_t a; /* places of reports */
    size_t b;
    bool same;
    struct str reason;
    struct str by;
    instant_ms at;
};
struct corroboration {
    size_t count; /* independent origins */
    struct corroborated *report;
    size_t report_count;
    struct origin_said *said;
    size_t said_count;
};

struct corroborated corroborated_of(const struct submission *submission);
/* Of at most ORIGIN_REPORTS_MAX; the list is kept.  Whoever calls it may see them all. */
enum st corroborate(struct app *app, struct db *db, struct arena *arena,
                    struct corroborated *report, size_t count, struct corroboration *ret,
                    struct err *err) MUST_USE;
/* Of the newest reports of these mentions: how many origins. */
enum st corroborate_mentions(const struct scope *scope, struct db *db, struct arena *arena,
                             const int64_t *mention, size_t count, int64_t *ret,
                             struct err *err) MUST_USE;

/* What stands of a submission and those that came after it, without the reasons; whoever calls it
 * may see them. */
struct origin_pair {
    int64_t other;
    bool same;
};
enum st origin_pairs_of(struct db *db, struct arena *arena, int64_t submission,
                        struct origin_pair **ret, size_t *ret_count, struct err *err) MUST_USE;

/* Of two different submissions that this person may decide on.  ST_NOT_FOUND; ST_INVALID: no
 * reason.  It takes the place of what was said of the pair before. */
enum st origin_say(struct app *app, const struct person *who, int64_t submission, int64_t other,
                   bool same, struct str reason, struct err *err) MUST_USE;
enum st origin_take_back(struct app *app, const struct person *who, int64_t word,
                         struct err *err) MUST_USE;

#endif
