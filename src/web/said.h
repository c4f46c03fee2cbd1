/*
 * said: what a page says was done, after the form that led to it.
 *
 * Layer: web.  A handler sends on to a page with a code in the address ("saved=fact"); the page
 * has the words for its codes, and views/partials/said.html draws them.  A code that is none of
 * them says nothing.
 */
#ifndef PENDEEN_WEB_SAID_H
#define PENDEEN_WEB_SAID_H

#include "web/route.h"

struct said {
    const char *code;
    const char *words;
};

struct str said_words(struct str code, const struct said *table, size_t count);
#define SAID_WORDS(code, table) said_words((code), (table), sizeof(table) / sizeof *(table))
/* On to a page that says so. */
void respond_said(struct request *request, struct response *response, struct url where,
                  const char *code);

#endif
