/*
 * Between the Forums: hand-over of a matter, and urgent ones to all who lead.
 */
#include "web/page_matter.h"

#include "domain/handover.h"
#include "web/draw.h"

static const char *const states[HANDOVER_STATES] = {[HANDOVER_ASKED] = "Waits for an answer",
                                                    [HANDOVER_ACCEPTED] = "Taken on",
                                                    [HANDOVER_DECLINED] = "Not taken on",
                                                    [HANDOVER_TOLD] = "Sent to all who lead"};

static struct view_across_rows draw_row(struct request *request, const struct handover *row)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    bool urgent = !row->to_forum.len;
    struct str from = area_forum_name(area, row->from_forum);
    return (struct view_across_rows){
        .id = row->id,
        .heading = urgent ? str_fmt(arena, "Urgent, from %.*s", STR_ARG(from))
                          : str_fmt(arena, "%.*s to %.*s", STR_ARG(from),
                                    STR_ARG(area_forum_name(area, row->to_forum))),
        .when = clock_words(arena, row->created_at),
        .by = row->by,
        .words = row->words,
        .about = row->whole && row->kind == ITEM_ENTITY ? STR("what is known of it") : STR(""),
        .about_href = url_to_id(arena, ROUTE_entity, row->subject),
        .state = str_from(states[row->state]),
        .answer = row->answer,
        .answered = row->answered_by ? str_fmt(arena, "%.*s, %.*s", STR_ARG(row->answered_name),
                                               STR_ARG(clock_words(arena, row->answered_at)))
                                     : STR(""),
        .urgent = urgent,
        .answers = row->answers,
        .answer_href = url_to_id(arena, ROUTE_across_answer, row->id),
        .unread = urgent && row->mine,
        .seen = url_to_id(arena, ROUTE_across_seen, row->id)};
}

