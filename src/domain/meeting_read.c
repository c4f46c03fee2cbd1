/*
 * Reading meetings and their items, and who sees which.
 */
#include "domain/meeting_internal.h"

#include "base/names.h"
#include "domain/account.h"
#include "domain/registry.h"

#include <stdio.h>
#include <stdlib.h>

/* --- words ----------------------------------------------------------------------------------- */

static const struct labelled states[MEETING_STATES] = {
    [MEETING_PLANNED] = {"planned", "To come"},
    [MEETING_OPEN] = {"open", "On now"},
    [MEETING_HELD] = {"held", "Held, minutes in draft"},
    [MEETING_APPROVED] = {"approved", "Minutes approved"},
    [MEETING_CANCELLED] = {"cancelled", "Called off"},
};

static const struct labelled item_states[ITEM_STATES] = {
    [ITEM_WAITING] = {"waiting", "To talk about"},
    [ITEM_DECIDED] = {"decided", "Decided"},
    [ITEM_CLOSING] = {"closing", "Waits for the second sign-off"},
    [ITEM_CLOSED] = {"closed", "Closed"},
    [ITEM_CARRIED] = {"carried", "Carried to the next meeting"},
    [ITEM_OFF] = {"off", "Taken off the agenda"},
};

static const char *const item_kinds[ITEM_KINDS] = {
    [ITEM_ENTITY] = "entity", [ITEM_SUBMISSION] = "submission", [ITEM_CHILD] = "child",
    [ITEM_THEME] = "theme",   [ITEM_ACTION] = "action",         [ITEM_DISRUPTION] = "disruption",
    [ITEM_MISSING] = "missing", [ITEM_LOCATION] = "location",   [ITEM_PATTERN] = "pattern",
    [ITEM_GAP] = "gap",       [ITEM_SUPPORT] = "support",
};

static const struct labelled attendances[ATTENDANCES] = {
    [ATTENDS_NOT] = {"not", "Not asked"},
    [ATTENDS_INVITED] = {"invited", "Invited"},
    [ATTENDS_PRESENT] = {"present", "Here"},
    [ATTENDS_APOLOGIES] = {"apologies", "Sent apologies"},
};

const char *meeting_state_label(enum meeting_state state)
{
    return states[state].label;
}

const char *item_state_label(enum item_state state)
{
    return item_states[state].label;
}

const char *item_kind_name(enum item_kind kind)
{
    return item_kinds[kind];
}

bool item_kind_from_name(struct str name, enum item_kind *ret)
{
    int place = name_place(name, item_kinds, ITEM_KINDS);
    if (place >= 0) *ret = (enum item_kind)place;
    return place >= 0;
}

const char *attendance_name(enum attendance state)
{
    return attendances[state].name;
}

bool attendance_from_name(struct str name, enum attendance *ret)
{
    int place = labelled_place(name, attendances, ATTENDANCES);
    if (place >= 0) *ret = (enum attendance)place;
    return place >= 0;
}

static enum meeting_state meeting_state_of(struct str name)
{
    int place = labelled_place(name, states, MEETING_STATES);
    if (place < 0) abort(); /* only we write it */
    return (enum meeting_state)place;
}

static enum item_state item_state_of(struct str name)
{
    int place = labelled_place(name, item_states, ITEM_STATES);
    if (place < 0) abort(); /* only we write it */
    return (enum item_state)place;
}

/* --- a meeting -------------------------------------------------------------------------------- */

bool forum_allows(const struct scope *scope, enum action action, struct str forum, bool chairs)
{
    const struct person *who = scope_person(scope);
    struct record record = {.forum = registry_forum_bit(scope_app(scope)->registry, forum),
                            .rule = HANDLING_FORUM,
                            .account = chairs ? who->account : 0};
    return access_allows(who, action, &record);
}

bool meeting_sits(const struct scope *scope, struct str forum)
{
    return forum_allows(scope, ACT_READ_MEETING, forum, false);
}

bool meeting_may_plan(const struct scope *scope, struct str forum)
{
    return forum_allows(scope, ACT_RUN_MEETING, forum, false);
}

