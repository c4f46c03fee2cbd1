/*
 * What a pair weighs.
 */
#include "link/batch_internal.h"
#include "link/batch_line.h"
#include "link/kernel.h"
#include "link/kernel_many.h"
#include "link/need.h"

#include <math.h>
#include <stdlib.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* --- levels ------------------------------------------------------------------------------- */

/* Levels of pairs of values that were compared a moment ago: many pairs of rows are
 * the same pair of values.  a (28 bits), b (28), comparison (5), level (3). */
enum { CACHE_BITS = 15, CACHE_VALUES = 1 << 28 };
struct score_cache {
    uint64_t entry[1 << CACHE_BITS];
};

struct score_cache *score_cache_new(void)
{
    return need(calloc(1, sizeof(struct score_cache)));
}

static inline uint64_t cache_key(int c, uint32_t a, uint32_t b)
{
    uint64_t low = a < b ? a : b;
    uint64_t high = a < b ? b : a;
    return low << 36 | high << 8 | (uint64_t)(c + 1) << 3;
}

static inline uint64_t *cache_entry(struct score_cache *cache, uint64_t key)
{
    return &cache->entry[(key * 0x9e3779b97f4a7c15u) >> (64 - CACHE_BITS)];
}

static int full_level(const struct batch *batch, struct score_cache *cache, int c, uint32_t a,
                      uint32_t b)
{
    const struct batch_field *field = &batch->field[c];
    if (!cache || a >= CACHE_VALUES || b >= CACHE_VALUES) return batch_field_level(field, a, b);
    uint64_t key = cache_key(c, a, b);
    uint64_t *entry = cache_entry(cache, key);
    if ((*entry ^ key) >> 3 == 0) return (int)(*entry & 7);
    int level = batch_field_level(field, a, b);
    *entry = key | (uint64_t)level;
    return level;
}

static bool are_alike(const struct batch *batch, uint32_t given, uint32_t surname)
{
    struct str one = batch->field[batch->model->given].text[given];
    struct str other = batch->field[batch->model->surname].text[surname];
    return link_kernel_osa(one, other) <= (one.len >= 6 && other.len >= 6 ? 2u : 1u);
}

/* Given name of the one as surname of the other, both ways or the one that is there. */
static bool are_swapped(const struct batch *batch, const uint32_t *a, const uint32_t *b)
{
    const struct model *model = batch->model;
    uint32_t given_a = a[model->given], given_b = b[model->given];
    uint32_t surname_a = a[model->surname], surname_b = b[model->surname];
    bool one = surname_b && a[batch->crossed_at] == surname_b;
    bool other = surname_a && b[batch->crossed_at] == surname_a;
    if (!one && !other) return false;
    if (one && other) return true;
    if (one) return !surname_a || !given_b || are_alike(batch, given_b, surname_a);
    return other && (!given_a || !surname_b || are_alike(batch, given_a, surname_b));
}


/* --- one pair ------------------------------------------------------------------------------ */

/* Given name or surname is the same for most that are worth a look. */
static bool may_be_swapped(const struct batch *batch, uint32_t equal)
{
    const struct model *model = batch->model;
    return batch->crossed_at && !((equal >> model->given | equal >> model->surname) & 1);
}

/* The level as far as the lines tell it, else -1. */
static int level_by_line(const struct batch *batch, const uint32_t *left, const uint32_t *right,
                         int c)
{
    const struct batch_field *field = &batch->field[c];
    int at = batch->words_at[c];
    return line_level(field, left[c], right[c], left + at, right + at);
}

void batch_levels(const struct batch *batch, uint32_t a, uint32_t b, struct pair_levels *ret)
{
    const struct model *model = batch->model;
    const uint32_t *left = batch_line(batch, a);
    const uint32_t *right = batch_line(batch, b);
    uint32_t equal = 0;
    memset(ret->level, LEVEL_MISSING, sizeof ret->level);
    memset(ret->rarity, 0, sizeof ret->rarity);
    for (int c = 0; c < model->count; c++) {
        if (!left[c] || !right[c]) continue;
        if (left[c] == right[c]) {
            equal |= 1u << c;
            ret->level[c] = LEVEL_EXACT;
            ret->rarity[c] = batch->rarity[c][left[c]];
            continue;
        }
        int level = level_by_line(batch, left, right, c);
        ret->level[c] =
            (int8_t)(level >= 0 ? level : batch_field_level(&batch->field[c], left[c], right[c]));
    }
    if (!may_be_swapped(batch, equal) || !are_swapped(batch, left, right)) return;
    /* one comparison says it; the other has nothing to add */
    ret->level[model->given] = LEVEL_SWAPPED;
    ret->level[model->surname] = LEVEL_MISSING;
}

