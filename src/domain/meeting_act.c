/*
 * What is done to a meeting: planned, its agenda built, begun with a quorum, ended, its minutes
 * approved.  Each in one write transaction with its entry and its line in the audit.
 */
#include "domain/meeting_internal.h"

#include "base/names.h"
#include "base/utf8.h"
#include "domain/account.h"
#include "domain/children.h"
#include "domain/submission.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const names[MEETING_ACTIONS] = {
    [MEETING_DO_BUILD] = "build",     [MEETING_DO_ADD] = "add",
    [MEETING_DO_START] = "start",     [MEETING_DO_CANCEL] = "call-off",
    [MEETING_DO_END] = "end",         [MEETING_DO_APPROVE] = "approve",
    [MEETING_DO_CORRECT] = "correct", [MEETING_DO_WORDS] = "words",
    [MEETING_DO_OFF] = "take-off",    [MEETING_DO_UP] = "up",
    [MEETING_DO_DOWN] = "down",       [MEETING_DO_CONFLICT] = "conflict",
    [MEETING_DO_DECIDE] = "decision", [MEETING_DO_DISSENT] = "dissent",
    [MEETING_DO_ACT] = "action",      [MEETING_DO_CARRY] = "carry",
    [MEETING_DO_CLOSE] = "close",     [MEETING_DO_SIGN] = "sign-off",
};

static const char *const state_names[MEETING_STATES] = {[MEETING_PLANNED] = "planned",
                                                        [MEETING_OPEN] = "open",
                                                        [MEETING_HELD] = "held",
                                                        [MEETING_APPROVED] = "approved",
                                                        [MEETING_CANCELLED] = "cancelled"};

const char *meeting_action_name(enum meeting_action action)
{
    return names[action];
}

bool meeting_action_from_name(struct str name, enum meeting_action *ret)
{
    int place = name_place(name, names, MEETING_ACTIONS);
    if (place >= 0) *ret = (enum meeting_action)place;
    return place >= 0;
}

bool meeting_action_of_item(enum meeting_action action)
{
    return action >= MEETING_DO_WORDS;
}

/* --- what can be done now --------------------------------------------------------------------- */

static enum st not_now(struct err *err, const char *why)
{
    return err_set(err, ST_CONFLICT, "%s", why);
}

static enum st can_approve(const struct meeting *meeting, struct err *err)
{
    if (meeting->state != MEETING_HELD) return not_now(err, "The meeting is not over yet.");
    if (!meeting->others_approve) return ST_OK;
    err_set(err, ST_CONFLICT, "You wrote these minutes. Somebody else approves them.");
    err_hint(err, "Whoever chaired can, or another person who was here. Once the Forum has met "
                  "again, and agreed to them there, so can you.");
    return ST_CONFLICT;
}

static enum st can_meeting(const struct meeting *meeting, enum meeting_action action,
                           struct err *err)
{
    enum meeting_state state = meeting->state;
    if (state == MEETING_CANCELLED) return not_now(err, "This meeting was called off.");
    if (action == MEETING_DO_CORRECT)
        return state == MEETING_APPROVED ? ST_OK
                                         : not_now(err, "There are no approved minutes to add to.");
    if (state == MEETING_APPROVED)
        return not_now(err, "The minutes are approved and stay as they are. Add to them instead.");
    switch (action) {
    case MEETING_DO_START:
        return state == MEETING_PLANNED ? ST_OK : not_now(err, "The meeting has begun already.");
    case MEETING_DO_CANCEL:
        return state == MEETING_PLANNED
                   ? ST_OK
                   : not_now(err, "The meeting has begun: it cannot be called off.");
    case MEETING_DO_END:
        return state == MEETING_OPEN ? ST_OK : not_now(err, "The meeting is not on.");
    case MEETING_DO_APPROVE: return can_approve(meeting, err);
    default: return state <= MEETING_OPEN ? ST_OK : not_now(err, "The meeting is over.");
    }
}

