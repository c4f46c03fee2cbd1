/*
 * reopened: pages of records that the same person opens again, kept while nothing changes.
 *
 * Layer: web.  People go back, go through a list, or leave a page on a wall that asks for itself.
 * A page that one session has read is kept, whole and sealed (seal/cover.h), and is sent again to
 * that session alone, while it would be drawn alike to the last letter (domain/kept_for.h): until a
 * commit changes anything, a grant of theirs ends or the minute is over.  Who asks is read from the
 * store each time, as before every page, and each time the line of the log that the first reading
 * wrote is written anew, and is durable before the answer.
 *
 * Kept are pages without a query whose only line is one of scope_note, of REOPENED_PAGE bytes at
 * most, REOPENED_MEMORY in all.  What has been kept when something changed is wiped with the next
 * page that is asked for.  Safe for threads.
 */
#ifndef PENDEEN_WEB_REOPENED_H
#define PENDEEN_WEB_REOPENED_H

#include "base/clock.h"
#include "web/request.h"

enum {
    REOPENED_PAGE = 256 << 10,
    REOPENED_MEMORY = 32 << 20,
    REOPENED_PATH = 80,
    REOPENED_PLACES = 2048
};

struct reopened;
struct reopened_page;

/* NULL: there is no memory. */
struct reopened *reopened_new(void);
void reopened_free(struct reopened *reopened); /* accepts NULL */
/* What a response has held; accepts NULL. */
void reopened_release(struct reopened_page *page);

/* When a page was begun, for reopened_keep. */
struct reopening {
    instant_ms from;
    uint64_t lines;
};

/* The first thing a page does: answers with what is kept, whose line waits to be written down;
 * false: it is to be drawn, which may take long. */
bool reopened_page(struct request *request, struct response *response, struct reopening *ret);
/* How many pages were sent again since the start of the program. */
uint64_t reopened_count(void);
/* The last: has its line written down, and keeps what it has answered if that may be. */
void reopened_keep(struct request *request, struct response *response,
                   const struct reopening *begun);

#endif
