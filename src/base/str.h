/*
 * str: a view of bytes that somebody else owns.
 *
 * Layer: base.  A str never owns memory and is not NUL-terminated; it is valid
 * as long as what it points into.  The empty str has len 0 and any ptr.
 * Functions that make new bytes take an arena as their first parameter.
 */
#ifndef PENDEEN_BASE_STR_H
#define PENDEEN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct str {
    const char *ptr;
    size_t len;
};

/* A str from a string literal: the length is known when compiling. */
#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
/* The same, for initialisers of static data. */
#define STR_INIT(literal) {("" literal), sizeof(literal) - 1}
/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct str str_from(const char *c_string)
{
    return (struct str){c_string ? c_string : "", c_string ? strlen(c_string) : 0};
}

static inline struct str str_of(const char *ptr, size_t len)
{
    return (struct str){ptr, len};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Part of s from byte `from`, at most `len` bytes; clamped to s. */
static inline struct str str_sub(struct str s, size_t from, size_t len)
{
    if (from > s.len) from = s.len;
    if (len > s.len - from) len = s.len - from;
    return (struct str){s.ptr ? s.ptr + from : NULL, len};
}

/* Byte order, shorter first on a tie: <0, 0 or >0. */
int str_cmp(struct str a, struct str b);
/* ASCII letters compare without case; other bytes as they are. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Offset of the first `needle` at or after `from`, or -1. */
ptrdiff_t str_find(struct str s, struct str needle, size_t from);
ptrdiff_t str_find_nocase(struct str s, struct str needle, size_t from);
/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);
/* Takes everything up to `sep` off the front of *rest and returns it; *rest
 * is left after the separator.  False when *rest was already used up (its ptr
 * is NULL then). */
bool str_split(struct str *rest, char sep, struct str *ret_part);
/* Whole s is a decimal number that fits; else false and *ret untouched. */
bool str_to_int(struct str s, int64_t *ret);
bool str_to_double(struct str s, double *ret);
/* The other way; the text is in `space`. */
enum { STR_INT_SIZE = 20 }; /* nineteen digits and a sign */
struct str str_from_int(int64_t value, char space[static STR_INT_SIZE]);
/* FNV-1a, 64 bit. Not for hostile keys. */
uint64_t str_hash(struct str s);

/* Copies into the arena (NUL-terminated there, for C interfaces). */
struct str str_dup(struct arena *arena, struct str s);
const char *str_c(struct arena *arena, struct str s);
/* One after the other, without printf. */
struct str str_concat(struct arena *arena, const struct str *part, size_t count);
/* printf into the arena. */
struct str str_fmt(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* ASCII lower or upper case copy. */
struct str str_lower(struct arena *arena, struct str s);
struct str str_upper(struct arena *arena, struct str s);

#endif
