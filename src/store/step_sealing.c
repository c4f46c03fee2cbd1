/*
 * The step of migration 2: seals what stood in the clear.
 *
 * A submission, its source, a decision and an import each get a data key; texts move
 * from their columns into one sealed value.  Afterwards the columns are dropped and the
 * database is written anew, so that nothing is left in its free pages.
 */
#include "base/arena.h"
#include "seal/field.h"
#include "store/engine.h"
#include "store/migration.h"

enum { MENTION_TEXTS = 17, ROW_MAX = 4 << 20 };

struct step {
    struct db *db;
    struct keyring *keys;
    struct arena arena;
    int64_t last_key;
    struct err *err;
};

static enum st add_key(struct step *step, enum key_use use, struct data_key *ret)
{
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
    ret->id = ++step->last_key;
    data_key_fill(ret);
    uint32_t kek = keyring_wrap(step->keys, use, ret->id, ret->bytes, wrapped);
    struct query *query = db_query(step->db, Q_RECORD_KEY_ADD);
    db_bind_int(query, 1, ret->id);
    db_bind_int(query, 2, kek);
    db_bind_bytes(query, 3, wrapped, sizeof wrapped);
    return db_run(query, step->err);
}

static void bind_sealed(struct step *step, struct query *query, int parameter,
                        const struct data_key *key, enum seal_field field, int64_t row,
                        struct str plain)
{
    struct str sealed = field_seal(&step->arena, key, field, row, plain);
    db_bind_bytes(query, parameter, sealed.ptr, sealed.len);
}

static void bind_account_tag(struct step *step, struct query *query, int parameter, int64_t account)
{
    uint8_t tag[SEAL_TAG_SIZE];
    keyring_tag(step->keys, "source", str_of((const char *)&account, sizeof account), tag);
    db_bind_bytes(query, parameter, tag, sizeof tag);
}

/* --- submissions -------------------------------------------------------------------- */

static enum st seal_mentions(struct step *step, const struct data_key *key, int64_t submission)
{
    struct query *rows = db_query_once(
        step->db,
        "SELECT id, name, alias, birth, age, description, registration, make, model, colour,"
        " number, platform, handle, email, venue, address, town, postcode FROM mention"
        " WHERE submission_id = ?1");
    db_bind_int(rows, 1, submission);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(rows)) {
        struct str text[MENTION_TEXTS];
        for (int i = 0; i < MENTION_TEXTS; i++) text[i] = db_text(rows, i + 1);
        int64_t id = db_int(rows, 0);
        struct query *query =
            db_query_once(step->db, "UPDATE mention SET fields = ?2 WHERE id = ?1");
        db_bind_int(query, 1, id);
        bind_sealed(step, query, 2, key, FIELD_MENTION_FIELDS, id,
                    texts_pack(&step->arena, text, MENTION_TEXTS));
        outcome = db_run(query, step->err);
    }
    enum st ended = db_end(rows, outcome == ST_OK ? step->err : NULL);
    return outcome != ST_OK ? outcome : ended;
}

static enum st seal_source(struct step *step, int64_t submission, int64_t account)
{
    struct data_key key;
    enum st outcome = add_key(step, KEY_SOURCE, &key);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(step->db, Q_SOURCE_ADD);
    db_bind_int(query, 1, submission);
    db_bind_int(query, 2, key.id);
    bind_sealed(step, query, 3, &key, FIELD_SOURCE_ACCOUNT, submission,
                str_of((const char *)&account, sizeof account));
    data_key_clear(&key);
    return db_run(query, step->err);
}

