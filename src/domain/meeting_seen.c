/*
 * Who sees which item of a meeting.
 */
#include "domain/action.h"
#include "domain/children.h"
#include "domain/disruption.h"
#include "domain/entity_seen.h"
#include "domain/location.h"
#include "domain/meeting_gap.h"
#include "domain/meeting_internal.h"
#include "domain/missing.h"
#include "domain/pattern.h"
#include "domain/registry.h"
#include "domain/stage.h"

enum st item_reader_begin(const struct scope *scope, struct db *db, const struct meeting *meeting,
                          struct item_reader *ret, struct err *err)
{
    enum { MOST = 4000 };
    struct query *query = db_query(db, Q_MEETING_CONFLICT_OF_ACCOUNT);
    db_bind_int(query, 1, scope_person(scope)->account);
    *ret = (struct item_reader){.scope = scope,
                                .db = db,
                                .meeting = meeting,
                                .kept = arena_many(scope_arena(scope), MOST, int64_t)};
    while (ret->kept_count < MOST && db_next(query))
        ret->kept[ret->kept_count++] = db_int(query, 0);
    return db_end(query, err);
}

static bool is_kept(const struct item_reader *reader, int64_t item)
{
    for (size_t i = 0; i < reader->kept_count; i++)
        if (reader->kept[i] == item) return true;
    return false;
}

static bool submission_conflicts(const struct scope *scope, int64_t submission)
{
    struct record record;
    return scope_record(scope, submission, &record) && (record.conflict || record.blocked);
}

/* Of all mentions of the entity, also those that this person does not see: what concerns
 * somebody concerns them wherever it was written. */
static bool entity_conflicts(const struct scope *scope, int64_t mention)
{
    const struct entities *entities = scope_app(scope)->entities;
    struct arena *arena = scope_arena(scope);
    (void)scope_person(scope); /* made before the mark that is gone back to */
    struct arena_mark mark = arena_mark(arena);
    int64_t *ids = NULL;
    size_t count = entity_members(entities, arena, mention, &ids);
    bool found = false;
    int64_t last = 0;
    for (size_t i = 0; i < count && !found; i++) {
        int64_t submission = entity_submission(entities, ids[i]);
        if (submission == last) continue;
        last = submission;
        found = submission_conflicts(scope, submission);
    }
    arena_reset(arena, mark);
    return found;
}

/* Of a pattern: what it is about, or one of the fragments that it was accepted for. */
static bool pattern_conflicts(const struct scope *scope, struct db *db, int64_t word)
{
    enum { MOST = 100 };
    int64_t fragment[MOST];
    size_t count = 0;
    int64_t mention = 0;
    struct query *query = db_query(db, Q_PATTERN_WORD_MENTION);
    db_bind_int(query, 1, word);
    bool conflicts = db_one(query, &mention, NULL) != ST_OK || entity_conflicts(scope, mention);
    query = db_query(db, Q_PATTERN_WORD_FRAGMENTS);
    db_bind_int(query, 1, word);
    while (count < MOST && db_next(query)) fragment[count++] = db_int(query, 0);
    conflicts |= db_end(query, NULL) != ST_OK;
    for (size_t i = 0; i < count && !conflicts; i++)
        conflicts = submission_conflicts(scope, fragment[i]);
    return conflicts;
}

/* Is anything not known of what this person sees of the meeting's submissions? */
static bool gap_seen(const struct scope *scope, struct db *db, int64_t id)
{
    struct meeting meeting;
    struct meeting_gap *gap = arena_many(scope_arena(scope), MEETING_GAPS, struct meeting_gap);
    bool found = false;
    if (meeting_load(scope_app(scope), db, scope_arena(scope), id, &meeting, NULL, NULL) != ST_OK ||
        meeting_gaps(scope, db, &meeting, gap, NULL) != ST_OK)
        return false;
    for (int kind = 0; kind < MEETING_GAPS; kind++) found |= gap[kind].count > 0;
    return found;
}

bool subject_conflicts(const struct scope *scope, struct db *db, enum item_kind kind,
                       int64_t subject)
{
    struct arena *arena = scope_arena(scope);
    struct forum_action action;
    struct disruption disruption;
    struct record record;
    switch (kind) {
    case ITEM_ENTITY: return entity_conflicts(scope, subject);
    case ITEM_SUBMISSION: return submission_conflicts(scope, subject);
    case ITEM_CHILD:
    case ITEM_SUPPORT:
        return child_scope_record(child_scope_of(scope_app(scope), arena, scope_person(scope)),
                                  subject, &record) &&
               (record.conflict || record.blocked);
    case ITEM_MISSING: return missing_kept(scope_app(scope), arena, scope_person(scope), subject);
    case ITEM_LOCATION: return location_kept(scope, subject);
    case ITEM_ACTION:
        return action_load(scope_app(scope), db, arena, subject, &action, NULL) != ST_OK ||
               (action.item && meeting_item_kept(scope, action.item));
    case ITEM_DISRUPTION:
        return disruption_load(scope_app(scope), db, arena, subject, &disruption, NULL, NULL) !=
                   ST_OK ||
               (disruption.mention && entity_conflicts(scope, disruption.mention));
    case ITEM_PATTERN: return pattern_conflicts(scope, db, subject);
    default: return false;
    }
}

