#include "domain/grant.h"

#include "domain/account.h"
#include "domain/reason.h"
#include "domain/scope.h"

enum { LINES_MAX = 200 };

static enum st missing(struct err *err)
{
    return err_missing(err, "submission");
}

/* --- giving and keeping ------------------------------------------------------------- */

enum st grant_store(struct app *app, struct db *db, struct arena *arena,
                    const struct grant_new *grant, struct err *err)
{
    int64_t id = 0;
    struct str sealed;
    enum st outcome = db_next_id(db, Q_GRANT_LAST, &id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, grant->submission, FIELD_GRANT_REASON, id,
                              grant->reason, &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_GRANT_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, grant->submission);
    db_bind_int(query, 3, grant->account);
    db_bind_text(query, 4, str_from(grant_kind_name(grant->kind)));
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    db_bind_int(query, 6, grant->by);
    db_bind_int(query, 7, clock_now());
    db_bind_int(query, 8, grant->until);
    db_bind_int_or_null(query, 9, grant->told);
    return db_run(query, err);
}

static enum st store_block(struct app *app, struct db *db, struct arena *arena,
                           const struct grant_new *block, struct err *err)
{
    int64_t id = 0;
    struct str sealed;
    enum st outcome = db_next_id(db, Q_BLOCK_LAST, &id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, block->submission, FIELD_BLOCK_REASON, id,
                              block->reason, &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_BLOCK_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, block->submission);
    db_bind_int(query, 3, block->account);
    db_bind_bytes(query, 4, sealed.ptr, sealed.len);
    db_bind_int(query, 5, block->by);
    db_bind_int(query, 6, clock_now());
    return db_run(query, err);
}

static enum st find_account(struct app *app, struct arena *arena, struct str email,
                            struct person *ret, struct err *err)
{
    enum st outcome = account_person(app, arena, str_trim(email), ret, err);
    if (outcome != ST_NOT_FOUND) return outcome;
    return err_set(err, ST_INVALID, "Nobody here has the email address %.*s.",
                   STR_ARG(str_sub(email, 0, 100)));
}

/* The last instant of a day in London. */
static instant_ms end_of(struct date day)
{
    return clock_from_london((struct civil){.date = date_from_days(date_to_days(day) + 1)}) - 1;
}

/* May this record be opened for that person by somebody's leave? */
static enum st check_grantee(struct app *app, struct arena *arena, const struct person *grantee,
                             int64_t submission, struct err *err)
{
    struct record record;
    const struct scope *scope = scope_of(app, arena, grantee);
    if (!access_allows(grantee, ACT_READ_SUBMISSION, NULL))
        return err_set(err, ST_INVALID, "The role of that account reads no records.");
    if (!scope_record(scope, submission, &record)) return missing(err);
    if (record.conflict || record.blocked)
        return err_set(err, ST_INVALID, "This record is kept from that person.");
    if (record.rule == HANDLING_FORUM && !(record.forum & scope_person(scope)->forums))
        return err_set(
            err, ST_INVALID,
            "Its handling condition keeps it in its Forum, and that person is not a member.");
    return ST_OK;
}

static enum st check_until(struct date until, struct err *err)
{
    int32_t today = clock_today();
    if (until.year == 0 || !date_valid(until))
        return err_set(err, ST_INVALID, "Say until which day, like 12/3/2026.");
    int32_t day = date_to_days(until);
    if (day < today) return err_set(err, ST_INVALID, "That day is past. Choose a later one.");
    if (day > today + GRANT_DAYS_MAX)
        return err_set(err, ST_INVALID, "Access ends after at most %d days. Choose an earlier day.",
                       GRANT_DAYS_MAX);
    return ST_OK;
}

static enum st store_grant(struct app *app, struct arena *arena, const struct person *who,
                           const struct grant_new *grant, bool blocks, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    bool tells = !blocks && grant->kind == GRANT_source;
    if (!scope_allows_now(app, db, arena, who, blocks ? ACT_BLOCK : ACT_GRANT, grant->submission) ||
        (tells && !scope_allows_now(app, db, arena, who, ACT_SEE_SOURCE, grant->submission)))
        outcome = missing(err);
    if (outcome == ST_OK)
        outcome = blocks ? store_block(app, db, arena, grant, err)
                         : grant_store(app, db, arena, grant, err);
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, AUDIT_ALTERATION,
                              blocks ? "access blocked" : "access granted", "submission",
                              grant->submission, blocks ? "ok" : grant_kind_name(grant->kind), err);
    return store_write_end(app->store, db, outcome, err);
}

