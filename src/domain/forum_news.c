#include "domain/forum_news.h"

#include "base/names.h"
#include "domain/area_grading.h"
#include "domain/area_meeting.h"
#include "domain/entity_seen.h"
#include "domain/meeting.h"
#include "domain/missing.h"
#include "domain/profile.h"
#include "domain/registry.h"
#include "domain/relation.h"
#include "domain/stage.h"
#include "domain/submission.h"

#include <stdlib.h>

static const char *const names[NEWS_LISTS] = {
    [NEWS_SUBMISSIONS] = "submissions", [NEWS_ENTITIES] = "entities",
    [NEWS_CHANGED] = "changed",         [NEWS_LINKS] = "links",
    [NEWS_RELATIONS] = "relations",     [NEWS_GRADINGS] = "gradings",
    [NEWS_EPISODES] = "episodes",
};

const char *news_list_name(enum news_list list)
{
    return names[list];
}

bool news_list_from_name(struct str name, enum news_list *ret)
{
    int place = name_place(name, names, NEWS_LISTS);
    if (place >= 0) *ret = (enum news_list)place;
    return place >= 0;
}

struct reading {
    const struct scope *scope;
    struct db *db;
    struct arena *arena;
    uint64_t forum; /* bit */
    enum news_list wanted;
    struct forum_news *news;
};

/* Counts one; keeps it when its list was asked for. */
static void take(struct reading *reading, enum news_list list, struct news_row row)
{
    struct forum_news *news = reading->news;
    news->total[list]++;
    if (list == reading->wanted && news->row_count < NEWS_ROWS_MAX)
        news->row[news->row_count++] = row;
}

static bool is_forums(const struct reading *reading, int64_t submission)
{
    return registry_forum_is(scope_app(reading->scope)->registry, submission, reading->forum);
}

static int64_t home_of(const struct reading *reading, int64_t mention)
{
    return entity_submission(scope_app(reading->scope)->entities, mention);
}

/* --- submissions and what they name ---------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static bool came(const int64_t *sorted, size_t count, int64_t submission)
{
    return count && bsearch(&submission, sorted, count, sizeof *sorted, by_id) != NULL;
}

/* Did another Forum first get it since? */
static enum st came_elsewhere(const struct reading *reading, int64_t submission, bool *ret,
                              struct err *err)
{
    struct stage_state state;
    *ret = false;
    if (is_forums(reading, submission)) return ST_OK;
    enum st outcome = stage_load(reading->db, reading->arena, submission, &state, err);
    if (outcome == ST_NOT_FOUND) return ST_OK; /* destroyed meanwhile */
    if (outcome == ST_OK) *ret = state.shared_at > reading->news->since;
    return outcome;
}

/* Is everything that this person sees of it out of these, or as new to another Forum? */
static enum st is_new_entity(const struct reading *reading, int64_t entity, const int64_t *sorted,
                             size_t count, bool *ret, struct err *err)
{
    int64_t *member = NULL;
    size_t members = seen_members(reading->scope, reading->arena, entity, &member);
    enum st outcome = ST_OK;
    *ret = true;
    for (size_t i = 0; i < members && *ret && outcome == ST_OK; i++) {
        int64_t submission = home_of(reading, member[i]);
        if (!came(sorted, count, submission))
            outcome = came_elsewhere(reading, submission, ret, err);
    }
    return outcome;
}

static enum st add_submissions(struct reading *reading, int64_t **ret_sorted, size_t *ret_count,
                               struct err *err)
{
    int64_t *list = NULL;
    size_t count = 0;
    size_t seen = 0;
    struct forum_news *news = reading->news;
    enum st outcome = meeting_shared_between(reading->db, reading->arena, news->forum, news->since,
                                             clock_now(), &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (scope_links(reading->scope, list[i])) list[seen++] = list[i];
    for (size_t i = seen; i > 0; i--)
        take(reading, NEWS_SUBMISSIONS, (struct news_row){.id = list[i - 1]});
    if (seen) qsort(list, seen, sizeof *list, by_id);
    *ret_sorted = list;
    *ret_count = seen;
    return outcome;
}

static enum st add_entities(struct reading *reading, const int64_t *sorted, size_t count,
                            struct err *err)
{
    enum st outcome = ST_OK;
    struct arena *arena = reading->arena;
    int64_t **mention = arena_many(arena, count, int64_t *);
    size_t *mentions = arena_many(arena, count, size_t);
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += mentions[i] = seen_mentions_of(reading->scope, arena, sorted[i], &mention[i]);
    int64_t *met = arena_many(arena, total, int64_t);
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < mentions[i]; k++)
            met[found++] = seen_entity(reading->scope, mention[i][k]);
    if (found) qsort(met, found, sizeof *met, by_id);
    for (size_t i = found; i > 0 && outcome == ST_OK; i--) {
        bool fresh = false;
        if (!met[i - 1] || (i < found && met[i] == met[i - 1])) continue;
        outcome = is_new_entity(reading, met[i - 1], sorted, count, &fresh, err);
        take(reading, fresh ? NEWS_ENTITIES : NEWS_CHANGED,
             (struct news_row){.id = met[i - 1],
                               .kind =
                                   entity_kind(scope_app(reading->scope)->entities, met[i - 1])});
    }
    return outcome;
}

