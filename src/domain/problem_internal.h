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
    struct str sector;
    struct str forum;
    struct str forum_name;
    struct str information; /* code; empty: not graded */
    struct str stage;       /* names, as of submission_stage */
    struct str outcome;
    struct str outcome_reason;
    enum how_known how;
    unsigned kinds; /* bits of enum link_kind */
    bool has_when;
    bool decides; /* its reader may grade it, and learn how it was graded */
};

struct problem_repeats;

/* A place that a submission names. */
struct problem_place {
    int64_t submission;
    int32_t quarter;
    int64_t entity;
};

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
    struct problem_place *place; /* in rising order of submissions */
    size_t place_count;
    size_t place_capacity;
    bool wants_all;        /* every submission is listed */
    int64_t wanted_entity; /* those that name it are listed; 0: not asked for */
    int wanted; /* the figure whose submissions are listed: table, -1: none */
    struct str wanted_key;
    int64_t *id;
    size_t id_count;
    size_t id_capacity;
};
/* Counts the submission at hand in a row of a table, which is made where it is not there. */
void problem_count(struct problem_counting *counting, enum problem_table table, struct str key,
                   struct str label);
/* problem_place.c: the places of a submission; and when all are there,
 * the towns that they are in. */
void problem_places_add(struct problem_counting *counting, const int64_t *mention, size_t count);
enum st problem_places_fill(struct problem_counting *counting, struct db *db,
                            struct err *err) MUST_USE;
int32_t problem_quarter_of(instant_ms at);
instant_ms problem_quarter_start(int32_t quarter);

/* What comes up again and again (problem_repeat.c): the mentions of each submission of the period
 * in turn. */
struct problem_repeats *problem_repeats_new(struct arena *arena, const struct scope *scope);
void problem_repeats_add(struct problem_repeats *repeats, int64_t submission,
                         const int64_t *mention, size_t count);
enum st problem_repeats_fill(struct problem_repeats *repeats, struct db *db,
                             struct problem_profile *ret, struct err *err) MUST_USE;
/* The Forum's actions of the period, as far as this person sees them. */
enum st problem_actions(struct app *app, struct arena *arena, const struct person *who,
                        struct problem_profile *ret, struct err *err) MUST_USE;

#endif
