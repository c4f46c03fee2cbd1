#include "web/page_matter.h"

struct options {
    struct arena *arena;
    struct view_matter_form_fields_options *list;
    size_t count;
    struct str chosen;
};

static void add_option(struct options *options, const char *name, struct str value, struct str label, struct str hint)
{
    if (options->count == MATTER_OPTIONS) return;
    size_t place = options->count++;
    options->list[place] = (struct view_matter_form_fields_options){
        .id = str_fmt(options->arena, "%s-%zu", name, place + 1),
        .value = value,
        .label = label,
        .hint = hint,
        .checked = options->chosen.len && str_eq(value, options->chosen)};
}

static void add_terms(const struct matter_drawing *drawing, const struct matter_field *field, struct options *options)
{
    size_t count = 0;
    const struct meeting_term *terms = area_meeting_terms(drawing->request->app->area, field->terms, &count);
    for (size_t i = 0; i < count; i++)
        add_option(options, field->name, terms[i].id, terms[i].label,
                   field->terms == MEETING_DISRUPTION ? terms[i].basis : terms[i].hint);
}

static enum st add_people(const struct matter_drawing *drawing, const struct matter_field *field, struct options *options,
                          struct err *err)
{
    struct meeting_person *people = NULL;
    size_t count = 0;
    struct arena *arena = drawing->request->arena;
    if (!drawing->meeting) return ST_OK;
    enum st outcome = meeting_people(drawing->request->app, arena, drawing->meeting, &people, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        add_option(options, field->name, str_fmt(arena, "%lld", (long long)people[i].account),
                   str_fmt(arena, "%.*s, %.*s", STR_ARG(people[i].name), STR_ARG(people[i].organisation)), STR(""));
    return outcome;
}

static void add_forums(const struct matter_drawing *drawing, const struct matter_field *field, struct options *options)
{
    struct request *request = drawing->request;
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    size_t count = 0;
    const struct area_forum *forums = area_forums(request->app->area, &count);
    for (size_t i = 0; i < count; i++) {
        if (field->kind == MATTER_ALL_FORUMS || meeting_sits(scope, forums[i].id))
            add_option(options, field->name, forums[i].id, forums[i].name, STR(""));
    }
}

static enum st draw_options(const struct matter_drawing *drawing, const struct matter_field *field, struct str chosen,
                            struct view_matter_form_fields *ret, struct err *err)
{
    struct arena *arena = drawing->request->arena;
    struct options options = {.arena = arena,
                              .list = arena_many(arena, MATTER_OPTIONS, struct view_matter_form_fields_options),
                              .chosen = chosen};
    enum st outcome = ST_OK;
    switch (field->kind) {
    case MATTER_TERMS:
    case MATTER_SELECT: add_terms(drawing, field, &options); break;
    case MATTER_PEOPLE: outcome = add_people(drawing, field, &options, err); break;
    case MATTER_FORUMS:
    case MATTER_ALL_FORUMS: add_forums(drawing, field, &options); break;
    default:
        add_option(&options, field->name, STR("yes"), STR("Yes"), STR(""));
        add_option(&options, field->name, STR("no"), STR("No"), STR(""));
    }
    ret->options = options.list;
    ret->options_count = options.count;
    return outcome;
}

static struct str value_of(const struct matter_pair *pairs, const char *name)
{
    for (size_t i = 0; i < MATTER_FIELDS && pairs[i].name; i++)
        if (strcmp(pairs[i].name, name) == 0) return pairs[i].value;
    return STR("");
}

static enum st draw_field(const struct matter_drawing *drawing, const struct matter_field *field,
                          struct view_matter_form_fields *ret, struct err *err)
{
    struct request *request = drawing->request;
    struct str typed = form_value(request, field->name);
    struct str value = drawing->problem || typed.len ? typed : value_of(drawing->first, field->name);
    bool wrong = drawing->problem && drawing->at && strcmp(drawing->at, field->name) == 0;
    bool line = field->kind == MATTER_LINE;
    bool area = field->kind == MATTER_AREA;
    bool radios = field->kind == MATTER_TERMS || field->kind == MATTER_YES_NO;
    *ret = (struct view_matter_form_fields){
        .id = str_from(field->name),
        .name = str_from(field->name),
        .label = str_from(field->label),
        .hint = str_from(field->hint),
        .error = wrong ? str_dup(request->arena, str_from(drawing->problem->public)) : STR(""),
        .radios = radios,
        .select = !radios && !line && !area,
        .line = line,
        .area = area,
        .value = value};
    return line || area ? ST_OK : draw_options(drawing, field, value, ret, err);
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
    struct view_matter_form_fields *fields = arena_many(arena, MATTER_FIELDS, struct view_matter_form_fields);
    struct view_matter_form_theirs *theirs = arena_many(arena, MATTER_FIELDS, struct view_matter_form_theirs);
    struct view_matter_form_kept *kept = arena_many(arena, MATTER_FIELDS, struct view_matter_form_kept);
    size_t count = 0;
    size_t theirs_count = 0;
    size_t kept_count = 0;
    struct err err = {0};
    enum st outcome = ST_OK;
    for (size_t i = 0; i < MATTER_FIELDS && form->field[i].kind != MATTER_END && outcome == ST_OK; i++)
        outcome = draw_field(drawing, &form->field[i], &fields[count++], &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    bool clash = drawing->problem && drawing->problem->code == ST_CONFLICT;
    for (size_t i = 0; i < MATTER_FIELDS && drawing->theirs[i].name && clash; i++)
        theirs[theirs_count++] = (struct view_matter_form_theirs){str_from(drawing->theirs[i].name), drawing->theirs[i].value};
    for (size_t i = 0; i < MATTER_FIELDS && drawing->kept[i].name; i++)
        kept[kept_count++] = (struct view_matter_form_kept){str_from(drawing->kept[i].name), drawing->kept[i].value};
    const char *title = drawing->problem ? str_c(arena, str_fmt(arena, "Error: %s", form->title)) : form->title;
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
        .error_at = html_url_fragment(arena, str_from(asks(form, drawing->at) ? drawing->at : "title")),
        .theirs = theirs,
        .theirs_count = theirs_count,
        .kept = kept,
        .kept_count = kept_count,
        .fields = fields,
        .fields_count = count,
        .button = str_from(form->button)};
    PAGE(request, response, title, view_matter_form, &view);
}

void matter_answer(struct matter_drawing *drawing, struct response *response, enum st outcome, const struct err *err,
                   struct url then)
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
