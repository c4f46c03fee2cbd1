/* The synthetic partnership: same seed same bytes, nothing real, true links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "synth/partnership.h"
#include "synth/partnership_csv.h"
#include "synth/people.h"
#include "cornish_towns.h"

enum { REPORTS = 600, LAST_DAY = 20780 };

static struct arena arena;

static struct synth_partnership *build(uint64_t seed)
{
    struct synth_options options = {.town = cornish_towns,
                                    .town_count = CORNISH_TOWNS,
                                    .seed = seed,
                                    .reports = REPORTS,
                                    .last_day = LAST_DAY};
    return synth_partnership_new(&arena, &options);
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 256u << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void mix(uint64_t *hash, struct str text)
{
    *hash = (*hash ^ str_hash(text)) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t report_hash(const struct synth_report *report)
{
    uint64_t hash = (uint64_t)report->day * 31 + (uint64_t)report->account;
    mix(&hash, report->narrative);
    mix(&hash, report->when_text);
    for (int32_t i = 0; i < report->mention_count; i++) {
        hash = hash * 31 + (uint64_t)report->mention[i].entity;
        for (size_t f = 0; f < LINK_FIELDS; f++) mix(&hash, report->mention[i].field[f]);
    }
    return hash;
}

static uint64_t partnership_hash(uint64_t seed)
{
    struct synth_partnership *partnership = build(seed);
    uint64_t hash = 0;
    for (int32_t i = 0; i < REPORTS; i++) {
        struct synth_report report;
        synth_report_make(partnership, &arena, i, &report);
        hash = hash * 31 + report_hash(&report);
    }
    return hash;
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    uint64_t first = partnership_hash(7);
    assert_true(first == partnership_hash(7));
    assert_true(first != partnership_hash(8));
}

static void reports_do_not_need_those_before(void **state)
{
    (void)state;
    struct synth_partnership *partnership = build(3);
    struct synth_report alone, after;
    synth_report_make(partnership, &arena, 400, &alone);
    for (int32_t i = 0; i <= 400; i++) synth_report_make(partnership, &arena, i, &after);
    assert_true(report_hash(&alone) == report_hash(&after));
}

/* ^[A-HJ-PR-Y]{2}\d{2}[A-HJ-PR-Z]{3}$ with an age identifier never issued */
static bool plate_fits(const char *plate)
{
    for (int i = 0; i < 7; i++) {
        char c = plate[i];
        bool digit = c >= '0' && c <= '9', letter = c >= 'A' && c <= 'Z' && c != 'I' && c != 'Q';
        if (i == 2 || i == 3 ? !digit : !letter) return false;
        if (i < 2 && c == 'Z') return false;
    }
    int age = (plate[2] - '0') * 10 + plate[3] - '0';
    return plate[7] == '\0' && (age >= 84 || age <= 1);
}

static bool number_is_for_drama(struct str number)
{
    static const char *const ranges[] = {
        "07700900", "01632960", "01134960", "01144960", "01154960", "01164960",
        "01174960", "01184960", "01214960", "01314960", "01414960", "01514960",
        "01614960", "02079460", "02920180", "01914980", "08081570", "09098790",
    };
    if (number.len != 11) return false;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (str_starts(number, str_from(ranges[i]))) return true;
    return false;
}

static void entity_is_not_real(const struct synth_entity *entity)
{
    switch (entity->kind) {
    case LINK_VEHICLE:
        assert_true(plate_fits(entity->vehicle.plate));
        break;
    case LINK_PHONE:
        assert_true(number_is_for_drama(str_from(entity->phone.number)));
        break;
    case LINK_ACCOUNT:
        if (entity->account.email.len > 0)
            assert_true(str_ends(entity->account.email, STR("@example.org")));
        break;
    case LINK_PLACE: /* districts from 51 up are not issued in TR, PL and EX */
        assert_true(entity->place.postcode.ptr[2] >= '5');
        break;
    default:
        assert_true(entity->person.name.given.len > 0 && entity->person.name.surname.len > 0);
        assert_true(utf8_valid(entity->person.name.given));
        assert_true(utf8_valid(entity->person.name.surname));
        break;
    }
}

