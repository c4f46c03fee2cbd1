/*
 * A pattern as one person sees it: out of the reports that this person may see.
 */
#include "domain/pattern_internal.h"

#include "base/utf8.h"
#include "domain/area.h"
#include "domain/entity_seen.h"
#include "domain/profile.h"
#include "domain/registry.h"
#include "link/link.h"

#include <stdlib.h>

enum { THINGS = 6, TIMED_MAX = 24, SAID_MAX = 400, FACTS = 1 << 15 };

/* What is known of a submission's time, read once. */
struct fact {
    int64_t submission; /* 0: empty */
    int32_t day;
    unsigned weekdays;
    int hour;
    instant_ms came_at;
};

/* What was said of somebody or a place, for the engine. */
struct said {
    int64_t entity;
    struct link_mention mention[3];
    size_t count;
};

void pattern_see_begin(struct seeing *ret, const struct scope *scope, struct arena *arena,
                       struct db *db)
{
    *ret = (struct seeing){.app = scope_app(scope), .arena = arena, .scope = scope, .db = db};
    ret->fact = arena_many(arena, FACTS, struct fact);
    memset(ret->fact, 0, FACTS * sizeof *ret->fact);
    ret->said = arena_many(arena, SAID_MAX, struct said);
    ret->report = arena_many(arena, PATTERN_REPORTS_MAX, struct pattern_report);
}

/* --- reports ---------------------------------------------------------------------------------- */

static const struct fact *fact_of(struct seeing *seeing, int64_t submission)
{
    if (2 * seeing->facts > FACTS) { /* full enough: they are read again */
        memset(seeing->fact, 0, FACTS * sizeof *seeing->fact);
        seeing->facts = 0;
    }
    size_t slot = (size_t)((uint64_t)submission * 0x9E3779B97F4A7C15u >> 40) % FACTS;
    while (seeing->fact[slot].submission && seeing->fact[slot].submission != submission)
        slot = (slot + 1) % FACTS;
    struct fact *fact = &seeing->fact[slot];
    if (fact->submission) return fact;
    seeing->facts++;
    *fact = (struct fact){.submission = submission, .hour = -1};
    struct query *query = db_query(seeing->db, Q_PATTERN_FACT);
    db_bind_int(query, 1, submission);
    if (db_next(query)) {
        fact->weekdays = (unsigned)db_int(query, 0);
        fact->hour = (int)db_int(query, 1);
        fact->came_at = db_int(query, 4);
        fact->day = db_is_null(query, 2) ? clock_day(fact->came_at) : (int32_t)db_int(query, 2);
        bool one_day = !db_is_null(query, 2) && db_int(query, 2) == db_int(query, 3);
        /* 1 January 1970 was a Thursday */
        if (one_day) fact->weekdays = 1u << ((fact->day % 7 + 10) % 7);
    }
    (void)!db_end(query, NULL);
    return fact;
}

/* A submission that this person sees. */
static void read_report(struct seeing *seeing, int64_t submission, int64_t thing,
                        struct pattern_report *ret)
{
    const struct entities *entities = seeing->app->entities;
    const struct registry_row *row = registry_find(seeing->app->registry, submission);
    const struct fact *fact = fact_of(seeing, submission);
    int64_t *mention = NULL;
    size_t count = seen_mentions_of(seeing->scope, seeing->arena, submission, &mention);
    *ret = (struct pattern_report){.submission = submission,
                                   .day = fact->day,
                                   .weekdays = fact->weekdays,
                                   .hour = fact->hour,
                                   .forum = row && row->forum ? 1ULL << row->forum : 0};
    for (size_t i = 0; i < count; i++) {
        int64_t entity = seen_entity(seeing->scope, mention[i]);
        if (entity_kind(entities, mention[i]) != LINK_PERSON || entity == thing) continue;
        size_t k = 0;
        while (k < ret->person_count && ret->person[k] != entity) k++;
        if (k == ret->person_count && k < PATTERN_PEOPLE_MAX)
            ret->person[ret->person_count++] = entity;
    }
}

static int by_day(const void *a, const void *b)
{
    const struct pattern_report *left = a;
    const struct pattern_report *right = b;
    if (left->day != right->day) return left->day < right->day ? -1 : 1;
    return (left->submission > right->submission) - (left->submission < right->submission);
}