/* In the meeting, on an item that is talked about. */
static enum st can_in_meeting(const struct meeting *meeting, const struct meeting_item *item,
                              struct err *err)
{
    if (meeting->state == MEETING_PLANNED)
        return not_now(err, "The meeting has not begun. Begin it first: decisions take a quorum.");
    if (meeting->state != MEETING_OPEN) return not_now(err, "The meeting is over.");
    if (item->state == ITEM_CLOSED) return not_now(err, "This item is closed.");
    if (item->state == ITEM_CLOSING)
        return not_now(err, "This item waits for the second sign-off.");
    if (item->state == ITEM_OFF || item->state == ITEM_CARRIED)
        return not_now(err, "This item is not on this agenda any more.");
    return ST_OK;
}

static enum st can_sign(const struct meeting *meeting, const struct meeting_item *item,
                        const struct person *who, struct err *err)
{
    if (!meeting->runs && !meeting->attended) return err_missing(err, "page");
    if (item->state != ITEM_CLOSING) return not_now(err, "Nobody has asked to close this item.");
    if (item->closing_by == who->account)
        return not_now(err, "You gave the first sign-off. The second has to be another person’s.");
    return ST_OK;
}

static enum st can_item(const struct meeting *meeting, const struct meeting_item *item,
                        const struct person *who, enum meeting_action action, struct err *err)
{
    if (meeting->state == MEETING_CANCELLED) return not_now(err, "This meeting was called off.");
    if (action == MEETING_DO_SIGN) return can_sign(meeting, item, who, err);
    if (meeting->state == MEETING_APPROVED)
        return not_now(err, "The minutes are approved and stay as they are. Add to them instead.");
    switch (action) {
    case MEETING_DO_CONFLICT: return ST_OK;
    case MEETING_DO_DISSENT: return can_in_meeting(meeting, item, err);
    case MEETING_DO_DECIDE:
    case MEETING_DO_ACT:
    case MEETING_DO_CARRY: return can_in_meeting(meeting, item, err);
    case MEETING_DO_CLOSE: {
        enum st outcome = can_in_meeting(meeting, item, err);
        if (outcome != ST_OK) return outcome;
        return item->state == ITEM_DECIDED
                   ? ST_OK
                   : not_now(err, "Decide first: nothing closes without an outcome.");
    }
    default:
        if (meeting->state > MEETING_OPEN) return not_now(err, "The meeting is over.");
        return item->state <= ITEM_DECIDED
                   ? ST_OK
                   : not_now(err, "This item is not on this agenda any more.");
    }
}

/* Whoever attends may disagree, say that something concerns them, and approve the minutes. */
static bool is_for_everybody(const struct meeting *meeting, enum meeting_action action)
{
    if (action == MEETING_DO_CONFLICT) return true;
    return meeting->attended && (action == MEETING_DO_DISSENT || action == MEETING_DO_SIGN ||
                                 action == MEETING_DO_APPROVE);
}

enum st meeting_can(const struct meeting *meeting, const struct meeting_item *item,
                    const struct person *who, enum meeting_action action, struct err *err)
{
    if (!meeting->runs && !is_for_everybody(meeting, action)) return err_missing(err, "page");
    if (meeting_action_of_item(action) != (item != NULL)) return err_missing(err, "page");
    return item ? can_item(meeting, item, who, action, err) : can_meeting(meeting, action, err);
}

/* --- rows ------------------------------------------------------------------------------------- */

enum st meeting_wrong(struct meeting_act *act, const char *field, struct err *err,
                      const char *format, ...)
{
    char text[240];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    act->field = field;
    return err_set(err, ST_INVALID, "%s", text);
}

enum st meeting_text(struct meeting_act *act, struct str text, const char *field, const char *what,
                     struct str *ret, struct err *err)
{
    *ret = str_trim(utf8_clean(act->arena, str_sub(text, 0, 100000), NULL));
    if (!ret->len && what) return meeting_wrong(act, field, err, "Write %s.", what);
    if (utf8_count(*ret) <= MEETING_TEXT_MAX) return ST_OK;
    return meeting_wrong(act, field, err, "That is %zu characters; %d is the most.",
                         utf8_count(*ret), (int)MEETING_TEXT_MAX);
}

