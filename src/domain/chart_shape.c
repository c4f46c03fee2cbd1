/*
 * Where everything in a chart stands, which groups there are, and who stands between:
 * by igraph.
 */
#include "domain/chart.h"

#include <igraph/igraph.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

enum { SPRING_FROM = 120, ROUNDS = 200, MANY = 250 };

/* igraph's generator of random numbers is one for the whole program. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

struct shape {
    struct chart *chart;
    igraph_t graph;
    igraph_vector_t strength; /* of each line, in the order of chart->edge */
};

static bool make_graph(struct shape *shape)
{
    struct chart *chart = shape->chart;
    igraph_vector_int_t ends;
    if (igraph_vector_int_init(&ends, 2 * (igraph_integer_t)chart->edge_count)) return false;
    for (size_t i = 0; i < chart->edge_count; i++) {
        VECTOR(ends)[2 * i] = (igraph_integer_t)chart->edge[i].a;
        VECTOR(ends)[2 * i + 1] = (igraph_integer_t)chart->edge[i].b;
    }
    bool made = igraph_create(&shape->graph, &ends, (igraph_integer_t)chart->node_count, false) ==
                IGRAPH_SUCCESS;
    igraph_vector_int_destroy(&ends);
    if (!made) return false;
    if (igraph_vector_init(&shape->strength, (igraph_integer_t)chart->edge_count)) {
        igraph_destroy(&shape->graph);
        return false;
    }
    /* A suggestion holds together less than a fact; more origins, more. */
    for (size_t i = 0; i < chart->edge_count; i++)
        VECTOR(shape->strength)
        [i] = chart->edge[i].submissions ? (double)chart->edge[i].origins : 0.3;
    return true;
}

/* --- where they stand ------------------------------------------------------------------------ */

/* What is connected; laid out by itself, then put beside the others. */
struct part {
    size_t *node; /* rising */
    size_t count;
    double side; /* of its square; the unit is the room of one node */
    double x;
    double y;
};

/* Into 0 to 1 both ways. */
static void keep_places(struct chart *chart, const struct part *part, const igraph_matrix_t *place)
{
    for (int axis = 0; axis < 2; axis++) {
        double low = INFINITY;
        double high = -INFINITY;
        for (size_t i = 0; i < part->count; i++) {
            low = fmin(low, MATRIX(*place, i, axis));
            high = fmax(high, MATRIX(*place, i, axis));
        }
        for (size_t i = 0; i < part->count; i++) {
            double at = high - low > 1e-9 ? (MATRIX(*place, i, axis) - low) / (high - low) : 0.5;
            *(axis ? &chart->node[part->node[i]].y : &chart->node[part->node[i]].x) = at;
        }
    }
}

static bool lay_out(struct chart *chart, const struct part *part, const igraph_t *graph)
{
    igraph_integer_t count = (igraph_integer_t)part->count;
    /* each costs the square of their number */
    igraph_integer_t rounds = count < MANY ? ROUNDS : ROUNDS / 2;
    igraph_matrix_t place;
    if (igraph_matrix_init(&place, count, 2)) return false;
    /* From a circle, so that it comes out the same each time. */
    bool good = igraph_layout_circle(graph, &place, igraph_vss_all()) == IGRAPH_SUCCESS;
    if (good && count < SPRING_FROM)
        good = igraph_layout_kamada_kawai(graph, &place, true, 10 * count, 0, (double)count, NULL,
                                          NULL, NULL, NULL, NULL) == IGRAPH_SUCCESS;
    else if (good)
        good = igraph_layout_fruchterman_reingold(graph, &place, true, rounds, sqrt((double)count),
                                                  IGRAPH_LAYOUT_NOGRID, NULL, NULL, NULL, NULL,
                                                  NULL) == IGRAPH_SUCCESS;
    if (good) keep_places(chart, part, &place);
    igraph_matrix_destroy(&place);
    return good;
}

