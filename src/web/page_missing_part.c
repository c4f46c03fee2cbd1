/*
 * One part of an episode on a page: the report, what was done, the return, the offer, the return
 * interview; and what is prepared beforehand.
 */
#include "domain/danger.h"
#include "web/page_missing.h"
#include "web/page_questions.h"

enum { PART_QUESTIONS_MAX = 60 };

struct part_page {
    const struct question_section *section;
    struct question_draw draw[PART_QUESTIONS_MAX];
    struct missing_given given[PART_QUESTIONS_MAX];
    size_t count;
    size_t given_count;
    const struct missing_file *kept; /* NULL: a new one */
    struct url back;
    struct url action;
    struct str caption;
    struct str problem;     /* of the part as a whole */
    struct str problem_key;
    struct str danger;      /* words that say so */
    bool asks_forum;
};

static const struct questions *form_of(const struct request *request)
{
    return &area_missing(request->app->area)->form;
}

/* The child's own words, and what others said, are kept as they are. */
static bool advises(const struct question *question)
{
    return !str_starts(question->key, STR("said-")) && !str_starts(question->key, STR("wish-"));
}

static void begin(struct request *request, const char *section, struct part_page *page)
{
    const struct questions *form = form_of(request);
    page->section = questions_find_section(form, str_from(section));
    for (size_t s = page->section->first; s < page->section->first + page->section->count; s++)
        for (size_t q = form->step[s].first; q < form->step[s].first + form->step[s].count; q++)
            if (page->count < PART_QUESTIONS_MAX)
                page->draw[page->count++] = (struct question_draw){.question = &form->question[q], .advise = advises(&form->question[q])};
}

static void draw_kept(struct request *request, struct part_page *page)
{
    struct date today = clock_london(clock_now()).date;
    for (size_t i = 0; i < page->count && page->kept; i++) {
        struct answer answer = missing_answer_get(page->kept, page->draw[i].question->key);
        page->draw[i].typed = answer_typed_of(&answer);
        page->draw[i].read_as = answer_read_as(request->arena, page->draw[i].question, today, &answer);
    }
}

/* What was typed; false: something of it cannot be kept, and says so. */
static bool read_part(struct request *request, struct part_page *page)
{
    struct answer_form fields = request_answers(request);
    struct date today = clock_london(clock_now()).date;
    bool right = true;
    for (size_t i = 0; i < page->count; i++) {
        struct question_draw *draw = &page->draw[i];
        struct missing_given *given = &page->given[page->given_count];
        draw->typed = answer_typed_read(request->arena, draw->question, &fields);
        draw->error = answer_check(request->arena, draw->question, today, &draw->typed, &given->answer);
        given->question = draw->question;
        if (draw->error.len)
            right = false;
        else
            page->given_count++;
        if (draw->question->type == QUESTION_TEXT && !page->danger.len)
            page->danger = danger_find(request->arena, request->app->area, draw->typed.value);
    }
    if (right) page->problem = missing_check(page->kept, page->section->key, page->given, page->given_count, &page->problem_key);
    for (size_t i = 0; i < page->count && page->problem.len; i++)
        if (str_eq(page->draw[i].question->key, page->problem_key)) page->draw[i].error = page->problem;
    if (page->danger.len && !form_value(request, "told").len) return false;
    return right && !page->problem.len;
}

static void draw_problems(struct request *request, const struct part_page *page, struct view_missing_part *view)
{
    struct view_missing_part_problems *list = arena_many(request->arena, page->count + 1, struct view_missing_part_problems);
    for (size_t i = 0; i < page->count; i++)
        if (page->draw[i].error.len)
            list[view->problems_count++] = (struct view_missing_part_problems){
                question_at(request->arena, page->draw[i].question), page->draw[i].error};
    view->problems = list;
}

static void draw_forums(struct request *request, struct view_missing_part *view)
{
    size_t count = 0;
    const struct area_forum *forum = area_forums(request->app->area, &count);
    struct view_missing_part_forums *list = arena_many(request->arena, count + 1, struct view_missing_part_forums);
    struct str chosen = form_has(request, "forum") ? form_value(request, "forum") : request->who.forum;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_missing_part_forums){forum[i].id, forum[i].name, str_eq(forum[i].id, chosen)};
    view->forums = list;
    view->forums_count = count;
}

static void draw_part(struct request *request, struct response *response, const struct part_page *page)
{
    struct arena *arena = request->arena;
    const struct questions *form = form_of(request);
    struct view_missing_part_steps *steps = arena_many(arena, page->section->count, struct view_missing_part_steps);
    size_t drawn = 0;
    for (size_t s = 0; s < page->section->count; s++) {
        const struct question_step *step = &form->step[page->section->first + s];
        struct view_missing_part_steps_questions *questions = arena_many(arena, step->count, struct view_missing_part_steps_questions);
        for (size_t q = 0; q < step->count && drawn < page->count; q++) questions[q].content = draw_question(request, &page->draw[drawn++]);
        steps[s] = (struct view_missing_part_steps){step->title, step->lead, questions, step->count};
    }
    struct view_missing_part view = {.unit = area_unit(request->app->area),
                                     .back = page->back,
                                     .caption = page->caption,
                                     .title = page->section->title,
                                     .lead = page->section->lead,
                                     .in_danger = page->danger.len > 0,
                                     .danger = page->danger,
                                     .help = url_to(ROUTE_help_now),
                                     .action = page->action,
                                     .csrf = request->csrf,
                                     .told = page->danger.len ? STR("yes") : STR(""),
                                     .danger_words = danger_words(arena, request->app->area),
                                     .asks_forum = page->asks_forum,
                                     .steps = steps,
                                     .steps_count = page->section->count};
    draw_problems(request, page, &view);
    draw_forums(request, &view);
    const char *title = str_c(arena, str_fmt(arena, "%s%.*s", view.problems_count ? "Error: " : "", STR_ARG(page->section->title)));
    PAGE(request, response, title, view_missing_part, &view);
}

