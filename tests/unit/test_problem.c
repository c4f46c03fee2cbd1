/* The problem profile: what is counted, what is hidden, the lists behind figures; origins. */
#include "domain/corroborate.h"
#include "domain/entity_seen.h"
#include "domain/forward.h"
#include "domain/grade.h"
#include "domain/problem.h"
#include "domain/profile.h"
#include "domain/stage.h"

#include "partnership.h"

static const struct cast cast[] = {
    {"Sender", "Mid School", "education", ROLE_representative},
    {"Another", "Mid Hospital", "health", ROLE_representative},
    {"Third", "Mid Police", "police", ROLE_representative},
    {"Analyst", "Mid Police", "police", ROLE_analyst},
    {"Practitioner", "Mid School", "education", ROLE_practitioner},
    {"Coordinator", "Mid Police", "police", ROLE_coordinator},
};
enum { SCHOOL, HOSPITAL, POLICE, ANALYST, PRACTITIONER, COORDINATOR, PEOPLE };
static struct person people[PEOPLE];
static instant_ms spring; /* in a quarter that is over */

static int open_all(void **state)
{
    (void)state;
    char folder[64];
    open_partnership(256 << 20, folder);
    add_people(cast, PEOPLE, people);
    spring =
        clock_from_london((struct civil){.date = {.year = 2026, .month = 5, .day = 4}, .hour = 9});
    clock_set(clock_from_london(
        (struct civil){.date = {.year = 2026, .month = 11, .day = 2}, .hour = 9}));
    return 0;
}

static int64_t share_as(int who, const char *narrative, const char *phone, enum how_known how,
                        instant_ms at)
{
    static int number;
    struct mention_draft mention = {.kind = LINK_PHONE, .span_start = -1, .span_end = -1};
    mention.field[LINK_NUMBER] = str_from(phone);
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "key %d", number++),
                                     .narrative = str_from(narrative),
                                     .how_known = how,
                                     .mention = &mention,
                                     .mention_count = phone[0] ? 1 : 0};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[who], &draft, 0, at, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static int64_t phone_of(int64_t submission)
{
    int64_t *ids = NULL;
    assert_int_equal(entity_mentions_of(app.entities, &arena, submission, &ids), 1);
    return ids[0];
}

static const struct problem_row *row_of(const struct problem_profile *profile,
                                        enum problem_table table, const char *key)
{
    for (size_t i = 0; i < profile->table[table].count; i++)
        if (str_eq(profile->table[table].row[i].key, str_from(key)))
            return &profile->table[table].row[i];
    return NULL;
}

/* --- hiding ---------------------------------------------------------------------------------- */

static void nothing_under_five_can_be_worked_out(void **state)
{
    (void)state;
    enum { ROWS = 4, MOST = 9 };
    int64_t count[ROWS];
    for (int code = 0; code < MOST * MOST * MOST * MOST; code++) {
        struct problem_row row[ROWS] = {{.hidden = false}};
        int64_t total = 0;
        for (int i = 0, rest = code; i < ROWS; i++, rest /= MOST)
            total += count[i] = row[i].count = rest % MOST;
        bool total_hidden = total > 0 && total < SMALL_UNDER;
        problem_hide(&arena, row, ROWS, true, total, total_hidden, NULL, 1);
        int hidden = 0;
        int64_t sum = 0;
        for (int i = 0; i < ROWS; i++) {
            if (count[i] > 0 && count[i] < SMALL_UNDER) assert_true(row[i].hidden);
            hidden += row[i].hidden;
            sum += row[i].hidden ? count[i] : 0;
        }
        /* The whole less what is shown says the sum of what is not, unless
         * nothing but that is there. */
        if (hidden && !total_hidden) assert_true(hidden > 1 && sum >= SMALL_UNDER);
    }
}

