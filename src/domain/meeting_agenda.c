/*
 * The agenda builds itself: what was agreed and is not finished, what was carried on or handed
 * over, whom and what something new was said of, which measures need a look.  It is built through
 * the eyes of each who sits in the Forum, one after another, and each reads of it what they would
 * have put there themselves (meeting_seen.c); so whoever builds it learns nothing by that, and
 * nothing is missing because they see less than others (decisions/0104).
 */
#include "domain/meeting_internal.h"

#include "domain/account.h"
#include "domain/action.h"
#include "domain/children.h"
#include "domain/disruption.h"
#include "domain/entity_seen.h"
#include "domain/location.h"
#include "domain/missing.h"
#include "domain/record.h"

#include <stdlib.h>

enum { ADULT = 18, LOOKED_AT = 6 };

/* Something new was said of it. */
struct touched {
    int64_t entity;
    int32_t fresh;
    int32_t total;
};

/* --- where it goes ---------------------------------------------------------------------------- */

static const struct meeting_term *meeting_section_for(const struct meeting_building *building,
                                                      unsigned holds, size_t *ret_place)
{
    size_t count = 0;
    const struct meeting_term *sections =
        area_meeting_terms(building->act->app->area, MEETING_SECTION, &count);
    for (size_t i = 0; i < count && i < MEETING_SECTIONS_MAX; i++) {
        *ret_place = i;
        if (sections[i].holds & holds) return &sections[i];
    }
    return NULL;
}

/* The item that is about it already; 0: none is. */
static int64_t item_about(const struct meeting_building *building, enum item_kind kind,
                          int64_t subject)
{
    const struct entities *entities = building->act->app->entities;
    for (size_t i = 0; i < building->item_count; i++) {
        const struct meeting_item *item = &building->item[i];
        if (item->kind != kind || !subject) continue;
        if (item->subject == subject) return item->id;
        if (kind == ITEM_ENTITY &&
            entity_of(entities, item->subject) == entity_of(entities, subject))
            return item->id;
    }
    return 0;
}

enum st meeting_put(struct meeting_building *building, unsigned holds, enum item_kind kind,
                    int64_t subject, const char *origin, struct err *err)
{
    size_t place = 0;
    const struct meeting_term *section = meeting_section_for(building, holds, &place);
    if (!section || building->by_section[place] >= section->most) return ST_OK;
    bool there = item_about(building, kind, subject) != 0;
    if (!there && building->item_count == MEETING_ITEMS_MAX) return ST_OK;
    building->by_section[place]++;
    if (there) return ST_OK;
    int64_t id = 0;
    enum st outcome = meeting_item_add(building->act, section->id, kind, subject, origin, STR(""),
                                       STR(""), &id, err);
    if (outcome != ST_OK) return outcome;
    building->item[building->item_count++] =
        (struct meeting_item){.id = id, .kind = kind, .subject = subject};
    return ST_OK;
}

/* --- actions and measures --------------------------------------------------------------------- */

/* A column of ids. */
static enum st ids_of(struct meeting_building *building, struct query *query, int64_t **ret,
                      size_t *ret_count, struct err *err)
{
    enum { MOST = 5000 };
    *ret = arena_many(building->act->arena, MOST, int64_t);
    *ret_count = 0;
    while (*ret_count < MOST && db_next(query)) (*ret)[(*ret_count)++] = db_int(query, 0);
    return db_end(query, err);
}

static enum st put_actions(struct meeting_building *building, struct err *err)
{
    struct meeting_act *act = building->act;
    const struct meeting_term *late =
        area_meeting_find(act->app->area, MEETING_MAIL, STR(MAIL_ESCALATED));
    int32_t today = clock_day(act->now);
    int64_t *ids = NULL;
    size_t count = 0;
    struct query *query = db_query(act->db, Q_ACTION_FOR_AGENDA);
    db_bind_text(query, 1, act->meeting.forum);
    db_bind_int(query, 2, act->meeting.starts_at);
    db_bind_int(query, 3, act->meeting.since_at);
    enum st outcome = ids_of(building, query, &ids, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct forum_action action;
        outcome = action_load(act->app, act->db, act->arena, ids[i], &action, err);
        if (outcome != ST_OK || action.meeting == act->meeting.id ||
            !action_seen(act->scope, &action))
            continue;
        bool escalates = action.state == ACTION_OPEN && today - action.due_day >= late->days;
        size_t place;
        if (escalates && !meeting_section_for(building, HOLDS_ESCALATION, &place))
            escalates = false;
        outcome = meeting_put(building, escalates ? HOLDS_ESCALATION : HOLDS_ACTION, ITEM_ACTION,
                              action.id, "built", err);
    }
    return outcome;
}