/* --- many pairs ------------------------------------------------------------------------------ */

static void find_swapped(const struct batch *batch, struct scored *scored)
{
    const struct model *model = batch->model;
    scored->swaps = 0;
    if (!batch->crossed_at) return;
    uint32_t names = 1u << model->given | 1u << model->surname;
    size_t count = 0; /* most that are worth a look have one name in common */
    for (size_t i = 0; i < scored->count; i++) {
        scored->turn[count] = (uint16_t)i;
        count += !(scored->equal[i] & names);
    }
    for (size_t k = 0; k < count; k++) {
        size_t i = scored->turn[k];
        if (!are_swapped(batch, scored->left[i], scored->right[i])) continue;
        scored->there[i] &= ~names;
        scored->swapped[scored->swaps++] = (uint16_t)i;
    }
}

/* How many pairs are equal in a comparison, and how many are there and not equal. */
struct found {
    size_t same;
    size_t open;
};

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,popcnt")))

/* Of sixteen pairs those whose bits are set; what comes after them is written too. */
AVX512 static inline void put_in_turn(uint16_t *turn, __mmask16 which, __m512i pair)
{
    __m256i those = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(which, pair));
    _mm256_storeu_si256((__m256i *)(void *)turn, those);
}

/* set_equal, sixteen pairs at a time. */
AVX512 static struct found set_equal_512(struct scored *scored, int c)
{
    enum { WIDTH = 16 };
    const __m512i bit = _mm512_set1_epi32(1 << c);
    struct found found = {0};
    __m512i pair = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (size_t i = 0; i < scored->count;
         i += WIDTH, pair = _mm512_add_epi32(pair, _mm512_set1_epi32(WIDTH))) {
        size_t left = scored->count - i;
        __mmask16 here = (__mmask16)(left < WIDTH ? (1u << left) - 1 : 0xffff);
        __mmask16 there =
            _mm512_mask_test_epi32_mask(here, _mm512_loadu_si512(scored->there + i), bit);
        __mmask16 equal =
            _mm512_mask_test_epi32_mask(there, _mm512_loadu_si512(scored->equal + i), bit);
        __m128i level =
            _mm_mask_mov_epi8(_mm_set1_epi8(LEVEL_MISSING), equal, _mm_set1_epi8(LEVEL_EXACT));
        _mm_storeu_si128((__m128i *)(void *)(scored->level[c] + i), level);
        _mm_storeu_si128((__m128i *)(void *)(scored->rarity[c] + i), _mm_setzero_si128());
        __mmask16 open = there & (__mmask16)~equal;
        put_in_turn(scored->same + found.same, equal, pair);
        put_in_turn(scored->turn + found.open, open, pair);
        found.same += (size_t)__builtin_popcount(equal);
        found.open += (size_t)__builtin_popcount(open);
    }
    return found;
}

/* Sixteen bytes of which those are ~0 whose bits are set. */
__attribute__((target("avx2"))) static inline __m128i bytes_of_bits(unsigned bits)
{
    const __m128i bit = _mm_set1_epi64x((long long)0x8040201008040201u);
    const __m128i spread = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    __m128i each = _mm_and_si128(_mm_shuffle_epi8(_mm_cvtsi32_si128((int)bits), spread), bit);
    return _mm_cmpeq_epi8(each, bit);
}

/* Of eight pairs, which have the comparison's bit, which `shift` makes the highest of a lane. */
__attribute__((target("avx2"))) static inline unsigned bits_of_eight(const uint32_t *pairs,
                                                                     __m128i shift)
{
    __m256i lanes =
        _mm256_sll_epi32(_mm256_loadu_si256((const __m256i *)(const void *)pairs), shift);
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(lanes));
}