static void nothing_is_real(void **state)
{
    (void)state;
    struct synth_options options = {.town = cornish_towns,
                                    .town_count = CORNISH_TOWNS,
                                    .seed = 5,
                                    .reports = 30000,
                                    .last_day = LAST_DAY};
    struct synth_partnership *partnership = synth_partnership_new(&arena, &options);
    int32_t of_kind[LINK_KINDS] = {0};
    for (int32_t i = 0; i < partnership->entity_count; i++) {
        of_kind[partnership->entity[i].kind]++;
        entity_is_not_real(&partnership->entity[i]);
    }
    for (size_t kind = 0; kind < LINK_KINDS; kind++) assert_true(of_kind[kind] > 100);
    for (int32_t i = 0; i < SYNTH_ACCOUNTS; i++)
        assert_true(str_ends(partnership->account[i].email, STR("@example.org")));
}

static void accounts_differ(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct synth_partnership *partnership = build(seed);
        int roles[3] = {0};
        for (int32_t i = 0; i < SYNTH_ACCOUNTS; i++) {
            assert_true(str_find(partnership->account[i].email, STR(".."), 0) < 0);
            roles[partnership->account[i].role]++;
            for (int32_t j = 0; j < i; j++)
                assert_false(str_eq(partnership->account[i].email, partnership->account[j].email));
        }
        assert_int_equal(roles[SYNTH_REPRESENTATIVE], SYNTH_ORGANISATIONS);
        assert_int_equal(roles[SYNTH_ANALYST], 2);
    }
}

/* No two entities may share what identifies them: the truth would be open to
 * doubt. */
static void numbers_belong_to_one(void **state)
{
    (void)state;
    struct synth_partnership *partnership = build(11);
    for (int32_t i = 0; i < partnership->entity_count; i++)
        for (int32_t j = 0; j < i; j++) {
            const struct synth_entity *a = &partnership->entity[i], *b = &partnership->entity[j];
            if (a->kind != b->kind) continue;
            if (a->kind == LINK_PHONE) assert_string_not_equal(a->phone.number, b->phone.number);
            if (a->kind == LINK_VEHICLE)
                assert_string_not_equal(a->vehicle.plate, b->vehicle.plate);
        }
}

static void relay_repeats_its_source(const struct synth_partnership *partnership,
                                     const struct synth_report *report)
{
    struct synth_report source;
    synth_report_make(partnership, &arena, report->relay_of, &source);
    assert_int_equal(source.relay_of, -1);
    assert_true(source.organisation != report->organisation);
    assert_true(str_find(report->narrative, source.narrative, 0) >= 0);
}

static void reports_are_in_order_and_whole(void **state)
{
    (void)state;
    struct synth_partnership *partnership = build(9);
    int32_t day = LAST_DAY - 731, relays = 0, mentions = 0, unlinkable = 0;
    for (int32_t i = 0; i < REPORTS; i++) {
        struct synth_report report;
        synth_report_make(partnership, &arena, i, &report);
        assert_true(report.day >= day && report.day <= LAST_DAY);
        day = report.day;
        assert_true(report.narrative.len > 20 && utf8_valid(report.narrative));
        assert_true(str_find(report.narrative, STR("{"), 0) < 0);
        assert_true(report.seen_to < report.day && report.seen_from <= report.seen_to);
        assert_int_equal(report.organisation, partnership->account[report.account].organisation);
        for (int32_t m = 0; m < report.mention_count; m++) {
            const struct synth_mention *mention = &report.mention[m];
            assert_int_equal(mention->id, synth_mention_id(i, m));
            assert_int_equal(mention->kind, partnership->entity[mention->entity].kind);
            unlinkable += !mention->linkable;
        }
        mentions += report.mention_count;
        if (report.relay_of < 0) continue;
        relay_repeats_its_source(partnership, &report);
        relays++;
    }
    assert_true(relays > REPORTS / 25 && relays < REPORTS / 6);
    assert_true(mentions > REPORTS * 2 && unlinkable > mentions / 20);
}

