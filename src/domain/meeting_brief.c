/*
 * What one reader sees of an item: how much is known, what is new since the meeting before,
 * what is near it.  Made of what they may see alone, afresh each time.
 */
#include "domain/meeting_gap.h"
#include "domain/meeting_internal.h"
#include "domain/location.h"
#include "domain/missing.h"

#include "domain/account.h"
#include "domain/action.h"
#include "domain/children.h"
#include "domain/disruption.h"
#include "domain/entity_seen.h"
#include "domain/pattern.h"
#include "domain/profile.h"
#include "domain/registry.h"
#include "domain/stage.h"

#include <stdlib.h>

enum { NEAR_MAX = 400, EXCERPT = 160 };

static struct str kind_label(enum link_kind kind)
{
    static const char *const labels[LINK_KINDS] = {[LINK_PERSON] = "Person",
                                                   [LINK_VEHICLE] = "Vehicle",
                                                   [LINK_PHONE] = "Phone",
                                                   [LINK_ACCOUNT] = "Online account",
                                                   [LINK_PLACE] = "Location"};
    return str_from(labels[kind]);
}

/* --- an entity -------------------------------------------------------------------------------- */

/* Its submissions, each once, in rising order. */
static size_t submissions_of(const struct scope *scope, struct arena *arena, int64_t entity,
                             int64_t **ret)
{
    int64_t *ids = NULL;
    size_t count = seen_members(scope, arena, entity, &ids);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t submission = entity_submission(scope_app(scope)->entities, ids[i]);
        if (!kept || ids[kept - 1] != submission) ids[kept++] = submission;
    }
    *ret = ids;
    return kept;
}

static int by_times(const void *a, const void *b)
{
    const struct brief_relation *left = a;
    const struct brief_relation *right = b;
    if (left->times != right->times) return right->times - left->times;
    return (left->entity > right->entity) - (left->entity < right->entity);
}

/* What the same submissions name, most often first. */
static enum st relations(const struct scope *scope, struct db *db, struct arena *arena,
                         const int64_t *submission, size_t count, struct item_brief *ret,
                         struct err *err)
{
    struct brief_relation *list = arena_many(arena, NEAR_MAX, struct brief_relation);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t *ids = NULL;
        size_t mentions = seen_mentions_of(scope, arena, submission[i], &ids);
        for (size_t k = 0; k < mentions; k++) {
            int64_t other = seen_entity(scope, ids[k]);
            if (!other || other == ret->entity) continue;
            size_t place = 0;
            while (place < found && list[place].entity != other) place++;
            if (place == NEAR_MAX) continue;
            if (place == found)
                list[found++] = (struct brief_relation){
                    .entity = other, .kind = entity_kind(scope_app(scope)->entities, other)};
            list[place].times++;
        }
    }
    if (found) qsort(list, found, sizeof *list, by_times);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < found && ret->relation_count < BRIEF_RELATIONS_MAX && outcome == ST_OK;
         i++) {
        struct brief_relation *relation = &ret->relation[ret->relation_count++];
        *relation = list[i];
        outcome = entity_title(scope, db, arena, relation->entity, &relation->title, err);
    }
    return outcome;
}

/* May this reader learn that the submission's Forum has it?  What they see, yes; a coordinator
 * also of what others may learn that something fits (docs/ACCESS.md). */
static bool may_learn(const struct scope *scope, bool leads, int64_t submission)
{
    return scope_links(scope, submission) || (leads && scope_may_connect(scope, submission));
}

/* The other Forums in which it was seen: so both coordinators know, and can hand over. */
static struct str elsewhere(const struct scope *scope, struct arena *arena,
                            const struct meeting *meeting, int64_t entity)
{
    struct app *app = scope_app(scope);
    size_t forums = 0;
    const struct area_forum *known = app->area ? area_forums(app->area, &forums) : NULL;
    bool leads = forum_allows(scope, ACT_RUN_MEETING, meeting->forum, false);
    int64_t *ids = NULL;
    size_t count = entity_members(app->entities, arena, entity, &ids);
    struct str names = STR("");
    for (size_t f = 0; f < forums; f++) {
        bool seen = false;
        uint64_t bit = registry_forum_bit(app->registry, known[f].id);
        if (str_eq(known[f].id, meeting->forum)) continue;
        for (size_t i = 0; i < count && !seen; i++) {
            int64_t submission = entity_submission(app->entities, ids[i]);
            seen = registry_forum_is(app->registry, submission, bit) &&
                   may_learn(scope, leads, submission);
        }
        if (seen)
            names = names.len ? str_fmt(arena, "%.*s, %.*s", STR_ARG(names), STR_ARG(known[f].name))
                              : known[f].name;
    }
    return names;
}

