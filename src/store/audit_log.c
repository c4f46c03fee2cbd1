#include "store/audit_log.h"

#include "base/arena.h"
#include "base/buf.h"
#include "seal/field.h"
#include "seal/secret.h"
#include "store/audit_index.h"
#include "store/engine.h"

#include <assert.h>

enum { SEALED_MAX = 64 << 10, FRONTIER_MAX = MERKLE_PROOF_MAX * MERKLE_HASH_SIZE };

/* --- the leaf ------------------------------------------------------------------------ */

static void add_hex(struct buf *out, struct str bytes)
{
    static const char digits[] = "0123456789abcdef";
    if (!bytes.len) buf_add_char(out, '-');
    char *at = bytes.len ? buf_add_room(out, 2 * bytes.len) : NULL;
    for (size_t i = 0; i < bytes.len && at; i++) {
        *at++ = digits[(unsigned char)bytes.ptr[i] >> 4];
        *at++ = digits[(unsigned char)bytes.ptr[i] & 15];
    }
}

static void add_text_line(struct buf *out, struct str text)
{
    buf_add(out, text);
    buf_add_char(out, '\n');
}

static void add_int_line(struct buf *out, int64_t value)
{
    buf_add_int(out, value);
    buf_add_char(out, '\n');
}

void audit_leaf_text(const struct audit_line *line, struct buf *out)
{
    add_text_line(out, STR("pendeen audit 1"));
    add_int_line(out, line->number);
    add_int_line(out, line->at);
    add_text_line(out, line->kind);
    add_text_line(out, line->action);
    add_text_line(out, line->outcome);
    add_text_line(out, line->reason);
    add_hex(out, line->who);
    buf_add_char(out, '\n');
    add_hex(out, line->subjects);
    buf_add_char(out, '\n');
    add_int_line(out, line->key_id);
    add_hex(out, str_of((const char *)line->sealed_hash.bytes, MERKLE_HASH_SIZE));
    buf_add_char(out, '\n');
}

/* Of a line that was tampered with the text may be longer than any of ours: then it is
 * cut, and the hash is that of no line. */
void audit_leaf_hash(const struct audit_line *line, struct merkle_hash *ret)
{
    struct buf text;
    buf_init(&text, AUDIT_LEAF_TEXT_MAX);
    buf_expect(&text, 512 + 2 * line->subjects.len);
    audit_leaf_text(line, &text);
    merkle_leaf(buf_str(&text), ret);
    buf_done(&text);
}

/* --- tags ----------------------------------------------------------------------------- */

void audit_tag_account(const struct keyring *keys, int64_t account, bool by_source,
                       uint8_t ret[static SEAL_TAG_SIZE])
{
    keyring_tag(keys, by_source ? "audit source" : "audit account",
                str_of((const char *)&account, sizeof account), ret);
}

void audit_tag_subject(const struct keyring *keys, const char *kind, int64_t id,
                       uint8_t ret[static SEAL_TAG_SIZE])
{
    char text[64 + STR_INT_SIZE];
    char space[STR_INT_SIZE];
    struct str number = str_from_int(id, space);
    size_t length = strlen(kind);
    assert(length < 64);
    memcpy(text, kind, length);
    text[length++] = ' ';
    memcpy(text + length, number.ptr, number.len);
    keyring_tag(keys, "audit record", str_of(text, length + number.len), ret);
}

/* --- keys ------------------------------------------------------------------------------- */

static int64_t month_of(instant_ms at)
{
    struct date date = date_from_days((int32_t)(at / 86400000));
    return (date.year - 1970) * 12 + date.month - 1;
}

static enum st unwrap_row(struct query *query, struct keyring *keys, struct data_key *ret,
                          struct err *err)
{
    ret->id = db_int(query, 0);
    return keyring_unwrap(keys, (uint32_t)db_int(query, 1), ret->id, db_bytes(query, 2), ret->bytes,
                          err);
}

static struct memory_key *key_slot(struct db *db, enum key_use use)
{
    return db->memory.on ? &db->memory.month_key[use == KEY_SOURCE] : NULL;
}

static void remember_key(struct db *db, int64_t month, enum key_use use, int64_t id, uint32_t kek,
                         struct str wrapped)
{
    struct memory_key *kept = key_slot(db, use);
    if (!kept || wrapped.len != sizeof kept->wrapped) return;
    *kept = (struct memory_key){.month = month, .id = id, .kek = kek};
    memcpy(kept->wrapped, wrapped.ptr, wrapped.len);
}