static void small_figures_of_what_comes_up_again_are_hidden(void **state)
{
    (void)state;
    static const struct {
        int64_t origins, before, with;
        bool origins_hidden, before_hidden, with_hidden;
    } cases[] = {{7, 0, 9, false, false, false},
                 {3, 0, 9, true, false, false},
                 {0, 0, 0, false, false, false},
                 /* it grew by two */
                 {5, 2, 20, false, true, false},
                 {5, 18, 20, false, true, false},
                 {5, 20, 20, false, false, false},
                 {5, 0, 3, false, true, true},
                 {5, 2, 3, false, true, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct problem_repeat repeat = {.submissions = 30,
                                        .origins = cases[i].origins,
                                        .with_before = cases[i].before,
                                        .with = cases[i].with};
        problem_hide_repeat(&repeat);
        assert_int_equal(repeat.origins_hidden, cases[i].origins_hidden);
        assert_int_equal(repeat.before_hidden, cases[i].before_hidden);
        assert_int_equal(repeat.with_hidden, cases[i].with_hidden);
    }
}

static void part_is_hidden_with_its_remainder(void **state)
{
    (void)state;
    struct problem_row row[3] = {{.count = 18}, {.count = 3}, {.count = 10}};
    problem_hide(&arena, row, 3, false, 20, false, NULL, 1);
    assert_true(row[0].hidden && row[1].hidden && !row[2].hidden);
}

static void year_does_not_give_away_its_quarter(void **state)
{
    (void)state;
    struct problem_row one[2] = {{.count = 32, .each = {10, 10, 10, 2}},
                                 {.count = 40, .each = {10, 10, 10, 10}}};
    static const int64_t total[4] = {25, 25, 25, 25};
    problem_hide(&arena, one, 2, false, 100, false, total, 4);
    assert_true(one[0].hidden && !one[1].hidden);
    /* Seven of two quarters: those of a year that begins later would tell which is which. */
    struct problem_row two = {.count = 27, .each = {10, 10, 3, 4}};
    problem_hide(&arena, &two, 1, false, 100, false, total, 4);
    assert_true(two.hidden);
    /* In the last quarter three lack it. */
    struct problem_row part = {.count = 52, .each = {10, 10, 10, 22}};
    problem_hide(&arena, &part, 1, false, 100, false, total, 4);
    assert_true(part.hidden);
    /* In the first quarter the third goes with the first, and is told by no year either. */
    struct problem_row rows[3] = {{.count = 33, .each = {3, 10, 10, 10}},
                                  {.count = 30, .each = {0, 10, 10, 10}},
                                  {.count = 57, .each = {27, 10, 10, 10}}};
    static const int64_t sums[4] = {30, 30, 30, 30};
    problem_hide(&arena, rows, 3, true, 120, false, sums, 4);
    assert_true(rows[0].hidden && !rows[1].hidden && rows[2].hidden);
}

/* Else the quarters that are shown, taken from it, would tell those that are not. */
static void year_shows_what_each_quarter_shows(void **state)
{
    (void)state;
    enum { ROWS = 3, QUARTERS = 2, VALUES = 4, TABLES = 1 << 12 };
    static const int64_t values[VALUES] = {0, 3, 7, 12};
    for (int code = 0; code < TABLES * 2; code++) {
        bool adds = code < TABLES;
        struct problem_row year[ROWS] = {{.hidden = false}};
        int64_t total[QUARTERS] = {adds ? 0 : 14, adds ? 0 : 14};
        for (int i = 0, rest = code; i < ROWS * QUARTERS; i++, rest /= VALUES) {
            int64_t value = values[rest % VALUES];
            year[i / QUARTERS].each[i % QUARTERS] = value;
            year[i / QUARTERS].count += value;
            if (adds) total[i % QUARTERS] += value;
        }
        bool few = small_figure(total[0]) || small_figure(total[1]);
        problem_hide(&arena, year, ROWS, adds, total[0] + total[1], few, total, QUARTERS);
        for (int quarter = 0; quarter < QUARTERS; quarter++) {
            struct problem_row row[ROWS] = {{.hidden = false}};
            for (int i = 0; i < ROWS; i++) row[i].count = year[i].each[quarter];
            problem_hide(&arena, row, ROWS, adds, total[quarter], small_figure(total[quarter]),
                         NULL, 1);
            for (int i = 0; i < ROWS; i++) assert_true(year[i].hidden || !row[i].hidden);
        }
    }
}

/* --- counting --------------------------------------------------------------------------------- */

static void figures_are_of_the_period_and_open_their_lists(void **state)
{
    (void)state;
    struct err err = {0};
    static const char *const words[] = {"A van by the gate at noon.",
                                        "Somebody rang the child twice on Monday.",
                                        "Messages came late in the evening again.",
                                        "The number stood on a card in a bag.",
                                        "Two friends were asked to bring others along.",
                                        "A stranger gave away a telephone near the shop."};
    for (int i = 0; i < 6; i++) {
        share_as(SCHOOL, words[i], "07700 900555", HOW_SAW, spring + i);
        share_as(HOSPITAL, words[(i + 1) % 6], "", HOW_ANONYMOUS, spring + i);
    }
    for (int i = 0; i < 3; i++)
        share_as(POLICE, "Something was heard of it.", "", HOW_TOLD, spring + i);
    share_as(POLICE, "That was later, and does not count.", "", HOW_TOLD, clock_now());
    struct problem_period period = {.quarter = 2026 * 4 + 1, .quarters = 1};
    struct problem_profile profile;
    if (problem_read(&app, &arena, &people[ANALYST], &period, &profile, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(profile.total, 15);
    assert_int_equal(row_of(&profile, PROBLEM_HOW, how_known_name(HOW_SAW))->count, 6);
    assert_int_equal(row_of(&profile, PROBLEM_THING, "phone")->count, 6);
    assert_int_equal(row_of(&profile, PROBLEM_GRADE, "none")->count, 15);
    assert_int_equal(row_of(&profile, PROBLEM_GAP, "when")->count, 15);
    assert_true(row_of(&profile, PROBLEM_SECTOR, "police")->hidden);
    /* And one more, or the police's could be worked out. */
    bool other = row_of(&profile, PROBLEM_SECTOR, "education")->hidden;
    assert_true(other != row_of(&profile, PROBLEM_SECTOR, "health")->hidden);
    struct str label;
    int64_t *id = NULL;
    size_t count = 0;
    int64_t total = 0;
    const char *open = other ? "health" : "education";
    assert_int_equal(problem_list(&app, &arena, &people[ANALYST], &period, PROBLEM_SECTOR,
                                  str_from(open), &label, &id, &count, &total, &err),
                     ST_OK);
    assert_true(count == 6 && total == 6 && id[0] > id[5]);
    assert_int_equal(problem_list(&app, &arena, &people[ANALYST], &period, PROBLEM_SECTOR,
                                  STR("police"), &label, &id, &count, &total, &err),
                     ST_NOT_FOUND);
    assert_int_equal(problem_list(&app, &arena, &people[ANALYST], &period, PROBLEM_SECTOR,
                                  STR("999"), &label, &id, &count, &total, &err),
                     ST_NOT_FOUND);
    for (int table = 0; table < PROBLEM_TABLES; table++)
        for (size_t i = 0; i < profile.table[table].count; i++)
            assert_true(str_find(profile.table[table].row[i].label, STR("Mid "), 0) < 0 ||
                        table == PROBLEM_FORUM);
    assert_int_equal(profile.repeat_count, 1);
    /* one sender */
    assert_true(profile.repeat[0].submissions == 6 && profile.repeat[0].origins == 1);
}

/* Origins are of the submissions beside which they stand, not of all that were ever told. */
static void origins_are_of_the_period(void **state)
{
    (void)state;
    static const char *const words[] = {"A van by the gate at noon.",
                                        "Somebody rang the child twice on Monday.",
                                        "Messages came late in the evening again.",
                                        "The number stood on a card in a bag.",
                                        "Two friends were asked to bring others along.",
                                        "A stranger gave away a telephone near the shop."};
    for (int i = 0; i < 7; i++) share_as(SCHOOL, words[i % 6], "07700 900666", HOW_SAW, spring + i);
    share_as(HOSPITAL, "It rang late, and then nobody spoke.", "07700 900666", HOW_SAW,
             clock_now());
    share_as(POLICE, "It was written on a wall by the bridge.", "07700 900666", HOW_SAW,
             clock_now());
    struct problem_period period = {.quarter = 2026 * 4 + 1, .quarters = 1};
    struct problem_profile profile;
    struct err err = {0};
    if (problem_read(&app, &arena, &people[ANALYST], &period, &profile, &err) != ST_OK)
        fail_msg("%s", err.public);
    size_t at = 0;
    while (at < profile.repeat_count && profile.repeat[at].submissions != 7) at++;
    assert_true(at < profile.repeat_count);
    assert_int_equal(profile.repeat[at].origins, 1);
}

static void agree_action(int number, instant_ms at)
{
    struct action_new action = {.forum = STR("mid"),
                                .owner = people[POLICE].account,
                                .due_day = 20700,
                                .what = str_fmt(&arena, "Ring number %d", number),
                                .evidence = STR("A note")};
    struct db *db = NULL;
    int64_t id = 0;
    instant_ms now = clock_now();
    clock_set(at);
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(action_add(&app, db, &arena, &people[COORDINATOR], &action, &id, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    clock_set(now);
}

static void actions_open_their_lists(void **state)
{
    (void)state;
    struct err err = {0};
    struct problem_period period = {.quarter = 2026 * 4 + 1, .quarters = 1};
    struct problem_profile profile;
    for (int i = 0; i < 7; i++) agree_action(i, spring);
    agree_action(7, clock_now()); /* of a later quarter */
    if (problem_read(&app, &arena, &people[COORDINATOR], &period, &profile, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_true(profile.has_actions && profile.action[0].count == 7 && !profile.action[0].hidden);
    struct forum_action *list = NULL;
    struct str label;
    size_t count = 0;
    assert_int_equal(problem_action_list(&app, &arena, &people[COORDINATOR], &period, STR("open"),
                                         &label, &list, &count, &err),
                     ST_OK);
    assert_int_equal(count, 7);
    for (size_t i = 0; i < count; i++) assert_false(str_eq(list[i].what, STR("Ring number 7")));
    static const char *const none[] = {"done", "signed", "else"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(problem_action_list(&app, &arena, &people[COORDINATOR], &period,
                                             str_from(none[i]), &label, &list, &count, &err),
                         ST_NOT_FOUND);
    assert_int_equal(problem_action_list(&app, &arena, &people[PRACTITIONER], &period, STR("open"),
                                         &label, &list, &count, &err),
                     ST_NOT_FOUND);
    assert_int_equal(problem_action_list(&app, &arena, &people[ANALYST], &period, STR("open"),
                                         &label, &list, &count, &err),
                     ST_NOT_FOUND); /* who sees their own alone */
    period.quarter += 2; /* one action: not shown, and no list */
    assert_int_equal(problem_action_list(&app, &arena, &people[COORDINATOR], &period, STR("open"),
                                         &label, &list, &count, &err),
                     ST_NOT_FOUND);
}

static void actions_of_a_year_do_not_give_away_a_quarter(void **state)
{
    (void)state;
    struct problem_period quarter = {.quarter = 2023 * 4 + 1, .quarters = 1};
    struct problem_period year = {.quarter = 2023 * 4, .quarters = 4};
    struct problem_profile profile;
    struct forum_action *list = NULL;
    struct str label;
    size_t count = 0;
    for (int i = 0; i < 9; i++)
        agree_action(i, clock_from_london((struct civil){
                            .date = {.year = 2023, .month = i < 2 ? 2 : 5, .day = 4}, .hour = 9}));
    assert_int_equal(problem_read(&app, &arena, &people[COORDINATOR], &quarter, &profile, NULL),
                     ST_OK);
    assert_true(profile.action[0].count == 7 && !profile.action[0].hidden);
    assert_int_equal(problem_read(&app, &arena, &people[COORDINATOR], &year, &profile, NULL),
                     ST_OK);
    assert_true(profile.action[0].count == 9 && profile.action[0].hidden);
    assert_int_equal(problem_action_list(&app, &arena, &people[COORDINATOR], &year, STR("open"),
                                         &label, &list, &count, NULL),
                     ST_NOT_FOUND);
}

static void whoever_sees_nothing_has_nothing_in_the_figures(void **state)
{
    (void)state;
    struct err err = {0};
    struct problem_period period = {.quarter = 2026 * 4 + 1, .quarters = 1};
    struct problem_profile profile;
    assert_int_equal(problem_read(&app, &arena, &people[PRACTITIONER], &period, &profile, &err),
                     ST_OK);
    assert_int_equal(profile.total, 0);
    assert_int_equal(profile.repeat_count, 0);
    period.forum = STR("west");
    assert_int_equal(problem_read(&app, &arena, &people[ANALYST], &period, &profile, &err), ST_OK);
    assert_int_equal(profile.total, 0);
}

static void period_is_whole_quarters_that_are_over(void **state)
{
    (void)state;
    int32_t now = 2026 * 4 + 3;
    const struct {
        struct problem_period period;
        bool good;
    } cases[] = {{{now - 1, 1, {0}}, true},
                 {{now, 1, {0}}, false},
                 {{now - 8, 8, {0}}, true},
                 {{now - 7, 8, {0}}, false},
                 {{now - 2, 2, {0}}, false},
                 {{now - 4, 4, STR_INIT("mid")}, true},
                 {{now - 4, 4, STR_INIT("nowhere")}, false},
                 {{0, 1, {0}}, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(problem_period_is_good(&app, &cases[i].period), cases[i].good);
    struct problem_profile profile;
    assert_int_equal(problem_read(&app, &arena, &people[ANALYST], &cases[1].period, &profile, NULL),
                     ST_NOT_FOUND);
}

/* --- origins ---------------------------------------------------------------------------------- */

static size_t origins_of(int64_t mention)
{
    struct profile profile;
    assert_int_equal(profile_read(&app, &arena, &people[ANALYST], mention, &profile, NULL), ST_OK);
    return profile.origins;
}

static void one_rumour_relayed_by_three_is_one(void **state)
{
    (void)state;
    struct err err = {0};
    const char *rumour =
        "They say a man with a silver car gives out telephones behind the arcade on Fridays.";
    int64_t first = share_as(SCHOOL, rumour, "07700 900777", HOW_SECOND_HAND, spring);
    int64_t second = share_as(HOSPITAL, rumour, "07700 900777", HOW_SECOND_HAND, spring);
    int64_t third = share_as(POLICE, rumour, "07700 900777", HOW_SECOND_HAND, spring);
    int64_t phone = phone_of(first);
    assert_int_equal(origins_of(phone), 1);
    /* An analyst knows better: the second heard it from somebody else. */
    assert_int_equal(origin_say(&app, &people[ANALYST], second, first, false, STR(" "), &err),
                     ST_INVALID);
    assert_int_equal(
        origin_say(&app, &people[ANALYST], second, first, false, STR("Another witness."), &err),
        ST_OK);
    assert_int_equal(origins_of(phone), 2);
    struct profile profile;
    assert_int_equal(profile_read(&app, &arena, &people[ANALYST], phone, &profile, NULL), ST_OK);
    assert_int_equal(profile.corroboration.said_count, 1);
    assert_true(str_eq(profile.corroboration.said[0].reason, STR("Another witness.")));
    assert_true(str_eq(profile.corroboration.said[0].by, STR("Analyst")));
    int64_t word = profile.corroboration.said[0].id;
    assert_int_equal(origin_take_back(&app, &people[PRACTITIONER], word, &err), ST_NOT_FOUND);
    assert_int_equal(origin_take_back(&app, &people[ANALYST], word, &err), ST_OK);
    assert_int_equal(origin_take_back(&app, &people[ANALYST], word, &err), ST_NOT_FOUND);
    assert_int_equal(origins_of(phone), 1);
    /* And one in other words that is the same story all the same. */
    int64_t fourth =
        share_as(HOSPITAL, "Handsets are handed over near the amusements at the weekend.",
                 "07700 900778", HOW_SECOND_HAND, spring);
    int64_t fifth =
        share_as(POLICE, "An unknown adult offers mobiles to pupils after school there.",
                 "07700 900778", HOW_SECOND_HAND, spring);
    assert_int_equal(origins_of(phone_of(fourth)), 2);
    assert_int_equal(
        origin_say(&app, &people[ANALYST], fourth, fifth, true, STR("Both from one poster."), &err),
        ST_OK);
    assert_int_equal(origins_of(phone_of(fourth)), 1);
    assert_int_equal(origin_say(&app, &people[SCHOOL], fourth, fifth, false, STR("No."), &err),
                     ST_NOT_FOUND);
    (void)third;
}

/* A place in a town. */
static int64_t share_at_place(const char *venue, const char *town, instant_ms at)
{
    static int number;
    struct mention_draft mention = {.kind = LINK_PLACE, .span_start = -1, .span_end = -1};
    mention.field[LINK_VENUE] = str_from(venue);
    mention.field[LINK_TOWN] = str_from(town);
    struct submission_draft draft = {
        .idempotency_key = str_fmt(&arena, "place %d", number++),
        .narrative = str_fmt(&arena, "Somebody waited at %s, night %d.", venue, number),
        .how_known = HOW_SAW,
        .mention = &mention,
        .mention_count = 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[SCHOOL], &draft, 0, at, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static void outcomes_towns_and_repeats_open_their_lists(void **state)
{
    (void)state;
    struct problem_period period = {.quarter = 2025 * 4 + 1, .quarters = 1, .forum = STR("")};
    instant_ms then =
        clock_from_london((struct civil){.date = {.year = 2025, .month = 5, .day = 4}, .hour = 9});
    int64_t told[6];
    for (int i = 0; i < 6; i++)
        told[i] = share_at_place("The Harbour Cafe", i % 2 ? "st ives" : "St Ives", then + i);
    for (int i = 0; i < 2; i++) share_at_place("The Sail Loft", "Looe", then + 100 + i);
    for (int i = 0; i < 7; i++)
        share_as(HOSPITAL, "A number that rang.", "07700 900321", HOW_SAW, then + 200 + i);
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    enum st said = ST_OK;
    for (int i = 0; i < 5 && said == ST_OK; i++)
        said =
            stage_act(&app, db, people[ANALYST].account, told[i], FEEDBACK_ACTION, STR(""), NULL);
    assert_int_equal(store_write_end(app.store, db, said, NULL), ST_OK);
    struct problem_profile *profile = arena_new(&arena, struct problem_profile);
    struct err err = {0};
    if (problem_read(&app, &arena, &people[ANALYST], &period, profile, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(profile->total, 15);
    assert_int_equal(row_of(profile, PROBLEM_OUTCOME, "action")->count, 5);
    assert_int_equal(row_of(profile, PROBLEM_OUTCOME, "shared")->count, 10);
    assert_int_equal(row_of(profile, PROBLEM_TOWN, "st ives")->count, 6);
    assert_false(row_of(profile, PROBLEM_TOWN, "st ives")->hidden);
    assert_null(row_of(profile, PROBLEM_TOWN, "looe")); /* its name would say that it is there */
    assert_true(row_of(profile, PROBLEM_TOWN, "few")->hidden);
    struct str label;
    int64_t *list = NULL;
    size_t count = 0;
    int64_t total = 0;
    assert_int_equal(problem_list(&app, &arena, &people[ANALYST], &period, PROBLEM_TOWN,
                                  STR("st ives"), &label, &list, &count, &total, NULL),
                     ST_OK);
    assert_true(count == 6 && total == 6 && list[5] == told[0]);
    assert_int_equal(problem_list(&app, &arena, &people[ANALYST], &period, PROBLEM_TOWN,
                                  STR("looe"), &label, &list, &count, &total, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(problem_list(&app, &arena, &people[ANALYST], &period, PROBLEM_TOWN, STR("few"),
                                  &label, &list, &count, &total, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(problem_list(&app, &arena, &people[ANALYST], &period, PROBLEM_OUTCOME,
                                  STR("action"), &label, &list, &count, &total, NULL),
                     ST_OK);
    assert_int_equal(count, 5);
    assert_int_equal(problem_list_of(&app, &arena, &people[ANALYST], &period, 0, &label, &list,
                                     &count, &total, NULL),
                     ST_OK);
    assert_int_equal(total, 15);
    assert_true(profile->repeat_count >= 1);
    assert_int_equal(problem_list_of(&app, &arena, &people[ANALYST], &period,
                                     profile->repeat[0].entity, &label, &list, &count, &total,
                                     NULL),
                     ST_OK);
    assert_int_equal(total, profile->repeat[0].submissions);
    int64_t *ids = NULL;
    /* at the Sail Loft: twice */
    assert_int_equal(entity_mentions_of(app.entities, &arena, told[0] + 6, &ids), 1);
    assert_int_equal(problem_list_of(&app, &arena, &people[ANALYST], &period, ids[0], &label, &list,
                                     &count, &total, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(problem_list_of(&app, &arena, &people[PRACTITIONER], &period, 0, &label, &list,
                                     &count, &total, NULL),
                     ST_NOT_FOUND);
}

/* Whoever coordinates sees what is linked, and not how it was graded. */
static void gradings_are_counted_for_who_may_grade(void **state)
{
    (void)state;
    struct problem_period period = {.quarter = 2024 * 4 + 1, .quarters = 1};
    instant_ms then =
        clock_from_london((struct civil){.date = {.year = 2024, .month = 5, .day = 4}, .hour = 9});
    struct grade_draft draft = {.source = STR("source:2"),
                                .information = STR("information:C"),
                                .handling = STR("handling:P"),
                                .reason = STR("Borne out by the school.")};
    struct problem_profile profile;
    struct str label;
    int64_t *list = NULL;
    size_t count = 0;
    int64_t total = 0;
    const char *field = "";
    struct err err = {0};
    for (int i = 0; i < 12; i++) {
        int64_t id = share_as(SCHOOL, "A door stood open at night.", "", HOW_SAW, then + i);
        if (i < 7 && grade_add(&app, &people[ANALYST], id, &draft, &field, &err) != ST_OK)
            fail_msg("%s: %s", field, err.public);
    }
    assert_int_equal(problem_read(&app, &arena, &people[ANALYST], &period, &profile, &err), ST_OK);
    assert_int_equal(row_of(&profile, PROBLEM_GRADE, "information:C")->count, 7);
    assert_int_equal(row_of(&profile, PROBLEM_GRADE, "none")->count, 5);
    assert_null(row_of(&profile, PROBLEM_GRADE, "kept"));
    assert_int_equal(row_of(&profile, PROBLEM_GAP, "grade")->count, 5);
    assert_int_equal(problem_list(&app, &arena, &people[ANALYST], &period, PROBLEM_GRADE,
                                  STR("information:C"), &label, &list, &count, &total, &err),
                     ST_OK);
    assert_int_equal(problem_read(&app, &arena, &people[COORDINATOR], &period, &profile, &err),
                     ST_OK);
    assert_int_equal(profile.total, 12);
    assert_int_equal(profile.table[PROBLEM_GRADE].count, 1);
    assert_int_equal(row_of(&profile, PROBLEM_GRADE, "kept")->count, 12);
    assert_null(row_of(&profile, PROBLEM_GAP, "grade"));
    assert_int_equal(row_of(&profile, PROBLEM_GAP, "when")->count, 12);
    static const struct {
        enum problem_table table;
        const char *which;
    } untold[] = {
        {PROBLEM_GRADE, "information:C"}, {PROBLEM_GRADE, "none"}, {PROBLEM_GAP, "grade"}};
    for (size_t i = 0; i < sizeof untold / sizeof *untold; i++)
        assert_int_equal(problem_list(&app, &arena, &people[COORDINATOR], &period, untold[i].table,
                                      str_from(untold[i].which), &label, &list, &count, &total,
                                      &err),
                         ST_NOT_FOUND);
}

/* Of 17 three are graded D, and three came without a name: what goes with them in its table stands
 * among what is missing too. */
static void what_is_missing_goes_with_what_it_would_tell(void **state)
{
    (void)state;
    struct problem_period period = {.quarter = 2024 * 4 + 2, .quarters = 1};
    instant_ms then =
        clock_from_london((struct civil){.date = {.year = 2024, .month = 8, .day = 4}, .hour = 9});
    struct problem_profile profile;
    struct str label;
    int64_t *list = NULL;
    size_t count = 0;
    int64_t total = 0;
    const char *field = "";
    struct err err = {0};
    for (int i = 0; i < 17; i++) {
        enum how_known how = i < 8 ? HOW_SAW : i < 11 ? HOW_ANONYMOUS : HOW_UNKNOWN;
        int64_t id = share_as(SCHOOL, "A window was broken.", "", how, then + i);
        struct grade_draft draft = {.source = STR("source:2"),
                                    .information =
                                        i < 6 ? STR("information:C") : STR("information:D"),
                                    .handling = STR("handling:P"),
                                    .reason = STR("As the school told it.")};
        if (i < 9 && grade_add(&app, &people[ANALYST], id, &draft, &field, &err) != ST_OK)
            fail_msg("%s: %s", field, err.public);
    }
    assert_int_equal(problem_read(&app, &arena, &people[ANALYST], &period, &profile, &err), ST_OK);
    assert_true(row_of(&profile, PROBLEM_GRADE, "information:D")->hidden);
    assert_true(row_of(&profile, PROBLEM_GRADE, "none")->hidden);
    assert_false(row_of(&profile, PROBLEM_GRADE, "information:C")->hidden);
    assert_int_equal(row_of(&profile, PROBLEM_GAP, "grade")->count, 8);
    assert_true(row_of(&profile, PROBLEM_GAP, "grade")->hidden);
    assert_true(row_of(&profile, PROBLEM_HOW, how_known_name(HOW_ANONYMOUS))->hidden);
    assert_true(row_of(&profile, PROBLEM_HOW, how_known_name(HOW_UNKNOWN))->hidden);
    assert_int_equal(row_of(&profile, PROBLEM_GAP, "how")->count, 6);
    assert_true(row_of(&profile, PROBLEM_GAP, "how")->hidden);
    assert_false(row_of(&profile, PROBLEM_GAP, "place")->hidden);
    assert_int_equal(problem_list(&app, &arena, &people[ANALYST], &period, PROBLEM_GAP,
                                  STR("grade"), &label, &list, &count, &total, &err),
                     ST_NOT_FOUND);
}

static void sit_in_east(enum st (*seat)(struct app *, struct db *, int64_t, int64_t, struct str,
                                        struct err *))
{
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(seat(&app, db, 0, people[ANALYST].account, STR("east"), NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
}

/* Where it came from is not told to the Forum that it was shared with. */
static void area_is_that_of_the_forum_that_has_it(void **state)
{
    (void)state;
    struct problem_period period = {.quarter = 2024 * 4 + 3, .quarters = 1, .forum = STR("east")};
    instant_ms then =
        clock_from_london((struct civil){.date = {.year = 2024, .month = 11, .day = 4}, .hour = 9});
    struct forward_share share = {
        .words = {.narrative = STR("A light burned.")}, .forum = STR("east"), .looked = true};
    struct problem_profile profile;
    struct err err = {0};
    for (int i = 0; i < 6; i++) {
        int64_t id = share_as(PRACTITIONER, "A light burned all night.", "", HOW_SAW, then + i);
        if (forward_share(&app, &people[SCHOOL], id, &share, &err) != ST_OK)
            fail_msg("%s", err.public);
    }
    sit_in_east(forum_join);
    assert_int_equal(problem_read(&app, &arena, &people[ANALYST], &period, &profile, &err), ST_OK);
    assert_int_equal(profile.total, 6);
    assert_int_equal(profile.table[PROBLEM_FORUM].count, 1);
    assert_int_equal(row_of(&profile, PROBLEM_FORUM, "east")->count, 6);
    sit_in_east(forum_leave);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_under_five_can_be_worked_out),
        cmocka_unit_test(part_is_hidden_with_its_remainder),
        cmocka_unit_test(small_figures_of_what_comes_up_again_are_hidden),
        cmocka_unit_test(outcomes_towns_and_repeats_open_their_lists),
        cmocka_unit_test(year_does_not_give_away_its_quarter),
        cmocka_unit_test(year_shows_what_each_quarter_shows),
        cmocka_unit_test(figures_are_of_the_period_and_open_their_lists),
        cmocka_unit_test(origins_are_of_the_period),
        cmocka_unit_test(gradings_are_counted_for_who_may_grade),
        cmocka_unit_test(what_is_missing_goes_with_what_it_would_tell),
        cmocka_unit_test(area_is_that_of_the_forum_that_has_it),
        cmocka_unit_test(actions_open_their_lists),
        cmocka_unit_test(actions_of_a_year_do_not_give_away_a_quarter),
        cmocka_unit_test(whoever_sees_nothing_has_nothing_in_the_figures),
        cmocka_unit_test(period_is_whole_quarters_that_are_over),
        cmocka_unit_test(one_rumour_relayed_by_three_is_one),
    };
    return cmocka_run_group_tests(tests, open_all, close_partnership);
}
