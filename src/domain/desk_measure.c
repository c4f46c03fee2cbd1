#include "domain/desk_measure.h"

#include "base/names.h"
#include "domain/desk_internal.h"
#include "domain/small.h"

#include <stdlib.h>

static const char *const names[MEASURES] = {
    [MEASURE_DECIDED] = "decided", [MEASURE_FEEDBACK] = "feedback", [MEASURE_CHECKS] = "checks"};

const char *measure_name(enum desk_measure measure)
{
    return names[measure];
}

bool measure_from_name(struct str name, enum desk_measure *ret)
{
    int place = name_place(name, names, MEASURES);
    if (place >= 0) *ret = (enum desk_measure)place;
    return place >= 0;
}

int32_t measure_month(instant_ms at)
{
    struct date date = clock_london(at).date;
    return date.year * 12 + date.month - 1;
}

struct str measure_month_label(struct arena *arena, int32_t month)
{
    struct str words = date_words(
        arena,
        (struct date){.year = (int16_t)(month / 12), .month = (int8_t)(month % 12 + 1), .day = 1});
    return str_sub(words, 2, words.len); /* "1 March 2026" */
}

/* --- one of them --------------------------------------------------------------------------- */

struct fact {
    instant_ms from;
    instant_ms due;
    instant_ms ended;
    instant_ms told;
};

static bool is_good(const struct fact *fact, enum desk_measure measure, instant_ms now,
                    bool *ret_counts)
{
    if (measure == MEASURE_FEEDBACK) {
        *ret_counts = fact->ended != 0;
        return fact->told != 0;
    }
    /* One whose clock still runs is neither in time nor late. */
    *ret_counts = fact->ended || (fact->due && fact->due < now);
    return fact->ended && fact->ended <= fact->due;
}

bool measure_of_case(const struct desk_case *desk, enum desk_measure measure, instant_ms now,
                     bool *ret_counts)
{
    struct fact fact = {desk->sent_at, desk->first_due, desk->first_decided_at,
                        desk->first_feedback_at};
    return is_good(&fact, measure, now, ret_counts) && *ret_counts;
}

/* --- hiding ---------------------------------------------------------------------------------- */

static struct small_row small_of(const struct measure_row *row)
{
    return (struct small_row){{row->good, row->total - row->good}, false};
}

static bool is_small(const struct measure_row *row)
{
    return small_figure(row->good) || small_figure(row->total - row->good);
}

static void hide_rows(struct arena *arena, struct measure_row *row, size_t count, bool all_hidden)
{
    struct small_row *small = arena_many(arena, count + 1, struct small_row);
    for (size_t i = 0; i < count; i++) small[i] = small_of(&row[i]);
    if (!all_hidden) small_hide(small, count);
    for (size_t i = 0; i < count; i++)
        row[i].hidden = all_hidden ? is_small(&row[i]) : small[i].hidden;
}

/* Months and organisations add up to the same whole.  Where that is small in a cell each table has
 * a row that is small in it, and no table says what the whole was. */
void measure_hide(struct measure_table *table, struct arena *arena)
{
    table->all.hidden = is_small(&table->all);
    hide_rows(arena, table->month, MEASURE_MONTHS, table->all.hidden);
    hide_rows(arena, table->organisation, table->organisation_count, table->all.hidden);
}

/* --- the whole -------------------------------------------------------------------------------- */

static struct measure_row *organisation_row(struct measure_table *table, struct arena *arena,
                                            int64_t id, struct str name)
{
    enum { MOST = 1000 };
    if (!table->organisation) table->organisation = arena_many(arena, MOST, struct measure_row);
    for (size_t i = 0; i < table->organisation_count; i++)
        if (table->organisation[i].organisation == id) return &table->organisation[i];
    if (table->organisation_count == MOST) return NULL;
    struct measure_row *row = &table->organisation[table->organisation_count++];
    *row = (struct measure_row){.organisation = id, .label = str_dup(arena, name)};
    return row;
}

static void count(struct measure_row *row, bool good)
{
    if (!row) return;
    row->total++;
    row->good += good;
}

static int by_label(const void *a, const void *b)
{
    return str_cmp(((const struct measure_row *)a)->label, ((const struct measure_row *)b)->label);
}

enum st measure_read(struct app *app, struct arena *arena, const struct person *who,
                     enum desk_measure measure, struct measure_table *ret, struct err *err)
{
    enum { MOST = 200000 };
    instant_ms now = clock_now();
    int32_t first = measure_month(now) - MEASURE_MONTHS + 1;
    instant_ms since = clock_from_london((struct civil){
        .date = {.year = (int16_t)(first / 12), .month = (int8_t)(first % 12 + 1), .day = 1}});
    *ret = (struct measure_table){.all = {.label = STR("All")}};
    for (int i = 0; i < MEASURE_MONTHS; i++)
        ret->month[i] = (struct measure_row){.month = first + i,
                                             .label = measure_month_label(arena, first + i)};
    if (!access_allows(who, ACT_MEASURES, NULL)) return err_missing(err, "page");
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    const struct scope *scope = scope_of(app, arena, who);
    struct query *query =
        db_query(db, measure == MEASURE_CHECKS ? Q_MEASURE_CHECKS : Q_MEASURE_REFERRALS);
    db_bind_int(query, 1, since);
    db_bind_int(query, 2, MOST);
    while (db_next(query)) {
        struct fact fact = {db_int(query, 4), db_int(query, 5), db_int(query, 6), db_int(query, 7)};
        /* Nobody has touched it: its clock runs all the same. */
        if (!fact.due && measure != MEASURE_CHECKS)
            fact.due = area_clock_due(app->area, CLOCK_DECISION, fact.from);
        bool counts = false;
        bool good = is_good(&fact, measure, now, &counts);
        int32_t month = measure_month(fact.from) - first;
        if (!counts || month < 0 || month >= MEASURE_MONTHS) continue;
        if (!desk_scope_allows(scope, ACT_MEASURES, db_int(query, 1), db_int(query, 3))) continue;
        count(&ret->month[month], good);
        count(organisation_row(ret, arena, db_int(query, 1), db_text(query, 2)), good);
        count(&ret->all, good);
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    if (ret->organisation_count)
        qsort(ret->organisation, ret->organisation_count, sizeof *ret->organisation, by_label);
    measure_hide(ret, arena);
    return outcome;
}
