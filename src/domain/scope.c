#include "domain/scope.h"

#include "base/clock.h"
#include "domain/absence.h"
#include "domain/naming.h"
#include "domain/registry.h"
#include "domain/source.h"

struct given {
    int64_t submission;
    unsigned kinds;
};

struct scope {
    struct app *app;
    struct arena *arena;
    struct person who;
    struct db *turn; /* of writing, in which it is asked; NULL: in none */
    uint64_t sender;
    enum handling_rule rule[HANDLINGS_MAX + 1];
    bool connects[HANDLINGS_MAX + 1];
    int64_t *named; /* each of these rises */
    size_t named_count;
    int64_t *blocked;
    size_t blocked_count;
    int64_t *conflict;
    size_t conflict_count;
    int64_t *naming; /* what names them where the index does not know it */
    size_t naming_count;
    struct given *given;
    size_t given_count;
    instant_ms given_until; /* when the first of these ends */
    int64_t *unrepresented; /* organisations whose submissions wait for nobody */
    size_t unrepresented_count;
    bool ready;
    bool blind; /* what they may see could not be read */
    struct scope *self; /* to fill in what is asked for the first time */
    struct scope_memo *memo;
};

/* --- making one -------------------------------------------------------------------- */

/* A column of ids, in rising order. */
static enum st read_ids(struct scope *scope, struct query *query, int64_t **ret, size_t *ret_count,
                        struct err *err)
{
    size_t room = 0;
    int64_t *list = NULL;
    size_t count = 0;
    while (db_next(query)) {
        arena_room(scope->arena, list, count, &room);
        list[count++] = db_int(query, 0);
    }
    *ret = list;
    *ret_count = count;
    return db_end(query, err);
}

/* Grants in force: rows of (submission, kind), by submission.  Those that end within this minute
 * are asked for too, so that the same rows are asked for again. */
static enum st read_given(struct scope *scope, struct db *db, struct err *err)
{
    enum { MAXIMUM = 10000 };
    struct query *query = db_query(db, Q_GRANT_IN_FORCE);
    db_bind_int(query, 1, scope->who.account);
    instant_ms now = clock_now();
    db_bind_int(query, 2, now - now % MINUTE_MS);
    db_bind_int(query, 3, MAXIMUM);
    size_t room = 0;
    while (db_next(query)) {
        enum grant_kind kind;
        int64_t submission = db_int(query, 0);
        if (db_int(query, 2) <= now) continue;
        if (db_int(query, 2) < scope->given_until) scope->given_until = db_int(query, 2);
        if (!grant_kind_from_name(db_text(query, 1), &kind)) continue;
        size_t last = scope->given_count;
        if (last && scope->given[last - 1].submission == submission) {
            scope->given[last - 1].kinds |= 1u << kind;
            continue;
        }
        arena_room(scope->arena, scope->given, last, &room);
        scope->given[scope->given_count++] = (struct given){submission, 1u << kind};
    }
    return db_end(query, err);
}

static enum st read_forums(struct scope *scope, struct db *db, struct err *err)
{
    struct query *query = db_query(db, Q_FORUM_OF_ACCOUNT);
    db_bind_int(query, 1, scope->who.account);
    while (db_next(query))
        scope->who.forums |= registry_forum_bit(scope->app->registry, db_text(query, 0));
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_ORGANISATION_FORUM);
    db_bind_int(query, 1, scope->who.organisation);
    if (db_next(query)) {
        scope->who.forums |= registry_forum_bit(scope->app->registry, db_text(query, 0));
        scope->who.is_police = str_eq(db_text(query, 1), STR("police"));
    }
    return db_end(query, err);
}

/* Organisations of which something waits, and that nobody represents today.  Whoever does
 * not share on for others has no use for it. */
