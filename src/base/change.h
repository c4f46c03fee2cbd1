/*
 * change: how often what answers are made of has changed since the program started.
 *
 * Layer: base.  One number for the whole program; safe for threads.  The store counts each
 * commit that changed something, and what is kept in memory beside it counts each change of
 * its own, always after the change can be seen.  So an answer that was begun when the number
 * stood at N, and is kept, is still true while it stands at N: nothing of what it was made of
 * has changed but the time.
 */
#ifndef PENDEEN_BASE_CHANGE_H
#define PENDEEN_BASE_CHANGE_H

#include <stdint.h>

void change_note(void);
uint64_t change_count(void);

#endif