static struct str excerpt(struct arena *arena, struct str text)
{
    if (text.len <= EXCERPT) return text;
    size_t end = EXCERPT;
    while (end > 0 && (text.ptr[end] & 0xC0) == 0x80) end--; /* not within a character */
    return str_fmt(arena, "%.*s…", (int)end, text.ptr);
}

/* The newest submissions, and when and from whom they came. */
static enum st news(const struct scope *scope, struct db *db, struct arena *arena,
                    const struct meeting *meeting, const int64_t *submission, size_t count,
                    struct item_brief *ret, struct err *err)
{
    enum { LOOKED_AT = 40, SECTORS_MAX = 20 };
    struct str sector[SECTORS_MAX];
    size_t from = count > LOOKED_AT ? count - LOOKED_AT : 0;
    for (size_t i = count; i > from; i--) {
        struct submission read;
        struct stage_state stage;
        enum st outcome = submission_load_seen(scope, db, arena, submission[i - 1], &read, err);
        if (outcome == ST_OK) outcome = stage_load(db, arena, submission[i - 1], &stage, err);
        if (outcome == ST_NOT_FOUND) continue; /* destroyed meanwhile */
        if (outcome != ST_OK) return outcome;
        instant_ms came = stage.shared_at ? stage.shared_at : read.created_at;
        size_t place = 0;
        while (place < ret->sectors && !str_eq(sector[place], read.sector)) place++;
        if (place == ret->sectors && place < SECTORS_MAX) sector[ret->sectors++] = read.sector;
        if (!ret->last_at || came > ret->last_at) ret->last_at = came;
        if (!ret->first_at || came < ret->first_at) ret->first_at = came;
        if (came <= meeting->since_at) continue;
        ret->fresh++;
        if (ret->news_count == BRIEF_NEW_MAX || !scope_allows(scope, ACT_READ_SUBMISSION, read.id))
            continue;
        ret->news[ret->news_count++] = (struct brief_new){.submission = read.id,
                                                          .reference = read.reference,
                                                          .sector = read.sector,
                                                          .words = excerpt(arena, read.narrative),
                                                          .at = came};
    }
    return ST_OK;
}

static enum st brief_entity(const struct scope *scope, struct db *db, struct arena *arena,
                            const struct meeting *meeting, int64_t mention, struct item_brief *ret,
                            struct err *err)
{
    int64_t *submission = NULL;
    struct str title = ret->title;
    ret->entity = subject_entity(scope, mention);
    if (!ret->entity) return ST_OK;
    ret->kind = kind_label(entity_kind(scope_app(scope)->entities, ret->entity));
    ret->submissions = submissions_of(scope, arena, ret->entity, &submission);
    ret->elsewhere = elsewhere(scope, arena, meeting, ret->entity);
    enum st outcome = news(scope, db, arena, meeting, submission, ret->submissions, ret, err);
    if (outcome == ST_OK)
        outcome = relations(scope, db, arena, submission, ret->submissions, ret, err);
    if (outcome == ST_OK && !title.len)
        outcome = entity_title(scope, db, arena, ret->entity, &ret->title, err);
    return outcome;
}

/* --- what else an item may be about ----------------------------------------------------------- */

static enum st brief_action(const struct scope *scope, struct db *db, struct arena *arena,
                            int64_t id, struct item_brief *ret, struct err *err)
{
    struct forum_action action;
    struct str owner = STR("");
    enum st outcome = action_load(scope_app(scope), db, arena, id, &action, err);
    if (outcome == ST_OK)
        outcome = account_name(scope_app(scope), db, arena, action.owner, &owner, err);
    if (outcome != ST_OK) return outcome;
    int32_t today = clock_today();
    if (!ret->title.len) ret->title = excerpt(arena, action.what);
    ret->facts = str_fmt(arena, "%s. %.*s, by %.*s%s", action_state_label(action.state),
                         STR_ARG(owner), STR_ARG(date_words(arena, date_from_days(action.due_day))),
                         action.state == ACTION_OPEN && action.due_day < today ? ": overdue" : "");
    return ST_OK;
}

static enum st brief_disruption(const struct scope *scope, struct db *db, struct arena *arena,
                                int64_t id, struct item_brief *ret, struct err *err)
{
    struct disruption row;
    enum st outcome = disruption_load(scope_app(scope), db, arena, id, &row, NULL, err);
    if (outcome != ST_OK) return outcome;
    struct str label = area_meeting_label(scope_app(scope)->area, MEETING_DISRUPTION, row.kind);
    if (!ret->title.len)
        ret->title =
            str_fmt(arena, "%.*s: %.*s", STR_ARG(label), STR_ARG(excerpt(arena, row.subject)));
    ret->facts = str_fmt(arena, "%s. To be looked at by %.*s.", disruption_state(&row),
                         STR_ARG(date_words(arena, date_from_days(row.review_day))));
    return ST_OK;
}

