/*
 * nearby: addresses that mean this machine itself, or one that only its neighbours have.
 *
 * Layer: net.  What an administrator types as the address of another machine may not lead back
 * into this one, nor to the machine that hands out the keys of a cloud (169.254.169.254).  Private
 * networks (10/8, 192.168/16, fc00::/7) are where partners are, and are not nearby.
 */
#ifndef PENDEEN_NET_NEARBY_H
#define PENDEEN_NET_NEARBY_H

#include "base/str.h"

#include <sys/socket.h>

/* Loopback, link-local, unspecified, multicast or reserved; IPv4 within IPv6 is read as IPv4. */
bool nearby_address(const struct sockaddr *address);
/* The same of a host as a URL has it, with or without its port: a literal in any form that
 * resolvers take ("127.1", "0xA9FEA9FE", "2852039166", "[::ffff:169.254.1.1]"), or a name that
 * means this machine ("localhost").  False of any other name: what it leads to is looked at when
 * it is connected to. */
bool nearby_host(struct str host);

#endif