__attribute__((target("avx2"))) static struct found set_equal_256(struct scored *scored, int c)
{
    enum { WIDTH = 16, HALF = 8 };
    const __m128i shift = _mm_cvtsi32_si128(31 - c);
    struct found found = {0};
    for (size_t i = 0; i < scored->count; i += WIDTH) {
        size_t left = scored->count - i;
        unsigned here = left < WIDTH ? (1u << left) - 1 : 0xffff;
        unsigned there = here & (bits_of_eight(scored->there + i, shift) |
                                 bits_of_eight(scored->there + i + HALF, shift) << HALF);
        unsigned equal = there & (bits_of_eight(scored->equal + i, shift) |
                                  bits_of_eight(scored->equal + i + HALF, shift) << HALF);
        __m128i level = _mm_blendv_epi8(_mm_set1_epi8(LEVEL_MISSING), _mm_set1_epi8(LEVEL_EXACT),
                                        bytes_of_bits(equal));
        _mm_storeu_si128((__m128i *)(void *)(scored->level[c] + i), level);
        _mm_storeu_si128((__m128i *)(void *)(scored->rarity[c] + i), _mm_setzero_si128());
        there &= ~equal;
        for (; equal; equal &= equal - 1)
            scored->same[found.same++] = (uint16_t)(i + (size_t)__builtin_ctz(equal));
        for (; there; there &= there - 1)
            scored->turn[found.open++] = (uint16_t)(i + (size_t)__builtin_ctz(there));
    }
    return found;
}
#endif

/* What is missing and what is equal, which is put in `same`; what is neither is put in `turn`. */
static struct found set_equal(struct scored *scored, int c)
{
    struct found found = {0};
    for (size_t i = 0; i < scored->count; i++) {
        uint32_t there = scored->there[i] >> c & 1;
        uint32_t equal = scored->equal[i] >> c & there;
        scored->level[c][i] = (int8_t)(LEVEL_MISSING - (LEVEL_MISSING - LEVEL_EXACT) * equal);
        scored->rarity[c][i] = 0;
        scored->same[found.same] = scored->turn[found.open] = (uint16_t)i;
        found.same += equal;
        found.open += there & ~equal;
    }
    return found;
}

/* How many are neither; only what is equal asks how frequent it is. */
static size_t find_equal(const struct batch *batch, struct scored *scored, int c)
{
    const int8_t *rarity = batch->rarity[c];
    struct found found;
    switch (link_kernel_path()) {
#if defined(__x86_64__)
    case KERNEL_AVX512: found = set_equal_512(scored, c); break;
    case KERNEL_AVX2: found = set_equal_256(scored, c); break;
#endif
    default: found = set_equal(scored, c);
    }
    for (size_t k = 0; k < found.same; k++) {
        size_t i = scored->same[k];
        scored->rarity[c][i] = rarity[scored->left[i][c]];
    }
    return found.open;
}

/* The texts must tell. */
static inline struct open_level open_pair(const struct scored *scored, size_t i, int c)
{
    return (struct open_level){(uint16_t)i, (uint16_t)c, scored->left[i][c], scored->right[i][c]};
}

/* Places in the table are worked out, and asked for, before the first is read. */
static void look_up(const struct batch *batch, struct scored *scored, int c, size_t count)
{
    const struct field_near *near = &batch->field[c].near;
    struct open_level *open = scored->open + scored->opens;
    for (size_t k = 0; k < count; k++) {
        size_t i = scored->turn[k];
        uint32_t one = scored->left[i][c], other = scored->right[i][c];
        bool known = (one < near->known) & (other < near->known);
        scored->place[k] = known ? (uint32_t)near_at(one, other) : 0;
        __builtin_prefetch(&near->level[scored->place[k]]);
        *open = (struct open_level){(uint16_t)i, (uint16_t)c, one, other};
        open += !known;
    }
    for (size_t k = 0; k < count; k++)
        scored->level[c][scored->turn[k]] = (int8_t)near->level[scored->place[k]];
    scored->opens = (size_t)(open - scored->open);
}

