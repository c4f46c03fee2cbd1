/* Keys are put in order as qsort would, whatever they have in common. */
#include "link/batch_sort.h"

#include "tests_common.h"

#include <stdlib.h>

enum { MOST = 60000 };

static uint64_t state = 7;

static uint32_t next(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

static int ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* So many rows with keys of so many values, which differ from that bit on alone. */
static void sort_some(struct batch_sorter *sorter, size_t count, uint32_t values, int bit)
{
    static uint64_t expected[MOST];
    batch_sorter_room(sorter, count);
    for (size_t row = 0; row < count; row++)
        sorter->list[row] = expected[row] =
            (uint64_t)(next(values) * 0x9e3779b1u >> bit) << 32 | row;
    qsort(expected, count, sizeof *expected, ascending);
    batch_sort(sorter, count);
    assert_memory_equal(sorter->list, expected, count * sizeof *expected);
}

static void keys_are_in_order(void **unused)
{
    (void)unused;
    static const size_t counts[] = {1, 2, 47, 48, 49, 1000, MOST, 300};
    static const uint32_t values[] = {1, 2, 40, 3000, UINT32_MAX};
    struct batch_sorter sorter = {0};
    batch_sort(&sorter, 0); /* when nothing has a key there is no list */
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (size_t k = 0; k < sizeof values / sizeof *values; k++)
            for (int bit = 0; bit < 32; bit += 5)
                sort_some(&sorter, counts[i], values[k], bit);
    batch_sorter_done(&sorter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
