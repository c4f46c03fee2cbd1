/*
 * Meetings of the Forums, with agenda and decisions, and the actions that came of them.
 */
#include "api/api.h"
#include "domain/account.h"
#include "domain/action.h"
#include "domain/meeting.h"
#include "web/draw.h"
#include "web/pages.h"

enum { TITLE = 200 };

static const char *const meeting_words[MEETING_STATES] = {"planned", "open", "held", "approved",
                                                          "cancelled"};
static const char *const item_words[ITEM_STATES] = {"waiting", "decided", "closing",
                                                    "closed",  "carried", "off"};

/* --- meetings --------------------------------------------------------------------------------- */

static json_t *meeting_json(struct arena *arena, const struct meeting *meeting)
{
    return json_pack("{sI so so ss so}", "id", (json_int_t)meeting->id, "forum",
                     api_text(meeting->forum), "starts_at", api_time(arena, meeting->starts_at),
                     "state", meeting_words[meeting->state], "place", api_text(meeting->place));
}

static struct api_place place_meeting(const void *item)
{
    const struct meeting *line = item;
    return (struct api_place){{-line->starts_at, -line->id, 0}};
}

void api_meetings(struct request *request, struct response *response)
{
    struct api_page page;
    struct meeting *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_meetings) ||
        !api_page_read(request, response, ROUTE_api_meetings, &page))
        return;
    if (meeting_list(request->app, request->arena, &request->who, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    api_cut(&page, list, count, sizeof *list, place_meeting);
    for (size_t i = page.begin; i < page.end; i++)
        json_array_append_new(items, meeting_json(request->arena, &list[i]));
    api_answer(request, response, ROUTE_api_meetings,
               api_page_make(request, ROUTE_api_meetings, items, &page));
}

static json_t *people_json(const struct meeting_person *people, size_t count)
{
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, json_pack("{so so ss sb}", "name", api_text(people[i].name),
                                             "organisation", api_text(people[i].organisation),
                                             "state", attendance_name(people[i].state), "chair",
                                             (int)people[i].chair));
    return all;
}

static enum st item_json(struct request *request, struct db *db, const struct meeting *meeting,
                         const struct meeting_item *item, json_t *agenda, struct err *err)
{
    struct arena *arena = request->arena;
    struct item_brief brief;
    struct forum_action *actions = NULL;
    size_t count = 0;
    enum st outcome = meeting_brief(scope_of(request->app, arena, &request->who), db, arena,
                                    meeting, item, &brief, err);
    if (outcome == ST_OK)
        outcome = action_of_item(request->app, db, arena, item->id, &actions, &count, err);
    if (outcome != ST_OK) return outcome;
    json_t *ids = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(ids, json_integer((json_int_t)actions[i].id));
    json_t *one = json_pack("{sI so ss so so ss so sb so}", "id", (json_int_t)item->id, "section",
                            api_text(item->section), "kind", item_kind_name(item->kind), "title",
                            api_text(draw_excerpt(arena, brief.title, TITLE)), "words",
                            api_text(item->words), "state", item_words[item->state], "outcome",
                            api_text(item->outcome), "whole", (int)item->whole, "actions", ids);
    if (item->whole && item->subject)
        json_object_set_new(one, "subject", json_integer((json_int_t)item->subject));
    json_array_append_new(agenda, one);
    return ST_OK;
}

/* Minutes are a page of their own, and who has a conflict is for those who see the subject. */
static json_t *entries_json(struct arena *arena, const struct meeting_entry *entries, size_t count)
{
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct meeting_entry *entry = &entries[i];
        if (str_eq(entry->kind, STR("minutes")) || str_eq(entry->kind, STR("conflict"))) continue;
        json_t *one = json_pack("{so so so so so so}", "kind", api_text(entry->kind), "label",
                                api_text(meeting_entry_label(entry->kind)), "text",
                                api_text(entry->text), "second", api_text(entry->second), "by",
                                api_text(entry->name), "at", api_time(arena, entry->at));
        if (entry->item) json_object_set_new(one, "item", json_integer((json_int_t)entry->item));
        json_array_append_new(all, one);
    }
    return all;
}

void api_meeting(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    struct meeting meeting;
    struct meeting_person *people = NULL;
    struct meeting_item *items = NULL;
    struct meeting_entry *entries = NULL;
    size_t sit = 0;
    size_t count = 0;
    size_t said = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_meeting)) return;
    enum st outcome = meeting_read(app, arena, &request->who, request->id[0], &meeting, &err);
    if (outcome == ST_OK) outcome = meeting_people(app, arena, &meeting, &people, &sit, &err);
    if (outcome == ST_OK)
        outcome = meeting_items(app, arena, &request->who, &meeting, &items, &count, &err);
    if (outcome == ST_OK)
        outcome = meeting_entries(app, arena, &request->who, &meeting, 0, &entries, &said, &err);
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, &err) : NULL;
    if (outcome == ST_OK && !db) outcome = ST_FAILED;
    json_t *agenda = json_array();
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = item_json(request, db, &meeting, &items[i], agenda, &err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) {
        json_decref(agenda);
        respond_error(request, response, &err);
        return;
    }
    json_t *answer = meeting_json(arena, &meeting);
    json_object_set_new(answer, "people", people_json(people, sit));
    json_object_set_new(answer, "agenda", agenda);
    json_object_set_new(answer, "entries", entries_json(arena, entries, said));
    api_answer(request, response, ROUTE_api_meeting, answer);
}

