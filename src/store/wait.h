/*
 * wait: until a number in memory is another one (Drepper, "Futexes Are Tricky", 2011).
 *
 * Layer: store, private.  Whoever changes the number calls wait_wake afterwards; all that
 * wait go on at once, and none of them needs a lock for it.
 */
#ifndef PENDEEN_STORE_WAIT_H
#define PENDEEN_STORE_WAIT_H

#include <stdint.h>

/* Sleeps while *number is `while_it_is`, or for so long; may come back earlier for no reason:
 * look again.  0: for however long. */
void wait_while(_Atomic uint32_t *number, uint32_t while_it_is, int64_t at_most_ns);
void wait_wake(_Atomic uint32_t *number);

#endif
