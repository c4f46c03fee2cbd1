/*
 * conduit: one connection of the front, from the client to libmicrohttpd and back.
 *
 * Layer: web, inside of the front.  Belongs to one thread; nothing here blocks.  Both
 * sockets are watched by edge, and what may still be read or written is remembered.
 */
#ifndef PENDEEN_WEB_CONDUIT_H
#define PENDEEN_WEB_CONDUIT_H

#include "web/front.h"
#include "web/guard.h"
#include "web/limits.h"

/* What conduits share; lives as long as the front. */
struct conduit_setting {
    const struct front_options *options;
    struct str headers;     /* of every answer, each line with its end; first the policy */
    size_t policy_size;     /* bytes of that line, which an answer with a policy of its own does without */
    int64_t scale_ms;       /* one second of limits.h, in milliseconds */
    _Atomic bool draining;
};

enum conduit_phase {
    GREETING,  /* TLS */
    HEAD,      /* waiting for a request, or in the middle of its head */
    BODY,      /* its head was good; it is being handed on */
    ANSWER,    /* all of it was handed on, or refused */
    LINGERING, /* answered for the last time; until the client has read it */
    GONE,
};

enum answer_state { NO_ANSWER, ANSWER_HEAD, ANSWER_BODY, ANSWERED };

/* The two ends, as the poller knows them. */
struct conduit_end {
    struct conduit *conduit;
    int handle; /* -1: none */
    bool readable;
    bool writable;
    bool ended;   /* the other side sends no more, but what it sent may be unread */
    bool awaited; /* room to write is waited for */
};

enum { CONDUIT_OUT = 32 << 10, CONDUIT_HEADERS = 1024 };

struct conduit {
    struct conduit *next; /* of the thread's list */
    struct conduit *previous;
    struct conduit *next_gone;
    bool is_listed; /* among the thread's gone */
    const struct conduit_setting *setting;
    int poller;
    struct conduit_end client;
    struct conduit_end inner;
    gnutls_session_t tls;
    struct sockaddr_storage peer;
    socklen_t peer_size;
    struct address site; /* under which it is counted */
    enum conduit_phase phase;
    int64_t deadline_ns;

    struct guard_progress progress;
    struct guard_head head; /* its views are dead once the head was handed on */
    struct guard_chunks chunks;
    int64_t body_left;
    size_t checked; /* bytes at the front of `in` that may be handed on */
    bool reads_only_head; /* HEAD */
    bool closes;          /* after this answer */

    enum answer_state answer;
    int64_t answer_left; /* -1: until it ends */

    size_t in_len;
    size_t in_most; /* that were ever in it, to be wiped */
    size_t out_len;
    size_t out_most;
    size_t out_sent;
    char in[LIMIT_HEAD_BYTES + 1];
    char out[CONDUIT_OUT + CONDUIT_HEADERS];
};

/* Takes over a connected socket that does not block; NULL (and closed): no memory. */
struct conduit *conduit_new(const struct conduit_setting *setting, int poller, int handle,
                            const struct sockaddr_storage *peer, socklen_t peer_size);
void conduit_free(struct conduit *conduit);
/* Does what can be done now; afterwards it may be GONE. */
void conduit_step(struct conduit *conduit);
/* Its time is up: says so where that makes sense; `at_once`: ends it. */
void conduit_expire(struct conduit *conduit, bool at_once);
/* It is at rest: no request has begun. */
bool conduit_is_idle(const struct conduit *conduit);
/* Answers with this and closes; before any request or in the middle of one. */
void conduit_refuse(struct conduit *conduit, int status, const char *words);

#endif