static enum st put_measures(struct meeting_building *building, struct err *err)
{
    struct meeting_act *act = building->act;
    instant_ms next = area_meeting_next(act->app->area, act->meeting.forum, act->meeting.starts_at);
    int64_t *ids = NULL;
    size_t count = 0;
    struct query *query = db_query(act->db, Q_DISRUPTION_FOR_AGENDA);
    db_bind_text(query, 1, act->meeting.forum);
    db_bind_int(query, 2, clock_day(next));
    enum st outcome = ids_of(building, query, &ids, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct disruption row;
        outcome = disruption_load(act->app, act->db, act->arena, ids[i], &row, NULL, err);
        if (outcome == ST_OK && disruption_seen(act->scope, &row))
            outcome =
                meeting_put(building, HOLDS_DISRUPTION, ITEM_DISRUPTION, row.id, "built", err);
    }
    return outcome;
}

/* --- since when ------------------------------------------------------------------------------- */

/* The meeting before this one: that was begun, or is still to come.  One that was called off, or
 * that nobody began, is none: what it would have looked at is left to this one. */
struct before {
    int64_t id;
    instant_ms starts_at; /* 0: there was none */
    bool held;            /* it is over: what it left open goes on */
};

/* The first one looks back as far as one meeting from the next; where that was not held, so does
 * the one after it. */
static enum st first_since(struct meeting_act *act, struct err *err)
{
    enum { DAY = 24 * 3600 * 1000 };
    struct meeting *meeting = &act->meeting;
    int64_t since = 0;
    size_t count = 0;
    const struct meeting_term *terms = area_meeting_terms(act->app->area, MEETING_CADENCE, &count);
    struct query *query = db_query(act->db, Q_MEETING_FIRST_SINCE);
    db_bind_text(query, 1, meeting->forum);
    db_bind_int(query, 2, meeting->starts_at);
    enum st outcome = db_one(query, &since, err);
    meeting->since_at = since > 0 ? since : 0;
    for (size_t i = 0; i < count && since < 0; i++)
        if (str_eq(terms[i].forum, meeting->forum))
            meeting->since_at = meeting->starts_at - (instant_ms)terms[i].weeks * 7 * DAY;
    return outcome;
}

/* Sets since when what came is new, each time that the agenda is built: the meeting before may
 * have been called off meanwhile. */
static enum st find_before(struct meeting_act *act, struct before *ret, struct err *err)
{
    enum { DAY = 24 * 3600 * 1000 };
    struct meeting *meeting = &act->meeting;
    *ret = (struct before){0};
    struct query *query = db_query(act->db, Q_MEETING_BEFORE);
    db_bind_text(query, 1, meeting->forum);
    db_bind_int(query, 2, meeting->starts_at);
    /* When this one has begun, no earlier one is to come.  Some begin late. */
    db_bind_int(query, 3, meeting->state == MEETING_PLANNED ? act->now - DAY : meeting->starts_at);
    if (db_next(query)) {
        *ret = (struct before){db_int(query, 0), db_int(query, 1), db_int(query, 3) != 0};
        meeting->since_at = db_int(query, 2);
    }
    enum st outcome = db_end(query, err);
    return outcome == ST_OK && !ret->id ? first_since(act, err) : outcome;
}

/* --- what goes on ----------------------------------------------------------------------------- */

/* The item that is one of an earlier meeting's already; 0: none is.  What another Forum handed over
 * is known by its handover, other themes by their titles. */
static int64_t item_as(const struct meeting_building *building, const struct meeting_item *item)
{
    if (item->kind != ITEM_THEME || item->subject)
        return item_about(building, item->kind, item->subject);
    for (size_t k = 0; k < building->item_count; k++) {
        const struct meeting_item *there = &building->item[k];
        if (there->kind == ITEM_THEME && !there->subject && str_eq(there->title, item->title))
            return there->id;
    }
    return 0;
}

/* Puts an item of an earlier meeting onto this agenda, if it is not there; it is kept from the same
 * people. */
