/*
 * The network chart: its page, its data for the script, and what is taken along.
 */
#include "assets.h"
#include "domain/chart_view.h"
#include "domain/entity_seen.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/network.h"
#include "web/pages.h"

#include <jansson.h>

enum st network_chart(struct request *request, const struct network_state *state,
                      enum audit_kind kind, const char *action, struct chart *ret, struct err *err)
{
    struct app *app = request->app;
    const struct scope *scope = scope_of(app, request->arena, &request->who);
    struct chart_view view;
    struct err none = {0};
    enum st outcome = chart_read(scope, request->arena, &state->ask, ret, err);
    if (outcome != ST_OK) return outcome;
    /* A view that is not there, or not for them, moves nothing. */
    if (state->view &&
        chart_view_read(app, request->arena, &request->who, state->view, &view, &none) == ST_OK)
        chart_view_place(&view, scope, ret);
    struct audit_subject *more = arena_many(request->arena, ret->node_count, struct audit_subject);
    struct str *text = arena_many(request->arena, ret->node_count, struct str);
    for (size_t i = 0; i < ret->node_count; i++) {
        more[i] = (struct audit_subject){"entity", ret->node[i].entity};
        text[i] = ret->node[i].title;
    }
    return audit_event(app,
                       &(struct audit_event){.kind = kind,
                                             .action = action,
                                             .account = request->who.account,
                                             .subject = "entity",
                                             .subject_id = ret->node[0].entity,
                                             .more = more + 1,
                                             .more_count = ret->node_count - 1,
                                             .reason = audit_ground_of_text(
                                                 &request->who, text, ret->node_count, "role")},
                       err);
}

struct str network_day(struct arena *arena, instant_ms instant)
{
    return instant ? date_words(arena, clock_london(instant).date) : STR("Not known then");
}

static struct str counted(struct arena *arena, size_t count, const char *one, const char *many)
{
    return str_fmt(arena, "%zu %s", count, count == 1 ? one : many);
}

/* --- the picture ----------------------------------------------------------------------------- */

static struct str node_class(struct arena *arena, const struct chart_node *node)
{
    return str_fmt(arena, "%s%s%s", node->seed ? "pendeen-node--middle " : "",
                   node->on_path ? "pendeen-node--way " : "",
                   node->group >= 0 ? "" : "pendeen-node--alone");
}

/* In a crowd only those have their names drawn that one has to find. */
static bool is_named(const struct chart *chart, const struct chart_node *node)
{
    return chart->node_count <= 80 || node->seed || node->open || node->on_path || node->broker;
}

static struct str node_label(struct arena *arena, const struct chart_node *node)
{
    return str_fmt(arena, "%.*s: %.*s%s. %s", STR_ARG(draw_kind_label(node->kind)),
                   STR_ARG(draw_excerpt(arena, node->title, 90)),
                   node->broker ? ", which connects others" : "",
                   node->open ? "Open the record" : "Show what it is named with");
}

static void draw_nodes(struct request *request, const struct network_state *state,
                       const struct chart *chart, struct view_network *view)
{
    struct arena *arena = request->arena;
    struct view_network_nodes *list =
        arena_many(arena, chart->node_count, struct view_network_nodes);
    size_t letters_shown = chart->node_count > 200 ? 10 : chart->node_count > 24 ? 16 : 26;
    for (size_t i = 0; i < chart->node_count; i++) {
        const struct chart_node *node = &chart->node[i];
        list[i] = (struct view_network_nodes){
            .x = network_x(node),
            .y = network_y(node, network_height(chart)),
            .scale = chart->node_count > 200 && !is_named(chart, node) ? 0.6 : 1,
            .kind = str_from(kind_name(node->kind)),
            .class = node_class(arena, node),
            .path = str_from(network_shape(node->kind)),
            .letter = str_from(network_letter(node->kind)),
            .title =
                is_named(chart, node) ? draw_excerpt(arena, node->title, letters_shown) : STR(""),
            .label = node_label(arena, node),
            .href = node->open ? url_to_id(arena, ROUTE_entity, node->entity)
                               : network_url(arena, ROUTE_network, state, node->entity),
            .text_y = 33};
    }
    view->nodes = list;
    view->nodes_count = chart->node_count;
}

bool network_is_suggested(const struct chart_edge *edge)
{
    return !edge->submissions && !edge->said.len;
}

