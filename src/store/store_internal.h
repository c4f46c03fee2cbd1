/*
 * store_internal: the store itself, and what its parts ask of each other.
 *
 * Layer: store, private.  store.c opens it and keeps its connections, turn.c gives the turn of
 * writing and shares commits, query.c runs queries.
 */
#ifndef PENDEEN_STORE_STORE_INTERNAL_H
#define PENDEEN_STORE_STORE_INTERNAL_H

#include "store/engine.h"

#include <pthread.h>

enum { PLACE_MAX = 2048 };

struct store {
    const struct engine *engine;
    char folder[1004];
    char place[PLACE_MAX]; /* of the database: a path, or an address */
    int lock_file;
    pthread_mutex_t writing; /* the turn */
    struct db *writer;
    /* Transactions that ended their turn and wait for the commit that they share; looked at
     * within a turn. */
    struct member *group;
    struct member **group_end;
    struct member *unfinished; /* of the group: the first whose `finish` has not been called */
    size_t group_count;
    size_t last_group_count; /* so many are likely to come again */
    bool joined;            /* the one whose turn it is is a part of the group's transaction */
    bool has_part;          /* which can be undone alone */
    bool quiet;             /* and writes nothing that answers are made of */
    bool group_is_quiet;    /* so did all of the group */
    _Atomic size_t wanting; /* wait for the turn */
    _Atomic uint32_t settled;    /* how many groups have ended; waited for */
    _Atomic uint32_t working;    /* of the group: whose `work` goes on; waited for in a turn */
    _Atomic bool work_is_awaited;
    enum st (*before_turn)(void *context, struct db *db, struct err *err); /* may be NULL */
    void *before_turn_context;
    _Atomic uint64_t losses;
    pthread_mutex_t leading;
    struct db *leader; /* the connection that has the lead, or asks for it */
    _Atomic bool leads;
    pthread_mutex_t pooling;
    struct db *readers; /* that nobody uses now */
    struct keyring *keys;
};

/* turn.c.  In the turn: commits what waits for a commit, if anything does, and answers it. */
void turn_commit(struct store *store);

#endif
