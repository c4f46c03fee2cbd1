/* desk_chronology: what is known of those whom a referral names, and what was done, drawn
 * together in the order of time.
 *
 * Layer: domain.  Earlier referrals, what others shared and what is linked to it (desk_known), what
 * the children's records say once the referral is joined to them (child_chronology: signs,
 * judgements, plans, missing episodes, what happened), this referral with its signs, additions,
 * partner checks and every step of the desk.  Only what this person may see.
 *
 * Another kind of entry is one function more in the table `sources` of desk_chronology.c, that
 * calls desk_moment_add for each.
 */
#ifndef PENDEEN_DOMAIN_DESK_CHRONOLOGY_H
#define PENDEEN_DOMAIN_DESK_CHRONOLOGY_H

#include "domain/desk_known.h"

struct desk_moment {
    instant_ms at;
    struct str kind;  /* in words: "Shared information", "Partner check", "Sign" */
    struct str title; /* "Rating set: Amber"; may be empty */
    struct str words; /* as written; may be empty */
    struct str note;  /* smaller: when it happened, by when it is due; may be empty */
    struct str by;    /* who wrote it; empty where that is not said */
    bool step;        /* something that the desk did */
    bool may;         /* may fit: nobody has confirmed it */
    int64_t referral;   /* another referral that it leads to; 0: none */
    int64_t submission; /* likewise */
    int64_t child;
    int64_t missing; /* an episode */
    struct str reference;
    int64_t mention; /* the pair that connects it; 0: none */
    int64_t other;
};

/* What the desk did in a case after one of its events (desk_case.last_event; 0: all of it), newest
 * first.  Whoever calls it has read the case. */
enum st desk_moments_since(struct app *app, struct arena *arena, int64_t referral, int64_t event,
                           struct desk_moment **ret, size_t *ret_count, struct err *err) MUST_USE;

/* Newest first.  Leaves lines in the audit: what was consulted. */
enum st desk_chronology_read(struct app *app, struct arena *arena, const struct person *who,
                             const struct desk_case *desk, struct desk_moment **ret,
                             size_t *ret_count, struct err *err) MUST_USE;

#endif
