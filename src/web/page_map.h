/*
 * page_map: what the pages of the map share: what is asked of it, and its words.
 *
 * Layer: web.  page_map.c is the page, page_map_data.c what its script asks for, page_map_list.c
 * the list behind a mark.
 */
#ifndef PENDEEN_WEB_PAGE_MAP_H
#define PENDEEN_WEB_PAGE_MAP_H

#include "domain/map.h"
#include "web/request.h"
#include "web/route.h"

struct map_state {
    struct map_ask ask;
    int64_t months; /* that it goes back */
    int64_t zoom;   /* of which the clusters are */
    bool density;
    struct str problem; /* what is wrong with what was asked; empty: nothing */
};
struct map_state map_state_of(struct request *request);
/* The same by another route; without its zoom. */
struct url map_url(struct request *request, const struct map_state *state, enum route_id route);
/* The list of a town; of a cluster, of all its towns. */
struct url map_list_url(struct request *request, const struct map_state *state, int town,
                        bool cluster);

/* False: the answer says what went wrong. */
bool map_read_or_say(struct request *request, struct response *response,
                     const struct map_state *state, struct map_picture *ret);

/* "Truro and 3 near it"; the same with what it counts. */
struct str map_name(struct arena *arena, const struct map_mark *mark);
struct str map_label(struct arena *arena, const struct map_mark *mark);
/* "Up to 3 May 2026: 12 places." */
struct str map_told(struct arena *arena, const struct map_state *state,
                    const struct map_picture *picture);
/* A shade of the squares: "4 to 9"; no words: none has it. */
struct map_shade {
    struct str class;
    struct str words;
};
struct map_shade map_shade_of(struct arena *arena, const struct map_picture *picture, int shade);

#endif
