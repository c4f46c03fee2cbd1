#include "domain/work_measure.h"

#include "base/names.h"
#include "domain/action.h"
#include "domain/area_desk.h"
#include "domain/completeness.h"
#include "domain/desk_internal.h"
#include "domain/meeting.h"
#include "domain/small.h"
#include "domain/stage.h"
#include "domain/work_measure_internal.h"

#include <stdlib.h>

static const char *const names[WORK_MEASURES] = {[WORK_OFFERED] = "interviews-offered",
                                                 [WORK_HELD] = "interviews-held",
                                                 [WORK_PASSED_ON] = "interviews-passed-on",
                                                 [WORK_ONCE] = "missing-once",
                                                 [WORK_COLLATED] = "collated",
                                                 [WORK_ACTIONS] = "actions",
                                                 [WORK_ETHNICITY] = "ethnicity"};

const char *work_measure_name(enum work_measure measure)
{
    return names[measure];
}

bool work_measure_from_name(struct str name, enum work_measure *ret)
{
    int place = name_place(name, names, WORK_MEASURES);
    if (place >= 0) *ret = (enum work_measure)place;
    return place >= 0;
}

bool work_measure_by_forum(enum work_measure measure)
{
    return measure != WORK_ETHNICITY;
}

/* --- counting ------------------------------------------------------------------------------- */

enum { GROUPS_MAX = 1000, DAYS_MAX = 366, ROWS_MAX = 500000 };

/* How many waited so many days; the last: longer. */
struct days {
    int64_t count;
    int64_t of[DAYS_MAX + 1];
};
struct work_days {
    struct days all;
    struct days month[MEASURE_MONTHS];
    struct days *group[GROUPS_MAX];
};

bool work_wants(const struct work_counting *counting, enum work_measure measure)
{
    return counting->wanted >> measure & 1;
}

struct str work_forum_name(const struct work_counting *counting, struct str forum)
{
    const struct area_forum *known =
        counting->app->area ? area_forum_find(counting->app->area, forum) : NULL;
    if (known) return known->name;
    return forum.len ? forum : STR("No Forum");
}

static size_t group_place(struct work_counting *counting, struct measure_table *table,
                          struct str group)
{
    if (!table->organisation)
        table->organisation = arena_many(counting->arena, GROUPS_MAX, struct measure_row);
    for (size_t i = 0; i < table->organisation_count; i++)
        if (str_eq(table->organisation[i].label, group)) return i;
    if (table->organisation_count == GROUPS_MAX) return GROUPS_MAX - 1;
    table->organisation[table->organisation_count].label = str_dup(counting->arena, group);
    return table->organisation_count++;
}

static int32_t month_place(const struct work_counting *counting, instant_ms at)
{
    int32_t month = measure_month(at) - counting->first_month;
    return month >= 0 && month < MEASURE_MONTHS ? month : -1;
}

static void count_row(struct measure_row *row, bool good)
{
    row->total++;
    row->good += good;
}

void work_count(struct work_counting *counting, enum work_measure measure, instant_ms at,
                struct str group, bool good)
{
    struct measure_table *table = &counting->table[measure].figures;
    int32_t month = month_place(counting, at);
    if (month < 0) return;
    size_t place = group_place(counting, table, group);
    count_row(&table->month[month], good);
    count_row(&table->organisation[place], good);
    count_row(&table->all, good);
}

static void count_days(struct days *row, int32_t days)
{
    row->count++;
    row->of[days < DAYS_MAX ? days : DAYS_MAX]++;
}

/* How long one of WORK_COLLATED waited, that was just counted. */
static void work_count_days(struct work_counting *counting, instant_ms at, struct str group,
                            int32_t days)
{
    struct work_days *rows = counting->days;
    int32_t month = month_place(counting, at);
    if (month < 0 || days < 0) return;
    size_t place = group_place(counting, &counting->table[WORK_COLLATED].figures, group);
    if (!rows->group[place]) rows->group[place] = arena_new(counting->arena, struct days);
    count_days(&rows->all, days);
    count_days(&rows->month[month], days);
    count_days(rows->group[place], days);
}

/* Half of them waited so long or less. */
static int32_t median(const struct days *row, const struct measure_row *figures)
{
    int64_t below = 0;
    int32_t days = 0;
    if (!row || row->count < SMALL_UNDER || figures->hidden) return WORK_DAYS_NONE;
    while (days < DAYS_MAX && (below += row->of[days]) * 2 < row->count) days++;
    return days;
}