enum st meeting_item_add(struct meeting_act *act, struct str section, enum item_kind kind,
                         int64_t subject, const char *origin, struct str title, struct str words,
                         int64_t *ret, struct err *err)
{
    enum st outcome = db_next_id(act->db, Q_MEETING_ITEM_LAST, ret, err);
    if (outcome != ST_OK) return outcome;
    const struct str text[] = {title, words};
    struct str sealed = field_seal(act->arena, &act->key, FIELD_MEETING_ITEM, *ret,
                                   texts_pack(act->arena, text, 2));
    struct query *query = db_query(act->db, Q_MEETING_ITEM_ADD);
    db_bind_int(query, 1, *ret);
    db_bind_int(query, 2, act->meeting.id);
    db_bind_text(query, 3, section);
    db_bind_text(query, 4, str_from(item_kind_name(kind)));
    db_bind_int(query, 5, subject);
    db_bind_int(query, 6, *ret);
    db_bind_text(query, 7, str_from(origin));
    db_bind_bytes(query, 8, sealed.ptr, sealed.len);
    db_bind_int(query, 9, act->who->account);
    db_bind_int(query, 10, act->now);
    outcome = db_run(query, err);
    if (outcome != ST_OK || kind == ITEM_THEME) return outcome;
    query = db_query(act->db, Q_MEETING_CONFLICT_COPY);
    db_bind_int(query, 1, *ret);
    return db_run(query, err);
}

static enum st changed(enum st outcome, struct err *err)
{
    if (outcome != ST_NOT_FOUND) return outcome;
    return err_set(err, ST_CONFLICT,
                   "Somebody changed this while you were writing. Look at it again; what you wrote "
                   "is still here.");
}

enum st meeting_item_store(struct meeting_act *act, struct err *err)
{
    static const char *const item_states[ITEM_STATES] = {"waiting", "decided", "closing",
                                                         "closed",  "carried", "off"};
    const struct meeting_item *item = &act->item;
    const struct str text[] = {item->title, item->words};
    struct str sealed = field_seal(act->arena, &act->key, FIELD_MEETING_ITEM, item->id,
                                   texts_pack(act->arena, text, 2));
    struct query *query = db_query(act->db, Q_MEETING_ITEM_SET);
    db_bind_int(query, 1, item->id);
    db_bind_int(query, 2, item->version);
    db_bind_text(query, 3, str_from(item_states[item->state]));
    db_bind_text(query, 4, item->outcome);
    db_bind_int(query, 5, item->closing_by);
    db_bind_int(query, 6, item->closing_at);
    db_bind_int(query, 7, item->closed_by);
    db_bind_int(query, 8, item->closed_at);
    db_bind_bytes(query, 9, sealed.ptr, sealed.len);
    db_bind_int(query, 10, item->place);
    int64_t version = 0;
    return changed(db_one(query, &version, err), err);
}

enum st meeting_entry_add(struct meeting_act *act, int64_t item, const char *kind, struct str text,
                          struct str second, struct str third, struct err *err)
{
    int64_t id = 0;
    enum st outcome = db_next_id(act->db, Q_MEETING_DECISION_LAST, &id, err);
    if (outcome != ST_OK) return outcome;
    const struct str texts[] = {text, second, third};
    struct str sealed = field_seal(act->arena, &act->key, FIELD_MEETING_DECISION, id,
                                   texts_pack(act->arena, texts, 3));
    struct query *query = db_query(act->db, Q_MEETING_DECISION_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, act->meeting.id);
    db_bind_int_or_null(query, 3, item);
    db_bind_text(query, 4, str_from(kind));
    db_bind_int(query, 5, act->who->account);
    db_bind_int(query, 6, act->now);
    db_bind_bytes(query, 7, sealed.ptr, sealed.len);
    return db_run(query, err);
}

