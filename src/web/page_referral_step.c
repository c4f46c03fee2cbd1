/*
 * One step of a referral: its questions on a page, saved when it is sent, and going on to
 * the next.
 */
#include "domain/danger.h"
#include "web/call.h"
#include "web/page_questions.h"
#include "web/pages.h"
#include "web/referral_parts.h"

struct step_page {
    struct referral referral;
    const struct question_step *step;
    int64_t row;
    struct question_draw *draw; /* each of its questions */
    size_t count;
    int64_t version;
    bool clashed;
};

/* --- finding it ----------------------------------------------------------------------------- */

/* The step of the path and the row of the query or form; answers with an error and false.  What was
 * sent has no row any more of which nothing was said. */
static bool find_step(struct request *request, struct response *response, struct step_page *page)
{
    if (!referral_own(request, response, &page->referral)) return false;
    page->step = questions_find_step(page->referral.form, request->parameter[1]);
    str_to_int(form_value(request, "row"), &page->row);
    const struct question_section *section =
        page->step ? &page->referral.form->section[page->step->section] : NULL;
    bool there = section && (section->one.len > 0) == (page->row > 0);
    if (there && page->row && page->referral.head.state == REFERRAL_DRAFT) {
        const struct referral_row *row[QUESTION_ROWS_MAX];
        size_t count = referral_rows(&page->referral, section->key, row, QUESTION_ROWS_MAX);
        bool found = false;
        for (size_t i = 0; i < count && i < QUESTION_ROWS_MAX; i++)
            found |= row[i]->number == page->row;
        there = found;
    }
    if (there) {
        page->version = page->referral.head.version;
        page->count = page->step->count;
        page->draw = arena_many(request->arena, page->count, struct question_draw);
        return true;
    }
    struct err err;
    err_missing(&err, "page");
    respond_error(request, response, &err);
    return false;
}

/* --- drawing it ------------------------------------------------------------------------------- */

/* Does the page say that a child may be in danger: by an answer, or by words (*ret_words)? */
static bool in_danger(struct request *request, const struct step_page *page, struct str *ret_words)
{
    bool danger = false;
    *ret_words = STR("");
    for (size_t i = 0; i < page->count; i++) {
        const struct answer given = {ANSWER_GIVEN, page->draw[i].typed.value};
        if (!given.value.len) continue;
        danger |= answer_is_danger(page->draw[i].question, &given);
        struct str words = answer_typed_words(page->draw[i].question, given.value);
        if (!ret_words->len)
            *ret_words =
                danger_find(request->arena, request->app->area, str_sub(words, 0, DANGER_TEXT_MAX));
    }
    return danger || ret_words->len > 0;
}

static struct url back_of(struct request *request, const struct step_page *page)
{
    struct arena *arena = request->arena;
    const struct referral *referral = &page->referral;
    const struct question_section *section = &referral->form->section[page->step->section];
    if (str_eq(form_value(request, "from"), STR("check")))
        return url_to_id(arena, ROUTE_referral_check, referral->head.id);
    const struct question_step *before = referral_step_beside(referral, page->step, page->row, -1);
    if (before) return referral_step_url(arena, referral->head.id, before, page->row);
    return section->one.len ? referral_rows_url(arena, referral->head.id, section)
                            : url_to_id(arena, ROUTE_referral, referral->head.id);
}

static struct str caption_of(struct request *request, const struct step_page *page)
{
    const struct question_section *section = &page->referral.form->section[page->step->section];
    for (size_t i = 0; i < page->referral.row_count; i++)
        if (page->row == page->referral.row[i].number &&
            str_eq(page->referral.row[i].section, question_rows_of(section)))
            return referral_row_name(request->arena, &page->referral, &page->referral.row[i]);
    return section->title;
}

static void draw_problems(struct request *request, const struct step_page *page,
                          struct view_referral_step *view)
{
    struct partial_error_summary_problems *list =
        arena_many(request->arena, page->count + 1, struct partial_error_summary_problems);
    size_t count = 0;
    for (size_t i = 0; i < page->count; i++) {
        const struct question_draw *draw = &page->draw[i];
        if (draw->error.len)
            list[count++] = (struct partial_error_summary_problems){
                question_at(request->arena, draw->question), draw->error};
        if (draw->clash.len)
            list[count++] = (struct partial_error_summary_problems){
                question_at(request->arena, draw->question),
                str_fmt(request->arena,
                        "“%.*s” was changed on another device since you opened this page. "
                        "Both are shown; nothing was overwritten.",
                        STR_ARG(draw->question->label))};
    }
    view->problems = list;
    view->problems_count = count;
}

