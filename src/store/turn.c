/*
 * turn: the turn of writing, and the commit that those share who come at once.
 *
 * Group commit: DeWitt and others, "Implementation Techniques for Main Memory Database
 * Systems", SIGMOD 1984; who is waited for: docs/decisions/0111; what is done outside a turn and
 * written before the commit: 0117; who takes turns for others: 0130.
 *
 * Flat combining: Hendler and others, "Flat Combining and the Synchronization-Parallelism
 * Tradeoff", SPAA 2010.
 */
#include "store/audit_log.h"
#include "store/store_internal.h"
#include "store/wait.h"

#include "base/change.h"
#include "base/clock.h"

#include <assert.h>
#include <limits.h>
#include <stdatomic.h>
#include <time.h>

/* Waits for a database that is away for a moment, as when its standby takes over. */
static bool writer_is_there(struct store *store)
{
    enum { TRIES = 100, PAUSE_MS = 100 };
    for (int i = 0; i < TRIES; i++) {
        if (store->engine->revive(store->writer)) return true;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
    }
    return false;
}

/* --- who is written together ------------------------------------------------------------ */

/* A transaction on its way.  Its thread waits until it is settled. */
struct member {
    struct member *next; /* in the queue, then in the group */
    store_write *write;  /* its turn, which others may take for it; NULL: it took it itself */
    const struct store_after *after; /* may be NULL */
    bool keeps; /* sees to it that the commit of its group comes: one of each group */
    _Atomic bool is_worked; /* its work is done */
    _Atomic bool is_settled;
    enum st outcome;
    struct err err;
};

static bool has_work(const struct member *member)
{
    return member->after && member->after->work;
}

static void wake(struct store *store, int count)
{
    store->events++;
    wait_wake(&store->events, count);
}

/* One that sleeps, for each processor but that on which the turn is. */
static void call_helper(struct store *store)
{
    if (store->is_called || store->helping + 1 >= store->processors) return;
    store->is_called = true;
    wake(store, 1);
}

/* Whoever joins, at the end of its turn. */
static void join_group(struct store *store, struct member *member)
{
    store->group_is_quiet = store->quiet && (!store->group || store->group_is_quiet);
    *store->group_end = member;
    store->group_end = &member->next;
    store->group_count++;
    if (!has_work(member)) return;
    if (!store->unfinished) store->unfinished = member;
    store->working++;
    store->offered[store->offered_count % GROUP_MAX] = member;
    store->offered_count++;
    call_helper(store);
}

/* --- work that needs no turn -------------------------------------------------------------- */

static struct member *take_work(struct store *store)
{
    uint32_t at = store->taken_count;
    while (at != store->offered_count) {
        struct member *member = store->offered[at % GROUP_MAX];
        if (atomic_compare_exchange_weak(&store->taken_count, &at, at + 1)) return member;
    }
    return NULL;
}

static void do_work(struct store *store, struct member *member)
{
    member->after->work(member->after->context);
    member->is_worked = true;
    if (--store->working == 0 && store->work_is_awaited) wait_wake(&store->working, INT_MAX);
}

/* One piece of work, by whoever has the turn; false: there is none. */
static bool help_once(struct store *store)
{
    struct member *member = take_work(store);
    if (!member) return false;
    store->helping++;
    do_work(store, member);
    store->helping--;
    return true;
}

/* Does what work there is, until `own` is settled; false: there was none.  No more do so than
 * there are processors: they would wait for each other's locks. */
static bool help(struct store *store, const struct member *own)
{
    struct member *member = ++store->helping <= store->processors ? take_work(store) : NULL;
    bool any = member != NULL;
    while (member) {
        do_work(store, member);
        member = own->is_settled ? NULL : take_work(store);
    }
    store->helping--;
    if (any && own->is_settled) call_helper(store);
    return any;
}

/* In the turn. */
static void await_work(struct store *store)
{
    uint32_t still;
    while (help_once(store)) continue;
    store->work_is_awaited = true;
    while ((still = store->working) != 0) wait_while(&store->working, still, 0);
    store->work_is_awaited = false;
}

/* Writes what the work of the group has found, in the order of its turns, as far as it is
 * done; in the turn. */
