/*
 * home: what needs one person now, what is new to them, what is late.
 *
 * Layer: domain.  Each figure is the length of a list that its route opens, made of what the
 * person may see and do alone; a list that is not for them is not counted.  Every list is
 * bounded where it is read; a figure that met its bound is "at least".
 */
#ifndef PENDEEN_DOMAIN_HOME_H
#define PENDEEN_DOMAIN_HOME_H

#include "base/clock.h"
#include "domain/scope.h"

enum home_part { HOME_NOW, HOME_NEW, HOME_LATE, HOME_PARTS };

enum home_kind {
#define HOME(name, part, one, many, route) HOME_##name,
#include "domain/home.def"
#undef HOME
    HOME_KINDS
};

enum { HOME_NEW_DAYS = 7, HOME_LOOKED_AT = 2000 };

struct home {
    int64_t count[HOME_KINDS];
    bool at_least[HOME_KINDS];
    instant_ms confirm_by; /* the first telephone call to confirm in writing; 0: none */
    int64_t confirm;       /* its referral */
    instant_ms meeting_at; /* the next of their Forums; 0: none is planned */
    int64_t meeting;
    struct str meeting_forum; /* key of the pack */
};

enum st home_read(struct app *app, struct arena *arena, const struct person *who, struct home *ret,
                  struct err *err) MUST_USE;

#endif
