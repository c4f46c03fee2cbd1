#include "domain/referral_internal.h"

#include "base/utf8.h"
#include "domain/area_desk.h"
#include "domain/maru.h"
#include "domain/reason.h"
#include "domain/when.h"
#include "seal/secret.h"

#include <stdio.h>

enum { ADDITION_MAX = 20000, SCRATCH = 8 << 20 };

enum st referral_note(struct app *app, struct db *db, const struct person *who,
                      enum audit_kind kind, const char *action, int64_t id, struct err *err)
{
    return audit_append(app, db,
                        &(struct audit_event){.kind = kind,
                                              .action = action,
                                              .account = who->account,
                                              .by_source = true,
                                              .subject = "referral",
                                              .subject_id = id},
                        err);
}

/* The version after a change. */
static enum st referral_changed(struct db *db, int64_t id, instant_ms now, int64_t *ret,
                                struct err *err)
{
    struct query *query = db_query(db, Q_REFERRAL_CHANGED);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, now);
    return db_one(query, ret, err);
}

/* Opens the write transaction with the person's own draft.  ST_NOT_FOUND, ST_INVALID (it is
 * no draft any more): then no transaction is open. */
static enum st referral_write_begin(struct app *app, struct arena *arena, const struct person *who,
                                    int64_t id, struct db **ret_db, struct referral_head *ret,
                                    struct err *err)
{
    struct record record;
    const struct scope *scope = scope_of(app, arena, who);
    scope_allows(scope, ACT_REFER, 0); /* read before the transaction is taken */
    enum st outcome = store_write_begin(app->store, ret_db, err);
    if (outcome != ST_OK) return outcome;
    outcome = referral_load_head(*ret_db, arena, id, ret, err);
    if (outcome == ST_OK && !referral_head_allows(scope, ACT_REFER, ret, &record))
        outcome = referral_missing(err);
    if (outcome == ST_OK && ret->state != REFERRAL_DRAFT) {
        outcome = err_set(err, ST_INVALID, ret->state == REFERRAL_SENT
                                               ? "This referral was sent. You can add to it."
                                               : "This referral was withdrawn.");
    }
    if (outcome != ST_OK) store_write_rollback(app->store, *ret_db);
    return outcome;
}

/* --- beginning ----------------------------------------------------------------------------- */

static enum st store_answer(struct db *db, struct arena *arena, const struct person *who,
                            const struct referral_head *head, const struct data_key *key,
                            int64_t row, const struct referral_given *given, instant_ms now,
                            int64_t version, struct err *err)
{
    int64_t id = 0;
    enum st outcome = db_next_id(db, Q_REFERRAL_ANSWER_LAST, &id, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_REFERRAL_ANSWER_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, head->id);
    db_bind_int(query, 3, row);
    db_bind_text(query, 4, given->question->key);
    db_bind_text(query, 5, str_from(answer_kind_name(given->answer.kind)));
    if (given->answer.kind == ANSWER_GIVEN) {
        struct str sealed = field_seal(arena, key, FIELD_REFERRAL_ANSWER, id, given->answer.value);
        db_bind_bytes(query, 6, sealed.ptr, sealed.len);
    } else {
        db_bind_null(query, 6);
    }
    db_bind_int(query, 7, who->account);
    db_bind_int(query, 8, now);
    db_bind_int(query, 9, version);
    return db_run(query, err);
}

/* What the account says of whoever refers, as answers that they can change. */
static enum st fill_in(struct app *app, struct db *db, struct arena *arena,
                       const struct person *who, const struct referral_head *head,
                       const struct data_key *key, struct err *err)
{
    const struct questions *form = area_referral(app->area);
    const struct {
        const char *key;
        struct str value;
    } known[] = {
        {"referrer-name", who->name},
        {"referrer-organisation", who->organisation_name},
        {"referrer-email", who->email},
    };
    enum st outcome = ST_OK;
    for (size_t i = 0; i < sizeof known / sizeof known[0] && outcome == ST_OK; i++) {
        struct referral_given given = {questions_find(form, str_from(known[i].key)),
                                       {ANSWER_GIVEN, known[i].value}};
        if (given.question && known[i].value.len)
            outcome = store_answer(db, arena, who, head, key, 0, &given, head->created_at, 1, err);
    }
    return outcome;
}

