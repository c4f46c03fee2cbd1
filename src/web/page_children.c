/*
 * Children's records: the list, and a new one, looked up among the known first.
 */
#include "base/buf.h"
#include "domain/child_bundle.h"
#include "domain/when.h"
#include "link/link.h"
#include "web/page_child.h"

enum { SHOWN_MAX = 300 };

/* Every word of what was asked stands in the line; an NHS number however it is typed. */
static bool fits(struct arena *arena, const struct child_line *line, struct str asked)
{
    char number[NHS_NUMBER_SIZE];
    if (nhs_number_read(asked, number)) asked = str_from(number);
    struct str all =
        str_fmt(arena, "%.*s %.*s %.*s %.*s %.*s", STR_ARG(line->name), STR_ARG(line->alias),
                STR_ARG(line->birth), STR_ARG(line->reference), STR_ARG(line->nhs));
    struct str word;
    while (str_split(&asked, ' ', &word))
        if (word.len && str_find_nocase(all, word, 0) < 0) return false;
    return true;
}

static struct str state_words(const struct child_line *line)
{
    if (line->held) return STR("Legal hold");
    if (line->closing_by) return STR("Waits for the second sign-off");
    return line->closed_at ? STR("Closed") : STR("Open");
}

/* What sounds alike is found too: the engine knows names that were written otherwise. */
static size_t find_alike(struct request *request, const struct child_scope *scope, struct str asked,
                         struct child_known ret[static CHILD_KNOWN_MAX])
{
    struct link_mention mention = {.kind = LINK_PERSON,
                                   .seen_from = LINK_DAY_UNKNOWN,
                                   .seen_to = LINK_DAY_UNKNOWN,
                                   .reported_day = clock_today()};
    mention.field[LINK_NAME] = asked;
    (void)request;
    return child_known_find(scope, &mention, STR(""), 0, ret);
}

/* "12/3/2011", "aged 15", "due 1 March 2027" */
static struct str born_or_age(struct arena *arena, struct str birth)
{
    struct str words = child_born_words(arena, birth);
    return str_starts(words, STR("born ")) ? birth : words;
}

static struct view_children_rows row_of(struct arena *arena, const struct child_line *line)
{
    bool runs = line->review.len && !line->closed_at;
    return (struct view_children_rows){
        .href = url_to_id(arena, ROUTE_child, line->id),
        .reference = line->reference,
        .name = line->name.len ? line->name : STR("Name not known"),
        .alias = line->alias,
        .birth = line->birth.len ? born_or_age(arena, line->birth) : STR("Not known"),
        .state = state_words(line),
        .review = runs ? child_day_words(arena, line->review) : STR("None"),
        .late = child_review_is_late(arena, line),
        .changed = date_words(arena, clock_london(line->changed_at).date),
        .sort = str_fmt(arena, "%lld", (long long)line->changed_at)};
}

/* Of records that somebody proposes to close, those that this person may sign. */
static void draw_closing(struct request *request, const struct child_line *list, size_t count,
                         struct view_children *view)
{
    struct arena *arena = request->arena;
    if (!access_allows(&request->who, ACT_KEEP_CHILD, NULL)) return;
    struct view_children_closing *closing =
        arena_many(arena, count + 1, struct view_children_closing);
    for (size_t i = 0; i < count; i++)
        if (list[i].closing_by && list[i].closing_by != request->who.account)
            closing[view->closing_count++] = (struct view_children_closing){
                .href = url_to_id(arena, ROUTE_child_keep, list[i].id),
                .name = list[i].name.len ? list[i].name : list[i].reference};
    view->closing = closing;
}

