#include "domain/audit_export.h"

#include "base/arena.h"

#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>

static const char format_name[] = "pendeen audit export 1";

/* --- writing ------------------------------------------------------------------------- */

static json_t *text_of(struct str text)
{
    json_t *made = json_stringn(text.ptr, text.len);
    return made ? made : json_string("(not text)"); /* a line that was tampered with */
}

static json_t *hex_of(struct arena *arena, struct str bytes)
{
    char *hex = arena_alloc(arena, bytes.len * 2 + 1);
    sodium_bin2hex(hex, bytes.len * 2 + 1, (const uint8_t *)bytes.ptr, bytes.len);
    return json_string(hex);
}

static json_t *hash_of(struct arena *arena, const struct merkle_hash *hash)
{
    return hex_of(arena, str_of((const char *)hash->bytes, MERKLE_HASH_SIZE));
}

static json_t *tags_of(struct arena *arena, struct str tags)
{
    json_t *list = json_array();
    for (size_t at = 0; at < tags.len; at += SEAL_TAG_SIZE)
        json_array_append_new(list, hex_of(arena, str_sub(tags, at, SEAL_TAG_SIZE)));
    return list;
}

/* Takes the object. */
static bool put_line(FILE *out, json_t *object)
{
    bool good = object && json_dumpf(object, out, JSON_COMPACT | JSON_PRESERVE_ORDER) == 0 &&
                fputc('\n', out) != EOF;
    json_decref(object);
    return good;
}

static json_t *line_object(struct arena *arena, const struct audit_line *line)
{
    json_t *object = json_object();
    json_object_set_new(object, "line", json_integer(line->number));
    json_object_set_new(object, "at", json_integer(line->at));
    json_object_set_new(object, "kind", text_of(line->kind));
    json_object_set_new(object, "action", text_of(line->action));
    json_object_set_new(object, "outcome", text_of(line->outcome));
    json_object_set_new(object, "reason", text_of(line->reason));
    json_object_set_new(object, "who", hex_of(arena, line->who));
    json_object_set_new(object, "records", tags_of(arena, line->subjects));
    json_object_set_new(object, "key", json_integer(line->key_id));
    json_object_set_new(object, "sealed", hash_of(arena, &line->sealed_hash));
    json_object_set_new(object, "leaf", hash_of(arena, &line->leaf));
    return object;
}

static bool put_lines(struct db *db, FILE *out, enum st *ret_outcome, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct audit_walk walk = {.db = db, .after = INT64_MIN};
    bool good = true;
    while (good && audit_walk_next(&walk)) {
        struct audit_line line = audit_line_from_row(walk.query);
        good = put_line(out, line_object(&arena, &line));
        arena_reset(&arena, (struct arena_mark){0});
    }
    *ret_outcome = audit_walk_end(&walk, err);
    arena_done(&arena);
    return good;
}

static bool put_note(FILE *out, uint64_t size, struct str note)
{
    json_t *object = json_object();
    json_object_set_new(object, "size", json_integer((json_int_t)size));
    json_object_set_new(object, "checkpoint", text_of(note));
    return put_line(out, object);
}

static bool put_notes(struct db *db, const struct merkle_frontier *head,
                      const struct checkpoint_signer *signer, FILE *out, enum st *ret_outcome,
                      struct err *err)
{
    struct query *query = db_query(db, Q_AUDIT_CHECKPOINT_ALL);
    bool good = true;
    while (good && db_next(query))
        good = put_note(out, (uint64_t)db_int(query, 0), db_text(query, 1));
    *ret_outcome = db_end(query, err);
    if (!good || !signer) return good;
    struct checkpoint now = {.size = head->size};
    struct buf note;
    buf_init(&note, CHECKPOINT_NOTE_MAX);
    memcpy(now.origin, signer->key.name, sizeof now.origin);
    merkle_root(head, &now.root);
    checkpoint_write(&now, signer, &note);
    good = put_note(out, now.size, buf_str(&note));
    buf_done(&note);
    return good;
}

