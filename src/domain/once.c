#include "domain/once.h"

#include "base/clock.h"
#include "seal/secret.h"

static const int64_t kept_ms = 7 * (int64_t)86400000;

static void bind_hash(struct query *query, int parameter, struct str text)
{
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(text, hash);
    db_bind_bytes(query, parameter, hash, sizeof hash);
}

enum st once_look(struct db *db, struct once *once, struct err *err)
{
    uint8_t hash[SEAL_HASH_SIZE];
    bool same = true;
    if (!once) return ST_OK;
    seal_hash(once->asked, hash);
    once->record = 0;
    struct query *query = db_query(db, Q_API_ONCE_READ);
    db_bind_int(query, 1, once->account);
    bind_hash(query, 2, once->key);
    if (db_next(query)) {
        same = seal_equal(db_bytes(query, 0), str_of((const char *)hash, sizeof hash));
        once->record = db_int(query, 1);
    }
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK || same) return outcome;
    once->record = 0;
    err_set(err, ST_INVALID, "This Idempotency-Key was used for something else.");
    err_hint(err, "Make a new key for each thing that you send.");
    return ST_INVALID;
}

bool once_done(const struct once *once)
{
    return once && once->record;
}

enum st once_keep(struct db *db, const struct once *once, int64_t record, struct err *err)
{
    instant_ms now = clock_now();
    if (!once) return ST_OK;
    struct query *query = db_query(db, Q_API_ONCE_REMOVE_OLD);
    db_bind_int(query, 1, now - kept_ms);
    enum st outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_API_ONCE_ADD);
    db_bind_int(query, 1, once->account);
    bind_hash(query, 2, once->key);
    bind_hash(query, 3, once->asked);
    db_bind_int(query, 4, now);
    db_bind_int(query, 5, record);
    return db_run(query, err);
}