/* Those who have asked what is held, to whoever answers them. */
static enum st draw_asked(struct request *request, const struct child_scope *scope,
                          struct view_children *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct child_bundle *list = NULL;
    size_t count = 0;
    if (!access_allows(&request->who, ACT_KEEP_CHILD, NULL)) return ST_OK;
    enum st outcome =
        child_bundles_open(request->app, arena, &request->who, &list, &count, err);
    struct view_children_asked_to_see *rows =
        arena_many(arena, count + 1, struct view_children_asked_to_see);
    for (size_t i = 0; i < count; i++) {
        struct child_line line;
        if (!child_scope_line(scope, list[i].child, &line)) continue;
        rows[view->asked_to_see_count++] = (struct view_children_asked_to_see){
            .href = url_to_ids(arena, ROUTE_child_bundle_one, list[i].child, list[i].id),
            .name = line.name.len ? line.name : line.reference,
            .day = date_words(arena, date_from_days(list[i].due_day)),
            .late = child_bundle_is_late(&list[i])};
    }
    view->asked_to_see = rows;
    return outcome;
}

void page_children(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    const struct child_scope *scope = child_scope_of(request->app, arena, &request->who);
    struct str asked = str_trim(str_sub(form_value(request, "q"), 0, 200));
    struct child_line *list = NULL;
    size_t count = child_scope_list(scope, &list);
    struct view_children_rows *rows =
        arena_many(arena, SHOWN_MAX + CHILD_KNOWN_MAX, struct view_children_rows);
    size_t shown = 0;
    size_t fitting = 0;
    for (size_t i = 0; i < count; i++) {
        if (!fits(arena, &list[i], asked)) continue;
        fitting++;
        if (shown < SHOWN_MAX) rows[shown++] = row_of(arena, &list[i]);
    }
    struct child_known alike[CHILD_KNOWN_MAX];
    size_t found = asked.len && !shown ? find_alike(request, scope, asked, alike) : 0;
    for (size_t i = 0; i < found; i++) rows[shown++] = row_of(arena, &alike[i].line);
    struct view_children view = {.asked = asked,
                                 .rows = rows,
                                 .rows_count = shown,
                                 .total = (int64_t)shown,
                                 .fitting = (int64_t)fitting,
                                 .more = fitting > SHOWN_MAX,
                                 .can_add = access_allows(&request->who, ACT_KEEP_CHILD, NULL),
                                 .add = url_to(ROUTE_child_new),
                                 .due = url_to(ROUTE_children_due),
                                 .action = url_to(ROUTE_children),
                                 .none = !shown};
    draw_closing(request, list, count, &view);
    if (draw_asked(request, scope, &view, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, "Children", view_children, &view);
}

/* --- a new one ------------------------------------------------------------------------------ */

/* What is asked at first; the rest can be added to the record. */
static const char *const first_questions[] = {"child-name",       "child-aliases", "child-birth",
                                              "child-nhs-number", "child-address", "child-school",
                                              "child-whereabouts"};
enum { FIRST = sizeof first_questions / sizeof *first_questions };

struct new_form {
    struct answer_typed typed[FIRST];
    struct str message[FIRST];
    struct answer answer[FIRST];
    size_t wrong;
    struct child_known known[CHILD_KNOWN_MAX];
    size_t known_count;
};

static struct str value_of(const void *context, struct str name)
{
    const struct form_field *field = form_find(context, name);
    return field ? field->value : STR("");
}

static void read_new(struct request *request, struct new_form *form)
{
    struct answer_form fields = {value_of, request};
    struct date today = clock_london(clock_now()).date;
    for (int i = 0; i < FIRST; i++) {
        const struct question *question =
            child_question(request->app, str_from(first_questions[i]));
        if (!question) continue;
        form->typed[i] = answer_typed_read(request->arena, question, &fields);
        form->answer[i] = (struct answer){0};
        if (!str_trim(form->typed[i].value).len) continue;
        form->message[i] =
            answer_check(request->arena, question, today, &form->typed[i], &form->answer[i]);
        form->wrong += form->message[i].len > 0;
    }
    if (!str_trim(form->typed[0].value).len) {
        form->message[0] = STR("Write the name of the child, or what they are called.");
        form->wrong++;
    }
}

static void find_known(struct request *request, struct new_form *form)
{
    struct link_mention mention = {.kind = LINK_PERSON,
                                   .seen_from = LINK_DAY_UNKNOWN,
                                   .seen_to = LINK_DAY_UNKNOWN,
                                   .reported_day = clock_today()};
    mention.field[LINK_NAME] = form->answer[0].value;
    mention.field[LINK_ALIAS] = form->answer[1].value;
    child_mention_born(&mention, form->answer[2].value);
    form->known_count =
        child_known_find(child_scope_of(request->app, request->arena, &request->who), &mention,
                         form->answer[3].value, 0, form->known);
}

static void draw_known(struct request *request, const struct new_form *form,
                       struct view_child_new *view)
{
    struct arena *arena = request->arena;
    struct view_child_new_known *known =
        arena_many(arena, form->known_count + 1, struct view_child_new_known);
    for (size_t i = 0; i < form->known_count; i++)
        known[i] = (struct view_child_new_known){
            .href = url_to_id(arena, ROUTE_child, form->known[i].line.id),
            .name = form->known[i].line.name,
            .birth = child_born_words(arena, form->known[i].line.birth),
            .reference = form->known[i].line.reference,
            .why = form->known[i].same_number
                       ? STR("The NHS numbers are the same.")
                       : str_fmt(arena, "Name and date of birth fit: %s evidence.",
                                 link_weight_word(form->known[i].bits))};
    view->known = known;
    view->known_count = form->known_count;
    view->asks = form->known_count > 0;
}

static void draw_new(struct request *request, struct response *response,
                     const struct new_form *form)
{
    struct arena *arena = request->arena;
    struct view_child_new_fields *fields = arena_many(arena, FIRST, struct view_child_new_fields);
    struct view_child_new view = {.action = url_to(ROUTE_child_create),
                                  .csrf = request->csrf,
                                  .fields = fields,
                                  .back = url_to(ROUTE_children)};
    for (int i = 0; i < FIRST; i++) {
        struct str key = str_from(first_questions[i]);
        const struct question *question = child_question(request->app, key);
        if (!question) continue;
        struct view_child_new_fields *field = &fields[view.fields_count++];
        *field = (struct view_child_new_fields){
            .id = key,
            .label = question->label,
            .hint = question->hint,
            .hint_id = str_fmt(arena, "%s-hint", first_questions[i]),
            .value = form->typed[i].value,
            .error = form->message[i],
            .error_id = str_fmt(arena, "%s-error", first_questions[i]),
            .tall = question->type == QUESTION_TEXT || question->type == QUESTION_ADDRESS};
        field->described = field->error.len  ? field->error_id
                           : field->hint.len ? field->hint_id
                                             : STR("");
        if (form->message[i].len && !view.error.len) {
            view.error = form->message[i];
            view.at = html_url_fragment(arena, key);
        }
    }
    draw_known(request, form, &view);
    if (!view.error.len && form->known_count) {
        view.error = STR("Look whether this child is known already");
        view.hint = STR("What you typed is still here.");
        view.at = html_url_fragment(arena, STR("known"));
    }
    if (view.error.len) response->status = 400;
    PAGE(request, response, "Add a child’s record", view_child_new, &view);
}

void page_child_new(struct request *request, struct response *response)
{
    struct new_form *form = arena_new(request->arena, struct new_form);
    draw_new(request, response, form);
}

void page_child_create(struct request *request, struct response *response)
{
    struct new_form *form = arena_new(request->arena, struct new_form);
    read_new(request, form);
    if (!form->wrong && !form_has(request, "another")) find_known(request, form);
    if (form->wrong || form->known_count) {
        draw_new(request, response, form);
        return;
    }
    struct child_draft draft[FIRST];
    size_t count = 0;
    for (int i = 0; i < FIRST; i++) {
        if (form->answer[i].kind == ANSWER_NONE) continue;
        draft[count] = (struct child_draft){.kind = ENTRY_FACT};
        draft[count].text[FACT_KEY] = str_from(first_questions[i]);
        draft[count].text[FACT_ANSWER] = str_from(answer_kind_name(form->answer[i].kind));
        draft[count].text[FACT_VALUE] = form->answer[i].value;
        count++;
    }
    int64_t id = 0;
    struct err err = {0};
    if (child_create(request->app, &request->who, draft, count, 0, &id, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        child_saved(request, response, url_to_id(request->arena, ROUTE_child, id), "added");
}
