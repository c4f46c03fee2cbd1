#include "web/watch.h"

#include <sched.h>

static _Thread_local struct watcher *mine;

void watch_init(struct watch *watch)
{
    cpu_set_t processors;
    int count =
        sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 1;
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
    if (mine && mine->here) {
        if (watch->watching <= watch->allowed) return;
        watch_leave(watch); /* who was busy for long is back: there are too many */
    }
    pthread_mutex_lock(&watch->lock);
    if (!mine) mine = &watch->watcher[watch->known++];
    watch->resting++;
    while (watch->watching >= watch->allowed) pthread_cond_wait(&watch->room, &watch->lock);
    watch->resting--;
    watch->watching++;
    mine->here = true;
    pthread_mutex_unlock(&watch->lock);
}

void watch_leave(struct watch *watch)
{
    if (!mine || !mine->here) return;
    pthread_mutex_lock(&watch->lock);
    mine->here = false;
    watch->watching--;
    bool wake = watch->resting > 0 && watch->watching < watch->allowed;
    pthread_mutex_unlock(&watch->lock);
    if (wake) pthread_cond_signal(&watch->room);
}

void watch_rest(void)
{
    mine->waits = true;
}

void watch_wake(void)
{
    mine->waits = false;
    mine->rounds++;
}

bool watch_look(struct watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    int busy = 0;
    bool works = false;
    for (int i = 0; i < watch->known; i++) {
        struct watcher *watcher = &watch->watcher[i];
        bool at_work = watcher->here && !watcher->waits;
        busy += at_work && watcher->rounds == watcher->seen;
        works |= at_work || watcher->rounds != watcher->seen;
        watcher->seen = watcher->rounds;
    }
    watch->allowed = watch->usual + busy;
    int more = watch->allowed - watch->watching;
    if (more > watch->resting) more = watch->resting;
    pthread_mutex_unlock(&watch->lock);
    for (; more > 0; more--) pthread_cond_signal(&watch->room);
    return works;
}

void watch_open(struct watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    watch->allowed = LIMIT_PAGE_THREADS;
    pthread_mutex_unlock(&watch->lock);
    pthread_cond_broadcast(&watch->room);
}
