/*
 * Tables as spreadsheets write them.  A table is shown as "cell|cell/cell|cell/"; a
 * refused row as "!LINE reason/".
 */
#include "tests_common.h"

#include "base/arena.h"
#include "base/csv.h"

static struct arena arena;

/* Gives the bytes in pieces of `step`. */
struct source {
    struct str rest;
    size_t step;
    int64_t repeat; /* then this many bytes of `filler` */
    char filler;
    bool fails;
};

static ssize_t feed(void *context, void *into, size_t size)
{
    struct source *source = context;
    if (size > source->step) size = source->step;
    if (source->rest.len) {
        if (size > source->rest.len) size = source->rest.len;
        memcpy(into, source->rest.ptr, size);
        source->rest = str_sub(source->rest, size, source->rest.len);
        return (ssize_t)size;
    }
    if (source->fails) return -1;
    if ((int64_t)size > source->repeat) size = (size_t)source->repeat;
    memset(into, source->filler, size);
    source->repeat -= (int64_t)size;
    return (ssize_t)size;
}

static struct str show(struct str text, size_t step, const char **ret_encoding)
{
    struct source source = {.rest = text, .step = step};
    struct csv_reader *reader = csv_reader_new(feed, &source);
    struct buf out;
    buf_init(&out, 1 << 20);
    struct csv_row row;
    while (csv_reader_next(reader, &row) == CSV_ROW) {
        if (row.refused) {
            buf_add_fmt(&out, "!%zu %s/", row.line, row.refused);
            continue;
        }
        for (size_t i = 0; i < row.count; i++)
            buf_add_fmt(&out, "%s%.*s", i ? "|" : "", STR_ARG(row.cell[i]));
        buf_add_char(&out, '/');
    }
    if (ret_encoding) *ret_encoding = csv_reader_encoding(reader);
    csv_reader_free(reader);
    struct str shown = str_dup(&arena, buf_str(&out));
    buf_done(&out);
    return shown;
}

static const struct {
    const char *text;
    const char *shown;
} cases[] = {
    {"", ""},
    {"\n\n\r\n", ""},
    {"a", "a/"},
    {"a,b\nc,d\n", "a|b/c|d/"},
    {"a,b\r\nc,d", "a|b/c|d/"},
    {"a,b\rc,d\r\re,f\r", "a|b/c|d/e|f/"},
    {",\n", "|/"},
    {"a;b\nc;d, e\n", "a|b/c|d, e/"},
    {"a\tb\n1,2\t3\n", "a|b/1,2|3/"},
    {"a|b\nc|d\n", "a|b/c|d/"},
    {"sep=;\r\na,b;c\r\n", "a,b|c/"},
    {"Title line\n\na,b,c\n1,2,3\n4,5,6\n", "Title line/a|b|c/1|2|3/4|5|6/"},
    {"\"a,b\",\"c\"\"d\"\n", "a,b|c\"d/"},
    {"\"two\r\nlines\",x\n", "two\nlines|x/"},
    {"5\" tall,x\n", "5\" tall|x/"},
    {"\"a\" ,b\n", "a|b/"},
    {"\"\",\"\"\n", "|/"},
    /* a broken quotation mark costs its own row */
    {"a,b\n1,\"x\n2,y\n3,z\n", "a|b/!2 a quotation mark is opened and not closed/2|y/3|z/"},
    {"a,b\n1,\"x\n2,\"y\"\n3,z\n", "a|b/!2 text stands behind a closing quotation mark/2|y/3|z/"},
    {"a,b\n\"x\"y,1\n3,z\n", "a|b/!2 text stands behind a closing quotation mark/3|z/"},
    {"a,b\n1,\"two\nlines\"\n\"x\"y,1\n3,z\n",
     "a|b/1|two\nlines/!4 text stands behind a closing quotation mark/3|z/"},
    {"caf\xC3\xA9,b\n", "caf\xC3\xA9|b/"},
};

static void test_shapes(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t step = 1; step <= 4096; step *= 64) {
            struct str shown = show(str_from(cases[i].text), step, NULL);
            if (str_eq(shown, str_from(cases[i].shown))) continue;
            wrong++, print_error("case %zu by %zu: '%.*s', not '%s'\n", i, step, STR_ARG(shown),
                                 cases[i].shown);
        }
    assert_int_equal(wrong, 0);
}

