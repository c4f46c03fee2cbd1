/*
 * A referral before it is sent: everything in one place, what is missing, whether the child
 * is known, who will see it; then sending it.
 */
#include "domain/area_desk.h"
#include "domain/area_referral.h"
#include "domain/language.h"
#include "web/call.h"
#include "web/layout.h"
#include "web/page_questions.h"
#include "web/pages.h"
#include "web/referral_parts.h"

enum { ADVICE_MAX = 12 };

static struct url change_url(struct request *request, const struct referral *referral,
                             const struct question *question, int64_t row)
{
    struct url url = referral_step_url(request->arena, referral->head.id,
                                       &referral->form->step[question->step], row);
    return url_with(request->arena, url, "from", STR("check"));
}

/* --- what is missing, advice ---------------------------------------------------------------- */

/* Questions without which nobody can act, that nobody answered. */
static void draw_missing(struct request *request, const struct referral *referral,
                         const struct referral_part *part, size_t count,
                         struct view_referral_check *view)
{
    size_t lines = 0;
    for (size_t i = 0; i < count; i++) lines += part[i].count;
    struct view_referral_check_missing *list =
        arena_many(request->arena, lines + 1, struct view_referral_check_missing);
    size_t missing = 0;
    const struct question_section *child =
        questions_find_section(referral->form, STR(REFERRAL_CHILD));
    bool any_child = false;
    for (size_t i = 0; i < count; i++) {
        any_child |= part[i].section == child;
        for (size_t k = 0; k < part[i].count; k++) {
            const struct referral_answer_line *line = &part[i].line[k];
            if (!line->none || !line->question->blocking) continue;
            list[missing++] = (struct view_referral_check_missing){
                change_url(request, referral, line->question, part[i].row),
                part[i].name.len ? str_fmt(request->arena, "%.*s: %.*s", STR_ARG(part[i].name),
                                           STR_ARG(line->question->label))
                                 : line->question->label};
        }
    }
    if (!any_child)
        list[missing++] = (struct view_referral_check_missing){
            referral_rows_url(request->arena, referral->head.id, child), STR("Who the child is")};
    view->missing = list;
    view->missing_count = missing;
}

static void draw_advice(struct request *request, const struct referral *referral,
                        const struct referral_part *part, size_t count,
                        struct view_referral_check *view)
{
    struct view_referral_check_advice *list =
        arena_many(request->arena, ADVICE_MAX, struct view_referral_check_advice);
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < part[i].count && found < ADVICE_MAX; k++) {
            const struct referral_answer_line *line = &part[i].line[k];
            struct language_advice advice[3];
            bool sign = line->question->type == QUESTION_SIGN;
            if (line->none || (line->question->option_count && !sign)) continue;
            size_t here = language_find(request->arena, request->app->area, line->value, advice, 3);
            for (size_t a = 0; a < here && found < ADVICE_MAX; a++)
                list[found++] = (struct view_referral_check_advice){
                    change_url(request, referral, line->question, part[i].row),
                    line->question->label, advice[a].words, advice[a].instead, advice[a].why};
        }
    view->advice = list;
    view->advice_count = found;
}

/* --- is the child known ----------------------------------------------------------------------- */

static struct str known_words(struct request *request, const struct referral_known *known)
{
    struct str at = known->at ? clock_words(request->arena, known->at) : STR("");
    switch (known->kind) {
    case KNOWN_REFERRAL:
        return str_fmt(request->arena, "A child who may be the same was referred on %.*s.%s",
                       STR_ARG(at), known->readable ? "" : " Ask your safeguarding lead about it.");
    case KNOWN_SUBMISSION: return STR("Information that you can see may be about the same child.");
    case KNOWN_RECORD:
        return str_fmt(request->arena,
                       "There is a record of a child who may be the same, last changed %.*s.",
                       STR_ARG(at));
    case KNOWN_DRAFT:
        return str_fmt(request->arena,
                       "You have another draft with a child of this name, last changed %.*s.",
                       STR_ARG(at));
    }
    return STR("");
}

