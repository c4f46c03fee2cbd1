/* The network chart: what is drawn, how strong, since when, and what is folded away. */
#include "domain/chart.h"
#include "domain/chart_view.h"
#include "domain/corroborate.h"
#include "domain/decision.h"
#include "domain/entity_seen.h"

#include "partnership.h"

enum { TEACHER, NURSE, HOTELIER, ANALYST, PEOPLE };
static const struct cast cast[PEOPLE] = {
    {"Tamsin Hale", "Porth Academy", "education", ROLE_representative},
    {"Jory Penn", "Porth Surgery", "health", ROLE_representative},
    {"Elowen Rowse", "Harbour Lodge", "business", ROLE_representative},
    {"Kerensa Vane", "Analysis Team", "police", ROLE_analyst}};
static struct person person[PEOPLE];
static int shared;

static int start(void **state)
{
    (void)state;
    char folder[64];
    open_partnership(1u << 30, folder);
    add_people(cast, PEOPLE, person);
    return 0;
}

/* A report that names each of these people, by a telephone too when there is one. */
static int64_t report(int who, const char *narrative, instant_ms at, const char *const *name,
                      size_t count)
{
    struct mention_draft *mention = arena_many(&arena, count, struct mention_draft);
    for (size_t i = 0; i < count; i++) {
        bool phone = name[i][0] == '0';
        mention[i] = (struct mention_draft){
            .kind = phone ? LINK_PHONE : LINK_PERSON, .span_start = -1, .span_end = -1};
        mention[i].field[phone ? LINK_NUMBER : LINK_NAME] = str_from(name[i]);
    }
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "chart-%d", shared++),
                                     .narrative = str_from(narrative),
                                     .handling = STR("handling:P"),
                                     .mention = mention,
                                     .mention_count = count};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &person[who], &draft, 0, at, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}
#define REPORT(who, narrative, at, ...)                                                      \
    report(who, narrative, at, (const char *const[]){__VA_ARGS__},                           \
           sizeof (const char *const[]){__VA_ARGS__} / sizeof(const char *))

static int64_t mention_of(int64_t submission, size_t which)
{
    int64_t *ids = NULL;
    assert_true(entity_mentions_of(app.entities, &arena, submission, &ids) > which);
    return ids[which];
}

static struct chart read_chart(struct chart_ask ask)
{
    struct person asker = person[ANALYST];
    struct chart chart;
    struct err err = {0};
    if (chart_read(scope_of(&app, &arena, &asker), &arena, &ask, &chart, &err) != ST_OK)
        fail_msg("%s", err.public);
    return chart;
}

static struct chart chart_from(int64_t mention)
{
    return read_chart((struct chart_ask){.seed = {mention}, .seed_count = 1});
}

static const struct chart_node *node_called(const struct chart *chart, const char *title)
{
    for (size_t i = 0; i < chart->node_count; i++)
        if (str_eq(chart->node[i].title, str_from(title))) return &chart->node[i];
    return NULL;
}

static const struct chart_edge *edge_called(const struct chart *chart, const char *a, const char *b)
{
    const struct chart_node *left = node_called(chart, a);
    const struct chart_node *right = node_called(chart, b);
    for (size_t i = 0; left && right && i < chart->edge_count; i++) {
        const struct chart_node *one = &chart->node[chart->edge[i].a];
        const struct chart_node *other = &chart->node[chart->edge[i].b];
        if ((one == left && other == right) || (one == right && other == left))
            return &chart->edge[i];
    }
    return NULL;
}

static void strength_is_the_number_of_independent_origins(void **state)
{
    (void)state;
    instant_ms now = clock_now();
    static const char rumour[] =
        "They say that the two of them meet behind the arcade every Friday after dark.";
    int64_t first = REPORT(TEACHER, rumour, now - 3000, "07700 900201", "07700 900202");
    REPORT(NURSE, rumour, now - 2000, "07700 900201", "07700 900202");
    REPORT(HOTELIER, rumour, now - 1000, "07700 900201", "07700 900202");
    struct chart chart = chart_from(mention_of(first, 0));
    assert_int_equal(chart.node_count, 2);
    assert_int_equal(chart.edge_count, 1);
    assert_int_equal(chart.edge[0].submissions, 3);
    assert_int_equal(chart.edge[0].origins, 1); /* one rumour relayed by three */
    assert_true(chart.edge[0].known[0] == now - 3000);
    REPORT(ANALYST, "A call log came with the telephone that was handed in at the front desk.",
           now - 500, "07700 900201", "07700 900202");
    chart = chart_from(mention_of(first, 0));
    assert_int_equal(chart.edge[0].submissions, 4);
    assert_int_equal(chart.edge[0].origins, 2);
}

