#include "domain/grade.h"

#include "domain/account.h"
#include "domain/handling.h"
#include "domain/reason.h"
#include "domain/registry.h"
#include "domain/stage.h"
#include "domain/submission.h"

enum { LINES_MAX = 200 };

static bool is_own(const struct scope *scope, int64_t submission)
{
    struct record record;
    return scope_record(scope, submission, &record) && record.account;
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum st line_from_row(struct app *app, struct arena *arena, struct query *query,
                             struct grade_line *ret, int64_t *ret_author, struct err *err)
{
    *ret = (struct grade_line){.id = db_int(query, 0),
                               .number = db_int(query, 1),
                               .base = db_int(query, 2),
                               .scheme = str_dup(arena, db_text(query, 3)),
                               .source = str_dup(arena, db_text(query, 4)),
                               .information = str_dup(arena, db_text(query, 5)),
                               .handling = str_dup(arena, db_text(query, 6)),
                               .at = db_int(query, 8),
                               .state = str_dup(arena, db_text(query, 10)),
                               .second_at = db_int(query, 12)};
    *ret_author = db_int(query, 7);
    ret->older = !str_eq(ret->scheme, grading_scheme(app->area));
    ret->at_once = ret->base != ret->number - 1;
    enum st outcome =
        reason_open(app, arena, query, 9, 14, FIELD_GRADE_REASON, ret->id, &ret->reason, err);
    if (outcome == ST_OK)
        outcome = reason_open(app, arena, query, 13, 14, FIELD_GRADE_SECOND, ret->id,
                              &ret->second_reason, err);
    return outcome;
}

static enum st read_lines(const struct scope *scope, struct db *db, struct arena *arena,
                          int64_t submission, struct grade_view *ret, struct err *err)
{
    struct app *app = scope_app(scope);
    const struct person *who = scope_person(scope);
    ret->line = arena_many(arena, LINES_MAX, struct grade_line);
    int64_t *author = arena_many(arena, LINES_MAX, int64_t);
    int64_t *second = arena_many(arena, LINES_MAX, int64_t);
    struct query *query = db_query(db, Q_GRADE_OF_SUBMISSION);
    db_bind_int(query, 1, submission);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && ret->count < LINES_MAX && db_next(query)) {
        second[ret->count] = db_int(query, 11);
        outcome =
            line_from_row(app, arena, query, &ret->line[ret->count], &author[ret->count], err);
        if (outcome == ST_OK) ret->count++;
    }
    outcome = db_end_after(query, outcome, err);
    ret->latest = ret->count ? ret->line[0].number : 0;
    bool found = false;
    for (size_t i = 0; i < ret->count && outcome == ST_OK; i++) {
        struct grade_line *line = &ret->line[i];
        outcome = account_name(app, db, arena, author[i], &line->by, err);
        if (outcome == ST_OK && second[i])
            outcome = account_name(app, db, arena, second[i], &line->second, err);
        line->current = !found && !line->older && str_eq(line->state, STR("stands"));
        found |= line->current;
        line->may_second =
            str_eq(line->state, STR("proposed")) && author[i] != who->account && !ret->own;
    }
    return outcome;
}

enum st grades_read(struct app *app, struct arena *arena, const struct person *who,
                    int64_t submission, struct grade_view *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    if (!scope_allows(scope, ACT_DECIDE, submission)) return err_missing(err, "submission");
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = (struct grade_view){.own = is_own(scope, submission)};
    struct submission read;
    enum st outcome = submission_load_seen(scope, db, arena, submission, &read, err);
    if (outcome == ST_OK) {
        ret->reference = read.reference;
        ret->handling = read.handling;
        outcome = read_lines(scope, db, arena, submission, ret, err);
    }
    store_read_end(app->store, db);
    return outcome;
}

