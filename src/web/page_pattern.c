/*
 * Patterns that the machine finds, put to people as questions: the list, one with the fragments
 * that show it, and what somebody says of it.
 */
#include "domain/area.h"
#include "domain/entity_seen.h"
#include "domain/pattern.h"
#include "domain/profile.h"
#include "domain/submission.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/network.h"
#include "web/pages.h"

enum { SHOWN_MAX = 100 };

static struct str verdict_label(struct str verdict)
{
    return str_eq(verdict, STR("accepted")) ? STR("Accepted")
           : verdict.len                    ? STR("Dismissed")
                                            : STR("");
}

static const struct pattern_rule *rule_of(const struct request *request, enum pattern_kind kind)
{
    return &area_patterns(request->app->area)->rule[kind];
}

static struct str said_by(struct arena *arena, const struct pattern *pattern)
{
    if (!pattern->verdict.len) return STR("");
    return str_fmt(arena, "%.*s, %.*s", STR_ARG(pattern->by),
                   STR_ARG(clock_words(arena, pattern->at)));
}

static struct str day_words(struct arena *arena, int32_t day)
{
    return date_words(arena, date_from_days(day));
}

/* --- the list --------------------------------------------------------------------------------- */

static struct pattern_filter read_filter(const struct request *request)
{
    enum pattern_kind kind;
    struct str state = form_value(request, "state");
    bool known = pattern_kind_from_name(form_value(request, "kind"), &kind);
    return (struct pattern_filter){.kind = known ? (int)kind : -1,
                                   .most = SHOWN_MAX + 1,
                                   .state = str_eq(state, STR("answered")) ? PATTERNS_ANSWERED
                                            : str_eq(state, STR("all"))    ? PATTERNS_ALL
                                                                           : PATTERNS_OPEN};
}

static void draw_filter(struct request *request, const struct pattern_filter *filter,
                        struct view_patterns *view)
{
    static const char *const states[][2] = {
        {"", "Not answered yet"}, {"answered", "Answered"}, {"all", "All"}};
    struct view_patterns_kinds *kinds =
        arena_many(request->arena, PATTERN_KINDS, struct view_patterns_kinds);
    struct view_patterns_states *list = arena_many(request->arena, 3, struct view_patterns_states);
    for (int kind = 0; kind < PATTERN_KINDS; kind++)
        kinds[kind] = (struct view_patterns_kinds){
            str_from(pattern_kind_name((enum pattern_kind)kind)),
            rule_of(request, (enum pattern_kind)kind)->text, filter->kind == kind};
    for (int i = 0; i < 3; i++)
        list[i] = (struct view_patterns_states){str_from(states[i][0]), str_from(states[i][1]),
                                                (int)filter->state == i};
    view->all_kinds = filter->kind < 0;
    view->kinds = kinds;
    view->kinds_count = PATTERN_KINDS;
    view->states = list;
    view->states_count = 3;
}

static void no_pack(struct request *request, struct response *response)
{
    struct err err = {0};
    (void)!err_set(&err, ST_NOT_FOUND, "There is no area pack, so nothing is looked for.");
    respond_error(request, response, &err);
}