static void say_origins(int64_t submission, int64_t other, bool same)
{
    struct err err = {0};
    if (origin_say(&app, &person[ANALYST], submission, other, same, STR("So it is."), &err) !=
        ST_OK)
        fail_msg("%s", err.public);
}

static void what_analysts_say_of_origins_counts(void **state)
{
    (void)state;
    static const char seen[] = "The two of them came out of the arcade together at noon.";
    int64_t first = REPORT(TEACHER, seen, 0, "07700 900241", "07700 900242");
    int64_t second = REPORT(NURSE, "A patient had a card with both numbers on the back of it.", 0,
                            "07700 900241", "07700 900242");
    assert_int_equal(chart_from(mention_of(first, 0)).edge[0].origins, 2);
    say_origins(second, first, true);
    assert_int_equal(chart_from(mention_of(first, 0)).edge[0].origins, 1);
    say_origins(first, second, false);
    assert_int_equal(chart_from(mention_of(first, 0)).edge[0].origins, 2);
    int64_t third = REPORT(HOTELIER, seen, 0, "07700 900241", "07700 900242");
    assert_int_equal(chart_from(mention_of(first, 0)).edge[0].origins, 2);
    say_origins(first, third, false);
    assert_int_equal(chart_from(mention_of(first, 0)).edge[0].origins, 3);
}

static void a_chart_is_as_it_was_known_then(void **state)
{
    (void)state;
    instant_ms now = clock_now();
    instant_ms day = 86400000;
    int64_t first = REPORT(TEACHER, "One.", now - 30 * day, "07700 900211", "07700 900212");
    REPORT(NURSE, "Two.", now - 20 * day, "07700 900212", "07700 900213");
    struct chart_ask ask = {.seed = {mention_of(first, 1)}, .seed_count = 1};
    struct chart chart = read_chart(ask);
    assert_int_equal(chart.node_count, 3);
    assert_true(chart.first == now - 30 * day && chart.last == now - 20 * day);
    ask.until = now - 25 * day;
    chart = read_chart(ask);
    assert_int_equal(chart.node_count, 2);
    assert_null(node_called(&chart, "07700 900213"));
    ask.until = now - 40 * day;
    chart = read_chart(ask);
    assert_int_equal(chart.node_count, 1); /* where one started, and nothing known of it */
    assert_int_equal(chart.edge_count, 0);
    assert_int_equal(chart.node[0].submissions, 0);
}

/* Of what is named very often the newest count, of those that were known then. */
static void of_very_many_mentions_the_newest_count(void **state)
{
    (void)state;
    enum { OFTEN = 40, TIMES = 11 };
    const char *often[OFTEN];
    instant_ms now = clock_now();
    instant_ms day = 86400000;
    for (int i = 0; i < OFTEN; i++) often[i] = "07700 900251";
    int64_t first = REPORT(TEACHER, "Long ago.", now - 30 * day, "07700 900251", "07700 900252");
    for (int i = 0; i < TIMES; i++)
        report(NURSE, str_fmt(&arena, "Again, %d.", i).ptr, now - day, often, OFTEN);
    struct chart_ask ask = {.seed = {mention_of(first, 0)}, .seed_count = 1};
    struct chart chart = read_chart(ask);
    assert_true(chart.newest);
    assert_int_equal(node_called(&chart, "07700 900251")->submissions, 400 / OFTEN);
    ask.until = now - 20 * day;
    chart = read_chart(ask);
    assert_false(chart.newest);
    assert_int_equal(chart.node_count, 2);
    assert_int_equal(chart.edge_count, 1);
    assert_true(node_called(&chart, "07700 900251")->known == now - 30 * day);
}

