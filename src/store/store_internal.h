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

enum { GROUP_MAX = 64 }; /* are written together; a power of two */

struct store {
    const struct engine *engine;
    char folder[1004];
    char place[PLACE_MAX]; /* of the database: a path, or an address */
    int lock_file;
    pthread_mutex_t writing; /* the turn */
    _Atomic int64_t turn_since; /* clock_tick_ns: since when somebody has it; 0: nobody */
    struct db *writer;
    /* Transactions that ended their turn and wait for the commit that they share; looked at
     * within a turn. */
    struct member *group;
    struct member **group_end;
    struct member *unfinished; /* of the group: the first whose `finish` has not been called */
    size_t group_count;
    bool wakes_all;            /* some of those that wait are settled */
    bool is_kept;              /* one of them sees to it that its commit comes */
    size_t last_group_count; /* so many are likely to come again */
    bool joined;            /* the one whose turn it is is a part of the group's transaction */
    bool has_part;          /* which can be undone alone */
    bool quiet;             /* and writes nothing that answers are made of */
    bool group_is_quiet;    /* so did all of the group */
    _Atomic size_t wanting; /* wait for the turn, to take it themselves */
    struct member *_Atomic arrived; /* wait for it to be taken for them; the newest first */
    struct member *_Atomic queue;   /* came before those; the oldest first; changed within a turn */
    _Atomic uint32_t events; /* changes when who waits should look again; waited for */
    /* What the group still has to find out: handed out in the order of the turns. */
    struct member *_Atomic offered[GROUP_MAX]; /* by their number, modulo */
    _Atomic uint32_t offered_count; /* since the start */
    _Atomic uint32_t taken_count;
    _Atomic uint32_t working;    /* whose `work` is not done; waited for in a turn */
    _Atomic bool work_is_awaited;
    _Atomic uint32_t helping;    /* threads that do some */
    uint32_t processors;         /* of the machine */
    _Atomic bool is_called;      /* one is, and not yet there */
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

/* This thread has it from here on; it has it no more. */
void store_lend(struct store *store, struct db *db);
void store_take_back(struct db *db);

#endif
