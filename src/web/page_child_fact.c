/*
 * One fact of a child's record with all its versions, marking an entry as no longer right,
 * and records of the same child.
 */
#include "base/utf8.h"
#include "domain/child_chronology.h"
#include "link/link.h"
#include "web/page_child.h"

/* What was typed, drawn back with what is wrong. */
struct fact_form {
    struct answer_typed typed;
    struct str says;
    struct str how;
    struct str error;
    struct str at;
    int64_t chosen; /* the version of which somebody said that it stands; 0: none */
    struct str reason;
    int status; /* beside an error */
};

static struct str reason_id(struct arena *arena, int64_t entry)
{
    return str_fmt(arena, "reason-%lld", (long long)entry);
}

static struct str state_note(struct request *request, const struct child_file *file,
                             const struct child_entry *entry)
{
    struct arena *arena = request->arena;
    if (!entry->settled_by) return STR("");
    struct str by = child_by(request, file, entry->settled_by, entry->settled_at);
    if (!entry->why.len) return str_fmt(arena, "Marked by %.*s", STR_ARG(by));
    return str_fmt(arena, "Marked by %.*s: %.*s", STR_ARG(by), STR_ARG(entry->why));
}

static struct str source_words(struct request *request, const struct child_entry *entry)
{
    struct str says = entry->text[FACT_SAYS];
    if (!str_eq(entry->source_kind, STR("referral"))) return says;
    return says.len ? str_fmt(request->arena, "a referral, %.*s", STR_ARG(says))
                    : STR("a referral");
}

static void draw_versions(struct request *request, const struct child_file *file,
                          const struct question *question, const struct fact_form *form,
                          struct view_child_fact *view)
{
    struct arena *arena = request->arena;
    struct view_child_fact_versions *list =
        arena_many(arena, file->entry_count + 1, struct view_child_fact_versions);
    for (size_t i = file->entry_count; i-- > 0;) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->kind != ENTRY_FACT || !str_eq(entry->text[FACT_KEY], question->key)) continue;
        bool live = entry->state <= STATE_CONFLICTING;
        bool sent = entry->id == form->chosen;
        struct url choose =
            url_to_texts(arena, ROUTE_child_fact_choose,
                         str_fmt(arena, "%lld", (long long)file->line.id), question->key);
        list[view->versions_count++] = (struct view_child_fact_versions){
            .value = child_fact_words(request, entry),
            .state = str_from(child_state_label(entry->state)),
            .live = live,
            .conflict = entry->state == STATE_CONFLICTING,
            .by = child_by(request, file, entry->account, entry->at),
            .says = source_words(request, entry),
            .why = state_note(request, file, entry),
            .choose =
                url_with(arena, choose, "entry", str_fmt(arena, "%lld", (long long)entry->id)),
            .reason_id = reason_id(arena, entry->id),
            .reason = sent ? form->reason : STR(""),
            .sent = sent};
        view->has_live |= live;
        view->in_conflict |= entry->state == STATE_CONFLICTING;
    }
    view->versions = list;
}

static void draw_options(struct request *request, const struct question *question,
                         const struct fact_form *form, struct view_child_fact *view)
{
    struct view_child_fact_options *list =
        arena_many(request->arena, question->option_count + 3, struct view_child_fact_options);
    bool yes_no = question->type == QUESTION_YES_NO && !question->option_count;
    for (size_t i = 0; i < question->option_count; i++)
        list[view->options_count++] = (struct view_child_fact_options){
            str_fmt(request->arena, "value-%zu", i + 1), question->option[i].id,
            question->option[i].label, str_eq(form->typed.value, question->option[i].id)};
    if (yes_no) {
        list[0] = (struct view_child_fact_options){STR("value-1"), STR("yes"), STR("Yes"),
                                                   str_eq(form->typed.value, STR("yes"))};
        list[1] = (struct view_child_fact_options){STR("value-2"), STR("no"), STR("No"),
                                                   str_eq(form->typed.value, STR("no"))};
        view->options_count = 2;
    }
    view->options = list;
    view->text = !view->options_count &&
                 (question->type == QUESTION_TEXT || question->type == QUESTION_ADDRESS);
    view->line = !view->options_count && !view->text;
}

