#include "base/rounds.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

/* A tenth of what a thread at 0 gets.  Less would keep others waiting: it takes locks, and turns
 * of writing, that they want too. */
static const int nicer = 10;

void rounds_once(struct rounds *rounds)
{
    struct err err = {0};
    if (rounds->round(rounds->context, &err) == ST_OK || !rounds->complain) return;
    char words[800];
    snprintf(words, sizeof words, "%s %s", err.public, err.detail);
    rounds->complain(words);
}

static void *go_round(void *context)
{
    struct rounds *rounds = context;
    /* On Linux this is of the calling thread alone (setpriority(2), notes).
     * Where it is not allowed the work is done all the same. */
    if (rounds->gives_way) (void)setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + nicer);
    pthread_mutex_lock(&rounds->lock);
    while (!atomic_load(&rounds->ending)) {
        pthread_mutex_unlock(&rounds->lock);
        rounds_once(rounds);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += rounds->every_ms / 1000;
        until.tv_nsec += rounds->every_ms % 1000 * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_mutex_lock(&rounds->lock);
        if (!atomic_load(&rounds->ending))
            pthread_cond_timedwait(&rounds->wake, &rounds->lock, &until);
    }
    pthread_mutex_unlock(&rounds->lock);
    return NULL;
}

static void forget(struct rounds *rounds)
{
    pthread_mutex_destroy(&rounds->lock);
    pthread_cond_destroy(&rounds->wake);
}

bool rounds_start(struct rounds *rounds)
{
    pthread_condattr_t by_steady_clock;
    pthread_condattr_init(&by_steady_clock);
    pthread_condattr_setclock(&by_steady_clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&rounds->lock, NULL);
    pthread_cond_init(&rounds->wake, &by_steady_clock);
    pthread_condattr_destroy(&by_steady_clock);
    if (pthread_create(&rounds->thread, NULL, go_round, rounds) == 0) return true;
    forget(rounds);
    return false;
}

void rounds_stop(struct rounds *rounds)
{
    pthread_mutex_lock(&rounds->lock);
    atomic_store(&rounds->ending, true);
    pthread_cond_signal(&rounds->wake);
    pthread_mutex_unlock(&rounds->lock);
    pthread_join(rounds->thread, NULL);
    forget(rounds);
}
