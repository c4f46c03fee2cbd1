/* Small figures against whoever knows the rule by which they are hidden: of every table that could
 * look so, a hidden figure must have been several. */
#include "domain/small.h"

#include "tests_common.h"

enum { ROWS = 3, CELLS = ROWS * SMALL_CELLS };

/* A table, and what is seen of it: the whole, the shown cells, and which are hidden. */
struct seen {
    int64_t cell[CELLS];
    int64_t view[CELLS + SMALL_CELLS];
};

static int by_view(const void *a, const void *b)
{
    return memcmp(((const struct seen *)a)->view, ((const struct seen *)b)->view,
                  sizeof((struct seen *)0)->view);
}

static void look_at(const int64_t *cell, size_t rows, struct seen *ret)
{
    struct small_row row[ROWS] = {0};
    *ret = (struct seen){0};
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < SMALL_CELLS; k++) {
            row[i].cell[k] = ret->cell[i * SMALL_CELLS + k] = cell[i * SMALL_CELLS + k];
            ret->view[CELLS + k] += row[i].cell[k];
        }
    small_hide(row, rows);
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < SMALL_CELLS; k++)
            ret->view[i * SMALL_CELLS + k] = row[i].hidden ? -1 : row[i].cell[k];
}

static bool is_shown_at_all(const struct seen *seen, int64_t most)
{
    bool shown = true;
    for (size_t k = 0; k < SMALL_CELLS; k++)
        shown &= !small_figure(seen->view[CELLS + k]) && seen->view[CELLS + k] <= most;
    return shown;
}

/* Every table of so many rows and cells whose whole is up to `most`, and not small itself. */
static void try_all(size_t rows, size_t cells, int64_t most)
{
    enum { TABLES = 1 << 17 };
    size_t places = rows * cells;
    size_t tables = 1;
    for (size_t i = 0; i < places; i++) tables *= (size_t)most + 1;
    struct seen *all = calloc(TABLES, sizeof *all);
    assert_non_null(all);
    size_t count = 0;
    for (size_t code = 0; code < tables; code++) {
        int64_t cell[CELLS] = {0};
        size_t rest = code;
        for (size_t i = 0; i < places; i++, rest /= (size_t)most + 1)
            cell[i / cells * SMALL_CELLS + i % cells] = (int64_t)(rest % ((size_t)most + 1));
        assert_true(count < TABLES);
        look_at(cell, rows, &all[count]);
        count += is_shown_at_all(&all[count], most);
    }
    qsort(all, count, sizeof *all, by_view);
    size_t looked = 0;
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && by_view(&all[from], &all[to]) == 0;) to++;
        for (size_t place = 0; place < CELLS; place++) {
            bool differs = false;
            bool small = false;
            for (size_t i = from; i < to; i++) {
                small |= small_figure(all[i].cell[place]);
                differs |= all[i].cell[place] != all[from].cell[place];
            }
            if (!small) continue;
            looked++;
            if (!differs) fail_msg("a figure of %lld is told", (long long)all[from].cell[place]);
        }
    }
    assert_true(looked > 10);
    free(all);
}

static void a_hidden_figure_may_have_been_another(void **state)
{
    (void)state;
    try_all(2, 1, 40);
    try_all(3, 1, 24);
    try_all(2, 2, 11);
    try_all(3, 2, 9);
}

static void what_is_shown_is_not_small(void **state)
{
    (void)state;
    struct small_row row[4] = {
        {{60, 2}, false}, {{0, 0}, false}, {{30, 8}, false}, {{20, 9}, false}};
    small_hide(row, 4);
    assert_true(row[0].hidden && !row[1].hidden && row[2].hidden && !row[3].hidden);
    struct small_row large[2] = {{{60, 0}, false}, {{5, 5}, false}};
    small_hide(large, 2);
    assert_false(large[0].hidden || large[1].hidden);
    /* The last goes with the first. */
    struct small_row round[3] = {{{40, 0}, false}, {{30, 0}, false}, {{1, 0}, false}};
    small_hide(round, 3);
    assert_true(round[0].hidden && !round[1].hidden && round[2].hidden);
    /* Two that are small together are not enough. */
    struct small_row two[4] = {{{1, 0}, false}, {{1, 0}, false}, {{9, 0}, false}, {{9, 0}, false}};
    small_hide(two, 4);
    assert_true(two[0].hidden && two[1].hidden && two[2].hidden && !two[3].hidden);
    small_hide(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_hidden_figure_may_have_been_another),
                                       cmocka_unit_test(what_is_shown_is_not_small)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
