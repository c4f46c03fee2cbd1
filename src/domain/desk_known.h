/* desk_known: what is known already of those whom a referral names, drawn together.
 *
 * Layer: domain.  Earlier referrals and missing episodes of the same children, and what others
 * have shared: the submissions of the entities that the referral's mentions belong to, and what
 * the engine says may fit.  Only of what this person may see (scope.h): nothing that is kept from
 * them changes a line of it.
 */
#ifndef PENDEEN_DOMAIN_DESK_KNOWN_H
#define PENDEEN_DOMAIN_DESK_KNOWN_H

#include "domain/desk.h"
#include "domain/scope.h"

enum { DESK_KNOWN_MAX = 200 };

struct desk_known {
    instant_ms at;
    int64_t submission; /* 0: it is known by the child's record alone */
    int64_t referral;   /* 0: no referral, shared information */
    int64_t missing;    /* a missing episode of the same child; 0: none */
    struct str reference;
    struct str words;   /* of shared information, what was written */
    struct str sector;  /* where it came from; empty: a referral */
    struct str about;   /* what connects it: "Corsa, WK?? 7?B" */
    bool same_child;
    int64_t mention;    /* the referral's mention that connects it, and the other's; 0: none */
    int64_t other;
    double bits;        /* of what may fit */
    bool may;           /* it may fit; false: it is joined, by people or by an identifier */
};

/* Newest first, each submission once, at its strongest.  Leaves a line in the audit. */
enum st desk_known_read(struct app *app, struct arena *arena, const struct person *who,
                        const struct desk_case *desk, struct desk_known **ret, size_t *ret_count,
                        struct err *err) MUST_USE;

#endif