/* --- submissions on their way to a Forum ------------------------------------------------------ */

/* What went to a Forum at once waited for nobody; what was sent back, withdrawn or sent to the
 * referral unit is not to be shared. */
static enum st count_collated(struct work_counting *counting, struct err *err)
{
    struct app *app = counting->app;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MEASURE_COLLATED);
    db_bind_int(query, 1, counting->since);
    db_bind_int(query, 2, ROWS_MAX);
    while (db_next(query)) {
        enum stage stage = STAGE_SHARED;
        instant_ms came = db_int(query, 3);
        instant_ms shared = db_int(query, 4);
        instant_ms due = area_clock_due(app->area, CLOCK_REPRESENTATIVE, came);
        bool waits = stage_from_name(db_text(query, 5), &stage) &&
                     (stage == STAGE_REPRESENTATIVE || stage == STAGE_HELD) && due &&
                     due < counting->now;
        if (!shared && !waits) continue;
        if (!desk_scope_allows(counting->scope, ACT_MEASURES, db_int(query, 1), db_int(query, 0)))
            continue;
        struct str forum = work_forum_name(counting, db_text(query, 2));
        work_count(counting, WORK_COLLATED, came, forum, shared && shared <= due);
        if (shared) work_count_days(counting, came, forum, clock_day(shared) - clock_day(came));
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- actions ---------------------------------------------------------------------------------- */

struct due_action {
    int64_t organisation; /* of whoever has to do it */
    int64_t item;
    int32_t due_day;
    bool in_time;
    struct str forum;
};

static instant_ms start_of_day(int32_t day)
{
    return clock_from_london((struct civil){.date = date_from_days(day)});
}

static enum st read_actions(struct work_counting *counting, struct due_action **ret,
                            size_t *ret_count, struct err *err)
{
    enum { MOST = 20000 };
    int32_t today = clock_day(counting->now);
    struct due_action *list = arena_many(counting->arena, MOST, struct due_action);
    size_t count = 0;
    struct db *db = store_read_begin(counting->app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MEASURE_ACTIONS);
    db_bind_int(query, 1, clock_day(counting->since));
    db_bind_int(query, 2, MOST);
    while (count < MOST && db_next(query)) {
        struct due_action *action = &list[count];
        instant_ms done = db_int(query, 4);
        *action = (struct due_action){.organisation = db_int(query, 0),
                                      .item = db_int(query, 1),
                                      .due_day = (int32_t)db_int(query, 2),
                                      .forum = work_forum_name(counting, db_text(query, 5))};
        bool is_done = !str_eq(db_text(query, 3), str_from(action_state_name(ACTION_OPEN)));
        action->in_time = is_done && clock_day(done) <= action->due_day;
        if (!is_done && action->due_day >= today) continue; /* still to be done */
        action->forum = str_dup(counting->arena, action->forum);
        count++;
    }
    enum st outcome = db_end(query, err);
    store_read_end(counting->app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

static enum st count_actions(struct work_counting *counting, struct err *err)
{
    struct due_action *list = NULL;
    size_t count = 0;
    enum st outcome = read_actions(counting, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct record record = {.organisation = list[i].organisation};
        if (!access_allows(counting->who, ACT_MEASURES, &record)) continue;
        if (list[i].item && meeting_item_kept(counting->scope, list[i].item)) continue;
        work_count(counting, WORK_ACTIONS, start_of_day(list[i].due_day), list[i].forum,
                   list[i].in_time);
    }
    return outcome;
}

/* --- ethnicity -------------------------------------------------------------------------------- */

static enum st count_ethnicity(struct work_counting *counting, struct err *err)
{
    struct db *db = store_read_begin(counting->app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MEASURE_CHILD_ANSWER);
    db_bind_int(query, 1, counting->since);
    db_bind_text(query, 2, STR("child-ethnicity"));
    db_bind_int(query, 3, ROWS_MAX);
    while (db_next(query)) {
        enum answer_kind kind = ANSWER_NONE;
        if (!desk_scope_allows(counting->scope, ACT_MEASURES, db_int(query, 0), db_int(query, 2)))
            continue;
        bool given =
            answer_kind_from_name(db_text(query, 4), &kind) && field_state_of(kind) == FIELD_GIVEN;
        work_count(counting, WORK_ETHNICITY, db_int(query, 3), db_text(query, 1), given);
    }
    enum st outcome = db_end(query, err);
    store_read_end(counting->app->store, db);
    return outcome;
}

/* --- the whole -------------------------------------------------------------------------------- */

static int by_label(const void *a, const void *b)
{
    return str_cmp(((const struct measure_row *)a)->label, ((const struct measure_row *)b)->label);
}

static void begin_table(const struct work_counting *counting, struct work_table *ret)
{
    *ret = (struct work_table){.figures = {.all = {.label = STR("All")}}};
    for (int i = 0; i < MEASURE_MONTHS; i++) {
        int32_t month = counting->first_month + i;
        ret->figures.month[i] = (struct measure_row){
            .month = month, .label = measure_month_label(counting->arena, month)};
    }
}

/* How many were asked is told beside it (domain/completeness): rows that are shown would say what
 * the others are together. */
static void hide_all_rows(struct measure_table *figures)
{
    for (int i = 0; i < MEASURE_MONTHS; i++) figures->month[i].hidden = figures->month[i].total > 0;
    for (size_t i = 0; i < figures->organisation_count; i++)
        figures->organisation[i].hidden = figures->organisation[i].total > 0;
}

static void end_table(struct work_counting *counting, enum work_measure measure)
{
    struct work_table *table = &counting->table[measure];
    struct measure_table *figures = &table->figures;
    size_t count = figures->organisation_count;
    struct measure_row *unsorted = arena_many(counting->arena, count + 1, struct measure_row);
    table->group_days = arena_many(counting->arena, count + 1, int32_t);
    if (count) {
        memcpy(unsorted, figures->organisation, count * sizeof *unsorted);
        qsort(figures->organisation, count, sizeof *figures->organisation, by_label);
    }
    measure_hide(figures, counting->arena);
    if (measure == WORK_ETHNICITY && figures->all.hidden) hide_all_rows(figures);
    bool has_days = measure == WORK_COLLATED;
    for (int i = 0; i < MEASURE_MONTHS; i++)
        table->month_days[i] =
            median(has_days ? &counting->days->month[i] : NULL, &figures->month[i]);
    for (size_t i = 0; i < count; i++) {
        size_t place = 0;
        while (!str_eq(unsorted[place].label, figures->organisation[i].label)) place++;
        table->group_days[i] =
            median(has_days ? counting->days->group[place] : NULL, &figures->organisation[i]);
    }
    table->all_days = median(has_days ? &counting->days->all : NULL, &figures->all);
}

enum st work_measures_read(struct app *app, struct arena *arena, const struct person *who,
                           unsigned wanted, struct work_table ret[static WORK_MEASURES],
                           struct err *err)
{
    static const unsigned missing =
        1u << WORK_OFFERED | 1u << WORK_HELD | 1u << WORK_PASSED_ON | 1u << WORK_ONCE;
    if (!access_allows(who, ACT_MEASURES, NULL)) return err_missing(err, "page");
    struct work_counting counting = {.app = app,
                                     .arena = arena,
                                     .who = who,
                                     .scope = scope_of(app, arena, who),
                                     .wanted = wanted,
                                     .now = clock_now(),
                                     .table = ret,
                                     .days = arena_new(arena, struct work_days)};
    counting.first_month = measure_month(counting.now) - MEASURE_MONTHS + 1;
    counting.since =
        clock_from_london((struct civil){.date = {.year = (int16_t)(counting.first_month / 12),
                                                  .month = (int8_t)(counting.first_month % 12 + 1),
                                                  .day = 1}});
    for (int measure = 0; measure < WORK_MEASURES; measure++)
        if (wanted >> measure & 1) begin_table(&counting, &ret[measure]);
    enum st outcome = wanted & missing ? work_count_missing(&counting, err) : ST_OK;
    if (outcome == ST_OK && work_wants(&counting, WORK_COLLATED))
        outcome = count_collated(&counting, err);
    if (outcome == ST_OK && work_wants(&counting, WORK_ACTIONS))
        outcome = count_actions(&counting, err);
    if (outcome == ST_OK && work_wants(&counting, WORK_ETHNICITY))
        outcome = count_ethnicity(&counting, err);
    for (int measure = 0; measure < WORK_MEASURES && outcome == ST_OK; measure++)
        if (wanted >> measure & 1) end_table(&counting, (enum work_measure)measure);
    return outcome;
}
