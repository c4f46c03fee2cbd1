/* The view compiler: what it draws, and what it refuses (tests/views/refused.txt). */
#include "tests_common.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "test_views.c"

enum { REFUSED_MAX = 200, MESSAGE_MAX = 4096 };

/* One part of refused.txt. */
struct refused {
    struct str expected; /* "4: href takes a url alone" */
    struct str view;
};

static struct arena arena;
static const char *compiler;
static const char *const folder = "tests/views/";

static struct str drawn_all(bool open)
{
    static const struct view_good_all_rows_words words[] = {{STR_INIT("x")}, {STR_INIT("<y>")}};
    static const struct partial_rows_rows_words said[] = {{STR_INIT("&")}};
    static const struct partial_rows_rows shared[] = {{STR_INIT("<given>"), said, 1}};
    const struct view_good_all_rows rows[] = {
        {.name = STR("one & two"), .href = html_url_constant("/a?b=1&c=2"), .words = words,
         .words_count = 2},
        {.name = STR("three"), .href = html_url_constant("javascript:x()")},
    };
    struct buf mark;
    buf_init(&mark, 100);
    buf_add_c(&mark, "<i>drawn</i>");
    const struct view_good_all view = {
        .text = STR("\n<b> \"it's\" & é"),
        .count = -7,
        .ratio = 2.25,
        .open = open,
        .link = html_url_constant("/here"),
        .drawn = html_from_view(&mark),
        .rows = rows,
        .rows_count = open ? 2 : 0,
        .shared = shared,
        .shared_count = open ? 1 : 0,
    };
    struct buf out;
    buf_init(&out, 1 << 16);
    view_good_all(&out, &view);
    assert_false(out.overflow);
    struct str drawn = str_dup(&arena, buf_str(&out));
    buf_done(&out);
    buf_done(&mark);
    return drawn;
}

static void holds(struct str drawn, const char *expected)
{
    if (str_find(drawn, str_from(expected), 0) < 0)
        fail_msg("'%s' is not in\n%.*s", expected, STR_ARG(drawn));
}

static void lacks(struct str drawn, const char *unwanted)
{
    if (str_find(drawn, str_from(unwanted), 0) >= 0)
        fail_msg("'%s' is in\n%.*s", unwanted, STR_ARG(drawn));
}

static void escapes_by_place(void **state)
{
    (void)state;
    struct str drawn = drawn_all(true);
    holds(drawn, "<p title=\"\n&lt;b&gt; &quot;it&#39;s&quot; &amp; é\">");
    holds(drawn, "\n&lt;b&gt; \"it's\" &amp; é|-7|2.2|+2.25</p>");
    holds(drawn, "<a href=\"/here\">\"what?\"</a><i>drawn</i>");
    holds(drawn, "href=\"/a?b=1&amp;c=2\"");
    holds(drawn, "<a href=\"/\" class=\"a b\">three</a>]");
    lacks(drawn, "javascript");
    lacks(drawn, "not drawn");
}

static void keeps_first_line_break_of_textarea(void **state)
{
    (void)state;
    holds(drawn_all(true), "<textarea>\n\n&lt;b&gt;");
}

static void chooses_and_repeats(void **state)
{
    (void)state;
    struct str open = drawn_all(true);
    struct str shut = drawn_all(false);
    holds(open, "open some");
    holds(open, "type=\"checkbox\" checked>");
    holds(open, "one &amp; two</a> x &lt;y&gt;][");
    holds(shut, "shut nonesome");
    holds(shut, "type=\"checkbox\" >");
    lacks(shut, "one &amp; two");
}

static void draws_svg_and_partials(void **state)
{
    (void)state;
    struct str drawn = drawn_all(true);
    holds(drawn, "<svg viewBox=\"0 0 -7 4\"><linearGradient id=\"g\"></linearGradient>"
                 "<rect width=\"2.2\"/></svg>");
    holds(drawn, "<b>\n&lt;b&gt; \"it's\" &amp; é! ×-7</b><b>a \\ ?\?/ ×3</b>");
}

static void gives_a_list_to_a_partial(void **state)
{
    (void)state;
    holds(drawn_all(true), "<ul><li><a href=\"#top\">&lt;given&gt;</a>(&amp;)</li></ul>");
    holds(drawn_all(false), "<ul></ul>");
}

