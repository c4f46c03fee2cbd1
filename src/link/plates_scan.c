#include "link/plates_scan.h"

#include "link/kernel_many.h"

/* Eight words of a bitmap. */
typedef uint64_t stretch __attribute__((vector_size(64), aligned(8)));

#define LANES(name) name##_plain
#include "link/plates_lanes.h"
#undef LANES

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2")
#define LANES(name) name##_avx2
#include "link/plates_lanes.h"
#undef LANES
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,prefer-vector-width=512")
#define LANES(name) name##_avx512
#include "link/plates_lanes.h"
#undef LANES
#pragma GCC pop_options
#endif

void link_plates_scan(const struct plate_scan *scan, const struct plate_group *group, size_t word,
                      size_t words, uint64_t *ret)
{
    switch (link_kernel_path()) {
#if defined(__x86_64__)
    case KERNEL_AVX512: scan_avx512(scan, group, word, words, ret); return;
    case KERNEL_AVX2: scan_avx2(scan, group, word, words, ret); return;
#endif
    default: scan_plain(scan, group, word, words, ret); return;
    }
}
