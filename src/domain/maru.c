#include "domain/maru.h"

#include "base/utf8.h"
#include "domain/account.h"
#include "domain/area_desk.h"
#include "domain/area_feedback.h"
#include "domain/area_referral.h"
#include "domain/forward_internal.h"
#include "domain/reason.h"
#include "domain/record.h"
#include "domain/referral.h"
#include "domain/registry.h"
#include "domain/scope.h"

static const struct {
    const char *name;
    const char *label;
    const char *missing;
} questions[MARU_QUESTIONS] = {
    [MARU_WHAT] = {"what", "What do you give, and what do you leave out?",
                   "Say what you give, and what you leave out."},
    [MARU_TO] = {"to", "To whom?", "Choose to whom it goes."},
    [MARU_WHY] = {"why", "Why do they need it?", "Say why they need it."},
    [MARU_NECESSARY] = {"necessary", "Why is it necessary?", "Say why it is necessary."},
    [MARU_PROPORTIONATE] = {"proportionate", "Why is it proportionate: would less not do?",
                            "Say why less would not do."},
};

const char *maru_question_name(enum maru_question question)
{
    return questions[question].name;
}

const char *maru_question_label(enum maru_question question)
{
    return questions[question].label;
}

/* --- sending ------------------------------------------------------------------------------ */

size_t maru_check(struct arena *arena, const struct area *area, struct maru_sending *sending,
                  struct submission_problem ret[static MARU_QUESTIONS])
{
    size_t count = 0;
    for (int i = 0; i < MARU_QUESTIONS; i++) {
        struct str *answer = &sending->answer[i];
        *answer = str_trim(utf8_clean(arena, str_sub(*answer, 0, 100000), NULL));
        struct str wrong = STR("");
        if (!answer->len || (i == MARU_TO && !(area && area_place_find(area, *answer))))
            wrong = str_from(questions[i].missing);
        else if (utf8_count(*answer) > MARU_ANSWER_MAX)
            wrong = str_fmt(arena, "This answer can have at most %d characters.", MARU_ANSWER_MAX);
        if (wrong.len)
            ret[count++] = (struct submission_problem){str_from(questions[i].name), wrong};
    }
    return count;
}

static enum st store_case(struct app *app, struct db *db, struct arena *arena,
                          const struct person *who, int64_t submission,
                          const struct maru_sending *sending, struct err *err)
{
    struct str sealed;
    int64_t id = 0;
    instant_ms now = clock_now();
    enum st outcome = db_next_id(db, Q_MARU_LAST, &id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, submission, FIELD_MARU_PROMPT, id,
                              texts_pack(arena, sending->answer, MARU_QUESTIONS), &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_MARU_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, submission);
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, now);
    db_bind_int(query, 5, area_clock_due(app->area, CLOCK_DECISION, now));
    db_bind_bytes(query, 6, sealed.ptr, sealed.len);
    return db_run(query, err);
}

/* What is sent, and what of it may tell who said so. */
struct sending {
    struct maru_sending words;
    struct telltale_line *line;
    size_t line_count;
};

/* *ret_beside: somebody wrote a version meanwhile, and nothing was sent. */
static enum st store_sending(struct app *app, struct db *db, struct arena *arena,
                             const struct person *who, int64_t submission,
                             const struct sending *with, bool *ret_beside, struct err *err)
{
    const struct maru_sending *sending = &with->words;
    struct stage_state state = {0};
    int64_t last = 0;
    int64_t version = 0;
    int64_t number = 0;
    enum st outcome = stage_load(db, arena, submission, &state, err);
    if (outcome == ST_OK) outcome = forward_check_open(state.stage, err);
    if (outcome == ST_OK) outcome = forward_version_last(db, submission, &last, err);
    if (outcome == ST_OK && last == sending->base)
        outcome = forward_check_looked(with->line_count, sending->looked, err);
    struct forward_new new = {submission, sending->base, &sending->words, false};
    if (outcome == ST_OK)
        outcome = forward_version_add(app, db, arena, who, &new, &version, &number, err);
    *ret_beside = last != sending->base;
    if (outcome == ST_OK && *ret_beside)
        return forward_note_version(app, db, who->account, submission, err);
    if (outcome != ST_OK) return outcome;
    outcome = store_case(app, db, arena, who, submission, sending, err);
    if (outcome == ST_OK)
        outcome = forward_note_looked(app, db, arena, who->account, submission, with->line,
                                      with->line_count, err);
    struct forward_to to = {.stage = STAGE_MARU, .version = version};
    if (outcome == ST_OK) outcome = forward_move(db, &state, &to, err);
    if (outcome != ST_OK) return outcome;
    return forward_note(app, db,
                        &(struct forward_act){.submission = submission,
                                              .kind = "maru",
                                              .action = "submission sent to the referral unit",
                                              .audit = AUDIT_DISCLOSURE,
                                              .account = who->account},
                        err);
}

