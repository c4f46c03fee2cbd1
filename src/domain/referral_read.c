/*
 * Reading referrals: access, the whole of one, its history, lists.
 */
#include "domain/referral_internal.h"

#include "base/buf.h"
#include "domain/account.h"

#include <stdio.h>

static const char *const state_names[REFERRAL_STATES] = {"draft", "sent", "withdrawn"};

const char *referral_state_name(enum referral_state state)
{
    return state_names[state];
}

enum st referral_missing(struct err *err)
{
    return err_missing(err, "referral");
}

/* --- access ---------------------------------------------------------------------------- */

bool referral_head_allows(const struct scope *scope, enum action action,
                          const struct referral_head *head, struct record *ret)
{
    /* What stands in the way of its submission stands in the way of the referral. */
    struct record facts = {0};
    bool there = scope_record(scope, head->submission, &facts);
    const struct person *who = scope_person(scope);
    bool own = head->account && head->account == who->account;
    *ret = (struct record){.account = own ? who->account : 0,
                           .organisation = head->organisation,
                           .rule = HANDLING_OWNER,
                           .conflict = facts.conflict,
                           .blocked = facts.blocked,
                           .given = facts.given};
    bool allowed = access_allows(who, action, ret);
    if (!head->id) return false;
    /* What is not sent is nobody's but its author's; of what was sent the submission must be
     * there still. */
    return head->state == REFERRAL_SENT ? there && allowed : own && allowed;
}

static instant_ms instant_at(struct query *query, int column)
{
    return db_is_null(query, column) ? 0 : db_int(query, column);
}

/* Columns of Q_REFERRAL_HEAD. */
static void head_from_row(struct arena *arena, struct query *query, struct referral_head *ret)
{
    *ret = (struct referral_head){0};
    /* Without its data key it is there no more. */
    if (db_is_null(query, 0) || db_is_null(query, 14)) return;
    *ret = (struct referral_head){
        .id = db_int(query, 0),
        .reference = str_dup(arena, db_text(query, 1)),
        .account = db_int(query, 2),
        .organisation = db_int(query, 3),
        .organisation_name = str_dup(arena, db_text(query, 4)),
        .place = str_dup(arena, db_text(query, 6)),
        .submission = instant_at(query, 7),
        .created_at = db_int(query, 8),
        .changed_at = db_int(query, 9),
        .sent_at = instant_at(query, 10),
        .telephoned_at = instant_at(query, 11),
        .written_due_at = instant_at(query, 12),
        .version = db_int(query, 13),
        .key = db_int(query, 14),
    };
    for (int state = 0; state < REFERRAL_STATES; state++)
        if (str_eq(db_text(query, 5), str_from(state_names[state])))
            ret->state = (enum referral_state)state;
}

enum st referral_load_head(struct db *db, struct arena *arena, int64_t id,
                           struct referral_head *ret, struct err *err)
{
    struct query *query = db_query(db, Q_REFERRAL_HEAD);
    db_bind_int(query, 1, id);
    *ret = (struct referral_head){0};
    if (db_next(query)) head_from_row(arena, query, ret);
    return db_end(query, err);
}

bool referral_allows(struct app *app, struct arena *arena, const struct person *who,
                     enum action action, int64_t id)
{
    struct referral_head head;
    struct record record;
    struct db *db = store_read_begin(app->store, NULL);
    if (!db) return false;
    enum st outcome = referral_load_head(db, arena, id, &head, NULL);
    store_read_end(app->store, db);
    return outcome == ST_OK &&
           referral_head_allows(scope_of(app, arena, who), action, &head, &record);
}

/* --- the whole of one -------------------------------------------------------------------- */

static enum st answer_from_row(struct arena *arena, const struct data_key *key, struct query *query,
                               struct referral_answer *ret, struct err *err)
{
    *ret = (struct referral_answer){
        .id = db_int(query, 0),
        .row = db_int(query, 1),
        .key = str_dup(arena, db_text(query, 2)),
        .account = db_int(query, 5),
        .at = db_int(query, 6),
        .version = db_int(query, 7),
    };
    if (!answer_kind_from_name(db_text(query, 3), &ret->answer.kind))
        ret->answer.kind = ANSWER_NONE;
    if (ret->answer.kind != ANSWER_GIVEN) return ST_OK;
    return field_open(arena, key, FIELD_REFERRAL_ANSWER, ret->id, db_bytes(query, 4),
                      &ret->answer.value, err);
}

