#include "domain/problem.h"

#include "domain/area_feedback.h"
#include "domain/area_grading.h"
#include "domain/entity_seen.h"
#include "domain/problem_internal.h"
#include "domain/profile.h"
#include "domain/registry.h"
#include "domain/stage.h"
#include "domain/submission.h"

#include <stdlib.h>

static const struct {
    const char *name;
    const char *title;
    bool adds;
} tables[PROBLEM_TABLES] = {
    [PROBLEM_QUARTER] = {"quarter", "When it came", true},
    [PROBLEM_HOW] = {"how", "How it is known", true},
    [PROBLEM_THING] = {"thing", "What is named", false},
    [PROBLEM_SECTOR] = {"sector", "What kind of place told", true},
    [PROBLEM_FORUM] = {"forum", "Where: the area of which Forum", true},
    [PROBLEM_TOWN] = {"town", "Where: towns of the places that are named", false},
    [PROBLEM_GRADE] = {"grade", "Borne out or not, as it was graded", true},
    [PROBLEM_OUTCOME] = {"outcome", "How far it has come, and what became of it", true},
    [PROBLEM_GAP] = {"gap", "What is missing", false},
};

const char *problem_table_name(enum problem_table table)
{
    return tables[table].name;
}

const char *problem_table_title(enum problem_table table)
{
    return tables[table].title;
}

bool problem_table_adds(enum problem_table table)
{
    return tables[table].adds;
}

bool problem_table_from_name(struct str name, enum problem_table *ret)
{
    for (int table = 0; table < PROBLEM_TABLES; table++) {
        if (!str_eq(name, str_from(tables[table].name))) continue;
        *ret = (enum problem_table)table;
        return true;
    }
    return false;
}

/* --- periods --------------------------------------------------------------------------------- */

int32_t problem_quarter_of(instant_ms at)
{
    struct date date = clock_london(at).date;
    return date.year * 4 + (date.month - 1) / 3;
}

instant_ms problem_quarter_start(int32_t quarter)
{
    return clock_from_london((struct civil){.date = {.year = (int16_t)(quarter / 4),
                                                     .month = (int8_t)(quarter % 4 * 3 + 1),
                                                     .day = 1}});
}

struct problem_period problem_period_last(int32_t quarters)
{
    return (struct problem_period){.quarter = problem_quarter_of(clock_now()) - quarters,
                                   .quarters = quarters};
}

bool problem_period_is_good(const struct app *app, const struct problem_period *period)
{
    enum { FIRST_YEAR = 1990 };
    bool whole = period->quarters == 1 || period->quarters == 4 || period->quarters == 8;
    if (!whole || period->quarter < FIRST_YEAR * 4 ||
        period->quarter + period->quarters > problem_quarter_of(clock_now()))
        return false;
    size_t count = 0;
    const struct area_forum *forums = app->area ? area_forums(app->area, &count) : NULL;
    bool known = period->forum.len == 0;
    for (size_t i = 0; i < count; i++) known |= str_eq(forums[i].id, period->forum);
    return known;
}

struct str problem_quarter_label(struct arena *arena, int32_t quarter)
{
    static const char *const names[] = {"January to March", "April to June", "July to September",
                                        "October to December"};
    return str_fmt(arena, "%s %d", names[quarter % 4], quarter / 4);
}

struct str problem_period_label(struct arena *arena, const struct problem_period *period)
{
    static const char *const first[] = {"January", "April", "July", "October"};
    static const char *const last[] = {"March", "June", "September", "December"};
    int32_t end = period->quarter + period->quarters - 1;
    if (period->quarters == 1) return problem_quarter_label(arena, period->quarter);
    return str_fmt(arena, "%s %d to %s %d", first[period->quarter % 4], period->quarter / 4,
                   last[end % 4], end / 4);
}

/* --- hiding ----------------------------------------------------------------------------------- */

