/*
 * One missing episode: what is known of it part by part, and what the child said in the return
 * interview, to be passed on with one click each.
 */
#include "domain/missing_fragment.h"
#include "domain/scope.h"
#include "domain/submission.h"
#include "web/page_missing.h"
#include "web/page_questions.h"
#include "web/said.h"

static struct str said(const struct request *request)
{
    static const struct said words[] = {
        {"report", "The report is written down."},
        {"action", "What was done is written down."},
        {"return", "The return is written down. The clock of the return interview runs from then."},
        {"offer", "The offer is written down."},
        {"interview",
         "The interview is written down. What may be passed on stands below, by the child’s wish."},
        {"fragment", "It was passed on, and matched with what others know."},
        {"yes", "What you said is kept, with your name and the time."},
    };
    return SAID_WORDS(form_value(request, "saved"), words);
}

static void draw_part(struct request *request, const struct missing_file *file, const char *key,
                      const char *none, const char *again, bool may_change,
                      struct view_missing_one_parts *ret)
{
    struct arena *arena = request->arena;
    const struct questions *form = &area_missing(request->app->area)->form;
    const struct question_section *section = questions_find_section(form, str_from(key));
    struct view_missing_one_parts_answers *answers =
        arena_many(arena, form->question_count, struct view_missing_one_parts_answers);
    *ret = (struct view_missing_one_parts){
        .id = str_from(key),
        .title = section->title,
        .none = str_from(none),
        .again = str_from(again),
        .may_change = may_change,
        .change = url_to_texts(arena, ROUTE_missing_part,
                               str_fmt(arena, "%lld", (long long)file->line.id), str_from(key)),
        .answers = answers};
    for (size_t s = section->first; s < section->first + section->count; s++)
        for (size_t q = form->step[s].first; q < form->step[s].first + form->step[s].count; q++) {
            struct answer answer = missing_answer_get(file, form->question[q].key);
            if (answer.kind == ANSWER_NONE && missing_asks(file, form->question[q].key))
                question_unanswered(arena, &form->question[q], &ret->unanswered);
            if (answer.kind == ANSWER_NONE) continue;
            answers[ret->answers_count++] = (struct view_missing_one_parts_answers){
                .label = form->question[q].label,
                .value = answer_words(arena, &form->question[q], &answer)};
        }
    if (!ret->answers_count) ret->unanswered = STR(""); /* the part as a whole is not written */
}

static void draw_parts(struct request *request, const struct missing_file *file,
                       struct view_missing_one *view)
{
    struct view_missing_one_parts *parts =
        arena_many(request->arena, 4, struct view_missing_one_parts);
    bool edit = file->may_edit;
    bool back = file->line.returned != 0;
    draw_part(request, file, MISSING_REPORT, "Nothing is written down.", "Change the report", edit,
              &parts[view->parts_count++]);
    draw_part(request, file, MISSING_RETURN, "Not back yet.",
              back ? "Change the return" : "Write down the return", edit,
              &parts[view->parts_count++]);
    if (file->line.may_read_child && back) {
        bool offered = missing_answer_get(file, STR("offer-day")).kind != ANSWER_NONE;
        bool held = file->line.interview == INTERVIEW_HELD;
        draw_part(request, file, MISSING_OFFER,
                  "No interview was offered yet. It is offered after every episode.",
                  offered ? "Change the offer" : "Write down the offer", edit,
                  &parts[view->parts_count++]);
        draw_part(request, file, MISSING_INTERVIEW, "No interview is written down.",
                  held ? "Change the interview" : "Write down the interview", edit,
                  &parts[view->parts_count++]);
    }
    view->parts = parts;
}

static void draw_deeds(struct request *request, const struct missing_file *file,
                       struct view_missing_one *view)
{
    struct arena *arena = request->arena;
    struct view_missing_one_deeds *deeds =
        arena_many(arena, file->deed_count + 1, struct view_missing_one_deeds);
    for (size_t i = 0; i < file->deed_count; i++) {
        const struct missing_deed *deed = &file->deed[i];
        deeds[i] = (struct view_missing_one_deeds){
            .what = deed->what,
            .more = str_fmt(arena, "%.*s%s%.*s", STR_ARG(deed->by),
                            deed->by.len && deed->when.len ? ", " : "", STR_ARG(deed->when)),
            .by = clock_words(arena, deed->at)};
    }
    view->deeds = deeds;
    view->deeds_count = file->deed_count;
}

static struct str wish_words(enum missing_wish wish)
{
    switch (wish) {
    case WISH_WORDS: return STR("The child agrees that it is passed on, also in their words.");
    case WISH_FACTS: return STR("The child agrees that the facts are passed on, not their words.");
    case WISH_NO: return STR("The child does not wish it to be passed on.");
    case WISH_NOT_ASKED: break;
    }
    return STR("The child was not asked yet what may be passed on.");
}

