/*
 * memory: what a writing connection knows of the transaction it is in.
 *
 * Layer: store, private.  Many turns are written in one transaction; the largest ids, the head
 * of the audit and where the month's key stands are read once for all of them, and the head is
 * written once, before the commit.  Nobody else writes meanwhile.  It is gone with the
 * transaction, and is what it was when a part is undone.
 */
#ifndef PENDEEN_STORE_MEMORY_H
#define PENDEEN_STORE_MEMORY_H

#include "seal/keyring.h"
#include "seal/merkle.h"
#include "store/store.h"

enum { MEMORY_IDS = 8 };

struct memory {
    bool on; /* in a turn of writing; elsewhere nothing is remembered */
    struct {
        enum query_id largest;
        int64_t last;
    } ids[MEMORY_IDS];
    size_t ids_count;
    bool head_known;
    uint64_t head_stored; /* the size that is in the store */
    struct merkle_frontier head;
    /* As it is wrapped, by its use. */
    struct memory_key {
        int64_t month;
        int64_t id; /* 0: not known */
        uint32_t kek;
        uint8_t wrapped[SEAL_WRAPPED_SIZE];
    } month_key[2];
};

#endif
