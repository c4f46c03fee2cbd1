/*
 * Reading the desk's cases, and the clocks that run on them.
 */
#include "domain/desk_internal.h"

#include "base/names.h"
#include "domain/account.h"
#include "domain/referral.h"

#include <stdlib.h>

static const struct labelled states[DESK_STATES] = {
    [DESK_NEW] = {"new", "New"},
    [DESK_OPEN] = {"open", "Being looked at"},
    [DESK_DECIDED] = {"decided", "Decided"},
    [DESK_CLOSING] = {"closing", "Waits for the second sign-off"},
    [DESK_CLOSED] = {"closed", "Closed"},
};

const char *desk_state_name(enum desk_state state)
{
    return states[state].name;
}

const char *desk_state_label(enum desk_state state)
{
    return states[state].label;
}

static bool desk_state_from_name(struct str name, enum desk_state *ret)
{
    int place = labelled_place(name, states, DESK_STATES);
    if (place >= 0) *ret = (enum desk_state)place;
    return place >= 0;
}

instant_ms desk_conference_ended(const struct desk_case *desk)
{
    return desk->conference_at ? desk->conference_at : desk->conference_none_at;
}

/* --- cases ------------------------------------------------------------------------------- */

/* The referral's part of a row of Q_DESK_CASES, and of what nobody has touched the rest. */
static void read_referral(struct app *app, struct arena *arena, struct query *query,
                          struct desk_case *ret)
{
    *ret = (struct desk_case){
        .referral = db_int(query, 0),
        .reference = str_dup(arena, db_text(query, 1)),
        .account = db_int(query, 2),
        .organisation = db_int(query, 3),
        .organisation_name = str_dup(arena, db_text(query, 4)),
        .place = str_dup(arena, db_text(query, 5)),
        .sent_at = db_int(query, 6),
        .telephoned_at = db_int(query, 7),
        .written_due = db_int(query, 8),
        .submission = db_int(query, 9),
        .came_at = db_int(query, 6),
        .decision_due = area_clock_due(app->area, CLOCK_DECISION, db_int(query, 6)),
    };
    ret->first_due = ret->decision_due;
    ret->added_at = db_int(query, 49);
}

bool desk_has_news(const struct desk_case *desk)
{
    return desk->added_at > desk->worked_at;
}

static void read_desk(struct arena *arena, struct query *query, struct desk_case *ret)
{
    if (!desk_state_from_name(db_text(query, 13), &ret->state)) abort(); /* only we write it */
    ret->rating = str_dup(arena, db_text(query, 14));
    ret->owner = db_int(query, 15);
    ret->came_at = db_int(query, 16);
    ret->decision_due = db_int(query, 17);
    ret->decided_at = db_int(query, 18);
    ret->decided_by = db_int(query, 19);
    ret->outcome = str_dup(arena, db_text(query, 20));
    ret->first_due = db_int(query, 21);
    ret->first_decided_at = db_int(query, 22);
    ret->first_feedback_at = db_int(query, 23);
    ret->feedback_due = db_int(query, 24);
    ret->feedback_at = db_int(query, 25);
    ret->assessment_due = db_int(query, 26);
    ret->assessment_at = db_int(query, 27);
    ret->conference_from = db_int(query, 28);
    ret->conference_due = db_int(query, 29);
    ret->conference_at = db_int(query, 30);
    ret->stage = str_dup(arena, db_text(query, 31));
    ret->stage_from = db_int(query, 32);
    ret->stage_due = db_int(query, 33);
    ret->boundary = str_dup(arena, db_text(query, 34));
    ret->transfer_from = db_int(query, 35);
    ret->transfer_due = db_int(query, 36);
    ret->transfer_at = db_int(query, 37);
    ret->closing_by = db_int(query, 38);
    ret->closing_from = db_int(query, 39);
    ret->closing_due = db_int(query, 40);
    ret->closed_at = db_int(query, 41);
    ret->worker_id = db_int(query, 43);
    ret->reopened = db_int(query, 44);
    ret->version = db_int(query, 45);
    ret->checks_open = db_int(query, 46);
    ret->check_due = db_int(query, 47);
    ret->check_asked = db_int(query, 48);
    ret->worked_at = db_int(query, 50);
    ret->conference_none_at = db_int(query, 51);
    ret->last_event = db_int(query, 52);
}