/* Of streets the names are looked up, or their hints: what is read is asked for. */
static void ask_for_names(const struct batch *batch, const struct scored *scored, int c,
                          size_t count)
{
    const struct batch_field *field = &batch->field[c];
    const struct field_near *near = &field->near;
    int at = batch->words_at[c];
    for (size_t k = 0; k < count; k++) {
        size_t i = scored->turn[k];
        uint32_t one = line_street(scored->left[i] + at),
                 other = line_street(scored->right[i] + at);
        bool known = (one < near->known) & (other < near->known);
        const void *first = known && one != other ? (const void *)&near->level[near_at(one, other)]
                                                  : &field->hint[one];
        __builtin_prefetch(first);
        __builtin_prefetch(known ? first : &field->hint[other]);
    }
}

static void set_unequal(const struct batch *batch, struct scored *scored, int c, size_t count)
{
    if (batch->looked_up >> c & 1) {
        look_up(batch, scored, c, count);
        return;
    }
    if (batch->field[c].role == MODEL_STREET) ask_for_names(batch, scored, c, count);
    line_levels(&batch->field[c], batch->words_at[c], scored->left, scored->right, scored->turn,
                count, scored->level[c]);
    enum { IN_WORD = 8 };
    for (size_t i = 0; i < scored->count; i += IN_WORD) { /* few are */
        uint64_t level;
        memcpy(&level, scored->level[c] + i, sizeof level);
        for (level &= 0x8080808080808080u; level; level &= level - 1)
            scored->open[scored->opens++] =
                open_pair(scored, i + (size_t)__builtin_ctzll(level) / 8, c);
    }
}

/* Most names and towns are told apart by their hints; what is not stays open. */
static void look_at_hints(const struct batch *batch, struct scored *scored)
{
    size_t count = 0;
    for (size_t i = 0; i < scored->opens; i++) {
        const struct open_level *open = &scored->open[i];
        const struct batch_field *field = &batch->field[open->comparison];
        if (!field_has_hints(field->role)) continue;
        __builtin_prefetch(&field->hint[open->left]);
        __builtin_prefetch(&field->hint[open->right]);
    }
    for (size_t i = 0; i < scored->opens; i++) {
        struct open_level open = scored->open[i];
        const struct batch_field *field = &batch->field[open.comparison];
        int level = field_has_hints(field->role)
                        ? batch_field_level_by_hint(field, open.left, open.right)
                        : -1;
        scored->level[open.comparison][open.pair] = (int8_t)level;
        scored->open[count] = open;
        count += level < 0;
    }
    scored->opens = count;
}

/* What the texts tell: first where they are is asked for, then they are. */
static void look_at_texts(const struct batch *batch, struct score_cache *cache,
                          struct scored *scored)
{
    look_at_hints(batch, scored);
    for (size_t i = 0; i < scored->opens; i++) {
        const struct open_level *open = &scored->open[i];
        __builtin_prefetch(&batch->field[open->comparison].text[open->left]);
        __builtin_prefetch(&batch->field[open->comparison].text[open->right]);
    }
    for (size_t i = 0; i < scored->opens; i++) {
        const struct open_level *open = &scored->open[i];
        const struct batch_field *field = &batch->field[open->comparison];
        __builtin_prefetch(field->text[open->left].ptr);
        __builtin_prefetch(field->text[open->right].ptr);
        __builtin_prefetch(&field->sign[open->left]);
        __builtin_prefetch(&field->sign[open->right]);
        if (field->facts) {
            __builtin_prefetch(&field->facts[open->left]);
            __builtin_prefetch(&field->facts[open->right]);
        }
        if (cache)
            __builtin_prefetch(
                cache_entry(cache, cache_key(open->comparison, open->left, open->right)));
    }
    for (size_t i = 0; i < scored->opens; i++) {
        const struct open_level *open = &scored->open[i];
        scored->level[open->comparison][open->pair] =
            (int8_t)full_level(batch, cache, open->comparison, open->left, open->right);
    }
}

