/*
 * demo_children: made-up children's records with what happened over two years.
 *
 * Layer: domain, private to demo.c.
 */
#ifndef PENDEEN_DOMAIN_DEMO_CHILDREN_H
#define PENDEEN_DOMAIN_DEMO_CHILDREN_H

#include "domain/child.h"
#include "synth/partnership.h"

struct demo_children {
    struct app *app;
    const struct synth_partnership *partnership;
    struct person officer; /* of the referral unit: keeps the records */
    struct person second;  /* another one, who sees some things differently */
    const char *worker;    /* email address of whom two records are allocated to */
};
/* The area pack must be there: without one nothing is made. */
enum st demo_children_fill(const struct demo_children *demo, struct err *err) MUST_USE;

#endif