static enum st draw_known(struct request *request, const struct referral *referral,
                          struct view_referral_check *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct referral_known known[REFERRAL_KNOWN_MAX];
    const struct referral_row *child[QUESTION_ROWS_MAX];
    size_t count = 0;
    enum st outcome =
        referral_find_known(request->app, arena, &request->who, referral, known, &count, err);
    if (outcome != ST_OK) return outcome;
    size_t children =
        referral_rows_answered(referral, STR(REFERRAL_CHILD), child, QUESTION_ROWS_MAX);
    struct view_referral_check_known *list =
        arena_many(arena, count + children + 1, struct view_referral_check_known);
    size_t shown = 0;
    for (size_t i = 0; i < children && i < QUESTION_ROWS_MAX; i++) {
        size_t before = shown;
        struct str name = referral_row_name(arena, referral, child[i]);
        for (size_t k = 0; k < count; k++) {
            if (known[k].row != child[i]->number) continue;
            list[shown++] = (struct view_referral_check_known){
                .child = name,
                .words = known_words(request, &known[k]),
                .href = url_to_id(arena, known[k].kind == KNOWN_SUBMISSION ? ROUTE_submission
                                         : known[k].kind == KNOWN_RECORD  ? ROUTE_child
                                                                          : ROUTE_referral,
                                  known[k].id),
                .linked = known[k].readable};
        }
        if (shown == before)
            list[shown++] = (struct view_referral_check_known){
                .child = name,
                .words =
                    str_fmt(request->arena,
                            "Nothing that you can see is about this child. The %.*s will check.",
                            STR_ARG(area_unit(request->app->area))),
                .href = url_to(ROUTE_referrals)};
    }
    view->known = list;
    view->known_count = shown;
    view->checked_children = children > 0;
    return ST_OK;
}

/* --- the page --------------------------------------------------------------------------------- */

static void draw_parts(struct request *request, const struct referral *referral,
                       const struct referral_part *part, size_t count,
                       struct view_referral_check *view)
{
    struct arena *arena = request->arena;
    struct view_referral_check_parts *list =
        arena_many(arena, count + 1, struct view_referral_check_parts);
    for (size_t i = 0; i < count; i++) {
        struct view_referral_check_parts_answers *answers =
            arena_many(arena, part[i].count + 1, struct view_referral_check_parts_answers);
        for (size_t k = 0; k < part[i].count; k++) {
            const struct referral_answer_line *line = &part[i].line[k];
            answers[k] = (struct view_referral_check_parts_answers){
                line->question->label, line->value, line->none, line->read_as,
                change_url(request, referral, line->question, part[i].row)};
        }
        list[i] = (struct view_referral_check_parts){.id = part[i].id,
                                                     .title = part[i].title,
                                                     .name = part[i].name,
                                                     .answers = answers,
                                                     .answers_count = part[i].count};
    }
    view->parts = list;
    view->parts_count = count;
}

static void draw_empty(struct request *request, const struct referral *referral,
                       const struct question_section *const *empty, size_t count,
                       struct view_referral_check *view)
{
    struct view_referral_check_empty *list =
        arena_many(request->arena, count + 1, struct view_referral_check_empty);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_referral_check_empty){
            empty[i]->title, referral_rows_url(request->arena, referral->head.id, empty[i])};
    view->empty = list;
    view->empty_count = count;
}

static void draw_sharing(struct request *request, const struct referral *referral,
                         struct view_referral_check *view)
{
    size_t count;
    const struct area_sharing *sharing = area_sharing(request->app->area, &count);
    struct view_referral_check_sharing *list =
        arena_many(request->arena, count + 1, struct view_referral_check_sharing);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_referral_check_sharing){sharing[i].who, sharing[i].sees};
    view->sharing = list;
    view->sharing_count = count;
    view->rules = sharing_rules(request);
    struct answer agreed = referral_answer_get(referral, 0, STR("consent-given"));
    struct answer basis = referral_answer_get(referral, 0, STR("consent-basis"));
    bool somebody = agreed.kind == ANSWER_GIVEN && (str_find(agreed.value, STR("child"), 0) >= 0 ||
                                                    str_find(agreed.value, STR("parent"), 0) >= 0);
    const struct question *asked = questions_find(referral->form, STR("consent-basis"));
    view->no_consent = asked && !somebody && basis.kind != ANSWER_GIVEN;
    view->consent = asked ? change_url(request, referral, asked, 0) : url_to(ROUTE_referrals);
}

/* What is wrong, each with where it is mended: a draft that says nothing lacks either of two
 * things. */
static void draw_problems(struct request *request, const struct referral *referral,
                          const struct err *problem, struct view_referral_check *view)
{
    struct arena *arena = request->arena;
    struct partial_error_summary_problems *list =
        arena_many(arena, 2, struct partial_error_summary_problems);
    view->problems = list;
    if (!problem) return;
    const struct question *concern = questions_find(referral->form, STR("concern-reason"));
    const struct question_section *child =
        questions_find_section(referral->form, STR(REFERRAL_CHILD));
    if (problem->code != ST_INVALID || !concern || !child) {
        list[view->problems_count++] = (struct partial_error_summary_problems){
            html_url_fragment(arena, STR("top")), str_dup(arena, str_from(problem->public))};
        return;
    }
    list[view->problems_count++] = (struct partial_error_summary_problems){
        change_url(request, referral, concern, 0),
        STR("There is nothing to refer yet. Say what worries you: a few words are enough.")};
    list[view->problems_count++] = (struct partial_error_summary_problems){
        referral_rows_url(arena, referral->head.id, child), STR("Or say something of the child.")};
}

