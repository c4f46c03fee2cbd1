/*
 * On the way to a Forum: what waits for a representative, how far a submission is, the versions
 * that were written of it, and what whoever handed it in is told.
 */
#include "api/api.h"
#include "domain/area_feedback.h"
#include "domain/feedback_due.h"
#include "domain/forward.h"
#include "domain/scope.h"
#include "web/draw.h"
#include "web/page_forward.h"
#include "web/pages.h"

enum { EXCERPT = 110 };

/* --- what waits ------------------------------------------------------------------------------ */

static json_t *inbox_json(struct arena *arena, const struct forward_line *line,
                          const struct submission *read)
{
    json_t *one = json_pack("{sI so so sb sb so so}", "submission", (json_int_t)line->submission,
                            "reference", api_text(read->reference), "excerpt",
                            api_text(draw_excerpt(arena, read->narrative, EXCERPT)), "urgent",
                            (int)line->urgent, "held", (int)line->held, "came_at",
                            api_time(arena, line->came), "since", api_time(arena, line->since));
    api_put_time(one, arena, "due_at", line->due);
    return one;
}

static struct api_place place_waiting(const void *item)
{
    const struct forward_line *line = item;
    return (struct api_place){{-(int64_t)line->urgent, line->came, line->submission}};
}

void api_inbox(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct api_page page;
    struct forward_line *lines = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_inbox) ||
        !api_page_read(request, response, ROUTE_api_inbox, &page))
        return;
    enum st outcome = forward_inbox(request->app, arena, &request->who, &lines, &count, &err);
    struct db *db = outcome == ST_OK ? store_read_begin(request->app->store, &err) : NULL;
    if (!db) {
        respond_error(request, response, &err);
        return;
    }
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    json_t *items = json_array();
    api_cut(&page, lines, count, sizeof *lines, place_waiting);
    for (size_t i = page.begin; i < page.end; i++) {
        struct submission read;
        /* What is gone meanwhile is not there. */
        if (submission_load_seen(scope, db, arena, lines[i].submission, &read, NULL) == ST_OK)
            json_array_append_new(items, inbox_json(arena, &lines[i], &read));
    }
    store_read_end(request->app->store, db);
    api_answer(request, response, ROUTE_api_inbox,
               api_page_make(request, ROUTE_api_inbox, items, &page));
}

/* --- one of them ------------------------------------------------------------------------------ */

/* As the page: whoever may share it on.  Nobody has looked at it by that. */
static bool open_it(struct request *request, struct response *response, struct stage_state *state)
{
    struct arena *arena = request->arena;
    struct submission read;
    struct err err = {0};
    enum st outcome = ST_NOT_FOUND;
    if (scope_allows(scope_of(request->app, arena, &request->who), ACT_FORWARD, request->id[0]))
        outcome = submission_read(request->app, arena, &request->who, request->id[0], &read, &err);
    else
        err_set(&err, outcome, "There is no such submission.");
    if (outcome == ST_OK) outcome = stage_read(request->app, arena, request->id[0], state, &err);
    if (outcome != ST_OK) respond_error(request, response, &err);
    return outcome == ST_OK;
}

static json_t *questions_json(struct arena *arena, const struct forward_question *asked,
                              size_t count)
{
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *one =
            json_pack("{so so so}", "question", api_text(asked[i].question), "asked_at",
                      api_time(arena, asked[i].asked_at), "answer", api_text(asked[i].answer));
        api_put_time(one, arena, "answered_at", asked[i].answered_at);
        json_array_append_new(all, one);
    }
    return all;
}

static json_t *events_json(struct arena *arena, const struct forward_event *event, size_t count)
{
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            all, json_pack("{so so so so so}", "kind", api_text(event[i].kind), "reason",
                           api_text(event[i].code), "who", api_text(event[i].who), "words",
                           api_text(event[i].words), "at", api_time(arena, event[i].at)));
    return all;
}

void api_stage(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct stage_state state;
    struct forward_question *asked = NULL;
    struct forward_event *event = NULL;
    size_t questions = 0;
    size_t events = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_stage) || !open_it(request, response, &state))
        return;
    enum st outcome =
        forward_questions(request->app, arena, state.submission, &asked, &questions, &err);
    if (outcome == ST_OK)
        outcome = forward_events(request->app, arena, state.submission, &event, &events, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *answer = json_pack(
        "{sI ss so sb sb sI so so so so}", "submission", (json_int_t)state.submission, "stage",
        stage_name(state.stage), "forum", api_text(state.forum), "urgent", (int)state.urgent,
        "sender_named", (int)state.by_name, "version", (json_int_t)state.version, "reason",
        api_text(state.reason), "since", api_time(arena, state.changed_at), "questions",
        questions_json(arena, asked, questions), "events", events_json(arena, event, events));
    api_put_time(answer, arena, "opened_at", state.opened_at);
    api_put_time(answer, arena, "shared_at", state.shared_at);
    api_answer(request, response, ROUTE_api_stage, answer);
}

