/* Search in what was told: by how words begin, in the words that this person reads, and in
 * nothing that they may not. */
#include "domain/entity.h"
#include "domain/forward.h"
#include "domain/search_words.h"
#include "domain/submission.h"
#include "domain/text_words.h"

#include "partnership.h"

enum { TEACHER, REPRESENTATIVE, ANALYST, PEOPLE };
static const struct cast cast[PEOPLE] = {
    {"Tamsin Hale", "A school", "education", ROLE_practitioner},
    {"Morwenna Pell", "A school", "education", ROLE_representative},
    {"Kerensa Vane", "A team", "council", ROLE_analyst},
};
static struct person people[PEOPLE];
static char folder[64];

static int begin(void **state)
{
    (void)state;
    open_partnership(256 << 20, folder);
    add_people(cast, PEOPLE, people);
    return 0;
}

static struct submission_receipt tell(int who, const char *narrative, const char *where)
{
    static int number;
    struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "words-%d", number++),
                                     .narrative = str_from(narrative),
                                     .where_text = str_from(where)};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[who], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt;
}

static void share_on(int64_t id, const char *narrative)
{
    struct err err = {0};
    struct forward_share share = {.words = {.narrative = str_from(narrative)}, .looked = true};
    if (forward_share(&app, &people[REPRESENTATIVE], id, &share, &err) != ST_OK)
        fail_msg("%s", err.public);
}

static struct words_found look(const char *asked, int64_t before)
{
    struct words_found found;
    struct err err = {0};
    if (search_words(&app, &arena, &people[ANALYST], str_from(asked), before, &found, &err) !=
        ST_OK)
        fail_msg("%s", err.public);
    return found;
}

static bool finds(const char *asked, int64_t id)
{
    struct words_found found = look(asked, 0);
    for (size_t i = 0; i < found.count; i++)
        if (found.hit[i].submission == id) return true;
    return false;
}

static void words_are_found_by_how_they_begin(void **state)
{
    (void)state;
    int64_t id = tell(ANALYST,
                      "A caf\xc3\xa9 owner says the O\xe2\x80\x99Hara boy was skating by the "
                      "\xe2\x80\x9cold mill\xe2\x80\x9d, twice.",
                      "Near Fore Street")
                     .id;
    static const char *const there[] = {"skat",         "SKATING boy", "cafe",     "caf\xc3\xa9",
                                        "ohara",        "O'Hara's",    "old mill", "mill skat fore",
                                        "street twice", "boy's",       "twice."};
    static const char *const not_there[] = {"kating", "skateboard", "mill horse", "afe"};
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        if (!finds(there[i], id)) fail_msg("is not found: %s", there[i]);
    for (size_t i = 0; i < sizeof not_there / sizeof *not_there; i++)
        if (finds(not_there[i], id)) fail_msg("is found: %s", not_there[i]);
    struct words_found found = look("mill", 0);
    assert_str(str_sub(found.hit[0].text, found.hit[0].from, found.hit[0].to - found.hit[0].from),
               "mill");
    found = look("fore", 0);
    assert_str(found.hit[0].text, "Near Fore Street");
    struct err err = {0};
    static const char *const too_little[] = {"", "a b", "..", "of"};
    for (size_t i = 0; i < sizeof too_little / sizeof *too_little; i++)
        assert_int_equal(
            search_words(&app, &arena, &people[ANALYST], str_from(too_little[i]), 0, &found, &err),
            ST_INVALID);
    /* No more words than it can hold at once, and a word without end. */
    assert_false(finds("one two three four five six seven eight nine ten", id));
    char *endless = arena_bytes(&arena, 5001);
    memset(endless, 'x', 5000);
    endless[5000] = 0;
    assert_false(finds(endless, id));
}

static void what_is_read_is_looked_through_and_nothing_else(void **state)
{
    (void)state;
    struct submission_receipt told =
        tell(TEACHER, "The zebra crossing by the quay, says Wenna.", "");
    struct words_found found = look("zebra", 0);
    assert_int_equal(found.count, 0); /* it is with the representative */
    size_t looked = found.looked;
    share_on(told.id, "The striped crossing by the quay.");
    found = look("zebra", 0);
    assert_int_equal(found.count, 0);
    assert_int_equal(found.looked, looked + 1);
    assert_true(finds("striped quay", told.id));
    assert_false(finds("wenna", told.id));
    struct err err = {0};
    assert_int_equal(search_words(&app, &arena, &people[TEACHER], STR("zebra"), 0, &found, &err),
                     ST_DENIED);
    /* Nor in what names whoever looks. */
    int64_t id = tell(REPRESENTATIVE, "Kerensa Vane drove the narrowboat.", "").id;
    assert_false(finds("narrowboat", id));
}

static void a_reference_is_found_in_any_case_by_whoever_may_read_it(void **state)
{
    (void)state;
    struct submission_receipt told = tell(TEACHER, "The heron by the weir.", "");
    struct str reference;
    struct err err = {0};
    int64_t id = 0;
    struct str small = str_dup(&arena, str_from(told.reference));
    for (size_t i = 0; i < small.len; i++)
        if (small.ptr[i] >= 'A' && small.ptr[i] <= 'Z') ((char *)(uintptr_t)small.ptr)[i] |= 0x20;
    struct str asked = str_fmt(&arena, " %.*s ", STR_ARG(small));
    assert_int_equal(search_reference(&app, &arena, &people[ANALYST], asked, &id, &reference, &err),
                     ST_OK);
    assert_int_equal(id, 0);
    share_on(told.id, "The heron.");
    assert_int_equal(search_reference(&app, &arena, &people[ANALYST], asked, &id, &reference, &err),
                     ST_OK);
    assert_int_equal(id, told.id);
    assert_str(reference, told.reference);
    assert_int_equal(search_reference(&app, &arena, &people[ANALYST], STR("PEN-0000-0000"), &id,
                                      &reference, &err),
                     ST_OK);
    assert_int_equal(id, 0);
}

static void a_long_list_is_looked_through_in_parts(void **state)
{
    (void)state;
    enum { MORE = SEARCH_WORDS_HITS + 5 };
    int64_t first = 0;
    for (int i = 0; i < MORE; i++) {
        int64_t id = tell(ANALYST, "A lantern was seen.", "").id;
        if (!first) first = id;
    }
    struct words_found found = look("lantern", 0);
    assert_int_equal(found.count, SEARCH_WORDS_HITS);
    assert_true(found.before > first);
    found = look("lantern", found.before);
    assert_int_equal(found.count, 5);
    assert_int_equal(found.hit[4].submission, first);
    assert_int_equal(found.before, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_by_how_they_begin),
        cmocka_unit_test(what_is_read_is_looked_through_and_nothing_else),
        cmocka_unit_test(a_reference_is_found_in_any_case_by_whoever_may_read_it),
        cmocka_unit_test(a_long_list_is_looked_through_in_parts),
    };
    return cmocka_run_group_tests(tests, begin, close_partnership);
}
