/*
 * What the desk does: one function for each step, in one write transaction with its event and
 * its line in the audit.
 */
#include "domain/desk_internal.h"

#include "base/names.h"
#include "base/utf8.h"
#include "domain/account.h"
#include "domain/scope.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const names[DESK_ACTIONS] = {
    [DESK_DO_TAKE] = "take",
    [DESK_DO_RATE] = "rating",
    [DESK_DO_CHECK] = "check",
    [DESK_DO_CHECK_ANSWER] = "check-answer",
    [DESK_DO_CHECK_WITHDRAW] = "check-withdraw",
    [DESK_DO_DECIDE] = "decision",
    [DESK_DO_MEET] = "meeting",
    [DESK_DO_MEETING_DAY] = "meeting-day",
    [DESK_DO_CONFERENCE] = "conference",
    [DESK_DO_NO_CONFERENCE] = "no-conference",
    [DESK_DO_ASSESSED] = "assessment",
    [DESK_DO_WORKER] = "worker",
    [DESK_DO_DISAGREE] = "disagreement",
    [DESK_DO_ESCALATE] = "escalate",
    [DESK_DO_AGREE] = "settle",
    [DESK_DO_TRANSFER] = "transfer",
    [DESK_DO_TRANSFER_ANSWER] = "transfer-answer",
    [DESK_DO_FEEDBACK] = "feedback",
    [DESK_DO_CLOSE] = "close",
    [DESK_DO_SIGN_OFF] = "sign-off",
    [DESK_DO_REOPEN] = "reopen",
    [DESK_DO_NOTE] = "note",
};

const char *desk_action_name(enum desk_action action)
{
    return names[action];
}

bool desk_action_from_name(struct str name, enum desk_action *ret)
{
    int place = name_place(name, names, DESK_ACTIONS);
    if (place >= 0) *ret = (enum desk_action)place;
    return place >= 0;
}

/* --- what can be done now ------------------------------------------------------------------- */

static enum st not_now(struct err *err, const char *why)
{
    return err_set(err, ST_CONFLICT, "%s", why);
}

static bool waits_for_conference(const struct desk_case *desk)
{
    return desk->conference_due && !desk_conference_ended(desk);
}

enum st desk_news_unread(const struct desk_case *desk, struct err *err)
{
    if (!desk_has_news(desk)) return ST_OK;
    return not_now(err, "The referrer added something. Read it, and write down in a note what "
                        "follows from it.");
}

/* What still stands in the way of closing. */
static enum st can_close(const struct area *area, const struct desk_case *desk, struct err *err)
{
    if (desk->state != DESK_DECIDED)
        return not_now(err, "Decide first: nothing closes without an outcome.");
    enum st enquiry = desk_enquiry_missing(area, desk, err);
    if (enquiry != ST_OK) return enquiry;
    if (!desk->feedback_at)
        return not_now(err, "Tell the referrer first: nothing closes without feedback.");
    if (desk->checks_open)
        return not_now(err, "A partner check is open. Wait for its answer, or withdraw it.");
    if (desk->stage.len) return not_now(err, "A disagreement is open. Settle it first.");
    if (desk->transfer_from && !desk->transfer_at)
        return not_now(err, "The other area has not accepted the transfer yet.");
    if (waits_for_conference(desk))
        return not_now(err, "The child protection conference is still to be held. Or say that none "
                            "is needed, and why.");
    if (desk->assessment_due && !desk->assessment_at)
        return not_now(err, "The assessment is not finished yet.");
    return desk_news_unread(desk, err);
}

static enum st can_while_open(const struct area *area, const struct desk_case *desk,
                              enum desk_action action, struct err *err)
{
    bool pending = desk->transfer_from && !desk->transfer_at;
    switch (action) {
    case DESK_DO_CHECK_ANSWER:
    case DESK_DO_CHECK_WITHDRAW:
        return desk->checks_open ? ST_OK : not_now(err, "No partner check is open.");
    case DESK_DO_CONFERENCE:
    case DESK_DO_NO_CONFERENCE:
        return waits_for_conference(desk) ? ST_OK : not_now(err, "No conference is due.");
    case DESK_DO_MEETING_DAY:
        return desk->meeting_count ? ST_OK : not_now(err, "No meeting is written down.");
    case DESK_DO_ASSESSED:
        return desk->assessment_due && !desk->assessment_at ? ST_OK
                                                            : not_now(err, "No assessment is due.");
    case DESK_DO_DISAGREE:
        return desk->stage.len ? not_now(err, "A disagreement is open already.") : ST_OK;
    case DESK_DO_ESCALATE:
    case DESK_DO_AGREE:
        return desk->stage.len ? ST_OK : not_now(err, "No disagreement is open.");
    case DESK_DO_TRANSFER:
        return pending ? not_now(err, "A transfer waits for an answer already.") : ST_OK;
    case DESK_DO_TRANSFER_ANSWER:
        return pending ? ST_OK : not_now(err, "No transfer waits for an answer.");
    case DESK_DO_CLOSE:
        return can_close(area, desk, err);
    default: return ST_OK;
    }
}

