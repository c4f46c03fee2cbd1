/*
 * The step of migration 4: seals what stood in the clear of accounts.
 *
 * Each account gets a data key; its address, name and password hash are sealed, and the
 * column that held the address holds a blind tag of it from now on.
 */
#include "base/arena.h"
#include "seal/field.h"
#include "store/engine.h"
#include "store/migration.h"

#include <sodium.h>

enum { ACCOUNT_ROW_MAX = 1 << 16, HANDLE_SIZE = 16 };

enum st step_key_add(struct db *db, struct keyring *keys, struct data_key *ret, struct err *err)
{
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
    enum st outcome = db_next_id(db, Q_RECORD_KEY_LAST, &ret->id, err);
    if (outcome != ST_OK) return outcome;
    data_key_fill(ret);
    uint32_t kek = keyring_wrap(keys, KEY_RECORD, ret->id, ret->bytes, wrapped);
    struct query *query = db_query(db, Q_RECORD_KEY_ADD);
    db_bind_int(query, 1, ret->id);
    db_bind_int(query, 2, kek);
    db_bind_bytes(query, 3, wrapped, sizeof wrapped);
    return db_run(query, err);
}

static enum st seal_account(struct db *db, struct keyring *keys, struct arena *arena,
                            struct query *row, struct err *err)
{
    int64_t id = db_int(row, 0);
    struct str text[2] = {str_dup(arena, db_text(row, 1)), str_dup(arena, db_text(row, 2))};
    struct str hash = str_dup(arena, db_text(row, 3));
    struct data_key key;
    enum st outcome = step_key_add(db, keys, &key, err);
    if (outcome != ST_OK) return outcome;
    char tag[SEAL_TAG_TEXT_SIZE];
    keyring_tag_text(keys, "account email", text[0], tag);
    struct str person =
        field_seal(arena, &key, FIELD_ACCOUNT_PERSON, id, texts_pack(arena, text, 2));
    struct str password = field_seal(arena, &key, FIELD_ACCOUNT_PASSWORD, id, hash);
    uint8_t handle[HANDLE_SIZE];
    randombytes_buf(handle, sizeof handle);
    struct query *query = db_query_once(
        db,
        "UPDATE account SET email_tag = ?2, key_id = ?3, sealed = ?4, password = ?5, handle = ?6,"
        " name = '', password_hash = '' WHERE id = ?1");
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, str_from(tag));
    db_bind_int(query, 3, key.id);
    db_bind_bytes(query, 4, person.ptr, person.len);
    db_bind_bytes(query, 5, password.ptr, password.len);
    db_bind_bytes(query, 6, handle, sizeof handle);
    data_key_clear(&key);
    return db_run(query, err);
}

enum st step_accounts(struct db *db, struct keyring *keys, struct err *err)
{
    struct arena arena;
    arena_init(&arena, ACCOUNT_ROW_MAX);
    struct query *rows = db_query_once(
        db, "SELECT id, email_tag, name, password_hash FROM account ORDER BY id");
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(rows)) {
        outcome = seal_account(db, keys, &arena, rows, err);
        arena_reset(&arena, (struct arena_mark){0});
    }
    outcome = db_end_after(rows, outcome, err);
    arena_done(&arena);
    return outcome;
}
