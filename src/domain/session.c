#include "domain/session.h"

#include "domain/account.h"
#include "domain/record_key.h"

#include <stdio.h>

enum { FROM_TEXTS = 2 }; /* address, browser: the texts of session.sealed */

static instant_ms oldest_start(instant_ms now)
{
    return now - SESSION_HOURS * 3600000LL;
}

static instant_ms oldest_seen(instant_ms now)
{
    return now - SESSION_IDLE_MINUTES * 60000LL;
}

enum st sessions_end_all(struct db *db, int64_t account, struct err *err)
{
    struct query *query = db_query(db, Q_SESSION_REMOVE_ALL);
    db_bind_int(query, 1, account);
    enum st outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_SIGN_IN_STEP_REMOVE_OLD);
    db_bind_int(query, 1, 0);
    db_bind_int(query, 2, account);
    return db_run(query, err);
}

/* --- forms ------------------------------------------------------------------------------- */

/* A form token: the hour in which its session began, random characters, and a tag by the ring of
 * these and the account.  Nobody without the ring makes one, and it tells no account. */
enum {
    FORM_HOUR = 6, /* hexadecimal */
    FORM_RANDOM = SEAL_TOKEN_SIZE - 1 - FORM_HOUR - 2 * SEAL_TAG_SIZE,
    FORM_TAGGED = FORM_HOUR + FORM_RANDOM
};
_Static_assert(FORM_RANDOM > 3, "two sessions of an hour have tokens of their own");

static int64_t form_hour(instant_ms at)
{
    return at / 3600000;
}

static void form_tag(const struct app *app, int64_t account, const char *tagged,
                     char ret[static SEAL_TAG_TEXT_SIZE])
{
    char bytes[sizeof account + FORM_TAGGED];
    memcpy(bytes, &account, sizeof account);
    memcpy(bytes + sizeof account, tagged, FORM_TAGGED);
    keyring_tag_text(app->keys, "form token", str_of(bytes, sizeof bytes), ret);
}

static void form_token(const struct app *app, int64_t account, char ret[static SEAL_TOKEN_SIZE])
{
    char random[SEAL_TOKEN_SIZE];
    char tag[SEAL_TAG_TEXT_SIZE];
    char hour[FORM_HOUR + 1];
    seal_token(random);
    snprintf(hour, sizeof hour, "%06llx",
             (unsigned long long)form_hour(clock_now()) & ((1ull << 4 * FORM_HOUR) - 1));
    memcpy(ret, hour, FORM_HOUR);
    memcpy(ret + FORM_HOUR, random, FORM_RANDOM);
    form_tag(app, account, ret, tag);
    memcpy(ret + FORM_TAGGED, tag, sizeof tag);
}

enum session_form session_form_of(const struct app *app, struct str csrf, int64_t account)
{
    char tag[SEAL_TAG_TEXT_SIZE];
    if (csrf.len != SEAL_TOKEN_SIZE - 1) return FORM_OF_OTHERS;
    form_tag(app, account, csrf.ptr, tag);
    if (!seal_equal(str_from(tag), str_sub(csrf, FORM_TAGGED, csrf.len))) return FORM_OF_OTHERS;
    int64_t hour = 0;
    for (size_t i = 0; i < FORM_HOUR; i++) {
        char c = csrf.ptr[i]; /* as we wrote it: the tag is right */
        hour = hour * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    int64_t age = form_hour(clock_now()) - hour;
    return age >= -1 && age <= SESSION_FORM_DAYS * 24 ? FORM_GOOD : FORM_OLD;
}

/* --- beginning ------------------------------------------------------------------------- */

static enum st insert(struct app *app, struct db *db, int64_t account,
                      const struct visitor *visitor, bool strong, const struct session *session,
                      struct err *err)
{
    int64_t id = 0;
    struct data_key key;
    enum st outcome = db_next_id(db, Q_SESSION_LAST, &id, err);
    if (outcome == ST_OK) outcome = account_key(app, db, account, &key, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, 1 << 14);
    struct str text[FROM_TEXTS] = {str_sub(visitor->address, 0, 60),
                                   str_sub(visitor->browser, 0, 80)};
    struct str from =
        field_seal(&arena, &key, FIELD_SESSION_FROM, id, texts_pack(&arena, text, FROM_TEXTS));
    data_key_clear(&key);
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(str_from(session->token), hash);
    struct query *query = db_query(db, Q_SESSION_ADD);
    db_bind_int(query, 1, id);
    db_bind_bytes(query, 2, hash, sizeof hash);
    db_bind_int(query, 3, account);
    db_bind_text(query, 4, str_from(session->csrf));
    db_bind_bytes(query, 5, from.ptr, from.len);
    db_bind_int(query, 6, strong);
    db_bind_int(query, 7, clock_now());
    arena_done(&arena);
    return db_run(query, err);
}

static enum st remove_old(struct db *db, instant_ms now, struct err *err)
{
    struct query *query = db_query(db, Q_SESSION_REMOVE_OLD);
    db_bind_int(query, 1, oldest_start(now));
    db_bind_int(query, 2, oldest_seen(now));
    return db_run(query, err);
}

static enum st may_sign_in(struct db *db, int64_t account, struct err *err)
{
    struct query *query = db_query(db, Q_ACCOUNT_ACTIVE);
    db_bind_int(query, 1, account);
    int64_t id = 0;
    enum st outcome = db_one(query, &id, err);
    return outcome == ST_NOT_FOUND ? err_set(err, outcome, "That account cannot sign in.")
                                   : outcome;
}

enum st session_begin_in(struct app *app, struct db *db, int64_t account,
                         const struct visitor *visitor, const char *method, bool strong,
                         struct session *ret, struct err *err)
{
    struct session session;
    seal_token(session.token);
    form_token(app, account, session.csrf);
    instant_ms now = clock_now();
    enum st outcome = remove_old(db, now, err);
    if (outcome == ST_OK) outcome = may_sign_in(db, account, err);
    if (outcome == ST_OK) outcome = insert(app, db, account, visitor, strong, &session, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_ACCOUNT_SIGNED_IN);
        db_bind_int(query, 1, account);
        db_bind_int(query, 2, now);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_SIGN_IN, account, method, "account", account,
                            strong ? "with a second factor" : "ok", err);
    if (outcome == ST_OK) *ret = session;
    return outcome;
}

