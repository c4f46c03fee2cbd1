/*
 * wait: until a number in memory is another one (Drepper, "Futexes Are Tricky", 2011).
 *
 * Layer: store, private.  Whoever changes the number calls wait_wake afterwards; those
 * that are woken go on at once, and none of them needs a lock for it.
 */
#ifndef PENDEEN_STORE_WAIT_H
#define PENDEEN_STORE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

/* Sleeps while *number is `while_it_is`, or for so long; may come back earlier for no reason:
 * look again.  0: for however long.  Whether it slept for so long. */
bool wait_while(_Atomic uint32_t *number, uint32_t while_it_is, int64_t at_most_ns);
/* So many of those that wait; INT_MAX: all. */
void wait_wake(_Atomic uint32_t *number, int count);

#endif
