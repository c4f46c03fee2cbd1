/*
 * How a case ends: disagreement and its stages, transfer to another area, feedback, two
 * sign-offs, and opening it again.
 */
#include "domain/desk_internal.h"

#include "base/utf8.h"

/* --- disagreement --------------------------------------------------------------------------- */

/* The stage begins now. */
static instant_ms begin_stage(struct desk_act *act, const struct desk_term *stage)
{
    act->desk.stage = stage->id;
    act->desk.stage_from = act->now;
    act->desk.stage_due = calendar_due(area_calendar(act->app->area), stage->clock->hours,
                                       &stage->clock->rule, act->now);
    return act->desk.stage_due;
}

enum st desk_act_disagree(struct desk_act *act, struct err *err)
{
    struct str text;
    struct str who;
    size_t count = 0;
    enum st outcome =
        desk_text(act, act->input->who, "who", "who disagrees: name and agency", &who, err);
    if (outcome == ST_OK)
        outcome = desk_text(act, act->input->text, "text",
                            "what they disagree with, and what they ask for", &text, err);
    if (outcome != ST_OK) return outcome;
    const struct desk_term *first = area_desk_terms(act->app->area, DESK_STAGE, &count);
    act->done = "disagreement raised";
    instant_ms due = begin_stage(act, first);
    return desk_event_add(act, &(struct desk_event_new){.kind = "disagreed",
                                                        .code = first->id,
                                                        .due_at = due,
                                                        .words = text,
                                                        .who = who},
                          err);
}

enum st desk_act_escalate(struct desk_act *act, struct err *err)
{
    struct str text;
    size_t count = 0;
    const struct desk_term *stages = area_desk_terms(act->app->area, DESK_STAGE, &count);
    size_t next = 1;
    while (next < count && !str_eq(stages[next - 1].id, act->desk.stage)) next++;
    if (next == count) return err_set(err, ST_CONFLICT, "This is the last stage.");
    enum st outcome = desk_text(act, act->input->text, "text", "why it goes further", &text, err);
    if (outcome != ST_OK) return outcome;
    act->done = "disagreement taken further";
    instant_ms due = begin_stage(act, &stages[next]);
    return desk_event_add(act, &(struct desk_event_new){.kind = "escalated",
                                                        .code = stages[next].id,
                                                        .due_at = due,
                                                        .words = text},
                          err);
}

enum st desk_act_agree(struct desk_act *act, struct err *err)
{
    struct str text;
    enum st outcome = desk_text(act, act->input->text, "text", "how it was settled", &text, err);
    if (outcome != ST_OK) return outcome;
    struct str stage = act->desk.stage;
    act->desk.stage = STR("");
    act->desk.stage_from = act->desk.stage_due = 0;
    act->done = "disagreement settled";
    return desk_event_add(
        act, &(struct desk_event_new){.kind = "agreed", .code = stage, .words = text}, err);
}

/* --- another area ----------------------------------------------------------------------------- */

enum st desk_act_transfer(struct desk_act *act, struct err *err)
{
    const struct desk_term *boundary =
        area_desk_find(act->app->area, DESK_BOUNDARY, act->input->choice);
    if (!boundary) return desk_wrong(act, "choice", err, "Choose the area.");
    struct str text;
    struct str who;
    enum st outcome = desk_text(act, act->input->who, "who",
                                "whom you spoke with there, and how to reach them", &who, err);
    if (outcome == ST_OK)
        outcome = desk_text(act, act->input->text, "text", "why the case passes there", &text, err);
    if (outcome != ST_OK) return outcome;
    act->desk.boundary = boundary->id;
    act->desk.transfer_from = act->now;
    act->desk.transfer_due = area_clock_due(act->app->area, CLOCK_TRANSFER, act->now);
    act->desk.transfer_at = 0;
    act->audit = AUDIT_DISCLOSURE;
    act->done = "transfer asked";
    return desk_event_add(act, &(struct desk_event_new){.kind = "transfer-asked",
                                                        .code = boundary->id,
                                                        .due_at = act->desk.transfer_due,
                                                        .words = text,
                                                        .who = who},
                          err);
}

enum st desk_act_transfer_answer(struct desk_act *act, struct err *err)
{
    bool accepted = str_eq(act->input->choice, STR("yes"));
    if (!accepted && !str_eq(act->input->choice, STR("no")))
        return desk_wrong(act, "choice", err, "Choose whether they accepted it.");
    struct str text;
    struct str who;
    enum st outcome =
        desk_text(act, act->input->who, "who", "who said so: name and role", &who, err);
    if (outcome == ST_OK)
        outcome = desk_text(act, act->input->text, "text", "what was agreed, or why they declined",
                            &text, err);
    if (outcome != ST_OK) return outcome;
    struct str boundary = act->desk.boundary;
    if (accepted) {
        act->desk.transfer_at = act->now;
    } else {
        act->desk.boundary = STR("");
        act->desk.transfer_from = act->desk.transfer_due = 0;
    }
    act->done = accepted ? "transfer accepted" : "transfer declined";
    return desk_event_add(
        act,
        &(struct desk_event_new){.kind = accepted ? "transfer-accepted" : "transfer-declined",
                                 .code = boundary,
                                 .words = text,
                                 .who = who},
        err);
}