void problem_hide_repeat(struct problem_repeat *repeat)
{
    repeat->origins_hidden = small_figure(repeat->origins);
    repeat->with_hidden = small_figure(repeat->with);
    /* What it grew by is the difference. */
    repeat->before_hidden = small_figure(repeat->with_before) ||
                            small_figure(repeat->with - repeat->with_before) ||
                            (repeat->with_hidden && repeat->with_before > 0);
}

/* In one table, of a quarter or of all; those that are hidden when it is called stay so. */
static void hide_in(struct small_row *small, size_t count, bool adds, int64_t total,
                    bool total_hidden)
{
    for (size_t i = 0; i < count; i++) {
        int64_t figure = small[i].cell[0];
        small[i].hidden |= small_figure(figure) || (total_hidden && figure > 0) ||
                           (!adds && small_figure(total - figure));
    }
    if (adds) small_hide(small, count);
}

void problem_hide(struct arena *arena, struct problem_row *row, size_t count, bool adds,
                  int64_t total, bool total_hidden, const int64_t *quarter_total, int32_t quarters)
{
    struct small_row *small = arena_many(arena, count + 1, struct small_row);
    for (size_t i = 0; i < count; i++) row[i].hidden = false;
    for (int32_t quarter = 0; quarters > 1 && quarter < quarters; quarter++) {
        int64_t whole = quarter_total[quarter];
        for (size_t i = 0; i < count; i++)
            small[i] = (struct small_row){{row[i].each[quarter]}, false};
        hide_in(small, count, adds, whole, small_figure(whole));
        for (size_t i = 0; i < count; i++) row[i].hidden |= small[i].hidden;
    }
    for (size_t i = 0; i < count; i++) small[i] = (struct small_row){{row[i].count}, row[i].hidden};
    hide_in(small, count, adds, total, total_hidden);
    for (size_t i = 0; i < count; i++) row[i].hidden = small[i].hidden;
}

/* --- one submission --------------------------------------------------------------------------- */

/* The places of the rows that a submission counts in; rows are made as they are met. */
static size_t row_at(struct arena *arena, struct problem_figures *figures, struct str key,
                     struct str label)
{
    enum { MOST = 1000 };
    if (!figures->row) figures->row = arena_many(arena, MOST, struct problem_row);
    for (size_t i = 0; i < figures->count; i++)
        if (str_eq(figures->row[i].key, key)) return i;
    if (figures->count == MOST) return MOST - 1;
    figures->row[figures->count] =
        (struct problem_row){.key = str_dup(arena, key), .label = str_dup(arena, label)};
    return figures->count++;
}

/* Keeps the submission at hand for the list that is asked for. */
static void problem_keep(struct problem_counting *counting)
{
    if (counting->id_count < counting->id_capacity)
        counting->id[counting->id_count++] = counting->submission;
}

void problem_count(struct problem_counting *counting, enum problem_table table, struct str key,
                   struct str label)
{
    struct problem_figures *figures = &counting->profile->table[table];
    size_t place = row_at(counting->arena, figures, key, label);
    struct problem_row *row = &figures->row[place];
    if (counting->quiet) return;
    row->count++;
    row->each[counting->quarter]++;
    if (counting->wanted == (int)table && str_eq(row->key, counting->wanted_key))
        problem_keep(counting);
}

static const char *const how_labels[HOW_KNOWN_COUNT] = {
    "Not known",        "Saw or heard it", "Told by someone involved",
    "Told second-hand", "Anonymous",       "Not answered"};
static const char *const thing_labels[LINK_KINDS] = {"A person", "A vehicle", "A phone",
                                                     "An account online", "A place"};
enum gap { GAP_WHEN, GAP_PLACE, GAP_NOTHING, GAP_HOW, GAP_GRADE, GAPS };
static const char *const gap_names[GAPS] = {"when", "place", "nothing", "how", "grade"};
static const char *const gap_labels[GAPS] = {"No day when it happened", "No place named",
                                             "Nothing named that could be linked",
                                             "Not said how it is known", "Not graded yet"};

