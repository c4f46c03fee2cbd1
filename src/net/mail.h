/*
 * mail: one message to one person, handed to a mail server.
 *
 * Layer: net, on libcurl (SMTP, RFC 5321; the message is RFC 5322 with UTF-8 text).  Waits for
 * the server, at most MAIL_SECONDS: call it from a thread that may wait.  To another machine
 * always under TLS with its certificate checked; without only to this one.
 */
#ifndef PENDEEN_NET_MAIL_H
#define PENDEEN_NET_MAIL_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

enum { MAIL_SECONDS = 20 };

struct mail_server {
    struct str url;      /* "smtp://mail.example.org:587" or "smtps://…" */
    struct str user;     /* empty: no sign-in */
    struct str password;
    struct str ca_file;  /* certificates to trust instead of the system's; empty: those */
    struct str from;     /* an address */
};

struct mail_message {
    struct str to;      /* an address */
    struct str subject; /* one line */
    struct str body;    /* lines that end with \n */
    struct str id;      /* what stands before the @ of its Message-ID */
    instant_ms at;
};

/* ST_BUSY: not now, try again; ST_INVALID: never, such as an address that the server refuses.
 * `detail` says which; it holds no address. */
enum st mail_send(struct arena *arena, const struct mail_server *server,
                  const struct mail_message *message, struct err *err) MUST_USE;
/* Is this the URL of a mail server: smtp:// or smtps://, a name and perhaps a port? */
bool mail_url_allowed(struct str url);
/* The port that it is reached at. */
uint16_t mail_url_port(struct str url);
/* One address and nothing else: no space, no line break, no brackets, one @. */
bool mail_address_allowed(struct str address);

#endif
