/* Patterns in a partnership: each reader's own, what people say of them, and when it is asked
 * anew. */
#include "domain/pattern.h"

#include "base/utf8.h"
#include "domain/decision.h"
#include "domain/meeting.h"
#include "partnership.h"
#include "share_on.h"

enum { SENDER, POLICE, YOUTH, COORDINATOR, PEOPLE };

static const struct cast cast[PEOPLE] = {
    {"Tamsin Hale", "The school", "education", ROLE_representative},
    {"Kerensa Vane", "The police", "police", ROLE_analyst},
    {"Jory Penn", "The youth service", "youth-service", ROLE_analyst},
    {"Denzil Rowe", "The council", "housing", ROLE_coordinator},
};
static struct person person[PEOPLE];
static char folder[64];

static int fresh(void **state)
{
    (void)state;
    open_partnership(512 << 20, folder);
    set_clock("2026-05-05 10:00");
    add_people(cast, PEOPLE, person);
    return 0;
}

struct piece {
    const char *handling;
    const char *when;
    const char *person;
    const char *phone;
    const char *plate;
    const char *venue;
    const char *day;
};

static int64_t shared(const struct piece *piece)
{
    static int number;
    struct mention_draft mention[4];
    size_t count = 0;
    const struct {
        enum link_kind kind;
        enum link_field field;
        const char *value;
    } named[] = {{LINK_PERSON, LINK_NAME, piece->person},
                 {LINK_PHONE, LINK_NUMBER, piece->phone},
                 {LINK_VEHICLE, LINK_REGISTRATION, piece->plate},
                 {LINK_PLACE, LINK_VENUE, piece->venue}};
    for (size_t i = 0; i < 4; i++) {
        if (!named[i].value) continue;
        mention[count] =
            (struct mention_draft){.kind = named[i].kind, .span_start = -1, .span_end = -1};
        mention[count++].field[named[i].field] = str_from(named[i].value);
    }
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "piece-%d", number++),
                                     .narrative = STR("What was seen."),
                                     .when_text = str_from(piece->when ? piece->when : ""),
                                     .how_known = HOW_SAW,
                                     .handling =
                                         str_from(piece->handling ? piece->handling : "handling:P"),
                                     .mention = mention,
                                     .mention_count = count};
    assert_true(date_parse_iso(str_from(piece->day), &draft.seen_from));
    draft.seen_to = draft.seen_from;
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &person[SENDER], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    share_on(&app, &arena, &person[SENDER], receipt.id);
    return receipt.id;
}

static struct pattern *list;
static size_t count;

static size_t listed(int who, enum pattern_kind kind, int state)
{
    struct pattern_filter filter = {.kind = (int)kind};
    struct err err = {0};
    filter.state = state;
    person[who].scope = NULL;
    if (patterns_look(&app, &err) != ST_OK) fail_msg("%s %s", err.public, err.detail);
    if (pattern_list(&app, &arena, &person[who], &filter, &list, &count, &err) != ST_OK)
        fail_msg("%s %s", err.public, err.detail);
    return count;
}

static enum st answered(int who, int64_t id, bool accept, const char *why)
{
    struct err err = {0};
    person[who].scope = NULL;
    return pattern_answer(&app, &person[who], id, accept, str_from(why), &err);
}