/* "“Daz” uses “WK07 HJB”"; empty: nobody said anything. */
static struct str said_words(struct arena *arena, const struct chart *chart,
                             const struct chart_edge *edge)
{
    if (!edge->said.len) return STR("");
    const struct chart_node *from = &chart->node[edge->said_from];
    const struct chart_node *to = &chart->node[edge->said_from == edge->a ? edge->b : edge->a];
    return str_fmt(arena, "“%.*s” %.*s “%.*s”", STR_ARG(draw_excerpt(arena, from->title, 40)),
                   STR_ARG(edge->said), STR_ARG(draw_excerpt(arena, to->title, 40)));
}

struct str network_edge_what(struct arena *arena, const struct chart *chart,
                             const struct chart_edge *edge)
{
    if (network_is_suggested(edge))
        return str_fmt(arena, "May be the same: %s", link_weight_word(edge->bits));
    struct str said = said_words(arena, chart, edge);
    if (!edge->submissions) return said;
    return said.len ? str_fmt(arena, "%.*s. Named together", STR_ARG(said)) : STR("Named together");
}

struct str network_edge_words(struct arena *arena, const struct chart *chart,
                              const struct chart_edge *edge)
{
    struct str what = network_edge_what(arena, chart, edge);
    if (network_is_suggested(edge)) return str_fmt(arena, "%.*s. See why", STR_ARG(what));
    if (!edge->submissions) return what;
    return str_fmt(arena, "%.*s in %.*s, by %.*s, since %.*s", STR_ARG(what),
                   STR_ARG(counted(arena, edge->submissions, "submission", "submissions")),
                   STR_ARG(counted(arena, edge->origins, "origin", "independent origins")),
                   STR_ARG(network_day(arena, edge->known[0])));
}

static void draw_edges(struct request *request, const struct chart *chart,
                       struct view_network *view)
{
    struct arena *arena = request->arena;
    struct view_network_edges *list =
        arena_many(arena, chart->edge_count, struct view_network_edges);
    double height = network_height(chart);
    for (size_t i = 0; i < chart->edge_count; i++) {
        const struct chart_edge *edge = &chart->edge[i];
        const struct chart_node *a = &chart->node[edge->a];
        const struct chart_node *b = &chart->node[edge->b];
        int strength = edge->origins > 3 ? 3 : (int)edge->origins;
        struct view_network_edges line = {.x1 = network_x(a),
                                          .y1 = network_y(a, height),
                                          .x2 = network_x(b),
                                          .y2 = network_y(b, height),
                                          .label = network_edge_words(arena, chart, edge),
                                          .suggested = network_is_suggested(edge),
                                          .strength = (int64_t)edge->origins,
                                          .several = edge->origins > 1};
        line.class = line.suggested ? STR("pendeen-edge pendeen-edge--suggested")
                                    : str_fmt(arena, "pendeen-edge pendeen-edge--%d%s%s",
                                              strength ? strength : 1,
                                              edge->on_path ? " pendeen-edge--way" : "",
                                              edge->said.len ? " pendeen-edge--said" : "");
        line.mx = (line.x1 + line.x2) / 2;
        line.my = (line.y1 + line.y2) / 2 + 4;
        if (line.suggested) line.pair = url_to_ids(arena, ROUTE_pair, edge->mention, edge->other);
        list[i] = line;
    }
    view->edges = list;
    view->edges_count = chart->edge_count;
    view->width = CHART_WIDTH;
    view->height = (int64_t)height;
}

/* --- in words -------------------------------------------------------------------------------- */

static int compare_brokers(const void *a, const void *b)
{
    const struct chart_node *left = *(const struct chart_node *const *)a;
    const struct chart_node *right = *(const struct chart_node *const *)b;
    if (left->between != right->between) return left->between < right->between ? 1 : -1;
    return (left->entity > right->entity) - (left->entity < right->entity);
}

/* Who stands between, in a sentence each: at most three, and none that one started from. */
static void tell_brokers(struct request *request, const struct chart *chart,
                         struct view_network *view)
{
    enum { TOLD = 3 };
    struct arena *arena = request->arena;
    const struct chart_node **broker =
        arena_many(arena, chart->node_count, const struct chart_node *);
    size_t count = 0;
    for (size_t i = 0; i < chart->node_count; i++)
        if (chart->node[i].broker && !chart->node[i].seed) broker[count++] = &chart->node[i];
    if (count) qsort(broker, count, sizeof *broker, compare_brokers);
    struct view_network_brokers *list = arena_many(arena, TOLD, struct view_network_brokers);
    for (size_t i = 0; i < count && i < TOLD; i++)
        list[view->brokers_count++] = (struct view_network_brokers){
            .text = str_fmt(
                arena,
                "“%.*s” stands between: without it, some of these would not be connected here",
                STR_ARG(draw_excerpt(arena, broker[i]->title, 60))),
            .href = url_to_id(arena, ROUTE_entity, broker[i]->entity)};
    view->brokers = list;
}