/* --- what people said ------------------------------------------------------------------------- */

static enum st add_links(struct reading *reading, struct err *err)
{
    struct query *query = db_query(reading->db, Q_NEWS_DECISIONS);
    db_bind_int(query, 1, reading->news->since);
    while (db_next(query)) {
        int64_t a = db_int(query, 0);
        int64_t b = db_int(query, 1);
        bool withdrawn = !db_is_null(query, 4);
        bool seen = seen_mention(reading->scope, a);
        seen &= seen_mention(reading->scope, b);
        if (!seen ||
            (!is_forums(reading, home_of(reading, a)) && !is_forums(reading, home_of(reading, b))))
            continue;
        struct str verdict = str_dup(reading->arena, db_text(query, 2));
        take(reading, NEWS_LINKS,
             (struct news_row){
                 .id = a,
                 .other = b,
                 .kind = entity_kind(scope_app(reading->scope)->entities, a),
                 .words = withdrawn ? str_fmt(reading->arena, "undone: %.*s", STR_ARG(verdict))
                                    : verdict,
                 .at = withdrawn ? db_int(query, 4) : db_int(query, 3)});
    }
    return db_end(query, err);
}

/* The newest word on each submission. */
static enum st add_gradings(struct reading *reading, struct err *err)
{
    const struct area *area = scope_app(reading->scope)->area;
    int64_t last = 0;
    struct query *query = db_query(reading->db, Q_NEWS_GRADES);
    db_bind_int(query, 1, reading->news->since);
    while (db_next(query)) {
        int64_t submission = db_int(query, 0);
        if (submission == last || !is_forums(reading, submission) ||
            !scope_allows(reading->scope, ACT_DECIDE, submission))
            continue;
        last = submission;
        struct str scheme = str_dup(reading->arena, db_text(query, 3));
        struct str information = str_dup(reading->arena, db_text(query, 4));
        struct str label = grading_label(area, GRADING_INFORMATION, scheme, information);
        take(reading, NEWS_GRADINGS,
             (struct news_row){.id = submission,
                               .title = str_dup(reading->arena, db_text(query, 1)),
                               .words = str_fmt(reading->arena, "%.*s (%.*s)", STR_ARG(label),
                                                STR_ARG(db_text(query, 2))),
                               .at = db_int(query, 5)});
    }
    return db_end(query, err);
}

static enum st add_relations(struct reading *reading, struct err *err)
{
    struct relation *list = NULL;
    size_t count = 0;
    enum st outcome = relations_since(reading->scope, reading->db, reading->arena,
                                      reading->news->since, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        const struct relation *row = &list[i];
        if (!is_forums(reading, home_of(reading, row->mention_a)) &&
            !is_forums(reading, home_of(reading, row->mention_b)))
            continue;
        take(reading, NEWS_RELATIONS,
             (struct news_row){
                 .id = row->mention_a,
                 .other = row->mention_b,
                 .kind = entity_kind(scope_app(reading->scope)->entities, row->mention_a),
                 .words = row->ended_at
                              ? str_fmt(reading->arena, "ended: %.*s", STR_ARG(row->label))
                              : row->label,
                 .at = row->ended_at ? row->ended_at : row->at});
    }
    return outcome;
}