static enum st finish_worked(struct store *store, struct err *err)
{
    enum st outcome = ST_OK;
    for (struct member *member; outcome == ST_OK && (member = store->unfinished);
         store->unfinished = member->next) {
        if (!has_work(member)) continue;
        if (!member->is_worked) break;
        outcome = member->after->finish(member->after->context, store->writer, err);
    }
    return outcome;
}

/* What is found is written while others still look: only the last of it waits for all. */
static enum st finish_group(struct store *store, struct err *err)
{
    enum st outcome = ST_OK;
    if (!store->unfinished) return ST_OK;
    do outcome = finish_worked(store, err);
    while (outcome == ST_OK && help_once(store));
    await_work(store);
    return outcome == ST_OK ? finish_worked(store, err) : outcome;
}

/* --- what is known of the transaction (memory.h) -------------------------------------- */

static void remember(struct db *db, bool on)
{
    db->memory.on = on;
    db->memory.ids_count = 0;
    db->memory.head_known = false;
    audit_log_forget_keys(db);
}

/* --- the commit ------------------------------------------------------------------------ */

/* Its thread may go on, and what belongs to it may be gone. */
static void settle(struct member *member, enum st outcome, const struct err *err)
{
    member->outcome = outcome;
    member->err = *err;
    member->is_settled = true;
}

/* Tells all of the group how it ended; in the turn. */
static void settle_group(struct store *store, enum st outcome, const struct err *err)
{
    await_work(store);
    remember(store->writer, false);
    for (struct member *member = store->group; member; member = member->next)
        if (member->after && member->after->run)
            member->after->run(member->after->context, outcome);
    if (!store->group_is_quiet) change_note();
    for (struct member *member = store->group, *next; member; member = next) {
        next = member->next;
        settle(member, outcome, err);
    }
    store->group = store->unfinished = NULL;
    store->group_end = &store->group;
    store->group_count = 0;
    store->is_kept = false;
    store->wakes_all = true;
}

/* The transaction that the group shares is lost, and none of it is kept. */
static void lose_group(struct store *store, enum st outcome, const struct err *err)
{
    store->engine->rollback(store->writer);
    store->losses++;
    settle_group(store, outcome, err);
}

/* In the turn: commits what waits for a commit, if anything does. */
static void commit_group(struct store *store)
{
    struct err err = {0};
    if (!store->group) return;
    enum st outcome = finish_group(store, &err);
    if (outcome == ST_OK) outcome = audit_log_settle(store->writer, &err);
    bool changes = !store->group_is_quiet;
    if (changes) change_begins();
    if (outcome == ST_OK) outcome = store->engine->commit(store->writer, &err);
    if (changes) change_note(); /* before what is in memory follows: who reads for it reads anew */
    if (changes) change_ended();
    store->last_group_count = store->group_count;
    if (outcome == ST_OK)
        settle_group(store, outcome, &err);
    else
        lose_group(store, outcome, &err);
}

static bool has_queued(const struct store *store)
{
    return store->arrived || store->queue;
}

/* Whoever waits for the turn takes the group over, unless it is large enough.  One that is
 * smaller than the last waits for a moment, since those of the last are on their way. */
static bool is_complete(const struct store *store)
{
    return store->group_count >= GROUP_MAX ||
           (!store->wanting && !has_queued(store) && store->group_count >= store->last_group_count);
}

static void have_turn(struct store *store)
{
    store->turn_since = clock_tick_ns();
}

/* Nobody leaves a group open whose commit nobody sees to; `own` is in it. */
static void keep_group(struct store *store, struct member *own)
{
    if (!store->group || store->is_kept) return;
    store->is_kept = own->keeps = true;
}

/* Those that were settled are woken once the turn is free.  Who came while somebody had it is
 * seen to by one who waits. */
static void leave_turn(struct store *store)
{
    bool all = store->wakes_all;
    store->wakes_all = false;
    store->turn_since = 0;
    pthread_mutex_unlock(&store->writing);
    if (all || has_queued(store)) wake(store, all ? INT_MAX : 1);
}

static void end_turn(struct store *store)
{
    if (is_complete(store)) commit_group(store);
    leave_turn(store);
}