static void draw(struct request *request, struct response *response, struct step_page *page)
{
    struct arena *arena = request->arena;
    struct view_referral_step_questions *questions =
        arena_many(arena, page->count + 1, struct view_referral_step_questions);
    for (size_t i = 0; i < page->count; i++)
        questions[i].content = draw_question(request, &page->draw[i]);
    struct call_first call = call_first_of_place(request, page->referral.head.place);
    struct view_referral_step view = {
        .call_who = call.who,
        .call_phone = call.phone,
        .call_dial = call.dial,
        .back = back_of(request, page),
        .caption = caption_of(request, page),
        .title = page->step->title,
        .lead = page->step->lead,
        .help = url_to_text(arena, ROUTE_help_place, page->referral.head.place),
        .away = page_is_answer(request),
        .action = referral_step_url(arena, page->referral.head.id, page->step, page->row),
        .csrf = request->csrf,
        .version = str_fmt(arena, "%lld", (long long)page->version),
        .row = page->row ? str_fmt(arena, "%lld", (long long)page->row) : STR(""),
        .from = str_eq(form_value(request, "from"), STR("check")) ? STR("check") : STR(""),
        .danger_words = danger_words(arena, request->app->area),
        .questions = questions,
        .questions_count = page->count,
    };
    view.in_danger = in_danger(request, page, &view.danger);
    view.told = view.in_danger ? STR("yes") : STR("");
    draw_problems(request, page, &view);
    PAGE(request, response, str_c(arena, page->step->title), view_referral_step, &view);
}

static void draw_kept(struct request *request, struct step_page *page)
{
    const struct questions *form = page->referral.form;
    const struct question_section *section = &form->section[page->step->section];
    for (size_t i = 0; i < page->count; i++) {
        const struct question *question = &form->question[page->step->first + i];
        struct answer answer = referral_answer_get(&page->referral, page->row, question->key);
        page->draw[i] =
            (struct question_draw){.question = question,
                                   .typed = answer_typed_of(&answer),
                                   .read_as = referral_answer_read_as(
                                       request->arena, &page->referral, page->row, question),
                                   .of_oneself = str_eq(section->key, STR("referrer")),
                                   .advise = true};
    }
}

void page_referral_step(struct request *request, struct response *response)
{
    struct step_page *page = arena_new(request->arena, struct step_page);
    if (!find_step(request, response, page)) return;
    if (page->referral.head.state != REFERRAL_DRAFT) {
        respond_redirect(response,
                         url_to_id(request->arena, ROUTE_referral, page->referral.head.id));
        return;
    }
    draw_kept(request, page);
    draw(request, response, page);
}

/* --- saving it -------------------------------------------------------------------------------- */

/* What was typed, and what of it can be kept. */
static size_t read_answers(struct request *request, struct step_page *page,
                           struct referral_given *ret)
{
    const struct questions *form = page->referral.form;
    struct answer_form fields = request_answers(request);
    struct date today = clock_london(clock_now()).date;
    size_t count = 0;
    for (size_t i = 0; i < page->count; i++) {
        struct question_draw *drawn = &page->draw[i];
        drawn->question = &form->question[page->step->first + i];
        drawn->typed = answer_typed_read(request->arena, drawn->question, &fields);
        drawn->error =
            answer_check(request->arena, drawn->question, today, &drawn->typed, &ret[count].answer);
        if (drawn->error.len) continue;
        ret[count++].question = drawn->question;
    }
    return count;
}

/* A day and a time that can each be, and together are still to come: neither of what was typed is
 * kept.  Returns how many answers are left. */
static size_t refuse_call_to_come(struct step_page *page, struct referral_given *given,
                                  size_t count)
{
    struct str wrong = referral_call_to_come(&page->referral, given, count);
    if (!wrong.len) return count;
    for (size_t i = 0; i < page->count; i++)
        if (str_eq(page->draw[i].question->key, wrong))
            page->draw[i].error = STR(
                "That time is still to come. Write when it was, like 16:50, and check the day.");
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct str key = given[i].question->key;
        if (!str_eq(key, STR("telephoned-day")) && !str_eq(key, STR("telephoned-time")))
            given[kept++] = given[i];
    }
    return kept;
}

static void show_clashes(struct request *request, struct step_page *page,
                         const struct referral_clash *clash, size_t count)
{
    for (size_t i = 0; i < page->count; i++)
        for (size_t k = 0; k < count; k++) {
            if (clash[k].question != page->draw[i].question) continue;
            page->draw[i].clash = answer_words(request->arena, clash[k].question, &clash[k].kept);
            page->draw[i].clash_at = clock_words(request->arena, clash[k].at);
            page->clashed = true;
        }
}

