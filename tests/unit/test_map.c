/* The map: what stands where, clusters, squares, lists; what is blurred, what is not shown. */
#include "domain/entity.h"
#include "domain/map.h"
#include "domain/submission.h"
#include "partnership.h"
#include "share_on.h"

enum { ANALYST, LEAD, TEACHER, PEOPLE };

static const struct cast cast[PEOPLE] = {
    {"Kerensa Vane", "The police", "police", ROLE_analyst},
    {"Morwenna Pell", "An academy", "education", ROLE_representative},
    {"Jory Penn", "An academy", "education", ROLE_practitioner},
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

static int64_t told(int who, const char *town, const char *handling)
{
    static int number;
    struct mention_draft mention = {.kind = LINK_PLACE, .span_start = -1, .span_end = -1};
    mention.field[LINK_VENUE] = STR("Gannet Park");
    mention.field[LINK_TOWN] = str_from(town);
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "map-%d", number++),
                                     .narrative = STR("A car waited."),
                                     .handling = str_from(handling),
                                     .mention = &mention,
                                     .mention_count = 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &person[who], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
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
        if (str_eq(picture->mark[i].name, str_from(name)))
            return picture->mark[i].count[MAP_SUBMISSIONS];
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

static struct map_list list_of(int who, double cell, const char *town, size_t skip)
{
    struct map_list list;
    struct map_ask ask = {.layer = {true, true, true}, .to = clock_now() + 1000, .cell = cell};
    int place = town ? area_map_town(area_map(area), str_from(town)) : MAP_BLURRED;
    assert_int_equal(map_list_read(&app, &arena, &person[who], &ask, place, skip, &list, NULL),
                     ST_OK);
    return list;
}

/* Redruth and Camborne are five kilometres from each other. */
static void a_list_holds_what_its_mark_counts(void **state)
{
    (void)state;
    struct map_list list = list_of(ANALYST, 0, "St Austell", 0);
    assert_int_equal(list.mark.count[MAP_SUBMISSIONS], 6);
    assert_int_equal(list.submission_count, 6);
    assert_true(str_starts(list.submission[0].reference, STR("PEN-")));
    assert_true(list.submission[0].id > list.submission[5].id);
    list = list_of(ANALYST, 0, "St Austell", 4);
    assert_int_equal(list.mark.count[MAP_SUBMISSIONS], 6);
    assert_int_equal(list.submission_count, 2);
    assert_int_equal(list_of(ANALYST, 0, "Redruth", 0).submission_count, 1);
    list = list_of(ANALYST, 3, "Redruth", 0);
    struct map_picture near = picture_of(ANALYST, 3);
    for (size_t i = 0; i < near.mark_count; i++)
        if (near.mark[i].towns > 1 && near.mark[i].count[MAP_SUBMISSIONS] == list.submission_count)
            return;
    fail_msg("no cluster counts the %zu of its list", list.submission_count);
}

static void what_names_two_towns_of_a_cluster_counts_once(void **state)
{
    (void)state;
    struct mention_draft mention[3] = {{.kind = LINK_PLACE, .span_start = -1, .span_end = -1}};
    mention[0].field[LINK_TOWN] = STR("Redruth");
    mention[2] = mention[1] = mention[0];
    mention[1].field[LINK_TOWN] = STR("Camborne");
    struct submission_draft draft = {.idempotency_key = STR("map-two"),
                                     .narrative = STR("A car went to and fro."),
                                     .mention = mention,
                                     .mention_count = 3};
    struct submission_receipt receipt;
    assert_int_equal(submission_share(&app, &person[ANALYST], &draft, 0, 0, &receipt, NULL), ST_OK);
    struct map_picture apart = picture_of(ANALYST, 0);
    assert_int_equal(count_at(&apart, "Redruth"), 2);
    assert_int_equal(count_at(&apart, "Camborne"), 2);
    struct map_list list = list_of(ANALYST, 0.2, "Redruth", 0);
    assert_int_equal(list.mark.towns, 2);
    assert_int_equal(list.mark.count[MAP_SUBMISSIONS], 3);
    assert_int_equal(list.submission_count, 3);
    struct map_picture near = picture_of(ANALYST, 0.2);
    size_t most = 0;
    for (size_t i = 0; i < near.mark_count; i++)
        if (near.mark[i].towns == 2) most = near.mark[i].count[MAP_SUBMISSIONS];
    assert_int_equal(most, 3);
}

/* What is hidden at its town is in no cluster, no square and no list. */
static void small_numbers_are_in_no_square_and_no_list(void **state)
{
    (void)state;
    size_t counted = 0;
    struct map_picture all = picture_of(ANALYST, 3);
    for (size_t i = 0; i < all.square_count; i++) counted += all.square[i].count;
    assert_int_equal(counted, 9); /* without the one that stands at no town */
    struct map_picture few = picture_of(LEAD, 3);
    assert_int_equal(few.square_count, 1);
    assert_int_equal(few.square[0].count, 6);
    assert_int_equal(few.mark_count, 1);
    assert_int_equal(few.mark[0].count[MAP_SUBMISSIONS], 6);
    /* those of St Austell, under the same mark */
    assert_int_equal(list_of(LEAD, 3, "Redruth", 0).submission_count, 6);
    assert_int_equal(list_of(LEAD, 0, "Redruth", 0).submission_count, 0);
    assert_int_equal(list_of(LEAD, 0, "Redruth", 0).mark.count[MAP_SUBMISSIONS], 0);
    assert_int_equal(list_of(LEAD, 0, NULL, 0).submission_count, 0);
    assert_int_equal(list_of(LEAD, 0, "St Austell", 0).submission_count, 6);
}

/* Whoever looks first after many came does not ask for each: one query, and a row of each. */
static void what_came_is_read_with_one_query(void **state)
{
    (void)state;
    enum { CAME = 40 };
    uint64_t work = store_work();
    (void)picture_of(ANALYST, 0);
    uint64_t usual = store_work() - work;
    for (int i = 0; i < CAME; i++) told(LEAD, "Bude", "");
    work = store_work();
    struct map_picture picture = picture_of(ANALYST, 0);
    uint64_t took = store_work() - work;
    /* Where others may write too, what they change is looked for beside this, and counts. */
    if (!store_is_shared(app.store)) assert_true(took <= usual + CAME + 4);
    assert_int_equal(count_at(&picture, "Bude"), CAME);
}

static void a_period_leaves_out_what_came_after(void **state)
{
    (void)state;
    struct map_picture picture;
    struct map_ask ask = {.layer = {true, true, true}, .to = 1000};
    assert_int_equal(map_read(&app, &arena, &person[ANALYST], &ask, &picture, NULL), ST_OK);
    assert_int_equal(picture.mark_count, 0);
}

/* Also for who looked before, and for the organisation that wrote it. */
static void what_was_left_out_stands_nowhere(void **state)
{
    (void)state;
    int64_t last = 0;
    int64_t *mention = NULL;
    struct err err = {0};
    for (int i = 0; i < MAP_SMALL; i++) last = told(TEACHER, "Wadebridge", "");
    struct map_picture picture = picture_of(LEAD, 0);
    assert_int_equal(count_at(&picture, "Wadebridge"), MAP_SMALL);
    struct forward_share share = {
        .words = {STR("A car waited."), STR(""), STR("")}, .left_out_count = 1, .looked = true};
    assert_int_equal(entity_mentions_of(app.entities, &arena, last, &mention), 1);
    share.left_out[0] = mention[0];
    if (forward_share(&app, &person[LEAD], last, &share, &err) != ST_OK) fail_msg("%s", err.public);
    picture = picture_of(LEAD, 0);
    assert_int_equal(count_at(&picture, "Wadebridge"), 0);
    assert_int_equal(list_of(LEAD, 0, "Wadebridge", 0).submission_count, 0);
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
        cmocka_unit_test(a_list_holds_what_its_mark_counts),
        cmocka_unit_test(what_names_two_towns_of_a_cluster_counts_once),
        cmocka_unit_test(small_numbers_are_in_no_square_and_no_list),
        cmocka_unit_test(what_came_is_read_with_one_query),
        cmocka_unit_test(a_period_leaves_out_what_came_after),
        cmocka_unit_test(what_was_left_out_stands_nowhere),
        cmocka_unit_test(towns_are_found_however_they_are_written),
    };
    return cmocka_run_group_tests_name("map", tests, fresh, close_partnership);
}
