#include "domain/stage.h"

#include "base/names.h"
#include "domain/area_feedback.h"
#include "domain/audit.h"
#include "domain/scope.h"

static const char *const stages[STAGE_COUNT] = {"representative", "held", "returned", "shared",
                                                "withdrawn", "maru", "closed"};
static const char *const feedbacks[FEEDBACK_COUNT] = {"received",  "representative", "returned",
                                                      "withdrawn", "sent-on",        "shared",
                                                      "linked",    "action",         "no-action"};

const char *stage_name(enum stage stage)
{
    return stages[stage];
}

bool stage_from_name(struct str name, enum stage *ret)
{
    int place = name_place(name, stages, STAGE_COUNT);
    if (place >= 0) *ret = (enum stage)place;
    return place >= 0;
}

bool stage_is_shared(enum stage stage)
{
    return stage == STAGE_SHARED || stage == STAGE_CLOSED;
}

const char *feedback_name(enum feedback feedback)
{
    return feedbacks[feedback];
}

static bool feedback_from_name(struct str name, enum feedback *ret)
{
    int place = name_place(name, feedbacks, FEEDBACK_COUNT);
    if (place >= 0) *ret = (enum feedback)place;
    return place >= 0;
}

/* --- reading ----------------------------------------------------------------------- */

static void set(struct stage_state *state, enum feedback feedback, struct str reason, instant_ms at)
{
    state->feedback = feedback;
    state->feedback_reason = reason;
    state->feedback_at = at;
}

/* What the referral unit did with what was sent there. */
struct at_unit {
    instant_ms taken_at; /* or answered, where nobody took it on first */
    struct str answer;   /* of feedback.txt, kind maru; empty: none yet */
    instant_ms answered_at;
};

/* What its sender is told follows from what was done: nobody sets it by hand but for what
 * came of it. */
static void say_feedback(struct stage_state *state, struct str outcome, struct str outcome_reason,
                         instant_ms outcome_at, instant_ms linked_at, const struct at_unit *unit)
{
    switch (state->stage) {
    case STAGE_REPRESENTATIVE:
    case STAGE_HELD:
        if (state->opened_at)
            set(state, FEEDBACK_REPRESENTATIVE, STR(""), state->opened_at);
        else
            set(state, FEEDBACK_RECEIVED, STR(""), state->created_at);
        break;
    case STAGE_RETURNED: set(state, FEEDBACK_RETURNED, state->reason, state->changed_at); break;
    case STAGE_WITHDRAWN: set(state, FEEDBACK_WITHDRAWN, STR(""), state->changed_at); break;
    case STAGE_MARU:
        /* That they knew it, or gave advice, is no action because of it. */
        if (unit->answer.len && !str_eq(unit->answer, STR(AREA_MARU_REFERRED)))
            set(state, FEEDBACK_SENT_ON, unit->answer, unit->answered_at);
        else if (unit->taken_at)
            set(state, FEEDBACK_ACTION, STR(""), unit->taken_at);
        else
            set(state, FEEDBACK_SENT_ON, STR(""), state->changed_at);
        break;
    case STAGE_SHARED:
    case STAGE_CLOSED:
        set(state, FEEDBACK_SHARED, STR(""), state->shared_at);
        if (linked_at)
            set(state, FEEDBACK_LINKED, STR(""),
                linked_at > state->shared_at ? linked_at : state->shared_at);
        break;
    case STAGE_COUNT: break;
    }
    enum feedback said;
    if (outcome.len && feedback_from_name(outcome, &said))
        set(state, said, outcome_reason, outcome_at);
}

