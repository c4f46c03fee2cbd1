/*
 * app: what the running program holds, handed to every domain call.
 *
 * Layer: domain.  Made once at start and kept to the end; safe for threads.
 * The index and the entities are derived from the store and kept in memory: the
 * store is the truth, and a start rebuilds both.
 */
#ifndef PENDEEN_DOMAIN_APP_H
#define PENDEEN_DOMAIN_APP_H

#include "base/err.h"
#include "store/store.h"

#include <pthread.h>

struct link_index;
struct entities;
struct area;
struct keyring;
struct oidc;
struct registry;
struct waiting;
struct children;
struct naming;
struct map_memory;
struct storing;
struct running;
struct follow;
struct home_kept;
struct suggested;
struct opened;

struct app {
    struct store *store;
    struct keyring *keys; /* the store's */
    struct link_index *index;
    struct entities *entities;
    struct registry *registry; /* who may see which submission */
    struct waiting *waiting;   /* suggested pairs, heaviest first */
    struct children *children; /* who is in children's records, and who may see them */
    struct naming *naming;     /* names of accounts, to be found in words (domain/naming.h) */
    struct map_memory *map;    /* in which towns mentions are (domain/map_memory.h) */
    struct home_kept *home_kept; /* figures of first pages */
    struct suggested *suggested; /* what pages of records suggest */
    /* titles and names out of sealed fields, sealed; NULL: there is no memory */
    struct opened *opened;
    /* what other programs change in the same database; NULL: there are none */
    struct follow *follow;
    const struct area *area; /* borrowed from whoever started the app; may be NULL */
    struct oidc *oidc; /* likewise: sign-in by organisations' own providers; may be NULL */
    _Atomic unsigned webhook_kinds; /* what some webhook wants to be told (domain/webhook.h) */
    uint16_t reach_port[64]; /* where this process may connect to; reach_known false: anywhere */
    size_t reach_count;
    bool reach_known;
    const char *origin; /* "https://pendeen.example.org", as browsers see it; NULL: not said */
    /* "https://tiles.example.org/{z}/{x}/{y}.png"; NULL: the map asks nobody */
    const char *map_tiles;
    const char *map_credit; /* whose tiles these are; NULL: not said */
    bool synthetic;     /* the data folder holds made-up data */
    /* Submissions whose commit is on its way: in the index, so that of two that come together
     * the later one finds the earlier.  Looked at within a write transaction alone. */
    struct storing *pending;
    /* Those of them that are to go into the index: before its question, and with all that had
     * their turns before it, so that the turn waits for nobody who asks. */
    struct storing *_Atomic unindexed; /* the newest first */
    pthread_mutex_t indexing;
    /* From reading what people decided, or what webhooks want, until memory says so: of two
     * readings the later one is set last.  Who has it waits for no turn. */
    pthread_mutex_t rereading;
    /* Imports that run in threads of their own (domain/import_batch.h). */
    pthread_mutex_t import_lock;
    pthread_cond_t import_ended;
    int importing;
    struct running *imports; /* those that run, or are about to (domain/import_batch.c) */
    _Atomic bool stopping; /* they end at the next row */
    int64_t snapshot_last; /* the last mention of the snapshot that this start read; 0: none */
    char program[65];      /* which program this is, in hexadecimal digits (domain/snapshot.h) */
};

/* Opens the data folder, migrates it, rebuilds index and entities. `progress`
 * (may be NULL) is told how many mentions are in. */
enum st app_open(struct app *ret, const char *folder, void (*progress)(void *, int64_t),
                 void *context, struct err *err) MUST_USE;
/* The same, with the key ring in another place or behind a passphrase. */
struct app_start {
    struct store_start store;
    void (*progress)(void *context, int64_t mentions); /* may be NULL */
    void *context;
};
enum st app_open_with(struct app *ret, const struct app_start *start, struct err *err) MUST_USE;
/* Accepts an app that failed to open. */
void app_close(struct app *app);

#endif
