/*
 * At the MARU desk: what representatives sent instead of sharing it with a Forum.
 */
#include "domain/area_feedback.h"
#include "domain/maru.h"
#include "web/draw.h"
#include "web/page_desk.h"

static struct str outcome_label(const struct request *request, const struct maru_case *one)
{
    return one->outcome.len ? area_reason_label(request->app->area, AREA_REASON_MARU, one->outcome)
                            : STR("");
}

enum st desk_sent_draw(struct request *request, struct view_desk *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct maru_case *list = NULL;
    size_t count = 0;
    enum st outcome = maru_list(request->app, arena, &request->who, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_desk_sent *rows = arena_many(arena, count, struct view_desk_sent);
    for (size_t i = 0; i < count; i++) {
        struct desk_clock clock = {
            .from = list[i].sent_at, .due = list[i].due_at, .ended = list[i].outcome_at};
        struct draw_clock drawn = draw_clock(arena, &clock, clock_now());
        rows[i] = (struct view_desk_sent){.href = url_to_id(arena, ROUTE_desk_sent, list[i].id),
                                          .reference = list[i].reference,
                                          .organisation = list[i].organisation,
                                          .urgent = list[i].urgent && !list[i].outcome.len,
                                          .since = clock_words(arena, list[i].sent_at),
                                          .timed = list[i].due_at != 0,
                                          .words = drawn.words,
                                          .clock_state = drawn.state,
                                          .percent = drawn.percent,
                                          .due = drawn.due,
                                          .outcome = outcome_label(request, &list[i]),
                                          .owner = list[i].taken_by ? list[i].taken_name
                                                                    : STR("Nobody yet")};
    }
    view->sent = rows;
    view->sent_count = count;
    return ST_OK;
}

/* --- one of them --------------------------------------------------------------------------- */

static void draw_answers(struct request *request, const struct maru_case *one,
                         struct view_desk_sent_one *view)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    struct view_desk_sent_one_prompt *prompt =
        arena_many(arena, MARU_QUESTIONS, struct view_desk_sent_one_prompt);
    for (int i = 0; i < MARU_QUESTIONS; i++)
        prompt[i] = (struct view_desk_sent_one_prompt){
            str_from(maru_question_label((enum maru_question)i)), one->answer[i]};
    const struct area_place *place = area_place_find(area, one->answer[MARU_TO]);
    if (place)
        prompt[MARU_TO].answer =
            str_fmt(arena, "The %.*s, for %.*s", STR_ARG(area_unit(area)), STR_ARG(place->name));
    view->prompt = prompt;
    view->prompt_count = MARU_QUESTIONS;
    size_t count = 0;
    const struct area_reason *answer = area_reasons(area, AREA_REASON_MARU, &count);
    struct view_desk_sent_one_choices *choices =
        arena_many(arena, count, struct view_desk_sent_one_choices);
    for (size_t i = 0; i < count; i++) {
        /* that is a button of its own */
        if (str_eq(answer[i].id, STR(AREA_MARU_REFERRED))) continue;
        size_t n = view->choices_count++;
        choices[n] = (struct view_desk_sent_one_choices){
            .id = n ? str_fmt(arena, "outcome-%zu", n + 1) : STR("outcome"),
            .value = answer[i].id,
            .label = answer[i].label,
            .checked = str_eq(answer[i].id, form_value(request, "outcome"))};
    }
    view->choices = choices;
}

/* Is there some of an answer to the representative? */
static bool is_typed(const struct request *request)
{
    return form_value(request, "outcome").len || form_value(request, "words").len;
}

/* What an error leads to. */
static struct str place_of(const struct err *wrong, bool open)
{
    if (!open) return STR("came");
    return wrong && strstr(wrong->public, "Tell") ? STR("words") : STR("outcome");
}

