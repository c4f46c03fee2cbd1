#include "domain/audit_check.h"

#include "base/arena.h"
#include "store/audit_index.h"
#include "store/migration.h"

#include <stdarg.h>
#include <stdlib.h>

struct audit_checker {
    const struct checkpoint_key *key;
    /* Of the hashes as they are kept, and as they come out of the lines: when one line or
     * one hash was changed, the other of the two still holds to the checkpoints. */
    struct merkle_frontier kept;
    struct merkle_frontier made;
    int64_t last; /* the number of the line before */
    struct checkpoint *checkpoint;
    size_t checkpoint_count;
    size_t checkpoint_capacity;
    bool sorted;
    size_t next;        /* the first checkpoint of more lines than there were yet */
    uint64_t good_size; /* of the last checkpoint that held */
    size_t found_before_good;
    struct audit_report report;
};

void audit_checker_add(struct audit_checker *checker, int64_t line, const char *format, ...)
{
    struct audit_report *report = &checker->report;
    report->found++;
    if (report->finding_count == AUDIT_FINDINGS_MAX) return;
    struct audit_finding *finding = &report->finding[report->finding_count++];
    finding->line = line;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding->words, sizeof finding->words, format, arguments);
    va_end(arguments);
}

static uint64_t audit_checker_lines(const struct audit_checker *checker)
{
    return checker->kept.size;
}

static void keep_checkpoint(struct audit_checker *checker, const struct checkpoint *checkpoint)
{
    if (checker->checkpoint_count == AUDIT_CHECKPOINTS_MAX) return;
    if (checker->checkpoint_count == checker->checkpoint_capacity) {
        checker->checkpoint_capacity =
            checker->checkpoint_capacity ? 2 * checker->checkpoint_capacity : 16;
        checker->checkpoint = reallocarray(checker->checkpoint, checker->checkpoint_capacity,
                                           sizeof *checker->checkpoint);
        if (!checker->checkpoint) abort();
    }
    checker->checkpoint[checker->checkpoint_count++] = *checkpoint;
    checker->sorted = false;
}

enum st audit_checker_new(const struct audit_check *check, struct audit_checker **ret,
                          struct err *err)
{
    struct audit_checker *checker = calloc(1, sizeof *checker);
    if (!checker) abort();
    checker->key = check->key;
    enum st outcome = ST_OK;
    if (check->note.len) {
        struct checkpoint checkpoint;
        outcome = check->key ? checkpoint_verify(check->note, check->key, &checkpoint, err)
                             : checkpoint_read(check->note, &checkpoint, err);
        if (outcome == ST_OK) keep_checkpoint(checker, &checkpoint);
    }
    if (outcome == ST_OK)
        *ret = checker;
    else
        audit_checker_free(checker);
    return outcome;
}

void audit_checker_free(struct audit_checker *checker)
{
    if (!checker) return;
    free(checker->checkpoint);
    free(checker);
}

void audit_checker_note(struct audit_checker *checker, uint64_t size, struct str note)
{
    struct checkpoint checkpoint;
    struct err err = {0};
    enum st outcome = checker->key ? checkpoint_verify(note, checker->key, &checkpoint, &err)
                                   : checkpoint_read(note, &checkpoint, &err);
    if (outcome != ST_OK)
        audit_checker_add(checker, 0, "The checkpoint that is kept for line %llu was changed: %s",
                          (unsigned long long)size, err.public);
    else if (checkpoint.size != size)
        audit_checker_add(checker, 0,
                          "The checkpoint that is kept for line %llu is one for line %llu.",
                          (unsigned long long)size, (unsigned long long)checkpoint.size);
    else
        keep_checkpoint(checker, &checkpoint);
}

/* --- checkpoints that the lines have come to ------------------------------------------ */

static int compare_checkpoints(const void *a, const void *b)
{
    const struct checkpoint *left = a;
    const struct checkpoint *right = b;
    return (left->size > right->size) - (left->size < right->size);
}

static bool holds(const struct audit_checker *checker, const struct checkpoint *checkpoint)
{
    struct merkle_hash kept;
    struct merkle_hash made;
    merkle_root(&checker->kept, &kept);
    merkle_root(&checker->made, &made);
    return merkle_equal(&kept, &checkpoint->root) || merkle_equal(&made, &checkpoint->root);
}

/* Each checkpoint of exactly as many lines as there are by now. */
static void meet_checkpoints(struct audit_checker *checker)
{
    if (!checker->sorted && checker->checkpoint_count)
        qsort(checker->checkpoint, checker->checkpoint_count, sizeof *checker->checkpoint,
              compare_checkpoints);
    checker->sorted = true;
    while (checker->next < checker->checkpoint_count &&
           checker->checkpoint[checker->next].size == checker->kept.size) {
        const struct checkpoint *checkpoint = &checker->checkpoint[checker->next++];
        if (holds(checker, checkpoint)) {
            checker->report.checkpoints++;
            checker->good_size = checkpoint->size;
            checker->found_before_good = checker->report.found;
        } else if (checker->report.found == checker->found_before_good) {
            audit_checker_add(
                checker, (int64_t)checker->good_size + 1,
                "Lines %llu to %llu are not those that were signed: something among "
                "them was rewritten together with its hash, or they are of another log.",
                (unsigned long long)checker->good_size + 1, (unsigned long long)checkpoint->size);
        }
    }
}

