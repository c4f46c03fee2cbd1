/*
 * demo_referral: made-up referrals of one practitioner: a draft that was begun, one that
 * waits to confirm a telephone call, and one that was sent.
 *
 * Layer: domain.  They go in by the same calls as what people write.
 */
#ifndef PENDEEN_DOMAIN_DEMO_REFERRAL_H
#define PENDEEN_DOMAIN_DEMO_REFERRAL_H

#include "domain/app.h"

/* Nothing is done without an area pack, for there is no form then. */
enum st demo_referrals(struct app *app, const char *email, struct err *err) MUST_USE;

#endif