static enum st brief_submission(const struct scope *scope, struct db *db, struct arena *arena,
                                const struct meeting *meeting, int64_t id, struct item_brief *ret,
                                struct err *err)
{
    struct str title = ret->title;
    ret->submissions = 1;
    enum st outcome = news(scope, db, arena, meeting, &id, 1, ret, err);
    if (outcome == ST_OK && scope_links(scope, id))
        outcome = relations(scope, db, arena, &id, 1, ret, err);
    if (!title.len) ret->title = ret->news_count ? ret->news[0].reference : STR("A submission");
    return outcome;
}

static void brief_child(const struct scope *scope, struct arena *arena,
                        const struct meeting *meeting, int64_t id, struct item_brief *ret)
{
    struct child_line line;
    const struct child_scope *children =
        child_scope_of(scope_app(scope), arena, scope_person(scope));
    if (!child_scope_line(children, id, &line)) return;
    if (!ret->title.len)
        ret->title = str_fmt(arena, "%.*s, %.*s", STR_ARG(line.name), STR_ARG(line.reference));
    bool fresh = line.created_at > meeting->since_at;
    bool changed = line.changed_at > meeting->since_at;
    struct str day =
        date_words(arena, clock_london(fresh ? line.created_at : line.changed_at).date);
    ret->facts = str_fmt(arena, "%s %.*s.%s",
                         fresh     ? "New since the last meeting:"
                         : changed ? "Changed since the last meeting:"
                                   : "Last changed",
                         STR_ARG(day), line.closed_at ? " The record is closed." : "");
}

static enum st brief_missing(const struct scope *scope, struct arena *arena, int64_t id,
                             struct item_brief *ret, struct err *err)
{
    struct missing_file file;
    enum st outcome = missing_open(scope_app(scope), arena, scope_person(scope), id, &file, err);
    if (outcome != ST_OK) return outcome;
    if (!ret->title.len)
        ret->title = str_fmt(arena, "%.*s, %.*s", STR_ARG(file.line.child_name),
                             STR_ARG(file.line.reference));
    ret->facts = missing_words(arena, &file.line);
    if (file.line.returned)
        ret->facts = str_fmt(arena, "%.*s Return interview: %s.", STR_ARG(ret->facts),
                             interview_state_label(file.line.interview));
    return ST_OK;
}

static enum st brief_location(const struct scope *scope, struct arena *arena, int64_t id,
                              struct item_brief *ret, struct err *err)
{
    struct location line;
    enum st outcome = location_line(scope_app(scope), arena, scope_person(scope), id, &line, err);
    if (outcome != ST_OK) return outcome;
    struct str kind = area_location_kind(scope_app(scope)->area, line.kind);
    if (!ret->title.len)
        ret->title =
            str_fmt(arena, "%.*s: %.*s", STR_ARG(kind), STR_ARG(excerpt(arena, line.name)));
    ret->facts = str_fmt(arena, "%zu %s written down.%s%.*s%s", line.deeds,
                         line.deeds == 1 ? "thing that was done is" : "things that were done are",
                         line.worked.len ? " Did it work? " : "", STR_ARG(line.worked),
                         line.worked.len ? "." : "");
    if (line.review_day != LOCATION_DAY_NONE)
        ret->facts = str_fmt(arena, "%.*s To be looked at again by %.*s.", STR_ARG(ret->facts),
                             STR_ARG(date_words(arena, date_from_days(line.review_day))));
    return ST_OK;
}

/* A pattern that was accepted: what it says to this reader, and its fragments as news. */
static enum st brief_pattern(const struct scope *scope, struct db *db, struct arena *arena,
                             const struct meeting *meeting, int64_t word, struct item_brief *ret,
                             struct err *err)
{
    struct pattern pattern;
    int64_t submission[PATTERN_FRAGMENTS_MAX];
    enum st outcome = pattern_accepted(scope, db, arena, word, &pattern, err);
    if (outcome != ST_OK) return outcome;
    if (!ret->title.len) ret->title = pattern.fact;
    ret->entity = pattern.entity[0];
    ret->submissions = pattern.fragment_count;
    for (size_t i = 0; i < pattern.fragment_count; i++)
        submission[i] = pattern.fragment[pattern.fragment_count - 1 - i].submission;
    ret->facts =
        str_fmt(arena, "%.*s accepted this pattern: %.*s%s", STR_ARG(pattern.by),
                STR_ARG(pattern.reason), pattern.again ? " Something new came since." : "");
    outcome = news(scope, db, arena, meeting, submission, pattern.fragment_count, ret, err);
    return outcome == ST_OK
               ? relations(scope, db, arena, submission, pattern.fragment_count, ret, err)
               : outcome;
}