static void draw(struct request *request, struct response *response, const struct err *wrong,
                 const char *done)
{
    struct arena *arena = request->arena;
    struct maru_case one;
    struct submission submission;
    struct err err = {0};
    enum st outcome = maru_read(request->app, arena, &request->who, request->id[0], &one, &err);
    if (outcome == ST_OK)
        outcome =
            submission_read(request->app, arena, &request->who, one.submission, &submission, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct draw_span *spans = NULL;
    size_t span_count = draw_spans(arena, &submission, &spans);
    struct draw_segment *segments = NULL;
    const bool open = !one.outcome.len;
    const struct area_reason *chosen =
        area_reason_find(request->app->area, AREA_REASON_MARU, form_value(request, "outcome"));
    struct view_desk_sent_one view = {
        .unit = area_unit(request->app->area),
        .error = wrong ? str_dup(arena, str_from(wrong->public)) : STR(""),
        .error_at = html_url_fragment(arena, place_of(wrong, open)),
        .done = str_from(done),
        .queue = url_to(ROUTE_desk),
        .see = url_to_id(arena, ROUTE_submission, one.submission),
        .action = url_to_id(arena, ROUTE_desk_sent_do, one.id),
        .csrf = request->csrf,
        .revision = one.revision,
        .reference = one.reference,
        .organisation = one.organisation,
        .sent_by = one.sent_by,
        .sent = clock_words(arena, one.sent_at),
        .due = one.due_at ? clock_words(arena, one.due_at) : STR(""),
        .urgent = one.urgent,
        .owner = one.taken_by ? one.taken_name : STR(""),
        .mine = one.taken_by == request->who.account,
        .when = submission.when_text,
        .where = submission.where_text,
        .open = open,
        /* What was written is lost with what is answered already: it is shown. */
        .lost = wrong && !open && is_typed(request),
        .chosen = chosen ? chosen->label : STR(""),
        .outcome = outcome_label(request, &one),
        .outcome_by = one.outcome_name,
        .outcome_at = one.outcome_at ? clock_words(arena, one.outcome_at) : STR(""),
        .said = one.words,
        .has_referral = one.referral != 0,
        .begun = one.referral && one.taken_by == request->who.account,
        .referral = url_to_id(arena, ROUTE_referral, one.referral),
        .words = form_value(request, "words"),
        .segments_count = draw_segments(arena, submission.narrative, spans, span_count, &segments)};
    DRAW_COPY_SEGMENTS(arena, struct view_desk_sent_one_segments, segments, view.segments_count,
                       view.segments);
    draw_answers(request, &one, &view);
    PAGE(request, response, "Sent by a representative", view_desk_sent_one, &view);
}

void page_desk_sent(struct request *request, struct response *response)
{
    draw(request, response, NULL, "");
}

void page_desk_sent_do(struct request *request, struct response *response)
{
    struct app *app = request->app;
    const struct person *who = &request->who;
    struct str act = form_value(request, "act");
    int64_t id = request->id[0];
    int64_t revision = 0;
    int64_t referral = 0;
    const char *kept = NULL;
    struct err err = {0};
    enum st outcome;
    if (!str_to_int(form_value(request, "revision"), &revision)) revision = 0;
    if (str_eq(act, STR("take"))) {
        outcome = maru_take(app, who, id, revision, &err);
        kept = "You have it now. Your answer stands below, and is not sent.";
    } else if (str_eq(act, STR("refer"))) {
        outcome = maru_refer(app, who, id, revision, &referral, &err);
        kept = "A referral is begun. Your answer stands below, and is not sent.";
    } else {
        outcome = maru_answer(app, who, id, revision, form_value(request, "outcome"),
                              form_value(request, "words"), &err);
    }
    bool back = !kept && str_eq(form_value(request, "outcome"), STR(AREA_MARU_BACK));
    if (outcome == ST_OK && kept && is_typed(request))
        draw(request, response, NULL, kept);
    else if (outcome == ST_OK && referral)
        respond_redirect(response, url_to_id(request->arena, ROUTE_referral, referral));
    else if (outcome == ST_OK) /* what was given back is not the desk's any more */
        respond_redirect(response, back ? url_to(ROUTE_desk)
                                        : url_to_id(request->arena, ROUTE_desk_sent, id));
    else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_CONFLICT ? 409 : 400;
        draw(request, response, &err, "");
    } else
        respond_error(request, response, &err);
}
