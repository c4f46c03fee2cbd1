/*
 * serve_network: the options of a server that say who may reach it, and how.
 *
 * Layer: cli.
 */
#ifndef PENDEEN_CLI_SERVE_NETWORK_H
#define PENDEEN_CLI_SERVE_NETWORK_H

#include "cli/sandbox.h"
#include "cli/store_place.h"
#include "web/server.h"

/* The words as they were typed; NULL: not given. */
struct serve_network {
    const char *address;
    const char *port;
    const char *certificate;
    const char *key;
    const char *proxies;
    const char *deadline;
    bool plain_http;
    char place[4][PLACE_SIZE]; /* what the sandbox's plan borrows */
};

#define NETWORK_HELP                                                                        \
    "  --address NUMBER  the address to listen on (default: 127.0.0.1)\n"                     \
    "  --port NUMBER     the port to listen on (default: 8420; 0: any that is free)\n"        \
    "  --tls-cert FILE   serve TLS with this certificate (PEM, with those above it)\n"        \
    "  --tls-key FILE    and this key; both are read again at SIGHUP\n"                       \
    "  --trusted-proxy LIST  proxies whose X-Forwarded-For or Forwarded counts, such as\n"    \
    "                    10.0.0.5,2001:db8::/64; without TLS only they may ask\n"             \
    "  --plain-http      let others than this machine ask without TLS\n"                      \
    "  --deadline SECONDS  how long the head of a request may take (default: 10); what\n"     \
    "                    else may take time changes in proportion\n"

/* What the settings say of it. */
struct settings;
struct serve_network serve_network_of(const struct settings *settings);
/* ST_INVALID says what is wrong. */
enum st serve_network_read(const struct serve_network *network, struct server_options *ret,
                           struct err *err) MUST_USE;
/* The certificate and its key are read again while serving. */
void serve_network_plan(struct serve_network *network, struct sandbox_plan *plan);
void serve_network_say(const struct serve_network *network, uint16_t port);

#endif