static enum st read_unrepresented(struct scope *scope, struct db *db, struct err *err)
{
    bool shares_on = false;
    for (unsigned left = scope->who.roles; left; left &= left - 1)
        shares_on |= access_reach((enum role)__builtin_ctz(left), ACT_FORWARD) == REACH_FORUM;
    if (!shares_on) return ST_OK;
    int32_t today = clock_today();
    enum st outcome = read_ids(scope, db_query(db, Q_UNREPRESENTED), &scope->unrepresented,
                               &scope->unrepresented_count, err);
    size_t kept = 0;
    for (size_t i = 0; i < scope->unrepresented_count && outcome == ST_OK; i++) {
        int64_t representative = 0;
        size_t count = 0;
        outcome =
            representatives_on(db, scope->unrepresented[i], today, 1, &representative, &count, err);
        if (!count) scope->unrepresented[kept++] = scope->unrepresented[i];
    }
    scope->unrepresented_count = kept;
    return outcome;
}

static enum st read_all(struct scope *scope, struct err *err)
{
    struct db *db = scope->turn ? scope->turn : store_read_begin(scope->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_forums(scope, db, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_NAMED_OF_ORGANISATION);
        db_bind_int(query, 1, scope->who.organisation);
        outcome = read_ids(scope, query, &scope->named, &scope->named_count, err);
    }
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_BLOCK_OF_ACCOUNT);
        db_bind_int(query, 1, scope->who.account);
        outcome = read_ids(scope, query, &scope->blocked, &scope->blocked_count, err);
    }
    if (outcome == ST_OK)
        outcome = naming_of(scope->app, db, scope->arena, scope->who.account, &scope->naming,
                            &scope->naming_count, err);
    if (outcome == ST_OK) outcome = read_given(scope, db, err);
    if (outcome == ST_OK) outcome = read_unrepresented(scope, db, err);
    if (!scope->turn) store_read_end(scope->app->store, db);
    return outcome;
}

/* What each code in use does here.  A code that the pack does not have, or no pack at
 * all, leaves only the plain one open. */
static void read_rules(struct scope *scope)
{
    struct str code[HANDLINGS_MAX];
    size_t count = registry_codes(scope->app->registry, code);
    for (size_t i = 0; i <= HANDLINGS_MAX; i++) scope->rule[i] = HANDLING_OWNER;
    for (size_t i = 0; i < count; i++) {
        const struct area_handling *known =
            scope->app->area ? area_handling_find(scope->app->area, code[i]) : NULL;
        if (known) {
            scope->rule[i] = known->rule;
            scope->connects[i] = known->connects;
        } else if (str_eq(code[i], STR("handling:P"))) {
            scope->rule[i] = HANDLING_OPEN;
        }
    }
}

static struct scope *make(struct app *app, struct arena *arena, const struct person *who)
{
    struct scope *scope = arena_new(arena, struct scope);
    *scope = (struct scope){
        .app = app, .arena = arena, .who = *who, .self = scope, .given_until = INT64_MAX};
    scope->memo = arena_new(arena, struct scope_memo);
    return scope;
}

const struct scope *scope_of(struct app *app, struct arena *arena, const struct person *who)
{
    return who->scope ? who->scope : make(app, arena, who);
}

/* Most requests never ask, so it is read when the first question comes. */
static void prepare(const struct scope *asked)
{
    if (asked->ready) return;
    struct scope *scope = asked->self;
    scope->ready = true;
    uint8_t tag[SEAL_TAG_SIZE];
    source_tag(scope->app, scope->who.account, tag);
    scope->sender = registry_sender(str_of((const char *)tag, sizeof tag));
    read_rules(scope);
    struct err err = {0};
    scope->blind = !scope->who.account || read_all(scope, &err) != ST_OK;
    if (!scope->blind)
        scope->conflict_count =
            scope_conflicts(scope->app, scope->arena, &scope->who, &scope->conflict);
}

/* --- asking it --------------------------------------------------------------------- */

static bool holds(const int64_t *list, size_t count, int64_t id)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (list[middle] == id) return true;
        if (list[middle] < id)
            low = middle + 1;
        else
            count = middle;
    }
    return false;
}

static unsigned given_to(const struct scope *scope, int64_t submission)
{
    size_t low = 0;
    size_t high = scope->given_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (scope->given[middle].submission < submission)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < scope->given_count && scope->given[low].submission == submission;
    return found ? scope->given[low].kinds : 0;
}

