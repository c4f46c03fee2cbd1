/* The kernels of one pair against their references: two texts, cut at the byte that
 * the first one names. */
#include "link/kernel.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    struct str rest = str_of((const char *)data + 1, size - 1);
    struct str a = str_sub(rest, 0, data[0]);
    struct str b = str_sub(rest, a.len, rest.len);
    if (link_kernel_osa(a, b) != link_osa(a, b)) abort();
    if (link_kernel_osa(b, a) != link_kernel_osa(a, b)) abort();
    if (!(fabs(link_kernel_jaro_winkler(a, b) - link_jaro_winkler(a, b)) < 1e-12)) abort();
    return 0;
}