enum st grade_short_of(struct db *db, struct arena *arena, const struct area *area,
                       int64_t submission, struct grade_short *ret, struct err *err)
{
    *ret = (struct grade_short){0};
    struct query *query = db_query(db, Q_GRADE_STATES);
    db_bind_int(query, 1, submission);
    while (db_next(query)) {
        bool older = !str_eq(db_text(query, 0), grading_scheme(area));
        bool stands = str_eq(db_text(query, 4), STR("stands"));
        ret->older |= older;
        ret->proposed |= str_eq(db_text(query, 4), STR("proposed"));
        if (older || !stands || ret->stands) continue;
        ret->stands = true;
        ret->source = str_dup(arena, db_text(query, 1));
        ret->information = str_dup(arena, db_text(query, 2));
        ret->handling = str_dup(arena, db_text(query, 3));
    }
    return db_end(query, err);
}

/* --- adding ----------------------------------------------------------------------------------- */

/* Is it a code that may be chosen in that scheme?  Fills in whether a second person is needed. */
static enum st check_codes(struct app *app, const struct grade_draft *draft, struct str scheme,
                           bool older, struct str handling_now, bool *ret_second,
                           const char **ret_field, struct err *err)
{
    const struct grading_term *source =
        grading_by_code(app->area, GRADING_SOURCE, scheme, draft->source);
    const struct grading_term *information =
        grading_by_code(app->area, GRADING_INFORMATION, scheme, draft->information);
    *ret_field = "source";
    if (!source) return err_set(err, ST_INVALID, "Choose how far the source can be relied on.");
    *ret_field = "information";
    if (!information) return err_set(err, ST_INVALID, "Choose how the source knows it.");
    *ret_field = "handling";
    if (older) {
        bool known =
            grading_by_code(app->area, GRADING_OLD_HANDLING, scheme, draft->handling) != NULL;
        *ret_second = false;
        return known ? ST_OK : err_set(err, ST_INVALID, "Choose the handling code as it came.");
    }
    const struct area_handling *condition = area_handling_find(app->area, draft->handling);
    if (!condition || (condition->for_referrals && !str_eq(handling_now, draft->handling)))
        return err_set(err, ST_INVALID, "Choose how it may be handled.");
    bool condition_counts =
        !str_eq(draft->handling, STR("handling:P")) || !str_eq(draft->handling, handling_now);
    *ret_second = source->second || information->second ||
                  (condition_counts && grading_conditions_need_second(app->area));
    return ST_OK;
}

/* Whoever narrowed it since the form was drawn is not overruled by a choice that was made
 * before. */
static enum st check_seen(const struct grade_draft *draft, struct str now, const char **ret_field,
                          struct err *err)
{
    if (!draft->seen.len || str_eq(draft->seen, now) || str_eq(draft->handling, now)) return ST_OK;
    *ret_field = "handling";
    return err_set(err, ST_CONFLICT,
                   "Somebody changed who may see it meanwhile. Nothing was kept: look at who may "
                   "see it now, and grade it again.");
}

/* A condition that names organisations is set where they are ticked. */
static enum st check_named(struct app *app, struct db *db, int64_t submission, struct str handling,
                           struct err *err)
{
    const struct area_handling *condition = area_handling_find(app->area, handling);
    if (!condition || condition->rule != HANDLING_NAMED) return ST_OK;
    int64_t named = 0;
    struct query *query = db_query(db, Q_NAMED_COUNT);
    db_bind_int(query, 1, submission);
    enum st outcome = db_one(query, &named, err);
    if (outcome != ST_OK || named) return outcome;
    return err_set(err, ST_INVALID,
                   "That condition names organisations. Tick them first under “Who may see this”.");
}

static enum st handling_now(struct db *db, struct arena *arena, int64_t submission, struct str *ret,
                            struct err *err)
{
    struct query *query = db_query(db, Q_HANDLING_READ);
    db_bind_int(query, 1, submission);
    *ret = db_next(query) ? str_dup(arena, db_text(query, 0)) : STR("");
    return db_end(query, err);
}

/* What a grading that stands says of it takes effect, as a change that its sender learns of. */
static enum st apply_handling(struct app *app, struct db *db, struct arena *arena,
                              const struct person *who, int64_t submission, struct str now,
                              struct str handling, struct err *err)
{
    struct handling_change_new new = {.submission = submission,
                                      .from = now,
                                      .to = handling,
                                      .kind = HANDLING_BY_ANYBODY,
                                      .account = who->account};
    return str_eq(now, handling) ? ST_OK : handling_write(app, db, arena, &new, err);
}

