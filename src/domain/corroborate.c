#include "domain/corroborate.h"

#include "domain/account.h"
#include "domain/entity_seen.h"
#include "domain/reason.h"

enum { WORDS_MAX = 400 };

struct corroborated corroborated_of(const struct submission *submission)
{
    struct corroborated report = {.submission = submission->id,
                                  .reference = submission->reference,
                                  .narrative = submission->narrative};
    if (submission->source_tag.len >= sizeof report.sender)
        memcpy(&report.sender, submission->source_tag.ptr, sizeof report.sender);
    return report;
}

static size_t place_of(const struct corroborated *report, size_t count, int64_t submission)
{
    size_t i = 0;
    while (i < count && report[i].submission != submission) i++;
    return i;
}

/* What was said of pairs of these. */
static enum st read_said(struct app *app, struct db *db, struct arena *arena,
                         struct corroboration *ret, struct err *err)
{
    size_t said_room = 0;
    size_t account_room = 0;
    int64_t *account = NULL;
    enum st outcome = ST_OK;
    for (size_t a = 0; a < ret->report_count && outcome == ST_OK; a++) {
        struct query *query = db_query(db, Q_ORIGIN_OF);
        db_bind_int(query, 1, ret->report[a].submission);
        while (outcome == ST_OK && ret->said_count < WORDS_MAX && db_next(query)) {
            size_t b = place_of(ret->report, ret->report_count, db_int(query, 1));
            if (b == ret->report_count) continue;
            arena_room(arena, ret->said, ret->said_count, &said_room);
            arena_room(arena, account, ret->said_count, &account_room);
            struct origin_said *said = &ret->said[ret->said_count];
            *said = (struct origin_said){.id = db_int(query, 0),
                                         .a = a,
                                         .b = b,
                                         .same = db_int(query, 2) != 0,
                                         .at = db_int(query, 5)};
            account[ret->said_count++] = db_int(query, 4);
            outcome = reason_open(app, arena, query, 3, 6, FIELD_ORIGIN_REASON, said->id,
                                  &said->reason, err);
        }
        outcome = db_end_after(query, outcome, err);
    }
    for (size_t i = 0; i < ret->said_count && outcome == ST_OK; i++)
        outcome = account_name(app, db, arena, account[i], &ret->said[i].by, err);
    return outcome;
}

enum st corroborate(struct app *app, struct db *db, struct arena *arena,
                    struct corroborated *report, size_t count, struct corroboration *ret,
                    struct err *err)
{
    if (count > ORIGIN_REPORTS_MAX) count = ORIGIN_REPORTS_MAX;
    *ret = (struct corroboration){.report = report, .report_count = count};
    enum st outcome = read_said(app, db, arena, ret, err);
    if (outcome != ST_OK) return outcome;
    struct origin_report *reports = arena_many(arena, count, struct origin_report);
    struct origin_word *words = arena_many(arena, ret->said_count, struct origin_word);
    size_t *origin = arena_many(arena, count, size_t);
    size_t *group = arena_many(arena, count, size_t);
    enum origin_why *why = arena_many(arena, count, enum origin_why);
    for (size_t i = 0; i < count; i++)
        reports[i] = (struct origin_report){report[i].sender, report[i].narrative};
    for (size_t i = 0; i < ret->said_count; i++)
        words[i] = (struct origin_word){ret->said[i].a, ret->said[i].b, ret->said[i].same};
    origins_fold(arena, reports, count, words, ret->said_count, origin, why);
    for (size_t i = 0; i < count; i++) {
        if (origin[i] == i) group[i] = ret->count++;
        report[i].group = group[origin[i]];
        report[i].why = why[i];
    }
    return ST_OK;
}

enum st corroborate_mentions(const struct scope *scope, struct db *db, struct arena *arena,
                             const int64_t *mention, size_t count, int64_t *ret, struct err *err)
{
    struct app *app = scope_app(scope);
    struct corroborated *report = arena_many(arena, ORIGIN_REPORTS_MAX, struct corroborated);
    size_t found = 0;
    int64_t last = 0;
    enum st outcome = ST_OK;
    for (size_t i = count > ORIGIN_REPORTS_MAX ? count - ORIGIN_REPORTS_MAX : 0;
         i < count && outcome == ST_OK; i++) {
        struct submission submission;
        int64_t id = entity_submission(app->entities, mention[i]);
        if (id == last) continue;
        last = id;
        outcome = submission_load_seen(scope, db, arena, id, &submission, err);
        if (outcome == ST_OK) report[found++] = corroborated_of(&submission);
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* destroyed meanwhile */
    }
    struct corroboration corroboration = {0};
    if (outcome == ST_OK) outcome = corroborate(app, db, arena, report, found, &corroboration, err);
    *ret = (int64_t)corroboration.count;
    return outcome;
}