static void a_phone_moves_and_is_dismissed_until_something_new_comes(void **state)
{
    (void)state;
    shared(
        &(struct piece){.person = "Denny Tregear", .phone = "07700 900188", .day = "2026-03-01"});
    shared(&(struct piece){.person = "Marek Pascoe",
                           .phone = "07700 900188",
                           .day = "2026-03-10",
                           .handling = "handling:C.maru-police"});
    assert_int_equal(listed(YOUTH, PATTERN_PHONE, PATTERNS_ALL), 0);
    assert_int_equal(listed(POLICE, PATTERN_PHONE, PATTERNS_ALL), 1);
    int64_t id = list[0].id;
    assert_true(
        str_eq(list[0].fact, STR("“07700 900188” was named with “Denny Tregear” until 1 March "
                                 "2026, and with “Marek Pascoe” since 10 March 2026")));
    assert_int_equal(list[0].fragment_count, 2);
    assert_int_equal(answered(YOUTH, id, false, "Nothing"), ST_NOT_FOUND);
    assert_int_equal(answered(COORDINATOR, id, false, "Nothing"), ST_NOT_FOUND);
    assert_int_equal(answered(POLICE, id, false, " "), ST_INVALID);
    assert_int_equal(answered(POLICE, id, false, "One family shares it."), ST_OK);
    assert_int_equal(listed(POLICE, PATTERN_PHONE, PATTERNS_OPEN), 0);
    assert_int_equal(listed(POLICE, PATTERN_PHONE, PATTERNS_ANSWERED), 1);
    assert_true(str_eq(list[0].verdict, STR("dismissed")));
    assert_true(str_eq(list[0].reason, STR("One family shares it.")));
    assert_true(str_eq(list[0].by, STR("Kerensa Vane")));
    /* A fragment that comes asks anew; and whoever did not see the second sees a pattern of the
     * first and the third alone, of which nobody has said anything. */
    shared(&(struct piece){.person = "Wenna Furze", .phone = "07700 900188", .day = "2026-04-02"});
    assert_int_equal(listed(POLICE, PATTERN_PHONE, PATTERNS_OPEN), 1);
    assert_true(list[0].again);
    assert_int_equal(list[0].id, id);
    assert_int_equal(listed(YOUTH, PATTERN_PHONE, PATTERNS_OPEN), 1);
    assert_false(list[0].again);
    assert_int_equal(list[0].verdict.len, 0);
    assert_int_equal(list[0].fragment_count, 2);
    assert_true(str_find(list[0].fact, STR("Marek"), 0) < 0);
    assert_int_equal(answered(YOUTH, list[0].id, true, "We ask the phone company."), ST_OK);
    assert_int_equal(listed(YOUTH, PATTERN_PHONE, PATTERNS_OPEN), 0);
    assert_int_equal(answered(POLICE, id, true, "The youth service asks."), ST_OK);
    assert_int_equal(listed(POLICE, PATTERN_PHONE, PATTERNS_OPEN), 0);
    assert_int_equal(listed(YOUTH, PATTERN_PHONE, PATTERNS_ANSWERED), 1);
    /* not what is said of what they do not see */
    assert_true(str_eq(list[0].reason, STR("We ask the phone company.")));
}

