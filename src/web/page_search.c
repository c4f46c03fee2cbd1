/*
 * Search over everything: one box.
 */
#include "base/utf8.h"
#include "domain/entity_seen.h"
#include "domain/search.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/network.h"
#include "web/pages.h"

/* Whom the hits may be connected to: one that they came from, if they see it; else 0. */
static int64_t way_of(struct request *request)
{
    int64_t mention = 0;
    if (!str_to_int(form_value(request, "way"), &mention)) return 0;
    return seen_entity(scope_of(request->app, request->arena, &request->who), mention);
}

static struct url way_to(struct arena *arena, int64_t from, int64_t to)
{
    return url_with(arena, network_url_from(arena, from), "to", network_ids(arena, &to, 1));
}

void page_search(struct request *request, struct response *response)
{
    enum { SHOWN = 60 };
    struct arena *arena = request->arena;
    struct str text =
        str_trim(str_sub(utf8_clean(arena, form_value(request, "q"), NULL), 0, 200));
    struct search_hit *hits = NULL;
    size_t count = 0;
    struct err err = {0};
    if (text.len && search_run(request->app, arena, &request->who, text, SHOWN, &hits, &count,
                               &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    int64_t way = way_of(request);
    struct view_search_rows *rows = arena_many(arena, count, struct view_search_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_search_rows){
            .href = url_to_id(arena, ROUTE_entity, hits[i].entity),
            .kind = str_from(kind_name(hits[i].kind)),
            .kind_label = draw_kind_label(hits[i].kind),
            .title = draw_excerpt(arena, hits[i].title, 100),
            .how = str_from(hits[i].how),
            .field = str_from(field_label(hits[i].field)),
            .way = way_to(arena, way, hits[i].entity),
            .connects = way && way != hits[i].entity,
            .mentions = (int64_t)hits[i].mentions};
    struct view_search view = {.action = url_to(ROUTE_search),
                               .text = text,
                               .way = way ? network_ids(arena, &way, 1) : STR(""),
                               .chart = network_url_from(arena, way),
                               .searched = text.len > 0,
                               .rows = rows,
                               .rows_count = count};
    PAGE(request, response, "Search", view_search, &view);
}
