#include "domain/account.h"

#include "base/utf8.h"
#include "domain/audit.h"
#include "domain/limit.h"

enum { EMAIL_MAX = 254, NAME_MAX_BYTES = 120 };

enum st organisation_ensure(struct db *db, struct str name, struct str sector, struct str forum,
                            int64_t *ret, struct err *err)
{
    struct query *query = db_query(db, Q_ORGANISATION_BY_NAME);
    db_bind_text(query, 1, name);
    enum st outcome = db_one(query, ret, err);
    if (outcome != ST_NOT_FOUND) return outcome;
    query = db_query(db, Q_ORGANISATION_ADD);
    db_bind_text(query, 1, name);
    db_bind_text(query, 2, sector);
    db_bind_text(query, 3, forum);
    return db_one(query, ret, err);
}

static enum st note(struct app *app, struct db *db, enum audit_kind kind, const char *action,
                    int64_t by, int64_t account, struct err *err)
{
    return audit_append(app, db, &(struct audit_event){.kind = kind,
                                                       .action = action,
                                                       .account = by,
                                                       .subject = "account",
                                                       .subject_id = account},
                        err);
}

static enum st note_refused(struct app *app, int64_t account, const char *outcome, struct err *err)
{
    return audit_event(app, &(struct audit_event){.kind = AUDIT_SIGN_IN,
                                                  .action = "sign-in",
                                                  .account = account,
                                                  .subject = "account",
                                                  .subject_id = account,
                                                  .outcome = outcome},
                       err);
}

static bool email_shaped(struct str email)
{
    ptrdiff_t at = str_find(email, STR("@"), 0);
    return at > 0 && email.len <= EMAIL_MAX && str_find(email, STR("."), (size_t)at) > at + 1 &&
           str_find(email, STR(" "), 0) < 0 && str_find(email, STR("@"), (size_t)at + 1) < 0;
}

enum st account_add(struct app *app, struct db *db, const struct account_new *account, int64_t *ret, struct err *err)
{
    if (!email_shaped(account->email))
        return err_set(err, ST_INVALID, "'%.*s' is not an email address.", STR_ARG(account->email));
    if (!account->name.len || account->name.len > NAME_MAX_BYTES || !utf8_valid(account->name))
        return err_set(err, ST_INVALID, "A name needs 1 to %d characters.", NAME_MAX_BYTES);
    struct arena arena;
    arena_init(&arena, 4096);
    struct query *query = db_query(db, Q_ACCOUNT_ADD);
    db_bind_text(query, 1, str_lower(&arena, account->email));
    db_bind_text(query, 2, account->name);
    db_bind_int(query, 3, account->organisation);
    db_bind_text(query, 4, account->password_hash);
    db_bind_int(query, 5, clock_now());
    enum st outcome = db_one(query, ret, err);
    arena_done(&arena);
    if (outcome == ST_CONFLICT)
        return err_set(err, ST_CONFLICT, "There is an account with the address %.*s already.",
                       STR_ARG(account->email));
    for (int role = 0; outcome == ST_OK && role < ROLE_COUNT; role++) {
        if (!(account->roles >> role & 1)) continue;
        query = db_query(db, Q_ACCOUNT_ROLE_ADD);
        db_bind_int(query, 1, *ret);
        db_bind_text(query, 2, str_from(role_name((enum role)role)));
        outcome = db_run(query, err);
    }
    if (outcome != ST_OK) return outcome;
    return note(app, db, AUDIT_ALTERATION, "account added", 0, *ret, err);
}

static enum st account_id(struct db *db, struct str email, int64_t *ret, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 4096);
    struct query *query = db_query(db, Q_ACCOUNT_ID);
    db_bind_text(query, 1, str_lower(&arena, str_sub(email, 0, EMAIL_MAX)));
    enum st outcome = db_one(query, ret, err);
    arena_done(&arena);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_NOT_FOUND, "There is no account with the address %.*s.",
                       STR_ARG(str_sub(email, 0, EMAIL_MAX)));
    return outcome;
}

static enum st sessions_end_all(struct db *db, int64_t account, struct err *err)
{
    struct query *query = db_query(db, Q_SESSION_REMOVE_ALL);
    db_bind_int(query, 1, account);
    return db_run(query, err);
}

