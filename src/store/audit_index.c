#include "store/audit_index.h"

#include "store/engine.h"

#include <stdlib.h>

/* --- tags ------------------------------------------------------------------------------- */

/* Of a line that was tampered with, bytes at the end may be no tag: they are left out. */
void audit_tags_add(struct buf *tags, struct str who, struct str subjects)
{
    buf_add(tags, str_sub(who, 0, who.len - who.len % SEAL_TAG_SIZE));
    buf_add(tags, str_sub(subjects, 0, subjects.len - subjects.len % SEAL_TAG_SIZE));
}

static int compare_tags(const void *a, const void *b)
{
    return memcmp(a, b, SEAL_TAG_SIZE);
}

struct str audit_tags_sorted(struct buf *tags)
{
    if (!tags->len) return STR("");
    qsort(tags->data, tags->len / SEAL_TAG_SIZE, SEAL_TAG_SIZE, compare_tags);
    size_t kept = SEAL_TAG_SIZE;
    for (size_t at = SEAL_TAG_SIZE; at < tags->len; at += SEAL_TAG_SIZE) {
        if (memcmp(tags->data + at, tags->data + kept - SEAL_TAG_SIZE, SEAL_TAG_SIZE) == 0)
            continue;
        memmove(tags->data + kept, tags->data + at, SEAL_TAG_SIZE);
        kept += SEAL_TAG_SIZE;
    }
    tags->len = kept;
    return buf_str(tags);
}

/* --- writing ---------------------------------------------------------------------------- */

static enum st gather(struct db *db, int64_t block, struct buf *tags, struct err *err)
{
    struct query *query = db_query(db, Q_AUDIT_TAGS_OF_BLOCK);
    db_bind_int(query, 1, block * AUDIT_BLOCK_LINES);
    db_bind_int(query, 2, (block + 1) * AUDIT_BLOCK_LINES);
    while (db_next(query)) audit_tags_add(tags, db_bytes(query, 0), db_bytes(query, 1));
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && tags->overflow)
        outcome = err_set(err, ST_FAILED, "There is no memory for the index of the log.");
    return outcome;
}

enum st audit_index_add(struct db *db, int64_t line, struct err *err)
{
    if (line % AUDIT_BLOCK_LINES != 0) return ST_OK;
    int64_t block = audit_block_of(line);
    struct buf tags;
    buf_init(&tags, AUDIT_TAGS_MAX);
    enum st outcome = gather(db, block, &tags, err);
    struct str sorted = outcome == ST_OK ? audit_tags_sorted(&tags) : STR("");
    for (size_t at = 0; at < sorted.len && outcome == ST_OK; at += SEAL_TAG_SIZE) {
        struct query *query = db_query(db, Q_AUDIT_BLOCK_ADD);
        db_bind_bytes(query, 1, sorted.ptr + at, SEAL_TAG_SIZE);
        db_bind_int(query, 2, block);
        outcome = db_run_later(query, err);
    }
    buf_done(&tags);
    return outcome;
}

/* --- looking up ------------------------------------------------------------------------- */

/* The block that is not full, and those that have the tag, from the newest on. */
static enum st list_blocks(struct audit_search *search, struct arena *arena, struct err *err)
{
    struct merkle_frontier head;
    enum st outcome = audit_log_head(search->db, &head, err);
    if (outcome != ST_OK) return outcome;
    int64_t open = (int64_t)head.size / AUDIT_BLOCK_LINES;
    search->block = arena_many(arena, (size_t)open + 1, int64_t);
    search->block[search->count++] = open;
    struct query *query = db_query(search->db, Q_AUDIT_BLOCK_OF_TAG);
    db_bind_bytes(query, 1, search->tag, SEAL_TAG_SIZE);
    db_bind_int(query, 2, open);
    while (search->count <= (size_t)open && db_next(query))
        search->block[search->count++] = db_int(query, 0);
    return db_end(query, err);
}

static void begin_lines(struct audit_search *search, int64_t after, int64_t last)
{
    search->after = after;
    search->last = last;
    search->read = 0;
    search->query = db_query(search->db, Q_AUDIT_LINE_BETWEEN);
    db_bind_int(search->query, 1, after);
    db_bind_int(search->query, 2, last);
    db_bind_int(search->query, 3, search->from);
    db_bind_int(search->query, 4, search->until);
    db_bind_int(search->query, 5, AUDIT_WALK_LINES);
}

enum st audit_search_begin(struct audit_search *search, struct arena *arena, struct err *err)
{
    search->block = NULL;
    search->count = search->next = search->looked_at = 0;
    search->read = 0;
    search->query = NULL;
    search->failure = (struct err){0};
    if (search->tag) return list_blocks(search, arena, err);
    begin_lines(search, 0, INT64_MAX);
    return ST_OK;
}

static bool holds(const struct audit_search *search, struct query *query)
{
    struct str tag = str_of((const char *)search->tag, SEAL_TAG_SIZE);
    struct str subjects = db_bytes(query, AUDIT_LINE_SUBJECTS);
    if (str_eq(db_bytes(query, AUDIT_LINE_WHO), tag)) return true;
    for (size_t at = 0; at + SEAL_TAG_SIZE <= subjects.len; at += SEAL_TAG_SIZE)
        if (memcmp(subjects.ptr + at, search->tag, SEAL_TAG_SIZE) == 0) return true;
    return false;
}

static void end_lines(struct audit_search *search)
{
    if (search->query && db_end(search->query, &search->failure) != ST_OK)
        search->count = search->read = 0;
    search->query = NULL;
}

/* Moves to the next line, whatever it is about. */
static bool next_line(struct audit_search *search)
{
    if (search->tag && search->looked_at++ == AUDIT_SEARCH_MAX) return false;
    while (!search->query || !db_next(search->query)) {
        end_lines(search);
        if (search->read == AUDIT_WALK_LINES) { /* there may be more, before the last of these */
            begin_lines(search, search->after, search->last - 1);
            continue;
        }
        if (search->next >= search->count) return false;
        int64_t block = search->block[search->next++];
        begin_lines(search, block * AUDIT_BLOCK_LINES, (block + 1) * AUDIT_BLOCK_LINES);
    }
    search->last = db_int(search->query, 0);
    search->read++;
    return true;
}

bool audit_search_next(struct audit_search *search, struct audit_line *ret, struct str *ret_sealed)
{
    do {
        if (!next_line(search)) return false;
    } while (search->tag && !holds(search, search->query));
    *ret = audit_line_from_row(search->query);
    *ret_sealed = db_bytes(search->query, AUDIT_LINE_SEALED);
    return true;
}

enum st audit_search_end(struct audit_search *search, struct err *err)
{
    end_lines(search);
    if (search->failure.code == ST_OK) return ST_OK;
    if (err) *err = search->failure;
    return search->failure.code;
}