static bool place_part(struct chart *chart, const struct part *part)
{
    igraph_integer_t local[CHART_NODES_MAX];
    igraph_vector_int_t ends;
    igraph_t graph;
    if (part->count < 3) {
        for (size_t i = 0; i < part->count; i++) {
            chart->node[part->node[i]].x = part->count == 1 ? 0.5 : (double)i;
            chart->node[part->node[i]].y = 0.5;
        }
        return true;
    }
    for (size_t i = 0; i < chart->node_count; i++) local[i] = -1;
    for (size_t i = 0; i < part->count; i++) local[part->node[i]] = (igraph_integer_t)i;
    if (igraph_vector_int_init(&ends, 0)) return false;
    bool good = true;
    for (size_t i = 0; i < chart->edge_count && good; i++) {
        if (local[chart->edge[i].a] < 0) continue;
        good = igraph_vector_int_push_back(&ends, local[chart->edge[i].a]) == IGRAPH_SUCCESS &&
               igraph_vector_int_push_back(&ends, local[chart->edge[i].b]) == IGRAPH_SUCCESS;
    }
    good = good &&
           igraph_create(&graph, &ends, (igraph_integer_t)part->count, false) == IGRAPH_SUCCESS;
    igraph_vector_int_destroy(&ends);
    if (!good) return false;
    good = lay_out(chart, part, &graph);
    igraph_destroy(&graph);
    return good;
}

static int compare_parts(const void *a, const void *b)
{
    const struct part *left = a;
    const struct part *right = b;
    if (left->count != right->count) return left->count < right->count ? 1 : -1;
    return (left->node[0] > right->node[0]) - (left->node[0] < right->node[0]);
}

struct room {
    double width;
    double height;
};

/* Squares by falling size in rows that are at most so wide; where one is lower than its row, more
 * stand below it. */
static struct room fill_rows(struct part *part, size_t count, double most)
{
    struct room taken = {0, part[0].side};
    double x = 0;
    double y = 0;
    double column = part[0].side;
    double down = 0;
    for (size_t i = 0; i < count; i++) {
        if (y + down + part[i].side > taken.height + 1e-9) {
            x += column;
            down = 0;
            column = part[i].side;
        }
        if (x > 0 && x + part[i].side > most + 1e-9) {
            x = 0;
            y = taken.height;
            down = 0;
            column = part[i].side;
            taken.height += part[i].side;
        }
        part[i].x = x;
        part[i].y = y + down;
        down += part[i].side;
        taken.width = fmax(taken.width, x + part[i].side);
    }
    return taken;
}

/* Rows as long as leave the least empty in a picture that is somewhat wider than high. */
static void put_side_by_side(struct chart *chart, struct part *part, size_t count)
{
    enum { TRIES = 24 };
    static const double apart = 0.7;
    static const double wider = 1.4;
    double area = 0;
    double best = 0;
    double best_most = 0;
    for (size_t i = 0; i < count; i++) {
        /* Who stands alone has a name to be read. */
        part[i].side = part[i].count == 1 ? 2.4 : sqrt((double)part[i].count) + apart;
        area += part[i].side * part[i].side;
    }
    for (int i = 0; i < TRIES; i++) {
        double most = sqrt(area * wider) * (0.8 + 0.05 * i);
        struct room taken = fill_rows(part, count, most);
        double needed = fmax(taken.width / wider, taken.height);
        if (i > 0 && needed >= best - 1e-9) continue;
        best = needed;
        best_most = most;
    }
    struct room taken = fill_rows(part, count, best_most);
    double edge = count > 1 ? apart : 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < part[i].count; k++) {
            struct chart_node *node = &chart->node[part[i].node[k]];
            node->x = (part[i].x + edge / 2 + node->x * (part[i].side - edge)) / taken.width;
            node->y = (part[i].y + edge / 2 + node->y * (part[i].side - edge)) / taken.height;
        }
    }
}

/* Each node into its part; `order` holds what the parts point into. */
static void list_parts(const struct chart *chart, const igraph_vector_int_t *member,
                       struct part *part, size_t count, size_t *order)
{
    size_t from = 0;
    for (size_t i = 0; i < chart->node_count; i++) part[VECTOR(*member)[i]].count++;
    for (size_t i = 0; i < count; i++) {
        part[i].node = order + from;
        from += part[i].count;
        part[i].count = 0;
    }
    for (size_t i = 0; i < chart->node_count; i++) {
        struct part *one = &part[VECTOR(*member)[i]];
        one->node[one->count++] = i;
    }
}

