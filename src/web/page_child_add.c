/*
 * Adding to a child's record: one form for each kind of entry.
 */
#include "base/utf8.h"
#include "domain/child_chronology.h"
#include "domain/language.h"
#include "web/page_child.h"

enum { ADVICE_MAX = 12 };

struct add_form {
    struct child_draft draft;
    struct language_advice advice[ADVICE_MAX];
    size_t advice_count;
    const struct child_entry *about; /* NULL: none */
    const struct area_sign *sign;    /* of a sign */
    struct form_problems problems;
};

/* What the path and the query ask for.  False: there is no such form. */
static bool read_target(struct request *request, const struct child_file *file,
                        struct add_form *form)
{
    const struct child_field *fields = NULL;
    int64_t about = 0;
    if (!child_entry_kind_from_name(request->parameter[1], &form->draft.kind) ||
        !child_form_fields(form->draft.kind, &fields) || !file->may_edit)
        return false;
    if (str_to_int(form_value(request, "about"), &about))
        form->about = child_entry_find(file, about);
    form->draft.about = form->about ? form->about->id : 0;
    if (form->draft.kind == ENTRY_REVIEW) return form->about && form->about->kind == ENTRY_PLAN;
    if (form->draft.kind == ENTRY_VIEW) return form->about && form->about->kind == ENTRY_JUDGEMENT;
    if (form->draft.kind != ENTRY_SIGN) return true;
    form->sign = area_sign_find(request->app->area, form_value(request, "item"));
    if (form->sign) form->draft.text[SIGN_ITEM] = form->sign->id;
    return form->sign != NULL;
}

static void draw_options(struct request *request, const struct child_field *field,
                         struct str chosen, enum child_entry_kind kind,
                         struct view_child_add_fields *view)
{
    struct child_option *option = NULL;
    size_t count = child_form_options(request->app, request->arena, kind, field->place, &option);
    struct view_child_add_fields_options *list =
        arena_many(request->arena, count + 1, struct view_child_add_fields_options);
    for (size_t i = 0; i < count; i++) {
        /* The first of a group of radio buttons is where a problem's link leads. */
        struct str id =
            i ? str_fmt(request->arena, "%s-%zu", field->name, i + 1) : str_from(field->name);
        list[i] = (struct view_child_add_fields_options){
            .id = id,
            .value = option[i].id,
            .label = option[i].label,
            .hint = option[i].hint,
            .hint_id = str_fmt(request->arena, "%s-%zu-hint", field->name, i + 1),
            .checked = str_eq(option[i].id, chosen)};
    }
    view->options = list;
    view->options_count = count;
}

static size_t draw_fields(struct request *request, const struct add_form *form,
                          struct view_child_add_fields **ret)
{
    struct arena *arena = request->arena;
    const struct child_field *fields = NULL;
    size_t count = child_form_fields(form->draft.kind, &fields);
    *ret = arena_many(arena, count, struct view_child_add_fields);
    for (size_t i = 0; i < count; i++) {
        struct view_child_add_fields *field = &(*ret)[i];
        struct str error = form_problem_of(&form->problems, str_from(fields[i].name));
        *field = (struct view_child_add_fields){
            .id = str_from(fields[i].name),
            .name = str_from(fields[i].name),
            .label = str_from(fields[i].label),
            .hint = str_from(fields[i].hint),
            .hint_id = str_fmt(arena, "%s-hint", fields[i].name),
            .value = form->draft.text[fields[i].place],
            .error = error,
            .error_id = str_fmt(arena, "%s-error", fields[i].name),
            .line = fields[i].box == BOX_LINE || fields[i].box == BOX_DAY,
            .text = fields[i].box == BOX_TEXT,
            .select = fields[i].box == BOX_SELECT,
            .radios = fields[i].box == BOX_CHOICE};
        field->described = error.len ? field->error_id : field->hint.len ? field->hint_id : STR("");
        if (field->select || field->radios)
            draw_options(request, &fields[i], field->value, form->draft.kind, field);
    }
    return count;
}

static struct url target(struct request *request, const struct child_file *file,
                         const struct add_form *form, enum route_id route)
{
    struct arena *arena = request->arena;
    struct url url = url_to_texts(arena, route, str_fmt(arena, "%lld", (long long)file->line.id),
                                  str_from(child_entry_kind_name(form->draft.kind)));
    if (form->about)
        url = url_with(arena, url, "about", str_fmt(arena, "%lld", (long long)form->about->id));
    if (form->sign) url = url_with(arena, url, "item", form->sign->id);
    return url;
}

