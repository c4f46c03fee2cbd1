/*
 * Which parts of one row another has too, as bits: a vector at a time.
 */
#include "link/batch_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

void batch_kernel_equal_plain(const struct batch *batch, uint32_t row, const uint32_t *others, size_t count,
                              uint32_t *ret_equal)
{
    const uint32_t *left = batch_parts(batch, row);
    for (size_t i = 0; i < count; i++) {
        const uint32_t *right = batch_parts(batch, others[i] & ~(uint32_t)BLOCK_START);
        uint32_t equal = 0;
        for (int p = 0; p < batch->parts; p++) equal |= (uint32_t)(left[p] == right[p] && left[p]) << p;
        ret_equal[i] = equal;
    }
}

#if defined(__x86_64__)

__attribute__((target("avx512f"))) static void equal_512(const struct batch *batch, uint32_t row,
                                                         const uint32_t *others, size_t count, uint32_t *ret_equal)
{
    const uint32_t *left = batch_parts(batch, row);
    __m512i low = _mm512_loadu_si512(left);
    uint32_t there = _mm512_test_epi32_mask(low, low);
    if (batch->parts_room == 16) {
        for (size_t i = 0; i < count; i++) {
            const uint32_t *right = batch_parts(batch, others[i] & ~(uint32_t)BLOCK_START);
            ret_equal[i] = _mm512_cmpeq_epi32_mask(low, _mm512_loadu_si512(right)) & there;
        }
        return;
    }
    uint32_t all = batch->parts < 32 ? (1u << batch->parts) - 1 : ~0u; /* signs come after the parts */
    __m512i high = _mm512_loadu_si512(left + 16);
    there |= (uint32_t)_mm512_test_epi32_mask(high, high) << 16;
    for (size_t i = 0; i < count; i++) {
        const uint32_t *right = batch_parts(batch, others[i] & ~(uint32_t)BLOCK_START);
        uint32_t equal = _mm512_cmpeq_epi32_mask(low, _mm512_loadu_si512(right));
        equal |= (uint32_t)_mm512_cmpeq_epi32_mask(high, _mm512_loadu_si512(right + 16)) << 16;
        ret_equal[i] = equal & there & all;
    }
}

__attribute__((target("avx2"))) static uint32_t equal_bits(const uint32_t *left, const uint32_t *right)
{
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)left);
    __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)right);
    __m256i equal = _mm256_andnot_si256(_mm256_cmpeq_epi32(a, _mm256_setzero_si256()), _mm256_cmpeq_epi32(a, b));
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(equal));
}

__attribute__((target("avx2"))) static void equal_256(const struct batch *batch, uint32_t row,
                                                      const uint32_t *others, size_t count, uint32_t *ret_equal)
{
    const uint32_t *left = batch_parts(batch, row);
    for (size_t i = 0; i < count; i++) {
        const uint32_t *right = batch_parts(batch, others[i] & ~(uint32_t)BLOCK_START);
        uint32_t equal = 0;
        for (int p = 0; p < batch->parts_room; p += 8) equal |= equal_bits(left + p, right + p) << p;
        ret_equal[i] = equal;
    }
}

#endif

void batch_kernel_equal(const struct batch *batch, uint32_t row, const uint32_t *others, size_t count,
                        uint32_t *ret_equal)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
        equal_512(batch, row, others, count, ret_equal);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        equal_256(batch, row, others, count, ret_equal);
        return;
    }
#endif
    batch_kernel_equal_plain(batch, row, others, count, ret_equal);
}
