#include "domain/feedback_due.h"

#include "domain/absence.h"
#include "domain/account.h"
#include "domain/area_desk.h"
#include "domain/area_meeting.h"
#include "domain/meeting_internal.h"
#include "domain/organisation.h"
#include "domain/stage.h"
#include "domain/submission.h"

enum st feedback_overdue(const struct scope *scope, struct db *db, struct str forum,
                         struct feedback_wait **ret, size_t *ret_count, struct err *err)
{
    struct app *app = scope_app(scope);
    struct arena *arena = scope_arena(scope);
    instant_ms now = clock_now();
    size_t capacity = 256;
    *ret = arena_many(arena, capacity, struct feedback_wait);
    *ret_count = 0;
    if (!app->area) return ST_OK;
    struct query *query = db_query(db, Q_FEEDBACK_WAITING);
    while (*ret_count < FEEDBACK_DUE_MAX && db_next(query)) {
        instant_ms at = db_int(query, 1);
        instant_ms due = area_clock_due(app->area, CLOCK_FORUM_WORD, at);
        if (!due || due > now) break; /* what came later is due later */
        if (forum.len && !str_eq(db_text(query, 2), forum)) continue;
        if (*ret_count == capacity) {
            struct feedback_wait *longer = arena_many(arena, capacity * 2, struct feedback_wait);
            memcpy(longer, *ret, capacity * sizeof *longer);
            *ret = longer;
            capacity *= 2;
        }
        (*ret)[(*ret_count)++] = (struct feedback_wait){.submission = db_int(query, 0),
                                                        .organisation = db_int(query, 3),
                                                        .forum = str_dup(arena, db_text(query, 2)),
                                                        .shared_at = at,
                                                        .due_at = due};
    }
    return db_end(query, err);
}

/* May they say what came of it? */
static bool gives(const struct scope *scope, const struct feedback_wait *row)
{
    return forum_allows(scope, ACT_RUN_MEETING, row->forum, false) &&
           scope_allows(scope, ACT_READ_SUBMISSION, row->submission);
}

/* Is it in their list? */
static bool is_theirs(const struct scope *scope, struct feedback_wait *row)
{
    row->gives = gives(scope, row);
    return row->gives || scope_allows(scope, ACT_FORWARD, row->submission);
}

enum st feedback_due_count(struct app *app, struct arena *arena, const struct person *who,
                           int64_t *ret, struct err *err)
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

enum st feedback_due_list(struct app *app, struct arena *arena, const struct person *who,
                          struct feedback_wait **ret, size_t *ret_count, size_t *ret_total,
                          struct err *err)
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

/* --- what is in nobody's list ----------------------------------------------------------------- */

/* The people who may have it in their list of one Forum, or of one organisation. */
struct holders {
    struct str forum;     /* its coordinators; empty: */
    int64_t organisation; /* its representatives today */
    const struct scope **scope;
    size_t count;
};

struct searching {
    const struct scope *scope; /* who asks */
    struct db *db;
    struct holders *holders;
    size_t count;
    size_t capacity;
};

static enum st read_holders(struct searching *searching, struct holders *holders, struct err *err)
{
    enum { MOST = 200 };
    struct app *app = scope_app(searching->scope);
    struct arena *arena = scope_arena(searching->scope);
    int64_t *ids = arena_many(arena, MOST, int64_t);
    size_t count = 0;
    enum st outcome = ST_OK;
    if (holders->forum.len) {
        struct query *query = db_query(searching->db, Q_FORUM_COORDINATORS);
        db_bind_text(query, 1, holders->forum);
        while (count < MOST && db_next(query)) ids[count++] = db_int(query, 0);
        outcome = db_end(query, err);
    } else {
        int32_t today = clock_today();
        outcome =
            representatives_on(searching->db, holders->organisation, today, MOST, ids, &count, err);
    }
    holders->scope = arena_many(arena, count, const struct scope *);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct person *person = arena_new(arena, struct person);
        outcome = account_person_read(app, searching->db, arena, ids[i], person, err);
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* disabled */
        else if (outcome == ST_OK) holders->scope[holders->count++] = scope_of(app, arena, person);
    }
    return outcome;
}

