#include "domain/handling.h"

#include "domain/forward_internal.h"
#include "domain/registry.h"
#include "domain/scope.h"

enum { ORGANISATIONS_MAX = 5000 };

static enum handling_rule rule_of(const struct app *app, struct str code)
{
    const struct area_handling *known = app->area ? area_handling_find(app->area, code) : NULL;
    return known ? known->rule : HANDLING_OPEN;
}

bool handling_known(const struct app *app, struct str code)
{
    if (app->area) return area_handling_find(app->area, code) != NULL;
    return str_eq(code, STR("handling:P"));
}

/* --- narrower or not ------------------------------------------------------------------------- */

bool handling_is_looser(const struct app *app, struct str from, struct str to)
{
    /* How far it is from the Forum; two of one distance are seen by others. */
    static const int narrow[HANDLING_RULES] = {
        [HANDLING_OPEN] = 0,        [HANDLING_FORUM] = 0, [HANDLING_NAMED] = 1,
        [HANDLING_MARU_POLICE] = 1, [HANDLING_OWNER] = 2,
    };
    if (str_eq(from, to)) return false;
    const struct area_handling *before = app->area ? area_handling_find(app->area, from) : NULL;
    const struct area_handling *after = app->area ? area_handling_find(app->area, to) : NULL;
    if (!before || !after) return true;
    if (after->connects && !before->connects) return true;
    int step = narrow[after->rule] - narrow[before->rule];
    return step < 0 || (step == 0 && narrow[after->rule] && before->rule != after->rule);
}

/* --- from which to which --------------------------------------------------------------------- */

static struct str handling_change(struct arena *arena, struct str from, struct str to)
{
    return str_fmt(arena, "%.*s %.*s", STR_ARG(from), STR_ARG(to));
}

bool handling_change_read(struct str code, struct str *ret_from, struct str *ret_to)
{
    struct str to = code;
    struct str from;
    if (!str_split(&to, ' ', &from) || !to.ptr) return false;
    *ret_from = from;
    *ret_to = to;
    return true;
}

enum st handling_history_read(struct db *db, struct arena *arena, int64_t submission,
                              struct str now, struct handling_history *ret, struct err *err)
{
    struct str chosen = now;
    struct str to;
    bool first = true;
    *ret = (struct handling_history){0};
    struct query *query = db_query(db, Q_HANDLING_CHANGES);
    db_bind_int(query, 1, submission);
    while (db_next(query)) {
        struct str code = str_dup(arena, db_text(query, 1));
        if (first && handling_change_read(code, &chosen, &to)) first = false;
        ret->represented = str_eq(db_text(query, 0), STR(HANDLING_BY_REPRESENTATIVE));
        ret->changed_at = db_int(query, 2);
    }
    ret->chosen = chosen;
    if (str_eq(chosen, now)) ret->changed_at = 0;
    return db_end(query, err);
}

enum st handling_write(struct app *app, struct db *db, struct arena *arena,
                       const struct handling_change_new *new, struct err *err)
{
    struct query *query = db_query(db, Q_HANDLING_SET);
    db_bind_int(query, 1, new->submission);
    db_bind_text(query, 2, new->to);
    enum st outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return forward_note(app, db,
                        &(struct forward_act){.submission = new->submission,
                                              .kind = new->kind,
                                              .code = handling_change(arena, new->from, new->to),
                                              .words = new->reason,
                                              .action = "handling set",
                                              .audit = AUDIT_ALTERATION,
                                              .account = new->account},
                        err);
}

/* --- setting it ------------------------------------------------------------------------------ */

static enum st set_named(struct db *db, int64_t submission, const int64_t *organisations,
                         size_t count, struct err *err)
{
    struct query *query = db_query(db, Q_NAMED_CLEAR);
    db_bind_int(query, 1, submission);
    enum st outcome = db_run(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        query = db_query(db, Q_NAMED_ADD);
        db_bind_int(query, 1, submission);
        db_bind_int(query, 2, organisations[i]);
        outcome = db_run(query, err);
    }
    /* A foreign key refuses an organisation that there is not. */
    if (outcome == ST_CONFLICT)
        return err_set(err, ST_INVALID, "One of these organisations is not there any more.");
    return outcome;
}