void audit_checker_line(struct audit_checker *checker, const struct audit_line *line)
{
    if (checker->kept.size == 0) meet_checkpoints(checker);
    int64_t wanted = checker->last + 1;
    if (line->number > wanted + 1)
        audit_checker_add(checker, wanted, "Lines %lld to %lld are missing.", (long long)wanted,
                          (long long)line->number - 1);
    else if (line->number == wanted + 1)
        audit_checker_add(checker, wanted, "Line %lld is missing.", (long long)wanted);
    else if (line->number < wanted)
        audit_checker_add(checker, line->number,
                          "Line %lld stands after line %lld: out of order, or twice.",
                          (long long)line->number, (long long)checker->last);
    struct merkle_hash hash;
    audit_leaf_hash(line, &hash);
    if (!merkle_equal(&hash, &line->leaf))
        audit_checker_add(checker, line->number, "Line %lld was changed: it does not fit its hash.",
                          (long long)line->number);
    merkle_append(&checker->kept, &line->leaf);
    merkle_append(&checker->made, &hash);
    checker->last = line->number;
    meet_checkpoints(checker);
}

void audit_checker_end(struct audit_checker *checker, const struct merkle_hash *root, uint64_t size,
                       struct audit_report *ret)
{
    struct audit_report *report = &checker->report;
    if (checker->kept.size == 0) meet_checkpoints(checker);
    uint64_t last = checker->last > 0 ? (uint64_t)checker->last : 0;
    merkle_root(&checker->kept, &report->root);
    report->size = checker->kept.size;
    if (root && size > last)
        audit_checker_add(
            checker, (int64_t)last + 1,
            "The log ends at line %llu, and says that it has %llu: the end was cut off.",
            (unsigned long long)last, (unsigned long long)size);
    else if (root && size < last)
        audit_checker_add(
            checker, (int64_t)size + 1,
            "The log has %llu lines, and says that it has %llu: lines were added, or its "
            "head was changed.",
            (unsigned long long)last, (unsigned long long)size);
    else if (root && !merkle_equal(root, &report->root) && report->found == 0)
        audit_checker_add(checker, (int64_t)size,
                          "The head of the log (%llu lines) does not fit its lines.",
                          (unsigned long long)size);
    if (checker->next < checker->checkpoint_count) {
        uint64_t signed_size = checker->checkpoint[checker->checkpoint_count - 1].size;
        audit_checker_add(
            checker, (int64_t)report->size + 1,
            "%llu lines were signed and %llu are here: the end was cut off, or this is "
            "an older copy.",
            (unsigned long long)signed_size, (unsigned long long)report->size);
    }
    *ret = *report;
}

/* --- a database ----------------------------------------------------------------------------- */

/* The rows of audit_block, read beside the lines, in the order of blocks and tags. */
struct index_cursor {
    struct query *query;
    bool there;
    int64_t block; /* of the lines at hand */
    int64_t last;  /* of them */
    struct buf tags;
};

static void cursor_next(struct index_cursor *cursor)
{
    cursor->there = db_next(cursor->query);
}

/* Are the tags, sorted, the rows that there are of the block?  Moves behind them. */
static bool holds_rows(struct index_cursor *cursor, struct str tags)
{
    bool good = true;
    for (; cursor->there && db_int(cursor->query, 0) < cursor->block; cursor_next(cursor))
        good = false;
    for (size_t at = 0; at < tags.len; at += SEAL_TAG_SIZE) {
        bool same = cursor->there && db_int(cursor->query, 0) == cursor->block &&
                    str_eq(db_bytes(cursor->query, 1), str_sub(tags, at, SEAL_TAG_SIZE));
        if (same)
            cursor_next(cursor);
        else
            good = false;
    }
    for (; cursor->there && db_int(cursor->query, 0) == cursor->block; cursor_next(cursor))
        good = false;
    return good;
}

/* All lines of the block at hand were there: it has rows if it is full. */
static void check_block(struct audit_checker *checker, struct index_cursor *cursor)
{
    bool full = cursor->last == (cursor->block + 1) * AUDIT_BLOCK_LINES;
    if (!holds_rows(cursor, full ? audit_tags_sorted(&cursor->tags) : STR("")))
        audit_checker_add(
            checker, cursor->block * AUDIT_BLOCK_LINES + 1,
            "The index was changed for lines %lld to %lld: a look-up would miss some of them.",
            (long long)cursor->block * AUDIT_BLOCK_LINES + 1,
            (long long)(cursor->block + 1) * AUDIT_BLOCK_LINES);
    buf_clear(&cursor->tags);
}

