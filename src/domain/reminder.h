/*
 * reminder: clocks that are nearly over or are over, told to whoever has to act on them.
 *
 * Layer: domain.  Of a case at the desk its owner is told, and while nobody has taken it on,
 * everybody whose desk it stands on; of a partner check those of the organisation that was
 * asked; of a call that is to be confirmed in writing whoever made it.  What they see of it is
 * on their own pages (notices, the queue, their referrals); here is what goes out by mail, which
 * says that something waits and nothing of what.
 */
#ifndef PENDEEN_DOMAIN_REMINDER_H
#define PENDEEN_DOMAIN_REMINDER_H

#include "base/clock.h"
#include "domain/access.h"
#include "domain/app.h"

struct reminder {
    int64_t account;
    int64_t referral;
    struct str clock; /* an id of clocks.txt */
    instant_ms due;
    bool over;        /* else it is over within REMINDER_SOON_MS */
};
enum { REMINDER_SOON_MS = 4 * 3600000 };

/* Everything that anybody has to be reminded of now. */
enum st reminders_due(struct app *app, struct arena *arena, struct reminder **ret,
                      size_t *ret_count, struct err *err) MUST_USE;
/* Puts it into the queue of mails: of each clock and instant once before and once after.  A
 * pack without words for it (meeting.txt) sends none. */
enum st reminders_queue(struct app *app, struct err *err) MUST_USE;

#endif