enum st account_set_password(struct app *app, struct str email, struct str password, struct err *err)
{
    char hash[SEAL_PASSWORD_HASH_SIZE];
    enum st outcome = seal_password_check(password, email, err);
    if (outcome == ST_OK) outcome = seal_password_hash(password, hash, err);
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t id = 0;
    outcome = account_id(db, email, &id, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_ACCOUNT_SET_PASSWORD);
        db_bind_int(query, 1, id);
        db_bind_text(query, 2, str_from(hash));
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK) outcome = sessions_end_all(db, id, err);
    if (outcome == ST_OK) outcome = note(app, db, AUDIT_ALTERATION, "password set", 0, id, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st account_set_disabled(struct app *app, struct str email, bool disabled, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t id = 0;
    outcome = account_id(db, email, &id, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, disabled ? Q_ACCOUNT_DISABLE : Q_ACCOUNT_ENABLE);
        db_bind_int(query, 1, id);
        if (disabled) db_bind_int(query, 2, clock_now());
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK) outcome = sessions_end_all(db, id, err);
    if (outcome == ST_OK)
        outcome = note(app, db, AUDIT_ALTERATION, disabled ? "account disabled" : "account enabled", 0,
                       id, err);
    return store_write_end(app->store, db, outcome, err);
}

/* --- sessions ------------------------------------------------------------- */

/* ST_DENIED unless the account is one that may sign in. */
static enum st is_enabled(struct db *db, int64_t account, struct err *err)
{
    struct query *query = db_query(db, Q_ACCOUNT_READ);
    db_bind_int(query, 1, account);
    bool found = db_next(query);
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && !found) outcome = err_set(err, ST_DENIED, "You could not be signed in.");
    return outcome;
}