/* --- what analysts say ------------------------------------------------------------------------ */

enum st origin_pairs_of(struct db *db, struct arena *arena, int64_t submission,
                        struct origin_pair **ret, size_t *ret_count, struct err *err)
{
    size_t room = 0;
    size_t count = 0;
    struct origin_pair *list = NULL;
    struct query *query = db_query(db, Q_ORIGIN_OF);
    db_bind_int(query, 1, submission);
    while (count < WORDS_MAX && db_next(query)) {
        arena_room(arena, list, count, &room);
        list[count++] = (struct origin_pair){db_int(query, 1), db_int(query, 2) != 0};
    }
    *ret = list;
    *ret_count = count;
    return db_end(query, err);
}

static enum st note(struct app *app, struct db *db, const struct person *who, const char *action,
                    int64_t a, int64_t b, struct err *err)
{
    struct audit_subject more[] = {{"submission", b}};
    return audit_append(app, db, &(struct audit_event){.kind = AUDIT_COMBINATION,
                                                       .action = action,
                                                       .account = who->account,
                                                       .subject = "submission",
                                                       .subject_id = a,
                                                       .more = more,
                                                       .more_count = 1,
                                                       .reason = "role"},
                        err);
}

static enum st end_pair(struct db *db, const struct person *who, int64_t a, int64_t b,
                        struct err *err)
{
    struct query *query = db_query(db, Q_ORIGIN_END_PAIR);
    db_bind_int(query, 1, a);
    db_bind_int(query, 2, b);
    db_bind_int(query, 3, clock_now());
    db_bind_int(query, 4, who->account);
    return db_run(query, err);
}

static enum st say_in(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                      int64_t a, int64_t b, bool same, struct str reason, struct err *err)
{
    int64_t id = 0;
    struct str sealed;
    enum st outcome = db_next_id(db, Q_ORIGIN_LAST, &id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, a, FIELD_ORIGIN_REASON, id, reason, &sealed, err);
    if (outcome == ST_OK) outcome = end_pair(db, who, a, b, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_ORIGIN_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, a);
    db_bind_int(query, 3, b);
    db_bind_int(query, 4, same);
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    db_bind_int(query, 6, who->account);
    db_bind_int(query, 7, clock_now());
    outcome = db_run(query, err);
    return outcome == ST_OK
               ? note(app, db, who, same ? "one origin said" : "independence said", a, b, err)
               : outcome;
}

enum st origin_say(struct app *app, const struct person *who, int64_t submission, int64_t other,
                   bool same, struct str reason, struct err *err)
{
    struct arena arena;
    struct db *db;
    arena_init(&arena, SCOPE_MEMORY);
    const struct scope *scope = scope_of(app, &arena, who);
    bool allowed = scope_allows(scope, ACT_DECIDE, submission);
    allowed &= scope_allows(scope, ACT_DECIDE, other);
    enum st outcome = allowed && submission != other
                          ? reason_clean(&arena, reason, &reason, err)
                          : err_set(err, ST_NOT_FOUND, "There are no such two submissions.");
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        int64_t a = submission < other ? submission : other;
        outcome = say_in(app, db, &arena, who, a, submission < other ? other : submission, same,
                         reason, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}

enum st origin_take_back(struct app *app, const struct person *who, int64_t word, struct err *err)
{
    struct arena arena;
    struct db *db;
    arena_init(&arena, SCOPE_MEMORY);
    const struct scope *scope = scope_of(app, &arena, who);
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_ORIGIN_PAIR);
        db_bind_int(query, 1, word);
        bool found = db_next(query);
        int64_t a = found ? db_int(query, 0) : 0;
        int64_t b = found ? db_int(query, 1) : 0;
        outcome = db_end(query, err);
        bool allowed = scope_allows(scope, ACT_DECIDE, a);
        allowed &= scope_allows(scope, ACT_DECIDE, b);
        if (outcome == ST_OK && !allowed)
            outcome = err_set(err, ST_NOT_FOUND, "That was taken back already, or there is none.");
        if (outcome == ST_OK) outcome = end_pair(db, who, a, b, err);
        if (outcome == ST_OK) outcome = note(app, db, who, "origin taken back", a, b, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}
