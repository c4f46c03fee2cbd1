#include "web/page_matter.h"

#include "web/choices.h"

static void add_terms(const struct matter_drawing *drawing, const struct matter_field *field,
                      struct choices *choices)
{
    size_t count = 0;
    const struct meeting_term *terms =
        area_meeting_terms(drawing->request->app->area, field->terms, &count);
    for (size_t i = 0; i < count; i++)
        choices_add(choices, terms[i].id, terms[i].label,
                   field->terms == MEETING_DISRUPTION ? terms[i].basis : terms[i].hint);
}

static enum st add_people(const struct matter_drawing *drawing, struct choices *choices,
                          struct err *err)
{
    struct meeting_person *people = NULL;
    size_t count = 0;
    struct arena *arena = drawing->request->arena;
    if (!drawing->meeting) return ST_OK;
    enum st outcome =
        meeting_people(drawing->request->app, arena, drawing->meeting, &people, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        choices_add(
            choices, str_fmt(arena, "%lld", (long long)people[i].account),
            str_fmt(arena, "%.*s, %.*s", STR_ARG(people[i].name), STR_ARG(people[i].organisation)),
            STR(""));
    return outcome;
}

static void add_forums(const struct matter_drawing *drawing, const struct matter_field *field,
                       struct choices *choices)
{
    struct request *request = drawing->request;
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    size_t count = 0;
    const struct area_forum *forums = area_forums(request->app->area, &count);
    for (size_t i = 0; i < count; i++) {
        if (field->kind == MATTER_ALL_FORUMS || meeting_sits(scope, forums[i].id))
            choices_add(choices, forums[i].id, forums[i].name, STR(""));
    }
}

static enum st add_choices(const struct matter_drawing *drawing, const struct matter_field *field,
                           struct choices *choices, struct err *err)
{
    switch (field->kind) {
    case MATTER_TERMS:
    case MATTER_SELECT: add_terms(drawing, field, choices); break;
    case MATTER_PEOPLE: return add_people(drawing, choices, err);
    case MATTER_FORUMS:
    case MATTER_ALL_FORUMS: add_forums(drawing, field, choices); break;
    default: choices_add_yes_no(choices);
    }
    return ST_OK;
}

static struct str value_of(const struct matter_pair *pairs, const char *name)
{
    for (size_t i = 0; i < MATTER_FIELDS && pairs[i].name; i++)
        if (strcmp(pairs[i].name, name) == 0) return pairs[i].value;
    return STR("");
}

static enum asked_as asked_as(enum matter_kind kind)
{
    if (kind == MATTER_LINE) return ASKED_LINE;
    if (kind == MATTER_AREA) return ASKED_AREA;
    return kind == MATTER_TERMS || kind == MATTER_YES_NO ? ASKED_RADIOS : ASKED_SELECT;
}

static enum st draw_field(const struct matter_drawing *drawing, const struct matter_field *field,
                          struct partial_form_fields_fields *ret, struct err *err)
{
    struct request *request = drawing->request;
    struct str typed = form_value(request, field->name);
    struct str value =
        drawing->problem || typed.len ? typed : value_of(drawing->first, field->name);
    enum asked_as as = asked_as(field->kind);
    *ret = choices_question(request->arena,
                            &(struct question_words){field->name, field->label, field->hint}, as,
                            value, drawing->problem, drawing->at);
    if (as == ASKED_LINE || as == ASKED_AREA) return ST_OK;
    struct choices choices = choices_of(request->arena, ret);
    return add_choices(drawing, field, &choices, err);
}

static bool asks(const struct matter_form *form, const char *name)
{
    for (size_t i = 0; i < MATTER_FIELDS && form->field[i].kind != MATTER_END; i++)
        if (name && strcmp(form->field[i].name, name) == 0) return true;
    return false;
}

void matter_draw(const struct matter_drawing *drawing, struct response *response)
{
    struct request *request = drawing->request;
    struct arena *arena = request->arena;
    const struct matter_form *form = drawing->form;
    struct partial_form_fields_fields *fields =
        arena_many(arena, MATTER_FIELDS, struct partial_form_fields_fields);
    struct view_matter_form_theirs *theirs =
        arena_many(arena, MATTER_FIELDS, struct view_matter_form_theirs);
    struct view_matter_form_kept *kept =
        arena_many(arena, MATTER_FIELDS, struct view_matter_form_kept);
    size_t count = 0;
    size_t theirs_count = 0;
    size_t kept_count = 0;
    struct err err = {0};
    enum st outcome = ST_OK;
    for (size_t i = 0; i < MATTER_FIELDS && form->field[i].kind != MATTER_END && outcome == ST_OK;
         i++)
        outcome = draw_field(drawing, &form->field[i], &fields[count++], &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    bool clash = drawing->problem && drawing->problem->code == ST_CONFLICT;
    for (size_t i = 0; i < MATTER_FIELDS && drawing->theirs[i].name && clash; i++)
        theirs[theirs_count++] = (struct view_matter_form_theirs){str_from(drawing->theirs[i].name),
                                                                  drawing->theirs[i].value};
    for (size_t i = 0; i < MATTER_FIELDS && drawing->kept[i].name; i++)
        kept[kept_count++] =
            (struct view_matter_form_kept){str_from(drawing->kept[i].name), drawing->kept[i].value};
    struct view_matter_form view = {
        .caption = drawing->caption,
        .see = drawing->see,
        .title = str_from(form->title),
        .intro = str_from(form->intro),
        .action = drawing->action,
        .csrf = request->csrf,
        .version = drawing->version,
        .error = drawing->problem ? str_dup(arena, str_from(drawing->problem->public)) : STR(""),
        .hint = drawing->problem ? str_dup(arena, str_from(drawing->problem->hint)) : STR(""),
        .error_at =
            html_url_fragment(arena, str_from(asks(form, drawing->at) ? drawing->at : "title")),
        .above = drawing->above,
        .theirs = theirs,
        .theirs_count = theirs_count,
        .kept = kept,
        .kept_count = kept_count,
        .fields = fields,
        .fields_count = count,
        .button = str_from(form->button)};
    PAGE(request, response, form->title, view_matter_form, &view);
}

void matter_answer(struct matter_drawing *drawing, struct response *response, enum st outcome,
                   const struct err *err, struct url then)
{
    if (outcome == ST_OK) {
        respond_redirect(response, then);
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_INVALID ? 400 : 409;
        drawing->problem = err;
        matter_draw(drawing, response);
    } else {
        respond_error(drawing->request, response, err);
    }
}
