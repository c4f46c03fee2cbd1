#include "link/table_wait.h"

#include "link/batch_memory.h"
#include "link/need.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline uint64_t eight_bytes(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline uint32_t four_bytes(const char *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Less than eight bytes as a number; what overlaps is the same. */
static inline uint64_t few_bytes(const char *bytes, size_t length)
{
    if (length >= 4)
        return four_bytes(bytes) | (uint64_t)four_bytes(bytes + length - 4) << (8 * (length - 4));
    uint64_t word = 0;
    if (length) {
        word = (unsigned char)bytes[0];
        word |= (uint64_t)(unsigned char)bytes[length / 2] << (8 * (length / 2));
        word |= (uint64_t)(unsigned char)bytes[length - 1] << (8 * (length - 1));
    }
    return word;
}

uint64_t table_hash(struct str text)
{
    uint64_t hash = 0x9e3779b97f4a7c15u ^ text.len;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        hash = (hash ^ eight_bytes(text.ptr + i)) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    size_t left = text.len - i;
    uint64_t rest = 0;
    if (i && left)
        rest = eight_bytes(text.ptr + text.len - 8) >> (64 - 8 * left);
    else if (left)
        rest = few_bytes(text.ptr, left);
    hash = (hash ^ rest) * 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 29;
}

/* --- values ------------------------------------------------------------------------ */

/* Most are short, and the same: without a call. */
static inline bool are_same(struct str a, struct str b)
{
    if (a.len != b.len) return false;
    if (a.len < 8) return few_bytes(a.ptr, a.len) == few_bytes(b.ptr, b.len);
    uint64_t apart = eight_bytes(a.ptr + a.len - 8) ^ eight_bytes(b.ptr + b.len - 8);
    for (size_t i = 0; i + 8 < a.len; i += 8)
        apart |= eight_bytes(a.ptr + i) ^ eight_bytes(b.ptr + i);
    return apart == 0;
}

static void grow_slots(struct table_column *column)
{
    const uint32_t large = 1 << 18;
    uint32_t size =
        !column->slot_count ? 1024 : column->slot_count * (column->slot_count < large ? 4 : 2);
    uint64_t *slots = batch_memory(size * sizeof *slots);
    memset(slots, 0, size * sizeof *slots);
    for (uint32_t i = 0; i < column->slot_count; i++) {
        if (!column->slots[i]) continue;
        uint32_t at = (uint32_t)(column->slots[i] >> 32) & (size - 1);
        while (slots[at]) at = (at + 1) & (size - 1);
        slots[at] = column->slots[i];
    }
    batch_memory_free(column->slots);
    column->slots = slots;
    column->slot_count = size;
}

static uint32_t new_value(struct table_column *column, struct str text)
{
    if (column->values == column->capacity) {
        size_t old = column->capacity;
        column->capacity *= 2;
        column->text = batch_memory_grown(column->text, old * sizeof *column->text,
                                          column->capacity * sizeof *column->text);
        column->count = batch_memory_grown(column->count, old * sizeof *column->count,
                                           column->capacity * sizeof *column->count);
    }
    uint32_t number = column->values++;
    column->text[number] = table_keep(&column->pool, text);
    column->count[number] = 0;
    return number;
}

static uint32_t value_of(struct table_column *column, struct str text, uint32_t hash)
{
    if ((uint64_t)column->values * 2 >= column->slot_count) grow_slots(column);
    uint32_t at = hash & (column->slot_count - 1);
    for (; column->slots[at]; at = (at + 1) & (column->slot_count - 1))
        if (column->slots[at] >> 32 == hash &&
            are_same(column->text[(uint32_t)column->slots[at]], text))
            return (uint32_t)column->slots[at];
    uint32_t number = new_value(column, text);
    column->slots[at] = (uint64_t)hash << 32 | number;
    return number;
}

