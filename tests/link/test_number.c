/* Phone numbers of which not every digit was seen. */
#include "base/arena.h"
#include "link/link.h"
#include "link/number.h"
#include "tests_common.h"

enum { ASKED = 400, MANY = 300 };

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 16 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void what_is_known_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *written, *digits;
        size_t known;
    } cases[] = {
        {"07700 900123", "7700900123", 10},
        {"+44 (0)7700 900 123", "7700900123", 10},
        {"07700 9??", "77009?????", 5},
        {"07700 9?? ???", "77009?????", 5},
        {"0770090012?", "770090012?", 9},
        {"07700 900 12?", "770090012?", 9},
        {"07700 90?123", "770090?123", 9},
        {"07700*123", "7700???123", 7},
        {"07700 ? 123", "7700???123", 7},
        {"07700 ????? 123", "7700???123", 7},
        {"+447700 90????", "770090????", 6},
        {"0044 7700 90????", "770090????", 6},
        {"07700 9xx xxx", "77009?????", 5},
        {"07700 9XX", "77009?????", 5},
        {"07700 900", "7700900???", 7},
        {"begins 07700", "7700??????", 4},
        {"07700 900123?", "7700900123", 10},
        {"?? 900123", "900123", 6},
        {"*123", "123", 3},
        {"ends 0123", "0123", 4},
        {"900 1??", "9001??", 4},
        {"+33 1 99 00 ?? 78", "3319900??78", 9},
        {"", "", 0},
        {"unknown", "", 0},
        {"???", "", 0},
        {"123*", "", 0},
        {"max 123", "123", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char digits[LINK_TEXT_SIZE];
        size_t known = link_digits(str_from(cases[i].written), digits);
        if (strcmp(digits, cases[i].digits) != 0) fail_msg("%s is %s", cases[i].written, digits);
        assert_int_equal(known, cases[i].known);
    }
}

/* A remark, an extension, a platform or a second number is no part of the first. */
static void what_stands_beside_a_number_is_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *written, *first, *second;
    } cases[] = {{"07700 900123 or 07700 900456", "+447700900123", "+447700900456"},
                 {"07700 900123/07700 900456", "+447700900123", "+447700900456"},
                 {"07700 900123, +44 7700 900456", "+447700900123", "+447700900456"},
                 {"07700 900123 07700 900456", "+447700900123", "+447700900456"},
                 {"01632 960001 ext 4", "+441632960001", NULL},
                 {"01632 960001 x4", "+441632960001", NULL},
                 {"01632 960001ext.12", "+441632960001", NULL},
                 {"07700 900123 2nd phone", "+447700900123", NULL},
                 {"2nd phone 07700 900123", "+447700900123", NULL},
                 {"07700 900123 (mum)", "+447700900123", NULL},
                 {"07700 900123 (2)", "+447700900123", NULL},
                 {"mob 07700900123", "+447700900123", NULL},
                 {"Mob:07700900123", "+447700900123", NULL},
                 {"M. 07700 900123, his", "+447700900123", NULL},
                 {"O7700 900123", "+447700900123", NULL},
                 {"tel O77OO9OO123", "+447700900123", NULL},
                 {"+44 (0)7700 900 123 mum\xE2\x80\x99s", "+447700900123", NULL},
                 {"(07700) 900-123", "+447700900123", NULL},
                 {"07700 9?? ??? or 07700 900123", "+447700900123", NULL}};
    static const char *const none[] = {
        "",  "mum", "07700 9xx xxx", "07700 900123?", "ends 0123", "2nd", "x", "O", "0", "ext 4",
        "+", "(("};
    char ret[LINK_NUMBERS][LINK_TEXT_SIZE], number[LINK_PHONE_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int count = link_numbers(str_from(cases[i].written), ret);
        if (count != 1 + (cases[i].second != NULL)) fail_msg("%s: %d", cases[i].written, count);
        for (int k = 0; k < count; k++)
            if (!link_phone_e164(str_from(ret[k]), number) ||
                strcmp(number, k ? cases[i].second : cases[i].first) != 0)
                fail_msg("%s is %s", cases[i].written, ret[k]);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_int_equal(link_numbers(str_from(none[i]), ret), 1);
        assert_false(link_phone_e164(str_from(ret[0]), number));
    }
}

static struct link_mention phone(int64_t id, const char *number)
{
    struct link_mention made = {.id = id, .report = id, .kind = LINK_PHONE};
    made.field[LINK_NUMBER] = str_from(number);
    return made;
}

/* What is said of one number that is there when another is asked for; NULL: it is not shown. */
static const char *said_of(const char *there, const char *asked)
{
    struct link_index *index = link_index_new();
    struct link_mention a = phone(1, there), b = phone(2, asked);
    struct link_match match[ASKED];
    struct link_explanation why;
    assert_int_equal(link_index_insert(index, &a, NULL), ST_OK);
    size_t count = link_index_query(index, &b, link_shown_bits(), match, ASKED);
    const char *level = NULL;
    if (count && link_index_explain(index, &arena, &b, &a, &why)) level = why.line[0].level;
    link_index_free(index);
    return level;
}

static void says(const char *a, const char *b, const char *level)
{
    for (int turn = 0; turn < 2; turn++) {
        const char *said = turn ? said_of(b, a) : said_of(a, b);
        if (!level != !said || (level && strcmp(said, level) != 0))
            fail_msg("%s and %s: %s", turn ? b : a, turn ? a : b, said ? said : "not shown");
    }
}