/* "Yesterday" of a view that was saved is the day before it was saved. */
static void a_saved_view_ends_on_the_day_that_it_had(void **state)
{
    (void)state;
    static const char *const typed[][2] = {{"yesterday", "2026-12-02"},
                                           {"last week", "2026-11-29"},
                                           {"2/12/2026", "2026-12-02"},
                                           {"2026-12-01", "2026-12-01"},
                                           {"", ""}};
    instant_ms now = clock_from_london((struct civil){.date = {2026, 12, 3}, .hour = 12});
    int64_t first = REPORT(ANALYST, "One.", 1000, "07700 900221", "07700 900222");
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        struct chart_view view = {.name = STR("A view"),
                                  .ask = {.seed = {mention_of(first, 0)}, .seed_count = 1},
                                  .until = str_from(typed[i][0])};
        struct chart_view read;
        struct err err = {0};
        int64_t id = 0;
        clock_set(now);
        if (chart_view_save(&app, &person[ANALYST], &view, &id, &err) != ST_OK)
            fail_msg("%s", err.public);
        clock_set(now + (instant_ms)5 * 86400000);
        if (chart_view_read(&app, &arena, &person[ANALYST], id, &read, &err) != ST_OK)
            fail_msg("%s", err.public);
        if (!str_eq(read.until, str_from(typed[i][1])))
            fail_msg("'%s' is '%.*s'", typed[i][0], STR_ARG(read.until));
    }
    clock_set(0);
}

static void it_grows_by_what_is_opened(void **state)
{
    (void)state;
    int64_t first = REPORT(TEACHER, "One.", 0, "07700 900221", "07700 900222");
    int64_t second = REPORT(NURSE, "Two.", 0, "07700 900222", "07700 900223");
    struct chart_ask ask = {.seed = {mention_of(first, 0)}, .seed_count = 1};
    struct chart chart = read_chart(ask);
    assert_int_equal(chart.node_count, 2);
    assert_false(node_called(&chart, "07700 900222")->open);
    ask.open[0] = mention_of(second, 0);
    ask.open_count = 1;
    chart = read_chart(ask);
    assert_int_equal(chart.node_count, 3);
    assert_true(node_called(&chart, "07700 900222")->open);
    /* the only thing that joins the two */
    assert_true(node_called(&chart, "07700 900222")->broker);
    assert_false(node_called(&chart, "07700 900221")->broker);
    ask.hidden = 1u << LINK_PHONE;
    struct person asker = person[ANALYST];
    assert_int_equal(chart_read(scope_of(&app, &arena, &asker), &arena, &ask, &chart, NULL),
                     ST_NOT_FOUND);
}

static void what_does_not_fit_is_folded_and_counted(void **state)
{
    (void)state;
    int64_t first = 0;
    enum { NEIGHBOURS = CHART_EACH + 7 };
    for (int i = 0; i < NEIGHBOURS; i++) {
        struct str number = str_fmt(&arena, "07700 900%d", 300 + i);
        struct str words = str_fmt(&arena, "Neighbour %d.", i);
        int64_t id = REPORT(i % 2, words.ptr, 0, "07700 900231", number.ptr);
        if (!first) first = id;
        if (i == 4) REPORT(HOTELIER, "Again.", 0, "07700 900231", number.ptr);
    }
    struct chart chart = chart_from(mention_of(first, 0));
    assert_int_equal(chart.node_count, 1 + CHART_EACH);
    assert_int_equal(chart.folded, 7);
    assert_int_equal(node_called(&chart, "07700 900231")->folded, 7);
    assert_int_equal(chart.node[1].submissions, 2); /* the strongest comes first */
    assert_false(chart.truncated);
}