static enum st add_episodes(struct reading *reading, struct err *err)
{
    struct missing_line *line = NULL;
    size_t count = 0;
    const struct person *who = scope_person(reading->scope);
    if (!access_allows(who, ACT_READ_MISSING, NULL)) return ST_OK;
    enum st outcome =
        missing_since(scope_app(reading->scope), reading->arena, who, reading->news->forum,
                      reading->news->since, clock_now(), &line, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        take(reading, NEWS_EPISODES, (struct news_row){.id = line[i].id,
                                                       .title = line[i].child_name,
                                                       .words = line[i].reference,
                                                       .at = line[i].since});
    return outcome;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* When the Forum last met; else one rhythm ago. */
static enum st find_since(struct reading *reading, struct err *err)
{
    enum { DAY = 24 * 3600 * 1000, WEEKS = 4 };
    struct forum_news *news = reading->news;
    struct query *query = db_query(reading->db, Q_NEWS_HELD);
    db_bind_text(query, 1, news->forum);
    enum st outcome = db_one(query, &news->since, err);
    news->held = news->since > 0;
    if (outcome != ST_OK || news->held) return outcome;
    size_t count = 0;
    int32_t weeks = WEEKS;
    const struct meeting_term *terms =
        area_meeting_terms(scope_app(reading->scope)->area, MEETING_CADENCE, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(terms[i].forum, news->forum)) weeks = terms[i].weeks;
    news->since = clock_now() - (instant_ms)weeks * 7 * DAY;
    return ST_OK;
}

static enum st title_submission(struct reading *reading, struct news_row *row, struct err *err)
{
    struct submission read;
    enum st outcome =
        submission_load_seen(reading->scope, reading->db, reading->arena, row->id, &read, err);
    if (outcome == ST_NOT_FOUND) return ST_OK; /* destroyed meanwhile */
    row->title = read.reference;
    row->words = read.narrative;
    row->at = read.created_at;
    return outcome;
}

/* What each row of the list is called. */
static enum st name_rows(struct reading *reading, struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < reading->news->row_count && outcome == ST_OK; i++) {
        struct news_row *row = &reading->news->row[i];
        struct str other = STR("");
        if (reading->wanted == NEWS_SUBMISSIONS) outcome = title_submission(reading, row, err);
        if (reading->wanted == NEWS_SUBMISSIONS || reading->wanted == NEWS_GRADINGS ||
            reading->wanted == NEWS_EPISODES)
            continue;
        outcome = entity_title(reading->scope, reading->db, reading->arena,
                               seen_entity(reading->scope, row->id), &row->title, err);
        if (outcome != ST_OK || !row->other) continue;
        outcome = entity_title(reading->scope, reading->db, reading->arena,
                               seen_entity(reading->scope, row->other), &other, err);
        row->words =
            reading->wanted == NEWS_RELATIONS
                ? str_fmt(reading->arena, "%.*s “%.*s”", STR_ARG(row->words), STR_ARG(other))
                : row->words;
    }
    return outcome;
}

static enum st read_all(struct reading *reading, struct err *err)
{
    int64_t *sorted = NULL;
    size_t count = 0;
    enum st outcome = find_since(reading, err);
    if (outcome == ST_OK) outcome = add_submissions(reading, &sorted, &count, err);
    if (outcome == ST_OK) outcome = add_entities(reading, sorted, count, err);
    if (outcome == ST_OK) outcome = add_links(reading, err);
    if (outcome == ST_OK) outcome = add_relations(reading, err);
    if (outcome == ST_OK) outcome = add_gradings(reading, err);
    if (outcome == ST_OK) outcome = add_episodes(reading, err);
    return outcome == ST_OK ? name_rows(reading, err) : outcome;
}

enum st forum_news_read(struct app *app, struct arena *arena, const struct person *who,
                        struct str forum, enum news_list wanted, struct forum_news *ret,
                        struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    if (!forum.len || !meeting_sits(scope, forum)) return err_missing(err, "Forum");
    *ret = (struct forum_news){.forum = forum,
                               .row = arena_many(arena, NEWS_ROWS_MAX, struct news_row)};
    struct reading reading = {.scope = scope,
                              .arena = arena,
                              .forum = registry_forum_bit(app->registry, forum),
                              .wanted = wanted,
                              .news = ret};
    reading.db = store_read_begin(app->store, err);
    if (!reading.db) return ST_FAILED;
    enum st outcome = read_all(&reading, err);
    store_read_end(app->store, reading.db);
    return outcome;
}