enum st stage_load(struct db *db, struct arena *arena, int64_t submission, struct stage_state *ret,
                   struct err *err)
{
    struct query *query = db_query(db, Q_STAGE_READ);
    db_bind_int(query, 1, submission);
    bool found = db_next(query);
    if (found) {
        *ret = (struct stage_state){.submission = submission,
                                    .forum = str_dup(arena, db_text(query, 1)),
                                    .by_name = db_int(query, 2) != 0,
                                    .urgent = db_int(query, 3) != 0,
                                    .version = db_int(query, 4),
                                    .created_at = db_int(query, 5),
                                    .changed_at = db_int(query, 6),
                                    .opened_at = db_int(query, 7),
                                    .shared_at = db_int(query, 8),
                                    .reason = str_dup(arena, db_text(query, 9)),
                                    .revision = db_int(query, 13)};
        if (!stage_from_name(db_text(query, 0), &ret->stage)) abort();
        say_feedback(ret, str_dup(arena, db_text(query, 10)), str_dup(arena, db_text(query, 11)),
                     db_int(query, 12), db_int(query, 14),
                     &(struct at_unit){.taken_at = db_int(query, 15),
                                       .answer = str_dup(arena, db_text(query, 16)),
                                       .answered_at = db_int(query, 17)});
    }
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && !found) return err_missing(err, "submission");
    return outcome;
}

enum st stage_read(struct app *app, struct arena *arena, int64_t submission,
                   struct stage_state *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = stage_load(db, arena, submission, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st stage_shared_between(struct app *app, struct arena *arena, const struct scope *scope,
                             struct str forum, instant_ms from, instant_ms to, size_t maximum,
                             int64_t **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, maximum, int64_t);
    *ret_count = 0;
    struct query *query = db_query(db, Q_STAGE_SHARED_BETWEEN);
    db_bind_text(query, 1, forum);
    db_bind_int(query, 2, from);
    db_bind_int(query, 3, to);
    while (*ret_count < maximum && db_next(query))
        if (scope_allows(scope, ACT_READ_SUBMISSION, db_int(query, 0)))
            (*ret)[(*ret_count)++] = db_int(query, 0);
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- writing ------------------------------------------------------------------------- */

enum st stage_act(struct app *app, struct db *db, int64_t by, int64_t submission,
                  enum feedback feedback, struct str reason, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct stage_state state = {0};
    enum st outcome = stage_load(db, &arena, submission, &state, err);
    bool shared = stage_is_shared(state.stage);
    arena_done(&arena);
    if (outcome != ST_OK) return outcome;
    if (feedback != FEEDBACK_ACTION && feedback != FEEDBACK_NO_ACTION)
        return err_set(err, ST_INVALID, "Say whether it led to action or not.");
    if (feedback == FEEDBACK_NO_ACTION && app->area &&
        !area_reason_find(app->area, AREA_REASON_NO_ACTION, reason))
        return err_set(err, ST_INVALID, "Choose why nothing is done about it.");
    if (!shared) return err_set(err, ST_CONFLICT, "No Forum has this submission.");
    struct query *query = db_query(db, Q_STAGE_OUTCOME);
    db_bind_int(query, 1, submission);
    db_bind_text(query, 2, str_from(feedback_name(feedback)));
    db_bind_text(query, 3, feedback == FEEDBACK_NO_ACTION ? reason : STR(""));
    db_bind_int(query, 4, clock_now());
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return access_note(app, db, by, AUDIT_ALTERATION, "feedback set", "submission", submission,
                       "ok", err);
}

enum st stage_begin(struct db *db, int64_t submission, const struct stage_start *start,
                    struct err *err)
{
    struct query *query = db_query(db, Q_STAGE_ADD);
    db_bind_int(query, 1, submission);
    db_bind_text(query, 2, str_from(stage_name(start->stage)));
    db_bind_int(query, 3, start->by_name);
    db_bind_int(query, 4, start->urgent);
    db_bind_int(query, 5, start->at);
    db_bind_int_or_null(query, 6, start->shared_at);
    enum st outcome = db_run_later(query, err);
    if (outcome != ST_OK || !start->adds_to) return outcome;
    query = db_query(db, Q_ADDITION_ADD);
    db_bind_int(query, 1, submission);
    db_bind_int(query, 2, start->adds_to);
    return db_run(query, err);
}
