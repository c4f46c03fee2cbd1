/*
 * Partner checks: asked by the desk, answered by the organisation's representative on a page
 * of their own, or by telephone.
 */
#include "domain/desk_internal.h"

#include "domain/account.h"
#include "domain/scope.h"

#include <stdlib.h>

static enum st desk_check_from_row(struct app *app, struct arena *arena, struct query *query,
                                   struct desk_check *ret, struct err *err)
{
    *ret = (struct desk_check){.id = db_int(query, 0),
                               .referral = db_int(query, 1),
                               .agency = str_dup(arena, db_text(query, 2)),
                               .organisation = db_int(query, 3),
                               .organisation_name = str_dup(arena, db_text(query, 4)),
                               .rating = str_dup(arena, db_text(query, 5)),
                               .asked_by = db_int(query, 6),
                               .asked_at = db_int(query, 7),
                               .due_at = db_int(query, 8),
                               .result = str_dup(arena, db_text(query, 10)),
                               .answered_by = db_int(query, 12),
                               .answered_at = db_int(query, 13),
                               .withdrawn_at = db_int(query, 14)};
    struct data_key key = {0};
    enum st outcome = record_key_from_row(app, query, 15, &key, err);
    if (outcome == ST_OK)
        outcome = field_open(arena, &key, FIELD_DESK_QUESTION, ret->id, db_bytes(query, 9),
                             &ret->question, err);
    if (outcome == ST_OK && !db_is_null(query, 11))
        outcome = field_open(arena, &key, FIELD_DESK_ANSWER, ret->id, db_bytes(query, 11),
                             &ret->answer, err);
    data_key_clear(&key);
    return outcome;
}

static enum st name_who_answered(struct app *app, struct db *db, struct arena *arena,
                                 struct desk_check *list, size_t count, struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (list[i].answered_by)
            outcome =
                account_name(app, db, arena, list[i].answered_by, &list[i].answered_name, err);
    return outcome;
}