static void a_car_is_at_one_place_at_one_hour(void **state)
{
    (void)state;
    static const char *const days[] = {"2026-04-03", "2026-04-10", "2026-04-17"};
    for (int i = 0; i < 3; i++)
        shared(&(struct piece){.plate = "WK86 HZD",
                               .venue = "Tolgarrick Takeaway",
                               .when = i ? "about 5" : "17:20",
                               .day = days[i]});
    shared(&(struct piece){.plate = "WK86 HZD",
                           .venue = "Porthcurnick Beach",
                           .when = "about 5",
                           .day = "2026-04-24"});
    assert_int_equal(listed(YOUTH, PATTERN_MEETING, PATTERNS_ALL), 1);
    assert_true(str_eq(list[0].fact, STR("“WK86 HZD” was at “Tolgarrick Takeaway” on 3 different "
                                         "Fridays between 17:00 and 18:59")));
    assert_int_equal(list[0].fragment_count, 3);
    assert_int_equal(answered(YOUTH, list[0].id, true, "Somebody goes there."), ST_OK);
    assert_int_equal(listed(POLICE, PATTERN_MEETING, PATTERNS_OPEN), 0);
    /* When people say that it is another place of the same name, it is none. */
    int64_t *mention = NULL;
    struct err err = {0};
    int64_t place[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            entity_mentions_of(app.entities, &arena, list[0].fragment[i].submission, &mention), 2);
        place[i] = mention[1];
    }
    person[POLICE].scope = NULL;
    if (decision_make(&app, &person[POLICE], place[0], place[1], VERDICT_DIFFERENT,
                      STR("Two of that name."), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(listed(POLICE, PATTERN_MEETING, PATTERNS_ALL), 0);
}

static void a_group_grows_and_what_is_hidden_is_no_part_of_it(void **state)
{
    (void)state;
    static const struct piece pieces[] = {
        {.plate = "WK87 LFT", .person = "Silas Penrice", .day = "2025-10-01"},
        {.plate = "WK87 LFT", .person = "Bryony Coad", .day = "2025-10-02"},
        {.plate = "WK87 LFT", .person = "Owen Maddern", .day = "2026-03-01"},
        {.plate = "WK87 LFT", .person = "Katya Dunstan", .day = "2026-03-21"},
        {.plate = "WK87 LFT",
         .person = "Yusuf Trembath",
         .day = "2026-04-01",
         .handling = "handling:C.maru-police"},
    };
    for (size_t i = 0; i < 5; i++) shared(&pieces[i]);
    assert_int_equal(listed(YOUTH, PATTERN_GROWING, PATTERNS_ALL), 0);
    assert_int_equal(listed(POLICE, PATTERN_GROWING, PATTERNS_ALL), 1);
    assert_non_null(strstr(str_c(&arena, list[0].fact),
                           "3 people are named with “WK87 LFT” for the first time"));
    struct pattern one;
    struct err err = {0};
    person[YOUTH].scope = NULL;
    assert_int_equal(pattern_read(&app, &arena, &person[YOUTH], list[0].id, &one, &err),
                     ST_NOT_FOUND);
    assert_int_equal(pattern_read(&app, &arena, &person[YOUTH], 999999, &one, &err), ST_NOT_FOUND);
}

static void a_long_name_is_cut_between_letters(void **state)
{
    (void)state;
    char name[92] = "Z";
    for (size_t i = 0; i < 45; i++) memcpy(name + 1 + 2 * i, "é", 2);
    shared(&(struct piece){.person = name, .phone = "07700 900155", .day = "2026-03-01"});
    shared(&(struct piece){.person = "Marek Pascoe", .phone = "07700 900155", .day = "2026-03-10"});
    struct str fact = STR("");
    listed(POLICE, PATTERN_PHONE, PATTERNS_ALL);
    for (size_t i = 0; i < count; i++)
        if (str_find(list[i].fact, STR("900155"), 0) >= 0) fact = list[i].fact;
    assert_true(str_find(fact, str_fmt(&arena, "“%.*s…”", 77, name), 0) > 0);
    assert_true(utf8_valid(fact));
}

/* The police see an earlier report too, of no hour: it gives the car and, as they say, the place
 * their ids, and is no fragment. */
static void what_was_said_holds_without_what_is_no_fragment(void **state)
{
    (void)state;
    static const char *const days[] = {"2026-04-02", "2026-04-09", "2026-04-16"};
    int64_t earlier = shared(&(struct piece){.plate = "WK88 KRT",
                                             .venue = "Nancegollan Garage",
                                             .day = "2026-03-03",
                                             .handling = "handling:C.maru-police"});
    int64_t newest = 0;
    for (int i = 0; i < 3; i++)
        newest = shared(&(struct piece){
            .plate = "WK88 KRT", .venue = "Nancegollan Garage", .when = "about 5", .day = days[i]});
    int64_t *there = NULL;
    int64_t *here = NULL;
    struct err err = {0};
    assert_int_equal(entity_mentions_of(app.entities, &arena, earlier, &there), 2);
    assert_int_equal(entity_mentions_of(app.entities, &arena, newest, &here), 2);
    person[POLICE].scope = NULL;
    if (decision_make(&app, &person[POLICE], there[1], here[1], VERDICT_SAME, STR("One garage."),
                      &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(listed(POLICE, PATTERN_MEETING, PATTERNS_OPEN), 1);
    assert_int_equal(list[0].fragment_count, 3);
    assert_true(list[0].entity[0] == there[0] && list[0].entity[1] == there[1]);
    assert_int_equal(answered(POLICE, list[0].id, true, "Who goes there?"), ST_OK);
    for (int who = POLICE; who <= YOUTH; who++) {
        assert_int_equal(listed(who, PATTERN_MEETING, PATTERNS_OPEN), 0);
        assert_int_equal(listed(who, PATTERN_MEETING, PATTERNS_ANSWERED), 1);
        assert_true(str_eq(list[0].reason, STR("Who goes there?")));
    }
}

/* --- on the agenda of a Forum ----------------------------------------------------------------- */

static struct str on_the_agenda(int who, int64_t id)
{
    struct meeting meeting;
    struct meeting_item *items = NULL;
    struct str facts = STR("");
    size_t all = 0;
    person[who].scope = NULL;
    assert_int_equal(meeting_read(&app, &arena, &person[who], id, &meeting, NULL), ST_OK);
    assert_int_equal(meeting_items(&app, &arena, &person[who], &meeting, &items, &all, NULL),
                     ST_OK);
    for (size_t i = 0; i < all; i++) {
        struct item_brief brief;
        if (items[i].kind != ITEM_PATTERN) continue;
        assert_true(str_eq(items[i].section, STR("themes")));
        struct db *db = store_read_begin(app.store, NULL);
        assert_int_equal(meeting_brief(scope_of(&app, &arena, &person[who]), db, &arena, &meeting,
                                       &items[i], &brief, NULL),
                         ST_OK);
        store_read_end(app.store, db);
        facts = str_fmt(&arena, "%.*s[%.*s] ", STR_ARG(facts), STR_ARG(brief.title));
    }
    return facts;
}

static void what_was_accepted_is_a_theme_for_who_sees_all_of_it(void **state)
{
    (void)state;
    int64_t meeting = 0;
    struct err err = {0};
    assert_int_equal(listed(POLICE, PATTERN_GROWING, PATTERNS_ALL), 1);
    assert_int_equal(answered(POLICE, list[0].id, true, "It grows."), ST_OK);
    set_clock("2026-05-06 10:00");
    person[COORDINATOR].scope = NULL;
    if (meeting_plan(&app, &person[COORDINATOR], STR("mid"), clock_now() + 1000000, STR(""),
                     &meeting, &err) != ST_OK)
        fail_msg("%s %s", err.public, err.detail);
    /* Of the car that three were newly seen with one is kept from the
     * youth service and the council. */
    struct str police = on_the_agenda(POLICE, meeting);
    assert_true(str_find(police, STR("3 people are named with “WK87 LFT”"), 0) >= 0);
    for (int who = YOUTH; who <= COORDINATOR; who++)
        assert_true(str_find(on_the_agenda(who, meeting), STR("WK87"), 0) < 0);
    /* What the youth service accepted of what it sees is there for all who see that much. */
    assert_true(str_find(on_the_agenda(YOUTH, meeting),
                         STR("“07700 900188” was named with “Denny Tregear”"), 0) >= 0);
    assert_true(str_find(on_the_agenda(YOUTH, meeting), STR("Marek"), 0) < 0);
    /* And what the police accepted, of which it sees every fragment. */
    assert_true(str_find(on_the_agenda(YOUTH, meeting), STR("WK88 KRT"), 0) >= 0);
    assert_true(str_find(on_the_agenda(SENDER, meeting), STR("900188"), 0) < 0);
    /* Somebody says otherwise: it is no theme any more, for who sees it. */
    assert_int_equal(listed(POLICE, PATTERN_GROWING, PATTERNS_ALL), 1);
    assert_int_equal(answered(POLICE, list[0].id, false, "A taxi."), ST_OK);
    assert_true(str_find(on_the_agenda(POLICE, meeting), STR("WK87"), 0) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_moves_and_is_dismissed_until_something_new_comes),
        cmocka_unit_test(a_car_is_at_one_place_at_one_hour),
        cmocka_unit_test(a_group_grows_and_what_is_hidden_is_no_part_of_it),
        cmocka_unit_test(what_was_said_holds_without_what_is_no_fragment),
        cmocka_unit_test(what_was_accepted_is_a_theme_for_who_sees_all_of_it),
        cmocka_unit_test(a_long_name_is_cut_between_letters),
    };
    return cmocka_run_group_tests(tests, fresh, close_partnership);
}
