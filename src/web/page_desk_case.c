/*
 * One referral at the desk: what it says, what is known, what was asked, decided and told.
 */
#include "domain/chart.h"
#include "domain/desk_chronology.h"
#include "domain/entity_seen.h"
#include "web/draw.h"
#include "web/network.h"
#include "web/page_desk.h"
#include "web/page_questions.h"

struct url desk_step_url(struct arena *arena, int64_t referral, enum desk_action action,
                         int64_t check)
{
    struct url url = url_to_texts(arena, ROUTE_desk_do, str_fmt(arena, "%lld", (long long)referral),
                                  str_from(desk_action_name(action)));
    return check ? url_with(arena, url, "check", str_fmt(arena, "%lld", (long long)check)) : url;
}

/* --- what can be done ------------------------------------------------------------------------- */

static void draw_steps(struct request *request, const struct desk_case *desk,
                       struct view_desk_case *view)
{
    struct arena *arena = request->arena;
    struct view_desk_case_steps *steps =
        arena_many(arena, DESK_ACTIONS, struct view_desk_case_steps);
    size_t count = 0;
    for (int action = 0; action < DESK_ACTIONS; action++) {
        struct err err;
        /* Those of one check stand beside it. */
        if (action == DESK_DO_CHECK_ANSWER || action == DESK_DO_CHECK_WITHDRAW) continue;
        if (action == DESK_DO_TAKE && desk->owner == request->who.account) continue;
        if (desk_can(request->app->area, desk, &request->who, (enum desk_action)action, &err) !=
            ST_OK)
            continue;
        bool main = (action == DESK_DO_TAKE && desk->state == DESK_NEW) ||
                    (action == DESK_DO_RATE && !desk->rating.len) ||
                    (action == DESK_DO_DECIDE && !desk->decided_at) ||
                    (action == DESK_DO_FEEDBACK && desk->decided_at && !desk->feedback_at) ||
                    action == DESK_DO_CLOSE || action == DESK_DO_SIGN_OFF ||
                    action == DESK_DO_REOPEN;
        steps[count++] = (struct view_desk_case_steps){
            .href = desk_step_url(arena, desk->referral, (enum desk_action)action, 0),
            .label = str_from(desk_step_label((enum desk_action)action, desk)),
            .main = main};
    }
    view->steps = steps;
    view->steps_count = count;
    struct err err = {0};
    if (desk->state != DESK_DECIDED ||
        desk_can(request->app->area, desk, &request->who, DESK_DO_CLOSE, &err) == ST_OK)
        return;
    struct view_desk_case_blocked *blocked = arena_many(arena, 1, struct view_desk_case_blocked);
    blocked[0].why = str_dup(arena, str_from(err.public));
    view->blocked = blocked;
    view->blocked_count = 1;
}

struct str desk_workers(struct arena *arena, const struct referral *referral)
{
    const struct referral_row *row[QUESTION_ROWS_MAX];
    size_t count = referral_rows(referral, STR(REFERRAL_CHILD), row, QUESTION_ROWS_MAX);
    struct str workers = STR("");
    for (size_t i = 0; i < count && i < QUESTION_ROWS_MAX; i++) {
        struct answer name =
            referral_answer_get(referral, row[i]->number, STR("child-social-worker"));
        struct answer reach =
            referral_answer_get(referral, row[i]->number, STR("child-social-worker-reach"));
        if (name.kind != ANSWER_GIVEN) continue;
        struct str one =
            reach.kind == ANSWER_GIVEN
                ? str_fmt(arena, "%.*s, %.*s", STR_ARG(name.value), STR_ARG(reach.value))
                : name.value;
        /* Brothers and sisters have one worker, mostly. */
        if (str_find(workers, one, 0) >= 0) continue;
        workers = workers.len ? str_fmt(arena, "%.*s; %.*s", STR_ARG(workers), STR_ARG(one)) : one;
    }
    return workers;
}

/* --- clocks and checks ------------------------------------------------------------------------ */

