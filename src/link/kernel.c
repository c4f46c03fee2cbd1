#include "link/kernel.h"

/* Where each byte stands in a text: one bit for each place.  The table is all zeros
 * between calls. */
static _Thread_local uint64_t places[256];

static void mark(struct str text)
{
    for (size_t i = 0; i < text.len; i++) places[(unsigned char)text.ptr[i]] |= (uint64_t)1 << i;
}

static void unmark(struct str text)
{
    for (size_t i = 0; i < text.len; i++) places[(unsigned char)text.ptr[i]] = 0;
}

static struct str cut(struct str text)
{
    return str_sub(text, 0, LINK_SIMILARITY_MAX);
}

/* Without what both begin or end with, which no edit touches. */
static void trim(struct str *a, struct str *b)
{
    size_t shorter = a->len < b->len ? a->len : b->len, start = 0, end = 0;
    while (end < shorter && a->ptr[a->len - 1 - end] == b->ptr[b->len - 1 - end]) end++;
    while (start < shorter - end && a->ptr[start] == b->ptr[start]) start++;
    *a = str_sub(*a, start, a->len - end);
    *b = str_sub(*b, start, b->len - end);
}

unsigned link_kernel_osa(struct str a, struct str b)
{
    a = cut(a);
    b = cut(b);
    trim(&a, &b);
    if (a.len == 0 || b.len == 0) return (unsigned)(a.len + b.len);
    mark(a);
    uint64_t positive = ~(uint64_t)0; /* the column's steps up and down, as bits */
    uint64_t negative = 0;
    uint64_t diagonal = 0;
    uint64_t before = 0;
    uint64_t last = (uint64_t)1 << (a.len - 1);
    unsigned distance = (unsigned)a.len;
    for (size_t j = 0; j < b.len; j++) {
        uint64_t match = places[(unsigned char)b.ptr[j]];
        uint64_t swap = ((~diagonal & match) << 1) & before;
        diagonal = (((match & positive) + positive) ^ positive) | match | negative | swap;
        uint64_t up = negative | ~(diagonal | positive);
        uint64_t down = diagonal & positive;
        distance += (up & last) != 0;
        distance -= (down & last) != 0;
        up = up << 1 | 1;
        down <<= 1;
        positive = down | ~(diagonal | up);
        negative = up & diagonal;
        before = match;
    }
    unmark(a);
    return distance;
}

/* Bits from `from` up to but not `to`; to is at most 64. */
static uint64_t window(size_t from, size_t to)
{
    uint64_t below = to >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << to) - 1;
    return below & ~(((uint64_t)1 << from) - 1);
}

static double jaro(struct str a, struct str b)
{
    if (a.len == 0 && b.len == 0) return 1;
    if (a.len == 0 || b.len == 0) return 0;
    size_t longer = a.len > b.len ? a.len : b.len;
    size_t reach = longer / 2 > 0 ? longer / 2 - 1 : 0;
    uint64_t taken_a = 0;
    uint64_t taken_b = 0;
    mark(b);
    for (size_t i = 0; i < a.len; i++) {
        size_t from = i > reach ? i - reach : 0;
        size_t to = i + reach + 1 < b.len ? i + reach + 1 : b.len;
        if (from >= to) continue;
        uint64_t free = places[(unsigned char)a.ptr[i]] & window(from, to) & ~taken_b;
        taken_b |= free & -free; /* the first partner */
        taken_a |= (uint64_t)(free != 0) << i;
    }
    unmark(b);
    if (!taken_a) return 0;
    unsigned disordered = 0;
    uint64_t left = taken_a;
    uint64_t right = taken_b;
    for (; left; left &= left - 1, right &= right - 1)
        disordered += a.ptr[__builtin_ctzll(left)] != b.ptr[__builtin_ctzll(right)];
    double pairs = __builtin_popcountll(taken_a);
    double transpositions = disordered / 2;
    return (pairs / (double)a.len + pairs / (double)b.len + (pairs - transpositions) / pairs) / 3;
}

double link_kernel_jaro_winkler(struct str a, struct str b)
{
    a = cut(a);
    b = cut(b);
    double similar = jaro(a, b);
    size_t prefix = 0;
    while (prefix < 4 && prefix < a.len && prefix < b.len && a.ptr[prefix] == b.ptr[prefix])
        prefix++;
    return similar + (double)prefix * 0.1 * (1 - similar);
}
