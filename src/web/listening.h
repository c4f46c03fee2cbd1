/*
 * listening: the socket at which a server takes connections, opened here or handed over by systemd.
 *
 * Layer: web.
 */
#ifndef PENDEEN_WEB_LISTENING_H
#define PENDEEN_WEB_LISTENING_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct listening {
    int handle; /* the caller closes it */
    uint16_t port;
    bool handed; /* by whoever started the program, and kept there (sd_listen_fds(3)) */
};

/* `address` is numeric, IPv4 or IPv6; `port` 0 takes any that is free.  ST_FAILED: it cannot be
 * opened; ST_INVALID: no such address, or what was handed over is not a socket that listens there.
 * In both cases `handle` is -1. */
enum st listening_open(const char *address, uint16_t port, struct listening *ret,
                       struct err *err) MUST_USE;

#endif
