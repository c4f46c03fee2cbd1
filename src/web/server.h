/*
 * server: HTTP.  The one file that knows libmicrohttpd.
 *
 * Layer: web.  Reads a request within its limits, hands it to the dispatcher,
 * sends the answer.  What libmicrohttpd would let pass (two Content-Length or
 * Host headers, a length together with a transfer coding) is refused with 400;
 * a request that is not complete after 60 seconds is dropped.
 */
#ifndef PENDEEN_WEB_SERVER_H
#define PENDEEN_WEB_SERVER_H

#include "domain/app.h"

struct server;

struct server_options {
    const char *address; /* numeric; "127.0.0.1" unless an operator says otherwise */
    uint16_t port;       /* 0: any that is free */
    bool synthetic;
};

/* Listens and answers on threads of its own until server_stop. */
enum st server_start(struct app *app, const struct server_options *options, struct server **ret,
                     struct err *err) MUST_USE;
uint16_t server_port(const struct server *server);
/* Takes no more connections, lets requests in flight end, frees. */
void server_stop(struct server *server);

#endif
