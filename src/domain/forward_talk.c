/*
 * What waits, and questions to whoever sent it.
 */
#include "base/utf8.h"
#include "domain/account.h"
#include "domain/area_desk.h"
#include "domain/area_feedback.h"
#include "domain/danger.h"
#include "domain/forward_internal.h"
#include "domain/handling.h"
#include "domain/phrase.h"
#include "domain/reason.h"
#include "domain/scope.h"

enum st forward_inbox(struct app *app, struct arena *arena, const struct person *who,
                      struct forward_line **ret, size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    scope_person(scope); /* reads it, if it is not: not in the middle of the walk */
    *ret = arena_many(arena, FORWARD_INBOX_MAX, struct forward_line);
    *ret_count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_STAGE_WAITING);
    while (*ret_count < FORWARD_INBOX_MAX && db_next(query)) {
        if (!scope_allows(scope, ACT_FORWARD, db_int(query, 0))) continue;
        instant_ms since = db_int(query, 2);
        (*ret)[(*ret_count)++] =
            (struct forward_line){.submission = db_int(query, 0),
                                  .urgent = db_int(query, 1) != 0,
                                  .since = since,
                                  .held = str_eq(db_text(query, 3), STR("held")),
                                  .came = db_int(query, 4),
                                  .due = area_clock_due(app->area, CLOCK_REPRESENTATIVE, since)};
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

bool forward_is_late(const struct forward_line *line)
{
    return line->due && clock_now() > line->due;
}

/* --- to which Forum ----------------------------------------------------------------------- */

static bool names_town(struct str text, struct str town)
{
    bool at_start = true;
    size_t end = 0;
    for (size_t at = 0; at < text.len;) {
        if (at_start && phrase_at(text, at, town, &end)) return true;
        phrase_step(text, &at, &at_start);
    }
    return false;
}

static struct str forum_of(const struct area *area, struct str text)
{
    size_t count = 0;
    const struct area_forum *forum = area_forums(area, &count);
    for (size_t i = 0; i < count; i++) {
        struct str rest = forum[i].covers;
        struct str town;
        while (str_split(&rest, '\n', &town))
            if (town.len && names_town(text, town)) return forum[i].id;
    }
    return STR("");
}

struct str forward_suggest_forum(const struct area *area, const struct submission *submission)
{
    struct str found = area ? forum_of(area, submission->where_text) : STR("");
    for (size_t i = 0; area && i < submission->mention_count && !found.len; i++)
        for (int field = 0; field < LINK_FIELDS && !found.len; field++)
            if (submission->mention[i].kind == LINK_PLACE)
                found = forum_of(area, submission->mention[i].field[field]);
    if (area && !found.len) found = forum_of(area, submission->narrative);
    return found.len ? found : submission->forum;
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

/* Words to be stored. */
struct saying {
    struct app *app;
    struct arena *arena;
    struct db *db;
    const struct person *who;
    int64_t submission;
    int64_t question; /* to which it is the answer; 0: the oldest */
    struct str words;
};

static enum st store_question(const struct saying *say, struct err *err)
{
    struct stage_state state = {0};
    struct str sealed;
    int64_t id = 0;
    if (!forward_allows(say->app, say->db, say->arena, say->who, say->submission))
        return forward_not_found(err);
    enum st outcome = stage_load(say->db, say->arena, say->submission, &state, err);
    if (outcome == ST_OK) outcome = forward_check_open(state.stage, err);
    if (outcome == ST_OK) outcome = db_next_id(say->db, Q_QUESTION_LAST, &id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(say->app, say->db, say->arena, say->submission,
                              FIELD_SUBMISSION_QUESTION, id, say->words, &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(say->db, Q_QUESTION_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, say->submission);
    db_bind_int(query, 3, say->who->account);
    db_bind_int(query, 4, clock_now());
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return forward_note(say->app, say->db,
                        &(struct forward_act){.submission = say->submission,
                                              .kind = "asked",
                                              .action = "sender asked",
                                              .audit = AUDIT_ALTERATION,
                                              .account = say->who->account},
                        err);
}

static enum st note_danger(const struct saying *say, struct err *err)
{
    if (!say->app->area || !danger_find(say->arena, say->app->area, say->words).len) return ST_OK;
    struct query *query = db_query(say->db, Q_STAGE_URGENT);
    db_bind_int(query, 1, say->submission);
    return db_run(query, err);
}

static enum st store_answer(const struct saying *say, struct err *err)
{
    struct str sealed;
    int64_t id = 0;
    struct query *query = db_query(say->db, Q_QUESTION_OPEN);
    db_bind_int(query, 1, say->submission);
    db_bind_int(query, 2, say->question);
    enum st outcome = db_one(query, &id, err);
    if (outcome == ST_OK && !id)
        return err_set(err, ST_CONFLICT, "That is not asked any more, or it was answered already.");
    if (outcome == ST_OK)
        outcome = reason_seal(say->app, say->db, say->arena, say->submission,
                              FIELD_SUBMISSION_ANSWER, id, say->words, &sealed, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(say->db, Q_QUESTION_ANSWER);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, say->submission);
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    db_bind_int(query, 4, clock_now());
    outcome = db_run(query, err);
    if (outcome == ST_OK) outcome = note_danger(say, err);
    if (outcome != ST_OK) return outcome;
    return forward_note(say->app, say->db,
                        &(struct forward_act){.submission = say->submission,
                                              .kind = "answered",
                                              .action = "sender answered",
                                              .audit = AUDIT_ALTERATION,
                                              .by_source = true,
                                              .account = say->who->account},
                        err);
}

/* `missing` is said where nothing was written. */
static enum st say_words(struct saying *say, const char *missing,
                         enum st (*store)(const struct saying *, struct err *), struct err *err)
{
    struct arena arena;
    arena_init(&arena, 4 << 20);
    say->arena = &arena;
    say->words = str_trim(utf8_clean(&arena, str_sub(say->words, 0, 100000), NULL));
    enum st outcome = ST_OK;
    if (!say->words.len)
        outcome = err_set(err, ST_INVALID, "%s", missing);
    else if (utf8_count(say->words) > FORWARD_WORDS_MAX)
        outcome = err_set(err, ST_INVALID, "It can have at most %d characters.", FORWARD_WORDS_MAX);
    if (outcome == ST_OK) outcome = store_write_begin(say->app->store, &say->db, err);
    if (outcome == ST_OK) outcome = store_write_end(say->app->store, say->db, store(say, err), err);
    arena_done(&arena);
    return outcome;
}

enum st forward_ask(struct app *app, const struct person *who, int64_t submission, struct str words,
                    struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    bool allowed = forward_allows(app, NULL, &arena, who, submission);
    arena_done(&arena);
    if (!allowed) return forward_not_found(err);
    struct saying say = {.app = app, .who = who, .submission = submission, .words = words};
    return say_words(&say, "Write what you want to ask.", store_question, err);
}

enum st forward_answer(struct app *app, const struct person *who, int64_t submission,
                       int64_t question, struct str words, struct err *err)
{
    struct arena arena;
    struct record record;
    struct person asker = *who;
    asker.scope = NULL;
    arena_init(&arena, SCOPE_MEMORY);
    bool own = scope_record(scope_of(app, &arena, &asker), submission, &record) &&
               record.account == who->account;
    arena_done(&arena);
    if (!own) return forward_not_found(err);
    struct saying say = {
        .app = app, .who = who, .submission = submission, .question = question, .words = words};
    return say_words(&say, "Write your answer.", store_answer, err);
}

enum st forward_asks(struct app *app, int64_t submission, bool *ret, struct err *err)
{
    int64_t question = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_QUESTION_OPEN);
    db_bind_int(query, 1, submission);
    db_bind_int(query, 2, 0);
    enum st outcome = db_one(query, &question, err);
    store_read_end(app->store, db);
    *ret = question != 0;
    return outcome;
}

enum st forward_questions(struct app *app, struct arena *arena, int64_t submission,
                          struct forward_question **ret, size_t *ret_count, struct err *err)
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
        *line = (struct forward_question){
            .id = db_int(query, 0), .asked_at = db_int(query, 1), .answered_at = db_int(query, 2)};
        outcome = reason_open(app, arena, query, 3, 5, FIELD_SUBMISSION_QUESTION, line->id,
                              &line->question, err);
        if (outcome == ST_OK && line->answered_at)
            outcome = reason_open(app, arena, query, 4, 5, FIELD_SUBMISSION_ANSWER, line->id,
                                  &line->answer, err);
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- what was done --------------------------------------------------------------------------- */

enum st forward_events(struct app *app, struct arena *arena, int64_t submission,
                       struct forward_event **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, FORWARD_LIST_MAX, struct forward_event);
    *ret_count = 0;
    struct query *query = db_query(db, Q_EVENT_LIST);
    db_bind_int(query, 1, submission);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && *ret_count < FORWARD_LIST_MAX && db_next(query)) {
        struct forward_event *event = &(*ret)[*ret_count];
        int64_t account = db_int(query, 3);
        *event = (struct forward_event){.kind = str_dup(arena, db_text(query, 1)),
                                        .code = str_dup(arena, db_text(query, 2)),
                                        .at = db_int(query, 4)};
        outcome = reason_open(app, arena, query, 5, 6, FIELD_SUBMISSION_EVENT, db_int(query, 0),
                              &event->words, err);
        if (outcome == ST_OK && account)
            outcome = account_name(app, db, arena, account, &event->who, err);
        *ret_count += outcome == ST_OK;
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    return outcome;
}

static struct str handling_words(struct arena *arena, const struct area *area,
                                 const struct forward_event *event)
{
    struct str code[2];
    struct str label[2];
    if (!handling_change_read(event->code, &code[0], &code[1])) return event->code;
    for (int i = 0; i < 2; i++) {
        const struct area_handling *known = area ? area_handling_find(area, code[i]) : NULL;
        label[i] = known ? known->label : code[i];
    }
    if (str_eq(code[0], code[1]))
        return str_fmt(arena, "More organisations were named that may see it: “%.*s”",
                       STR_ARG(label[0]));
    return str_fmt(arena, "Who may see it was changed from “%.*s” to “%.*s”", STR_ARG(label[0]),
                   STR_ARG(label[1]));
}

struct str forward_event_label(struct arena *arena, const struct area *area,
                               const struct forward_event *event)
{
    static const struct {
        const char *kind;
        const char *label;
        enum area_reason_kind code;
    } labels[] = {{"held", "Held", AREA_REASON_HOLD},
                  {"returned", "Returned", AREA_REASON_RETURN},
                  {"shared", "Shared with a Forum", 0},
                  {"withdrawn", "Withdrawn", 0},
                  {"version", "A version was kept", 0},
                  {"asked", "Asked", 0},
                  {"answered", "Answered", 0},
                  {"looked", "Looked at what may tell who said so: none of it does", 0},
                  {"maru", "Sent to the referral unit", 0},
                  {"maru-desk", "At the referral unit", AREA_REASON_MARU}};
    if (str_eq(event->kind, STR(HANDLING_BY_REPRESENTATIVE)) ||
        str_eq(event->kind, STR(HANDLING_BY_ANYBODY)))
        return handling_words(arena, area, event);
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (!str_eq(event->kind, str_from(labels[i].kind))) continue;
        if (!event->code.len) return str_from(labels[i].label);
        return str_fmt(arena, "%s: %.*s", labels[i].label,
                       STR_ARG(area_reason_label(area, labels[i].code, event->code)));
    }
    return event->kind;
}