static enum st carry_item(struct meeting_building *building, const struct meeting_item *item,
                          struct err *err)
{
    if (item->kind == ITEM_ACTION || item->kind == ITEM_DISRUPTION || item->kind == ITEM_GAP)
        return ST_OK;
    int64_t id = item_as(building, item);
    if (!id) {
        if (building->item_count == MEETING_ITEMS_MAX) return ST_OK;
        enum st outcome = meeting_item_add(building->act, item->section, item->kind, item->subject,
                                           "carried", item->title, item->words, &id, err);
        if (outcome != ST_OK) return outcome;
        building->item[building->item_count++] = (struct meeting_item){
            .id = id, .kind = item->kind, .subject = item->subject, .title = item->title};
    }
    struct query *query = db_query(building->act->db, Q_MEETING_CONFLICT_CARRY);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, item->id);
    return db_run(query, err);
}

/* Everything of the meeting before that was not closed or taken off; of those between that were
 * not held, what people put there. */
static enum st carry_on(struct meeting_building *building, const struct before *before,
                        struct err *err)
{
    enum { MOST = 100 };
    struct meeting_act *act = building->act;
    int64_t from[MOST + 1];
    size_t meetings = 0;
    enum st outcome = ST_OK;
    /* One that is still to come keeps its agenda. */
    if (before->held) from[meetings++] = before->id;
    struct query *query = db_query(act->db, Q_MEETING_NOT_HELD);
    db_bind_text(query, 1, act->meeting.forum);
    db_bind_int(query, 2, before->starts_at);
    db_bind_int(query, 3, act->meeting.starts_at);
    while (meetings <= MOST && db_next(query)) from[meetings++] = db_int(query, 0);
    outcome = db_end(query, err);
    for (size_t m = 0; m < meetings && outcome == ST_OK; m++) {
        struct meeting_item *list = NULL;
        size_t count = 0;
        bool held = before->held && m == 0;
        outcome = meeting_items_load(act->app, act->db, act->arena, from[m], &list, &count, err);
        for (size_t i = 0; i < count && outcome == ST_OK; i++) {
            bool goes_on = list[i].state != ITEM_CLOSED && list[i].state != ITEM_OFF;
            if (goes_on && (held || str_eq(list[i].origin, STR("added"))))
                outcome = carry_item(building, &list[i], err);
        }
    }
    return outcome;
}

static unsigned holds_of(enum link_kind kind)
{
    static const unsigned holds[LINK_KINDS] = {[LINK_PERSON] = HOLDS_PERSON,
                                               [LINK_VEHICLE] = HOLDS_VEHICLE,
                                               [LINK_PHONE] = HOLDS_PHONE,
                                               [LINK_ACCOUNT] = HOLDS_ACCOUNT,
                                               [LINK_PLACE] = HOLDS_LOCATION};
    return holds[kind];
}

/* What another Forum handed over since. */
static enum st put_handed(struct meeting_building *building, struct err *err)
{
    enum { MOST = 200 };
    struct meeting_act *act = building->act;
    struct {
        int64_t id;
        enum item_kind kind;
        int64_t subject;
    } list[MOST];
    size_t count = 0;
    size_t place = 0;
    struct query *query = db_query(act->db, Q_HANDOVER_TAKEN);
    db_bind_text(query, 1, act->meeting.forum);
    db_bind_int(query, 2, act->meeting.since_at);
    while (count < MOST && db_next(query)) {
        if (!item_kind_from_name(db_text(query, 1), &list[count].kind)) abort();
        list[count].id = db_int(query, 0);
        list[count++].subject = db_int(query, 2);
    }
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (list[i].kind == ITEM_ENTITY && subject_entity(act->scope, list[i].subject)) {
            outcome =
                meeting_put(building, holds_of(entity_kind(act->app->entities, list[i].subject)),
                            list[i].kind, list[i].subject, "handed", err);
            continue;
        }
        /* What who leads may not see is on the agenda by its name alone. */
        if (!forum_allows(act->scope, ACT_RUN_MEETING, act->meeting.forum, false)) continue;
        const struct meeting_term *section =
            meeting_section_for(building, HOLDS_ESCALATION, &place);
        if (!section || item_about(building, ITEM_THEME, list[i].id) ||
            building->item_count == MEETING_ITEMS_MAX)
            continue;
        int64_t id = 0;
        outcome =
            meeting_item_add(act, section->id, ITEM_THEME, list[i].id, "handed",
                             STR("A matter that another Forum handed over"), STR(""), &id, err);
        building->item[building->item_count++] =
            (struct meeting_item){.id = id, .kind = ITEM_THEME, .subject = list[i].id};
    }
    return outcome;
}