static enum st meeting_from_row(struct app *app, struct arena *arena, struct query *query,
                                struct meeting *ret, struct data_key *key, struct err *err)
{
    struct data_key opened;
    *ret = (struct meeting){.id = db_int(query, 0),
                            .forum = str_dup(arena, db_text(query, 1)),
                            .starts_at = db_int(query, 2),
                            .since_at = db_int(query, 3),
                            .built_to = db_int(query, 4),
                            .state = meeting_state_of(db_text(query, 5)),
                            .version = db_int(query, 9)};
    enum st outcome = record_key_from_row(app, query, 10, &opened, err);
    if (outcome == ST_OK)
        outcome = field_open(arena, &opened, FIELD_MEETING, ret->id, db_bytes(query, 6),
                             &ret->place, err);
    if (outcome == ST_OK && key) *key = opened;
    data_key_clear(&opened);
    return outcome;
}

enum st meeting_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                     struct meeting *ret, struct data_key *key, struct err *err)
{
    struct query *query = db_query(db, Q_MEETING_READ);
    db_bind_int(query, 1, id);
    enum st outcome =
        db_next(query) ? meeting_from_row(app, arena, query, ret, key, err) : ST_NOT_FOUND;
    outcome = db_end_after(query, outcome, err);
    return outcome == ST_NOT_FOUND ? err_missing(err, "meeting") : outcome;
}

/* 0 where there is no row. */
static enum st number_of(struct db *db, enum query_id id, int64_t first, int64_t second,
                         int64_t *ret, struct err *err)
{
    struct query *query = db_query(db, id);
    db_bind_int(query, 1, first);
    db_bind_int(query, 2, second);
    enum st outcome = db_one(query, ret, err);
    if (outcome != ST_NOT_FOUND) return outcome;
    *ret = 0;
    return ST_OK;
}

/* The chair alone may have written some of what they approve, not all of it. */
static enum st others_approve(struct db *db, int64_t account, bool chairs, struct meeting *meeting,
                              struct err *err)
{
    int64_t own = 0;
    int64_t others = 0;
    int64_t met = 0;
    enum st outcome = number_of(db, Q_MEETING_WROTE, meeting->id, account, &own, err);
    if (outcome == ST_OK)
        outcome = number_of(db, Q_MEETING_OTHERS_WROTE, meeting->id, account, &others, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_MEETING_MET_AFTER);
    db_bind_int(query, 1, meeting->id);
    outcome = db_one(query, &met, err);
    meeting->others_approve = own && !met && !(chairs && others);
    return outcome;
}

enum st meeting_for_reader(const struct scope *scope, struct db *db, struct meeting *meeting,
                           struct err *err)
{
    int64_t account = scope_person(scope)->account;
    int64_t chair = 0;
    int64_t present = 0;
    if (!forum_allows(scope, ACT_READ_MEETING, meeting->forum, false))
        return err_missing(err, "meeting");
    enum st outcome = number_of(db, Q_MEETING_CHAIRED, meeting->id, account, &chair, err);
    if (outcome == ST_OK)
        outcome = number_of(db, Q_ATTENDANCE_COUNT, meeting->id, account, &present, err);
    meeting->runs = forum_allows(scope, ACT_RUN_MEETING, meeting->forum, chair != 0);
    meeting->attended = present != 0;
    if (outcome == ST_OK && meeting->state == MEETING_HELD)
        outcome = others_approve(db, account, chair != 0, meeting, err);
    return outcome;
}

enum st meeting_list(struct app *app, struct arena *arena, const struct person *who,
                     struct meeting **ret, size_t *ret_count, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct meeting *list = arena_many(arena, MEETINGS_MAX, struct meeting);
    size_t read = 0;
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MEETING_LIST);
    db_bind_int(query, 1, MEETINGS_MAX);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && read < MEETINGS_MAX && db_next(query))
        outcome = meeting_from_row(app, arena, query, &list[read++], NULL, err);
    outcome = db_end_after(query, outcome, err);
    for (size_t i = 0; i < read && outcome == ST_OK; i++) {
        struct meeting meeting = list[i];
        outcome = meeting_for_reader(scope, db, &meeting, err);
        if (outcome == ST_OK) list[count++] = meeting;
        if (outcome == ST_NOT_FOUND) outcome = ST_OK;
    }
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

