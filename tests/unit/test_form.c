/*
 * What browsers send: headers and cookies by name, fields of a query, of a form and of an upload.
 */
#include "tests_common.h"

#include "base/arena.h"
#include "web/form.h"
#include "web/heading.h"

enum { FIELDS_MAX = 8 };

struct taken {
    struct form_field field[FIELDS_MAX];
    size_t count;
    size_t most;
};

static bool take(void *context, const struct form_field *field)
{
    struct taken *taken = context;
    if (taken->count == taken->most) return false;
    taken->field[taken->count++] = *field;
    return true;
}

static char text[512];

static struct taken pairs(const char *of)
{
    struct taken taken = {.most = FIELDS_MAX};
    size_t size = strlen(of);
    memcpy(text, of, size);
    form_read_pairs(text, size, take, &taken);
    return taken;
}

static void assert_field(const struct taken *taken, size_t at, const char *name, const char *value)
{
    assert_true(at < taken->count);
    assert_true(str_eq(taken->field[at].name, str_from(name)));
    assert_true(str_eq(taken->field[at].value, str_from(value)));
}

static void pairs_are_decoded_once(void **state)
{
    (void)state;
    struct taken taken = pairs("a=b&name=Jo+Bloggs%20%26+co&c%3D=%C3%A9&d=%2525");
    assert_int_equal(taken.count, 4);
    assert_field(&taken, 0, "a", "b");
    assert_field(&taken, 1, "name", "Jo Bloggs & co");
    assert_field(&taken, 2, "c=", "é");
    assert_field(&taken, 3, "d", "%25");
}

static void pairs_may_lack_a_half(void **state)
{
    (void)state;
    struct taken taken = pairs("a&b=&=c&&=&d=e=f&%zz=%4&");
    assert_int_equal(taken.count, 5);
    assert_field(&taken, 0, "a", "");
    assert_field(&taken, 1, "b", "");
    assert_field(&taken, 2, "", "c");
    assert_field(&taken, 3, "d", "e=f");
    assert_field(&taken, 4, "%zz", "%4");
    assert_int_equal(pairs("").count, 0);
    struct taken two = {.most = 2};
    memcpy(text, "a=1&b=2&c=3", 11);
    form_read_pairs(text, 11, take, &two);
    assert_int_equal(two.count, 2);
}

static void a_plus_is_a_plus_in_a_path(void **state)
{
    (void)state;
    memcpy(text, "/a+b%20c%2", 10);
    assert_int_equal(form_decode(text, 10, false), 8);
    assert_memory_equal(text, "/a+b c%2", 8);
}

static struct taken parts(const char *body, bool *ret_whole)
{
    struct taken taken = {.most = FIELDS_MAX};
    *ret_whole = form_read_parts(STR("xyz"), str_from(body), take, &taken);
    return taken;
}

static void parts_are_fields_and_files(void **state)
{
    (void)state;
    bool whole = false;
    struct taken taken = parts(
        "--xyz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n"
        "--xyz\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a;b = c.csv\"\r\n"
        "Content-Type: text/csv\r\n\r\na,b\r\n--xy\r\n\r\n"
        "\r\n--xyz\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--xyz--\r\nand more",
        &whole);
    assert_true(whole);
    assert_int_equal(taken.count, 3);
    assert_field(&taken, 0, "csrf", "token");
    assert_field(&taken, 1, "file", "a,b\r\n--xy\r\n\r\n");
    assert_true(str_eq(taken.field[1].file_name, STR("a;b = c.csv")));
    assert_field(&taken, 2, "empty", "");
    assert_int_equal(taken.field[2].file_name.len, 0);
}

static void half_a_form_is_none(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "",
        "xyz",
        "--xyz",
        "--xyz\r\n",
        "\r\n--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--xyz--",
        "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nb",
        "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--xyz",
        "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--xyzz\r\n",
        "--xyz\r\nContent-Disposition: form-data; name=a\r\nb\r\n\r\n--xyz--",
        "--xyz\r\nContent-Disposition: form-data; name=a",
    };
    bool whole = true;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        parts(broken[i], &whole);
        assert_false(whole);
    }
    assert_int_equal(
        parts("--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\nb\r\n--xyz--", &whole).count,
        0);
    assert_true(whole);
    assert_false(form_read_parts(STR(""), STR("--\r\n"), take, &(struct taken){0}));
}

static void the_kind_is_said(void **state)
{
    (void)state;
    struct str boundary;
    assert_int_equal(
        form_kind_of(STR("application/x-www-form-urlencoded; charset=UTF-8"), &boundary),
        FORM_PAIRS);
    assert_int_equal(
        form_kind_of(STR("Multipart/Form-Data; charset=x; BOUNDARY=\"a b\""), &boundary),
        FORM_PARTS);
    assert_true(str_eq(boundary, STR("a b")));
    assert_int_equal(form_kind_of(STR("multipart/form-data;boundary=----x ; a=b"), &boundary),
                     FORM_PARTS);
    assert_true(str_eq(boundary, STR("----x")));
    static const char *const none[] = {
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=x",
        "application/json",
        "multipart/form-data; boundary=12345678901234567890123456789012345678901234567890"
        "123456789012345678901"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(form_kind_of(str_from(none[i]), &boundary), FORM_NONE);
}

static void headers_have_names(void **state)
{
    (void)state;
    struct arena arena;
    struct heading heading;
    arena_init(&arena, 1 << 12);
    heading_read(STR("GET /: HTTP/1.1\r\nHost: a\r\nX-Forwarded-For:10.0.0.1\r\ncookie: b=c; "
                     "Host=d;e=f=g; b=h\r\n"
                     "x-forwarded-for: 10.0.0.2 \r\nEmpty:\r\n\r\n"),
                 &heading);
    assert_int_equal(heading.count, 5);
    assert_true(str_eq(heading_value(&heading, STR("host")), STR("a")));
    assert_true(
        str_eq(heading_list(&arena, &heading, STR("X-Forwarded-For")), STR("10.0.0.1,10.0.0.2")));
    assert_int_equal(heading_list(&arena, &heading, STR("Forwarded")).len, 0);
    assert_non_null(heading_value(&heading, STR("Empty")).ptr);
    assert_null(heading_value(&heading, STR("Hos")).ptr);
    struct str cookies = heading_value(&heading, STR("Cookie"));
    assert_true(str_eq(heading_cookie(cookies, STR("b")), STR("c")));
    assert_true(str_eq(heading_cookie(cookies, STR("e")), STR("f=g")));
    assert_int_equal(heading_cookie(cookies, STR("B")).len, 0);
    assert_int_equal(heading_cookie(cookies, STR("ost")).len, 0);
    heading_read(STR("GET / HTTP/1.0\r\n\r\n"), &heading);
    assert_int_equal(heading.count, 0);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_decoded_once),   cmocka_unit_test(pairs_may_lack_a_half),
        cmocka_unit_test(a_plus_is_a_plus_in_a_path), cmocka_unit_test(parts_are_fields_and_files),
        cmocka_unit_test(half_a_form_is_none),      cmocka_unit_test(the_kind_is_said),
        cmocka_unit_test(headers_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
