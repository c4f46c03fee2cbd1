/*
 * index: the inside of the live index, for the files that share it.
 *
 * Layer: link, private.  Mentions have places, numbers that rise with insertion and
 * are not given out again; a posting list holds the places of a key in rising order.
 */
#ifndef PENDEEN_LINK_INDEX_H
#define PENDEEN_LINK_INDEX_H

#include "link/compare.h"
#include "link/link.h"
#include "link/packed.h"
#include "link/plates.h"
#include "link/posting.h"
#include "link/weights.h"

#include <pthread.h>

struct link_index {
    pthread_rwlock_t lock;
    struct packed **record; /* by place; NULL: removed */
    int64_t *id;            /* by place */
    uint32_t count;         /* places used */
    uint32_t capacity;
    size_t live;
    uint64_t changes;
    size_t mentions[LINK_KINDS];
    size_t record_bytes;
    uint32_t *slot; /* place + 1 by hash of the id; 0: empty */
    uint32_t slots; /* a power of two */
    struct postings postings;
    struct posting_gathered *gathered; /* while many are built into an empty index; else NULL */
    struct values values;
    struct plates plates;
    struct link_weights weights; /* in force */
};

/* What goes into an index (link.h). */
struct link_ready {
    struct link_ready *next;
    size_t count; /* of keys */
    struct packing packing;
    struct record_key key[RECORD_KEYS_MAX];
    struct record record;
};

/* Puts a record into the index, which is locked for writing; its words are to be settled
 * (link_words_settle).  As link_index_insert. */
enum st link_index_keep(struct link_index *index, const struct record *record,
                        const struct packing *packing, const struct record_key *keys, size_t count,
                        struct err *err);
/* As new, but for its lock and its weights. */
void link_index_empty(struct link_index *index);
/* The record of a mention, whose texts borrow from the index; false: there is none. */
bool link_index_open(const struct link_index *index, int64_t id, struct record *ret);
/* Makes room for so many mentions, as far as they are sure to need it. */
void link_index_expect(struct link_index *index, size_t mentions);
/* Where a mention's id will go is on its way. */
void link_index_fetch(const struct link_index *index, int64_t id);

/* A query's memory of how often keys stand in the index: candidates share most. */
enum { MEMO_BITS = 9 };
struct count_slot {
    uint64_t key;
    uint32_t count;
};
struct count_memo {
    const struct link_index *index;
    struct link_admit admit;
    struct count_slot *slot; /* those below, or more that somebody else has */
    int bits;
    struct count_slot own[1 << MEMO_BITS];
};
/* Under the lock, as is what it answers.  With `admit`, a value is as rare as it is among
 * the reports that count, and the size of the whole index shows only to a power of two. */
struct compare_counts link_index_counts(const struct link_index *index, struct link_admit admit,
                                        enum link_kind kind, struct count_memo *memo);

/* What may weigh `minimum_bits` with a record whose words are asked: places, each once.
 * At most CANDIDATES_MAX, chosen by what the index holds alone, of reports that
 * count. */
enum { CANDIDATES_MAX = 400 };
size_t link_candidates(const struct link_index *index, struct link_admit admit,
                       const struct record *record, const struct compare_counts *counts,
                       double minimum_bits, uint32_t ret[static CANDIDATES_MAX]);

static inline pthread_rwlock_t *link_index_lock(const struct link_index *index)
{
    return (pthread_rwlock_t *)(uintptr_t)&index->lock; /* locking does not change what is in it */
}

#endif