static size_t read_reports(struct seeing *seeing, int64_t thing)
{
    int64_t *member = NULL;
    size_t count = seen_members(seeing->scope, seeing->arena, thing, &member);
    size_t found = 0;
    int64_t last = 0;
    for (size_t i = count; i-- > 0 && found < PATTERN_REPORTS_MAX;) { /* the newest of many */
        int64_t submission = entity_submission(seeing->app->entities, member[i]);
        if (submission == last) continue;
        last = submission;
        read_report(seeing, submission, thing, &seeing->report[found++]);
    }
    if (found) qsort(seeing->report, found, sizeof *seeing->report, by_day);
    return found;
}

/* --- are two people certainly not one? -------------------------------------------------------- */

static const struct said *said_of(struct seeing *seeing, int64_t entity)
{
    for (size_t i = 0; i < seeing->said_count; i++)
        if (seeing->said[i].entity == entity) return &seeing->said[i];
    if (seeing->said_count == SAID_MAX) return NULL;
    struct said *said = &seeing->said[seeing->said_count++];
    int64_t *member = NULL;
    size_t count = seen_members(seeing->scope, seeing->arena, entity, &member);
    *said = (struct said){.entity = entity};
    for (size_t i = count; i-- > 0 && said->count < sizeof said->mention / sizeof *said->mention;) {
        struct mention mention;
        if (mention_load(seeing->app, seeing->db, seeing->arena, member[i], &mention, NULL) !=
            ST_OK)
            continue;
        struct link_mention *engine = &said->mention[said->count++];
        *engine = (struct link_mention){.id = mention.id,
                                        .report = mention.submission,
                                        .kind = mention.kind,
                                        .seen_from = LINK_DAY_UNKNOWN,
                                        .seen_to = LINK_DAY_UNKNOWN};
        memcpy(engine->field, mention.field, sizeof engine->field);
    }
    return said;
}

/* What the engine says of names, ages and the like, without what they were seen with: nothing of
 * either speaks for it, and something against. */
static bool are_apart(void *context, int64_t person, int64_t other)
{
    static const double against = -2;
    struct seeing *seeing = context;
    const struct said *a = said_of(seeing, person);
    const struct said *b = said_of(seeing, other);
    double least = 0;
    if (!a || !b) return false;
    for (size_t i = 0; i < a->count; i++) {
        for (size_t k = 0; k < b->count; k++) {
            struct link_explanation why;
            if (!link_index_explain_of(seeing->app->index, scope_admit(seeing->scope),
                                       seeing->arena, &a->mention[i], &b->mention[k], &why))
                return false;
            double evidence = why.total_bits - why.prior_bits;
            if (evidence > 0) return false;
            if (evidence < least) least = evidence;
        }
    }
    return least <= against;
}

bool pattern_see_same_place(struct seeing *seeing, int64_t place, int64_t other)
{
    struct entity_decision said;
    const struct said *a = said_of(seeing, place);
    const struct said *b = said_of(seeing, other);
    bool alike = place == other;
    for (size_t i = 0; a && b && !alike && i < a->count; i++) {
        for (size_t k = 0; k < b->count && !alike; k++) {
            struct link_explanation why;
            alike = link_index_explain_of(seeing->app->index, scope_admit(seeing->scope),
                                          seeing->arena, &a->mention[i], &b->mention[k], &why) &&
                    why.total_bits >= link_shown_bits();
        }
    }
    return alike && (place == other || !seen_kept_apart(seeing->scope, place, other, &said));
}

/* --- words ------------------------------------------------------------------------------------ */

static struct str day_words(struct arena *arena, int32_t day)
{
    return date_words(arena, date_from_days(day));
}

static enum st title_of(struct seeing *seeing, int64_t entity, struct str *ret, struct err *err)
{
    enum st outcome = entity_title(seeing->scope, seeing->db, seeing->arena, entity, ret, err);
    if (outcome == ST_OK && ret->len > 80)
        *ret = str_fmt(seeing->arena, "%.*s…", STR_ARG(utf8_start(*ret, 78)));
    return outcome;
}

