/*
 * What is done to an item: words for everybody, off the agenda, up and down, a conflict of
 * interest, decisions, actions, and its end by two people.
 */
#include "domain/meeting_internal.h"

#include "domain/account.h"
#include "domain/action.h"
#include "domain/entity_seen.h"
#include "domain/pattern.h"
#include "domain/stage.h"

static enum st act_words(struct meeting_act *act, struct err *err)
{
    struct str title;
    struct str words;
    enum st outcome =
        meeting_text(act, act->input->text, "text", "what the item is called", &title, err);
    if (outcome == ST_OK)
        outcome = meeting_text(act, act->input->second, "second", NULL, &words, err);
    if (outcome != ST_OK) return outcome;
    /* What everybody could read before stays in the record. */
    outcome = meeting_entry_add(act, act->item.id, "words", title, words, STR(""), err);
    act->item.title = title;
    act->item.words = words;
    act->audit = words.len ? AUDIT_DISCLOSURE : AUDIT_ALTERATION;
    act->done = "item worded";
    return outcome;
}

static enum st act_off(struct meeting_act *act, struct err *err)
{
    struct str text;
    enum st outcome =
        meeting_text(act, act->input->text, "text", "why it is taken off", &text, err);
    if (outcome != ST_OK) return outcome;
    act->item.state = ITEM_OFF;
    act->done = "item taken off";
    return meeting_entry_add(act, act->item.id, "off", text, STR(""), STR(""), err);
}

/* Changes places with the one before or after it in its section, of those that this person sees. */
static enum st act_move(struct meeting_act *act, bool up, struct err *err)
{
    struct meeting_item *list = NULL;
    size_t count = 0;
    struct item_reader reader;
    enum st outcome =
        meeting_items_load(act->app, act->db, act->arena, act->meeting.id, &list, &count, err);
    if (outcome == ST_OK)
        outcome = item_reader_begin(act->scope, act->db, &act->meeting, &reader, err);
    if (outcome != ST_OK) return outcome;
    const struct meeting_item *other = NULL;
    bool passed = false;
    for (size_t i = 0; i < count; i++) {
        if (list[i].id == act->item.id) {
            passed = true;
            if (up) break;
            continue;
        }
        if (!str_eq(list[i].section, act->item.section) || list[i].state == ITEM_OFF) continue;
        if (!meeting_item_seen(&reader, &list[i])) continue;
        if (!passed || (!up && !other)) other = &list[i];
        if (passed && other) break;
        if (!up) other = NULL;
    }
    act->done = "item moved";
    if (!other) return ST_OK; /* it is the first, or the last */
    struct query *query = db_query(act->db, Q_MEETING_ITEM_PLACE);
    db_bind_int(query, 1, other->id);
    db_bind_int(query, 2, act->item.place);
    act->item.place = other->place;
    return db_run(query, err);
}

/* Whoever runs the meeting may say it of anybody; others of themselves. */
static enum st act_conflict(struct meeting_act *act, struct err *err)
{
    int64_t account =
        act->meeting.runs && act->input->account ? act->input->account : act->who->account;
    struct meeting_person *people = NULL;
    struct str text;
    size_t count = 0;
    bool sits = false;
    enum st outcome =
        meeting_text(act, act->input->text, "text",
                     "why: a few words, which only those who see the item read", &text, err);
    if (outcome == ST_OK)
        outcome = meeting_people(act->app, act->arena, &act->meeting, &people, &count, err);
    for (size_t i = 0; i < count; i++) sits |= people[i].account == account;
    if (outcome == ST_OK && !sits)
        outcome = meeting_wrong(act, "account", err, "Choose somebody who sits in this Forum.");
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(act->db, Q_MEETING_CONFLICT_ADD);
    db_bind_int(query, 1, act->item.id);
    db_bind_int(query, 2, account);
    db_bind_int(query, 3, act->who->account);
    db_bind_int(query, 4, act->now);
    outcome = db_run(query, err);
    struct str name = STR("");
    if (outcome == ST_OK)
        outcome = account_name(act->app, act->db, act->arena, account, &name, err);
    act->done = "conflict of interest";
    return outcome == ST_OK
               ? meeting_entry_add(act, act->item.id, "conflict", text, name, STR(""), err)
               : outcome;
}

static enum st act_decide(struct meeting_act *act, struct err *err)
{
    struct str text;
    struct str why;
    enum st outcome = meeting_text(act, act->input->text, "text", "what is decided", &text, err);
    if (outcome == ST_OK)
        outcome = meeting_text(act, act->input->second, "second", "the reasons", &why, err);
    if (outcome != ST_OK) return outcome;
    act->item.state = ITEM_DECIDED;
    act->done = "decision made";
    return meeting_entry_add(act, act->item.id, "decision", text, why, STR(""), err);
}