/* Opens the rows of a query of answers. */
static enum st read_answers(struct arena *arena, const struct data_key *key, struct query *query,
                            struct referral_answer **ret, size_t *ret_count, struct err *err)
{
    size_t capacity = 64;
    size_t count = 0;
    struct referral_answer *list = arena_many(arena, capacity, struct referral_answer);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(query)) {
        if (count == capacity) {
            struct referral_answer *longer =
                arena_many(arena, capacity * 2, struct referral_answer);
            memcpy(longer, list, capacity * sizeof *list);
            list = longer;
            capacity *= 2;
        }
        outcome = answer_from_row(arena, key, query, &list[count++], err);
    }
    outcome = db_end_after(query, outcome, err);
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st referral_load_answers(struct app *app, struct db *db, struct arena *arena,
                              const struct referral_head *head, struct referral_answer **ret,
                              size_t *ret_count, struct err *err)
{
    struct data_key key;
    enum st outcome = record_key_read(app, db, head->key, &key, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_REFERRAL_ANSWER_OF);
    db_bind_int(query, 1, head->id);
    outcome = read_answers(arena, &key, query, ret, ret_count, err);
    data_key_clear(&key);
    return outcome;
}

static enum st load_rows(struct db *db, struct arena *arena, struct referral *referral,
                         struct err *err)
{
    size_t most = QUESTION_ROWS_MAX * (referral->form ? referral->form->section_count + 1 : 1);
    referral->row = arena_many(arena, most, struct referral_row);
    struct query *query = db_query(db, Q_REFERRAL_ROW_OF);
    db_bind_int(query, 1, referral->head.id);
    while (referral->row_count < most && db_next(query))
        referral->row[referral->row_count++] = (struct referral_row){
            str_dup(arena, db_text(query, 0)), db_int(query, 1), db_int(query, 2)};
    return db_end(query, err);
}

static enum st load_additions(struct app *app, struct db *db, struct arena *arena,
                              struct referral *referral, struct err *err)
{
    struct data_key key;
    enum st outcome = record_key_read(app, db, referral->head.key, &key, err);
    if (outcome != ST_OK) return outcome;
    size_t room = 0;
    struct query *query = db_query(db, Q_REFERRAL_ADDITION_OF);
    db_bind_int(query, 1, referral->head.id);
    while (outcome == ST_OK && db_next(query)) {
        arena_room(arena, referral->addition, referral->addition_count, &room);
        struct referral_addition *addition = &referral->addition[referral->addition_count++];
        *addition = (struct referral_addition){
            .id = db_int(query, 0), .account = db_int(query, 1), .at = db_int(query, 2)};
        outcome = field_open(arena, &key, FIELD_REFERRAL_ADDITION, addition->id, db_bytes(query, 3),
                             &addition->text, err);
    }
    outcome = db_end_after(query, outcome, err);
    data_key_clear(&key);
    for (size_t i = 0; outcome == ST_OK && i < referral->addition_count; i++)
        outcome = account_name(app, db, arena, referral->addition[i].account,
                               &referral->addition[i].by, err);
    return outcome;
}

static enum st load_reason(struct app *app, struct db *db, struct arena *arena,
                           struct referral *referral, struct err *err)
{
    struct data_key key;
    enum st outcome = record_key_read(app, db, referral->head.key, &key, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_REFERRAL_REASON);
    db_bind_int(query, 1, referral->head.id);
    if (db_next(query) && !db_is_null(query, 0))
        outcome = field_open(arena, &key, FIELD_REFERRAL_REASON, referral->head.id,
                             db_bytes(query, 0), &referral->reason, err);
    outcome = db_end_after(query, outcome, err);
    data_key_clear(&key);
    return outcome;
}

