#include "web/paging.h"

#include "base/arena.h"

enum { PAGES_MOST = 1 << 20 };

size_t paging_skip(const struct request *request)
{
    int64_t page = 1;
    if (!str_to_int(form_value(request, "page"), &page) || page < 1 || page > PAGES_MOST) page = 1;
    return (size_t)(page - 1) * PAGING_ROWS;
}

static struct url page_url(struct arena *arena, struct url base, size_t page)
{
    return page > 1 ? url_with(arena, base, "page", str_fmt(arena, "%zu", page)) : base;
}

struct paging paging_of(struct arena *arena, struct url base, size_t skip, size_t shown, size_t all)
{
    size_t page = skip / PAGING_ROWS + 1;
    struct paging paging = {.whole = shown == all,
                            .has_previous = page > 1,
                            .has_next = skip + shown < all && shown > 0};
    if (shown == all)
        paging.range = str_fmt(arena, "%zu", all);
    else if (shown)
        paging.range = str_fmt(arena, "%zu to %zu of %zu", skip + 1, skip + shown, all);
    paging.paged = paging.has_previous || paging.has_next;
    if (paging.has_previous) paging.previous = page_url(arena, base, page - 1);
    if (paging.has_next) paging.next = page_url(arena, base, page + 1);
    return paging;
}