static struct str meeting_words(struct arena *arena, struct str place, struct str other,
                                const struct pattern_shape *shape)
{
    static const char *const names[] = {"Mondays", "Tuesdays",  "Wednesdays", "Thursdays",
                                        "Fridays", "Saturdays", "Sundays"};
    bool one = __builtin_popcount(shape->weekdays) == 1;
    return str_fmt(arena, "“%.*s” was at “%.*s” on %zu different %s between %02d:00 and %02d:59",
                   STR_ARG(other), STR_ARG(place), shape->days,
                   one ? names[__builtin_ctz(shape->weekdays)] : "days", shape->hour,
                   (shape->hour + 1) % 24);
}

static struct str forum_words(const struct seeing *seeing, uint64_t forums)
{
    size_t count = 0;
    const struct area_forum *forum = area_forums(seeing->app->area, &count);
    struct str words = STR("");
    int left = __builtin_popcountll(forums);
    for (size_t i = 0; i < count; i++) {
        if (!(registry_forum_bit(seeing->app->registry, forum[i].id) & forums)) continue;
        left--;
        words = str_fmt(seeing->arena, "%.*s%s%.*s", STR_ARG(words),
                        !words.len ? ""
                        : left     ? ", "
                                   : " and ",
                        STR_ARG(forum[i].name));
    }
    return words;
}

enum st pattern_see_say(struct seeing *seeing, const struct pattern_shape *shape,
                        struct pattern *ret, struct err *err)
{
    struct arena *arena = seeing->arena;
    struct str title[3] = {STR(""), STR(""), STR("")};
    enum st outcome = ST_OK;
    for (int i = 0; i < 3 && outcome == ST_OK; i++)
        if (ret->entity[i]) outcome = title_of(seeing, ret->entity[i], &title[i], err);
    switch (ret->kind) {
    case PATTERN_MEETING: ret->fact = meeting_words(arena, title[1], title[0], shape); break;
    case PATTERN_PHONE:
        ret->fact =
            str_fmt(arena, "“%.*s” was named with “%.*s” until %.*s, and with “%.*s” since %.*s",
                    STR_ARG(title[0]), STR_ARG(title[1]), STR_ARG(day_words(arena, shape->until)),
                    STR_ARG(title[2]), STR_ARG(day_words(arena, shape->since)));
        break;
    case PATTERN_FORUMS:
        ret->fact = str_fmt(arena, "“%.*s” is named in the areas of %.*s", STR_ARG(title[0]),
                            STR_ARG(forum_words(seeing, shape->forums)));
        break;
    case PATTERN_GROWING:
        ret->fact = str_fmt(
            arena,
            "%zu people are named with “%.*s” for the first time since %.*s; before there were %zu",
            shape->new, STR_ARG(title[0]), STR_ARG(day_words(arena, shape->since)), shape->had);
        break;
    case PATTERN_KINDS: break;
    }
    return outcome;
}

/* --- finding it for this person --------------------------------------------------------------- */

/* The entities that this person sees of all that might be one thing. */
static size_t things_of(struct seeing *seeing, int64_t mention, int64_t ret[static THINGS])
{
    int64_t *near = NULL;
    size_t count = entity_near_members(seeing->app->entities, seeing->arena, mention, &near);
    size_t things = 0;
    for (size_t i = 0; i < count && things < THINGS; i++) {
        int64_t entity = seen_entity(seeing->scope, near[i]);
        size_t k = 0;
        while (k < things && ret[k] != entity) k++;
        if (entity && k == things) ret[things++] = entity;
    }
    return things;
}

static void fill(struct seeing *seeing, const struct kept *kept,
                 const struct pattern_report *report, int64_t thing,
                 const struct pattern_shape *shape, struct pattern *ret)
{
    *ret = (struct pattern){.id = kept->id,
                            .kind = kept->kind,
                            .entity = {thing, shape->before, shape->after},
                            .fragment_count = shape->fragment_count};
    for (size_t i = 0; i < shape->fragment_count; i++) {
        const struct pattern_report *one = &report[shape->fragment[i]];
        ret->fragment[i] = (struct pattern_fragment){one->submission, one->day};
        instant_ms came_at = fact_of(seeing, one->submission)->came_at;
        if (came_at > ret->came_at) ret->came_at = came_at;
    }
}

