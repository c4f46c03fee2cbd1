/* Clusters: a change solved in its part gives what solving all anew gives. */
#include "link/cluster.h"

#include "tests_common.h"

enum { THINGS = 120, LINKS = 40, ROUNDS = 300 };

static uint64_t state = 7;

static uint32_t next(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static uint64_t identifiers[THINGS + 1];
static uint8_t kinds[THINGS + 1];

static struct clusters *of(size_t things, const struct cluster_link *link, size_t count)
{
    struct clusters *clusters = clusters_new();
    for (uint32_t i = 1; i <= things; i++)
        assert_int_equal(clusters_add(clusters, kinds[i], identifiers[i]), i);
    (void)clusters_decide(clusters, link, count);
    return clusters;
}

static void assert_same(const struct clusters *a, const struct clusters *b)
{
    for (uint32_t i = 1; i <= THINGS; i++) {
        assert_int_equal(clusters_root(a, i), clusters_root(b, i));
        assert_int_equal(clusters_root_by_links(a, i), clusters_root_by_links(b, i));
        struct cluster_lineage left = clusters_lineage(a, i), right = clusters_lineage(b, i);
        assert_int_equal(left.taken_by, right.taken_by);
        assert_int_equal(left.a, right.a);
        assert_int_equal(left.b, right.b);
    }
}

/* Rings hold the members of one root; nothing said to be different is one; a lineage
 * leads to the root. */
static void assert_sound(const struct clusters *clusters, const struct cluster_link *link,
                         size_t count)
{
    for (uint32_t i = 1; i <= THINGS; i++) {
        uint32_t root = clusters_root(clusters, i);
        assert_true(root <= i);
        assert_int_equal(clusters_root(clusters, clusters_next(clusters, i)), root);
        assert_int_equal(kinds[root], kinds[i]);
        uint32_t at = i;
        while (clusters_lineage(clusters, at).taken_by)
            at = clusters_lineage(clusters, at).taken_by;
        assert_int_equal(at, root);
    }
    for (size_t i = 0; i < count; i++)
        if (!link[i].same)
            assert_int_not_equal(clusters_root(clusters, link[i].a),
                                 clusters_root(clusters, link[i].b));
}

static void make_things(void)
{
    for (uint32_t i = 1; i <= THINGS; i++) {
        kinds[i] = (uint8_t)next(2);
        identifiers[i] = next(3) ? 0 : 1000 * (kinds[i] + 1u) + next(8);
    }
}

static struct cluster_link random_link(void)
{
    uint32_t a = 1 + next(THINGS);
    uint32_t b = 1 + next(THINGS);
    return (struct cluster_link){a, a == b ? a % THINGS + 1 : b, next(3) != 0};
}

static void a_change_solves_its_part_alone(void **unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        struct cluster_link link[LINKS];
        size_t count = 0;
        make_things();
        struct clusters *changed = of(THINGS, NULL, 0);
        for (int step = 0; step < 60; step++) {
            if (count == LINKS || (count && next(3) == 0)) { /* one is withdrawn */
                size_t gone = next((uint32_t)count);
                memmove(&link[gone], &link[gone + 1], (--count - gone) * sizeof *link);
            } else {
                link[count++] = random_link();
            }
            assert_true(clusters_decide(changed, link, count) <= THINGS);
        }
        struct clusters *anew = of(THINGS, link, count);
        assert_same(changed, anew);
        assert_sound(anew, link, count);
        (void)clusters_decide(changed, NULL, 0);
        struct clusters *never = of(THINGS, NULL, 0);
        assert_same(changed, never);
        clusters_free(changed);
        clusters_free(anew);
        clusters_free(never);
    }
}

static void things_may_come_after_the_links(void **unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        struct cluster_link link[LINKS];
        make_things();
        for (size_t i = 0; i < LINKS; i++) {
            do link[i] = random_link();
            while (link[i].a > THINGS / 2 || link[i].b > THINGS / 2);
        }
        struct clusters *early = of(THINGS / 2, link, LINKS);
        for (uint32_t i = THINGS / 2 + 1; i <= THINGS; i++)
            (void)clusters_add(early, kinds[i], identifiers[i]);
        struct clusters *late = of(THINGS, link, LINKS);
        assert_same(early, late);
        clusters_free(early);
        clusters_free(late);
    }
}

static void what_is_not_connected_is_not_looked_at(void **unused)
{
    (void)unused;
    for (uint32_t i = 1; i <= THINGS; i++) {
        kinds[i] = 0;
        identifiers[i] = i <= 10 ? 5 : 0;
    }
    struct cluster_link link[] = {{20, 30, true}, {3, 40, true}, {3, 7, false}};
    struct clusters *clusters = of(THINGS, NULL, 0);
    assert_int_equal(clusters_decide(clusters, link, 1), 2);
    assert_int_equal(clusters_decide(clusters, link, 2), 11);
    assert_int_equal(clusters_root(clusters, 40), 1);
    assert_int_equal(clusters_decide(clusters, link, 3), 11);
    assert_int_not_equal(clusters_root(clusters, 3), clusters_root(clusters, 7));
    assert_int_equal(clusters_apart(clusters, 40, 7), 2);
    assert_int_equal(clusters_decide(clusters, link + 1, 2), 2);
    assert_int_equal(clusters_root(clusters, 30), 30);
    clusters_free(clusters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_change_solves_its_part_alone),
                                       cmocka_unit_test(things_may_come_after_the_links),
                                       cmocka_unit_test(what_is_not_connected_is_not_looked_at)};
    return cmocka_run_group_tests_name("clusters", tests, NULL, NULL);
}
