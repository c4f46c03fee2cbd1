/*
 * The area pack: what the shipped one holds, and what is said of mistakes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "domain/area.h"
#include "domain/area_danger.h"
#include "domain/area_text.h"

#include "tests_common.h"

static void test_cornwall_says_whom_to_call(void **state)
{
    (void)state;
    struct area *area = NULL;
    struct err err = {0};
    if (area_load("areas/cornwall", &area, &err) != ST_OK) fail_msg("%s", err.public);
    assert_str(area_name(area), "Cornwall and the Isles of Scilly");
    assert_str(area_setting(area, STR("referral-contact")), "maru");
    assert_str(area_setting(area, STR("no-such-setting")), "");
    assert_str(area_contact_find(area, STR("maru"))->phone, "0300 123 1116");
    assert_str(area_contact_find(area, STR("cornwall-out-of-hours"))->phone, "01208 251300");
    assert_str(area_contact_find(area, STR("nspcc"))->text, "88858");
    assert_str(area_contact_find(area, STR("scilly"))->other_phone, "01720 424483");
    assert_str(area_contact_find(area, STR("maru"))->relay, "18001 0300 123 1116");
    assert_str(area_contact_find(area, STR("police-emergency"))->relay, "18000");
    assert_str(area_contact_find(area, STR("relay"))->relay, "");
    assert_null(area_contact_find(area, STR("nobody")));
    size_t count;
    const struct area_contact *contact = area_contacts(area, &count);
    assert_int_equal(count, 17);
    for (size_t i = 0; i < count; i++) assert_int_equal(contact[i].verified.year, 0);
    area_forums(area, &count);
    assert_int_equal(count, 3);
    const struct area_sign *sign = area_signs(area, &count);
    size_t signs = 0;
    for (size_t i = 0; i < count; i++) signs += sign[i].kind == SIGN_SIGN;
    assert_int_equal(signs, 11);
    for (size_t i = 0; i < count; i++)
        if (!sign[i].explain.len || !sign[i].source.len)
            fail_msg("%.*s has no source", STR_ARG(sign[i].id));
    assert_true(area_sign_find(area, STR("new-phone"))->kind == SIGN_SIGN);
    assert_null(area_sign_find(area, STR("a-score")));
    assert_str(area_how_known(area, HOW_SAW)->label, "I saw or heard it myself");
    assert_true(area_danger(area)->count > 30);
    assert_str(area_guidance_find(area, STR("what-to-look-for"))->title, "Signs to look for");
    area_guidance(area, &count);
    assert_true(count >= 20);
    area_free(area);
}

static void test_missing_folder_is_said(void **state)
{
    (void)state;
    struct area *area = NULL;
    struct err err = {0};
    assert_int_equal(area_load("areas/atlantis", &area, &err), ST_NOT_FOUND);
    assert_string_equal(err.public, "The area pack has no settings.txt.");
    assert_null(area);
    area_free(NULL);
}

static void test_a_misspelt_second_factor_is_no_second_factor(void **state)
{
    (void)state;
    char folder[64];
    char path[100];
    temporary_folder(folder);
    snprintf(path, sizeof path, "%s/settings.txt", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("[area]\nname = Here\nreferral-unit = MASH\nsecond-factor = everbody\n", file);
    fclose(file);
    struct area *area = NULL;
    struct err err = {0};
    assert_int_equal(area_load(folder, &area, &err), ST_INVALID);
    assert_string_equal(err.public,
                        "settings.txt, line 4: second-factor is 'sensitive-roles' or 'everybody'.");
}

static void test_text_format(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct area_text text;
    struct err err = {0};
    assert_int_equal(area_text_parse(&arena, STR("x.txt"),
                                     STR("\xEF\xBB\xBF# remark\r\n[one]\r\nname = A = B\r\n"
                                         "list =\n  first\n\tsecond\n\n[two]\n"),
                                     &text, &err),
                     ST_OK);
    assert_int_equal(text.section_count, 2);
    assert_str(area_text_value(&text.section[0], STR("name")), "A = B");
    assert_int_equal(area_text_all_used(&text, &err), ST_INVALID);
    assert_string_equal(err.public, "x.txt, line 4: there is no key 'list' here.");
    assert_str(area_text_value(&text.section[0], STR("list")), "first\nsecond");
    assert_int_equal(area_text_all_used(&text, &err), ST_OK);
    arena_done(&arena);
}

static void test_mistakes_are_named_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } mistakes[] = {
        {"[one\n", "x.txt, line 1: a heading is [lower-case-words-with-hyphens]."},
        {"[One]\n", "x.txt, line 1: a heading is [lower-case-words-with-hyphens]."},
        {"[a]\n\n[a]\n", "x.txt, line 3: [a] stands on line 1 already."},
        {"[a]\nname\n", "x.txt, line 2: this is neither 'key = value' nor a [heading]."},
        {"name = x\n", "x.txt, line 1: 'name' stands before the first [heading]."},
        {"[a]\nb = 1\nb = 2\n", "x.txt, line 3: 'b' stands on line 2 already."},
        {"[a]\n  more\n",
         "x.txt, line 2: a line that begins with a space goes on with a value, and there is none "
         "yet."},
        {"[a]\nb = \xff\n", "x.txt, line 2: this is not UTF-8 text."},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct arena arena;
        arena_init(&arena, 1 << 20);
        struct area_text text;
        struct err err = {0};
        assert_int_equal(
            area_text_parse(&arena, STR("x.txt"), str_from(mistakes[i].text), &text, &err),
            ST_INVALID);
        assert_string_equal(err.public, mistakes[i].message);
        arena_done(&arena);
    }
}

/* Everything that the pack says names where it comes from; what does not is refused. */
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cornwall_says_whom_to_call),
        cmocka_unit_test(test_missing_folder_is_said),
        cmocka_unit_test(test_a_misspelt_second_factor_is_no_second_factor),
        cmocka_unit_test(test_text_format),
        cmocka_unit_test(test_mistakes_are_named_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
