/*
 * workers: the same work on several threads.
 *
 * Layer: link.
 */
#ifndef PENDEEN_LINK_WORKERS_H
#define PENDEEN_LINK_WORKERS_H

enum { WORKERS_MAX = 64 };

/* Calls work(context, 0) .. work(context, threads - 1) side by side and returns when
 * all have ended; work(context, 0) runs on the caller's thread. */
void workers_run(int threads, void (*work)(void *context, int number), void *context);

/* Calls task(context, 0) .. task(context, count - 1), each on whichever of the threads
 * is free: tasks must not depend on each other. */
void workers_each(int threads, int count, void (*task)(void *context, int number), void *context);

#endif
