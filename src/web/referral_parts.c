#include "web/referral_parts.h"

#include "domain/area_desk.h"
#include "domain/danger.h"
#include "web/pages.h"

#include <ctype.h>

struct url referral_step_url(struct arena *arena, int64_t id, const struct question_step *step,
                             int64_t row)
{
    struct url url =
        url_to_texts(arena, ROUTE_referral_step, str_fmt(arena, "%lld", (long long)id), step->key);
    return row ? url_with(arena, url, "row", str_fmt(arena, "%lld", (long long)row)) : url;
}

struct url referral_rows_url(struct arena *arena, int64_t id,
                             const struct question_section *section)
{
    return url_to_texts(arena, ROUTE_referral_rows, str_fmt(arena, "%lld", (long long)id),
                        section->key);
}

struct url referral_section_url(struct arena *arena, const struct referral *referral,
                                const struct question_section *section)
{
    if (section->one.len) return referral_rows_url(arena, referral->head.id, section);
    return referral_step_url(arena, referral->head.id, &referral->form->step[section->first], 0);
}

/* --- which steps, and how far ---------------------------------------------------------------- */

/* Is a step asked in this row? */
static bool referral_step_asked(const struct referral *referral, const struct question_step *step,
                                int64_t row)
{
    struct answer answer = referral_answer_get(referral, row, step->only_if);
    return question_step_asked(step, &answer);
}

const struct question_step *referral_step_beside(const struct referral *referral,
                                                 const struct question_step *step, int64_t row,
                                                 int by)
{
    const struct questions *form = referral->form;
    const struct question_section *section = &form->section[step->section];
    for (ptrdiff_t at = step - form->step + by;
         at >= (ptrdiff_t)section->first && at < (ptrdiff_t)(section->first + section->count);
         at += by)
        if (referral_step_asked(referral, &form->step[at], row)) return &form->step[at];
    return NULL;
}

struct progress referral_progress(const struct referral *referral,
                                  const struct question_section *section, int64_t row)
{
    struct progress progress = {0};
    for (size_t s = section->first; s < section->first + section->count; s++) {
        const struct question_step *step = &referral->form->step[s];
        if (!referral_step_asked(referral, step, row)) continue;
        for (size_t q = step->first; q < step->first + step->count; q++) {
            struct answer answer =
                referral_answer_get(referral, row, referral->form->question[q].key);
            progress.asked++;
            progress.answered += answer.kind != ANSWER_NONE;
        }
    }
    return progress;
}

struct str progress_words(struct progress progress, struct str *ret_tag)
{
    *ret_tag = STR("govuk-tag--blue");
    if (!progress.answered) return STR("Not started");
    *ret_tag = STR("govuk-tag--light-blue");
    if (progress.answered < progress.asked) return STR("In progress");
    *ret_tag = STR("");
    return STR("Completed");
}

/* --- answers in words ------------------------------------------------------------------------ */

static struct str capital(struct arena *arena, struct str text)
{
    if (!text.len) return text;
    return str_fmt(arena, "%c%.*s", toupper((unsigned char)text.ptr[0]),
                   STR_ARG(str_sub(text, 1, text.len)));
}

/* The signs of a step of which nothing was said, in one line: each is named, and none is
 * silently left out. */
static void add_unsaid(struct arena *arena, struct referral_part *part,
                       const struct questions *form, const struct question_step *step,
                       struct str unsaid)
{
    if (!unsaid.len) return;
    struct question *question = arena_new(arena, struct question);
    *question =
        (struct question){.label = str_fmt(arena, "%.*s: nothing said of", STR_ARG(step->title)),
                          .step = (size_t)(step - form->step),
                          .section = step->section,
                          .mention = LINK_FIELDS};
    part->line[part->count++] =
        (struct referral_answer_line){.question = question, .value = unsaid, .none = true};
}

static void fill_part(struct request *request, const struct referral *referral,
                      struct referral_part *part)
{
    const struct questions *form = referral->form;
    size_t most = 0;
    for (size_t s = part->section->first; s < part->section->first + part->section->count; s++)
        most += form->step[s].count + 1;
    part->line = arena_many(request->arena, most, struct referral_answer_line);
    for (size_t s = part->section->first; s < part->section->first + part->section->count; s++) {
        const struct question_step *step = &form->step[s];
        if (!referral_step_asked(referral, step, part->row)) continue;
        struct str unsaid = STR("");
        for (size_t q = step->first; q < step->first + step->count; q++) {
            const struct question *question = &form->question[q];
            struct answer answer = referral_answer_get(referral, part->row, question->key);
            if (question->type == QUESTION_SIGN && answer.kind == ANSWER_NONE) {
                unsaid = str_fmt(request->arena, "%.*s%s%.*s", STR_ARG(unsaid),
                                 unsaid.len ? "; " : "", STR_ARG(question->label));
                continue;
            }
            part->line[part->count++] = (struct referral_answer_line){
                .question = question,
                .value = answer_words(request->arena, question, &answer),
                .read_as = referral_answer_read_as(request->arena, referral, part->row, question),
                .none = answer.kind == ANSWER_NONE};
        }
        add_unsaid(request->arena, part, form, step, unsaid);
    }
}

/* A part for each section, and for each row of those that have rows: one set of rows may be
 * those of several sections. */
