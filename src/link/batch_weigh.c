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
static void all_bits(const struct batch *batch, const struct pair_levels *pair, uint32_t without, float *ret)
{
    for (int c = 0; c < batch->model->count; c++)
        ret[c] = without >> c & 1 ? 0 : batch->bits[c][(int)pair->level[c]] + rarity_step * (float)pair->rarity[c];
}

/* What agrees although another that changes with it does not: somebody who moved has
 * seldom the same town, so that town says less. */
static float apart_of(const struct batch *batch, const float *bits, uint32_t agree, uint32_t disagree)
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

/* Steps and their order are those of batch_weigh, so that the results are the same to the last
 * bit: what does not count is a 0 that is added.  Eight floats are a vector of AVX2, which
 * AVX-512 has too. */
#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
#define IN_LINE static inline __attribute__((always_inline, target("avx2")))

IN_LINE __m256i eight_bytes(const int8_t *bytes)
{
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)bytes));
}

/* y where x is below 0, else 0. */
IN_LINE __m256 where_below(__m256 x, __m256 y)
{
    return _mm256_and_ps(_mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ), y);
}

/* Each comparison leans on the one before it that it goes with most. */
IN_LINE __m256 leaning(const struct batch *batch, const __m256 *agree, const __m256 *differ)
{
    __m256 sum = _mm256_setzero_ps();
    uint32_t before = 0;
    for (int i = 0; i < batch->model->count; i++) {
        int c = batch->order[i];
        __m256 most_u = _mm256_setzero_ps(), most_m = _mm256_setzero_ps();
        for (uint32_t rest = before & batch->leans_u[c]; rest; rest &= rest - 1) {
            int d = __builtin_ctz(rest);
            __m256 both = _mm256_min_ps(agree[c], agree[d]);
            most_u = _mm256_max_ps(most_u, _mm256_min_ps(_mm256_set1_ps(batch->together_u[c][d]), both));
        }
        for (uint32_t rest = before & batch->leans_m[c]; rest; rest &= rest - 1) {
            int d = __builtin_ctz(rest);
            __m256 both = _mm256_min_ps(differ[c], differ[d]);
            most_m = _mm256_max_ps(most_m, _mm256_min_ps(_mm256_set1_ps(batch->together_m[c][d]), both));
        }
        sum = _mm256_add_ps(_mm256_sub_ps(sum, most_u), most_m);
        before |= 1u << c;
    }
    return sum;
}

/* What agrees although another that changes with it does not. */
IN_LINE __m256 apart(const struct batch *batch, const __m256 *bits)
{
    __m256 sum = _mm256_setzero_ps();
    for (int c = 0; c < batch->model->count; c++) {
        if (!batch->leans_apart[c]) continue;
        __m256 least = _mm256_setzero_ps(), against = _mm256_sub_ps(_mm256_setzero_ps(), bits[c]);
        for (uint32_t rest = batch->leans_apart[c]; rest; rest &= rest - 1) {
            int d = __builtin_ctz(rest);
            least = _mm256_min_ps(least, where_below(bits[d], _mm256_set1_ps(batch->apart_m[c][d])));
        }
        sum = _mm256_add_ps(sum, where_below(against, _mm256_max_ps(least, against)));
    }
    return sum;
}

AVX2 static void weigh_avx2(const struct batch *batch, const int8_t *level, const int8_t *rarity, size_t step,
                            const uint32_t *without, int times, float (*ret)[WEIGH_LANES])
{
    const __m256 none = _mm256_setzero_ps(), rarity_steps = _mm256_set1_ps(rarity_step);
    /* Of each, as many as there are comparisons are written before they are read. */
    __attribute__((uninitialized)) __m256 all[MODEL_COMPARISONS_MAX], bits[MODEL_COMPARISONS_MAX];
    __attribute__((uninitialized)) __m256 agree[MODEL_COMPARISONS_MAX], differ[MODEL_COMPARISONS_MAX];
    int count = batch->model->count;
    for (int c = 0; c < count; c++) {
        __m256 rare = _mm256_cvtepi32_ps(eight_bytes(rarity + (size_t)c * step));
        all[c] = _mm256_permutevar8x32_ps(_mm256_loadu_ps(batch->bits[c]), eight_bytes(level + (size_t)c * step));
        all[c] = _mm256_add_ps(all[c], _mm256_mul_ps(rarity_steps, rare));
    }
    for (int i = 0; i < times; i++) {
        __m256 weight = _mm256_set1_ps(batch->prior_bits);
        for (int c = 0; c < count; c++) {
            bits[c] = without[i] >> c & 1 ? none : all[c];
            agree[c] = _mm256_max_ps(bits[c], none);
            differ[c] = _mm256_sub_ps(agree[c], bits[c]);
            weight = _mm256_add_ps(weight, bits[c]);
        }
        weight = _mm256_add_ps(weight, _mm256_add_ps(leaning(batch, agree, differ), apart(batch, bits)));
        _mm256_storeu_ps(ret[i], weight);
    }
}
#endif

static void weigh_plain(const struct batch *batch, const int8_t *level, const int8_t *rarity, size_t step,
                        const uint32_t *without, int times, float (*ret)[WEIGH_LANES])
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

void batch_weigh_lanes(const struct batch *batch, const int8_t *level, const int8_t *rarity, size_t step,
                       const uint32_t *without, int times, float (*ret)[WEIGH_LANES])
{
#if defined(__x86_64__)
    if (link_kernel_path() != KERNEL_SCALAR) {
        weigh_avx2(batch, level, rarity, step, without, times, ret);
        return;
    }
#endif
    weigh_plain(batch, level, rarity, step, without, times, ret);
}

/* Eight rows of sixteen bytes as sixteen rows of eight. */
#ifdef __SSE2__
static void turn_half(const __m128i row[static WEIGH_LANES], bool upper, int8_t (*ret)[WEIGH_LANES])
{
    __m128i two[4], four[4];
    for (int i = 0; i < 4; i++)
        two[i] = upper ? _mm_unpackhi_epi8(row[2 * i], row[2 * i + 1]) : _mm_unpacklo_epi8(row[2 * i], row[2 * i + 1]);
    for (int i = 0; i < 2; i++) {
        four[2 * i] = _mm_unpacklo_epi16(two[2 * i], two[2 * i + 1]);
        four[2 * i + 1] = _mm_unpackhi_epi16(two[2 * i], two[2 * i + 1]);
    }
    for (int i = 0; i < 2; i++) { /* two rows at once */
        _mm_storeu_si128((__m128i *)(void *)ret[4 * i], _mm_unpacklo_epi32(four[i], four[i + 2]));
        _mm_storeu_si128((__m128i *)(void *)ret[4 * i + 2], _mm_unpackhi_epi32(four[i], four[i + 2]));
    }
}

static void turn(const int8_t *const row[static WEIGH_LANES], int8_t (*ret)[WEIGH_LANES])
{
    __m128i bytes[WEIGH_LANES];
    for (int i = 0; i < WEIGH_LANES; i++) bytes[i] = _mm_loadu_si128((const __m128i *)(const void *)row[i]);
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

void batch_weigh_block_fill(struct weigh_block *block, const struct pair_levels *const pair[static WEIGH_LANES])
{
    const int8_t *level[WEIGH_LANES], *rarity[WEIGH_LANES];
    for (int lane = 0; lane < WEIGH_LANES; lane++) {
        level[lane] = pair[lane]->level;
        rarity[lane] = pair[lane]->rarity;
    }
    turn(level, block->level);
    turn(rarity, block->rarity);
}
