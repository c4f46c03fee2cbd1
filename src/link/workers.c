#include "link/workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct worker {
    void (*work)(void *context, int number);
    void *context;
    int number;
};

static void *start(void *context)
{
    struct worker *worker = context;
    worker->work(worker->context, worker->number);
    return NULL;
}

void workers_run(int threads, void (*work)(void *context, int number), void *context)
{
    struct worker worker[WORKERS_MAX];
    pthread_t thread[WORKERS_MAX];
    if (threads > WORKERS_MAX) threads = WORKERS_MAX;
    for (int i = 1; i < threads; i++) {
        worker[i] = (struct worker){work, context, i};
        if (pthread_create(&thread[i], NULL, start, &worker[i]) != 0) abort();
    }
    work(context, 0);
    for (int i = 1; i < threads; i++) pthread_join(thread[i], NULL);
}

struct queue {
    void (*task)(void *context, int number);
    void *context;
    int count;
    atomic_int next;
};

static void take_tasks(void *context, int number)
{
    struct queue *queue = context;
    (void)number;
    for (;;) {
        int task = atomic_fetch_add(&queue->next, 1);
        if (task >= queue->count) return;
        queue->task(queue->context, task);
    }
}

void workers_each(int threads, int count, void (*task)(void *context, int number), void *context)
{
    struct queue queue = {.task = task, .context = context, .count = count};
    workers_run(threads < count ? threads : count, take_tasks, &queue);
}