static enum st case_from_row(struct app *app, struct arena *arena, struct query *query,
                             struct desk_case *ret, struct data_key *key, struct err *err)
{
    read_referral(app, arena, query, ret);
    enum st outcome = record_key_from_row(app, query, 10, key, err);
    if (outcome != ST_OK || db_is_null(query, 13)) return outcome;
    read_desk(arena, query, ret);
    if (db_is_null(query, 42)) return ST_OK;
    return field_open(arena, key, FIELD_DESK_WORKER, ret->referral, db_bytes(query, 42),
                      &ret->worker, err);
}

enum st desk_load(struct app *app, struct db *db, struct arena *arena, int64_t referral,
                  struct desk_case *ret, struct data_key *key, struct err *err)
{
    struct data_key opened = {0};
    struct query *query = db_query(db, Q_DESK_CASES);
    db_bind_int(query, 1, referral);
    db_bind_int(query, 2, referral);
    db_bind_int(query, 3, 1);
    db_bind_int(query, 4, -1);
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) outcome = case_from_row(app, arena, query, ret, &opened, err);
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK) outcome = desk_meetings_load(db, arena, ret, err);
    if (outcome == ST_OK && key) *key = opened;
    data_key_clear(&opened);
    return outcome == ST_NOT_FOUND ? err_missing(err, "referral") : outcome;
}

bool desk_allows(struct app *app, struct arena *arena, const struct person *who, enum action action,
                 int64_t referral)
{
    return referral_allows(app, arena, who, action, referral);
}

bool desk_scope_allows(const struct scope *scope, enum action action, int64_t organisation,
                       int64_t submission)
{
    struct record facts = {0};
    bool known = scope_record(scope, submission, &facts);
    struct record record = {
        .organisation = organisation, .conflict = facts.conflict, .blocked = facts.blocked};
    return known && access_allows(scope_person(scope), action, &record);
}

/* Adds those that are closed, or those that are not, newest first, while there is room. */
static enum st list_cases(struct app *app, struct db *db, struct arena *arena, bool closed,
                          struct desk_case *list, size_t *count, struct err *err)
{
    struct query *query = db_query(db, Q_DESK_CASES);
    db_bind_int(query, 1, 1);
    db_bind_int(query, 2, INT64_MAX);
    db_bind_int(query, 3, (int64_t)(DESK_CASES_MAX - *count));
    db_bind_int(query, 4, closed);
    struct data_key key = {0};
    enum st outcome = ST_OK;
    while (outcome == ST_OK && *count < DESK_CASES_MAX && db_next(query))
        outcome = case_from_row(app, arena, query, &list[(*count)++], &key, err);
    data_key_clear(&key);
    return db_end_after(query, outcome, err);
}

