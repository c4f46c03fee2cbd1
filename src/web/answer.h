/*
 * answer: the head of an answer, line by line.
 *
 * Layer: web.  HTTP/1.1, RFC 9110 and 9112.
 */
#ifndef PENDEEN_WEB_ANSWER_H
#define PENDEEN_WEB_ANSWER_H

#include "base/buf.h"

/* What pages may load and do, as every answer says it, but one that says its own: between the
 * two, further origins of pictures. */
#define ANSWER_POLICY_IMAGES                                                                       \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
#define ANSWER_POLICY_REST                                                                         \
    "; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/* "HTTP/1.1 404 Not Found" */
void answer_first(struct buf *head, int status);
/* One header.  A control character in its value, which could begin a line of its own, ends the
 * program: values are ours, and what came from elsewhere in them is encoded. */
void answer_line(struct buf *head, struct str name, struct str value);
/* The same in pieces: its name, pieces of its value, its end. */
void answer_name(struct buf *head, struct str name);
void answer_value(struct buf *head, struct str piece);
void answer_end(struct buf *head);
void answer_length(struct buf *head, size_t length);
/* Now, to the second. */
void answer_date(struct buf *head);

#endif
