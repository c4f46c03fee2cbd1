/*
 * Break-glass, and who handed a record in: the two doors that somebody opens alone, with
 * a reason, and never unseen.
 */
#include "domain/account.h"
#include "domain/grant.h"
#include "domain/limit.h"
#include "domain/reason.h"
#include "domain/scope.h"
#include "domain/source.h"
#include "domain/submission.h"

/* --- break-glass ---------------------------------------------------------------------- */

/* The first of these people who may know of the record at all. */
static enum st first_of(struct app *app, struct db *db, struct arena *arena, struct query *query,
                        int64_t submission, int64_t *ret, struct err *err)
{
    enum { CANDIDATES = 20 };
    int64_t account[CANDIDATES];
    size_t count = 0;
    while (count < CANDIDATES && db_next(query)) account[count++] = db_int(query, 0);
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK && !*ret; i++) {
        struct record record;
        struct person candidate;
        outcome = account_person_read(app, db, arena, account[i], &candidate, err);
        if (outcome != ST_OK) break;
        const struct scope *scope = scope_of(app, arena, &candidate);
        if (scope_record(scope, submission, &record) && !record.conflict && !record.blocked)
            *ret = candidate.account;
    }
    return outcome;
}

/* Whom to tell; 0 when there is nobody. */
static enum st second_person(struct app *app, struct db *db, struct arena *arena,
                             const struct person *who, int64_t submission, int64_t *ret,
                             struct err *err)
{
    struct record record;
    *ret = 0;
    if (!scope_record(scope_of(app, arena, who), submission, &record)) return ST_OK;
    const struct {
        enum role role;
        int64_t organisation;
    } asked[] = {{ROLE_safeguarding_lead, record.organisation},
                 {ROLE_representative, record.organisation},
                 {ROLE_safeguarding_lead, who->organisation}};
    enum st outcome = ST_OK;
    for (size_t i = 0; i < 3 && outcome == ST_OK && !*ret; i++) {
        struct query *query;
        if (i == 2) { /* between the owner's people and one's own: the forum's coordinators */
            query = db_query(db, Q_COORDINATOR_OF);
            db_bind_int(query, 1, submission);
            db_bind_int(query, 2, who->account);
            outcome = first_of(app, db, arena, query, submission, ret, err);
            if (outcome != ST_OK || *ret) break;
        }
        query = db_query(db, Q_ROLE_IN_ORGANISATION);
        db_bind_text(query, 1, str_from(role_name(asked[i].role)));
        db_bind_int(query, 2, asked[i].organisation);
        db_bind_int(query, 3, who->account);
        outcome = first_of(app, db, arena, query, submission, ret, err);
    }
    return outcome;
}

/* The submission that may be opened so; 0 when there is none. */
static enum st find_to_break(struct app *app, struct db *db, struct arena *arena,
                             const struct person *who, struct str reference, int64_t *ret,
                             int64_t *ret_told, struct err *err)
{
    enum st outcome = submission_of_reference(db, arena, reference, ret, err);
    struct record record = {0};
    bool there = scope_record(scope_of(app, arena, who), *ret, &record);
    if (!there || record.conflict || record.blocked) *ret = 0;
    if (outcome != ST_OK || !*ret) return outcome;
    outcome = second_person(app, db, arena, who, *ret, ret_told, err);
    if (outcome == ST_OK && !*ret_told) *ret = 0;
    return outcome;
}