/* What the narrative says is what the fields hold. */
static void narrative_holds_every_field(void **state)
{
    (void)state;
    struct synth_partnership *partnership = build(13);
    for (int32_t i = 0; i < REPORTS; i++) {
        struct synth_report report;
        synth_report_make(partnership, &arena, i, &report);
        for (int32_t m = 0; m < report.mention_count; m++)
            for (size_t f = 0; f < LINK_FIELDS; f++)
                /* The first letter of a sentence is a capital there. */
                assert_true(str_find_nocase(report.narrative, report.mention[m].field[f], 0) >= 0);
    }
}

static const struct synth_mention *mention_find(const struct synth_partnership *partnership,
                                                int64_t id, struct synth_report *report)
{
    int32_t number = (int32_t)((id - 1) / SYNTH_MENTIONS_MAX);
    synth_report_make(partnership, &arena, number, report);
    return &report->mention[(id - 1) % SYNTH_MENTIONS_MAX];
}

static void planted_links_are_true(void **state)
{
    (void)state;
    struct synth_partnership *partnership = build(17);
    struct synth_tracker *tracker = synth_tracker_new(&arena, partnership);
    int32_t planted[LINK_KINDS] = {0};
    for (int32_t i = 0; i < REPORTS; i++) {
        struct synth_report report, earlier;
        struct synth_links links[SYNTH_MENTIONS_MAX];
        synth_report_make(partnership, &arena, i, &report);
        synth_tracker_feed(tracker, &report, links);
        for (int32_t m = 0; m < report.mention_count; m++) {
            for (int32_t k = 0; k < links[m].count; k++) {
                const struct synth_mention *other =
                    mention_find(partnership, links[m].earlier[k], &earlier);
                assert_true(earlier.number < i);
                assert_int_equal(other->entity, report.mention[m].entity);
                assert_true(other->linkable && report.mention[m].linkable);
            }
            planted[report.mention[m].kind] += links[m].count > 0;
        }
    }
    for (size_t kind = 0; kind < LINK_KINDS; kind++) assert_true(planted[kind] > 5);
}

static void mentions_become_the_engines(void **state)
{
    (void)state;
    struct synth_partnership *partnership = build(19);
    size_t companions = 0;
    for (int32_t i = 0; i < REPORTS; i++) {
        struct synth_report report;
        synth_report_make(partnership, &arena, i, &report);
        for (int32_t m = 0; m < report.mention_count; m++) {
            struct link_mention mention;
            synth_mention_link(&report, m, &mention);
            assert_int_equal(mention.id, report.mention[m].id);
            assert_int_equal(mention.report, i + 1);
            assert_int_equal(mention.reported_day, report.day);
            for (size_t c = 0; c < mention.companion_count; c++)
                assert_true(mention.companion[c].value.len > 0);
            companions += mention.companion_count;
        }
    }
    assert_true(companions > REPORTS);
}

/* Every name of every origin can be misheard without harm to its UTF-8. */
static void misheard_words_stay_words(void **state)
{
    (void)state;
    struct synth_random random = synth_random_from(23, 0);
    for (size_t origin = 0; origin < SYNTH_ORIGINS; origin++)
        for (int i = 0; i < 400; i++) {
            struct synth_name name = synth_name_draw(&random, &arena, (enum synth_origin)origin,
                                                     i % 2 ? SYNTH_MALE : SYNTH_FEMALE);
            struct str heard =
                synth_word_mishear(&random, &arena, (enum synth_origin)origin, name.surname);
            assert_true(heard.len > 0 && utf8_valid(heard));
            assert_true(utf8_valid(synth_marks_drop(&arena, name.given)));
        }
    assert_true(str_eq(synth_marks_drop(&arena, STR("Nguyễn Ștefan Łukasz Adébáyọ̀")),
                       STR("Nguyen Stefan Lukasz Adebayo")));
}

/* Commas outside of quotes; every line must have as many as the header. */
static int commas(struct str line)
{
    int count = 0;
    bool quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '"') quoted = !quoted;
        count += line.ptr[i] == ',' && !quoted;
    }
    assert_false(quoted);
    return count;
}

