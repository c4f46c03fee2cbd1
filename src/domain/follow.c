#include "domain/follow.h"

#include "base/change.h"
#include "base/names.h"
#include "base/rounds.h"
#include "domain/children.h"
#include "domain/decision.h"
#include "domain/entity.h"
#include "domain/naming.h"
#include "domain/registry.h"
#include "domain/submission.h"
#include "domain/waiting.h"
#include "domain/webhook.h"
#include "domain/weighing.h"
#include "seal/keyring.h"
#include "seal/secret.h"

#include "link/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    AT_ONCE = 500,
    KEPT_MS = 2 * 24 * 3600 * 1000,
    FORGET_EVERY_MS = 3600 * 1000,
    LOSSES = 1 << 20
};

enum change {
    CHANGE_SUBMISSION,
    CHANGE_CHILD,
    CHANGE_DECISION,
    CHANGE_ORGANISATION,
    CHANGE_WEIGHTS,
    CHANGE_WEBHOOK,
    CHANGE_ACCOUNT,
    CHANGE_KINDS
};

/* As the audit calls what was changed. */
static const char *const names[CHANGE_KINDS] = {"submission", "child",   "decision", "organisation",
                                                "weights",    "webhook", "account"};

struct noted {
    int64_t id;
    enum change kind;
    int64_t subject;
};

struct follow {
    struct app *app;
    int64_t program;      /* of this start; a count of the commits that failed is added */
    _Atomic int64_t last; /* change that was taken in */
    instant_ms forgot_at;
    struct rounds rounds;
    bool runs;
};

static int64_t tag_of(const struct follow *follow)
{
    return follow->program + (int64_t)(store_losses(follow->app->store) % LOSSES);
}

/* --- noting ---------------------------------------------------------------------------- */

static enum st note(struct follow *follow, struct db *db, const char *name, int64_t subject,
                    struct err *err)
{
    struct query *query = db_query(db, Q_CHANGE_ADD);
    db_bind_int(query, 1, tag_of(follow));
    db_bind_text(query, 2, str_from(name));
    db_bind_int(query, 3, subject);
    db_bind_int(query, 4, clock_now());
    return db_run(query, err);
}

static bool kind_of(struct str name, enum change *ret)
{
    int place = name_place(name, names, CHANGE_KINDS);
    if (place >= 0) *ret = (enum change)place;
    return place >= 0;
}

enum st follow_note(struct app *app, struct db *db, const struct audit_event *event,
                    struct err *err)
{
    enum change kind;
    enum st outcome = ST_OK;
    if (!app->follow || event->kind == AUDIT_CONSULTATION || event->kind == AUDIT_DENIAL ||
        event->kind == AUDIT_SIGN_IN)
        return ST_OK;
    if (event->subject && event->subject_id && kind_of(str_from(event->subject), &kind))
        outcome = note(app->follow, db, event->subject, event->subject_id, err);
    for (size_t i = 0; outcome == ST_OK && i < event->more_count; i++)
        if (strcmp(event->more[i].kind, names[CHANGE_CHILD]) == 0)
            outcome = note(app->follow, db, event->more[i].kind, event->more[i].id, err);
    return outcome;
}

/* --- taking in ---------------------------------------------------------------------------- */

/* Mentions that were left out when it was shared on are found by nobody, and the others stand
 * beside them no more. */
static void leave_out(struct app *app, struct submission *submission)
{
    size_t kept = 0;
    for (size_t i = 0; i < submission->mention_count; i++) {
        (void)link_index_remove(app->index, submission->mention[i].id);
        if (!registry_left_out(app->registry, submission->mention[i].id))
            submission->mention[kept++] = submission->mention[i];
    }
    submission->mention_count = kept;
    for (size_t i = 0; i < kept; i++) {
        struct link_mention engine = mention_for_engine(submission, i);
        if (link_index_insert(app->index, &engine, NULL) != ST_OK) continue; /* a full index */
    }
}

struct pair_search {
    struct waiting_pair pair;
    bool found;
};

static bool is_not_it(void *context, const struct waiting_pair *pair)
{
    struct pair_search *search = context;
    search->found = pair->mention == search->pair.mention && pair->other == search->pair.other;
    return !search->found;
}

/* `looked`: some may be there already, since the start read them. */
static enum st take_pairs(struct app *app, struct db *db, int64_t submission, bool looks,
                          struct err *err)
{
    struct query *query = db_query(db, Q_SUGGESTION_OF);
    db_bind_int(query, 1, submission);
    while (db_next(query)) {
        int64_t mention = db_int(query, 1), other = db_int(query, 0);
        struct pair_search search = {
            .pair = {.mention = mention,
                     .other = other,
                     .bits = db_double(query, 2),
                     .submission = (int32_t)submission,
                     .other_submission = (int32_t)entity_submission(app->entities, other)}};
        if (looks) waiting_walk(app->waiting, is_not_it, &search);
        if (!search.found) waiting_add(app->waiting, &search.pair, 1);
    }
    return db_end(query, err);
}

