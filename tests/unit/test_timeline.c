/* The timeline of things: what is in it for whom, where it lies, and what is missing. */
#include "domain/timeline.h"

#include "base/utf8.h"
#include "domain/decision.h"
#include "domain/disruption.h"
#include "domain/entity_seen.h"
#include "partnership.h"
#include "share_on.h"

enum { SENDER, POLICE, YOUTH, PEOPLE };

static const struct cast cast[PEOPLE] = {
    {"Tamsin Hale", "The school", "education", ROLE_practitioner},
    {"Kerensa Vane", "The police", "police", ROLE_analyst},
    {"Jory Penn", "The youth service", "youth-service", ROLE_analyst},
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

static int64_t shared(const char *words, const char *handling, const char *plate, const char *name,
                      const char *day)
{
    struct mention_draft mention[2] = {{.kind = LINK_VEHICLE, .span_start = -1, .span_end = -1},
                                       {.kind = LINK_PERSON, .span_start = -1, .span_end = -1}};
    mention[0].field[LINK_REGISTRATION] = str_from(plate);
    if (name) mention[1].field[LINK_NAME] = str_from(name);
    struct submission_draft draft = {.idempotency_key = str_from(words),
                                     .narrative = str_from(words),
                                     .how_known = HOW_SAW,
                                     .handling = str_from(handling),
                                     .mention = mention,
                                     .mention_count = name ? 2 : 1};
    if (day) {
        assert_true(date_parse_iso(str_from(day), &draft.seen_from));
        draft.seen_to = draft.seen_from;
    }
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &person[SENDER], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    share_on(&app, &arena, &person[SENDER], receipt.id);
    return receipt.id;
}

static struct timeline_event *event;
static size_t count;
static bool more;

static enum st told(int who, const int64_t *mention, size_t mentions, instant_ms until)
{
    struct err err = {0};
    person[who].scope = NULL;
    return timeline_read(scope_of(&app, &arena, &person[who]), &arena, mention, mentions, until,
                         &event, &count, &more, &err);
}

static void events_lie_on_their_day_in_their_lane(void **state)
{
    (void)state;
    int64_t *mention = NULL;
    int64_t first =
        shared("With somebody", "handling:P", "WK86 AAA", "Silas Penrice", "2026-01-02");
    shared("Kept", "handling:C.maru-police", "WK86 AAA", NULL, "2026-02-03");
    shared("By itself", "handling:P", "WK86 AAA", NULL, NULL);
    assert_int_equal(entity_mentions_of(app.entities, &arena, first, &mention), 2);
    assert_int_equal(told(YOUTH, mention, 1, 0), ST_OK);
    assert_int_equal(count, 2);
    assert_false(more);
    assert_int_equal(event[0].day, date_to_days((struct date){2026, 5, 5}));
    assert_true(event[0].came);
    assert_int_equal(event[0].lanes, 1u << TIMELINE_ALONE);
    assert_int_equal(event[1].day, date_to_days((struct date){2026, 1, 2}));
    assert_int_equal(event[1].lanes, 1u << TIMELINE_PERSON);
    assert_true(str_eq(event[1].words, STR("With somebody")));
    /* Of both things that one names, the lanes are theirs. */
    assert_int_equal(told(YOUTH, mention, 2, 0), ST_OK);
    assert_int_equal(count, 2);
    assert_int_equal(event[1].lanes, 1u << TIMELINE_PERSON | 1u << TIMELINE_VEHICLE);
    assert_int_equal(told(POLICE, mention, 1, 0), ST_OK);
    assert_int_equal(count, 3);
    /* As it was known before any of it came. */
    assert_int_equal(told(POLICE, mention, 1, at("2026-05-04 10:00")), ST_OK);
    assert_int_equal(count, 0);
    int64_t none = 999999;
    assert_int_equal(told(POLICE, &none, 1, 0), ST_NOT_FOUND);
}

static void what_people_said_is_in_it(void **state)
{
    (void)state;
    int64_t *a = NULL;
    int64_t *b = NULL;
    struct err err = {0};
    entity_mentions_of(app.entities, &arena,
                       shared("One", "handling:P", "WK?? 7BB", NULL, "2026-03-01"), &a);
    entity_mentions_of(app.entities, &arena,
                       shared("Two", "handling:C.maru-police", "WK86 7BB", NULL, "2026-03-02"), &b);
    person[POLICE].scope = NULL;
    if (decision_make(&app, &person[POLICE], a[0], b[0], VERDICT_SAME, STR("One car."), &err) !=
        ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(told(POLICE, a, 1, 0), ST_OK);
    assert_int_equal(count, 3);
    assert_int_equal(event[0].lanes, 1u << TIMELINE_SAID);
    assert_true(str_eq(event[0].words, STR("Kerensa Vane said that two mentions are the same")));
    assert_int_equal(told(YOUTH, a, 1, 0), ST_OK);
    assert_int_equal(count, 1); /* neither the other nor that somebody said it */
}

/* Of many words the first, none of them cut within a letter. */
static void long_words_are_cut_between_letters(void **state)
{
    (void)state;
    int64_t *mention = NULL;
    char words[202] = "a";
    for (size_t i = 0; i < 100; i++) memcpy(words + 1 + 2 * i, "é", 2);
    entity_mentions_of(app.entities, &arena, shared(words, "handling:P", "WK86 CUT", NULL, NULL),
                       &mention);
    assert_int_equal(told(YOUTH, mention, 1, 0), ST_OK);
    assert_int_equal(count, 1);
    assert_true(utf8_valid(event[0].words));
    assert_true(str_eq(event[0].words, str_fmt(&arena, "%.*s…", 159, words)));
}

/* Whoever finds a measure in the register finds it here, be the mention that it is tied to kept
 * from them. */
static void a_measure_is_in_it_for_whoever_has_it_in_the_register(void **state)
{
    (void)state;
    int64_t *open = NULL;
    int64_t *kept = NULL;
    int64_t id = 0;
    const char *field = NULL;
    struct err err = {0};
    struct disruption *list = NULL;
    size_t listed = 0;
    entity_mentions_of(app.entities, &arena,
                       shared("Open", "handling:P", "WK86 MSR", NULL, "2026-03-01"), &open);
    entity_mentions_of(
        app.entities, &arena,
        shared("Closed", "handling:C.maru-police", "WK86 MSR", NULL, "2026-03-02"), &kept);
    struct disruption_input measure = {.forum = STR("mid"),
                                       .kind = STR("closure-notice"),
                                       .issuer = STR("The police"),
                                       .subject = STR("Whoever drives it"),
                                       .terms = STR("To keep away"),
                                       .served = STR("today"),
                                       .mention = kept[0]};
    person[POLICE].scope = NULL;
    if (disruption_add(&app, &person[POLICE], &measure, &id, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(told(YOUTH, open, 1, 0), ST_OK);
    assert_int_equal(disruption_list(&app, &arena, &person[YOUTH], &list, &listed, NULL), ST_OK);
    assert_int_equal(listed, 1);
    assert_int_equal(count, 2);
    assert_int_equal(event[0].measure, id);
    assert_int_equal(event[0].lanes, 1u << TIMELINE_MEASURE);
}

static void gaps_are_found(void **state)
{
    (void)state;
    static const int32_t day[] = {100, 90, 90, 40};
    struct timeline_gap gap[4];
    assert_int_equal(timeline_gaps(day, 4, 0, 130, 20, gap, 4), 3);
    assert_int_equal(gap[0].from, 100);
    assert_int_equal(gap[0].to, 130);
    assert_int_equal(gap[1].from, 40);
    assert_int_equal(gap[1].to, 90);
    assert_int_equal(gap[2].from, 0);
    assert_int_equal(gap[2].to, 40);
    assert_int_equal(timeline_gaps(day, 4, 40, 100, 50, gap, 4), 0);
    assert_int_equal(timeline_gaps(NULL, 0, 0, 100, 20, gap, 4), 1); /* nothing at all */
    assert_int_equal(timeline_gaps(day, 4, 0, 130, 20, gap, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_lie_on_their_day_in_their_lane),
        cmocka_unit_test(what_people_said_is_in_it),
        cmocka_unit_test(long_words_are_cut_between_letters),
        cmocka_unit_test(a_measure_is_in_it_for_whoever_has_it_in_the_register),
        cmocka_unit_test(gaps_are_found),
    };
    return cmocka_run_group_tests(tests, fresh, close_partnership);
}
