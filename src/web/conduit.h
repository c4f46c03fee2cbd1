/*
 * conduit: one connection of the front, from the client to the exchange and back.
 *
 * Layer: web, inside of the front.  At any time it belongs to one thread at most; nothing here
 * blocks but conduit_work, which needs the exchange alone and may run while another thread has
 * the conduit (to end it, when its time is up).  The socket is watched by edge, and what may
 * still be read or written is remembered.
 */
#ifndef PENDEEN_WEB_CONDUIT_H
#define PENDEEN_WEB_CONDUIT_H

#include "web/exchange.h"
#include "web/front.h"
#include "web/limits.h"

/* What conduits share; lives as long as the front. */
struct conduit_setting {
    const struct front_options *options;
    struct exchange_setting *exchanges;
    int poller;
    int64_t scale_ms; /* one second of limits.h, in milliseconds */
    _Atomic bool draining;
};

enum conduit_phase {
    GREETING,  /* TLS */
    HEAD,      /* waiting for a request, or in the middle of its head */
    BEGINNING, /* its head was good: work */
    BODY,      /* the rest of it is coming in */
    MAKING,    /* all of it is there: work */
    ANSWER,    /* of which some has still to go out */
    LINGERING, /* answered for the last time; until the client has read it */
    GONE,
};

enum { CONDUIT_PIECES = 3 }; /* of what goes out: word to go on, head, body */

struct conduit {
    const struct conduit_setting *setting;
    uint64_t mark; /* as the poller knows it */
    int handle;
    bool readable;
    bool writable;
    bool ended;   /* the other side sends no more, but what it sent may be unread */
    bool awaited; /* room to write is waited for */
    gnutls_session_t tls;
    struct sockaddr_storage peer;
    struct address site; /* under which it is counted */
    enum conduit_phase phase;
    _Atomic int64_t deadline_ns;
    int in_a_row; /* requests since the poller was asked last */

    struct guard_progress progress;
    struct guard_head head; /* its views are dead once the phase BEGINNING is over */
    struct guard_chunks chunks;
    int64_t body_left;
    bool reads_only_head; /* HEAD */
    bool closes;          /* after this answer */
    struct exchange *exchange; /* from its head to the end of its answer */

    struct str out[CONDUIT_PIECES];
    struct buf refusal; /* what of it is ours, and of no exchange */
    size_t in_len;
    size_t in_most; /* that were ever in it, to be wiped */
    char in[LIMIT_HEAD_BYTES + 1];
};

/* Takes over a connected socket that does not block; NULL (and closed): no memory. */
struct conduit *conduit_new(const struct conduit_setting *setting, uint64_t mark, int handle,
                            const struct sockaddr_storage *peer);
void conduit_free(struct conduit *conduit);
/* From now on the poller tells of that socket, at once of what has come already, and another
 * thread may have its conduit. */
void conduit_watch(const struct conduit_setting *setting, int handle, uint64_t mark);
/* What the poller said of it. */
void conduit_hear(struct conduit *conduit, unsigned events);
/* Does what can be done now; afterwards it may be GONE, or have work. */
void conduit_step(struct conduit *conduit);
bool conduit_has_work(const struct conduit *conduit);
/* Work, without having the conduit, of whose phase is said whether it was BEGINNING: then
 * conduit_begin reads what the head says, before anything else.  conduit_work makes the answer, or
 * finds that more of the request is needed.  False: the answer waits for another machine
 * (exchange_finish_later), or for what has to be written down before (exchange_line). */
void conduit_begin(const struct conduit *conduit, struct exchange *exchange);
bool conduit_work(const struct conduit *conduit, struct exchange *exchange, bool begins);
/* The work is done; the conduit may have been given up meanwhile. */
void conduit_take_back(struct conduit *conduit, struct exchange *exchange);
/* Its time is up: says so where that makes sense; `at_once`: ends it. */
void conduit_expire(struct conduit *conduit, bool at_once);
/* It is at rest: no request has begun. */
bool conduit_is_idle(const struct conduit *conduit);
/* Answers with this and closes; before any request or in the middle of one. */
void conduit_refuse(struct conduit *conduit, int status, const char *words);

#endif