bool scope_record(const struct scope *scope, int64_t submission, struct record *ret)
{
    prepare(scope);
    const struct registry_row *row = registry_find(scope->app->registry, submission);
    if (!row || scope->blind) return false;
    uint8_t handling = row->handling; /* as an index gcc would read it as if it were not atomic */
    *ret = (struct record){
        .account = row->sender == scope->sender ? scope->who.account : 0,
        .organisation = row->organisation,
        .forum = row->forum ? 1ULL << row->forum : 0,
        .rule = scope->rule[handling],
        .unshared = !stage_is_shared((enum stage)row->stage),
        .with_maru = row->stage == STAGE_MARU,
        .sanitised = row->sanitised,
        .named = holds(scope->named, scope->named_count, submission),
        .conflict = holds(scope->conflict, scope->conflict_count, submission) ||
                    holds(scope->naming, scope->naming_count, submission),
        .blocked = holds(scope->blocked, scope->blocked_count, submission),
        .given = given_to(scope, submission),
    };
    bool here =
        row->stage == STAGE_REPRESENTATIVE || row->stage == STAGE_HELD || row->stage == STAGE_MARU;
    ret->unrepresented = here &&
                         holds(scope->unrepresented, scope->unrepresented_count, row->organisation);
    return true;
}

bool scope_allows(const struct scope *scope, enum action action, int64_t submission)
{
    struct record record;
    return scope_record(scope, submission, &record) &&
           access_allows(&scope->who, action, &record);
}

bool scope_allows_now(struct app *app, struct db *turn, struct arena *arena,
                      const struct person *who, enum action action, int64_t submission)
{
    struct person asker = *who;
    asker.scope = NULL;
    struct scope *scope = make(app, arena, &asker);
    scope->turn = turn;
    return scope_allows(scope, action, submission);
}

bool scope_links(const struct scope *scope, int64_t submission)
{
    return scope_allows(scope, ACT_SEE_LINKS, submission);
}

bool scope_mention(const struct scope *scope, int64_t submission, int64_t mention)
{
    return scope_links(scope, submission) && !registry_left_out(scope->app->registry, mention);
}

bool scope_original(const struct scope *scope, int64_t submission)
{
    struct record record;
    return scope_record(scope, submission, &record) && access_original(&scope->who, &record);
}

static bool admits(const void *scope, int64_t submission)
{
    return scope_links(scope, submission);
}

struct link_admit scope_admit(const struct scope *scope)
{
    prepare(scope); /* not while the index is locked */
    return (struct link_admit){admits, scope};
}

bool scope_may_connect(const struct scope *scope, int64_t submission)
{
    struct record record;
    if (!scope_record(scope, submission, &record)) return false;
    const struct registry_row *row = registry_find(scope->app->registry, submission);
    if (!row) return false; /* destroyed meanwhile */
    bool over = row->stage == STAGE_WITHDRAWN || row->stage == STAGE_RETURNED;
    /* What waits where they work themselves is no other organisation's: it is on its way. */
    bool here = record.organisation && record.organisation == scope->who.organisation;
    uint8_t handling = row->handling;
    return !here && scope->connects[handling] && !over && !record.conflict && !record.blocked &&
           !access_allows(&scope->who, ACT_READ_SUBMISSION, &record);
}

void scope_count(const struct scope *scope, int64_t *ret_submissions, int64_t *ret_mentions)
{
    *ret_submissions = *ret_mentions = 0;
    int64_t last = registry_last(scope->app->registry);
    for (int64_t id = 1; id <= last; id++) {
        if (!scope_links(scope, id)) continue;
        const struct registry_row *row = registry_find(scope->app->registry, id);
        if (!row) continue; /* destroyed meanwhile */
        ++*ret_submissions;
        *ret_mentions += row->mentions;
    }
}

size_t scope_latest(const struct scope *scope, enum action action, int64_t before,
                    int64_t *ret, size_t maximum)
{
    size_t count = 0;
    int64_t last = registry_last(scope->app->registry);
    if (before && before <= last) last = before - 1;
    for (int64_t id = last; id > 0 && count < maximum; id--)
        if (scope_allows(scope, action, id)) ret[count++] = id;
    return count;
}

