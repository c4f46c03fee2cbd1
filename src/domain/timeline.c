#include "domain/timeline.h"

#include "base/names.h"
#include "base/utf8.h"
#include "domain/decision.h"
#include "domain/disruption.h"
#include "domain/entity_seen.h"
#include "domain/meeting_internal.h"
#include "domain/submission.h"

#include <stdlib.h>

enum { MEMBERS_MAX = 2000, WORDS_MAX = 160 };

static const struct labelled lanes[TIMELINE_LANES] = {
    [TIMELINE_PERSON] = {"person", "With people"},
    [TIMELINE_VEHICLE] = {"vehicle", "With vehicles"},
    [TIMELINE_PHONE] = {"phone", "With phones"},
    [TIMELINE_ACCOUNT] = {"account", "With accounts"},
    [TIMELINE_PLACE] = {"place", "At places"},
    [TIMELINE_ALONE] = {"alone", "By itself"},
    [TIMELINE_SAID] = {"said", "Said by people"},
    [TIMELINE_MEASURE] = {"measure", "Measures"},
};

const char *timeline_lane_name(enum timeline_lane lane)
{
    return lanes[lane].name;
}

const char *timeline_lane_label(enum timeline_lane lane)
{
    return lanes[lane].label;
}

struct telling {
    const struct scope *scope;
    struct arena *arena;
    struct db *db;
    instant_ms until;
    int64_t *entity; /* as this person sees them, rising */
    size_t entities;
    int64_t *mention; /* all of theirs */
    size_t mentions;
    struct timeline_event *event;
    size_t events;
    bool more;
};

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static bool is_one_of(const struct telling *telling, int64_t entity)
{
    return telling->entities &&
           bsearch(&entity, telling->entity, telling->entities, sizeof entity, compare_ids);
}

static struct timeline_event *add(struct telling *telling)
{
    if (telling->events == TIMELINE_EVENTS_MAX) {
        telling->more = true;
        return NULL;
    }
    telling->event[telling->events] = (struct timeline_event){0};
    return &telling->event[telling->events++];
}

/* What it names: of several things that are shown, these; of one, what else it names. */
static unsigned lanes_of(const struct telling *telling, const struct submission *submission)
{
    unsigned found = 0;
    for (size_t i = 0; i < submission->mention_count; i++) {
        int64_t entity = seen_entity(telling->scope, submission->mention[i].id);
        if (!entity || is_one_of(telling, entity) != (telling->entities > 1)) continue;
        found |= 1u << (int)submission->mention[i].kind; /* kinds come in the order of lanes */
    }
    return found ? found : 1u << TIMELINE_ALONE;
}

static enum st add_submission(struct telling *telling, int64_t id, struct err *err)
{
    struct submission submission;
    enum st outcome =
        submission_load_seen(telling->scope, telling->db, telling->arena, id, &submission, err);
    if (outcome == ST_NOT_FOUND) return ST_OK; /* destroyed meanwhile */
    if (outcome != ST_OK || (telling->until && submission.created_at > telling->until))
        return outcome;
    struct timeline_event *event = add(telling);
    if (!event) return ST_OK;
    bool long_words = submission.narrative.len > WORDS_MAX;
    event->submission = id;
    event->came = submission.seen_from == LINK_DAY_UNKNOWN;
    event->day = event->came ? clock_day(submission.created_at) : submission.seen_from;
    event->lanes = lanes_of(telling, &submission);
    event->words =
        str_fmt(telling->arena, "%.*s%s", STR_ARG(utf8_start(submission.narrative, WORDS_MAX)),
                long_words ? "…" : "");
    return ST_OK;
}

/* The submissions that name any of them, the newest first. */
static enum st add_submissions(struct telling *telling, struct err *err)
{
    const struct entities *entities = scope_app(telling->scope)->entities;
    int64_t *id = arena_many(telling->arena, telling->mentions, int64_t);
    size_t count = 0;
    for (size_t i = 0; i < telling->mentions; i++)
        id[i] = entity_submission(entities, telling->mention[i]);
    if (telling->mentions) qsort(id, telling->mentions, sizeof *id, compare_ids);
    for (size_t i = 0; i < telling->mentions; i++)
        if (!count || id[count - 1] != id[i]) id[count++] = id[i];
    enum st outcome = ST_OK;
    for (size_t i = count; i-- > 0 && outcome == ST_OK && !telling->more;)
        outcome = add_submission(telling, id[i], err);
    return outcome;
}

static enum st add_decisions(struct telling *telling, struct err *err)
{
    struct decision_line *line = NULL;
    size_t count = 0;
    enum st outcome = decisions_of_mentions(telling->scope, telling->arena, telling->mention,
                                            telling->mentions, &line, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (line[i].verdict == VERDICT_UNSURE ||
            (telling->until && line[i].created_at > telling->until))
            continue;
        struct timeline_event *event = add(telling);
        if (!event) break;
        event->day = clock_day(line[i].created_at);
        event->lanes = 1u << TIMELINE_SAID;
        event->mention = line[i].mention_b;
        event->other = line[i].mention_a;
        event->words =
            str_fmt(telling->arena, "%.*s said that two mentions are %s", STR_ARG(line[i].by),
                    line[i].verdict == VERDICT_SAME ? "the same" : "different");
    }
    return outcome;
}