enum st maru_send(struct app *app, const struct person *who, int64_t submission,
                  const struct maru_sending *given, struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    struct sending sending = {.words = *given};
    struct submission_problem problem[MARU_QUESTIONS];
    struct db *db = NULL;
    bool beside = false;
    enum st outcome =
        forward_allows(app, NULL, &arena, who, submission) ? ST_OK : forward_not_found(err);
    if (outcome == ST_OK && maru_check(&arena, app->area, &sending.words, problem))
        outcome = err_set(err, ST_INVALID, "%.*s", STR_ARG(problem[0].message));
    if (outcome == ST_OK)
        outcome = forward_words_clean(&arena, &given->words, &sending.words.words, err);
    if (outcome == ST_OK)
        outcome = forward_telltales(app, &arena, submission, &given->words, &sending.line,
                                    &sending.line_count, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = forward_allows(app, db, &arena, who, submission)
                      ? store_sending(app, db, &arena, who, submission, &sending, &beside, err)
                      : forward_not_found(err);
        const struct registry_change change = {.what = beside ? REGISTRY_SAME : REGISTRY_STAGE,
                                               .id = submission,
                                               .stage = STAGE_MARU,
                                               .sanitised = true};
        outcome = registry_write_end(app, db, outcome, &change, err);
    }
    if (outcome == ST_OK && beside) outcome = forward_beside(err);
    arena_done(&arena);
    return outcome;
}

/* --- reading ------------------------------------------------------------------------------- */

static enum st name_of(struct app *app, struct db *db, struct arena *arena, int64_t account,
                       struct str *ret, struct err *err)
{
    *ret = STR("");
    return account ? account_name(app, db, arena, account, ret, err) : ST_OK;
}

static enum st case_from_row(struct app *app, struct arena *arena, struct db *db,
                             struct query *query, struct maru_case *ret, struct err *err)
{
    struct str prompt;
    int64_t id = db_int(query, 0);
    int64_t sent_by = db_int(query, 5);
    int64_t outcome_by = db_int(query, 11);
    *ret = (struct maru_case){.id = id,
                              .submission = db_int(query, 1),
                              .reference = str_dup(arena, db_text(query, 2)),
                              .organisation = str_dup(arena, db_text(query, 3)),
                              .urgent = db_int(query, 4) != 0,
                              .sent_at = db_int(query, 6),
                              .due_at = db_int(query, 7),
                              .taken_by = db_int(query, 8),
                              .taken_at = db_int(query, 9),
                              .outcome = str_dup(arena, db_text(query, 10)),
                              .outcome_at = db_int(query, 12),
                              .referral = db_int(query, 13),
                              .revision = db_int(query, 14)};
    enum st outcome = reason_open(app, arena, query, 15, 17, FIELD_MARU_PROMPT, id, &prompt, err);
    if (outcome == ST_OK)
        outcome = reason_open(app, arena, query, 16, 17, FIELD_MARU_WORDS, id, &ret->words, err);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(prompt, ret->answer, MARU_QUESTIONS)) abort(); /* it was authentic */
    outcome = name_of(app, db, arena, sent_by, &ret->sent_by, err);
    if (outcome == ST_OK) outcome = name_of(app, db, arena, ret->taken_by, &ret->taken_name, err);
    return outcome == ST_OK ? name_of(app, db, arena, outcome_by, &ret->outcome_name, err)
                            : outcome;
}