static void the_shortest_way_goes_round_what_everybody_is_named_with(void **state)
{
    (void)state;
    /* 1 - 2 - 3 - 4, and everybody is named with 9. */
    int64_t first = REPORT(TEACHER, "a", 0, "07700 900401", "07700 900402");
    REPORT(NURSE, "b", 0, "07700 900402", "07700 900403");
    int64_t last = REPORT(HOTELIER, "c", 0, "07700 900403", "07700 900404");
    REPORT(TEACHER, "d", 0, "07700 900401", "07700 900409");
    REPORT(TEACHER, "e", 0, "07700 900404", "07700 900409");
    struct chart_ask ask = {
        .seed = {mention_of(first, 0), mention_of(last, 1)}, .seed_count = 2, .path = true};
    struct chart chart = read_chart(ask);
    assert_int_equal(chart.steps, 2);
    assert_int_equal(chart.node_count, 3); /* by 9, which few are named with yet */
    for (int i = 0; i < CHART_COMMON; i++) {
        struct str number = str_fmt(&arena, "07700 900%d", 500 + i);
        REPORT(NURSE, number.ptr, 0, "07700 900409", number.ptr);
    }
    chart = read_chart(ask);
    assert_int_equal(chart.steps, 3);
    assert_int_equal(chart.node_count, 4);
    assert_true(edge_called(&chart, "07700 900402", "07700 900403")->on_path);
    assert_null(node_called(&chart, "07700 900409"));
    /* But where nothing else connects them, by it. */
    int64_t far = REPORT(NURSE, "f", 0, "07700 900409", "07700 900405");
    ask.seed[1] = mention_of(far, 1);
    chart = read_chart(ask);
    assert_int_equal(chart.steps, 2);
    assert_non_null(node_called(&chart, "07700 900409"));
    int64_t alone = REPORT(NURSE, "g", 0, "07700 900406");
    ask.seed[1] = mention_of(alone, 0);
    assert_int_equal(read_chart(ask).steps, 0);
}

static size_t on_the_way(const struct chart *chart)
{
    size_t count = 0;
    for (size_t i = 0; i < chart->edge_count; i++) count += chart->edge[i].on_path;
    return count;
}

static void a_way_has_as_many_steps_when_not_all_are_shown(void **state)
{
    (void)state;
    instant_ms now = clock_now();
    instant_ms day = 86400000;
    int64_t first = REPORT(TEACHER, "h", now - 30 * day, "Wilmot Penhallow", "07700 900421");
    int64_t last = REPORT(NURSE, "i", now - 20 * day, "07700 900421", "Jenna Trevorrow");
    struct chart_ask ask = {
        .seed = {mention_of(first, 0), mention_of(last, 1)}, .seed_count = 2, .path = true};
    struct chart chart = read_chart(ask);
    assert_int_equal(chart.steps, 2);
    assert_int_equal(on_the_way(&chart), 2);
    ask.until = now - 25 * day;
    chart = read_chart(ask);
    assert_int_equal(chart.steps, 2);
    assert_int_equal(on_the_way(&chart), 1);
    ask.hidden = 1u << LINK_PHONE;
    chart = read_chart(ask);
    assert_int_equal(chart.steps, 2);
    assert_int_equal(on_the_way(&chart), 0);
}

static void two_circles_are_two_groups_and_come_out_the_same(void **state)
{
    (void)state;
    int64_t first = 0;
    for (int circle = 0; circle < 2; circle++) {
        for (int i = 0; i < 4; i++) {
            for (int k = i + 1; k < 4; k++) {
                struct str words = str_fmt(&arena, "%d %d %d", circle, i, k);
                struct str a = str_fmt(&arena, "07700 900%d", 600 + circle * 10 + i);
                struct str b = str_fmt(&arena, "07700 900%d", 600 + circle * 10 + k);
                int64_t id = REPORT(circle, words.ptr, 0, a.ptr, b.ptr);
                if (!first) first = id;
            }
        }
    }
    int64_t bridge = REPORT(HOTELIER, "bridge", 0, "07700 900600", "07700 900610");
    struct chart_ask ask = {.seed = {mention_of(first, 0), mention_of(bridge, 1)}, .seed_count = 2};
    struct chart chart = read_chart(ask);
    assert_int_equal(chart.node_count, 8);
    assert_int_equal(chart.group_count, 2);
    assert_int_equal(node_called(&chart, "07700 900601")->group,
                     node_called(&chart, "07700 900603")->group);
    assert_int_not_equal(node_called(&chart, "07700 900601")->group,
                         node_called(&chart, "07700 900611")->group);
    assert_true(node_called(&chart, "07700 900600")->broker &&
                node_called(&chart, "07700 900610")->broker);
    assert_false(node_called(&chart, "07700 900602")->broker);
    struct chart again = read_chart(ask);
    for (size_t i = 0; i < chart.node_count; i++) {
        assert_true(chart.node[i].x == again.node[i].x && chart.node[i].y == again.node[i].y);
        assert_true(chart.node[i].x >= 0 && chart.node[i].x <= 1 && chart.node[i].y >= 0 &&
                    chart.node[i].y <= 1);
    }
}