static enum st holders_of(struct searching *searching, struct str forum, int64_t organisation,
                          const struct holders **ret, struct err *err)
{
    for (size_t i = 0; i < searching->count; i++) {
        *ret = &searching->holders[i];
        if (str_eq((*ret)->forum, forum) && (*ret)->organisation == organisation) return ST_OK;
    }
    if (searching->count == searching->capacity) {
        size_t capacity = searching->capacity ? searching->capacity * 2 : 64;
        struct holders *longer =
            arena_many(scope_arena(searching->scope), capacity, struct holders);
        if (searching->count) memcpy(longer, searching->holders, searching->count * sizeof *longer);
        searching->holders = longer;
        searching->capacity = capacity;
    }
    struct holders *holders = &searching->holders[searching->count++];
    *holders = (struct holders){.forum = forum, .organisation = organisation};
    *ret = holders;
    return read_holders(searching, holders, err);
}

/* Nothing may be counted for who must not know of it. */
static bool is_kept(const struct scope *scope, int64_t submission)
{
    struct record record;
    return !scope_record(scope, submission, &record) || record.conflict || record.blocked;
}

/* Is it in nobody's list, and this person's to find somebody for? */
static enum st is_unanswered(struct searching *searching, struct feedback_wait *row, bool *ret,
                             struct err *err)
{
    const struct person *who = scope_person(searching->scope);
    bool leads = forum_allows(searching->scope, ACT_RUN_MEETING, row->forum, false) &&
                 !is_kept(searching->scope, row->submission);
    bool keeps = access_allows(who, ACT_MANAGE_ACCOUNTS, NULL);
    const struct holders *coordinators = NULL;
    const struct holders *representatives = NULL;
    bool another = false; /* a coordinator who finds somebody */
    *ret = false;
    if ((!leads && !keeps) || is_theirs(searching->scope, row)) return ST_OK;
    enum st outcome = holders_of(searching, row->forum, 0, &coordinators, err);
    for (size_t i = 0; outcome == ST_OK && i < coordinators->count; i++) {
        if (gives(coordinators->scope[i], row)) return ST_OK;
        another |= !is_kept(coordinators->scope[i], row->submission);
    }
    if (outcome == ST_OK)
        outcome = holders_of(searching, STR(""), row->organisation, &representatives, err);
    for (size_t i = 0; outcome == ST_OK && i < representatives->count; i++)
        if (scope_allows(representatives->scope[i], ACT_FORWARD, row->submission)) return ST_OK;
    *ret = outcome == ST_OK && (leads || !another);
    return outcome;
}

static void add_unanswered(struct feedback_unanswered *list, size_t *count,
                           const struct feedback_wait *row)
{
    size_t i = 0;
    while (i < *count &&
           (list[i].organisation != row->organisation || !str_eq(list[i].forum, row->forum)))
        i++;
    if (i == *count) /* the oldest comes first */
        list[(*count)++] = (struct feedback_unanswered){
            .organisation = row->organisation, .forum = row->forum, .due_at = row->due_at};
    list[i].count++;
}

/* Is there a Forum that they lead, whatever it is called?  For others nothing need be read. */
static bool may_lead(const struct person *who)
{
    bool leads = false;
    for (unsigned left = who->roles; left; left &= left - 1)
        leads |= access_reach((enum role)__builtin_ctz(left), ACT_RUN_MEETING) >= REACH_FORUM;
    return leads;
}

