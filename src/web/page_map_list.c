/*
 * The list behind a mark of the map, page by page.
 */
#include "domain/when.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/page_map.h"
#include "web/pages.h"

enum { EXCERPT = 110, PAGES_MOST = 1 << 20 };

static void list_rows(struct request *request, const struct map_list *list,
                      struct view_map_list *view)
{
    struct arena *arena = request->arena;
    const struct question *kind =
        questions_find(area_location_form(request->app->area), STR("location-kind"));
    struct view_map_list_submissions *submissions =
        arena_many(arena, list->submission_count + 1, struct view_map_list_submissions);
    struct view_map_list_episodes *episodes =
        arena_many(arena, list->episode_count + 1, struct view_map_list_episodes);
    struct view_map_list_locations *locations =
        arena_many(arena, list->location_count + 1, struct view_map_list_locations);
    for (size_t i = 0; i < list->submission_count; i++) {
        const struct submission_line *line = &list->submission[i];
        submissions[i] = (struct view_map_list_submissions){
            url_to_id(arena, ROUTE_submission, line->id), line->reference,
            draw_excerpt(arena, line->narrative, EXCERPT),
            draw_sector_label(request->app, line->sector),
            date_words(arena, clock_london(line->created_at).date)};
    }
    for (size_t i = 0; i < list->episode_count; i++) {
        const struct missing_line *line = &list->episode[i];
        episodes[i] = (struct view_map_list_episodes){
            url_to_id(arena, ROUTE_missing_one, line->id), line->reference, line->child_name,
            line->sort_label, date_words(arena, clock_london(line->since).date)};
    }
    for (size_t i = 0; i < list->location_count; i++) {
        const struct location *location = &list->location[i];
        struct str label = location->kind;
        for (size_t k = 0; k < kind->option_count; k++)
            if (str_eq(kind->option[k].id, location->kind)) label = kind->option[k].label;
        locations[i] = (struct view_map_list_locations){
            url_to_id(arena, ROUTE_location, location->id), location->name, label,
            date_words(arena, clock_london(location->changed_at).date)};
    }
    view->submissions = submissions;
    view->submissions_count = list->submission_count;
    view->episodes = episodes;
    view->episodes_count = list->episode_count;
    view->locations = locations;
    view->locations_count = list->location_count;
}

/* "Submissions, 51 to 100 of 230"; when all are there, "Submissions: 12". */
static struct str heading(struct arena *arena, const char *what, size_t skip, size_t shown,
                          size_t all)
{
    if (shown == all) return str_fmt(arena, "%s: %zu", what, all);
    return str_fmt(arena, "%s, %zu to %zu of %zu", what, skip + 1, skip + shown, all);
}

static struct url page_url(struct request *request, const struct map_state *state, int town,
                           bool cluster, size_t page)
{
    return url_with(request->arena, map_list_url(request, state, town, cluster), "page",
                    str_fmt(request->arena, "%zu", page));
}

static void draw_list(struct request *request, struct response *response,
                      const struct map_state *state, const struct map_list *list, size_t page)
{
    struct arena *arena = request->arena;
    const struct map_mark *mark = &list->mark;
    bool blurred = mark->town == MAP_BLURRED;
    size_t skip = (page - 1) * MAP_LIST_PAGE;
    size_t most = 0;
    for (int layer = 0; layer < MAP_LAYERS; layer++)
        if (mark->count[layer] > most) most = mark->count[layer];
    size_t pages = (most + MAP_LIST_PAGE - 1) / MAP_LIST_PAGE;
    bool cluster = mark->towns > 1;
    struct view_map_list view = {
        .back = map_url(request, state, ROUTE_map),
        .title = map_name(arena, mark),
        .lead = blurred ? STR("What its handling condition keeps from being put at a town, and "
                              "what names none of the map. The newest first.")
                        : STR("What you may see here in this period, the newest first."),
        .nothing = !most,
        .small = list->small_hidden,
        .submissions_title = heading(arena, "Submissions", skip, list->submission_count,
                                     mark->count[MAP_SUBMISSIONS]),
        .episodes_title =
            heading(arena, "Missing episodes", skip, list->episode_count, mark->count[MAP_MISSING]),
        .locations_title = heading(arena, "Locations of concern", skip, list->location_count,
                                   mark->count[MAP_LOCATIONS]),
        .pages = pages > 1 ? str_fmt(arena, "Page %zu of %zu", page, pages) : STR(""),
        .has_previous = page > 1,
        .previous = page_url(request, state, mark->town, cluster, page - 1),
        .has_next = page < pages,
        .next = page_url(request, state, mark->town, cluster, page + 1)};
    list_rows(request, list, &view);
    PAGE(request, response, "On the map", view_map_list, &view);
}

void page_map_list(struct request *request, struct response *response)
{
    struct map_state state = map_state_of(request);
    struct map_list list;
    struct err err = {0};
    int64_t town = MAP_BLURRED;
    int64_t page = 1;
    const struct area_map *map = area_map(request->app->area);
    bool is_page = !form_has(request, "page") || (str_to_int(form_value(request, "page"), &page) &&
                                                  page >= 1 && page <= PAGES_MOST);
    if (!is_page || !str_to_int(form_value(request, "town"), &town) || town < MAP_BLURRED ||
        town >= (int64_t)map->town_count) {
        (void)err_missing(&err, "place on the map");
        respond_error(request, response, &err);
        return;
    }
    size_t skip = (size_t)(page - 1) * MAP_LIST_PAGE;
    if (map_list_read(request->app, request->arena, &request->who, &state.ask, (int)town, skip,
                      &list, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    draw_list(request, response, &state, &list, (size_t)page);
}
