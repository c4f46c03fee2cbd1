#include "domain/watch.h"

#include "domain/account.h"
#include "domain/area_meeting.h"
#include "domain/disruption.h"
#include "domain/entity_seen.h"
#include "domain/mail.h"
#include "domain/meeting_internal.h"
#include "domain/note.h"
#include "domain/profile.h"
#include "domain/relation.h"

#include <stdlib.h>

enum { MEMBERS_MAX = 400, DAY_MS = 24 * 3600 * 1000 };

/* What moved of one entity since an instant, for one person. */
struct moving {
    const struct scope *scope;
    struct db *db;
    struct arena *arena;
    int64_t entity;
    instant_ms since;
    struct watch_event *event;
    size_t count;
};

static bool is_new(const struct moving *moving, instant_ms at, int64_t by)
{
    return at > moving->since && by != scope_person(moving->scope)->account;
}

static void add(struct moving *moving, enum watch_what what, int64_t id, int64_t other,
                struct str words, instant_ms at)
{
    for (size_t i = 0; i < moving->count; i++)
        if (moving->event[i].what == what && moving->event[i].id == id &&
            moving->event[i].other == other)
            return;
    if (moving->count == WATCH_EVENTS_MAX) return;
    moving->event[moving->count++] = (struct watch_event){what, id, other, words, at};
}

/* --- of its mentions and submissions ---------------------------------------------------------- */

static enum st add_named(struct moving *moving, int64_t submission, struct err *err)
{
    struct record record;
    bool own = scope_record(moving->scope, submission, &record) && record.account;
    struct query *query = db_query(moving->db, Q_WATCH_NAMED);
    db_bind_int(query, 1, submission);
    if (db_next(query) && db_int(query, 0) > moving->since && !own)
        add(moving, WATCH_NAMED, submission, 0, str_dup(moving->arena, db_text(query, 1)),
            db_int(query, 0));
    return db_end(query, err);
}

static enum st add_graded(struct moving *moving, int64_t submission, struct err *err)
{
    if (!scope_allows(moving->scope, ACT_DECIDE, submission)) return ST_OK;
    struct query *query = db_query(moving->db, Q_WATCH_GRADES);
    db_bind_int(query, 1, submission);
    db_bind_int(query, 2, moving->since);
    while (db_next(query)) {
        instant_ms second = db_int(query, 3);
        if (is_new(moving, second, db_int(query, 4)))
            add(moving, WATCH_GRADED, submission, 0, str_dup(moving->arena, db_text(query, 5)),
                second);
        else if (is_new(moving, db_int(query, 1), db_int(query, 2)))
            add(moving, WATCH_GRADED, submission, 0, str_dup(moving->arena, db_text(query, 5)),
                db_int(query, 1));
    }
    return db_end(query, err);
}

/* "Unsure" joins and parts nothing. */
static enum st add_decided(struct moving *moving, int64_t mention, struct err *err)
{
    struct query *query = db_query(moving->db, Q_WATCH_DECISIONS);
    db_bind_int(query, 1, mention);
    db_bind_int(query, 2, moving->since);
    while (db_next(query)) {
        int64_t a = db_int(query, 1);
        int64_t b = db_int(query, 2);
        enum verdict verdict;
        if (!verdict_from_name(db_text(query, 3), &verdict)) abort(); /* only we write it */
        if (verdict == VERDICT_UNSURE || !seen_mention(moving->scope, a) ||
            !seen_mention(moving->scope, b))
            continue;
        if (is_new(moving, db_int(query, 5), db_int(query, 7)))
            add(moving, verdict == VERDICT_SAME ? WATCH_PARTED : WATCH_JOINED, a, b, STR(""),
                db_int(query, 5));
        else if (db_is_null(query, 5) && is_new(moving, db_int(query, 4), db_int(query, 6)))
            add(moving, verdict == VERDICT_SAME ? WATCH_JOINED : WATCH_PARTED, a, b, STR(""),
                db_int(query, 4));
    }
    return db_end(query, err);
}

static enum st of_members(struct moving *moving, struct err *err)
{
    int64_t *member = NULL;
    size_t count = seen_members(moving->scope, moving->arena, moving->entity, &member);
    int64_t last = 0;
    enum st outcome = ST_OK;
    /* The newest first: of very many events the last are kept. */
    for (size_t i = count; i > (count > MEMBERS_MAX ? count - MEMBERS_MAX : 0) && outcome == ST_OK;
         i--) {
        int64_t submission = entity_submission(scope_app(moving->scope)->entities, member[i - 1]);
        outcome = add_decided(moving, member[i - 1], err);
        if (submission == last) continue;
        last = submission;
        if (outcome == ST_OK) outcome = add_named(moving, submission, err);
        if (outcome == ST_OK) outcome = add_graded(moving, submission, err);
    }
    return outcome;
}

