#include "domain/invitation.h"

#include "domain/account.h"
#include "domain/api_client.h"

enum st invitation_make(struct app *app, int64_t by, int64_t account,
                        char ret[static SEAL_TOKEN_SIZE], struct err *err)
{
    char token[SEAL_TOKEN_SIZE];
    uint8_t hash[SEAL_HASH_SIZE];
    seal_token(token);
    seal_hash(str_from(token), hash);
    instant_ms now = clock_now();
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_ACCOUNT_ACTIVE);
    db_bind_int(query, 1, account);
    int64_t id = 0;
    outcome = db_one(query, &id, err);
    if (outcome == ST_NOT_FOUND)
        err_set(err, outcome, "That account is disabled. Enable it first.");
    bool is_program = false;
    if (outcome == ST_OK) outcome = api_client_has(db, account, &is_program, err);
    if (is_program)
        outcome =
            err_set(err, ST_CONFLICT, "That is the account of a program: nobody signs in with it.");
    if (outcome == ST_OK) {
        query = db_query(db, Q_INVITATION_WITHDRAW);
        db_bind_int(query, 1, account);
        db_bind_int(query, 2, now);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK) {
        query = db_query(db, Q_INVITATION_ADD);
        db_bind_bytes(query, 1, hash, sizeof hash);
        db_bind_int(query, 2, account);
        db_bind_int_or_null(query, 3, by);
        db_bind_int(query, 4, now);
        db_bind_int(query, 5, now + INVITATION_DAYS * 86400000LL);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome =
            account_note(app, db, AUDIT_ALTERATION, by, "link made", "account", account, "ok", err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome == ST_OK) memcpy(ret, token, sizeof token);
    return outcome;
}

static enum st find(struct db *db, const uint8_t hash[static SEAL_HASH_SIZE], int64_t *ret,
                    struct err *err)
{
    struct query *query = db_query(db, Q_INVITATION_READ);
    db_bind_bytes(query, 1, hash, SEAL_HASH_SIZE);
    db_bind_int(query, 2, clock_now());
    enum st outcome = db_one(query, ret, err);
    if (outcome != ST_NOT_FOUND) return outcome;
    err_set(err, ST_NOT_FOUND, "This link was used already, or is too old.");
    err_hint(err, "Ask your administrator for a new one.");
    return ST_NOT_FOUND;
}

enum st invitation_read(struct app *app, struct arena *arena, struct str token,
                        struct account_line *ret, struct err *err)
{
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(token, hash);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    int64_t account = 0;
    enum st outcome = find(db, hash, &account, err);
    store_read_end(app->store, db);
    return outcome == ST_OK ? account_read(app, arena, account, ret, err) : outcome;
}

enum st invitation_use(struct app *app, struct str token, struct str password, int64_t *ret_account,
                       struct err *err)
{
    uint8_t hash[SEAL_HASH_SIZE];
    char password_hash[SEAL_PASSWORD_HASH_SIZE];
    seal_hash(token, hash);
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct account_line line;
    enum st outcome = invitation_read(app, &arena, token, &line, err);
    if (outcome == ST_OK) outcome = seal_password_check(password, line.email, err);
    arena_done(&arena);
    if (outcome == ST_OK) outcome = seal_password_hash(password, password_hash, err);
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t account = 0;
    outcome = find(db, hash, &account, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_INVITATION_USE);
        db_bind_bytes(query, 1, hash, sizeof hash);
        db_bind_int(query, 2, clock_now());
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome = account_store_password(app, db, account, str_from(password_hash), err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, account, "password set by link",
                               "account", account, "ok", err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome == ST_OK) *ret_account = account;
    return outcome;
}