/* In the turn of writing: is the condition still what it was seen to be? */
static enum st check_seen(struct db *db, int64_t submission, const struct handling_seen *seen,
                          bool *ret_changed, struct err *err)
{
    size_t same = 0;
    *ret_changed = false;
    if (!seen) return ST_OK;
    struct query *query = db_query(db, Q_HANDLING_READ);
    db_bind_int(query, 1, submission);
    *ret_changed = !db_next(query) || !str_eq(db_text(query, 0), seen->code);
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_NAMED_OF);
    db_bind_int(query, 1, submission);
    while (db_next(query)) {
        if (same >= seen->count || seen->named[same] != db_int(query, 0)) *ret_changed = true;
        same++;
    }
    outcome = db_end(query, err);
    *ret_changed |= same != seen->count;
    if (outcome == ST_OK && *ret_changed)
        outcome = err_set(err, ST_CONFLICT, "Somebody changed who may see it meanwhile.");
    return outcome;
}

static enum st set_code(struct app *app, struct db *db, const struct person *who,
                        int64_t submission, struct str code, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct query *query = db_query(db, Q_HANDLING_READ);
    db_bind_int(query, 1, submission);
    struct handling_change_new new = {.submission = submission,
                                      .from = db_next(query) ? str_dup(&arena, db_text(query, 0))
                                                             : code,
                                      .to = code,
                                      .kind = HANDLING_BY_ANYBODY,
                                      .account = who->account};
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK)
        outcome = str_eq(new.from, code)
                      ? access_note(app, db, who->account, AUDIT_ALTERATION, "handling set",
                                    "submission", submission, "ok", err)
                      : handling_write(app, db, &arena, &new, err);
    arena_done(&arena);
    return outcome;
}

enum st handling_set(struct app *app, const struct person *who, int64_t submission, struct str code,
                     const int64_t *organisations, size_t count, struct err *err)
{
    bool changed = false;
    return handling_set_seen(app, who, submission, code, organisations, count, NULL, &changed, err);
}

enum st handling_set_seen(struct app *app, const struct person *who, int64_t submission,
                          struct str code, const int64_t *organisations, size_t count,
                          const struct handling_seen *seen, bool *ret_changed, struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    bool allowed = scope_allows(scope_of(app, &arena, who), ACT_SET_HANDLING, submission);
    arena_done(&arena);
    if (!allowed) return err_missing(err, "submission");
    if (!handling_known(app, code))
        return err_set(err, ST_INVALID,
                       "Choose who may see it: that is no condition of this area.");
    bool names = rule_of(app, code) == HANDLING_NAMED;
    if (names && count == 0)
        return err_set(err, ST_INVALID, "Tick the organisations that may see it.");
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    arena_init(&arena, SCOPE_MEMORY);
    if (!scope_allows_now(app, &arena, who, ACT_SET_HANDLING, submission))
        outcome = err_missing(err, "submission");
    arena_done(&arena);
    if (outcome == ST_OK) outcome = check_seen(db, submission, seen, ret_changed, err);
    if (outcome == ST_OK) outcome = set_code(app, db, who, submission, code, err);
    if (outcome == ST_OK)
        outcome = set_named(db, submission, organisations, names ? count : 0, err);
    const struct registry_change change = {
        .what = REGISTRY_HANDLING, .id = submission, .code = code};
    return registry_write_end(app, db, outcome, &change, err);
}

enum st handling_organisations(struct app *app, struct arena *arena, const struct person *who,
                               int64_t submission, struct organisation_line **ret,
                               size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct record record;
    if (!scope_allows(scope, ACT_SET_HANDLING, submission) ||
        !scope_record(scope, submission, &record))
        return err_missing(err, "submission");
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct organisation_line *list = arena_many(arena, ORGANISATIONS_MAX, struct organisation_line);
    size_t count = 0;
    struct query *query = db_query(db, Q_ORGANISATION_NAMED);
    db_bind_int(query, 1, submission);
    while (count < ORGANISATIONS_MAX && db_next(query)) {
        list[count] = (struct organisation_line){.id = db_int(query, 0),
                                                 .name = str_dup(arena, db_text(query, 1)),
                                                 .named = db_int(query, 2) != 0};
        /* To others the owner is one of them all: what a list leaves out, it names. */
        list[count].own =
            list[count].id == record.organisation && record.organisation == who->organisation;
        count++;
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}