enum st grant_add(struct app *app, const struct person *who, int64_t submission,
                  enum grant_kind kind, struct str email, struct date until, struct str reason,
                  struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    const struct scope *scope = scope_of(app, &arena, who);
    bool allowed = scope_allows(scope, ACT_GRANT, submission) &&
                   (kind != GRANT_source || scope_allows(scope, ACT_SEE_SOURCE, submission));
    enum st outcome = allowed ? reason_clean(&arena, reason, &reason, err) : missing(err);
    if (outcome == ST_OK && kind != GRANT_granted && kind != GRANT_assigned && kind != GRANT_source)
        outcome = err_set(err, ST_INVALID, "Choose what is given.");
    struct person grantee = {0};
    if (outcome == ST_OK) outcome = check_until(until, err);
    if (outcome == ST_OK) outcome = find_account(app, &arena, email, &grantee, err);
    if (outcome == ST_OK) outcome = check_grantee(app, &arena, &grantee, submission, err);
    struct grant_new grant = {.submission = submission,
                              .account = grantee.account,
                              .kind = kind,
                              .reason = reason,
                              .by = who->account};
    if (outcome == ST_OK) {
        grant.until = end_of(until);
        outcome = store_grant(app, &arena, who, &grant, false, err);
    }
    arena_done(&arena);
    return outcome;
}

enum st block_add(struct app *app, const struct person *who, int64_t submission, struct str email,
                  struct str reason, struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    bool allowed = scope_allows(scope_of(app, &arena, who), ACT_BLOCK, submission);
    enum st outcome = allowed ? reason_clean(&arena, reason, &reason, err) : missing(err);
    struct person from = {0};
    if (outcome == ST_OK) outcome = find_account(app, &arena, email, &from, err);
    struct grant_new block = {
        .submission = submission, .account = from.account, .reason = reason, .by = who->account};
    if (outcome == ST_OK) outcome = store_grant(app, &arena, who, &block, true, err);
    arena_done(&arena);
    return outcome;
}

/* Ends a grant or a block of that submission. */
static enum st end_one(struct app *app, const struct person *who, enum action action,
                       enum query_id id, const char *said, int64_t submission, int64_t row,
                       struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    bool allowed = scope_allows(scope_of(app, &arena, who), action, submission);
    arena_done(&arena);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t ended = 0;
    if (allowed) {
        struct query *query = db_query(db, id);
        db_bind_int(query, 1, row);
        db_bind_int(query, 2, submission);
        db_bind_int(query, 3, clock_now());
        db_bind_int(query, 4, who->account);
        outcome = db_one(query, &ended, err);
    }
    if (!ended && (outcome == ST_OK || outcome == ST_NOT_FOUND))
        outcome = err_set(err, ST_NOT_FOUND, "That has ended already, or there is none.");
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, AUDIT_ALTERATION, said, "submission",
                              submission, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st grant_end(struct app *app, const struct person *who, int64_t submission, int64_t grant,
                  struct err *err)
{
    return end_one(app, who, ACT_GRANT, Q_GRANT_END, "access ended", submission, grant, err);
}

enum st block_end(struct app *app, const struct person *who, int64_t submission, int64_t block,
                  struct err *err)
{
    return end_one(app, who, ACT_BLOCK, Q_BLOCK_END, "block ended", submission, block, err);
}

/* --- reading them -------------------------------------------------------------------- */

/* To whom, and by whom or by which organisation. */
static enum st read_names(struct app *app, struct db *db, struct arena *arena, struct query *query,
                          struct grant_line *line, struct err *err)
{
    int64_t by = db_int(query, 5);
    enum st outcome = account_name(app, db, arena, db_int(query, 4), &line->name, err);
    line->by = str_dup(arena, db_text(query, 12));
    return outcome == ST_OK && by ? account_name(app, db, arena, by, &line->by, err) : outcome;
}

/* Rows of the lists of query.def. */
static enum st read_lines(struct app *app, struct db *db, struct arena *arena, struct query *query,
                          enum seal_field field, struct grant_line **ret, size_t *ret_count,
                          struct err *err)
{
    struct grant_line *list = arena_many(arena, LINES_MAX, struct grant_line);
    size_t count = 0;
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < LINES_MAX && db_next(query)) {
        struct grant_line *line = &list[count++];
        *line = (struct grant_line){.id = db_int(query, 0),
                                    .submission = db_int(query, 1),
                                    .reference = str_dup(arena, db_text(query, 2)),
                                    .given_at = db_int(query, 7),
                                    .until = db_int(query, 8),
                                    .by_owner = db_int(query, 13) != 0};
        if (!grant_kind_from_name(db_text(query, 3), &line->kind)) line->kind = GRANT_granted;
        outcome = read_names(app, db, arena, query, line, err);
        if (outcome == ST_OK)
            outcome = reason_open(app, arena, query, 6, 9, field, line->id, &line->reason, err);
    }
    *ret = list;
    *ret_count = count;
    return db_end_after(query, outcome, err);
}