static struct str how_label(const struct app *app, enum how_known how)
{
    const struct area_how_known *known = app->area ? area_how_known(app->area, how) : NULL;
    return known && known->label.len ? known->label : str_from(how_labels[how]);
}

static void count_grade(struct problem_counting *counting, const struct problem_fact *fact)
{
    const struct area *area = counting->app->area;
    if (!fact->decides)
        problem_count(counting, PROBLEM_GRADE, STR("kept"), STR("Not for you to grade"));
    else if (!fact->information.len)
        problem_count(counting, PROBLEM_GRADE, STR("none"), STR("Not graded yet"));
    else
        problem_count(
            counting, PROBLEM_GRADE, fact->information,
            grading_label(area, GRADING_INFORMATION, grading_scheme(area), fact->information));
}

/* "Shared, no word yet", "Led to action", "No action: too little to act on for now". */
static void count_outcome(struct problem_counting *counting, const struct problem_fact *fact)
{
    const struct area *area = counting->app->area;
    struct arena *arena = counting->arena;
    if (fact->outcome.len && str_eq(fact->outcome, str_from(feedback_name(FEEDBACK_ACTION)))) {
        problem_count(counting, PROBLEM_OUTCOME, STR("action"), STR("Led to action"));
    } else if (fact->outcome.len) {
        struct str label =
            area ? area_reason_label(area, AREA_REASON_NO_ACTION, fact->outcome_reason)
                 : fact->outcome_reason;
        problem_count(counting, PROBLEM_OUTCOME,
                      str_fmt(arena, "no-action-%.*s", STR_ARG(fact->outcome_reason)),
                      str_fmt(arena, "No action: %.*s", STR_ARG(label)));
    } else {
        enum stage stage = STAGE_SHARED;
        if (!stage_from_name(fact->stage, &stage)) stage = STAGE_SHARED; /* older than stages */
        static const char *const labels[STAGE_COUNT] = {
            [STAGE_REPRESENTATIVE] = "With a representative",
            [STAGE_HELD] = "Held back",
            [STAGE_RETURNED] = "Returned",
            [STAGE_SHARED] = "With the Forum, no word yet",
            [STAGE_WITHDRAWN] = "Withdrawn",
            [STAGE_MARU] = "Sent to the referral unit",
            [STAGE_CLOSED] = "Closed"};
        problem_count(counting, PROBLEM_OUTCOME, str_from(stage_name(stage)),
                      str_from(labels[stage]));
    }
}

static void problem_tally(struct problem_counting *counting, const struct problem_fact *fact)
{
    const struct app *app = counting->app;
    struct arena *arena = counting->arena;
    int32_t quarter = problem_quarter_of(fact->at);
    counting->submission = fact->id;
    counting->quarter = quarter - counting->profile->period.quarter;
    problem_count(counting, PROBLEM_QUARTER, str_fmt(arena, "%d", quarter),
                  problem_quarter_label(arena, quarter));
    problem_count(counting, PROBLEM_HOW, str_from(how_known_name(fact->how)),
                  how_label(app, fact->how));
    for (int kind = 0; kind < LINK_KINDS; kind++)
        if (fact->kinds >> kind & 1)
            problem_count(counting, PROBLEM_THING, str_from(kind_name((enum link_kind)kind)),
                          str_from(thing_labels[kind]));
    problem_count(counting, PROBLEM_SECTOR, fact->sector,
                  area_sector_label(app->area, fact->sector));
    problem_count(counting, PROBLEM_FORUM, fact->forum, fact->forum_name);
    count_grade(counting, fact);
    count_outcome(counting, fact);
    const bool missing[GAPS] = {!fact->has_when, !(fact->kinds >> LINK_PLACE & 1), !fact->kinds,
                                fact->how == HOW_UNKNOWN || fact->how == HOW_NOT_SAID,
                                fact->decides && !fact->information.len};
    for (int gap = 0; gap < GAPS; gap++)
        if (missing[gap])
            problem_count(counting, PROBLEM_GAP, str_from(gap_names[gap]),
                          str_from(gap_labels[gap]));
}

