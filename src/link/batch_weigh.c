/*
 * What pairs weigh whose levels are known: one at a time, which is the reference, and
 * eight side by side.
 */
#include "link/batch_internal.h"

#include "link/kernel_many.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* --- one pair --------------------------------------------------------------------------- */

/* fminf and fmaxf look for NaN, which is not here. */
static inline float smaller(float a, float b)
{
    return a < b ? a : b;
}

static inline float larger(float a, float b)
{
    return a > b ? a : b;
}

/* What each comparison says by itself. */
static void all_bits(const struct batch *batch, const struct pair_levels *pair, uint32_t without,
                     float *ret)
{
    for (int c = 0; c < batch->model->count; c++)
        ret[c] = without >> c & 1
                     ? 0
                     : batch->bits[c][(int)pair->level[c]] + rarity_step * (float)pair->rarity[c];
}

/* What agrees although another that changes with it does not: somebody who moved has
 * seldom the same town, so that town says less. */
static float apart_of(const struct batch *batch, const float *bits, uint32_t agree,
                      uint32_t disagree)
{
    float sum = 0;
    for (; agree; agree &= agree - 1) {
        int c = __builtin_ctz(agree);
        float least = 0;
        for (uint32_t rest = disagree & batch->leans_apart[c]; rest; rest &= rest - 1)
            least = smaller(least, batch->apart_m[c][__builtin_ctz(rest)]);
        sum += larger(least, -bits[c]);
    }
    return sum;
}

/* Of the comparisons that agree, each leans on the one before it that it goes with most;
 * what they have in common counts once.  So do those that disagree. */
static float together_of(const struct batch *batch, const float *bits)
{
    uint32_t agree = 0, disagree = 0;
    float sum = 0;
    for (int i = 0; i < batch->model->count; i++) {
        int c = batch->order[i];
        float most = 0;
        if (bits[c] > 0) {
            for (uint32_t rest = agree & batch->leans_u[c]; rest; rest &= rest - 1) {
                int d = __builtin_ctz(rest);
                most = larger(most, smaller(batch->together_u[c][d], smaller(bits[c], bits[d])));
            }
            sum -= most;
            agree |= 1u << c;
        } else if (bits[c] < 0) {
            for (uint32_t rest = disagree & batch->leans_m[c]; rest; rest &= rest - 1) {
                int d = __builtin_ctz(rest);
                most = larger(most, smaller(batch->together_m[c][d], smaller(-bits[c], -bits[d])));
            }
            sum += most;
            disagree |= 1u << c;
        }
    }
    return agree && disagree ? sum + apart_of(batch, bits, agree, disagree) : sum;
}

float batch_together(const struct batch *batch, const struct pair_levels *pair)
{
    float bits[MODEL_COMPARISONS_MAX];
    all_bits(batch, pair, 0, bits);
    return together_of(batch, bits);
}

float batch_weigh(const struct batch *batch, const struct pair_levels *pair, uint32_t without)
{
    float bits[MODEL_COMPARISONS_MAX];
    all_bits(batch, pair, without, bits);
    float weight = batch->prior_bits;
    for (int c = 0; c < batch->model->count; c++) weight += bits[c];
    return weight + together_of(batch, bits);
}

/* --- eight side by side --------------------------------------------------------------------- */

#if defined(__x86_64__)
#define TARGET __attribute__((target("avx2")))
#define LANES(name) name##_avx2
#define VECTOR(name) _mm256_##name
#define PICK(table, place) _mm256_permutevar8x32_ps(table, (__m256i)(place))
#define WIDTH 8
#include "link/batch_weigh_lanes.h"
#undef TARGET
#undef LANES
#undef VECTOR
#undef PICK
#undef WIDTH
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl")))
#define LANES(name) name##_avx512
#define VECTOR(name) _mm512_##name
#define PICK(table, place) _mm512_permutexvar_ps((__m512i)(place), table)
#define WIDTH 16
#include "link/batch_weigh_lanes.h"
#undef TARGET
#undef LANES
#undef VECTOR
#undef PICK
#undef WIDTH
#endif

