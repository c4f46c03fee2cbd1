/*
 * audit_index: in which lines of the log a tag stands.
 *
 * Layer: store.  Lines are taken by blocks.  When a block is full, each tag that stands in it,
 * of whoever it was or of a record, becomes one row of audit_block; to look a tag up is to read
 * the blocks that have it, and the last one, which is not full yet and has no rows
 * (docs/decisions/0143).
 */
#ifndef PENDEEN_STORE_AUDIT_INDEX_H
#define PENDEEN_STORE_AUDIT_INDEX_H

#include "base/arena.h"
#include "store/audit_log.h"

enum {
    AUDIT_BLOCK_LINES = 128,
    AUDIT_SEARCH_MAX = 2000000, /* lines that are looked at for a tag, the newest */
    AUDIT_INDEX_MIGRATION = 33, /* which made it */
};

/* The block, from 0, of a line, from 1. */
static inline int64_t audit_block_of(int64_t line)
{
    return (line - 1) / AUDIT_BLOCK_LINES;
}

/* Tags that are gathered, SEAL_TAG_SIZE bytes each, with repeats until they are sorted. */
/* bytes, of a block */
enum { AUDIT_TAGS_MAX = AUDIT_BLOCK_LINES * (AUDIT_SUBJECTS_MAX + 1) * SEAL_TAG_SIZE };
/* Those of a line: who it was and the records. */
void audit_tags_add(struct buf *tags, struct str who, struct str subjects);
/* In the order of bytes, each once; borrowed. */
struct str audit_tags_sorted(struct buf *tags);

/* After a line was appended, in the same transaction: writes the block's rows if it is full now. */
enum st audit_index_add(struct db *db, int64_t line, struct err *err) MUST_USE;

/* Lines from the newest on, all or those in which a tag stands. */
struct audit_search {
    struct db *db;
    const uint8_t *tag; /* NULL: all; the caller's, SEAL_TAG_SIZE */
    instant_ms from;    /* included */
    instant_ms until;   /* not included */
    size_t looked_at;   /* for a tag; more than AUDIT_SEARCH_MAX: it ended before the log did */
    /* Private. */
    int64_t *block;
    size_t count;
    size_t next;
    int64_t after; /* the lines that are read now lie between */
    int64_t last;
    int64_t read;
    struct query *query;
    struct err failure;
};
enum st audit_search_begin(struct audit_search *search, struct arena *arena,
                           struct err *err) MUST_USE;
/* False at the end or after a failure.  Texts, and `ret_sealed`, until the next. */
bool audit_search_next(struct audit_search *search, struct audit_line *ret, struct str *ret_sealed);
/* To be called after any beginning that was ST_OK. */
enum st audit_search_end(struct audit_search *search, struct err *err) MUST_USE;

#endif
