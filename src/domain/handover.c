#include "domain/handover.h"

#include "base/names.h"
#include "base/utf8.h"
#include "domain/account.h"
#include "domain/mail.h"
#include "domain/meeting_internal.h"

static const char *const states[HANDOVER_STATES] = {"asked", "accepted", "declined", "told"};

static enum handover_state state_of(struct str name)
{
    int place = name_place(name, states, HANDOVER_STATES);
    if (place < 0) abort(); /* only we write it */
    return (enum handover_state)place;
}

/* May they send an urgent one from that Forum? */
static bool handover_may_send(const struct scope *scope, struct str forum)
{
    return forum.len && forum_allows(scope, ACT_READ_MEETING, forum, false);
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum st from_row(struct app *app, struct arena *arena, struct query *query,
                        struct handover *ret, struct data_key *key, struct err *err)
{
    struct data_key opened;
    struct str packed;
    struct str text[2];
    *ret = (struct handover){.id = db_int(query, 0),
                             .from_forum = str_dup(arena, db_text(query, 1)),
                             .to_forum = str_dup(arena, db_text(query, 2)),
                             .subject = db_int(query, 4),
                             .state = state_of(db_text(query, 5)),
                             .account = db_int(query, 7),
                             .created_at = db_int(query, 8),
                             .answered_by = db_int(query, 9),
                             .answered_at = db_int(query, 10)};
    if (!item_kind_from_name(db_text(query, 3), &ret->kind)) abort();
    enum st outcome = record_key_from_row(app, query, 11, &opened, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &opened, FIELD_HANDOVER, ret->id, db_bytes(query, 6), &packed, err);
    if (outcome == ST_OK && key) *key = opened;
    data_key_clear(&opened);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(packed, text, 2)) abort(); /* it was authentic */
    ret->words = text[0];
    ret->answer = text[1];
    return ST_OK;
}

/* Coordinates some Forum, or chairs a meeting that is to come. */
static enum st leads_any(const struct scope *scope, struct db *db, bool *ret, struct err *err)
{
    struct app *app = scope_app(scope);
    size_t count = 0;
    const struct area_forum *forums = app->area ? area_forums(app->area, &count) : NULL;
    *ret = false;
    for (size_t i = 0; i < count; i++)
        *ret |= forum_allows(scope, ACT_RUN_MEETING, forums[i].id, false);
    struct query *query = db_query(db, Q_MEETING_CHAIRS);
    while (db_next(query)) *ret |= db_int(query, 0) == scope_person(scope)->account;
    return db_end(query, err);
}

/* False: it is not for them. */
static bool for_reader(const struct scope *scope, struct db *db, bool leads, struct handover *row)
{
    bool gave = forum_allows(scope, ACT_RUN_MEETING, row->from_forum, false) ||
                row->account == scope_person(scope)->account;
    bool takes =
        row->to_forum.len ? forum_allows(scope, ACT_RUN_MEETING, row->to_forum, false) : leads;
    if (!gave && !takes) return false;
    if (row->subject && subject_conflicts(scope, db, row->kind, row->subject)) return false;
    row->whole = row->subject && subject_seen(scope, db, row->kind, row->subject);
    row->answers = takes && row->to_forum.len && row->state == HANDOVER_ASKED;
    row->mine = row->answers || (takes && !row->to_forum.len);
    return true;
}

static enum st take_seen(const struct scope *scope, struct db *db, struct handover *list,
                         size_t count, struct err *err)
{
    struct query *query = db_query(db, Q_HANDOVER_SEEN);
    db_bind_int(query, 1, scope_person(scope)->account);
    while (db_next(query))
        for (size_t i = 0; i < count; i++)
            if (list[i].id == db_int(query, 0)) list[i].mine = false;
    return db_end(query, err);
}

static enum st read_list(const struct scope *scope, struct db *db, struct arena *arena,
                         struct handover *list, size_t *ret_count, struct err *err)
{
    struct app *app = scope_app(scope);
    size_t read = 0;
    bool leads = false;
    struct query *query = db_query(db, Q_HANDOVER_LIST);
    db_bind_int(query, 1, HANDOVERS_MAX);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && read < HANDOVERS_MAX && db_next(query))
        outcome = from_row(app, arena, query, &list[read++], NULL, err);
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK) outcome = leads_any(scope, db, &leads, err);
    size_t count = 0;
    for (size_t i = 0; i < read && outcome == ST_OK; i++)
        if (for_reader(scope, db, leads, &list[i])) list[count++] = list[i];
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        outcome = account_name(app, db, arena, list[i].account, &list[i].by, err);
        if (outcome == ST_OK && list[i].answered_by)
            outcome =
                account_name(app, db, arena, list[i].answered_by, &list[i].answered_name, err);
    }
    *ret_count = count;
    return outcome == ST_OK ? take_seen(scope, db, list, count, err) : outcome;
}

