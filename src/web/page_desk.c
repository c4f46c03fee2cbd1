/*
 * The queue of the MARU desk: what needs somebody first stands first.
 */
#include "web/page_desk.h"

#include "domain/desk_measure.h"

#include <stdlib.h>

enum { SHOWN = 50 };
static const instant_ms SOON = 4 * 3600000LL;

struct str desk_rating_colour(struct app *app, struct str rating)
{
    const struct desk_term *term = area_desk_find(app->area, DESK_RATING, rating);
    return term ? term->colour : STR("none");
}

/* --- which, and in what order ----------------------------------------------------------------- */

struct item {
    struct desk_case desk;
    struct desk_clock next; /* due 0: none runs */
    size_t urgency;         /* place of its rating; what is not rated comes first */
};

struct filter {
    struct str rating;
    struct str state; /* empty: all but closed ones */
    struct str clock;
    struct str whose;
    struct str sort;
    int64_t organisation; /* these come from the measures */
    int64_t month;
    struct str measure;
    bool missed;
    int64_t from;
};

static void read_filter(const struct request *request, struct filter *filter)
{
    *filter = (struct filter){.rating = form_value(request, "rating"),
                              .state = form_value(request, "state"),
                              .clock = form_value(request, "clock"),
                              .whose = form_value(request, "whose"),
                              .sort = form_value(request, "sort"),
                              .measure = form_value(request, "measure"),
                              .missed = form_has(request, "missed")};
    (void)str_to_int(form_value(request, "organisation"), &filter->organisation);
    (void)str_to_int(form_value(request, "month"), &filter->month);
    (void)str_to_int(form_value(request, "from"), &filter->from);
    if (filter->from < 0) filter->from = 0;
}

static bool fits_state(const struct filter *filter, const struct desk_case *desk)
{
    if (filter->measure.len || str_eq(filter->state, STR("all"))) return true;
    if (!filter->state.len) return desk->state != DESK_CLOSED || desk_has_news(desk);
    return str_eq(filter->state, str_from(desk_state_name(desk->state)));
}

static bool fits_clock(const struct filter *filter, const struct item *item, instant_ms now)
{
    if (!filter->clock.len) return true;
    if (str_eq(filter->clock, STR("over"))) return item->next.due && item->next.due < now;
    return item->next.due && item->next.due < now + SOON;
}

static bool fits_whose(const struct filter *filter, const struct desk_case *desk, int64_t account)
{
    if (str_eq(filter->whose, STR("mine"))) return desk->owner == account;
    if (str_eq(filter->whose, STR("nobody"))) return !desk->owner;
    return true;
}

/* In the month of the figure, or in those that one of an organisation counts. */
static bool fits_month(const struct filter *filter, instant_ms at, instant_ms now)
{
    int32_t month = measure_month(at);
    return filter->month ? month == filter->month : month > measure_month(now) - MEASURE_MONTHS;
}

/* The list behind a figure. */
static bool fits_measure(struct request *request, const struct filter *filter,
                         const struct desk_case *desk)
{
    enum desk_measure measure;
    instant_ms now = clock_now();
    bool counts = false;
    if (!measure_from_name(filter->measure, &measure)) return true;
    if (measure != MEASURE_CHECKS) {
        if (filter->organisation && desk->organisation != filter->organisation) return false;
        if (!fits_month(filter, desk->sent_at, now)) return false;
        bool good = measure_of_case(desk, measure, now, &counts);
        return counts && !(filter->missed && good);
    }
    struct desk_check *check = NULL;
    size_t count = 0;
    if (desk_checks(request->app, request->arena, desk->referral, &check, &count, NULL) != ST_OK)
        return false;
    for (size_t i = 0; i < count; i++) {
        bool over = check[i].answered_at || check[i].due_at < now;
        bool good = check[i].answered_at && check[i].answered_at <= check[i].due_at;
        if (check[i].withdrawn_at || !check[i].organisation || !over || (filter->missed && good))
            continue;
        if (filter->organisation && check[i].organisation != filter->organisation) continue;
        if (fits_month(filter, check[i].asked_at, now)) return true;
    }
    return false;
}

static size_t urgency_of(const struct app *app, struct str rating)
{
    size_t count = 0;
    const struct desk_term *terms = area_desk_terms(app->area, DESK_RATING, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(terms[i].id, rating)) return i + 1;
    return 0;
}