/* A submission that is new here. */
static enum st take_mentions(struct app *app, struct db *db, struct submission *submission,
                             bool *ret_new, struct err *err)
{
    *ret_new = false;
    for (size_t i = 0; i < submission->mention_count; i++) {
        const struct mention *mention = &submission->mention[i];
        if (entity_submission(app->entities, mention->id)) continue;
        struct link_mention engine = mention_for_engine(submission, i);
        *ret_new = true;
        if (registry_left_out(app->registry, mention->id)) continue;
        if (link_index_insert(app->index, &engine, NULL) != ST_OK) continue;
    }
    enum st outcome = registry_read(app, db, submission->id, err);
    for (size_t i = 0; outcome == ST_OK && i < submission->mention_count; i++) {
        const struct mention *mention = &submission->mention[i];
        if (entity_submission(app->entities, mention->id)) continue;
        entities_add(app->entities, mention->id, submission->id, mention->kind, mention->field);
    }
    return outcome;
}

static void forget_submission(struct app *app, struct arena *arena, int64_t submission)
{
    int64_t *ids = NULL;
    size_t count = entity_mentions_of(app->entities, arena, submission, &ids);
    bool was_there = registry_find(app->registry, submission) != NULL;
    registry_remove(app->registry, submission);
    for (size_t i = 0; i < count && was_there; i++) link_index_remove(app->index, ids[i]);
}

static bool any_left_out(const struct app *app, const struct submission *submission)
{
    bool found = false;
    for (size_t i = 0; i < submission->mention_count; i++)
        found |= registry_left_out(app->registry, submission->mention[i].id);
    return found;
}

static enum st take_submission(struct app *app, struct db *db, int64_t id, struct err *err)
{
    struct arena arena;
    struct submission submission;
    bool new = false;
    arena_init(&arena, 32 << 20);
    bool known = registry_find(app->registry, id) != NULL;
    enum st outcome = submission_load(app, db, &arena, id, &submission, err);
    if (outcome == ST_NOT_FOUND) {
        forget_submission(app, &arena, id);
        arena_done(&arena);
        return ST_OK;
    }
    bool left_out = outcome == ST_OK && any_left_out(app, &submission);
    if (outcome == ST_OK) outcome = take_mentions(app, db, &submission, &new, err);
    if (outcome == ST_OK && new) outcome = take_pairs(app, db, id, known, err);
    if (outcome == ST_OK && !left_out && any_left_out(app, &submission))
        leave_out(app, &submission);
    arena_done(&arena);
    return outcome;
}

static enum st take_organisation(struct app *app, struct db *db, int64_t id, struct err *err)
{
    struct query *query = db_query(db, Q_ORGANISATION_FORUM);
    db_bind_int(query, 1, id);
    if (db_next(query)) registry_set_forum(app->registry, id, db_text(query, 0));
    return db_end(query, err);
}

static enum st take(struct app *app, struct db *db, const struct noted *noted, struct err *err)
{
    switch (noted->kind) {
    case CHANGE_SUBMISSION: return take_submission(app, db, noted->subject, err);
    case CHANGE_CHILD: return children_refresh(app, noted->subject, err);
    case CHANGE_DECISION: return decisions_load(app, err);
    case CHANGE_ORGANISATION: return take_organisation(app, db, noted->subject, err);
    case CHANGE_WEIGHTS: return weighing_load(app, db, err);
    case CHANGE_WEBHOOK: return webhook_refresh(app, err);
    case CHANGE_ACCOUNT: return naming_refresh(app, db, noted->subject, err);
    case CHANGE_KINDS: break;
    }
    return ST_OK;
}

/* The key may be one that another program has put into the ring since. */
static enum st take_or_reload(struct follow *follow, struct db *db, const struct noted *noted,
                              struct err *err)
{
    enum st outcome = take(follow->app, db, noted, err);
    if (outcome != ST_OK && outcome != ST_BUSY && keyring_reload(follow->app->keys, err) == ST_OK)
        outcome = take(follow->app, db, noted, err);
    change_note();
    return outcome;
}

/* Whoever watches the program starts it anew, and then it reads everything. */
static _Noreturn void end_program(const char *why)
{
    fprintf(stderr, "pendeen: %s; this program ends, and has to be started anew\n", why);
    _exit(1);
}