static void test_encodings(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *shown;
        const char *encoding;
    } files[] = {
        {STR_INIT("\xEF\xBB\xBF"
                  "a,\xC2\xA3\n"),
         "a|\xC2\xA3/", "UTF-8"},
        {STR_INIT("a,\xA3 \x80 \x93hi\x94\n"),
         "a|\xC2\xA3 \xE2\x82\xAC \xE2\x80\x9Chi\xE2\x80\x9D/", "Windows-1252"},
        {STR_INIT("\xFF\xFE"
                  "a\0,\0\xA3\0\r\0\n\0"),
         "a|\xC2\xA3/", "UTF-16"},
        {STR_INIT("\xFE\xFF\0a\0,\0\xA3\0\n"), "a|\xC2\xA3/", "UTF-16"},
        {STR_INIT("a\0,\0b\0\n\0c\0,\0d\0"), "a|b/c|d/", "UTF-16"},
        {STR_INIT("\xFF\xFE"
                  "=\xD8\0\xDE,\0b\0"),
         "\xF0\x9F\x98\x80|b/", "UTF-16"},
        {STR_INIT("\xFF\xFE"
                  "=\xD8,\0b\0"),
         "\xEF\xBF\xBD|b/", "UTF-16"},
        /* a stray byte does not turn the rest of a UTF-8 file into noise */
        {STR_INIT("\xEF\xBB\xBF"
                  "\xC2\xA3,\xA3\n"),
         "\xC2\xA3|\xC2\xA3/", "UTF-8"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        for (size_t step = 1; step <= 4096; step *= 64) {
            const char *encoding;
            struct str shown = show(files[i].text, step, &encoding);
            if (!str_eq(shown, str_from(files[i].shown)))
                fail_msg("file %zu by %zu: '%.*s'", i, step, STR_ARG(shown));
            assert_string_equal(encoding, files[i].encoding);
        }
}

/* Windows-1252 that shows itself only behind the first block. */
static void test_late_decision(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 20000; i++) buf_add_c(&text, "abc,def\n");
    buf_add_c(&text, "caf\xE9,x\n");
    const char *encoding;
    struct str shown = show(buf_str(&text), 5000, &encoding);
    assert_string_equal(encoding, "Windows-1252");
    assert_true(str_ends(shown, STR("caf\xC3\xA9|x/")));
    buf_done(&text);
}

static void test_limits(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 8 << 20);
    buf_add_c(&text, "a,b\n");
    for (int i = 0; i < 501; i++) buf_add_c(&text, i ? ",x" : "x");
    buf_add_c(&text, "\n1,2\n");
    for (int i = 0; i < 70000; i++) buf_add_char(&text, 'y');
    buf_add_c(&text, ",z\n\"");
    for (int i = 0; i < 40000; i++) buf_add_c(&text, "q\n");
    buf_add_c(&text, "3,4\n");
    assert_false(text.overflow);
    struct str shown = show(buf_str(&text), 4096, NULL);
    assert_true(str_starts(shown, STR("a|b/!2 the row has more than 500 columns/1|2/"
                                      "!4 a cell is longer than 64 KB/"
                                      "!5 a quotation mark is opened and not closed within 64 KB/"
                                      "q/q/")));
    assert_true(str_ends(shown, STR("q/q/3|4/")));
    buf_done(&text);
}

/* A quotation mark that is never closed, and a line that never ends. */
static void test_endless(void **state)
{
    (void)state;
    static const char *const starts[] = {"a,b\n1,2\n3,\"", "a,b\n1,2\n3,"};
    for (size_t i = 0; i < 2; i++) {
        struct source source = {
            .rest = str_from(starts[i]), .step = 1 << 16, .repeat = 32 << 20, .filler = 'x'};
        struct csv_reader *reader = csv_reader_new(feed, &source);
        struct csv_row row;
        assert_int_equal(csv_reader_next(reader, &row), CSV_ROW);
        assert_int_equal(csv_reader_next(reader, &row), CSV_ROW);
        assert_null(row.refused);
        assert_int_equal(csv_reader_next(reader, &row), CSV_ROW);
        assert_non_null(row.refused);
        assert_int_equal(row.line, 3);
        assert_true(str_eq(row.cell[0], STR("3")));
        assert_int_equal(csv_reader_next(reader, &row), CSV_END);
        csv_reader_free(reader);
    }
}

static void test_failed_reading_is_said(void **state)
{
    (void)state;
    struct source source = {.rest = STR("a,b\n1,2\n3"), .step = 100, .fails = true};
    struct csv_reader *reader = csv_reader_new(feed, &source);
    struct csv_row row;
    assert_int_equal(csv_reader_next(reader, &row), CSV_ROW);
    assert_int_equal(csv_reader_next(reader, &row), CSV_ROW);
    assert_int_equal(csv_reader_next(reader, &row), CSV_FAILED); /* half a row is no row */
    csv_reader_free(reader);
}

static void test_writing_comes_back(void **state)
{
    (void)state;
    static const struct str cells[] = {
        STR_INIT("plain"),    STR_INIT("a,b"),    STR_INIT("say \"hi\""), STR_INIT("two\nlines"),
        STR_INIT("=1+1"),     STR_INIT("+44 77"), STR_INIT("@daz"),       STR_INIT("-1"),
        STR_INIT(" spaces "), STR_INIT(""),       STR_INIT("\tx"),        STR_INIT("a;b")};
    size_t count = sizeof cells / sizeof cells[0];
    struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < count; i++) csv_add_cell(&out, cells[i], i == 0, true);
    csv_add_end(&out);
    assert_true(str_find(buf_str(&out), STR(",'=1+1,'+44 77,'@daz,'-1,"), 0) > 0);
    struct source source = {.rest = buf_str(&out), .step = 7};
    struct csv_reader *reader = csv_reader_new(feed, &source);
    struct csv_row row;
    assert_int_equal(csv_reader_next(reader, &row), CSV_ROW);
    assert_int_equal(row.count, count);
    for (size_t i = 0; i < count; i++) assert_true(str_eq(csv_unguard(row.cell[i]), cells[i]));
    csv_reader_free(reader);
    buf_clear(&out);
    csv_add_cell(&out, STR("=1"), true, false);
    assert_true(str_eq(buf_str(&out), STR("=1")));
    assert_true(str_eq(csv_unguard(STR("'tis")), STR("'tis")));
    buf_done(&out);
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 64 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_late_decision),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_endless),
        cmocka_unit_test(test_failed_reading_is_said),
        cmocka_unit_test(test_writing_comes_back),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