static bool knows_key(struct db *db, int64_t month, enum key_use use)
{
    const struct memory_key *kept = key_slot(db, use);
    return kept && kept->id && kept->month == month;
}

void audit_log_forget_keys(struct db *db)
{
    db->memory.month_key[0].id = db->memory.month_key[1].id = 0;
}

static enum st add_key(struct db *db, struct keyring *keys, int64_t month, enum key_use use,
                       struct data_key *ret, struct err *err)
{
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
    enum st outcome = db_take_ids(db, Q_RECORD_KEY_LAST, 1, &ret->id, err);
    if (outcome != ST_OK) return outcome;
    data_key_fill(ret);
    uint32_t kek = keyring_wrap(keys, use, ret->id, ret->bytes, wrapped);
    struct query *query = db_query(db, Q_RECORD_KEY_ADD);
    db_bind_int(query, 1, ret->id);
    db_bind_int(query, 2, kek);
    db_bind_bytes(query, 3, wrapped, sizeof wrapped);
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_AUDIT_KEY_SET);
    db_bind_int(query, 1, month);
    db_bind_int(query, 2, use);
    db_bind_int(query, 3, ret->id);
    outcome = db_run(query, err);
    if (outcome == ST_OK)
        remember_key(db, month, use, ret->id, kek, str_of((const char *)wrapped, sizeof wrapped));
    return outcome;
}

/* The month's key, made when it is the first line of the month. */
static enum st current_key(struct db *db, struct keyring *keys, instant_ms at, bool by_source,
                           struct data_key *ret, struct err *err)
{
    int64_t month = month_of(at);
    enum key_use use = by_source ? KEY_SOURCE : KEY_RECORD;
    if (knows_key(db, month, use)) {
        const struct memory_key *kept = key_slot(db, use);
        ret->id = kept->id;
        return keyring_unwrap(keys, kept->kek, kept->id,
                              str_of((const char *)kept->wrapped, sizeof kept->wrapped), ret->bytes,
                              err);
    }
    struct query *query = db_query(db, Q_AUDIT_KEY_READ);
    db_bind_int(query, 1, month);
    db_bind_int(query, 2, use);
    bool found = db_next(query);
    enum st outcome = found ? unwrap_row(query, keys, ret, err) : ST_OK;
    if (found && outcome == ST_OK)
        remember_key(db, month, use, ret->id, (uint32_t)db_int(query, 1), db_bytes(query, 2));
    enum st ended = db_end(query, outcome == ST_OK ? err : NULL);
    if (outcome != ST_OK) return outcome;
    if (ended != ST_OK || found) return ended;
    return add_key(db, keys, month, use, ret, err);
}

/* --- the head ------------------------------------------------------------------------------ */

enum st audit_log_head(struct db *db, struct merkle_frontier *ret, struct err *err)
{
    if (db->memory.on && db->memory.head_known) {
        *ret = db->memory.head;
        return ST_OK;
    }
    struct query *query = db_query(db, Q_AUDIT_HEAD);
    bool good = db_next(query);
    if (good) {
        struct str frontier = db_bytes(query, 1);
        int64_t size = db_int(query, 0);
        *ret = (struct merkle_frontier){.size = (uint64_t)size};
        good =
            size >= 0 && frontier.len == merkle_frontier_count((uint64_t)size) * MERKLE_HASH_SIZE;
        if (good && frontier.len) memcpy(ret->hash, frontier.ptr, frontier.len);
    }
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK || good) return outcome;
    err_set(err, ST_CONFLICT, "The head of the audit log was changed by another program.");
    err_hint(err, "Run 'pendeen audit verify' and restore a copy.");
    return ST_CONFLICT;
}

static enum st store_head(struct db *db, uint64_t before, const struct merkle_frontier *frontier,
                          struct err *err)
{
    int64_t size = 0;
    struct query *query = db_query(db, Q_AUDIT_HEAD_SET);
    db_bind_int(query, 1, (int64_t)before);
    db_bind_int(query, 2, (int64_t)frontier->size);
    db_bind_bytes(query, 3, frontier->hash,
                  merkle_frontier_count(frontier->size) * MERKLE_HASH_SIZE);
    enum st outcome = db_one(query, &size, err);
    return outcome == ST_NOT_FOUND
               ? err_set(err, ST_BUSY, "The database is busy. Please try again.")
               : outcome;
}

/* In a turn of writing it is written before the commit, once for all. */
static enum st keep_head(struct db *db, uint64_t before, const struct merkle_frontier *frontier,
                         struct err *err)
{
    struct memory *memory = &db->memory;
    if (!memory->on) return store_head(db, before, frontier, err);
    if (!memory->head_known) memory->head_stored = before;
    memory->head_known = true;
    memory->head = *frontier;
    return ST_OK;
}

