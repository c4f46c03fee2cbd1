/*
 * A network chart to take along: as a picture (SVG), a graph (GraphML,
 * http://graphml.graphdrawing.org) and two tables (CSV).
 */
#include "base/csv.h"
#include "views.h"
#include "web/draw.h"
#include "web/network.h"
#include "web/pages.h"

/* False: the answer says why there is none. */
static bool read_chart(struct request *request, struct response *response, struct chart *ret)
{
    struct network_state state = network_state_of(request);
    struct err err = {0};
    if (network_chart(request, &state, AUDIT_DISCLOSURE, "network exported", ret, &err) == ST_OK)
        return true;
    respond_error(request, response, &err);
    return false;
}

static struct str day_of(struct arena *arena, instant_ms instant)
{
    return instant ? date_iso(arena, clock_london(instant).date) : STR("");
}

/* --- the picture ------------------------------------------------------------------------------ */

void page_network_svg(struct request *request, struct response *response)
{
    /* As assets/pendeen.css has them: a picture that stands alone has no style sheet. */
    static const char *const colours[LINK_KINDS] = {"#5a2a82", "#005ea5", "#00703c", "#a33b00",
                                                    "#7a4a00"};
    struct arena *arena = request->arena;
    struct chart chart;
    if (!read_chart(request, response, &chart)) return;
    double height = network_height(&chart);
    struct view_network_picture_nodes *nodes =
        arena_many(arena, chart.node_count, struct view_network_picture_nodes);
    struct view_network_picture_edges *edges =
        arena_many(arena, chart.edge_count, struct view_network_picture_edges);
    for (size_t i = 0; i < chart.node_count; i++) {
        const struct chart_node *node = &chart.node[i];
        nodes[i] = (struct view_network_picture_nodes){
            .x = network_x(node),
            .y = network_y(node, height),
            .path = str_from(network_shape(node->kind)),
            .colour = str_from(colours[node->kind]),
            .letter = str_from(network_letter(node->kind)),
            .title = draw_excerpt(arena, node->title, 26),
            .label = str_fmt(arena, "%.*s: %.*s", STR_ARG(draw_kind_label(node->kind)),
                             STR_ARG(node->title))};
    }
    for (size_t i = 0; i < chart.edge_count; i++) {
        const struct chart_edge *edge = &chart.edge[i];
        edges[i] = (struct view_network_picture_edges){
            .x1 = network_x(&chart.node[edge->a]),
            .y1 = network_y(&chart.node[edge->a], height),
            .x2 = network_x(&chart.node[edge->b]),
            .y2 = network_y(&chart.node[edge->b], height),
            .colour = edge->on_path ? STR("#d4351c") : STR("#505a5f"),
            .width = edge->origins > 3 ? 6 : edge->origins ? 2 * (int64_t)edge->origins : 2,
            .dashes = network_is_suggested(edge) ? STR("6 5") : STR("none"),
            .label = network_edge_words(arena, &chart, edge)};
    }
    struct view_network_picture view = {
        .title = str_fmt(arena, "Network of %.*s, for %.*s",
                         STR_ARG(draw_excerpt(arena, chart.node[0].title, 80)),
                         STR_ARG(request->who.name)),
        .width = CHART_WIDTH,
        .height = (int64_t)height,
        .nodes = nodes,
        .nodes_count = chart.node_count,
        .edges = edges,
        .edges_count = chart.edge_count};
    view_network_picture(&response->body, &view);
    response->content_type = "image/svg+xml; charset=utf-8";
    response->file_name = STR("pendeen-network.svg");
}

/* --- the graph -------------------------------------------------------------------------------- */

static void add_datum(struct buf *out, const char *key, struct str value)
{
    buf_add_c(out, "<data key=\"");
    buf_add_c(out, key);
    buf_add_c(out, "\">");
    html_text(out, value);
    buf_add_c(out, "</data>");
}

static void add_count(struct arena *arena, struct buf *out, const char *key, size_t count)
{
    add_datum(out, key, str_fmt(arena, "%zu", count));
}

static void add_node(struct arena *arena, struct buf *out, const struct chart_node *node)
{
    buf_add(out, str_fmt(arena, "<node id=\"n%lld\">", (long long)node->entity));
    add_datum(out, "kind", str_from(kind_name(node->kind)));
    add_datum(out, "title", node->title);
    add_count(arena, out, "named", node->submissions);
    add_datum(out, "group", str_fmt(arena, "%d", node->group + 1));
    add_datum(out, "between", str_fmt(arena, "%.4f", node->between));
    add_datum(out, "since", day_of(arena, node->known));
    buf_add_c(out, "</node>\n");
}