static void draw_fact(struct request *request, struct response *response,
                      const struct child_file *file, const struct question *question,
                      const struct fact_form *form)
{
    struct arena *arena = request->arena;
    static const char *const hows[][2] = {
        {"changed", "It was so until now, and has changed"},
        {"wrong", "It was wrong"},
        {"both", "It is right too: both stand"},
        {"unsure", "I do not know which is right: keep them side by side"}};
    struct view_child_fact_hows how[4];
    for (int i = 0; i < 4; i++)
        how[i] = (struct view_child_fact_hows){str_fmt(arena, "how-%d", i + 1),
                                               str_from(hows[i][0]), str_from(hows[i][1]),
                                               str_eq(form->how, str_from(hows[i][0]))};
    struct view_child_fact view = {
        .caption = child_caption(request, file),
        .child = url_to_id(arena, ROUTE_child, file->line.id),
        .title = question->label,
        .may_edit = file->may_edit,
        .action = url_to_texts(arena, ROUTE_child_fact_add,
                               str_fmt(arena, "%lld", (long long)file->line.id), question->key),
        .csrf = request->csrf,
        .error = form->error,
        .at = html_url_fragment(arena, form->at.len ? form->at : STR("value")),
        .label = question->label,
        .hint = question->hint,
        .value = form->typed.value,
        .unknown = question->unknown,
        .unknown_checked = form->typed.unknown,
        .not_applicable = question->not_applicable,
        .not_applicable_checked = form->typed.not_applicable,
        .says = form->says,
        .hows = how,
        .hows_count = 4,
        .seen = str_fmt(arena, "%lld", (long long)child_fact_newest(file, question->key))};
    draw_versions(request, file, question, form, &view);
    draw_options(request, question, form, &view);
    if (form->error.len) response->status = form->status;
    PAGE(request, response, "A fact of a child’s record", view_child_fact, &view);
}

static bool find_question(struct request *request, struct response *response,
                          struct child_file *file, const struct question **ret)
{
    struct err err = {0};
    if (!child_page_open(request, response, file)) return false;
    *ret = child_question(request->app, request->parameter[1]);
    if (*ret) return true;
    (void)child_missing(&err);
    respond_error(request, response, &err);
    return false;
}

void page_child_fact(struct request *request, struct response *response)
{
    struct child_file file;
    const struct question *question = NULL;
    if (!find_question(request, response, &file, &question)) return;
    draw_fact(request, response, &file, question, &(struct fact_form){.how = STR("")});
}

/* Which entry on the question was the newest when the form was drawn. */
static int64_t seen_of(struct request *request)
{
    int64_t seen = 0;
    return str_to_int(form_value(request, "seen"), &seen) && seen > 0 ? seen : 0;
}

/* The form again, with what was typed, for what a person can mend; else the page that says why. */
static void draw_refused(struct request *request, struct response *response, enum st outcome,
                         const struct err *err, const struct question *question,
                         struct fact_form *form)
{
    struct child_file file;
    if (outcome != ST_INVALID && outcome != ST_CONFLICT) {
        respond_error(request, response, err);
        return;
    }
    form->error = str_dup(request->arena, str_from(err->public));
    form->status = outcome == ST_CONFLICT ? 409 : 400;
    if (outcome == ST_CONFLICT) form->how = STR(""); /* it was said of something else */
    if (child_page_open(request, response, &file))
        draw_fact(request, response, &file, question, form);
}

void page_child_fact_add(struct request *request, struct response *response)
{
    struct child_file file;
    const struct question *question = NULL;
    if (!find_question(request, response, &file, &question)) return;
    struct fact_form form = {
        .typed = {.value = utf8_clean(request->arena, form_value(request, "value"), NULL),
                  .unknown = form_has(request, "unknown"),
                  .not_applicable = form_has(request, "not-applicable")},
        .says = form_value(request, "says"),
        .how = form_value(request, "how")};
    struct answer answer = {0};
    form.error = answer_check(request->arena, question, clock_london(clock_now()).date, &form.typed,
                              &answer);
    if (!form.error.len && answer.kind == ANSWER_NONE)
        form.error = STR("Write an answer, or tick that there is no information.");
    struct child_draft draft = {.kind = ENTRY_FACT};
    draft.text[FACT_KEY] = question->key;
    draft.text[FACT_ANSWER] = str_from(answer_kind_name(answer.kind));
    draft.text[FACT_VALUE] = answer.value;
    draft.text[FACT_SAYS] = form.says;
    if (form.error.len) {
        form.status = 400;
        draw_fact(request, response, &file, question, &form);
        return;
    }
    struct err err = {0};
    enum st outcome = file.may_edit ? child_fact_add(request->app, &request->who, &file, &draft,
                                                     form.how, seen_of(request), NULL, &err)
                                    : child_missing(&err);
    form.at = STR("how");
    if (outcome == ST_OK)
        child_saved(request, response, url_to_id(request->arena, ROUTE_child, file.line.id),
                    "fact");
    else
        draw_refused(request, response, outcome, &err, question, &form);
}