static void tell_groups(struct arena *arena, const struct chart *chart, struct view_network *view)
{
    view->counts = str_fmt(arena, "%.*s and %.*s between them.",
                           STR_ARG(counted(arena, chart->node_count, "person or thing is shown",
                                           "people and things are shown")),
                           STR_ARG(counted(arena, chart->edge_count, "line", "lines")));
    if (chart->group_count < 2) return;
    size_t size[CHART_GROUPS_MAX] = {0};
    for (size_t i = 0; i < chart->node_count; i++)
        if (chart->node[i].group >= 0) size[chart->node[i].group]++;
    view->groups = str_fmt(arena,
                           "They fall into %zu groups, within which more is named together than "
                           "between them; the largest has %zu.",
                           chart->group_count, size[0]);
}

static const struct chart_edge *edge_of(const struct chart *chart, size_t a, size_t b)
{
    for (size_t i = 0; i < chart->edge_count; i++)
        if ((chart->edge[i].a == a && chart->edge[i].b == b) ||
            (chart->edge[i].a == b && chart->edge[i].b == a))
            return &chart->edge[i];
    return NULL;
}

/* The steps of the shortest way.  Its nodes are in order, but for the second seed, its end. */
static void tell_way(struct request *request, const struct network_state *state,
                     const struct chart *chart, struct view_network *view)
{
    struct arena *arena = request->arena;
    view->no_way = state->ask.path && !chart->steps;
    if (!state->ask.path || !chart->steps) return;
    size_t order[CHART_WAY_MAX];
    size_t count = 0;
    for (size_t i = 0; i < chart->node_count && count < CHART_WAY_MAX; i++)
        if (chart->node[i].on_path && i != 1) order[count++] = i;
    if (count < CHART_WAY_MAX) order[count++] = 1;
    struct view_network_way *list = arena_many(arena, count, struct view_network_way);
    for (size_t i = 0; i + 1 < count; i++) {
        const struct chart_edge *edge = edge_of(chart, order[i], order[i + 1]);
        if (!edge || !edge->submissions) continue;
        list[view->way_count++] = (struct view_network_way){
            .from = draw_excerpt(arena, chart->node[order[i]].title, 80),
            .from_href = url_to_id(arena, ROUTE_entity, chart->node[order[i]].entity),
            .to = draw_excerpt(arena, chart->node[order[i + 1]].title, 80),
            .to_href = url_to_id(arena, ROUTE_entity, chart->node[order[i + 1]].entity),
            .text =
                str_fmt(arena, "were named together in %.*s, by %.*s.",
                        STR_ARG(counted(arena, edge->submissions, "submission", "submissions")),
                        STR_ARG(counted(arena, edge->origins, "origin", "independent origins")))};
    }
    view->way = list;
    view->way_cut = view->way_count < chart->steps;
    view->way_title =
        str_fmt(arena, "Connected by %.*s", STR_ARG(counted(arena, chart->steps, "step", "steps")));
}

static void tell_folded(struct request *request, const struct chart *chart,
                        struct view_network *view)
{
    struct arena *arena = request->arena;
    struct view_network_folded *list =
        arena_many(arena, chart->node_count, struct view_network_folded);
    for (size_t i = 0; i < chart->node_count; i++)
        if (chart->node[i].folded)
            list[view->folded_count++] = (struct view_network_folded){
                .title = draw_excerpt(arena, chart->node[i].title, 80),
                .count = (int64_t)chart->node[i].folded,
                .href = url_to_id(arena, ROUTE_entity, chart->node[i].entity)};
    view->folded = list;
}

/* --- the same as tables ---------------------------------------------------------------------- */

static struct str node_note(const struct chart_node *node)
{
    if (node->seed) return STR("Started from here");
    if (node->on_path) return STR("On the way");
    return node->broker ? STR("Connects others") : STR("");
}

