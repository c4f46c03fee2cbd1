#include "base/encoding.h"

#include "base/utf8.h"

#include <string.h>

/* 0x80 to 0x9F of Windows-1252 (the WHATWG Encoding Standard's index, undefined ones
 * replaced). */
static const uint16_t windows[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

const char *encoding_name(enum encoding encoding)
{
    switch (encoding) {
    case ENCODING_UTF16_LE:
    case ENCODING_UTF16_BE: return "UTF-16";
    case ENCODING_WINDOWS_1252: return "Windows-1252";
    case ENCODING_UNDECIDED:
    case ENCODING_UTF8: break;
    }
    return "UTF-8";
}

enum encoding encoding_of_start(struct str start, size_t *ret_mark)
{
    static const struct {
        struct str mark;
        enum encoding encoding;
    } marks[] = {{STR_INIT("\xEF\xBB\xBF"), ENCODING_UTF8},
                 {STR_INIT("\xFF\xFE"), ENCODING_UTF16_LE},
                 {STR_INIT("\xFE\xFF"), ENCODING_UTF16_BE}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        *ret_mark = marks[i].mark.len;
        if (str_starts(start, marks[i].mark)) return marks[i].encoding;
    }
    *ret_mark = 0;
    size_t zero[2] = {0, 0};
    for (size_t i = 0; i < start.len; i++) zero[i % 2] += start.ptr[i] == 0;
    if (zero[1] * 4 > start.len) return ENCODING_UTF16_LE;
    if (zero[0] * 4 > start.len) return ENCODING_UTF16_BE;
    return ENCODING_UNDECIDED;
}

/* Bytes at the end that may be the beginning of a UTF-8 character. */
static size_t unfinished_tail(struct str text)
{
    for (size_t back = 1; back <= 3 && back <= text.len; back++) {
        unsigned char byte = (unsigned char)text.ptr[text.len - back];
        if (byte < 0x80) return 0;
        if (byte >= 0xC0) {
            size_t need = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
            return need > back ? back : 0;
        }
    }
    return 0;
}

static bool is_ascii(struct str text)
{
    const uint64_t high = 0x8080808080808080u;
    uint64_t word, any = 0;
    size_t at = 0;
    for (; at + sizeof word <= text.len; at += sizeof word) {
        memcpy(&word, text.ptr + at, sizeof word);
        any |= word;
    }
    for (; at < text.len; at++) any |= (unsigned char)text.ptr[at];
    return !(any & high);
}

enum encoding encoding_of_bytes(struct str text, bool last)
{
    text.len -= last ? 0 : unfinished_tail(text);
    if (is_ascii(text)) return ENCODING_UNDECIDED;
    return utf8_valid(text) ? ENCODING_UTF8 : ENCODING_WINDOWS_1252;
}

static size_t put(uint32_t character, char *out)
{
    return character ? utf8_put(character, out) : 0; /* NUL is never part of a text */
}

static size_t put_windows(char byte, char *out)
{
    unsigned char code = (unsigned char)byte;
    return put(code >= 0x80 && code < 0xA0 ? windows[code - 0x80] : code, out);
}

static size_t decode_utf8(struct str text, bool last, char *out, size_t *ret_length)
{
    size_t length = 0;
    text.len -= last ? 0 : unfinished_tail(text);
    for (size_t at = 0; at < text.len;) {
        size_t before = at;
        uint32_t character = utf8_next(text, &at);
        /* One byte that stands for U+FFFD is an invalid one. */
        bool invalid = character == 0xFFFD && at == before + 1;
        length +=
            invalid ? put_windows(text.ptr[before], out + length) : put(character, out + length);
    }
    *ret_length = length;
    return text.len;
}

static uint32_t unit_at(enum encoding encoding, struct str text, size_t at)
{
    const unsigned char *p = (const unsigned char *)text.ptr + at;
    return encoding == ENCODING_UTF16_LE ? (uint32_t)(p[0] | p[1] << 8)
                                         : (uint32_t)(p[0] << 8 | p[1]);
}

static size_t decode_utf16(enum encoding encoding, struct str text, bool last, char *out,
                           size_t *ret_length)
{
    size_t at = 0;
    size_t length = 0;
    while (at + 2 <= text.len) {
        uint32_t unit = unit_at(encoding, text, at);
        if (unit >= 0xD800 && unit < 0xDC00) {
            if (at + 4 > text.len && !last) break;
            uint32_t low = at + 4 <= text.len ? unit_at(encoding, text, at + 2) : 0;
            if (low >= 0xDC00 && low < 0xE000) {
                length += put(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), out + length);
                at += 4;
                continue;
            }
        }
        length += put(unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit, out + length);
        at += 2;
    }
    *ret_length = length;
    return last ? text.len : at;
}

size_t encoding_decode(enum encoding encoding, struct str text, bool last, char *out,
                       size_t *ret_length)
{
    if (encoding == ENCODING_UTF16_LE || encoding == ENCODING_UTF16_BE)
        return decode_utf16(encoding, text, last, out, ret_length);
    if (encoding != ENCODING_WINDOWS_1252) return decode_utf8(text, last, out, ret_length);
    *ret_length = 0;
    for (size_t i = 0; i < text.len; i++)
        *ret_length += put_windows(text.ptr[i], out + *ret_length);
    return text.len;
}