/* --- what is new ------------------------------------------------------------------------------ */

/* "15", "about 15", "14-16": the first number. */
static int64_t age_of(struct str text)
{
    size_t i = 0;
    int64_t age = 0;
    while (i < text.len && (text.ptr[i] < '0' || text.ptr[i] > '9')) i++;
    for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && age < 1000; i++)
        age = age * 10 + (text.ptr[i] - '0');
    return age;
}

/* May somebody be a child, as far as this mention says?  Of a year the last day counts. */
static bool says_child(const struct mention *mention, struct date today)
{
    int64_t age = age_of(mention->field[LINK_AGE]);
    struct birth born = child_born(mention->field[LINK_BIRTH], date_to_days(today));
    struct date grown = {(int16_t)(today.year - ADULT), today.month, today.day};
    if (!date_valid(grown)) grown.day = 28;
    return (age > 0 && age < ADULT) || (link_birth_known(born) && born.to > date_to_days(grown));
}

static enum st is_child(struct meeting_building *building, int64_t entity, bool *ret,
                        struct err *err)
{
    struct meeting_act *act = building->act;
    int64_t *ids = NULL;
    size_t count = seen_members(act->scope, act->arena, entity, &ids);
    struct date today = clock_london(act->now).date;
    *ret = false;
    for (size_t i = 0; i < count && i < LOOKED_AT && !*ret; i++) {
        struct mention mention;
        enum st outcome = mention_load(act->app, act->db, act->arena, ids[i], &mention, err);
        if (outcome == ST_NOT_FOUND) continue; /* destroyed meanwhile */
        if (outcome != ST_OK) return outcome;
        *ret = says_child(&mention, today);
    }
    return ST_OK;
}

static int by_entity(const void *a, const void *b)
{
    const struct touched *left = a;
    const struct touched *right = b;
    return (left->entity > right->entity) - (left->entity < right->entity);
}

/* What fits something else first, then by how much is new. */
static int by_weight(const void *a, const void *b)
{
    const struct touched *left = a;
    const struct touched *right = b;
    bool fits = left->total > 1;
    if (fits != (right->total > 1)) return fits ? -1 : 1;
    if (left->fresh != right->fresh) return right->fresh - left->fresh;
    if (left->total != right->total) return right->total - left->total;
    return by_entity(a, b);
}

static int32_t submissions_of(struct meeting_building *building, int64_t entity)
{
    const struct entities *entities = building->act->app->entities;
    int64_t *ids = NULL;
    size_t count = seen_members(building->act->scope, building->act->arena, entity, &ids);
    int32_t total = 0;
    int64_t last = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t submission = entity_submission(entities, ids[i]);
        total += submission != last;
        last = submission;
    }
    return total;
}

/* Entities of the submissions that came, through these eyes. */
static size_t touched_by(struct meeting_building *building, const int64_t *submission, size_t count,
                         struct touched **ret)
{
    struct meeting_act *act = building->act;
    struct touched *list = arena_many(act->arena, count * MENTIONS_MAX + 1, struct touched);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t *ids = NULL;
        size_t from = n;
        size_t mentions = seen_mentions_of(act->scope, act->arena, submission[i], &ids);
        for (size_t k = 0; k < mentions && k < MENTIONS_MAX; k++) {
            int64_t entity = seen_entity(act->scope, ids[k]);
            bool known = !entity;
            for (size_t j = from; j < n; j++) known |= list[j].entity == entity;
            if (!known) list[n++] = (struct touched){.entity = entity, .fresh = 1};
        }
    }
    if (n) qsort(list, n, sizeof *list, by_entity);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept && list[kept - 1].entity == list[i].entity)
            list[kept - 1].fresh++;
        else
            list[kept++] = list[i];
    }
    *ret = list;
    return kept;
}

/* Does a section that holds one of these take in more? */
static bool has_room(const struct meeting_building *building, unsigned holds)
{
    for (unsigned left = holds; left; left &= left - 1) {
        size_t place = 0;
        const struct meeting_term *section = meeting_section_for(building, left & -left, &place);
        if (section && building->by_section[place] < section->most) return true;
    }
    return false;
}