/* --- what stands beside it ------------------------------------------------------------------- */

static enum st of_analysts(struct moving *moving, struct err *err)
{
    struct relation *relation = NULL;
    struct note *note = NULL;
    size_t count = 0;
    enum st outcome =
        relations_of(moving->scope, moving->arena, moving->entity, &relation, &count, err);
    for (size_t i = 0; i < count; i++) {
        bool ended = is_new(moving, relation[i].ended_at, relation[i].ended_by);
        if (ended || is_new(moving, relation[i].at, relation[i].account))
            add(moving, WATCH_RELATED, relation[i].id, 0, relation[i].label,
                ended ? relation[i].ended_at : relation[i].at);
    }
    count = 0;
    if (outcome == ST_OK)
        outcome = notes_of(moving->scope, moving->arena, moving->entity, &note, &count, err);
    for (size_t i = 0; i < count; i++)
        if (is_new(moving, note[i].at, note[i].account))
            add(moving, WATCH_NOTED, note[i].id, 0, STR(""), note[i].at);
    return outcome;
}

/* Is it there for them, as the page of its meeting would show it, and more than its words? */
static enum st item_shows(const struct moving *moving, const struct item_reader *reader,
                          struct meeting *meeting, int64_t id, bool *ret, struct err *err)
{
    struct app *app = scope_app(moving->scope);
    struct meeting_item item;
    enum st outcome = meeting_item_load(app, moving->db, moving->arena, id, &item, err);
    if (outcome == ST_OK && meeting->id != item.meeting)
        outcome = meeting_load(app, moving->db, moving->arena, item.meeting, meeting, NULL, err);
    *ret = outcome == ST_OK && meeting_item_seen(reader, &item) && item.whole;
    return outcome == ST_NOT_FOUND ? ST_OK : outcome; /* destroyed meanwhile */
}

/* On an agenda that they may read, for what they see themselves. */
static enum st of_meetings(struct moving *moving, struct err *err)
{
    enum { MOST = 2000 };
    struct app *app = scope_app(moving->scope);
    int64_t *item = arena_many(moving->arena, MOST, int64_t);
    struct watch_event *found = arena_many(moving->arena, MOST, struct watch_event);
    size_t count = 0;
    struct query *query = db_query(moving->db, Q_WATCH_ITEMS);
    db_bind_int(query, 1, moving->since);
    while (count < MOST && db_next(query)) {
        if (subject_entity(moving->scope, db_int(query, 1)) != moving->entity) continue;
        if (!is_new(moving, db_int(query, 2), db_int(query, 5))) continue;
        struct str forum = str_dup(moving->arena, db_text(query, 4));
        if (!forum_allows(moving->scope, ACT_READ_MEETING, forum, false)) continue;
        item[count] = db_int(query, 0);
        found[count++] = (struct watch_event){WATCH_AGENDA, db_int(query, 3), 0,
                                              area_forum_name(app->area, forum), db_int(query, 2)};
    }
    enum st outcome = db_end(query, err);
    struct meeting meeting = {0}; /* of the item that is looked at */
    struct item_reader reader;
    if (outcome == ST_OK)
        outcome = item_reader_begin(moving->scope, moving->db, &meeting, &reader, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        bool shows = false;
        outcome = item_shows(moving, &reader, &meeting, item[i], &shows, err);
        if (shows) add(moving, found[i].what, found[i].id, 0, found[i].words, found[i].at);
    }
    return outcome;
}

static enum st of_measures(struct moving *moving, struct err *err)
{
    enum { MOST = 500 };
    int64_t id[MOST];
    size_t count = 0;
    struct query *query = db_query(moving->db, Q_WATCH_MEASURES);
    db_bind_int(query, 1, moving->since);
    while (count < MOST && db_next(query))
        if (subject_entity(moving->scope, db_int(query, 1)) == moving->entity &&
            is_new(moving, db_int(query, 2), db_int(query, 3)))
            id[count++] = db_int(query, 0);
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct disruption row;
        outcome = disruption_load(scope_app(moving->scope), moving->db, moving->arena, id[i], &row,
                                  NULL, err);
        if (outcome == ST_OK && disruption_seen(moving->scope, &row))
            add(moving, WATCH_MEASURE, row.id, 0,
                area_meeting_label(scope_app(moving->scope)->area, MEETING_DISRUPTION, row.kind),
                row.created_at);
    }
    return outcome;
}

static int newest_first(const void *a, const void *b)
{
    const struct watch_event *left = a;
    const struct watch_event *right = b;
    if (left->at != right->at) return left->at < right->at ? 1 : -1;
    if (left->what != right->what) return (int)left->what - (int)right->what;
    return (left->id < right->id) - (left->id > right->id);
}