static void draw_check(struct request *request, struct response *response,
                       const struct referral *referral, const struct err *problem)
{
    struct arena *arena = request->arena;
    struct referral_part *part = NULL;
    const struct question_section **empty = NULL;
    size_t empty_count = 0;
    size_t count = referral_parts_of(request, referral, &part, &empty, &empty_count);
    struct call_first call = call_first_of_place(request, referral->head.place);
    struct view_referral_check view = {
        .call_who = call.who,
        .call_phone = call.phone,
        .call_dial = call.dial,
        .unit = area_unit(request->app->area),
        .back = url_to_id(arena, ROUTE_referral, referral->head.id),
        .reference = referral->head.reference,
        .help = url_to_text(arena, ROUTE_help_place, referral->head.place),
        .away = page_is_answer(request),
        .says_something = referral_says_something(referral),
        .action = url_to_id(arena, ROUTE_referral_send, referral->head.id),
        .csrf = request->csrf,
        .version = str_fmt(arena, "%lld", (long long)referral->head.version),
        .decide_by = referral_decide_by(request, clock_now()),
        .print = url_to_id(arena, ROUTE_referral_print, referral->head.id),
        .pdf = url_to_id(arena, ROUTE_referral_pdf, referral->head.id),
    };
    struct err err = {0};
    if (draw_known(request, referral, &view, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    draw_problems(request, referral, problem, &view);
    view.in_danger = referral_in_danger(request, referral, &view.danger);
    draw_missing(request, referral, part, count, &view);
    draw_advice(request, referral, part, count, &view);
    referral_draw_found(request, referral, &view);
    draw_parts(request, referral, part, count, &view);
    draw_empty(request, referral, empty, empty_count, &view);
    draw_sharing(request, referral, &view);
    PAGE(request, response, "Check and send", view_referral_check, &view);
}

void page_referral_check(struct request *request, struct response *response)
{
    struct referral referral;
    if (referral_own_draft(request, response, &referral))
        draw_check(request, response, &referral, NULL);
}

/* --- sending ---------------------------------------------------------------------------------- */

void page_referral_send(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t seen = 0;
    str_to_int(form_value(request, "version"), &seen);
    enum st outcome = referral_send(request->app, &request->who, request->id[0], seen, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_referral_sent, request->id[0]));
        return;
    }
    struct referral referral;
    if (outcome != ST_CONFLICT && outcome != ST_INVALID) {
        respond_error(request, response, &err);
    } else if (referral_own_draft(request, response, &referral)) {
        response->status = outcome == ST_CONFLICT ? 409 : 400;
        draw_check(request, response, &referral, &err);
    }
}

/* What is to be said of the office when it is closed. */
static struct str office_words(struct request *request, instant_ms sent)
{
    const struct area *area = request->app->area;
    const struct area_clock *clock = area_clock_find(area, STR(CLOCK_DECISION));
    const struct office_hours *office = clock ? clock->hours : NULL;
    if (!office || calendar_is_open(area_calendar(area), office, sent)) return STR("");
    instant_ms opens = calendar_opens(area_calendar(area), office, sent);
    if (!opens) return STR("");
    return str_fmt(request->arena,
                   "It came outside office hours. The office opens on %.*s. If it cannot wait "
                   "until then, call the out-of-hours team.",
                   STR_ARG(clock_words(request->arena, opens)));
}

void page_referral_sent(struct request *request, struct response *response)
{
    struct referral referral;
    struct err err = {0};
    struct str words;
    enum st outcome =
        referral_read(request->app, request->arena, &request->who, request->id[0], &referral, &err);
    if (outcome == ST_OK &&
        (referral.head.state != REFERRAL_SENT || referral.head.account != request->who.account))
        outcome = err_missing(&err, "referral");
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct call_first call = call_first_of_place(request, referral.head.place);
    struct view_referral_sent view = {
        .call_who = call.who,
        .call_phone = call.phone,
        .call_dial = call.dial,
        .unit = area_unit(request->app->area),
        .reference = referral.head.reference,
        .decide_by = referral_decide_by(request, referral.head.sent_at),
        .office = office_words(request, referral.head.sent_at),
        .see = url_to_id(request->arena, ROUTE_referral, referral.head.id),
        .list = url_to(ROUTE_referrals),
        .help = url_to_text(request->arena, ROUTE_help_place, referral.head.place),
        .emergency = referral.form && referral_in_danger(request, &referral, &words),
    };
    PAGE(request, response, "Referral sent", view_referral_sent, &view);
}
