/*
 * rounds: a thread that does something, waits a while, and does it again until it is told to end.
 * It waits by a clock that nobody sets.
 *
 * Layer: base.  Whoever has a job that goes round holds one of these, filled in, and starts it;
 * nothing is allocated.  A round that fails is complained of, and the next one comes all the same.
 */
#ifndef PENDEEN_BASE_ROUNDS_H
#define PENDEEN_BASE_ROUNDS_H

#include "base/err.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct rounds {
    enum st (*round)(void *context, struct err *err);
    void *context;
    void (*complain)(const char *words); /* may be NULL */
    int every_ms;
    bool gives_way; /* nobody waits for it: beside others it gets a tenth of their time */
    /* The thread's own; long rounds may look at `ending`. */
    atomic_bool ending;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
};

/* False: there can be no thread; nothing is left to stop. */
bool rounds_start(struct rounds *rounds) MUST_USE;
/* One round, and the complaint, by whoever calls it. */
void rounds_once(struct rounds *rounds);
/* Ends the waiting, and comes back when the last round is over. */
void rounds_stop(struct rounds *rounds);

#endif
