/*
 * Network charts that were saved: the list, saving one, taking one away.
 */
#include "domain/chart_view.h"
#include "web/layout.h"
#include "web/network.h"
#include "web/pages.h"

#include <stdlib.h>

void page_network_views(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct chart_view *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (chart_view_list(request->app, arena, &request->who, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_network_views_rows *rows = arena_many(arena, count, struct view_network_views_rows);
    for (size_t i = 0; i < count; i++) {
        struct network_state state = network_state_of_view(&list[i]);
        rows[i] = (struct view_network_views_rows){
            .name = list[i].name,
            .href = network_url(arena, ROUTE_network, &state, 0),
            .gone = list[i].gone,
            .own = list[i].own,
            .shared = list[i].shared,
            .by = list[i].by,
            .when = clock_words(arena, list[i].saved_at),
            .end = url_to_id(arena, ROUTE_network_view_end, list[i].id)};
    }
    struct view_network_views view = {.said = form_has(request, "saved") ? STR("The view is kept.")
                                                                         : STR(""),
                                      .rows = rows,
                                      .rows_count = count,
                                      .csrf = request->csrf,
                                      .entities = url_to(ROUTE_entities)};
    PAGE(request, response, "Views that were kept", view_network_views, &view);
}

/* "12:345.5,678;": a thing, and where the script has it in the drawing. */
static size_t read_places(struct arena *arena, struct str text, double height,
                          struct chart_place *ret)
{
    size_t count = 0;
    struct str part;
    while (count < CHART_NODES_MAX && text.len && str_split(&text, ';', &part)) {
        struct str mention;
        struct str x;
        int64_t id = 0;
        if (part.len > 60 || !str_split(&part, ':', &mention) || !str_split(&part, ',', &x) ||
            !str_to_int(mention, &id))
            continue;
        ret[count++] =
            (struct chart_place){id, network_place_x(strtod(str_c(arena, x), NULL)),
                                 network_place_y(strtod(str_c(arena, part), NULL), height)};
    }
    return count;
}

void page_network_view_save(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct network_state state = network_state_of(request);
    struct chart chart;
    struct err err = {0};
    int64_t id = 0;
    /* How high the drawing is depends on how much is in it. */
    enum st outcome =
        network_chart(request, &state, AUDIT_CONSULTATION, "network read", &chart, &err);
    if (outcome == ST_OK) {
        struct chart_view view = {.name = form_value(request, "name"),
                                  .shared = form_has(request, "shared"),
                                  .ask = state.ask,
                                  .chosen = state.chosen,
                                  .until = state.problem.len ? STR("") : state.until,
                                  .place = arena_many(arena, CHART_NODES_MAX, struct chart_place)};
        view.place_count = read_places(arena, form_value(request, "positions"),
                                       network_height(&chart), view.place);
        outcome = chart_view_save(request->app, &request->who, &view, &id, &err);
    }
    if (outcome == ST_OK)
        respond_redirect(response, url_with(arena, url_to(ROUTE_network_views), "saved", STR("1")));
    else if (outcome == ST_INVALID)
        network_draw(request, response, str_dup(arena, str_from(err.public)));
    else
        respond_error(request, response, &err);
}

void page_network_view_end(struct request *request, struct response *response)
{
    struct err err = {0};
    if (chart_view_remove(request->app, &request->who, request->id[0], &err) == ST_OK)
        respond_redirect(response, url_to(ROUTE_network_views));
    else
        respond_error(request, response, &err);
}