static enum st note(struct app *app, const struct person *who, const char *action, int64_t id,
                    enum st outcome, struct err *err)
{
    return audit_event(
        app,
        &(struct audit_event){.kind = outcome == ST_OK ? AUDIT_CONSULTATION : AUDIT_DENIAL,
                              .action = action,
                              .account = who->account,
                              .subject = "meeting",
                              .subject_id = id,
                              .outcome = outcome == ST_OK ? "ok" : "not found",
                              .reason = outcome == ST_OK ? "forum" : NULL},
        err);
}

enum st meeting_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                     struct meeting *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = meeting_load(app, db, arena, id, ret, NULL, err);
    if (outcome == ST_OK) outcome = meeting_for_reader(scope, db, ret, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK && outcome != ST_NOT_FOUND) return outcome;
    enum st noted = note(app, who, "meeting read", id, outcome, outcome == ST_OK ? err : NULL);
    return outcome == ST_OK ? noted : outcome;
}

/* --- who is there ----------------------------------------------------------------------------- */

static enum st read_attendance(struct db *db, struct arena *arena, int64_t meeting,
                               struct meeting_person *list, size_t *count, struct err *err)
{
    struct query *query = db_query(db, Q_ATTENDANCE_OF);
    db_bind_int(query, 1, meeting);
    while (*count < MEETING_PEOPLE_MAX && db_next(query)) {
        struct meeting_person *person = &list[(*count)++];
        *person = (struct meeting_person){.account = db_int(query, 0),
                                          .chair = db_int(query, 2) != 0,
                                          .organisation = str_dup(arena, db_text(query, 4)),
                                          .sector = str_dup(arena, db_text(query, 5))};
        if (!attendance_from_name(db_text(query, 1), &person->state)) abort();
    }
    return db_end(query, err);
}

static enum st read_forum_people(struct db *db, struct arena *arena, struct str forum,
                                 struct meeting_person *list, size_t *count, struct err *err)
{
    size_t written = *count;
    struct query *query = db_query(db, Q_FORUM_PEOPLE);
    db_bind_text(query, 1, forum);
    while (*count < MEETING_PEOPLE_MAX && db_next(query)) {
        bool known = false;
        for (size_t i = 0; i < written; i++) known |= list[i].account == db_int(query, 0);
        if (!known)
            list[(*count)++] =
                (struct meeting_person){.account = db_int(query, 0),
                                        .organisation = str_dup(arena, db_text(query, 2)),
                                        .sector = str_dup(arena, db_text(query, 3))};
    }
    return db_end(query, err);
}

enum st meeting_people(struct app *app, struct arena *arena, const struct meeting *meeting,
                       struct meeting_person **ret, size_t *ret_count, struct err *err)
{
    struct meeting_person *list = arena_many(arena, MEETING_PEOPLE_MAX, struct meeting_person);
    *ret_count = 0;
    *ret = list;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_attendance(db, arena, meeting->id, list, ret_count, err);
    if (outcome == ST_OK)
        outcome = read_forum_people(db, arena, meeting->forum, list, ret_count, err);
    for (size_t i = 0; i < *ret_count && outcome == ST_OK; i++)
        outcome = account_name(app, db, arena, list[i].account, &list[i].name, err);
    store_read_end(app->store, db);
    return outcome;
}

static bool somebody_of(const struct meeting_person *people, size_t count, struct str sector)
{
    for (size_t i = 0; i < count; i++)
        if (people[i].state == ATTENDS_PRESENT && str_eq(people[i].sector, sector)) return true;
    return false;
}

enum st meeting_quorum(const struct area *area, const struct meeting_person *people, size_t count,
                       struct err *err)
{
    size_t terms = 0;
    const struct meeting_term *quorum = area_meeting_terms(area, MEETING_QUORUM, &terms);
    int32_t here = 0;
    for (size_t i = 0; i < count; i++) here += people[i].state == ATTENDS_PRESENT;
    char missing[120] = "";
    struct str rest = quorum->sectors;
    struct str sector;
    while (rest.len && str_split(&rest, '\n', &sector)) {
        if (somebody_of(people, count, sector)) continue;
        size_t used = strlen(missing);
        char key[80];
        snprintf(key, sizeof key, "sector-%.*s", STR_ARG(sector));
        snprintf(missing + used, sizeof missing - used, "%s%.*s",
                 used ? ", " : " Nobody is here of: ", STR_ARG(area_setting(area, str_from(key))));
    }
    if (here >= quorum->people && !missing[0]) return ST_OK;
    err_set(err, ST_CONFLICT, "There is no quorum: %d here, and it takes %d.%s%s", (int)here,
            (int)quorum->people, missing, missing[0] ? "." : "");
    err_hint(err, "Write down everybody who is here, or call the meeting off and plan another.");
    return ST_CONFLICT;
}