/* At most `AT_ONCE`; *ret_read: how many rows there were, those of this program with them. */
static enum st read_noted(struct follow *follow, struct db *db, struct noted ret[static AT_ONCE],
                          size_t *ret_count, size_t *ret_read, int64_t *ret_last, struct err *err)
{
    int64_t mine = tag_of(follow);
    *ret_count = *ret_read = 0;
    struct query *query = db_query(db, Q_CHANGE_SINCE);
    db_bind_int(query, 1, follow->last);
    db_bind_int(query, 2, AT_ONCE);
    while (db_next(query)) {
        struct noted noted = {.id = db_int(query, 0), .subject = db_int(query, 3)};
        if (*ret_read == 0 && follow->last && noted.id != follow->last + 1)
            end_program("what others changed was forgotten while this program was cut off");
        ++*ret_read;
        *ret_last = noted.id;
        if (db_int(query, 1) == mine || !kind_of(db_text(query, 2), &noted.kind)) continue;
        ret[(*ret_count)++] = noted;
    }
    return db_end(query, err);
}

/* At the beginning of a turn of writing. */
static enum st catch_up(void *context, struct db *db, struct err *err)
{
    struct follow *follow = context;
    struct noted noted[AT_ONCE];
    size_t count = 0, read = 0;
    int64_t last = follow->last;
    enum st outcome;
    do {
        bool decided = false;
        outcome = read_noted(follow, db, noted, &count, &read, &last, err);
        for (size_t i = 0; outcome == ST_OK && i < count; i++) {
            if (noted[i].kind == CHANGE_DECISION && decided) continue; /* all are read at once */
            decided |= noted[i].kind == CHANGE_DECISION;
            outcome = take_or_reload(follow, db, &noted[i], err);
        }
        /* A decision may have come before a mention of this batch. */
        if (outcome == ST_OK && decided) outcome = decisions_load(follow->app, err);
        if (outcome == ST_OK) follow->last = last;
    } while (outcome == ST_OK && read == AT_ONCE);
    return outcome;
}

/* --- looking ---------------------------------------------------------------------------------- */

static enum st newest(struct app *app, int64_t *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_BUSY;
    enum st outcome = db_one(db_query(db, Q_CHANGE_LAST), ret, err);
    store_read_end(app->store, db);
    return outcome;
}

/* Those that nobody can still be waiting for; the newest stays, so that numbers go on. */
static enum st forget_old(struct follow *follow, struct db *db, struct err *err)
{
    instant_ms now = clock_now();
    if (!store_is_leading(follow->app->store) || now - follow->forgot_at < FORGET_EVERY_MS)
        return ST_OK;
    follow->forgot_at = now;
    struct query *query = db_query(db, Q_CHANGE_FORGET);
    db_bind_int(query, 1, now - KEPT_MS);
    return db_run(query, err);
}

/* A database that is away is looked for again: what came meanwhile is read then. */
static enum st look(void *context, struct err *err)
{
    struct follow *follow = context;
    struct db *db;
    int64_t last = 0;
    enum st outcome = newest(follow->app, &last, err);
    if (outcome != ST_OK || last == follow->last) return outcome;
    outcome = store_write_begin(follow->app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = db_one(db_query(db, Q_CHANGE_LAST), &last, err);
    if (outcome == ST_OK && last < follow->last)
        end_program("the database is older than what was seen in it");
    if (outcome == ST_OK) outcome = forget_old(follow, db, err);
    return store_write_end(follow->app->store, db, outcome, err);
}

/* --- beginning and end ------------------------------------------------------------------------ */

enum st follow_begin(struct app *app, struct err *err)
{
    if (!store_is_shared(app->store)) return ST_OK;
    struct follow *follow = calloc(1, sizeof *follow);
    uint64_t number = 0;
    int64_t last = 0;
    if (!follow) abort();
    seal_random(&number, sizeof number);
    /* Room below for the count of losses, above for the sign. */
    follow->program = (int64_t)(number >> 2) / LOSSES * LOSSES;
    follow->app = app;
    app->follow = follow;
    enum st outcome = newest(app, &last, err);
    follow->last = last;
    return outcome;
}

enum st follow_start(struct app *app, struct err *err)
{
    struct follow *follow = app->follow;
    if (!follow) return ST_OK;
    store_before_turn(app->store, catch_up, follow);
    follow->rounds = (struct rounds){.round = look, .context = follow, .every_ms = FOLLOW_LOOK_MS};
    if (!rounds_start(&follow->rounds))
        return err_set(err, ST_FAILED, "The job that follows other programs cannot be started.");
    follow->runs = true;
    return ST_OK;
}

void follow_end(struct app *app)
{
    struct follow *follow = app->follow;
    if (!follow) return;
    if (follow->runs) rounds_stop(&follow->rounds);
    store_before_turn(app->store, NULL, NULL);
    free(follow);
    app->follow = NULL;
}
