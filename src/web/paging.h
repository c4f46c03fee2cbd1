/*
 * paging: lists that are longer than a page shows.
 *
 * Layer: web.  The address says which page ("page=2", from 1 on); views/partials/paging.html
 * draws where one is and the ways on.
 */
#ifndef PENDEEN_WEB_PAGING_H
#define PENDEEN_WEB_PAGING_H

#include "web/route.h"

enum { PAGING_ROWS = 100 };

/* How many rows lie before the page that was asked for; a number that is none is the first page. */
size_t paging_skip(const struct request *request);

struct paging {
    struct str range; /* "101 to 200 of 603"; "12" when all are there; empty: nothing is */
    bool whole;       /* all are there */
    bool paged;       /* there are other pages */
    struct url previous;
    struct url next;
    bool has_previous;
    bool has_next;
};
/* `base`: the list with what was asked of it, without a page. */
struct paging paging_of(struct arena *arena, struct url base, size_t skip, size_t shown,
                        size_t all);

#endif