/* Commits the group if nobody came to it since it had so many, and nobody is on the way. */
static size_t commit_if_quiet(struct store *store, size_t had)
{
    /* the one whose turn it is looks */
    if (pthread_mutex_trylock(&store->writing) != 0) return had;
    have_turn(store);
    size_t has = store->group_count;
    if (has == had && !store->wanting && !has_queued(store)) commit_group(store);
    leave_turn(store);
    return has;
}

/* --- turns ------------------------------------------------------------------------------- */

/* For who reads what the group has yet to write. */
static void finish_before(struct store *store)
{
    struct err err = {0};
    enum st outcome = finish_group(store, &err);
    if (outcome != ST_OK) lose_group(store, outcome, &err);
}

static enum st begin_part(struct store *store, bool beside)
{
    struct err err = {0};
    if (store->group && beside) return ST_OK;
    enum st outcome = store->group ? store->engine->part_begin(store->writer, &err) : ST_NOT_FOUND;
    if (outcome == ST_OK) store->writer->at_part = store->writer->memory;
    if (store->group && outcome != ST_OK) lose_group(store, outcome, &err);
    return outcome;
}

/* In the turn, before anything is written in it. */
static enum st open_turn(struct store *store, bool beside, struct err *err)
{
    if (!beside) finish_before(store);
    enum st outcome = begin_part(store, beside);
    store->joined = outcome == ST_OK;
    store->has_part = store->joined && !beside;
    store->quiet = false;
    if (store->joined) return ST_OK;
    outcome = writer_is_there(store)
                  ? store->engine->begin(store->writer, err)
                  : err_set(err, ST_BUSY, "The database does not answer. Please try again later.");
    if (outcome != ST_OK) return outcome;
    remember(store->writer, true);
    if (store->before_turn)
        outcome = store->before_turn(store->before_turn_context, store->writer, err);
    if (outcome == ST_OK) return ST_OK;
    store->engine->rollback(store->writer);
    remember(store->writer, false);
    return outcome;
}

/* What was written in the turn is not to be. */
static void undo_turn(struct store *store)
{
    struct db *db = store->writer;
    struct err err = {0};
    enum st outcome = store->has_part ? db->engine->part_undo(db, &err)
                      : store->joined
                          ? err_set(&err, ST_BUSY, "The database did not answer. Please try again.")
                          : ST_OK;
    if (!store->joined) {
        db->engine->rollback(db);
        remember(db, false);
    } else if (outcome != ST_OK) {
        lose_group(store, outcome, &err);
    } else {
        db->memory = db->at_part;
    }
}

/* For another thread, or its own. */
static void take_turn(struct store *store, struct member *member)
{
    struct err err = {0};
    member->next = NULL;
    enum st outcome = open_turn(store, true, &err);
    if (outcome == ST_OK) {
        outcome = member->write(member->after->context, store->writer, &err);
        if (outcome != ST_OK) undo_turn(store);
    }
    if (outcome == ST_OK) {
        join_group(store, member);
    } else {
        settle(member, outcome, &err);
        store->wakes_all = true;
    }
}

/* The one that came first; NULL: nobody is there. */
static struct member *next_queued(struct store *store)
{
    struct member *member = store->queue;
    if (!member)
        for (struct member *newest = atomic_exchange(&store->arrived, NULL), *before; newest;
             newest = before) {
            before = newest->next;
            newest->next = member;
            member = newest;
        }
    if (member) store->queue = member->next;
    return member;
}

/* Takes the turns of all that are in the queue, up to a commit; false: there was nobody, or
 * another thread has the turn. */
static bool take_turns(struct store *store, struct member *own)
{
    struct err err = {0};
    struct member *member;
    if (!has_queued(store) || pthread_mutex_trylock(&store->writing) != 0) return false;
    have_turn(store);
    bool complete = false;
    while (!complete && (member = next_queued(store))) {
        take_turn(store, member);
        complete = is_complete(store);
    }
    enum st outcome = complete ? ST_OK : finish_worked(store, &err);
    if (outcome != ST_OK) lose_group(store, outcome, &err);
    if (complete || own->is_settled)
        commit_group(store);
    else
        keep_group(store, own);
    leave_turn(store);
    return true;
}