static void draw_clocks(struct request *request, const struct desk_case *desk,
                        const struct desk_check *check, size_t check_count,
                        struct view_desk_case *view)
{
    struct desk_clock clocks[DESK_CLOCKS_MAX];
    size_t count = desk_clocks(request->app->area, desk, check, check_count, clocks);
    struct view_desk_case_clocks *rows =
        arena_many(request->arena, count, struct view_desk_case_clocks);
    for (size_t i = 0; i < count; i++) {
        struct draw_clock drawn = draw_clock(request->arena, &clocks[i], clock_now());
        rows[i] = (struct view_desk_case_clocks){.label = clocks[i].label,
                                                 .what = clocks[i].what,
                                                 .due = drawn.due,
                                                 .words = drawn.words,
                                                 .passed = drawn.passed,
                                                 .clock_state = drawn.state,
                                                 .percent = drawn.percent};
    }
    view->clocks = rows;
    view->clocks_count = count;
}

static void draw_checks(struct request *request, const struct desk_case *desk,
                        const struct desk_check *check, size_t count, struct view_desk_case *view)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    struct view_desk_case_checks *rows = arena_many(arena, count, struct view_desk_case_checks);
    for (size_t i = 0; i < count; i++) {
        struct str agency = area_desk_label(area, DESK_AGENCY, check[i].agency);
        rows[i] = (struct view_desk_case_checks){
            .asked = check[i].organisation ? str_fmt(arena, "%.*s: %.*s", STR_ARG(agency),
                                                     STR_ARG(check[i].organisation_name))
                                           : str_fmt(arena, "%.*s, by telephone", STR_ARG(agency)),
            .when = str_fmt(arena, "asked %.*s", STR_ARG(clock_words(arena, check[i].asked_at))),
            .question = check[i].question,
            .result = check[i].result.len
                          ? area_desk_label(area, DESK_CHECK_ANSWER, check[i].result)
                          : STR(""),
            .answer = check[i].answer,
            .by = check[i].answered_by
                      ? (check[i].answered_at
                             ? str_fmt(arena, "%.*s, %.*s", STR_ARG(check[i].answered_name),
                                       STR_ARG(clock_words(arena, check[i].answered_at)))
                             : check[i].answered_name)
                      : STR(""),
            .withdrawn = check[i].withdrawn_at != 0,
            .open = !check[i].answered_at && !check[i].withdrawn_at,
            .answer_href = desk_step_url(arena, desk->referral, DESK_DO_CHECK_ANSWER, check[i].id),
            .withdraw_href =
                desk_step_url(arena, desk->referral, DESK_DO_CHECK_WITHDRAW, check[i].id)};
    }
    view->checks = rows;
    view->checks_count = count;
}

/* --- what is known, and what was done --------------------------------------------------------- */