static enum st put_touched(struct meeting_building *building, struct err *err)
{
    struct meeting_act *act = building->act;
    int64_t *came = NULL;
    size_t count = 0;
    size_t visible = 0;
    struct touched *list = NULL;
    enum st outcome = meeting_shared_between(act->db, act->arena, act->meeting.forum,
                                             act->meeting.since_at, act->now, &came, &count, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count; i++)
        if (scope_links(act->scope, came[i])) came[visible++] = came[i];
    size_t entities = touched_by(building, came, visible, &list);
    for (size_t i = 0; i < entities; i++) list[i].total = submissions_of(building, list[i].entity);
    if (entities) qsort(list, entities, sizeof *list, by_weight);
    for (size_t i = 0; i < entities && outcome == ST_OK; i++) {
        enum link_kind kind = entity_kind(act->app->entities, list[i].entity);
        unsigned holds = holds_of(kind);
        bool child = false;
        if (subject_conflicts(act->scope, act->db, ITEM_ENTITY, list[i].entity)) continue;
        if (kind == LINK_PERSON && has_room(building, HOLDS_CHILD | HOLDS_PERSON))
            outcome = is_child(building, list[i].entity, &child, err);
        if (outcome == ST_OK)
            outcome = meeting_put(building, child ? HOLDS_CHILD : holds, ITEM_ENTITY,
                                  list[i].entity, "built", err);
    }
    return outcome;
}

/* Children who were missing since the meeting before, in this Forum's area. */
static enum st put_missing(struct meeting_building *building, struct err *err)
{
    struct meeting_act *act = building->act;
    struct missing_line *line = NULL;
    size_t count = 0;
    enum st outcome =
        missing_since(act->app, act->arena, scope_person(act->scope), act->meeting.forum,
                      act->meeting.since_at, act->now, &line, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        outcome = meeting_put(building, HOLDS_MISSING, ITEM_MISSING, line[i].id, "built", err);
        /* The child's record too, for who may read it, and what came of the offer to talk. */
        if (outcome == ST_OK && line[i].may_read_child)
            outcome = meeting_put(building, HOLDS_CHILD, ITEM_CHILD, line[i].child, "built", err);
        if (outcome == ST_OK && line[i].may_read_child && line[i].interview != INTERVIEW_NONE)
            outcome =
                meeting_put(building, HOLDS_SUPPORT, ITEM_SUPPORT, line[i].child, "built", err);
    }
    return outcome;
}