enum st session_begin(struct app *app, int64_t account, const struct visitor *visitor,
                      const char *method, bool strong, struct session *ret, struct err *err)
{
    struct db *db;
    struct session session;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = session_begin_in(app, db, account, visitor, method, strong, &session, err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome == ST_OK) *ret = session;
    return outcome;
}

/* --- reading ---------------------------------------------------------------------------- */

/* Writing "seen" at each request would cost a commit; a minute is fine enough. */
static enum st session_seen(struct app *app, int64_t id, instant_ms now, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_SESSION_SEEN);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, now);
    outcome = db_run(query, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st session_read(struct app *app, struct arena *arena, struct str token, struct person *ret,
                     struct session_facts *ret_facts, struct err *err)
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
        instant_ms created = db_int(query, 3);
        seen = db_int(query, 4);
        if (created > oldest_start(now) && seen > oldest_seen(now)) account = db_int(query, 1);
        *ret_facts = (struct session_facts){.id = db_int(query, 0),
                                            .csrf = str_dup(arena, db_text(query, 2)),
                                            .confirmed_at = db_int(query, 5),
                                            .strong = db_int(query, 6) != 0};
    }
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && account == 0)
        outcome = err_set(err, ST_NOT_FOUND, "You are signed out.");
    if (outcome == ST_OK) outcome = account_person_read(app, db, arena, account, ret, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && now - seen > 60000)
        outcome = session_seen(app, ret_facts->id, now, err);
    return outcome;
}

bool session_is_recent(const struct session_facts *facts)
{
    instant_ms age = clock_now() - facts->confirmed_at;
    return age >= 0 && age < SESSION_RECENT_MINUTES * 60000LL;
}

enum st session_confirm(struct app *app, int64_t account, struct str token, bool strong,
                        char ret_token[static SEAL_TOKEN_SIZE], struct err *err)
{
    char made[SEAL_TOKEN_SIZE];
    seal_token(made);
    uint8_t before[SEAL_HASH_SIZE];
    uint8_t after[SEAL_HASH_SIZE];
    seal_hash(token, before);
    seal_hash(str_from(made), after);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_SESSION_CONFIRM);
    db_bind_bytes(query, 1, before, sizeof before);
    db_bind_bytes(query, 2, after, sizeof after);
    db_bind_int(query, 3, clock_now());
    db_bind_int(query, 4, strong);
    int64_t id = 0;
    outcome = db_one(query, &id, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_SIGN_IN, account, "confirmed who it is", "account",
                               account, "ok", err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome == ST_OK) memcpy(ret_token, made, sizeof made);
    return outcome;
}

/* --- listing and ending ------------------------------------------------------------------ */

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

enum st session_list(struct app *app, struct arena *arena, int64_t account,
                     struct session_line **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, SESSIONS_SHOWN, struct session_line);
    instant_ms now = clock_now();
    struct query *query = db_query(db, Q_SESSION_LIST);
    db_bind_int(query, 1, account);
    db_bind_int(query, 2, oldest_start(now));
    db_bind_int(query, 3, oldest_seen(now));
    db_bind_int(query, 4, SESSIONS_SHOWN);
    size_t count = 0;
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < SESSIONS_SHOWN && db_next(query)) {
        struct data_key key;
        struct str plain = STR("");
        struct str text[FROM_TEXTS] = {STR(""), STR("")};
        int64_t id = db_int(query, 0);
        outcome = record_key_from_row(app, query, 4, &key, err);
        if (outcome == ST_OK)
            outcome =
                field_open(arena, &key, FIELD_SESSION_FROM, id, db_bytes(query, 1), &plain, err);
        data_key_clear(&key);
        if (outcome != ST_OK || !texts_unpack(plain, text, FROM_TEXTS)) break;
        (*ret)[count++] = (struct session_line){
            id, text[0], text[1], db_int(query, 2), db_int(query, 3)};
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    *ret_count = count;
    return outcome;
}

enum st session_revoke(struct app *app, int64_t account, int64_t id, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_SESSION_REMOVE_ONE);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, account);
    int64_t gone = 0;
    outcome = db_one(query, &gone, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_SIGN_IN, account, "session ended", "session", id,
                               "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st session_revoke_others(struct app *app, int64_t account, int64_t kept, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_SESSION_REMOVE_OTHERS);
    db_bind_int(query, 1, account);
    db_bind_int(query, 2, kept);
    outcome = db_run(query, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_SIGN_IN, account, "other sessions ended", "account",
                               account, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}