/* --- the whole -------------------------------------------------------------------------------- */

static void prepare_grades(struct problem_counting *counting)
{
    const struct area *area = counting->app->area;
    const struct grading_term *term = NULL;
    while ((term = grading_next(area, GRADING_INFORMATION, grading_scheme(area), term)))
        problem_count(counting, PROBLEM_GRADE, term->code, term->label);
    problem_count(counting, PROBLEM_GRADE, STR("none"), STR("Not graded yet"));
}

/* Rows that are there though nothing counts in them, in an order that says something.  To whom
 * gradings are not told, rows of them would say that there are none. */
static void prepare(struct problem_counting *counting)
{
    struct problem_profile *profile = counting->profile;
    struct arena *arena = counting->arena;
    counting->quiet = true;
    for (int32_t i = 0; i < profile->period.quarters; i++) {
        int32_t quarter = profile->period.quarter + i;
        problem_count(counting, PROBLEM_QUARTER, str_fmt(arena, "%d", quarter),
                      problem_quarter_label(arena, quarter));
    }
    static const enum how_known order[] = {HOW_SAW,       HOW_TOLD,    HOW_SECOND_HAND,
                                           HOW_ANONYMOUS, HOW_UNKNOWN, HOW_NOT_SAID};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        problem_count(counting, PROBLEM_HOW, str_from(how_known_name(order[i])),
                      how_label(counting->app, order[i]));
    for (int kind = 0; kind < LINK_KINDS; kind++)
        problem_count(counting, PROBLEM_THING, str_from(kind_name((enum link_kind)kind)),
                      str_from(thing_labels[kind]));
    bool decides = access_allows(scope_person(counting->scope), ACT_DECIDE, NULL);
    if (decides) prepare_grades(counting);
    for (int gap = 0; gap < GAPS; gap++)
        if (gap != GAP_GRADE || decides)
            problem_count(counting, PROBLEM_GAP, str_from(gap_names[gap]),
                          str_from(gap_labels[gap]));
    counting->quiet = false;
}

static int by_label(const void *a, const void *b)
{
    return str_cmp(((const struct problem_row *)a)->label, ((const struct problem_row *)b)->label);
}

static struct problem_row *find_row(const struct problem_figures *figures, struct str key)
{
    size_t i = 0;
    while (i < figures->count && !str_eq(figures->row[i].key, key)) i++;
    return i < figures->count ? &figures->row[i] : NULL;
}

/* What is missing goes with a row of another table by which it would be told, or would tell. */
static void hide_gap(struct problem_profile *profile, enum gap gap, enum problem_table table,
                     const char *key)
{
    struct problem_row *missing = find_row(&profile->table[PROBLEM_GAP], str_from(gap_names[gap]));
    const struct problem_row *row = find_row(&profile->table[table], str_from(key));
    if (missing && row) missing->hidden |= row->hidden;
}

static void hide_all(struct arena *arena, struct problem_profile *profile)
{
    struct problem_row whole = {.count = profile->total};
    memcpy(whole.each, profile->quarter_total, sizeof whole.each);
    problem_hide(arena, &whole, 1, false, profile->total * 2 + 2 * SMALL_UNDER, false,
                 profile->quarter_total, profile->period.quarters);
    profile->total_hidden = whole.hidden;
    for (int table = 0; table < PROBLEM_TABLES; table++) {
        struct problem_figures *figures = &profile->table[table];
        /* An order that is the same in a quarter and in all: what is hidden goes by it. */
        bool by_name = table == PROBLEM_SECTOR || table == PROBLEM_FORUM || table == PROBLEM_TOWN ||
                       table == PROBLEM_OUTCOME;
        if (by_name && figures->count)
            qsort(figures->row, figures->count, sizeof *figures->row, by_label);
        problem_hide(arena, figures->row, figures->count, tables[table].adds, profile->total,
                     profile->total_hidden, profile->quarter_total,
                     table == PROBLEM_QUARTER ? 1 : profile->period.quarters);
    }
    hide_gap(profile, GAP_GRADE, PROBLEM_GRADE, "none");
    hide_gap(profile, GAP_HOW, PROBLEM_HOW, how_known_name(HOW_UNKNOWN));
    hide_gap(profile, GAP_HOW, PROBLEM_HOW, how_known_name(HOW_NOT_SAID));
    hide_gap(profile, GAP_PLACE, PROBLEM_THING, kind_name(LINK_PLACE));
}

