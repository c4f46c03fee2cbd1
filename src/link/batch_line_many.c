#include "link/batch_line_many.h"

#include "link/kernel_many.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512cd")))
#define IN_LINE static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512cd")))

/* --- dates --------------------------------------------------------------------------------- */

/* Sixteen numbers side by side.  What is asked of them gives ~0 in each lane where it is so, else 0. */
enum { DATES = 16 };
typedef int32_t lanes __attribute__((vector_size(DATES * sizeof(int32_t))));
typedef uint32_t digits __attribute__((vector_size(DATES * sizeof(uint32_t))));

IN_LINE void choose(lanes where, int level, lanes *level_of)
{
    *level_of = (*level_of & ~where) | (where & level);
}

/* Years of four digits. */
IN_LINE lanes year_of(digits year)
{
    digits pairs = year - 6 * (year >> 4 & 0x0f0f);
    return (lanes)((pairs >> 8) * 100 + (pairs & 255));
}

/* In the lowest bit of each digit, whether it is not 0. */
IN_LINE digits digits_set(digits of)
{
    of |= of >> 2;
    return (of | of >> 1) & 0x11111111;
}

IN_LINE lanes count_digits(digits set)
{
    set += set >> 16;
    set += set >> 8;
    return (lanes)((set + (set >> 4)) & 15);
}

/* Of eight digits, how many differ, where two neighbours that changed places count as one;
 * none, or more than two at most, is many. */
IN_LINE lanes digits_apart(digits a, digits b)
{
    enum { MANY = 5, FEW_DIGITS = 4 };
    digits apart = digits_set(a ^ b);
    lanes count = count_digits(apart);
    digits swapped = apart & ~digits_set(a ^ b >> 4) & ~digits_set(a >> 4 ^ b) & 0x01110101; /* neighbours */
    swapped &= ~((swapped & 0x00010000) << 4);
    swapped &= ~((swapped & 0x00100000) << 4);
    lanes few = count - count_digits(swapped);
    choose((count == 0) | (count > FEW_DIGITS), MANY, &few);
    return few;
}

/* Steps and their order are those of date_level in batch_line.c. */
IN_LINE lanes date_levels(digits a, digits b)
{
    lanes year_a = (lanes)(a >> 16), month_a = (lanes)(a >> 8 & 255), day_a = (lanes)(a & 255);
    lanes year_b = (lanes)(b >> 16), month_b = (lanes)(b >> 8 & 255), day_b = (lanes)(b & 255);
    lanes between = year_of(a >> 16) - year_of(b >> 16);
    between = (between ^ between >> 31) - (between >> 31); /* without its sign */
    lanes years = between & (year_a != 0) & (year_b != 0);
    lanes same_year = years == 0, same_month = month_a == month_b, same_day = day_a == day_b;
    lanes apart = digits_apart(a, b);
    lanes swapped = (month_a == day_b) & (day_a == month_b);
    lanes default_day = ((month_a == 1) & (day_a == 1)) | ((month_b == 1) & (day_b == 1));
    lanes parts = -(same_year + same_month + same_day);
    lanes level = {0};
    level += LEVEL_DIFFERENT;
    choose(same_year | ((years == 1) & (parts == 1)), LEVEL_FAR, &level);
    choose((apart == 2) | (swapped & (years <= 1)), LEVEL_NEAR, &level);
    choose((parts == 2) | (same_year & default_day), LEVEL_CLOSE, &level);
    choose((same_year & swapped) | (apart == 1), LEVEL_ALIKE, &level);

    /* What only one of them tells neither agrees nor contradicts. */
    lanes no_month = (month_a == 0) | (month_b == 0), no_day = (day_a == 0) | (day_b == 0);
    lanes agreeing = same_year & (no_month | same_month) & (no_day | same_day);
    lanes partial = no_month | no_day | (year_a == 0) | (year_b == 0);
    choose(partial, LEVEL_DIFFERENT, &level);
    choose(partial & (years <= 1), LEVEL_FAR, &level);
    choose(partial & agreeing, LEVEL_NEAR, &level);
    choose(partial & agreeing & ~no_month, LEVEL_CLOSE, &level);
    return level;
}

AVX512 static void dates_512(const uint32_t *a, const uint32_t *b, size_t count, int8_t *ret)
{
    for (size_t i = 0; i < count; i += DATES) {
        lanes level = date_levels((digits)_mm512_loadu_si512(a + i), (digits)_mm512_loadu_si512(b + i));
        _mm_storeu_si128((__m128i *)(void *)(ret + i), _mm512_cvtepi32_epi8((__m512i)level));
    }
}

/* --- postcodes ----------------------------------------------------------------------------- */

/* How many bytes of each word stand nowhere in the other within two places of where they stood. */
IN_LINE __m512i count_alone(__m512i a, __m512i b)
{
    __mmask64 alone = _mm512_test_epi8_mask(a, a) & _mm512_cmpneq_epi8_mask(a, b);
    alone &= _mm512_cmpneq_epi8_mask(a, _mm512_slli_epi64(b, 8)) & _mm512_cmpneq_epi8_mask(a, _mm512_srli_epi64(b, 8));
    alone &= _mm512_cmpneq_epi8_mask(a, _mm512_slli_epi64(b, 16)) & _mm512_cmpneq_epi8_mask(a, _mm512_srli_epi64(b, 16));
    return _mm512_sad_epu8(_mm512_maskz_set1_epi8(alone, 1), _mm512_setzero_si512());
}