void batch_score_levels(const struct batch *batch, struct score_cache *cache, struct scored *scored)
{
    scored->opens = 0;
    find_swapped(batch, scored);
    for (int c = 0; c < batch->model->count; c++) {
        size_t count = find_equal(batch, scored, c);
        for (size_t i = scored->count; i % SCORED_BEYOND; i++) { /* weighed with them */
            scored->level[c][i] = LEVEL_MISSING;
            scored->rarity[c][i] = 0;
        }
        set_unequal(batch, scored, c, count);
    }
    for (size_t k = 0; k < scored->swaps; k++)
        scored->level[batch->model->given][scored->swapped[k]] = LEVEL_SWAPPED;
    look_at_texts(batch, cache, scored);
}

void batch_score(const struct batch *batch, struct score_cache *cache, struct scored *scored)
{
    batch_score_levels(batch, cache, scored);
    batch_weigh_scored(batch, scored);
}

/* --- the model's numbers made ready ----------------------------------------------------------- */

/* Of those who share a value with a record, some are the same as it and some are
 * strangers: only the strangers tell how common the value is.  Where a column is nearly
 * unique, a value that stands there twice is most likely a repeat; where many share each
 * value, or very many this one, it is common. */
void batch_set_rarity(struct batch *batch)
{
    const double widest = 6;
    const struct model *model = batch->model;
    double rows = (double)batch->table->rows;
    double repeats = 2 * model->prior * batch->pairs_possible / rows; /* of a record */
    for (int c = 0; c < model->count; c++) {
        const struct batch_field *field = &batch->field[c];
        double filled = rows - field->count[0];
        double usual = model->comparison[c].u[LEVEL_EXACT];
        double strangers = usual * filled;
        double share = strangers / (strangers + repeats * model->comparison[c].m[LEVEL_EXACT]);
        double many = 4 * (1 + repeats);
        if (!batch->rarity[c])
            batch->rarity[c] = need(malloc(field->values * sizeof *batch->rarity[c]));
        batch->rarity[c][0] = 0;
        for (uint32_t v = 1; v < field->values; v++) {
            if (v > 1 && field->count[v] == field->count[v - 1]) { /* they stand in order of it */
                batch->rarity[c][v] = batch->rarity[c][v - 1];
                continue;
            }
            double others = fmax(0.5, (double)field->count[v] - 1);
            double common = others / (others + many);
            double known = others * (share + (1 - share) * common * common);
            batch->rarity[c][v] = (int8_t)lrint(
                fmax(-widest, fmin(widest, log2(usual * filled / known))) / rarity_step);
        }
    }
}

static void set_leaning(struct batch *batch, int c)
{
    batch->leans_u[c] = batch->leans_m[c] = batch->leans_apart[c] = 0;
    for (int d = 0; d < batch->model->count; d++) {
        batch->leans_u[c] |= (uint32_t)(batch->together_u[c][d] > 0) << d;
        batch->leans_apart[c] |= (uint32_t)(batch->apart_m[c][d] < 0) << d;
        batch->leans_m[c] |= (uint32_t)(batch->together_m[c][d] > 0) << d;
    }
}

void batch_set_bits(struct batch *batch)
{
    const struct model *model = batch->model;
    for (int c = 0; c < model->count; c++) {
        for (int l = 0; l < LEVELS; l++)
            batch->bits[c][l] = (float)log2(model->comparison[c].m[l] / model->comparison[c].u[l]);
        batch->bits[c][LEVEL_MISSING] = 0;
        /* What an address shares with the name is no evidence of its own. */
        if (model->comparison[c].role == MODEL_EMAIL)
            batch->bits[c][LEVEL_FAR] = fminf(0, batch->bits[c][LEVEL_FAR]);
        set_leaning(batch, c);
        batch->order[c] = c;
    }
    for (int i = 1; i < model->count; i++)
        for (int k = i; k > 0 && batch->bits[batch->order[k]][LEVEL_EXACT] >
                                     batch->bits[batch->order[k - 1]][LEVEL_EXACT];
             k--) {
            int swap = batch->order[k];
            batch->order[k] = batch->order[k - 1];
            batch->order[k - 1] = swap;
        }
    batch->prior_bits = (float)log2(model->prior / (1 - model->prior));
}
