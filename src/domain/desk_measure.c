#include "domain/desk_measure.h"

#include "base/names.h"
#include "domain/desk_internal.h"

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
        arena, (struct date){.year = (int16_t)(month / 12), .month = (int8_t)(month % 12 + 1), .day = 1});
    return str_sub(words, 2, words.len); /* "1 March 2026" */
}

/* --- one of them --------------------------------------------------------------------------- */

struct fact {
    instant_ms from;
    instant_ms due;
    instant_ms ended;
    instant_ms told;
};

static bool is_good(const struct fact *fact, enum desk_measure measure, instant_ms now, bool *ret_counts)
{
    if (measure == MEASURE_FEEDBACK) {
        *ret_counts = fact->ended != 0;
        return fact->told != 0;
    }
    /* One whose clock still runs is neither in time nor late. */
    *ret_counts = fact->ended || (fact->due && fact->due < now);
    return fact->ended && fact->ended <= fact->due;
}

bool measure_of_case(const struct desk_case *desk, enum desk_measure measure, instant_ms now, bool *ret_counts)
{
    struct fact fact = {desk->sent_at, desk->first_due, desk->first_decided_at, desk->first_feedback_at};
    return is_good(&fact, measure, now, ret_counts) && *ret_counts;
}

/* --- hiding ---------------------------------------------------------------------------------- */

void measure_hide(struct measure_row *row, size_t count, struct measure_row *all)
{
    size_t hidden = 0;
    struct measure_row *smallest = NULL;
    for (size_t i = 0; i < count; i++) {
        row[i].hidden = row[i].total > 0 && row[i].total < MEASURE_SMALL;
        hidden += row[i].hidden;
        if (row[i].total >= MEASURE_SMALL && (!smallest || row[i].total < smallest->total)) smallest = &row[i];
    }
    if (hidden == 1 && smallest)
        smallest->hidden = true;
    all->hidden = all->hidden || (all->total > 0 && all->total < MEASURE_SMALL) || (hidden == 1 && !smallest);
}

/* --- the whole ---------------------------------------------------------------------------------- */

static struct measure_row *organisation_row(struct measure_table *table, struct arena *arena, int64_t id,
                                            struct str name)
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
        ret->month[i] = (struct measure_row){.month = first + i, .label = measure_month_label(arena, first + i)};
    if (!access_allows(who, ACT_MEASURES, NULL)) return err_set(err, ST_NOT_FOUND, "There is no such page.");
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    const struct scope *scope = scope_of(app, arena, who);
    struct query *query = db_query(db, measure == MEASURE_CHECKS ? Q_MEASURE_CHECKS : Q_MEASURE_REFERRALS);
    db_bind_int(query, 1, since);
    db_bind_int(query, 2, MOST);
    while (db_next(query)) {
        struct fact fact = {db_int(query, 4), db_int(query, 5), db_int(query, 6), db_int(query, 7)};
        /* Nobody has touched it: its clock runs all the same. */
        if (!fact.due && measure != MEASURE_CHECKS) fact.due = area_clock_due(app->area, CLOCK_DECISION, fact.from);
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
    if (ret->organisation_count) qsort(ret->organisation, ret->organisation_count, sizeof *ret->organisation, by_label);
    measure_hide(ret->month, MEASURE_MONTHS, &ret->all);
    measure_hide(ret->organisation, ret->organisation_count, &ret->all);
    return outcome;
}
