/* profile: everything that is known of one person, vehicle, phone, account or
 * place.
 *
 * Layer: domain.  Made of what the person may see alone, afresh from mentions and decisions each
 * time it is read; nothing of it is stored.
 */
#ifndef PENDEEN_DOMAIN_PROFILE_H
#define PENDEEN_DOMAIN_PROFILE_H

#include "domain/corroborate.h"
#include "domain/decision.h"
#include "domain/scope.h"

enum {
    PROFILE_MENTIONS_MAX = 200, /* the newest of a larger entity */
    PROFILE_RELATIONS_MAX = 40,
    NETWORK_NODES_MAX = 40,
    NETWORK_EDGES_MAX = 160,
};

struct profile_mention {
    struct mention mention;
    const struct submission *report; /* whole, as the reader sees it */
    struct str title;
    struct str reference;
    struct str sector;
    enum how_known how_known;
    int32_t day; /* when it was seen, or else reported */
    instant_ms created_at;
};

/* One value of one field, and in how many mentions it stands. */
struct profile_value {
    enum link_field field;
    struct str value;
    int times;
};

/* Another entity, named in the same submissions. */
struct profile_relation {
    int64_t entity;
    enum link_kind kind;
    struct str title;
    int times; /* submissions that name both */
};

struct profile {
    int64_t entity;
    enum link_kind kind;
    struct str title;
    size_t mention_total; /* all of them, also those not listed */
    struct profile_mention *mention; /* oldest first */
    size_t mention_count;
    size_t submissions;
    size_t origins;      /* independent */
    struct corroboration corroboration; /* and why */
    int32_t first_seen; /* days */
    int32_t last_seen;
    struct profile_value *value; /* by field, most frequent first */
    size_t value_count;
    struct profile_relation *relation; /* most frequent first */
    size_t relation_count;
};

/* `mention` may be any mention of it.  ST_NOT_FOUND also for what this person may
 * not see. */
enum st profile_read(struct app *app, struct arena *arena, const struct person *who,
                     int64_t mention, struct profile *ret, struct err *err) MUST_USE;

struct network_node {
    int64_t entity;
    enum link_kind kind;
    struct str title;
    int hops;      /* from the middle: 0, 1 or 2 */
    size_t parent; /* the node that led here */
};
struct network_edge {
    size_t a; /* places of nodes */
    size_t b;
    int times;
};
struct network {
    struct network_node node[NETWORK_NODES_MAX];
    size_t node_count;
    struct network_edge edge[NETWORK_EDGES_MAX];
    size_t edge_count;
};

/* What is within two hops of a profile, nearest and most frequent first. */
enum st network_read(const struct scope *scope, struct arena *arena, const struct profile *profile,
                     struct network *ret, struct err *err) MUST_USE;

/* The title of an entity: that of its mention which says most, of those in scope. */
enum st entity_title(const struct scope *scope, struct db *db, struct arena *arena, int64_t entity,
                     struct str *ret, struct err *err) MUST_USE;
/* The same of several at once. */
enum st entity_titles(const struct scope *scope, struct db *db, struct arena *arena,
                      const int64_t *entity, size_t count, struct str *ret,
                      struct err *err) MUST_USE;
/* The same by its members (seen_members), when they are at hand. */
enum st entity_title_of(const struct scope *scope, struct db *db, struct arena *arena,
                        const int64_t *ids, size_t count, struct str *ret,
                        struct err *err) MUST_USE;
/* The titles of several mentions, each by itself, that this person was found to see. */
enum st mention_titles(const struct scope *scope, struct db *db, struct arena *arena,
                       const int64_t *mention, size_t count, struct str *ret,
                       struct err *err) MUST_USE;

#endif
