#include "domain/addition.h"

#include "domain/scope.h"
#include "domain/stage.h"

enum st addition_check(struct app *app, struct arena *arena, const struct person *who,
                       int64_t earlier, int64_t *ret_first, struct str *ret_reference,
                       struct err *err)
{
    struct record record;
    struct stage_state state = {0};
    if (!scope_record(scope_of(app, arena, who), earlier, &record) ||
        record.account != who->account)
        return err_missing(err, "submission");
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = stage_load(db, arena, earlier, &state, err);
    struct query *query = db_query(db, Q_ADDITION_OF);
    db_bind_int(query, 1, earlier);
    if (db_next(query)) {
        *ret_first = db_int(query, 0);
        *ret_reference = str_dup(arena, db_text(query, 1));
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && state.stage == STAGE_WITHDRAWN)
        return err_set(err, ST_CONFLICT, "You withdrew that one. Share what you know anew.");
    return outcome;
}

/* Does this person read on it who sent it?  To whom the original is open nothing is told by that.
 */
static enum st is_named(const struct scope *scope, struct db *db, struct arena *arena,
                        int64_t submission, bool *ret, struct err *err)
{
    struct submission read = {0};
    *ret = false;
    if (scope_original(scope, submission)) return ST_OK;
    enum st outcome = submission_load_seen(scope, db, arena, submission, &read, err);
    if (outcome == ST_OK) *ret = read.named.len > 0;
    return outcome;
}

/* Beside one that names its sender another of the same person would be named too. */
static enum st leave_out_named(const struct scope *scope, struct db *db, struct arena *arena,
                               int64_t submission, struct addition *list, size_t *count,
                               struct err *err)
{
    bool named = false;
    bool other = false;
    size_t kept = 0;
    enum st outcome = *count ? is_named(scope, db, arena, submission, &named, err) : ST_OK;
    for (size_t i = 0; i < *count && outcome == ST_OK; i++) {
        outcome = is_named(scope, db, arena, list[i].submission, &other, err);
        if (outcome == ST_OK && other == named) list[kept++] = list[i];
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* destroyed meanwhile */
    }
    *count = kept;
    return outcome;
}

enum st additions_of(const struct scope *scope, struct arena *arena, int64_t submission,
                     struct addition **ret, size_t *ret_count, struct err *err)
{
    struct app *app = scope_app(scope);
    scope_person(scope); /* reads it, if it is not: not in the middle of the walk */
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    size_t room = 0;
    *ret = NULL;
    *ret_count = 0;
    struct query *query = db_query(db, Q_ADDITION_FAMILY);
    db_bind_int(query, 1, submission);
    while (db_next(query)) {
        int64_t id = db_int(query, 0);
        if (id == submission || !scope_allows(scope, ACT_READ_SUBMISSION, id)) continue;
        arena_room(arena, *ret, *ret_count, &room);
        (*ret)[(*ret_count)++] = (struct addition){.submission = id,
                                                   .reference = str_dup(arena, db_text(query, 1)),
                                                   .created_at = db_int(query, 2),
                                                   .first = db_int(query, 3) != 0};
    }
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK)
        outcome = leave_out_named(scope, db, arena, submission, *ret, ret_count, err);
    store_read_end(app->store, db);
    return outcome;
}