static int by_clock(const void *a, const void *b)
{
    const struct item *left = a;
    const struct item *right = b;
    instant_ms first = left->next.due ? left->next.due : INT64_MAX;
    instant_ms second = right->next.due ? right->next.due : INT64_MAX;
    if (first != second) return first < second ? -1 : 1;
    return left->desk.sent_at < right->desk.sent_at ? -1 : left->desk.sent_at > right->desk.sent_at;
}

static int by_rating(const void *a, const void *b)
{
    const struct item *left = a;
    const struct item *right = b;
    if (left->urgency != right->urgency) return left->urgency < right->urgency ? -1 : 1;
    return by_clock(a, b);
}

static int by_sent(const void *a, const void *b)
{
    const struct item *left = a;
    const struct item *right = b;
    return left->desk.sent_at < right->desk.sent_at ? 1
                                                    : -(left->desk.sent_at > right->desk.sent_at);
}

static int by_organisation(const void *a, const void *b)
{
    const struct item *left = a;
    const struct item *right = b;
    int order = str_cmp(left->desk.organisation_name, right->desk.organisation_name);
    return order ? order : by_clock(a, b);
}

static const struct order {
    const char *name;
    const char *label;
    int (*compare)(const void *, const void *);
} orders[] = {{"clock", "Overdue first", by_clock},
              {"rating", "Most urgent rating first", by_rating},
              {"sent", "Newest first", by_sent},
              {"organisation", "By organisation", by_organisation}};
enum { ORDERS = sizeof orders / sizeof *orders };

static const struct order *chosen_order(const struct filter *filter)
{
    for (int i = 0; i < ORDERS; i++)
        if (str_eq(filter->sort, str_from(orders[i].name))) return &orders[i];
    return &orders[0];
}

/* --- drawing ---------------------------------------------------------------------------------- */

/* This page again, with what is chosen; `sort` and `from` as given. */
static struct url again(struct arena *arena, const struct filter *filter, struct str sort,
                        int64_t from)
{
    struct url url = url_to(ROUTE_desk);
    const struct {
        const char *name;
        struct str value;
    } kept[] = {
        {"rating", filter->rating},
        {"state", filter->state},
        {"clock", filter->clock},
        {"whose", filter->whose},
        {"measure", filter->measure},
        {"organisation",
         filter->organisation ? str_fmt(arena, "%lld", (long long)filter->organisation) : STR("")},
        {"month", filter->month ? str_fmt(arena, "%lld", (long long)filter->month) : STR("")},
        {"missed", filter->missed ? STR("1") : STR("")},
        {"sort", sort},
        {"from", from ? str_fmt(arena, "%lld", (long long)from) : STR("")}};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (kept[i].value.len) url = url_with(arena, url, kept[i].name, kept[i].value);
    return url;
}

static void draw_filters(struct request *request, const struct filter *filter,
                         struct view_desk *view)
{
    struct arena *arena = request->arena;
    size_t count = 0;
    const struct desk_term *terms = area_desk_terms(request->app->area, DESK_RATING, &count);
    struct view_desk_ratings *ratings = arena_many(arena, count + 2, struct view_desk_ratings);
    size_t n = 0;
    ratings[n++] = (struct view_desk_ratings){STR(""), STR("Any"), !filter->rating.len};
    ratings[n++] = (struct view_desk_ratings){STR("none"), STR("Not rated yet"),
                                              str_eq(filter->rating, STR("none"))};
    for (size_t i = 0; i < count; i++)
        ratings[n++] = (struct view_desk_ratings){terms[i].id, terms[i].label,
                                                  str_eq(filter->rating, terms[i].id)};
    view->ratings = ratings;
    view->ratings_count = n;
    struct view_desk_states *states = arena_many(arena, DESK_STATES + 2, struct view_desk_states);
    states[0] = (struct view_desk_states){STR(""), STR("All that are open"), !filter->state.len};
    for (int state = 0; state < DESK_STATES; state++) {
        struct str name = str_from(desk_state_name((enum desk_state)state));
        states[state + 1] = (struct view_desk_states){
            name, str_from(desk_state_label((enum desk_state)state)), str_eq(filter->state, name)};
    }
    states[DESK_STATES + 1] = (struct view_desk_states){STR("all"), STR("All, closed ones too"),
                                                        str_eq(filter->state, STR("all"))};
    view->states = states;
    view->states_count = DESK_STATES + 2;
    static const char *const clocks[][2] = {
        {"", "Any"}, {"over", "Overdue"}, {"soon", "Overdue or due in four hours"}};
    static const char *const whose[][2] = {
        {"", "Anybody"}, {"mine", "You"}, {"nobody", "Nobody yet"}};
    struct view_desk_clocks *clock_list = arena_many(arena, 3, struct view_desk_clocks);
    struct view_desk_whose *whose_list = arena_many(arena, 3, struct view_desk_whose);
    for (int i = 0; i < 3; i++) {
        clock_list[i] = (struct view_desk_clocks){str_from(clocks[i][0]), str_from(clocks[i][1]),
                                                  str_eq(filter->clock, str_from(clocks[i][0]))};
        whose_list[i] = (struct view_desk_whose){str_from(whose[i][0]), str_from(whose[i][1]),
                                                 str_eq(filter->whose, str_from(whose[i][0]))};
    }
    view->clocks = clock_list;
    view->whose = whose_list;
    view->clocks_count = view->whose_count = 3;
}

