/*
 * Notices: what needs this person, and what is open to them for a time.
 */
#include "domain/connection.h"
#include "domain/grant.h"
#include "web/draw.h"
#include "web/page_desk.h"
#include "web/said.h"

static enum st draw_questions(struct request *request, int64_t typed, struct view_notices *view,
                              struct err *err)
{
    struct arena *arena = request->arena;
    struct connection_line *lines = NULL;
    size_t count = 0;
    enum st outcome =
        connections_to_answer(request->app, arena, &request->who, &lines, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_notices_questions *list = arena_many(arena, count, struct view_notices_questions);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_notices_questions){
            .id = lines[i].id,
            .asker = lines[i].asker,
            .organisation = lines[i].asker_organisation,
            .message = lines[i].message,
            .when = clock_words(arena, lines[i].asked_at),
            .reference = lines[i].other_reference,
            .see = url_to_id(arena, ROUTE_submission, lines[i].other),
            .shows = lines[i].shows,
            .action = url_to_id(arena, ROUTE_connection_answer, lines[i].id),
            .reason = lines[i].id == typed ? form_value(request, "reason") : STR("")};
    view->questions = list;
    view->questions_count = count;
    return ST_OK;
}

static enum st draw_answers(struct request *request, struct view_notices *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct connection_line *lines = NULL;
    size_t count = 0;
    enum st outcome = connections_asked(request->app, arena, &request->who, 0, &lines, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_notices_answers *list = arena_many(arena, count, struct view_notices_answers);
    size_t shown = 0;
    for (size_t i = 0; i < count; i++) {
        bool answered = lines[i].answered_at != 0;
        /* Of those that nobody has answered, one line for each record: how many were
         * asked tells how many hold something. */
        bool there = false;
        for (size_t k = 0; k < i; k++)
            there |= lines[k].submission == lines[i].submission && !lines[k].answered_at;
        if ((answered && lines[i].seen) || (!answered && there)) continue;
        list[shown++] = (struct view_notices_answers){
            .agreed = str_eq(lines[i].state, STR("agreed")),
            .answered = answered,
            .reason = lines[i].reason,
            .when = clock_words(arena, answered ? lines[i].answered_at : lines[i].asked_at),
            .mine = lines[i].submission_reference,
            .mine_href = url_to_id(arena, ROUTE_submission, lines[i].submission),
            .other = lines[i].other_reference,
            .other_href = url_to_id(arena, ROUTE_submission, lines[i].other),
            .seen = url_to_id(arena, ROUTE_connection_seen, lines[i].id),
            .waits = answered};
    }
    view->answers = list;
    view->answers_count = shown;
    return ST_OK;
}

static enum st draw_broken(struct request *request, struct view_notices *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct grant_line *lines = NULL;
    size_t count = 0;
    enum st outcome = broken_told(request->app, arena, &request->who, &lines, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_notices_broken *list = arena_many(arena, count, struct view_notices_broken);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_notices_broken){
            .name = lines[i].name,
            .organisation = lines[i].by,
            .reference = lines[i].reference,
            .reason = lines[i].reason,
            .when = clock_words(arena, lines[i].given_at),
            .until = clock_words(arena, lines[i].until),
            .seen = url_to_id(arena, ROUTE_broken_seen, lines[i].id)};
    view->broken = list;
    view->broken_count = count;
    return ST_OK;
}

static enum st draw_grants(struct request *request, struct view_notices *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct grant_line *lines = NULL;
    size_t count = 0;
    enum st outcome = grants_to(request->app, arena, &request->who, &lines, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_notices_grants *list = arena_many(arena, count, struct view_notices_grants);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_notices_grants){
            .label = draw_grant_label(lines[i].kind),
            .reference = lines[i].reference,
            .href = url_to_id(arena, ROUTE_submission, lines[i].submission),
            .until = clock_words(arena, lines[i].until),
            .by = lines[i].by,
            .reason = lines[i].reason};
    view->grants = list;
    view->grants_count = count;
    return ST_OK;
}

static const struct said said[] = {
    {"agreed", "You agreed. Both of you see what you agreed on, for as long as it says."},
    {"declined", "You declined. They read why."},
    {"asked", "You have asked. The answer comes here."},
    {"word", "You have read it. It is off this page."},
    {"read", "You have read the answer. It is off this page."},
    {"seen", "You have seen that a record was opened. It is off this page."},
};

/* `typed`: the question whose answer comes back with a problem; 0: none. */
static void draw(struct request *request, struct response *response, int64_t typed,
                 const struct err *problem)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    struct view_notices view = {
        .csrf = request->csrf,
        .said = SAID_WORDS(form_value(request, "saved"), said),
        .error = problem ? str_dup(arena, str_from(problem->public)) : STR(""),
        .error_at = html_url_fragment(arena, str_fmt(arena, "reason-%lld", (long long)typed)),
        .can_break = access_allows(&request->who, ACT_BREAK_GLASS, NULL),
        .break_glass = url_to(ROUTE_break_glass)};
    enum st outcome = draw_questions(request, typed, &view, &err);
    if (outcome == ST_OK) outcome = draw_answers(request, &view, &err);
    if (outcome == ST_OK) outcome = draw_broken(request, &view, &err);
    if (outcome == ST_OK) outcome = draw_grants(request, &view, &err);
    struct buf desk;
    bool any = false;
    buf_init(&desk, 1 << 20);
    if (outcome == ST_OK) outcome = desk_notices_draw(request, &desk, &any, &err);
    if (outcome == ST_OK) {
        view.desk = html_from_view(&desk);
        view.nothing = !view.questions_count && !view.answers_count && !view.broken_count && !any;
        PAGE(request, response, "Notices", view_notices, &view);
    } else {
        respond_error(request, response, &err);
    }
    buf_done(&desk);
}

void page_notices(struct request *request, struct response *response)
{
    draw(request, response, 0, NULL);
}

static void finish(struct request *request, struct response *response, enum st outcome,
                   const char *code, const struct err *err)
{
    if (outcome == ST_OK) {
        respond_said(request, response, url_to(ROUTE_notices), code);
    } else if (outcome == ST_INVALID) {
        response->status = 400;
        draw(request, response, request->id[0], err);
    } else {
        respond_error(request, response, err);
    }
}

void page_connection_answer(struct request *request, struct response *response)
{
    struct err err = {0};
    struct str answer = form_value(request, "answer");
    bool agrees = str_eq(answer, STR("agree"));
    enum st outcome =
        agrees || str_eq(answer, STR("decline"))
            ? connection_answer(request->app, &request->who, request->id[0], agrees,
                                form_value(request, "reason"), &err)
            : err_set(&err, ST_NOT_FOUND, "That was answered already, or there is none.");
    finish(request, response, outcome, agrees ? "agreed" : "declined", &err);
}

void page_connection_seen(struct request *request, struct response *response)
{
    struct err err = {0};
    finish(request, response, connection_seen(request->app, &request->who, request->id[0], &err),
           "read", &err);
}

void page_broken_seen(struct request *request, struct response *response)
{
    struct err err = {0};
    finish(request, response, broken_seen(request->app, &request->who, request->id[0], &err),
           "seen", &err);
}
