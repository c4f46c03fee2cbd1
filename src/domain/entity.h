/*
 * entity: which mentions are one person, vehicle, phone, account or place.
 *
 * Layer: domain.  Nothing is stored for an entity.  It is the set of mentions
 * that are joined by active decisions "same", or that carry the same strong
 * identifier (a whole registration, a phone number, an email, a handle with its
 * platform), and not kept apart by an active decision "different".  Its id is
 * the smallest mention id in it, so that merging and un-merging leave nothing
 * behind: withdraw the decision, and the sets are what they were.
 *
 * Here is the whole of it; what one person sees of it is in entity_seen.h, and pages
 * ask that.
 *
 * The sets are solved by link/cluster.h: a mention that comes is added to its set, a
 * decision solves anew only what it connects.  Order
 * is fixed (decisions by id, then mentions by id), so the same decisions give
 * the same sets.  Safe for threads: readers side by side, writers alone.
 */
#ifndef PENDEEN_DOMAIN_ENTITY_H
#define PENDEEN_DOMAIN_ENTITY_H

#include "base/err.h"
#include "domain/mention.h"

struct arena;
struct entities;

enum verdict { VERDICT_SAME, VERDICT_DIFFERENT, VERDICT_UNSURE, VERDICT_COUNT };

const char *verdict_name(enum verdict verdict);
bool verdict_from_name(struct str name, enum verdict *ret);

struct entity_decision {
    int64_t mention_a;
    int64_t mention_b;
    enum verdict verdict;
};

struct entities *entities_new(void);
void entities_free(struct entities *entities); /* accepts NULL */

/* A mention that was stored.  Ids come in rising order. */
void entities_add(struct entities *entities, int64_t mention, int64_t submission,
                  enum link_kind kind, const struct str field[static LINK_FIELDS]);
/* The hash of what identifies a mention beyond doubt; 0 when nothing does. */
uint64_t entity_strong(enum link_kind kind, const struct str field[static LINK_FIELDS]);
/* The same from that, or from what entities_known said of it. */
void entities_add_known(struct entities *entities, int64_t mention, int64_t submission,
                        enum link_kind kind, uint64_t strong);
/* What the entities hold of the i-th mention, in rising order: for domain/snapshot.h. */
struct entity_known {
    int64_t mention;
    int64_t submission;
    uint64_t strong; /* hash of what identifies it beyond doubt; 0: nothing */
    enum link_kind kind;
};
struct entity_known entities_known(const struct entities *entities, size_t i);
/* These are the active decisions now, by id: solves the sets anew. */
void entities_decide(struct entities *entities, const struct entity_decision *decisions,
                     size_t count);

/* The entity of a mention; 0 when there is no such mention. */
int64_t entity_of(const struct entities *entities, int64_t mention);
/* Its members in rising order; 0 when there is no such mention. */
size_t entity_members(const struct entities *entities, struct arena *arena, int64_t entity,
                      int64_t **ret);
/* All that might be one thing with it, by decisions "same" and strong identifiers, whatever
 * keeps them apart: what anybody sees as one entity lies within.  Its smallest mention; 0 when
 * there is no such mention. */
int64_t entity_near(const struct entities *entities, int64_t mention);
size_t entity_near_members(const struct entities *entities, struct arena *arena, int64_t mention,
                           int64_t **ret);
enum link_kind entity_kind(const struct entities *entities, int64_t mention);
int64_t entity_submission(const struct entities *entities, int64_t mention);
/* The same of many: ret[i] is that of mention[i]. */
void entity_submissions(const struct entities *entities, const int64_t *mention, size_t count,
                        int64_t *ret);
/* The mentions of one submission in rising order. */
size_t entity_mentions_of(const struct entities *entities, struct arena *arena, int64_t submission,
                          int64_t **ret);

/* How many mentions an entity has, for lists (entity_seen.h). */
struct entity_size {
    int64_t entity;
    int64_t newest; /* mention */
    int mentions;
};
size_t entities_count(const struct entities *entities); /* mentions */

#endif
