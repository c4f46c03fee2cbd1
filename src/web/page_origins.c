/*
 * How many independent origins an entity was seen by, why, and what analysts say of that.
 */
#include "domain/entity_seen.h"
#include "domain/profile.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"

static struct str why_words(enum origin_why why)
{
    switch (why) {
    case ORIGIN_ALIKE: return STR("the same words as another, or told by the same person");
    case ORIGIN_SAID: return STR("an analyst said so");
    default: return STR("");
    }
}

static void draw_groups(struct arena *arena, const struct corroboration *read,
                        struct view_origins *view)
{
    struct view_origins_groups *groups = arena_many(arena, read->count, struct view_origins_groups);
    for (size_t g = 0; g < read->count; g++) {
        struct view_origins_groups_lines *lines =
            arena_many(arena, read->report_count, struct view_origins_groups_lines);
        size_t count = 0;
        for (size_t i = 0; i < read->report_count; i++) {
            const struct corroborated *report = &read->report[i];
            if (report->group != g) continue;
            lines[count++] = (struct view_origins_groups_lines){
                report->reference, url_to_id(arena, ROUTE_submission, report->submission),
                draw_excerpt(arena, report->narrative, 100), why_words(report->why)};
        }
        groups[g] = (struct view_origins_groups){
            .number = (int64_t)g + 1, .lines = lines, .lines_count = count};
    }
    view->groups = groups;
    view->groups_count = read->count;
}

static void draw_said(struct request *request, const struct corroboration *read,
                      struct view_origins *view)
{
    struct arena *arena = request->arena;
    struct view_origins_said *said = arena_many(arena, read->said_count, struct view_origins_said);
    for (size_t i = 0; i < read->said_count; i++)
        said[i] = (struct view_origins_said){
            read->said[i].same,
            read->report[read->said[i].a].reference,
            read->report[read->said[i].b].reference,
            read->said[i].reason,
            read->said[i].by,
            clock_words(arena, read->said[i].at),
            url_to_ids(arena, ROUTE_origin_end, request->id[0], read->said[i].id)};
    view->said = said;
    view->said_count = read->said_count;
    struct view_origins_choices *choices =
        arena_many(arena, read->report_count, struct view_origins_choices);
    for (size_t i = 0; i < read->report_count; i++) {
        struct str value = str_fmt(arena, "%lld", (long long)read->report[i].submission);
        struct str words = draw_excerpt(arena, read->report[i].narrative, 60);
        choices[i] = (struct view_origins_choices){
            value, str_fmt(arena, "%.*s: %.*s", STR_ARG(read->report[i].reference), STR_ARG(words)),
            str_eq(form_value(request, "first"), value),
            str_eq(form_value(request, "second"), value)};
    }
    view->choices = choices;
    view->choices_count = read->report_count;
}

static void draw_origins(struct request *request, struct response *response,
                         const struct err *problem, const char *at)
{
    struct arena *arena = request->arena;
    struct profile profile;
    struct err err = {0};
    if (profile_read(request->app, arena, &request->who, request->id[0], &profile, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_origins view = {
        .kind = str_from(kind_name(profile.kind)),
        .kind_label = draw_kind_label(profile.kind),
        .title = draw_excerpt(arena, profile.title, 120),
        .entity = url_to_id(arena, ROUTE_entity, profile.entity),
        .origins = (int64_t)profile.origins,
        .one_origin = profile.origins == 1,
        .reports = (int64_t)profile.submissions,
        .one_report = profile.submissions == 1,
        .error = problem ? str_dup(arena, str_from(problem->public)) : STR(""),
        .error_at = html_url_fragment(arena, str_from(at)),
        .action = url_to_id(arena, ROUTE_origin_say, profile.entity),
        .csrf = request->csrf,
        .can_decide = access_allows(&request->who, ACT_DECIDE, NULL) && profile.submissions > 1,
        .reason = form_value(request, "reason"),
        .is_same = str_eq(form_value(request, "word"), STR("same")),
        .is_apart = str_eq(form_value(request, "word"), STR("independent"))};
    draw_groups(arena, &profile.corroboration, &view);
    draw_said(request, &profile.corroboration, &view);
    PAGE(request, response, "Independent origins", view_origins, &view);
}

void page_origins(struct request *request, struct response *response)
{
    draw_origins(request, response, NULL, "reason");
}

/* May they decide on the entity of the address? */
static bool is_seen(struct request *request, struct err *err)
{
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    if (seen_decides(scope, request->id[0])) return true;
    err_missing(err, "record");
    return false;
}

void page_origin_say(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t first = 0;
    int64_t second = 0;
    struct str word = form_value(request, "word");
    bool same = str_eq(word, STR("same"));
    const char *at = "reason";
    enum st outcome = is_seen(request, &err) ? ST_OK : ST_NOT_FOUND;
    bool two = str_to_int(form_value(request, "first"), &first) &&
               str_to_int(form_value(request, "second"), &second);
    if (outcome == ST_OK && (!two || first == second)) {
        at = "first";
        outcome = err_set(&err, ST_INVALID, "Choose two different submissions.");
    } else if (outcome == ST_OK && !same && !str_eq(word, STR("independent"))) {
        at = "word";
        outcome = err_set(&err, ST_INVALID, "Say whether they have the same origin.");
    } else if (outcome == ST_OK) {
        outcome = origin_say(request->app, &request->who, first, second, same,
                             form_value(request, "reason"), &err);
    }
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_origins, request->id[0]));
    } else if (outcome == ST_INVALID) {
        response->status = 400;
        draw_origins(request, response, &err, at);
    } else {
        respond_error(request, response, &err);
    }
}

void page_origin_end(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = is_seen(request, &err)
                          ? origin_take_back(request->app, &request->who, request->id[1], &err)
                          : ST_NOT_FOUND;
    if (outcome == ST_OK)
        respond_redirect(response, url_to_id(request->arena, ROUTE_origins, request->id[0]));
    else
        respond_error(request, response, &err);
}
