/*
 * Missing episodes and return interviews: dates and states, the report, and what follows.
 */
#include "api/api.h"
#include "domain/missing.h"
#include "web/pages.h"

enum { LOOKED_AT_DAYS = 365, GIVEN_MAX = 60 };

static const instant_ms day_ms = 24 * 3600 * (instant_ms)1000;

static json_t *line_json(struct arena *arena, const struct missing_line *line)
{
    const char *interview =
        line->interview == INTERVIEW_NONE ? "none" : interview_state_name(line->interview);
    json_t *one = json_pack("{sI so so so so so so ss sb}", "id", (json_int_t)line->id, "reference",
                            api_text(line->reference), "name", api_text(line->child_name), "forum",
                            api_text(line->forum), "sort", api_text(line->sort), "since",
                            api_time(arena, line->since), "police_reference",
                            api_text(line->police_reference), "interview", interview, "late",
                            (int)line->late);
    if (line->may_read_child)
        json_object_set_new(one, "child", json_integer((json_int_t)line->child));
    api_put_time(one, arena, "returned_at", line->returned);
    api_put_time(one, arena, "interview_due_at", line->interview_due);
    api_put_time(one, arena, "interview_at", line->interview_at);
    return one;
}

static instant_ms begin_of(struct request *request, const char *name, int32_t later,
                           instant_ms otherwise)
{
    struct date day;
    if (!date_parse_iso(form_value(request, name), &day)) return otherwise;
    return clock_from_london((struct civil){.date = date_from_days(date_to_days(day) + later)});
}

static struct api_place place_episode(const void *item)
{
    const struct missing_line *line = item;
    return (struct api_place){{-line->since, -line->id, 0}};
}