/* Eight pairs; steps and their order are those of postcode_level in batch_line.c. */
IN_LINE __m512i postcode_levels(__m512i a, __m512i b)
{
    enum { LONG = 5 };
    const __m512i one = _mm512_set1_epi64(1), two = _mm512_set1_epi64(2), three = _mm512_set1_epi64(3);
    const __m512i eight = _mm512_set1_epi64(8), whole_bytes = _mm512_set1_epi64(0x78);
    __m512i a_none = _mm512_lzcnt_epi64(a), b_none = _mm512_lzcnt_epi64(b); /* bits before the first */
    __m512i a_length = _mm512_sub_epi64(eight, _mm512_srli_epi64(a_none, 3));
    __m512i b_length = _mm512_sub_epi64(eight, _mm512_srli_epi64(b_none, 3));
    __m512i longer = _mm512_max_epi64(a_length, b_length), shorter = _mm512_min_epi64(a_length, b_length);
    __m512i a_left = _mm512_sllv_epi64(a, _mm512_and_si512(a_none, whole_bytes));
    __m512i b_left = _mm512_sllv_epi64(b, _mm512_and_si512(b_none, whole_bytes));
    __m512i start = _mm512_srli_epi64(_mm512_lzcnt_epi64(_mm512_xor_si512(a_left, b_left)), 3);
    start = _mm512_min_epi64(start, shorter);
    __m512i unlike = _mm512_xor_si512(a, b);
    __m512i lowest = _mm512_and_si512(unlike, _mm512_sub_epi64(_mm512_setzero_si512(), unlike));
    __m512i end_bits = _mm512_and_si512(_mm512_sub_epi64(_mm512_set1_epi64(63), _mm512_lzcnt_epi64(lowest)), whole_bytes);
    __m512i same = _mm512_add_epi64(start, _mm512_srli_epi64(end_bits, 3));
    __m512i between = _mm512_sub_epi64(longer, same);

    /* Two neighbours that changed places. */
    const __m512i two_bytes = _mm512_set1_epi64(0xffff);
    __m512i a_two = _mm512_and_si512(_mm512_srlv_epi64(a, end_bits), two_bytes);
    __m512i b_two = _mm512_and_si512(_mm512_srlv_epi64(b, end_bits), two_bytes);
    b_two = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(b_two, 8), _mm512_slli_epi64(b_two, 8)), two_bytes);
    __mmask8 swapped = _mm512_mask_cmpeq_epi64_mask(_mm512_cmpeq_epi64_mask(between, two), a_two, b_two);
    __m512i lengths = _mm512_sub_epi64(longer, shorter);
    __mmask8 slip = _mm512_mask_cmple_epi64_mask(_mm512_cmple_epi64_mask(lengths, one), between, one);
    slip |= _mm512_testn_epi64_mask(lengths, lengths) & swapped;

    __mmask8 is_long = _mm512_cmpge_epi64_mask(longer, _mm512_set1_epi64(LONG));
    __mmask8 far = _mm512_cmpge_epi64_mask(start, three);
    far |= _mm512_mask_cmpge_epi64_mask(_mm512_cmpeq_epi64_mask(start, two), _mm512_add_epi64(start, three), longer);
    __mmask8 close = _mm512_mask_cmpge_epi64_mask(is_long, _mm512_add_epi64(start, two), longer);
    __mmask8 unless = _mm512_mask_cmple_epi64_mask(is_long, count_alone(a, b), two);
    __m512i level = _mm512_mask_set1_epi64(_mm512_set1_epi64(LEVEL_DIFFERENT), far, LEVEL_FAR);
    level = _mm512_mask_or_epi64(level, unless, level, _mm512_set1_epi64(LINE_UNLESS_TWO_EDITS));
    level = _mm512_mask_set1_epi64(level, close, LEVEL_CLOSE);
    level = _mm512_mask_set1_epi64(level, slip, LEVEL_ALIKE);
    return _mm512_mask_set1_epi64(level, _mm512_testn_epi64_mask(a, a) | _mm512_testn_epi64_mask(b, b), -1);
}

AVX512 static void postcodes_512(const uint64_t *a, const uint64_t *b, size_t count, int8_t *ret)
{
    enum { WIDTH = 8 };
    for (size_t i = 0; i < count; i += WIDTH) {
        __m128i level = _mm512_cvtepi64_epi8(postcode_levels(_mm512_loadu_si512(a + i), _mm512_loadu_si512(b + i)));
        _mm_storel_epi64((__m128i *)(void *)(ret + i), level);
    }
}

/* --- what the machine can do --------------------------------------------------------------- */

bool line_side_by_side(void)
{
    return link_kernel_path() == KERNEL_AVX512;
}

void line_dates_many(const uint32_t *a, const uint32_t *b, size_t count, int8_t *ret)
{
    dates_512(a, b, count, ret);
}

void line_postcodes_many(const uint64_t *a, const uint64_t *b, size_t count, int8_t *ret)
{
    postcodes_512(a, b, count, ret);
}

#else

bool line_side_by_side(void)
{
    return false;
}

void line_dates_many(const uint32_t *a, const uint32_t *b, size_t count, int8_t *ret)
{
    (void)a, (void)b, (void)count, (void)ret;
}

void line_postcodes_many(const uint64_t *a, const uint64_t *b, size_t count, int8_t *ret)
{
    (void)a, (void)b, (void)count, (void)ret;
}

#endif
