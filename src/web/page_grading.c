/*
 * Grading: what waits for an analyst, and one submission's gradings.
 */
#include "domain/grade.h"
#include "web/draw.h"
#include "web/draw_clock.h"
#include "web/layout.h"
#include "web/pages.h"

void page_grading(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct grade_waiting *list = NULL;
    size_t count = 0;
    int64_t ungraded = 0;
    int64_t proposed = 0;
    struct err err = {0};
    if (grades_waiting(request->app, arena, &request->who, &list, &count, &ungraded, &proposed,
                       &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    instant_ms now = clock_now();
    struct view_grading_rows *rows = arena_many(arena, count, struct view_grading_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_grading_rows){
            .reference = list[i].reference,
            .href = url_to_id(arena, ROUTE_grade, list[i].submission),
            .words = draw_excerpt(arena, list[i].excerpt, 110),
            .sector = draw_sector_label(request->app, list[i].sector),
            .age = draw_span_words(arena, now - list[i].since),
            .sort = str_fmt(arena, "%lld", (long long)(now - list[i].since)),
            .second = list[i].second,
            .older = list[i].older};
    struct view_grading view = {.ungraded = ungraded,
                                .proposed = proposed,
                                .shown = (int64_t)count,
                                .rows = rows,
                                .rows_count = count};
    PAGE(request, response, "Grading", view_grading, &view);
}

/* --- one submission --------------------------------------------------------------------------- */

/* "2" out of "source:2". */
static struct str bare(struct str code)
{
    ptrdiff_t colon = str_find(code, STR(":"), 0);
    return colon < 0 ? code : str_sub(code, (size_t)colon + 1, code.len);
}

enum { OPTIONS_MAX = 64 };

static void draw_current(struct request *request, struct view_grade *view)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    struct str scheme = grading_scheme(area);
    struct view_grade_sources *sources = arena_many(arena, OPTIONS_MAX, struct view_grade_sources);
    struct view_grade_informations *informations =
        arena_many(arena, OPTIONS_MAX, struct view_grade_informations);
    const struct grading_term *term = NULL;
    while (view->sources_count < OPTIONS_MAX &&
           (term = grading_next(area, GRADING_SOURCE, scheme, term)))
        sources[view->sources_count++] = (struct view_grade_sources){
            term->id,    term->code, bare(term->code),
            term->label, term->hint, str_eq(form_value(request, "source"), term->code)};
    while (view->informations_count < OPTIONS_MAX &&
           (term = grading_next(area, GRADING_INFORMATION, scheme, term)))
        informations[view->informations_count++] = (struct view_grade_informations){
            term->id, term->code, bare(term->code), term->label, term->hint,
            str_eq(form_value(request, "information"), term->code)};
    view->sources = sources;
    view->informations = informations;
}

/* Conditions that somebody may choose, and the one that is there. */
static void draw_handlings(struct request *request, struct str now, struct view_grade *view)
{
    struct arena *arena = request->arena;
    size_t count = 0;
    const struct area_handling *known = area_handlings(request->app->area, &count);
    /* What was chosen beside another condition is chosen anew. */
    bool same = str_eq(form_value(request, "seen"), now);
    struct str chosen =
        same && form_has(request, "handling") ? form_value(request, "handling") : now;
    struct view_grade_handlings *list = arena_many(arena, count, struct view_grade_handlings);
    for (size_t i = 0; i < count; i++) {
        if (known[i].for_referrals && !str_eq(known[i].code, now)) continue;
        list[view->handlings_count++] =
            (struct view_grade_handlings){.id = str_fmt(arena, "handling-%zu", i + 1),
                                          .value = known[i].code,
                                          .code = str_sub(bare(known[i].code), 0, 1),
                                          .label = known[i].label,
                                          .hint = known[i].others,
                                          .checked = str_eq(known[i].code, chosen)};
    }
    view->handlings = list;
    view->conditions_second = grading_conditions_need_second(request->app->area);
}

static void draw_group(struct request *request, struct str scheme, enum grading_kind kind,
                       const char *name, const char *label, struct view_grade_older_groups *ret)
{
    struct arena *arena = request->arena;
    struct view_grade_older_groups_options *options =
        arena_many(arena, OPTIONS_MAX, struct view_grade_older_groups_options);
    size_t count = 0;
    const struct grading_term *term = NULL;
    bool typed = str_eq(form_value(request, "scheme"), scheme);
    while (count < OPTIONS_MAX && (term = grading_next(request->app->area, kind, scheme, term)))
        options[count++] = (struct view_grade_older_groups_options){
            term->code,
            str_fmt(arena, "%.*s: %.*s", STR_ARG(bare(term->code)), STR_ARG(term->label)),
            typed && str_eq(form_value(request, name), term->code)};
    *ret = (struct view_grade_older_groups){.id = str_fmt(arena, "%s-%.*s", name, STR_ARG(scheme)),
                                            .name = str_from(name),
                                            .label = str_from(label),
                                            .options = options,
                                            .options_count = count};
}

/* Schemes that are in use no more: what came graded by them is kept so. */
static void draw_older(struct request *request, struct view_grade *view)
{
    struct arena *arena = request->arena;
    struct view_grade_older *list = arena_many(arena, OPTIONS_MAX, struct view_grade_older);
    const struct grading_term *scheme = NULL;
    while (view->older_count < OPTIONS_MAX &&
           (scheme = grading_next(request->app->area, GRADING_SCHEME, STR(""), scheme))) {
        if (scheme->current) continue;
        struct view_grade_older_groups *groups =
            arena_many(arena, 3, struct view_grade_older_groups);
        draw_group(request, scheme->id, GRADING_SOURCE, "source", "The source", &groups[0]);
        draw_group(request, scheme->id, GRADING_INFORMATION, "information", "The information",
                   &groups[1]);
        draw_group(request, scheme->id, GRADING_OLD_HANDLING, "handling", "Handling", &groups[2]);
        bool sent = str_eq(form_value(request, "scheme"), scheme->id);
        list[view->older_count++] =
            (struct view_grade_older){.id = scheme->id,
                                      .scheme = scheme->id,
                                      .label = scheme->label,
                                      .hint = scheme->hint,
                                      .open = sent,
                                      .reason = sent ? form_value(request, "reason") : STR(""),
                                      .groups = groups,
                                      .groups_count = 3};
    }
    view->older = list;
}

static struct str words_of(struct request *request, const struct grade_line *line)
{
    const struct area *area = request->app->area;
    struct str handling =
        line->older ? grading_label(area, GRADING_OLD_HANDLING, line->scheme, line->handling)
                    : draw_handling_label(request->app, line->handling);
    struct str source = grading_label(area, GRADING_SOURCE, line->scheme, line->source);
    struct str information =
        grading_label(area, GRADING_INFORMATION, line->scheme, line->information);
    return str_fmt(request->arena, "%.*s. %.*s. %.*s.", STR_ARG(source), STR_ARG(information),
                   STR_ARG(handling));
}

static void draw_lines(struct request *request, int64_t submission, const struct grade_view *read,
                       struct view_grade *view)
{
    struct arena *arena = request->arena;
    struct view_grade_lines *list = arena_many(arena, read->count, struct view_grade_lines);
    for (size_t i = 0; i < read->count; i++) {
        const struct grade_line *line = &read->line[i];
        list[i] = (struct view_grade_lines){
            .number = line->number,
            .codes = str_fmt(arena, "%.*s %.*s %.*s", STR_ARG(line->source),
                             STR_ARG(line->information), STR_ARG(line->handling)),
            .words = words_of(request, line),
            .by = line->by,
            .when = clock_words(arena, line->at),
            .reason = line->reason,
            .current = line->current,
            .proposed = str_eq(line->state, STR("proposed")),
            .declined = str_eq(line->state, STR("declined")),
            .older = line->older,
            .at_once = line->at_once,
            .second = line->second,
            .second_when = line->second_at ? clock_words(arena, line->second_at) : STR(""),
            .second_reason = line->second_reason,
            .may_second = line->may_second,
            .action = url_to_ids(arena, ROUTE_grade_second, submission, line->id),
            .second_id = str_fmt(arena, "second-%lld", (long long)line->id)};
        if (line->id != request->id[1] || !line->may_second) continue;
        list[i].second_typed = view->typed;
        view->typed = STR("");
    }
    view->lines = list;
    view->lines_count = read->count;
}

/* Of what comes back: where nobody is told of a grading that was written meanwhile, it is still
 * unseen. */
static int64_t base_of(const struct request *request, const struct err *problem, int64_t latest)
{
    int64_t base = 0;
    if (!problem || problem->code != ST_INVALID || !form_has(request, "base")) return latest;
    return str_to_int(form_value(request, "base"), &base) ? base : 0;
}

/* `at`: the id of the field that is wrong. */
static void draw_grade(struct request *request, struct response *response,
                       const struct err *problem, struct str at)
{
    struct arena *arena = request->arena;
    struct grade_view read;
    struct submission submission;
    struct err err = {0};
    int64_t id = request->id[0];
    enum st outcome = grades_read(request->app, arena, &request->who, id, &read, &err);
    if (outcome == ST_OK)
        outcome = submission_read(request->app, arena, &request->who, id, &submission, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct draw_span *spans = NULL;
    size_t span_count = draw_spans(arena, &submission, &spans);
    struct draw_segment *segments = NULL;
    size_t segment_count = draw_segments(arena, submission.narrative, spans, span_count, &segments);
    struct view_grade view = {
        .reference = read.reference,
        .see = url_to_id(arena, ROUTE_submission, id),
        .back = url_to(ROUTE_grading),
        .handling = draw_handling_label(request->app, read.handling),
        .how = draw_how_label(request->app->area, submission.how_known),
        .own = read.own,
        .error = problem ? str_dup(arena, str_from(problem->public)) : STR(""),
        .hint = problem ? str_dup(arena, str_from(problem->hint)) : STR(""),
        .error_at = html_url_fragment(arena, at),
        .action = url_to_id(arena, ROUTE_grade_send, id),
        .csrf = request->csrf,
        .base = base_of(request, problem, read.latest),
        .seen = read.handling,
        .reason = form_has(request, "answer") || form_value(request, "scheme").len
                      ? STR("")
                      : form_value(request, "reason"),
        .typed = problem && form_has(request, "answer") ? form_value(request, "reason") : STR(""),
        .segments_count = segment_count};
    DRAW_COPY_SEGMENTS(arena, struct view_grade_segments, segments, segment_count, view.segments);
    draw_current(request, &view);
    draw_handlings(request, read.handling, &view);
    draw_older(request, &view);
    draw_lines(request, id, &read, &view);
    PAGE(request, response, "Grade a submission", view_grade, &view);
}

void page_grade(struct request *request, struct response *response)
{
    draw_grade(request, response, NULL, STR("source"));
}

/* Shows the page again with what was typed, or goes back to it. */
static void finish(struct request *request, struct response *response, enum st outcome,
                   struct str at, const struct err *err)
{
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_grade, request->id[0]));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT || outcome == ST_DENIED) {
        response->status = outcome == ST_INVALID ? 400 : outcome == ST_CONFLICT ? 409 : 403;
        draw_grade(request, response, err, at);
    } else {
        respond_error(request, response, err);
    }
}

