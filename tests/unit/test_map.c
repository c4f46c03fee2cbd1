/* The map: what stands where, clusters, what is blurred, what is not shown. */
#include "domain/map.h"
#include "domain/submission.h"
#include "partnership.h"
#include "share_on.h"

enum { ANALYST, LEAD, PEOPLE };

static const struct cast cast[PEOPLE] = {
    {"Kerensa Vane", "The police", "police", ROLE_analyst},
    {"Morwenna Pell", "An academy", "education", ROLE_representative},
};
static struct person person[PEOPLE];
static char folder[64];

static int fresh(void **state)
{
    (void)state;
    open_partnership(512 << 20, folder);
    add_people(cast, PEOPLE, person);
    return 0;
}

static void told(int who, const char *town, const char *handling)
{
    static int number;
    struct mention_draft mention = {.kind = LINK_PLACE, .span_start = -1, .span_end = -1};
    mention.field[LINK_VENUE] = STR("Gannet Park");
    mention.field[LINK_TOWN] = str_from(town);
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "map-%d", number++), .narrative = STR("A car waited."),
                                     .handling = str_from(handling), .mention = &mention, .mention_count = 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &person[who], &draft, 0, 0, &receipt, &err) != ST_OK) fail_msg("%s", err.public);
}

static struct map_picture picture_of(int who, double cell)
{
    struct map_picture picture;
    struct map_ask ask = {.layer = {true, true, true}, .to = clock_now() + 1000, .cell = cell};
    assert_int_equal(map_read(&app, &arena, &person[who], &ask, &picture, NULL), ST_OK);
    return picture;
}

static size_t count_at(const struct map_picture *picture, const char *name)
{
    for (size_t i = 0; i < picture->mark_count; i++)
        if (str_eq(picture->mark[i].name, str_from(name))) return picture->mark[i].count[MAP_SUBMISSIONS];
    return 0;
}

static void what_was_told_stands_at_its_town(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) told(LEAD, "ST. AUSTELL", "");
    told(LEAD, "Redruth", "");
    told(LEAD, "Camborne", "");
    told(LEAD, "Nowhere at all", "");
    told(ANALYST, "Truro", "handling:C.ask");
    struct map_picture picture = picture_of(ANALYST, 0);
    assert_int_equal(count_at(&picture, "St Austell"), 6);
    assert_int_equal(count_at(&picture, "Redruth"), 1);
    assert_int_equal(count_at(&picture, "Truro"), 0);
    assert_int_equal(count_at(&picture, "Somewhere in the area"), 1);
    /* What another organisation keeps to itself is nowhere, and small marks are not for those
     * whose reach is their organisation. */
    picture = picture_of(LEAD, 0);
    assert_true(picture.small_hidden);
    assert_int_equal(count_at(&picture, "St Austell"), 6);
    assert_int_equal(count_at(&picture, "Redruth"), 0);
    assert_int_equal(picture.mark_count, 1);
}

static void those_near_each_other_are_one_mark(void **state)
{
    (void)state;
    struct map_picture near = picture_of(ANALYST, 3);
    struct map_picture all = picture_of(ANALYST, 0);
    assert_true(near.mark_count < all.mark_count);
    size_t counted[2] = {0, 0};
    for (size_t i = 0; i < near.mark_count; i++) counted[0] += near.mark[i].count[MAP_SUBMISSIONS];
    for (size_t i = 0; i < all.mark_count; i++) counted[1] += all.mark[i].count[MAP_SUBMISSIONS];
    assert_int_equal(counted[0], counted[1]);
}

static void a_period_leaves_out_what_came_after(void **state)
{
    (void)state;
    struct map_picture picture;
    struct map_ask ask = {.layer = {true, true, true}, .to = 1000};
    assert_int_equal(map_read(&app, &arena, &person[ANALYST], &ask, &picture, NULL), ST_OK);
    assert_int_equal(picture.mark_count, 0);
}

static void towns_are_found_however_they_are_written(void **state)
{
    (void)state;
    const struct area_map *map = area_map(area);
    assert_true(map->town_count > 80 && map->land_count > 10);
    assert_true(area_map_town(map, STR("Truro")) >= 0);
    assert_int_equal(area_map_town(map, STR("saint ives")), area_map_town(map, STR("St. Ives")));
    assert_int_equal(area_map_town(map, STR("")), -1);
    assert_int_equal(area_map_town(map, STR("Atlantis")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_told_stands_at_its_town),
        cmocka_unit_test(those_near_each_other_are_one_mark),
        cmocka_unit_test(a_period_leaves_out_what_came_after),
        cmocka_unit_test(towns_are_found_however_they_are_written),
    };
    return cmocka_run_group_tests_name("map", tests, fresh, close_partnership);
}
