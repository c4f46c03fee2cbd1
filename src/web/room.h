/*
 * room: memory for the bodies that are coming in, and whose it is.
 *
 * Layer: web.  What has come counts, not what was announced.  The first LIMIT_BODY_SMALL bytes of
 * each body are always there, since connections are counted: signing in and ordinary forms go
 * through whatever others send.  What is longer takes of LIMIT_BODIES_MEMORY, and no more than
 * LIMIT_BODIES_OF_ONE of it for one address, nor for one account; everybody who is not signed in
 * is one account together.  Safe for threads.
 */
#ifndef PENDEEN_WEB_ROOM_H
#define PENDEEN_WEB_ROOM_H

#include "base/str.h"

struct room;
struct room_holder;

/* What one body has of it; zeroed: nothing. */
struct room_share {
    size_t size;
    struct room_holder *address;
    struct room_holder *account;
};

struct room *room_new(void);
void room_free(struct room *room);

/* So many bytes more for a body that is sent from there (`address` may be any text) by that
 * account; false: there are none at present. */
bool room_take(struct room *room, struct room_share *share, struct str address, int64_t account,
               size_t size);
/* Gives all of it back. */
void room_give_back(struct room *room, struct room_share *share);

#endif
