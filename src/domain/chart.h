/* chart: people, vehicles, phones, accounts and places, and what joins them, as one person
 * may see it; grown from where they start.
 *
 * Layer: domain.  A line joins two entities that were named in the same submission; its strength is
 * the number of independent origins behind it (domain/corroborate.h), not the number of reports.  A
 * suggested line joins what may be one and the same, by the engine, and is decided by nobody yet.
 * A line that an analyst says is a relation carries its word.  Everything is made of what the scope
 * sees, afresh each time: what is kept from a person is in no line, number, group or path.
 *
 * Large networks are cut down, never silently: each open entity shows its strongest
 * CHART_EACH neighbours, and says how many are folded away; of what is named very often the newest
 * that was known then counts, and the chart says so.
 */
#ifndef PENDEEN_DOMAIN_CHART_H
#define PENDEEN_DOMAIN_CHART_H

#include "domain/scope.h"

enum {
    CHART_NODES_MAX = 500,
    CHART_EDGES_MAX = 4000,
    CHART_ASKED_MAX = 40, /* entities that one may start from, and have open */
    CHART_EACH = 18,
    CHART_SUGGESTED_EACH = 3,
    CHART_GROUPS_MAX = CHART_NODES_MAX / 2, /* a group has two at least */
};

struct chart_ask {
    int64_t seed[CHART_ASKED_MAX]; /* any mentions of the entities to start from */
    size_t seed_count;
    /* those whose neighbours are shown; seeds are open by themselves */
    int64_t open[CHART_ASKED_MAX];
    size_t open_count;
    bool path;         /* how the first two seeds are connected; seeds are not open then */
    instant_ms until;  /* as it was known at that moment; 0: now */
    unsigned hidden;   /* bits of enum link_kind that are left out */
    bool suggestions;  /* with the engine's suggested lines */
};

struct chart_node {
    int64_t entity;
    enum link_kind kind;
    struct str title;
    size_t submissions;
    instant_ms known; /* since when */
    bool seed;
    bool open;
    bool on_path;
    size_t folded; /* neighbours of an open one that are not shown */
    int group;     /* 0: the largest; -1: alone */
    bool broker;   /* without it, others here are not connected */
    double between; /* share of the shortest ways between others that go through it, 0 to 1 */
    double x;       /* 0 to 1 */
    double y;
};

struct chart_edge {
    size_t a; /* places of nodes, a < b */
    size_t b;
    size_t submissions;
    size_t origins; /* 0 of a suggested one */
    /* relations that analysts say (domain/relation.h), from `said_from` to the other end */
    struct str said;
    size_t said_from;
    instant_ms *known; /* when each submission came, oldest first */
    bool on_path;
    bool suggested;
    double bits;     /* of a suggested one */
    int64_t mention; /* its pair */
    int64_t other;
};

struct chart {
    struct chart_node *node;
    size_t node_count;
    struct chart_edge *edge; /* facts first, then suggestions */
    size_t edge_count;
    size_t folded;    /* neighbours left out, in all */
    bool truncated;   /* CHART_NODES_MAX was reached */
    bool newest;      /* of something in it only the newest mentions count */
    size_t steps;     /* with `path`: of the shortest way, shown or not; 0: there is none */
    size_t group_count;
    instant_ms first; /* the oldest and newest submission in it; 0: none */
    instant_ms last;
};

/* ST_NOT_FOUND: there is none of the seeds, or none for this person; of a path, either. */
enum st chart_read(const struct scope *scope, struct arena *arena, const struct chart_ask *ask,
                   struct chart *ret, struct err *err) MUST_USE;

/* --- parts, for chart_read and tests ---------------------------------------------------- */

/* The shortest way from one entity to another through what was named together (breadth
 * first), at most CHART_WAY_MAX entities with both ends; 0: none was found.  Places and
 * people that very many submissions name are gone through only when nothing else connects
 * them, since they connect everybody. */
enum { CHART_WAY_MAX = 12, CHART_WAY_LOOKED_AT = 20000, CHART_COMMON = 40 };
size_t chart_way(const struct scope *scope, struct arena *arena, int64_t from, int64_t to,
                 int64_t ret[static CHART_WAY_MAX]);

/* Positions (what is connected by itself: Kamada and Kawai 1989; Fruchterman and Reingold 1991
 * from 120 nodes; then beside each other), groups
 * (multilevel modularity, Blondel et al. 2008), and who stands between (Brandes 2001;
 * articulation points), by igraph.  The same chart comes out the same. */
enum st chart_shape(struct chart *chart, struct err *err) MUST_USE;

#endif