/* Those of a case. */
static enum st desk_checks_load(struct app *app, struct db *db, struct arena *arena,
                                int64_t referral, struct desk_check **ret, size_t *ret_count,
                                struct err *err)
{
    struct desk_check *list = arena_many(arena, DESK_CHECKS_MAX, struct desk_check);
    size_t count = 0;
    struct query *query = db_query(db, Q_DESK_CHECKS_OF_CASE);
    db_bind_int(query, 1, referral);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < DESK_CHECKS_MAX && db_next(query))
        outcome = desk_check_from_row(app, arena, query, &list[count++], err);
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK) outcome = name_who_answered(app, db, arena, list, count, err);
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st desk_checks(struct app *app, struct arena *arena, int64_t referral, struct desk_check **ret,
                    size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = desk_checks_load(app, db, arena, referral, ret, ret_count, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- asking --------------------------------------------------------------------------------- */

/* The agency of an organisation, by its sector. */
static enum st agency_of(struct desk_act *act, int64_t organisation, struct str *ret,
                         struct err *err)
{
    struct query *query = db_query(act->db, Q_ORGANISATION_FORUM);
    db_bind_int(query, 1, organisation);
    struct str sector = STR("");
    bool there = db_next(query);
    if (there) sector = str_dup(act->arena, db_text(query, 1));
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    if (!there) return desk_wrong(act, "choice", err, "Choose whom to ask.");
    size_t count = 0;
    const struct desk_term *terms = area_desk_terms(act->app->area, DESK_AGENCY, &count);
    for (size_t i = 0; i < count; i++) {
        struct str rest = terms[i].sectors;
        struct str one;
        *ret = terms[i].id;
        while (str_split(&rest, '\n', &one))
            if (str_eq(one, sector)) return ST_OK;
    }
    return ST_OK; /* the last one is for what stands nowhere */
}

static enum st whom(struct desk_act *act, struct str *ret_agency, int64_t *ret_organisation,
                    struct err *err)
{
    *ret_organisation = act->input->organisation;
    if (*ret_organisation) return agency_of(act, *ret_organisation, ret_agency, err);
    *ret_agency = act->input->choice;
    if (area_desk_find(act->app->area, DESK_AGENCY, *ret_agency)) return ST_OK;
    return desk_wrong(act, "choice", err, "Choose whom to ask.");
}

static enum st store_check(struct desk_act *act, const struct desk_check *check, struct err *err)
{
    int64_t id = 0;
    enum st outcome = db_next_id(act->db, Q_DESK_CHECK_LAST, &id, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(act->arena, &act->key, FIELD_DESK_QUESTION, id, check->question);
    struct query *query = db_query(act->db, Q_DESK_CHECK_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, act->desk.referral);
    db_bind_text(query, 3, check->agency);
    db_bind_int_or_null(query, 4, check->organisation);
    db_bind_text(query, 5, act->desk.rating);
    db_bind_int(query, 6, act->who->account);
    db_bind_int(query, 7, act->now);
    db_bind_int(query, 8, check->due_at);
    db_bind_bytes(query, 9, sealed.ptr, sealed.len);
    return db_run(query, err);
}

/* None is asked that no page would show. */
static enum st check_room(struct desk_act *act, struct err *err)
{
    struct desk_check *list = NULL;
    size_t count = 0;
    enum st outcome = desk_checks_load(act->app, act->db, act->arena, act->desk.referral, &list,
                                       &count, err);
    return outcome == ST_OK && count == DESK_CHECKS_MAX
               ? err_set(err, ST_CONFLICT, "A case has %d partner checks at most.", DESK_CHECKS_MAX)
               : outcome;
}

enum st desk_act_check(struct desk_act *act, struct err *err)
{
    struct desk_check check = {0};
    enum st outcome = check_room(act, err);
    if (outcome == ST_OK) outcome = whom(act, &check.agency, &check.organisation, err);
    if (outcome == ST_OK)
        outcome = desk_text(act, act->input->text, "text", "what you want to know, and of whom",
                            &check.question, err);
    if (outcome != ST_OK) return outcome;
    check.due_at = desk_check_due(act->app->area, act->desk.rating, act->now);
    act->audit = AUDIT_DISCLOSURE; /* the partner learns of the child */
    act->done = "partner asked";
    outcome = store_check(act, &check, err);
    if (outcome != ST_OK) return outcome;
    return desk_event_add(act, &(struct desk_event_new){.kind = "check-asked",
                                                        .code = check.agency,
                                                        .due_at = check.due_at,
                                                        .words = check.question},
                          err);
}

/* --- answering -------------------------------------------------------------------------------- */

/* In the transaction of `act`; the answer is the input's. */
static enum st store_answer(struct desk_act *act, const struct desk_check *check, struct err *err)
{
    const struct desk_term *result =
        area_desk_find(act->app->area, DESK_CHECK_ANSWER, act->input->choice);
    if (!result) return desk_wrong(act, "choice", err, "Choose an answer.");
    struct str text;
    enum st outcome = desk_text(act, act->input->text, "text",
                                "what you know, or that you looked and where", &text, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(act->arena, &act->key, FIELD_DESK_ANSWER, check->id, text);
    struct query *query = db_query(act->db, Q_DESK_CHECK_ANSWER);
    db_bind_int(query, 1, check->id);
    db_bind_text(query, 2, result->id);
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    db_bind_int(query, 4, act->who->account);
    if (result->leaves_open)
        db_bind_null(query, 5);
    else
        db_bind_int(query, 5, act->now);
    int64_t id = 0;
    outcome = db_one(query, &id, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_CONFLICT, "This check was answered or withdrawn already.");
    if (outcome != ST_OK) return outcome;
    act->audit = AUDIT_COLLECTION;
    act->done = "partner answered";
    return desk_event_add(act, &(struct desk_event_new){.kind = "check-answered",
                                                        .code = check->agency,
                                                        .second = result->id,
                                                        .words = text},
                          err);
}

static enum st load_check(struct desk_act *act, int64_t id, struct desk_check *ret, struct err *err)
{
    struct query *query = db_query(act->db, Q_DESK_CHECK_READ);
    db_bind_int(query, 1, id);
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) outcome = desk_check_from_row(act->app, act->arena, query, ret, err);
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK && ret->referral != act->desk.referral) outcome = ST_NOT_FOUND;
    return outcome == ST_NOT_FOUND
               ? desk_wrong(act, "check", err, "Choose which check it is about.")
               : outcome;
}

enum st desk_act_check_answer(struct desk_act *act, struct err *err)
{
    struct desk_check check;
    enum st outcome = load_check(act, act->input->check, &check, err);
    return outcome == ST_OK ? store_answer(act, &check, err) : outcome;
}

enum st desk_act_check_withdraw(struct desk_act *act, struct err *err)
{
    struct desk_check check;
    struct str text;
    int64_t id = 0;
    enum st outcome = load_check(act, act->input->check, &check, err);
    if (outcome == ST_OK)
        outcome = desk_text(act, act->input->text, "text", "why it is not needed", &text, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(act->db, Q_DESK_CHECK_WITHDRAW);
    db_bind_int(query, 1, check.id);
    db_bind_int(query, 2, act->desk.referral);
    db_bind_int(query, 3, act->now);
    outcome = db_one(query, &id, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_CONFLICT, "This check was answered or withdrawn already.");
    if (outcome != ST_OK) return outcome;
    act->done = "partner check withdrawn";
    return desk_event_add(
        act,
        &(struct desk_event_new){.kind = "check-withdrawn", .code = check.agency, .words = text},
        err);
}

enum st desk_checks_rated(struct desk_act *act, struct str old_rating, struct str rating,
                          struct err *err)
{
    struct desk_check *list = NULL;
    size_t count = 0;
    enum st outcome = desk_checks_load(act->app, act->db, act->arena, act->desk.referral, &list,
                                       &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (list[i].answered_at || list[i].withdrawn_at) continue;
        instant_ms due = desk_check_due_again(act->app->area, old_rating, rating, list[i].asked_at,
                                              list[i].due_at, act->now);
        struct query *query = db_query(act->db, Q_DESK_CHECK_DUE);
        db_bind_int(query, 1, list[i].id);
        db_bind_int(query, 2, due);
        db_bind_text(query, 3, rating);
        outcome = db_run(query, err);
    }
    return outcome;
}

/* --- the asked organisation ------------------------------------------------------------------- */

struct check_head {
    int64_t id; /* 0: there is none */
    int64_t organisation;
    int64_t submission;
    bool withdrawn;
};

/* A check is of whom it was asked of: people there whose role answers checks, less those from
 * whom the referral is kept. */
static bool may_answer(struct app *app, struct arena *arena, const struct person *who,
                       const struct check_head *head)
{
    bool allowed = desk_scope_allows(scope_of(app, arena, who), ACT_ANSWER_CHECK,
                                     head->organisation, head->submission);
    return allowed && head->organisation && !head->withdrawn;
}

static enum st read_head(struct db *db, int64_t id, struct check_head *ret, struct err *err)
{
    struct query *query = db_query(db, Q_DESK_CHECK_HEAD);
    db_bind_int(query, 1, id);
    *ret = (struct check_head){0};
    if (db_next(query))
        *ret = (struct check_head){.id = db_int(query, 0),
                                   .organisation = db_int(query, 2),
                                   .submission = db_int(query, 4),
                                   .withdrawn = !db_is_null(query, 3)};
    return db_end(query, err);
}

enum st check_list(struct app *app, struct arena *arena, const struct person *who,
                   struct desk_check **ret, size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    scope_person(scope); /* reads it, if it is not: not in the middle of the walk */
    *ret = arena_many(arena, CHECKS_LISTED_MAX, struct desk_check);
    *ret_count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_DESK_CHECKS_OF_ORGANISATION);
    db_bind_int(query, 1, who->organisation);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && *ret_count < CHECKS_LISTED_MAX && db_next(query)) {
        if (!desk_scope_allows(scope, ACT_ANSWER_CHECK, who->organisation, db_int(query, 18)))
            continue;
        outcome = desk_check_from_row(app, arena, query, &(*ret)[*ret_count], err);
        *ret_count += outcome == ST_OK;
    }
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK) outcome = name_who_answered(app, db, arena, *ret, *ret_count, err);
    store_read_end(app->store, db);
    return outcome;
}