static enum st store_referral(struct app *app, struct db *db, struct arena *arena,
                              const struct person *who, struct referral_head *head, struct err *err)
{
    struct data_key key;
    char reference[REFERRAL_REFERENCE_SIZE] = "R-";
    seal_reference(reference + 2, 4);
    reference[6] = '-';
    seal_reference(reference + 7, 4);
    enum st outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome == ST_OK) outcome = db_next_id(db, Q_REFERRAL_LAST, &head->id, err);
    if (outcome != ST_OK) return outcome;
    head->key = key.id;
    head->created_at = clock_now();
    struct query *query = db_query(db, Q_REFERRAL_ADD);
    db_bind_int(query, 1, head->id);
    db_bind_text(query, 2, str_from(reference));
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, who->organisation);
    db_bind_text(query, 5, head->place);
    db_bind_int(query, 6, key.id);
    db_bind_int(query, 7, head->created_at);
    outcome = db_run(query, err);
    if (outcome == ST_OK) outcome = fill_in(app, db, arena, who, head, &key, err);
    data_key_clear(&key);
    return outcome;
}

enum st referral_begin(struct app *app, const struct person *who, struct str place, int64_t *ret,
                       struct err *err)
{
    if (!access_allows(who, ACT_REFER, NULL))
        return err_set(err, ST_DENIED, "Your account cannot make a referral.");
    if (!app->area || !area_place_find(app->area, place))
        return err_set(err, ST_INVALID, "Choose where the child is.");
    struct arena arena;
    struct db *db;
    struct referral_head head = {.place = place};
    arena_init(&arena, SCRATCH);
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = store_referral(app, db, &arena, who, &head, err);
        if (outcome == ST_OK)
            outcome = referral_note(app, db, who, AUDIT_COLLECTION, "referral begun", head.id, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    if (outcome == ST_OK) *ret = head.id;
    return outcome;
}

/* --- saving -------------------------------------------------------------------------------- */

struct saving {
    struct app *app;
    struct db *db;
    struct arena *arena;
    const struct person *who;
    struct referral_head head;
    struct referral_answer *answer; /* that count now */
    size_t answer_count;
};

static const struct referral_answer *find_answer(const struct saving *saving, int64_t row,
                                                 struct str key)
{
    for (size_t i = 0; i < saving->answer_count; i++)
        if (saving->answer[i].row == row && str_eq(saving->answer[i].key, key))
            return &saving->answer[i];
    return NULL;
}

static bool same_answer(const struct answer *a, const struct answer *b)
{
    return a->kind == b->kind && (a->kind != ANSWER_GIVEN || str_eq(a->value, b->value));
}

static enum st check_row(struct saving *saving, int64_t row, const struct question *question,
                         struct err *err)
{
    const struct questions *form = area_referral(saving->app->area);
    const struct question_section *section = &form->section[question->section];
    if ((section->one.len == 0) != (row == 0)) return referral_missing(err);
    if (row == 0) return ST_OK;
    struct query *query = db_query(saving->db, Q_REFERRAL_ROW_OF);
    db_bind_int(query, 1, saving->head.id);
    bool there = false;
    while (db_next(query))
        there |= str_eq(db_text(query, 0), question_rows_of(section)) && db_int(query, 1) == row;
    enum st outcome = db_end(query, err);
    return outcome == ST_OK && !there ? referral_missing(err) : outcome;
}

/* Which of these were answered otherwise by another page since `seen`. */
static size_t find_clashes(const struct saving *saving, int64_t row, int64_t seen,
                           const struct referral_given *given, size_t count,
                           struct referral_clash *ret)
{
    size_t clashes = 0;
    for (size_t i = 0; i < count; i++) {
        const struct referral_answer *kept = find_answer(saving, row, given[i].question->key);
        if (!kept || kept->version <= seen || same_answer(&kept->answer, &given[i].answer))
            continue;
        ret[clashes++] = (struct referral_clash){given[i].question, kept->answer, kept->at};
    }
    return clashes;
}

/* --- a call ---------------------------------------------------------------------------------- */

enum { CALLED, CALL_DAY, CALL_TIME, CALL_ANSWERS };
static const struct str call_keys[CALL_ANSWERS] = {
    STR_INIT("telephoned"), STR_INIT("telephoned-day"), STR_INIT("telephoned-time")};

/* What is said of a call: what is kept, and over it what is given now. */
struct call {
    struct answer answer[CALL_ANSWERS];
    instant_ms told; /* when the day was told: "yesterday" is the day before that */
    bool touched[CALL_ANSWERS];
};

static struct call call_of(const struct referral_answer *kept, size_t kept_count,
                           const struct referral_given *given, size_t count, instant_ms now)
{
    struct call call = {.told = now};
    const struct referral of = {.answer = (struct referral_answer *)(uintptr_t)kept,
                                .answer_count = kept_count};
    for (int i = 0; i < CALL_ANSWERS; i++) {
        const struct referral_answer *before = referral_answer_find(&of, 0, call_keys[i]);
        if (before) call.answer[i] = before->answer;
        if (before && i == CALL_DAY) call.told = before->at;
        for (size_t k = 0; k < count; k++) {
            if (!str_eq(given[k].question->key, call_keys[i])) continue;
            call.touched[i] = true;
            if (i == CALL_DAY && !same_answer(&call.answer[i], &given[k].answer)) call.told = now;
            call.answer[i] = given[k].answer;
        }
    }
    return call;
}

/* The instant of "yesterday" and "16:50"; of a day alone its beginning, so that what is due after
 * it is due sooner rather than later.  0: it is not known. */
static instant_ms call_instant(const struct call *call)
{
    struct date_range range;
    int minutes = 0;
    struct date today = clock_london(call->told).date;
    if (call->answer[CALL_DAY].kind != ANSWER_GIVEN ||
        when_parse(call->answer[CALL_DAY].value, today, &range, NULL) != ST_OK)
        return 0;
    if (call->answer[CALL_TIME].kind == ANSWER_GIVEN)
        time_of_day_read(call->answer[CALL_TIME].value, &minutes);
    return clock_from_london((struct civil){
        .date = range.from, .hour = (int8_t)(minutes / 60), .minute = (int8_t)(minutes % 60)});
}

struct str referral_call_to_come(const struct referral *referral,
                                 const struct referral_given *given, size_t count)
{
    enum { CLOCKS_DIFFER_MS = 5 * 60000 }; /* that of the call, and ours */
    instant_ms now = clock_now();
    struct call call = call_of(referral->answer, referral->answer_count, given, count, now);
    bool touched = call.touched[CALL_DAY] || call.touched[CALL_TIME];
    if (!touched || call_instant(&call) <= now + CLOCKS_DIFFER_MS) return STR("");
    return call_keys[call.touched[CALL_TIME] ? CALL_TIME : CALL_DAY];
}

/* The answers about a call set the clock of its written confirmation. */
static enum st set_telephoned(struct saving *saving, const struct referral_given *given,
                              size_t count, instant_ms now, struct err *err)
{
    struct call call = call_of(saving->answer, saving->answer_count, given, count, now);
    if (!call.touched[CALLED] && !call.touched[CALL_DAY] && !call.touched[CALL_TIME]) return ST_OK;
    struct query *query = db_query(saving->db, Q_REFERRAL_TELEPHONED);
    db_bind_int(query, 1, saving->head.id);
    if (call.answer[CALLED].kind == ANSWER_GIVEN && str_eq(call.answer[CALLED].value, STR("yes"))) {
        instant_ms at = call_instant(&call);
        if (at > now) at = now;
        if (!at) at = call.answer[CALL_DAY].kind == ANSWER_GIVEN ? now : saving->head.created_at;
        db_bind_int(query, 2, at);
        db_bind_int(query, 3, area_clock_due(saving->app->area, CLOCK_WRITTEN, at));
    } else {
        db_bind_null(query, 2);
        db_bind_null(query, 3);
    }
    return db_run(query, err);
}

static enum st store_given(struct saving *saving, int64_t row, const struct referral_given *given,
                           size_t count, int64_t *ret_version, struct err *err)
{
    struct data_key key;
    instant_ms now = clock_now();
    enum st outcome = referral_changed(saving->db, saving->head.id, now, ret_version, err);
    if (outcome == ST_OK)
        outcome = record_key_read(saving->app, saving->db, saving->head.key, &key, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        const struct referral_answer *kept = find_answer(saving, row, given[i].question->key);
        const struct answer none = {.kind = ANSWER_NONE};
        if (same_answer(kept ? &kept->answer : &none, &given[i].answer)) continue;
        outcome = store_answer(saving->db, saving->arena, saving->who, &saving->head, &key, row,
                               &given[i], now, *ret_version, err);
    }
    data_key_clear(&key);
    if (outcome == ST_OK && row == 0) outcome = set_telephoned(saving, given, count, now, err);
    return outcome;
}

static enum st save(struct saving *saving, int64_t row, int64_t seen,
                    const struct referral_given *given, size_t count, struct referral_clash *clash,
                    size_t *ret_clashes, int64_t *ret_version, struct err *err)
{
    *ret_clashes = 0;
    *ret_version = saving->head.version;
    enum st outcome =
        count ? check_row(saving, row, given[0].question, err) : referral_missing(err);
    for (size_t i = 1; i < count; i++)
        if (given[i].question->section != given[0].question->section) return referral_missing(err);
    if (outcome == ST_OK)
        outcome = referral_load_answers(saving->app, saving->db, saving->arena, &saving->head,
                                        &saving->answer, &saving->answer_count, err);
    if (outcome != ST_OK) return outcome;
    const struct referral kept = {.answer = saving->answer, .answer_count = saving->answer_count};
    if (row == 0 && referral_call_to_come(&kept, given, count).len)
        return err_set(err, ST_INVALID, "That time is still to come. Check the day and the time.");
    *ret_clashes = find_clashes(saving, row, seen, given, count, clash);
    if (*ret_clashes)
        return err_set(err, ST_CONFLICT,
                       "This was changed on another device since you opened the page.");
    outcome = store_given(saving, row, given, count, ret_version, err);
    if (outcome != ST_OK) return outcome;
    return referral_note(saving->app, saving->db, saving->who, AUDIT_ALTERATION, "referral saved",
                         saving->head.id, err);
}

enum st referral_save(struct app *app, const struct person *who, int64_t id, int64_t row,
                      int64_t seen, const struct referral_given *given, size_t count,
                      struct referral_clash *clash, size_t *ret_clashes, struct arena *arena,
                      int64_t *ret_version, struct err *err)
{
    struct saving saving = {.app = app, .arena = arena, .who = who};
    *ret_clashes = 0;
    enum st outcome = referral_write_begin(app, arena, who, id, &saving.db, &saving.head, err);
    if (outcome != ST_OK) return outcome;
    outcome = save(&saving, row, seen, given, count, clash, ret_clashes, ret_version, err);
    return store_write_end(app->store, saving.db, outcome, err);
}

/* --- rows ---------------------------------------------------------------------------------- */

static enum st add_row(struct db *db, int64_t id, struct str section, int64_t *ret, struct err *err)
{
    struct query *query = db_query(db, Q_REFERRAL_ROW_COUNT);
    int64_t count = 0;
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, section);
    enum st outcome = db_one(query, &count, err);
    if (outcome != ST_OK) return outcome;
    if (count >= QUESTION_ROWS_MAX)
        return err_set(err, ST_INVALID,
                       "There is room for %d here. Write the rest under “Anything else”.",
                       QUESTION_ROWS_MAX);
    query = db_query(db, Q_REFERRAL_ROW_LAST);
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, section);
    outcome = db_one(query, ret, err);
    if (outcome != ST_OK) return outcome;
    ++*ret;
    query = db_query(db, Q_REFERRAL_ROW_ADD);
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, section);
    db_bind_int(query, 3, *ret);
    db_bind_int(query, 4, clock_now());
    return db_run(query, err);
}