enum st desk_list(struct app *app, struct arena *arena, const struct person *who,
                  struct desk_case **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct desk_case *list = arena_many(arena, DESK_CASES_MAX, struct desk_case);
    size_t found = 0;
    enum st outcome = list_cases(app, db, arena, false, list, &found, err);
    if (outcome == ST_OK) outcome = list_cases(app, db, arena, true, list, &found, err);
    store_read_end(app->store, db);
    size_t count = 0;
    const struct scope *scope = scope_of(app, arena, who);
    for (size_t i = 0; i < found && outcome == ST_OK; i++)
        if (desk_scope_allows(scope, ACT_DESK, list[i].organisation, list[i].submission))
            list[count++] = list[i];
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st desk_read(struct app *app, struct arena *arena, const struct person *who, int64_t referral,
                  struct desk_case *ret, struct err *err)
{
    enum st outcome = ST_NOT_FOUND;
    if (desk_allows(app, arena, who, ACT_DESK, referral)) {
        struct db *db = store_read_begin(app->store, err);
        if (!db) return ST_FAILED;
        outcome = desk_load(app, db, arena, referral, ret, NULL, err);
        store_read_end(app->store, db);
    }
    if (outcome != ST_OK && outcome != ST_NOT_FOUND) return outcome;
    enum st noted = audit_event(
        app,
        &(struct audit_event){.kind = outcome == ST_OK ? AUDIT_CONSULTATION : AUDIT_DENIAL,
                              .action = "case read",
                              .account = who->account,
                              .subject = "referral",
                              .subject_id = referral,
                              .outcome = outcome == ST_OK ? "ok" : "not found"},
        err);
    if (noted != ST_OK) return noted;
    return outcome == ST_OK ? ST_OK : err_set(err, outcome, "There is no such referral.");
}

enum st desk_telephoned(struct app *app, struct arena *arena, const struct person *who,
                        struct desk_telephoned **ret, size_t *ret_count, struct err *err)
{
    struct desk_telephoned *list = NULL;
    size_t count = 0, room = 0;
    *ret = NULL;
    *ret_count = 0;
    if (!access_allows(who, ACT_DESK, NULL)) return ST_OK;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_DESK_TELEPHONED);
    while (db_next(query)) {
        arena_room(arena, list, count, &room);
        list[count++] = (struct desk_telephoned){.referral = db_int(query, 0),
                                                 .reference = str_dup(arena, db_text(query, 1)),
                                                 .organisation = str_dup(arena, db_text(query, 2)),
                                                 .telephoned_at = db_int(query, 3),
                                                 .due_at = db_int(query, 4)};
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

/* --- events ------------------------------------------------------------------------------- */

static const struct {
    const char *kind;
    const char *label;
    enum desk_kind code; /* DESK_KINDS: it has none */
    enum desk_kind second;
} kinds[] = {
    {"taken", "Taken on", DESK_KINDS, DESK_KINDS},
    {"rated", "Rating set", DESK_RATING, DESK_KINDS},
    {"check-asked", "Partner check asked", DESK_AGENCY, DESK_KINDS},
    {"check-answered", "Partner check answered", DESK_AGENCY, DESK_CHECK_ANSWER},
    {"check-withdrawn", "Partner check withdrawn", DESK_AGENCY, DESK_KINDS},
    {"decided", "Decided", DESK_OUTCOME, DESK_NO_ACTION},
    {"stepped-down", "Less than was decided before", DESK_OUTCOME, DESK_KINDS},
    {"met", "Meeting", DESK_MEETING, DESK_MEETING_RESULT},
    {"meeting-day", "Day of a meeting corrected", DESK_MEETING, DESK_KINDS},
    {"conference", "Child protection conference held", DESK_KINDS, DESK_KINDS},
    {"no-conference", "No child protection conference is needed", DESK_KINDS, DESK_KINDS},
    {"assessed", "Assessment finished", DESK_KINDS, DESK_KINDS},
    {"worker", "Allocated worker told", DESK_KINDS, DESK_KINDS},
    {"disagreed", "Disagreement raised", DESK_STAGE, DESK_KINDS},
    {"escalated", "Disagreement taken further", DESK_STAGE, DESK_KINDS},
    {"agreed", "Disagreement settled", DESK_STAGE, DESK_KINDS},
    {"transfer-asked", "Transfer asked", DESK_BOUNDARY, DESK_KINDS},
    {"transfer-accepted", "Transfer accepted", DESK_BOUNDARY, DESK_KINDS},
    {"transfer-declined", "Transfer declined", DESK_BOUNDARY, DESK_KINDS},
    {"feedback", "Referrer told", DESK_FEEDBACK, DESK_KINDS},
    {"closing", "First sign-off to close", DESK_KINDS, DESK_KINDS},
    {"sign-off-refused", "Second sign-off refused", DESK_KINDS, DESK_KINDS},
    {"closed", "Second sign-off: closed", DESK_KINDS, DESK_KINDS},
    {"reopened", "Opened again", DESK_KINDS, DESK_KINDS},
    {"note", "Note", DESK_KINDS, DESK_KINDS},
};

struct str desk_event_label(struct str kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(kind, str_from(kinds[i].kind))) return str_from(kinds[i].label);
    return kind;
}

struct str desk_event_code(struct arena *arena, const struct area *area,
                           const struct desk_event *event)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_eq(event->kind, str_from(kinds[i].kind))) continue;
        struct str code = event->code.len && kinds[i].code != DESK_KINDS
                              ? area_desk_label(area, kinds[i].code, event->code)
                              : STR("");
        if (!event->second.len || kinds[i].second == DESK_KINDS) return code;
        struct str second = area_desk_label(area, kinds[i].second, event->second);
        return code.len ? str_fmt(arena, "%.*s: %.*s", STR_ARG(code), STR_ARG(second)) : second;
    }
    return STR("");
}

enum { EVENT_TEXTS = 2 };

static enum st event_from_row(struct app *app, struct arena *arena, struct query *query,
                              struct desk_event *ret, struct err *err)
{
    *ret = (struct desk_event){.id = db_int(query, 0),
                               .kind = str_dup(arena, db_text(query, 1)),
                               .code = str_dup(arena, db_text(query, 2)),
                               .second = str_dup(arena, db_text(query, 3)),
                               .account = db_int(query, 4),
                               .at = db_int(query, 5),
                               .happened_at = db_int(query, 6),
                               .due_at = db_int(query, 7)};
    struct data_key key = {0};
    struct str packed;
    struct str text[EVENT_TEXTS];
    enum st outcome = record_key_from_row(app, query, 9, &key, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &key, FIELD_DESK_EVENT, ret->id, db_bytes(query, 8), &packed, err);
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(packed, text, EVENT_TEXTS)) abort(); /* it was authentic */
    ret->words = text[0];
    ret->who = text[1];
    return ST_OK;
}

