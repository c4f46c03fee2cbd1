/*
 * What comes up again and again in a problem profile, how many independent origins it has and
 * whether its network grew; and the actions that were taken.
 */
#include "domain/action.h"
#include "domain/entity_seen.h"
#include "domain/corroborate.h"
#include "domain/problem_internal.h"
#include "domain/profile.h"
#include "domain/submission.h"

#include <stdlib.h>

struct problem_repeats {
    const struct scope *scope;
    struct arena *arena;
    int32_t *times; /* by entity: submissions of the period */
    int64_t last;   /* the largest id of an entity */
    int64_t *counted; /* the submissions of the period, in the order in which they came */
    size_t counted_count;
    size_t counted_capacity;
};

struct problem_repeats *problem_repeats_new(struct arena *arena, const struct scope *scope)
{
    const struct entities *entities = scope_app(scope)->entities;
    size_t count = entities_count(entities);
    struct problem_repeats *repeats = arena_new(arena, struct problem_repeats);
    *repeats =
        (struct problem_repeats){.scope = scope,
                                 .arena = arena,
                                 .last = count ? entities_known(entities, count - 1).mention : 0};
    repeats->times = arena_many(arena, (size_t)repeats->last + 1, int32_t);
    memset(repeats->times, 0, ((size_t)repeats->last + 1) * sizeof *repeats->times);
    return repeats;
}

static void add_counted(struct problem_repeats *repeats, int64_t submission)
{
    if (repeats->counted_count == repeats->counted_capacity) {
        size_t capacity = repeats->counted_capacity ? repeats->counted_capacity * 2 : 256;
        int64_t *grown = arena_many(repeats->arena, capacity, int64_t);
        if (repeats->counted_count)
            memcpy(grown, repeats->counted, repeats->counted_count * sizeof *grown);
        repeats->counted = grown;
        repeats->counted_capacity = capacity;
    }
    repeats->counted[repeats->counted_count++] = submission;
}

static int by_id(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Of these mentions those of submissions that were counted, in their order, at the start of the
 * list: what was told in another quarter, or to another Forum, is in no figure beside them. */
static size_t keep_counted(const struct problem_repeats *repeats, int64_t *mention, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t submission = entity_submission(scope_app(repeats->scope)->entities, mention[i]);
        if (repeats->counted_count && bsearch(&submission, repeats->counted, repeats->counted_count,
                                              sizeof submission, by_id))
            mention[kept++] = mention[i];
    }
    return kept;
}

void problem_repeats_add(struct problem_repeats *repeats, int64_t submission,
                         const int64_t *mention, size_t count)
{
    add_counted(repeats, submission);
    int64_t seen[MENTIONS_MAX];
    size_t found = 0;
    for (size_t i = 0; i < count && found < MENTIONS_MAX; i++) {
        int64_t entity = seen_entity(repeats->scope, mention[i]);
        size_t k = 0;
        while (k < found && seen[k] != entity) k++;
        if (k < found || entity <= 0 || entity > repeats->last) continue;
        seen[found++] = entity;
        repeats->times[entity]++;
    }
}

static bool holds(const int64_t *list, size_t count, int64_t id)
{
    size_t i = 0;
    while (i < count && list[i] != id) i++;
    return i < count;
}

/* With how many others it was named together, in submissions before `from` and before `to`. */
static enum st count_network(const struct scope *scope, struct db *db, struct arena *arena,
                             const int64_t *mention, size_t count, instant_ms from, instant_ms to,
                             struct problem_repeat *ret, struct err *err)
{
    enum { MOST = 2000 };
    struct app *app = scope_app(scope);
    int64_t *other = arena_many(arena, MOST, int64_t);
    size_t found = 0;
    /* Members rise, and so do instants but for what was brought in later: two turns. */
    for (int turn = 0; turn < 2; turn++) {
        int64_t last = 0;
        for (size_t i = 0; i < count; i++) {
            int64_t submission = entity_submission(app->entities, mention[i]);
            if (submission == last) continue;
            last = submission;
            int64_t at = 0;
            struct query *query = db_query(db, Q_SUBMISSION_CREATED);
            db_bind_int(query, 1, submission);
            enum st outcome = db_one(query, &at, err);
            if (outcome != ST_OK && outcome != ST_NOT_FOUND) return outcome;
            bool before = at < from;
            if (outcome != ST_OK || at >= to || before != (turn == 0)) continue;
            int64_t *beside = NULL;
            size_t besides = seen_mentions_of(scope, arena, submission, &beside);
            for (size_t k = 0; k < besides && found < MOST; k++) {
                int64_t entity = seen_entity(scope, beside[k]);
                if (entity != ret->entity && !holds(other, found, entity)) other[found++] = entity;
            }
        }
        *(turn == 0 ? &ret->with_before : &ret->with) = (int64_t)found;
    }
    return ST_OK;
}