/* Where it goes on after it was saved. */
static struct url next_of(struct request *request, const struct step_page *page)
{
    struct arena *arena = request->arena;
    int64_t id = page->referral.head.id;
    const struct question_section *section = &page->referral.form->section[page->step->section];
    struct str words;
    /* Danger comes before anything else: the page once more, with what to do on top. */
    if (in_danger(request, page, &words) && !form_value(request, "told").len)
        return referral_step_url(arena, id, page->step, page->row);
    if (str_eq(form_value(request, "from"), STR("check")))
        return url_to_id(arena, ROUTE_referral_check, id);
    if (str_eq(form_value(request, "do"), STR("leave")))
        return url_to_id(arena, ROUTE_referral, id);
    const struct question_step *next =
        referral_step_beside(&page->referral, page->step, page->row, 1);
    if (next) return referral_step_url(arena, id, next, page->row);
    return section->one.len ? referral_rows_url(arena, id, section)
                            : url_to_id(arena, ROUTE_referral, id);
}

/* The answers that were just kept, so that what depends on them is asked or not. */
static void take_in(struct request *request, struct step_page *page,
                    const struct referral_given *given, size_t count)
{
    struct referral *referral = &page->referral;
    struct referral_answer *list =
        arena_many(request->arena, referral->answer_count + count + 1, struct referral_answer);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct referral_answer){
            .row = page->row, .key = given[i].question->key, .answer = given[i].answer};
    if (referral->answer_count)
        memcpy(list + count, referral->answer, referral->answer_count * sizeof *list);
    referral->answer = list; /* the first of a key counts */
    referral->answer_count += count;
}

/* It was sent or withdrawn while the page was open: what was typed and is not in it is shown. */
static void answer_late(struct request *request, struct response *response,
                        const struct step_page *page)
{
    struct arena *arena = request->arena;
    struct str typed = STR("");
    for (size_t i = 0; i < page->count; i++) {
        const struct question *question = page->draw[i].question;
        const struct answer_typed *given = &page->draw[i].typed;
        const struct answer kept = referral_answer_get(&page->referral, page->row, question->key);
        const struct answer new = {given->value.len        ? ANSWER_GIVEN
                                   : given->unknown        ? ANSWER_UNKNOWN
                                   : given->not_applicable ? ANSWER_NOT_APPLICABLE
                                                           : ANSWER_NONE,
                                   given->value};
        struct str words = answer_words(arena, question, &new);
        if (!str_eq(words, answer_words(arena, question, &kept)))
            typed = str_fmt(arena, "%.*s\n\n%.*s\n%.*s", STR_ARG(typed), STR_ARG(question->label),
                            STR_ARG(words));
    }
    if (typed.len)
        page_referral_late(request, response, &page->referral,
                           str_fmt(arena, "%.*s%.*s", STR_ARG(caption_of(request, page)),
                                   STR_ARG(typed)));
    else
        respond_redirect(response, url_to_id(arena, ROUTE_referral, page->referral.head.id));
}

void page_referral_save(struct request *request, struct response *response)
{
    struct step_page *page = arena_new(request->arena, struct step_page);
    size_t clashes = 0;
    int64_t seen = 0;
    struct err err = {0};
    if (!find_step(request, response, page)) return;
    struct referral_given *given = arena_many(request->arena, page->count, struct referral_given);
    struct referral_clash *clash = arena_many(request->arena, page->count, struct referral_clash);
    size_t count = refuse_call_to_come(page, given, read_answers(request, page, given));
    str_to_int(form_value(request, "version"), &seen);
    enum st outcome = ST_OK;
    if (count)
        outcome =
            referral_save(request->app, &request->who, page->referral.head.id, page->row, seen,
                          given, count, clash, &clashes, request->arena, &page->version, &err);
    if (outcome == ST_INVALID && !referral_own(request, response, &page->referral)) return;
    if (page->referral.head.state != REFERRAL_DRAFT) {
        answer_late(request, response, page);
        return;
    }
    if (outcome != ST_OK && outcome != ST_CONFLICT) {
        respond_error(request, response, &err);
        return;
    }
    show_clashes(request, page, clash, clashes);
    /* What was refused was not compared: when it comes again, with what this page was drawn from,
     * if anything else was kept since. */
    if (count < page->count && page->version > seen + (count > 0)) page->version = seen;
    if (!page->clashed && count == page->count) {
        take_in(request, page, given, count);
        respond_redirect(response, next_of(request, page));
        return;
    }
    response->status = page->clashed ? 409 : 400;
    draw(request, response, page);
}