static void add_measure(struct telling *telling, const struct disruption *measure, int32_t day,
                        const char *what)
{
    if (day == DISRUPTION_DAY_NONE || (telling->until && day > clock_day(telling->until))) return;
    const struct meeting_term *term =
        area_meeting_find(scope_app(telling->scope)->area, MEETING_DISRUPTION, measure->kind);
    struct timeline_event *event = add(telling);
    if (!event) return;
    event->day = day;
    event->lanes = 1u << TIMELINE_MEASURE;
    event->measure = measure->id;
    event->words =
        str_fmt(telling->arena, "%.*s %s", STR_ARG(term ? term->label : measure->kind), what);
}

static enum st add_measures(struct telling *telling, struct err *err)
{
    struct disruption *list = NULL;
    size_t count = 0;
    const struct person *who = scope_person(telling->scope);
    struct app *app = scope_app(telling->scope);
    if (!app->area || !access_allows(who, ACT_DISRUPTION, NULL)) return ST_OK;
    enum st outcome = disruption_list(app, telling->arena, who, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        int64_t entity = list[i].mention ? subject_entity(telling->scope, list[i].mention) : 0;
        if (!entity || !is_one_of(telling, entity)) continue;
        add_measure(telling, &list[i], list[i].served_day, "served");
        add_measure(telling, &list[i], list[i].ended_day, "ended");
    }
    return outcome;
}

static int newest_first(const void *a, const void *b)
{
    const struct timeline_event *left = a;
    const struct timeline_event *right = b;
    if (left->day != right->day) return left->day < right->day ? 1 : -1;
    if (left->submission != right->submission) return left->submission < right->submission ? 1 : -1;
    return (left->mention < right->mention) - (left->mention > right->mention);
}

static void find_entities(struct telling *telling, const int64_t *entity, size_t count)
{
    telling->entity = arena_many(telling->arena, count, int64_t);
    telling->mention = arena_many(telling->arena, MEMBERS_MAX, int64_t);
    for (size_t i = 0; i < count; i++) {
        int64_t *member = NULL;
        int64_t seen = seen_entity(telling->scope, entity[i]);
        bool again = !seen;
        for (size_t k = 0; k < telling->entities && !again; k++) again = telling->entity[k] == seen;
        if (again) continue;
        telling->entity[telling->entities++] = seen;
        size_t members = seen_members(telling->scope, telling->arena, seen, &member);
        for (size_t k = members; k-- > 0;) { /* the newest of many */
            if (telling->mentions == MEMBERS_MAX) {
                telling->more = true;
                break;
            }
            telling->mention[telling->mentions++] = member[k];
        }
    }
    if (telling->entities)
        qsort(telling->entity, telling->entities, sizeof *telling->entity, compare_ids);
}

enum st timeline_read(const struct scope *scope, struct arena *arena, const int64_t *entity,
                      size_t count, instant_ms until, struct timeline_event **ret,
                      size_t *ret_count, bool *ret_more, struct err *err)
{
    struct telling telling = {.scope = scope,
                              .arena = arena,
                              .until = until,
                              .event =
                                  arena_many(arena, TIMELINE_EVENTS_MAX, struct timeline_event)};
    find_entities(&telling, entity, count);
    if (!telling.entities) return err_missing(err, "record");
    bool cut = telling.more;
    telling.more = false;
    enum st outcome = add_decisions(&telling, err);
    if (outcome == ST_OK) outcome = add_measures(&telling, err);
    if (outcome == ST_OK) {
        telling.db = store_read_begin(scope_app(scope)->store, err);
        outcome = telling.db ? add_submissions(&telling, err) : ST_FAILED;
        if (telling.db) store_read_end(scope_app(scope)->store, telling.db);
    }
    if (telling.events) qsort(telling.event, telling.events, sizeof *telling.event, newest_first);
    *ret = telling.event;
    *ret_count = outcome == ST_OK ? telling.events : 0;
    *ret_more = cut || telling.more;
    return outcome;
}

size_t timeline_gaps(const int32_t *day, size_t count, int32_t first, int32_t last, int32_t longer,
                     struct timeline_gap *ret, size_t maximum)
{
    size_t gaps = 0;
    int32_t newer = last;
    for (size_t i = 0; i <= count && gaps < maximum; i++) {
        int32_t older = i < count ? day[i] : first;
        if (older > newer) continue;
        if (newer - older > longer) ret[gaps++] = (struct timeline_gap){older, newer};
        newer = older;
    }
    return gaps;
}
