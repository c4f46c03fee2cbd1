#include "domain/note.h"

#include "base/utf8.h"
#include "domain/entity_seen.h"
#include "domain/opened.h"
#include "domain/reason.h"

#include <stdlib.h>

enum { MEMBERS_MAX = 400 };

/* Do they see all that its author saw? */
static enum st sees_basis(const struct scope *scope, struct db *db, int64_t note, bool *ret,
                          struct err *err)
{
    *ret = true;
    struct query *query = db_query(db, Q_NOTE_BASIS);
    db_bind_int(query, 1, note);
    while (db_next(query)) *ret &= scope_allows(scope, ACT_DECIDE, db_int(query, 0));
    return db_end(query, err);
}

static enum st from_row(const struct scope *scope, struct arena *arena, struct query *query,
                        struct note *ret, struct err *err)
{
    *ret = (struct note){.id = db_int(query, 0),
                         .account = db_int(query, 3),
                         .at = db_int(query, 4),
                         .ended_at = db_int(query, 5),
                         .ended_by = db_int(query, 6)};
    return opened_reason(scope, arena, query, 2, 7, FIELD_NOTE, ret->id, &ret->text, err);
}

static int newest_first(const void *a, const void *b)
{
    const struct note *left = a;
    const struct note *right = b;
    if (!left->ended_at != !right->ended_at) return left->ended_at ? 1 : -1;
    return (left->id < right->id) - (left->id > right->id);
}

static enum st read_all(const struct scope *scope, struct db *db, struct arena *arena,
                        int64_t entity, struct note **ret, size_t *ret_count, struct err *err)
{
    struct note *list = NULL;
    size_t room = 0;
    int64_t *member = NULL;
    size_t members = seen_members(scope, arena, entity, &member);
    size_t read = 0;
    enum st outcome = ST_OK;
    for (size_t i = members > MEMBERS_MAX ? members - MEMBERS_MAX : 0;
         i < members && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_NOTE_OF_MENTION);
        db_bind_int(query, 1, member[i]);
        while (outcome == ST_OK && read < NOTES_MAX && db_next(query)) {
            arena_room(arena, list, read, &room);
            outcome = from_row(scope, arena, query, &list[read++], err);
        }
        outcome = db_end_after(query, outcome, err);
    }
    size_t count = 0;
    for (size_t i = 0; i < read && outcome == ST_OK; i++) {
        bool seen = false;
        outcome = sees_basis(scope, db, list[i].id, &seen, err);
        if (outcome != ST_OK || !seen) continue;
        outcome = opened_name(scope, db, arena, list[i].account, &list[i].by, err);
        if (outcome == ST_OK && list[i].ended_by)
            outcome = opened_name(scope, db, arena, list[i].ended_by, &list[i].ended_name, err);
        list[i].may_end = list[i].account == scope_person(scope)->account && !list[i].ended_at;
        list[count++] = list[i];
    }
    if (count) qsort(list, count, sizeof *list, newest_first);
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st notes_of(const struct scope *scope, struct arena *arena, int64_t entity, struct note **ret,
                 size_t *ret_count, struct err *err)
{
    *ret = NULL;
    *ret_count = 0;
    if (!seen_decides(scope, entity)) return ST_OK;
    struct db *db = store_read_begin(scope_app(scope)->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_all(scope, db, arena, entity, ret, ret_count, err);
    store_read_end(scope_app(scope)->store, db);
    return outcome;
}

static enum st log_note(struct app *app, struct db *db, const struct person *who,
                        const char *action, int64_t note, int64_t entity, struct err *err)
{
    struct audit_subject more[] = {{"mention", entity},
                                   {"submission", entity_submission(app->entities, entity)}};
    return audit_append(app, db, &(struct audit_event){.kind = AUDIT_ALTERATION,
                                                       .action = action,
                                                       .account = who->account,
                                                       .subject = "note",
                                                       .subject_id = note,
                                                       .more = more,
                                                       .more_count = 2,
                                                       .reason = "role"},
                        err);
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Every submission that its author sees of the entity. */
static enum st store_basis(const struct scope *scope, struct db *db, struct arena *arena,
                           int64_t note, int64_t entity, struct err *err)
{
    int64_t *member = NULL;
    size_t count = seen_members(scope, arena, entity, &member);
    int64_t last = 0;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        int64_t submission = entity_submission(scope_app(scope)->entities, member[i]);
        if (submission == last) continue; /* mentions of one submission have ids side by side */
        last = submission;
        struct query *query = db_query(db, Q_NOTE_BASIS_ADD);
        db_bind_int(query, 1, note);
        db_bind_int(query, 2, submission);
        outcome = db_run(query, err);
    }
    return outcome;
}

static enum st add_in(const struct scope *scope, struct db *db, struct arena *arena, int64_t entity,
                      struct str text, struct err *err)
{
    struct app *app = scope_app(scope);
    const struct person *who = scope_person(scope);
    int64_t id = 0;
    struct str sealed;
    enum st outcome = db_next_id(db, Q_NOTE_LAST, &id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, entity_submission(app->entities, entity), FIELD_NOTE,
                              id, text, &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_NOTE_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, entity);
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    db_bind_int(query, 4, who->account);
    db_bind_int(query, 5, clock_now());
    outcome = db_run(query, err);
    if (outcome == ST_OK) outcome = store_basis(scope, db, arena, id, entity, err);
    return outcome == ST_OK ? log_note(app, db, who, "note added", id, entity, err) : outcome;
}

enum st note_add(struct app *app, const struct person *who, int64_t entity, struct str text,
                 struct err *err)
{
    struct arena arena;
    struct db *db;
    arena_init(&arena, 64 << 20);
    const struct scope *scope = scope_of(app, &arena, who);
    enum st outcome = seen_decides(scope, entity) ? ST_OK : err_missing(err, "record");
    text = str_trim(utf8_clean(&arena, str_sub(text, 0, 100000), NULL));
    if (outcome == ST_OK && !text.len)
        outcome = err_set(err, ST_INVALID, "Write what you think, and what it rests on.");
    if (outcome == ST_OK && utf8_count(text) > NOTE_MAX)
        outcome = err_set(err, ST_INVALID, "That is %zu characters; %d is the most.",
                          utf8_count(text), (int)NOTE_MAX);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK)
        outcome = store_write_end(
            app->store, db, add_in(scope, db, &arena, seen_entity(scope, entity), text, err), err);
    arena_done(&arena);
    return outcome;
}

