#include "domain/record_key.h"

#include "domain/audit.h"
#include "domain/snapshot.h"
#include "store/audit_log.h"

enum { ROTATE_AT_ONCE = 500 };

enum st record_key_add(struct app *app, struct db *db, enum key_use use, struct data_key *ret,
                       struct err *err)
{
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
    enum st outcome = db_take_ids(db, Q_RECORD_KEY_LAST, 1, &ret->id, err);
    if (outcome != ST_OK) return outcome;
    data_key_fill(ret);
    uint32_t kek = keyring_wrap(app->keys, use, ret->id, ret->bytes, wrapped);
    struct query *query = db_query(db, Q_RECORD_KEY_ADD);
    db_bind_int(query, 1, ret->id);
    db_bind_int(query, 2, kek);
    db_bind_bytes(query, 3, wrapped, sizeof wrapped);
    return db_run_later(query, err);
}

enum st record_key_from_row(struct app *app, struct query *query, int column, struct data_key *ret,
                            struct err *err)
{
    ret->id = db_int(query, column);
    return keyring_unwrap(app->keys, (uint32_t)db_int(query, column + 1), ret->id,
                          db_bytes(query, column + 2), ret->bytes, err);
}

enum st record_key_read(struct app *app, struct db *db, int64_t id, struct data_key *ret,
                        struct err *err)
{
    struct query *query = db_query(db, Q_RECORD_KEY_READ);
    db_bind_int(query, 1, id);
    enum st outcome = db_next(query) ? record_key_from_row(app, query, 0, ret, err) : ST_NOT_FOUND;
    enum st ended = db_end(query, err);
    if (ended != ST_OK) return ended;
    return outcome == ST_NOT_FOUND ? err_set(err, outcome, "This record is not there any more.")
                                   : outcome;
}

enum st record_key_destroy(struct db *db, int64_t id, struct err *err)
{
    char value[24];
    enum st outcome = snapshot_forget(db, err);
    if (outcome == ST_OK) outcome = record_key_destroy_one(db, id, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_FACT_SET);
    snprintf(value, sizeof value, "%lld", (long long)id); /* no other destroying has the same */
    db_bind_text(query, 1, STR(FACT_UNWIPED));
    db_bind_text(query, 2, str_from(value));
    return db_run(query, err);
}

enum st record_key_destroy_one(struct db *db, int64_t id, struct err *err)
{
    struct query *query = db_query(db, Q_RECORD_KEY_DESTROY);
    db_bind_int(query, 1, id);
    db_bind_bytes(query, 2, "", 0);
    audit_log_forget_keys(db);
    int64_t gone = 0;
    return db_one(query, &gone, err);
}

/* --- turning over ---------------------------------------------------------------------- */

struct rewrap {
    int64_t id;
    uint32_t by;
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
};

/* Reads up to ROTATE_AT_ONCE keys after `last` and wraps them anew. */
static enum st rewrap_some(struct app *app, struct db *db, int64_t last, struct rewrap *list,
                           size_t *ret_count, struct err *err)
{
    struct key_about keys[KEYRING_KEYS_MAX];
    size_t known = keyring_list(app->keys, keys);
    enum st outcome = ST_OK;
    size_t count = 0;
    struct query *query = db_query(db, Q_RECORD_KEY_AFTER);
    db_bind_int(query, 1, last);
    db_bind_int(query, 2, ROTATE_AT_ONCE);
    while (outcome == ST_OK && count < ROTATE_AT_ONCE && db_next(query)) {
        struct data_key key;
        uint32_t by = (uint32_t)db_int(query, 1);
        enum key_use use = KEY_RECORD;
        for (size_t i = 0; i < known; i++)
            if (keys[i].id == by) use = keys[i].use;
        outcome = record_key_from_row(app, query, 0, &key, err);
        if (outcome != ST_OK) break;
        struct rewrap *item = &list[count++];
        item->id = key.id;
        item->by = keyring_wrap(app->keys, use, key.id, key.bytes, item->wrapped);
        data_key_clear(&key);
    }
    outcome = db_end_after(query, outcome, err);
    *ret_count = count;
    return outcome;
}

static enum st store_some(struct db *db, const struct rewrap *list, size_t count, struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_RECORD_KEY_REWRAP);
        db_bind_int(query, 1, list[i].id);
        db_bind_int(query, 2, list[i].by);
        db_bind_bytes(query, 3, list[i].wrapped, SEAL_WRAPPED_SIZE);
        outcome = db_run(query, err);
    }
    return outcome;
}

enum st record_keys_rotate(struct app *app, void (*progress)(void *, int64_t, int64_t),
                           void *context, int64_t *ret_count, struct err *err)
{
    enum st outcome = keyring_rotate(app->keys, err);
    struct rewrap *list = calloc(ROTATE_AT_ONCE, sizeof *list);
    if (!list) abort();
    int64_t last = 0;
    int64_t done = 0;
    int64_t total = 0;
    size_t count = ROTATE_AT_ONCE;
    while (outcome == ST_OK && count == ROTATE_AT_ONCE) {
        struct db *db;
        outcome = store_write_begin(app->store, &db, err);
        if (outcome != ST_OK) break;
        if (total == 0) outcome = db_one(db_query(db, Q_RECORD_KEY_COUNT_ALL), &total, err);
        if (outcome == ST_OK) outcome = rewrap_some(app, db, last, list, &count, err);
        if (outcome == ST_OK) outcome = store_some(db, list, count, err);
        outcome = store_write_end(app->store, db, outcome, err);
        if (outcome != ST_OK) break;
        if (count) last = list[count - 1].id;
        done += (int64_t)count;
        if (progress) progress(context, done, total);
    }
    free(list);
    *ret_count = done;
    if (outcome != ST_OK) return outcome;
    return audit_event(
        app, &(struct audit_event){.kind = AUDIT_OPERATION, .action = "keys turned over"}, err);
}

enum st record_keys_count(struct app *app, uint32_t kek, int64_t *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_RECORD_KEY_COUNT);
    db_bind_int(query, 1, kek);
    enum st outcome = db_one(query, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st record_keys_forget(struct app *app, uint32_t kek, struct err *err)
{
    int64_t used = 0;
    enum st outcome = record_keys_count(app, kek, &used, err);
    if (outcome == ST_OK && used > 0) {
        err_set(err, ST_CONFLICT, "%lld records still need key %u.", (long long)used, kek);
        err_hint(err, "Turn the keys over first: pendeen keys rotate.");
        return ST_CONFLICT;
    }
    if (outcome == ST_OK) outcome = keyring_forget(app->keys, kek, err);
    if (outcome != ST_OK) return outcome;
    return audit_event(app, &(struct audit_event){.kind = AUDIT_ERASURE,
                                                  .action = "key forgotten",
                                                  .subject = "key",
                                                  .subject_id = kek},
                       err);
}
