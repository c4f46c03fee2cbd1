#include "domain/second_factor.h"

#include "domain/account.h"
#include "domain/record_key.h"
#include "seal/totp.h"

static enum st count_of(struct db *db, enum query_id id, int64_t account, int64_t *ret,
                        struct err *err)
{
    struct query *query = db_query(db, id);
    db_bind_int(query, 1, account);
    return db_one(query, ret, err);
}

static enum st read_counts(struct db *db, int64_t account, struct second_factors *ret,
                           struct err *err)
{
    int64_t totp = 0;
    enum st outcome = count_of(db, Q_TOTP_CONFIRMED, account, &totp, err);
    if (outcome == ST_OK) outcome = count_of(db, Q_PASSKEY_COUNT, account, &ret->passkeys, err);
    if (outcome == ST_OK)
        outcome = count_of(db, Q_RECOVERY_LEFT, account, &ret->recovery_left, err);
    ret->totp = totp > 0;
    return outcome;
}

enum st second_factors_read(struct app *app, int64_t account, struct second_factors *ret,
                            struct err *err)
{
    *ret = (struct second_factors){0};
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_counts(db, account, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

static enum st remove_rows(struct db *db, enum query_id id, int64_t account, struct err *err)
{
    struct query *query = db_query(db, id);
    db_bind_int(query, 1, account);
    return db_run(query, err);
}

enum st second_factors_tidy(struct db *db, int64_t account, struct err *err)
{
    struct second_factors left = {0};
    enum st outcome = read_counts(db, account, &left, err);
    if (outcome != ST_OK || second_factors_any(&left)) return outcome;
    return remove_rows(db, Q_RECOVERY_REMOVE, account, err);
}

enum st second_factors_remove(struct app *app, int64_t by, int64_t account, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = remove_rows(db, Q_TOTP_REMOVE, account, err);
    if (outcome == ST_OK) outcome = remove_rows(db, Q_PASSKEY_REMOVE_ALL, account, err);
    if (outcome == ST_OK) outcome = remove_rows(db, Q_RECOVERY_REMOVE, account, err);
    if (outcome == ST_OK) outcome = remove_rows(db, Q_WRONG_CODE_REMOVE_ALL, account, err);
    if (outcome == ST_OK) outcome = sessions_end_all(db, account, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, by, "second factors taken away",
                               "account", account, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

/* --- the authenticator app -------------------------------------------------------------- */

struct totp_row {
    struct str secret;
    int64_t last_step;
    bool confirmed;
};

static enum st totp_read(struct app *app, struct db *db, struct arena *arena, int64_t account,
                         struct totp_row *ret, struct err *err)
{
    struct query *query = db_query(db, Q_TOTP_READ);
    db_bind_int(query, 1, account);
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) {
        struct data_key key;
        ret->last_step = db_int(query, 1);
        ret->confirmed = !db_is_null(query, 2);
        outcome = record_key_from_row(app, query, 3, &key, err);
        if (outcome == ST_OK)
            outcome = field_open(arena, &key, FIELD_TOTP_SECRET, account, db_bytes(query, 0),
                                 &ret->secret, err);
        data_key_clear(&key);
    }
    enum st ended = db_end(query, err);
    if (ended != ST_OK) return ended;
    return outcome == ST_NOT_FOUND ? err_set(err, outcome, "No authenticator app is being set up.")
                                   : outcome;
}

static enum st store_secret(struct app *app, struct db *db, int64_t account, struct err *err)
{
    struct data_key key;
    enum st outcome = account_key(app, db, account, &key, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, 4096);
    uint8_t secret[TOTP_SECRET_SIZE];
    totp_secret(secret);
    struct str sealed = field_seal(&arena, &key, FIELD_TOTP_SECRET, account,
                                   str_of((const char *)secret, sizeof secret));
    data_key_clear(&key);
    seal_forget(secret, sizeof secret);
    struct query *query = db_query(db, Q_TOTP_SET);
    db_bind_int(query, 1, account);
    db_bind_bytes(query, 2, sealed.ptr, sealed.len);
    db_bind_int(query, 3, clock_now());
    arena_done(&arena);
    return db_run(query, err);
}

enum st totp_begin(struct app *app, int64_t account, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t there = 0;
    outcome = count_of(db, Q_TOTP_CONFIRMED, account, &there, err);
    if (outcome == ST_OK && there) {
        outcome = err_set(err, ST_CONFLICT, "An authenticator app is set up already.");
        err_hint(err, "Remove it first to set up another.");
    }
    if (outcome == ST_OK) outcome = store_secret(app, db, account, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st totp_waiting(struct app *app, struct arena *arena, int64_t account, struct str email,
                     struct str *ret_words, struct str *ret_uri, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct totp_row row = {0};
    enum st outcome = totp_read(app, db, arena, account, &row, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && row.confirmed)
        outcome = err_set(err, ST_NOT_FOUND, "No authenticator app is being set up.");
    if (outcome != ST_OK) return outcome;
    *ret_words = totp_secret_words(arena, row.secret);
    *ret_uri = totp_uri(arena, row.secret, STR("Pendeen"), email);
    return ST_OK;
}

/* Takes a code of the app, confirmed or (when `setting_up`) waiting to be. */
static enum st totp_take(struct app *app, struct db *db, int64_t account, struct str code,
                         bool setting_up, bool *ret, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 4096);
    struct totp_row row = {0};
    *ret = false;
    enum st outcome = totp_read(app, db, &arena, account, &row, err);
    int64_t step = 0;
    bool good = outcome == ST_OK && row.confirmed != setting_up &&
                totp_check(row.secret, code, clock_now(), row.last_step, &step);
    arena_done(&arena);
    if (outcome == ST_NOT_FOUND) return ST_OK;
    if (outcome != ST_OK || !good) return outcome;
    struct query *query = db_query(db, Q_TOTP_TAKE);
    db_bind_int(query, 1, account);
    db_bind_int(query, 2, step);
    db_bind_int(query, 3, clock_now());
    int64_t taken = 0;
    outcome = db_one(query, &taken, err);
    *ret = outcome == ST_OK;
    return outcome == ST_NOT_FOUND ? ST_OK : outcome;
}

enum st totp_confirm(struct app *app, int64_t account, struct str code, struct recovery_codes *ret,
                     struct err *err)
{
    *ret = (struct recovery_codes){0};
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    bool good = false;
    outcome = totp_take(app, db, account, code, true, &good, err);
    if (outcome == ST_OK && !good) {
        outcome = err_set(err, ST_INVALID,
                          "That code is not right. Type the one that the app shows now.");
        err_hint(err, "If it happens again, check that the phone's clock is right.");
    }
    if (outcome == ST_OK) outcome = recovery_ensure(app, db, account, ret, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, account, "authenticator app added",
                               "account", account, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st totp_remove(struct app *app, int64_t account, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = remove_rows(db, Q_TOTP_REMOVE, account, err);
    if (outcome == ST_OK) outcome = second_factors_tidy(db, account, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, account, "authenticator app removed",
                               "account", account, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

/* --- recovery codes ------------------------------------------------------------------------ */

enum { RECOVERY_CHARACTERS = 16 }; /* of base 32: 80 bits */

static void recovery_hash(int64_t account, const char code[static RECOVERY_CHARACTERS],
                          uint8_t ret[static SEAL_HASH_SIZE])
{
    char bytes[sizeof account + RECOVERY_CHARACTERS];
    memcpy(bytes, &account, sizeof account);
    memcpy(bytes + sizeof account, code, RECOVERY_CHARACTERS);
    seal_hash(str_of(bytes, sizeof bytes), ret);
}

static enum st make_codes(struct app *app, struct db *db, int64_t account,
                          struct recovery_codes *ret, struct err *err)
{
    *ret = (struct recovery_codes){0};
    enum st outcome = remove_rows(db, Q_RECOVERY_REMOVE, account, err);
    for (int i = 0; i < RECOVERY_CODES && outcome == ST_OK; i++) {
        char code[RECOVERY_CHARACTERS + 1];
        uint8_t hash[SEAL_HASH_SIZE];
        seal_reference(code, RECOVERY_CHARACTERS);
        recovery_hash(account, code, hash);
        snprintf(ret->code[i], RECOVERY_CODE_SIZE, "%.4s-%.4s-%.4s-%.4s", code, code + 4, code + 8,
                 code + 12);
        struct query *query = db_query(db, Q_RECOVERY_ADD);
        db_bind_int(query, 1, account);
        db_bind_bytes(query, 2, hash, sizeof hash);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, account, "recovery codes made", "account",
                               account, "ok", err);
    if (outcome == ST_OK) ret->count = RECOVERY_CODES;
    return outcome;
}

enum st recovery_ensure(struct app *app, struct db *db, int64_t account, struct recovery_codes *ret,
                        struct err *err)
{
    *ret = (struct recovery_codes){0};
    int64_t left = 0;
    enum st outcome = count_of(db, Q_RECOVERY_LEFT, account, &left, err);
    return outcome == ST_OK && !left ? make_codes(app, db, account, ret, err) : outcome;
}

enum st recovery_make(struct app *app, int64_t account, struct recovery_codes *ret, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct second_factors factors = {0};
    outcome = read_counts(db, account, &factors, err);
    if (outcome == ST_OK && !second_factors_any(&factors))
        outcome = err_set(err, ST_CONFLICT, "Set up a passkey or an authenticator app first.");
    if (outcome == ST_OK) outcome = make_codes(app, db, account, ret, err);
    return store_write_end(app->store, db, outcome, err);
}

/* As it was typed, to what was made: O is 0, I and L are 1 (Crockford's base 32). */
static bool recovery_read(struct str typed, char ret[static RECOVERY_CHARACTERS])
{
    size_t count = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (c == '-' || c == ' ') continue;
        if (c >= 'a' && c <= 'z') c = (char)(c - 32);
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
        if (count == RECOVERY_CHARACTERS) return false;
        ret[count++] = c;
    }
    return count == RECOVERY_CHARACTERS;
}

static enum st recovery_take(struct app *app, struct db *db, int64_t account, struct str typed,
                             bool *ret, struct err *err)
{
    char code[RECOVERY_CHARACTERS];
    *ret = false;
    if (!recovery_read(typed, code)) return ST_OK;
    uint8_t hash[SEAL_HASH_SIZE];
    recovery_hash(account, code, hash);
    struct query *query = db_query(db, Q_RECOVERY_USE);
    db_bind_int(query, 1, account);
    db_bind_bytes(query, 2, hash, sizeof hash);
    db_bind_int(query, 3, clock_now());
    int64_t used = 0;
    enum st outcome = db_one(query, &used, err);
    *ret = outcome == ST_OK;
    if (outcome == ST_OK)
        return account_note(app, db, AUDIT_SIGN_IN, account, "recovery code used", "account",
                            account, "ok", err);
    return outcome == ST_NOT_FOUND ? ST_OK : outcome;
}

/* --- taking a code ------------------------------------------------------------------------- */

static instant_ms wait_after(int64_t tries)
{
    if (tries < CODES_FREE) return 0;
    int64_t minutes = tries - CODES_FREE < 10 ? 1 << (tries - CODES_FREE) : CODE_WAIT_MINUTES;
    return (minutes < CODE_WAIT_MINUTES ? minutes : CODE_WAIT_MINUTES) * 60000;
}

static enum st read_wait(struct db *db, int64_t account, bool familiar, int *ret_seconds,
                         struct err *err)
{
    instant_ms left = 0;
    struct query *query = db_query(db, Q_WRONG_CODE_READ);
    db_bind_int(query, 1, account);
    db_bind_int(query, 2, familiar);
    if (db_next(query)) {
        instant_ms passed = clock_now() - db_int(query, 1);
        left = wait_after(db_int(query, 0)) - (passed > 0 ? passed : 0);
    }
    *ret_seconds = left > 0 ? (int)(left + 999) / 1000 : 0;
    return db_end(query, err);
}

static enum st count_code(struct db *db, int64_t account, bool familiar, bool good, struct err *err)
{
    struct query *query = db_query(db, good ? Q_WRONG_CODE_REMOVE : Q_WRONG_CODE_ADD);
    db_bind_int(query, 1, account);
    db_bind_int(query, 2, familiar);
    if (!good) db_bind_int(query, 3, clock_now());
    return db_run(query, err);
}

enum st second_factor_take(struct app *app, struct db *db, int64_t account, bool familiar,
                           struct str code, struct code_taken *ret, struct err *err)
{
    *ret = (struct code_taken){0};
    enum st outcome = read_wait(db, account, familiar, &ret->wait_seconds, err);
    if (outcome != ST_OK || ret->wait_seconds) return outcome;
    outcome = totp_take(app, db, account, code, false, &ret->good, err);
    if (outcome == ST_OK && !ret->good)
        outcome = recovery_take(app, db, account, code, &ret->good, err);
    return outcome == ST_OK ? count_code(db, account, familiar, ret->good, err) : outcome;
}
