/*
 * problem_internal: the inside of the problem profile, for the files that share it.
 *
 * Layer: domain, private.
 */
#ifndef PENDEEN_DOMAIN_PROBLEM_INTERNAL_H
#define PENDEEN_DOMAIN_PROBLEM_INTERNAL_H

#include "domain/mention.h"
#include "domain/problem.h"

/* What is counted of one submission.  Texts last until the next row. */
struct problem_fact {
    int64_t id;
    instant_ms at;
    int64_t organisation;
    struct str organisation_name;
    struct str forum;
    struct str forum_name;
    struct str information; /* code; empty: not graded */
    enum how_known how;
    unsigned kinds; /* bits of enum link_kind */
    bool has_when;
};

struct problem_repeats;

struct problem_counting {
    struct app *app;
    struct arena *arena;
    struct arena *scratch;
    const struct scope *scope;
    struct problem_profile *profile;
    struct problem_repeats *repeats; /* NULL: not asked for */
    bool quiet;                      /* rows are made, nothing is counted */
    int32_t quarter;                 /* of the one at hand, from that of the period */
    int64_t submission;
    int wanted; /* the figure whose submissions are listed: table, -1: none */
    struct str wanted_key;
    int64_t *id;
    size_t id_count;
    size_t id_capacity;
};
void problem_tally(struct problem_counting *counting, const struct problem_fact *fact);
instant_ms problem_quarter_start(int32_t quarter);
struct str problem_forum_name(const struct app *app, struct str id);

/* What comes up again and again (problem_repeat.c): the mentions of each submission of the period
 * in turn. */
struct problem_repeats *problem_repeats_new(struct arena *arena, const struct scope *scope);
void problem_repeats_add(struct problem_repeats *repeats, const int64_t *mention, size_t count);
enum st problem_repeats_fill(struct problem_repeats *repeats, struct db *db, struct problem_profile *ret,
                             struct err *err) MUST_USE;
/* The Forum's actions of the period, as far as this person sees them. */
enum st problem_actions(struct app *app, struct arena *arena, const struct person *who,
                        struct problem_profile *ret, struct err *err) MUST_USE;

#endif
