/*
 * watch: how many of the front's threads wait for events at a time.
 *
 * Layer: web, inside of the front.  If all did, each event would wake one, to find that the one
 * before has taken the work; and if each drew a page at the same time, all of these pages would
 * take as long as all of them together.  As many as there are processors have a place.  Whoever is
 * about to wait for the disk leaves, and one that rests comes in its stead.  Whoever is busy for
 * longer than the time between two looks counts as if it had left, until it comes round again.
 */
#ifndef PENDEEN_WEB_WATCH_H
#define PENDEEN_WEB_WATCH_H

#include "web/limits.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct watcher {
    _Atomic bool here;  /* has a place */
    _Atomic bool waits; /* for an event */
    _Atomic uint64_t rounds;
    uint64_t seen; /* rounds, at the last look */
};

struct watch {
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t room;
    int resting;
    int usual; /* how many may */
    int known; /* watchers */
    struct watcher watcher[LIMIT_PAGE_THREADS];
    _Atomic int watching;
    _Atomic int allowed; /* the usual, and as many as are busy for long */
};

enum { WATCH_LOOK_MS = 10 };

void watch_init(struct watch *watch);
void watch_done(struct watch *watch);
/* Returns when this thread may wait for an event; at once when it never left, unless too many are
 * here now.  A thread belongs to one watch, which at most LIMIT_PAGE_THREADS enter. */
void watch_enter(struct watch *watch);
/* This thread is about to wait for something else; nothing where it has left already. */
void watch_leave(struct watch *watch);
/* Around the waiting itself. */
void watch_rest(void);
void watch_wake(void);
/* Every WATCH_LOOK_MS: finds out who is busy for long.  False: nobody was at work since the last
 * look, and the next may come later. */
bool watch_look(struct watch *watch);
/* From now on all may. */
void watch_open(struct watch *watch);

#endif
