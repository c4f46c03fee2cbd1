/*
 * Notes of analysts on an entity: judgement, apart from its facts.
 */
#include "domain/entity_seen.h"
#include "domain/note.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"

static void draw_lines(struct request *request, const struct note *list, size_t count,
                       struct view_notes *view)
{
    struct arena *arena = request->arena;
    struct view_notes_standing *standing = arena_many(arena, count, struct view_notes_standing);
    struct view_notes_aside *aside = arena_many(arena, count, struct view_notes_aside);
    for (size_t i = 0; i < count; i++) {
        struct str when = clock_words(arena, list[i].at);
        if (list[i].ended_at)
            aside[view->aside_count++] = (struct view_notes_aside){
                list[i].text, list[i].by, when, clock_words(arena, list[i].ended_at)};
        else
            standing[view->standing_count++] = (struct view_notes_standing){
                list[i].text, list[i].by, when, list[i].may_end,
                url_to_ids(arena, ROUTE_note_end, request->id[0], list[i].id)};
    }
    view->standing = standing;
    view->aside = aside;
}

static void draw_notes(struct request *request, struct response *response,
                       const struct err *problem)
{
    struct arena *arena = request->arena;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    struct note *list = NULL;
    size_t count = 0;
    struct str title = STR("");
    struct err err = {0};
    int64_t entity = seen_decides(scope, request->id[0]) ? seen_entity(scope, request->id[0]) : 0;
    enum st outcome =
        entity ? notes_of(scope, arena, entity, &list, &count, &err) : err_missing(&err, "record");
    struct db *db = outcome == ST_OK ? store_read_begin(request->app->store, &err) : NULL;
    if (db) outcome = entity_title(scope, db, arena, entity, &title, &err);
    if (db) store_read_end(request->app->store, db);
    if (outcome != ST_OK || !db) {
        respond_error(request, response, &err);
        return;
    }
    enum link_kind kind = entity_kind(request->app->entities, entity);
    struct view_notes view = {.kind = str_from(kind_name(kind)),
                              .kind_label = draw_kind_label(kind),
                              .title = draw_excerpt(arena, title, 120),
                              .entity = url_to_id(arena, ROUTE_entity, entity),
                              .error =
                                  problem ? str_dup(arena, str_from(problem->public)) : STR(""),
                              .error_at = html_url_fragment(arena, STR("text")),
                              .action = url_to_id(arena, ROUTE_note_add, entity),
                              .csrf = request->csrf,
                              .text = form_value(request, "text")};
    draw_lines(request, list, count, &view);
    PAGE(request, response, "Notes of analysts", view_notes, &view);
}

void page_notes(struct request *request, struct response *response)
{
    draw_notes(request, response, NULL);
}

static void finish(struct request *request, struct response *response, enum st outcome,
                   const struct err *err)
{
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_notes, request->id[0]));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT || outcome == ST_DENIED) {
        response->status = outcome == ST_INVALID ? 400 : outcome == ST_CONFLICT ? 409 : 403;
        draw_notes(request, response, err);
    } else {
        respond_error(request, response, err);
    }
}

void page_note_add(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome =
        note_add(request->app, &request->who, request->id[0], form_value(request, "text"), &err);
    finish(request, response, outcome, &err);
}

void page_note_end(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = note_end(request->app, &request->who, request->id[0], request->id[1], &err);
    finish(request, response, outcome, &err);
}
