/*
 * Gradings: what waits for one, and those of a submission.
 */
#include "api/api.h"
#include "domain/grade.h"
#include "web/draw.h"
#include "web/pages.h"

enum { EXCERPT = 110 };

static struct api_place place_due(const void *item)
{
    const struct grade_waiting *line = item;
    return (struct api_place){{line->since, line->submission, 0}};
}

void api_gradings_due(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct api_page page;
    struct grade_waiting *list = NULL;
    size_t count = 0;
    int64_t ungraded = 0;
    int64_t proposed = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_gradings_due) || !api_has_pack(request, response) ||
        !api_page_read(request, response, ROUTE_api_gradings_due, &page))
        return;
    if (grades_waiting(request->app, arena, &request->who, &list, &count, &ungraded, &proposed,
                       &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    api_cut(&page, list, count, sizeof *list, place_due);
    for (size_t i = page.begin; i < page.end; i++)
        json_array_append_new(
            items, json_pack("{sI so so so so sb sb}", "submission", (json_int_t)list[i].submission,
                             "reference", api_text(list[i].reference), "excerpt",
                             api_text(draw_excerpt(arena, list[i].excerpt, EXCERPT)), "sector",
                             api_text(list[i].sector), "since", api_time(arena, list[i].since),
                             "second", (int)list[i].second, "older", (int)list[i].older));
    api_answer(request, response, ROUTE_api_gradings_due,
               api_page_make(request, ROUTE_api_gradings_due, items, &page));
}

static json_t *grade_json(struct arena *arena, const struct grade_line *line)
{
    json_t *one = json_pack(
        "{sI sI so so so so so so so so so so sb}", "id", (json_int_t)line->id, "number",
        (json_int_t)line->number, "scheme", api_text(line->scheme), "source",
        api_text(line->source), "information", api_text(line->information), "handling",
        api_text(line->handling), "reason", api_text(line->reason), "by", api_text(line->by), "at",
        api_time(arena, line->at), "state", api_text(line->state), "second", api_text(line->second),
        "second_reason", api_text(line->second_reason), "current", (int)line->current);
    api_put_time(one, arena, "second_at", line->second_at);
    return one;
}

void api_gradings(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct grade_view read;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_gradings)) return;
    if (grades_read(request->app, arena, &request->who, request->id[0], &read, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < read.count; i++)
        json_array_append_new(list, grade_json(arena, &read.line[i]));
    api_answer(request, response, ROUTE_api_gradings,
               json_pack("{so so so}", "reference", api_text(read.reference), "handling",
                         api_text(read.handling), "gradings", list));
}
