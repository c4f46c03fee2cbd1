/*
 * Which lanes of one row another has too, which values both have, and which passes have both
 * in one block, as bits: a vector at a time.
 */
#include "link/batch_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static uint64_t all_lanes(const struct batch *batch)
{
    return batch->lanes < 64 ? ((uint64_t)1 << batch->lanes) - 1 : ~(uint64_t)0;
}

void batch_kernel_equal_plain(const struct batch *batch, uint32_t row, const uint32_t *others,
                              size_t count, uint64_t *ret_equal, uint32_t *ret_there)
{
    const uint32_t *left = batch_line(batch, row);
    for (size_t i = 0; i < count; i++) {
        const uint32_t *right = batch_line(batch, others[i] & ~(uint32_t)BLOCK_START);
        uint64_t equal = 0;
        uint32_t there = 0;
        for (int lane = 0; lane < batch->lanes; lane++)
            equal |= (uint64_t)(left[lane] == right[lane] && left[lane]) << lane;
        for (int c = 0; c < batch->model->count; c++) there |= (uint32_t)(left[c] && right[c]) << c;
        ret_equal[i] = equal;
        ret_there[i] = there;
    }
}

static uint64_t first_passes(const struct batch *batch, int passes)
{
    return batch->used_passes & (passes < 64 ? ((uint64_t)1 << passes) - 1 : ~(uint64_t)0);
}

void batch_kernel_shared_plain(const struct batch *batch, int passes, uint32_t row,
                               const uint32_t *others, size_t count, const uint64_t *equal,
                               uint64_t *ret_shared)
{
    uint64_t apart = batch_line_apart(batch, batch_line(batch, row));
    for (size_t i = 0; i < count; i++) {
        uint64_t shared = 0;
        for (int p = 0; p < passes; p++)
            shared |= (uint64_t)((batch->pass_lanes[p] & ~equal[i]) == 0) << p;
        ret_shared[i] =
            shared & first_passes(batch, passes) & ~apart &
            ~batch_line_apart(batch, batch_line(batch, others[i] & ~(uint32_t)BLOCK_START));
    }
}

#if defined(__x86_64__)

/* What comes after the lanes is read with them and masked out. */
__attribute__((target("avx512f"))) static void equal_512(const struct batch *batch, uint32_t row,
                                                         const uint32_t *others, size_t count,
                                                         uint64_t *ret_equal, uint32_t *ret_there)
{
    enum { WIDTH = 16, VECTORS = 4 };
    const uint32_t *left = batch_line(batch, row);
    int vectors = (batch->lanes + WIDTH - 1) / WIDTH;
    uint64_t there = 0;
    __m512i own[VECTORS] = {0};
    for (int v = 0; v < vectors; v++) {
        own[v] = _mm512_loadu_si512(left + v * WIDTH);
        there |= (uint64_t)_mm512_test_epi32_mask(own[v], own[v]) << (v * WIDTH);
    }
    there &= all_lanes(batch);
    const uint32_t values = (1u << batch->model->count) - 1;
    for (size_t i = 0; i < count; i++) {
        const uint32_t *right = batch_line(batch, others[i] & ~(uint32_t)BLOCK_START);
        uint64_t equal = 0;
        for (int v = 0; v < vectors; v++)
            equal |=
                (uint64_t)_mm512_cmpeq_epi32_mask(own[v], _mm512_loadu_si512(right + v * WIDTH))
                << (v * WIDTH);
        ret_equal[i] = equal & there;
        __m512i first = _mm512_loadu_si512(right);
        ret_there[i] = (uint32_t)there & values & _mm512_test_epi32_mask(first, first);
    }
}

__attribute__((target("avx512f"))) static void shared_512(const struct batch *batch, int passes,
                                                          uint32_t row, const uint32_t *others,
                                                          size_t count, const uint64_t *equal,
                                                          uint64_t *ret_shared)
{
    enum { WIDTH = 8 };
    uint64_t used = first_passes(batch, passes) & ~batch_line_apart(batch, batch_line(batch, row));
    for (size_t i = 0; i < count; i++) {
        const __m512i unequal = _mm512_set1_epi64((long long)~equal[i]);
        uint64_t shared = 0;
        for (int p = 0; p < passes; p += WIDTH)
            shared |= (uint64_t)_mm512_testn_epi64_mask(unequal,
                                                        _mm512_loadu_si512(batch->pass_lanes + p))
                      << p;
        ret_shared[i] =
            shared & used &
            ~batch_line_apart(batch, batch_line(batch, others[i] & ~(uint32_t)BLOCK_START));
    }
}

