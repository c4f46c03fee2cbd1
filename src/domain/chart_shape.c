/*
 * Where everything in a chart stands, which groups there are, and who stands between:
 * by igraph.
 */
#include "domain/chart.h"

#include <igraph/igraph.h>
#include <math.h>
#include <pthread.h>

enum { SPRING_FROM = 120, ROUNDS = 200 };

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
    bool made = igraph_create(&shape->graph, &ends, (igraph_integer_t)chart->node_count, false) == IGRAPH_SUCCESS;
    igraph_vector_int_destroy(&ends);
    if (!made) return false;
    if (igraph_vector_init(&shape->strength, (igraph_integer_t)chart->edge_count)) {
        igraph_destroy(&shape->graph);
        return false;
    }
    /* A suggestion holds together less than a fact; more origins, more. */
    for (size_t i = 0; i < chart->edge_count; i++)
        VECTOR(shape->strength)[i] = chart->edge[i].submissions ? (double)chart->edge[i].origins : 0.3;
    return true;
}

/* Into 0 to 1 both ways. */
static void keep_places(struct chart *chart, const igraph_matrix_t *place)
{
    double low[2] = {INFINITY, INFINITY};
    double high[2] = {-INFINITY, -INFINITY};
    for (size_t i = 0; i < chart->node_count; i++) {
        for (int axis = 0; axis < 2; axis++) {
            low[axis] = fmin(low[axis], MATRIX(*place, i, axis));
            high[axis] = fmax(high[axis], MATRIX(*place, i, axis));
        }
    }
    for (size_t i = 0; i < chart->node_count; i++) {
        double at[2];
        for (int axis = 0; axis < 2; axis++) {
            double span = high[axis] - low[axis];
            at[axis] = span > 1e-9 ? (MATRIX(*place, i, axis) - low[axis]) / span : 0.5;
        }
        chart->node[i].x = at[0];
        chart->node[i].y = at[1];
    }
}

static bool place_nodes(struct shape *shape)
{
    struct chart *chart = shape->chart;
    igraph_integer_t count = (igraph_integer_t)chart->node_count;
    igraph_matrix_t place;
    if (igraph_matrix_init(&place, count, 2)) return false;
    /* From a circle, so that it comes out the same each time. */
    bool good = igraph_layout_circle(&shape->graph, &place, igraph_vss_all()) == IGRAPH_SUCCESS;
    if (good && count < SPRING_FROM)
        good = igraph_layout_kamada_kawai(&shape->graph, &place, true, 10 * count, 0, (double)count, NULL, NULL, NULL,
                                          NULL, NULL) == IGRAPH_SUCCESS;
    else if (good)
        good = igraph_layout_fruchterman_reingold(&shape->graph, &place, true, ROUNDS, sqrt((double)count),
                                                  IGRAPH_LAYOUT_NOGRID, NULL, NULL, NULL, NULL,
                                                  NULL) == IGRAPH_SUCCESS;
    if (good) keep_places(chart, &place);
    igraph_matrix_destroy(&place);
    return good;
}

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
    for (size_t i = 0; i < chart->node_count; i++) {
        int group = rank[VECTOR(*member)[i]];
        chart->node[i].group = group >= CHART_GROUPS_MAX ? CHART_GROUPS_MAX - 1 : group;
    }
    if (chart->group_count > CHART_GROUPS_MAX) chart->group_count = CHART_GROUPS_MAX;
}

static bool find_groups(struct shape *shape)
{
    igraph_vector_int_t member;
    if (igraph_vector_int_init(&member, 0)) return false;
    igraph_rng_seed(igraph_rng_default(), 20141); /* any, always the same */
    bool good = igraph_community_multilevel(&shape->graph, &shape->strength, 1, &member, NULL, NULL) ==
                IGRAPH_SUCCESS;
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
    bool good = igraph_betweenness(&shape->graph, &between, igraph_vss_all(), false, NULL) == IGRAPH_SUCCESS &&
                igraph_articulation_points(&shape->graph, &cut) == IGRAPH_SUCCESS;
    double pairs = ((double)chart->node_count - 1) * ((double)chart->node_count - 2) / 2;
    for (size_t i = 0; good && i < chart->node_count; i++) chart->node[i].between = VECTOR(between)[i] / pairs;
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