enum st desk_events(struct app *app, struct arena *arena, int64_t referral, struct desk_event **ret,
                    size_t *ret_count, struct err *err)
{
    enum { MOST = 1000 };
    struct desk_event *list = arena_many(arena, MOST, struct desk_event);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_DESK_EVENTS);
    db_bind_int(query, 1, referral);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < MOST && db_next(query))
        outcome = event_from_row(app, arena, query, &list[count++], err);
    outcome = db_end_after(query, outcome, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = account_name(app, db, arena, list[i].account, &list[i].name, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

/* --- clocks -------------------------------------------------------------------------------- */

/* What ends all clocks that still run. */
static instant_ms over(const struct desk_case *desk, instant_ms ended)
{
    return ended ? ended : desk->closed_at;
}

static void add(struct desk_clock ret[static DESK_CLOCKS_MAX], size_t *count,
                const struct area *area, const char *id, struct desk_clock clock)
{
    if (!clock.due || *count == DESK_CLOCKS_MAX) return;
    const struct area_clock *known = area ? area_clock_find(area, str_from(id)) : NULL;
    clock.id = str_from(id);
    if (!clock.label.len) clock.label = known ? known->rule.label : str_from(id);
    ret[(*count)++] = clock;
}

static void add_checks(struct desk_clock ret[static DESK_CLOCKS_MAX], size_t *count,
                       const struct area *area, const struct desk_check *check, size_t check_count)
{
    for (size_t i = 0; i < check_count; i++) {
        if (check[i].withdrawn_at) continue;
        struct str asked = check[i].organisation_name;
        if (!asked.len) asked = area_desk_label(area, DESK_AGENCY, check[i].agency);
        add(ret, count, area, "check", (struct desk_clock){.label = STR("Partner check"),
                                                           .what = asked,
                                                           .from = check[i].asked_at,
                                                           .due = check[i].due_at,
                                                           .ended = check[i].answered_at});
    }
}

size_t desk_clocks(const struct area *area, const struct desk_case *desk,
                   const struct desk_check *check, size_t check_count,
                   struct desk_clock ret[static DESK_CLOCKS_MAX])
{
    size_t count = 0;
    instant_ms decided = desk->decided_first ? desk->decided_first : desk->decided_at;
    add(ret, &count, area, CLOCK_WRITTEN, (struct desk_clock){.from = desk->telephoned_at,
                                                              .due = desk->written_due,
                                                              .ended = desk->sent_at});
    add(ret, &count, area, CLOCK_DECISION,
        (struct desk_clock){.from = desk->came_at,
                            .due = desk->decision_due,
                            .ended = over(desk, decided)});
    if (check)
        add_checks(ret, &count, area, check, check_count);
    else
        add(ret, &count, area, "check", (struct desk_clock){.label = STR("Partner check"),
                                                            .from = desk->check_asked,
                                                            .due = desk->check_due});
    add(ret, &count, area, CLOCK_FEEDBACK,
        (struct desk_clock){.from = desk->decided_at,
                            .due = desk->feedback_due,
                            .ended = over(desk, desk->feedback_at)});
    add(ret, &count, area, CLOCK_CONFERENCE,
        (struct desk_clock){.from = desk->conference_from,
                            .due = desk->conference_due,
                            .ended = over(desk, desk_conference_ended(desk)),
                            .not_needed = desk->conference_none_at != 0});
    add(ret, &count, area, CLOCK_ASSESSMENT,
        (struct desk_clock){.from = desk->came_at,
                            .due = desk->assessment_due,
                            .ended = over(desk, desk->assessment_at)});
    if (desk->stage.len)
        add(ret, &count, area, "stage",
            (struct desk_clock){.label = STR("Disagreement"),
                                .what = area_desk_label(area, DESK_STAGE, desk->stage),
                                .from = desk->stage_from,
                                .due = desk->stage_due});
    add(ret, &count, area, CLOCK_TRANSFER,
        (struct desk_clock){.what = area_desk_label(area, DESK_BOUNDARY, desk->boundary),
                            .from = desk->transfer_from,
                            .due = desk->transfer_due,
                            .ended = over(desk, desk->transfer_at)});
    add(ret, &count, area, CLOCK_SIGN_OFF, (struct desk_clock){.from = desk->closing_from,
                                                               .due = desk->closing_due,
                                                               .ended = desk->closed_at});
    return count;
}
