/*
 * network: what the address of a network chart says, and addresses of others.
 *
 * Layer: web.  The whole state of a chart is in its address, which holds numbers and a day
 * alone, so that it works without JavaScript, can be kept, and tells nothing to who reads it.
 */
#ifndef PENDEEN_WEB_NETWORK_H
#define PENDEEN_WEB_NETWORK_H

#include "domain/chart.h"
#include "web/route.h"

enum { CHART_WIDTH = 960 };

struct network_state {
    struct chart_ask ask;
    int64_t from; /* of the shortest way between two; else 0 */
    int64_t to;
    bool chosen;  /* the kinds were chosen; else all are shown */
    struct str until; /* as typed */
    int64_t view; /* that was saved, whose positions count; 0: none */
    struct str problem;
};

/* What a saved view holds, as the state of a chart. */
struct chart_view;
struct network_state network_state_of_view(const struct chart_view *view);
/* Out of the request's fields.  A day that cannot be read is left out, with `problem`. */
struct network_state network_state_of(struct request *request);
/* The address of this chart by another route; `open`: with this entity opened too (0: as it is). */
struct url network_url(struct arena *arena, enum route_id route, const struct network_state *state,
                       int64_t open);
/* A chart that starts from one entity. */
struct url network_url_from(struct arena *arena, int64_t entity);
/* "12,15": mentions as the address has them. */
struct str network_ids(struct arena *arena, const int64_t *ids, size_t count);

/* Reads it, and writes down that it was.  Things stand where the view that the request names has
 * them (`view`). */
enum st network_chart(struct request *request, const struct network_state *state,
                      enum audit_kind kind, const char *action, struct chart *ret,
                      struct err *err) MUST_USE;

/* The page of the chart; `problem`: with a view that was not kept, empty when there is none. */
void network_draw(struct request *request, struct response *response, struct str problem);

/* A shape around 0,0 as an SVG path, and a letter, for each kind. */
const char *network_shape(enum link_kind kind);
const char *network_letter(enum link_kind kind);
struct str network_day(struct arena *arena, instant_ms instant);
/* Nobody said it, and nothing names both: the engine suggests it. */
bool network_is_suggested(const struct chart_edge *edge);
/* "Named together", "May be the same: likely", "“Daz” uses “WK07 HJB”": what joins two. */
struct str network_edge_what(struct arena *arena, const struct chart *chart,
                             const struct chart_edge *edge);
/* "Named together in 2 submissions, by 2 independent origins, since 3 May 2026" */
struct str network_edge_words(struct arena *arena, const struct chart *chart,
                              const struct chart_edge *edge);

/* Where a node is in a picture of CHART_WIDTH by this height. */
double network_height(const struct chart *chart);
double network_x(const struct chart_node *node);
double network_y(const struct chart_node *node, double height);
/* And back: 0 to 1. */
double network_place_x(double x);
double network_place_y(double y, double height);

#endif
