/*
 * buf: a growing byte builder that cannot exist without a maximum.
 *
 * Layer: base.  An append that would pass the maximum, or for which there is
 * no memory, sets `overflow` and adds nothing; every later append does nothing
 * too, so a caller checks once at the end.  The bytes are always followed by a
 * NUL that is not counted.
 */
#ifndef PENDEEN_BASE_BUF_H
#define PENDEEN_BASE_BUF_H

#include "base/str.h"

struct buf {
    char *data;
    size_t len;
    size_t capacity;
    size_t maximum;
    bool overflow;
};

void buf_init(struct buf *buf, size_t maximum);
void buf_done(struct buf *buf); /* accepts a zeroed buf */
void buf_clear(struct buf *buf); /* keeps the memory */

/* So long it will be, as far as one can tell: memory for that is taken at once. */
void buf_expect(struct buf *buf, size_t size);
void buf_add(struct buf *buf, struct str s);
void buf_add_c(struct buf *buf, const char *c_string);
void buf_add_char(struct buf *buf, char c);
void buf_add_fmt(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds so many bytes, which whoever calls fills; NULL: there is no room. */
char *buf_add_room(struct buf *buf, size_t size);
/* A decimal number, without printf. */
void buf_add_int(struct buf *buf, int64_t value);
/* For a part of an address: all but letters, digits and -._~ as %XX (RFC 3986, 2.3). */
void buf_add_percent(struct buf *buf, struct str text);

/* What was built so far; valid until the next append. */
static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->data ? buf->data : "", buf->len};
}

#endif