void table_wait_look_up(struct table_wait *waiting, struct table_column *column)
{
    table_ensure_rows(column, waiting->first_row + (size_t)waiting->count);
    uint32_t *value = column->value + waiting->first_row;
    if (column->slot_count && !waiting->ids) {
        uint32_t mask = column->slot_count - 1;
        for (int i = 0; i < waiting->count; i++)
            __builtin_prefetch(&column->slots[waiting->hash[i] & mask]);
        for (int i = 0; i < waiting->count; i++)
            __builtin_prefetch(&column->text[(uint32_t)column->slots[waiting->hash[i] & mask]]);
        for (int i = 0; i < waiting->count; i++) {
            uint32_t number = (uint32_t)column->slots[waiting->hash[i] & mask];
            __builtin_prefetch(&column->count[number]);
            __builtin_prefetch(column->text[number].ptr);
            __builtin_prefetch(column->text[number].ptr + waiting->text[i].len);
        }
    }
    for (int i = 0; i < waiting->count; i++) {
        if (waiting->ids)
            value[i] = new_value(column, waiting->text[i]);
        else
            value[i] =
                waiting->text[i].len ? value_of(column, waiting->text[i], waiting->hash[i]) : 0;
        column->count[value[i]]++;
    }
    waiting->first_row += (size_t)waiting->count;
    waiting->count = 0;
    waiting->used = 0;
}

/* --- fields ------------------------------------------------------------------------ */

void table_ensure_rows(struct table_column *column, size_t rows)
{
    if (rows <= column->row_capacity) return;
    size_t old = column->row_capacity;
    column->row_capacity = rows > old * 2 ? rows : old * 2;
    column->value = batch_memory_grown(column->value, old * sizeof *column->value,
                                       column->row_capacity * sizeof *column->value);
}

void table_wait_init(struct table_wait *waiting, size_t first_row, bool ids)
{
    enum { START = 4096 };
    *waiting = (struct table_wait){
        .first_row = first_row, .ids = ids, .bytes = need(malloc(START)), .size = START};
}

void table_wait_done(struct table_wait *waiting)
{
    free(waiting->bytes);
}

static void ensure_bytes(struct table_wait *waiting, size_t length)
{
    if (waiting->size - waiting->used >= length) return;
    char *old = waiting->bytes; /* earlier texts are views into the bytes: move them along */
    waiting->size = waiting->size * 2 + length;
    waiting->bytes = need(malloc(waiting->size));
    memcpy(waiting->bytes, old, waiting->used);
    for (int i = 0; i < waiting->count; i++)
        waiting->text[i].ptr = waiting->bytes + (waiting->text[i].ptr - old);
    free(old);
}

static void fold_bytes(const char *from, size_t length, char *ret)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)from[i];
        ret[i] = (char)(c | (unsigned)((unsigned char)(c - 'A') < 26) << 5);
    }
}

/* A vector at a time, from and to places that have room for whole ones. */
static inline void fold_vectors(const char *from, size_t length, char *ret)
{
#ifdef __SSE2__
    for (size_t i = 0; i < length; i += WAITING_VECTOR) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(from + i));
        /* A is the least of all */
        __m128i letter = _mm_sub_epi8(bytes, _mm_set1_epi8((char)('A' + 128)));
        __m128i capital = _mm_cmplt_epi8(letter, _mm_set1_epi8(26 - 128));
        bytes = _mm_or_si128(bytes, _mm_and_si128(capital, _mm_set1_epi8(1 << 5)));
        _mm_storeu_si128((__m128i *)(void *)(ret + i), bytes);
    }
#else
    fold_bytes(from, length, ret);
#endif
}

void table_wait_add(struct table_wait *waiting, struct str field, bool roomy)
{
    ensure_bytes(waiting, field.len + WAITING_VECTOR);
    char *at = waiting->bytes + waiting->used;
    if (waiting->ids && field.len)
        memcpy(at, field.ptr, field.len);
    else if (roomy)
        fold_vectors(field.ptr, field.len, at);
    else
        fold_bytes(field.ptr, field.len, at);
    struct str text = str_of(at, field.len);
    waiting->used += field.len;
    waiting->hash[waiting->count] = waiting->ids ? 0 : (uint32_t)(table_hash(text) >> 16);
    waiting->text[waiting->count++] = text;
}
