#include "link/table_split.h"

#include "link/batch_sign.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Each line has so many fields, and no line ends within another. */
static bool are_regular(struct str text, const uint32_t *end, size_t fields, size_t lines,
                        size_t columns, size_t longest)
{
    if (fields != lines * columns) return false;
    size_t from = 0;
    for (size_t at = columns - 1; at < fields; at += columns) {
        if (text.ptr[end[at]] != '\n' || end[at] - from > longest) return false;
        from = end[at] + 1;
    }
    return true;
}

bool table_split_plain(struct str text, char separator, size_t columns, size_t longest,
                       uint32_t *ret_end, size_t *ret_lines)
{
    size_t fields = 0, lines = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"') return false;
        if (c != separator && c != '\n') continue;
        ret_end[fields++] = (uint32_t)i;
        lines += c == '\n';
    }
    *ret_lines = lines;
    return are_regular(text, ret_end, fields, lines, columns, longest);
}

#ifdef __SSE2__

enum { BLOCK = 64, VECTOR = 16, AT_ONCE = 8 };

/* Of 64 bytes, which end a field. */
struct ends {
    uint64_t field;
    __m128i quoted; /* not 0 where there is a quotation mark */
    __m128i lines;  /* how many end, in two halves */
};

static inline struct ends find_ends(const char *bytes, char separator)
{
    const __m128i none = _mm_setzero_si128();
    struct ends ends = {0, none, none};
    __m128i line_ends = none;
    for (unsigned i = 0; i < BLOCK / VECTOR; i++) {
        __m128i here = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i * VECTOR));
        __m128i line = _mm_cmpeq_epi8(here, _mm_set1_epi8('\n'));
        __m128i field = _mm_or_si128(line, _mm_cmpeq_epi8(here, _mm_set1_epi8(separator)));
        ends.quoted = _mm_or_si128(ends.quoted, _mm_cmpeq_epi8(here, _mm_set1_epi8('"')));
        line_ends = _mm_sub_epi8(line_ends, line);
        ends.field |= (uint64_t)(unsigned)_mm_movemask_epi8(field) << (i * VECTOR);
    }
    ends.lines = _mm_sad_epu8(line_ends, none);
    return ends;
}

/* Some more are written than there are, so that for most blocks there is nothing to decide. */
static inline size_t list_bits(uint64_t bits, uint32_t base, uint32_t *ret)
{
    const uint64_t last = (uint64_t)1 << 63; /* there is always one to be found */
    size_t count = sign_bits(bits);
    for (size_t from = 0; from == 0 || from < count; from += AT_ONCE)
        for (size_t k = 0; k < AT_ONCE; k++, bits &= bits - 1)
            ret[from + k] = base + (uint32_t)__builtin_ctzll(bits | last);
    return count;
}

bool table_split(struct str text, char separator, size_t columns, size_t longest, uint32_t *ret_end,
                 size_t *ret_lines)
{
    size_t fields = 0, at = 0;
    __m128i quoted = _mm_setzero_si128(), lines = _mm_setzero_si128();
    for (; at + BLOCK <= text.len; at += BLOCK) {
        struct ends ends = find_ends(text.ptr + at, separator);
        fields += list_bits(ends.field, (uint32_t)at, ret_end + fields);
        quoted = _mm_or_si128(quoted, ends.quoted);
        lines = _mm_add_epi64(lines, ends.lines);
    }
    char rest[BLOCK] = {0};
    memcpy(rest, text.ptr + at, text.len - at);
    struct ends ends = find_ends(rest, separator);
    fields += list_bits(ends.field, (uint32_t)at, ret_end + fields);
    quoted = _mm_or_si128(quoted, ends.quoted);
    lines = _mm_add_epi64(lines, ends.lines);
    uint64_t half[2];
    memcpy(half, &lines, sizeof half);
    *ret_lines = half[0] + half[1];
    return !_mm_movemask_epi8(quoted) &&
           are_regular(text, ret_end, fields, *ret_lines, columns, longest);
}

#else

bool table_split(struct str text, char separator, size_t columns, size_t longest, uint32_t *ret_end,
                 size_t *ret_lines)
{
    return table_split_plain(text, separator, columns, longest, ret_end, ret_lines);
}

#endif