static enum st load_rest(struct app *app, struct db *db, struct arena *arena,
                         struct referral *referral, struct err *err)
{
    referral->form = app->area ? area_referral(app->area) : NULL;
    enum st outcome = load_rows(db, arena, referral, err);
    if (outcome == ST_OK)
        outcome = referral_load_answers(app, db, arena, &referral->head, &referral->answer,
                                        &referral->answer_count, err);
    if (outcome == ST_OK) outcome = load_additions(app, db, arena, referral, err);
    if (outcome == ST_OK && referral->head.state == REFERRAL_WITHDRAWN)
        outcome = load_reason(app, db, arena, referral, err);
    return outcome;
}

enum st referral_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                      struct referral *ret, struct err *err)
{
    *ret = (struct referral){0};
    enum st outcome = referral_load_head(db, arena, id, &ret->head, err);
    if (outcome != ST_OK) return outcome;
    return ret->head.id ? load_rest(app, db, arena, ret, err) : referral_missing(err);
}

/* `read` NULL: there is none, or not for this person, which are one and the same. */
static enum st note_read(struct app *app, const struct person *who, int64_t id,
                         const struct record *read, struct err *err)
{
    struct audit_event event = {.kind = AUDIT_DENIAL,
                                .action = "referral read",
                                .account = who->account,
                                .subject = "referral",
                                .subject_id = id,
                                .outcome = "not found"};
    if (read) {
        event.kind = AUDIT_CONSULTATION;
        event.outcome = "ok";
        event.by_source = read->account == who->account;
        event.reason = audit_ground(who, ACT_READ_REFERRAL, read);
    }
    return audit_event(app, &event, err);
}

enum st referral_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                      struct referral *ret, struct err *err)
{
    struct record record;
    const struct scope *scope = scope_of(app, arena, who);
    *ret = (struct referral){0};
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = referral_load_head(db, arena, id, &ret->head, err);
    store_read_end(app->store, db); /* scope asks on a connection of its own */
    if (outcome != ST_OK) return outcome;
    bool allowed = referral_head_allows(scope, ACT_READ_REFERRAL, &ret->head, &record);
    if (allowed) {
        db = store_read_begin(app->store, err);
        if (!db) return ST_FAILED;
        outcome = load_rest(app, db, arena, ret, err);
        store_read_end(app->store, db);
    } else {
        *ret = (struct referral){0};
        outcome = ST_NOT_FOUND;
    }
    enum st noted = note_read(app, scope_person(scope), id, allowed ? &record : NULL, err);
    if (noted != ST_OK) return noted;
    return outcome == ST_NOT_FOUND ? referral_missing(err) : outcome;
}