void page_grade_send(struct request *request, struct response *response)
{
    struct err err = {0};
    const char *field = "source";
    struct grade_draft draft = {.scheme = form_value(request, "scheme"),
                                .source = form_value(request, "source"),
                                .information = form_value(request, "information"),
                                .handling = form_value(request, "handling"),
                                .seen = form_value(request, "seen"),
                                .reason = form_value(request, "reason")};
    if (!str_to_int(form_value(request, "base"), &draft.base)) draft.base = 0;
    enum st outcome = grade_add(request->app, &request->who, request->id[0], &draft, &field, &err);
    if (outcome == ST_CONFLICT && strcmp(field, "handling")) field = "reason";
    struct str at = draft.scheme.len
                        ? str_fmt(request->arena, "%s-%.*s", field, STR_ARG(draft.scheme))
                        : str_from(field);
    finish(request, response, outcome, at, &err);
}

void page_grade_second(struct request *request, struct response *response)
{
    struct err err = {0};
    struct str answer = form_value(request, "answer");
    enum st outcome =
        str_eq(answer, STR("agree")) || str_eq(answer, STR("decline"))
            ? grade_second(request->app, &request->who, request->id[0], request->id[1],
                           str_eq(answer, STR("agree")), form_value(request, "reason"), &err)
            : err_set(&err, ST_INVALID, "Say whether you agree.");
    finish(request, response, outcome,
           str_fmt(request->arena, "second-%lld", (long long)request->id[1]), &err);
}