/* --- the referrer is told --------------------------------------------------------------------- */

enum st desk_act_feedback(struct desk_act *act, struct err *err)
{
    const struct desk_term *words =
        area_desk_find(act->app->area, DESK_FEEDBACK, act->input->choice);
    if (!words) return desk_wrong(act, "choice", err, "Choose what the referrer is told.");
    struct str more = str_trim(utf8_clean(act->arena, str_sub(act->input->text, 0, 100000), NULL));
    if (utf8_count(more) > 500)
        return desk_wrong(act, "text", err, "That is too long: 500 characters is the most.");
    /* Before a decision it is an acknowledgement, which does not count as feedback on one. */
    if (act->desk.decided_at) {
        act->desk.feedback_at = act->now;
        if (!act->desk.first_feedback_at) act->desk.first_feedback_at = act->now;
    }
    act->audit = AUDIT_DISCLOSURE;
    act->done = "feedback sent";
    enum st outcome = desk_notice_add(act, act->desk.account, "feedback", err);
    if (outcome != ST_OK) return outcome;
    return desk_event_add(
        act, &(struct desk_event_new){.kind = "feedback", .code = words->id, .words = more}, err);
}

/* --- two sign-offs ---------------------------------------------------------------------------- */

enum st desk_act_close(struct desk_act *act, struct err *err)
{
    struct str text;
    enum st outcome =
        desk_text(act, act->input->text, "text", "why the case can be closed", &text, err);
    if (outcome != ST_OK) return outcome;
    act->desk.state = DESK_CLOSING;
    act->desk.closing_by = act->who->account;
    act->desk.closing_from = act->now;
    act->desk.closing_due = area_clock_due(act->app->area, CLOCK_SIGN_OFF, act->now);
    act->done = "closing asked";
    return desk_event_add(act, &(struct desk_event_new){.kind = "closing",
                                                        .due_at = act->desk.closing_due,
                                                        .words = text},
                          err);
}

enum st desk_act_sign_off(struct desk_act *act, struct err *err)
{
    bool agrees = str_eq(act->input->choice, STR("yes"));
    if (!agrees && !str_eq(act->input->choice, STR("no")))
        return desk_wrong(act, "choice", err, "Choose whether you agree to close it.");
    struct str text;
    enum st outcome = desk_text(act, act->input->text, "text", "your reasons", &text, err);
    if (outcome == ST_OK && agrees)
        outcome = desk_enquiry_missing(act->app->area, &act->desk, err); /* asked before that was */
    if (outcome == ST_OK && agrees) outcome = desk_news_unread(&act->desk, err);
    if (outcome == ST_OK && agrees && act->desk.stage.len)
        outcome = err_set(err, ST_CONFLICT,
                          "The referrer disagrees. Do not agree to close it: settle that first.");
    if (outcome != ST_OK) return outcome;
    if (agrees) {
        act->desk.state = DESK_CLOSED;
        act->desk.closed_at = act->now;
    } else {
        act->desk.state = DESK_DECIDED;
        act->desk.closing_by = 0;
        act->desk.closing_from = act->desk.closing_due = 0;
    }
    act->done = agrees ? "case closed" : "closing refused";
    return desk_event_add(
        act,
        &(struct desk_event_new){.kind = agrees ? "closed" : "sign-off-refused", .words = text},
        err);
}

enum st desk_act_reopen(struct desk_act *act, struct err *err)
{
    struct str text;
    enum st outcome =
        desk_text(act, act->input->text, "text", "what is new, and why it opens again", &text, err);
    if (outcome != ST_OK) return outcome;
    struct desk_case *d = &act->desk;
    d->state = DESK_OPEN;
    d->owner = act->who->account;
    d->came_at = act->now;
    d->decision_due = area_clock_due(act->app->area, CLOCK_DECISION, act->now);
    d->outcome = STR("");
    d->boundary = STR("");
    d->decided_at = d->decided_by = d->feedback_due = d->feedback_at = 0;
    d->assessment_due = d->assessment_at = 0;
    d->conference_from = d->conference_due = d->conference_at = d->conference_none_at = 0;
    d->transfer_from = d->transfer_due = d->transfer_at = 0;
    d->closing_by = d->closing_from = d->closing_due = d->closed_at = 0;
    d->reopened++;
    act->done = "case opened again";
    return desk_event_add(
        act, &(struct desk_event_new){.kind = "reopened", .due_at = d->decision_due, .words = text},
        err);
}
