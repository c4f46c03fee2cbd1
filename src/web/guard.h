/*
 * guard: reads the head of a request and the frame of its body, strictly.
 *
 * Layer: web.  Pure: bytes in, a verdict out; no I/O, no memory of its own.  What RFC
 * 9110, 9112 and 3986 leave ambiguous, obsolete or to the kindness of the reader is
 * refused, since two programs that guess differently can be played against each other
 * (request smuggling).  Stricter than the RFCs on purpose: no absolute-form, no empty
 * lines before a request, no body on GET, no trailers, no chunk extensions, no raw
 * byte above 126 but in cookies, which other programs of the same host may have set.
 */
#ifndef PENDEEN_WEB_GUARD_H
#define PENDEEN_WEB_GUARD_H

#include "base/str.h"

enum guard_verdict {
    GUARD_MORE,    /* nothing wrong so far */
    GUARD_WHOLE,   /* all of it is there, and good */
    GUARD_REFUSED, /* answer with the refusal and close the connection */
};

/* Why; `words` is a sentence for whoever sent it, and lives as long as the program. */
struct guard_refusal {
    int status; /* 400, 405, 411, 414, 417, 431 */
    const char *words;
    struct str target; /* of a 405: for what; into the bytes that were given */
};

/* What the head says; its views point into the bytes that were given. */
struct guard_head {
    size_t size; /* of the head with its empty line */
    struct str method;
    struct str target;
    struct str host;
    int64_t length; /* of the body that follows; 0: none */
    bool chunked;   /* then the length is not known */
    bool http11;    /* else 1.0 */
    bool closes;    /* the sender asked for no further request */
};

/* How far a head was looked at; begin with zeros. */
struct guard_progress {
    size_t seen;
    bool line_is_good;
};

/* `bytes` is all that came so far of one request, from its first byte; call again with
 * more after GUARD_MORE.  A head longer than LIMIT_HEAD_BYTES is refused. */
enum guard_verdict guard_head(struct guard_progress *progress, struct str bytes,
                              struct guard_head *ret, struct guard_refusal *ret_why);

/* A chunked body on its way; begin with zeros. */
struct guard_chunks {
    int state;
    int digits;
    uint64_t left; /* bytes of data that still belong to this chunk */
    bool last;
};

/* Looks at the next bytes; *ret_used of them belong to the body.  GUARD_MORE: all do, and
 * more follow.  What the chunks hold of them, *ret_data bytes, is put into `into`, which has
 * room for all and may be where they are. */
enum guard_verdict guard_chunks(struct guard_chunks *chunks, struct str bytes, char *into,
                                size_t *ret_data, size_t *ret_used, struct guard_refusal *ret_why);

#endif