static struct str problem_forum_name(const struct app *app, struct str id)
{
    size_t count = 0;
    const struct area_forum *forums = app->area ? area_forums(app->area, &count) : NULL;
    for (size_t i = 0; i < count; i++)
        if (str_eq(forums[i].id, id)) return forums[i].name;
    return id;
}

/* The facts of the submissions of a period, in rising order of id, of what the scope sees. */
static enum st count_period(struct problem_counting *counting, struct db *db, struct err *err)
{
    struct problem_profile *profile = counting->profile;
    const struct problem_period *period = &profile->period;
    struct app *app = counting->app;
    uint64_t bit = period->forum.len ? registry_forum_bit(app->registry, period->forum) : 0;
    struct query *query = db_query(db, Q_PROBLEM_SUBMISSIONS);
    db_bind_int(query, 1, problem_quarter_start(period->quarter));
    db_bind_int(query, 2, problem_quarter_start(period->quarter + period->quarters));
    db_bind_text(query, 3, grading_scheme(app->area));
    struct arena_mark mark = arena_mark(counting->scratch);
    while (db_next(query)) {
        int64_t id = db_int(query, 0);
        if (!scope_links(counting->scope, id) ||
            (bit && !registry_forum_is(app->registry, id, bit)))
            continue;
        struct problem_fact fact = {.id = id,
                                    .at = db_int(query, 1),
                                    .sector = db_text(query, 2),
                                    .forum = db_text(query, 3),
                                    .has_when = db_int(query, 5) != 0,
                                    .decides = scope_allows(counting->scope, ACT_DECIDE, id),
                                    .information = db_text(query, 6),
                                    .stage = db_text(query, 7),
                                    .outcome = db_text(query, 8),
                                    .outcome_reason = db_text(query, 9)};
        fact.forum_name = problem_forum_name(app, fact.forum);
        if (!how_known_from_name(db_text(query, 4), &fact.how)) fact.how = HOW_UNKNOWN;
        int64_t *mention = NULL;
        size_t count = seen_mentions_of(counting->scope, counting->scratch, id, &mention);
        for (size_t i = 0; i < count; i++)
            fact.kinds |= 1u << entity_kind(app->entities, mention[i]);
        profile->total++;
        profile->quarter_total[problem_quarter_of(fact.at) - period->quarter]++;
        problem_tally(counting, &fact);
        if (counting->repeats) problem_repeats_add(counting->repeats, id, mention, count);
        problem_places_add(counting, mention, count);
        bool names = counting->wants_all;
        for (size_t i = 0; i < count && counting->wanted_entity && !names; i++)
            names = seen_entity(counting->scope, mention[i]) == counting->wanted_entity;
        if (names) problem_keep(counting);
        arena_reset(counting->scratch, mark);
    }
    return db_end(query, err);
}

static enum st count_into(struct problem_counting *counting, const struct problem_period *period,
                          struct err *err)
{
    enum { SCRATCH = 16 << 20 };
    struct arena scratch;
    *counting->profile = (struct problem_profile){.period = *period};
    prepare(counting);
    struct db *db = store_read_begin(counting->app->store, err);
    if (!db) return ST_FAILED;
    arena_init(&scratch, SCRATCH);
    counting->scratch = &scratch;
    enum st outcome = count_period(counting, db, err);
    if (outcome == ST_OK) outcome = problem_places_fill(counting, db, err);
    arena_done(&scratch);
    if (outcome == ST_OK && counting->repeats)
        outcome = problem_repeats_fill(counting->repeats, db, counting->profile, err);
    store_read_end(counting->app->store, db);
    if (outcome == ST_OK) hide_all(counting->arena, counting->profile);
    return outcome;
}