enum st desk_can(const struct area *area, const struct desk_case *desk, const struct person *who,
                 enum desk_action action, struct err *err)
{
    if (action == DESK_DO_NOTE) return ST_OK;
    if (action == DESK_DO_REOPEN)
        return desk->state == DESK_CLOSED ? ST_OK : not_now(err, "The case is open.");
    if (desk->state == DESK_CLOSED) return not_now(err, "The case is closed. Open it again first.");
    if (action == DESK_DO_SIGN_OFF) {
        if (desk->state != DESK_CLOSING)
            return not_now(err, "Nobody has asked to close this case.");
        return desk->closing_by == who->account
                   ? not_now(err,
                             "You gave the first sign-off. The second has to be another person’s.")
                   : ST_OK;
    }
    if (desk->state == DESK_CLOSING)
        return not_now(
            err,
            "The case waits for the second sign-off. Refuse that first if more is to be done.");
    return can_while_open(area, desk, action, err);
}

/* --- a change --------------------------------------------------------------------------------- */

enum st desk_wrong(struct desk_act *act, const char *field, struct err *err, const char *format,
                   ...)
{
    char text[240];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    act->field = field;
    return err_set(err, ST_INVALID, "%s", text);
}

enum st desk_text(struct desk_act *act, struct str text, const char *field, const char *what,
                  struct str *ret, struct err *err)
{
    *ret = str_trim(utf8_clean(act->arena, str_sub(text, 0, 100000), NULL));
    if (!ret->len) return desk_wrong(act, field, err, "Write %s.", what);
    if (utf8_count(*ret) <= DESK_TEXT_MAX) return ST_OK;
    return desk_wrong(act, field, err, "That is %zu characters; %d is the most.", utf8_count(*ret),
                      DESK_TEXT_MAX);
}

static enum st ensure_row(struct desk_act *act, struct err *err)
{
    if (act->desk.version) return ST_OK;
    struct query *query = db_query(act->db, Q_DESK_CASE_ADD);
    db_bind_int(query, 1, act->desk.referral);
    db_bind_int(query, 2, act->desk.came_at);
    db_bind_int(query, 3, act->desk.decision_due);
    act->desk.version = 1;
    return db_run(query, err);
}

enum st desk_act_begin(struct desk_act *act, int64_t referral, struct err *err)
{
    act->now = clock_now();
    act->audit = AUDIT_ALTERATION;
    enum st outcome = store_write_begin(act->app->store, &act->db, err);
    if (outcome != ST_OK) return outcome;
    outcome = desk_load(act->app, act->db, act->arena, referral, &act->desk, &act->key, err);
    if (outcome == ST_OK) outcome = ensure_row(act, err);
    if (outcome == ST_OK) return ST_OK;
    data_key_clear(&act->key);
    return store_write_end(act->app->store, act->db, outcome, err);
}

static enum st store_case(struct desk_act *act, struct err *err)
{
    const struct desk_case *d = &act->desk;
    struct query *query = db_query(act->db, Q_DESK_CASE_SET);
    db_bind_int(query, 1, d->referral);
    db_bind_int(query, 2, d->version);
    db_bind_text(query, 3, str_from(desk_state_name(d->state)));
    db_bind_text(query, 4, d->rating);
    db_bind_int_or_null(query, 5, d->owner);
    db_bind_int(query, 6, d->came_at);
    db_bind_int(query, 7, d->decision_due);
    db_bind_int_or_null(query, 8, d->decided_at);
    db_bind_int_or_null(query, 9, d->decided_by);
    db_bind_text(query, 10, d->outcome);
    const instant_ms instants[] = {d->first_decided_at, d->first_feedback_at, d->feedback_due,
                                   d->feedback_at,      d->assessment_due,    d->assessment_at,
                                   d->conference_from,  d->conference_due,    d->conference_at};
    for (int i = 0; i < 9; i++) db_bind_int_or_null(query, 11 + i, instants[i]);
    db_bind_text(query, 20, d->stage);
    db_bind_int_or_null(query, 21, d->stage_from);
    db_bind_int_or_null(query, 22, d->stage_due);
    db_bind_text(query, 23, d->boundary);
    const instant_ms later[] = {d->transfer_from, d->transfer_due, d->transfer_at, d->closing_by,
                                d->closing_from,  d->closing_due,  d->closed_at};
    for (int i = 0; i < 7; i++) db_bind_int_or_null(query, 24 + i, later[i]);
    struct str sealed =
        d->worker.len ? field_seal(act->arena, &act->key, FIELD_DESK_WORKER, d->referral, d->worker)
                      : STR("");
    db_bind_bytes_or_null(query, 31, sealed);
    db_bind_int_or_null(query, 32, d->worker_id);
    db_bind_int(query, 33, d->reopened);
    db_bind_int_or_null(query, 34, d->conference_none_at);
    int64_t version = 0;
    return db_one(query, &version, err);
}