/* Signs and judgements have a page of their own, events the chronology. */
static struct url after(struct request *request, const struct child_file *file,
                        enum child_entry_kind kind)
{
    bool signs = kind == ENTRY_SIGN || kind == ENTRY_JUDGEMENT || kind == ENTRY_VIEW;
    enum route_id route = signs                ? ROUTE_child_signs
                          : kind == ENTRY_NOTE ? ROUTE_child_time
                                               : ROUTE_child;
    return url_to_id(request->arena, route, file->line.id);
}

static void draw_add(struct request *request, struct response *response,
                     const struct child_file *file, const struct add_form *form)
{
    struct arena *arena = request->arena;
    struct view_child_add_fields *fields = NULL;
    struct view_child_add view = {.caption = child_caption(request, file),
                                  .child = url_to_id(arena, ROUTE_child, file->line.id),
                                  .title = str_from(child_form_title(form->draft.kind)),
                                  .action = target(request, file, form, ROUTE_child_add_send),
                                  .csrf = request->csrf,
                                  .back = after(request, file, form->draft.kind)};
    if (form->sign) {
        view.lead = form->sign->text;
        view.explain = form->sign->explain;
        view.prompt = form->sign->prompt;
    }
    if (form->about) view.about = child_entry_words(request->app, arena, form->about, NULL);
    struct view_child_add_advice *advice =
        arena_many(arena, form->advice_count + 1, struct view_child_add_advice);
    for (size_t i = 0; i < form->advice_count; i++)
        advice[i] = (struct view_child_add_advice){
            form->advice[i].words, str_fmt(arena, "%.*s %.*s", STR_ARG(form->advice[i].instead),
                                           STR_ARG(form->advice[i].why))};
    view.advice = advice;
    view.advice_count = form->advice_count;
    view.fields_count = draw_fields(request, form, &fields);
    view.fields = fields;
    view.problems = draw_form_problems(request, &form->problems);
    view.problems_count = form->problems.count;
    if (form->problems.count) response->status = 400;
    PAGE(request, response, child_form_title(form->draft.kind), view_child_add, &view);
}

static bool open_form(struct request *request, struct response *response, struct child_file *file,
                      struct add_form *form)
{
    struct err err = {0};
    if (!child_page_open(request, response, file)) return false;
    if (read_target(request, file, form)) return true;
    (void)child_missing(&err);
    respond_error(request, response, &err);
    return false;
}

void page_child_add(struct request *request, struct response *response)
{
    struct child_file file;
    struct add_form form = {0};
    if (open_form(request, response, &file, &form)) draw_add(request, response, &file, &form);
}

/* A second pair of eyes is not the first. */
static void check_reviewer(const struct request *request, struct add_form *form)
{
    if (form->draft.kind != ENTRY_VIEW || form->about->account != request->who.account) return;
    form->problems.count = 0; /* mending anything else would be for nothing */
    form_wrong(&form->problems, STR("stance"),
                   STR("You wrote this judgement yourself. Ask somebody else to look at it."));
}

/* Words to think of again are shown once; then what was written is saved as it is. */
static void advise(const struct request *request, struct add_form *form)
{
    const struct child_field *fields = NULL;
    size_t count = child_form_fields(form->draft.kind, &fields);
    for (size_t i = 0; i < count; i++)
        if (fields[i].words)
            form->advice_count +=
                language_find(request->arena, request->app->area, form->draft.text[fields[i].place],
                              form->advice + form->advice_count, ADVICE_MAX - form->advice_count);
}

void page_child_add_send(struct request *request, struct response *response)
{
    struct child_file file;
    struct add_form form = {0};
    const struct child_field *fields = NULL;
    if (!open_form(request, response, &file, &form)) return;
    size_t count = child_form_fields(form.draft.kind, &fields);
    for (size_t i = 0; i < count; i++)
        form.draft.text[fields[i].place] =
            utf8_clean(request->arena, form_value(request, fields[i].name), NULL);
    struct child_draft checked = form.draft;
    child_form_check(request->app, request->arena, clock_london(clock_now()).date, &checked,
                     &form.problems);
    if (!form.problems.count) child_form_check_birth(request->app, &file, &checked, &form.problems);
    check_reviewer(request, &form);
    if (!form.problems.count && !form_has(request, "advised")) advise(request, &form);
    if (form.problems.count || form.advice_count) {
        draw_add(request, response, &file, &form);
        return;
    }
    struct err err = {0};
    if (child_add(request->app, &request->who, file.line.id, &checked, 1, "child record added to",
                  0, NULL, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        child_saved(request, response, after(request, &file, form.draft.kind), "entry");
}
