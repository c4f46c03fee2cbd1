/*
 * The minutes: what stands in the record when they are approved, one part for each item, each an
 * entry that nothing changes.  A reader sees the parts of the items that they see.
 */
#include "domain/meeting_internal.h"

#include "base/buf.h"
#include "domain/account.h"
#include "domain/action.h"

enum { PART_MAX = 200000 };

static void line(struct buf *into, const char *what, struct str text)
{
    if (!text.len) return;
    if (into->len) buf_add_char(into, '\n');
    buf_add_c(into, what);
    buf_add_c(into, ": ");
    buf_add(into, text);
}

/* Entries of one item as they stand. */
static enum st write_entries(struct meeting_act *act, int64_t item, struct buf *into,
                             struct err *err)
{
    static const char *const shown[] = {"decision", "dissent", "closing", "closed",
                                        "refused",  "off",     "carried"};
    struct query *query = db_query(act->db, Q_MEETING_DECISIONS);
    db_bind_int(query, 1, act->meeting.id);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(query)) {
        struct str text[3];
        struct str packed;
        struct str kind = db_text(query, 2);
        bool wanted = false;
        if (db_int(query, 1) != item) continue;
        for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
            wanted |= str_eq(kind, str_from(shown[i]));
        if (!wanted) continue;
        outcome = field_open(act->arena, &act->key, FIELD_MEETING_DECISION, db_int(query, 0),
                             db_bytes(query, 5), &packed, err);
        if (outcome != ST_OK || !texts_unpack(packed, text, 3)) continue;
        line(into, str_c(act->arena, meeting_entry_label(kind)), text[0]);
        line(into,
             str_eq(kind, STR("decision"))  ? "Because"
             : str_eq(kind, STR("closing")) ? "Outcome"
                                            : "By",
             text[1]);
    }
    return db_end_after(query, outcome, err);
}

static enum st write_actions(struct meeting_act *act, int64_t item, struct buf *into,
                             struct err *err)
{
    struct forum_action *list = NULL;
    size_t count = 0;
    enum st outcome = action_of_item(act->app, act->db, act->arena, item, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct str owner = STR("");
        outcome = account_name(act->app, act->db, act->arena, list[i].owner, &owner, err);
        line(into, "Action",
             str_fmt(act->arena, "%.*s (%.*s, by %.*s; shown by: %.*s)", STR_ARG(list[i].what),
                     STR_ARG(owner),
                     STR_ARG(date_words(act->arena, date_from_days(list[i].due_day))),
                     STR_ARG(list[i].evidence)));
    }
    return outcome;
}

static enum st write_item(struct meeting_act *act, struct meeting_item *item,
                          const struct item_reader *reader, struct err *err)
{
    struct buf body;
    struct item_brief brief = {.title = item->title};
    enum st outcome = ST_OK;
    /* An item that whoever approves may not see has its part all the same, without its name. */
    if (meeting_item_seen(reader, item))
        outcome = meeting_brief(act->scope, act->db, act->arena, &act->meeting, item, &brief, err);
    buf_init(&body, PART_MAX);
    line(&body, "State", str_from(item_state_label(item->state)));
    if (outcome == ST_OK) outcome = write_entries(act, item->id, &body, err);
    if (outcome == ST_OK) outcome = write_actions(act, item->id, &body, err);
    if (outcome == ST_OK && body.overflow)
        outcome = err_set(err, ST_LIMIT, "The minutes of one item are too long.");
    if (outcome == ST_OK)
        outcome = meeting_entry_add(act, item->id, "minutes", brief.title,
                                    str_dup(act->arena, buf_str(&body)),
                                    item->words.len ? item->title : STR(""), err);
    buf_done(&body);
    return outcome;
}

static struct str who_was_there(struct meeting_act *act, const struct meeting_person *people,
                                size_t count, enum attendance state)
{
    struct str names = STR("");
    for (size_t i = 0; i < count; i++) {
        if (people[i].state != state) continue;
        names = str_fmt(act->arena, "%.*s%s%.*s (%.*s)%s", STR_ARG(names), names.len ? "; " : "",
                        STR_ARG(people[i].name), STR_ARG(people[i].organisation),
                        people[i].chair ? ", chair" : "");
    }
    return names;
}

enum st meeting_minutes_write(struct meeting_act *act, struct err *err)
{
    struct meeting_item *list = NULL;
    struct meeting_person *people = NULL;
    struct item_reader reader;
    size_t count = 0;
    size_t known = 0;
    enum st outcome =
        meeting_items_load(act->app, act->db, act->arena, act->meeting.id, &list, &count, err);
    if (outcome == ST_OK)
        outcome = item_reader_begin(act->scope, act->db, &act->meeting, &reader, err);
    if (outcome == ST_OK)
        outcome = meeting_people(act->app, act->arena, &act->meeting, &people, &known, err);
    if (outcome != ST_OK) return outcome;
    struct str body = str_fmt(act->arena, "Here: %.*s\nApologies: %.*s",
                              STR_ARG(who_was_there(act, people, known, ATTENDS_PRESENT)),
                              STR_ARG(who_was_there(act, people, known, ATTENDS_APOLOGIES)));
    struct str title = str_fmt(act->arena, "%.*s, %.*s",
                               STR_ARG(area_forum_name(act->app->area, act->meeting.forum)),
                               STR_ARG(clock_words(act->arena, act->meeting.starts_at)));
    outcome = meeting_entry_add(act, 0, "minutes", title, body, title, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = write_item(act, &list[i], &reader, err);
    return outcome;
}
