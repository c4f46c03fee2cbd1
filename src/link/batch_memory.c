#include "link/batch_memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LARGE_PAGE = BATCH_LARGE_PAGE, PAGE = 4096, HEAD = 64 };

/* Stands in the line before the piece. */
struct head {
    size_t mapped; /* bytes of the mapping that begins here, or 0: it is malloc's */
};

static size_t rounded(size_t bytes, size_t to)
{
    return (bytes + to - 1) / to * to;
}

/* What is as long as whole large pages the kernel lets begin with one; then the end is given
 * back, for a large page there would be used to a part of it alone. */
static char *map_large(size_t bytes)
{
    size_t whole = rounded(bytes, LARGE_PAGE);
    char *start = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) abort();
    if (whole > bytes) (void)munmap(start + bytes, whole - bytes);
    (void)madvise(start, bytes, MADV_HUGEPAGE); /* where there are none, small ones do */
    return start;
}

void *batch_memory(size_t bytes)
{
    bool large = bytes + HEAD >= LARGE_PAGE;
    bytes = rounded(bytes + HEAD, large ? PAGE : HEAD);
    char *start = large ? map_large(bytes) : aligned_alloc(HEAD, bytes);
    if (!start) abort();
    ((struct head *)(void *)start)->mapped = large ? bytes : 0;
    return start + HEAD;
}

void *batch_memory_grown(void *old, size_t old_bytes, size_t bytes)
{
    void *new = batch_memory(bytes);
    if (old) memcpy(new, old, old_bytes);
    batch_memory_free(old);
    return new;
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