static enum st keep_broken(struct app *app, struct arena *arena, const struct person *who,
                           int64_t submission, int64_t told, struct str reason, struct err *err)
{
    struct grant_new grant = {.submission = submission,
                              .account = who->account,
                              .kind = GRANT_broken,
                              .reason = reason,
                              .by = who->account,
                              .until = clock_now() + GRANT_BROKEN_HOURS * 3600000LL,
                              .told = told};
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = grant_store(app, db, arena, &grant, err);
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, AUDIT_DISCLOSURE, "glass broken", "submission",
                              submission, "ok", err);
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, AUDIT_DISCLOSURE, "glass broken, told",
                              "account", told, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st break_glass(struct app *app, const struct person *who, struct str reference,
                    struct str reason, int64_t *ret_submission, struct err *err)
{
    static const struct limit_rule rule = {.burst = 5, .per_minute = 1};
    struct arena arena;
    arena_init(&arena, 64 << 20);
    int wait = 0;
    int64_t told = 0;
    enum st outcome = reason_clean(&arena, reason, &reason, err);
    if (!access_allows(who, ACT_BREAK_GLASS, NULL)) outcome = ST_NOT_FOUND;
    if (outcome == ST_OK &&
        !limit_take(&rule, str_fmt(&arena, "break-glass %lld", (long long)who->account), &wait))
        outcome = err_set(err, ST_LIMIT, "That was tried too often. Please wait %d seconds.", wait);
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, err) : NULL;
    if (outcome == ST_OK && !db) outcome = ST_FAILED;
    if (db) {
        outcome = find_to_break(app, db, &arena, who, reference, ret_submission, &told, err);
        store_read_end(app->store, db);
        if (outcome == ST_OK && !*ret_submission) outcome = ST_NOT_FOUND;
    }
    if (outcome == ST_OK &&
        !scope_allows(scope_of(app, &arena, who), ACT_READ_SUBMISSION, *ret_submission))
        outcome = keep_broken(app, &arena, who, *ret_submission, told, reason, err);
    arena_done(&arena);
    if (outcome != ST_NOT_FOUND) return outcome;
    outcome = audit_event(app, &(struct audit_event){.kind = AUDIT_DENIAL,
                                              .action = "glass broken",
                                              .account = who->account,
                                              .outcome = "not found"},
                      err);
    if (outcome != ST_OK) return outcome;
    err_set(err, ST_NOT_FOUND, "There is no record with this reference that can be opened so.");
    err_hint(err,
             "Check the reference. In an emergency call 999, or the people under “Who to call”.");
    return ST_NOT_FOUND;
}

enum st broken_seen(struct app *app, const struct person *who, int64_t grant, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t submission = 0;
    struct query *query = db_query(db, Q_GRANT_TOLD_SEEN);
    db_bind_int(query, 1, grant);
    db_bind_int(query, 2, who->account);
    db_bind_int(query, 3, clock_now());
    outcome = db_one(query, &submission, err);
    if (outcome == ST_NOT_FOUND) err_missing(err, "notice");
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, AUDIT_CONSULTATION, "glass broken, seen",
                              "submission", submission, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

/* --- who handed it in ------------------------------------------------------------------ */

static enum st read_source(struct app *app, struct db *db, struct arena *arena, int64_t submission,
                           struct source_told *ret, struct err *err)
{
    int64_t account = 0;
    enum st outcome = source_open(app, db, submission, &account, err);
    if (outcome != ST_OK) return outcome;
    *ret = (struct source_told){0};
    outcome = account_name(app, db, arena, account, &ret->name, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_ORGANISATION_OF_ACCOUNT);
    db_bind_int(query, 1, account);
    if (db_next(query)) ret->organisation = str_dup(arena, db_text(query, 0));
    return db_end(query, err);
}

enum st source_disclose(struct app *app, struct arena *arena, const struct person *who,
                        int64_t submission, struct str reason, struct source_told *ret,
                        struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    bool allowed = scope_allows(scope, ACT_SEE_SOURCE, submission);
    enum st outcome = allowed ? reason_clean(arena, reason, &reason, err) : ST_OK;
    if (outcome != ST_OK) return outcome;
    /* Written down before it is told, with its reason. */
    struct db *db;
    outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    allowed = allowed && scope_allows_now(app, db, arena, who, ACT_SEE_SOURCE, submission);
    struct grant_new disclosed = {.submission = submission,
                                  .account = who->account,
                                  .kind = GRANT_source,
                                  .reason = reason,
                                  .by = who->account,
                                  .until = clock_now()}; /* over at once: it is a note */
    if (allowed) outcome = grant_store(app, db, arena, &disclosed, err);
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, allowed ? AUDIT_DISCLOSURE : AUDIT_DENIAL,
                              "source disclosed", "submission", submission,
                              allowed ? "ok" : "not found", err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome != ST_OK) return outcome;
    if (!allowed) return err_missing(err, "submission");
    db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    outcome = read_source(app, db, arena, submission, ret, err);
    store_read_end(app->store, db);
    return outcome;
}
