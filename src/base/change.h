/*
 * change: how often what answers are made of has changed since the program started.
 *
 * Layer: base.  One number for the whole program; safe for threads.  The store counts each
 * commit that changed something, and what is kept in memory beside it counts each change of
 * its own, always after the change can be seen.  So an answer that was begun when the number
 * stood at N, and is kept, is still true while it stands at N: nothing of what it was made of
 * has changed but the time.
 *
 * While a commit is on its way that changes something, some may have read it and others not:
 * nothing that is kept counts until it has come, so whoever has read something new reads nothing
 * old after it.
 */
#ifndef PENDEEN_BASE_CHANGE_H
#define PENDEEN_BASE_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

void change_note(void);
uint64_t change_count(void);

/* A commit that changes something is about to be made, and has been made or not. */
void change_begins(void);
void change_ended(void);
/* Does what was made when the number stood at `change` count still? */
bool change_holds(uint64_t change);

#endif
