/*
 * demo: fills an empty data folder with a made-up partnership.
 *
 * Layer: domain.  Everything goes in by the same calls as what people share.
 * The fact "synthetic" is set, and every page then says so.
 */
#ifndef PENDEEN_DOMAIN_DEMO_H
#define PENDEEN_DOMAIN_DEMO_H

#include "domain/app.h"

enum { DEMO_SIGN_INS = 10 };

struct demo_sign_in {
    const char *email;
    const char *name;
    const char *role; /* of role.def */
    const char *label;
    int organisation; /* place in the generated list */
    bool all_forums;  /* a seat in each of them, beyond that of the organisation */
};
extern const struct demo_sign_in demo_sign_ins[DEMO_SIGN_INS];
extern const char demo_password[];

struct demo_options {
    uint64_t seed;
    int32_t reports;
    void (*progress)(void *context, int64_t done);
    void *context;
};

/* ST_CONFLICT when there is anything in the folder already. */
enum st demo_fill(struct app *app, const struct demo_options *options, struct err *err) MUST_USE;
/* Was this folder filled by demo_fill? */
enum st demo_is_synthetic(struct app *app, bool *ret, struct err *err) MUST_USE;

#endif
