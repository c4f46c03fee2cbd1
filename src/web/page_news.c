/*
 * What is new to a Forum since it last met: figures, each with the list behind it.
 */
#include "domain/area.h"
#include "domain/area_meeting.h"
#include "domain/forum_news.h"
#include "domain/meeting.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"

static const char *const labels[NEWS_LISTS] = {
    [NEWS_SUBMISSIONS] = "New submissions",    [NEWS_ENTITIES] = "Named for the first time",
    [NEWS_CHANGED] = "Known, and named again", [NEWS_LINKS] = "Decisions on links",
    [NEWS_RELATIONS] = "Relations",            [NEWS_GRADINGS] = "Gradings",
    [NEWS_EPISODES] = "Missing episodes"};

static struct url news_url(struct arena *arena, struct str forum, enum news_list list)
{
    struct url url = url_with(arena, url_to(ROUTE_news), "forum", forum);
    return list == NEWS_SUBMISSIONS ? url
                                    : url_with(arena, url, "list", str_from(news_list_name(list)));
}

static struct url row_url(struct arena *arena, enum news_list list, const struct news_row *row)
{
    switch (list) {
    case NEWS_SUBMISSIONS: return url_to_id(arena, ROUTE_submission, row->id);
    case NEWS_LINKS: return url_to_ids(arena, ROUTE_pair, row->other, row->id);
    case NEWS_RELATIONS: return url_to_id(arena, ROUTE_relations, row->id);
    case NEWS_GRADINGS: return url_to_id(arena, ROUTE_grade, row->id);
    case NEWS_EPISODES: return url_to_id(arena, ROUTE_missing_one, row->id);
    default: return url_to_id(arena, ROUTE_entity, row->id);
    }
}

static void draw_rows(struct request *request, const struct forum_news *news, enum news_list list,
                      struct view_news *view)
{
    struct arena *arena = request->arena;
    struct view_news_rows *rows = arena_many(arena, news->row_count, struct view_news_rows);
    bool named = list == NEWS_ENTITIES || list == NEWS_CHANGED || list == NEWS_LINKS ||
                 list == NEWS_RELATIONS;
    for (size_t i = 0; i < news->row_count; i++) {
        const struct news_row *row = &news->row[i];
        rows[i] = (struct view_news_rows){
            .href = row_url(arena, list, row),
            .title = row->title.len ? draw_excerpt(arena, row->title, 90) : STR("Without a name"),
            .words = draw_excerpt(arena, row->words, 140),
            .when = row->at ? clock_words(arena, row->at) : STR(""),
            .has_kind = named};
        if (!named) continue;
        rows[i].kind = str_from(kind_name(row->kind));
        rows[i].kind_label = draw_kind_label(row->kind);
    }
    view->rows = rows;
    view->rows_count = news->row_count;
    view->more = (int64_t)(news->total[list] - news->row_count);
}

void page_news(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    enum news_list list = NEWS_SUBMISSIONS;
    struct str forum = form_value(request, "forum");
    size_t count = 0;
    struct err err = {0};
    const struct area_forum *forums = area ? area_forums(area, &count) : NULL;
    struct view_news_tabs *tabs = arena_many(arena, count, struct view_news_tabs);
    struct view_news view = {.tabs = tabs};
    if (form_has(request, "list") && !news_list_from_name(form_value(request, "list"), &list))
        forum = STR("-");
    for (size_t i = 0; i < count; i++) {
        if (!meeting_sits(scope, forums[i].id)) continue;
        if (!forum.len) forum = forums[i].id;
        tabs[view.tabs_count++] = (struct view_news_tabs){
            news_url(arena, forums[i].id, list), forums[i].name, str_eq(forum, forums[i].id)};
    }
    if (view.tabs_count == 1) view.tabs_count = 0;
    struct forum_news news;
    if (forum_news_read(request->app, arena, &request->who, forum, list, &news, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_news_figures figures[NEWS_LISTS];
    size_t shown = 0;
    for (int i = 0; i < NEWS_LISTS; i++) {
        if (i == NEWS_GRADINGS && !access_allows(&request->who, ACT_DECIDE, NULL)) continue;
        if (i == NEWS_EPISODES && !access_allows(&request->who, ACT_READ_MISSING, NULL)) continue;
        figures[shown++] =
            (struct view_news_figures){news_url(arena, forum, (enum news_list)i),
                                       str_from(labels[i]), (int64_t)news.total[i], i == (int)list};
    }
    view.figures = figures;
    view.figures_count = shown;
    view.forum = area_forum_name(area, forum);
    view.since = clock_words(arena, news.since);
    view.held = news.held;
    view.title = str_from(labels[list]);
    draw_rows(request, &news, list, &view);
    PAGE(request, response, "What is new", view_news, &view);
}
