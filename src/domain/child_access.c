#include "domain/child_access.h"

#include "domain/account.h"
#include "domain/reason.h"

enum { LINES_MAX = 200 };

static enum st read_line(struct app *app, struct db *db, struct arena *arena, struct query *query,
                         int64_t child, struct child_access_line *ret, struct err *err)
{
    *ret = (struct child_access_line){.id = db_int(query, 0),
                                      .child = child,
                                      .blocked = str_eq(db_text(query, 2), STR("blocked")),
                                      .given_at = db_int(query, 5),
                                      .ended_at = db_int(query, 6)};
    int64_t ended_by = db_int(query, 7);
    int64_t by = db_int(query, 4);
    enum st outcome = account_name(app, db, arena, db_int(query, 1), &ret->name, err);
    if (outcome == ST_OK) outcome = account_name(app, db, arena, by, &ret->by, err);
    if (outcome == ST_OK && ended_by)
        outcome = account_name(app, db, arena, ended_by, &ret->ended_by, err);
    if (outcome == ST_OK)
        outcome =
            reason_open(app, arena, query, 3, 8, FIELD_CHILD_ACCESS, ret->id, &ret->reason, err);
    return outcome;
}

enum st child_access_of(struct app *app, struct arena *arena, const struct child_file *file,
                        struct child_access_line **ret, size_t *ret_count, struct err *err)
{
    *ret = arena_many(arena, LINES_MAX, struct child_access_line);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < file->record_count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_CHILD_ACCESS_OF);
        db_bind_int(query, 1, file->record[i]);
        while (outcome == ST_OK && count < LINES_MAX && db_next(query))
            outcome = read_line(app, db, arena, query, file->record[i], &(*ret)[count++], err);
        outcome = db_end_after(query, outcome, err);
    }
    store_read_end(app->store, db);
    *ret_count = count;
    return outcome;
}

/* --- giving and ending ------------------------------------------------------------------- */

static enum st store(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                     int64_t child, int64_t account, bool blocks, struct str reason,
                     struct err *err)
{
    int64_t id = 0;
    struct data_key key;
    enum st outcome = db_next_id(db, Q_CHILD_ACCESS_LAST, &id, err);
    if (outcome == ST_OK) outcome = child_key(app, db, child, &key, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(arena, &key, FIELD_CHILD_ACCESS, id, reason);
    data_key_clear(&key);
    struct query *query = db_query(db, Q_CHILD_ACCESS_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, child);
    db_bind_int(query, 3, account);
    db_bind_text(query, 4, blocks ? STR("blocked") : STR("allocated"));
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    db_bind_int(query, 6, who->account);
    db_bind_int(query, 7, clock_now());
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return child_note(app, db, who, AUDIT_ALTERATION, blocks ? "access blocked" : "child allocated",
                      child, err);
}

static enum st check_worker(struct app *app, struct arena *arena, const struct person *worker,
                            int64_t child, struct err *err)
{
    struct record record;
    if (!access_allows(worker, ACT_READ_CHILD, NULL))
        return err_set(err, ST_INVALID, "The role of that account works with no child’s record.");
    if (!child_scope_record(child_scope_of(app, arena, worker), child, &record))
        return child_missing(err);
    if (record.conflict || record.blocked)
        return err_set(err, ST_INVALID, "This record is kept from that person.");
    return ST_OK;
}

static enum st give(struct app *app, struct arena *arena, const struct person *who, int64_t child,
                    struct str email, bool blocks, struct str reason, struct err *err)
{
    if (!child_scope_allows(child_scope_of(app, arena, who), ACT_KEEP_CHILD, child))
        return child_missing(err);
    struct person to = {0};
    enum st outcome = reason_clean(arena, reason, &reason, err);
    if (outcome == ST_OK) outcome = account_person(app, arena, str_trim(email), &to, err);
    if (outcome == ST_NOT_FOUND)
        outcome = err_set(err, ST_INVALID, "Nobody here has the email address %.*s. Check it.",
                          STR_ARG(str_sub(email, 0, 100)));
    if (outcome == ST_OK && !blocks) outcome = check_worker(app, arena, &to, child, err);
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = store(app, db, arena, who, child, to.account, blocks, reason, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st child_access_give(struct app *app, const struct person *who, int64_t child,
                          struct str email, bool blocks, struct str reason, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 32 << 20);
    enum st outcome = give(app, &arena, who, child, email, blocks, reason, err);
    arena_done(&arena);
    return outcome == ST_OK ? children_refresh(app, child, err) : outcome;
}

/* The line may stand with a record that was joined. */
static enum st end_one(struct app *app, struct db *db, const struct person *who,
                       const int64_t *record, size_t count, int64_t access, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct query *query = db_query(db, Q_CHILD_ACCESS_END);
        db_bind_int(query, 1, access);
        db_bind_int(query, 2, record[i]);
        db_bind_int(query, 3, clock_now());
        db_bind_int(query, 4, who->account);
        int64_t ended = 0;
        enum st outcome = db_one(query, &ended, err);
        if (outcome == ST_OK)
            return child_note(app, db, who, AUDIT_ALTERATION, "child access ended", record[i], err);
        if (outcome != ST_NOT_FOUND) return outcome;
    }
    return child_missing(err);
}

enum st child_access_end(struct app *app, const struct person *who, int64_t child, int64_t access,
                         struct err *err)
{
    struct arena arena;
    arena_init(&arena, 32 << 20);
    const struct child_scope *scope = child_scope_of(app, &arena, who);
    int64_t *record = NULL;
    size_t count = child_scope_allows(scope, ACT_KEEP_CHILD, child)
                       ? children_group(scope, child, &record)
                       : 0;
    struct db *db;
    enum st outcome = count ? store_write_begin(app->store, &db, err) : child_missing(err);
    if (outcome == ST_OK) {
        outcome = end_one(app, db, who, record, count, access, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome == ST_OK ? children_refresh(app, child, err) : outcome;
}