static enum st store_meeting(struct meeting_act *act, struct err *err)
{
    struct query *query = db_query(act->db, Q_MEETING_SET);
    db_bind_int(query, 1, act->meeting.id);
    db_bind_int(query, 2, act->meeting.version);
    db_bind_text(query, 3, str_from(state_names[act->meeting.state]));
    db_bind_int(query, 4, act->meeting.built_to);
    db_bind_int(query, 5, act->meeting.since_at);
    int64_t version = 0;
    return changed(db_one(query, &version, err), err);
}

/* --- planning --------------------------------------------------------------------------------- */

static enum st add_meeting(struct meeting_act *act, struct str forum, instant_ms starts_at,
                           struct str place, struct err *err)
{
    int64_t id = 0;
    enum st outcome = record_key_add(act->app, act->db, KEY_RECORD, &act->key, err);
    if (outcome == ST_OK) outcome = db_next_id(act->db, Q_MEETING_LAST, &id, err);
    if (outcome != ST_OK) return outcome;
    act->meeting = (struct meeting){.id = id,
                                    .forum = forum,
                                    .starts_at = starts_at,
                                    .version = 1,
                                    .runs = true};
    struct str sealed = field_seal(act->arena, &act->key, FIELD_MEETING, id, place);
    struct query *query = db_query(act->db, Q_MEETING_ADD);
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, forum);
    db_bind_int(query, 3, starts_at);
    db_bind_int(query, 4, 0); /* its agenda is built next */
    db_bind_int(query, 5, act->key.id);
    db_bind_bytes(query, 6, sealed.ptr, sealed.len);
    db_bind_int(query, 7, act->who->account);
    db_bind_int(query, 8, act->now);
    outcome = db_run(query, err);
    if (outcome == ST_CONFLICT)
        return err_set(err, outcome, "The Forum has a meeting at that time already.");
    return outcome;
}

enum st meeting_plan(struct app *app, const struct person *who, struct str forum,
                     instant_ms starts_at, struct str place, int64_t *ret, struct err *err)
{
    struct arena arena;
    arena_init(&arena, (size_t)512 << 20);
    struct meeting_act act = {.app = app, .arena = &arena, .who = who, .now = clock_now()};
    struct str where;
    act.scope = scope_of(app, &arena, who);
    enum st outcome = meeting_text(&act, place, "place", NULL, &where, err);
    if (outcome == ST_OK && !meeting_may_plan(act.scope, forum))
        outcome = err_missing(err, "Forum");
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &act.db, err);
    if (outcome == ST_OK) {
        outcome = add_meeting(&act, forum, starts_at, where, err);
        if (outcome == ST_OK) outcome = meeting_build(&act, err);
        if (outcome == ST_OK) outcome = store_meeting(&act, err);
        if (outcome == ST_OK)
            outcome = access_note(app, act.db, who->account, AUDIT_COLLECTION, "meeting planned",
                                  "meeting", act.meeting.id, "ok", err);
        outcome = store_write_end(app->store, act.db, outcome, err);
    }
    if (outcome == ST_OK) *ret = act.meeting.id;
    data_key_clear(&act.key);
    arena_done(&arena);
    return outcome;
}

/* --- who is there ----------------------------------------------------------------------------- */

static enum st store_attendance(struct meeting_act *act, const struct attendance_input *input,
                                size_t count, struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (input[i].state == ATTENDS_NOT && !input[i].chair) continue;
        struct query *query = db_query(act->db, Q_ATTENDANCE_SET);
        db_bind_int(query, 1, act->meeting.id);
        db_bind_int(query, 2, input[i].account);
        db_bind_text(query, 3, str_from(attendance_name(input[i].state)));
        db_bind_int(query, 4, input[i].chair);
        db_bind_int(query, 5, act->who->account);
        db_bind_int(query, 6, act->now);
        outcome = db_run(query, err);
    }
    return outcome;
}

