/*
 * front: the door.  Takes connections, reads what comes with the guard, and hands good
 * requests on to libmicrohttpd; everything else is answered here and the connection closed.
 *
 * Layer: web.  libmicrohttpd is not strict and counts inactivity only, and shows a request
 * after it has read it.  So it never sees a client: for each connection the front has a
 * pair of sockets, gives one end to libmicrohttpd, and lets through it one request at a
 * time, whole heads and framed bodies alone.  Here are TLS, the number of connections, the
 * total time of each part of a request, the security headers of every answer, and the
 * draining at the end.  Threads of its own.
 */
#ifndef PENDEEN_WEB_FRONT_H
#define PENDEEN_WEB_FRONT_H

#include "base/err.h"
#include "web/proxy.h"
#include "web/tls.h"

struct front;

struct front_options {
    const char *address; /* numeric */
    uint16_t port;       /* 0: any that is free */
    struct tls *tls;     /* NULL: plain HTTP; outlives the front */
    const struct proxies *proxies; /* outlives the front */
    bool only_proxies;   /* others get 403 */
    int head_seconds;    /* 0: LIMIT_HEAD_SECONDS; the other times change in proportion */
    /* Takes one end of a pair, on which requests of this peer will come; false: cannot,
     * and the handle is closed already. */
    bool (*hand_on)(void *context, int handle, const struct sockaddr *peer, socklen_t size);
    void *context;
};

/* On the socket that was handed to this process (LISTEN_PID and LISTEN_FDS, as systemd does),
 * which has to be at that address; else on one of its own. */
enum st front_start(const struct front_options *options, struct front **ret, struct err *err) MUST_USE;
/* Raises this process's limit of handles as far as it may be raised.  How many are still missing
 * for all connections at once; 0: none. */
long front_handles_missing(void);
uint16_t front_port(const struct front *front);
/* Takes no more connections; ends when every request in flight has its answer, or after
 * LIMIT_DRAIN_SECONDS; frees.  Accepts NULL. */
void front_stop(struct front *front);

/* What pages may load and do, as every answer says it, but one that says its own; `images`:
 * further origins of pictures, each after a blank. */
#define FRONT_POLICY(images)                                                                   \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:" images     \
    "; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

#endif
