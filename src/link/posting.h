/*
 * posting: for each key, the places of the mentions that carry it.
 *
 * Layer: link, private.  A hash table with open addressing; a list rises, since
 * places are given out in order.  Most keys are on one mention, whose place then
 * lies in the slot itself.
 */
#ifndef PENDEEN_LINK_POSTING_H
#define PENDEEN_LINK_POSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct posting_slot;
struct posting_list;

struct postings {
    struct posting_slot *slot;
    uint32_t size; /* a power of two */
    uint32_t used;
    struct posting_list *list;
    uint32_t lists;
    uint32_t list_capacity;
    size_t list_bytes;
};

/* The mentions of a key; valid until the next change. */
struct posting {
    uint64_t key;
    const uint32_t *place;
    uint32_t count;
};

void link_postings_init(struct postings *postings);
void link_postings_done(struct postings *postings);
struct posting link_postings_find(const struct postings *postings, uint64_t key);
/* Makes room for so many keys. */
void link_postings_expect(struct postings *postings, size_t keys);
/* Asks the processor for what adding to a key will touch: first its slot, some keys later
 * its list, then the end of that. */
enum postings_ahead { AHEAD_KEY, AHEAD_LIST, AHEAD_END };
void link_postings_fetch(const struct postings *postings, uint64_t key, enum postings_ahead ahead);
/* `place` is above every place that the key has. */
void link_postings_add(struct postings *postings, uint64_t key, uint32_t place);
/* Many for a table that is empty, gathered by where their slots will be, so that the table is
 * filled piece by piece in the processor's cache.  What comes out answers as if they had been
 * added one after another; no list is longer than it must be. */
struct posting_gathered;
struct posting_gathered *link_postings_gather(const struct postings *postings);
void link_postings_gather_add(struct posting_gathered *gathered, uint64_t key, uint32_t place);
/* Frees what was gathered. */
void link_postings_fill(struct postings *postings, struct posting_gathered *gathered);
void link_postings_remove(struct postings *postings, uint64_t key, uint32_t place);
size_t link_postings_bytes(const struct postings *postings);

/* For snapshot.h: the slots as bytes, and the lists by number. */
size_t link_postings_slot_size(void);
/* How long each list is; the caller frees it. */
uint32_t *link_postings_counts(const struct postings *postings);
const uint32_t *link_postings_list(const struct postings *postings, uint32_t list);
/* Takes the slots over, in place of its own; room for the lists, which are to be made. */
void link_postings_replace(struct postings *postings, void *slot, uint32_t size, uint32_t used,
                           uint32_t lists);
uint32_t *link_postings_make(struct postings *postings, uint32_t list, uint32_t count);

#endif