void api_missing(struct request *request, struct response *response)
{
    struct api_page page;
    struct missing_line *line = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_missing) || !api_has_pack(request, response) ||
        !api_page_read(request, response, ROUTE_api_missing, &page))
        return;
    instant_ms first = begin_of(request, "from", 0, clock_now() - LOOKED_AT_DAYS * day_ms);
    instant_ms last = begin_of(request, "until", 1, clock_now() + 1) - 1;
    if (missing_since(request->app, request->arena, &request->who, form_value(request, "forum"),
                      first, last, &line, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    api_cut(&page, line, count, sizeof *line, place_episode);
    for (size_t i = page.begin; i < page.end; i++)
        json_array_append_new(items, line_json(request->arena, &line[i]));
    api_answer(request, response, ROUTE_api_missing,
               api_page_make(request, ROUTE_api_missing, items, &page));
}

static struct answer answer_of(const void *context, struct str key)
{
    return missing_answer_get(context, key);
}

static json_t *file_json(struct request *request, const struct missing_file *file)
{
    const struct questions *form = &area_missing(request->app->area)->form;
    json_t *deeds = json_array();
    for (size_t i = 0; i < file->deed_count; i++)
        json_array_append_new(
            deeds, json_pack("{so so so so}", "what", api_text(file->deed[i].what), "by",
                             api_text(file->deed[i].by), "when", api_text(file->deed[i].when), "at",
                             api_time(request->arena, file->deed[i].at)));
    json_t *one = line_json(request->arena, &file->line);
    json_object_set_new(one, "answers",
                        api_form_answers(request->arena, form, MISSING_ACTION, answer_of, file));
    json_object_set_new(one, "deeds", deeds);
    return one;
}

/* NULL after answering. */
static json_t *read_file(struct request *request, struct response *response, int64_t id,
                         struct missing_file *file)
{
    struct err err = {0};
    if (missing_open(request->app, request->arena, &request->who, id, file, &err) == ST_OK)
        return file_json(request, file);
    respond_error(request, response, &err);
    return NULL;
}

void api_missing_one(struct request *request, struct response *response)
{
    struct missing_file file;
    if (!api_check(request, response, ROUTE_api_missing_one) || !api_has_pack(request, response))
        return;
    json_t *answer = read_file(request, response, request->id[0], &file);
    if (answer) api_answer(request, response, ROUTE_api_missing_one, answer);
}

/* --- writing ---------------------------------------------------------------------------------- */

struct part {
    struct missing_given given[GIVEN_MAX];
    size_t count;
};

/* One answer of the body; a sentence that says what is wrong with it, or empty. */
static struct str read_answer(struct request *request, const struct questions *form,
                              const char *section, const json_t *item, struct part *part)
{
    struct arena *arena = request->arena;
    struct str kind = api_member_text(item, "kind");
    const struct question *question = questions_find(form, api_member_text(item, "key"));
    struct answer_typed typed = {.value = str_dup(arena, api_member_text(item, "value")),
                                 .unknown = str_eq(kind, STR("unknown")),
                                 .not_applicable = str_eq(kind, STR("not-applicable"))};
    if (!question || !str_eq(form->section[question->section].key, str_from(section)))
        return STR("This part has no such question.");
    for (size_t i = 0; i < part->count; i++)
        if (part->given[i].question == question) return STR("This question is answered twice.");
    if ((typed.unknown && !question->unknown) ||
        (typed.not_applicable && !question->not_applicable))
        return STR("This question has to be answered.");
    struct missing_given *given = &part->given[part->count++];
    given->question = question;
    return answer_check(arena, question, clock_london(clock_now()).date, &typed, &given->answer);
}

static bool read_part(struct request *request, struct response *response, const char *section,
                      const json_t *body, struct part *part)
{
    const struct questions *form = &area_missing(request->app->area)->form;
    const json_t *list = json_object_get(body, "answers");
    *part = (struct part){0};
    for (size_t i = 0; i < json_array_size(list) && i < GIVEN_MAX; i++) {
        struct str problem = read_answer(request, form, section, json_array_get(list, i), part);
        if (!problem.len) continue;
        struct api_wrong wrong = {str_fmt(request->arena, "answers[%zu]", i), problem};
        api_refuse(request, response, &wrong, 1);
        return false;
    }
    return true;
}

void api_missing_report(struct request *request, struct response *response)
{
    struct once once = api_once(request);
    struct missing_new new = {.once = &once};
    struct part *part = arena_new(request->arena, struct part);
    struct child_file child;
    struct missing_file file;
    int64_t episode = 0;
    struct err err = {0};
    json_t *body = NULL;
    if (!api_has_pack(request, response) ||
        !api_read(request, response, ROUTE_api_missing_report, &body))
        return;
    new.child = json_integer_value(json_object_get(body, "child"));
    new.forum = str_dup(request->arena, api_member_text(body, "forum"));
    /* As the page: whoever sees the record and may add to it. */
    enum st outcome =
        child_open(request->app, request->arena, &request->who, new.child, &child, &err);
    if (outcome == ST_OK && !child.may_edit) outcome = child_missing(&err);
    if (outcome == ST_OK && new.forum.len && !area_forum_find(request->app->area, new.forum))
        outcome = err_set(&err, ST_INVALID, "There is no such Forum.");
    bool good = outcome == ST_OK && read_part(request, response, MISSING_REPORT, body, part);
    json_decref(body);
    if (outcome == ST_OK && !good) return;
    if (outcome == ST_OK)
        outcome = missing_report(request->app, &request->who, &new, part->given, part->count,
                                 &episode, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *answer = read_file(request, response, episode, &file);
    if (answer) api_answer(request, response, ROUTE_api_missing_report, answer);
}

static const char *part_of(const struct request *request)
{
    static const char *const parts[] = {MISSING_REPORT, MISSING_ACTION, MISSING_RETURN,
                                        MISSING_OFFER, MISSING_INTERVIEW};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_eq(request->parameter[1], str_from(parts[i]))) return parts[i];
    return NULL;
}

void api_missing_save(struct request *request, struct response *response)
{
    struct once once = api_once(request);
    struct missing_terms terms = {.once = &once};
    struct part *part = arena_new(request->arena, struct part);
    struct missing_file file;
    struct err err = {0};
    const char *section = part_of(request);
    json_t *body = NULL;
    if (!api_has_pack(request, response) ||
        !api_read(request, response, ROUTE_api_missing_save, &body))
        return;
    json_t *before = read_file(request, response, request->id[0], &file);
    if (before && (!file.may_edit || !section)) {
        missing_gone(&err);
        respond_error(request, response, &err);
        json_decref(before);
        before = NULL;
    }
    bool good = before && read_part(request, response, section, body, part);
    terms.newest = before && api_fits(request, before) ? file.newest : INT64_MAX;
    json_decref(before);
    json_decref(body);
    if (!good) return;
    enum st outcome = missing_save_on(request->app, &request->who, file.line.id, str_from(section),
                                      part->given, part->count, &terms, &err);
    if (outcome == ST_OK) {
        json_t *after = read_file(request, response, request->id[0], &file);
        if (after) api_answer(request, response, ROUTE_api_missing_save, after);
    } else if (terms.changed) {
        api_changed(request, response);
    } else {
        respond_error(request, response, &err);
    }
}
