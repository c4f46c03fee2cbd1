/*
 * Words to think of again: found wherever they stand, never in somebody's own words.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "domain/area_referral.h"
#include "domain/language.h"

#include "tests_common.h"

static struct arena arena;
static struct area *area;

static int set_up(void **state)
{
    (void)state;
    struct err err = {0};
    arena_init(&arena, 4 << 20);
    if (area_load("areas/cornwall", &area, &err) != ST_OK) fail_msg("%s", err.public);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    area_free(area);
    arena_done(&arena);
    return 0;
}

static void words_are_found_and_quotations_left_alone(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *words; /* parted by "|" */
    } cases[] = {
        {"She is putting herself at risk by the station.", "putting herself at risk"},
        {"It is a lifestyle-choice, and he won’t engage", "lifestyle-choice|won’t engage"},
        {"Putting  herself\nat risk. Putting himself at risk.", "Putting  herself\nat risk"},
        {"He said “my girl is promiscuous”, and left.", ""},
        {"She said \"he is her boyfriend\" and was promiscuous", "promiscuous"},
        {"A mark \" that never ends, streetwise", "streetwise"},
        {"an absconderish word, unpromiscuous", ""},
        {"", ""},
        {"Home late twice a week, with a phone nobody can explain.", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct language_advice advice[5];
        size_t count = language_find(&arena, area, str_from(cases[i].text), advice, 5);
        struct str rest = str_from(cases[i].words);
        struct str want;
        size_t wanted = 0;
        while (rest.len && str_split(&rest, '|', &want)) {
            if (wanted >= count || !str_eq(advice[wanted].words, want))
                fail_msg("'%s': '%.*s' is missing", cases[i].text, STR_ARG(want));
            assert_true(advice[wanted].instead.len > 0 && advice[wanted].why.len > 0);
            wanted++;
        }
        if (count != wanted) fail_msg("'%s' has %zu, not %zu", cases[i].text, count, wanted);
    }
}

/* Each of these took minutes while all that follows was gone through from each mark. */
static void marks_without_end_are_gone_through_once(void **state)
{
    (void)state;
    static const char *const mark[] = {"\"", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xc2\xab ", "'",
                                       ". "};
    enum { BYTES = 200000 };
    struct buf text;
    buf_init(&text, 2 * BYTES);
    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++) {
        struct language_advice advice[5];
        buf_clear(&text);
        while (text.len < BYTES) buf_add_c(&text, mark[i]);
        buf_add_c(&text, " promiscuous");
        assert_int_equal(language_find(&arena, area, buf_str(&text), advice, 5), 1);
        assert_true(str_eq(advice[0].words, STR("promiscuous")));
    }
    buf_done(&text);
}

static void the_pack_says_where_each_comes_from(void **state)
{
    (void)state;
    size_t count;
    const struct area_language *entry = area_language(area, &count);
    assert_true(count >= 10);
    for (size_t i = 0; i < count; i++) {
        assert_true(entry[i].phrase_count > 0 && entry[i].source.len > 0);
        /* Its own advice must not be something to think of again. */
        struct language_advice advice;
        assert_int_equal(language_find(&arena, area, entry[i].instead, &advice, 1), 0);
    }
    const struct area_sharing *sharing = area_sharing(area, &count);
    assert_true(count >= 4);
    for (size_t i = 0; i < count; i++) assert_true(sharing[i].source.len > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_and_quotations_left_alone),
        cmocka_unit_test(marks_without_end_are_gone_through_once),
        cmocka_unit_test(the_pack_says_where_each_comes_from),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