static enum st one_id(struct app *app, enum query_id which, struct str text, int64_t number,
                      int64_t *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, which);
    if (text.len)
        db_bind_text(query, 1, text);
    else
        db_bind_int(query, 1, number);
    enum st outcome = db_one(query, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st referral_find(struct app *app, struct str reference, int64_t *ret, struct err *err)
{
    return one_id(app, Q_REFERRAL_BY_REFERENCE, reference.len ? reference : STR("-"), 0, ret, err);
}

enum st referral_of_submission(struct app *app, int64_t submission, int64_t *ret, struct err *err)
{
    return one_id(app, Q_REFERRAL_BY_SUBMISSION, STR(""), submission, ret, err);
}

/* --- what stands in it ---------------------------------------------------------------------- */

const struct referral_answer *referral_answer_find(const struct referral *referral, int64_t row,
                                                   struct str key)
{
    for (size_t i = 0; i < referral->answer_count; i++)
        if (referral->answer[i].row == row && str_eq(referral->answer[i].key, key))
            return &referral->answer[i];
    return NULL;
}

struct answer referral_answer_get(const struct referral *referral, int64_t row, struct str key)
{
    const struct referral_answer *found = referral_answer_find(referral, row, key);
    return found ? found->answer : (struct answer){.kind = ANSWER_NONE};
}

struct str referral_answer_read_as(struct arena *arena, const struct referral *referral,
                                   int64_t row, const struct question *question)
{
    const struct referral_answer *found = referral_answer_find(referral, row, question->key);
    return found ? answer_read_as(arena, question, clock_london(found->at).date, &found->answer)
                 : STR("");
}

bool referral_row_answered(const struct referral *referral, const struct referral_row *row)
{
    for (size_t i = 0; i < referral->answer_count; i++) {
        const struct referral_answer *answer = &referral->answer[i];
        if (answer->row != row->number || answer->answer.kind == ANSWER_NONE) continue;
        const struct question *question =
            referral->form ? questions_find(referral->form, answer->key) : NULL;
        if (!question) continue; /* the pack asks it no more */
        const struct question_section *section = &referral->form->section[question->section];
        if (section->one.len && str_eq(question_rows_of(section), row->section)) return true;
    }
    return false;
}

static size_t rows_of(const struct referral *referral, struct str section, bool answered,
                      const struct referral_row **ret, size_t maximum)
{
    size_t count = 0;
    const struct question_section *asked =
        referral->form ? questions_find_section(referral->form, section) : NULL;
    if (asked) section = question_rows_of(asked);
    for (size_t i = 0; i < referral->row_count; i++) {
        if (!str_eq(referral->row[i].section, section) ||
            (answered && !referral_row_answered(referral, &referral->row[i])))
            continue;
        if (count < maximum) ret[count] = &referral->row[i];
        count++;
    }
    return count;
}

size_t referral_rows(const struct referral *referral, struct str section,
                     const struct referral_row **ret, size_t maximum)
{
    return rows_of(referral, section, false, ret, maximum);
}

size_t referral_rows_answered(const struct referral *referral, struct str section,
                              const struct referral_row **ret, size_t maximum)
{
    return rows_of(referral, section, true, ret, maximum);
}

bool referral_says_something(const struct referral *referral)
{
    for (size_t i = 0; i < referral->answer_count; i++) {
        const struct referral_answer *answer = &referral->answer[i];
        const struct question *question =
            referral->form ? questions_find(referral->form, answer->key) : NULL;
        if (!question || answer->answer.kind != ANSWER_GIVEN) continue;
        if (!answer->row && question->type == QUESTION_TEXT) return true;
        struct str rows = question_rows_of(&referral->form->section[question->section]);
        for (size_t r = 0; r < referral->row_count && str_eq(rows, STR(REFERRAL_CHILD)); r++)
            if (str_eq(referral->row[r].section, rows) && referral->row[r].number == answer->row)
                return true;
    }
    return false;
}

struct str referral_row_name(struct arena *arena, const struct referral *referral,
                             const struct referral_row *row)
{
    const struct question_section *section =
        referral->form ? questions_find_section(referral->form, row->section) : NULL;
    if (!section) return row->section;
    struct answer named = referral_answer_get(referral, row->number, section->named_by);
    if (named.kind == ANSWER_GIVEN)
        return answer_words(arena, questions_find(referral->form, section->named_by), &named);
    struct str one = str_dup(arena, section->one);
    char first = one.len && one.ptr[0] >= 'a' && one.ptr[0] <= 'z' ? (char)(one.ptr[0] - 32)
                                                                   : one.len ? one.ptr[0] : ' ';
    size_t place = 0;
    for (size_t i = 0; i < referral->row_count; i++) {
        place += str_eq(referral->row[i].section, row->section);
        if (&referral->row[i] == row) break;
    }
    return str_fmt(arena, "%c%.*s %zu", first, STR_ARG(str_sub(one, 1, one.len)), place);
}

enum st referral_history(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                         int64_t row, struct str key, struct referral_answer **ret,
                         size_t *ret_count, struct err *err)
{
    enum { MOST = 200 };
    struct referral_head head;
    struct data_key data_key;
    if (!referral_allows(app, arena, who, ACT_READ_REFERRAL, id)) return referral_missing(err);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = referral_load_head(db, arena, id, &head, err);
    if (outcome == ST_OK) outcome = record_key_read(app, db, head.key, &data_key, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_REFERRAL_ANSWER_OF_QUESTION);
        db_bind_int(query, 1, id);
        db_bind_int(query, 2, row);
        db_bind_text(query, 3, key);
        db_bind_int(query, 4, MOST);
        outcome = read_answers(arena, &data_key, query, ret, ret_count, err);
        data_key_clear(&data_key);
    }
    store_read_end(app->store, db);
    return outcome;
}

