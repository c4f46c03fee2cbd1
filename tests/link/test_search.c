/* Free search: what people type, and what they mean by it. */
#include "link/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { HITS = 20 };

static struct link_index *index_of_everything;

static void add(int64_t id, enum link_kind kind, enum link_field field, const char *value,
                enum link_field other_field, const char *other)
{
    struct link_mention mention = {.id = id, .report = id, .kind = kind};
    mention.field[field] = str_from(value);
    mention.field[other_field] = str_from(other);
    assert_int_equal(link_index_insert(index_of_everything, &mention, NULL), ST_OK);
}

static int fill(void **state)
{
    (void)state;
    index_of_everything = link_index_new();
    add(1, LINK_PERSON, LINK_NAME, "Darren Pascoe", LINK_ALIAS, "");
    add(2, LINK_PERSON, LINK_NAME, "", LINK_ALIAS, "Dazza");
    add(3, LINK_PERSON, LINK_NAME, "Stephen Goldsworthy", LINK_DESCRIPTION, "limp");
    add(4, LINK_PERSON, LINK_NAME, "Siobhán O'Neill", LINK_ALIAS, "");
    add(5, LINK_VEHICLE, LINK_REGISTRATION, "WK07 HJB", LINK_MODEL, "Corsa");
    add(6, LINK_VEHICLE, LINK_REGISTRATION, "WK?? 7?B", LINK_MODEL, "");
    add(7, LINK_VEHICLE, LINK_REGISTRATION, "AB12 CDE", LINK_MODEL, "Focus");
    add(8, LINK_PHONE, LINK_NUMBER, "07700 900123", LINK_NUMBER, "07700 900123");
    add(9, LINK_PHONE, LINK_NUMBER, "ending 0123", LINK_NUMBER, "ending 0123");
    add(10, LINK_ACCOUNT, LINK_HANDLE, "@lost.gull77", LINK_EMAIL, "gull@example.org");
    add(11, LINK_PLACE, LINK_VENUE, "Corner Kebab House", LINK_POSTCODE, "TR51 2AB");
    add(12, LINK_PLACE, LINK_VENUE, "Juniper Skate Park", LINK_TOWN, "Redruth");
    return 0;
}

static int drop(void **state)
{
    (void)state;
    link_index_free(index_of_everything);
    return 0;
}

/* The ids found are `first`, then the rest in any order; all ends with 0. */
static void finds(const char *text, int64_t first, const int64_t *others)
{
    struct link_hit hit[HITS];
    size_t count = link_index_search(index_of_everything, str_from(text), hit, HITS);
    if (count == 0 || hit[0].id != first)
        fail_msg("'%s' finds %lld first, not %lld", text, count ? (long long)hit[0].id : 0,
                 (long long)first);
    size_t wanted = 1;
    for (; others && *others; others++, wanted++) {
        bool found = false;
        for (size_t i = 0; i < count; i++) found |= hit[i].id == *others;
        if (!found) fail_msg("'%s' does not find %lld", text, (long long)*others);
    }
    if (count != wanted) fail_msg("'%s' finds %zu, not %zu", text, count, wanted);
    for (size_t i = 1; i < count; i++) assert_true(hit[i].rank <= hit[i - 1].rank);
}

static void finds_nothing(const char *text)
{
    struct link_hit hit[HITS];
    assert_int_equal(link_index_search(index_of_everything, str_from(text), hit, HITS), 0);
}

static void people_by_part_nickname_and_sound(void **state)
{
    (void)state;
    finds("Pascoe", 1, NULL);
    finds("PASC", 1, NULL);
    finds("daz", 2, (int64_t[]){1, 0}); /* it begins the one's nickname */
    finds("steve", 3, NULL);
    finds("Goldsworthy Stephen", 3, NULL);
    finds("stefen", 3, NULL);
    finds("siobhan", 4, NULL);
    finds("limp", 3, NULL);
    finds_nothing("Zebediah");
    finds_nothing("Darren Goldsworthy");
}

static void registrations_by_pattern_and_part(void **state)
{
    (void)state;
    finds("WK07HJB", 5, NULL);
    finds("wk07 hjb", 5, NULL);
    finds("HJB", 5, NULL);
    finds("WK?? HJB", 5, NULL);
    finds("WK?? 7?B", 6, (int64_t[]){5, 0}); /* 7 seen a place too late */
    finds("AB1*", 7, NULL);
    finds("*CDE", 7, NULL);
}

static void phones_by_their_last_digits(void **state)
{
    (void)state;
    finds("07700900123", 8, NULL);
    finds("+44 7700 900 123", 8, NULL);
    finds("0123", 8 + 1, (int64_t[]){8, 0});
    finds("900123", 8, NULL);
}

static void phones_by_their_first_digits(void **state)
{
    (void)state;
    static const char *const begins[] = {"07700",      "0770090",   "07700 900 1",
                                         "+44 7700 9", "0044 7700", "44770"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) finds(begins[i], 8, NULL);
    finds_nothing("07701");
    finds_nothing("+45 7700");
    finds_nothing("+44");
}

static void accounts_and_places(void **state)
{
    (void)state;
    finds("lost.gull77", 10, NULL);
    finds("gull", 10, NULL);
    finds("kebab", 11, NULL);
    finds("corner kebab", 11, NULL);
    finds("TR51", 11, NULL);
    finds("tr512ab", 11, NULL);
    finds("redruth", 12, NULL);
    finds("skate", 12, NULL);
}

static void odd_texts_find_nothing(void **state)
{
    (void)state;
    finds_nothing("");
    finds_nothing("   ");
    finds_nothing("\xff\xfe");
    finds_nothing("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz");
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_by_part_nickname_and_sound),
        cmocka_unit_test(registrations_by_pattern_and_part),
        cmocka_unit_test(phones_by_their_last_digits),
        cmocka_unit_test(phones_by_their_first_digits),
        cmocka_unit_test(accounts_and_places),
        cmocka_unit_test(odd_texts_find_nothing),
    };
    return cmocka_run_group_tests(tests, fill, drop);
}
