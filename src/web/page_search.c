/*
 * Search over everything: one box.
 */
#include "base/utf8.h"
#include "domain/search.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"

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
    struct view_search_rows *rows = arena_many(arena, count, struct view_search_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_search_rows){
            .href = url_to_id(arena, ROUTE_entity, hits[i].entity),
            .kind = str_from(kind_name(hits[i].kind)),
            .kind_label = draw_kind_label(hits[i].kind),
            .title = draw_excerpt(arena, hits[i].title, 100),
            .how = str_from(hits[i].how),
            .field = str_from(field_label(hits[i].field)),
            .mentions = (int64_t)hits[i].mentions};
    struct view_search view = {.action = url_to(ROUTE_search),
                               .text = text,
                               .searched = text.len > 0,
                               .rows = rows,
                               .rows_count = count};
    PAGE(request, response, "Search", view_search, &view);
}