/* Only who sits in the Forum can be written down. */
static enum st check_attendance(struct meeting_act *act, const struct attendance_input *input,
                                size_t count, struct err *err)
{
    struct meeting_person *people = NULL;
    size_t known = 0;
    enum st outcome = meeting_people(act->app, act->arena, &act->meeting, &people, &known, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        bool sits = false;
        for (size_t k = 0; k < known; k++) sits |= people[k].account == input[i].account;
        if (!sits)
            outcome = err_set(err, ST_INVALID,
                              "One of these people does not sit in this Forum any more.");
    }
    return outcome;
}

enum st meeting_attend(struct app *app, const struct person *who, int64_t meeting,
                       const struct attendance_input *input, size_t count, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct meeting_act act = {.app = app, .arena = &arena, .who = who, .now = clock_now()};
    act.scope = scope_of(app, &arena, who);
    enum st outcome = store_write_begin(app->store, &act.db, err);
    if (outcome == ST_OK) {
        outcome = meeting_load(app, act.db, &arena, meeting, &act.meeting, NULL, err);
        if (outcome == ST_OK) outcome = meeting_for_reader(act.scope, act.db, &act.meeting, err);
        if (outcome == ST_OK && !act.meeting.runs) outcome = err_missing(err, "meeting");
        if (outcome == ST_OK && act.meeting.state > MEETING_HELD)
            outcome = not_now(err, "The minutes are approved: who was there stays as it is.");
        if (outcome == ST_OK) outcome = check_attendance(&act, input, count, err);
        if (outcome == ST_OK) outcome = store_attendance(&act, input, count, err);
        if (outcome == ST_OK)
            outcome = access_note(app, act.db, who->account, AUDIT_ALTERATION, "attendance written",
                                  "meeting", meeting, "ok", err);
        outcome = store_write_end(app->store, act.db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}

/* --- steps of a meeting ----------------------------------------------------------------------- */

static enum st act_build(struct meeting_act *act, struct err *err)
{
    act->done = "agenda built";
    return meeting_build(act, err);
}

/* The child's record with this reference, of those that they may read; 0: none. */
static int64_t find_child(struct meeting_act *act, struct str reference)
{
    struct child_line *line = NULL;
    const struct child_scope *children =
        child_scope_of(act->app, act->arena, scope_person(act->scope));
    size_t count = child_scope_list(children, &line);
    for (size_t i = 0; i < count; i++)
        if (str_eq(line[i].reference, reference)) return line[i].id;
    return 0;
}

/* "PEN-K7PM-2QXR": a submission; "CH-K7PM-2QXR": a child's record; else nothing. */
static enum st find_subject(struct meeting_act *act, struct str reference, enum item_kind *ret_kind,
                            int64_t *ret, struct err *err)
{
    int64_t id = 0;
    *ret_kind = ITEM_THEME;
    *ret = 0;
    if (act->input->account) { /* an entity, from its page */
        if (!subject_entity(act->scope, act->input->account)) return err_missing(err, "record");
        *ret_kind = ITEM_ENTITY;
        *ret = act->input->account;
        return ST_OK;
    }
    if (!reference.len) return ST_OK;
    reference = str_upper(act->arena, reference);
    *ret = find_child(act, reference);
    if (*ret) {
        *ret_kind = ITEM_CHILD;
        return ST_OK;
    }
    enum st outcome = submission_of_reference(act->db, act->arena, reference, &id, err);
    if (outcome != ST_OK) return outcome;
    if (!id || !scope_allows(act->scope, ACT_READ_SUBMISSION, id))
        return meeting_wrong(act, "second", err,
                             "There is no submission and no child’s record with that reference.");
    *ret_kind = ITEM_SUBMISSION;
    *ret = id;
    return ST_OK;
}

static enum st act_add(struct meeting_act *act, struct err *err)
{
    const struct meeting_term *section =
        area_meeting_find(act->app->area, MEETING_SECTION, act->input->choice);
    if (!section) return meeting_wrong(act, "choice", err, "Choose where it stands on the agenda.");
    enum item_kind kind;
    int64_t subject = 0;
    struct str text;
    enum st outcome = find_subject(act, str_trim(act->input->second), &kind, &subject, err);
    if (outcome == ST_OK)
        outcome = meeting_text(act, act->input->text, "text",
                               kind == ITEM_THEME ? "what it is about" : NULL, &text, err);
    if (outcome != ST_OK) return outcome;
    if (subject && subject_conflicts(act->scope, act->db, kind, subject))
        return err_missing(err, "record");
    int64_t id = 0;
    act->done = "item added";
    return meeting_item_add(act, section->id, kind, subject, "added", text, STR(""), &id, err);
}

static enum st act_start(struct meeting_act *act, struct err *err)
{
    struct meeting_person *people = NULL;
    size_t count = 0;
    enum st outcome = meeting_people(act->app, act->arena, &act->meeting, &people, &count, err);
    if (outcome == ST_OK) outcome = meeting_quorum(act->app->area, people, count, err);
    if (outcome != ST_OK) return outcome;
    act->meeting.state = MEETING_OPEN;
    act->done = "meeting begun";
    /* Nobody may have built it since the meeting before ended: what that carried on is here too. */
    outcome = meeting_build(act, err);
    if (outcome != ST_OK) return outcome;
    return meeting_entry_add(act, 0, "started", STR(""), STR(""), STR(""), err);
}

static enum st act_cancel(struct meeting_act *act, struct err *err)
{
    struct str text;
    enum st outcome =
        meeting_text(act, act->input->text, "text", "why it is called off", &text, err);
    if (outcome != ST_OK) return outcome;
    act->meeting.state = MEETING_CANCELLED;
    act->done = "meeting called off";
    return meeting_entry_add(act, 0, "cancelled", text, STR(""), STR(""), err);
}

/* "1 item is not decided, and 2 items wait for the second sign-off" */
static struct str left_words(struct arena *arena, size_t waiting, size_t closing)
{
    struct str first =
        str_fmt(arena, "%zu item%s not decided", waiting, waiting == 1 ? " is" : "s are");
    struct str then = str_fmt(arena, "%zu item%s for the second sign-off", closing,
                              closing == 1 ? " waits" : "s wait");
    if (!closing) return first;
    return waiting ? str_fmt(arena, "%.*s, and %.*s", STR_ARG(first), STR_ARG(then)) : then;
}

/* Nothing is left open by silence: each item was decided, carried or taken off.  One that waits
 * for its second sign-off can still get it, and stands on the next agenda as well. */
static enum st act_end(struct meeting_act *act, struct err *err)
{
    struct meeting_item *list = NULL;
    struct item_reader reader;
    size_t count = 0;
    size_t waiting = 0; /* of those that they see */
    size_t closing = 0;
    enum st outcome = item_reader_begin(act->scope, act->db, &act->meeting, &reader, err);
    if (outcome == ST_OK)
        outcome =
            meeting_items_load(act->app, act->db, act->arena, act->meeting.id, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (list[i].state != ITEM_WAITING && list[i].state != ITEM_CLOSING) continue;
        if (!meeting_item_seen(&reader, &list[i])) continue;
        if (list[i].state == ITEM_WAITING)
            waiting++;
        else
            closing++;
    }
    if (outcome == ST_OK && waiting + closing && !str_eq(act->input->choice, STR("yes")))
        return meeting_wrong(act, "choice", err,
                             "%.*s. Say that what is left goes to the next meeting.",
                             STR_ARG(left_words(act->arena, waiting, closing)));
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (list[i].state != ITEM_WAITING) continue;
        act->item = list[i];
        act->item.state = ITEM_CARRIED;
        outcome = meeting_item_store(act, err);
        if (outcome == ST_OK)
            outcome = meeting_entry_add(act, list[i].id, "carried",
                                        STR("Not reached in the meeting."), STR(""), STR(""), err);
    }
    act->item = (struct meeting_item){0};
    act->meeting.state = MEETING_HELD;
    act->done = "meeting ended";
    return outcome == ST_OK ? meeting_entry_add(act, 0, "ended", STR(""), STR(""), STR(""), err)
                            : outcome;
}

static enum st act_approve(struct meeting_act *act, struct err *err)
{
    act->done = "minutes approved";
    enum st outcome = meeting_minutes_approve(act, err);
    act->meeting.state = MEETING_APPROVED;
    return outcome;
}

static enum st act_correct(struct meeting_act *act, struct err *err)
{
    struct str text;
    enum st outcome = meeting_text(act, act->input->text, "text", "what is added", &text, err);
    act->done = "minutes added to";
    return outcome == ST_OK ? meeting_entry_add(act, 0, "correction", text, STR(""), STR(""), err)
                            : outcome;
}

static enum st (*const acts[MEETING_DO_WORDS])(struct meeting_act *, struct err *) = {
    [MEETING_DO_BUILD] = act_build,     [MEETING_DO_ADD] = act_add,
    [MEETING_DO_START] = act_start,     [MEETING_DO_CANCEL] = act_cancel,
    [MEETING_DO_END] = act_end,         [MEETING_DO_APPROVE] = act_approve,
    [MEETING_DO_CORRECT] = act_correct,
};

/* --- one door --------------------------------------------------------------------------------- */

static enum st load(struct meeting_act *act, int64_t meeting, int64_t item, struct err *err)
{
    struct item_reader reader;
    enum st outcome =
        meeting_load(act->app, act->db, act->arena, meeting, &act->meeting, &act->key, err);
    if (outcome == ST_OK) outcome = meeting_for_reader(act->scope, act->db, &act->meeting, err);
    if (outcome != ST_OK || !item) return outcome;
    outcome = meeting_item_load(act->app, act->db, act->arena, item, &act->item, err);
    if (outcome == ST_OK)
        outcome = item_reader_begin(act->scope, act->db, &act->meeting, &reader, err);
    if (outcome == ST_OK &&
        (act->item.meeting != meeting || !meeting_item_seen(&reader, &act->item)))
        outcome = err_missing(err, "item");
    return outcome;
}

static enum st run(struct meeting_act *act, enum meeting_action action, struct err *err)
{
    const struct meeting_item *item = act->item.id ? &act->item : NULL;
    enum st outcome = meeting_can(&act->meeting, item, act->who, action, err);
    if (outcome != ST_OK) return outcome;
    int64_t version = item ? item->version : act->meeting.version;
    if (act->input->version != version) return changed(ST_NOT_FOUND, err);
    if (item) return meeting_step(act, action, err);
    outcome = acts[action](act, err);
    return outcome == ST_OK ? store_meeting(act, err) : outcome;
}

enum st meeting_do(struct app *app, const struct person *who, int64_t meeting, int64_t item,
                   enum meeting_action action, const struct meeting_input *input,
                   const char **ret_field, struct err *err)
{
    struct arena arena;
    arena_init(&arena, (size_t)512 << 20);
    struct meeting_act act = {.app = app,
                              .arena = &arena,
                              .who = who,
                              .input = input,
                              .now = clock_now(),
                              .audit = AUDIT_ALTERATION};
    act.scope = scope_of(app, &arena, who);
    enum st outcome = store_write_begin(app->store, &act.db, err);
    if (outcome == ST_OK) {
        outcome = load(&act, meeting, item, err);
        if (outcome == ST_OK) outcome = run(&act, action, err);
        if (outcome == ST_OK)
            outcome = access_note(app, act.db, who->account, act.audit, act.done, "meeting",
                                  meeting, "ok", err);
        outcome = store_write_end(app->store, act.db, outcome, err);
    }
    *ret_field = act.field;
    data_key_clear(&act.key);
    arena_done(&arena);
    return outcome;
}