/* Rings of 30, 9 and 4, and five that nothing joins: each part in a place of its own. */
static void what_is_not_connected_stands_side_by_side(void **state)
{
    (void)state;
    static const size_t ring[] = {30, 9, 4, 1, 1, 1, 1, 1};
    enum { PARTS = sizeof ring / sizeof *ring };
    struct chart chart = {.node = arena_many(&arena, CHART_NODES_MAX, struct chart_node),
                          .edge = arena_many(&arena, CHART_EDGES_MAX, struct chart_edge)};
    double low[PARTS][2];
    double high[PARTS][2];
    for (size_t i = 0; i < PARTS; i++) {
        size_t first = chart.node_count;
        for (size_t k = 0; k < ring[i]; k++)
            chart.node[chart.node_count++] =
                (struct chart_node){.entity = (int64_t)chart.node_count + 1};
        for (size_t k = 0; k + 1 < ring[i]; k++)
            chart.edge[chart.edge_count++] = (struct chart_edge){
                .a = first + k, .b = first + k + 1, .submissions = 1, .origins = 1};
    }
    assert_int_equal(chart_shape(&chart, NULL), ST_OK);
    for (size_t i = 0, at = 0; i < PARTS; at += ring[i++]) {
        for (int axis = 0; axis < 2; axis++) low[i][axis] = 1, high[i][axis] = 0;
        for (size_t k = at; k < at + ring[i]; k++) {
            double place[2] = {chart.node[k].x, chart.node[k].y};
            for (int axis = 0; axis < 2; axis++) {
                assert_true(place[axis] >= 0 && place[axis] <= 1);
                low[i][axis] = place[axis] < low[i][axis] ? place[axis] : low[i][axis];
                high[i][axis] = place[axis] > high[i][axis] ? place[axis] : high[i][axis];
            }
        }
        for (size_t k = 0; k < i; k++)
            assert_true(high[i][0] < low[k][0] || low[i][0] > high[k][0] ||
                        high[i][1] < low[k][1] || low[i][1] > high[k][1]);
    }
    assert_int_equal(chart.group_count > 3, 1); /* a long chain falls into several */
    assert_int_equal(chart.node[chart.node_count - 1].group, -1);
}

static void what_may_be_the_same_is_a_suggested_line_until_somebody_decides(void **state)
{
    (void)state;
    int64_t first = REPORT(TEACHER, "Zacharias Quintrell was at the slipway.", 0,
                           "Zacharias Quintrell", "07700 900701");
    int64_t second = REPORT(NURSE, "Zacharias Quintrel came in with a cut hand.", 0,
                            "Zacharias Quintrel", "07700 900702");
    struct chart_ask ask = {.seed = {mention_of(first, 0)}, .seed_count = 1};
    assert_int_equal(read_chart(ask).edge_count, 1);
    ask.suggestions = true;
    struct chart chart = read_chart(ask);
    const struct chart_edge *edge =
        edge_called(&chart, "Zacharias Quintrell", "Zacharias Quintrel");
    assert_non_null(edge);
    assert_true(edge->suggested && edge->submissions == 0 && edge->bits > 0);
    assert_true(edge->mention == mention_of(second, 0) && edge->other == mention_of(first, 0));
    struct err err = {0};
    if (decision_make(&app, &person[ANALYST], edge->mention, edge->other, VERDICT_DIFFERENT,
                      STR("Two people."), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(read_chart(ask).edge_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strength_is_the_number_of_independent_origins),
        cmocka_unit_test(what_analysts_say_of_origins_counts),
        cmocka_unit_test(a_chart_is_as_it_was_known_then),
        cmocka_unit_test(of_very_many_mentions_the_newest_count),
        cmocka_unit_test(a_saved_view_ends_on_the_day_that_it_had),
        cmocka_unit_test(it_grows_by_what_is_opened),
        cmocka_unit_test(what_does_not_fit_is_folded_and_counted),
        cmocka_unit_test(the_shortest_way_goes_round_what_everybody_is_named_with),
        cmocka_unit_test(a_way_has_as_many_steps_when_not_all_are_shown),
        cmocka_unit_test(two_circles_are_two_groups_and_come_out_the_same),
        cmocka_unit_test(what_is_not_connected_stands_side_by_side),
        cmocka_unit_test(what_may_be_the_same_is_a_suggested_line_until_somebody_decides),
    };
    return cmocka_run_group_tests_name("chart", tests, start, close_partnership);
}