static bool desk_reads(const struct scope *scope, int64_t submission)
{
    return scope_allows(scope, ACT_DESK, submission) &&
           scope_allows(scope, ACT_READ_SUBMISSION, submission);
}

static bool forwards(const struct scope *scope, int64_t submission)
{
    return scope_allows(scope, ACT_FORWARD, submission);
}

static enum st list_cases(struct app *app, struct arena *arena, const struct person *who,
                          bool (*allows)(const struct scope *, int64_t), struct maru_case **ret,
                          size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    scope_person(scope); /* reads it, if it is not: not in the middle of the walk */
    *ret = arena_many(arena, MARU_LIST_MAX, struct maru_case);
    *ret_count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MARU_LIST);
    db_bind_int(query, 1, clock_now() - (instant_ms)MARU_SHOWN_DAYS * 24 * 3600 * 1000);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && *ret_count < MARU_LIST_MAX && db_next(query)) {
        if (!allows(scope, db_int(query, 1))) continue;
        outcome = case_from_row(app, arena, db, query, &(*ret)[*ret_count], err);
        *ret_count += outcome == ST_OK;
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st maru_list(struct app *app, struct arena *arena, const struct person *who,
                  struct maru_case **ret, size_t *ret_count, struct err *err)
{
    return list_cases(app, arena, who, desk_reads, ret, ret_count, err);
}

enum st maru_sent_by(struct app *app, struct arena *arena, const struct person *who,
                     struct maru_case **ret, size_t *ret_count, struct err *err)
{
    return list_cases(app, arena, who, forwards, ret, ret_count, err);
}

static enum st load_case(struct app *app, struct db *db, struct arena *arena, int64_t id,
                         struct maru_case *ret, struct err *err)
{
    struct query *query = db_query(db, Q_MARU_READ);
    db_bind_int(query, 1, id);
    enum st outcome =
        db_next(query) ? case_from_row(app, arena, db, query, ret, err) : ST_NOT_FOUND;
    return db_end_after(query, outcome, err);
}

enum st maru_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                  struct maru_case *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct maru_case found = {0};
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = load_case(app, db, arena, id, &found, err);
    store_read_end(app->store, db);
    /* Asked in both cases: the same work is done for what is not there. */
    bool reads = desk_reads(scope, found.submission);
    if (outcome == ST_NOT_FOUND || (outcome == ST_OK && !reads)) return forward_not_found(err);
    if (outcome == ST_OK) *ret = found;
    return outcome;
}

enum st maru_of_submission(struct app *app, struct arena *arena, int64_t submission,
                           struct maru_case **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, FORWARD_LIST_MAX, struct maru_case);
    *ret_count = 0;
    struct query *query = db_query(db, Q_MARU_OF_SUBMISSION);
    db_bind_int(query, 1, submission);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && *ret_count < FORWARD_LIST_MAX && db_next(query)) {
        outcome = case_from_row(app, arena, db, query, &(*ret)[*ret_count], err);
        *ret_count += outcome == ST_OK;
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- the unit's side ------------------------------------------------------------------------- */

static enum st changed(struct err *err)
{
    return err_set(
        err, ST_CONFLICT,
        "Somebody else at the desk changed this meanwhile. Look at it as it stands now.");
}

/* Reads it afresh, and whether it still stands as `revision` does. */
static enum st open_case(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                         int64_t revision, struct maru_case *ret, struct err *err)
{
    struct person asker = *who;
    asker.scope = NULL;
    enum st outcome = maru_read(app, arena, &asker, id, ret, err);
    if (outcome == ST_OK && (ret->revision != revision || ret->outcome.len)) return changed(err);
    return outcome;
}

static enum st note_desk(struct app *app, struct db *db, const struct person *who,
                         const struct maru_case *one, const char *action, struct str code,
                         struct err *err)
{
    return forward_note(app, db, &(struct forward_act){.submission = one->submission,
                                                       .kind = "maru-desk",
                                                       .code = code,
                                                       .action = action,
                                                       .audit = AUDIT_ALTERATION,
                                                       .account = who->account}, err);
}

/* ST_NOT_FOUND of the row's own condition: somebody was quicker. */
static enum st quicker(enum st outcome, struct err *err)
{
    return outcome == ST_NOT_FOUND || outcome == ST_CONFLICT ? changed(err) : outcome;
}

static enum st store_take(struct app *app, struct db *db, const struct person *who,
                          const struct maru_case *one, struct err *err)
{
    int64_t found = 0;
    struct query *query = db_query(db, Q_MARU_TAKE);
    db_bind_int(query, 1, one->id);
    db_bind_int(query, 2, one->revision);
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, clock_now());
    enum st outcome = quicker(db_one(query, &found, err), err);
    if (outcome != ST_OK) return outcome;
    return note_desk(app, db, who, one, "taken on at the desk", STR(""), err);
}