enum st audit_log_settle(struct db *db, struct err *err)
{
    const struct memory *memory = &db->memory;
    if (!memory->head_known || memory->head.size == memory->head_stored) return ST_OK;
    return store_head(db, memory->head_stored, &memory->head, err);
}

/* --- appending ------------------------------------------------------------------------------- */

static size_t subjects_kept(const struct audit_entry *entry)
{
    return entry->subject_count < AUDIT_SUBJECTS_MAX ? entry->subject_count : AUDIT_SUBJECTS_MAX;
}

/* "12\nsubmission 5\nmention 9\n" */
static struct str sealed_text(struct arena *arena, const struct audit_entry *entry)
{
    struct buf text;
    buf_init(&text, SEALED_MAX);
    add_int_line(&text, entry->account);
    for (size_t i = 0; i < subjects_kept(entry); i++) {
        buf_add_c(&text, entry->subject[i].kind);
        buf_add_char(&text, ' ');
        add_int_line(&text, entry->subject[i].id);
    }
    assert(!text.overflow);
    struct str made = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return made;
}

static struct str subject_tags(struct arena *arena, struct keyring *keys,
                               const struct audit_entry *entry)
{
    size_t count = subjects_kept(entry);
    uint8_t *tags = arena_alloc(arena, count * SEAL_TAG_SIZE + 1);
    for (size_t i = 0; i < count; i++)
        audit_tag_subject(keys, entry->subject[i].kind, entry->subject[i].id,
                          tags + i * SEAL_TAG_SIZE);
    return str_of((const char *)tags, count * SEAL_TAG_SIZE);
}

static enum st store_line(struct db *db, const struct audit_line *line, struct str sealed,
                          struct err *err)
{
    struct query *query = db_query(db, Q_AUDIT_LINE_ADD);
    db_bind_int(query, 1, line->number);
    db_bind_int(query, 2, line->at);
    db_bind_text(query, 3, line->kind);
    db_bind_text(query, 4, line->action);
    db_bind_text(query, 5, line->outcome);
    db_bind_text(query, 6, line->reason);
    db_bind_bytes(query, 7, line->who.ptr, line->who.len);
    db_bind_bytes(query, 8, line->subjects.ptr, line->subjects.len);
    db_bind_int(query, 9, line->key_id);
    db_bind_bytes(query, 10, sealed.ptr, sealed.len);
    db_bind_bytes(query, 11, line->leaf.bytes, MERKLE_HASH_SIZE);
    return db_run_later(query, err);
}

/* A line of text that the leaf's form can hold. */
static struct str constant(const char *text)
{
    assert(strlen(text) < 128 && !strchr(text, '\n'));
    return str_from(text);
}

static enum st append(struct db *db, struct keyring *keys, struct arena *arena,
                      const struct audit_entry *entry, struct merkle_frontier *frontier,
                      struct err *err)
{
    struct data_key key;
    enum st outcome = current_key(db, keys, entry->at, entry->by_source, &key, err);
    if (outcome != ST_OK) return outcome;
    uint8_t who[SEAL_TAG_SIZE];
    audit_tag_account(keys, entry->account, entry->by_source, who);
    struct audit_line line = {.number = (int64_t)frontier->size + 1,
                              .at = entry->at,
                              .kind = constant(entry->kind),
                              .action = constant(entry->action),
                              .outcome = constant(entry->outcome),
                              .reason = constant(entry->reason),
                              .who = str_of((const char *)who, entry->account ? sizeof who : 0),
                              .subjects = subject_tags(arena, keys, entry),
                              .key_id = key.id};
    struct str sealed =
        field_seal(arena, &key, FIELD_AUDIT_SEALED, line.number, sealed_text(arena, entry));
    data_key_clear(&key);
    seal_sha256(sealed, line.sealed_hash.bytes);
    audit_leaf_hash(&line, &line.leaf);
    uint64_t before = frontier->size;
    merkle_append(frontier, &line.leaf);
    outcome = store_line(db, &line, sealed, err);
    return outcome == ST_OK ? keep_head(db, before, frontier, err) : outcome;
}

