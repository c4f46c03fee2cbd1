#include "domain/action.h"

#include "base/names.h"
#include "base/utf8.h"
#include "domain/account.h"
#include "domain/area_meeting.h"
#include "domain/mail.h"
#include "domain/meeting_internal.h"
#include "domain/when.h"

#include <stdlib.h>

static const struct labelled states[ACTION_STATES] = {[ACTION_OPEN] = {"open", "To do"},
                           [ACTION_DONE] = {"done", "Done, waits for the second sign-off"},
                           [ACTION_SIGNED] = {"signed", "Done and signed off"}};

static const char *const steps[ACTION_STEPS] = {[ACTION_DO_DONE] = "done",
                                                [ACTION_DO_SIGN] = "sign-off",
                                                [ACTION_DO_MOVE] = "move",
                                                [ACTION_DO_GIVE] = "give",
                                                [ACTION_DO_NOTE] = "note"};

const char *action_state_name(enum action_state state)
{
    return states[state].name;
}

const char *action_state_label(enum action_state state)
{
    return states[state].label;
}

const char *action_step_name(enum action_step step)
{
    return steps[step];
}

bool action_step_from_name(struct str name, enum action_step *ret)
{
    int place = name_place(name, steps, ACTION_STEPS);
    if (place >= 0) *ret = (enum action_step)place;
    return place >= 0;
}

/* --- reading ------------------------------------------------------------------------------- */

static enum action_state state_of(struct str name)
{
    int place = labelled_place(name, states, ACTION_STATES);
    if (place < 0) abort(); /* only we write it */
    return (enum action_state)place;
}

static enum st action_from_row(struct app *app, struct arena *arena, struct query *query,
                               struct forum_action *ret, struct data_key *key, struct err *err)
{
    struct data_key opened;
    struct str packed;
    struct str text[2];
    *ret = (struct forum_action){.id = db_int(query, 0),
                                 .forum = str_dup(arena, db_text(query, 1)),
                                 .meeting = db_int(query, 2),
                                 .item = db_int(query, 3),
                                 .owner = db_int(query, 4),
                                 .due_day = (int32_t)db_int(query, 5),
                                 .state = state_of(db_text(query, 6)),
                                 .done_by = db_int(query, 7),
                                 .done_at = db_int(query, 8),
                                 .signed_by = db_int(query, 9),
                                 .signed_at = db_int(query, 10),
                                 .account = db_int(query, 12),
                                 .created_at = db_int(query, 13),
                                 .version = db_int(query, 14)};
    enum st outcome = record_key_from_row(app, query, 15, &opened, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &opened, FIELD_ACTION, ret->id, db_bytes(query, 11), &packed, err);
    if (outcome == ST_OK && key) *key = opened;
    data_key_clear(&opened);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(packed, text, 2)) abort(); /* it was authentic */
    ret->what = text[0];
    ret->evidence = text[1];
    return ST_OK;
}

static enum st load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                    struct forum_action *ret, struct data_key *key, struct err *err)
{
    struct query *query = db_query(db, Q_ACTION_READ);
    db_bind_int(query, 1, id);
    enum st outcome =
        db_next(query) ? action_from_row(app, arena, query, ret, key, err) : ST_NOT_FOUND;
    outcome = db_end_after(query, outcome, err);
    return outcome == ST_NOT_FOUND ? err_missing(err, "action") : outcome;
}

enum st action_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                    struct forum_action *ret, struct err *err)
{
    return load(app, db, arena, id, ret, NULL, err);
}

bool action_seen(const struct scope *scope, const struct forum_action *action)
{
    return forum_allows(scope, ACT_DO_ACTION, action->forum,
                        action->owner == scope_person(scope)->account) &&
           !(action->item && meeting_item_kept(scope, action->item));
}

