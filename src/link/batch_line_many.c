#include "link/batch_line_many.h"

#include "link/kernel_many.h"

#include <string.h>

#if defined(__x86_64__)

/* Vectors as the compiler has them, of the width of AVX2, which AVX-512 has too. */
#define AVX2 __attribute__((target("avx2")))
#define IN_LINE static inline __attribute__((always_inline, target("avx2")))

/* --- dates --------------------------------------------------------------------------------- */

/* Eight numbers side by side.  What is asked of them gives ~0 in each
 * lane where it is so, else 0. */
enum { DATES = 8 };
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
    /* neighbours */
    digits swapped = apart & ~digits_set(a ^ b >> 4) & ~digits_set(a >> 4 ^ b) & 0x01110101;
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

AVX2 void line_dates_many(const uint32_t *a, const uint32_t *b, size_t count, int8_t *ret)
{
    typedef int8_t levels __attribute__((vector_size(DATES)));
    for (size_t i = 0; i < count; i += DATES) {
        digits one, other;
        memcpy(&one, a + i, sizeof one);
        memcpy(&other, b + i, sizeof other);
        levels level = __builtin_convertvector(date_levels(one, other), levels);
        memcpy(ret + i, &level, sizeof level);
    }
}

/* --- postcodes ----------------------------------------------------------------------------- */

/* Four texts side by side, the last character of each lowest. */
enum { POSTCODES = 4, WORD_BYTES = 8 };
typedef uint64_t words __attribute__((vector_size(POSTCODES * sizeof(uint64_t))));
typedef int64_t flags __attribute__((vector_size(POSTCODES * sizeof(int64_t))));
typedef uint8_t bytes __attribute__((vector_size(POSTCODES * sizeof(uint64_t))));

/* ~0 in each byte that is the same. */
IN_LINE words same_bytes(words a, words b)
{
    return (words)((bytes)a == (bytes)b);
}

/* How many bytes of each word are ~0, where all others are 0. */
IN_LINE flags count_set(words set)
{
    set &= 0x0101010101010101u;
    set += set >> 32;
    set += set >> 16;
    set += set >> 8;
    return (flags)(set & 15);
}

IN_LINE flags text_length(words text)
{
    return count_set(~same_bytes(text, (words){0}));
}

IN_LINE words to_the_left(words text, flags length)
{
    return text << (words)((WORD_BYTES - length) * 8 & 0x38);
}

IN_LINE flags same_start(words a, words b)
{
    words unlike = ~same_bytes(a, b);
    unlike |= unlike >> 8;
    unlike |= unlike >> 16;
    unlike |= unlike >> 32;
    return WORD_BYTES - count_set(unlike);
}

IN_LINE flags same_end(words a, words b)
{
    words unlike = ~same_bytes(a, b);
    unlike |= unlike << 8;
    unlike |= unlike << 16;
    unlike |= unlike << 32;
    return WORD_BYTES - count_set(unlike);
}

/* How many bytes of each word stand nowhere in the other within two places of where they stood. */
IN_LINE flags count_alone(words a, words b)
{
    words found = same_bytes(a, (words){0}) | same_bytes(a, b);
    found |= same_bytes(a, b << 8) | same_bytes(a, b >> 8) | same_bytes(a, b << 16) |
             same_bytes(a, b >> 16);
    return count_set(~found);
}

IN_LINE void put(flags where, int64_t level, flags *level_of)
{
    *level_of = (*level_of & ~where) | (where & level);
}

/* Steps and their order are those of postcode_level in batch_line.c. */
IN_LINE flags postcode_levels(words a, words b)
{
    enum { LONG = 5 };
    flags a_length = text_length(a), b_length = text_length(b);
    flags is_longer = a_length > b_length;
    flags longer = (a_length & is_longer) | (b_length & ~is_longer);
    flags shorter = a_length + b_length - longer;
    flags start = same_start(to_the_left(a, a_length), to_the_left(b, b_length));
    flags too_far = start > shorter;
    start = (shorter & too_far) | (start & ~too_far);
    flags end = same_end(a, b);
    flags between = longer - start - end;

    /* Two neighbours that changed places. */
    words end_bits = (words)(end * 8 & 0x38);
    words a_two = a >> end_bits & 0xffff, b_two = b >> end_bits & 0xffff;
    flags swapped = (between == 2) & (a_two == (b_two >> 8 | (b_two << 8 & 0xff00)));
    flags slip = ((longer - shorter <= 1) & (between <= 1)) | ((longer == shorter) & swapped);

    flags far = (start >= 3) | ((start == 2) & (start + 3 >= longer));
    flags level = {0};
    level += LEVEL_DIFFERENT;
    put(far, LEVEL_FAR, &level);
    level |= (longer >= LONG) & (count_alone(a, b) <= 2) & (count_alone(b, a) <= 2) &
             LINE_UNLESS_TWO_EDITS;
    flags two_others = (longer == shorter) & (count_set(~same_bytes(a, b)) == 2);
    put((longer >= LONG) & two_others, LEVEL_NEAR, &level);
    put((longer >= LONG) & (start + 2 >= longer), LEVEL_CLOSE, &level);
    put(slip, LEVEL_ALIKE, &level);
    put((longer >= LONG) & (start == shorter) & ((longer - shorter == 2) | (longer - shorter == 3)),
        -1, &level);
    put((a == 0) | (b == 0), -1, &level);
    return level;
}

AVX2 void line_postcodes_many(const uint64_t *a, const uint64_t *b, size_t count, int8_t *ret)
{
    typedef int8_t levels __attribute__((vector_size(POSTCODES)));
    for (size_t i = 0; i < count; i += POSTCODES) {
        words one, other;
        memcpy(&one, a + i, sizeof one);
        memcpy(&other, b + i, sizeof other);
        levels level = __builtin_convertvector(postcode_levels(one, other), levels);
        memcpy(ret + i, &level, sizeof level);
    }
}

/* --- what the machine can do --------------------------------------------------------------- */

bool line_side_by_side(void)
{
    return link_kernel_path() != KERNEL_SCALAR;
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
