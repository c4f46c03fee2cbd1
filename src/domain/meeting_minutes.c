/*
 * The minutes: put together of what was written in the meeting, one part for each item.  Until
 * they are approved they are a draft, put together anew for whoever reads it; then each part is an
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

/* A part of an item as it stands in the store. */
struct gathered {
    int64_t item;
    bool seen;
    struct str title;
    struct str title_in_words; /* for those who see the words alone */
    struct str body;
};

struct minutes {
    struct str title;
    struct str head;
    struct gathered *part;
    size_t count;
};

static enum st gather_item(struct meeting_act *act, struct meeting_item *item,
                           const struct item_reader *reader, struct gathered *ret, struct err *err)
{
    struct buf body;
    struct item_brief brief = {.title = item->title};
    enum st outcome = ST_OK;
    *ret = (struct gathered){.item = item->id,
                             .seen = meeting_item_seen(reader, item),
                             .title_in_words = item->words.len ? item->title : STR("")};
    /* An item that whoever approves may not see has its part all the same, without its name. */
    if (ret->seen)
        outcome = meeting_brief(act->scope, act->db, act->arena, &act->meeting, item, &brief, err);
    buf_init(&body, PART_MAX);
    line(&body, "State", str_from(item_state_label(item->state)));
    if (outcome == ST_OK) outcome = write_entries(act, item->id, &body, err);
    if (outcome == ST_OK) outcome = write_actions(act, item->id, &body, err);
    if (outcome == ST_OK && body.overflow)
        outcome = err_set(err, ST_LIMIT, "The minutes of one item are too long.");
    ret->title = brief.title;
    ret->body = str_dup(act->arena, buf_str(&body));
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

/* All of them, in a transaction of the caller's. */
static enum st gather(struct meeting_act *act, const struct meeting_person *people, size_t known,
                      struct minutes *ret, struct err *err)
{
    struct meeting_item *list = NULL;
    struct item_reader reader;
    size_t count = 0;
    enum st outcome =
        meeting_items_load(act->app, act->db, act->arena, act->meeting.id, &list, &count, err);
    if (outcome == ST_OK)
        outcome = item_reader_begin(act->scope, act->db, &act->meeting, &reader, err);
    if (outcome != ST_OK) return outcome;
    meeting_items_sort(act->app->area, act->arena, list, count);
    struct str sorry = who_was_there(act, people, known, ATTENDS_APOLOGIES);
    *ret = (struct minutes){
        .title = str_fmt(act->arena, "%.*s, %.*s",
                         STR_ARG(area_forum_name(act->app->area, act->meeting.forum)),
                         STR_ARG(clock_words(act->arena, act->meeting.starts_at))),
        .head = str_fmt(act->arena, "Here: %.*s%s%.*s",
                        STR_ARG(who_was_there(act, people, known, ATTENDS_PRESENT)),
                        sorry.len ? "\nApologies: " : "", STR_ARG(sorry)),
        .part = arena_many(act->arena, count, struct gathered)};
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = gather_item(act, &list[i], &reader, &ret->part[ret->count++], err);
    return outcome;
}

/* What this person sees of them, as a number that is another when a word of it is. */
static enum st seen_of(struct meeting_act *act, const struct minutes *minutes, struct str *ret,
                       struct err *err)
{
    enum { SEEN_MAX = 32 << 20 };
    struct buf all;
    buf_init(&all, SEEN_MAX);
    line(&all, "title", minutes->title);
    line(&all, "head", minutes->head);
    for (size_t i = 0; i < minutes->count; i++) {
        if (!minutes->part[i].seen) continue;
        line(&all, "part", minutes->part[i].title);
        line(&all, "body", minutes->part[i].body);
    }
    enum st outcome =
        all.overflow ? err_set(err, ST_LIMIT, "The minutes of this meeting are too long.") : ST_OK;
    *ret = str_fmt(act->arena, "%016llx", (unsigned long long)str_hash(buf_str(&all)));
    buf_done(&all);
    return outcome;
}

enum st meeting_minutes_approve(struct meeting_act *act, struct err *err)
{
    struct meeting_person *people = NULL;
    struct minutes minutes;
    struct str seen;
    size_t known = 0;
    enum st outcome = meeting_people(act->app, act->arena, &act->meeting, &people, &known, err);
    if (outcome == ST_OK) outcome = gather(act, people, known, &minutes, err);
    if (outcome == ST_OK) outcome = seen_of(act, &minutes, &seen, err);
    if (outcome == ST_OK && !str_eq(seen, act->input->seen))
        outcome = err_set(err, ST_CONFLICT,
                          "The minutes are not what you read any more. Read them again below.");
    if (outcome == ST_OK)
        outcome =
            meeting_entry_add(act, 0, "minutes", minutes.title, minutes.head, minutes.title, err);
    for (size_t i = 0; outcome == ST_OK && i < minutes.count; i++) {
        const struct gathered *part = &minutes.part[i];
        outcome = meeting_entry_add(act, part->item, "minutes", part->title, part->body,
                                    part->title_in_words, err);
    }
    return outcome;
}

/* --- for a reader ----------------------------------------------------------------------------- */

static enum st read_draft(struct meeting_act *act, struct meeting_minutes *ret, struct err *err)
{
    struct meeting_person *people = NULL;
    struct minutes minutes;
    size_t known = 0;
    enum st outcome = meeting_people(act->app, act->arena, &act->meeting, &people, &known, err);
    if (outcome != ST_OK) return outcome;
    act->db = store_read_begin(act->app->store, err);
    if (!act->db) return ST_FAILED;
    /* with its key, and as it stands now */
    outcome =
        meeting_load(act->app, act->db, act->arena, act->meeting.id, &act->meeting, &act->key, err);
    if (outcome == ST_OK) outcome = gather(act, people, known, &minutes, err);
    store_read_end(act->app->store, act->db);
    data_key_clear(&act->key);
    if (outcome == ST_OK) outcome = seen_of(act, &minutes, &ret->seen, err);
    if (outcome != ST_OK) return outcome;
    ret->draft = true;
    ret->title = minutes.title;
    ret->head = minutes.head;
    ret->part = arena_many(act->arena, minutes.count, struct minutes_part);
    for (size_t i = 0; i < minutes.count; i++)
        if (minutes.part[i].seen)
            ret->part[ret->part_count++] =
                (struct minutes_part){minutes.part[i].title, minutes.part[i].body};
    return ST_OK;
}

/* The part of an item, by the name that this reader may read.  Who approved it had none for it
 * when they did not see the item: then it is what the reader calls it. */
static enum st take_part(struct meeting_act *act, const struct meeting_item *item,
                         const struct meeting_entry *entry, struct meeting_minutes *ret,
                         struct err *err)
{
    struct item_brief brief = {.title = item->whole ? entry->text : entry->third};
    enum st outcome = ST_OK;
    if (!brief.title.len)
        outcome = meeting_brief(act->scope, act->db, act->arena, &act->meeting, item, &brief, err);
    ret->part[ret->part_count++] = (struct minutes_part){brief.title, entry->second};
    return outcome;
}

static enum st read_approved(struct meeting_act *act, struct meeting_minutes *ret, struct err *err)
{
    struct meeting_item *items = NULL;
    struct meeting_entry *entries = NULL;
    size_t item_count = 0;
    size_t count = 0;
    int64_t wrote = 0;
    const struct meeting *meeting = &act->meeting;
    enum st outcome =
        meeting_items(act->app, act->arena, act->who, meeting, &items, &item_count, err);
    if (outcome == ST_OK)
        outcome =
            meeting_entries(act->app, act->arena, act->who, meeting, 0, &entries, &count, err);
    if (outcome != ST_OK) return outcome;
    act->db = store_read_begin(act->app->store, err);
    if (!act->db) return ST_FAILED;
    ret->part = arena_many(act->arena, count, struct minutes_part);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (entries[i].item || !str_eq(entries[i].kind, STR("minutes"))) continue;
        ret->title = entries[i].text;
        ret->head = entries[i].second;
        ret->by = entries[i].name;
        ret->at = entries[i].at;
        struct query *query = db_query(act->db, Q_MEETING_WROTE);
        db_bind_int(query, 1, meeting->id);
        db_bind_int(query, 2, entries[i].account);
        outcome = db_one(query, &wrote, err);
    }
    for (size_t k = 0; k < item_count; k++)
        for (size_t i = 0; i < count && outcome == ST_OK; i++)
            if (entries[i].item == items[k].id && str_eq(entries[i].kind, STR("minutes")))
                outcome = take_part(act, &items[k], &entries[i], ret, err);
    store_read_end(act->app->store, act->db);
    ret->by_writer = wrote > 0;
    return outcome;
}

enum st meeting_minutes(struct app *app, struct arena *arena, const struct person *who,
                        const struct meeting *meeting, struct meeting_minutes *ret, struct err *err)
{
    struct meeting_act act = {.app = app,
                              .arena = arena,
                              .who = who,
                              .scope = scope_of(app, arena, who),
                              .meeting = *meeting};
    *ret = (struct meeting_minutes){0};
    if (meeting->state == MEETING_HELD) return read_draft(&act, ret, err);
    if (meeting->state == MEETING_APPROVED) return read_approved(&act, ret, err);
    return err_set(err, ST_NOT_FOUND, "There are no minutes yet: the meeting is not over.");
}