enum st action_list(struct app *app, struct arena *arena, const struct person *who,
                    enum action_list which, struct forum_action **ret, size_t *ret_count,
                    struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct forum_action *list = arena_many(arena, ACTIONS_MAX, struct forum_action);
    size_t read = 0;
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_ACTION_LIST);
    db_bind_int(query, 1, ACTIONS_MAX);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && read < ACTIONS_MAX && db_next(query)) {
        if (which == ACTIONS_OWN && db_int(query, 4) != who->account) continue;
        outcome = action_from_row(app, arena, query, &list[read++], NULL, err);
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    for (size_t i = 0; i < read && outcome == ST_OK; i++)
        if (action_seen(scope, &list[i])) list[count++] = list[i];
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st action_of_item(struct app *app, struct db *db, struct arena *arena, int64_t item,
                       struct forum_action **ret, size_t *ret_count, struct err *err)
{
    enum { MOST = 100 };
    struct forum_action *list = arena_many(arena, MOST, struct forum_action);
    size_t count = 0;
    struct query *query = db_query(db, Q_ACTION_OF_ITEM);
    db_bind_int(query, 1, item);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < MOST && db_next(query))
        outcome = action_from_row(app, arena, query, &list[count++], NULL, err);
    outcome = db_end_after(query, outcome, err);
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st action_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                    struct forum_action *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = load(app, db, arena, id, ret, NULL, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && !action_seen(scope, ret)) outcome = err_missing(err, "action");
    if (outcome != ST_OK && outcome != ST_NOT_FOUND) return outcome;
    enum st noted = audit_event(
        app,
        &(struct audit_event){.kind = outcome == ST_OK ? AUDIT_CONSULTATION : AUDIT_DENIAL,
                              .action = "action read",
                              .account = who->account,
                              .subject = "action",
                              .subject_id = id,
                              .outcome = outcome == ST_OK ? "ok" : "not found",
                              .reason = outcome != ST_OK             ? NULL
                                        : ret->owner == who->account ? "assigned"
                                                                     : "forum"},
        outcome == ST_OK ? err : NULL);
    return outcome == ST_OK ? noted : outcome;
}