enum st maru_take(struct app *app, const struct person *who, int64_t id, int64_t revision,
                  struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    struct maru_case one;
    struct db *db = NULL;
    enum st outcome = open_case(app, &arena, who, id, revision, &one, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK)
        outcome = store_write_end(app->store, db, store_take(app, db, who, &one, err), err);
    arena_done(&arena);
    return outcome;
}

struct answering {
    struct str outcome;
    struct str words;
};

static bool gives_back(const struct answering *answering)
{
    return str_eq(answering->outcome, STR(AREA_MARU_BACK));
}

static enum st store_answer(struct app *app, struct db *db, struct arena *arena,
                            const struct person *who, const struct maru_case *one,
                            const struct answering *answering, struct err *err)
{
    struct str sealed = STR("");
    int64_t found = 0;
    struct stage_state state = {0};
    enum st outcome = stage_load(db, arena, one->submission, &state, err);
    if (outcome == ST_OK && answering->words.len)
        outcome = reason_seal(app, db, arena, one->submission, FIELD_MARU_WORDS, one->id,
                              answering->words, &sealed, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_MARU_ANSWER);
    db_bind_int(query, 1, one->id);
    db_bind_int(query, 2, one->revision);
    db_bind_text(query, 3, answering->outcome);
    db_bind_int(query, 4, who->account);
    db_bind_int(query, 5, clock_now());
    db_bind_bytes_or_null(query, 6, sealed);
    outcome = quicker(db_one(query, &found, err), err);
    if (outcome == ST_OK && gives_back(answering))
        outcome =
            forward_move(db, &state, &(struct forward_to){.stage = STAGE_REPRESENTATIVE}, err);
    if (outcome != ST_OK) return outcome;
    return note_desk(app, db, who, one, "answered by the referral unit", answering->outcome, err);
}

static enum st answer(struct app *app, struct arena *arena, const struct person *who,
                      const struct maru_case *one, const struct answering *answering,
                      struct err *err)
{
    struct db *db = NULL;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    const struct registry_change change = {.what = gives_back(answering) ? REGISTRY_STAGE
                                                                         : REGISTRY_SAME,
                                           .id = one->submission,
                                           .stage = STAGE_REPRESENTATIVE};
    return registry_write_end(app, db, store_answer(app, db, arena, who, one, answering, err),
                              &change, err);
}

enum st maru_answer(struct app *app, const struct person *who, int64_t id, int64_t revision,
                    struct str outcome_code, struct str words, struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    struct maru_case one;
    struct answering answering = {
        .outcome = outcome_code,
        .words = str_trim(utf8_clean(&arena, str_sub(words, 0, 100000), NULL))};
    enum st outcome = open_case(app, &arena, who, id, revision, &one, err);
    /* A referral is made of it, or it is not: that one is not for the asking. */
    if (outcome == ST_OK && (!area_reason_find(app->area, AREA_REASON_MARU, outcome_code) ||
                             str_eq(outcome_code, STR(AREA_MARU_REFERRED))))
        outcome = err_set(err, ST_INVALID, "Choose what comes of it.");
    if (outcome == ST_OK && gives_back(&answering) && !answering.words.len)
        outcome = err_set(err, ST_INVALID, "Tell the representative why you give it back.");
    if (outcome == ST_OK && utf8_count(answering.words) > MARU_ANSWER_MAX)
        outcome =
            err_set(err, ST_INVALID, "Your words can have at most %d characters.", MARU_ANSWER_MAX);
    if (outcome == ST_OK) outcome = answer(app, &arena, who, &one, &answering, err);
    arena_done(&arena);
    return outcome;
}