static enum st draw_fragments(struct request *request, const struct missing_file *file,
                              struct view_missing_one *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct missing_fragment *list = NULL;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    size_t count = 0;
    enum st outcome =
        missing_fragments(request->app, arena, &request->who, file, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_missing_one_fragments *rows =
        arena_many(arena, count + 1, struct view_missing_one_fragments);
    for (size_t i = 0; i < count; i++) {
        struct view_missing_one_fragments_names *names =
            arena_many(arena, MENTIONS_MAX, struct view_missing_one_fragments_names);
        for (size_t k = 0; k < list[i].mention_count; k++)
            names[k].title =
                mention_title(arena, list[i].mention[k].kind, list[i].mention[k].field);
        rows[i] = (struct view_missing_one_fragments){
            .id = str_fmt(arena, "pass-%.*s", STR_ARG(list[i].question->key)),
            .label = list[i].question->label,
            .words = list[i].answer,
            .passes = list[i].narrative,
            .names = names,
            .names_count = list[i].mention_count,
            .action = url_to_texts(arena, ROUTE_missing_fragment,
                                   str_fmt(arena, "%lld", (long long)file->line.id),
                                   list[i].question->key),
            .why_not = list[i].why_not,
            .shared = list[i].submission ? STR("Passed on.") : STR(""),
            .see = url_to_id(arena, ROUTE_submission, list[i].submission),
            .may_see =
                list[i].submission && scope_allows(scope, ACT_READ_SUBMISSION, list[i].submission)};
    }
    view->fragments = rows;
    view->fragments_count = count;
    view->any_fragments = count > 0;
    view->wish = wish_words(missing_wish(file));
    return ST_OK;
}

/* Facts in which this episode has a part, out of all that the reader sees about that time. */
static enum st draw_facts(struct request *request, const struct missing_file *file,
                          struct view_missing_one *view, struct err *err)
{
    static const instant_ms half_a_year = (instant_ms)180 * 24 * 3600 * 1000;
    struct arena *arena = request->arena;
    struct missing_line *line = NULL;
    struct missing_alert *alert = NULL;
    size_t count = 0;
    size_t alerts = 0;
    enum st outcome =
        missing_since(request->app, arena, &request->who, STR(""), file->line.since - half_a_year,
                      file->line.since + half_a_year, &line, &count, err);
    if (outcome == ST_OK)
        outcome =
            missing_alerts(request->app, arena, &request->who, line, count, &alert, &alerts, err);
    if (outcome != ST_OK) return outcome;
    size_t own = 0;
    for (size_t i = 0; i < alerts; i++) {
        bool shows = false;
        for (size_t k = 0; k < alert[i].episode_count; k++)
            shows |= alert[i].episode[k]->id == file->line.id;
        if (shows) alert[own++] = alert[i];
    }
    view->any_facts = own > 0;
    view->facts = missing_facts(request, alert, own,
                                str_fmt(arena, "episode %lld", (long long)file->line.id));
    return ST_OK;
}

static void draw_one(struct request *request, struct response *response,
                     const struct missing_file *file, struct str problem)
{
    struct err err = {0};
    struct arena *arena = request->arena;
    struct view_missing_one view = {
        .reference = file->line.reference,
        .name = file->line.child_name,
        .may_read_child = file->line.may_read_child,
        .child = url_to_id(arena, ROUTE_child_missing, file->line.child),
        .when = missing_when(request, &file->line),
        .sort = file->line.sort_label,
        .said = said(request),
        .problem = problem,
        .at = AT(request, "passing-on"),
        .returned = file->line.returned != 0,
        .clock = missing_clock(request, &file->line),
        .may_edit = file->may_edit,
        .act = url_to_texts(arena, ROUTE_missing_part,
                            str_fmt(arena, "%lld", (long long)file->line.id), STR(MISSING_ACTION)),
        .reporter = str_fmt(arena, "%.*s, %.*s", STR_ARG(file->reporter_name),
                            STR_ARG(clock_words(arena, file->created_at))),
        .csrf = request->csrf};
    if (file->other.id) {
        view.other = url_to_id(arena, ROUTE_missing_one, file->other.id);
        view.other_words = str_fmt(arena, "%.*s, %.*s", STR_ARG(file->other.reference),
                                   STR_ARG(missing_when(request, &file->other)));
    }
    if (draw_facts(request, file, &view, &err) != ST_OK ||
        draw_fragments(request, file, &view, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    draw_parts(request, file, &view);
    draw_deeds(request, file, &view);
    if (problem.len) response->status = 400;
    PAGE(request, response, "Missing episode", view_missing_one, &view);
}

void page_missing_one(struct request *request, struct response *response)
{
    struct missing_file file;
    struct err err = {0};
    if (missing_open(request->app, request->arena, &request->who, request->id[0], &file, &err) ==
        ST_OK)
        draw_one(request, response, &file, STR(""));
    else
        respond_error(request, response, &err);
}

void page_missing_fragment(struct request *request, struct response *response)
{
    struct missing_file file;
    struct err err = {0};
    int64_t submission = 0;
    enum st outcome = missing_fragment_share(request->app, &request->who, request->id[0],
                                             request->parameter[1], &submission, &err);
    if (outcome == ST_OK) {
        struct url here = url_to_id(request->arena, ROUTE_missing_one, request->id[0]);
        respond_redirect(response, url_with(request->arena, here, "saved", STR("fragment")));
        return;
    }
    struct err other = {0};
    if (outcome == ST_INVALID && missing_open(request->app, request->arena, &request->who,
                                              request->id[0], &file, &other) == ST_OK)
        draw_one(request, response, &file, str_dup(request->arena, str_from(err.public)));
    else
        respond_error(request, response, &err);
}
