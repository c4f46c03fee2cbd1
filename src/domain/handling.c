#include "domain/handling.h"

#include "domain/forward_internal.h"
#include "domain/reason.h"
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

enum st handling_changed_at(struct db *db, int64_t submission, instant_ms *ret, struct err *err)
{
    *ret = 0;
    struct query *query = db_query(db, Q_HANDLING_CHANGES);
    db_bind_int(query, 1, submission);
    while (db_next(query)) *ret = db_int(query, 2);
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

/* In the turn of writing: the condition as it is. */
static enum st read_now(struct db *db, struct arena *arena, int64_t submission,
                        struct handling_seen *ret, struct err *err)
{
    int64_t *named = arena_many(arena, ORGANISATIONS_MAX, int64_t);
    *ret = (struct handling_seen){.code = STR(""), .named = named};
    struct query *query = db_query(db, Q_HANDLING_READ);
    db_bind_int(query, 1, submission);
    if (db_next(query)) ret->code = str_dup(arena, db_text(query, 0));
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_NAMED_OF);
    db_bind_int(query, 1, submission);
    while (ret->count < ORGANISATIONS_MAX && db_next(query))
        named[ret->count++] = db_int(query, 0);
    return db_end(query, err);
}

static bool is_as_seen(const struct handling_seen *seen, const struct handling_seen *now)
{
    if (!seen) return true;
    bool same = str_eq(seen->code, now->code) && seen->count == now->count;
    for (size_t i = 0; i < now->count && same; i++) same = seen->named[i] == now->named[i];
    return same;
}

static bool names(const struct handling_seen *now, int64_t organisation)
{
    for (size_t i = 0; i < now->count; i++)
        if (now->named[i] == organisation) return true;
    return false;
}

/* A change, in the turn of writing. */
struct setting {
    struct app *app;
    struct db *db;
    struct arena *arena;
    const struct person *who;
    const struct handling_new *new;
    struct handling_seen now;
    struct str reason;
};

/* Whoever chose such a condition leaves it to others to name the first. */
static bool names_more(const struct setting *setting)
{
    const struct handling_new *new = setting->new;
    if (!setting->now.count || rule_of(setting->app, setting->now.code) != HANDLING_NAMED ||
        rule_of(setting->app, new->code) != HANDLING_NAMED)
        return false;
    for (size_t i = 0; i < new->count; i++)
        if (!names(&setting->now, new->organisations[i])) return true;
    return false;
}

static enum st check(struct setting *setting, struct handling_refused *ret, struct err *err)
{
    const struct handling_new *new = setting->new;
    enum st outcome = read_now(setting->db, setting->arena, new->submission, &setting->now, err);
    if (outcome != ST_OK) return outcome;
    ret->changed = !is_as_seen(new->seen, &setting->now);
    if (ret->changed)
        return err_set(err, ST_CONFLICT,
                       "Somebody changed who may see it meanwhile. Nothing was saved: look at who "
                       "may see it now, and choose again.");
    ret->reason = true;
    if (str_trim(new->reason).len) {
        outcome = reason_clean(setting->arena, new->reason, &setting->reason, err);
        if (outcome != ST_OK) return outcome;
    } else if (names_more(setting) ||
               handling_is_looser(setting->app, setting->now.code, new->code)) {
        return err_set(err, ST_INVALID, "Say why more people may see it than now.");
    }
    ret->reason = false;
    return ST_OK;
}

static enum st set_code(const struct setting *setting, struct err *err)
{
    const struct handling_new *new = setting->new;
    if (str_eq(setting->now.code, new->code) && !names_more(setting))
        return access_note(setting->app, setting->db, setting->who->account, AUDIT_ALTERATION,
                           "handling set", "submission", new->submission, "ok", err);
    return handling_write(setting->app, setting->db, setting->arena,
                          &(struct handling_change_new){.submission = new->submission,
                                                        .from = setting->now.code,
                                                        .to = new->code,
                                                        .kind = HANDLING_BY_ANYBODY,
                                                        .reason = setting->reason,
                                                        .account = setting->who->account},
                          err);
}

static enum st set(struct setting *setting, struct handling_refused *ret, struct err *err)
{
    const struct handling_new *new = setting->new;
    if (!scope_allows_now(setting->app, setting->db, setting->arena, setting->who,
                          ACT_SET_HANDLING, new->submission))
        return err_missing(err, "submission");
    enum st outcome = check(setting, ret, err);
    if (outcome == ST_OK) outcome = set_code(setting, err);
    bool named = rule_of(setting->app, new->code) == HANDLING_NAMED;
    if (outcome == ST_OK)
        outcome = set_named(setting->db, new->submission, new->organisations,
                            named ? new->count : 0, err);
    return outcome;
}

enum st handling_set(struct app *app, const struct person *who, int64_t submission, struct str code,
                     const int64_t *organisations, size_t count, struct err *err)
{
    struct handling_refused refused;
    return handling_set_for(app, who,
                            &(struct handling_new){.submission = submission,
                                                   .code = code,
                                                   .organisations = organisations,
                                                   .count = count},
                            &refused, err);
}

enum st handling_set_for(struct app *app, const struct person *who, const struct handling_new *new,
                         struct handling_refused *ret_refused, struct err *err)
{
    struct arena arena;
    *ret_refused = (struct handling_refused){0};
    arena_init(&arena, SCOPE_MEMORY);
    bool allowed = scope_allows(scope_of(app, &arena, who), ACT_SET_HANDLING, new->submission);
    arena_done(&arena);
    if (!allowed) return err_missing(err, "submission");
    if (!handling_known(app, new->code))
        return err_set(err, ST_INVALID,
                       "Choose who may see it: that is no condition of this area.");
    if (rule_of(app, new->code) == HANDLING_NAMED && new->count == 0)
        return err_set(err, ST_INVALID, "Tick the organisations that may see it.");
    struct setting setting = {.app = app, .arena = &arena, .who = who, .new = new};
    enum st outcome = store_write_begin(app->store, &setting.db, err);
    if (outcome != ST_OK) return outcome;
    arena_init(&arena, SCOPE_MEMORY);
    outcome = set(&setting, ret_refused, err);
    const struct registry_change change = {
        .what = REGISTRY_HANDLING, .id = new->submission, .code = new->code};
    outcome = registry_write_end(app, setting.db, outcome, &change, err);
    arena_done(&arena);
    return outcome;
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
