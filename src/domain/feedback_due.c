#include "domain/feedback_due.h"

#include "domain/area_desk.h"
#include "domain/area_meeting.h"
#include "domain/meeting_internal.h"
#include "domain/stage.h"
#include "domain/submission.h"

enum st feedback_overdue(const struct scope *scope, struct db *db, struct str forum, struct feedback_wait **ret,
                         size_t *ret_count, struct err *err)
{
    struct app *app = scope_app(scope);
    struct arena *arena = scope_arena(scope);
    instant_ms now = clock_now();
    *ret = arena_many(arena, FEEDBACK_DUE_MAX, struct feedback_wait);
    *ret_count = 0;
    if (!app->area) return ST_OK;
    struct query *query = db_query(db, Q_FEEDBACK_WAITING);
    while (*ret_count < FEEDBACK_DUE_MAX && db_next(query)) {
        instant_ms at = db_int(query, 1);
        instant_ms due = area_clock_due(app->area, CLOCK_FORUM_WORD, at);
        if (!due || due > now) break; /* what came later is due later */
        if (forum.len && !str_eq(db_text(query, 2), forum)) continue;
        (*ret)[(*ret_count)++] = (struct feedback_wait){
            .submission = db_int(query, 0), .forum = str_dup(arena, db_text(query, 2)), .shared_at = at, .due_at = due};
    }
    return db_end(query, err);
}

/* May they say what came of it? */
static bool gives(const struct scope *scope, const struct feedback_wait *row)
{
    return forum_allows(scope, ACT_RUN_MEETING, row->forum, false) && scope_allows(scope, ACT_READ_SUBMISSION, row->submission);
}

/* Is it in their list? */
static bool is_theirs(const struct scope *scope, struct feedback_wait *row)
{
    row->gives = gives(scope, row);
    return row->gives || scope_allows(scope, ACT_FORWARD, row->submission);
}

enum st feedback_due_count(struct app *app, struct arena *arena, const struct person *who, int64_t *ret,
                           struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct feedback_wait *list = NULL;
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = feedback_overdue(scope, db, STR(""), &list, &count, err);
    store_read_end(app->store, db);
    *ret = 0;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) *ret += is_theirs(scope, &list[i]);
    return outcome;
}

enum st feedback_due_list(struct app *app, struct arena *arena, const struct person *who, struct feedback_wait **ret,
                          size_t *ret_count, size_t *ret_total, struct err *err)
{
    enum { SHOWN = 200 };
    const struct scope *scope = scope_of(app, arena, who);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    size_t count = 0;
    enum st outcome = feedback_overdue(scope, db, STR(""), ret, &count, err);
    *ret_count = *ret_total = 0;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct feedback_wait row = (*ret)[i];
        struct submission read;
        if (!is_theirs(scope, &row)) continue;
        ++*ret_total;
        if (*ret_count == SHOWN) continue;
        outcome = submission_load_seen(scope, db, arena, row.submission, &read, err);
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* destroyed meanwhile */
        else if (outcome == ST_OK) {
            row.reference = read.reference;
            row.words = read.narrative;
            row.sector = read.sector;
            (*ret)[(*ret_count)++] = row;
        }
    }
    store_read_end(app->store, db);
    return outcome;
}

static enum st give(const struct scope *scope, struct db *db, const int64_t *submission, size_t count,
                    const struct meeting_term *term, size_t *ret, struct err *err)
{
    struct feedback_wait *list = NULL;
    size_t waiting = 0;
    enum st outcome = feedback_overdue(scope, db, STR(""), &list, &waiting, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        size_t k = 0;
        while (k < waiting && list[k].submission != submission[i]) k++;
        if (k == waiting || !gives(scope, &list[k])) continue;
        outcome = stage_act(scope_app(scope), db, scope_person(scope)->account, submission[i],
                            term->tells_action ? FEEDBACK_ACTION : FEEDBACK_NO_ACTION, term->reason, err);
        list[k].forum = STR(""); /* once */
        *ret += outcome == ST_OK;
    }
    return outcome;
}

enum st feedback_give(struct app *app, const struct person *who, const int64_t *submission, size_t count,
                      struct str outcome_id, size_t *ret, struct err *err)
{
    const struct meeting_term *term = area_meeting_find(app->area, MEETING_OUTCOME, outcome_id);
    struct arena arena;
    struct db *db;
    *ret = 0;
    if (!term || term->needs_action) return err_set(err, ST_INVALID, "Choose what became of it. What was acted on closes in a meeting.");
    if (!count) return err_set(err, ST_INVALID, "Tick what you say it of.");
    arena_init(&arena, 64 << 20);
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK)
        outcome = store_write_end(app->store, db, give(scope_of(app, &arena, who), db, submission, count, term, ret, err), err);
    arena_done(&arena);
    if (outcome == ST_OK && !*ret)
        return err_set(err, ST_CONFLICT, "Somebody has said it meanwhile: nothing was changed.");
    return outcome;
}