static enum st end_in(const struct scope *scope, struct db *db, struct arena *arena, int64_t entity,
                      int64_t note, struct err *err)
{
    struct note *list = NULL;
    size_t count = 0;
    size_t i = 0;
    enum st outcome = read_all(scope, db, arena, entity, &list, &count, err);
    while (i < count && list[i].id != note) i++;
    if (outcome == ST_OK && i == count) return err_missing(err, "note");
    if (outcome == ST_OK && list[i].account != scope_person(scope)->account)
        return err_set(err, ST_DENIED, "Only who wrote a note sets it aside.");
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_NOTE_END);
    db_bind_int(query, 1, note);
    db_bind_int(query, 2, clock_now());
    db_bind_int(query, 3, scope_person(scope)->account);
    outcome = db_one(query, &note, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_CONFLICT, "It was set aside already: nothing was changed.");
    return outcome == ST_OK ? log_note(scope_app(scope), db, scope_person(scope), "note set aside",
                                       note, entity, err)
                            : outcome;
}

enum st note_end(struct app *app, const struct person *who, int64_t entity, int64_t note,
                 struct err *err)
{
    struct arena arena;
    struct db *db;
    arena_init(&arena, 64 << 20);
    const struct scope *scope = scope_of(app, &arena, who);
    enum st outcome = seen_decides(scope, entity) ? store_write_begin(app->store, &db, err)
                                                  : err_missing(err, "note");
    if (outcome == ST_OK)
        outcome =
            store_write_end(app->store, db, end_in(scope, db, &arena, entity, note, err), err);
    arena_done(&arena);
    return outcome;
}