static void add_line(struct arena *arena, struct buf *out, const struct chart *chart,
                     const struct chart_edge *edge)
{
    buf_add(out, str_fmt(arena, "<edge source=\"n%lld\" target=\"n%lld\">",
                         (long long)chart->node[edge->a].entity,
                         (long long)chart->node[edge->b].entity));
    add_datum(out, "what",
              network_is_suggested(edge) ? STR("suggested")
                                         : network_edge_what(arena, chart, edge));
    add_count(arena, out, "origins", edge->origins);
    add_count(arena, out, "submissions", edge->submissions);
    add_datum(out, "first", edge->submissions ? day_of(arena, edge->known[0]) : STR(""));
    buf_add_c(out, "</edge>\n");
}

void page_network_graphml(struct request *request, struct response *response)
{
    static const char head[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
        "<key id=\"kind\" for=\"node\" attr.name=\"kind\" attr.type=\"string\"/>\n"
        "<key id=\"title\" for=\"node\" attr.name=\"title\" attr.type=\"string\"/>\n"
        "<key id=\"named\" for=\"node\" attr.name=\"submissions\" attr.type=\"int\"/>\n"
        "<key id=\"group\" for=\"node\" attr.name=\"group\" attr.type=\"int\"/>\n"
        "<key id=\"between\" for=\"node\" attr.name=\"betweenness\" attr.type=\"double\"/>\n"
        "<key id=\"since\" for=\"node\" attr.name=\"known since\" attr.type=\"string\"/>\n"
        "<key id=\"what\" for=\"edge\" attr.name=\"what\" attr.type=\"string\"/>\n"
        "<key id=\"origins\" for=\"edge\" attr.name=\"independent origins\" attr.type=\"int\"/>\n"
        "<key id=\"submissions\" for=\"edge\" attr.name=\"submissions\" attr.type=\"int\"/>\n"
        "<key id=\"first\" for=\"edge\" attr.name=\"known since\" attr.type=\"string\"/>\n"
        "<graph id=\"network\" edgedefault=\"undirected\">\n";
    struct chart chart;
    if (!read_chart(request, response, &chart)) return;
    struct buf *out = &response->body;
    buf_add_c(out, head);
    for (size_t i = 0; i < chart.node_count; i++) add_node(request->arena, out, &chart.node[i]);
    for (size_t i = 0; i < chart.edge_count; i++)
        add_line(request->arena, out, &chart, &chart.edge[i]);
    buf_add_c(out, "</graph>\n</graphml>\n");
    response->content_type = "application/graphml+xml; charset=utf-8";
    response->file_name = STR("pendeen-network.graphml");
}

/* --- the tables ------------------------------------------------------------------------------- */

static void add_number(struct arena *arena, struct buf *out, size_t number)
{
    csv_add_cell(out, str_fmt(arena, "%zu", number), false, true);
}

static void add_heads(struct buf *out, const char *const *heads, size_t count)
{
    for (size_t i = 0; i < count; i++) csv_add_cell(out, str_from(heads[i]), i == 0, false);
    csv_add_end(out);
}

void page_network_csv(struct request *request, struct response *response)
{
    static const char *const heads[] = {"Kind", "Which", "Submissions", "Group", "Known since"};
    struct arena *arena = request->arena;
    struct chart chart;
    if (!read_chart(request, response, &chart)) return;
    struct buf *out = &response->body;
    add_heads(out, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < chart.node_count; i++) {
        const struct chart_node *node = &chart.node[i];
        csv_add_cell(out, draw_kind_label(node->kind), true, true);
        csv_add_cell(out, node->title, false, true);
        add_number(arena, out, node->submissions);
        csv_add_cell(out, node->group < 0 ? STR("") : str_fmt(arena, "%d", node->group + 1), false,
                     true);
        csv_add_cell(out, day_of(arena, node->known), false, true);
        csv_add_end(out);
    }
    response->content_type = "text/csv; charset=utf-8";
    response->file_name = STR("pendeen-network-entities.csv");
}

void page_network_lines(struct request *request, struct response *response)
{
    static const char *const heads[] = {"Between",     "And",        "What", "Independent origins",
                                        "Submissions", "Known since"};
    struct arena *arena = request->arena;
    struct chart chart;
    if (!read_chart(request, response, &chart)) return;
    struct buf *out = &response->body;
    add_heads(out, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < chart.edge_count; i++) {
        const struct chart_edge *edge = &chart.edge[i];
        csv_add_cell(out, chart.node[edge->a].title, true, true);
        csv_add_cell(out, chart.node[edge->b].title, false, true);
        csv_add_cell(out,
                     network_is_suggested(edge) ? STR("Suggested: may be the same")
                                                : network_edge_what(arena, &chart, edge),
                     false, true);
        add_number(arena, out, edge->origins);
        add_number(arena, out, edge->submissions);
        csv_add_cell(out, edge->submissions ? day_of(arena, edge->known[0]) : STR(""), false, true);
        csv_add_end(out);
    }
    response->content_type = "text/csv; charset=utf-8";
    response->file_name = STR("pendeen-network-lines.csv");
}
