/*
 * What one watches, and what moved.
 */
#include "domain/area_meeting.h"
#include "domain/watch.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"

static struct view_watching_rows_events draw_event(struct request *request, int64_t entity,
                                                   const struct watch_event *event)
{
    struct arena *arena = request->arena;
    struct view_watching_rows_events row = {.when = clock_words(arena, event->at), .linked = true};
    switch (event->what) {
    case WATCH_NAMED:
        row.words = str_fmt(arena, "Named in %.*s", STR_ARG(event->words));
        row.href = url_to_id(arena, ROUTE_submission, event->id);
        break;
    case WATCH_JOINED:
        row.words = STR("Joined with another, or not kept apart from it any more");
        row.href = url_to_ids(arena, ROUTE_pair, event->other, event->id);
        break;
    case WATCH_PARTED:
        row.words = STR("Parted from another");
        row.href = url_to_ids(arena, ROUTE_pair, event->other, event->id);
        break;
    case WATCH_GRADED:
        row.words = str_fmt(arena, "%.*s was graded", STR_ARG(event->words));
        row.href = url_to_id(arena, ROUTE_grade, event->id);
        break;
    case WATCH_RELATED:
        row.words = str_fmt(arena, "A relation: it %.*s another", STR_ARG(event->words));
        row.href = url_to_id(arena, ROUTE_relations, entity);
        break;
    case WATCH_NOTED:
        row.words = STR("A note of an analyst");
        row.href = url_to_id(arena, ROUTE_notes, entity);
        break;
    case WATCH_AGENDA:
        row.words = str_fmt(arena, "On an agenda: %.*s", STR_ARG(event->words));
        row.href = url_to_id(arena, ROUTE_meeting, event->id);
        break;
    default:
        row.words = str_fmt(arena, "A measure: %.*s", STR_ARG(event->words));
        row.href = url_to_id(arena, ROUTE_disruption, event->id);
        break;
    }
    return row;
}

void page_watching(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct watched *list = NULL;
    size_t count = 0;
    struct err err = {0};
    instant_ms now = clock_now();
    if (watch_list(request->app, arena, &request->who, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    const struct area *area = request->app->area;
    struct view_watching view = {
        .csrf = request->csrf,
        .action = url_to(ROUTE_watching_seen),
        .until = str_fmt(arena, "%lld", (long long)now),
        .mail = area && area_meeting_find(area, MEETING_MAIL, STR(MAIL_WATCHED)) != NULL};
    struct view_watching_rows *rows = arena_many(arena, count, struct view_watching_rows);
    for (size_t i = 0; i < count; i++) {
        const struct watched *row = &list[i];
        struct view_watching_rows_events *events =
            arena_many(arena, row->event_count, struct view_watching_rows_events);
        for (size_t k = 0; k < row->event_count; k++)
            events[k] = draw_event(request, row->entity, &row->event[k]);
        view.moved += (int64_t)row->event_count;
        rows[i] = (struct view_watching_rows){
            .kind = str_from(row->entity ? kind_name(row->kind) : ""),
            .kind_label = row->entity ? draw_kind_label(row->kind) : STR(""),
            .title = draw_excerpt(arena, row->title, 100),
            .href = url_to_id(arena, ROUTE_entity, row->entity),
            .there = row->entity != 0,
            .since = date_words(arena, clock_london(row->since).date),
            .end = url_to_id(arena, ROUTE_watch_end, row->id),
            .id = str_fmt(arena, "watch-%lld", (long long)row->id),
            .events = events,
            .events_count = row->event_count};
    }
    view.rows = rows;
    view.rows_count = count;
    struct view_watching_links links[1] = {
        {url_to(ROUTE_entities), STR("People, vehicles and more")}};
    view.links = links;
    view.links_count = 1;
    PAGE(request, response, "What I watch", view_watching, &view);
}

static void finish(struct request *request, struct response *response, enum st outcome,
                   struct url where, const struct err *err)
{
    if (outcome == ST_OK)
        respond_redirect(response, where);
    else
        respond_error(request, response, err);
}

void page_watching_seen(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t until = 0;
    if (!str_to_int(form_value(request, "until"), &until)) until = clock_now();
    enum st outcome = watch_seen(request->app, &request->who, until, &err);
    finish(request, response, outcome, url_to(ROUTE_watching), &err);
}

void page_watch_add(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = watch_add(request->app, &request->who, request->id[0], &err);
    finish(request, response, outcome, url_to_id(request->arena, ROUTE_entity, request->id[0]),
           &err);
}

void page_watch_end(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = watch_end(request->app, &request->who, request->id[0], &err);
    finish(request, response, outcome, url_to(ROUTE_watching), &err);
}
