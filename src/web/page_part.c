#include "web/page_part.h"

#include "domain/danger.h"

void form_part_begin(const struct questions *form, const char *section,
                     bool (*advises)(const struct question *), struct form_part *part)
{
    part->form = form;
    part->section = questions_find_section(form, str_from(section));
    for (size_t s = part->section->first; s < part->section->first + part->section->count; s++)
        for (size_t q = form->step[s].first; q < form->step[s].first + form->step[s].count; q++)
            if (part->count < FORM_PART_QUESTIONS_MAX)
                part->draw[part->count++] =
                    (struct question_draw){.question = &form->question[q],
                                           .advise = !advises || advises(&form->question[q])};
}

void form_part_also(struct form_part *part, const char *key)
{
    const struct question *question = questions_find(part->form, str_from(key));
    if (!question || part->count == FORM_PART_QUESTIONS_MAX) return;
    part->draw[part->count++] = (struct question_draw){.question = question};
    part->also++;
}

void form_part_kept(struct request *request,
                    struct answer (*answer)(const void *context, struct str key),
                    const void *context, struct form_part *part)
{
    struct date today = clock_london(clock_now()).date;
    for (size_t i = 0; i < part->count && context; i++) {
        struct answer kept = answer(context, part->draw[i].question->key);
        part->draw[i].typed = answer_typed_of(&kept);
        part->draw[i].read_as =
            answer_read_as(request->arena, part->draw[i].question, today, &kept);
    }
}

void form_part_read(struct request *request, struct form_part *part)
{
    struct answer_form fields = request_answers(request);
    struct date today = clock_london(clock_now()).date;
    for (size_t i = 0; i < part->count; i++) {
        struct question_draw *draw = &part->draw[i];
        draw->typed = answer_typed_read(request->arena, draw->question, &fields);
        draw->error =
            answer_check(request->arena, draw->question, today, &draw->typed, &part->answer[i]);
        struct str words = answer_typed_words(draw->question, draw->typed.value);
        if (!part->danger.len)
            part->danger =
                danger_find(request->arena, request->app->area, str_sub(words, 0, DANGER_TEXT_MAX));
    }
}

void form_part_wrong(struct form_part *part, struct str problem, struct str key)
{
    part->problem = problem;
    for (size_t i = 0; i < part->count; i++)
        if (str_eq(part->draw[i].question->key, key) && !part->draw[i].error.len)
            part->draw[i].error = problem;
}

void form_part_wrong_all(struct form_part *part, const struct form_problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        form_part_wrong(part, problems->list[i].words, problems->list[i].key);
}

bool form_part_stands(struct request *request, const struct form_part *part)
{
    if (part->danger.len && !form_value(request, "told").len) return false;
    for (size_t i = 0; i < part->count; i++)
        if (part->draw[i].error.len) return false;
    return !part->problem.len;
}

static void draw_problems(struct request *request, const struct form_part *part,
                          struct view_form_part *view)
{
    struct partial_error_summary_problems *list =
        arena_many(request->arena, part->count + 2, struct partial_error_summary_problems);
    for (size_t i = 0; i < part->count; i++) { /* as they stand on the page */
        size_t place = (part->count - part->also + i) % part->count;
        const struct question_draw *draw = &part->draw[place];
        if (draw->error.len)
            list[view->problems_count++] = (struct partial_error_summary_problems){
                question_at(request->arena, draw->question), draw->error};
    }
    if (part->problem.len && !view->problems_count)
        list[view->problems_count++] = (struct partial_error_summary_problems){
            question_at(request->arena, part->draw[0].question), part->problem};
    view->problems = list;
}

static struct view_form_part_steps draw_step(struct request *request, struct str title,
                                             struct str lead, const struct question_draw *draw,
                                             size_t count)
{
    struct view_form_part_steps_questions *questions =
        arena_many(request->arena, count, struct view_form_part_steps_questions);
    for (size_t i = 0; i < count; i++) questions[i].content = draw_question(request, &draw[i]);
    return (struct view_form_part_steps){title, lead, questions, count};
}

void form_part_page(struct request *request, struct response *response,
                    const struct form_part *part)
{
    struct arena *arena = request->arena;
    struct view_form_part_steps *steps =
        arena_many(arena, part->section->count + 1, struct view_form_part_steps);
    size_t own = part->count - part->also;
    size_t drawn = 0;
    size_t count = 0;
    if (part->also)
        steps[count++] =
            draw_step(request, part->also_title, STR(""), part->draw + own, part->also);
    for (size_t s = 0; s < part->section->count; s++) {
        const struct question_step *step = &part->form->step[part->section->first + s];
        size_t here = step->count < own - drawn ? step->count : own - drawn;
        steps[count++] = draw_step(request, step->title, step->lead, part->draw + drawn, here);
        drawn += here;
    }
    struct view_form_part view = {.unit = area_unit(request->app->area),
                                  .back = part->back,
                                  .caption = part->caption,
                                  .title = part->section->title,
                                  .lead = part->section->lead,
                                  .in_danger = part->danger.len > 0,
                                  .danger = part->danger,
                                  .help = url_to(ROUTE_help_now),
                                  .away = page_is_answer(request),
                                  .action = part->action,
                                  .csrf = request->csrf,
                                  .told = part->danger.len ? STR("yes") : STR(""),
                                  .see = part->see,
                                  .see_words = part->see_words,
                                  .version = part->version,
                                  .danger_words = danger_words(arena, request->app->area),
                                  .extra = part->extra,
                                  .steps = steps,
                                  .steps_count = count};
    draw_problems(request, part, &view);
    PAGE(request, response, str_c(arena, part->section->title), view_form_part, &view);
}