enum st problem_read(struct app *app, struct arena *arena, const struct person *who,
                     const struct problem_period *period, struct problem_profile *ret,
                     struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    if (!problem_period_is_good(app, period)) return err_missing(err, "period");
    struct problem_counting counting = {
        .app = app, .arena = arena, .scope = scope, .profile = ret, .wanted = -1};
    counting.repeats = problem_repeats_new(arena, scope);
    enum st outcome = count_into(&counting, period, err);
    return outcome == ST_OK ? problem_actions(app, arena, who, ret, err) : outcome;
}

enum { LISTED_MAX = 1 << 20 };

/* The newest of what was kept. */
static void take_newest(struct problem_counting *counting, int64_t **ret, size_t *ret_count)
{
    *ret_count = counting->id_count < PROBLEM_LIST_MAX ? counting->id_count : PROBLEM_LIST_MAX;
    *ret = arena_many(counting->arena, *ret_count, int64_t);
    for (size_t k = 0; k < *ret_count; k++) (*ret)[k] = counting->id[counting->id_count - 1 - k];
}

enum st problem_list_of(struct app *app, struct arena *arena, const struct person *who,
                        const struct problem_period *period, int64_t entity, struct str *ret_label,
                        int64_t **ret, size_t *ret_count, int64_t *ret_total, struct err *err)
{
    struct problem_profile *profile = arena_new(arena, struct problem_profile);
    if (!problem_period_is_good(app, period)) return err_missing(err, "figure");
    const struct scope *scope = scope_of(app, arena, who);
    struct problem_counting counting = {.app = app,
                                        .arena = arena,
                                        .scope = scope,
                                        .profile = profile,
                                        .wanted = -1,
                                        .wants_all = !entity,
                                        .wanted_entity = entity ? seen_entity(scope, entity) : 0,
                                        .id = arena_many(arena, LISTED_MAX, int64_t),
                                        .id_capacity = LISTED_MAX};
    if (entity && !counting.wanted_entity) return err_missing(err, "figure");
    enum st outcome = count_into(&counting, period, err);
    if (outcome != ST_OK) return outcome;
    bool hidden =
        entity ? counting.id_count < SMALL_UNDER : profile->total_hidden || !profile->total;
    if (hidden) return err_missing(err, "figure");
    *ret_label = STR("All of them");
    if (entity) {
        struct db *db = store_read_begin(app->store, err);
        if (!db) return ST_FAILED;
        outcome = entity_title(scope, db, arena, counting.wanted_entity, ret_label, err);
        store_read_end(app->store, db);
    }
    *ret_total = (int64_t)counting.id_count;
    take_newest(&counting, ret, ret_count);
    return outcome;
}

enum st problem_list(struct app *app, struct arena *arena, const struct person *who,
                     const struct problem_period *period, enum problem_table table, struct str key,
                     struct str *ret_label, int64_t **ret, size_t *ret_count, int64_t *ret_total,
                     struct err *err)
{
    struct problem_profile *profile = arena_new(arena, struct problem_profile);
    if (!problem_period_is_good(app, period)) return err_missing(err, "figure");
    struct problem_counting counting = {.app = app,
                                        .arena = arena,
                                        .scope = scope_of(app, arena, who),
                                        .profile = profile,
                                        .wanted = (int)table,
                                        .wanted_key = key,
                                        .id = arena_many(arena, LISTED_MAX, int64_t),
                                        .id_capacity = LISTED_MAX};
    enum st outcome = count_into(&counting, period, err);
    if (outcome != ST_OK) return outcome;
    const struct problem_row *row = find_row(&profile->table[table], key);
    if (!row || row->hidden || !row->count) return err_missing(err, "figure");
    *ret_label = row->label;
    *ret_total = row->count;
    take_newest(&counting, ret, ret_count);
    return ST_OK;
}
