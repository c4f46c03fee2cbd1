/* str, buf, arena, utf8 and clock: the ground that everything stands on. */
#include "tests_common.h"

#include "base/names.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/letter.h"
#include "base/utf8.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    clock_set(0);
    return 0;
}

static void is(struct str got, const char *expected)
{
    if (!str_eq(got, str_from(expected)))
        fail_msg("expected '%s', got '%.*s'", expected, STR_ARG(got));
}

/* --- str ---------------------------------------------------------------------- */

static void finds(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("abcabc"), STR("bc"), 0), 1);
    assert_int_equal(str_find(STR("abcabc"), STR("bc"), 2), 4);
    assert_int_equal(str_find(STR("abcabc"), STR("bc"), 5), -1);
    assert_int_equal(str_find(STR("abc"), STR(""), 3), 3);
    assert_int_equal(str_find(STR("abc"), STR(""), 4), -1);
    assert_int_equal(str_find((struct str){0}, STR("a"), 0), -1);
    assert_int_equal(str_find_nocase(STR("Silver CORSA"), STR("corsa"), 0), 7);
    assert_int_equal(str_find_nocase(STR("abc"), STR("abcd"), 0), -1);
    assert_int_equal(str_find_nocase(STR("aabaAC"), STR("Aac"), 0), 3);
    assert_int_equal(str_find_nocase(STR("x x"), STR("X"), 1), 2);
    assert_int_equal(str_find_nocase(STR("abc"), STR(""), 2), 2);
    assert_int_equal(str_find_nocase(STR("abc"), STR(""), 4), -1);
}

static void cuts_and_trims(void **state)
{
    (void)state;
    is(str_sub(STR("abc"), 1, 99), "bc");
    is(str_sub(STR("abc"), 9, 1), "");
    is(str_trim(STR(" \t a b\r\n")), "a b");
    is(str_trim(STR("  \n")), "");
    assert_true(str_starts(STR("abc"), STR("ab")) && !str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")));
}

static void splits(void **state)
{
    (void)state;
    static const char *const expected[] = {"a", "", "b", ""};
    struct str rest = STR("a||b|");
    struct str part;
    size_t count = 0;
    while (str_split(&rest, '|', &part)) {
        assert_true(count < 4);
        is(part, expected[count++]);
    }
    assert_int_equal(count, 4);
}

static void orders(void **state)
{
    (void)state;
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("ab"), STR("a")) > 0);
    assert_int_equal(str_cmp(STR("ab"), STR("ab")), 0);
    assert_true(str_cmp(STR("a"), STR("\xc3\xa9")) < 0);
}

static void reads_numbers(void **state)
{
    (void)state;
    int64_t number = 7;
    double real = 7;
    assert_true(str_to_int(STR("-9223372036854775808"), &number) && number == INT64_MIN);
    static const char *const bad[] = {"", " 1", "1 ", "1x", "9223372036854775808", "--1",
                                      "0000000000000000000000001"};
    number = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(str_to_int(str_from(bad[i]), &number));
    assert_int_equal(number, 7);
    assert_true(str_to_double(STR("-2.5"), &real) && real < -2.4 && real > -2.6);
    assert_false(str_to_double(STR("2,5"), &real));
}

/* --- buf and arena ---------------------------------------------------------------- */

static void overflow_sticks(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 5);
    buf_add_c(&buf, "abc");
    buf_add_c(&buf, "def"); /* too much: nothing of it */
    buf_add_char(&buf, 'g');
    assert_true(buf.overflow);
    is(buf_str(&buf), "abc");
    buf_clear(&buf);
    assert_false(buf.overflow);
    buf_add_fmt(&buf, "%d%s", 12, "345");
    is(buf_str(&buf), "12345");
    buf_done(&buf);
}

static void adds_every_number(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    buf_add_int(&buf, INT64_MIN);
    buf_add_char(&buf, ' ');
    buf_add_int(&buf, 0);
    buf_add_char(&buf, ' ');
    buf_add_int(&buf, INT64_MAX);
    is(buf_str(&buf), "-9223372036854775808 0 9223372036854775807");
    buf_done(&buf);
}

/* Allocating past the maximum ends in the jump, and the arena stays usable. */
static bool jumps(struct arena *small, size_t count, size_t size)
{
    jmp_buf failure;
    small->on_failure = &failure;
    if (setjmp(failure) != 0) return true;
    arena_array(small, count, size);
    return false;
}

