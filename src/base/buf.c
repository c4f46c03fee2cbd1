#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *buf, size_t maximum)
{
    *buf = (struct buf){.maximum = maximum};
}

void buf_done(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){.maximum = buf->maximum};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
    if (buf->data) buf->data[0] = '\0';
}

/* Never more than the maximum and a NUL: what fits into it is within the maximum. */
__attribute__((noinline, cold)) static bool grow(struct buf *buf, size_t more)
{
    if (buf->overflow) return false;
    if (more > buf->maximum || buf->len > buf->maximum - more) {
        buf->overflow = true;
        return false;
    }
    size_t capacity = buf->capacity ? buf->capacity * 2 : 256;
    if (capacity < buf->len + more + 1) capacity = buf->len + more + 1;
    if (capacity - 1 > buf->maximum) capacity = buf->maximum + 1;
    char *data = realloc(buf->data, capacity);
    if (!data) {
        buf->overflow = true;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

/* Room for `more` bytes and a NUL; false and sticky overflow when there is none. */
static inline bool reserve(struct buf *buf, size_t more)
{
    return (more < buf->capacity - buf->len && !buf->overflow) || grow(buf, more);
}

void buf_expect(struct buf *buf, size_t size)
{
    if (size > buf->maximum) size = buf->maximum;
    if (buf->len < size) (void)reserve(buf, size - buf->len);
}

void buf_add(struct buf *buf, struct str s)
{
    if (s.len == 0 || !reserve(buf, s.len)) return;
    memcpy(buf->data + buf->len, s.ptr, s.len);
    buf->len += s.len;
    buf->data[buf->len] = '\0';
}

char *buf_add_room(struct buf *buf, size_t size)
{
    if (!reserve(buf, size)) return NULL;
    char *room = buf->data + buf->len;
    buf->len += size;
    buf->data[buf->len] = '\0';
    return room;
}

void buf_add_c(struct buf *buf, const char *c_string)
{
    buf_add(buf, str_from(c_string));
}

void buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, (struct str){&c, 1});
}

/* Into the room that there is; what is longer is written once more. */
void buf_add_fmt(struct buf *buf, const char *format, ...)
{
    va_list args;
    size_t room = buf->overflow ? 0 : buf->capacity - buf->len;
    va_start(args, format);
    int need = vsnprintf(room ? buf->data + buf->len : NULL, room, format, args);
    va_end(args);
    if (need < 0 || !reserve(buf, (size_t)need)) {
        if (room) buf->data[buf->len] = '\0';
        return;
    }
    if ((size_t)need >= room) {
        va_start(args, format);
        vsnprintf(buf->data + buf->len, (size_t)need + 1, format, args);
        va_end(args);
    }
    buf->len += (size_t)need;
}

void buf_add_int(struct buf *buf, int64_t value)
{
    char digits[STR_INT_SIZE];
    buf_add(buf, str_from_int(value, digits));
}

void buf_add_percent(struct buf *out, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            buf_add_char(out, (char)c);
        } else {
            buf_add_char(out, '%');
            buf_add_char(out, digits[c >> 4]);
            buf_add_char(out, digits[c & 15]);
        }
    }
}
