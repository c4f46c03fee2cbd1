/* front: the door.  Takes connections, reads what comes with the guard, has good requests
 * answered (web/exchange.h), and answers everything else itself and closes the connection.
 *
 * Layer: web.  Some threads wait for events together (web/watch.h).  Whoever gets one takes what
 * came, judges it, makes the answer and sends it, while the next one waits: no request passes from
 * thread to thread, and one whose answer waits for the disk keeps nobody else.  A further thread
 * looks after the time.  Here are TLS, the number of connections, the total time of each part of a
 * request, the security headers of every answer, and the draining at the end.
 */
#ifndef PENDEEN_WEB_FRONT_H
#define PENDEEN_WEB_FRONT_H

#include "domain/app.h"
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
    struct app *app;
    bool synthetic;
};

/* On the socket that was handed to this process (LISTEN_PID and LISTEN_FDS, as systemd does),
 * which has to be at that address; else on one of its own. */
enum st front_start(const struct front_options *options, struct front **ret,
                    struct err *err) MUST_USE;
/* Raises this process's limit of handles as far as it may be raised.  How many are still missing
 * for all connections at once; 0: none. */
long front_handles_missing(void);
uint16_t front_port(const struct front *front);
/* Takes no more connections; ends when every request in flight has its answer, or after
 * LIMIT_DRAIN_SECONDS; frees.  Accepts NULL. */
void front_stop(struct front *front);

#endif