static void draw_orders(struct request *request, const struct filter *filter,
                        struct view_desk *view)
{
    struct view_desk_heads *heads = arena_many(request->arena, ORDERS, struct view_desk_heads);
    for (int i = 0; i < ORDERS; i++)
        heads[i] = (struct view_desk_heads){
            .label = str_from(orders[i].label),
            .href = again(request->arena, filter, str_from(orders[i].name), 0),
            .current = chosen_order(filter) == &orders[i]};
    view->heads = heads;
    view->heads_count = ORDERS;
    struct view_desk_kept *kept = arena_many(request->arena, 1, struct view_desk_kept);
    kept[0] = (struct view_desk_kept){STR("sort"), filter->sort};
    view->kept = kept;
    view->kept_count = filter->sort.len ? 1 : 0;
}

static enum st draw_row(struct request *request, struct db *db, const struct item *item,
                        instant_ms now, struct view_desk_rows *ret, struct err *err)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    const struct desk_case *desk = &item->desk;
    struct referral referral;
    enum st outcome = referral_load(app, db, arena, desk->referral, &referral, err);
    if (outcome == ST_OK && desk->owner)
        outcome = account_name(app, db, arena, desk->owner, &ret->owner, err);
    if (outcome != ST_OK) return outcome;
    struct draw_clock clock = draw_clock(arena, &item->next, now);
    struct str owner = ret->owner;
    *ret = (struct view_desk_rows){
        .href = url_to_id(arena, ROUTE_desk_case, desk->referral),
        .reference = desk->reference,
        .names = referral_children(arena, &referral, DESK_NO_CHILD),
        .organisation = desk->organisation_name,
        .colour = desk_rating_colour(app, desk->rating),
        .rating =
            desk->rating.len ? area_desk_label(app->area, DESK_RATING, desk->rating) : STR(""),
        .state = str_from(desk_state_label(desk->state)),
        .what = item->next.due ? item->next.label : STR(""),
        .words = clock.words,
        .passed = clock.passed,
        .clock_state = clock.state,
        .percent = clock.percent,
        .due = clock.due,
        .owner = owner.len ? owner : STR("Nobody yet"),
        .news = desk_has_news(desk) ? clock_words(arena, desk->added_at) : STR(""),
    };
    return ST_OK;
}

static enum st draw_telephoned(struct request *request, struct view_desk *view, struct err *err)
{
    enum { SHOWN_MAX = 200 };
    struct arena *arena = request->arena;
    struct desk_telephoned *lines = NULL;
    size_t count = 0;
    enum st outcome = desk_telephoned(request->app, arena, &request->who, &lines, &count, err);
    if (outcome != ST_OK) return outcome;
    if (count > SHOWN_MAX) { /* the newest calls are shown: of them a clock may run still */
        view->telephoned_before = str_fmt(arena, "%zu", count - SHOWN_MAX);
        lines += count - SHOWN_MAX;
        count = SHOWN_MAX;
    }
    struct view_desk_telephoned *rows = arena_many(arena, count, struct view_desk_telephoned);
    for (size_t i = 0; i < count; i++) {
        struct desk_clock clock = {.from = lines[i].telephoned_at, .due = lines[i].due_at};
        struct draw_clock drawn = draw_clock(arena, &clock, clock_now());
        rows[i] = (struct view_desk_telephoned){.reference = lines[i].reference,
                                                .organisation = lines[i].organisation,
                                                .since = clock_words(arena, lines[i].telephoned_at),
                                                .words = drawn.words,
                                                .clock_state = drawn.state,
                                                .percent = drawn.percent,
                                                .due = drawn.due};
    }
    view->telephoned = rows;
    view->telephoned_count = count;
    return ST_OK;
}