enum st problem_repeats_fill(struct problem_repeats *repeats, struct db *db,
                             struct problem_profile *ret, struct err *err)
{
    const struct scope *scope = repeats->scope;
    struct arena *arena = repeats->arena;
    if (repeats->counted_count)
        qsort(repeats->counted, repeats->counted_count, sizeof(int64_t), by_id);
    for (int64_t entity = 1; entity <= repeats->last; entity++) {
        int64_t times = repeats->times[entity];
        bool full = ret->repeat_count == PROBLEM_REPEATS_MAX;
        if (times < SMALL_UNDER ||
            (full && times <= ret->repeat[PROBLEM_REPEATS_MAX - 1].submissions))
            continue;
        size_t place = full ? PROBLEM_REPEATS_MAX - 1 : ret->repeat_count++;
        while (place > 0 && ret->repeat[place - 1].submissions < times) {
            ret->repeat[place] = ret->repeat[place - 1];
            place--;
        }
        ret->repeat[place] = (struct problem_repeat){.entity = entity, .submissions = times};
    }
    instant_ms from = problem_quarter_start(ret->period.quarter);
    instant_ms to = problem_quarter_start(ret->period.quarter + ret->period.quarters);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < ret->repeat_count && outcome == ST_OK; i++) {
        struct problem_repeat *repeat = &ret->repeat[i];
        int64_t *mention = NULL;
        size_t count = seen_members(scope, arena, repeat->entity, &mention);
        repeat->kind = entity_kind(scope_app(scope)->entities, repeat->entity);
        outcome = entity_title(scope, db, arena, repeat->entity, &repeat->title, err);
        if (outcome == ST_OK)
            outcome = count_network(scope, db, arena, mention, count, from, to, repeat, err);
        /* the network was counted before: it looks back */
        size_t counted = keep_counted(repeats, mention, count);
        if (outcome == ST_OK)
            outcome =
                corroborate_mentions(scope, db, arena, mention, counted, &repeat->origins, err);
        problem_hide_repeat(repeat);
    }
    return outcome;
}

/* The actions that were agreed in the period, at the start of *ret. */
static enum st actions_of_period(struct app *app, struct arena *arena, const struct person *who,
                                 const struct problem_period *period, struct forum_action **ret,
                                 size_t *ret_count, struct err *err)
{
    struct forum_action *list = NULL;
    size_t count = 0;
    size_t kept = 0;
    enum st outcome = action_list(app, arena, who, ACTIONS_FORUM, &list, &count, err);
    instant_ms from = problem_quarter_start(period->quarter);
    instant_ms to = problem_quarter_start(period->quarter + period->quarters);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (list[i].created_at < from || list[i].created_at >= to) continue;
        if (period->forum.len && !str_eq(list[i].forum, period->forum)) continue;
        list[kept++] = list[i];
    }
    *ret = list;
    *ret_count = kept;
    return outcome;
}

static const char *const action_keys[PROBLEM_ACTIONS] = {"open", "done", "signed"};
static const char *const action_labels[PROBLEM_ACTIONS] = {
    "Open", "Done, waits for a second sign-off", "Done and signed off"};

/* Counts them by state. */
static void count_actions(struct arena *arena, const struct problem_period *period,
                          const struct forum_action *list, size_t count,
                          struct problem_row row[static PROBLEM_ACTIONS])
{
    int64_t each[PROBLEM_QUARTERS_MAX] = {0};
    bool few = small_figure((int64_t)count);
    for (int i = 0; i < PROBLEM_ACTIONS; i++)
        row[i] = (struct problem_row){.key = str_from(action_keys[i]),
                                      .label = str_from(action_labels[i])};
    for (size_t i = 0; i < count; i++) {
        int32_t quarter = problem_quarter_of(list[i].created_at) - period->quarter;
        row[list[i].state].count++;
        row[list[i].state].each[quarter]++;
        each[quarter]++;
    }
    for (int32_t i = 0; i < period->quarters; i++) few |= small_figure(each[i]);
    problem_hide(arena, row, PROBLEM_ACTIONS, true, (int64_t)count, few, each, period->quarters);
}

enum st problem_actions(struct app *app, struct arena *arena, const struct person *who,
                        struct problem_profile *ret, struct err *err)
{
    struct forum_action *list = NULL;
    size_t count = 0;
    ret->has_actions = access_allows(who, ACT_READ_MEETING, NULL);
    if (!ret->has_actions) return ST_OK;
    enum st outcome = actions_of_period(app, arena, who, &ret->period, &list, &count, err);
    if (outcome == ST_OK) count_actions(arena, &ret->period, list, count, ret->action);
    return outcome;
}

enum st problem_action_list(struct app *app, struct arena *arena, const struct person *who,
                            const struct problem_period *period, struct str state,
                            struct str *ret_label, struct forum_action **ret, size_t *ret_count,
                            struct err *err)
{
    struct problem_row row[PROBLEM_ACTIONS];
    size_t count = 0;
    size_t kept = 0;
    int which = 0;
    while (which < PROBLEM_ACTIONS && !str_eq(state, str_from(action_keys[which]))) which++;
    if (which == PROBLEM_ACTIONS || !problem_period_is_good(app, period) ||
        !access_allows(who, ACT_READ_MEETING, NULL))
        return err_missing(err, "figure");
    enum st outcome = actions_of_period(app, arena, who, period, ret, &count, err);
    if (outcome != ST_OK) return outcome;
    count_actions(arena, period, *ret, count, row);
    if (row[which].hidden || !row[which].count) return err_missing(err, "figure");
    for (size_t i = 0; i < count; i++)
        if ((int)(*ret)[i].state == which) (*ret)[kept++] = (*ret)[i];
    *ret_label = row[which].label;
    *ret_count = kept;
    return ST_OK;
}
