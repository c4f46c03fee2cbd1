/*
 * To the referral unit instead of a Forum: the words, and the legal prompt, each answered.
 */
#include "domain/maru.h"
#include "domain/scope.h"
#include "web/page_forward.h"

enum { PROBLEMS_MAX = MARU_QUESTIONS + 2 };

static const char *const hints[MARU_QUESTIONS] = {
    [MARU_WHAT] = ("The words above and what they name go with it. Say what you took out of them, "
                   "and why that does not matter here."),
    [MARU_TO] = "",
    [MARU_WHY] = "What should they be able to do with it?",
    [MARU_NECESSARY] = "What would happen, or not happen, if they did not have it?",
    [MARU_PROPORTIONATE] = "Could they do it with less, or with fewer people named?",
};

static struct str problem_of(const struct submission_problem *problem, size_t count,
                             struct str field)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(problem[i].field, field)) return problem[i].message;
    return STR("");
}

static void draw_places(struct request *request, struct view_forward_maru *view)
{
    size_t count = 0;
    const struct area_place *place = area_places(request->app->area, &count);
    struct str chosen = form_value(request, "to");
    struct view_forward_maru_places *list =
        arena_many(request->arena, count, struct view_forward_maru_places);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_forward_maru_places){
            .id = i ? str_fmt(request->arena, "to-%zu", i + 1) : STR("to"),
            .value = place[i].id,
            .name = place[i].name,
            .checked = str_eq(place[i].id, chosen)};
    view->places = list;
    view->places_count = count;
}

static void draw_answers(struct request *request, const struct submission_problem *problem,
                         size_t problems, struct view_forward_maru *view)
{
    struct arena *arena = request->arena;
    struct view_forward_maru_answers *list =
        arena_many(arena, MARU_QUESTIONS, struct view_forward_maru_answers);
    for (int i = 0; i < MARU_QUESTIONS; i++) {
        const char *name = maru_question_name((enum maru_question)i);
        list[i] = (struct view_forward_maru_answers){
            .id = str_from(name),
            .label = str_from(maru_question_label((enum maru_question)i)),
            .hint = str_from(hints[i]),
            .value = form_value(request, name),
            .error = problem_of(problem, problems, str_from(name)),
            .to = i == MARU_TO};
    }
    view->answers = list;
    view->answers_count = MARU_QUESTIONS;
}

/* With what was typed, when something is wrong with it.  `base`: the version that it was written
 * from; NULL: the newest. */
static void draw(struct request *request, struct response *response, const int64_t *base,
                 const struct submission_problem *problem, size_t problems)
{
    struct arena *arena = request->arena;
    int64_t id = request->id[0];
    struct submission submission;
    struct stage_state state;
    struct forward_version *version = NULL;
    size_t versions = 0;
    struct err err = {0};
    bool allowed = scope_allows(scope_of(request->app, arena, &request->who), ACT_FORWARD, id);
    enum st outcome =
        allowed ? submission_read(request->app, arena, &request->who, id, &submission, &err)
                : err_missing(&err, "submission");
    if (outcome == ST_OK) outcome = stage_read(request->app, arena, id, &state, &err);
    if (outcome == ST_OK)
        outcome = forward_versions(request->app, arena, id, &version, &versions, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    const struct forward_words typed = forward_typed(request);
    const struct forward_words kept =
        versions ? version[0].words
                 : (struct forward_words){submission.narrative, submission.when_text,
                                          submission.where_text};
    const struct forward_words *words = problems ? &typed : &kept;
    struct forward_left left;
    outcome = forward_draw_left(request, words, &left, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    bool waits = state.stage == STAGE_REPRESENTATIVE || state.stage == STAGE_HELD;
    struct view_forward_maru view = {.unit = area_unit(request->app->area),
                                     .reference = submission.reference,
                                     .see = url_to_id(arena, ROUTE_forward, id),
                                     .action = url_to_id(arena, ROUTE_forward_maru_send, id),
                                     .help = url_to(ROUTE_help_now),
                                     .away = page_is_answer(request),
                                     .csrf = request->csrf,
                                     .urgent = state.urgent,
                                     .waits = waits,
                                     .typed = problems > 0,
                                     .base = base       ? *base
                                             : versions ? version[0].number
                                                        : 0,
                                     .words = words->narrative,
                                     .when = words->when_text,
                                     .where = words->where_text,
                                     .words_error = problem_of(problem, problems, STR("words")),
                                     .when_error = problem_of(problem, problems, STR("when")),
                                     .left = left.lines,
                                     .left_count = left.count,
                                     .shown = left.shown,
                                     .looked = left.looked,
                                     .left_error = problem_of(problem, problems, STR("looked"))};
    struct partial_error_summary_problems *list =
        arena_many(arena, problems, struct partial_error_summary_problems);
    for (size_t i = 0; i < problems; i++)
        list[i] = (struct partial_error_summary_problems){
            html_url_fragment(arena, problem[i].field), problem[i].message};
    view.problems = list;
    view.problems_count = problems;
    draw_places(request, &view);
    draw_answers(request, problem, problems, &view);
    PAGE(request, response,
         str_fmt(request->arena, "Send to the %.*s instead", STR_ARG(view.unit)).ptr,
         view_forward_maru, &view);
}

void page_forward_maru(struct request *request, struct response *response)
{
    draw(request, response, NULL, NULL, 0);
}

void page_forward_maru_send(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct maru_sending sending = {.words = forward_typed(request)};
    struct submission_problem problem[PROBLEMS_MAX];
    struct forward_left left = {0};
    struct err err = {0};
    const char *at = forward_words_wrong(&sending.words);
    for (int i = 0; i < MARU_QUESTIONS; i++)
        sending.answer[i] = form_value(request, maru_question_name((enum maru_question)i));
    if (!str_to_int(form_value(request, "base"), &sending.base)) sending.base = 0;
    size_t problems = maru_check(arena, request->app->area, &sending, problem);
    /* Whoever may not send it learns nothing from what is wrong with a form. */
    enum st outcome = ST_OK;
    if (!scope_allows(scope_of(request->app, arena, &request->who), ACT_FORWARD, request->id[0]))
        outcome = err_missing(&err, "submission");
    if (outcome == ST_OK) outcome = forward_draw_left(request, &sending.words, &left, &err);
    sending.looked = left.looked;
    if (outcome == ST_OK) {
        /* With what is not answered, so that all of it is said at once. */
        if (problems && forward_check_looked(left.count, left.looked, &err) != ST_OK) at = "looked";
        if (!at) at = left.looked || !left.count ? "words" : "looked";
        outcome = problems ? ST_INVALID
                           : maru_send(request->app, &request->who, request->id[0], &sending, &err);
    }
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(arena, ROUTE_forward, request->id[0]));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        if (outcome == ST_CONFLICT) at = "words";
        if (err.code != ST_OK)
            problem[problems++] =
                (struct submission_problem){str_from(at), str_dup(arena, str_from(err.public))};
        response->status = outcome == ST_CONFLICT ? 409 : 400;
        /* Where nobody is told of a version that was written meanwhile, it is still unseen. */
        draw(request, response, outcome == ST_CONFLICT ? NULL : &sending.base, problem, problems);
    } else {
        respond_error(request, response, &err);
    }
}
