/*
 * demo_forward: made-up submissions of one practitioner in every state on the way to a Forum:
 * asked about, held, returned, added to, withdrawn, sent to the referral unit.
 *
 * Layer: domain, private to demo.c.
 */
#ifndef PENDEEN_DOMAIN_DEMO_FORWARD_H
#define PENDEEN_DOMAIN_DEMO_FORWARD_H

#include "domain/app.h"

struct demo_forward {
    const char *practitioner; /* email addresses; both of one organisation */
    const char *representative;
    const char *officer;      /* of the referral unit */
};
/* The area pack must be there: without one nothing is made. */
enum st demo_forward_fill(struct app *app, const struct demo_forward *people,
                          struct err *err) MUST_USE;

#endif
