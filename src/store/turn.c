/*
 * turn: the turn of writing, and the commit that those share who come at once.
 *
 * Group commit: DeWitt and others, "Implementation Techniques for Main Memory Database
 * Systems", SIGMOD 1984; who is waited for: docs/decisions/0111; what is done outside a turn and
 * written before the commit: 0117.
 */
#include "store/audit_log.h"
#include "store/store_internal.h"
#include "store/wait.h"

#include "base/change.h"

#include <assert.h>
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

/* One that has ended its turn. */
struct member {
    struct member *next;
    const struct store_after *after; /* may be NULL */
    enum st outcome;
    struct err err;
};

static bool has_work(const struct member *member)
{
    return member->after && member->after->work;
}

/* Not in a turn, or in that which ends the group. */
static void work(struct store *store, const struct member *member)
{
    member->after->work(member->after->context);
    if (--store->working == 0 && store->work_is_awaited) wait_wake(&store->working);
}

static void await_work(struct store *store)
{
    uint32_t still;
    store->work_is_awaited = true;
    while ((still = store->working) != 0) wait_while(&store->working, still, 0);
    store->work_is_awaited = false;
}

/* Writes what the work of the group has found; in the turn. */
static enum st finish_group(struct store *store, struct err *err)
{
    enum st outcome = ST_OK;
    if (!store->unfinished) return ST_OK;
    await_work(store);
    for (; store->unfinished && outcome == ST_OK; store->unfinished = store->unfinished->next)
        if (has_work(store->unfinished))
            outcome = store->unfinished->after->finish(store->unfinished->after->context, store->writer, err);
    return outcome;
}

/* --- what is known of the transaction (memory.h) -------------------------------------- */

static void remember(struct db *db, bool on)
{
    db->memory.on = on;
    db->memory.ids_count = 0;
    db->memory.head_known = false;
    audit_log_forget_keys(db);
}

/* Tells all of the group how it ended; in the turn. */
static void settle_group(struct store *store, enum st outcome, const struct err *err)
{
    await_work(store);
    remember(store->writer, false);
    for (struct member *member = store->group; member; member = member->next)
        if (member->after) member->after->run(member->after->context, outcome);
    if (!store->group_is_quiet) change_note();
    for (struct member *member = store->group; member; member = member->next) {
        member->outcome = outcome;
        member->err = *err;
    }
    store->group = store->unfinished = NULL;
    store->group_end = &store->group;
    store->group_count = 0;
    store->settled++; /* from here on the members may be gone */
    wait_wake(&store->settled);
}

/* The transaction that the group shares is lost, and none of it is kept. */
static void lose_group(struct store *store, enum st outcome, const struct err *err)
{
    store->engine->rollback(store->writer);
    store->losses++;
    settle_group(store, outcome, err);
}

void turn_commit(struct store *store)
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

/* Whoever waits for the turn takes the group over, unless it is large enough.  One that is
 * smaller than the last waits for a moment, since those of the last are on their way. */
static bool is_complete(const struct store *store)
{
    enum { GROUP_MAX = 64 };
    return store->group_count >= GROUP_MAX ||
           (!store->wanting && store->group_count >= store->last_group_count);
}

static void end_turn(struct store *store)
{
    if (is_complete(store)) turn_commit(store);
    pthread_mutex_unlock(&store->writing);
}

/* Commits the group if nobody came to it since it had so many, and nobody is on the way. */
static size_t commit_if_quiet(struct store *store, size_t had)
{
    if (pthread_mutex_trylock(&store->writing) != 0) return had; /* the one whose turn it is looks */
    size_t has = store->group_count;
    if (has == had && !store->wanting) turn_commit(store);
    pthread_mutex_unlock(&store->writing);
    return has;
}

/* Until the commit that it shares.  The first of a group sees to it that it comes. */
static void await_settling(struct store *store, uint32_t groups, bool first)
{
    enum { PATIENCE_NS = 300000 };
    size_t had = 0;
    while (store->settled == groups) {
        wait_while(&store->settled, groups, first ? PATIENCE_NS : 0);
        if (first && store->settled == groups) had = commit_if_quiet(store, had);
    }
}

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