static enum st lines_of(struct app *app, struct arena *arena, enum query_id id, int64_t about,
                        bool in_force, enum seal_field field, struct grant_line **ret,
                        size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, id);
    db_bind_int(query, 1, about);
    if (in_force) db_bind_int(query, 2, clock_now());
    enum st outcome = read_lines(app, db, arena, query, field, ret, ret_count, err);
    store_read_end(app->store, db);
    return outcome;
}

static bool is_of_owner(const struct scope *scope, int64_t submission)
{
    struct record record = {0};
    return scope_record(scope, submission, &record) && record.organisation &&
           record.organisation == scope_person(scope)->organisation;
}

/* A name would tell which organisation a record came from, to whoever is of another. */
static void leave_out_owner(const struct scope *scope, struct grant_line *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!list[i].by_owner || is_of_owner(scope, list[i].submission)) continue;
        list[i].by = STR("its owner");
        list[i].reason = STR("");
    }
}

enum st grants_of(struct app *app, struct arena *arena, const struct person *who,
                  int64_t submission, struct grant_line **ret, size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    if (!scope_allows(scope, ACT_GRANT, submission)) return missing(err);
    enum st outcome = lines_of(app, arena, Q_GRANT_OF_SUBMISSION, submission, true,
                               FIELD_GRANT_REASON, ret, ret_count, err);
    if (outcome == ST_OK) leave_out_owner(scope, *ret, *ret_count);
    return outcome;
}

enum st blocks_of(struct app *app, struct arena *arena, const struct person *who,
                  int64_t submission, struct grant_line **ret, size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    if (!scope_allows(scope, ACT_BLOCK, submission)) return missing(err);
    enum st outcome = lines_of(app, arena, Q_BLOCK_OF_SUBMISSION, submission, false,
                               FIELD_BLOCK_REASON, ret, ret_count, err);
    if (outcome == ST_OK) leave_out_owner(scope, *ret, *ret_count);
    return outcome;
}

enum st grants_to(struct app *app, struct arena *arena, const struct person *who,
                  struct grant_line **ret, size_t *ret_count, struct err *err)
{
    size_t found = 0;
    enum st outcome = lines_of(app, arena, Q_GRANT_TO_ACCOUNT, who->account, true,
                               FIELD_GRANT_REASON, ret, &found, err);
    /* A grant that a block or a conflict makes void is not there. */
    const struct scope *scope = scope_of(app, arena, who);
    size_t kept = 0;
    for (size_t i = 0; i < found && outcome == ST_OK; i++) {
        enum action action =
            (*ret)[i].kind == GRANT_source ? ACT_SEE_SOURCE : ACT_READ_SUBMISSION;
        if (scope_allows(scope, action, (*ret)[i].submission)) (*ret)[kept++] = (*ret)[i];
    }
    leave_out_owner(scope, *ret, kept);
    *ret_count = kept;
    return outcome;
}

enum st broken_told(struct app *app, struct arena *arena, const struct person *who,
                    struct grant_line **ret, size_t *ret_count, struct err *err)
{
    return lines_of(app, arena, Q_GRANT_TOLD, who->account, false, FIELD_GRANT_REASON, ret,
                    ret_count, err);
}