static bool place_nodes(struct shape *shape)
{
    struct part part[CHART_NODES_MAX] = {{0}};
    size_t order[CHART_NODES_MAX];
    igraph_vector_int_t member;
    igraph_integer_t count = 0;
    if (igraph_vector_int_init(&member, 0)) return false;
    bool good = igraph_connected_components(&shape->graph, &member, NULL, &count, IGRAPH_WEAK) ==
                IGRAPH_SUCCESS;
    if (good) list_parts(shape->chart, &member, part, (size_t)count, order);
    igraph_vector_int_destroy(&member);
    for (size_t i = 0; good && i < (size_t)count; i++) good = place_part(shape->chart, &part[i]);
    if (!good) return false;
    qsort(part, (size_t)count, sizeof *part, compare_parts);
    put_side_by_side(shape->chart, part, (size_t)count);
    return true;
}

/* --- groups, and who stands between ----------------------------------------------------------- */

/* Groups by falling size; who is joined to nobody is in none. */
static void number_groups(struct chart *chart, const igraph_vector_int_t *member)
{
    int size[CHART_NODES_MAX] = {0};
    int rank[CHART_NODES_MAX];
    for (size_t i = 0; i < chart->node_count; i++) size[VECTOR(*member)[i]]++;
    for (size_t i = 0; i < chart->node_count; i++) rank[i] = -1;
    chart->group_count = 0;
    for (;;) {
        int best = -1;
        for (int i = 0; i < (int)chart->node_count; i++)
            if (rank[i] < 0 && size[i] > 1 && (best < 0 || size[i] > size[best])) best = i;
        if (best < 0) break;
        rank[best] = (int)chart->group_count++;
    }
    for (size_t i = 0; i < chart->node_count; i++) chart->node[i].group = rank[VECTOR(*member)[i]];
}

static bool find_groups(struct shape *shape)
{
    igraph_vector_int_t member;
    if (igraph_vector_int_init(&member, 0)) return false;
    igraph_rng_seed(igraph_rng_default(), 20141); /* any, always the same */
    bool good = igraph_community_multilevel(&shape->graph, &shape->strength, 1, &member, NULL,
                                            NULL) == IGRAPH_SUCCESS;
    if (good) number_groups(shape->chart, &member);
    igraph_vector_int_destroy(&member);
    return good;
}

static bool find_brokers(struct shape *shape)
{
    struct chart *chart = shape->chart;
    igraph_vector_t between;
    igraph_vector_int_t cut;
    if (igraph_vector_init(&between, 0)) return false;
    if (igraph_vector_int_init(&cut, 0)) {
        igraph_vector_destroy(&between);
        return false;
    }
    bool good = igraph_betweenness(&shape->graph, &between, igraph_vss_all(), false, NULL) ==
                    IGRAPH_SUCCESS &&
                igraph_articulation_points(&shape->graph, &cut) == IGRAPH_SUCCESS;
    double pairs = ((double)chart->node_count - 1) * ((double)chart->node_count - 2) / 2;
    for (size_t i = 0; good && i < chart->node_count; i++)
        chart->node[i].between = VECTOR(between)[i] / pairs;
    for (igraph_integer_t i = 0; good && i < igraph_vector_int_size(&cut); i++)
        chart->node[VECTOR(cut)[i]].broker = true;
    igraph_vector_destroy(&between);
    igraph_vector_int_destroy(&cut);
    return good;
}

enum st chart_shape(struct chart *chart, struct err *err)
{
    if (chart->node_count < 3) {
        for (size_t i = 0; i < chart->node_count; i++) {
            chart->node[i].x = chart->node_count == 1 ? 0.5 : (double)i;
            chart->node[i].y = 0.5;
            chart->node[i].group = chart->edge_count ? 0 : -1;
        }
        chart->group_count = chart->edge_count > 0;
        return ST_OK;
    }
    pthread_mutex_lock(&turn);
    igraph_set_error_handler(igraph_error_handler_ignore);
    igraph_set_warning_handler(igraph_warning_handler_ignore);
    struct shape shape = {.chart = chart};
    bool good = make_graph(&shape);
    if (good) {
        good = place_nodes(&shape) && find_groups(&shape) && find_brokers(&shape);
        igraph_vector_destroy(&shape.strength);
        igraph_destroy(&shape.graph);
    }
    pthread_mutex_unlock(&turn);
    return good ? ST_OK : err_set(err, ST_FAILED, "The chart could not be laid out.");
}
