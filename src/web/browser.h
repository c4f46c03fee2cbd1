/*
 * browser: which browser it is, in the words that its owner would use.
 *
 * Layer: web.  For the list of one's own sessions alone; nothing is decided by it.
 */
#ifndef PENDEEN_WEB_BROWSER_H
#define PENDEEN_WEB_BROWSER_H

#include "base/str.h"

/* "Firefox on Windows" out of a User-Agent header; "A browser" when it says nothing. */
struct str browser_words(struct arena *arena, struct str user_agent);

#endif