/* Until it is settled; takes turns and does work for others meanwhile. */
static enum st await_settling(struct store *store, struct member *own, struct err *err)
{
    enum { PATIENCE_NS = 300000 };
    size_t had = 0;
    for (;;) {
        uint32_t events = store->events;
        if (own->is_settled) break;
        if (take_turns(store, own) || help(store, own)) continue;
        bool quiet = wait_while(&store->events, events, own->keeps ? PATIENCE_NS : 0);
        store->is_called = false;
        if (quiet && own->keeps) had = commit_if_quiet(store, had);
    }
    if (own->outcome != ST_OK && err) *err = own->err;
    return own->outcome;
}

/* --- what the rest of the program calls --------------------------------------------------- */

enum st store_write_begin(struct store *store, struct db **ret, struct err *err)
{
    store->wanting++;
    pthread_mutex_lock(&store->writing);
    store->wanting--;
    have_turn(store);
    enum st outcome = open_turn(store, false, err);
    if (outcome != ST_OK) {
        end_turn(store);
        return outcome;
    }
    store_lend(store, store->writer);
    *ret = store->writer;
    return ST_OK;
}

enum st store_write_beside(struct store *store, store_write *write, const struct store_after *after,
                           struct err *err)
{
    struct member own = {.write = write, .after = after, .next = store->arrived};
    while (!atomic_compare_exchange_weak(&store->arrived, &own.next, &own)) continue;
    return await_settling(store, &own, err);
}

enum st store_write_commit_then(struct store *store, struct db *db, const struct store_after *after,
                                struct err *err)
{
    assert(db == store->writer);
    store_take_back(db);
    struct member own = {.after = after};
    struct err failed = {0};
    enum st outcome = store->has_part ? db->engine->part_keep(db, &failed) : ST_OK;
    join_group(store, &own);
    if (outcome != ST_OK) lose_group(store, outcome, &failed);
    keep_group(store, &own);
    end_turn(store);
    return await_settling(store, &own, err);
}

enum st store_write_commit(struct store *store, struct db *db, struct err *err)
{
    return store_write_commit_then(store, db, NULL, err);
}

int64_t store_turn_ms(const struct store *store)
{
    enum { MS = 1000000 };
    int64_t since = store->turn_since;
    return since ? (clock_tick_ns() - since) / MS : 0;
}

void store_write_quiet(struct store *store, struct db *db)
{
    assert(db == store->writer);
    store->quiet = true;
}

void store_write_rollback(struct store *store, struct db *db)
{
    assert(db == store->writer);
    store_take_back(db);
    undo_turn(store);
    end_turn(store);
}

enum st store_write_end_then(struct store *store, struct db *db, enum st outcome,
                             const struct store_after *after, struct err *err)
{
    if (outcome == ST_OK) return store_write_commit_then(store, db, after, err);
    store_write_rollback(store, db);
    return outcome;
}

enum st store_write_end(struct store *store, struct db *db, enum st outcome, struct err *err)
{
    return store_write_end_then(store, db, outcome, NULL, err);
}

void store_before_turn(struct store *store, enum st (*run)(void *, struct db *, struct err *),
                       void *context)
{
    pthread_mutex_lock(&store->writing);
    commit_group(store);
    store->before_turn = run;
    store->before_turn_context = context;
    leave_turn(store);
}

enum st store_scrub(struct store *store, struct err *err)
{
    enum { TRIES = 20, PAUSE_MS = 50 };
    enum st outcome = ST_BUSY;
    for (int i = 0; outcome == ST_BUSY && i < TRIES; i++) {
        if (i) nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
        pthread_mutex_lock(&store->writing);
        have_turn(store);
        commit_group(store);
        outcome = store->engine->scrub(store->writer, err);
        leave_turn(store);
    }
    return outcome;
}

enum st store_compact(struct store *store, struct err *err)
{
    pthread_mutex_lock(&store->writing);
    have_turn(store);
    commit_group(store);
    enum st outcome = store->engine->compact(store->writer, err);
    leave_turn(store);
    return outcome;
}