static enum st begin(struct store *store, bool beside, struct db **ret, struct err *err)
{
    store->wanting++;
    pthread_mutex_lock(&store->writing);
    store->wanting--;
    if (!beside) finish_before(store);
    enum st outcome = begin_part(store, beside);
    store->joined = outcome == ST_OK;
    store->has_part = store->joined && !beside;
    store->quiet = false;
    if (!store->joined)
        outcome = writer_is_there(store)
                      ? store->engine->begin(store->writer, err)
                      : err_set(err, ST_BUSY, "The database does not answer. Please try again later.");
    if (outcome == ST_OK && !store->joined) remember(store->writer, true);
    if (outcome == ST_OK && !store->joined && store->before_turn) {
        outcome = store->before_turn(store->before_turn_context, store->writer, err);
        if (outcome != ST_OK) store->engine->rollback(store->writer);
        if (outcome != ST_OK) remember(store->writer, false);
    }
    if (outcome != ST_OK) {
        end_turn(store);
        return outcome;
    }
    *ret = store->writer;
    return ST_OK;
}

enum st store_write_begin(struct store *store, struct db **ret, struct err *err)
{
    return begin(store, false, ret, err);
}

enum st store_write_begin_beside(struct store *store, struct db **ret, struct err *err)
{
    return begin(store, true, ret, err);
}

enum st store_write_commit_then(struct store *store, struct db *db, const struct store_after *after,
                                struct err *err)
{
    assert(db == store->writer);
    struct member member = {.after = after};
    uint32_t groups = store->settled;
    enum st outcome = store->has_part ? db->engine->part_keep(db, &member.err) : ST_OK;
    bool first = !store->group;
    store->group_is_quiet = store->quiet && (first || store->group_is_quiet);
    *store->group_end = &member;
    store->group_end = &member.next;
    store->group_count++;
    bool works = outcome == ST_OK && has_work(&member);
    if (works && !store->unfinished) store->unfinished = &member;
    if (works) store->working++;
    if (outcome != ST_OK) lose_group(store, outcome, &member.err);
    /* It ends the group itself, or others have their turns meanwhile. */
    bool ends = is_complete(store);
    if (works && ends) work(store, &member);
    if (ends) turn_commit(store);
    pthread_mutex_unlock(&store->writing);
    if (works && !ends) work(store, &member);
    await_settling(store, groups, first);
    if (member.outcome != ST_OK && err) *err = member.err;
    return member.outcome;
}

enum st store_write_commit(struct store *store, struct db *db, struct err *err)
{
    return store_write_commit_then(store, db, NULL, err);
}

void store_write_quiet(struct store *store, struct db *db)
{
    assert(db == store->writer);
    store->quiet = true;
}

void store_write_rollback(struct store *store, struct db *db)
{
    assert(db == store->writer);
    struct err err = {0};
    enum st outcome = store->has_part ? db->engine->part_undo(db, &err)
                      : store->joined ? err_set(&err, ST_BUSY, "The database did not answer. Please try again.")
                                      : ST_OK;
    if (!store->joined) {
        db->engine->rollback(db);
        remember(db, false);
    } else if (outcome != ST_OK) {
        lose_group(store, outcome, &err);
    } else {
        db->memory = db->at_part;
    }
    end_turn(store);
}

enum st store_write_end(struct store *store, struct db *db, enum st outcome, struct err *err)
{
    if (outcome == ST_OK) return store_write_commit(store, db, err);
    store_write_rollback(store, db);
    return outcome;
}

enum st store_scrub(struct store *store, struct err *err)
{
    pthread_mutex_lock(&store->writing);
    turn_commit(store);
    enum st outcome = store->engine->scrub(store->writer, err);
    pthread_mutex_unlock(&store->writing);
    return outcome;
}