/* --- items: rows ------------------------------------------------------------------------------ */

static enum st item_from_row(struct app *app, struct arena *arena, struct query *query,
                             struct meeting_item *ret, struct err *err)
{
    struct data_key key;
    struct str packed;
    struct str text[2];
    *ret = (struct meeting_item){.id = db_int(query, 0),
                                 .meeting = db_int(query, 1),
                                 .section = str_dup(arena, db_text(query, 2)),
                                 .subject = db_int(query, 4),
                                 .place = db_int(query, 5),
                                 .origin = str_dup(arena, db_text(query, 6)),
                                 .state = item_state_of(db_text(query, 7)),
                                 .outcome = str_dup(arena, db_text(query, 8)),
                                 .closing_by = db_int(query, 9),
                                 .closing_at = db_int(query, 10),
                                 .closed_by = db_int(query, 11),
                                 .closed_at = db_int(query, 12),
                                 .account = db_int(query, 14),
                                 .created_at = db_int(query, 15),
                                 .version = db_int(query, 16)};
    if (!item_kind_from_name(db_text(query, 3), &ret->kind)) abort();
    enum st outcome = record_key_from_row(app, query, 17, &key, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &key, FIELD_MEETING_ITEM, ret->id, db_bytes(query, 13), &packed, err);
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(packed, text, 2)) abort(); /* it was authentic */
    ret->title = text[0];
    ret->words = text[1];
    return ST_OK;
}

enum st meeting_item_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                          struct meeting_item *ret, struct err *err)
{
    struct query *query = db_query(db, Q_MEETING_ITEM_READ);
    db_bind_int(query, 1, id);
    enum st outcome = db_next(query) ? item_from_row(app, arena, query, ret, err) : ST_NOT_FOUND;
    outcome = db_end_after(query, outcome, err);
    return outcome == ST_NOT_FOUND ? err_missing(err, "item") : outcome;
}

enum st meeting_items_load(struct app *app, struct db *db, struct arena *arena, int64_t meeting,
                           struct meeting_item **ret, size_t *ret_count, struct err *err)
{
    struct meeting_item *list = arena_many(arena, MEETING_ITEMS_MAX, struct meeting_item);
    size_t count = 0;
    struct query *query = db_query(db, Q_MEETING_ITEMS);
    db_bind_int(query, 1, meeting);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < MEETING_ITEMS_MAX && db_next(query))
        outcome = item_from_row(app, arena, query, &list[count++], err);
    outcome = db_end_after(query, outcome, err);
    *ret = list;
    *ret_count = count;
    return outcome;
}

/* --- items: for a reader ---------------------------------------------------------------------- */

/* Sections as the pack has them; what it has no more comes last. */
static size_t section_place(const struct area *area, struct str id)
{
    size_t count = 0;
    const struct meeting_term *sections = area_meeting_terms(area, MEETING_SECTION, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(sections[i].id, id)) return i;
    return count;
}

void meeting_items_sort(const struct area *area, struct arena *arena, struct meeting_item *list,
                        size_t count)
{
    struct meeting_item *sorted = arena_many(arena, count + 1, struct meeting_item);
    size_t sections = 0;
    size_t n = 0;
    (void)area_meeting_terms(area, MEETING_SECTION, &sections);
    for (size_t section = 0; section <= sections; section++)
        for (size_t i = 0; i < count; i++)
            if (section_place(area, list[i].section) == section) sorted[n++] = list[i];
    if (count) memcpy(list, sorted, count * sizeof *list);
}

enum st meeting_items(struct app *app, struct arena *arena, const struct person *who,
                      const struct meeting *meeting, struct meeting_item **ret, size_t *ret_count,
                      struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct meeting_item *list = NULL;
    size_t read = 0;
    size_t count = 0;
    struct item_reader reader;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = item_reader_begin(scope, db, meeting, &reader, err);
    if (outcome == ST_OK)
        outcome = meeting_items_load(app, db, arena, meeting->id, &list, &read, err);
    for (size_t i = 0; i < read && outcome == ST_OK; i++) {
        struct meeting_item item = list[i];
        if (meeting_item_seen(&reader, &item)) list[count++] = item;
    }
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    meeting_items_sort(app->area, arena, list, count);
    *ret = list;
    *ret_count = count;
    return ST_OK;
}

