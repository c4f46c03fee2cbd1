/*
 * limits: every size, count and time that HTTP is held to, in one place.
 *
 * Layer: web.  docs/OPERATIONS.md tells an operator what each means.
 */
#ifndef PENDEEN_WEB_LIMITS_H
#define PENDEEN_WEB_LIMITS_H

enum {
    /* What a request may be, before any page sees it. */
    LIMIT_HEAD_BYTES = 12 << 10,   /* request line and headers; more is 431 */
    LIMIT_TARGET_BYTES = 8 << 10,  /* path and query; more is 414 */
    LIMIT_QUERY_FIELDS = 100,      /* more is 414 */
    LIMIT_LINE_BYTES = 4 << 10,    /* one header; more is 431 */
    LIMIT_HEADERS = 60,            /* more is 431 */
    LIMIT_COOKIES = 50,            /* more is 431 */
    LIMIT_HOST_BYTES = 255,
    LIMIT_LENGTH_DIGITS = 15,      /* of Content-Length */

    /* How long it may take, in seconds, however busily it trickles. */
    LIMIT_HEAD_SECONDS = 10,       /* from its first byte to its last; TLS greetings too */
    LIMIT_IDLE_SECONDS = 30,       /* between two requests */
    LIMIT_BODY_SECONDS = 30,       /* and one more for every LIMIT_BYTES_PER_SECOND that came */
    LIMIT_ANSWER_SECONDS = 300,    /* until the answer begins */
    LIMIT_SEND_SECONDS = 30,       /* and one more for every LIMIT_BYTES_PER_SECOND */
    LIMIT_BYTES_PER_SECOND = 32 << 10,
    LIMIT_LINGER_SECONDS = 2,      /* after a refusal, so that it is read */
    LIMIT_DRAIN_SECONDS = 30,      /* from SIGTERM to the end, at most */
    LIMIT_DRAIN_IDLE_MS = 1000,    /* how long a quiet connection may still ask then */

    /* How many. */
    LIMIT_CONNECTIONS = 1024,
    LIMIT_ADDRESS_CONNECTIONS = 256, /* from one address; IPv6: from one /64 */
    LIMIT_WAITING = 32,              /* answers that wait for another machine */

    /* Memory. */
    LIMIT_REQUEST_MEMORY = 192 << 20, /* the most that one request's arena may hold */
    LIMIT_BODY_SMALL = 64 << 10,      /* of each body, which is always there */
    LIMIT_BODIES_MEMORY = 192 << 20,  /* what all bodies have beyond that together */
    LIMIT_BODIES_OF_ONE = 64 << 20,   /* of that, those from one address, or of one account */
    LIMIT_RESPONSE_BYTES = 64 << 20,
    LIMIT_ANSWER_HEAD = 64 << 10,

    /* Threads. */
    LIMIT_PAGE_THREADS = 16, /* they wait for the disk: those that share are written together */
};

#endif
