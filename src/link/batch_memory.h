/*
 * batch_memory: large pieces of memory that are read here and there.
 *
 * Layer: link, private to the batch engine.  In large pages where there are any, and
 * given back at once when freed, so that what the engine says it needs is what it has.
 * Never NULL; what it holds is unknown.
 */
#ifndef PENDEEN_LINK_BATCH_MEMORY_H
#define PENDEEN_LINK_BATCH_MEMORY_H

#include <stddef.h>

enum { BATCH_LARGE_PAGE = 2 << 20 };

void *batch_memory(size_t bytes);
/* A larger piece with what the old one, which may be NULL, holds; that one is freed. */
void *batch_memory_grown(void *old, size_t old_bytes, size_t bytes);
void batch_memory_free(void *memory); /* accepts NULL */

#endif
