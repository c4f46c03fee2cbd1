#include "base/utf8.h"

#include "base/arena.h"

static bool continues(struct str s, size_t at, size_t count)
{
    if (s.len - at <= count) return false;
    for (size_t i = 1; i <= count; i++)
        if (((unsigned char)s.ptr[at + i] & 0xC0) != 0x80) return false;
    return true;
}

/* Decodes one character; *ret_len is 0 when the bytes at `at` are not valid. */
static uint32_t decode(struct str s, size_t at, size_t *ret_len)
{
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    *ret_len = 0;
    if (p[0] < 0x80) {
        *ret_len = 1;
        return p[0];
    }
    if (p[0] >= 0xC2 && p[0] <= 0xDF && continues(s, at, 1)) {
        *ret_len = 2;
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    }
    if ((p[0] & 0xF0) == 0xE0 && continues(s, at, 2)) {
        uint32_t c = (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
        if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) {
            *ret_len = 3;
            return c;
        }
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4 && continues(s, at, 3)) {
        uint32_t c = (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 |
                     (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
        if (c >= 0x10000 && c <= 0x10FFFF) {
            *ret_len = 4;
            return c;
        }
    }
    return 0xFFFD;
}

uint32_t utf8_next(struct str s, size_t *at)
{
    size_t len;
    if ((unsigned char)s.ptr[*at] < 0x80) return (unsigned char)s.ptr[(*at)++];
    uint32_t character = decode(s, *at, &len);
    *at += len ? len : 1;
    return character;
}

size_t utf8_put(uint32_t c, char out[static 4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

bool utf8_valid(struct str s)
{
    for (size_t at = 0, len; at < s.len; at += len) {
        decode(s, at, &len);
        if (len == 0) return false;
    }
    return true;
}

size_t utf8_count(struct str s)
{
    size_t count = 0;
    for (size_t at = 0; at < s.len; count++) utf8_next(s, &at);
    return count;
}

struct str utf8_start(struct str s, size_t bytes)
{
    size_t end = 0;
    for (size_t at = 0; at < s.len;) {
        utf8_next(s, &at);
        if (at > bytes) break;
        end = at;
    }
    return str_sub(s, 0, end);
}

size_t utf8_fitting(struct str s, size_t bytes)
{
    return utf8_count(utf8_start(s, bytes));
}

static bool unwanted(uint32_t c)
{
    return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F || (c >= 0x80 && c < 0xA0) ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool utf8_is_kept(uint32_t character)
{
    return !unwanted(character);
}

/* Eight characters at once that can be seen, of ASCII: none below the space, no DEL, none above. */
static bool all_visible(const char *eight)
{
    const uint64_t each = 0x0101010101010101;
    uint64_t w;
    memcpy(&w, eight, sizeof w);
    return ((w | (w - 0x20 * each) | (w + each)) & 0x80 * each) == 0;
}

bool utf8_is_clean(struct str s)
{
    for (size_t at = 0, len; at < s.len; at += len) {
        if (s.len - at >= 8 && all_visible(s.ptr + at)) {
            len = 8;
            continue;
        }
        if (s.ptr[at] >= ' ' && s.ptr[at] <= '~') {
            len = 1;
            continue;
        }
        uint32_t c = decode(s, at, &len);
        if (len == 0 || c == '\r' || unwanted(c)) return false;
    }
    return true;
}

struct str utf8_clean(struct arena *arena, struct str s, bool *ret_changed)
{
    /* An invalid byte grows to the three bytes of U+FFFD. */
    size_t bad = 0;
    for (size_t at = 0, len; at < s.len; at += len ? len : 1) {
        decode(s, at, &len);
        bad += len == 0;
    }
    char *out = arena_alloc(arena, s.len + 2 * bad + 1);
    size_t n = 0;
    bool changed = bad > 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t c = utf8_next(s, &at);
        if (c == '\r') {
            if (at < s.len && s.ptr[at] == '\n') continue;
            c = '\n';
        }
        if (unwanted(c)) {
            changed = true;
            continue;
        }
        char bytes[4];
        size_t len = utf8_put(c, bytes);
        memcpy(out + n, bytes, len);
        n += len;
    }
    out[n] = '\0';
    if (ret_changed) *ret_changed = changed;
    return (struct str){out, n};
}
