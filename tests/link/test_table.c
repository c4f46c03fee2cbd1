/* Reading a whole file: what plain lines and vectors give is what a look at each character
 * gives. */
#include "link/table.h"

#include "base/buf.h"
#include "link/table_split.h"
#include "tests_common.h"

#include <stdlib.h>

static uint64_t state = 11;

static uint32_t next(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static void fields_end_where_the_reference_says(void **unused)
{
    (void)unused;
    enum { MOST = 700 };
    char text[MOST];
    uint32_t end[MOST + SPLIT_ROOM], wanted[MOST + SPLIT_ROOM];
    int regular = 0;
    for (int round = 0; round < 20000; round++) {
        size_t columns = 1 + next(4), length = 0, lines = 1 + next(40);
        for (size_t line = 0; line < lines && length + 40 < MOST; line++) {
            size_t own = next(300) ? columns : 1 + next(4);
            for (size_t i = 0; i < own; i++) {
                for (size_t k = next(12); k > 0 && length + 20 < MOST; k--)
                    text[length++] = next(3000) ? (char)(' ' + 10 + next(80)) : "\"\r\0,"[next(4)];
                text[length++] = i + 1 < own ? ',' : '\n';
            }
        }
        struct str all = str_of(text, length);
        size_t count = 0, wanted_count = 0;
        size_t longest = next(10) ? MOST : 20;
        bool plain = table_split_plain(all, ',', columns, longest, wanted, &wanted_count);
        assert_int_equal(table_split(all, ',', columns, longest, end, &count), plain);
        if (!plain) continue;
        regular++;
        assert_int_equal(count, wanted_count);
        assert_memory_equal(end, wanted, count * columns * sizeof *end);
    }
    assert_in_range(regular, 1000, 19000);
}

enum { COLUMNS = 4, ROWS = 12000, LONG = 400 };

/* Two files with the same fields: the one has quotes where it must, the other everywhere. */
static void write_rows(struct buf *some, struct buf *all)
{
    buf_add_c(some, "id,name,note,town\n");
    buf_add_c(all, "\"id\",\"name\",\"note\",\"town\"\n");
    for (int row = 0; row < ROWS; row++) {
        bool odd = next(2500) == 0;
        if (next(4000) == 0) buf_add_char(some, '\n'); /* an empty line is nobody's */
        for (int column = 0; column < COLUMNS; column++) {
            char field[LONG + 32];
            int length = snprintf(field, sizeof field, "%c%d Lane ", 'A' + column,
                                  column ? (int)next(3000) : row);
            for (int i = column == 2 ? LONG : (int)next(20); i > 0; i--)
                field[length++] = (char)("Abc zZ@[`{-\xc3"[next(12)]);
            while (length && field[length - 1] == ' ') length--;
            if (column == 1 && next(5) == 0) length = 0;
            bool quoted = odd && column == 2;
            if (quoted) buf_add_char(some, '"');
            if (quoted) field[length / 2] = '\n';
            else if (next(3) == 0) buf_add_char(some, ' ');
            buf_add(some, str_of(field, (size_t)length));
            buf_add_c(some, quoted ? "\"" : next(3) ? "" : " ");
            buf_add_c(some, column + 1 < COLUMNS ? "," : next(9) ? "\n" : "\r\n");
            buf_add_char(all, '"');
            buf_add(all, str_of(field, (size_t)length));
            buf_add_c(all, column + 1 < COLUMNS ? "\"," : "\"\n");
        }
    }
    some->len--; /* the last line need not end */
}

static struct table *read_all(const struct buf *text, int threads)
{
    struct table *table = calloc(1, sizeof *table);
    struct err err = {0};
    assert_non_null(table);
    if (table_read(table, buf_str(text), STR("id"), threads, &err) != ST_OK)
        fail_msg("%s", err.public);
    return table;
}

static void plain_lines_are_read_as_quoted_ones(void **unused)
{
    (void)unused;
    struct buf some, all;
    buf_init(&some, 32 << 20);
    buf_init(&all, 32 << 20);
    write_rows(&some, &all);
    assert_true(some.len > 5 << 20); /* more than one stretch */
    struct table *wanted = read_all(&all, 1);
    assert_int_equal(wanted->rows, ROWS);
    for (int threads = 1; threads <= 3; threads++) {
        struct table *table = read_all(&some, threads);
        assert_int_equal(table->rows, ROWS);
        for (int column = 0; column < COLUMNS; column++) {
            const struct table_column *one = &table->column[column],
                                      *other = &wanted->column[column];
            assert_int_equal(one->values, other->values);
            assert_memory_equal(one->value, other->value, ROWS * sizeof *one->value);
            assert_memory_equal(one->count, other->count, one->values * sizeof *one->count);
            for (uint32_t v = 0; v < one->values; v++)
                assert_true(str_eq(one->text[v], other->text[v]));
        }
        table_done(table);
        free(table);
    }
    table_done(wanted);
    free(wanted);
    buf_done(&some);
    buf_done(&all);
}

static void what_is_wrong_far_down_has_its_line(void **unused)
{
    (void)unused;
    struct buf text;
    buf_init(&text, 32 << 20);
    buf_add_c(&text, "id,name\n");
    for (int row = 2; row < 300000; row++)
        buf_add_c(&text, row == 250000 ? "1,a,b\n" : "12345,somebody else\n");
    for (int threads = 1; threads <= 2; threads++) {
        struct table *table = calloc(1, sizeof *table);
        struct err err = {0};
        assert_int_equal(table_read(table, buf_str(&text), STR(""), threads, &err), ST_INVALID);
        assert_non_null(strstr(err.public, "Line 250000 has more"));
        table_done(table);
        free(table);
    }
    buf_done(&text);
}

/* As spreadsheets write what stands to the right of a table. */
static void empty_columns_are_no_mistake(void **unused)
{
    (void)unused;
    struct table *table = calloc(1, sizeof *table);
    struct err err = {0};
    assert_int_equal(table_read(table, STR("id,name,,\n1,ana,,\n2,jago,,x\n3,eve,,,,,\n"), STR(""),
                                1, &err),
                     ST_OK);
    assert_int_equal(table->rows, 3);
    assert_int_equal(table->columns, 4);
    assert_string_equal(table->column[3].name, "(column 4)");
    assert_true(str_eq(table_id(table, 2), STR("3")));
    table_done(table);
    assert_int_equal(table_read(table, STR("id,name\n1,ana,,x\n"), STR(""), 1, &err), ST_INVALID);
    table_done(table);
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_end_where_the_reference_says),
        cmocka_unit_test(plain_lines_are_read_as_quoted_ones),
        cmocka_unit_test(what_is_wrong_far_down_has_its_line),
        cmocka_unit_test(empty_columns_are_no_mistake),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
