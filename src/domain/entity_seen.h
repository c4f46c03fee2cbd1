/*
 * entity_seen: entities as one person may see them.
 *
 * Layer: domain.  The sets are solved by the same rules as in entity.h, over the
 * mentions of what the person may see (ACT_SEE_LINKS) and the decisions between them,
 * as if there were nothing else: the id, the members and the size of an entity, and
 * whether two are joined, tell nothing of a record that is kept from them.  What is
 * solved once is remembered in the scope.
 */
#ifndef PENDEEN_DOMAIN_ENTITY_SEEN_H
#define PENDEEN_DOMAIN_ENTITY_SEEN_H

#include "domain/entity.h"
#include "domain/scope.h"

/* The entity of a mention; 0: there is none, or it is not for this person. */
int64_t seen_entity(const struct scope *scope, int64_t mention);
/* The members that they may see, in rising order. */
size_t seen_members(const struct scope *scope, struct arena *arena, int64_t mention, int64_t **ret);
/* The mentions of a submission, in rising order; none when it is not for them. */
size_t seen_mentions_of(const struct scope *scope, struct arena *arena, int64_t submission,
                        int64_t **ret);
bool seen_mention(const struct scope *scope, int64_t mention);
/* May they decide on the entity of a mention: relate it, write notes on
 * it, say what is one origin? */
bool seen_decides(const struct scope *scope, int64_t mention);

/* Joined through decisions "same" alone? */
bool seen_joined_by_people(const struct scope *scope, int64_t a, int64_t b);
/* Would joining them put two into one entity that were said to be different? */
bool seen_kept_apart(const struct scope *scope, int64_t a, int64_t b, struct entity_decision *ret);

/* Entities of a kind by how many mentions of them this person sees, most first. */
size_t seen_largest(const struct scope *scope, struct arena *arena, enum link_kind kind,
                    size_t maximum, struct entity_size **ret);
/* All of a kind, whatever was named last first. */
size_t seen_newest(const struct scope *scope, struct arena *arena, enum link_kind kind,
                   struct entity_size **ret);

#endif