static enum st insert(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                      int64_t submission, const struct grade_draft *draft, struct str scheme,
                      bool second, struct str reason, struct err *err)
{
    int64_t id = 0;
    struct str sealed;
    enum st outcome = db_next_id(db, Q_GRADE_LAST, &id, err);
    if (outcome == ST_OK)
        outcome =
            reason_seal(app, db, arena, submission, FIELD_GRADE_REASON, id, reason, &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_GRADE_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, submission);
    db_bind_int(query, 3, draft->base);
    db_bind_text(query, 4, scheme);
    db_bind_text(query, 5, draft->source);
    db_bind_text(query, 6, draft->information);
    db_bind_text(query, 7, draft->handling);
    db_bind_int(query, 8, who->account);
    db_bind_int(query, 9, clock_now());
    db_bind_bytes(query, 10, sealed.ptr, sealed.len);
    db_bind_text(query, 11, second ? STR("proposed") : STR("stands"));
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return access_note(app, db, who->account, AUDIT_ALTERATION,
                       second ? "grading proposed" : "graded", "submission", submission, "ok", err);
}

/* In the turn of writing: a grading may change who sees it, so what was withdrawn since the request
 * looked first counts. */
static enum st check_may(const struct scope *scope, struct db *db, struct arena *arena,
                         int64_t submission, struct err *err)
{
    struct stage_state state;
    if (!scope_allows_now(scope_app(scope), db, arena, scope_person(scope), ACT_DECIDE, submission))
        return err_missing(err, "submission");
    if (is_own(scope, submission))
        return err_set(err, ST_DENIED, "You handed this in: somebody else grades it.");
    enum st outcome = stage_load(db, arena, submission, &state, err);
    if (outcome == ST_OK && state.stage == STAGE_WITHDRAWN)
        outcome = err_set(err, ST_CONFLICT,
                          "This was withdrawn by whoever handed it in: it is not graded.");
    else if (outcome == ST_OK && !stage_is_shared(state.stage))
        outcome = err_set(err, ST_CONFLICT,
                          "No Forum has this yet: it is graded when it was shared with one.");
    return outcome;
}

static enum st add_in(const struct scope *scope, struct db *db, struct arena *arena,
                      int64_t submission, const struct grade_draft *draft, bool *ret_applied,
                      const char **ret_field, struct err *err)
{
    struct app *app = scope_app(scope);
    struct str scheme = draft->scheme.len ? draft->scheme : grading_scheme(app->area);
    bool older = !str_eq(scheme, grading_scheme(app->area));
    struct str now = STR("");
    struct str reason;
    bool second = false;
    int64_t latest = 0;
    if (!grading_by_id(app->area, GRADING_SCHEME, scheme)) {
        *ret_field = "scheme";
        return err_set(err, ST_INVALID, "Choose the scheme.");
    }
    enum st outcome = check_may(scope, db, arena, submission, err);
    if (outcome == ST_OK) outcome = handling_now(db, arena, submission, &now, err);
    if (outcome == ST_OK && !older) outcome = check_seen(draft, now, ret_field, err);
    if (outcome == ST_OK)
        outcome = check_codes(app, draft, scheme, older, now, &second, ret_field, err);
    if (outcome == ST_OK && !older)
        outcome = check_named(app, db, submission, draft->handling, err);
    if (outcome == ST_OK) {
        *ret_field = "reason";
        outcome = reason_clean(arena, draft->reason, &reason, err);
    }
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_GRADE_NUMBER);
    db_bind_int(query, 1, submission);
    outcome = db_one(query, &latest, err);
    if (outcome == ST_OK && latest != draft->base) {
        outcome = err_set(err, ST_CONFLICT,
                          "Somebody graded this while you were writing. Theirs is shown below; "
                          "yours is still here.");
        err_hint(err,
                 "Read theirs. If you still see it your way, send yours again: both are kept.");
        return outcome;
    }
    if (outcome == ST_OK)
        outcome = insert(app, db, arena, scope_person(scope), submission, draft, scheme, second,
                         reason, err);
    *ret_applied = !older && !second;
    if (outcome == ST_OK && *ret_applied)
        outcome = apply_handling(app, db, arena, scope_person(scope), submission, now,
                                 draft->handling, err);
    return outcome;
}