static void known_digits_agree_or_contradict(void **state)
{
    (void)state;
    says("07700 900777", "07700 900 77?", "the 9 digits that are known agree");
    says("07700900777", "07700 9?? ?77", "the 7 digits that are known agree");
    says("07700 900777", "07700 9??", "the 5 digits that are known agree");
    says("07700 900777", "?? 900777", "same last digits");
    says("07700 90?777", "900777", "the 5 digits that are known agree");
    says("07700 90?777", "07700 ?00777", "the 8 digits that are known agree");
    says("+33 1 99 00 12 78", "+33 1 99 00 ?? 78", "the 9 digits that are known agree");
    /* The digits that it begins with are nobody's last. */
    says("07700 177009", "07700 9??", NULL);
    says("07700 900777", "07700 9?? ?78", NULL);
    says("07700 900777", "07701 9??", NULL);
    says("07700 900777", "07??? ??????", NULL);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Are enough of the first digits, or of the last, known of both? */
static bool share_an_end(const char *a, const char *b)
{
    char space_a[LINK_TEXT_SIZE], space_b[LINK_TEXT_SIZE];
    (void)link_digits(str_from(a), space_a);
    (void)link_digits(str_from(b), space_b);
    struct str left = str_from(space_a), right = str_from(space_b);
    return smaller(link_digits_begin(left).len, link_digits_begin(right).len) >= 5 ||
           smaller(link_digits_end(left).len, link_digits_end(right).len) >= 3;
}

/* Every pair that is worth showing is found, whichever of the two is asked for. */
static void no_list_leaves_out_what_fits(void **state)
{
    (void)state;
    static char number[MANY][16];
    struct link_index *index = link_index_new();
    uint64_t seed = 11;
    size_t shown = 0;
    for (int i = 0; i < MANY; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        snprintf(number[i], sizeof number[i], "07700900%03d", (int)(seed >> 33) % 40 * 25);
        unsigned gaps = (unsigned)(seed >> 58) % 4, first = (unsigned)(seed >> 50) % 5;
        for (unsigned k = 0; k < gaps; k++) number[i][first < 3 ? 7 - k : 10 - k] = '?';
        struct link_mention made = phone(i + 1, number[i]);
        assert_int_equal(link_index_insert(index, &made, NULL), ST_OK);
    }
    for (int i = 0; i < MANY; i++) {
        struct link_mention asked = phone(i + 1, number[i]);
        struct link_match match[ASKED];
        size_t count = link_index_query(index, &asked, link_shown_bits(), match, ASKED);
        for (int k = 0; k < MANY; k++) {
            struct link_mention other = phone(k + 1, number[k]);
            struct link_explanation why;
            struct arena_mark mark = arena_mark(&arena);
            if (k == i || !share_an_end(number[i], number[k]) ||
                !link_index_explain(index, &arena, &asked, &other, &why))
                continue;
            bool found = false;
            for (size_t m = 0; m < count; m++) found |= match[m].id == k + 1;
            if (found != (why.total_bits >= link_shown_bits()))
                fail_msg("%s asked for %s: %.2f bits, %s", number[i], number[k], why.total_bits,
                         found ? "found" : "lost");
            shown += found;
            arena_reset(&arena, mark);
        }
    }
    assert_true(shown > MANY);
    link_index_free(index);
}

static size_t hits(const struct link_index *index, const char *text)
{
    struct link_hit hit[4];
    return link_index_search(index, str_from(text), hit, 4);
}

static void the_search_reads_gaps(void **state)
{
    (void)state;
    struct link_index *index = link_index_new();
    struct link_mention whole = phone(1, "07700 900777"), part = phone(2, "07700 900 7??");
    struct link_mention other = phone(3, "07700 177009");
    assert_int_equal(link_index_insert(index, &whole, NULL), ST_OK);
    assert_int_equal(link_index_insert(index, &part, NULL), ST_OK);
    assert_int_equal(link_index_insert(index, &other, NULL), ST_OK);
    assert_int_equal(hits(index, "07700 9??"), 2);
    assert_int_equal(hits(index, "07700 900 77?"), 2);
    assert_int_equal(hits(index, "?? 900777"), 1);
    assert_int_equal(hits(index, "07700 9?? ?78"), 1);
    assert_int_equal(hits(index, "2009?"), 0);
    link_index_free(index);
}

/* Beside either of two numbers, with whatever stands beside it, it is that phone. */
static void a_remark_makes_no_other_phone(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"07700 900123 or 07700 900456", "07700 900456"},
        {"07700 900123 or 07700 900456", "07700900123"},
        {"07700 900123 (mum)", "07700 900123"},
        {"01632 960001 ext 4", "01632 960001"},
        {"07700 900123 2nd phone", "+447700900123"},
        {"mob 07700900123", "O7700 900123"},
        {"07700 900999 / 07700 900123", "mum 07700 900123, dad 07700 900456"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        says(same[i][0], same[i][1], "exact");
        struct link_index *index = link_index_new();
        struct link_mention there = phone(1, same[i][0]);
        struct link_hit hit[4];
        assert_int_equal(link_index_insert(index, &there, NULL), ST_OK);
        assert_int_equal(link_index_search(index, str_from(same[i][1]), hit, 4), 1);
        link_index_free(index);
    }
    says("07700 900123 or 07700 900456", "07700 900457", "one digit differs");
    says("07700 900123 or 07700 900456", "ends 0456", "same last digits");
    says("07700 900123 or 07700 900456", "01632 960001", NULL);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_known_has_its_place),
        cmocka_unit_test(what_stands_beside_a_number_is_left_out),
        cmocka_unit_test(a_remark_makes_no_other_phone),
        cmocka_unit_test(known_digits_agree_or_contradict),
        cmocka_unit_test(no_list_leaves_out_what_fits),
        cmocka_unit_test(the_search_reads_gaps),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