static enum st act_dissent(struct meeting_act *act, struct err *err)
{
    struct str text;
    struct str who = act->who->name;
    enum st outcome = meeting_text(act, act->input->text, "text",
                                   "what is seen differently, and why", &text, err);
    if (outcome == ST_OK && act->meeting.runs)
        outcome =
            meeting_text(act, act->input->second, "second", "who sees it differently", &who, err);
    act->done = "dissent recorded";
    return outcome == ST_OK
               ? meeting_entry_add(act, act->item.id, "dissent", text, who, STR(""), err)
               : outcome;
}

/* Whoever was chosen, or has that email address: one of the two. */
static enum st find_owner(struct meeting_act *act, int64_t *ret, struct err *err)
{
    struct person owner;
    struct str email = str_trim(act->input->email);
    const char *field = email.len ? "email" : "account";
    if (!email.len && !act->input->account)
        return meeting_wrong(act, "account", err,
                             "Choose who does it, or write their email address below.");
    if (email.len && act->input->account)
        return meeting_wrong(act, "email", err,
                             "Choose somebody or write an email address, not both.");
    *ret = act->input->account;
    enum st outcome = email.len ? account_lookup(act->app, act->db, email, ret, err) : ST_OK;
    if (outcome == ST_OK && *ret)
        outcome = account_person_read(act->app, act->db, act->arena, *ret, &owner, err);
    if (outcome == ST_NOT_FOUND || (outcome == ST_OK && !*ret))
        return meeting_wrong(act, field, err,
                             email.len ? "Nobody here has that email address."
                                       : "Choose one of the people.");
    if (outcome != ST_OK) return outcome;
    if (access_allows(&owner, ACT_DO_ACTION, NULL) &&
        !meeting_item_kept(scope_of(act->app, act->arena, &owner), act->item.id))
        return ST_OK;
    return meeting_wrong(act, field, err,
                         "This person cannot have this action. Choose somebody else.");
}

static enum st act_action(struct meeting_act *act, struct err *err)
{
    struct action_new action = {
        .forum = act->meeting.forum, .meeting = act->meeting.id, .item = act->item.id};
    int64_t id = 0;
    enum st outcome =
        meeting_text(act, act->input->text, "text", "what is to be done", &action.what, err);
    if (outcome == ST_OK) outcome = find_owner(act, &action.owner, err);
    if (outcome == ST_OK && due_day_read(act->input->day, &action.due_day, err) != ST_OK) {
        act->field = "day";
        return ST_INVALID;
    }
    if (outcome == ST_OK)
        outcome = meeting_text(act, act->input->second, "second", "what will show that it is done",
                               &action.evidence, err);
    act->done = "action given";
    return outcome == ST_OK ? action_add(act->app, act->db, act->arena, act->who, &action, &id, err)
                            : outcome;
}

static enum st act_carry(struct meeting_act *act, struct err *err)
{
    struct str text;
    enum st outcome =
        meeting_text(act, act->input->text, "text", "why it goes to the next meeting", &text, err);
    if (outcome != ST_OK) return outcome;
    act->item.state = ITEM_CARRIED;
    act->done = "item carried";
    return meeting_entry_add(act, act->item.id, "carried", text, STR(""), STR(""), err);
}

/* --- its end ---------------------------------------------------------------------------------- */

/* Actions of this item, or the one that it is about, that are not finished. */
static enum st actions_allow(struct meeting_act *act, bool needs_one, struct err *err)
{
    struct forum_action *list = NULL;
    size_t count = 0;
    size_t open = 0;
    enum st outcome =
        action_of_item(act->app, act->db, act->arena, act->item.id, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count; i++) open += list[i].state == ACTION_OPEN;
    if (open)
        return err_set(err, ST_CONFLICT,
                       "%zu action%s of this item %s not done. Carry the item to the next meeting, "
                       "or decide what else is needed.",
                       open, open == 1 ? "" : "s", open == 1 ? "is" : "are");
    if (needs_one && !count && act->item.kind != ITEM_ACTION)
        return meeting_wrong(act, "choice", err,
                             "That outcome needs an action of this item that was done.");
    return ST_OK;
}

static enum st act_close(struct meeting_act *act, struct err *err)
{
    const struct meeting_term *term =
        area_meeting_find(act->app->area, MEETING_OUTCOME, act->input->choice);
    if (!term)
        return meeting_wrong(act, "choice", err,
                             "Choose what became of it: nothing closes without an outcome.");
    struct str text;
    enum st outcome = meeting_text(act, act->input->text, "text",
                                   "the reason: nothing closes without one", &text, err);
    if (outcome == ST_OK) outcome = actions_allow(act, term->needs_action, err);
    if (outcome != ST_OK) return outcome;
    act->item.state = ITEM_CLOSING;
    act->item.outcome = term->id;
    act->item.closing_by = act->who->account;
    act->item.closing_at = act->now;
    act->done = "item closing";
    return meeting_entry_add(act, act->item.id, "closing", text, term->label, STR(""), err);
}

