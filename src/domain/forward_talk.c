/*
 * What waits, questions to whoever sent it, and words that may tell who that is.
 */
#include "base/utf8.h"
#include "domain/area_feedback.h"
#include "domain/forward_internal.h"
#include "domain/phrase.h"
#include "domain/reason.h"
#include "domain/scope.h"

enum st forward_inbox(struct app *app, struct arena *arena, const struct person *who, struct forward_line **ret,
                      size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    scope_person(scope); /* reads it, if it is not: not in the middle of the walk */
    *ret = arena_many(arena, FORWARD_LIST_MAX, struct forward_line);
    *ret_count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_STAGE_WAITING);
    while (*ret_count < FORWARD_LIST_MAX && db_next(query)) {
        if (!scope_allows(scope, ACT_FORWARD, db_int(query, 0))) continue;
        (*ret)[(*ret_count)++] = (struct forward_line){.submission = db_int(query, 0),
                                                       .urgent = db_int(query, 1) != 0,
                                                       .since = db_int(query, 2),
                                                       .held = str_eq(db_text(query, 3), STR("held"))};
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st forward_opened(struct app *app, int64_t submission, struct err *err)
{
    struct db *db = NULL;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_STAGE_OPENED);
    db_bind_int(query, 1, submission);
    db_bind_int(query, 2, clock_now());
    return store_write_end(app->store, db, db_run(query, err), err);
}

/* --- questions --------------------------------------------------------------------------- */

static enum st store_question(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                              int64_t submission, struct str words, struct err *err)
{
    struct stage_state state = {0};
    struct str sealed;
    int64_t id = 0;
    enum st outcome = stage_load(db, arena, submission, &state, err);
    if (outcome == ST_OK) outcome = forward_check_open(state.stage, err);
    if (outcome == ST_OK) outcome = db_next_id(db, Q_QUESTION_LAST, &id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, submission, FIELD_SUBMISSION_QUESTION, id, words, &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_QUESTION_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, submission);
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, clock_now());
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return forward_note(app, db, &(struct forward_act){.submission = submission, .kind = "asked",
                                                       .action = "sender asked", .audit = AUDIT_ALTERATION,
                                                       .account = who->account}, err);
}

static enum st store_answer(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                            int64_t submission, struct str words, struct err *err)
{
    struct str sealed;
    int64_t id = 0;
    struct query *query = db_query(db, Q_QUESTION_OPEN);
    db_bind_int(query, 1, submission);
    enum st outcome = db_one(query, &id, err);
    if (outcome == ST_OK && !id) return err_set(err, ST_CONFLICT, "Nothing is asked about it, or it was answered already.");
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, submission, FIELD_SUBMISSION_ANSWER, id, words, &sealed, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_QUESTION_ANSWER);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, submission);
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    db_bind_int(query, 4, clock_now());
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return forward_note(app, db, &(struct forward_act){.submission = submission, .kind = "answered",
                                                       .action = "sender answered", .audit = AUDIT_ALTERATION,
                                                       .by_source = true, .account = who->account}, err);
}

typedef enum st store_words(struct app *, struct db *, struct arena *, const struct person *, int64_t, struct str,
                            struct err *);

static enum st write_words(struct app *app, const struct person *who, int64_t submission, bool allowed,
                           struct str given, store_words *store, struct err *err)
{
    if (!allowed) return forward_not_found(err);
    struct arena arena;
    arena_init(&arena, 4 << 20);
    struct db *db = NULL;
    struct str words = STR("");
    enum st outcome = reason_clean(&arena, given, &words, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK)
        outcome = store_write_end(app->store, db, store(app, db, &arena, who, submission, words, err), err);
    arena_done(&arena);
    return outcome;
}

enum st forward_ask(struct app *app, const struct person *who, int64_t submission, struct str words,
                    struct err *err)
{
    struct arena arena;
    arena_init(&arena, 16 << 20);
    bool allowed = forward_allows(app, &arena, who, submission);
    arena_done(&arena);
    return write_words(app, who, submission, allowed, words, store_question, err);
}

enum st forward_answer(struct app *app, const struct person *who, int64_t submission, struct str words,
                       struct err *err)
{
    struct arena arena;
    struct record record;
    struct person asker = *who;
    asker.scope = NULL;
    arena_init(&arena, 16 << 20);
    bool own = scope_record(scope_of(app, &arena, &asker), submission, &record) && record.account == who->account;
    arena_done(&arena);
    return write_words(app, who, submission, own, words, store_answer, err);
}

enum st forward_questions(struct app *app, struct arena *arena, int64_t submission, struct forward_question **ret,
                          size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, FORWARD_LIST_MAX, struct forward_question);
    *ret_count = 0;
    struct query *query = db_query(db, Q_QUESTION_LIST);
    db_bind_int(query, 1, submission);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && *ret_count < FORWARD_LIST_MAX && db_next(query)) {
        struct forward_question *line = &(*ret)[(*ret_count)++];
        *line = (struct forward_question){.id = db_int(query, 0), .asked_at = db_int(query, 1), .answered_at = db_int(query, 2)};
        outcome = reason_open(app, arena, query, 3, 5, FIELD_SUBMISSION_QUESTION, line->id, &line->question, err);
        if (outcome == ST_OK && line->answered_at)
            outcome = reason_open(app, arena, query, 4, 5, FIELD_SUBMISSION_ANSWER, line->id, &line->answer, err);
    }
    enum st ended = db_end(query, outcome == ST_OK ? err : NULL);
    store_read_end(app->store, db);
    return outcome != ST_OK ? outcome : ended;
}

/* --- words that tell who ------------------------------------------------------------------ */

/* The longest phrase that begins here; 0 when none does. */
static size_t longest_at(const struct area *area, struct str text, size_t at, struct str *ret_tells)
{
    size_t count = 0;
    size_t longest = 0;
    const struct area_reason *kind = area_reasons(area, AREA_REASON_SOURCE, &count);
    for (size_t i = 0; i < count; i++) {
        struct str rest = kind[i].words;
        struct str phrase;
        size_t end;
        while (str_split(&rest, '\n', &phrase)) {
            if (!phrase_at(text, at, phrase, &end) || end - at <= longest) continue;
            longest = end - at;
            *ret_tells = kind[i].label;
        }
    }
    return longest;
}

size_t source_words_find(const struct area *area, struct str text, size_t maximum, struct source_word *ret)
{
    size_t count = 0;
    size_t free_from = 0;
    bool at_start = true; /* of a word */
    for (size_t at = 0; area && at < text.len && count < maximum;) {
        struct str tells = STR("");
        size_t size = at_start && at >= free_from ? longest_at(area, text, at, &tells) : 0;
        if (size) {
            ret[count++] = (struct source_word){at, size, tells};
            free_from = at + size;
        }
        phrase_step(text, &at, &at_start);
    }
    return count;
}
