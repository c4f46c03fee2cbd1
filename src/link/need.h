/*
 * need: memory without which a batch cannot go on.
 *
 * Layer: link, private.  What a batch may take is reckoned before it starts, so a refusal
 * is the machine's and ends the program.
 */
#ifndef PENDEEN_LINK_NEED_H
#define PENDEEN_LINK_NEED_H

#include <stdlib.h>

static inline void *need(void *memory)
{
    if (!memory) abort();
    return memory;
}

#endif