static enum st move(struct moving *moving, struct err *err)
{
    moving->event = arena_many(moving->arena, WATCH_EVENTS_MAX, struct watch_event);
    enum st outcome = of_members(moving, err);
    if (outcome == ST_OK) outcome = of_analysts(moving, err);
    if (outcome == ST_OK) outcome = of_meetings(moving, err);
    if (outcome == ST_OK) outcome = of_measures(moving, err);
    if (moving->count) qsort(moving->event, moving->count, sizeof *moving->event, newest_first);
    return outcome;
}

/* --- one's own list --------------------------------------------------------------------------- */

struct watch_row {
    int64_t id;
    int64_t mention;
    instant_ms at;
    instant_ms seen_at;
    instant_ms mailed_at;
};

static enum st read_rows(struct db *db, int64_t account, struct watch_row list[static WATCHED_MAX],
                         size_t *ret_count, struct err *err)
{
    *ret_count = 0;
    struct query *query = db_query(db, Q_WATCH_OF_ACCOUNT);
    db_bind_int(query, 1, account);
    db_bind_int(query, 2, WATCHED_MAX);
    while (*ret_count < WATCHED_MAX && db_next(query))
        list[(*ret_count)++] =
            (struct watch_row){db_int(query, 0), db_int(query, 1), db_int(query, 2),
                               db_int(query, 3), db_int(query, 4)};
    return db_end(query, err);
}

static int moved_first(const void *a, const void *b)
{
    const struct watched *left = a;
    const struct watched *right = b;
    instant_ms moved[] = {left->event_count ? left->event[0].at : 0,
                          right->event_count ? right->event[0].at : 0};
    if (moved[0] != moved[1]) return moved[0] < moved[1] ? 1 : -1;
    return (left->id > right->id) - (left->id < right->id);
}

enum st watch_list(struct app *app, struct arena *arena, const struct person *who,
                   struct watched **ret, size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct watch_row row[WATCHED_MAX];
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_rows(db, who->account, row, &count, err);
    struct watched *list = arena_many(arena, count, struct watched);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        list[i] = (struct watched){.id = row[i].id, .since = row[i].at, .seen_at = row[i].seen_at};
        list[i].entity = subject_entity(scope, row[i].mention);
        if (!list[i].entity) continue;
        struct moving moving = {.scope = scope,
                                .db = db,
                                .arena = arena,
                                .entity = list[i].entity,
                                .since = row[i].seen_at};
        list[i].kind = entity_kind(app->entities, list[i].entity);
        outcome = entity_title(scope, db, arena, list[i].entity, &list[i].title, err);
        if (outcome == ST_OK) outcome = move(&moving, err);
        list[i].event = moving.event;
        list[i].event_count = moving.count;
    }
    store_read_end(app->store, db);
    if (count && outcome == ST_OK) qsort(list, count, sizeof *list, moved_first);
    *ret = list;
    *ret_count = count;
    return outcome;
}

static enum st find(const struct scope *scope, struct db *db, int64_t mention, int64_t *ret_id,
                    size_t *ret_count, struct err *err)
{
    struct watch_row row[WATCHED_MAX];
    const struct entities *entities = scope_app(scope)->entities;
    int64_t entity = seen_entity(scope, mention);
    int64_t near = entity_near(entities, entity);
    *ret_id = 0;
    enum st outcome = read_rows(db, scope_person(scope)->account, row, ret_count, err);
    for (size_t i = 0; i < *ret_count && outcome == ST_OK && entity; i++) {
        /* nobody sees these as one: most */
        if (entity_near(entities, row[i].mention) != near) continue;
        if (subject_entity(scope, row[i].mention) == entity) *ret_id = row[i].id;
    }
    return outcome;
}

enum st watch_find(const struct scope *scope, int64_t mention, int64_t *ret_id, struct err *err)
{
    size_t count = 0;
    struct db *db = store_read_begin(scope_app(scope)->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = find(scope, db, mention, ret_id, &count, err);
    store_read_end(scope_app(scope)->store, db);
    return outcome;
}

/* --- watching --------------------------------------------------------------------------------- */

static enum st add_in(const struct scope *scope, struct db *db, int64_t mention, struct err *err)
{
    const struct person *who = scope_person(scope);
    int64_t id = 0;
    size_t count = 0;
    enum st outcome = find(scope, db, mention, &id, &count, err);
    if (outcome != ST_OK || id) return outcome;
    if (count == WATCHED_MAX)
        return err_set(err, ST_LIMIT,
                       "You watch %d already, which is the most. End some of these first.",
                       (int)WATCHED_MAX);
    outcome = db_next_id(db, Q_WATCH_LAST, &id, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_WATCH_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, seen_entity(scope, mention));
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, clock_now());
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return access_note(scope_app(scope), db, who->account, AUDIT_CONSULTATION, "watch begun",
                       "mention", mention, "ok", err);
}

