/*
 * demo_missing: made-up missing episodes of made-up children: one who goes missing again and
 * again, two who are missing together, return interviews in every state.
 *
 * Layer: domain, private to demo.c.
 */
#ifndef PENDEEN_DOMAIN_DEMO_MISSING_H
#define PENDEEN_DOMAIN_DEMO_MISSING_H

#include "domain/missing.h"
#include "synth/partnership.h"

struct demo_missing {
    struct app *app;
    const struct synth_partnership *partnership;
    struct person officer;
};
/* After the children's records; without the area pack nothing is made. */
enum st demo_missing_fill(const struct demo_missing *demo, struct err *err) MUST_USE;

#endif
