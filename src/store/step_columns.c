/*
 * The step of migration 34: seals the sets of columns that were saved for imports, each under a
 * data key of its own.
 */
#include "base/arena.h"
#include "seal/field.h"
#include "store/engine.h"
#include "store/migration.h"

enum { COLUMNS_ROW_MAX = 4 << 20 };

static enum st seal_columns(struct db *db, struct keyring *keys, struct arena *arena,
                            struct query *row, int64_t id, struct err *err)
{
    int64_t organisation = db_int(row, 0);
    struct str text[2] = {str_dup(arena, db_text(row, 1)), str_dup(arena, db_text(row, 2))};
    struct data_key key;
    enum st outcome = step_key_add(db, keys, &key, err);
    if (outcome != ST_OK) return outcome;
    uint8_t tag[SEAL_TAG_SIZE];
    keyring_tag(keys, "import columns",
                str_fmt(arena, "%lld %.*s", (long long)organisation, STR_ARG(text[0])), tag);
    struct str sealed =
        field_seal(arena, &key, FIELD_IMPORT_MAPPING, id, texts_pack(arena, text, 2));
    struct query *query =
        db_query_once(db, "INSERT INTO import_columns (id, organisation_id, name_tag, key_id, "
                          "sealed) VALUES (?1, ?2, ?3, ?4, ?5)");
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, organisation);
    db_bind_bytes(query, 3, tag, sizeof tag);
    db_bind_int(query, 4, key.id);
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    data_key_clear(&key);
    return db_run(query, err);
}

enum st step_columns(struct db *db, struct keyring *keys, struct err *err)
{
    struct arena arena;
    arena_init(&arena, COLUMNS_ROW_MAX);
    struct query *rows = db_query_once(
        db,
        "SELECT organisation_id, name, mapping FROM import_mapping ORDER BY organisation_id, name");
    enum st outcome = ST_OK;
    int64_t id = 0;
    while (outcome == ST_OK && db_next(rows)) {
        outcome = seal_columns(db, keys, &arena, rows, ++id, err);
        arena_reset(&arena, (struct arena_mark){0});
    }
    outcome = db_end_after(rows, outcome, err);
    arena_done(&arena);
    return outcome;
}
