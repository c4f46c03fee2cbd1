/*
 * encoding: which bytes a text is written in, and the same in UTF-8.
 *
 * Layer: base.  UTF-8, UTF-16 either way, and Windows-1252, in which spreadsheets
 * save what they call CSV.
 */
#ifndef PENDEEN_BASE_ENCODING_H
#define PENDEEN_BASE_ENCODING_H

#include "base/str.h"

enum encoding {
    ENCODING_UNDECIDED,
    ENCODING_UTF8,
    ENCODING_UTF16_LE,
    ENCODING_UTF16_BE,
    ENCODING_WINDOWS_1252
};

/* "UTF-8" (of what is not decided too), "UTF-16", "Windows-1252". */
const char *encoding_name(enum encoding encoding);

/* Of the beginning of a text, by the byte order mark, or by the NUL bytes of UTF-16, else
 * undecided; `*ret_mark`: how many bytes the mark has. */
enum encoding encoding_of_start(struct str start, size_t *ret_mark);

/* Of what has no mark and is not UTF-16: undecided while it is all ASCII.  `last`: nothing
 * comes after it, so no character may be cut off at its end. */
enum encoding encoding_of_bytes(struct str text, bool last);

/* A byte becomes at most this many. */
enum { ENCODING_GROWTH = 3 };
/* Writes the text in UTF-8 into `out`, which has room for ENCODING_GROWTH times its length, and
 * how many bytes that are into *ret_length; returns how many bytes of the text it took: all but
 * a character that is cut off at the end and not `last`.  Drops NUL; invalid bytes amid UTF-8
 * are read as Windows-1252, others become U+FFFD. */
size_t encoding_decode(enum encoding encoding, struct str text, bool last, char *out,
                       size_t *ret_length);

#endif
