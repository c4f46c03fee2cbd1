#include "link/batch_memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { LARGE_PAGE = 2 << 20, HEAD = 64 };

/* Stands in the line before the piece. */
struct head {
    size_t mapped; /* bytes of the mapping that begins here, or 0: it is malloc's */
};

void *batch_memory(size_t bytes)
{
    char *start;
    bytes += HEAD;
    bool large = bytes >= LARGE_PAGE;
    if (large) {
        start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED) abort();
        (void)madvise(start, bytes, MADV_HUGEPAGE); /* where there are none, small ones do */
    } else {
        start = aligned_alloc(HEAD, (bytes + HEAD - 1) / HEAD * HEAD);
        if (!start) abort();
    }
    ((struct head *)(void *)start)->mapped = large ? bytes : 0;
    return start + HEAD;
}

void batch_memory_free(void *memory)
{
    if (!memory) return;
    char *start = (char *)memory - HEAD;
    size_t mapped = ((struct head *)(void *)start)->mapped;
    if (mapped)
        munmap(start, mapped);
    else
        free(start);
}