enum st grade_add(struct app *app, const struct person *who, int64_t submission,
                  const struct grade_draft *draft, const char **ret_field, struct err *err)
{
    struct arena arena;
    struct db *db;
    arena_init(&arena, SCOPE_MEMORY);
    const struct scope *scope = scope_of(app, &arena, who);
    *ret_field = "source";
    enum st outcome = scope_allows(scope, ACT_DECIDE, submission)
                          ? store_write_begin(app->store, &db, err)
                          : err_missing(err, "submission");
    if (outcome == ST_OK) {
        bool applied = false;
        outcome = add_in(scope, db, &arena, submission, draft, &applied, ret_field, err);
        const struct registry_change change = {.what = applied ? REGISTRY_HANDLING : REGISTRY_SAME,
                                               .id = submission,
                                               .code = draft->handling};
        outcome = registry_write_end(app, db, outcome, &change, err);
    }
    arena_done(&arena);
    return outcome;
}

/* --- the second person ------------------------------------------------------------------------ */

/* Whoever narrowed it after it was proposed is not overruled by an agreement to what was proposed
 * before that. */
static enum st check_unchanged(struct db *db, int64_t submission, struct str now,
                               struct str handling, instant_ms proposed_at, struct err *err)
{
    instant_ms changed_at = 0;
    enum st outcome = handling_changed_at(db, submission, &changed_at, err);
    if (outcome != ST_OK || str_eq(now, handling) || changed_at <= proposed_at) return outcome;
    return err_set(err, ST_CONFLICT,
                   "Who may see this was changed after this was proposed. Agreeing would change it "
                   "back: decline it, or grade it anew.");
}

static enum st second_in(const struct scope *scope, struct db *db, struct arena *arena,
                         int64_t submission, int64_t grade, bool agree, struct str why,
                         struct str *ret_handling, struct err *err)
{
    struct app *app = scope_app(scope);
    const struct person *who = scope_person(scope);
    struct query *query = db_query(db, Q_GRADE_ONE);
    db_bind_int(query, 1, grade);
    db_bind_int(query, 2, submission);
    bool found = db_next(query);
    int64_t author = found ? db_int(query, 0) : 0;
    bool waits = found && str_eq(db_text(query, 1), STR("proposed"));
    *ret_handling = found ? str_dup(arena, db_text(query, 2)) : STR("");
    instant_ms proposed_at = found ? db_int(query, 3) : 0;
    struct str now = STR("");
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && !found) return err_missing(err, "grading");
    if (outcome == ST_OK) outcome = check_may(scope, db, arena, submission, err);
    if (outcome == ST_OK && author == who->account)
        return err_set(err, ST_DENIED, "You proposed this: another person has to agree.");
    if (outcome == ST_OK && !waits)
        return err_set(err, ST_CONFLICT, "This was answered already: nothing was changed.");
    struct str reason;
    struct str sealed;
    if (outcome == ST_OK) outcome = reason_clean(arena, why, &reason, err);
    if (outcome == ST_OK && agree) outcome = check_named(app, db, submission, *ret_handling, err);
    if (outcome == ST_OK) outcome = handling_now(db, arena, submission, &now, err);
    if (outcome == ST_OK && agree)
        outcome = check_unchanged(db, submission, now, *ret_handling, proposed_at, err);
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, submission, FIELD_GRADE_SECOND, grade, reason,
                              &sealed, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_GRADE_ANSWER);
    db_bind_int(query, 1, grade);
    db_bind_text(query, 2, agree ? STR("stands") : STR("declined"));
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, clock_now());
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    outcome = db_run(query, err);
    if (outcome == ST_OK && agree)
        outcome = apply_handling(app, db, arena, who, submission, now, *ret_handling, err);
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, AUDIT_ALTERATION,
                              agree ? "grading agreed" : "grading declined", "submission",
                              submission, "ok", err);
    return outcome;
}

