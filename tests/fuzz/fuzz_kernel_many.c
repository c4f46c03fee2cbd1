/* The kernels over many against their references, on every path that this machine has:
 * two lengths, a text of the first, and values of the second one after another. */
#include "link/kernel_many.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct str a, const struct kernel_block *block, struct str *values, size_t length)
{
    uint8_t distance[KERNEL_LANES];
    float similar[KERNEL_LANES];
    link_kernel_osa_many(a, block, length, distance);
    link_kernel_jaro_winkler_many(a, block, length, similar);
    for (size_t lane = 0; lane < KERNEL_LANES; lane++) {
        if (distance[lane] != link_osa(a, values[lane])) abort();
        if (!(fabs(similar[lane] - link_jaro_winkler(a, values[lane])) < 1e-6)) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char nothing[KERNEL_LONGEST];
    if (size < 2) return 0;
    size_t length = data[1] % (KERNEL_LONGEST + 1);
    struct str rest = str_of((const char *)data + 2, size - 2);
    struct str a = str_sub(rest, 0, data[0] % 80);
    rest = str_sub(rest, a.len, rest.len);
    struct kernel_block block;
    struct str values[KERNEL_LANES];
    for (unsigned lane = 0; lane < KERNEL_LANES; lane++) {
        struct str value = str_sub(rest, lane * length, length);
        values[lane] = value.len == length ? value : str_of(nothing, length);
        link_kernel_block_set(&block, lane, values[lane]);
    }
    for (int path = 0; path < KERNEL_PATHS; path++)
        if (link_kernel_force((enum kernel_path)path)) check(a, &block, values, length);
    return 0;
}