void page_patterns(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct pattern_filter filter = read_filter(request);
    struct pattern *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!request->app->area) {
        no_pack(request, response);
        return;
    }
    if (pattern_list(request->app, arena, &request->who, &filter, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_patterns view = {.here = url_to(ROUTE_patterns),
                                 .missing = url_to(ROUTE_missing),
                                 .many = count > SHOWN_MAX};
    if (count > SHOWN_MAX) count = SHOWN_MAX;
    struct view_patterns_rows *rows = arena_many(arena, count, struct view_patterns_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_patterns_rows){
            .href = url_to_id(arena, ROUTE_pattern, list[i].id),
            .text = rule_of(request, list[i].kind)->text,
            .fact = list[i].fact,
            .ask = rule_of(request, list[i].kind)->ask,
            .fragments = str_fmt(arena, "%zu fragments show it", list[i].fragment_count),
            .newest = day_words(arena, list[i].fragment[0].day),
            .verdict = verdict_label(list[i].verdict),
            .said = str_fmt(arena, "%.*s %.*s", STR_ARG(list[i].reason),
                            STR_ARG(said_by(arena, &list[i]))),
            .again = list[i].again};
    view.rows = rows;
    view.rows_count = count;
    draw_filter(request, &filter, &view);
    PAGE(request, response, "Patterns", view_patterns, &view);
}

/* --- one of them ------------------------------------------------------------------------------ */

static enum st draw_things(struct request *request, struct db *db, const struct pattern *pattern,
                           struct view_pattern *view, struct err *err)
{
    struct arena *arena = request->arena;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    struct view_pattern_things *things = arena_many(arena, 3, struct view_pattern_things);
    enum st outcome = ST_OK;
    int64_t id[3];
    size_t count = 0;
    for (size_t i = 0; i < 3 && outcome == ST_OK; i++) {
        if (!pattern->entity[i]) continue;
        enum link_kind kind = entity_kind(request->app->entities, pattern->entity[i]);
        id[count] = pattern->entity[i];
        things[count] =
            (struct view_pattern_things){.href = url_to_id(arena, ROUTE_entity, pattern->entity[i]),
                                         .kind = str_from(kind_name(kind)),
                                         .kind_label = draw_kind_label(kind)};
        outcome = entity_title(scope, db, arena, pattern->entity[i], &things[count++].title, err);
    }
    view->things = things;
    view->things_count = count;
    view->chart = url_with(arena, url_to(ROUTE_network), "from", network_ids(arena, id, count));
    return outcome;
}

static enum st draw_fragments(struct request *request, struct db *db, const struct pattern *pattern,
                              struct view_pattern *view, struct err *err)
{
    struct arena *arena = request->arena;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    struct view_pattern_fragments *list =
        arena_many(arena, pattern->fragment_count, struct view_pattern_fragments);
    enum st outcome = ST_OK;
    view->may_answer = true;
    for (size_t i = 0; i < pattern->fragment_count && outcome == ST_OK; i++) {
        struct submission submission;
        int64_t id = pattern->fragment[i].submission;
        view->may_answer &= scope_allows(scope, ACT_DECIDE, id);
        outcome = submission_load_seen(scope, db, arena, id, &submission, err);
        if (outcome == ST_OK)
            list[view->fragments_count++] = (struct view_pattern_fragments){
                .href = url_to_id(arena, ROUTE_submission, id),
                .reference = submission.reference,
                .day = day_words(arena, pattern->fragment[i].day),
                .words = draw_excerpt(arena, submission.narrative, 180),
                .sector = draw_sector_label(request->app, submission.sector)};
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* destroyed meanwhile */
    }
    view->fragments = list;
    return outcome;
}

static void draw_pattern(struct request *request, struct response *response, int64_t id,
                         struct str problem)
{
    struct arena *arena = request->arena;
    struct pattern pattern;
    struct err err = {0};
    enum st outcome = pattern_read(request->app, arena, &request->who, id, &pattern, &err);
    struct view_pattern view = {.error = problem, .at = html_url_fragment(arena, STR("reason"))};
    struct db *db = outcome == ST_OK ? store_read_begin(request->app->store, &err) : NULL;
    if (db) outcome = draw_things(request, db, &pattern, &view, &err);
    if (db && outcome == ST_OK) outcome = draw_fragments(request, db, &pattern, &view, &err);
    if (db) store_read_end(request->app->store, db);
    if (outcome == ST_OK && db)
        outcome = audit_event(request->app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                                  .action = "pattern read",
                                                                  .account = request->who.account,
                                                                  .subject = "entity",
                                                                  .subject_id = pattern.entity[0],
                                                                  .reason = "role"}, &err);
    if (outcome != ST_OK || !db) {
        respond_error(request, response, &err);
        return;
    }
    view.saved = form_has(request, "saved");
    view.text = rule_of(request, pattern.kind)->text;
    view.ask = rule_of(request, pattern.kind)->ask;
    view.fact = pattern.fact;
    view.verdict = verdict_label(pattern.verdict);
    view.reason = pattern.reason;
    view.by = said_by(arena, &pattern);
    view.again = pattern.again;
    view.may_answer &= access_allows(&request->who, ACT_DECIDE, NULL);
    view.action = url_to_id(arena, ROUTE_pattern, id);
    view.csrf = request->csrf;
    view.typed = problem.len ? form_value(request, "reason") : STR("");
    view.back = url_to(ROUTE_patterns);
    if (problem.len) response->status = 400;
    PAGE(request, response, "Pattern", view_pattern, &view);
}

void page_pattern(struct request *request, struct response *response)
{
    draw_pattern(request, response, request->id[0], STR(""));
}

void page_pattern_answer(struct request *request, struct response *response)
{
    int64_t id = request->id[0];
    struct str verdict = form_value(request, "verdict");
    struct err err = {0};
    bool accepts = str_eq(verdict, STR("accepted"));
    enum st outcome = accepts || str_eq(verdict, STR("dismissed"))
                          ? pattern_answer(request->app, &request->who, id, accepts,
                                           form_value(request, "reason"), &err)
                          : err_set(&err, ST_INVALID, "Accept it, or dismiss it.");
    if (outcome == ST_OK)
        respond_redirect(response,
                         url_with(request->arena, url_to_id(request->arena, ROUTE_pattern, id),
                                  "saved", STR("1")));
    else if (outcome == ST_INVALID)
        draw_pattern(request, response, id, str_dup(request->arena, str_from(err.public)));
    else
        respond_error(request, response, &err);
}