static void check_notes(struct audit_checker *checker, struct db *db)
{
    struct err err = {0};
    struct query *query = db_query(db, Q_AUDIT_CHECKPOINT_ALL);
    while (db_next(query))
        audit_checker_note(checker, (uint64_t)db_int(query, 0), db_text(query, 1));
    if (db_end(query, &err) != ST_OK)
        audit_checker_add(checker, 0, "The checkpoints of the database cannot be read: %s",
                          err.detail);
}

bool audit_line_is_ours(struct db *db, struct keyring *keys, struct query *query)
{
    struct arena arena;
    struct err err = {0};
    arena_init(&arena, 1 << 20);
    struct audit_opened *opened = arena_new(&arena, struct audit_opened);
    enum st outcome = audit_line_open(db, keys, &arena, db_int(query, 0), db_int(query, 8),
                                      db_bytes(query, AUDIT_LINE_SEALED), opened, &err);
    arena_done(&arena);
    return outcome == ST_OK || outcome == ST_NOT_FOUND;
}

static void cursor_begin(struct index_cursor *cursor, struct db *db)
{
    *cursor = (struct index_cursor){.query = db_query(db, Q_AUDIT_BLOCK_ALL)};
    buf_init(&cursor->tags, AUDIT_TAGS_MAX);
    cursor_next(cursor);
}

static void cursor_take(struct audit_checker *checker, struct index_cursor *cursor,
                        const struct audit_line *line)
{
    if (audit_block_of(line->number) != cursor->block) {
        check_block(checker, cursor);
        cursor->block = audit_block_of(line->number);
    }
    audit_tags_add(&cursor->tags, line->who, line->subjects);
    cursor->last = line->number;
}

static void cursor_end(struct audit_checker *checker, struct index_cursor *cursor)
{
    struct err err = {0};
    check_block(checker, cursor);
    if (cursor->there)
        audit_checker_add(checker, db_int(cursor->query, 0) * AUDIT_BLOCK_LINES + 1,
                          "The index names lines after line %lld, which are not there.",
                          (long long)db_int(cursor->query, 0) * AUDIT_BLOCK_LINES);
    buf_done(&cursor->tags);
    if (db_end(cursor->query, &err) != ST_OK)
        audit_checker_add(checker, 0, "The index cannot be read: %s", err.detail);
}

static void check_lines(struct audit_checker *checker, struct db *db, struct keyring *keys)
{
    struct err err = {0};
    struct index_cursor cursor;
    bool has_index = migration_is_applied(db, AUDIT_INDEX_MIGRATION);
    checker->report.has_no_index = !has_index;
    if (has_index) cursor_begin(&cursor, db);
    struct audit_walk walk = {.db = db, .after = INT64_MIN};
    while (audit_walk_next(&walk)) {
        struct audit_line line = audit_line_from_row(walk.query);
        audit_checker_line(checker, &line);
        if (has_index) cursor_take(checker, &cursor, &line);
        if (keys && !audit_line_is_ours(db, keys, walk.query))
            audit_checker_add(
                checker, line.number,
                "Line %lld was not written by this program: what is sealed in it does "
                "not open.",
                (long long)line.number);
    }
    if (has_index) cursor_end(checker, &cursor);
    if (audit_walk_end(&walk, &err) != ST_OK)
        audit_checker_add(checker, (int64_t)audit_checker_lines(checker) + 1,
                          "The database cannot be read after line %llu: %s",
                          (unsigned long long)audit_checker_lines(checker), err.detail);
}

enum st audit_check_store(struct store *store, const struct audit_check *check,
                          struct audit_report *ret, struct err *err)
{
    struct audit_checker *checker = NULL;
    enum st outcome = audit_checker_new(check, &checker, err);
    if (outcome != ST_OK) return outcome;
    struct db *db = store_read_begin(store, err);
    if (db) outcome = store_read_hold(db, err);
    if (!db || outcome != ST_OK) {
        store_read_end(store, db);
        audit_checker_free(checker);
        return ST_FAILED;
    }
    check_notes(checker, db);
    check_lines(checker, db, check->keys);
    struct merkle_frontier head;
    struct merkle_hash root;
    struct err why = {0};
    bool has_head = audit_log_head(db, &head, &why) == ST_OK;
    if (has_head)
        merkle_root(&head, &root);
    else
        audit_checker_add(checker, (int64_t)audit_checker_lines(checker), "%s", why.public);
    audit_checker_end(checker, has_head ? &root : NULL, has_head ? head.size : 0, ret);
    store_read_release(db);
    store_read_end(store, db);
    audit_checker_free(checker);
    return ST_OK;
}