/* --- lists ------------------------------------------------------------------------------------ */

static enum st list_ids(struct db *db, const struct person *who, enum referral_list list,
                        int64_t before, size_t maximum, int64_t *ret, size_t *ret_count,
                        struct err *err)
{
    struct query *query = db_query(db, list == REFERRALS_OWN     ? Q_REFERRAL_OF_ACCOUNT
                                       : list == REFERRALS_DRAFT ? Q_REFERRAL_DRAFT_OF_ACCOUNT
                                                                 : Q_REFERRAL_SENT);
    db_bind_int(query, 1, list == REFERRALS_SENT ? before : who->account);
    db_bind_int(query, 2, (int64_t)maximum);
    *ret_count = 0;
    while (*ret_count < maximum && db_next(query)) ret[(*ret_count)++] = db_int(query, 0);
    return db_end(query, err);
}

/* Its children's names. */
static enum st fill_line(struct app *app, struct db *db, struct arena *arena,
                         struct referral_line *line, struct err *err)
{
    struct referral referral = {.head = line->head,
                                .form = app->area ? area_referral(app->area) : NULL};
    enum st outcome = load_rows(db, arena, &referral, err);
    if (outcome == ST_OK)
        outcome = referral_load_answers(app, db, arena, &line->head, &referral.answer,
                                        &referral.answer_count, err);
    if (outcome != ST_OK) return outcome;
    const struct referral_row *child[QUESTION_ROWS_MAX];
    line->child_count = referral_rows(&referral, STR(REFERRAL_CHILD), child, QUESTION_ROWS_MAX);
    struct buf names;
    buf_init(&names, 20000);
    for (size_t i = 0; i < line->child_count && i < QUESTION_ROWS_MAX; i++) {
        if (i) buf_add_c(&names, ", ");
        buf_add(&names, referral_row_name(arena, &referral, child[i]));
    }
    line->children = str_dup(arena, buf_str(&names));
    buf_done(&names);
    return ST_OK;
}

struct listing {
    struct app *app;
    struct arena *arena;
    const struct scope *scope;
    enum referral_list list;
    struct referral_line *line;
    size_t count;
    size_t maximum;
};

/* Those of `ids` that this person may read. */
static enum st list_some(struct listing *listing, struct db *db, const int64_t *ids, size_t count,
                         struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && listing->count < listing->maximum && outcome == ST_OK; i++) {
        struct record record;
        struct referral_line *line = &listing->line[listing->count];
        *line = (struct referral_line){0};
        outcome = referral_load_head(db, listing->arena, ids[i], &line->head, err);
        if (outcome != ST_OK ||
            !referral_head_allows(listing->scope, ACT_READ_REFERRAL, &line->head, &record))
            continue;
        outcome = fill_line(listing->app, db, listing->arena, line, err);
        listing->count++;
    }
    return outcome;
}

enum st referral_list(struct app *app, struct arena *arena, const struct person *who,
                      enum referral_list list, size_t maximum, struct referral_line **ret,
                      size_t *ret_count, struct err *err)
{
    enum { AT_ONCE = 100 };
    struct listing listing = {.app = app,
                              .arena = arena,
                              .scope = scope_of(app, arena, who),
                              .list = list,
                              .line = arena_many(arena, maximum + 1, struct referral_line),
                              .maximum = maximum};
    const struct person *asker = scope_person(listing.scope);
    scope_allows(listing.scope, ACT_READ_SUBMISSION, 0); /* before a connection is taken */
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    int64_t ids[AT_ONCE];
    int64_t before = INT64_MAX;
    size_t got = AT_ONCE;
    enum st outcome = ST_OK;
    while (outcome == ST_OK && got == AT_ONCE && listing.count < maximum) {
        outcome = list_ids(db, asker, list, before, AT_ONCE, ids, &got, err);
        if (outcome == ST_OK) outcome = list_some(&listing, db, ids, got, err);
        if (got) before = ids[got - 1];
        if (list != REFERRALS_SENT) break;
    }
    store_read_end(app->store, db);
    *ret = listing.line;
    *ret_count = listing.count;
    return outcome;
}