enum st desk_act_end(struct desk_act *act, enum st outcome, struct err *err)
{
    if (outcome == ST_OK) outcome = store_case(act, err);
    if (outcome == ST_OK)
        outcome =
            audit_append(act->app, act->db,
                         &(struct audit_event){.kind = act->audit,
                                               .action = act->done,
                                               .account = act->who->account,
                                               .by_source = act->desk.account == act->who->account,
                                               .subject = "referral",
                                               .subject_id = act->desk.referral},
                         err);
    data_key_clear(&act->key);
    return store_write_end(act->app->store, act->db, outcome, err);
}

enum st desk_event_add(struct desk_act *act, const struct desk_event_new *event, struct err *err)
{
    int64_t id = 0;
    enum st outcome = db_next_id(act->db, Q_DESK_EVENT_LAST, &id, err);
    if (outcome != ST_OK) return outcome;
    const struct str texts[] = {event->words, event->who};
    struct str sealed =
        field_seal(act->arena, &act->key, FIELD_DESK_EVENT, id, texts_pack(act->arena, texts, 2));
    struct query *query = db_query(act->db, Q_DESK_EVENT_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, act->desk.referral);
    db_bind_text(query, 3, str_from(event->kind));
    db_bind_text(query, 4, event->code);
    db_bind_text(query, 5, event->second);
    db_bind_int(query, 6, act->who->account);
    db_bind_int(query, 7, act->now);
    db_bind_int_or_null(query, 8, event->happened_at);
    db_bind_int_or_null(query, 9, event->due_at);
    db_bind_bytes(query, 10, sealed.ptr, sealed.len);
    return db_run(query, err);
}

enum st desk_notice_add(struct desk_act *act, int64_t account, const char *kind, struct err *err)
{
    struct query *query = db_query(act->db, Q_DESK_NOTICE_ADD);
    db_bind_int(query, 1, act->desk.referral);
    db_bind_int(query, 2, account);
    db_bind_text(query, 3, str_from(kind));
    db_bind_int(query, 4, act->now);
    return db_run(query, err);
}

/* --- the steps -------------------------------------------------------------------------------- */

/* Whoever does something with a new case has taken it on. */
void desk_take_on(struct desk_act *act)
{
    if (act->desk.state == DESK_NEW) act->desk.state = DESK_OPEN;
    if (!act->desk.owner) act->desk.owner = act->who->account;
}

static enum st act_take(struct desk_act *act, struct err *err)
{
    if (act->desk.owner == act->who->account)
        return desk_wrong(act, "text", err, "You have this case already.");
    if (act->desk.state == DESK_NEW) act->desk.state = DESK_OPEN;
    act->desk.owner = act->who->account;
    act->done = "case taken on";
    return desk_event_add(act, &(struct desk_event_new){.kind = "taken"}, err);
}

static enum st act_rate(struct desk_act *act, struct err *err)
{
    const struct desk_term *rating =
        area_desk_find(act->app->area, DESK_RATING, act->input->choice);
    if (!rating) return desk_wrong(act, "choice", err, "Choose a rating.");
    if (str_eq(rating->id, act->desk.rating))
        return desk_wrong(act, "choice", err,
                          "That is the rating already. Choose another, or leave it as it is.");
    struct str text;
    enum st outcome = desk_text(act, act->input->text, "text", "why, in your words", &text, err);
    if (outcome == ST_OK) outcome = desk_checks_rated(act, act->desk.rating, rating->id, err);
    if (outcome != ST_OK) return outcome;
    desk_take_on(act);
    act->desk.rating = rating->id;
    act->done = "rating set";
    return desk_event_add(
        act, &(struct desk_event_new){.kind = "rated", .code = rating->id, .words = text}, err);
}