static bool put_head(FILE *out, const struct merkle_frontier *head,
                     const struct checkpoint_signer *signer)
{
    struct merkle_hash root;
    struct buf text;
    json_t *object = json_object();
    buf_init(&text, 1000);
    merkle_root(head, &root);
    checkpoint_hash_write(&root, &text);
    json_object_set_new(object, "format", json_string(format_name));
    json_object_set_new(object, "size", json_integer((json_int_t)head->size));
    json_object_set_new(object, "root", json_string(text.data));
    if (signer) {
        buf_clear(&text);
        checkpoint_key_write(&signer->key, &text);
        json_object_set_new(object, "key", json_string(text.data));
    }
    buf_done(&text);
    return put_line(out, object);
}

enum st audit_export_write(struct store *store, const struct checkpoint_signer *signer, FILE *out,
                           struct err *err)
{
    struct db *db = store_read_begin(store, err);
    if (!db) return ST_FAILED;
    struct merkle_frontier head;
    enum st outcome = store_read_hold(db, err);
    if (outcome == ST_OK) outcome = audit_log_head(db, &head, err);
    bool good = outcome != ST_OK || put_head(out, &head, signer);
    if (outcome == ST_OK && good) good = put_lines(db, out, &outcome, err);
    if (outcome == ST_OK && good) good = put_notes(db, &head, signer, out, &outcome, err);
    store_read_release(db);
    store_read_end(store, db);
    if (good && fflush(out) != 0) good = false;
    if (outcome == ST_OK && !good)
        return err_set(err, ST_FAILED, "The export could not be written.");
    return outcome;
}

/* --- reading -------------------------------------------------------------------------------- */

struct reading {
    struct arena *arena;
    const json_t *object;
    bool good;
};

static struct str read_text(struct reading *reading, const char *name)
{
    const json_t *value = json_object_get(reading->object, name);
    if (!json_is_string(value)) {
        reading->good = false;
        return STR("");
    }
    return str_dup(reading->arena, str_of(json_string_value(value), json_string_length(value)));
}

static int64_t read_int(struct reading *reading, const char *name)
{
    const json_t *value = json_object_get(reading->object, name);
    if (!json_is_integer(value)) reading->good = false;
    return json_integer_value(value);
}

/* Lower-case hexadecimal digits of at most `maximum` bytes. */
static struct str read_hex(struct reading *reading, const json_t *value, size_t maximum)
{
    size_t length = json_string_length(value);
    uint8_t *bytes = arena_alloc(reading->arena, length / 2 + 1);
    size_t got = 0;
    if (!json_is_string(value) || length / 2 > maximum ||
        sodium_hex2bin(bytes, length / 2 + 1, json_string_value(value), length, NULL, &got, NULL) !=
            0 ||
        got * 2 != length)
        reading->good = false;
    return str_of((const char *)bytes, reading->good ? got : 0);
}

static void read_hash(struct reading *reading, const char *name, struct merkle_hash *ret)
{
    struct str bytes = read_hex(reading, json_object_get(reading->object, name), MERKLE_HASH_SIZE);
    if (bytes.len == MERKLE_HASH_SIZE)
        memcpy(ret->bytes, bytes.ptr, bytes.len);
    else
        reading->good = false;
}

static struct str read_tags(struct reading *reading)
{
    const json_t *list = json_object_get(reading->object, "records");
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count > AUDIT_SUBJECTS_MAX) {
        reading->good = false;
        return STR("");
    }
    char *tags = arena_alloc(reading->arena, count * SEAL_TAG_SIZE + 1);
    for (size_t i = 0; i < count && reading->good; i++) {
        struct str tag = read_hex(reading, json_array_get(list, i), SEAL_TAG_SIZE);
        if (tag.len != SEAL_TAG_SIZE) reading->good = false;
        memcpy(tags + i * SEAL_TAG_SIZE, tag.ptr, tag.len);
    }
    return str_of(tags, count * SEAL_TAG_SIZE);
}

static void read_line(struct reading *reading, struct audit_export_line *ret)
{
    ret->kind = EXPORT_LINE;
    ret->line = (struct audit_line){
        .number = read_int(reading, "line"),
        .at = read_int(reading, "at"),
        .kind = read_text(reading, "kind"),
        .action = read_text(reading, "action"),
        .outcome = read_text(reading, "outcome"),
        .reason = read_text(reading, "reason"),
        .who = read_hex(reading, json_object_get(reading->object, "who"), SEAL_TAG_SIZE),
        .subjects = read_tags(reading),
        .key_id = read_int(reading, "key"),
    };
    read_hash(reading, "sealed", &ret->line.sealed_hash);
    read_hash(reading, "leaf", &ret->line.leaf);
}

