/*
 * What the agenda proposes of what people and the computer made of the fragments: children whose
 * records moved, what became of their support, patterns that somebody accepted, and what is not
 * known.
 */
#include "domain/area_child.h"
#include "domain/area_desk.h"
#include "domain/child.h"
#include "domain/meeting_gap.h"
#include "domain/meeting_internal.h"
#include "domain/missing.h"
#include "domain/pattern.h"
#include "domain/registry.h"

/* --- children --------------------------------------------------------------------------------- */

static enum st put_children(struct meeting_building *building, struct err *err)
{
    enum { MOST = 2000 };
    struct meeting_act *act = building->act;
    const struct child_scope *children =
        child_scope_of(act->app, act->arena, scope_person(act->scope));
    struct {
        int64_t id;
        bool support;
    } *list = arena_alloc(act->arena, MOST * sizeof *list);
    size_t count = 0;
    struct query *query = db_query(act->db, Q_AGENDA_CHILDREN);
    db_bind_text(query, 1, act->meeting.forum);
    db_bind_int(query, 2, act->meeting.since_at);
    db_bind_int(query, 3, MOST);
    while (count < MOST && db_next(query)) {
        list[count].id = db_int(query, 0);
        list[count++].support = db_int(query, 1) != 0;
    }
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct child_line line; /* records that were joined are one child */
        if (!child_scope_allows(children, ACT_READ_CHILD, list[i].id) ||
            !child_scope_line(children, list[i].id, &line))
            continue;
        outcome = meeting_put(building, HOLDS_CHILD, ITEM_CHILD, line.id, "built", err);
        if (outcome == ST_OK && list[i].support)
            outcome = meeting_put(building, HOLDS_SUPPORT, ITEM_SUPPORT, line.id, "built", err);
    }
    return outcome;
}

static struct str word_of(const struct area *area, enum child_word_kind kind, struct str id)
{
    const struct child_word *word = child_word_find(area_child(area), kind, id);
    return word ? word->text : id;
}

static struct str day_of(struct arena *arena, struct str iso)
{
    struct date date;
    return date_parse_iso(iso, &date) ? date_words(arena, date) : iso;
}

static bool is_support(const struct child_entry *entry)
{
    return entry && (entry->kind == ENTRY_PLAN || entry->kind == ENTRY_STATUS);
}

static struct str name_of(const struct area *area, const struct child_entry *entry)
{
    return entry->kind == ENTRY_PLAN ? word_of(area, WORD_PLAN, entry->text[PLAN_WORD])
                                     : word_of(area, WORD_STATUS, entry->text[STATUS_WORD]);
}

/* "Safety plan, to be reviewed by 3 June 2026." Empty: it is not about support. */
static struct str entry_words(const struct area *area, struct arena *arena,
                              const struct child_file *file, const struct child_entry *entry)
{
    const struct child_entry *about = entry->about ? child_entry_find(file, entry->about) : NULL;
    switch (entry->kind) {
    case ENTRY_PLAN: {
        struct str next = entry->text[PLAN_REVIEW];
        return str_fmt(arena, "%.*s%s%.*s.", STR_ARG(name_of(area, entry)),
                       next.len ? ", to be reviewed by " : "", STR_ARG(day_of(arena, next)));
    }
    case ENTRY_STATUS: {
        struct str to = entry->text[STATUS_TO];
        return str_fmt(arena, "%.*s%s%.*s.", STR_ARG(name_of(area, entry)),
                       to.len ? ", until " : "", STR_ARG(day_of(arena, to)));
    }
    case ENTRY_REVIEW: {
        struct str next = entry->text[REVIEW_NEXT];
        if (!is_support(about)) return STR("");
        return str_fmt(arena, "%.*s reviewed%s%.*s.", STR_ARG(name_of(area, about)),
                       next.len ? "; next by " : ": it ended", STR_ARG(day_of(arena, next)));
    }
    case ENTRY_SETTLE: {
        enum child_state state;
        if (!is_support(about) || !child_state_from_name(entry->text[SETTLE_STATE], &state))
            return STR("");
        return str_fmt(arena, "%.*s: %s.", STR_ARG(name_of(area, about)), child_state_label(state));
    }
    default: return STR("");
    }
}

static struct str with(struct arena *arena, struct str words, instant_ms at, struct str more)
{
    if (!more.len) return words;
    return str_fmt(arena, "%.*s%s%.*s: %.*s", STR_ARG(words), words.len ? " " : "",
                   STR_ARG(date_words(arena, clock_london(at).date)), STR_ARG(more));
}