static void weigh_plain(const struct batch *batch, const int8_t *level, const int8_t *rarity,
                        size_t step, const uint32_t *without, int times, float (*ret)[WEIGH_LANES])
{
    for (size_t lane = 0; lane < WEIGH_LANES; lane++) {
        struct pair_levels pair;
        for (int c = 0; c < batch->model->count; c++) {
            pair.level[c] = level[(size_t)c * step + lane];
            pair.rarity[c] = rarity[(size_t)c * step + lane];
        }
        for (int i = 0; i < times; i++) ret[i][lane] = batch_weigh(batch, &pair, without[i]);
    }
}

void batch_weigh_lanes(const struct batch *batch, const int8_t *level, const int8_t *rarity,
                       size_t step, const uint32_t *without, int times, float (*ret)[WEIGH_LANES])
{
#if defined(__x86_64__)
    if (link_kernel_path() != KERNEL_SCALAR) {
        weigh_avx2(batch, level, rarity, step, without, times, ret);
        return;
    }
#endif
    weigh_plain(batch, level, rarity, step, without, times, ret);
}

void batch_weigh_scored(const struct batch *batch, struct scored *scored)
{
    const uint32_t without = 0;
    const int8_t *level = scored->level[0], *rarity = scored->rarity[0];
    float *weight = scored->weight;
#if defined(__x86_64__)
    enum { WIDE = 16 };
    if (link_kernel_path() == KERNEL_AVX512) {
        for (size_t i = 0; i < scored->count; i += WIDE)
            weigh_avx512(batch, level + i, rarity + i, SCORED_AT_ONCE, &without, 1,
                         (float(*)[WIDE])(void *)(weight + i));
        return;
    }
#endif
    for (size_t i = 0; i < scored->count; i += WEIGH_LANES)
        batch_weigh_lanes(batch, level + i, rarity + i, SCORED_AT_ONCE, &without, 1,
                          (float(*)[WEIGH_LANES])(void *)(weight + i));
}

/* Eight rows of sixteen bytes as sixteen rows of eight. */
#ifdef __SSE2__
static void turn_half(const __m128i row[static WEIGH_LANES], bool upper, int8_t (*ret)[WEIGH_LANES])
{
    __m128i two[4], four[4];
    for (int i = 0; i < 4; i++)
        two[i] = upper ? _mm_unpackhi_epi8(row[2 * i], row[2 * i + 1])
                       : _mm_unpacklo_epi8(row[2 * i], row[2 * i + 1]);
    for (int i = 0; i < 2; i++) {
        four[2 * i] = _mm_unpacklo_epi16(two[2 * i], two[2 * i + 1]);
        four[2 * i + 1] = _mm_unpackhi_epi16(two[2 * i], two[2 * i + 1]);
    }
    for (int i = 0; i < 2; i++) { /* two rows at once */
        _mm_storeu_si128((__m128i *)(void *)ret[4 * i], _mm_unpacklo_epi32(four[i], four[i + 2]));
        _mm_storeu_si128((__m128i *)(void *)ret[4 * i + 2],
                         _mm_unpackhi_epi32(four[i], four[i + 2]));
    }
}

static void turn(const int8_t *const row[static WEIGH_LANES], int8_t (*ret)[WEIGH_LANES])
{
    __m128i bytes[WEIGH_LANES];
    for (int i = 0; i < WEIGH_LANES; i++)
        bytes[i] = _mm_loadu_si128((const __m128i *)(const void *)row[i]);
    turn_half(bytes, false, ret);
    turn_half(bytes, true, ret + PAIR_ROOM / 2);
}
#else
static void turn(const int8_t *const row[static WEIGH_LANES], int8_t (*ret)[WEIGH_LANES])
{
    for (int i = 0; i < PAIR_ROOM; i++)
        for (int lane = 0; lane < WEIGH_LANES; lane++) ret[i][lane] = row[lane][i];
}
#endif

void batch_weigh_block_fill(struct weigh_block *block,
                            const struct pair_levels *const pair[static WEIGH_LANES])
{
    const int8_t *level[WEIGH_LANES], *rarity[WEIGH_LANES];
    for (int lane = 0; lane < WEIGH_LANES; lane++) {
        level[lane] = pair[lane]->level;
        rarity[lane] = pair[lane]->rarity;
    }
    turn(level, block->level);
    turn(rarity, block->rarity);
}
