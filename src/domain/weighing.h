/*
 * weighing: which weights the engine weighs by, since when, and the job that learns them.
 *
 * Layer: domain.  Each set that was ever in force is kept as a fact of the database, by its
 * version, and none is ever changed: what was suggested at some time can be weighed again by
 * what was in force then.  A set says nothing of anybody (how often reports of one car
 * differ in its colour, all over the store) and is not sealed.
 */
#ifndef PENDEEN_DOMAIN_WEIGHING_H
#define PENDEEN_DOMAIN_WEIGHING_H

#include "base/clock.h"
#include "domain/app.h"
#include "link/learn.h"

struct weighing {
    struct link_weights weights;
    instant_ms since; /* 0: from the beginning, by default */
};

/* Puts the newest set in force; the defaults when none was learnt yet. */
enum st weighing_load(struct app *app, struct db *db, struct err *err) MUST_USE;
/* A set by its version; 0: the defaults.  ST_NOT_FOUND: there is none of that version. */
enum st weighing_read(struct db *db, int64_t version, struct weighing *ret,
                      struct err *err) MUST_USE;
/* The newest version, 0 when there is none. */
enum st weighing_newest(struct db *db, int64_t *ret, struct err *err) MUST_USE;
/* Which version was in force at an instant. */
enum st weighing_at(struct db *db, instant_ms when, struct weighing *ret, struct err *err) MUST_USE;

/* Learns from the store as it is now.  What has moved by less than a twentieth of a bit is
 * as it was: then nothing is kept, and *ret_changed is false.  A new set is in force when
 * this returns.  *stop (may be NULL) ends it early, unchanged. */
enum st weighing_learn(struct app *app, const atomic_bool *stop, bool *ret_changed,
                       struct err *err) MUST_USE;

/* The job of a server: learns when the store has grown by half since it last did, and once
 * a day while it changes, giving way to others.  Under WEIGHING_LEAST mentions it waits. */
enum { WEIGHING_LEAST = 1000 };
struct weighing_keeper;
struct weighing_keeper_options {
    int look_seconds; /* how often it looks whether there is something to do */
    void (*complain)(const char *words);
};
enum st weighing_keeper_start(struct app *app, const struct weighing_keeper_options *options,
                              struct weighing_keeper **ret, struct err *err) MUST_USE;
void weighing_keeper_stop(struct weighing_keeper *keeper); /* accepts NULL */

#endif