enum st handover_list(struct app *app, struct arena *arena, const struct person *who,
                      struct handover **ret, size_t *ret_count, struct err *err)
{
    *ret = arena_many(arena, HANDOVERS_MAX, struct handover);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_list(scope_of(app, arena, who), db, arena, *ret, ret_count, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- sending ---------------------------------------------------------------------------------- */

struct sending {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct handover_new *input;
    struct db *db;
    const char *field;
};

static enum st check(struct sending *sending, struct str *ret_words, struct err *err)
{
    const struct handover_new *input = sending->input;
    const struct scope *scope = scope_of(sending->app, sending->arena, sending->who);
    bool urgent = !input->to_forum.len;
    sending->field = "from";
    if (!input->from_forum.len ||
        (urgent ? !handover_may_send(scope, input->from_forum)
                : !forum_allows(scope, ACT_RUN_MEETING, input->from_forum, false)))
        return err_set(err, ST_INVALID, "Choose a Forum of yours.");
    sending->field = "to";
    bool there = urgent || area_forum_find(sending->app->area, input->to_forum);
    if (!there || str_eq(input->to_forum, input->from_forum))
        return err_set(err, ST_INVALID, "Choose the Forum that it goes to.");
    if (input->subject && (subject_conflicts(scope, sending->db, input->kind, input->subject) ||
                           !subject_seen(scope, sending->db, input->kind, input->subject)))
        return err_missing(err, "record");
    sending->field = "text";
    *ret_words = str_trim(utf8_clean(sending->arena, str_sub(input->words, 0, 100000), NULL));
    if (!ret_words->len) return err_set(err, ST_INVALID, "Write what they have to know.");
    if (utf8_count(*ret_words) > MEETING_TEXT_MAX)
        return err_set(err, ST_INVALID, "That is %zu characters; %d is the most.",
                       utf8_count(*ret_words), (int)MEETING_TEXT_MAX);
    return ST_OK;
}

static enum st accounts_of(struct db *db, enum query_id id, struct str forum, int64_t *list,
                           size_t most, size_t *count, struct err *err)
{
    struct query *query = db_query(db, id);
    if (id == Q_FORUM_COORDINATORS) db_bind_text(query, 1, forum);
    while (*count < most && db_next(query)) list[(*count)++] = db_int(query, 0);
    return db_end(query, err);
}

/* By mail, to all but whom it concerns. */
static enum st tell(struct sending *sending, int64_t id, struct err *err)
{
    enum { MOST = 200 };
    const struct handover_new *input = sending->input;
    int64_t account[MOST];
    size_t count = 0;
    enum st outcome =
        accounts_of(sending->db, Q_FORUM_COORDINATORS, input->to_forum, account, MOST, &count, err);
    if (outcome == ST_OK && !input->to_forum.len)
        outcome = accounts_of(sending->db, Q_MEETING_CHAIRS, STR(""), account, MOST, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct person person;
        if (account[i] == sending->who->account) continue;
        outcome = account_person_read(sending->app, sending->db, sending->arena, account[i],
                                      &person, err);
        if (outcome == ST_NOT_FOUND) {
            outcome = ST_OK;
            continue;
        }
        if (outcome == ST_OK && input->subject &&
            subject_conflicts(scope_of(sending->app, sending->arena, &person), sending->db,
                              input->kind, input->subject))
            continue;
        if (outcome == ST_OK)
            outcome = mail_add(sending->db, account[i],
                               input->to_forum.len ? MAIL_HANDED_OVER : MAIL_URGENT, id, 0, err);
    }
    return outcome;
}

static enum st send(struct sending *sending, struct err *err)
{
    const struct handover_new *input = sending->input;
    struct str text[2] = {STR(""), STR("")};
    struct data_key key = {0};
    int64_t id = 0;
    enum st outcome = check(sending, &text[0], err);
    if (outcome == ST_OK)
        outcome = record_key_add(sending->app, sending->db, KEY_RECORD, &key, err);
    if (outcome == ST_OK) outcome = db_next_id(sending->db, Q_HANDOVER_LAST, &id, err);
    if (outcome == ST_OK) {
        struct str sealed = field_seal(sending->arena, &key, FIELD_HANDOVER, id,
                                       texts_pack(sending->arena, text, 2));
        struct query *query = db_query(sending->db, Q_HANDOVER_ADD);
        db_bind_int(query, 1, id);
        db_bind_text(query, 2, input->from_forum);
        db_bind_text(query, 3, input->to_forum);
        db_bind_text(query, 4, str_from(item_kind_name(input->kind)));
        db_bind_int(query, 5, input->subject);
        db_bind_text(query, 6, input->to_forum.len ? STR("asked") : STR("told"));
        db_bind_int(query, 7, key.id);
        db_bind_bytes(query, 8, sealed.ptr, sealed.len);
        db_bind_int(query, 9, sending->who->account);
        db_bind_int(query, 10, clock_now());
        outcome = db_run(query, err);
    }
    data_key_clear(&key);
    if (outcome == ST_OK) outcome = tell(sending, id, err);
    if (outcome == ST_OK)
        outcome = access_note(sending->app, sending->db, sending->who->account, AUDIT_DISCLOSURE,
                              input->to_forum.len ? "handed over" : "sent as urgent", "handover",
                              id, "ok", err);
    return outcome;
}

enum st handover_add(struct app *app, const struct person *who, const struct handover_new *input,
                     const char **ret_field, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 256 << 20);
    struct sending sending = {.app = app, .arena = &arena, .who = who, .input = input};
    enum st outcome = store_write_begin(app->store, &sending.db, err);
    if (outcome == ST_OK)
        outcome = store_write_end(app->store, sending.db, send(&sending, err), err);
    *ret_field = sending.field;
    arena_done(&arena);
    return outcome;
}

/* --- answering -------------------------------------------------------------------------------- */

/* One that is for this person. */
static enum st load(struct app *app, struct db *db, struct arena *arena, const struct scope *scope,
                    int64_t id, struct handover *ret, struct data_key *key, struct err *err)
{
    bool leads = false;
    struct query *query = db_query(db, Q_HANDOVER_READ);
    db_bind_int(query, 1, id);
    enum st outcome = db_next(query) ? from_row(app, arena, query, ret, key, err) : ST_NOT_FOUND;
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK) outcome = leads_any(scope, db, &leads, err);
    if (outcome == ST_OK && !for_reader(scope, db, leads, ret)) outcome = ST_NOT_FOUND;
    return outcome == ST_NOT_FOUND ? err_missing(err, "matter") : outcome;
}

