#include "domain/reminder.h"

#include "base/arena.h"
#include "domain/account.h"
#include "domain/area_meeting.h"
#include "domain/desk.h"
#include "domain/mail.h"

#include <string.h>

enum { ACCOUNTS_MAX = 20000, ROOM = 64, SCRATCH = 256 << 20 };

struct gathering {
    struct app *app;
    struct arena *arena;
    instant_ms now;
    struct reminder *list;
    size_t count;
    size_t room;
};

static void add(struct gathering *gathering, int64_t account, int64_t referral, struct str clock,
                instant_ms due)
{
    if (!due || due > gathering->now + REMINDER_SOON_MS) return;
    if (gathering->count == gathering->room) {
        size_t room = gathering->room ? gathering->room * 2 : ROOM;
        struct reminder *wider = arena_many(gathering->arena, room, struct reminder);
        if (gathering->count) memcpy(wider, gathering->list, gathering->count * sizeof *wider);
        gathering->list = wider;
        gathering->room = room;
    }
    gathering->list[gathering->count++] =
        (struct reminder){account, referral, clock, due, due < gathering->now};
}

static enum st add_cases(struct gathering *gathering, const struct person *who, struct err *err)
{
    struct desk_case *list = NULL;
    size_t count = 0;
    enum st outcome = desk_list(gathering->app, gathering->arena, who, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct desk_clock clock[DESK_CLOCKS_MAX];
        if (list[i].owner && list[i].owner != who->account) continue;
        size_t clocks = desk_clocks(gathering->app->area, &list[i], NULL, 0, clock);
        for (size_t k = 0; k < clocks; k++)
            if (desk_clock_runs(&clock[k]))
                add(gathering, who->account, list[i].referral, clock[k].id, clock[k].due);
    }
    return outcome;
}

static enum st add_checks(struct gathering *gathering, const struct person *who, struct err *err)
{
    struct desk_check *list = NULL;
    size_t count = 0;
    enum st outcome = check_list(gathering->app, gathering->arena, who, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (!list[i].answered_at && !list[i].withdrawn_at)
            add(gathering, who->account, list[i].referral, STR("check"), list[i].due_at);
    return outcome;
}

/* Calls that wait for their confirmation in writing. */
static enum st add_calls(struct gathering *gathering, struct err *err)
{
    struct db *db = store_read_begin(gathering->app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_REFERRAL_TO_CONFIRM);
    db_bind_int(query, 1, gathering->now + REMINDER_SOON_MS);
    while (db_next(query))
        add(gathering, db_int(query, 1), db_int(query, 0), STR("written-confirmation"),
            db_int(query, 2));
    enum st outcome = db_end(query, err);
    store_read_end(gathering->app->store, db);
    return outcome;
}

/* One person, as they may see things; who may not sign in is told nothing. */
static enum st add_person(struct gathering *gathering, int64_t account, struct err *err)
{
    struct person who;
    struct db *db = store_read_begin(gathering->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = account_person_read(gathering->app, db, gathering->arena, account, &who, err);
    store_read_end(gathering->app->store, db);
    if (outcome == ST_OK && access_allows(&who, ACT_DESK, NULL))
        outcome = add_cases(gathering, &who, err);
    if (outcome == ST_OK && access_allows(&who, ACT_ANSWER_CHECK, NULL))
        outcome = add_checks(gathering, &who, err);
    return outcome;
}

enum st reminders_due(struct app *app, struct arena *arena, struct reminder **ret,
                      size_t *ret_count, struct err *err)
{
    struct gathering gathering = {.app = app, .arena = arena, .now = clock_now()};
    struct account_line *account = NULL;
    size_t count = 0;
    enum st outcome = account_list(app, arena, ACCOUNTS_MAX, &account, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (!account[i].disabled) {
            outcome = add_person(&gathering, account[i].id, err);
            /* their organisation has ended */
            if (outcome == ST_NOT_FOUND || outcome == ST_DENIED) outcome = ST_OK;
        }
    if (outcome == ST_OK) outcome = add_calls(&gathering, err);
    *ret = gathering.list;
    *ret_count = gathering.count;
    return outcome;
}

enum st reminders_queue(struct app *app, struct err *err)
{
    if (!app->area) return ST_OK;
    struct arena arena;
    struct db *db;
    struct reminder *list = NULL;
    size_t count = 0;
    arena_init(&arena, SCRATCH);
    enum st outcome = reminders_due(app, &arena, &list, &count, err);
    if (outcome == ST_OK && count) {
        outcome = store_write_begin(app->store, &db, err);
        if (outcome == ST_OK) {
            /* The instant is the stage: a clock that starts anew is told of anew. */
            for (size_t i = 0; i < count && outcome == ST_OK; i++) {
                const char *sort = list[i].over ? MAIL_CLOCK_OVER : MAIL_CLOCK_SOON;
                if (area_meeting_find(app->area, MEETING_MAIL, str_from(sort)))
                    outcome =
                        mail_add(db, list[i].account, sort, list[i].referral, list[i].due, err);
            }
            outcome = store_write_end(app->store, db, outcome, err);
        }
    }
    arena_done(&arena);
    return outcome;
}