static enum st draw_times(struct request *request, const struct desk_case *desk,
                          struct view_desk_case *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct desk_moment *moment = NULL;
    size_t count = 0;
    enum st outcome =
        desk_chronology_read(request->app, arena, &request->who, desk, &moment, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_desk_case_times *rows = arena_many(arena, count, struct view_desk_case_times);
    for (size_t i = 0; i < count; i++) {
        const struct desk_moment *one = &moment[i];
        rows[i] = (struct view_desk_case_times){
            .when = one->child ? date_words(arena, clock_london(one->at).date)
                               : clock_words(arena, one->at),
            .kind = one->kind,
            .title = one->title,
            .words = draw_excerpt(arena, one->words, one->step ? DESK_TEXT_MAX : 600),
            .note = one->note,
            .by =
                one->submission && one->by.len ? draw_sector_label(request->app, one->by) : one->by,
            .reference = one->reference,
            .href = one->missing      ? url_to_id(arena, ROUTE_missing_one, one->missing)
                    : one->referral   ? url_to_id(arena, ROUTE_desk_case, one->referral)
                    : one->submission ? url_to_id(arena, ROUTE_submission, one->submission)
                                      : url_to_id(arena, ROUTE_child_time, one->child),
            .step = one->step,
            .may = one->may,
            .pair = url_to_ids(arena, ROUTE_pair, one->mention, one->other),
            .has_pair = one->mention && one->other};
    }
    view->times = rows;
    view->times_count = count;
    return ST_OK;
}

/* Where the chart of everything that the referral names begins. */
static void draw_chart(struct request *request, const struct desk_case *desk,
                       struct view_desk_case *view)
{
    struct arena *arena = request->arena;
    int64_t *mention = NULL;
    view->network = url_to(ROUTE_network);
    if (!access_allows(&request->who, ACT_SEE_LINKS, NULL)) return;
    size_t count = seen_mentions_of(scope_of(request->app, arena, &request->who), arena,
                                    desk->submission, &mention);
    view->has_network = count > 0;
    view->network =
        url_with(arena, view->network, "from",
                 network_ids(arena, mention, count < CHART_ASKED_MAX ? count : CHART_ASKED_MAX));
}

/* --- the referral itself ---------------------------------------------------------------------- */

/* The answers of one row of a section, every question of it: what is unanswered says so. */
static void draw_part(struct request *request, const struct referral *referral,
                      const struct question_section *section, const struct referral_row *row,
                      struct view_desk_case_parts *ret)
{
    struct arena *arena = request->arena;
    const struct questions *form = referral->form;
    struct view_desk_case_parts_rows *rows =
        arena_many(arena, form->question_count, struct view_desk_case_parts_rows);
    size_t count = 0;
    for (size_t i = 0; i < form->question_count; i++) {
        const struct question *question = &form->question[i];
        if (&form->section[question->section] != section) continue;
        const struct question_step *step = &form->step[question->step];
        int64_t number = row ? row->number : 0;
        struct answer answer = referral_answer_get(referral, number, question->key);
        if (step->only_if.len && answer.kind == ANSWER_NONE) {
            struct answer before = referral_answer_get(referral, number, step->only_if);
            if (!question_step_asked(step, &before)) continue;
        }
        if (answer.kind == ANSWER_NONE) {
            question_unanswered(arena, question, &ret->unanswered);
            continue;
        }
        rows[count++] = (struct view_desk_case_parts_rows){
            .label = question->label,
            .value = answer_words(arena, question, &answer),
            .missing = answer.kind != ANSWER_GIVEN,
            .danger = answer_is_danger(question, &answer),
            .note = referral_answer_read_as(arena, referral, number, question)};
    }
    ret->title = row ? str_fmt(arena, "%.*s: %.*s", STR_ARG(section->title),
                               STR_ARG(referral_row_name(arena, referral, row)))
                     : section->title;
    ret->rows = rows;
    ret->rows_count = count;
}

static void draw_referral(struct request *request, const struct referral *referral,
                          struct view_desk_case *view)
{
    struct arena *arena = request->arena;
    const struct questions *form = referral->form;
    enum { MOST = 400 };
    struct view_desk_case_parts *parts = arena_many(arena, MOST, struct view_desk_case_parts);
    size_t count = 0;
    for (size_t s = 0; s < form->section_count && count < MOST; s++) {
        const struct question_section *section = &form->section[s];
        if (!section->one.len) {
            draw_part(request, referral, section, NULL, &parts[count++]);
            continue;
        }
        const struct referral_row *row[QUESTION_ROWS_MAX];
        size_t rows = referral_rows(referral, section->key, row, QUESTION_ROWS_MAX);
        for (size_t i = 0; i < rows && i < QUESTION_ROWS_MAX && count < MOST; i++)
            draw_part(request, referral, section, row[i], &parts[count++]);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (parts[i].rows_count || parts[i].unanswered.len) parts[kept++] = parts[i];
    view->parts = parts;
    view->parts_count = kept;
    struct view_desk_case_additions *additions =
        arena_many(arena, referral->addition_count, struct view_desk_case_additions);
    for (size_t i = 0; i < referral->addition_count; i++)
        additions[i] =
            (struct view_desk_case_additions){.when = clock_words(arena, referral->addition[i].at),
                                              .by = referral->addition[i].by,
                                              .text = referral->addition[i].text};
    view->additions = additions;
    view->additions_count = referral->addition_count;
}

/* --- the page --------------------------------------------------------------------------------- */

static void draw_facts(struct request *request, const struct desk_case *desk,
                       struct view_desk_case *view)
{
    struct arena *arena = request->arena;
    struct view_desk_case_facts_more *facts =
        arena_many(arena, 3, struct view_desk_case_facts_more);
    size_t count = 0;
    if (desk->boundary.len)
        facts[count++] = (struct view_desk_case_facts_more){
            desk->transfer_at ? STR("Passed to") : STR("Passes to, if they accept"),
            area_desk_label(request->app->area, DESK_BOUNDARY, desk->boundary)};
    if (desk->stage.len)
        facts[count++] = (struct view_desk_case_facts_more){
            STR("Disagreement"), area_desk_label(request->app->area, DESK_STAGE, desk->stage)};
    if (desk->closed_at)
        facts[count++] =
            (struct view_desk_case_facts_more){STR("Closed"), clock_words(arena, desk->closed_at)};
    view->facts_more = facts;
    view->facts_more_count = count;
}

static bool office_is_open(const struct area *area)
{
    const struct area_clock *clock = area ? area_clock_find(area, STR(CLOCK_DECISION)) : NULL;
    return !clock || calendar_is_open(area_calendar(area), clock->hours, clock_now());
}

static enum st draw_owner(struct request *request, const struct desk_case *desk, struct str *ret,
                          struct err *err)
{
    *ret = STR("Nobody yet");
    if (!desk->owner) return ST_OK;
    struct db *db = store_read_begin(request->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = account_name(request->app, db, request->arena, desk->owner, ret, err);
    store_read_end(request->app->store, db);
    return outcome;
}

void page_desk_case(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    struct desk_case desk;
    struct referral referral = {0};
    struct desk_check *checks = NULL;
    size_t check_count = 0;
    struct err err = {0};
    struct view_desk_case view = {.unit = area_unit(app->area)};
    enum st outcome = desk_read(app, arena, &request->who, request->id[0], &desk, &err);
    if (outcome == ST_OK)
        outcome = referral_read(app, arena, &request->who, request->id[0], &referral, &err);
    if (outcome == ST_OK)
        outcome = desk_checks(app, arena, desk.referral, &checks, &check_count, &err);
    if (outcome == ST_OK) outcome = draw_times(request, &desk, &view, &err);
    if (outcome == ST_OK) outcome = draw_owner(request, &desk, &view.owner, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    if (desk.state != DESK_CLOSED && desk_contradiction(app->area, &desk, &err) != ST_OK)
        view.contradiction = str_dup(arena, str_from(err.public));
    const struct area_place *place = app->area ? area_place_find(app->area, desk.place) : NULL;
    view.reference = desk.reference;
    view.names = referral_children(arena, &referral, DESK_NO_CHILD);
    view.queue = url_to(ROUTE_desk);
    view.colour = desk_rating_colour(app, desk.rating);
    view.rating = desk.rating.len ? area_desk_label(app->area, DESK_RATING, desk.rating) : STR("");
    view.state = str_from(desk_state_label(desk.state));
    view.organisation = desk.organisation_name;
    view.place = place ? place->name : desk.place;
    view.has_children = access_allows(&request->who, ACT_KEEP_CHILD, NULL);
    view.children = url_to_id(request->arena, ROUTE_referred_children, desk.referral);
    view.came = clock_words(arena, desk.sent_at);
    view.outcome =
        desk.outcome.len ? area_desk_label(app->area, DESK_OUTCOME, desk.outcome) : STR("");
    view.worker = desk.worker;
    view.reopened =
        desk.reopened ? str_fmt(arena, "%lld times", (long long)desk.reopened) : STR("");
    if (desk.reopened == 1) view.reopened = STR("once");
    view.closed_office = desk.state != DESK_CLOSED && !office_is_open(app->area);
    view.call = url_to(ROUTE_help_now);
    view.news = desk_has_news(&desk) && desk.version ? clock_words(arena, desk.added_at) : STR("");
    view.worker_named =
        desk.worker.len || desk.state == DESK_CLOSED ? STR("") : desk_workers(arena, &referral);
    view.tell_worker = desk_step_url(arena, desk.referral, DESK_DO_WORKER, 0);
    view.whole = url_to_id(arena, ROUTE_referral, desk.referral);
    draw_facts(request, &desk, &view);
    draw_steps(request, &desk, &view);
    draw_clocks(request, &desk, checks, check_count, &view);
    draw_checks(request, &desk, checks, check_count, &view);
    draw_referral(request, &referral, &view);
    draw_chart(request, &desk, &view);
    PAGE(request, response, str_c(arena, str_fmt(arena, "Referral %.*s", STR_ARG(desk.reference))),
         view_desk_case, &view);
}