enum st meeting_item_read(struct app *app, struct arena *arena, const struct person *who,
                          int64_t id, struct meeting *ret_meeting, struct meeting_item *ret,
                          struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct item_reader reader;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = meeting_item_load(app, db, arena, id, ret, err);
    if (outcome == ST_OK)
        outcome = meeting_load(app, db, arena, ret->meeting, ret_meeting, NULL, err);
    if (outcome == ST_OK) outcome = meeting_for_reader(scope, db, ret_meeting, err);
    if (outcome == ST_OK) outcome = item_reader_begin(scope, db, ret_meeting, &reader, err);
    if (outcome == ST_OK && !meeting_item_seen(&reader, ret)) outcome = ST_NOT_FOUND;
    store_read_end(app->store, db);
    if (outcome != ST_OK && outcome != ST_NOT_FOUND) return outcome;
    enum st noted = note(app, who, "item read", ret->id ? ret->meeting : 0, outcome,
                         outcome == ST_OK ? err : NULL);
    if (outcome == ST_NOT_FOUND) return err_missing(err, "item");
    return noted;
}

/* --- what was said ---------------------------------------------------------------------------- */

struct str meeting_entry_label(struct str kind)
{
    static const char *const labels[][2] = {
        {"decision", "Decided"},         {"dissent", "Disagreed"},
        {"off", "Taken off the agenda"}, {"order", "Moved"},
        {"closing", "Asked to close"},   {"closed", "Closed: second sign-off"},
        {"refused", "Not closed"},       {"conflict", "Conflict of interest"},
        {"cancelled", "Called off"},     {"minutes", "Minutes"},
        {"correction", "Added to the minutes"}, {"carried", "Carried to the next meeting"},
        {"words", "Words for everybody changed"}, {"started", "Started"}, {"ended", "Ended"}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (str_eq(kind, str_from(labels[i][0]))) return str_from(labels[i][1]);
    return kind;
}

static enum st entry_from_row(struct app *app, struct arena *arena, struct query *query,
                              struct meeting_entry *ret, struct err *err)
{
    struct data_key key;
    struct str packed;
    struct str text[3];
    *ret = (struct meeting_entry){.id = db_int(query, 0),
                                  .item = db_int(query, 1),
                                  .kind = str_dup(arena, db_text(query, 2)),
                                  .account = db_int(query, 3),
                                  .at = db_int(query, 4)};
    enum st outcome = record_key_from_row(app, query, 6, &key, err);
    if (outcome == ST_OK)
        outcome = field_open(arena, &key, FIELD_MEETING_DECISION, ret->id, db_bytes(query, 5),
                             &packed, err);
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(packed, text, 3)) abort();
    ret->text = text[0];
    ret->second = text[1];
    ret->third = text[2];
    return ST_OK;
}

static bool is_among(const struct meeting_item *items, size_t count, int64_t item)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].id == item) return true;
    return false;
}

enum st meeting_entries(struct app *app, struct arena *arena, const struct person *who,
                        const struct meeting *meeting, int64_t item, struct meeting_entry **ret,
                        size_t *ret_count, struct err *err)
{
    enum { ENTRIES_MAX = 4000 };
    struct meeting_item *items = NULL;
    size_t item_count = 0;
    enum st outcome = meeting_items(app, arena, who, meeting, &items, &item_count, err);
    if (outcome != ST_OK) return outcome;
    struct meeting_entry *list = arena_many(arena, ENTRIES_MAX, struct meeting_entry);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MEETING_DECISIONS);
    db_bind_int(query, 1, meeting->id);
    while (outcome == ST_OK && count < ENTRIES_MAX && db_next(query)) {
        int64_t of = db_int(query, 1);
        bool wanted = item ? of == item : !of || is_among(items, item_count, of);
        if (wanted && (!of || is_among(items, item_count, of)))
            outcome = entry_from_row(app, arena, query, &list[count++], err);
    }
    outcome = db_end_after(query, outcome, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = account_name(app, db, arena, list[i].account, &list[i].name, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}
