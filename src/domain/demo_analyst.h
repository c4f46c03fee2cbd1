/*
 * demo_analyst: what made-up analysts made of made-up submissions: gradings, relations, notes,
 * and what they watch.
 *
 * Layer: domain, private to demo.c.  By the same calls as people's, with the clock set to when it
 * would have been; it is set back when this is done.
 */
#ifndef PENDEEN_DOMAIN_DEMO_ANALYST_H
#define PENDEEN_DOMAIN_DEMO_ANALYST_H

#include "domain/app.h"

/* The analyst who sees most, and another who agrees or does not, by their addresses.  The area pack
 * must be there: without one nothing is made. */
struct demo_analyst {
    struct app *app;
    const char *analyst;
    const char *second;
};
enum st demo_analyst_fill(const struct demo_analyst *demo, struct err *err) MUST_USE;

#endif
