/*
 * demo_location: locations of concern of a made-up partnership.
 *
 * Layer: domain, for demo.c.
 */
#ifndef PENDEEN_DOMAIN_DEMO_LOCATION_H
#define PENDEEN_DOMAIN_DEMO_LOCATION_H

#include "domain/app.h"

/* Written down by the account of that address, who sits in every Forum. */
enum st demo_locations(struct app *app, const char *analyst, struct err *err) MUST_USE;

#endif
