/*
 * open_referral: the directory of support as Open Referral UK, and back.
 *
 * Layer: domain.  Format: the Human Services Data Specification 3.0 (Open Referral) in its UK
 * profile: a page of services, {"contents": [service, ...]}.  What HSDS has no field for is
 * carried in attributes: for whom (taxonomy "audience"), needs (taxonomy "need", terms of
 * needs.txt) and where the entry comes from.  Reading takes only what the directory shows,
 * bounded, and says of each service that is not right where and why.
 */
#ifndef PENDEEN_DOMAIN_OPEN_REFERRAL_H
#define PENDEEN_DOMAIN_OPEN_REFERRAL_H

#include "domain/support.h"

enum { OPEN_REFERRAL_BYTES_MAX = 8 << 20, OPEN_REFERRAL_SERVICES_MAX = 5000 };

/* One page with all of them. */
struct str open_referral_write(struct arena *arena, const struct area *area,
                               const struct support *list, size_t count);
struct str open_referral_write_one(struct arena *arena, const struct area *area,
                                   const struct support *support);

/* What came of one service of a file. */
struct open_referral_row {
    size_t number; /* from 1 */
    struct support support;
    struct str place; /* "contents[3].phones[0].number"; empty: it is right */
    struct str why;   /* what to do about it */
};
/* A page of services, a list of them, or one.  ST_INVALID: it is none of these; the message
 * names line and column. */
enum st open_referral_read(struct arena *arena, const struct area *area, struct str text,
                           struct open_referral_row **ret, size_t *ret_count,
                           struct err *err) MUST_USE;
enum st open_referral_read_one(struct arena *arena, const struct area *area, struct str text,
                               struct support *ret, struct err *err) MUST_USE;

#endif
