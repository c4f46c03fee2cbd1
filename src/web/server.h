/*
 * server: HTTP, from what an operator says of it.
 *
 * Layer: web.  Judges who could be reached, reads the certificate, opens the front (web/front.h).
 */
#ifndef PENDEEN_WEB_SERVER_H
#define PENDEEN_WEB_SERVER_H

#include "domain/app.h"
#include "web/proxy.h"

struct server;

struct server_options {
    const char *address; /* numeric; "127.0.0.1" unless an operator says otherwise */
    uint16_t port;       /* 0: any that is free */
    bool synthetic;
    const char *certificate_file; /* both, in PEM: serves TLS; NULL: plain HTTP */
    const char *key_file;
    struct proxies proxies; /* whose word on the address of a client counts */
    bool plain_to_all;      /* plain HTTP, beyond this machine, to more than the proxies */
    int head_seconds;       /* 0: as in limits.h */
};

/* Who could be reached, and whether the certificate is good: as server_start looks at it. */
enum st server_check(const struct server_options *options, struct err *err) MUST_USE;
/* Listens and answers on threads of its own until server_stop. */
enum st server_start(struct app *app, const struct server_options *options, struct server **ret,
                     struct err *err) MUST_USE;
uint16_t server_port(const struct server *server);
/* Reads the certificate and its key anew; what was there goes on when they are not good.
 * Without TLS it does nothing. */
enum st server_reload(struct server *server, struct err *err) MUST_USE;
/* Takes no more connections, lets requests in flight end, frees. */
void server_stop(struct server *server);

#endif
