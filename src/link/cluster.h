/*
 * cluster: which things are one, from what people decided and what identifies.
 *
 * Layer: link (pure; the caller locks).  Things have places, 1, 2, 3 ... in the order in
 * which they come.  Two are joined by a link "same", or by an identifier that both carry,
 * unless a link "different" keeps their clusters apart.  Links are taken in their order,
 * then identifiers by place, so that the same things and links always give the same
 * clusters, whenever which of them came.  A cluster is known by its smallest place.
 *
 * A change of links solves anew only what it could touch: the things that links "same"
 * and identifiers connect with its two ends, before and after.  For each thing it is
 * kept which cluster took it, and by what: its lineage.
 */
#ifndef PENDEEN_LINK_CLUSTER_H
#define PENDEEN_LINK_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clusters;

struct cluster_link {
    uint32_t a;
    uint32_t b;
    bool same; /* else different */
};

/* Never NULL: without memory the program ends. */
struct clusters *clusters_new(void);
void clusters_free(struct clusters *clusters); /* accepts NULL */

/* A thing more; returns its place.  Things of different kinds are never one.
 * `identifier`: 0: nothing identifies it. */
uint32_t clusters_add(struct clusters *clusters, uint8_t kind, uint64_t identifier);
/* These are the links now, in their order.  Returns how many things were looked at. */
size_t clusters_decide(struct clusters *clusters, const struct cluster_link *links, size_t count);

/* The smallest place of the cluster. */
uint32_t clusters_root(const struct clusters *clusters, uint32_t place);
/* The next member of the cluster, round and round. */
uint32_t clusters_next(const struct clusters *clusters, uint32_t place);
/* The one that came before with the same identifier; 0: none. */
uint32_t clusters_before(const struct clusters *clusters, uint32_t place);
/* The same as clusters_root for links "same" alone, without identifiers. */
uint32_t clusters_root_by_links(const struct clusters *clusters, uint32_t place);
/* The first link "different" between the clusters of two things: its place among the
 * links, or SIZE_MAX. */
size_t clusters_apart(const struct clusters *clusters, uint32_t a, uint32_t b);

/* How a thing came to its cluster: whose root took it (0: it is the root), and the two
 * ends of the link "same" by which it did (0: by an identifier). */
struct cluster_lineage {
    uint32_t taken_by;
    uint32_t a;
    uint32_t b;
};
struct cluster_lineage clusters_lineage(const struct clusters *clusters, uint32_t place);

#endif