int64_t subject_entity(const struct scope *scope, int64_t mention)
{
    struct arena *arena = scope_arena(scope);
    int64_t *ids = NULL;
    int64_t seen = seen_entity(scope, mention);
    size_t count = seen ? 0 : entity_members(scope_app(scope)->entities, arena, mention, &ids);
    for (size_t i = 0; i < count && !seen; i++) seen = seen_entity(scope, ids[i]);
    return seen;
}

bool subject_seen(const struct scope *scope, struct db *db, enum item_kind kind, int64_t subject)
{
    struct arena *arena = scope_arena(scope);
    struct app *app = scope_app(scope);
    struct forum_action action;
    struct disruption disruption;
    switch (kind) {
    case ITEM_ENTITY: return subject_entity(scope, subject) != 0;
    case ITEM_SUBMISSION: return scope_allows(scope, ACT_READ_SUBMISSION, subject);
    case ITEM_CHILD:
    case ITEM_SUPPORT:
        return child_scope_allows(child_scope_of(app, arena, scope_person(scope)), ACT_READ_CHILD,
                                  subject);
    case ITEM_MISSING:
        return missing_allows(app, arena, scope_person(scope), ACT_READ_MISSING, subject, NULL);
    case ITEM_LOCATION: return location_allows(scope, ACT_READ_LOCATION, subject);
    case ITEM_ACTION:
        return action_load(app, db, arena, subject, &action, NULL) == ST_OK &&
               action_seen(scope, &action);
    case ITEM_DISRUPTION:
        return disruption_load(app, db, arena, subject, &disruption, NULL, NULL) == ST_OK &&
               disruption_seen(scope, &disruption);
    case ITEM_PATTERN: return pattern_accepted(scope, db, arena, subject, NULL, NULL) == ST_OK;
    case ITEM_GAP: return gap_seen(scope, db, subject);
    default: return true;
    }
}

instant_ms meeting_item_since(struct db *db, const struct meeting *meeting,
                              const struct meeting_item *item)
{
    int64_t since = -1;
    if (str_eq(item->origin, STR("built"))) return meeting->since_at;
    if (!str_eq(item->origin, STR("carried"))) return -1;
    struct query *query = db_query(db, Q_MEETING_ITEM_BUILT);
    db_bind_text(query, 1, str_from(item_kind_name(item->kind)));
    db_bind_int(query, 2, item->subject);
    db_bind_text(query, 3, meeting->forum);
    db_bind_int(query, 4, item->id);
    return db_one(query, &since, NULL) == ST_OK ? since : -1;
}

/* Does this person see something of what put an entity onto the agenda? */
static bool sees_why(const struct item_reader *reader, const struct meeting_item *item)
{
    const struct entities *entities = scope_app(reader->scope)->entities;
    struct registry *registry = scope_app(reader->scope)->registry;
    struct arena *arena = scope_arena(reader->scope);
    uint64_t bit = registry_forum_bit(registry, reader->meeting->forum);
    if (item->kind != ITEM_ENTITY) return true; /* who sees the others sees all of them */
    instant_ms since = meeting_item_since(reader->db, reader->meeting, item);
    if (since < 0) return true;
    int64_t *ids = NULL;
    size_t count =
        seen_members(reader->scope, arena, subject_entity(reader->scope, item->subject), &ids);
    int64_t last = 0;
    for (size_t i = count; i-- > 0;) { /* the newest first */
        struct stage_state stage;
        int64_t submission = entity_submission(entities, ids[i]);
        if (submission == last || !registry_forum_is(registry, submission, bit)) continue;
        last = submission;
        if (stage_load(reader->db, arena, submission, &stage, NULL) != ST_OK) continue;
        if (stage.shared_at > since && stage.shared_at <= reader->meeting->built_to) return true;
    }
    return false;
}

bool meeting_item_seen(const struct item_reader *reader, struct meeting_item *item)
{
    const struct scope *scope = reader->scope;
    if (is_kept(reader, item->id) ||
        subject_conflicts(scope, reader->db, item->kind, item->subject))
        return false;
    item->whole =
        subject_seen(scope, reader->db, item->kind, item->subject) && sees_why(reader, item);
    return item->whole || item->words.len > 0;
}

bool meeting_item_kept(const struct scope *scope, int64_t id)
{
    struct app *app = scope_app(scope);
    struct item_reader reader;
    struct meeting_item item;
    struct db *db = store_read_begin(app->store, NULL);
    if (!db) return true;
    bool kept = item_reader_begin(scope, db, NULL, &reader, NULL) != ST_OK ||
                meeting_item_load(app, db, scope_arena(scope), id, &item, NULL) != ST_OK ||
                is_kept(&reader, id) ||
                (item.kind != ITEM_ACTION && subject_conflicts(scope, db, item.kind, item.subject));
    store_read_end(app->store, db);
    return kept;
}