/* --- a new episode ---------------------------------------------------------------------------- */

static bool open_new(struct request *request, struct response *response, struct child_file *file, struct part_page *page)
{
    struct err err = {0};
    if (!child_page_open(request, response, file)) return false;
    if (!file->may_edit) {
        (void)child_missing(&err);
        respond_error(request, response, &err);
        return false;
    }
    begin(request, MISSING_REPORT, page);
    page->back = url_to_id(request->arena, ROUTE_child_missing, file->line.id);
    page->action = url_to_id(request->arena, ROUTE_child_missing_report, file->line.id);
    page->caption = child_caption(request, file);
    page->asks_forum = true;
    return true;
}

void page_child_missing_new(struct request *request, struct response *response)
{
    struct child_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    if (open_new(request, response, &file, page)) draw_part(request, response, page);
}

static bool is_forum(const struct request *request, struct str id)
{
    size_t count = 0;
    const struct area_forum *forum = area_forums(request->app->area, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(forum[i].id, id)) return true;
    return false;
}

void page_child_missing_report(struct request *request, struct response *response)
{
    struct child_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    struct err err = {0};
    int64_t episode = 0;
    if (!open_new(request, response, &file, page)) return;
    if (!read_part(request, page)) {
        response->status = 400;
        draw_part(request, response, page);
        return;
    }
    struct str forum = form_value(request, "forum");
    struct missing_new new = {.child = file.line.id, .forum = is_forum(request, forum) ? forum : STR("")};
    if (missing_report(request->app, &request->who, &new, page->given, page->given_count, &episode, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        respond_redirect(response, url_with(request->arena, url_to_id(request->arena, ROUTE_missing_one, episode), "saved", STR("report")));
}

/* --- a part of one ------------------------------------------------------------------------------- */

static bool open_part(struct request *request, struct response *response, struct missing_file *file, struct part_page *page)
{
    static const char *const parts[] = {MISSING_REPORT, MISSING_ACTION, MISSING_RETURN, MISSING_OFFER, MISSING_INTERVIEW};
    struct err err = {0};
    enum st outcome = missing_open(request->app, request->arena, &request->who, request->id[0], file, &err);
    size_t which = 0;
    while (which < sizeof parts / sizeof *parts && !str_eq(request->parameter[1], str_from(parts[which]))) which++;
    if (outcome == ST_OK && (!file->may_edit || which == sizeof parts / sizeof *parts)) outcome = missing_gone(&err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return false;
    }
    begin(request, parts[which], page);
    page->kept = file;
    page->back = url_to_id(request->arena, ROUTE_missing_one, file->line.id);
    page->action = url_to_texts(request->arena, ROUTE_missing_part_save, str_fmt(request->arena, "%lld", (long long)file->line.id),
                                str_from(parts[which]));
    page->caption = str_fmt(request->arena, "%.*s, %.*s", STR_ARG(file->line.child_name), STR_ARG(file->line.reference));
    return true;
}

void page_missing_part(struct request *request, struct response *response)
{
    struct missing_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    if (!open_part(request, response, &file, page)) return;
    draw_kept(request, page);
    draw_part(request, response, page);
}

void page_missing_part_save(struct request *request, struct response *response)
{
    struct missing_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    struct err err = {0};
    if (!open_part(request, response, &file, page)) return;
    if (!read_part(request, page)) {
        response->status = 400;
        draw_part(request, response, page);
        return;
    }
    if (missing_save(request->app, &request->who, file.line.id, page->section->key, page->given, page->given_count, 0, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        respond_redirect(response, url_with(request->arena, page->back, "saved", page->section->key));
}

/* --- beforehand ------------------------------------------------------------------------------------- */

static bool open_prepared(struct request *request, struct response *response, struct child_file *child,
                          struct missing_file *file, struct part_page *page)
{
    struct err err = {0};
    if (!child_page_open(request, response, child)) return false;
    enum st outcome = child->may_edit ? missing_prepared(request->app, request->arena, child, file, &err) : child_missing(&err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return false;
    }
    begin(request, MISSING_PREPARED, page);
    page->kept = file;
    page->back = url_to_id(request->arena, ROUTE_child_missing, child->line.id);
    page->action = url_to_id(request->arena, ROUTE_child_prepared_save, child->line.id);
    page->caption = child_caption(request, child);
    return true;
}

void page_child_prepared(struct request *request, struct response *response)
{
    struct child_file child;
    struct missing_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    if (!open_prepared(request, response, &child, &file, page)) return;
    draw_kept(request, page);
    draw_part(request, response, page);
}

void page_child_prepared_save(struct request *request, struct response *response)
{
    struct child_file child;
    struct missing_file file;
    struct part_page *page = arena_new(request->arena, struct part_page);
    struct err err = {0};
    if (!open_prepared(request, response, &child, &file, page)) return;
    if (!read_part(request, page)) {
        response->status = 400;
        draw_part(request, response, page);
        return;
    }
    if (missing_prepare(request->app, &request->who, child.line.id, page->given, page->given_count, 0, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        child_saved(request, response, page->back, "entry");
}
