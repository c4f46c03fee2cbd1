/* Escaping by place, and urls that cannot be made from anything. */
#include "tests_common.h"

#include <math.h>

#include "html/html.h"

static struct arena arena;
static struct buf out;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 32 << 20);
    buf_init(&out, 1 << 16);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_done(&out);
    arena_done(&arena);
    return 0;
}

static void is(struct str got, const char *expected)
{
    if (!str_eq(got, str_from(expected)))
        fail_msg("expected '%s', got '%.*s'", expected, STR_ARG(got));
}

static void text_is_clean(void **state)
{
    (void)state;
    html_text(&out, STR("a\0b\x1b[31m\xff<\xe2\x80\xae>\xed\xa0\x80\xc3\xa9\xc3"));
    is(buf_str(&out),
       "ab[31m\xef\xbf\xbd&lt;&gt;\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdé\xef\xbf\xbd");
    buf_clear(&out);
    html_attribute(&out, STR("\x07\"\xe2\x81\xa6'"));
    is(buf_str(&out), "&quot;&#39;");
}

static void text_is_escaped(void **state)
{
    (void)state;
    html_text(&out, STR("a<b>&\"c\"'d'é"));
    is(buf_str(&out), "a&lt;b&gt;&amp;\"c\"'d'é");
    buf_clear(&out);
    html_text(&out, STR(""));
    is(buf_str(&out), "");
    html_text(&out, STR("<<"));
    is(buf_str(&out), "&lt;&lt;");
}

/* Whatever is looked at together: each is found wherever it stands, and nothing else is touched. */
static void text_is_escaped_anywhere(void **state)
{
    (void)state;
    static const struct {
        const char *is;
        const char *text;
        const char *attribute;
    } one[] = {{"&", "&amp;", "&amp;"}, {"<", "&lt;", "&lt;"},
               {">", "&gt;", "&gt;"},   {"\"", "\"", "&quot;"},
               {"'", "'", "&#39;"},     {"\x01", "", ""},
               {"\x7f", "", ""},        {"\x1f", "", ""},
               {"\n", "\n", "\n"},      {"\xff", "\xef\xbf\xbd", "\xef\xbf\xbd"},
               {"é", "é", "é"},         {" ", " ", " "},
               {"~", "~", "~"},         {"\xe2\x80\xae", "", ""}};
    for (size_t length = 0; length < 50; length++)
        for (size_t at = 0; at <= length; at++)
            for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
                struct str before = str_fmt(&arena, "%.*s", (int)at,
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
                struct str after = str_fmt(&arena, "%.*s", (int)(length - at),
                                           "0123456789(){}[]!#$%*+,-./:;=?@\\^_`|0123456789(){}[]");
                struct str whole =
                    str_fmt(&arena, "%.*s%s%.*s", STR_ARG(before), one[i].is, STR_ARG(after));
                buf_clear(&out);
                html_text(&out, whole);
                is(buf_str(&out),
                   str_fmt(&arena, "%.*s%s%.*s", STR_ARG(before), one[i].text, STR_ARG(after)).ptr);
                buf_clear(&out);
                html_attribute(&out, whole);
                is(buf_str(&out),
                   str_fmt(&arena, "%.*s%s%.*s", STR_ARG(before), one[i].attribute, STR_ARG(after))
                       .ptr);
            }
}

static void attributes_are_escaped(void **state)
{
    (void)state;
    html_attribute(&out, STR("\"><script>'&"));
    is(buf_str(&out), "&quot;&gt;&lt;script&gt;&#39;&amp;");
}

static void overflow_is_told(void **state)
{
    (void)state;
    struct buf small;
    buf_init(&small, 8);
    html_text(&small, STR("<<<<"));
    assert_true(small.overflow);
    buf_done(&small);
}

