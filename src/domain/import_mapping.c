#include "domain/import_mapping.h"

#include "base/utf8.h"
#include "domain/record_key.h"

#include <stdlib.h>

enum { SAVED_MAX = 50 };
enum { MAPPING_TEXTS = 2 }; /* name, mapping */

/* The set of that name, which keeps its key; `ret_id` 0: there is none. */
static enum st find_mapping(struct app *app, struct db *db, int64_t organisation, struct str tag,
                            int64_t *ret_id, struct data_key *ret_key, struct err *err)
{
    struct query *query = db_query(db, Q_MAPPING_FIND);
    db_bind_int(query, 1, organisation);
    db_bind_bytes(query, 2, tag.ptr, tag.len);
    enum st outcome = ST_OK;
    *ret_id = 0;
    if (db_next(query)) {
        *ret_id = db_int(query, 0);
        outcome = record_key_from_row(app, query, 1, ret_key, err);
    }
    return db_end_after(query, outcome, err);
}

static enum st save_mapping(struct app *app, struct db *db, struct arena *arena,
                            int64_t organisation, const struct str text[static MAPPING_TEXTS],
                            struct err *err)
{
    struct data_key key;
    int64_t id = 0;
    uint8_t tag[SEAL_TAG_SIZE];
    keyring_tag(app->keys, "import columns",
                str_fmt(arena, "%lld %.*s", (long long)organisation, STR_ARG(text[0])), tag);
    enum st outcome =
        find_mapping(app, db, organisation, str_of((const char *)tag, sizeof tag), &id, &key, err);
    if (outcome == ST_OK && !id) {
        outcome = record_key_add(app, db, KEY_RECORD, &key, err);
        if (outcome == ST_OK) outcome = db_next_id(db, Q_MAPPING_LAST, &id, err);
    }
    if (outcome != ST_OK) return outcome;
    struct str sealed =
        field_seal(arena, &key, FIELD_IMPORT_MAPPING, id, texts_pack(arena, text, MAPPING_TEXTS));
    struct query *query = db_query(db, Q_MAPPING_SAVE);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, organisation);
    db_bind_bytes(query, 3, tag, sizeof tag);
    db_bind_int(query, 4, key.id);
    db_bind_bytes(query, 5, sealed.ptr, sealed.len);
    data_key_clear(&key);
    return db_run(query, err);
}

enum st import_mapping_save(struct app *app, const struct person *who, struct str name,
                            struct str mapping, struct err *err)
{
    name = str_trim(name);
    if (!name.len || name.len > 100 || !utf8_valid(name))
        return err_set(err, ST_INVALID, "Give the columns a name of up to 100 characters.");
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, (1 << 20) + 4 * mapping.len);
    outcome = save_mapping(app, db, &arena, who->organisation,
                           (struct str[MAPPING_TEXTS]){name, mapping}, err);
    arena_done(&arena);
    return store_write_end(app->store, db, outcome, err);
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct import_mapping *)a)->name,
                   ((const struct import_mapping *)b)->name);
}

/* A row of Q_MAPPING_LIST. */
static enum st mapping_from_row(struct app *app, struct arena *arena, struct query *query,
                                struct import_mapping *ret, struct err *err)
{
    struct data_key key;
    struct str plain;
    struct str text[MAPPING_TEXTS];
    int64_t id = db_int(query, 0);
    enum st outcome = record_key_from_row(app, query, 2, &key, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &key, FIELD_IMPORT_MAPPING, id, db_bytes(query, 1), &plain, err);
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(plain, text, MAPPING_TEXTS)) abort(); /* it was authentic */
    *ret = (struct import_mapping){id, text[0], text[1]};
    return ST_OK;
}

enum st import_mapping_list(struct app *app, struct arena *arena, const struct person *who,
                            struct import_mapping **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct import_mapping *list = arena_many(arena, SAVED_MAX, struct import_mapping);
    size_t count = 0;
    struct query *query = db_query(db, Q_MAPPING_LIST);
    db_bind_int(query, 1, who->organisation);
    db_bind_int(query, 2, SAVED_MAX);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < SAVED_MAX && db_next(query))
        outcome = mapping_from_row(app, arena, query, &list[count++], err);
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && count) qsort(list, count, sizeof *list, by_name);
    *ret = list;
    *ret_count = outcome == ST_OK ? count : 0;
    return outcome;
}