static enum st brief_gap(const struct scope *scope, struct db *db, struct arena *arena,
                         const struct meeting *meeting, struct item_brief *ret, struct err *err)
{
    struct meeting_gap *gap = arena_many(arena, MEETING_GAPS, struct meeting_gap);
    enum st outcome = meeting_gaps(scope, db, meeting, gap, err);
    struct str words = STR("");
    for (int i = 0; i < MEETING_GAPS && outcome == ST_OK; i++)
        if (gap[i].count)
            words = str_fmt(arena, "%.*s%s%s: %zu", STR_ARG(words), words.len ? "; " : "",
                            meeting_gap_label(gap[i].kind), gap[i].count);
    if (!ret->title.len) ret->title = STR("What is not known of what came since the last meeting");
    ret->facts =
        words.len ? str_fmt(arena, "%.*s.", STR_ARG(words)) : STR("Nothing is missing any more.");
    return outcome;
}

static enum st brief_support(const struct scope *scope, struct db *db, struct arena *arena,
                             const struct meeting *meeting, const struct meeting_item *item,
                             struct item_brief *ret, struct err *err)
{
    struct str title;
    instant_ms since = meeting_item_since(db, meeting, item);
    enum st outcome =
        meeting_support_words(scope, db, arena, item->subject,
                              since < 0 ? meeting->since_at : since, &title, &ret->facts, err);
    if (outcome == ST_OK && !ret->title.len) ret->title = title;
    return outcome;
}

enum st meeting_brief(const struct scope *scope, struct db *db, struct arena *arena,
                      const struct meeting *meeting, const struct meeting_item *item,
                      struct item_brief *ret, struct err *err)
{
    static const char *const kinds[ITEM_KINDS] = {
        [ITEM_ENTITY] = "Entity",           [ITEM_SUBMISSION] = "Submission",
        [ITEM_CHILD] = "Child’s record",    [ITEM_THEME] = "Theme",
        [ITEM_ACTION] = "Action",           [ITEM_DISRUPTION] = "Measure",
        [ITEM_MISSING] = "Missing episode", [ITEM_LOCATION] = "Location of concern",
        [ITEM_PATTERN] = "Pattern",         [ITEM_GAP] = "Gaps",
        [ITEM_SUPPORT] = "Support"};
    *ret = (struct item_brief){.title = item->title,
                               .kind = str_from(item->whole ? kinds[item->kind] : "")};
    if (!item->whole) return ST_OK;
    switch (item->kind) {
    case ITEM_ENTITY: return brief_entity(scope, db, arena, meeting, item->subject, ret, err);
    case ITEM_SUBMISSION:
        return brief_submission(scope, db, arena, meeting, item->subject, ret, err);
    case ITEM_ACTION: return brief_action(scope, db, arena, item->subject, ret, err);
    case ITEM_DISRUPTION: return brief_disruption(scope, db, arena, item->subject, ret, err);
    case ITEM_CHILD: brief_child(scope, arena, meeting, item->subject, ret); return ST_OK;
    case ITEM_MISSING: return brief_missing(scope, arena, item->subject, ret, err);
    case ITEM_LOCATION: return brief_location(scope, arena, item->subject, ret, err);
    case ITEM_PATTERN: return brief_pattern(scope, db, arena, meeting, item->subject, ret, err);
    case ITEM_GAP: return brief_gap(scope, db, arena, meeting, ret, err);
    case ITEM_SUPPORT: return brief_support(scope, db, arena, meeting, item, ret, err);
    default: return ST_OK;
    }
}

enum st meeting_pack_note(struct app *app, struct arena *arena, const struct person *who,
                          const struct meeting *meeting, const struct meeting_item *items,
                          size_t count, bool printed, struct err *err)
{
    struct audit_subject *more = arena_many(arena, count, struct audit_subject);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].whole && items[i].kind != ITEM_THEME && items[i].kind != ITEM_GAP)
            more[n++] = (struct audit_subject){
                item_kind_name(items[i].kind == ITEM_SUPPORT ? ITEM_CHILD : items[i].kind),
                items[i].subject};
    return audit_event(
        app,
        &(struct audit_event){.kind = printed ? AUDIT_DISCLOSURE : AUDIT_CONSULTATION,
                              .action = printed ? "meeting pack printed" : "meeting pack read",
                              .account = who->account,
                              .subject = "meeting",
                              .subject_id = meeting->id,
                              .more = more,
                              .more_count = n,
                              .reason = "forum"},
        err);
}