void page_child_fact_choose(struct request *request, struct response *response)
{
    struct child_file file;
    const struct question *question = NULL;
    int64_t entry = 0;
    if (!find_question(request, response, &file, &question)) return;
    if (!str_to_int(form_value(request, "entry"), &entry)) entry = 0;
    struct err err = {0};
    enum st outcome = child_fact_choose(request->app, &request->who, &file, entry,
                                        str_eq(form_value(request, "others"), STR("wrong")),
                                        seen_of(request), form_value(request, "reason"), &err);
    struct fact_form form = {.at = outcome == ST_INVALID ? reason_id(request->arena, entry)
                                                         : STR("main"),
                             .chosen = entry,
                             .reason = form_value(request, "reason")};
    if (outcome == ST_OK)
        child_saved(request, response, url_to_id(request->arena, ROUTE_child, file.line.id),
                    "settled");
    else
        draw_refused(request, response, outcome, &err, question, &form);
}

/* --- an entry that is no longer right --------------------------------------------------------- */

static void draw_settle(struct request *request, struct response *response,
                        const struct child_file *file, const struct child_entry *entry,
                        struct str error, const char *field)
{
    struct arena *arena = request->arena;
    struct view_child_settle view = {
        .caption = child_caption(request, file),
        .child = url_to_id(arena, ROUTE_child, file->line.id),
        .what = child_entry_words(request->app, arena, entry, NULL),
        .by = child_by(request, file, entry->account, entry->at),
        .action = url_to_ids(arena, ROUTE_child_settle_send, file->line.id, entry->id),
        .csrf = request->csrf,
        .error = error,
        .at = html_url_fragment(arena, str_from(field)),
        .reason = form_value(request, "reason"),
        .wrong = str_eq(form_value(request, "state"), STR("withdrawn")),
        .earlier = str_eq(form_value(request, "state"), STR("superseded"))};
    if (error.len) response->status = 400;
    PAGE(request, response, "No longer right", view_child_settle, &view);
}

static bool find_entry(struct request *request, struct response *response, struct child_file *file,
                       const struct child_entry **ret)
{
    struct err err = {0};
    if (!child_page_open(request, response, file)) return false;
    *ret = child_entry_find(file, request->id[1]);
    if (file->may_edit && *ret && (*ret)->kind != ENTRY_SETTLE && (*ret)->kind != ENTRY_EVENT)
        return true;
    (void)child_missing(&err);
    respond_error(request, response, &err);
    return false;
}

void page_child_settle(struct request *request, struct response *response)
{
    struct child_file file;
    const struct child_entry *entry = NULL;
    if (find_entry(request, response, &file, &entry))
        draw_settle(request, response, &file, entry, STR(""), "main");
}

void page_child_settle_send(struct request *request, struct response *response)
{
    struct child_file file;
    const struct child_entry *entry = NULL;
    if (!find_entry(request, response, &file, &entry)) return;
    enum child_state state = STATE_STANDING;
    struct err err = {0};
    if (!child_state_from_name(form_value(request, "state"), &state) || state < STATE_SUPERSEDED) {
        draw_settle(request, response, &file, entry,
                    STR("Say whether it was so earlier, or was wrong."), "state-1");
        return;
    }
    enum st outcome = child_settle(request->app, &request->who, &file, entry->id, state,
                                   form_value(request, "reason"), &err);
    if (outcome == ST_OK)
        child_saved(request, response, url_to_id(request->arena, ROUTE_child, file.line.id),
                    "settled");
    else if (outcome == ST_INVALID)
        draw_settle(request, response, &file, entry, str_dup(request->arena, str_from(err.public)),
                    "reason");
    else
        respond_error(request, response, &err);
}

/* --- the same child twice --------------------------------------------------------------------- */

