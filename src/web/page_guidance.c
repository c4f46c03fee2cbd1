/*
 * Guidance: pages of the area pack, and a search over them, without signing in.
 */
#include "domain/area.h"
#include "domain/contact.h"
#include "html/markdown.h"
#include "web/drawn.h"
#include "web/pages.h"

enum { QUERY_MAX = 100, CONTEXT = 60 };

struct html exit_button(struct request *request)
{
    struct str where = area_setting(request->app->area, STR("exit-to"));
    struct view_exit_page view = {.href = html_url_external(request->arena, where)};
    struct buf drawn;
    buf_init(&drawn, 4 << 10);
    view_exit_page(&drawn, &view);
    struct html html = {.s = str_dup(request->arena, buf_str(&drawn))};
    buf_done(&drawn);
    return html;
}

struct html sharing_rules(struct request *request)
{
    const struct area *area = request->app->area;
    const struct area_guidance *page =
        area ? area_guidance_find(area, area_setting(area, STR("sharing-rules-page"))) : NULL;
    if (!page) return (struct html){.s = STR("")};
    ptrdiff_t from = str_find(page->text, STR("## "), 0);
    struct str rest = from < 0 ? page->text : str_sub(page->text, (size_t)from, page->text.len);
    struct str title = STR("");
    if (from >= 0) str_split(&rest, '\n', &title);
    ptrdiff_t end = str_find(rest, STR("\n## "), 0);
    struct str section = end < 0 ? rest : str_sub(rest, 0, (size_t)end);
    struct view_sharing_rules view = {
        .title = from < 0 ? page->title : str_sub(title, 3, title.len),
        .rules = markdown_to_html(request->arena, section),
        .more = url_to_text(request->arena, ROUTE_guidance_page, page->id)};
    struct buf drawn;
    buf_init(&drawn, 64 << 10);
    view_sharing_rules(&drawn, &view);
    struct html html = {.s = str_dup(request->arena, buf_str(&drawn))};
    buf_done(&drawn);
    return html;
}

/* --- search ---------------------------------------------------------------------------- */

/* Where the first of the words stands; -1 unless the page has them all. */
static ptrdiff_t find_words(struct str text, struct str query, size_t *ret_len)
{
    ptrdiff_t first = -1;
    struct str word;
    while (str_split(&query, ' ', &word)) {
        if (!word.len) continue;
        ptrdiff_t at = str_find_nocase(text, word, 0);
        if (at < 0) return -1;
        if (first < 0) {
            first = at;
            *ret_len = word.len;
        }
    }
    return first;
}

/* Some words before and after a place, whole. */
static size_t context_start(struct str text, size_t at)
{
    if (at <= CONTEXT) return 0;
    size_t from = at - CONTEXT;
    while (from < at && text.ptr[from - 1] != ' ') from++;
    return from;
}

static size_t context_end(struct str text, size_t at)
{
    if (at + CONTEXT >= text.len) return text.len;
    size_t end = at + CONTEXT;
    while (end > at && text.ptr[end] != ' ') end--;
    return end;
}

static void search(struct request *request, struct view_guidance *view)
{
    size_t count = 0;
    const struct area_guidance *pages = area_guidance(request->app->area, &count);
    struct view_guidance_found *found =
        arena_many(request->arena, count, struct view_guidance_found);
    for (size_t i = 0; i < count; i++) {
        struct str text = str_fmt(request->arena, "%.*s. %.*s", STR_ARG(pages[i].title),
                                  STR_ARG(markdown_to_words(request->arena, pages[i].text)));
        size_t length = 0;
        ptrdiff_t at = find_words(text, view->query, &length);
        if (at < 0) continue;
        size_t to = (size_t)at + length;
        size_t from = context_start(text, (size_t)at);
        size_t end = context_end(text, to);
        found[view->found_count++] = (struct view_guidance_found){
            .href = url_to_text(request->arena, ROUTE_guidance_page, pages[i].id),
            .title = pages[i].title,
            .before = str_fmt(request->arena, "%s%.*s", from ? "… " : "",
                              STR_ARG(str_sub(text, from, (size_t)at - from))),
            .hit = str_sub(text, (size_t)at, length),
            .after = str_fmt(request->arena, "%.*s%s", STR_ARG(str_sub(text, to, end - to)),
                             end < text.len ? " …" : "")};
    }
    view->found = found;
}

/* --- pages --------------------------------------------------------------------------------- */

void page_guidance(struct request *request, struct response *response)
{
    if (drawn_page(request, response, "Guidance")) return;
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    struct str query = str_trim(str_sub(form_value(request, "q"), 0, QUERY_MAX));
    struct view_guidance view = {.query = query,
                                 .searched = query.len > 0,
                                 .action = url_to(ROUTE_guidance),
                                 .exit = exit_button(request)};
    size_t count = 0;
    const struct area_guidance_group *groups = area_guidance_groups(area, &count);
    struct view_guidance_groups *drawn = arena_many(arena, count, struct view_guidance_groups);
    for (size_t i = 0; i < count; i++) {
        struct view_guidance_groups_pages *pages =
            arena_many(arena, groups[i].page_count, struct view_guidance_groups_pages);
        for (size_t k = 0; k < groups[i].page_count; k++)
            pages[k] = (struct view_guidance_groups_pages){
                url_to_text(arena, ROUTE_guidance_page, groups[i].page[k]->id),
                groups[i].page[k]->title};
        drawn[i] = (struct view_guidance_groups){groups[i].id, groups[i].title, pages,
                                                 groups[i].page_count};
    }
    view.groups = drawn;
    view.groups_count = count;
    if (view.searched) search(request, &view);
    DRAWN_PAGE(request, response, "Guidance", view_guidance, &view, clock_now(), contact_changes());
}

static size_t others_of(struct request *request, const struct area_guidance *page,
                        struct view_guidance_page_others **ret)
{
    size_t count = 0;
    const struct area_guidance_group *groups = area_guidance_groups(request->app->area, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < groups[i].page_count; k++) {
            if (groups[i].page[k] != page) continue;
            size_t others = 0;
            *ret =
                arena_many(request->arena, groups[i].page_count, struct view_guidance_page_others);
            for (size_t n = 0; n < groups[i].page_count; n++)
                if (n != k)
                    (*ret)[others++] = (struct view_guidance_page_others){
                        url_to_text(request->arena, ROUTE_guidance_page, groups[i].page[n]->id),
                        groups[i].page[n]->title};
            return others;
        }
    return 0;
}

void page_guidance_page(struct request *request, struct response *response)
{
    const struct area_guidance *page =
        area_guidance_find(request->app->area, request->parameter[0]);
    if (!page) {
        struct err err;
        err_missing(&err, "page");
        respond_error(request, response, &err);
        return;
    }
    const char *title = str_c(request->arena, page->title);
    if (drawn_page(request, response, title)) return;
    struct view_guidance_page_others *others = NULL;
    struct view_guidance_page view = {.title = page->title,
                                      .text = markdown_to_html(request->arena, page->text),
                                      .source = page->source,
                                      .back = url_to(ROUTE_guidance),
                                      .exit = exit_button(request)};
    view.others_count = others_of(request, page, &others);
    view.others = others;
    DRAWN_PAGE(request, response, title, view_guidance_page, &view, clock_now(), contact_changes());
}