static enum st store_answer(struct app *app, struct db *db, struct arena *arena,
                            const struct person *who, const struct handover *row,
                            const struct data_key *key, bool accepts, struct str words,
                            struct err *err)
{
    const struct str text[] = {row->words, words};
    struct str sealed = field_seal(arena, key, FIELD_HANDOVER, row->id, texts_pack(arena, text, 2));
    struct query *query = db_query(db, Q_HANDOVER_ANSWER);
    db_bind_int(query, 1, row->id);
    db_bind_text(query, 2, accepts ? STR("accepted") : STR("declined"));
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    db_bind_int(query, 4, who->account);
    db_bind_int(query, 5, clock_now());
    int64_t id = 0;
    enum st outcome = db_one(query, &id, err);
    if (outcome == ST_NOT_FOUND) return err_set(err, ST_CONFLICT, "Somebody answered it already.");
    if (outcome == ST_OK)
        outcome = access_note(app, db, who->account, AUDIT_ALTERATION,
                              accepts ? "hand-over taken" : "hand-over declined", "handover",
                              row->id, "ok", err);
    return outcome;
}

enum st handover_answer(struct app *app, const struct person *who, int64_t id, bool accepts,
                        struct str words, const char **ret_field, struct err *err)
{
    struct arena arena;
    struct data_key key = {0};
    struct handover row;
    struct db *db;
    arena_init(&arena, 64 << 20);
    *ret_field = "text";
    struct str text = str_trim(utf8_clean(&arena, str_sub(words, 0, 100000), NULL));
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = load(app, db, &arena, scope_of(app, &arena, who), id, &row, &key, err);
        if (outcome == ST_OK && !row.answers)
            outcome = err_set(err, ST_CONFLICT, "It waits for no answer of yours.");
        if (outcome == ST_OK && !text.len)
            outcome = err_set(err, ST_INVALID, "Write why, and who takes it up.");
        if (outcome == ST_OK && utf8_count(text) > MEETING_TEXT_MAX)
            outcome = err_set(err, ST_INVALID, "That is %zu characters; %d is the most.",
                              utf8_count(text), (int)MEETING_TEXT_MAX);
        if (outcome == ST_OK)
            outcome = store_answer(app, db, &arena, who, &row, &key, accepts, text, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    data_key_clear(&key);
    arena_done(&arena);
    return outcome;
}

enum st handover_seen(struct app *app, const struct person *who, int64_t id, struct err *err)
{
    struct arena arena;
    struct handover row;
    struct db *db;
    arena_init(&arena, 64 << 20);
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = load(app, db, &arena, scope_of(app, &arena, who), id, &row, NULL, err);
        if (outcome == ST_OK) {
            struct query *query = db_query(db, Q_HANDOVER_SEE);
            db_bind_int(query, 1, id);
            db_bind_int(query, 2, who->account);
            db_bind_int(query, 3, clock_now());
            outcome = db_run(query, err);
        }
        if (outcome == ST_OK)
            outcome = access_note(app, db, who->account, AUDIT_CONSULTATION, "urgent matter read",
                                  "handover", id, "ok", err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}
