/*
 * utf8: is it text, and which characters does it hold.
 *
 * Layer: base.  Decoding follows RFC 3629: no overlong forms, no surrogates,
 * nothing above U+10FFFF.
 */
#ifndef PENDEEN_BASE_UTF8_H
#define PENDEEN_BASE_UTF8_H

#include "base/str.h"

/* Decodes the character at *at and moves *at past it; at invalid bytes returns
 * U+FFFD and moves by one byte.  Call only while *at < s.len. */
uint32_t utf8_next(struct str s, size_t *at);
/* Writes 1 to 4 bytes; returns how many. */
size_t utf8_put(uint32_t character, char out[static 4]);
bool utf8_valid(struct str s);
/* Number of characters. */
size_t utf8_count(struct str s);
/* The characters that it begins with, as many as are whole in so many bytes. */
struct str utf8_start(struct str s, size_t bytes);
/* Number of those at its start that so many bytes have room for. */
size_t utf8_fitting(struct str s, size_t bytes);
/* Text that a person wrote, made safe to keep: invalid bytes become U+FFFD,
 * CRLF and CR become LF, NUL and control characters but tab and LF are dropped,
 * so are bidirectional overrides (U+202A..E, U+2066..9).  Says by *ret_changed
 * (may be NULL) whether anything but line ends was altered. */
struct str utf8_clean(struct arena *arena, struct str s, bool *ret_changed);
/* Does utf8_clean keep this character (not CR, which it turns into LF)? */
bool utf8_is_kept(uint32_t character);
/* Would utf8_clean give back the same? */
bool utf8_is_clean(struct str s);

#endif