static void draws_without_parameters(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    view_good_empty(&out, &(struct view_good_empty){0});
    holds(buf_str(&out), "<p>Nothing is asked.</p>");
    buf_done(&out);
}

/* Runs the compiler on a view; returns its exit code and what it said. */
static int compile(const char *view_path, char message[static MESSAGE_MAX])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    char *arguments[] = {(char *)(uintptr_t)compiler,
                         (char *)(uintptr_t) "tests/views/partials/greeting.html",
                         (char *)(uintptr_t) "tests/views/partials/rows.html",
                         (char *)(uintptr_t)view_path,
                         (char *)(uintptr_t) "/dev/null",
                         (char *)(uintptr_t) "/dev/null",
                         NULL};
    pid_t child;
    assert_int_equal(posix_spawn(&child, compiler, &actions, NULL, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    size_t length = 0;
    ssize_t got;
    while ((got = read(ends[0], message + length, MESSAGE_MAX - 1 - length)) > 0)
        length += (size_t)got;
    message[length] = 0;
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void refuses(void **state)
{
    const struct refused *refused = *state;
    char place[64];
    temporary_folder(place);
    struct str path = str_fmt(&arena, "%s/case.html", place);
    FILE *file = fopen(path.ptr, "wb");
    assert_non_null(file);
    fwrite(refused->view.ptr, 1, refused->view.len, file);
    fclose(file);
    char message[MESSAGE_MAX];
    int code = compile(path.ptr, message);
    unlink(path.ptr);
    rmdir(place);
    struct str expected = str_fmt(&arena, "%s:%.*s", path.ptr, STR_ARG(refused->expected));
    if (code != 1 || !str_starts(str_from(message), expected))
        fail_msg("expected '%s', exit code 1; got '%s', exit code %d", expected.ptr, message,
                 code);
}

static struct str read_whole(const char *path)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    char part[4096];
    size_t got;
    while ((got = fread(part, 1, sizeof part, file)) > 0) buf_add(&text, str_of(part, got));
    fclose(file);
    struct str whole = str_dup(&arena, buf_str(&text));
    buf_done(&text);
    return whole;
}

/* Splits refused.txt into cases. */
static size_t read_refused(struct refused cases[static REFUSED_MAX])
{
    struct str text = read_whole(str_fmt(&arena, "%srefused.txt", folder).ptr);
    size_t count = 0;
    ptrdiff_t begin = str_find(text, STR("\n### "), 0);
    while (begin >= 0 && count < REFUSED_MAX) {
        ptrdiff_t line = begin + 5;
        ptrdiff_t view = str_find(text, STR("\n"), (size_t)line) + 1;
        ptrdiff_t end = str_find(text, STR("\n### "), (size_t)view);
        size_t until = end < 0 ? text.len : (size_t)end + 1;
        cases[count++] = (struct refused){
            str_sub(text, (size_t)line, (size_t)(view - 1 - line)),
            str_sub(text, (size_t)view, until - (size_t)view),
        };
        begin = end;
    }
    return count;
}

int main(int argc, char **argv)
{
    (void)argc;
    static struct refused cases[REFUSED_MAX];
    static struct CMUnitTest tests[REFUSED_MAX + 8];
    size_t count = 0;
    arena_init(&arena, 64 << 20);
    /* BUILD/tests/unit/test_viewc -> BUILD/generated/viewc */
    ptrdiff_t build = str_find(str_from(argv[0]), STR("tests/unit/"), 0);
    compiler = str_fmt(&arena, "%.*sgenerated/viewc", build < 0 ? 0 : (int)build, argv[0]).ptr;
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(escapes_by_place);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(keeps_first_line_break_of_textarea);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(chooses_and_repeats);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(draws_svg_and_partials);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(gives_a_list_to_a_partial);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(draws_without_parameters);
    size_t refused_count = read_refused(cases);
    for (size_t i = 0; i < refused_count; i++)
        tests[count++] = (struct CMUnitTest){
            .name = str_fmt(&arena, "refuses, line %.*s", STR_ARG(cases[i].expected)).ptr,
            .test_func = refuses,
            .initial_state = &cases[i],
        };
    int failed = _cmocka_run_group_tests("viewc", tests, count, NULL, NULL);
    arena_done(&arena);
    return failed;
}