static void arena_has_a_maximum(void **state)
{
    (void)state;
    struct arena small;
    arena_init(&small, 4096);
    assert_false(jumps(&small, 16, 64));
    assert_true(jumps(&small, 64, 64));
    assert_true(jumps(&small, SIZE_MAX / 2, 3));
    assert_true(jumps(&small, 1, SIZE_MAX));
    assert_false(jumps(&small, 3, 1024));
    arena_done(&small);
}

/* Nobody could answer with an error: what data holds does not end the program. */
static void arena_without_a_way_out_goes_on(void **state)
{
    (void)state;
    struct arena small;
    arena_init(&small, 4096);
    memset(arena_alloc(&small, 3 << 20), 0xff, 3 << 20);
    assert_int_equal(small.used, 3 << 20);
    assert_true(jumps(&small, 1, 16)); /* who has one now leaves at once */
    small.on_failure = NULL;
    arena_alloc(&small, 100);
    arena_done(&small);
}

/* What is cut off is handed out again. */
static void arena_takes_back_what_is_cut(void **state)
{
    (void)state;
    size_t used = arena.used;
    char *long_one = arena_bytes(&arena, 1000);
    memset(long_one, 'x', 1000);
    arena_cut(&arena, long_one, 20);
    assert_int_equal(arena.used, used + 32);
    char *next = arena_alloc(&arena, 900);
    assert_true(next > long_one && next < long_one + 1000);
    for (int i = 0; i < 900; i++) assert_int_equal(next[i], 0);
    for (int i = 0; i < 20; i++) assert_int_equal(long_one[i], 'x');
    char *none = arena_bytes(&arena, 5000);
    arena_cut(&arena, none, 0);
    assert_int_equal(arena.used, used + 32 + 912);
}

static void texts_are_joined(void **state)
{
    (void)state;
    struct str joined = str_concat(
        &arena, (struct str[]){STR("12 March"), STR(""), {NULL, 0}, STR(": "), STR("é")}, 5);
    is(joined, "12 March: é");
    assert_int_equal(joined.ptr[joined.len], 0);
    is(str_concat(&arena, NULL, 0), "");
}

static void arena_goes_back_to_its_mark(void **state)
{
    (void)state;
    char *kept = arena_alloc(&arena, 10);
    memcpy(kept, "keep this", 10);
    struct arena_mark mark = arena_mark(&arena);
    size_t used = arena.used;
    for (int i = 0; i < 40; i++) memset(arena_alloc(&arena, 10000), 0xff, 10000);
    arena_reset(&arena, mark);
    assert_int_equal(arena.used, used);
    assert_string_equal(kept, "keep this");
    const char *again = arena_alloc(&arena, 10000);
    for (size_t i = 0; i < 10000; i++) assert_int_equal(again[i], 0);
}

static void a_list_grows_where_it_is(void **state)
{
    (void)state;
    int *list = NULL;
    size_t room = 0;
    for (int i = 0; i < 1000; i++) {
        arena_room(&arena, list, (size_t)i, &room);
        assert_true(room > (size_t)i);
        assert_int_equal(list[i], 0);
        list[i] = i + 1;
    }
    for (int i = 0; i < 1000; i++) assert_int_equal(list[i], i + 1);
}

static void buf_takes_memory_at_once(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    buf_expect(&buf, 1000); /* of which no more than the maximum is taken */
    assert_int_equal(buf.capacity, 101);
    assert_false(buf.overflow);
    const char *data = buf.data;
    for (int i = 0; i < 100; i++) buf_add_char(&buf, 'x');
    assert_ptr_equal(buf.data, data);
    assert_false(buf.overflow);
    buf_add_char(&buf, 'y');
    assert_true(buf.overflow);
    assert_int_equal(buf.len, 100);
    buf_done(&buf);
}

/* --- utf8 --------------------------------------------------------------------------- */

static void knows_what_is_text(void **state)
{
    (void)state;
    static const char *const good[] = {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x9a\x97",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {
        "\x80",             /* goes on from nothing */
        "\xc3",             /* ends too soon */
        "\xc0\xaf",         /* "/" in two bytes */
        "\xe0\x80\xaf",     /* in three */
        "\xed\xa0\x80",     /* a surrogate */
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xff",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(utf8_valid(str_from(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(utf8_valid(str_from(bad[i])));
    struct str three = STR("a\xc3\xa9\xe2\x82\xac");
    assert_int_equal(utf8_count(three), 3);
    static const size_t fitting[] = {0, 1, 1, 2, 2, 2, 3, 3};
    for (size_t i = 0; i < sizeof fitting / sizeof *fitting; i++)
        assert_int_equal(utf8_fitting(three, i), fitting[i]);
}

static void every_character_comes_back(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        if (c >= 0xd800 && c <= 0xdfff) continue;
        char bytes[4];
        struct str text = str_of(bytes, utf8_put(c, bytes));
        size_t at = 0;
        if (utf8_next(text, &at) != c || at != text.len) fail_msg("U+%04X", (unsigned)c);
    }
}

