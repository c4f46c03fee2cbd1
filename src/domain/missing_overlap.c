/*
 * Episodes of one child that share time: said to whoever writes one down, and counted once.
 */
#include "domain/missing_internal.h"

#include "domain/children.h"

static bool share_time(const struct missing_line *other, instant_ms since, instant_ms returned)
{
    return (!returned || other->since < returned) && (!other->returned || since < other->returned);
}

/* One that is open, then the later one. */
static bool matters_more(const struct missing_line *a, const struct missing_line *b)
{
    if ((a->returned == 0) != (b->returned == 0)) return a->returned == 0;
    return a->since > b->since;
}

enum st missing_overlapping(const struct missing_seer *seer, struct db *db,
                            const struct missing_line *line, struct missing_line *ret,
                            struct err *err)
{
    int64_t *record = NULL;
    size_t count = children_group(seer->children, line->record, &record);
    enum st outcome = ST_OK;
    *ret = (struct missing_line){0};
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_MISSING_OF_CHILD);
        db_bind_int(query, 1, record[i]);
        while (db_next(query)) {
            struct missing_line other;
            if (db_int(query, 0) == line->id ||
                !missing_seer_allows(seer, ACT_READ_MISSING, db_int(query, 1), db_text(query, 3)))
                continue;
            if (!missing_line_from_row(seer, query, &other) ||
                !share_time(&other, line->since, line->returned))
                continue;
            if (!ret->id || matters_more(&other, ret)) *ret = other;
        }
        outcome = db_end(query, err);
    }
    return outcome;
}

instant_ms missing_time_away(const struct missing_line *line, size_t count, instant_ms now)
{
    instant_ms away = 0;
    instant_ms counted = INT64_MIN; /* up to here */
    for (size_t i = count; i-- > 0;) {
        instant_ms from = line[i].since > counted ? line[i].since : counted;
        instant_ms to = line[i].returned ? line[i].returned : now;
        if (to <= from) continue;
        away += to - from;
        counted = to;
    }
    return away;
}
