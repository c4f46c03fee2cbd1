/*
 * proxy: who is in front of us, and what it is believed.
 *
 * Layer: web.  A proxy says in a header whose request it hands on.  Anybody can write such
 * a header, so it counts only from an address in the operator's list, and of the addresses
 * in it only those that a listed proxy added (read from the end).  Pure.
 */
#ifndef PENDEEN_WEB_PROXY_H
#define PENDEEN_WEB_PROXY_H

#include "base/str.h"

#include <sys/socket.h>

/* An address of either kind; IPv4 as ::ffff:a.b.c.d. */
struct address {
    uint8_t byte[16];
};

enum { PROXIES_MAX = 32, ADDRESS_TEXT = 46 };

struct proxies {
    struct {
        struct address address;
        int bits;
    } network[PROXIES_MAX];
    size_t count;
};

/* "10.0.0.5,2001:db8::/64"; false at what is no address or network, or at too many. */
bool proxies_read(struct str list, struct proxies *ret);
bool proxies_have(const struct proxies *proxies, const struct address *address);

/* "192.0.2.1", "192.0.2.1:5040", "2001:db8::1", "[2001:db8::1]:443" */
bool address_read(struct str text, struct address *ret);
bool address_of(const struct sockaddr *socket_address, struct address *ret);
bool address_is_loopback(const struct address *address);
/* What one household or machine has: an IPv4 address, or a /64. */
struct address address_site(const struct address *address);
void address_write(const struct address *address, char ret[static ADDRESS_TEXT]);

/* The headers of one request, as they came; empty when they did not. */
struct forwarding {
    struct str for_list; /* X-Forwarded-For; several lines are joined by commas */
    struct str protocol; /* X-Forwarded-Proto */
    struct str forwarded; /* Forwarded, RFC 7239; joined the same */
};

struct origin {
    struct address address;
    bool https; /* between browser and proxy */
};

/* Whose request it is that `peer` sent.  False: a listed proxy sent both kinds of header,
 * of which one is not its own, and nobody can say which. */
bool proxy_origin(const struct proxies *proxies, const struct address *peer,
                  const struct forwarding *forwarding, struct origin *ret);

#endif