enum st grade_second(struct app *app, const struct person *who, int64_t submission, int64_t grade,
                     bool agree, struct str reason, struct err *err)
{
    struct arena arena;
    struct db *db;
    struct str handling = STR("");
    arena_init(&arena, SCOPE_MEMORY);
    const struct scope *scope = scope_of(app, &arena, who);
    enum st outcome = scope_allows(scope, ACT_DECIDE, submission)
                          ? store_write_begin(app->store, &db, err)
                          : err_missing(err, "submission");
    if (outcome == ST_OK) {
        outcome = second_in(scope, db, &arena, submission, grade, agree, reason, &handling, err);
        const struct registry_change change = {
            .what = agree ? REGISTRY_HANDLING : REGISTRY_SAME, .id = submission, .code = handling};
        outcome = registry_write_end(app, db, outcome, &change, err);
    }
    arena_done(&arena);
    return outcome;
}

/* --- what waits ------------------------------------------------------------------------------- */

/* Fills a row of the queue with what its reader may see of the submission. */
static enum st fill_waiting(const struct scope *scope, struct db *db, struct arena *arena,
                            int64_t id, struct grade_waiting *ret, struct err *err)
{
    struct submission read;
    enum st outcome = submission_load_seen(scope, db, arena, id, &read, err);
    if (outcome != ST_OK) return outcome;
    ret->reference = read.reference;
    ret->excerpt = read.narrative;
    ret->sector = read.sector;
    struct query *query = db_query(db, Q_GRADE_OLDER);
    int64_t older = 0;
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, grading_scheme(scope_app(scope)->area));
    outcome = db_one(query, &older, err);
    ret->older = older > 0;
    return outcome;
}

static struct query *ask_waiting(const struct scope *scope, struct db *db, int64_t most)
{
    struct query *query = db_query(db, Q_GRADE_WAITING);
    db_bind_text(query, 1, grading_scheme(scope_app(scope)->area));
    db_bind_int(query, 2, most);
    return query;
}

/* Of a row: what this person may grade, and who did not propose it. */
static bool waits_for(const struct scope *scope, struct query *query, bool *ret_second)
{
    int64_t id = db_int(query, 0);
    *ret_second = db_int(query, 2) > 0;
    if (!scope_allows(scope, ACT_DECIDE, id) || is_own(scope, id)) return false;
    return !*ret_second || db_int(query, 3) != scope_person(scope)->account;
}

enum st grades_waiting(struct app *app, struct arena *arena, const struct person *who,
                       struct grade_waiting **ret, size_t *ret_count, int64_t *ret_ungraded,
                       int64_t *ret_proposed, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    scope_person(scope); /* reads it, if it is not: before the store is taken */
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct grade_waiting *list = arena_many(arena, GRADE_QUEUE_MAX, struct grade_waiting);
    size_t count = 0;
    bool second;
    *ret_ungraded = *ret_proposed = 0;
    struct query *query = ask_waiting(scope, db, INT64_MAX);
    while (db_next(query)) {
        if (!waits_for(scope, query, &second)) continue;
        ++*(second ? ret_proposed : ret_ungraded);
        if (count == GRADE_QUEUE_MAX) continue;
        list[count++] = (struct grade_waiting){
            .submission = db_int(query, 0), .since = db_int(query, 1), .second = second};
    }
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = fill_waiting(scope, db, arena, list[i].submission, &list[i], err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st grades_count(struct app *app, struct arena *arena, const struct person *who,
                     int64_t *ret_ungraded, int64_t *ret_proposed, bool *ret_more, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    scope_person(scope);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    int64_t looked_at = 0;
    bool second;
    *ret_ungraded = *ret_proposed = 0;
    struct query *query = ask_waiting(scope, db, GRADES_COUNTED);
    while (db_next(query)) {
        bool waits = waits_for(scope, query, &second);
        looked_at += !second;
        if (waits) ++*(second ? ret_proposed : ret_ungraded);
    }
    *ret_more = looked_at == GRADES_COUNTED;
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}
