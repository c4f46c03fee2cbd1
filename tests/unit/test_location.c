/* Locations of concern: written down part by part, who sees them, two editors, the history. */
#include "domain/location.h"
#include "domain/missing_alert.h"
#include "domain/submission.h"
#include "partnership.h"

enum { ANALYST, OFFICER, OTHER, PEOPLE };

static const struct cast cast[PEOPLE] = {
    {"Kerensa Vane", "The police", "police", ROLE_analyst},
    {"Lowenna Kitto", "The unit", "social-care", ROLE_maru_officer},
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

static size_t answers(struct location_given *ret, const char *const *pair)
{
    size_t count = 0;
    for (; pair[0]; pair += 2) {
        const struct question *question =
            questions_find(area_location_form(area), str_from(pair[0]));
        if (!question) fail_msg("no question %s", pair[0]);
        ret[count++] = (struct location_given){question, {ANSWER_GIVEN, str_from(pair[1])}};
    }
    return count;
}
#define PAIRS(...) (const char *const[]){__VA_ARGS__, NULL}

static enum st try_add(int who, const char *forum, const char *handling, int64_t mention,
                       const char *const *pair, int64_t *ret)
{
    struct location_given given[40];
    struct err err = {0};
    struct location_new new = {
        .forum = str_from(forum), .handling = str_from(handling), .mention = mention};
    return location_add(&app, &person[who], &new, given, answers(given, pair), ret, &err);
}

static enum st try_save(int who, int64_t id, const char *section, int64_t version,
                        const char *const *pair)
{
    struct location_given given[40];
    struct err err = {0};
    struct location_save save = {.section = str_from(section), .version = version};
    return location_save(&app, &person[who], id, &save, given, answers(given, pair), &err);
}

static struct location_file opened(int who, int64_t id)
{
    struct location_file file;
    assert_int_equal(location_open(&app, &arena, &person[who], id, &file, NULL), ST_OK);
    return file;
}

static bool sees(int who, int64_t id)
{
    struct location_file file;
    return location_open(&app, &arena, &person[who], id, &file, NULL) == ST_OK;
}

static void a_location_holds_harm_safety_and_what_was_done(void **state)
{
    (void)state;
    int64_t id = 0;
    assert_int_equal(try_add(ANALYST, "mid", "", 0,
                             PAIRS("location-name", "Gannet Park", "location-kind", "park",
                                   "location-town", "Truro"),
                             &id),
                     ST_OK);
    assert_int_equal(
        try_save(ANALYST, id, "harm", 1, PAIRS("harm-happens", "Phones are given away.")), ST_OK);
    assert_int_equal(try_save(OFFICER, id, "safety", 2, PAIRS("safety-guardians", "The warden.")),
                     ST_OK);
    assert_int_equal(
        try_save(OFFICER, id, "action", 3, PAIRS("action-what", "Lights were mended.")), ST_OK);
    assert_int_equal(try_save(OFFICER, id, "action", 4,
                              PAIRS("action-what", "The warden was shown what to look for.")),
                     ST_OK);
    assert_int_equal(try_save(OFFICER, id, "worked", 5,
                              PAIRS("worked-answer", "partly", "review-day", "12/3/2027")),
                     ST_OK);
    struct location_file file = opened(ANALYST, id);
    assert_int_equal(file.line.deeds, 2);
    assert_int_equal(file.line.review_day, date_to_days((struct date){2027, 3, 12}));
    assert_true(str_eq(file.line.worked, STR("In part")));
    assert_true(str_eq(file.line.guardians, STR("The warden.")));
    /* Every version, with who and when. */
    assert_int_equal(file.entry_count, 6);
    assert_true(str_eq(file.entry[0].by, STR("Kerensa Vane")));
    assert_true(str_eq(file.entry[3].by, STR("Lowenna Kitto")));
    assert_int_equal(
        try_save(ANALYST, id, "harm", 6, PAIRS("harm-happens", "Phones and vapes are given away.")),
        ST_OK);
    file = opened(ANALYST, id);
    assert_true(str_eq(location_answer_get(&file, STR("harm-happens")).value,
                       STR("Phones and vapes are given away.")));
    assert_true(str_eq(location_entry_get(&file.entry[1], STR("harm-happens")).value,
                       STR("Phones are given away.")));
}

/* "Today" is the day on which it was told. */
static void a_day_does_not_move(void **state)
{
    (void)state;
    int64_t id = 0;
    struct date day = {2026, 12, 3};
    clock_set(clock_from_london((struct civil){.date = day, .hour = 18}));
    assert_int_equal(try_add(ANALYST, "mid", "", 0,
                             PAIRS("location-name", "Gannet Quay", "location-kind", "park"), &id),
                     ST_OK);
    assert_int_equal(
        try_save(ANALYST, id, "action", 1,
                 PAIRS("action-what", "Lights were mended.", "action-when", "yesterday")),
        ST_OK);
    assert_int_equal(
        try_save(ANALYST, id, "worked", 2, PAIRS("worked-answer", "no", "review-day", "today")),
        ST_OK);
    struct location_file file = opened(ANALYST, id);
    assert_true(str_eq(location_entry_get(&file.entry[1], STR("action-when")).value,
                       STR("2 December 2026")));
    struct answer kept = location_answer_get(&file, STR("review-day"));
    assert_true(str_eq(kept.value, STR("3 December 2026")));
    clock_set(clock_now() + (instant_ms)9 * 24 * 3600 * 1000);
    assert_int_equal(
        try_save(ANALYST, id, "worked", 3,
                 PAIRS("worked-answer", "partly", "review-day", str_c(&arena, kept.value))),
        ST_OK);
    file = opened(ANALYST, id);
    assert_int_equal(file.line.review_day, date_to_days((struct date){2026, 12, 3}));
    clock_set(0);
}

static void what_is_wrong_says_so(void **state)
{
    (void)state;
    int64_t id = 0;
    assert_int_equal(try_add(ANALYST, "mid", "", 0, PAIRS("location-kind", "park"), &id),
                     ST_INVALID);
    assert_int_equal(try_add(ANALYST, "mid", "", 0, PAIRS("location-name", "A"), &id), ST_INVALID);
    assert_int_equal(
        try_add(ANALYST, "mid", "", 0,
                PAIRS("location-name", "A", "location-kind", "park", "location-position", "here"),
                &id),
        ST_INVALID);
    assert_int_equal(
        try_add(ANALYST, "east", "", 0, PAIRS("location-name", "A", "location-kind", "park"), &id),
        ST_INVALID);
    assert_int_equal(try_add(ANALYST, "mid", "handling:C.named", 0,
                             PAIRS("location-name", "A", "location-kind", "park"), &id),
                     ST_INVALID);
    assert_int_equal(try_add(ANALYST, "mid", "", 0,
                             PAIRS("location-name", "A", "location-kind", "park",
                                   "location-position", "50.2, -5.1"),
                             &id),
                     ST_OK);
    /* What did not work yet has a day on which it is looked at again. */
    assert_int_equal(try_save(ANALYST, id, "worked", 1, PAIRS("worked-answer", "no")), ST_INVALID);
    assert_int_equal(try_save(ANALYST, id, "worked", 1, PAIRS("worked-answer", "yes")), ST_OK);
    assert_int_equal(try_save(ANALYST, id, "action", 2, PAIRS("action-by", "Somebody")),
                     ST_INVALID);
    double latitude = 0;
    double longitude = 0;
    static const char *const not_positions[] = {"",       "50.2",      "50.2 -5.1", "91, 0",
                                                "0, 181", "50.2.1, 5", "5-0, 1",    "nan, 1",
                                                "1e5, 1", ",",         "1,"};
    for (size_t i = 0; i < sizeof not_positions / sizeof *not_positions; i++)
        assert_false(location_position_read(str_from(not_positions[i]), &latitude, &longitude));
    assert_true(location_position_read(STR(" -50.2 , 5.25"), &latitude, &longitude));
    assert_true(latitude == -50.2 && longitude == 5.25);
}

static void two_editors_lose_nothing(void **state)
{
    (void)state;
    int64_t id = 0;
    assert_int_equal(
        try_add(ANALYST, "mid", "", 0, PAIRS("location-name", "A", "location-kind", "park"), &id),
        ST_OK);
    assert_int_equal(try_save(ANALYST, id, "harm", 1, PAIRS("harm-happens", "The first.")), ST_OK);
    assert_int_equal(try_save(OFFICER, id, "harm", 1, PAIRS("harm-happens", "The second.")),
                     ST_CONFLICT);
    struct location_file file = opened(OFFICER, id);
    assert_true(str_eq(location_answer_get(&file, STR("harm-happens")).value, STR("The first.")));
    assert_int_equal(file.line.version, 2);
    assert_int_equal(try_save(OFFICER, id, "harm", 2, PAIRS("harm-happens", "The second.")), ST_OK);
}

static void it_is_seen_as_its_condition_says(void **state)
{
    (void)state;
    int64_t open = 0;
    int64_t narrow = 0;
    assert_int_equal(
        try_add(OFFICER, "mid", "", 0, PAIRS("location-name", "A", "location-kind", "park"), &open),
        ST_OK);
    assert_int_equal(try_add(OFFICER, "mid", "handling:C.ask", 0,
                             PAIRS("location-name", "B", "location-kind", "park"), &narrow),
                     ST_OK);
    assert_true(sees(ANALYST, open) && sees(OFFICER, open) && !sees(OTHER, open));
    assert_true(!sees(ANALYST, narrow) && sees(OFFICER, narrow));
    struct location *list = NULL;
    size_t count = 0;
    assert_int_equal(
        location_list(&app, &arena, &person[ANALYST], STR(""), STR(""), &list, &count, NULL),
        ST_OK);
    bool there[2] = {false, false};
    for (size_t i = 0; i < count; i++) {
        there[0] |= list[i].id == open;
        there[1] |= list[i].id == narrow;
    }
    assert_true(there[0] && !there[1]);
    assert_int_equal(
        location_list(&app, &arena, &person[OFFICER], STR("pub"), STR(""), &list, &count, NULL),
        ST_OK);
    assert_int_equal(count, 0);
    assert_int_equal(try_save(ANALYST, narrow, "harm", 1, PAIRS("harm-happens", "x")),
                     ST_NOT_FOUND);
}

/* What a list takes of a request's memory, of which there is no more than `most`. */
static size_t memory_of_list(const char *of, size_t most)
{
    static jmp_buf full;
    static struct arena own;
    struct location *list = NULL;
    size_t count = 0;
    arena_init(&own, most);
    own.on_failure = &full;
    if (setjmp(full)) fail_msg("a list takes more than %zu bytes", most);
    assert_int_equal(
        location_list(&app, &own, &person[OFFICER], STR(""), str_from(of), &list, &count, NULL),
        ST_OK);
    size_t used = own.used;
    arena_done(&own);
    return used;
}

/* Whoever saves a long part over and over fills nobody's request. */
static void many_long_entries_take_little(void **state)
{
    (void)state;
    enum { SAVES = 40, LITTLE = 128 << 10 };
    char *text = arena_alloc(&arena, QUESTION_TEXT_MAX + 1);
    int64_t id = 0;
    int64_t version = 1;
    assert_int_equal(try_add(ANALYST, "mid", "", 0,
                             PAIRS("location-name", "Gannet Quay", "location-kind", "beach",
                                   "location-town", "Hayle", "location-position", "50.2, -5.4"),
                             &id),
                     ST_OK);
    assert_int_equal(
        try_save(ANALYST, id, "action", version++, PAIRS("action-what", "A lamp was put up.")),
        ST_OK);
    for (int i = 0; i < SAVES; i++) {
        memset(text, 'a' + i % 26, QUESTION_TEXT_MAX);
        assert_int_equal(try_save(ANALYST, id, "safety", version++,
                                  PAIRS("safety-now", text, "safety-guardians", text)),
                         ST_OK);
    }
    assert_int_equal(try_save(ANALYST, id, "safety", version++,
                              PAIRS("safety-guardians", "The harbour master.")),
                     ST_OK);
    assert_int_equal(try_save(ANALYST, id, "worked", version++, PAIRS("worked-answer", "yes")),
                     ST_OK);
    size_t none = memory_of_list("nowhere", 64 << 20);
    assert_true(memory_of_list("mid", none + LITTLE) < none + LITTLE / 2);
    /* And the newest of each answer is said. */
    struct location line;
    assert_int_equal(location_line(&app, &arena, &person[OFFICER], id, &line, NULL), ST_OK);
    struct location_file file = opened(OFFICER, id);
    assert_str(line.name, "Gannet Quay");
    assert_str(line.town, "Hayle");
    assert_str(line.position, "50.2, -5.4");
    assert_str(line.guardians, "The harbour master.");
    assert_str(line.worked, "Yes");
    assert_true(str_eq(line.guardians, file.line.guardians));
    assert_int_equal(line.deeds, 1);
    assert_int_equal(file.line.deeds, 1);
    assert_true(line.may_keep && file.line.may_keep);
    assert_int_equal(location_line(&app, &arena, &person[OTHER], id, &line, NULL), ST_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_location_holds_harm_safety_and_what_was_done),
        cmocka_unit_test(a_day_does_not_move),
        cmocka_unit_test(what_is_wrong_says_so),
        cmocka_unit_test(two_editors_lose_nothing),
        cmocka_unit_test(it_is_seen_as_its_condition_says),
        cmocka_unit_test(many_long_entries_take_little),
    };
    return cmocka_run_group_tests_name("location", tests, fresh, close_partnership);
}