__attribute__((target("avx2"))) static void shared_256(const struct batch *batch, int passes,
                                                       uint32_t row, const uint32_t *others,
                                                       size_t count, const uint64_t *equal,
                                                       uint64_t *ret_shared)
{
    enum { WIDTH = 4 };
    uint64_t used = first_passes(batch, passes) & ~batch_line_apart(batch, batch_line(batch, row));
    for (size_t i = 0; i < count; i++) {
        const __m256i unequal = _mm256_set1_epi64x((long long)~equal[i]);
        uint64_t shared = 0;
        for (int p = 0; p < passes; p += WIDTH) {
            __m256i missing = _mm256_and_si256(
                unequal,
                _mm256_loadu_si256((const __m256i *)(const void *)(batch->pass_lanes + p)));
            __m256d none = _mm256_castsi256_pd(_mm256_cmpeq_epi64(missing, _mm256_setzero_si256()));
            shared |= (uint64_t)(unsigned)_mm256_movemask_pd(none) << p;
        }
        ret_shared[i] =
            shared & used &
            ~batch_line_apart(batch, batch_line(batch, others[i] & ~(uint32_t)BLOCK_START));
    }
}

__attribute__((target("avx2"))) static uint32_t equal_bits(const uint32_t *left,
                                                           const uint32_t *right)
{
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)left);
    __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)right);
    __m256i equal = _mm256_andnot_si256(_mm256_cmpeq_epi32(a, _mm256_setzero_si256()),
                                        _mm256_cmpeq_epi32(a, b));
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(equal));
}

__attribute__((target("avx2"))) static uint32_t there_bits(const uint32_t *line)
{
    __m256i lanes = _mm256_loadu_si256((const __m256i *)(const void *)line);
    __m256i missing = _mm256_cmpeq_epi32(lanes, _mm256_setzero_si256());
    return ~(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(missing)) & 255;
}

__attribute__((target("avx2"))) static void equal_256(const struct batch *batch, uint32_t row,
                                                      const uint32_t *others, size_t count,
                                                      uint64_t *ret_equal, uint32_t *ret_there)
{
    enum { WIDTH = 8 };
    const uint32_t *left = batch_line(batch, row);
    const uint32_t values = (1u << batch->model->count) - 1;
    uint32_t there = (there_bits(left) | there_bits(left + WIDTH) << WIDTH) & values;
    for (size_t i = 0; i < count; i++) {
        const uint32_t *right = batch_line(batch, others[i] & ~(uint32_t)BLOCK_START);
        uint64_t equal = 0;
        for (int lane = 0; lane < batch->lanes; lane += WIDTH)
            equal |= (uint64_t)equal_bits(left + lane, right + lane) << lane;
        ret_equal[i] = equal & all_lanes(batch);
        ret_there[i] = there & (there_bits(right) | there_bits(right + WIDTH) << WIDTH);
    }
}

#endif

void batch_kernel_equal(const struct batch *batch, uint32_t row, const uint32_t *others,
                        size_t count, uint64_t *ret_equal, uint32_t *ret_there)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
        equal_512(batch, row, others, count, ret_equal, ret_there);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        equal_256(batch, row, others, count, ret_equal, ret_there);
        return;
    }
#endif
    batch_kernel_equal_plain(batch, row, others, count, ret_equal, ret_there);
}

void batch_kernel_shared(const struct batch *batch, int passes, uint32_t row,
                         const uint32_t *others, size_t count, const uint64_t *equal,
                         uint64_t *ret_shared)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
        shared_512(batch, passes, row, others, count, equal, ret_shared);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        shared_256(batch, passes, row, others, count, equal, ret_shared);
        return;
    }
#endif
    batch_kernel_shared_plain(batch, passes, row, others, count, equal, ret_shared);
}
