/*
 * metrics: how much is asked and how long it takes, in figures (Prometheus' text format), and
 * a line for each request where the operator wants one.
 *
 * Layer: web.  Counters of this process, by the name of a route and the status: no address, no
 * account, no record, nothing that anybody typed.  Safe for threads; counting takes no lock.
 */
#ifndef PENDEEN_WEB_METRICS_H
#define PENDEEN_WEB_METRICS_H

#include "base/buf.h"
#include "domain/app.h"
#include "web/route.h"

/* One answer is made. `route` NULL: no route was found. */
void metrics_count(const struct route *route, int status, int64_t nanoseconds);
/* All figures, with those of the store; what the store does not answer is left out. */
void metrics_write(struct app *app, struct buf *out);

/* Who may read them beside this machine itself: whoever has this token; empty: nobody. */
void metrics_set_token(struct str token);
bool metrics_token_fits(struct str token);

/* From now on each request and each failure is a line of JSON (RFC 8259) on standard error:
 * name of the route and status, or what failed; never a path, a query or a header. */
void metrics_log_json(bool on);
/* What only the operator may see of a failure: a line of text, or of JSON. */
void metrics_log_failure(const char *what, const char *detail);

#endif
