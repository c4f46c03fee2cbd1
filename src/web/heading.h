/*
 * heading: the headers of one request, by name.
 *
 * Layer: web.  Pure.  Only for a head that the guard found good (web/guard.h); the views point
 * into its bytes.
 */
#ifndef PENDEEN_WEB_HEADING_H
#define PENDEEN_WEB_HEADING_H

#include "base/str.h"
#include "web/limits.h"

struct heading {
    struct {
        struct str name;
        struct str value;
    } line[LIMIT_HEADERS];
    size_t count;
};

/* Of a head with its first line and its empty one. */
void heading_read(struct str head, struct heading *ret);
/* Of several lines the first; without a pointer: there is none. */
struct str heading_value(const struct heading *heading, struct str name);
/* Several lines of one header are one list (RFC 9110, 5.3); empty: none. */
struct str heading_list(struct arena *arena, const struct heading *heading, struct str name);
/* One cookie of the value of that header, as it came; of several of a
 * name the first; empty: none. */
struct str heading_cookie(struct str cookies, struct str name);

#endif