/* What no Forum has yet is told of by its representative. */
static enum st tell_one(struct meeting_act *act, int64_t submission,
                        const struct meeting_term *term, struct err *err)
{
    struct err said = {0};
    enum st outcome =
        stage_act(act->app, act->db, act->who->account, submission,
                  term->tells_action ? FEEDBACK_ACTION : FEEDBACK_NO_ACTION, term->reason, &said);
    if (outcome == ST_OK || outcome == ST_CONFLICT || outcome == ST_NOT_FOUND) return ST_OK;
    outcome = err_set(err, outcome, "%s", said.public);
    err_detail(err, "%s", said.detail);
    return outcome;
}

static enum st tell_fragments(struct meeting_act *act, const struct scope *scope,
                              const struct meeting_term *term, struct err *err)
{
    struct pattern pattern;
    enum st outcome =
        pattern_accepted(scope, act->db, act->arena, act->item.subject, &pattern, err);
    if (outcome == ST_NOT_FOUND) return ST_OK; /* it is none any more */
    for (size_t i = 0; outcome == ST_OK && i < pattern.fragment_count; i++)
        outcome = tell_one(act, pattern.fragment[i].submission, term, err);
    return outcome;
}

/* Word to whoever handed in what the item is about, with the second sign-off. */
static enum st tell_submitters(struct meeting_act *act, struct err *err)
{
    const struct meeting_term *term =
        area_meeting_find(act->app->area, MEETING_OUTCOME, act->item.outcome);
    if (!term)
        return err_set(err, ST_CONFLICT,
                       "The area pack has no such outcome any more. Refuse, and close it anew.");
    if (act->item.kind == ITEM_SUBMISSION)
        return tell_one(act, act->item.subject, term, err);
    if (act->item.kind != ITEM_ENTITY && act->item.kind != ITEM_PATTERN) return ST_OK;
    /* As whoever asked to close it sees it: the second may attend for the words alone. */
    struct person first;
    int64_t *ids = NULL;
    if (account_person_read(act->app, act->db, act->arena, act->item.closing_by, &first, NULL) !=
        ST_OK)
        first = *act->who;
    const struct scope *scope = scope_of(act->app, act->arena, &first);
    if (act->item.kind == ITEM_PATTERN) return tell_fragments(act, scope, term, err);
    int64_t entity = subject_entity(scope, act->item.subject);
    size_t count = entity ? seen_members(scope, act->arena, entity, &ids) : 0;
    int64_t last = 0;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        int64_t submission = entity_submission(act->app->entities, ids[i]);
        if (submission != last) outcome = tell_one(act, submission, term, err);
        last = submission;
    }
    return outcome;
}

static enum st act_sign(struct meeting_act *act, struct err *err)
{
    bool agrees = str_eq(act->input->choice, STR("yes"));
    if (!agrees && !str_eq(act->input->choice, STR("no")))
        return meeting_wrong(act, "choice", err, "Choose yes or no.");
    struct str text;
    enum st outcome = meeting_text(act, act->input->text, "text", "your reasons", &text, err);
    if (outcome == ST_OK && agrees) outcome = tell_submitters(act, err);
    if (outcome != ST_OK) return outcome;
    act->item.state = agrees ? ITEM_CLOSED : ITEM_DECIDED;
    act->item.closed_by = agrees ? act->who->account : 0;
    act->item.closed_at = agrees ? act->now : 0;
    if (!agrees) {
        act->item.outcome = STR("");
        act->item.closing_by = act->item.closing_at = 0;
    }
    act->done = agrees ? "item closed" : "closing refused";
    return meeting_entry_add(act, act->item.id, agrees ? "closed" : "refused", text, STR(""),
                             STR(""), err);
}

static enum st act_up(struct meeting_act *act, struct err *err)
{
    return act_move(act, true, err);
}

static enum st act_down(struct meeting_act *act, struct err *err)
{
    return act_move(act, false, err);
}

static enum st (*const acts[MEETING_ACTIONS])(struct meeting_act *, struct err *) = {
    [MEETING_DO_WORDS] = act_words,
    [MEETING_DO_OFF] = act_off,
    [MEETING_DO_UP] = act_up,
    [MEETING_DO_DOWN] = act_down,
    [MEETING_DO_CONFLICT] = act_conflict,
    [MEETING_DO_DECIDE] = act_decide,
    [MEETING_DO_DISSENT] = act_dissent,
    [MEETING_DO_ACT] = act_action,
    [MEETING_DO_CARRY] = act_carry,
    [MEETING_DO_CLOSE] = act_close,
    [MEETING_DO_SIGN] = act_sign,
};

enum st meeting_step(struct meeting_act *act, enum meeting_action action, struct err *err)
{
    enum st outcome = acts[action](act, err);
    return outcome == ST_OK ? meeting_item_store(act, err) : outcome;
}