/* --- a referral out of it --------------------------------------------------------------------- */

/* What the referral is about, in the words that were sent. */
static enum st write_reason(struct app *app, struct arena *arena, const struct person *who,
                            const struct maru_case *one, int64_t referral, struct err *err)
{
    struct submission submission;
    struct referral_head head = {0};
    struct referral_clash clash;
    size_t clashes = 0;
    int64_t version = 0;
    const struct question *question =
        questions_find(area_referral(app->area), STR("concern-reason"));
    enum st outcome = submission_read(app, arena, who, one->submission, &submission, err);
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, err) : NULL;
    if (outcome == ST_OK && !db) return ST_FAILED;
    if (outcome == ST_OK) outcome = referral_load_head(db, arena, referral, &head, err);
    if (db) store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    /* Whose it was, and who sent it on, stands at the desk: these words go into records. */
    struct str words = str_fmt(arena, "%.*s\n\n%.*s %.*s\n\nFrom submission %.*s.",
                               STR_ARG(submission.narrative), STR_ARG(submission.when_text),
                               STR_ARG(submission.where_text), STR_ARG(one->reference));
    struct referral_given given = {question, {ANSWER_GIVEN, words}};
    return referral_save(app, who, referral, 0, head.version, &given, 1, &clash, &clashes, arena,
                         &version, err);
}

static enum st store_refer(struct app *app, struct db *db, const struct person *who,
                           const struct maru_case *one, int64_t referral, struct err *err)
{
    int64_t found = 0;
    struct query *query = db_query(db, Q_MARU_REFER);
    db_bind_int(query, 1, one->id);
    db_bind_int(query, 2, one->revision);
    db_bind_int(query, 3, referral);
    db_bind_int(query, 4, who->account);
    db_bind_int(query, 5, clock_now());
    enum st outcome = quicker(db_one(query, &found, err), err);
    if (outcome != ST_OK) return outcome;
    return note_desk(app, db, who, one, "referral begun of it", STR(""), err);
}

/* A draft that nothing waits for is not left in the officer's list. */
static void give_up(struct app *app, const struct person *who, int64_t referral)
{
    struct err ignored = {0};
    (void)!referral_withdraw(app, who, referral, STR("Somebody else at the desk was first."),
                             &ignored);
}

enum st maru_refer(struct app *app, const struct person *who, int64_t id, int64_t revision,
                   int64_t *ret_referral, struct err *err)
{
    struct arena arena;
    struct maru_case one;
    struct db *db = NULL;
    int64_t referral = 0;
    arena_init(&arena, 32 << 20);
    enum st outcome = open_case(app, &arena, who, id, revision, &one, err);
    if (outcome == ST_OK) outcome = referral_begin(app, who, one.answer[MARU_TO], &referral, err);
    if (outcome == ST_OK) outcome = write_reason(app, &arena, who, &one, referral, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK)
        outcome =
            store_write_end(app->store, db, store_refer(app, db, who, &one, referral, err), err);
    if (outcome == ST_OK)
        *ret_referral = referral;
    else if (referral)
        give_up(app, who, referral);
    arena_done(&arena);
    return outcome;
}

enum st maru_referral_sent(struct app *app, struct db *db, const struct person *who,
                           int64_t referral, struct err *err)
{
    struct query *query = db_query(db, Q_MARU_REFERRED);
    db_bind_int(query, 1, referral);
    db_bind_text(query, 2, STR(AREA_MARU_REFERRED));
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, clock_now());
    struct maru_case one = {0};
    enum st outcome = db_one(query, &one.submission, err);
    if (outcome == ST_NOT_FOUND) return ST_OK; /* it was made of nothing that was sent here */
    if (outcome != ST_OK) return outcome;
    return note_desk(app, db, who, &one, "answered by the referral unit", STR(AREA_MARU_REFERRED),
                     err);
}

enum st maru_referral_withdrawn(struct db *db, int64_t referral, struct err *err)
{
    struct query *query = db_query(db, Q_MARU_UNREFERRED);
    db_bind_int(query, 1, referral);
    return db_run(query, err);
}
