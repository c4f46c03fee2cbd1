#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under the address sanitiser nothing but what was handed out may be touched: each piece has a
 * gap behind it, and what is left over or was given back is closed. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#define CLOSE(at, size) ASAN_POISON_MEMORY_REGION((at), (size))
#define OPEN(at, size)  ASAN_UNPOISON_MEMORY_REGION((at), (size))
#else
enum { GAP = 0 };
#define CLOSE(at, size) ((void)0)
#define OPEN(at, size)  ((void)0)
#endif

enum { ALIGN = 16, FIRST_CHUNK = 16 * 1024, LARGEST_STEP = 1024 * 1024 };

/* What an arena without a way out may come to. */
static const size_t last_maximum = (size_t)1 << 30;

struct arena_chunk {
    struct arena_chunk *previous;
    size_t size; /* bytes after this header */
    size_t used;
    size_t unused_alignment;
};

void arena_init(struct arena *arena, size_t maximum)
{
    *arena = (struct arena){.maximum = maximum};
}

void arena_done(struct arena *arena)
{
    for (struct arena_chunk *chunk = arena->chunk; chunk;) {
        struct arena_chunk *previous = chunk->previous;
        free(chunk);
        chunk = previous;
    }
    arena->chunk = NULL;
    arena->used = 0;
}

static void fail(struct arena *arena)
{
    if (arena->on_failure) longjmp(*arena->on_failure, 1);
    fputs("pendeen: out of memory\n", stderr);
    abort();
}

/* Whoever cannot leave is not ended for what data holds (docs/decisions/0165). */
static size_t maximum_of(const struct arena *arena)
{
    return arena->on_failure || arena->maximum > last_maximum ? arena->maximum : last_maximum;
}

static void grow(struct arena *arena, size_t size)
{
    size_t wanted = arena->chunk ? arena->chunk->size * 2 : FIRST_CHUNK;
    if (wanted > LARGEST_STEP) wanted = LARGEST_STEP;
    if (wanted < size) wanted = size;
    struct arena_chunk *chunk = malloc(sizeof *chunk + wanted);
    if (!chunk) fail(arena);
    *chunk = (struct arena_chunk){.previous = arena->chunk, .size = wanted};
    CLOSE(chunk + 1, wanted);
    arena->chunk = chunk;
}

static size_t aligned(size_t size)
{
    return (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

void *arena_bytes(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGN - GAP) fail(arena);
    size_t taken = aligned(size);
    size_t maximum = maximum_of(arena);
    if (arena->used > maximum || taken > maximum - arena->used) fail(arena);
    if (!arena->chunk || arena->chunk->size - arena->chunk->used < taken + GAP)
        grow(arena, taken + GAP);
    char *at = (char *)(arena->chunk + 1) + arena->chunk->used;
    arena->chunk->used += taken + GAP;
    arena->used += taken;
    OPEN(at, size);
    return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(arena_bytes(arena, size), 0, size);
}

void arena_cut(struct arena *arena, const void *last, size_t size)
{
    struct arena_chunk *chunk = arena->chunk;
    size_t begin = (size_t)((const char *)last - (const char *)(chunk + 1));
    size_t end = begin + aligned(size) + GAP;
    assert(begin <= chunk->used && end <= chunk->used);
    CLOSE((const char *)last + size, chunk->used - begin - size);
    arena->used -= chunk->used - end;
    chunk->used = end;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) fail(arena);
    return arena_alloc(arena, bytes);
}

void *arena_longer(struct arena *arena, void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room) return list;
    *room = *room ? *room * 2 : 8;
    void *longer = arena_array(arena, *room, size);
    if (count) memcpy(longer, list, count * size);
    return longer;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){arena->chunk, arena->chunk ? arena->chunk->used : 0, arena->used};
}

void arena_reset(struct arena *arena, struct arena_mark mark)
{
    while (arena->chunk != mark.chunk) {
        struct arena_chunk *previous = arena->chunk->previous;
        free(arena->chunk);
        arena->chunk = previous;
    }
    if (arena->chunk) {
        CLOSE((char *)(arena->chunk + 1) + mark.chunk_used, arena->chunk->size - mark.chunk_used);
        arena->chunk->used = mark.chunk_used;
    }
    arena->used = mark.used;
}
