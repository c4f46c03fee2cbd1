/*
 * chart_view: a network chart that somebody saved: from where it starts, what is shown of it, and
 * where things stand.
 *
 * Layer: domain.  Name, filters and positions are sealed under a key of their own.  A view is its
 * author's; one that is shared is also for those who see links and everything that it starts from,
 * since its name may tell of any.  It holds numbers of mentions alone: what it shows is found
 * afresh for each reader, and what they may not see any more is not in it.
 */
#ifndef PENDEEN_DOMAIN_CHART_VIEW_H
#define PENDEEN_DOMAIN_CHART_VIEW_H

#include "domain/chart.h"

enum { CHART_VIEW_NAME_MAX = 80, CHART_VIEWS_MAX = 300, CHART_VIEWS_OWN_MAX = 50 };

/* A thing, and where it stands: 0 to 1. */
struct chart_place {
    int64_t mention;
    double x;
    double y;
};

struct chart_view {
    int64_t id;
    struct str name;
    struct str by; /* its author's name */
    bool own;
    bool shared;
    bool gone; /* one's own, of which nothing can be seen any more */
    instant_ms saved_at;
    struct chart_ask ask; /* but `until` */
    bool chosen;          /* the kinds were chosen; else all are shown */
    struct str until;     /* as typed; of one that was read the day, like 2026-03-12 */
    struct chart_place *place;
    size_t place_count;
};

/* Those that this person may open, newest first. */
enum st chart_view_list(struct app *app, struct arena *arena, const struct person *who,
                        struct chart_view **ret, size_t *ret_count, struct err *err) MUST_USE;
/* ST_NOT_FOUND also for what is not for them. */
enum st chart_view_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                        struct chart_view *ret, struct err *err) MUST_USE;
/* One's own of the same name is replaced.  ST_INVALID: no name, or a long one, or too many;
 * ST_NOT_FOUND: nothing of what it starts from may be seen. */
enum st chart_view_save(struct app *app, const struct person *who, const struct chart_view *view,
                        int64_t *ret, struct err *err) MUST_USE;
/* Its author's alone. */
enum st chart_view_remove(struct app *app, const struct person *who, int64_t id,
                          struct err *err) MUST_USE;

/* Puts what is there where the view has it. */
void chart_view_place(const struct chart_view *view, const struct scope *scope,
                      struct chart *chart);

#endif
