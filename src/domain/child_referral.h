/*
 * child_referral: a child of a referral, and that child's record.
 *
 * Layer: domain.  A record is made out of what a referral says of a child, or the referral is
 * joined to a record that is there.  Then its answers come into the record as entries whose
 * source is the referral; what does not agree with what stands is kept beside it.  A person
 * joins; taking it back marks those entries as wrong, and the referral is free again.
 */
#ifndef PENDEEN_DOMAIN_CHILD_REFERRAL_H
#define PENDEEN_DOMAIN_CHILD_REFERRAL_H

#include "domain/child.h"
#include "domain/referral.h"

/* The child of a sent referral that this person may read: ST_NOT_FOUND also when they keep no
 * children's records, or when there is no such child. */
struct referred_child {
    int64_t referral;
    int64_t position;
    struct str reference;
    struct str name;
    struct str birth;
    struct str nhs;
    struct str alias;
    int64_t child; /* its record, as far as this person may see it; 0: none */
    bool joined;   /* it has one, seen or not */
};
enum st referred_child_read(struct app *app, struct arena *arena, const struct person *who,
                            int64_t referral, int64_t position, struct referred_child *ret,
                            struct err *err) MUST_USE;
/* Every child of a referral. */
enum st referred_children(struct app *app, struct arena *arena, const struct person *who,
                          int64_t referral, struct referred_child **ret, size_t *ret_count,
                          struct err *err) MUST_USE;

/* Whom it may be: the engine's answer, among the records that this person may read. */
size_t child_find_known(struct app *app, struct arena *arena, const struct person *who,
                        const struct referred_child *child,
                        struct child_known ret[static CHILD_KNOWN_MAX]);

/* A new record.  ST_CONFLICT: it is joined to one already. */
enum st child_from_referral(struct app *app, const struct person *who, int64_t referral,
                            int64_t position, int64_t *ret_child, struct err *err) MUST_USE;
enum st child_join_referral(struct app *app, const struct person *who, int64_t referral,
                            int64_t position, int64_t child, struct err *err) MUST_USE;
/* Takes it back. */
enum st child_part_referral(struct app *app, const struct person *who, int64_t child,
                            int64_t referral, int64_t position, struct str reason,
                            struct err *err) MUST_USE;

/* Whose judgement it is, at the end of its reasons: "\nAs A School judged in referral R-….". */
#define CHILD_JUDGED_AS "\nAs "
#define CHILD_JUDGED_IN " judged in referral "

/* The referrals of a record that this person may read. */
struct child_referral {
    int64_t referral;
    int64_t position;
    struct str reference;
    struct str organisation;
    instant_ms sent_at;
    int64_t submission;
    struct str reason; /* what has happened, in the referrer's words */
};
enum st child_referrals(struct app *app, struct arena *arena, const struct person *who,
                        const struct child_file *file, struct child_referral **ret,
                        size_t *ret_count, struct err *err) MUST_USE;

#endif