static size_t most_parts(const struct referral *referral)
{
    const struct questions *form = referral->form;
    size_t most = 0;
    for (size_t i = 0; i < form->section_count; i++)
        most +=
            form->section[i].one.len ? referral_rows(referral, form->section[i].key, NULL, 0) : 1;
    return most;
}

size_t referral_parts_of(struct request *request, const struct referral *referral,
                         struct referral_part **ret, const struct question_section ***ret_empty,
                         size_t *ret_empty_count)
{
    struct arena *arena = request->arena;
    const struct questions *form = referral->form;
    struct referral_part *list =
        arena_many(arena, most_parts(referral) + 1, struct referral_part);
    *ret_empty = arena_many(arena, form->section_count + 1, const struct question_section *);
    *ret_empty_count = 0;
    size_t count = 0;
    for (size_t i = 0; i < form->section_count; i++) {
        const struct question_section *section = &form->section[i];
        const struct referral_row *row[QUESTION_ROWS_MAX];
        size_t rows = section->one.len
                          ? referral_rows_answered(referral, section->key, row, QUESTION_ROWS_MAX)
                          : 0;
        if (section->one.len && !section->of.len && !rows)
            (*ret_empty)[(*ret_empty_count)++] = section;
        if (!section->one.len) {
            list[count] = (struct referral_part){
                .section = section, .id = section->key, .title = section->title};
            fill_part(request, referral, &list[count++]);
        }
        for (size_t k = 0; k < rows && k < QUESTION_ROWS_MAX; k++) {
            list[count] = (struct referral_part){
                .section = section,
                .row = row[k]->number,
                .id = str_fmt(arena, "%.*s-%lld", STR_ARG(section->key), (long long)row[k]->number),
                .title = section->of.len ? section->title : capital(arena, section->one),
                .name = referral_row_name(arena, referral, row[k])};
            fill_part(request, referral, &list[count++]);
        }
    }
    *ret = list;
    return count;
}

bool referral_in_danger(struct request *request, const struct referral *referral,
                        struct str *ret_words)
{
    bool danger = false;
    *ret_words = STR("");
    for (size_t i = 0; i < referral->answer_count; i++) {
        const struct question *question = questions_find(referral->form, referral->answer[i].key);
        const struct answer *answer = &referral->answer[i].answer;
        if (!question || answer->kind != ANSWER_GIVEN) continue;
        danger |= answer_is_danger(question, answer);
        if (!ret_words->len)
            *ret_words = danger_find(request->arena, request->app->area,
                                     answer_typed_words(question, answer->value));
    }
    return danger || ret_words->len > 0;
}

/* --- heads ------------------------------------------------------------------------------------ */

struct str referral_children(struct arena *arena, const struct referral *referral, const char *none)
{
    const struct referral_row *child[QUESTION_ROWS_MAX];
    size_t count = referral_rows(referral, STR(REFERRAL_CHILD), child, QUESTION_ROWS_MAX);
    struct str names = STR("");
    for (size_t i = 0; i < count && i < QUESTION_ROWS_MAX; i++) {
        struct str name = referral_row_name(arena, referral, child[i]);
        names = i ? str_fmt(arena, "%.*s, %.*s", STR_ARG(names), STR_ARG(name)) : name;
    }
    return names.len ? names : str_from(none);
}

struct str referral_place_name(const struct request *request, const struct referral_head *head)
{
    const struct area_place *place = area_place_find(request->app->area, head->place);
    return place ? place->name : head->place;
}

struct str referral_state_words(const struct referral_head *head, const struct desk_told *told,
                                struct str *ret_tag)
{
    *ret_tag = STR("govuk-tag--grey");
    if (head->state == REFERRAL_WITHDRAWN) return STR("Withdrawn");
    if (head->state == REFERRAL_SENT && told->at && told->closed) return STR("Closed");
    *ret_tag = STR("govuk-tag--blue");
    if (head->state == REFERRAL_SENT && told->at) return STR("Answered");
    *ret_tag = STR("govuk-tag--green");
    if (head->state == REFERRAL_SENT) return STR("Sent");
    *ret_tag = STR("govuk-tag--light-blue");
    return STR("Draft");
}

struct str referral_decide_by(const struct request *request, instant_ms sent)
{
    instant_ms due = area_clock_due(request->app->area, CLOCK_DECISION, sent);
    return due ? clock_words(request->arena, due) : STR("");
}

bool referral_is_late(const struct request *request, instant_ms sent)
{
    instant_ms due = area_clock_due(request->app->area, CLOCK_DECISION, sent);
    return due && due < clock_now();
}

bool referral_own(struct request *request, struct response *response, struct referral *ret)
{
    struct err err = {0};
    enum st outcome =
        referral_read(request->app, request->arena, &request->who, request->id[0], ret, &err);
    bool own = outcome == ST_OK && ret->head.account == request->who.account;
    if (outcome == ST_OK && !own) outcome = err_missing(&err, "referral");
    if (outcome == ST_OK && !ret->form)
        outcome = err_set(&err, ST_FAILED, "The form cannot be read: there is no area pack.");
    if (outcome != ST_OK) respond_error(request, response, &err);
    return outcome == ST_OK;
}

bool referral_own_draft(struct request *request, struct response *response, struct referral *ret)
{
    if (!referral_own(request, response, ret)) return false;
    if (ret->head.state == REFERRAL_DRAFT) return true;
    respond_redirect(response, url_to_id(request->arena, ROUTE_referral, ret->head.id));
    return false;
}
