#include "domain/absence.h"

#include "base/clock.h"
#include "domain/account.h"

enum { CHAIN_MAX = 8, DAYS_MAX = 366 };

/* By Q_ACCOUNT_ACTIVE or Q_ACCOUNT_ACTS. */
static enum st is_there(struct db *db, enum query_id id, int64_t account, bool *ret,
                        struct err *err)
{
    struct query *query = db_query(db, id);
    db_bind_int(query, 1, account);
    *ret = db_next(query);
    return db_end(query, err);
}

/* Administrators and auditors represent nobody: they see no case, whatever else happens. */
static enum st is_apart(struct db *db, int64_t account, bool *ret, struct err *err)
{
    int64_t roles = 0;
    struct query *query = db_query(db, Q_ACCOUNT_APART);
    db_bind_int(query, 1, account);
    enum st outcome = db_one(query, &roles, err);
    *ret = roles > 0;
    return outcome;
}

/* They may still stand in for one another. */
static enum st check_roles(struct db *db, const struct absence *absence, struct err *err)
{
    bool deputy = false, person = false;
    enum st outcome = is_apart(db, absence->deputy, &deputy, err);
    if (outcome == ST_OK) outcome = is_apart(db, absence->account, &person, err);
    if (outcome != ST_OK || !deputy || person) return outcome;
    return err_set(err, ST_INVALID,
                   "An administrator or auditor does not see what people share, and cannot stand "
                   "in for somebody who does. "
                   "Choose another person.");
}

static enum st check(struct db *db, const struct absence *absence, struct err *err)
{
    int32_t today = clock_today();
    if (absence->to_day < absence->from_day)
        return err_set(err, ST_INVALID, "The last day is before the first.");
    if (absence->to_day < today) return err_set(err, ST_INVALID, "That is over already.");
    if (absence->to_day - absence->from_day > DAYS_MAX)
        return err_set(err, ST_INVALID,
                       "That is longer than a year. Change the person's role instead.");
    if (absence->deputy == absence->account)
        return err_set(err, ST_INVALID, "Nobody stands in for themselves.");
    bool there = false;
    enum st outcome = is_there(db, Q_ACCOUNT_ACTIVE, absence->deputy, &there, err);
    if (outcome != ST_OK) return outcome;
    if (!there) return err_set(err, ST_INVALID, "Choose who stands in.");
    outcome = check_roles(db, absence, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_ABSENCE_OVERLAPS);
    db_bind_int(query, 1, absence->account);
    db_bind_int(query, 2, absence->from_day);
    db_bind_int(query, 3, absence->to_day);
    int64_t overlaps = 0;
    outcome = db_one(query, &overlaps, err);
    if (outcome == ST_OK && overlaps)
        return err_set(err, ST_CONFLICT, "The person is away on some of these days already.");
    return outcome;
}

enum st absence_add(struct app *app, int64_t by, const struct absence *absence, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = check(db, absence, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_ABSENCE_ADD);
        db_bind_int(query, 1, absence->account);
        db_bind_int(query, 2, absence->deputy);
        db_bind_int(query, 3, absence->from_day);
        db_bind_int(query, 4, absence->to_day);
        db_bind_int(query, 5, by);
        db_bind_int(query, 6, clock_now());
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, by, "absence added", "account",
                               absence->account, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st absence_end(struct app *app, int64_t by, int64_t account, int64_t id, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_ABSENCE_END);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, account);
    db_bind_int(query, 3, clock_now());
    int64_t ended = 0;
    outcome = db_one(query, &ended, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, by, "absence ended", "account", account,
                               "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

/* Both lists: who it is asked for, and the other of the two in column 1. */
static enum st list(struct app *app, struct arena *arena, enum query_id id, int64_t account,
                    int32_t day, struct absence **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, ABSENCES_MAX, struct absence);
    size_t count = 0;
    enum st outcome = ST_OK;
    struct query *query = db_query(db, id);
    db_bind_int(query, 1, account);
    db_bind_int(query, 2, day);
    while (outcome == ST_OK && count < ABSENCES_MAX && db_next(query)) {
        struct absence *absence = &(*ret)[count++];
        int64_t other = db_int(query, 1);
        bool away = id == Q_ABSENCE_LIST;
        *absence = (struct absence){.id = db_int(query, 0),
                                    .account = away ? account : other,
                                    .deputy = away ? other : account,
                                    .from_day = (int32_t)db_int(query, 2),
                                    .to_day = (int32_t)db_int(query, 3)};
        outcome = account_name(app, db, arena, other, &absence->name, err);
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    *ret_count = count;
    return outcome;
}

enum st absence_list(struct app *app, struct arena *arena, int64_t account, int32_t day,
                     struct absence **ret, size_t *ret_count, struct err *err)
{
    return list(app, arena, Q_ABSENCE_LIST, account, day, ret, ret_count, err);
}

enum st absence_standing_in(struct app *app, struct arena *arena, int64_t account, int32_t day,
                            struct absence **ret, size_t *ret_count, struct err *err)
{
    return list(app, arena, Q_ABSENCE_STANDS_IN, account, day, ret, ret_count, err);
}

enum st deputy_for(struct db *db, int64_t account, int32_t day, int64_t *ret, struct err *err)
{
    for (int step = 0; step < CHAIN_MAX; step++) {
        struct query *query = db_query(db, Q_ABSENCE_ON);
        db_bind_int(query, 1, account);
        db_bind_int(query, 2, day);
        bool away = db_next(query);
        int64_t deputy = away ? db_int(query, 0) : account;
        enum st outcome = db_end(query, err);
        if (outcome != ST_OK) return outcome;
        if (!away) {
            bool there = false;
            /* Who stands in may have been given another role since. */
            outcome = is_there(db, Q_ACCOUNT_ACTS, account, &there, err);
            if (outcome != ST_OK) return outcome;
            if (!there) break;
            *ret = account;
            return ST_OK;
        }
        account = deputy;
    }
    return err_set(err, ST_NOT_FOUND, "Nobody stands in on that day.");
}

enum st representatives_on(struct db *db, int64_t organisation, int32_t day, size_t maximum,
                           int64_t *ret, size_t *ret_count, struct err *err)
{
    size_t count = 0;
    struct query *query = db_query(db, Q_REPRESENTATIVES);
    db_bind_int(query, 1, organisation);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < maximum && db_next(query)) {
        int64_t acting = 0;
        outcome = deputy_for(db, db_int(query, 0), day, &acting, NULL);
        if (outcome == ST_NOT_FOUND) {
            outcome = ST_OK;
            continue;
        }
        bool known = outcome != ST_OK;
        for (size_t i = 0; i < count; i++) known = known || ret[i] == acting;
        if (!known) ret[count++] = acting;
    }
    outcome = db_end_after(query, outcome, err);
    *ret_count = count;
    return outcome;
}
