/*
 * serve_sandbox: what a server still has to reach once it has started.
 *
 * Layer: cli.  The data folder; the key ring's folder and the checkpoint's, where they are
 * apart; and, when there are providers of sign-ins or the database is another program, what
 * asking them takes.  The area pack
 * is in memory by then.
 */
#ifndef PENDEEN_CLI_SERVE_SANDBOX_H
#define PENDEEN_CLI_SERVE_SANDBOX_H

#include "cli/partnership.h"
#include "cli/sandbox.h"
#include "cli/store_place.h"

struct serve_sandbox {
    struct sandbox_plan plan; /* borrows from here and from the partnership */
    char keys[PLACE_SIZE];
    char checkpoint[PLACE_SIZE];
    struct store_peers peers;
    char mail[PLACE_SIZE]; /* certificates */
};

/* `checkpoint` NULL: it is in the data folder.  Leaves mode and listening port alone. */
void serve_sandbox_plan(const struct partnership *partnership, const char *checkpoint,
                        struct serve_sandbox *ret);

/* What handing mail over takes; NULL: there is no mail server. */
struct mail_server;
void serve_sandbox_mail(const struct mail_server *server, struct serve_sandbox *ret);

/* Where webhooks are that there are now, and further ports that new ones may be at.  The last
 * to be planned: the app is told where the server may connect to. */
void serve_sandbox_webhooks(struct app *app, const uint16_t *port, size_t count,
                            struct serve_sandbox *ret);

#endif