const struct person *scope_person(const struct scope *scope)
{
    prepare(scope);
    return &scope->who;
}

instant_ms scope_until(const struct scope *scope)
{
    prepare(scope);
    return scope->blind ? 0 : scope->given_until;
}

struct app *scope_app(const struct scope *scope)
{
    return scope->app;
}

struct scope_memo *scope_memo(const struct scope *scope)
{
    return scope->memo;
}

struct arena *scope_arena(const struct scope *scope)
{
    return scope->arena;
}

bool scope_recall(const struct scope_texts *texts, int64_t id, struct str *ret)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (texts->list[i].id != id) continue;
        *ret = texts->list[i].text;
        return true;
    }
    return false;
}

void scope_remember(const struct scope *scope, struct scope_texts *texts, int64_t id,
                    struct str text)
{
    if (texts->count == SCOPE_TEXTS) return;
    if (!texts->list) texts->list = arena_many(scope->arena, SCOPE_TEXTS, struct scope_text);
    texts->list[texts->count++] = (struct scope_text){id, str_dup(scope->arena, text)};
}

enum st scope_note(const struct scope *scope, const struct audit_event *event, struct err *err)
{
    struct scope_memo *memo = scope->memo;
    if (memo->lines++) return audit_event(scope->app, event, err);
    size_t count = event->more_count < AUDIT_SUBJECTS_MAX ? event->more_count : AUDIT_SUBJECTS_MAX;
    struct audit_subject *more = arena_many(scope->arena, count, struct audit_subject);
    if (count) memcpy(more, event->more, count * sizeof *more);
    memo->line = *event;
    memo->line.more = more;
    memo->line.more_count = count;
    return memo->defers ? ST_OK : audit_event(scope->app, event, err);
}

enum st access_note(struct app *app, struct db *db, int64_t account, enum audit_kind kind,
                    const char *action, const char *subject, int64_t id, const char *outcome,
                    struct err *err)
{
    return audit_append(app, db, &(struct audit_event){.kind = kind,
                                                       .action = action,
                                                       .account = account,
                                                       .subject = subject,
                                                       .subject_id = id,
                                                       .outcome = outcome},
                        err);
}

/* --- seats in forums ---------------------------------------------------------------- */

enum st forum_join(struct app *app, struct db *db, int64_t by, int64_t account, struct str forum,
                   struct err *err)
{
    if (!area_forum_find(app->area, forum))
        return err_set(err, ST_INVALID, "The area has no forum '%.*s'.", STR_ARG(forum));
    struct query *query = db_query(db, Q_FORUM_MEMBER_ADD);
    db_bind_int(query, 1, account);
    db_bind_text(query, 2, forum);
    enum st outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return access_note(app, db, by, AUDIT_ALTERATION, "forum joined", "account", account, "ok",
                       err);
}

enum st forum_leave(struct app *app, struct db *db, int64_t by, int64_t account, struct str forum,
                    struct err *err)
{
    struct query *query = db_query(db, Q_FORUM_MEMBER_REMOVE);
    db_bind_int(query, 1, account);
    db_bind_text(query, 2, forum);
    int64_t had = 0;
    enum st outcome = db_one(query, &had, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_CONFLICT, "They have no seat in a forum '%.*s' to take away.",
                       STR_ARG(str_sub(forum, 0, 60)));
    if (outcome != ST_OK) return outcome;
    return access_note(app, db, by, AUDIT_ALTERATION, "forum left", "account", account, "ok", err);
}

enum st forum_seats(struct app *app, struct arena *arena, int64_t account, struct str **ret,
                    size_t *ret_count, struct err *err)
{
    enum { MAXIMUM = 64 }; /* as many as registry_forum_bit can tell apart */
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_FORUM_OF_ACCOUNT);
    db_bind_int(query, 1, account);
    *ret = arena_many(arena, MAXIMUM, struct str);
    *ret_count = 0;
    while (db_next(query) && *ret_count < MAXIMUM)
        (*ret)[(*ret_count)++] = str_dup(arena, db_text(query, 0));
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}