/* --- actions ---------------------------------------------------------------------------------- */

static enum st action_json(struct request *request, struct db *db,
                           const struct forum_action *action, json_t **ret, struct err *err)
{
    struct str owner = STR("");
    enum st outcome = account_name(request->app, db, request->arena, action->owner, &owner, err);
    if (outcome != ST_OK) return outcome;
    *ret = json_pack("{sI so so so ss so so}", "id", (json_int_t)action->id, "forum",
                     api_text(action->forum), "owner", api_text(owner), "due",
                     api_day(request->arena, action->due_day), "state",
                     action_state_name(action->state), "what", api_text(action->what), "evidence",
                     api_text(action->evidence));
    if (action->meeting)
        json_object_set_new(*ret, "meeting", json_integer((json_int_t)action->meeting));
    if (action->item) json_object_set_new(*ret, "item", json_integer((json_int_t)action->item));
    return ST_OK;
}

static struct api_place place_action(const void *item)
{
    const struct forum_action *line = item;
    return (struct api_place){{line->state == ACTION_SIGNED, line->due_day, line->id}};
}

void api_actions(struct request *request, struct response *response)
{
    struct app *app = request->app;
    struct api_page page;
    struct forum_action *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_actions) ||
        !api_page_read(request, response, ROUTE_api_actions, &page))
        return;
    /* As the page: those of the Forums are for who coordinates them. */
    bool leads = access_allows(&request->who, ACT_RUN_MEETING, NULL) &&
                 person_has(&request->who, ROLE_coordinator);
    bool all = leads && str_eq(form_value(request, "list"), STR("forum"));
    enum st outcome = action_list(app, request->arena, &request->who,
                                  all ? ACTIONS_FORUM : ACTIONS_OWN, &list, &count, &err);
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, &err) : NULL;
    if (outcome == ST_OK && !db) outcome = ST_FAILED;
    json_t *items = json_array();
    if (outcome == ST_OK) api_cut(&page, list, count, sizeof *list, place_action);
    for (size_t i = page.begin; i < page.end && outcome == ST_OK; i++) {
        json_t *one = NULL;
        outcome = action_json(request, db, &list[i], &one, &err);
        if (one) json_array_append_new(items, one);
    }
    store_read_end(app->store, db);
    if (outcome == ST_OK) {
        api_answer(request, response, ROUTE_api_actions,
                   api_page_make(request, ROUTE_api_actions, items, &page));
        return;
    }
    json_decref(items);
    respond_error(request, response, &err);
}

static json_t *events_json(struct arena *arena, const struct matter_event *events, size_t count)
{
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *one = json_pack("{so so so so so}", "kind", api_text(events[i].kind), "label",
                                api_text(matter_event_label(events[i].kind)), "words",
                                api_text(events[i].words), "by", api_text(events[i].name), "at",
                                api_time(arena, events[i].at));
        if (events[i].day != INT32_MIN)
            json_object_set_new(one, "day", api_day(arena, events[i].day));
        json_array_append_new(all, one);
    }
    return all;
}

/* NULL after answering. */
static json_t *read_action(struct request *request, struct response *response,
                           struct forum_action *action)
{
    struct app *app = request->app;
    struct matter_event *events = NULL;
    size_t count = 0;
    json_t *one = NULL;
    struct err err = {0};
    enum st outcome = action_read(app, request->arena, &request->who, request->id[0], action, &err);
    if (outcome == ST_OK)
        outcome = action_events(app, request->arena, action, &events, &count, &err);
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, &err) : NULL;
    if (db) outcome = action_json(request, db, action, &one, &err);
    store_read_end(app->store, db);
    if (one)
        json_object_set_new(one, "events", events_json(request->arena, events, count));
    else
        respond_error(request, response, &err);
    return one;
}

void api_action(struct request *request, struct response *response)
{
    struct forum_action action;
    if (!api_check(request, response, ROUTE_api_action)) return;
    json_t *answer = read_action(request, response, &action);
    if (answer) api_answer(request, response, ROUTE_api_action, answer);
}

void api_action_done(struct request *request, struct response *response)
{
    struct once once = api_once(request);
    struct forum_action action;
    const char *field = NULL;
    bool changed = false;
    struct err err = {0};
    json_t *body = NULL;
    if (!api_read(request, response, ROUTE_api_action_done, &body)) return;
    struct action_input input = {.text = str_dup(request->arena, api_member_text(body, "text")),
                                 .once = &once,
                                 .changed = &changed};
    json_decref(body);
    json_t *before = read_action(request, response, &action);
    if (!before) return;
    input.version = api_fits(request, before) ? action.version : -1;
    json_decref(before);
    if (action_do(request->app, &request->who, action.id, ACTION_DO_DONE, &input, &field, &err) !=
        ST_OK) {
        if (changed)
            api_changed(request, response);
        else
            respond_error(request, response, &err);
        return;
    }
    json_t *after = read_action(request, response, &action);
    if (after) api_answer(request, response, ROUTE_api_action_done, after);
}
