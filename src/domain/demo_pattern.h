/*
 * demo_pattern: made-up fragments in which there are patterns, of people, cars and a phone that
 * nobody else names.
 *
 * Layer: domain.
 */
#ifndef PENDEEN_DOMAIN_DEMO_PATTERN_H
#define PENDEEN_DOMAIN_DEMO_PATTERN_H

#include "domain/access.h"
#include "domain/app.h"

/* Shared by these people in turn, and looked through; a network chart of it that the analyst keeps,
 * and one of them that they accepted. */
enum st demo_patterns(struct app *app, const struct person *person, size_t count,
                      const struct person *analyst, struct err *err) MUST_USE;

#endif