static void list_nodes(struct request *request, const struct network_state *state,
                       const struct chart *chart, struct view_network *view)
{
    struct arena *arena = request->arena;
    struct view_network_list *list = arena_many(arena, chart->node_count, struct view_network_list);
    struct view_network_choices *choices =
        arena_many(arena, chart->node_count, struct view_network_choices);
    size_t second = state->ask.path || chart->node_count < 2 ? 1 : chart->node_count - 1;
    for (size_t i = 0; i < chart->node_count; i++) {
        const struct chart_node *node = &chart->node[i];
        struct str title = draw_excerpt(arena, node->title, 90);
        list[i] = (struct view_network_list){
            .kind = str_from(kind_name(node->kind)),
            .kind_label = draw_kind_label(node->kind),
            .title = title,
            .record = url_to_id(arena, ROUTE_entity, node->entity),
            .grow = network_url(arena, ROUTE_network, state, node->entity),
            .open = node->open,
            .submissions = (int64_t)node->submissions,
            .group = node->group >= 0 ? str_fmt(arena, "%d", node->group + 1) : STR("–"),
            .note = node_note(node),
            .since = network_day(arena, node->known),
            .sort = str_fmt(arena, "%lld", (long long)node->known)};
        choices[i] = (struct view_network_choices){
            .value = node->entity,
            .label =
                str_fmt(arena, "%.*s: %.*s", STR_ARG(draw_kind_label(node->kind)), STR_ARG(title)),
            .first = i == 0,
            .second = i == second};
    }
    view->list = list;
    view->choices = choices;
    view->list_count = view->choices_count = chart->node_count;
    view->can_find_way = chart->node_count > 1;
}

static void list_lines(struct request *request, const struct chart *chart,
                       struct view_network *view)
{
    struct arena *arena = request->arena;
    struct view_network_lines *list =
        arena_many(arena, chart->edge_count, struct view_network_lines);
    for (size_t i = 0; i < chart->edge_count; i++) {
        const struct chart_edge *edge = &chart->edge[i];
        list[i] = (struct view_network_lines){
            .from = draw_excerpt(arena, chart->node[edge->a].title, 60),
            .to = draw_excerpt(arena, chart->node[edge->b].title, 60),
            .suggested = network_is_suggested(edge),
            .what = network_edge_what(arena, chart, edge),
            .origins = (int64_t)edge->origins,
            .submissions = (int64_t)edge->submissions,
            .since = edge->submissions ? network_day(arena, edge->known[0]) : STR("–"),
            .sort = str_fmt(arena, "%lld", edge->submissions ? (long long)edge->known[0] : 0LL)};
        if (list[i].suggested)
            list[i].pair = url_to_ids(arena, ROUTE_pair, edge->mention, edge->other);
    }
    view->lines = list;
    view->lines_count = chart->edge_count;
}

static void draw_kinds(struct arena *arena, const struct network_state *state,
                       struct view_network *view)
{
    struct view_network_kinds *list = arena_many(arena, LINK_KINDS, struct view_network_kinds);
    for (int i = 0; i < LINK_KINDS; i++)
        list[i] = (struct view_network_kinds){.name = str_from(kind_name((enum link_kind)i)),
                                              .label = draw_kinds_label((enum link_kind)i),
                                              .shown = !(state->ask.hidden >> i & 1)};
    view->kinds = list;
    view->kinds_count = LINK_KINDS;
}

/* --- for the script --------------------------------------------------------------------------- */

static json_t *text(struct str s)
{
    return json_stringn(s.ptr ? s.ptr : "", s.len);
}

/* What is not so is left out: a crowd is 500 of these. */
static void flag(json_t *object, const char *name, bool so)
{
    if (so) json_object_set_new(object, name, json_true());
}

static json_t *node_as_json(struct arena *arena, const struct chart *chart,
                            const struct chart_node *node)
{
    json_t *made =
        json_pack("{s:I, s:s, s:s, s:o, s:f, s:f, s:I, s:o}", "id", (json_int_t)node->entity,
                  "kind", kind_name(node->kind), "letter", network_letter(node->kind), "title",
                  text(draw_excerpt(arena, node->title, 60)), "x", network_x(node), "y",
                  network_y(node, network_height(chart)), "known", (json_int_t)node->known,
                  "record", text(url_to_id(arena, ROUTE_entity, node->entity).s));
    flag(made, "seed", node->seed);
    flag(made, "open", node->open);
    flag(made, "way", node->on_path);
    flag(made, "broker", node->broker);
    if (node->folded) json_object_set_new(made, "folded", json_integer((json_int_t)node->folded));
    return made;
}

static json_t *edge_as_json(struct arena *arena, const struct chart *chart,
                            const struct chart_edge *edge)
{
    json_t *known = json_array();
    for (size_t i = 0; i < edge->submissions; i++)
        json_array_append_new(known, json_integer(edge->known[i]));
    json_t *made =
        json_pack("{s:I, s:I, s:i, s:o, s:o}", "a", (json_int_t)chart->node[edge->a].entity, "b",
                  (json_int_t)chart->node[edge->b].entity, "origins", (int)edge->origins, "label",
                  text(network_edge_words(arena, chart, edge)), "known", known);
    flag(made, "way", edge->on_path);
    flag(made, "said", edge->said.len > 0);
    if (network_is_suggested(edge))
        json_object_set_new(made, "pair",
                            text(url_to_ids(arena, ROUTE_pair, edge->mention, edge->other).s));
    return made;
}

