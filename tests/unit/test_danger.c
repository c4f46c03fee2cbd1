/*
 * Words of immediate danger, found and not found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "domain/danger.h"

static const struct {
    const char *text;
    const char *found;
} cases[] = {
    {"She said “he has a knife” — then ran.", "has a knife"},
    {"He has a knife.", "has a knife"},
    {"HE HAS  A\nKNIFE!", "HAS  A\nKNIFE"},
    {"She can\xE2\x80\x99t get out of there", "can\xE2\x80\x99t get out"},
    {"she cant get out", "cant get out"},
    {"being-held at a flat; they won't let her leave", "being-held, won't let her leave"},
    {"in danger, in danger, in danger", "in danger"},
    {"Suicidal", "Suicidal"},
    {"overdose", "overdose"},
    {"He's got a knife", "got a knife"},
    {"She said she wants to die.", "wants to die"},
    {"I don\xE2\x80\x99t want to die", "want to die"},
    {"She has gone missing and nobody knows where she is", "gone missing, nobody knows where"},
    {"missing since last night", "missing since"},
    /* Part of a word is not the word. */
    {"The car park, near where the van got a knock", ""},
    {"a child in dangerous company", ""},
    {"he has a knifelike smile", ""},
    {"begin danger", ""},
    {"A silver Corsa was outside the takeaway.", ""},
    {"in dang\xff"
     "er",
     ""},
    {"", ""},
    {"in", ""},
};

static void test_phrases(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct area *area = NULL;
    struct err err = {0};
    assert_int_equal(area_load("areas/cornwall", &area, &err), ST_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct str found = danger_find(&arena, area, str_from(cases[i].text));
        if (!str_eq(found, str_from(cases[i].found)))
            fail_msg("'%s' gave '%.*s', not '%s'", cases[i].text, STR_ARG(found), cases[i].found);
    }
    area_free(area);
    arena_done(&arena);
}

/* Each of these took minutes when every phrase went through all the marks from each of them. */
static void test_marks_without_end(void **state)
{
    (void)state;
    static const char *const mark[] = {"\"",  "'",   ". ", "\xe2\x80\x9c", "\xe2\x80\xa6-",
                                       "'\"", "\xff"};
    enum { BYTES = 200000 };
    struct arena arena;
    struct area *area = NULL;
    struct buf text;
    arena_init(&arena, 8 << 20);
    buf_init(&text, 2 * BYTES);
    assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++) {
        buf_clear(&text);
        while (text.len < BYTES) buf_add_c(&text, mark[i]);
        assert_int_equal(danger_find(&arena, area, buf_str(&text)).len, 0);
        buf_add_c(&text, " In Danger \"");
        assert_true(str_eq(danger_find(&arena, area, buf_str(&text)), STR("In Danger")));
        /* And between the words of one. */
        buf_clear(&text);
        buf_add_c(&text, "in ");
        while (text.len < BYTES) buf_add_c(&text, mark[i]);
        buf_add_c(&text, " danger");
        assert_int_equal(danger_find(&arena, area, buf_str(&text)).len > 0, i != 6);
    }
    buf_done(&text);
    area_free(area);
    arena_done(&arena);
}

static void test_words_for_the_page(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct area *area = NULL;
    struct err err = {0};
    assert_int_equal(area_load("areas/cornwall", &area, &err), ST_OK);
    struct str words = danger_words(&arena, area);
    assert_true(str_find(words, STR("|cant get out|"), 0) > 0);
    assert_true(str_find(words, STR("||"), 0) < 0);
    assert_true(words.ptr[words.len - 1] != '|');
    area_free(area);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_marks_without_end),
        cmocka_unit_test(test_words_for_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