static enum st decided(struct db *db, struct arena *arena, const struct area *area,
                       const struct child_file *file, instant_ms since, struct str *words,
                       struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < file->record_count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_AGENDA_CHILD_DECIDED);
        db_bind_int(query, 1, file->record[i]);
        db_bind_int(query, 2, since);
        while (db_next(query))
            *words = with(arena, *words, db_int(query, 1),
                          str_fmt(arena, "decided on a referral: %.*s.",
                                  STR_ARG(area_desk_label(area, DESK_OUTCOME, db_text(query, 0)))));
        outcome = db_end(query, err);
    }
    return outcome;
}

enum st meeting_support_words(const struct scope *scope, struct db *db, struct arena *arena,
                              int64_t child, instant_ms since, struct str *ret_title,
                              struct str *ret, struct err *err)
{
    struct app *app = scope_app(scope);
    struct child_file file;
    struct missing_line *line = NULL;
    size_t count = 0;
    enum st outcome = child_open(app, arena, scope_person(scope), child, &file, err);
    if (outcome != ST_OK) return outcome;
    *ret_title = str_fmt(arena, "Support of %.*s, %.*s", STR_ARG(file.line.name),
                         STR_ARG(file.line.reference));
    *ret = STR("");
    outcome = decided(db, arena, app->area, &file, since, ret, err);
    for (size_t i = 0; i < file.entry_count; i++)
        if (file.entry[i].at > since)
            *ret = with(arena, *ret, file.entry[i].at,
                        entry_words(app->area, arena, &file, &file.entry[i]));
    if (outcome == ST_OK)
        outcome = missing_of_child(app, arena, scope_person(scope), &file, &line, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        instant_ms at = line[i].interview_at ? line[i].interview_at : line[i].returned;
        if (line[i].interview != INTERVIEW_NONE && at > since)
            *ret = with(
                arena, *ret, at,
                str_fmt(arena, "return interview: %s.", interview_state_label(line[i].interview)));
    }
    if (!ret->len) *ret = STR("Nothing has changed.");
    return outcome;
}

/* --- patterns --------------------------------------------------------------------------------- */

/* Somebody accepted it since the meeting before, and one of its fragments is this Forum's. */
static enum st put_patterns(struct meeting_building *building, struct err *err)
{
    enum { MOST = 200 };
    struct meeting_act *act = building->act;
    uint64_t bit = registry_forum_bit(act->app->registry, act->meeting.forum);
    int64_t word[MOST];
    size_t count = 0;
    struct query *query = db_query(act->db, Q_PATTERN_WORDS_SINCE);
    db_bind_int(query, 1, act->meeting.since_at);
    db_bind_int(query, 2, act->now);
    db_bind_int(query, 3, MOST);
    while (count < MOST && db_next(query)) word[count++] = db_int(query, 0);
    enum st outcome = db_end(query, err);
    if (!access_allows(scope_person(act->scope), ACT_SEE_LINKS, NULL)) return outcome;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct pattern pattern;
        bool here = false;
        outcome = pattern_accepted(act->scope, act->db, act->arena, word[i], &pattern, err);
        if (outcome == ST_NOT_FOUND) {
            outcome = ST_OK;
            continue;
        }
        for (size_t k = 0; k < pattern.fragment_count && outcome == ST_OK; k++)
            here |= registry_forum_is(act->app->registry, pattern.fragment[k].submission, bit);
        if (outcome == ST_OK && here &&
            !subject_conflicts(act->scope, act->db, ITEM_PATTERN, word[i]))
            outcome = meeting_put(building, HOLDS_PATTERN, ITEM_PATTERN, word[i], "built", err);
    }
    return outcome;
}

/* --- gaps ------------------------------------------------------------------------------------- */

static enum st put_gaps(struct meeting_building *building, struct err *err)
{
    struct meeting_act *act = building->act;
    if (!subject_seen(act->scope, act->db, ITEM_GAP, act->meeting.id)) return ST_OK;
    return meeting_put(building, HOLDS_GAP, ITEM_GAP, act->meeting.id, "built", err);
}

enum st meeting_propose(struct meeting_building *building, struct err *err)
{
    enum st outcome = put_children(building, err);
    if (outcome == ST_OK) outcome = put_patterns(building, err);
    return outcome == ST_OK ? put_gaps(building, err) : outcome;
}