static struct api_place place_version(const void *item)
{
    const struct forward_version *line = item;
    return (struct api_place){{-line->number, 0, 0}};
}

void api_versions(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct api_page page;
    struct stage_state state;
    struct forward_version *version = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_versions) ||
        !api_page_read(request, response, ROUTE_api_versions, &page) ||
        !open_it(request, response, &state))
        return;
    if (forward_versions(request->app, arena, state.submission, &version, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    api_cut(&page, version, count, sizeof *version, place_version);
    for (size_t i = page.begin; i < page.end; i++)
        json_array_append_new(
            items, json_pack("{sI sI so so so sb so so}", "number", (json_int_t)version[i].number,
                             "base", (json_int_t)version[i].base, "narrative",
                             api_text(version[i].words.narrative), "when",
                             api_text(version[i].words.when_text), "where",
                             api_text(version[i].words.where_text), "sender_named",
                             (int)version[i].named, "by", api_text(version[i].author), "at",
                             api_time(arena, version[i].made_at)));
    api_answer(request, response, ROUTE_api_versions,
               api_page_make(request, ROUTE_api_versions, items, &page));
}

/* --- what its sender is told ------------------------------------------------------------------ */

void api_feedback(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct record record = {0};
    struct stage_state state;
    struct submission read;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_feedback)) return;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    bool own = scope_allows(scope, ACT_READ_SUBMISSION, request->id[0]) &&
               scope_record(scope, request->id[0], &record) &&
               record.account == request->who.account;
    enum st outcome =
        own ? submission_read(request->app, arena, &request->who, request->id[0], &read, &err)
            : err_missing(&err, "submission");
    if (outcome == ST_OK) outcome = stage_read(request->app, arena, request->id[0], &state, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct submission_word word = submission_word_of(request, &state);
    api_answer(request, response, ROUTE_api_feedback,
               json_pack("{ss so so so}", "state", feedback_name(state.feedback), "label",
                         api_text(word.label), "words", api_text(word.words), "since",
                         api_time(arena, word.since)));
}

static struct api_place place_due(const void *item)
{
    const struct feedback_wait *line = item;
    return (struct api_place){{line->shared_at, line->submission, 0}};
}

void api_feedback_due(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct api_page page;
    struct feedback_wait *list = NULL;
    size_t count = 0;
    size_t total = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_feedback_due) ||
        !api_page_read(request, response, ROUTE_api_feedback_due, &page))
        return;
    if (feedback_due_list(request->app, arena, &request->who, &list, &count, &total, &err) !=
        ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    api_cut(&page, list, count, sizeof *list, place_due);
    for (size_t i = page.begin; i < page.end; i++)
        json_array_append_new(
            items,
            json_pack("{sI so so so so so sb}", "submission", (json_int_t)list[i].submission,
                      "reference", api_text(list[i].reference), "excerpt",
                      api_text(draw_excerpt(arena, list[i].words, EXCERPT)), "forum",
                      api_text(list[i].forum), "shared_at", api_time(arena, list[i].shared_at),
                      "due_at", api_time(arena, list[i].due_at), "may_say", (int)list[i].gives));
    api_answer(request, response, ROUTE_api_feedback_due,
               api_page_make(request, ROUTE_api_feedback_due, items, &page));
}

void api_feedback_give(struct request *request, struct response *response)
{
    struct once once = api_once(request);
    struct err err = {0};
    json_t *body = NULL;
    if (!api_read(request, response, ROUTE_api_feedback_give, &body)) return;
    struct str outcome = str_dup(request->arena, api_member_text(body, "outcome"));
    json_decref(body);
    if (!api_has_pack(request, response)) return;
    if (feedback_give_once(request->app, &request->who, request->id[0], outcome, &once, &err) !=
        ST_OK)
        respond_error(request, response, &err);
    else
        api_answer(request, response, ROUTE_api_feedback_give,
                   json_pack("{sI so}", "submission", (json_int_t)request->id[0], "outcome",
                             api_text(outcome)));
}
