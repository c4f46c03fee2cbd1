/*
 * pages: the handlers that route.def names, one file for each family
 * (page_home.c, page_share.c, ...).
 *
 * Layer: web.
 */
#ifndef PENDEEN_WEB_PAGES_H
#define PENDEEN_WEB_PAGES_H

#include "web/route.h"

#define ROUTE(name, method, pattern, handler, capability, csrf, body, rate, audit) \
    void handler(struct request *request, struct response *response);
#include "web/route.def"
#undef ROUTE

#endif
