/*
 * What the desk asks of other organisations, what it tells referrers, and notices of both.
 */
#include "web/draw.h"
#include "web/page_desk.h"
#include "web/said.h"

/* --- partner checks --------------------------------------------------------------------------- */

static struct draw_clock clock_of(struct arena *arena, const struct desk_check *check)
{
    struct desk_clock clock = {
        .from = check->asked_at, .due = check->due_at, .ended = check->answered_at};
    return draw_clock(arena, &clock, clock_now());
}

void page_checks(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    struct desk_check *checks = NULL;
    size_t count = 0;
    struct err err = {0};
    if (check_list(request->app, arena, &request->who, &checks, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_checks_rows *rows = arena_many(arena, count, struct view_checks_rows);
    for (size_t i = 0; i < count; i++) {
        struct draw_clock clock = clock_of(arena, &checks[i]);
        rows[i] = (struct view_checks_rows){
            .href = url_to_id(arena, ROUTE_check, checks[i].id),
            .asked = clock_words(arena, checks[i].asked_at),
            .asked_sort = str_fmt(arena, "%lld", (long long)checks[i].asked_at),
            /* What waits, the nearest first; then what was answered, the newest first. */
            .answer_sort =
                checks[i].answered_at
                    ? str_fmt(arena, "%lld",
                              (long long)(INT64_C(9000000000000) - checks[i].answered_at))
                    : str_fmt(arena, "%lld", (long long)checks[i].due_at),
            .rating = area_desk_label(area, DESK_RATING, checks[i].rating),
            .colour = desk_rating_colour(request->app, checks[i].rating),
            .open = !checks[i].answered_at,
            .words = clock.words,
            .clock_state = clock.state,
            .percent = clock.percent,
            .due = clock.due,
            .result = checks[i].result.len
                          ? area_desk_label(area, DESK_CHECK_ANSWER, checks[i].result)
                          : STR(""),
            .question = draw_excerpt(arena, checks[i].question, 100)};
    }
    struct view_checks view = {.unit = area_unit(request->app->area),
                               .rows = rows, .rows_count = count};
    PAGE(request, response, str_fmt(request->arena, "What the %.*s asks", STR_ARG(view.unit)).ptr,
         view_checks, &view);
}

static void draw_check(struct request *request, struct response *response,
                       const struct err *problem, const char *at)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    struct desk_check check;
    struct err err = {0};
    if (check_read(request->app, arena, &request->who, request->id[0], &check, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    size_t count = 0;
    const struct desk_term *terms = area_desk_terms(area, DESK_CHECK_ANSWER, &count);
    struct view_check_results *results = arena_many(arena, count, struct view_check_results);
    for (size_t i = 0; i < count; i++)
        results[i] = (struct view_check_results){
            .id = str_fmt(arena, "choice-%zu", i + 1),
            .value = terms[i].id,
            .label = terms[i].label,
            .hint = terms[i].hint,
            .checked = str_eq(form_value(request, "choice"), terms[i].id)};
    struct draw_clock clock = clock_of(arena, &check);
    const bool open = !check.answered_at;
    const struct desk_term *chosen =
        area_desk_find(area, DESK_CHECK_ANSWER, form_value(request, "choice"));
    struct view_check view = {
        .unit = area_unit(request->app->area),
        .back = url_to(ROUTE_checks),
        .asked = clock_words(arena, check.asked_at),
        .rating = area_desk_label(area, DESK_RATING, check.rating),
        .colour = desk_rating_colour(request->app, check.rating),
        .words = clock.words,
        .clock_state = clock.state,
        .percent = clock.percent,
        .due = clock.due,
        .passed = clock.passed,
        .question = check.question,
        .result =
            check.result.len ? area_desk_label(area, DESK_CHECK_ANSWER, check.result) : STR(""),
        .answer = check.answer,
        .by = check.answered_name,
        .open = open,
        /* What was written is lost with a check that is answered already: it is shown. */
        .lost = problem && !open && (chosen || form_value(request, "text").len),
        .chosen = chosen ? chosen->label : STR(""),
        .action = url_to_id(arena, ROUTE_check_answer, check.id),
        .csrf = request->csrf,
        .error = problem ? str_dup(arena, str_from(problem->public)) : STR(""),
        .error_at = html_url_fragment(arena, str_from(!open ? "answer" : at ? at : "choice")),
        .results = results,
        .results_count = count,
        .text = form_value(request, "text"),
        .help = url_to(ROUTE_help_now),
        .away = page_is_answer(request)};
    PAGE(request, response, str_fmt(request->arena, "A check for the %.*s", STR_ARG(view.unit)).ptr,
         view_check, &view);
}

void page_check(struct request *request, struct response *response)
{
    draw_check(request, response, NULL, NULL);
}

void page_check_answer(struct request *request, struct response *response)
{
    struct err err = {0};
    const char *at = NULL;
    struct desk_input input = {.choice = form_value(request, "choice"),
                               .text = form_value(request, "text")};
    enum st outcome = check_answer(request->app, &request->who, request->id[0], &input, &at, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_check, request->id[0]));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_INVALID ? 400 : 409;
        draw_check(request, response, &err, at);
    } else {
        respond_error(request, response, &err);
    }
}

/* --- the referrer ----------------------------------------------------------------------------- */

static void draw_outcome(struct request *request, struct response *response,
                         const struct err *problem)
{
    struct arena *arena = request->arena;
    struct desk_outcome outcome;
    struct err err = {0};
    if (desk_outcome_read(request->app, arena, &request->who, request->id[0], &outcome, &err) !=
        ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_referral_outcome_words *words =
        arena_many(arena, outcome.word_count, struct view_referral_outcome_words);
    for (size_t i = 0; i < outcome.word_count; i++)
        words[i] =
            (struct view_referral_outcome_words){.when = clock_words(arena, outcome.word[i].at),
                                                 .words = outcome.word[i].words,
                                                 .more = outcome.word[i].more};
    struct view_referral_outcome view = {
        .unit = area_unit(request->app->area),
        .reference = outcome.reference,
        .sent = clock_words(arena, outcome.sent_at),
        .see = url_to_id(arena, ROUTE_referral, request->id[0]),
        .taken = outcome.taken,
        .closed = outcome.closed,
        .words = words,
        .words_count = outcome.word_count,
        .disagreement = outcome.disagreement,
        /* refused, the form comes back with what was typed */
        .can_disagree = (!outcome.disagreement && !outcome.closed) || problem,
        .action = url_to_id(arena, ROUTE_referral_disagree, request->id[0]),
        .csrf = request->csrf,
        .error = problem ? str_dup(arena, str_from(problem->public)) : STR(""),
        .error_at = html_url_fragment(arena, STR("text")),
        .text = form_value(request, "text"),
        .help = url_to(ROUTE_help_now),
        .away = page_is_answer(request)};
    PAGE(request, response, "What became of your referral", view_referral_outcome, &view);
}

void page_referral_outcome(struct request *request, struct response *response)
{
    draw_outcome(request, response, NULL);
}

void page_referral_disagree(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = desk_outcome_disagree(request->app, &request->who, request->id[0],
                                            form_value(request, "text"), &err);
    if (outcome == ST_OK) {
        respond_redirect(response,
                         url_to_id(request->arena, ROUTE_referral_outcome, request->id[0]));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_INVALID ? 400 : 409;
        draw_outcome(request, response, &err);
    } else {
        respond_error(request, response, &err);
    }
}

/* --- notices ---------------------------------------------------------------------------------- */

/* What is over or due within four hours at this person's desk: the first ten. */
static enum st draw_due(struct request *request, struct view_desk_notices *view, struct err *err)
{
    enum { MOST = 10 };
    static const instant_ms soon = 4 * 3600000LL;
    struct arena *arena = request->arena;
    struct desk_case *cases = NULL;
    size_t count = 0;
    enum st outcome = desk_list(request->app, arena, &request->who, &cases, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_desk_notices_over *rows = arena_many(arena, MOST, struct view_desk_notices_over);
    size_t shown = 0;
    for (size_t i = count; i-- > 0 && shown < MOST;) { /* the oldest first */
        struct desk_clock clocks[DESK_CLOCKS_MAX];
        size_t running = desk_clocks(request->app->area, &cases[i], NULL, 0, clocks);
        const struct desk_clock *next = desk_clock_first(clocks, running);
        if (!next || next->due > clock_now() + soon) continue;
        struct draw_clock clock = draw_clock(arena, next, clock_now());
        rows[shown++] = (struct view_desk_notices_over){
            .href = url_to_id(arena, ROUTE_desk_case, cases[i].referral),
            .reference = cases[i].reference,
            .what = next->label,
            .words = clock.words,
            .clock_state = clock.state,
            .percent = clock.percent};
    }
    view->over = rows;
    view->over_count = shown;
    return ST_OK;
}

static enum st draw_open_checks(struct request *request, struct view_desk_notices *view,
                                struct err *err)
{
    struct arena *arena = request->arena;
    struct desk_check *checks = NULL;
    size_t count = 0;
    enum st outcome = check_list(request->app, arena, &request->who, &checks, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_desk_notices_checks *rows =
        arena_many(arena, count, struct view_desk_notices_checks);
    size_t shown = 0;
    for (size_t i = 0; i < count; i++) {
        if (checks[i].answered_at) continue;
        struct draw_clock clock = clock_of(arena, &checks[i]);
        rows[shown++] =
            (struct view_desk_notices_checks){.href = url_to_id(arena, ROUTE_check, checks[i].id),
                                              .asked = clock_words(arena, checks[i].asked_at),
                                              .words = clock.words,
                                              .clock_state = clock.state,
                                              .percent = clock.percent};
    }
    view->checks = rows;
    view->checks_count = shown;
    return ST_OK;
}

static enum st draw_words(struct request *request, struct view_desk_notices *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct desk_notice *notices = NULL;
    size_t count = 0;
    enum st outcome = desk_notices(request->app, arena, &request->who, &notices, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_desk_notices_feedback *rows =
        arena_many(arena, count, struct view_desk_notices_feedback);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_desk_notices_feedback){
            .href = url_to_id(arena, ROUTE_referral_outcome, notices[i].referral),
            .reference = notices[i].reference,
            .when = clock_words(arena, notices[i].at),
            .seen = url_to_id(arena, ROUTE_desk_notice_seen, notices[i].id),
            .worker = str_eq(notices[i].kind, STR("worker"))};
    view->feedback = rows;
    view->feedback_count = count;
    return ST_OK;
}

enum st desk_notices_draw(struct request *request, struct buf *out, bool *ret_any, struct err *err)
{
    struct view_desk_notices view = {.unit = area_unit(request->app->area),
                                     .csrf = request->csrf, .desk = url_to(ROUTE_desk)};
    enum st outcome = draw_words(request, &view, err);
    if (outcome == ST_OK && access_allows(&request->who, ACT_DESK, NULL))
        outcome = draw_due(request, &view, err);
    if (outcome == ST_OK && access_allows(&request->who, ACT_ANSWER_CHECK, NULL))
        outcome = draw_open_checks(request, &view, err);
    if (outcome != ST_OK) return outcome;
    *ret_any = view.over_count || view.checks_count || view.feedback_count;
    view_desk_notices(out, &view);
    return ST_OK;
}

void page_desk_notice_seen(struct request *request, struct response *response)
{
    struct err err = {0};
    if (desk_notice_seen(request->app, &request->who, request->id[0], &err) == ST_OK)
        respond_said(request, response, url_to(ROUTE_notices), "word");
    else
        respond_error(request, response, &err);
}