static enum st append_next(struct db *db, struct keyring *keys, const struct audit_entry *entry,
                           int64_t *ret_line, struct err *err)
{
    struct merkle_frontier frontier;
    enum st outcome = audit_log_head(db, &frontier, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    outcome = append(db, keys, &arena, entry, &frontier, err);
    arena_done(&arena);
    *ret_line = (int64_t)frontier.size;
    return outcome;
}

enum st audit_log_append(struct db *db, struct keyring *keys, const struct audit_entry *entry,
                         struct err *err)
{
    int64_t line = 0;
    enum st outcome = append_next(db, keys, entry, &line, err);
    return outcome == ST_OK ? audit_index_add(db, line, err) : outcome;
}

enum st audit_log_carry_over(struct db *db, struct keyring *keys, const struct audit_entry *entry,
                             struct err *err)
{
    int64_t line = 0;
    return append_next(db, keys, entry, &line, err);
}

/* --- reading ---------------------------------------------------------------------------------- */

struct audit_line audit_line_from_row(struct query *query)
{
    struct audit_line line = {.number = db_int(query, 0),
                              .at = db_int(query, 1),
                              .kind = db_text(query, 2),
                              .action = db_text(query, 3),
                              .outcome = db_text(query, 4),
                              .reason = db_text(query, 5),
                              .who = db_bytes(query, AUDIT_LINE_WHO),
                              .subjects = db_bytes(query, AUDIT_LINE_SUBJECTS),
                              .key_id = db_int(query, 8)};
    seal_sha256(db_bytes(query, AUDIT_LINE_SEALED), line.sealed_hash.bytes);
    struct str leaf = db_bytes(query, AUDIT_LINE_LEAF);
    if (leaf.len == MERKLE_HASH_SIZE) memcpy(line.leaf.bytes, leaf.ptr, leaf.len);
    return line;
}

static void end_page(struct audit_walk *walk)
{
    if (walk->query && db_end(walk->query, &walk->failure) != ST_OK) walk->read = 0;
    walk->query = NULL;
}

bool audit_walk_next(struct audit_walk *walk)
{
    while (walk->failure.code == ST_OK) {
        if (!walk->query) {
            walk->read = 0;
            walk->query = db_query(walk->db, Q_AUDIT_LINE_AFTER);
            db_bind_int(walk->query, 1, walk->after);
            db_bind_int(walk->query, 2, AUDIT_WALK_LINES);
        }
        if (db_next(walk->query)) {
            walk->after = db_int(walk->query, 0);
            walk->read++;
            return true;
        }
        bool full = walk->read == AUDIT_WALK_LINES;
        end_page(walk);
        if (!full) return false;
    }
    return false;
}

enum st audit_walk_end(struct audit_walk *walk, struct err *err)
{
    end_page(walk);
    if (walk->failure.code == ST_OK) return ST_OK;
    if (err) *err = walk->failure;
    return walk->failure.code;
}

static bool read_opened(struct str text, struct audit_opened *ret)
{
    struct str part;
    *ret = (struct audit_opened){0};
    if (!str_split(&text, '\n', &part) || !str_to_int(part, &ret->account)) return false;
    while (str_split(&text, '\n', &part) && part.len) {
        size_t space = part.len; /* the last: a kind may be two words */
        while (space > 0 && part.ptr[space - 1] != ' ') space--;
        if (ret->subject_count == AUDIT_SUBJECTS_MAX || space < 2 ||
            !str_to_int(str_sub(part, space, part.len), &ret->id[ret->subject_count]))
            return false;
        ret->kind[ret->subject_count++] = str_sub(part, 0, space - 1);
    }
    return true;
}

enum st audit_line_open(struct db *db, struct keyring *keys, struct arena *arena, int64_t number,
                        int64_t key_id, struct str sealed, struct audit_opened *ret,
                        struct err *err)
{
    struct data_key key;
    struct query *query = db_query(db, Q_RECORD_KEY_READ);
    db_bind_int(query, 1, key_id);
    enum st outcome = db_next(query) ? unwrap_row(query, keys, &key, err) : ST_NOT_FOUND;
    enum st ended = db_end(query, outcome == ST_OK ? err : NULL);
    if (outcome == ST_NOT_FOUND && ended == ST_OK)
        return err_set(err, ST_NOT_FOUND, "Who it was is not kept any more.");
    if (outcome != ST_OK || ended != ST_OK) return outcome != ST_OK ? outcome : ended;
    struct str text;
    outcome = field_open(arena, &key, FIELD_AUDIT_SEALED, number, sealed, &text, err);
    data_key_clear(&key);
    if (outcome == ST_OK && !read_opened(text, ret))
        outcome =
            err_set(err, ST_CONFLICT, "Line %lld of the audit cannot be read.", (long long)number);
    return outcome;
}
