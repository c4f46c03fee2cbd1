#include "link/plates_scan.h"

#include "link/kernel_many.h"

#define LANES(name) name##_plain
#define LANE_WORDS 2
#include "link/plates_lanes.h"
#undef LANE_WORDS
#undef LANES

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2")
#define LANES(name) name##_avx2
#define LANE_WORDS 4
#include "link/plates_lanes.h"
#undef LANE_WORDS
#undef LANES
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,prefer-vector-width=512")
#define LANES(name) name##_avx512
#define LANE_WORDS 8
#include "link/plates_lanes.h"
#undef LANE_WORDS
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
