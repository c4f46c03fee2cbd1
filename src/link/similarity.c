#include "link/similarity.h"

static struct str cut(struct str s)
{
    return str_sub(s, 0, LINK_SIMILARITY_MAX);
}

/* Marks in `taken` the bytes of b that have a partner in a; partners lie within
 * half the longer length. Returns the number of pairs, and how many of them are
 * out of order. */
static unsigned jaro_pairs(struct str a, struct str b, unsigned *ret_disordered)
{
    size_t longer = a.len > b.len ? a.len : b.len;
    size_t reach = longer / 2 > 0 ? longer / 2 - 1 : 0;
    uint64_t taken_a = 0;
    uint64_t taken_b = 0;
    unsigned pairs = 0;
    for (size_t i = 0; i < a.len; i++) {
        size_t from = i > reach ? i - reach : 0;
        size_t to = i + reach + 1 < b.len ? i + reach + 1 : b.len;
        for (size_t j = from; j < to; j++) {
            if ((taken_b >> j & 1) || a.ptr[i] != b.ptr[j]) continue;
            taken_a |= (uint64_t)1 << i;
            taken_b |= (uint64_t)1 << j;
            pairs++;
            break;
        }
    }
    unsigned disordered = 0;
    size_t j = 0;
    for (size_t i = 0; i < a.len; i++) {
        if (!(taken_a >> i & 1)) continue;
        while (!(taken_b >> j & 1)) j++;
        if (a.ptr[i] != b.ptr[j]) disordered++;
        j++;
    }
    *ret_disordered = disordered;
    return pairs;
}

/* Jaro similarity, 0 to 1 (Jaro 1989); both empty: 1. */
static double link_jaro(struct str a, struct str b)
{
    a = cut(a);
    b = cut(b);
    if (a.len == 0 && b.len == 0) return 1;
    if (a.len == 0 || b.len == 0) return 0;
    unsigned disordered;
    unsigned pairs = jaro_pairs(a, b, &disordered);
    if (pairs == 0) return 0;
    double m = pairs;
    double transpositions = disordered / 2;
    return (m / (double)a.len + m / (double)b.len + (m - transpositions) / m) / 3;
}

double link_jaro_winkler(struct str a, struct str b)
{
    a = cut(a);
    b = cut(b);
    double jaro = link_jaro(a, b);
    size_t prefix = 0;
    while (prefix < 4 && prefix < a.len && prefix < b.len && a.ptr[prefix] == b.ptr[prefix])
        prefix++;
    return jaro + (double)prefix * 0.1 * (1 - jaro);
}

unsigned link_osa(struct str a, struct str b)
{
    a = cut(a);
    b = cut(b);
    unsigned row[3][LINK_SIMILARITY_MAX + 1];
    for (unsigned j = 0; j <= b.len; j++) row[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned *now = row[i % 3];
        const unsigned *last = row[(i + 2) % 3];
        const unsigned *before = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            bool differ = a.ptr[i - 1] != b.ptr[j - 1];
            unsigned best = last[j - 1] + differ;
            if (last[j] + 1 < best) best = last[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1] &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[a.len % 3][b.len];
}
