/*
 * partnership_world: the hidden truth behind the reports.
 *
 * Layer: synth, for partnership_*.c alone.  Networks are small groups of adults
 * and the children they come near, with shared cars and places; beside them live
 * people who have nothing to do with them, some of whom look like them.
 */
#ifndef PENDEEN_SYNTH_PARTNERSHIP_WORLD_H
#define PENDEEN_SYNTH_PARTNERSHIP_WORLD_H

#include "base/arena.h"
#include "base/buf.h"
#include "synth/partnership.h"

enum { NETWORK_ADULTS_MAX = 5, NETWORK_CHILDREN_MAX = 4, NETWORK_PLACES_MAX = 4 };

struct synth_network {
    int32_t adult[NETWORK_ADULTS_MAX];
    int32_t child[NETWORK_CHILDREN_MAX];
    int32_t place[NETWORK_PLACES_MAX];
    int32_t adult_count, child_count, place_count;
    int32_t forum;
};

struct synth_world {
    struct synth_network *network;
    int32_t network_count;
    int32_t *adult; /* people outside the networks */
    int32_t adult_count;
    int32_t *child;
    int32_t child_count;
    int32_t *place; /* every public place */
    int32_t place_count;
    int32_t *first_relation; /* of an entity; [entity_count] closes the last */
};

/* Fills entity, relation, organisation, account and world. */
void synth_world_build(struct arena *arena, struct synth_partnership *partnership);

/* Something of this kind that the person uses, frequents or lives at, the first
 * ones oftener; -1 when there is none. */
int32_t synth_world_pick(const struct synth_partnership *partnership, struct synth_random *random,
                         int32_t person, enum link_kind kind);

/* Fills fields, evidence and linkable of a mention of the entity as somebody saw
 * it on that day; kind and entity are set too.  False when nothing at all was
 * seen that could be written down (partnership_observe.c). */
bool synth_observe(const struct synth_partnership *partnership, struct synth_random *random,
                   struct arena *arena, int32_t entity, int32_t day, struct synth_mention *ret);

/* The narrative and mentions of a report from a story of words_stories.def
 * (partnership_story.c).  Day, organisation and account are set already. */
void synth_story_tell(const struct synth_partnership *partnership, struct synth_random *random,
                      struct arena *arena, struct synth_report *report);

#endif
