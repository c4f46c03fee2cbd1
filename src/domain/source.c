#include "domain/source.h"

#include "base/arena.h"
#include "domain/record_key.h"

static struct str bytes_of(const int64_t *account)
{
    return str_of((const char *)account, sizeof *account);
}

void source_tag(const struct app *app, int64_t account, uint8_t ret[static SEAL_TAG_SIZE])
{
    keyring_tag(app->keys, "source", bytes_of(&account), ret);
}

bool source_is(const struct app *app, int64_t account, struct str tag)
{
    uint8_t own[SEAL_TAG_SIZE];
    source_tag(app, account, own);
    return str_eq(str_of((const char *)own, sizeof own), tag);
}

enum st source_add(struct app *app, struct db *db, int64_t submission, int64_t account,
                   struct err *err)
{
    struct data_key key;
    enum st outcome = record_key_add(app, db, KEY_SOURCE, &key, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, 1 << 12);
    struct str sealed =
        field_seal(&arena, &key, FIELD_SOURCE_ACCOUNT, submission, bytes_of(&account));
    struct query *query = db_query(db, Q_SOURCE_ADD);
    db_bind_int(query, 1, submission);
    db_bind_int(query, 2, key.id);
    data_key_clear(&key);
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    arena_done(&arena);
    return db_run_later(query, err);
}

enum st source_open(struct app *app, struct db *db, int64_t submission, int64_t *ret_account,
                    struct err *err)
{
    struct arena arena;
    arena_init(&arena, 1 << 12);
    struct query *query = db_query(db, Q_SOURCE_READ);
    db_bind_int(query, 1, submission);
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) {
        struct data_key key;
        struct str plain;
        outcome = record_key_from_row(app, query, 1, &key, err);
        if (outcome == ST_OK)
            outcome = field_open(&arena, &key, FIELD_SOURCE_ACCOUNT, submission, db_bytes(query, 0),
                                 &plain, err);
        if (outcome == ST_OK && plain.len == sizeof *ret_account)
            memcpy(ret_account, plain.ptr, sizeof *ret_account);
        data_key_clear(&key);
    }
    outcome = db_end_after(query, outcome, err);
    arena_done(&arena);
    if (outcome == ST_NOT_FOUND) return err_set(err, outcome, "Who told is not on record.");
    return outcome;
}
