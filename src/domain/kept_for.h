/*
 * kept_for: for whom something is kept, and whether it still counts.
 *
 * Layer: domain.  What was made for one person out of what they may see counts again for them
 * while nothing has changed (base/change.h; docs/decisions/0119), none of their grants has ended,
 * and the clock has not gone back; what shows how late it is, within the same minute.  Whoever has
 * another role or works for others is somebody else.  Where other programs write to the same
 * database nothing counts again: their changes are known too late.
 */
#ifndef PENDEEN_DOMAIN_KEPT_FOR_H
#define PENDEEN_DOMAIN_KEPT_FOR_H

#include "domain/scope.h"

struct kept_for {
    uint64_t change; /* 0: it does not count */
    instant_ms from;
    instant_ms until;
    int64_t account;
    int64_t organisation;
    unsigned roles;
};

enum kept_clock { KEPT_UNTIL_CHANGE, KEPT_FOR_MINUTE };

/* For whom this is the scope, begun at `now`, which is before anything of it was read. */
struct kept_for kept_for(const struct scope *scope, instant_ms now, enum kept_clock clock);
/* Does it count for this person, who was read for this request? */
bool kept_for_holds(const struct kept_for *kept, const struct person *who);

#endif
