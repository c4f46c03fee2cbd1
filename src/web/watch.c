#include "web/watch.h"

#include "web/limits.h"

#include <sched.h>
#include <stdatomic.h>

static _Thread_local bool watches;

void watch_init(struct watch *watch)
{
    cpu_set_t processors;
    int count = sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 1;
    if (count > LIMIT_PAGE_THREADS / 2) count = LIMIT_PAGE_THREADS / 2;
    *watch = (struct watch){.usual = count < 2 ? 2 : count};
    watch->allowed = watch->usual;
    pthread_mutex_init(&watch->lock, NULL);
    pthread_cond_init(&watch->room, NULL);
}

void watch_done(struct watch *watch)
{
    pthread_mutex_destroy(&watch->lock);
    pthread_cond_destroy(&watch->room);
}

void watch_enter(struct watch *watch)
{
    if (watches) return;
    pthread_mutex_lock(&watch->lock);
    watch->resting++;
    while (watch->watching >= watch->allowed) pthread_cond_wait(&watch->room, &watch->lock);
    watch->resting--;
    watch->watching++;
    pthread_mutex_unlock(&watch->lock);
    watches = true;
}

void watch_leave(struct watch *watch)
{
    if (!watches) return;
    watches = false;
    pthread_mutex_lock(&watch->lock);
    watch->watching--;
    bool wake = watch->resting > 0 && watch->watching < watch->allowed;
    pthread_mutex_unlock(&watch->lock);
    if (wake) pthread_cond_signal(&watch->room);
}

void watch_rest(struct watch *watch)
{
    atomic_fetch_add(&watch->waiting, 1);
}

void watch_wake(struct watch *watch)
{
    atomic_fetch_sub(&watch->waiting, 1);
    atomic_fetch_add(&watch->rounds, 1);
}

/* Whoever was let in beside leaves with the next thing that may take long. */
void watch_look(struct watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    uint64_t rounds = watch->rounds;
    bool stuck = watch->waiting == 0 && rounds == watch->seen && watch->resting > 0;
    if (!stuck) watch->allowed = watch->usual;
    else if (watch->allowed < LIMIT_PAGE_THREADS) watch->allowed++;
    watch->seen = rounds;
    pthread_mutex_unlock(&watch->lock);
    if (stuck) pthread_cond_signal(&watch->room);
}

void watch_open(struct watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    watch->allowed = LIMIT_PAGE_THREADS;
    pthread_mutex_unlock(&watch->lock);
    pthread_cond_broadcast(&watch->room);
}