enum st watch_add(struct app *app, const struct person *who, int64_t mention, struct err *err)
{
    struct arena arena;
    struct db *db;
    arena_init(&arena, 64 << 20);
    const struct scope *scope = scope_of(app, &arena, who);
    enum st outcome = seen_entity(scope, mention) ? store_write_begin(app->store, &db, err)
                                                  : err_missing(err, "record");
    if (outcome == ST_OK)
        outcome = store_write_end(app->store, db, add_in(scope, db, mention, err), err);
    arena_done(&arena);
    return outcome;
}

enum st watch_end(struct app *app, const struct person *who, int64_t watch, struct err *err)
{
    struct db *db;
    int64_t id = 0;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_WATCH_END);
    db_bind_int(query, 1, watch);
    db_bind_int(query, 2, who->account);
    db_bind_int(query, 3, clock_now());
    outcome = db_one(query, &id, err);
    if (outcome == ST_NOT_FOUND) outcome = err_set(err, outcome, "You do not watch that any more.");
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, AUDIT_CONSULTATION, "watch ended", "watch", id,
                              "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st watch_seen(struct app *app, const struct person *who, instant_ms at, struct err *err)
{
    struct db *db;
    instant_ms now = clock_now();
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_WATCH_SEEN);
    db_bind_int(query, 1, who->account);
    db_bind_int(query, 2, at > 0 && at < now ? at : now);
    outcome = db_run(query, err);
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, AUDIT_CONSULTATION, "what moved was looked at",
                              NULL, 0, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

/* --- mail ------------------------------------------------------------------------------------- */

struct due {
    int64_t watch;
    int64_t account;
};

/* Of one person, those of which something moved that they were not told of. */
static enum st find_due(struct app *app, struct arena *arena, int64_t account, int32_t days,
                        struct due *list, size_t *count, struct err *err)
{
    struct person who;
    struct watch_row row[WATCHED_MAX];
    size_t rows = 0;
    instant_ms now = clock_now();
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = account_person_read(app, db, arena, account, &who, err);
    if (outcome == ST_OK) outcome = read_rows(db, account, row, &rows, err);
    const struct scope *scope = outcome == ST_OK ? scope_of(app, arena, &who) : NULL;
    for (size_t i = 0; i < rows && outcome == ST_OK; i++) {
        instant_ms since = row[i].seen_at > row[i].mailed_at ? row[i].seen_at : row[i].mailed_at;
        struct moving moving = {.scope = scope,
                                .db = db,
                                .arena = arena,
                                .entity = subject_entity(scope, row[i].mention),
                                .since = since};
        if (!moving.entity ||
            (row[i].mailed_at > row[i].at && now - row[i].mailed_at < days * (instant_ms)DAY_MS))
            continue;
        outcome = move(&moving, err);
        if (outcome == ST_OK && moving.count) list[(*count)++] = (struct due){row[i].id, account};
    }
    store_read_end(app->store, db);
    return outcome == ST_NOT_FOUND ? ST_OK : outcome; /* they may not sign in any more */
}

static enum st queue(struct db *db, const struct due *due, struct err *err)
{
    instant_ms now = clock_now();
    enum st outcome = mail_add(db, due->account, MAIL_WATCHED, due->watch, now, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_WATCH_MAILED);
    db_bind_int(query, 1, due->watch);
    db_bind_int(query, 2, now);
    return db_run(query, err);
}

static enum st read_accounts(struct app *app, struct arena *arena, int64_t **ret, size_t *ret_count,
                             struct err *err)
{
    enum { MOST = 20000 };
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, MOST, int64_t);
    *ret_count = 0;
    struct query *query = db_query(db, Q_WATCH_ACCOUNTS);
    while (*ret_count < MOST && db_next(query)) (*ret)[(*ret_count)++] = db_int(query, 0);
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st watch_mails(struct app *app, struct err *err)
{
    const struct meeting_term *term =
        app->area ? area_meeting_find(app->area, MEETING_MAIL, STR(MAIL_WATCHED)) : NULL;
    if (!term) return ST_OK;
    struct arena arena;
    struct db *db;
    int64_t *account = NULL;
    size_t count = 0;
    arena_init(&arena, 256 << 20);
    enum st outcome = read_accounts(app, &arena, &account, &count, err);
    struct arena_mark mark = arena_mark(&arena);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct due due[WATCHED_MAX];
        size_t found = 0;
        outcome = find_due(app, &arena, account[i], term->days, due, &found, err);
        arena_reset(&arena, mark);
        if (outcome != ST_OK || !found) continue;
        outcome = store_write_begin(app->store, &db, err);
        if (outcome != ST_OK) break;
        for (size_t k = 0; k < found && outcome == ST_OK; k++) outcome = queue(db, &due[k], err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}