/* Places that a submission names. */
static size_t places_of(struct seeing *seeing, int64_t submission, int64_t ret[static THINGS])
{
    int64_t *mention = NULL;
    size_t count = seen_mentions_of(seeing->scope, seeing->arena, submission, &mention);
    size_t places = 0;
    for (size_t i = 0; i < count && places < THINGS; i++)
        if (entity_kind(seeing->app->entities, mention[i]) == LINK_PLACE)
            ret[places++] = seen_entity(seeing->scope, mention[i]);
    return places;
}

/* Reports of a thing that have an hour, with the places that each names; the newest first. */
struct timed {
    struct pattern_report report[TIMED_MAX];
    int64_t place[TIMED_MAX][THINGS];
    size_t places[TIMED_MAX];
    size_t count;
};

/* Those that name this place, by rising day, and as what each names it; none that names one of
 * which somebody said that it is another than one of these. */
static size_t reports_at(struct seeing *seeing, const struct timed *timed, int64_t place,
                         struct pattern_report ret[static TIMED_MAX],
                         int64_t ret_place[static TIMED_MAX])
{
    struct entity_decision said;
    size_t count = 0;
    for (size_t i = timed->count; i-- > 0;) {
        for (size_t k = 0; k < timed->places[i]; k++) {
            int64_t other = timed->place[i][k];
            bool same = pattern_see_same_place(seeing, place, other);
            for (size_t m = 0; m < count && same; m++)
                same = ret_place[m] == other ||
                       !seen_kept_apart(seeing->scope, ret_place[m], other, &said);
            if (!same) continue;
            ret_place[count] = other;
            ret[count++] = timed->report[i];
            break;
        }
    }
    return count;
}

/* Where the thing was at the same place and hour: of several places, that with most fragments, as
 * the newest of them names it. */
static bool find_meeting_here(struct seeing *seeing, const struct kept *kept, int64_t thing,
                              size_t count, struct pattern *ret, struct pattern_shape *ret_shape)
{
    const struct pattern_rule *rule = &area_patterns(seeing->app->area)->rule[PATTERN_MEETING];
    struct timed timed = {.count = 0};
    size_t most = 0;
    for (size_t i = count; i-- > 0 && timed.count < TIMED_MAX;) { /* the newest */
        if (seeing->report[i].hour < 0) continue;
        timed.places[timed.count] =
            places_of(seeing, seeing->report[i].submission, timed.place[timed.count]);
        if (timed.places[timed.count]) timed.report[timed.count++] = seeing->report[i];
    }
    for (size_t i = 0; i < timed.count && timed.count >= (size_t)rule->least; i++) {
        for (size_t k = 0; k < timed.places[i]; k++) {
            struct pattern_report there[TIMED_MAX];
            int64_t named[TIMED_MAX];
            struct pattern_shape shape;
            size_t here = reports_at(seeing, &timed, timed.place[i][k], there, named);
            if (here <= most || here < (size_t)rule->least ||
                !pattern_find(PATTERN_MEETING, rule, there, here, (struct pattern_apart){0},
                              &shape) ||
                shape.fragment_count <= most)
                continue;
            most = shape.fragment_count;
            shape.before = named[shape.fragment[0]];
            fill(seeing, kept, there, thing, &shape, ret);
            *ret_shape = shape;
        }
    }
    return most > 0;
}

bool pattern_see_here(struct seeing *seeing, const struct kept *kept, struct pattern *ret,
                      struct pattern_shape *ret_shape)
{
    const struct pattern_rule *rule = &area_patterns(seeing->app->area)->rule[kept->kind];
    struct pattern_apart apart = {are_apart, seeing};
    int64_t thing[THINGS];
    size_t things = things_of(seeing, kept->mention, thing);
    size_t most = 0;
    seeing->said_count = 0; /* what was said of other things is of no use here */
    for (size_t i = 0; i < things; i++) {
        struct pattern_shape shape;
        struct pattern pattern;
        size_t count = read_reports(seeing, thing[i]);
        if (kept->kind == PATTERN_MEETING) {
            if (!find_meeting_here(seeing, kept, thing[i], count, &pattern, &shape)) continue;
        } else {
            if (!pattern_find(kept->kind, rule, seeing->report, count, apart, &shape)) continue;
            fill(seeing, kept, seeing->report, thing[i], &shape, &pattern);
        }
        if (shape.fragment_count <= most) continue;
        most = shape.fragment_count;
        *ret = pattern;
        *ret_shape = shape;
    }
    return most > 0;
}