static void letters_are_capital_small_or_neither(void **state)
{
    (void)state;
    static const struct {
        const char *letters;
        enum letter are;
    } cases[] = {
        {"AZÀÞŁŹŽĐŞİƠȘẒẠỸΑΩЁІАЯҚԱ", LETTER_CAPITAL},
        {"azàþÿłźžđşıơșẓạỹαωςёіаяқա", LETTER_SMALL},
        {"محمدעરহிไ李かァ한", LETTER_UNCASED},
        {"09 -'×÷،؟٣।—’“@", LETTER_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct str text = str_from(cases[i].letters);
        for (size_t at = 0, before = 0; at < text.len; before = at) {
            uint32_t c = utf8_next(text, &at);
            if (letter_of(c) != cases[i].are)
                fail_msg("'%.*s' is %d", STR_ARG(str_sub(text, before, at - before)),
                         (int)letter_of(c));
        }
    }
    assert_int_equal(letter_of(0xFFFD), LETTER_NONE);
    assert_int_equal(letter_of(0x10FFFF), LETTER_NONE);
}

static void cleans(void **state)
{
    (void)state;
    bool changed = true;
    is(utf8_clean(&arena, STR("a\r\nb\rc\td"), &changed), "a\nb\nc\td");
    assert_false(changed);
    is(utf8_clean(&arena, STR("a\0b\x1b[31m\x7f\xe2\x80\xae"), &changed), "ab[31m");
    assert_true(changed);
    is(utf8_clean(&arena, STR("\xff\xc3(\xe2\x82"), &changed),
       "\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd");
    assert_true(changed);
    is(utf8_clean(&arena, STR(""), NULL), "");
}

/* Whatever stands at whatever place: clean is what cleaning leaves as it is. */
static void knows_what_is_clean(void **state)
{
    (void)state;
    for (size_t length = 1; length < 26; length++)
        for (size_t at = 0; at < length; at++)
            for (int byte = 0; byte < 256; byte++) {
                char bytes[26];
                memset(bytes, 'x', sizeof bytes);
                bytes[at] = (char)byte;
                struct str text = str_of(bytes, length);
                struct arena_mark mark = arena_mark(&arena);
                bool same = str_eq(utf8_clean(&arena, text, NULL), text);
                arena_reset(&arena, mark);
                if (utf8_is_clean(text) != same)
                    fail_msg("byte %d at %zu of %zu", byte, at, length);
            }
    assert_true(utf8_is_clean(STR("a house in \xe2\x82\xac caf\xc3\xa9 and more of it\t\n")));
}

/* --- clock --------------------------------------------------------------------------- */

static void days_and_dates_agree(void **state)
{
    (void)state;
    assert_int_equal(date_to_days((struct date){1970, 1, 1}), 0);
    assert_int_equal(date_to_days((struct date){2000, 3, 1}), 11017);
    assert_int_equal(date_weekday((struct date){2026, 3, 12}), 3); /* a Thursday */
    for (int32_t day = -200000; day < 200000; day++) {
        struct date date = date_from_days(day);
        if (!date_valid(date) || date_to_days(date) != day) fail_msg("day %d", day);
    }
    assert_false(date_valid((struct date){2025, 2, 29}));
    assert_true(date_valid((struct date){2024, 2, 29}));
    assert_false(date_valid((struct date){1900, 2, 29}));
    assert_false(date_valid((struct date){2025, 13, 1}));
    assert_false(date_valid((struct date){2025, 4, 31}));
}

static void london_has_summer_time(void **state)
{
    (void)state;
    /* 2026: from 29 March 01:00 UTC to 25 October 01:00 UTC. */
    const instant_ms spring = (instant_ms)date_to_days((struct date){2026, 3, 29}) * 86400000 +
                              3600000;
    const instant_ms autumn = (instant_ms)date_to_days((struct date){2026, 10, 25}) * 86400000 +
                              3600000;
    assert_int_equal(clock_london(spring - 1).offset_minutes, 0);
    assert_int_equal(clock_london(spring).offset_minutes, 60);
    assert_int_equal(clock_london(spring).hour, 2);
    assert_int_equal(clock_london(autumn - 1).offset_minutes, 60);
    assert_int_equal(clock_london(autumn).offset_minutes, 0);
    assert_int_equal(clock_london(autumn).hour, 1);
    /* 01:30 comes twice: its first coming; every other hour goes there and back. */
    struct civil twice = {.date = {2026, 10, 25}, .hour = 1, .minute = 30};
    assert_true(clock_from_london(twice) == autumn - 30 * 60000);
    for (instant_ms at = spring - 5 * 86400000LL; at < autumn - 3600000; at += 1800000)
        if (clock_from_london(clock_london(at)) != at) fail_msg("%lld", (long long)at);
}

static void words_for_instants(void **state)
{
    (void)state;
    clock_set(1773334200000); /* stands still */
    is(clock_iso(&arena, clock_now()), "2026-03-12T16:50:00Z");
    is(clock_words(&arena, clock_now()), "12 March 2026, 16:50");
    /* A program whose clock was stopped goes back there. */
    clock_stop(1783612200000);
    is(clock_words(&arena, clock_now()), "12 March 2026, 16:50");
    clock_set(0);
    is(clock_words(&arena, clock_now()), "9 July 2026, 16:50");
    clock_stop(0);
    assert_true(clock_now() > 1783612200000 || clock_now() < 1783612200000 - 1000);
    clock_set(1773334200000);
    /* The hour that comes twice says which it is; what stands around it does not. */
    is(clock_words(&arena, INT64_C(1792886399999)), "25 October 2026, 00:59");
    is(clock_words(&arena, INT64_C(1792886400000)), "25 October 2026, 01:00 BST");
    is(clock_words(&arena, INT64_C(1792889999999)), "25 October 2026, 01:59 BST");
    is(clock_words(&arena, INT64_C(1792890000000)), "25 October 2026, 01:00 GMT");
    is(clock_words(&arena, INT64_C(1792893599999)), "25 October 2026, 01:59 GMT");
    is(clock_words(&arena, INT64_C(1792893600000)), "25 October 2026, 02:00");
    /* an hour is skipped */
    is(clock_words(&arena, INT64_C(1774745999999)), "29 March 2026, 00:59");
    is(clock_words(&arena, INT64_C(1774746000000)), "29 March 2026, 02:00");
    is(clock_words(&arena, 1783612200000), "9 July 2026, 16:50");
    is(date_iso(&arena, (struct date){987, 3, 2}), "0987-03-02");
    struct date date = {0};
    assert_true(date_parse_iso(STR("2026-03-12"), &date));
    assert_int_equal(date.day, 12);
    assert_false(date_parse_iso(STR("2026-02-30"), &date));
    assert_false(date_parse_iso(STR("2026-3-12"), &date));
    assert_false(date_parse_iso(STR("2026-03-12 "), &date));
}

static void a_name_has_its_number(void **state)
{
    (void)state;
    static const char *const names[] = {"", "given", NULL, "unknown"};
    static const struct labelled table[] = {
        {"new", "New"}, {NULL, "None"}, {"open", "Being looked at"}};
    assert_int_equal(name_place(STR("given"), names, 4), 1);
    assert_int_equal(name_place(STR("unknown"), names, 4), 3);
    assert_int_equal(name_place(STR("unknown"), names, 3), -1);
    assert_int_equal(name_place(STR("give"), names, 4), -1);
    assert_int_equal(name_place(STR(""), names, 4), -1);
    assert_int_equal(labelled_place(STR("open"), table, 3), 2);
    assert_int_equal(labelled_place(STR("New"), table, 3), -1);
    assert_int_equal(labelled_place(STR(""), table, 3), -1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(finds),
        TEST(cuts_and_trims),
        TEST(splits),
        TEST(orders),
        TEST(reads_numbers),
        TEST(overflow_sticks),
        TEST(adds_every_number),
        TEST(arena_has_a_maximum),
        TEST(arena_without_a_way_out_goes_on),
        TEST(arena_goes_back_to_its_mark),
        TEST(arena_takes_back_what_is_cut),
        TEST(texts_are_joined),
        TEST(a_list_grows_where_it_is),
        TEST(buf_takes_memory_at_once),
        TEST(knows_what_is_text),
        TEST(every_character_comes_back),
        TEST(letters_are_capital_small_or_neither),
        TEST(cleans),
        TEST(knows_what_is_clean),
        TEST(days_and_dates_agree),
        TEST(london_has_summer_time),
        TEST(words_for_instants),
        TEST(a_name_has_its_number),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
