#include "web/server.h"

#include "web/front.h"

#include <stdlib.h>

struct server {
    struct app *app;
    struct front *front;
    struct tls *tls;
    struct proxies proxies;
};

/* Beyond this machine nothing is served that somebody in between could read. */
static enum st judge_reach(const struct server_options *options, struct err *err)
{
    struct address address;
    if (!address_read(str_from(options->address), &address))
        return err_set(err, ST_INVALID, "'%s' is not a numeric address.", options->address);
    if (address_is_loopback(&address) || options->certificate_file || options->proxies.count ||
        options->plain_to_all)
        return ST_OK;
    err_set(err, ST_INVALID,
            "On %s others could read along: without TLS only this machine is served.",
            options->address);
    err_hint(err,
             "Give --tls-cert and --tls-key, or --trusted-proxy; or --plain-http, and know why.");
    return ST_INVALID;
}

static enum st open_all(struct server *server, const struct server_options *options,
                        struct err *err)
{
    enum st outcome = judge_reach(options, err);
    if (outcome == ST_OK && options->certificate_file)
        outcome = tls_open(options->certificate_file, options->key_file, &server->tls, err);
    if (outcome != ST_OK) return outcome;
    struct front_options front = {
        .address = options->address,
        .port = options->port,
        .tls = server->tls,
        .proxies = &server->proxies,
        .only_proxies = server->proxies.count && !server->tls && !options->plain_to_all,
        .head_seconds = options->head_seconds,
        .app = server->app,
        .synthetic = options->synthetic};
    return front_start(&front, &server->front, err);
}

enum st server_check(const struct server_options *options, struct err *err)
{
    struct tls *tls = NULL;
    enum st outcome = judge_reach(options, err);
    if (outcome == ST_OK && options->certificate_file)
        outcome = tls_open(options->certificate_file, options->key_file, &tls, err);
    tls_close(tls);
    return outcome;
}

enum st server_start(struct app *app, const struct server_options *options, struct server **ret,
                     struct err *err)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server) return err_set(err, ST_FAILED, "There is no memory left.");
    server->app = app;
    server->proxies = options->proxies;
    enum st outcome = open_all(server, options, err);
    if (outcome == ST_OK)
        *ret = server;
    else
        server_stop(server);
    return outcome;
}

uint16_t server_port(const struct server *server)
{
    return front_port(server->front);
}

enum st server_reload(struct server *server, struct err *err)
{
    return server->tls ? tls_reload(server->tls, err) : ST_OK;
}

void server_stop(struct server *server)
{
    if (!server) return;
    front_stop(server->front);
    tls_close(server->tls);
    free(server);
}