/* The whole chart, within its page: made once, and looked at once. */
static struct str chart_as_json(struct arena *arena, const struct network_state *state,
                                const struct chart *chart)
{
    json_t *nodes = json_array();
    json_t *edges = json_array();
    for (size_t i = 0; i < chart->node_count; i++)
        json_array_append_new(nodes, node_as_json(arena, chart, &chart->node[i]));
    for (size_t i = 0; i < chart->edge_count; i++)
        json_array_append_new(edges, edge_as_json(arena, chart, &chart->edge[i]));
    json_t *all =
        json_pack("{s:o, s:o, s:I, s:I, s:i, s:f, s:o, s:b}", "nodes", nodes, "edges", edges,
                  "first", (json_int_t)chart->first, "last", (json_int_t)chart->last, "width",
                  (int)CHART_WIDTH, "height", network_height(chart), "page",
                  text(network_url(arena, ROUTE_network, state, 0).s), "full",
                  state->ask.open_count == CHART_ASKED_MAX);
    char *written = all ? json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(5)) : NULL;
    struct str made = written ? str_dup(arena, str_from(written)) : STR("");
    free(written);
    json_decref(all);
    return made;
}

void network_draw(struct request *request, struct response *response, struct str problem)
{
    struct arena *arena = request->arena;
    struct network_state state = network_state_of(request);
    struct chart chart;
    struct err err = {0};
    if (network_chart(request, &state, AUDIT_CONSULTATION, "network read", &chart, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct network_state begin = state;
    begin.ask.open_count = 0;
    struct view_network view = {
        .title = state.ask.path ? STR("How are these connected?")
                                : str_fmt(arena, "Network of %.*s",
                                          STR_ARG(draw_excerpt(arena, chart.node[0].title, 80))),
        .truncated = chart.truncated,
        .newest = chart.newest,
        .from = network_ids(arena, state.ask.seed, state.ask.path ? 1 : state.ask.seed_count),
        .to = state.to ? network_ids(arena, &state.to, 1) : STR(""),
        .open = network_ids(arena, state.ask.open, state.ask.open_count),
        .until = state.until,
        .until_words = state.ask.until ? network_day(arena, state.ask.until) : STR(""),
        .problem = state.problem,
        .here = url_to(ROUTE_network),
        .way_action = url_to(ROUTE_network),
        .chart = chart_as_json(arena, &state, &chart),
        .script = html_url_constant(ASSET_NETWORK),
        .svg = network_url(arena, ROUTE_network_svg, &state, 0),
        .graphml = network_url(arena, ROUTE_network_graphml, &state, 0),
        .csv = network_url(arena, ROUTE_network_csv, &state, 0),
        .lines_csv = network_url(arena, ROUTE_network_lines, &state, 0),
        .undo = network_url(arena, ROUTE_network, &begin, 0),
        .save = url_to(ROUTE_network_view_save),
        .views = url_to(ROUTE_network_views),
        .csrf = request->csrf,
        .save_problem = problem,
        .name = problem.len ? form_value(request, "name") : STR(""),
        .shared = problem.len && form_has(request, "shared"),
        .at = html_url_fragment(arena, problem.len ? STR("view-name") : STR("until")),
        .chosen = state.chosen,
        .timeline =
            url_with(arena, network_url(arena, ROUTE_timeline, &state, 0), "of", STR("network")),
        .grown = state.ask.open_count > 0,
        .find = url_with(arena, url_to(ROUTE_search), "way", network_ids(arena, state.ask.seed, 1)),
        .suggestions = state.ask.suggestions};
    tell_groups(arena, &chart, &view);
    tell_brokers(request, &chart, &view);
    tell_way(request, &state, &chart, &view);
    tell_folded(request, &chart, &view);
    draw_nodes(request, &state, &chart, &view);
    draw_edges(request, &chart, &view);
    list_nodes(request, &state, &chart, &view);
    list_lines(request, &chart, &view);
    draw_kinds(arena, &state, &view);
    if (problem.len) response->status = 400;
    view.any_problem = problem.len ? problem : state.problem;
    PAGE(request, response, "Network chart", view_network, &view);
}

void page_network(struct request *request, struct response *response)
{
    network_draw(request, response, STR(""));
}