static enum st do_check(struct desk_act *act, struct err *err)
{
    const struct desk_term *rating = area_desk_find(act->app->area, DESK_RATING, act->desk.rating);
    if (!rating)
        return desk_wrong(act, "choice", err,
                          "Set a rating first: the clock of a check follows from it.");
    if (!rating->clock)
        return desk_wrong(act, "choice", err,
                          "Under this rating no checks are asked. Change the rating first.");
    return desk_act_check(act, err);
}

/* The clocks that a decision starts. */
static void start_clocks(struct desk_act *act, const struct desk_term *outcome)
{
    struct desk_case *d = &act->desk;
    d->decided_at = act->now;
    d->decided_by = act->who->account;
    d->outcome = outcome->id;
    d->state = DESK_DECIDED;
    if (!d->first_decided_at) d->first_decided_at = act->now;
    d->feedback_due = area_clock_due(act->app->area, CLOCK_FEEDBACK, act->now);
    d->feedback_at = 0;
    if (!outcome->starts) {
        if (!d->assessment_at) d->assessment_due = 0;
    } else if (!d->assessment_due || d->assessment_at) {
        d->assessment_due = area_clock_due(act->app->area, CLOCK_ASSESSMENT, d->came_at);
        d->assessment_at = 0;
    }
}

/* What began an enquiry or an assessment is not undone by the way: whoever decides less says that
 * they mean it, of which decision, and why. */
static enum st step_down(struct desk_act *act, const struct desk_term *outcome, struct err *err)
{
    struct desk_case *d = &act->desk;
    struct str why;
    if (!desk_steps_down(act->app->area, d, outcome)) return ST_OK;
    if (!str_eq(act->input->lesser, d->outcome))
        return desk_wrong(
            act, "lesser", err,
            "“%.*s” is decided, and this is less. Tick that it is meant, and say why.",
            STR_ARG(area_desk_label(act->app->area, DESK_OUTCOME, d->outcome)));
    enum st st = desk_text(act, act->input->why, "why", "why what was decided before is not needed",
                           &why, err);
    if (st != ST_OK) return st;
    return desk_event_add(
        act, &(struct desk_event_new){.kind = "stepped-down", .code = d->outcome, .words = why},
        err);
}

static enum st act_decide(struct desk_act *act, struct err *err)
{
    const struct desk_term *outcome =
        area_desk_find(act->app->area, DESK_OUTCOME, act->input->choice);
    const struct desk_term *reason =
        area_desk_find(act->app->area, DESK_NO_ACTION, act->input->second);
    if (!outcome) return desk_wrong(act, "choice", err, "Choose what was decided.");
    if (outcome->needs_reason && !reason)
        return desk_wrong(act, "second", err, "Choose why nothing further is done.");
    struct str text;
    struct str who;
    enum st st =
        desk_text(act, act->input->text, "text", "the reasons for the decision", &text, err);
    if (st == ST_OK)
        st = desk_text(act, act->input->who, "who", "who decided: name and role", &who, err);
    if (st == ST_OK) st = step_down(act, outcome, err);
    if (st != ST_OK) return st;
    desk_take_on(act);
    start_clocks(act, outcome);
    act->done = "decision made";
    return desk_event_add(
        act,
        &(struct desk_event_new){.kind = "decided",
                                 .code = outcome->id,
                                 .second = outcome->needs_reason ? reason->id : STR(""),
                                 .due_at = act->desk.feedback_due,
                                 .words = text,
                                 .who = who},
        err);
}

/* Somebody with an account is told by a notice, unless the referral is kept from them. */
static enum st notify_worker(struct desk_act *act, struct str email, struct err *err)
{
    struct person worker = {0};
    struct record facts;
    enum st outcome = account_lookup(act->app, act->db, email, &worker.account, err);
    if (outcome == ST_OK && worker.account)
        outcome = account_person_read(act->app, act->db, act->arena, worker.account, &worker, err);
    if (outcome == ST_NOT_FOUND || (outcome == ST_OK && !worker.account))
        return desk_wrong(
            act, "email", err,
            "Nobody here has that email address. Leave it empty if you told them by telephone.");
    if (outcome != ST_OK) return outcome;
    const struct scope *scope = scope_of(act->app, act->arena, &worker);
    if (scope_record(scope, act->desk.submission, &facts) && (facts.conflict || facts.blocked))
        return desk_wrong(act, "email", err,
                          "This referral is kept from that person. Speak with their manager.");
    act->desk.worker_id = worker.account;
    return desk_notice_add(act, worker.account, "worker", err);
}