/* The check, when it is there and for them: asked before it is read. */
static enum st find_check(struct app *app, struct arena *arena, const struct person *who,
                          int64_t id, struct desk_check *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct check_head head;
    enum st outcome = read_head(db, id, &head, err);
    if (outcome == ST_OK && (!may_answer(app, arena, who, &head) || !head.id))
        outcome = ST_NOT_FOUND;
    struct query *query = outcome == ST_OK ? db_query(db, Q_DESK_CHECK_READ) : NULL;
    if (query) {
        db_bind_int(query, 1, id);
        outcome = db_next(query) ? desk_check_from_row(app, arena, query, ret, err) : ST_NOT_FOUND;
        outcome = db_end_after(query, outcome, err);
    }
    if (outcome == ST_OK && ret->answered_by)
        outcome = account_name(app, db, arena, ret->answered_by, &ret->answered_name, err);
    store_read_end(app->store, db);
    return outcome == ST_NOT_FOUND ? err_missing(err, "page") : outcome;
}

enum st check_read(struct app *app, struct arena *arena, const struct person *who, int64_t check,
                   struct desk_check *ret, struct err *err)
{
    enum st outcome = find_check(app, arena, who, check, ret, err);
    if (outcome != ST_OK && outcome != ST_NOT_FOUND) return outcome;
    enum st noted = audit_event(
        app,
        &(struct audit_event){.kind = outcome == ST_OK ? AUDIT_CONSULTATION : AUDIT_DENIAL,
                              .action = "partner check read",
                              .account = who->account,
                              .subject = "check",
                              .subject_id = check,
                              .outcome = outcome == ST_OK ? "ok" : "not found"},
        err);
    return noted != ST_OK ? noted : outcome;
}

enum st check_answer(struct app *app, const struct person *who, int64_t check,
                     const struct desk_input *input, const char **ret_field, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 32 << 20);
    struct desk_check read;
    enum st outcome = find_check(app, &arena, who, check, &read, err);
    struct desk_act act = {.app = app, .arena = &arena, .who = who, .input = input};
    if (outcome == ST_OK) {
        outcome = desk_act_begin(&act, read.referral, err);
        if (outcome == ST_OK) outcome = desk_act_end(&act, store_answer(&act, &read, err), err);
    }
    *ret_field = act.field;
    arena_done(&arena);
    return outcome;
}
