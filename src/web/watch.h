/*
 * watch: how many of the front's threads wait for events at a time.
 *
 * Layer: web, inside of the front.  If all did, each event would wake one, to find that the one
 * before has taken the work: as many as there are processors are enough.  Whoever is about to do
 * what may take long or wait for the disk leaves, and one that rests comes in its place.  If none
 * of them comes round for a while all the same, one more is let in.
 */
#ifndef PENDEEN_WEB_WATCH_H
#define PENDEEN_WEB_WATCH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct watch {
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t room;
    int watching;
    int resting;
    int usual; /* how many may */
    uint64_t seen;        /* rounds, when watch_look was called last */
    _Atomic int allowed;  /* the usual, and who was let in beside */
    _Atomic int waiting;  /* that have nothing to do */
    _Atomic uint64_t rounds;
};

void watch_init(struct watch *watch);
void watch_done(struct watch *watch);
/* Returns when this thread may wait for an event; at once when it never left.  A thread belongs to
 * one watch. */
void watch_enter(struct watch *watch);
/* This thread does something that may take long; nothing where it has left already. */
void watch_leave(struct watch *watch);
/* Around the waiting itself. */
void watch_rest(struct watch *watch);
void watch_wake(struct watch *watch);
/* From time to time: lets one more in where nobody came round since the last time. */
void watch_look(struct watch *watch);
/* From now on all may. */
void watch_open(struct watch *watch);

#endif