static enum st act_worker(struct desk_act *act, struct err *err)
{
    struct str who;
    struct str text = STR("");
    struct str email = str_trim(act->input->email);
    enum st outcome = desk_text(act, act->input->who, "who",
                                "the name of the worker, and how to reach them", &who, err);
    if (outcome == ST_OK && str_trim(act->input->text).len)
        outcome =
            desk_text(act, act->input->text, "text", "how and when you told them", &text, err);
    act->desk.worker_id = 0;
    if (outcome == ST_OK && email.len) outcome = notify_worker(act, email, err);
    if (outcome == ST_OK && !email.len && !text.len)
        outcome = desk_wrong(
            act, "text", err,
            "Write how and when you told them, or give the email address of their account.");
    if (outcome != ST_OK) return outcome;
    act->desk.worker = who;
    act->audit = AUDIT_DISCLOSURE;
    act->done = "worker told";
    return desk_event_add(
        act, &(struct desk_event_new){.kind = "worker", .words = text, .who = who}, err);
}

static enum st act_note(struct desk_act *act, struct err *err)
{
    struct str text;
    enum st outcome = desk_text(act, act->input->text, "text", "the note", &text, err);
    if (outcome != ST_OK) return outcome;
    act->done = "note added";
    return desk_event_add(act, &(struct desk_event_new){.kind = "note", .words = text}, err);
}

/* --- one door --------------------------------------------------------------------------------- */

static enum st (*const acts[DESK_ACTIONS])(struct desk_act *, struct err *) = {
    [DESK_DO_TAKE] = act_take,
    [DESK_DO_RATE] = act_rate,
    [DESK_DO_CHECK] = do_check,
    [DESK_DO_CHECK_ANSWER] = desk_act_check_answer,
    [DESK_DO_CHECK_WITHDRAW] = desk_act_check_withdraw,
    [DESK_DO_DECIDE] = act_decide,
    [DESK_DO_MEET] = desk_act_meet,
    [DESK_DO_MEETING_DAY] = desk_act_meeting_day,
    [DESK_DO_CONFERENCE] = desk_act_conference,
    [DESK_DO_NO_CONFERENCE] = desk_act_no_conference,
    [DESK_DO_ASSESSED] = desk_act_assessed,
    [DESK_DO_WORKER] = act_worker,
    [DESK_DO_DISAGREE] = desk_act_disagree,
    [DESK_DO_ESCALATE] = desk_act_escalate,
    [DESK_DO_AGREE] = desk_act_agree,
    [DESK_DO_TRANSFER] = desk_act_transfer,
    [DESK_DO_TRANSFER_ANSWER] = desk_act_transfer_answer,
    [DESK_DO_FEEDBACK] = desk_act_feedback,
    [DESK_DO_CLOSE] = desk_act_close,
    [DESK_DO_SIGN_OFF] = desk_act_sign_off,
    [DESK_DO_REOPEN] = desk_act_reopen,
    [DESK_DO_NOTE] = act_note,
};

static enum st run(struct desk_act *act, enum desk_action action, struct err *err)
{
    if (act->input->version != act->desk.version &&
        !(act->input->version == 0 && act->desk.version == 1))
        return err_set(err, ST_CONFLICT,
                       "Somebody changed this case while you were writing. Look at it again; "
                       "what you wrote is still here.");
    if (act->desk.added_at > act->input->added)
        return err_set(err, ST_CONFLICT,
                       "The referrer added something while you were writing. Read it first; what "
                       "you wrote is still here.");
    enum st outcome = desk_can(act->app->area, &act->desk, act->who, action, err);
    return outcome == ST_OK ? acts[action](act, err) : outcome;
}

enum st desk_do(struct app *app, const struct person *who, int64_t referral,
                enum desk_action action, const struct desk_input *input, const char **ret_field,
                struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct desk_act act = {.app = app, .arena = &arena, .who = who, .input = input};
    enum st outcome = ST_NOT_FOUND;
    if (desk_allows(app, &arena, who, ACT_DESK, referral)) {
        outcome = desk_act_begin(&act, referral, err);
        if (outcome == ST_OK) outcome = desk_act_end(&act, run(&act, action, err), err);
    }
    if (outcome == ST_NOT_FOUND) err_missing(err, "referral");
    *ret_field = act.field;
    arena_done(&arena);
    return outcome;
}