static void files_have_a_cell_for_each_column(void **state)
{
    (void)state;
    struct synth_partnership *partnership = build(29);
    struct synth_tracker *tracker = synth_tracker_new(&arena, partnership);
    struct buf csv, truth;
    buf_init(&csv, 4 << 20);
    buf_init(&truth, 4 << 20);
    synth_csv_header(&csv);
    synth_truth_header(&truth);
    int32_t mentions = 0;
    for (int32_t i = 0; i < REPORTS; i++) {
        struct synth_report report;
        struct synth_links links[SYNTH_MENTIONS_MAX];
        synth_report_make(partnership, &arena, i, &report);
        synth_tracker_feed(tracker, &report, links);
        synth_csv_report(partnership, &report, &csv);
        synth_truth_report(&report, links, &truth);
        mentions += report.mention_count;
    }
    assert_false(csv.overflow || truth.overflow);
    int32_t csv_lines = 0, truth_lines = 0;
    struct str rest = buf_str(&csv), line;
    while (str_split(&rest, '\n', &line) && line.len > 0) {
        assert_int_equal(commas(line), 7 + LINK_FIELDS);
        csv_lines++;
    }
    rest = buf_str(&truth);
    while (str_split(&rest, '\n', &line) && line.len > 0) {
        assert_int_equal(commas(line), 6);
        truth_lines++;
    }
    assert_int_equal(csv_lines, REPORTS + 1);
    assert_int_equal(truth_lines, mentions + 1);
    buf_done(&csv);
    buf_done(&truth);
}

static void register_repeats_people(void **state)
{
    (void)state;
    enum { RECORDS = 20000 };
    struct synth_people *people =
        synth_people_new(&arena, 31, RECORDS, cornish_towns, CORNISH_TOWNS);
    struct synth_people *again =
        synth_people_new(&arena, 31, RECORDS, cornish_towns, CORNISH_TOWNS);
    assert_int_equal(people->records, RECORDS);
    assert_true(people->people > RECORDS * 40 / 100 && people->people < RECORDS * 50 / 100);
    int32_t *copies = arena_many(&arena, RECORDS, int32_t);
    int32_t gaps = 0, fields = 0;
    for (int32_t i = 0; i < RECORDS; i++) {
        struct str field[SYNTH_PEOPLE_FIELDS], same[SYNTH_PEOPLE_FIELDS];
        synth_people_record(people, &arena, i, field);
        synth_people_record(again, &arena, i, same);
        copies[people->place[i].person]++;
        for (size_t k = 0; k < SYNTH_PEOPLE_FIELDS; k++) {
            assert_true(str_eq(field[k], same[k]) && utf8_valid(field[k]));
            assert_true(str_find(field[k], STR(","), 0) < 0);
            if (k == SYNTH_EMAIL || people->place[i].copy == 0) continue;
            gaps += field[k].len == 0;
            fields++;
        }
        if (people->place[i].copy > 0) continue;
        struct date date;
        assert_true(date_parse_iso(field[SYNTH_DATE_OF_BIRTH], &date));
        assert_true(field[SYNTH_POSTCODE].ptr[2] >= '5'); /* never issued */
    }
    /* About a fifth of the fields of a repeat are spoilt, two in five of them gaps. */
    assert_true(gaps > fields * 6 / 100 && gaps < fields * 10 / 100);
    for (int32_t i = 0; i < people->people; i++)
        assert_true(copies[i] >= 1 && copies[i] <= SYNTH_RECORDS_OF_PERSON_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(same_seed_same_bytes),
        TEST(reports_do_not_need_those_before),
        TEST(nothing_is_real),
        TEST(accounts_differ),
        TEST(numbers_belong_to_one),
        TEST(reports_are_in_order_and_whole),
        TEST(narrative_holds_every_field),
        TEST(planted_links_are_true),
        TEST(mentions_become_the_engines),
        TEST(misheard_words_stay_words),
        TEST(files_have_a_cell_for_each_column),
        TEST(register_repeats_people),
    };
    return cmocka_run_group_tests_name("synth", tests, NULL, NULL);
}
