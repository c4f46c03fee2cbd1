#include "base/str.h"

#include "base/arena.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (order) return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
    return true;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

ptrdiff_t str_find(struct str s, struct str needle, size_t from)
{
    if (from > s.len) return -1;
    if (needle.len == 0) return (ptrdiff_t)from;
    if (s.len == from) return -1; /* memmem takes no NULL */
    const char *hit = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
    return hit ? hit - s.ptr : -1;
}

ptrdiff_t str_find_nocase(struct str s, struct str needle, size_t from)
{
    if (needle.len > s.len) return -1;
    unsigned char first = needle.len ? lower(needle.ptr[0]) : 0;
    for (size_t i = from; i + needle.len <= s.len; i++) {
        if (needle.len && lower(s.ptr[i]) != first) continue;
        if (str_eq_nocase(str_sub(s, i, needle.len), needle)) return (ptrdiff_t)i;
    }
    return -1;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.len && is_space(s.ptr[0])) s = str_sub(s, 1, s.len);
    while (s.len && is_space(s.ptr[s.len - 1])) s.len--;
    return s;
}

bool str_split(struct str *rest, char sep, struct str *ret_part)
{
    if (rest->ptr == NULL) return false;
    const char *hit = rest->len ? memchr(rest->ptr, sep, rest->len) : NULL;
    if (!hit) {
        *ret_part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    size_t at = (size_t)(hit - rest->ptr);
    *ret_part = str_sub(*rest, 0, at);
    *rest = str_sub(*rest, at + 1, rest->len);
    return true;
}

bool str_to_int(struct str s, int64_t *ret)
{
    char digits[24];
    if (s.len == 0 || s.len >= sizeof digits || is_space(s.ptr[0])) return false;
    memcpy(digits, s.ptr, s.len);
    digits[s.len] = '\0';
    char *end = NULL;
    errno = 0;
    long long value = strtoll(digits, &end, 10);
    if (errno || *end != '\0' || end != digits + s.len) return false;
    *ret = value;
    return true;
}

struct str str_from_int(int64_t value, char space[static STR_INT_SIZE])
{
    char *at = space + STR_INT_SIZE;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) *--at = '-';
    return str_of(at, (size_t)(space + STR_INT_SIZE - at));
}

bool str_to_double(struct str s, double *ret)
{
    char digits[64];
    if (s.len == 0 || s.len >= sizeof digits || is_space(s.ptr[0])) return false;
    memcpy(digits, s.ptr, s.len);
    digits[s.len] = '\0';
    char *end = NULL;
    errno = 0;
    double value = strtod(digits, &end);
    if (errno || end != digits + s.len) return false;
    *ret = value;
    return true;
}

uint64_t str_hash(struct str s)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.len; i++) hash = (hash ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
    return hash;
}

struct str str_dup(struct arena *arena, struct str s)
{
    char *copy = arena_bytes(arena, s.len + 1);
    if (s.len) memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return (struct str){copy, s.len};
}

const char *str_c(struct arena *arena, struct str s)
{
    return str_dup(arena, s).ptr;
}

struct str str_concat(struct arena *arena, const struct str *part, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) len += part[i].len;
    char *text = arena_bytes(arena, len + 1);
    char *at = text;
    for (size_t i = 0; i < count; i++) {
        if (part[i].len) memcpy(at, part[i].ptr, part[i].len);
        at += part[i].len;
    }
    *at = '\0';
    return str_of(text, len);
}

struct str str_fmt(struct arena *arena, const char *format, ...)
{
    char likely[256]; /* what is longer is written twice */
    va_list args;
    va_start(args, format);
    int need = vsnprintf(likely, sizeof likely, format, args);
    va_end(args);
    if (need < 0) return STR("");
    if ((size_t)need < sizeof likely) return str_dup(arena, str_of(likely, (size_t)need));
    char *text = arena_alloc(arena, (size_t)need + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)need + 1, format, args);
    va_end(args);
    return (struct str){text, (size_t)need};
}

struct str str_lower(struct arena *arena, struct str s)
{
    char *copy = arena_bytes(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++) copy[i] = (char)lower(s.ptr[i]);
    copy[s.len] = '\0';
    return (struct str){copy, s.len};
}

struct str str_upper(struct arena *arena, struct str s)
{
    char *copy = arena_bytes(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        copy[i] = (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    copy[s.len] = '\0';
    return (struct str){copy, s.len};
}