static void read_head(struct reading *reading, struct audit_export_line *ret)
{
    ret->kind = EXPORT_HEAD;
    int64_t size = read_int(reading, "size");
    ret->size = (uint64_t)size;
    if (size < 0 || !str_eq(read_text(reading, "format"), str_from(format_name)) ||
        !checkpoint_hash_read(read_text(reading, "root"), &ret->root))
        reading->good = false;
}

static void read_checkpoint(struct reading *reading, struct audit_export_line *ret)
{
    ret->kind = EXPORT_CHECKPOINT;
    int64_t size = read_int(reading, "size");
    ret->size = (uint64_t)size;
    ret->note = read_text(reading, "checkpoint");
    if (size < 0) reading->good = false;
}

enum st audit_export_read(struct arena *arena, struct str text, struct audit_export_line *ret,
                          struct err *err)
{
    json_error_t why;
    json_t *object = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &why);
    struct reading reading = {.arena = arena, .object = object, .good = json_is_object(object)};
    *ret = (struct audit_export_line){0};
    if (reading.good && json_object_get(object, "format"))
        read_head(&reading, ret);
    else if (reading.good && json_object_get(object, "checkpoint"))
        read_checkpoint(&reading, ret);
    else if (reading.good)
        read_line(&reading, ret);
    json_decref(object);
    return reading.good ? ST_OK
                        : err_set(err, ST_INVALID, "That is not a line of an audit export.");
}

/* --- checking --------------------------------------------------------------------------------- */

struct checking {
    struct audit_checker *checker;
    struct arena arena;
    uint64_t row; /* of the file, from 1 */
    bool has_head;
    uint64_t size;
    struct merkle_hash root;
    FILE *file;
    char *line;
    size_t capacity;
};

/* Reads a row of the file; false at its end. */
static bool next_row(struct checking *checking, struct str *ret)
{
    ssize_t got = getline(&checking->line, &checking->capacity, checking->file);
    if (got <= 0) return false;
    checking->row++;
    *ret = str_trim(str_of(checking->line, (size_t)got));
    return true;
}

static void take_row(struct checking *checking, struct str text, bool notes)
{
    struct audit_export_line read;
    struct err err = {0};
    arena_reset(&checking->arena, (struct arena_mark){0});
    if (text.len > AUDIT_EXPORT_LINE_MAX ||
        audit_export_read(&checking->arena, text, &read, &err) != ST_OK) {
        if (!notes)
            audit_checker_add(checking->checker, 0,
                              "Row %llu of the file is not a line of an export.",
                              (unsigned long long)checking->row);
        return;
    }
    if (notes) {
        if (read.kind == EXPORT_CHECKPOINT)
            audit_checker_note(checking->checker, read.size, read.note);
    } else if (read.kind == EXPORT_HEAD && checking->row == 1) {
        checking->has_head = true;
        checking->size = read.size;
        checking->root = read.root;
    } else if (read.kind == EXPORT_LINE) {
        audit_checker_line(checking->checker, &read.line);
    } else if (read.kind == EXPORT_HEAD) {
        audit_checker_add(checking->checker, 0,
                          "Row %llu of the file is the head of another export.",
                          (unsigned long long)checking->row);
    }
}

/* Twice through the file: first the checkpoints, to which the lines are then held. */
static void check_rows(struct checking *checking)
{
    struct str text;
    while (next_row(checking, &text)) take_row(checking, text, true);
    rewind(checking->file);
    checking->row = 0;
    while (next_row(checking, &text)) take_row(checking, text, false);
    if (!checking->has_head)
        audit_checker_add(checking->checker, 0, "The file has no head: its first row is missing.");
}

enum st audit_check_export(FILE *file, const struct audit_check *check, struct audit_report *ret,
                           struct err *err)
{
    struct checking checking = {.file = file};
    enum st outcome = audit_checker_new(check, &checking.checker, err);
    if (outcome != ST_OK) return outcome;
    arena_init(&checking.arena, 1 << 20);
    check_rows(&checking);
    audit_checker_end(checking.checker, checking.has_head ? &checking.root : NULL, checking.size,
                      ret);
    if (ferror(file)) outcome = err_set(err, ST_FAILED, "The file cannot be read.");
    arena_done(&checking.arena);
    free(checking.line);
    audit_checker_free(checking.checker);
    return outcome;
}
