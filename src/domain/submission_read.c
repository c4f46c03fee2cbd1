/*
 * Reading submissions and mentions back, and lists of them.
 */
#include "domain/submission.h"
#include "domain/record.h"

enum { MENTION_COLUMNS = 5 };

struct mention mention_from_row(struct arena *arena, struct query *query)
{
    struct mention mention = {.id = db_int(query, 0),
                              .submission = db_int(query, 1),
                              .span_start = (int32_t)db_int(query, 3),
                              .span_end = (int32_t)db_int(query, 4)};
    if (!kind_from_name(db_text(query, 2), &mention.kind)) abort();
    for (int field = 0; field < LINK_FIELDS; field++) {
        struct str value = db_text(query, MENTION_COLUMNS + field);
        if (value.len) mention.field[field] = str_dup(arena, value);
    }
    return mention;
}

static int32_t day_from(struct query *query, int column)
{
    return db_is_null(query, column) ? LINK_DAY_UNKNOWN : (int32_t)db_int(query, column);
}

static enum st load_mentions(struct db *db, struct arena *arena, struct submission *submission,
                             struct err *err)
{
    submission->mention = arena_many(arena, MENTIONS_MAX, struct mention);
    struct query *query = db_query(db, Q_MENTION_OF_SUBMISSION);
    db_bind_int(query, 1, submission->id);
    while (submission->mention_count < MENTIONS_MAX && db_next(query))
        submission->mention[submission->mention_count++] = mention_from_row(arena, query);
    return db_end(query, err);
}

enum st submission_load(struct db *db, struct arena *arena, int64_t id, struct submission *ret,
                        struct err *err)
{
    struct query *query = db_query(db, Q_SUBMISSION_READ);
    db_bind_int(query, 1, id);
    bool found = db_next(query);
    if (found) {
        *ret = (struct submission){
            .id = db_int(query, 0),
            .reference = str_dup(arena, db_text(query, 1)),
            .owner = {.account = db_int(query, 2), .organisation = db_int(query, 3)},
            .sector = str_dup(arena, db_text(query, 4)),
            .forum = str_dup(arena, db_text(query, 5)),
            .narrative = str_dup(arena, db_text(query, 6)),
            .when_text = str_dup(arena, db_text(query, 7)),
            .where_text = str_dup(arena, db_text(query, 8)),
            .seen_from = day_from(query, 9),
            .seen_to = day_from(query, 10),
            .created_at = db_int(query, 12),
        };
        if (!how_known_from_name(db_text(query, 11), &ret->how_known)) abort();
    }
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    if (!found) return err_set(err, ST_NOT_FOUND, "There is no such submission.");
    return load_mentions(db, arena, ret, err);
}

enum st submission_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                        struct submission *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = submission_load(db, arena, id, ret, err);
    store_read_end(app->store, db);
    bool allowed = outcome == ST_OK && access_allows(who, ACT_READ_SUBMISSION, &ret->owner);
    if (outcome == ST_OK && !allowed)
        outcome = err_set(err, ST_NOT_FOUND, "There is no such submission.");
    enum st noted = audit_event(app, who->account, "submission read", "submission", id,
                                outcome == ST_OK ? "ok" : "not found", err);
    return noted != ST_OK ? noted : outcome;
}

enum st submission_find_own(struct app *app, const struct person *who, struct str reference,
                            int64_t *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_SUBMISSION_BY_REFERENCE);
    db_bind_text(query, 1, reference);
    bool own = db_next(query) && db_int(query, 1) == who->account;
    if (own) *ret = db_int(query, 0);
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && !own)
        return err_set(err, ST_NOT_FOUND, "There is no such submission.");
    return outcome;
}

enum st submission_list(struct app *app, struct arena *arena, const struct person *who,
                        enum submission_list list, size_t maximum, struct submission_line **ret,
                        size_t *ret_count, struct err *err)
{
    /* The list holds exactly what the person may read one by one. */
    struct record reach = {.account = list == LIST_OWN ? who->account : 0,
                           .organisation = list == LIST_LATEST ? 0 : who->organisation};
    if (!access_allows(who, ACT_READ_SUBMISSION, &reach))
        return err_set(err, ST_DENIED, "That list is not for your role.");
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, maximum, struct submission_line);
    size_t count = 0;
    struct query *query = db_query(db, list == LIST_OWN            ? Q_SUBMISSION_OF_ACCOUNT
                                       : list == LIST_ORGANISATION ? Q_SUBMISSION_OF_ORGANISATION
                                                                   : Q_SUBMISSION_LATEST);
    int parameter = 1;
    if (list == LIST_OWN) db_bind_int(query, parameter++, who->account);
    if (list == LIST_ORGANISATION) db_bind_int(query, parameter++, who->organisation);
    db_bind_int(query, parameter, (int64_t)maximum);
    while (count < maximum && db_next(query)) {
        struct submission_line *line = &(*ret)[count++];
        *line = (struct submission_line){.id = db_int(query, 0),
                                         .reference = str_dup(arena, db_text(query, 1)),
                                         .narrative = str_dup(arena, db_text(query, 2)),
                                         .created_at = db_int(query, 3)};
        if (list == LIST_LATEST) line->sector = str_dup(arena, db_text(query, 4));
        line->links = db_int(query, list == LIST_LATEST ? 5 : 4);
    }
    *ret_count = count;
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}