/* Locations of concern that are new, or are to be looked at again before the next meeting. */
static enum st put_locations(struct meeting_building *building, struct err *err)
{
    struct meeting_act *act = building->act;
    instant_ms next = area_meeting_next(act->app->area, act->meeting.forum, act->meeting.starts_at);
    int64_t *ids = NULL;
    size_t count = 0;
    struct query *query = db_query(act->db, Q_LOCATION_FOR_AGENDA);
    db_bind_text(query, 1, act->meeting.forum);
    db_bind_int(query, 2, act->meeting.since_at);
    db_bind_int(query, 3, clock_day(next));
    enum st outcome = ids_of(building, query, &ids, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (location_allows(act->scope, ACT_READ_LOCATION, ids[i]))
            outcome = meeting_put(building, HOLDS_LOCATION, ITEM_LOCATION, ids[i], "built", err);
    return outcome;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* Who sits in the Forum and may read its meetings, each with what they may see; those who see
 * least of what came first, so that what others see more of says nothing by its place. */
struct eyes {
    const struct scope *scope;
    size_t sees;
};

static int by_least(const void *a, const void *b)
{
    const struct eyes *left = a;
    const struct eyes *right = b;
    if (left->sees != right->sees) return left->sees < right->sees ? -1 : 1;
    int64_t one = scope_person(left->scope)->account;
    int64_t other = scope_person(right->scope)->account;
    return (one > other) - (one < other);
}

static enum st read_eyes(struct meeting_act *act, struct eyes **ret, size_t *ret_count,
                         struct err *err)
{
    int64_t *came = NULL;
    size_t count = 0;
    struct meeting_person *people = NULL;
    size_t known = 0;
    enum st outcome = meeting_shared_between(act->db, act->arena, act->meeting.forum,
                                             act->meeting.since_at, act->now, &came, &count, err);
    if (outcome == ST_OK)
        outcome = meeting_people(act->app, act->arena, &act->meeting, &people, &known, err);
    *ret = arena_many(act->arena, known, struct eyes);
    *ret_count = 0;
    for (size_t i = 0; i < known && outcome == ST_OK; i++) {
        struct person *person = arena_new(act->arena, struct person);
        outcome =
            account_person_read(act->app, act->db, act->arena, people[i].account, person, err);
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* disabled */
        else if (outcome == ST_OK) {
            struct eyes eyes = {.scope = scope_of(act->app, act->arena, person)};
            if (!meeting_sits(eyes.scope, act->meeting.forum)) continue;
            for (size_t k = 0; k < count; k++) eyes.sees += scope_links(eyes.scope, came[k]);
            (*ret)[(*ret_count)++] = eyes;
        }
    }
    if (*ret_count) qsort(*ret, *ret_count, sizeof **ret, by_least);
    return outcome;
}

/* What these eyes see of what came. */
static enum st build_as(struct meeting_building *building, struct err *err)
{
    memset(building->by_section, 0, sizeof building->by_section);
    enum st outcome = put_actions(building, err);
    if (outcome == ST_OK) outcome = put_handed(building, err);
    if (outcome == ST_OK) outcome = put_touched(building, err);
    if (outcome == ST_OK) outcome = put_missing(building, err);
    if (outcome == ST_OK) outcome = put_measures(building, err);
    if (outcome == ST_OK) outcome = put_locations(building, err);
    return outcome == ST_OK ? meeting_propose(building, err) : outcome;
}

enum st meeting_build(struct meeting_act *act, struct err *err)
{
    struct meeting_building building = {.act = act};
    const struct scope *own = act->scope;
    struct meeting_item *there = NULL;
    struct eyes *eyes = NULL;
    struct before before;
    size_t count = 0;
    const instant_ms was = act->meeting.built_to ? act->meeting.since_at : INT64_MAX;
    building.item = arena_many(act->arena, MEETING_ITEMS_MAX + 1, struct meeting_item);
    enum st outcome = find_before(act, &before, err);
    if (outcome == ST_OK)
        outcome = meeting_items_load(act->app, act->db, act->arena, act->meeting.id, &there,
                                     &building.item_count, err);
    if (outcome == ST_OK) outcome = read_eyes(act, &eyes, &count, err);
    if (outcome != ST_OK) return outcome;
    memcpy(building.item, there, building.item_count * sizeof *there);
    outcome = carry_on(&building, &before, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        act->scope = eyes[i].scope;
        outcome = build_as(&building, err);
    }
    act->scope = own;
    /* The meeting before may have been begun late, or planned after this one: what is on this
     * agenda as new already stays so. */
    if (was < act->meeting.since_at) act->meeting.since_at = was;
    act->meeting.built_to = act->now;
    return outcome;
}

enum st meeting_shared_between(struct db *db, struct arena *arena, struct str forum,
                               instant_ms after, instant_ms to, int64_t **ret, size_t *ret_count,
                               struct err *err)
{
    size_t capacity = 256;
    int64_t *list = arena_many(arena, capacity, int64_t);
    size_t count = 0;
    struct query *query = db_query(db, Q_STAGE_SHARED_BETWEEN);
    db_bind_text(query, 1, forum);
    db_bind_int(query, 2, after + 1);
    db_bind_int(query, 3, to + 1);
    while (db_next(query)) {
        int64_t id = db_int(query, 0);
        if (count == capacity) {
            int64_t *longer = arena_many(arena, capacity * 2, int64_t);
            memcpy(longer, list, capacity * sizeof *list);
            list = longer;
            capacity *= 2;
        }
        list[count++] = id;
    }
    *ret = list;
    *ret_count = count;
    return db_end(query, err);
}

size_t meeting_behind(const struct scope *scope, struct db *db, const struct meeting *meeting)
{
    int64_t *came = NULL;
    size_t count = 0;
    size_t visible = 0;
    if (meeting_shared_between(db, scope_arena(scope), meeting->forum, meeting->built_to,
                               clock_now(), &came, &count, NULL) != ST_OK)
        return 0;
    for (size_t i = 0; i < count; i++) visible += scope_links(scope, came[i]);
    return visible;
}