/* What is chosen, in the order that is chosen. */
static enum st choose(struct request *request, const struct filter *filter, struct view_desk *view,
                      struct item **ret, size_t *ret_count, struct err *err)
{
    struct app *app = request->app;
    struct desk_case *cases = NULL;
    size_t found = 0;
    instant_ms now = clock_now();
    enum st outcome = desk_list(app, request->arena, &request->who, &cases, &found, err);
    if (outcome != ST_OK) return outcome;
    struct item *list = arena_many(request->arena, found, struct item);
    size_t count = 0;
    for (size_t i = 0; i < found; i++) {
        struct desk_clock clocks[DESK_CLOCKS_MAX];
        struct item item = {.desk = cases[i], .urgency = urgency_of(app, cases[i].rating)};
        size_t running = desk_clocks(app->area, &cases[i], NULL, 0, clocks);
        const struct desk_clock *next = desk_clock_first(clocks, running);
        if (next) item.next = *next;
        view->over += item.next.due && item.next.due < now;
        view->soon += item.next.due >= now && item.next.due < now + SOON;
        view->waiting += cases[i].state != DESK_CLOSED;
        bool rating = !filter->rating.len || str_eq(filter->rating, cases[i].rating) ||
                      (str_eq(filter->rating, STR("none")) && !cases[i].rating.len);
        if (rating && fits_state(filter, &cases[i]) && fits_clock(filter, &item, now) &&
            fits_whose(filter, &cases[i], request->who.account) &&
            fits_measure(request, filter, &cases[i]))
            list[count++] = item;
    }
    if (count) qsort(list, count, sizeof *list, chosen_order(filter)->compare);
    *ret = list;
    *ret_count = count;
    return ST_OK;
}

static enum st draw_rows(struct request *request, const struct filter *filter,
                         const struct item *list, size_t count, struct view_desk *view,
                         struct err *err)
{
    struct view_desk_rows *rows = arena_many(request->arena, SHOWN, struct view_desk_rows);
    size_t shown = 0;
    instant_ms now = clock_now();
    struct db *db = store_read_begin(request->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
    size_t at = (size_t)filter->from;
    for (; at < count && shown < SHOWN && outcome == ST_OK; at++) {
        outcome = draw_row(request, db, &list[at], now, &rows[shown], err);
        if (outcome == ST_OK) shown++;
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* destroyed since it was listed */
    }
    store_read_end(request->app->store, db);
    view->rows = rows;
    view->rows_count = shown;
    view->has_more = at < count;
    view->more = again(request->arena, filter, filter->sort, (int64_t)at);
    return outcome;
}

static struct str narrowed_words(struct request *request, const struct filter *filter)
{
    static const char *const titles[MEASURES] = {
        "Referrals whose first decision is made or due", "Referrals that were decided",
        "Referrals with partner checks that were answered or due"};
    static const char *const missed[MEASURES] = {
        "Referrals not decided in time", "Referrals whose referrer was not told",
        "Referrals with partner checks not answered in time"};
    enum desk_measure measure;
    if (!measure_from_name(filter->measure, &measure)) return STR("");
    struct str title = str_from(filter->missed ? missed[measure] : titles[measure]);
    if (filter->month)
        return str_fmt(request->arena, "%.*s, %.*s.", STR_ARG(title),
                       STR_ARG(measure_month_label(request->arena, (int32_t)filter->month)));
    return str_fmt(request->arena, "%.*s%s, in the last twelve months.", STR_ARG(title),
                   filter->organisation ? ", of one organisation" : "");
}

void page_desk(struct request *request, struct response *response)
{
    struct filter filter;
    read_filter(request, &filter);
    struct view_desk view = {
        .title = str_fmt(request->arena, "%.*s desk", STR_ARG(area_unit(request->app->area))),
        .action = url_to(ROUTE_desk),
        .all = url_to(ROUTE_desk),
        .narrowed = narrowed_words(request, &filter),
        .measures = url_to(ROUTE_measures)};
    struct item *list = NULL;
    size_t count = 0;
    struct err err = {0};
    enum st outcome = choose(request, &filter, &view, &list, &count, &err);
    draw_filters(request, &filter, &view);
    draw_orders(request, &filter, &view);
    if (outcome == ST_OK) outcome = draw_rows(request, &filter, list, count, &view, &err);
    if (outcome == ST_OK && !filter.from) outcome = draw_telephoned(request, &view, &err);
    if (outcome == ST_OK && !filter.from) outcome = desk_sent_draw(request, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, view.title.ptr, view_desk, &view);
}