static enum st remove_row(struct db *db, int64_t id, struct str section, int64_t row,
                          struct err *err)
{
    struct query *query = db_query(db, Q_REFERRAL_ROW_REMOVE);
    int64_t removed = 0;
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, section);
    db_bind_int(query, 3, row);
    db_bind_int(query, 4, clock_now());
    enum st outcome = db_one(query, &removed, err);
    return outcome == ST_NOT_FOUND ? referral_missing(err) : outcome;
}

/* row 0: adds one and says its number. */
static enum st change_rows(struct app *app, const struct person *who, int64_t id,
                           struct str section, int64_t row, int64_t *ret, struct err *err)
{
    struct arena arena;
    struct db *db;
    struct referral_head head;
    int64_t version;
    const struct question_section *known =
        app->area ? questions_find_section(area_referral(app->area), section) : NULL;
    if (!known || !known->one.len || known->of.len) return referral_missing(err);
    arena_init(&arena, SCRATCH);
    enum st outcome = referral_write_begin(app, &arena, who, id, &db, &head, err);
    if (outcome == ST_OK) {
        outcome = row ? remove_row(db, id, section, row, err) : add_row(db, id, section, ret, err);
        if (outcome == ST_OK) outcome = referral_changed(db, id, clock_now(), &version, err);
        if (outcome == ST_OK)
            outcome = referral_note(app, db, who, AUDIT_ALTERATION, "referral saved", id, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}

enum st referral_row_add(struct app *app, const struct person *who, int64_t id, struct str section,
                         int64_t *ret, struct err *err)
{
    return change_rows(app, who, id, section, 0, ret, err);
}

enum st referral_row_remove(struct app *app, const struct person *who, int64_t id,
                            struct str section, int64_t row, struct err *err)
{
    int64_t ignored;
    return row > 0 ? change_rows(app, who, id, section, row, &ignored, err) : referral_missing(err);
}

/* --- withdrawing, adding --------------------------------------------------------------------- */

static enum st withdraw(struct app *app, struct db *db, struct arena *arena,
                        const struct person *who, const struct referral_head *head,
                        struct str reason, struct err *err)
{
    struct data_key key;
    enum st outcome = record_key_read(app, db, head->key, &key, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(arena, &key, FIELD_REFERRAL_REASON, head->id, reason);
    data_key_clear(&key);
    struct query *query = db_query(db, Q_REFERRAL_WITHDRAW);
    db_bind_int(query, 1, head->id);
    db_bind_int(query, 2, clock_now());
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    outcome = db_run(query, err);
    if (outcome == ST_OK) outcome = maru_referral_withdrawn(db, head->id, err);
    if (outcome != ST_OK) return outcome;
    return referral_note(app, db, who, AUDIT_ALTERATION, "referral withdrawn", head->id, err);
}

enum st referral_withdraw(struct app *app, const struct person *who, int64_t id, struct str reason,
                          struct err *err)
{
    struct arena arena;
    struct db *db;
    struct referral_head head;
    struct str clean;
    arena_init(&arena, SCRATCH);
    enum st outcome =
        referral_allows(app, &arena, who, ACT_REFER, id) ? ST_OK : referral_missing(err);
    if (outcome == ST_OK) outcome = reason_clean(&arena, reason, &clean, err);
    if (outcome == ST_OK) outcome = referral_write_begin(app, &arena, who, id, &db, &head, err);
    if (outcome == ST_OK)
        outcome =
            store_write_end(app->store, db, withdraw(app, db, &arena, who, &head, clean, err), err);
    arena_done(&arena);
    return outcome;
}

static enum st store_addition(struct app *app, struct db *db, struct arena *arena,
                              const struct person *who, const struct referral_head *head,
                              struct str text, struct err *err)
{
    struct data_key key;
    int64_t id = 0;
    int64_t version;
    instant_ms now = clock_now();
    enum st outcome = db_next_id(db, Q_REFERRAL_ADDITION_LAST, &id, err);
    if (outcome == ST_OK) outcome = record_key_read(app, db, head->key, &key, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(arena, &key, FIELD_REFERRAL_ADDITION, id, text);
    data_key_clear(&key);
    struct query *query = db_query(db, Q_REFERRAL_ADDITION_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, head->id);
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, now);
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    outcome = db_run(query, err);
    if (outcome == ST_OK) outcome = referral_changed(db, head->id, now, &version, err);
    if (outcome != ST_OK) return outcome;
    return referral_note(app, db, who, AUDIT_COLLECTION, "referral added to", head->id, err);
}

enum st referral_add(struct app *app, const struct person *who, int64_t id, struct str text,
                     struct err *err)
{
    struct arena arena;
    struct db *db;
    struct referral_head head;
    arena_init(&arena, SCRATCH);
    struct str clean = str_trim(utf8_clean(&arena, str_sub(text, 0, ADDITION_MAX + 1), NULL));
    enum st outcome =
        referral_allows(app, &arena, who, ACT_REFER, id) ? ST_OK : referral_missing(err);
    if (outcome == ST_OK && !clean.len)
        outcome =
            err_set(err, ST_INVALID, "Write what you have learned since. A few words are enough.");
    if (outcome == ST_OK && text.len > ADDITION_MAX)
        outcome = err_set(err, ST_INVALID,
                          "That is too long: there is room for %zu characters. Add it in "
                          "two parts.",
                          utf8_fitting(text, ADDITION_MAX));
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = referral_load_head(db, &arena, id, &head, err);
        if (outcome == ST_OK && head.state != REFERRAL_SENT)
            outcome = err_set(err, ST_INVALID, "This referral was not sent. Change it instead.");
        if (outcome == ST_OK) outcome = store_addition(app, db, &arena, who, &head, clean, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}
