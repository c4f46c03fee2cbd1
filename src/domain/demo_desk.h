/*
 * demo_desk: made-up referrals for the demonstration, with cases in every state of the desk.
 *
 * Layer: domain.  They go in by the same calls as what people send, with the clock set to
 * when it would have been; it is set back when this is done.
 */
#ifndef PENDEEN_DOMAIN_DEMO_DESK_H
#define PENDEEN_DOMAIN_DEMO_DESK_H

#include "domain/app.h"
#include "synth/partnership.h"

struct demo_desk {
    struct app *app;
    const struct synth_partnership *partnership;
    const int64_t *organisation; /* SYNTH_ORGANISATIONS of them */
    int32_t reports;             /* that the partnership shared; few: no referrals */
};
enum st demo_desk_fill(const struct demo_desk *demo, struct err *err) MUST_USE;

#endif
