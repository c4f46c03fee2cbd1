/*
 * limit: how often something may happen, for each key.
 *
 * Layer: domain.  A token bucket for each key (RFC 2697's idea, in its simplest
 * form), in a fixed table in memory.  Where there is no room the bucket that will be full
 * first makes some; one that is empty is never forgotten, and whoever comes new to a
 * place where all are empty has to wait.  Places are chosen under a secret of the process
 * (SipHash), so that nobody can crowd out another's bucket.  Safe for threads.
 */
#ifndef PENDEEN_DOMAIN_LIMIT_H
#define PENDEEN_DOMAIN_LIMIT_H

#include "base/clock.h"

/* Told apart by where it is, and as long there as the program. */
struct limit_rule {
    int burst;           /* so many at once */
    int per_minute;      /* and so many a minute in the long run */
};

/* Takes one; false when there is none left, and then *ret_wait_seconds (may be
 * NULL) says how long until there is. */
bool limit_take(const struct limit_rule *rule, struct str key, int *ret_wait_seconds);
/* Puts one back: what was tried was good. */
void limit_give_back(const struct limit_rule *rule, struct str key);
/* Every key is new again: for tests. */
void limit_clear(void);

#endif