static enum st seal_submission(struct step *step, struct query *row)
{
    int64_t id = db_int(row, 0);
    int64_t account = db_int(row, 1);
    struct str text[3] = {db_text(row, 2), db_text(row, 3), db_text(row, 4)};
    char idempotency[SEAL_TAG_TEXT_SIZE];
    keyring_tag_text(
        step->keys, "idempotency",
        str_fmt(&step->arena, "%lld %.*s", (long long)account, STR_ARG(db_text(row, 5))),
        idempotency);
    struct data_key key;
    enum st outcome = add_key(step, KEY_RECORD, &key);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query_once(
        step->db,
        "UPDATE submission SET key_id = ?2, words = ?3, source_tag = ?4,"
        " idempotency_key = ?5, narrative = '', when_text = '', where_text = '' WHERE id = ?1");
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, key.id);
    bind_sealed(step, query, 3, &key, FIELD_SUBMISSION_WORDS, id,
                texts_pack(&step->arena, text, 3));
    bind_account_tag(step, query, 4, account);
    db_bind_text(query, 5, str_from(idempotency));
    outcome = db_run(query, step->err);
    if (outcome == ST_OK) outcome = seal_mentions(step, &key, id);
    data_key_clear(&key);
    return outcome == ST_OK ? seal_source(step, id, account) : outcome;
}

/* --- decisions and imports ------------------------------------------------------------- */

static enum st seal_decision(struct step *step, struct query *row)
{
    struct data_key key;
    enum st outcome = add_key(step, KEY_RECORD, &key);
    if (outcome != ST_OK) return outcome;
    int64_t id = db_int(row, 0);
    struct query *query = db_query_once(
        step->db, "UPDATE decision SET key_id = ?2, sealed = ?3, reason = '' WHERE id = ?1");
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, key.id);
    bind_sealed(step, query, 3, &key, FIELD_DECISION_REASON, id, db_text(row, 1));
    data_key_clear(&key);
    return db_run(query, step->err);
}

static enum st seal_import(struct step *step, struct query *row)
{
    struct data_key key;
    enum st outcome = add_key(step, KEY_RECORD, &key);
    if (outcome != ST_OK) return outcome;
    int64_t id = db_int(row, 0);
    struct str text[3] = {db_text(row, 2), db_text(row, 3), db_text(row, 4)};
    /* Its file lies in the clear and cannot be run again: it must be sent anew. */
    struct query *query = db_query_once(
        step->db,
        "UPDATE import_batch SET key_id = ?2, sealed = ?3, owner_tag = ?4, file_name = '',"
        " mapping = '', message = '', state = CASE WHEN state = 'done' THEN 'done'"
        " ELSE 'abandoned' END WHERE id = ?1");
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, key.id);
    bind_sealed(step, query, 3, &key, FIELD_IMPORT_TEXTS, id, texts_pack(&step->arena, text, 3));
    bind_account_tag(step, query, 4, db_int(row, 1));
    data_key_clear(&key);
    return db_run(query, step->err);
}

static enum st each_row(struct step *step, const char *text,
                        enum st (*seal)(struct step *, struct query *))
{
    struct query *rows = db_query_once(step->db, text);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(rows)) {
        outcome = seal(step, rows);
        arena_reset(&step->arena, (struct arena_mark){0});
    }
    enum st ended = db_end(rows, outcome == ST_OK ? step->err : NULL);
    return outcome != ST_OK ? outcome : ended;
}

enum st step_sealing(struct db *db, struct keyring *keys, struct err *err)
{
    struct step step = {.db = db, .keys = keys, .err = err};
    arena_init(&step.arena, ROW_MAX);
    enum st outcome =
        each_row(&step, "SELECT id, account_id, narrative, when_text, where_text, idempotency_key"
                        " FROM submission ORDER BY id", seal_submission);
    if (outcome == ST_OK)
        outcome = each_row(&step, "SELECT id, reason FROM decision ORDER BY id", seal_decision);
    if (outcome == ST_OK)
        outcome = each_row(&step,
                           "SELECT id, account_id, file_name, mapping, message FROM import_batch"
                           " ORDER BY id",
                           seal_import);
    arena_done(&step.arena);
    return outcome;
}
