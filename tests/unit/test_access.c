/* docs/ACCESS.md says what the program does. */
#include "base/arena.h"
#include "base/buf.h"
#include "domain/access.h"

#include "tests_common.h"

static char document[1 << 16];

static int read_document(void **state)
{
    (void)state;
    FILE *file = fopen("docs/ACCESS.md", "rb");
    assert_non_null(file);
    size_t size = fread(document, 1, sizeof document - 1, file);
    fclose(file);
    assert_true(size > 1000 && size < sizeof document - 1);
    return 0;
}

static void assert_says(const struct buf *line)
{
    char text[2000];
    snprintf(text, sizeof text, "\n%.*s\n", STR_ARG(buf_str(line)));
    if (!strstr(document, text)) fail_msg("docs/ACCESS.md lacks the line: %s", text);
}

static void the_table_of_roles_is_the_programs(void **state)
{
    (void)state;
    struct buf line;
    buf_init(&line, 2000);
    buf_add_c(&line, "| |");
    for (int role = 0; role < ROLE_COUNT; role++)
        buf_add_fmt(&line, " %s |", role_label((enum role)role));
    assert_says(&line);
    for (int action = 0; action < ACT_COUNT; action++) {
        buf_clear(&line);
        buf_add_fmt(&line, "| %s |", action_name((enum action)action));
        for (int role = 0; role < ROLE_COUNT; role++)
            buf_add_fmt(&line, " %s |",
                        reach_name(access_reach((enum role)role, (enum action)action)));
        assert_says(&line);
    }
    buf_done(&line);
}

static void the_table_of_grants_is_the_programs(void **state)
{
    (void)state;
    struct buf line;
    buf_init(&line, 2000);
    for (int kind = 0; kind < GRANT_KINDS; kind++) {
        buf_clear(&line);
        buf_add_fmt(&line, "| %s |", grant_kind_name((enum grant_kind)kind));
        int count = 0;
        for (int action = 0; action < ACT_COUNT; action++)
            if (access_gives((enum grant_kind)kind, (enum action)action))
                buf_add_fmt(&line, "%s %s", count++ ? "," : "", action_name((enum action)action));
        buf_add_c(&line, " |");
        assert_says(&line);
    }
    buf_done(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_roles_is_the_programs),
        cmocka_unit_test(the_table_of_grants_is_the_programs),
    };
    return cmocka_run_group_tests_name("access", tests, read_document, NULL);
}