enum st session_begin_for(struct app *app, int64_t account, const char *method, struct session *ret,
                          struct err *err)
{
    seal_token(ret->token);
    seal_token(ret->csrf);
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(str_from(ret->token), hash);
    instant_ms now = clock_now();
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_SESSION_REMOVE_OLD);
    db_bind_int(query, 1, now - SESSION_HOURS * 3600000LL);
    db_bind_int(query, 2, now - SESSION_IDLE_MINUTES * 60000LL);
    outcome = db_run(query, err);
    if (outcome == ST_OK) outcome = is_enabled(db, account, err);
    if (outcome == ST_OK) {
        query = db_query(db, Q_SESSION_ADD);
        db_bind_bytes(query, 1, hash, sizeof hash);
        db_bind_int(query, 2, account);
        db_bind_text(query, 3, str_from(ret->csrf));
        db_bind_int(query, 4, now);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK) outcome = note(app, db, AUDIT_SIGN_IN, method, account, account, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st session_begin(struct app *app, struct str email, struct str password, struct str address,
                      struct session *ret, struct err *err)
{
    static const struct limit_rule per_account = {.burst = 8, .per_minute = 2};
    static const struct limit_rule per_address = {.burst = 60, .per_minute = 30};
    struct arena arena;
    arena_init(&arena, 4096);
    email = str_lower(&arena, str_trim(str_sub(email, 0, EMAIL_MAX)));
    int wait = 0;
    if (!limit_take(&per_account, email, &wait) || !limit_take(&per_address, address, &wait)) {
        arena_done(&arena);
        if (note_refused(app, 0, "too often", NULL) != ST_OK) wait++;
        return err_set(err, ST_LIMIT, "Too many tries. Please wait %d seconds and try again.", wait);
    }
    struct db *db = store_read_begin(app->store, err);
    if (!db) {
        arena_done(&arena);
        return ST_FAILED;
    }
    int64_t account = 0;
    struct str hash = STR("");
    struct query *query = db_query(db, Q_ACCOUNT_BY_EMAIL);
    db_bind_text(query, 1, email);
    if (db_next(query)) {
        account = db_int(query, 0);
        hash = str_dup(&arena, db_text(query, 1));
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && !seal_password_verify(str_sub(password, 0, SEAL_PASSWORD_MAX), hash)) {
        outcome = note_refused(app, account, "refused", err);
        if (outcome == ST_OK)
            outcome = err_set(err, ST_DENIED,
                              "That email address and password do not belong together. Check "
                              "both and try again.");
    }
    arena_done(&arena);
    if (outcome != ST_OK) return outcome;
    return session_begin_for(app, account, "signed in", ret, err);
}

static enum st person_read(struct db *db, struct arena *arena, int64_t account, struct person *ret,
                           struct err *err)
{
    struct query *query = db_query(db, Q_ACCOUNT_READ);
    db_bind_int(query, 1, account);
    bool found = db_next(query);
    if (found)
        *ret = (struct person){.account = db_int(query, 0),
                               .name = str_dup(arena, db_text(query, 1)),
                               .email = str_dup(arena, db_text(query, 2)),
                               .organisation = db_int(query, 3),
                               .organisation_name = str_dup(arena, db_text(query, 4)),
                               .sector = str_dup(arena, db_text(query, 5)),
                               .forum = str_dup(arena, db_text(query, 6))};
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    if (!found) return err_set(err, ST_NOT_FOUND, "You are signed out.");
    query = db_query(db, Q_ACCOUNT_ROLES);
    db_bind_int(query, 1, account);
    while (db_next(query)) {
        enum role role;
        if (role_from_name(db_text(query, 0), &role)) ret->roles |= 1u << role;
    }
    return db_end(query, err);
}

/* Writing "seen" at each request would cost a commit; a minute is fine enough. */
static enum st session_seen(struct app *app, const uint8_t *hash, instant_ms now, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_SESSION_SEEN);
    db_bind_bytes(query, 1, hash, SEAL_HASH_SIZE);
    db_bind_int(query, 2, now);
    outcome = db_run(query, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st session_read(struct app *app, struct arena *arena, struct str token, struct person *ret,
                     struct str *ret_csrf, struct err *err)
{
    if (token.len != SEAL_TOKEN_SIZE - 1) return err_set(err, ST_NOT_FOUND, "You are signed out.");
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(token, hash);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    instant_ms now = clock_now();
    instant_ms seen = 0;
    int64_t account = 0;
    struct query *query = db_query(db, Q_SESSION_READ);
    db_bind_bytes(query, 1, hash, sizeof hash);
    if (db_next(query)) {
        instant_ms created = db_int(query, 2);
        seen = db_int(query, 3);
        if (now - created < SESSION_HOURS * 3600000LL && now - seen < SESSION_IDLE_MINUTES * 60000LL)
            account = db_int(query, 0);
        *ret_csrf = str_dup(arena, db_text(query, 1));
    }
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && account == 0) outcome = err_set(err, ST_NOT_FOUND, "You are signed out.");
    if (outcome == ST_OK) outcome = person_read(db, arena, account, ret, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && now - seen > 60000) outcome = session_seen(app, hash, now, err);
    return outcome;
}

enum st session_end(struct app *app, struct str token, struct err *err)
{
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(token, hash);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_SESSION_REMOVE);
    db_bind_bytes(query, 1, hash, sizeof hash);
    outcome = db_run(query, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st account_person(struct app *app, struct arena *arena, struct str email, struct person *ret,
                       struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    int64_t id = 0;
    enum st outcome = account_id(db, email, &id, err);
    if (outcome == ST_OK) outcome = person_read(db, arena, id, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st account_list(struct app *app, struct arena *arena, size_t maximum, struct account_line **ret,
                     size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct account_line *list = arena_many(arena, maximum, struct account_line);
    size_t count = 0;
    int64_t last = 0;
    struct query *query = db_query(db, Q_ACCOUNT_LIST);
    while (db_next(query)) {
        /* One row for each role of an account. */
        struct str role = db_text(query, 5);
        if (db_int(query, 0) != last) {
            if (count == maximum) break;
            list[count++] = (struct account_line){.id = db_int(query, 0),
                                                  .email = str_dup(arena, db_text(query, 1)),
                                                  .name = str_dup(arena, db_text(query, 2)),
                                                  .organisation = str_dup(arena, db_text(query, 3)),
                                                  .roles = str_dup(arena, role),
                                                  .disabled = !db_is_null(query, 4)};
        } else {
            list[count - 1].roles = str_fmt(arena, "%.*s, %.*s", STR_ARG(list[count - 1].roles),
                                            STR_ARG(role));
        }
        last = db_int(query, 0);
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}
