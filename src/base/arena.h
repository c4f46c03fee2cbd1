/*
 * arena: memory that is freed all at once.
 *
 * Layer: base.  Three lifetimes use it: the app's (never reset), a request's
 * (reset when the reply is sent) and scratch (mark, use, reset to the mark).
 * An arena has a maximum; going past it ends in the arena's failure jump if one
 * is set.  Where none is, nobody could answer with an error: then the arena goes
 * past its maximum, so that what data holds does not take the program down, and
 * only 1 GiB, or the system running out of memory, aborts (docs/decisions/0165).
 * So nothing that allocates from an arena returns NULL, and a request that would
 * need too much is answered with an error.
 *
 * Not safe for two threads at once.
 */
#ifndef PENDEEN_BASE_ARENA_H
#define PENDEEN_BASE_ARENA_H

#include <setjmp.h>
#include <stddef.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *chunk; /* the newest one */
    size_t used;               /* bytes handed out, over all chunks */
    size_t maximum;            /* `used` does not pass this where there is a way out */
    jmp_buf *on_failure;       /* where to go when it would; NULL: nowhere */
};

struct arena_mark {
    struct arena_chunk *chunk;
    size_t chunk_used;
    size_t used;
};

/* Storage is the caller's; nothing is allocated until first use. */
void arena_init(struct arena *arena, size_t maximum);
/* Frees everything; the arena may be used again. Accepts a zeroed arena. */
void arena_done(struct arena *arena);

/* Zeroed, aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull, malloc));
/* count * size, checked for overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size)
    __attribute__((returns_nonnull, malloc));
/* The same, but not cleared: for whoever fills it before anybody reads it. */
void *arena_bytes(struct arena *arena, size_t size) __attribute__((returns_nonnull, malloc));
/* Of what was allocated last no more than `size` bytes are kept. */
void arena_cut(struct arena *arena, const void *last, size_t size);
#define arena_new(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define arena_many(arena, count, type)  ((type *)arena_array((arena), (count), sizeof(type)))

/* A list with room for one more than `count`: itself, or a copy with twice the room (that begins
 * with it, zeroed).  `list` may be NULL while `*room` is 0. */
void *arena_longer(struct arena *arena, void *list, size_t count, size_t *room, size_t size)
    __attribute__((returns_nonnull));
#define arena_room(arena, list, count, room)                                                       \
    ((list) = arena_longer((arena), (list), (count), (room), sizeof *(list)))

struct arena_mark arena_mark(const struct arena *arena);
/* What was allocated since the mark is gone. */
void arena_reset(struct arena *arena, struct arena_mark mark);

#endif