void page_across(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct handover *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (handover_list(request->app, arena, &request->who, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_across_rows *rows = arena_many(arena, count, struct view_across_rows);
    for (size_t i = 0; i < count; i++) rows[i] = draw_row(request, &list[i]);
    struct view_across view = {.add = url_to(ROUTE_across_new),
                               .urgent =
                                   url_with(arena, url_to(ROUTE_across_new), "urgent", STR("yes")),
                               .can_add = person_has(&request->who, ROLE_coordinator),
                               .meetings = url_to(ROUTE_meetings),
                               .csrf = request->csrf,
                               .rows = rows,
                               .rows_count = count};
    PAGE(request, response, "Hand-over and urgent matters", view_across, &view);
}

/* --- sending ---------------------------------------------------------------------------------- */

static const struct matter_form hand_form = {
    "Hand a matter over",
    "It stays yours until they take it. They see your words, and of what it is about only what "
    "they may see.",
    "Ask them",
    {{MATTER_FORUMS, "from", "Which Forum of yours hands it over?", NULL, MEETING_KINDS},
     {MATTER_ALL_FORUMS, "to", "Which Forum should take it?", NULL, MEETING_KINDS},
     {MATTER_AREA, "text", "What do they have to know?",
      "Leave out what would tell who said something.", MEETING_KINDS}}};
static const struct matter_form urgent_form = {
    "Send to all who lead",
    "Everybody who coordinates a Forum or chairs a meeting reads this at once, less whom it "
    "concerns. If a child is in danger now, ring first.",
    "Send it now",
    {{MATTER_FORUMS, "from", "Which Forum of yours is it from?", NULL, MEETING_KINDS},
     {MATTER_AREA, "text", "What do they have to know?",
      "Leave out what would tell who said something.", MEETING_KINDS}}};

static struct matter_drawing send_drawing(struct request *request)
{
    bool urgent = form_has(request, "urgent");
    struct matter_drawing drawing = {.request = request,
                                     .form = urgent ? &urgent_form : &hand_form,
                                     .caption = STR("Hand-over and urgent matters"),
                                     .see = url_to(ROUTE_across),
                                     .action = url_to(ROUTE_across_send)};
    size_t n = 0;
    if (urgent) drawing.kept[n++] = (struct matter_pair){"urgent", STR("yes")};
    if (form_has(request, "entity"))
        drawing.kept[n++] = (struct matter_pair){"entity", form_value(request, "entity")};
    return drawing;
}

void page_across_new(struct request *request, struct response *response)
{
    struct matter_drawing drawing = send_drawing(request);
    matter_draw(&drawing, response);
}

void page_across_send(struct request *request, struct response *response)
{
    struct matter_drawing drawing = send_drawing(request);
    struct err err = {0};
    bool urgent = form_has(request, "urgent");
    struct handover_new input = {.from_forum = form_value(request, "from"),
                                 .to_forum = urgent ? STR("") : form_value(request, "to"),
                                 .kind = ITEM_THEME,
                                 .words = form_value(request, "text")};
    if (str_to_int(form_value(request, "entity"), &input.subject) && input.subject)
        input.kind = ITEM_ENTITY;
    enum st outcome = !urgent && !input.to_forum.len
                          ? err_set(&err, ST_INVALID, "Choose the Forum that it goes to.")
                          : handover_add(request->app, &request->who, &input, &drawing.at, &err);
    if (!urgent && !input.to_forum.len) drawing.at = "to";
    matter_answer(&drawing, response, outcome, &err, url_to(ROUTE_across));
}

/* --- answering -------------------------------------------------------------------------------- */

static const struct matter_form answer_form = {
    "Take it or not", NULL, "Send the answer",
    {{MATTER_YES_NO, "choice", "Does your Forum take it?", NULL, MEETING_KINDS},
     {MATTER_AREA, "text", "Why, and who takes it up?", NULL, MEETING_KINDS}}};

static enum st find(struct request *request, struct handover *ret, struct err *err)
{
    struct handover *list = NULL;
    size_t count = 0;
    enum st outcome =
        handover_list(request->app, request->arena, &request->who, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (list[i].id != request->id[0]) continue;
        *ret = list[i];
        return ST_OK;
    }
    return outcome == ST_OK ? err_missing(err, "matter") : outcome;
}

static struct matter_drawing answer_drawing(struct request *request, const struct handover *row)
{
    struct matter_drawing drawing = {
        .request = request,
        .form = &answer_form,
        .caption = STR("Hand-over and urgent matters"),
        .see = url_to(ROUTE_across),
        .action = url_to_id(request->arena, ROUTE_across_answer_send, row->id)};
    drawing.theirs[0] = (struct matter_pair){"State", str_from(states[row->state])};
    drawing.theirs[1] = (struct matter_pair){"Answer", row->answer};
    return drawing;
}

void page_across_answer(struct request *request, struct response *response)
{
    struct handover row;
    struct err err = {0};
    enum st outcome = find(request, &row, &err);
    if (outcome == ST_OK && !row.answers)
        outcome = err_set(&err, ST_CONFLICT, "It waits for no answer of yours.");
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct matter_drawing drawing = answer_drawing(request, &row);
    matter_draw(&drawing, response);
}

void page_across_answer_send(struct request *request, struct response *response)
{
    struct handover row;
    struct err err = {0};
    struct str choice = form_value(request, "choice");
    enum st outcome = find(request, &row, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct matter_drawing drawing = answer_drawing(request, &row);
    bool accepts = str_eq(choice, STR("yes"));
    drawing.at = "choice";
    outcome = accepts || str_eq(choice, STR("no"))
                  ? handover_answer(request->app, &request->who, row.id, accepts,
                                    form_value(request, "text"), &drawing.at, &err)
                  : err_set(&err, ST_INVALID, "Choose yes or no.");
    matter_answer(&drawing, response, outcome, &err, url_to(ROUTE_across));
}

void page_across_seen(struct request *request, struct response *response)
{
    struct err err = {0};
    if (handover_seen(request->app, &request->who, request->id[0], &err) == ST_OK)
        respond_redirect(response, url_to(ROUTE_across));
    else
        respond_error(request, response, &err);
}