enum st action_count_due(struct app *app, const struct person *who, int64_t *ret_open,
                         int64_t *ret_over, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_ACTION_COUNT_OF);
    db_bind_int(query, 1, who->account);
    db_bind_int(query, 2, clock_today());
    *ret_open = *ret_over = 0;
    if (db_next(query)) {
        *ret_open = db_int(query, 0);
        *ret_over = db_int(query, 1);
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- events ---------------------------------------------------------------------------------- */

struct str matter_event_label(struct str kind)
{
    static const char *const labels[][2] = {
        {"given", "Given"},         {"done", "Done"},
        {"signed", "Signed off"},   {"refused", "Not signed off"},
        {"moved", "Due day moved"}, {"passed", "Given to somebody else"},
        {"note", "Note"},           {"added", "Written down"},
        {"served", "Served"},       {"review", "Looked at again"},
        {"breach", "Breach"},       {"ended", "Ended"}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (str_eq(kind, str_from(labels[i][0]))) return str_from(labels[i][1]);
    return kind;
}

enum st matter_event_add(struct db *db, struct arena *arena, const struct data_key *key,
                         const char *matter, int64_t id, const char *kind, int32_t day,
                         int64_t account, struct str words, struct err *err)
{
    int64_t event = 0;
    enum st outcome = db_next_id(db, Q_MATTER_EVENT_LAST, &event, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(arena, key, FIELD_MATTER_EVENT, event, words);
    struct query *query = db_query(db, Q_MATTER_EVENT_ADD);
    db_bind_int(query, 1, event);
    db_bind_text(query, 2, str_from(matter));
    db_bind_int(query, 3, id);
    db_bind_text(query, 4, str_from(kind));
    if (day == INT32_MIN)
        db_bind_null(query, 5);
    else
        db_bind_int(query, 5, day);
    db_bind_int(query, 6, account);
    db_bind_int(query, 7, clock_now());
    db_bind_bytes(query, 8, sealed.ptr, sealed.len);
    return db_run(query, err);
}

enum st matter_events_load(struct app *app, struct arena *arena, const char *matter, int64_t id,
                           const struct data_key *key, struct matter_event **ret, size_t *ret_count,
                           struct err *err)
{
    struct matter_event *list = arena_many(arena, MATTER_EVENTS_MAX, struct matter_event);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MATTER_EVENTS);
    db_bind_text(query, 1, str_from(matter));
    db_bind_int(query, 2, id);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < MATTER_EVENTS_MAX && db_next(query)) {
        struct matter_event *event = &list[count++];
        *event = (struct matter_event){.id = db_int(query, 0),
                                       .kind = str_dup(arena, db_text(query, 1)),
                                       .day = db_is_null(query, 2) ? INT32_MIN
                                                                   : (int32_t)db_int(query, 2),
                                       .account = db_int(query, 3),
                                       .at = db_int(query, 4)};
        outcome = field_open(arena, key, FIELD_MATTER_EVENT, event->id, db_bytes(query, 5),
                             &event->words, err);
    }
    outcome = db_end_after(query, outcome, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = account_name(app, db, arena, list[i].account, &list[i].name, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st action_events(struct app *app, struct arena *arena, const struct forum_action *action,
                      struct matter_event **ret, size_t *ret_count, struct err *err)
{
    struct data_key key = {0};
    struct forum_action again;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = load(app, db, arena, action->id, &again, &key, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK)
        outcome = matter_events_load(app, arena, "action", action->id, &key, ret, ret_count, err);
    data_key_clear(&key);
    return outcome;
}

/* --- adding ----------------------------------------------------------------------------------- */

enum st due_day_read(struct str text, int32_t *ret, struct err *err)
{
    enum { YEARS_AHEAD = 2 };
    struct date today = clock_london(clock_now()).date;
    struct date day;
    struct str trimmed = str_trim(text);
    int64_t number[3] = {0};
    struct str rest = trimmed;
    struct str part;
    int parts = 0;
    /* Days to come: a date reader for things that were would take the year before. */
    if (!date_parse_iso(trimmed, &day)) {
        char separator = str_find(trimmed, STR("/"), 0) >= 0   ? '/'
                         : str_find(trimmed, STR("."), 0) >= 0 ? '.'
                                                               : ' ';
        while (parts < 3 && str_split(&rest, separator, &part) && str_to_int(part, &number[parts]))
            parts++;
        if (parts == 3 && number[2] < 100) number[2] += 2000;
        if (parts == 2) number[2] = today.year;
        if (parts < 2 || rest.len || number[0] > 31 || number[1] > 12 || number[2] > 9999)
            return err_set(err, ST_INVALID, "Write a day like 27/3/2026.");
        day = (struct date){(int16_t)number[2], (int8_t)number[1], (int8_t)number[0]};
        if (parts == 2 && date_valid(day) && date_to_days(day) < date_to_days(today)) day.year++;
    }
    if (!date_valid(day))
        return err_set(err, ST_INVALID, "There is no such day. Write one like 27/3/2026.");
    *ret = date_to_days(day);
    if (*ret < date_to_days(today))
        return err_set(err, ST_INVALID, "That day is past. Write today or a later one.");
    if (day.year > today.year + YEARS_AHEAD)
        return err_set(err, ST_INVALID, "That is more than %d years off.", (int)YEARS_AHEAD);
    return ST_OK;
}

enum st action_add(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                   const struct action_new *action, int64_t *ret, struct err *err)
{
    struct data_key key = {0};
    enum st outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome == ST_OK) outcome = db_next_id(db, Q_ACTION_LAST, ret, err);
    if (outcome == ST_OK) {
        const struct str text[] = {action->what, action->evidence};
        struct str sealed = field_seal(arena, &key, FIELD_ACTION, *ret, texts_pack(arena, text, 2));
        struct query *query = db_query(db, Q_ACTION_ADD);
        db_bind_int(query, 1, *ret);
        db_bind_text(query, 2, action->forum);
        db_bind_int_or_null(query, 3, action->meeting);
        db_bind_int_or_null(query, 4, action->item);
        db_bind_int(query, 5, key.id);
        db_bind_int(query, 6, action->owner);
        db_bind_int(query, 7, action->due_day);
        db_bind_bytes(query, 8, sealed.ptr, sealed.len);
        db_bind_int(query, 9, who->account);
        db_bind_int(query, 10, clock_now());
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome = matter_event_add(db, arena, &key, "action", *ret, "given", action->due_day,
                                   who->account, STR(""), err);
    data_key_clear(&key);
    if (outcome == ST_OK) outcome = mail_add(db, action->owner, MAIL_GIVEN, *ret, 0, err);
    return outcome;
}

/* --- steps ------------------------------------------------------------------------------------ */

static enum st not_now(struct err *err, const char *why)
{
    return err_set(err, ST_CONFLICT, "%s", why);
}

enum st action_can(const struct scope *scope, const struct forum_action *action,
                   enum action_step step, struct err *err)
{
    int64_t account = scope_person(scope)->account;
    bool leads = forum_allows(scope, ACT_RUN_MEETING, action->forum, false);
    bool owns = action->owner == account;
    switch (step) {
    case ACTION_DO_DONE:
        if (!owns && !leads) return not_now(err, "Only who has it to do can say that it is done.");
        return action->state == ACTION_OPEN ? ST_OK : not_now(err, "It is done already.");
    case ACTION_DO_SIGN:
        if (action->state != ACTION_DONE)
            return not_now(err, "Nobody has said yet that it is done.");
        if (action->done_by == account || owns)
            return not_now(err, "You did it, or said that it is done. The second sign-off has to "
                                "be another person’s.");
        return leads ? ST_OK : not_now(err, "The Forum’s coordinator signs it off.");
    case ACTION_DO_MOVE:
    case ACTION_DO_GIVE:
        if (action->state != ACTION_OPEN) return not_now(err, "It is done already.");
        return leads ? ST_OK
                     : not_now(err, "The Forum’s coordinator can change that. Write a note.");
    default: return ST_OK;
    }
}

struct act {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct action_input *input;
    struct db *db;
    struct data_key key;
    struct forum_action action;
    const char *field;
    const char *done;
    const char *kind;
    int32_t day;
};

static enum st find_owner(struct act *act, struct err *err)
{
    struct person owner;
    act->field = "email";
    int64_t id = 0;
    enum st outcome = account_lookup(act->app, act->db, str_trim(act->input->email), &id, err);
    if (outcome == ST_OK && id)
        outcome = account_person_read(act->app, act->db, act->arena, id, &owner, err);
    if (outcome == ST_NOT_FOUND || (outcome == ST_OK && !id))
        return err_set(err, ST_INVALID, "Nobody here has that email address.");
    if (outcome != ST_OK) return outcome;
    if (!access_allows(&owner, ACT_DO_ACTION, NULL) ||
        (act->action.item &&
         meeting_item_kept(scope_of(act->app, act->arena, &owner), act->action.item)))
        return err_set(err, ST_INVALID,
                       "This person cannot have this action. Choose somebody else.");
    act->action.owner = id;
    return mail_add(act->db, id, MAIL_GIVEN, act->action.id, act->action.version, err);
}

static enum st step_of(struct act *act, enum action_step step, struct err *err)
{
    struct forum_action *action = &act->action;
    instant_ms now = clock_now();
    bool agrees = str_eq(act->input->choice, STR("yes"));
    switch (step) {
    case ACTION_DO_DONE:
        action->state = ACTION_DONE;
        action->done_by = act->who->account;
        action->done_at = now;
        act->kind = "done";
        return ST_OK;
    case ACTION_DO_SIGN:
        act->field = "choice";
        if (!agrees && !str_eq(act->input->choice, STR("no")))
            return err_set(err, ST_INVALID, "Choose yes or no.");
        action->state = agrees ? ACTION_SIGNED : ACTION_OPEN;
        action->signed_by = agrees ? act->who->account : 0;
        action->signed_at = agrees ? now : 0;
        if (!agrees) action->done_by = action->done_at = 0;
        act->kind = agrees ? "signed" : "refused";
        return ST_OK;
    case ACTION_DO_MOVE:
        act->field = "day";
        act->kind = "moved";
        if (due_day_read(act->input->day, &action->due_day, err) != ST_OK) return ST_INVALID;
        act->day = action->due_day;
        return ST_OK;
    case ACTION_DO_GIVE: act->kind = "passed"; return find_owner(act, err);
    default: act->kind = "note"; return ST_OK;
    }
}

static enum st store(struct act *act, struct err *err)
{
    const struct forum_action *action = &act->action;
    struct query *query = db_query(act->db, Q_ACTION_SET);
    db_bind_int(query, 1, action->id);
    db_bind_int(query, 2, action->version);
    db_bind_int(query, 3, action->owner);
    db_bind_int(query, 4, action->due_day);
    db_bind_text(query, 5, str_from(states[action->state].name));
    db_bind_int(query, 6, action->done_by);
    db_bind_int(query, 7, action->done_at);
    db_bind_int(query, 8, action->signed_by);
    db_bind_int(query, 9, action->signed_at);
    int64_t version = 0;
    return db_one(query, &version, err);
}

static enum st take_step(struct act *act, enum action_step step, struct err *err)
{
    static const char *const said[ACTION_STEPS] = {"action done", "action signed off",
                                                   "action moved", "action given", "action noted"};
    if (act->input->changed) *act->input->changed = act->input->version != act->action.version;
    if (act->input->version != act->action.version)
        return err_set(err, ST_CONFLICT,
                       "Somebody changed this while you were writing. Look at it again; what you "
                       "wrote is still here.");
    enum st outcome = action_can(scope_of(act->app, act->arena, act->who), &act->action, step, err);
    if (outcome != ST_OK) return outcome;
    struct str text = str_trim(utf8_clean(act->arena, str_sub(act->input->text, 0, 100000), NULL));
    act->field = "text";
    act->day = INT32_MIN;
    if (!text.len)
        return err_set(err, ST_INVALID,
                       step == ACTION_DO_DONE ? "Write what was done, and what shows it."
                                              : "Write why.");
    if (utf8_count(text) > MEETING_TEXT_MAX)
        return err_set(err, ST_INVALID, "That is %zu characters; %d is the most.", utf8_count(text),
                       (int)MEETING_TEXT_MAX);
    outcome = step_of(act, step, err);
    if (outcome == ST_OK) outcome = store(act, err);
    if (outcome == ST_OK)
        outcome = matter_event_add(act->db, act->arena, &act->key, "action", act->action.id,
                                   act->kind, act->day, act->who->account, text, err);
    if (outcome == ST_OK)
        outcome = access_note(act->app, act->db, act->who->account, AUDIT_ALTERATION, said[step],
                              "action", act->action.id, "ok", err);
    return outcome;
}

enum st action_do(struct app *app, const struct person *who, int64_t id, enum action_step step,
                  const struct action_input *input, const char **ret_field, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct act act = {.app = app, .arena = &arena, .who = who, .input = input};
    enum st outcome = store_write_begin(app->store, &act.db, err);
    if (outcome == ST_OK) {
        outcome = load(app, act.db, &arena, id, &act.action, &act.key, err);
        if (outcome == ST_OK && !action_seen(scope_of(app, &arena, who), &act.action))
            outcome = err_missing(err, "action");
        if (outcome == ST_OK) outcome = once_look(act.db, input->once, err);
        if (outcome == ST_OK && !once_done(input->once)) {
            outcome = take_step(&act, step, err);
            if (outcome == ST_OK) outcome = once_keep(act.db, input->once, id, err);
        }
        outcome = store_write_end(app->store, act.db, outcome, err);
    }
    data_key_clear(&act.key);
    *ret_field = act.field;
    arena_done(&arena);
    return outcome;
}