static size_t find_same(struct request *request, const struct child_file *file,
                        struct child_known ret[static CHILD_KNOWN_MAX])
{
    struct link_mention mention = {.kind = LINK_PERSON,
                                   .seen_from = LINK_DAY_UNKNOWN,
                                   .seen_to = LINK_DAY_UNKNOWN,
                                   .reported_day = file->line.birth_told};
    mention.field[LINK_NAME] = file->line.name;
    mention.field[LINK_ALIAS] = file->line.alias;
    child_mention_born(&mention, file->line.birth);
    return child_known_find(child_scope_of(request->app, request->arena, &request->who), &mention,
                            file->line.nhs, file->line.id, ret);
}

static void draw_join(struct request *request, struct response *response,
                      const struct child_file *file, struct str error, const char *field)
{
    struct arena *arena = request->arena;
    struct child_known known[CHILD_KNOWN_MAX];
    size_t count = find_same(request, file, known);
    struct view_child_join_known list[CHILD_KNOWN_MAX];
    struct str chosen = form_value(request, "reference");
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_child_join_known){
            .id = str_fmt(arena, "reference-%zu", i + 1),
            .href = url_to_id(arena, ROUTE_child, known[i].line.id),
            .reference = known[i].line.reference,
            .label = str_fmt(arena, "%.*s, %.*s, %.*s", STR_ARG(known[i].line.name),
                             STR_ARG(child_born_words(arena, known[i].line.birth)),
                             STR_ARG(known[i].line.reference)),
            .why = known[i].same_number ? STR("The NHS numbers are the same.")
                                        : str_fmt(arena, "Name and date of birth fit: %s evidence.",
                                                  link_weight_word(known[i].bits)),
            .checked = str_eq(chosen, known[i].line.reference)};
    struct view_child_join view = {.caption = child_caption(request, file),
                                   .child = url_to_id(arena, ROUTE_child, file->line.id),
                                   .known = list,
                                   .known_count = count,
                                   .action = url_to_id(arena, ROUTE_child_join_send, file->line.id),
                                   .csrf = request->csrf,
                                   .error = error,
                                   .at = html_url_fragment(arena, str_from(field)),
                                   .other = form_value(request, "other"),
                                   .reason = form_value(request, "reason")};
    if (error.len) response->status = 400;
    PAGE(request, response, "Records of the same child", view_child_join, &view);
}

void page_child_join(struct request *request, struct response *response)
{
    struct child_file file;
    if (child_page_open(request, response, &file))
        draw_join(request, response, &file, STR(""), "main");
}

/* The record with that reference, among those that this person may see; 0: none. */
static int64_t find_reference(struct request *request, struct str reference)
{
    struct child_line *list = NULL;
    size_t count =
        child_scope_list(child_scope_of(request->app, request->arena, &request->who), &list);
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(list[i].reference, reference)) return list[i].id;
    return 0;
}

void page_child_join_send(struct request *request, struct response *response)
{
    struct child_file file;
    if (!child_page_open(request, response, &file)) return;
    struct str typed = str_trim(form_value(request, "other"));
    struct str reference = typed.len ? typed : form_value(request, "reference");
    if (!reference.len) {
        draw_join(request, response, &file, STR("Choose a record, or write its reference."),
                  "other");
        return;
    }
    int64_t other = find_reference(request, reference);
    if (!other) {
        draw_join(request, response, &file,
                  STR("There is no record with that reference. Check it: it is like CH-1A2B-3C4D."),
                  "other");
        return;
    }
    struct err err = {0};
    enum st outcome = child_join(request->app, &request->who, file.line.id, other,
                                 form_value(request, "reason"), &err);
    if (outcome == ST_OK)
        child_saved(request, response, url_to_id(request->arena, ROUTE_child, file.line.id),
                    "joined");
    else if (outcome == ST_INVALID || outcome == ST_CONFLICT)
        draw_join(request, response, &file, str_dup(request->arena, str_from(err.public)),
                  outcome == ST_INVALID ? "reason" : "other");
    else
        respond_error(request, response, &err);
}

void page_child_unjoin(struct request *request, struct response *response)
{
    struct err err = {0};
    if (child_unjoin(request->app, &request->who, request->id[0], request->id[1], &err) == ST_OK)
        child_saved(request, response, url_to_id(request->arena, ROUTE_child, request->id[0]),
                    "parted");
    else
        respond_error(request, response, &err);
}