static void numbers(void **state)
{
    (void)state;
    html_number(&out, 1.25, 1, true);
    buf_add_char(&out, ' ');
    html_number(&out, -1.75, 1, true);
    buf_add_char(&out, ' ');
    html_number(&out, 3, 2, false);
    buf_add_char(&out, ' ');
    html_number(&out, -0.004, 2, true);
    buf_add_char(&out, ' ');
    html_number(&out, -0.0, 0, false);
    buf_add_char(&out, ' ');
    html_number(&out, NAN, 2, false);
    buf_add_char(&out, ' ');
    html_number(&out, -INFINITY, 2, true);
    is(buf_str(&out), "+1.2 -1.8 3.00 +0.00 0 – –");
}

static void paths_stay_on_this_site(void **state)
{
    (void)state;
    is(html_url_path(&arena, STR("/entities/7?x=1&y=%20#z")).s, "/entities/7?x=1&y=%20#z");
    static const char *const bad[] = {
        "",           "entities", "//evil.example", "/\\evil.example", "javascript:x()",
        "/a b",       "/a\nb",    "/é",             "https://evil.example",
        "\t//evil.example",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        is(html_url_path(&arena, str_from(bad[i])).s, "/");
        is(html_url_constant(bad[i]).s, "/");
    }
}

static void external_is_https_alone(void **state)
{
    (void)state;
    is(html_url_external(&arena, STR("https://example.org/a?b#c")).s,
       "https://example.org/a?b#c");
    static const char *const bad[] = {"http://example.org", "https://", "javascript:x()",
                                      "data:text/html,x", "https://exa mple.org", "", "//x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        is(html_url_external(&arena, str_from(bad[i])).s, "/");
}

static void fragments_and_phones(void **state)
{
    (void)state;
    is(html_url_fragment(&arena, STR("m1-name")).s, "#m1-name");
    is(html_url_fragment(&arena, STR("a b\"é")).s, "#a%20b%22%C3%A9");
    is(html_url_phone(&arena, STR("0300 123 1116")).s, "tel:03001231116");
    is(html_url_phone(&arena, STR("+44 (0)7700 900123")).s, "tel:+4407700900123");
    is(html_url_phone(&arena, STR("javascript:alert(1)")).s, "tel:1");
}

static void percent_encoding(void **state)
{
    (void)state;
    buf_add_percent(&out, STR("AZaz09-._~ /?&=#%+é"));
    is(buf_str(&out), "AZaz09-._~%20%2F%3F%26%3D%23%25%2B%C3%A9");
}

static void numbers_are_those_of_printf(void **state)
{
    (void)state;
    static const double some[] = {0.05,  0.15,  0.25,  0.35,   0.5,       1.5, 2.5,  12.25,
                                  0.125, 0.995, 1.005, 99.995, 999999.95, 1e9, 1e12, 0.045};
    uint64_t number = 1;
    for (int i = 0; i < 20000; i++) {
        number = number * 6364136223846793005u + 1442695040888963407u;
        double value = i < (int)(sizeof some / sizeof *some)
                           ? some[i]
                           : (double)(int64_t)(number >> 30) / (1 + i % 4096) / 1024;
        if (i % 2) value = -value;
        for (int decimals = 0; decimals < 4; decimals++) {
            char text[64];
            struct buf made;
            buf_init(&made, 100);
            snprintf(text, sizeof text, i % 3 ? "%.*f" : "%+.*f", decimals, value);
            html_number(&made, value, decimals, i % 3 == 0);
            /* else it is zero */
            if (strspn(text, "+-0.") < strlen(text)) assert_string_equal(made.data, text);
            buf_done(&made);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(text_is_escaped),
        TEST(text_is_escaped_anywhere),
        TEST(text_is_clean),
        TEST(attributes_are_escaped),
        TEST(overflow_is_told),
        TEST(numbers),
        TEST(paths_stay_on_this_site),
        TEST(external_is_https_alone),
        TEST(fragments_and_phones),
        TEST(percent_encoding),
        cmocka_unit_test(numbers_are_those_of_printf),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