enum st feedback_unanswered_list(struct app *app, struct arena *arena, const struct person *who,
                                 struct feedback_unanswered **ret, size_t *ret_count,
                                 struct err *err)
{
    struct searching searching = {.scope = scope_of(app, arena, who)};
    struct feedback_wait *row = NULL;
    size_t count = 0;
    *ret_count = 0;
    *ret = NULL;
    if (!may_lead(who) && !access_allows(who, ACT_MANAGE_ACCOUNTS, NULL)) return ST_OK;
    scope_person(searching.scope); /* read before the store is taken */
    searching.db = store_read_begin(app->store, err);
    if (!searching.db) return ST_FAILED;
    enum st outcome = feedback_overdue(searching.scope, searching.db, STR(""), &row, &count, err);
    *ret = arena_many(arena, count, struct feedback_unanswered);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        bool theirs = false;
        outcome = is_unanswered(&searching, &row[i], &theirs, err);
        if (theirs) add_unanswered(*ret, ret_count, &row[i]);
    }
    store_read_end(app->store, searching.db);
    for (size_t i = 0; i < *ret_count && outcome == ST_OK; i++) {
        struct organisation organisation;
        outcome = organisation_read(app, arena, (*ret)[i].organisation, &organisation, err);
        if (outcome == ST_OK) (*ret)[i].name = organisation.name;
    }
    return outcome;
}

/* --- word ------------------------------------------------------------------------------------- */

static enum st give(const struct scope *scope, struct db *db, const int64_t *submission,
                    size_t count, const struct meeting_term *term, size_t *ret, struct err *err)
{
    struct feedback_wait *list = NULL;
    size_t waiting = 0;
    enum st outcome = feedback_overdue(scope, db, STR(""), &list, &waiting, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        size_t k = 0;
        while (k < waiting && list[k].submission != submission[i]) k++;
        if (k == waiting || !gives(scope, &list[k])) continue;
        outcome =
            stage_act(scope_app(scope), db, scope_person(scope)->account, submission[i],
                      term->tells_action ? FEEDBACK_ACTION : FEEDBACK_NO_ACTION, term->reason, err);
        list[k].forum = STR(""); /* once */
        *ret += outcome == ST_OK;
    }
    return outcome;
}

static enum st give_in_turn(struct app *app, const struct person *who, const int64_t *submission,
                            size_t count, const struct meeting_term *term, struct once *once,
                            size_t *ret, struct err *err)
{
    struct arena arena;
    struct db *db;
    arena_init(&arena, 64 << 20);
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = once_look(db, once, err);
        if (outcome == ST_OK && once_done(once)) {
            *ret = count;
        } else if (outcome == ST_OK) {
            outcome = give(scope_of(app, &arena, who), db, submission, count, term, ret, err);
            if (outcome == ST_OK && *ret) outcome = once_keep(db, once, submission[0], err);
        }
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}

static enum st find_term(struct app *app, struct str outcome, const struct meeting_term **ret,
                         struct err *err)
{
    *ret = area_meeting_find(app->area, MEETING_OUTCOME, outcome);
    if (*ret && !(*ret)->needs_action) return ST_OK;
    return err_set(err, ST_INVALID,
                   "Choose what became of it. What was acted on closes in a meeting.");
}

enum st feedback_give(struct app *app, const struct person *who, const int64_t *submission,
                      size_t count, struct str outcome_id, size_t *ret, struct err *err)
{
    const struct meeting_term *term = NULL;
    *ret = 0;
    enum st outcome = find_term(app, outcome_id, &term, err);
    if (outcome == ST_OK && !count) outcome = err_set(err, ST_INVALID, "Tick what you say it of.");
    if (outcome == ST_OK) outcome = give_in_turn(app, who, submission, count, term, NULL, ret, err);
    if (outcome == ST_OK && !*ret)
        return err_set(err, ST_CONFLICT, "Somebody has said it meanwhile: nothing was changed.");
    return outcome;
}

enum st feedback_give_once(struct app *app, const struct person *who, int64_t submission,
                           struct str outcome_id, struct once *once, struct err *err)
{
    const struct meeting_term *term = NULL;
    size_t given = 0;
    enum st outcome = find_term(app, outcome_id, &term, err);
    if (outcome == ST_OK) outcome = give_in_turn(app, who, &submission, 1, term, once, &given, err);
    if (outcome == ST_OK && !given)
        return err_set(err, ST_NOT_FOUND,
                       "No word is due of such a submission, or it is not yours to say.");
    return outcome;
}
