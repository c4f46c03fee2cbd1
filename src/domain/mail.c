#include "domain/mail.h"

#include "domain/area_meeting.h"
#include "domain/scope.h"

enum st mail_add(struct db *db, int64_t account, const char *kind, int64_t about, int64_t stage,
                 struct err *err)
{
    struct query *query = db_query(db, Q_MAIL_ADD);
    db_bind_int(query, 1, account);
    db_bind_text(query, 2, str_from(kind));
    db_bind_int(query, 3, about);
    db_bind_int(query, 4, stage);
    db_bind_int(query, 5, clock_now());
    return db_run(query, err);
}

enum st mail_count(struct app *app, int64_t *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = db_one(db_query(db, Q_MAIL_COUNT), ret, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- reminders ------------------------------------------------------------------------------ */

struct due {
    int64_t action;
    int64_t owner;
    struct str forum;
    int32_t day;
};

static enum st read_due(struct db *db, struct arena *arena, int32_t until, struct due **ret,
                        size_t *ret_count, struct err *err)
{
    enum { MOST = 20000 };
    struct due *list = arena_many(arena, MOST, struct due);
    struct query *query = db_query(db, Q_ACTION_DUE);
    db_bind_int(query, 1, until);
    *ret_count = 0;
    while (*ret_count < MOST && db_next(query))
        list[(*ret_count)++] = (struct due){.action = db_int(query, 0),
                                            .forum = str_dup(arena, db_text(query, 1)),
                                            .owner = db_int(query, 2),
                                            .day = (int32_t)db_int(query, 3)};
    *ret = list;
    return db_end(query, err);
}

static enum st escalate(struct db *db, const struct due *due, struct err *err)
{
    enum { MOST = 50 };
    int64_t account[MOST];
    size_t count = 0;
    struct query *query = db_query(db, Q_FORUM_COORDINATORS);
    db_bind_text(query, 1, due->forum);
    while (count < MOST && db_next(query)) account[count++] = db_int(query, 0);
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = mail_add(db, account[i], MAIL_ESCALATED, due->action, due->day, err);
    return outcome;
}

static int32_t days_of(const struct app *app, const char *kind)
{
    const struct meeting_term *term = area_meeting_find(app->area, MEETING_MAIL, str_from(kind));
    return term ? term->days : 0;
}

static enum st remind(struct app *app, struct db *db, struct arena *arena, struct err *err)
{
    int32_t today = clock_today();
    int32_t soon = days_of(app, MAIL_SOON);
    struct due *list = NULL;
    size_t count = 0;
    enum st outcome = read_due(db, arena, today + soon, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        /* The day is the stage: an action that was moved is told of anew. */
        if (list[i].day >= today)
            outcome = mail_add(db, list[i].owner, MAIL_SOON, list[i].action, list[i].day, err);
        if (outcome == ST_OK && today - list[i].day >= days_of(app, MAIL_LATE))
            outcome = mail_add(db, list[i].owner, MAIL_LATE, list[i].action, list[i].day, err);
        if (outcome == ST_OK && today - list[i].day >= days_of(app, MAIL_ESCALATED))
            outcome = escalate(db, &list[i], err);
    }
    return outcome;
}

enum st mail_remind(struct app *app, struct err *err)
{
    if (!app->area) return ST_OK;
    struct arena arena;
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    arena_init(&arena, 16 << 20);
    outcome = store_write_end(app->store, db, remind(app, db, &arena, err), err);
    arena_done(&arena);
    return outcome;
}
