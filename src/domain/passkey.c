#include "domain/passkey.h"

#include "base/utf8.h"
#include "domain/account.h"
#include "domain/record_key.h"

enum { CHALLENGE_MINUTES = 10, PASSKEY_MEMORY = 1 << 18 };

/* The texts of passkey.sealed. */
enum { TEXT_NAME, TEXT_CREDENTIAL, TEXT_ALGORITHM, TEXT_PUBLIC_KEY, TEXT_SITE, PASSKEY_TEXTS };

/* --- challenges ------------------------------------------------------------------------ */

enum st passkey_challenge(struct app *app, struct arena *arena, struct str holder,
                          const char *purpose, struct str *ret, struct err *err)
{
    uint8_t challenge[WEBAUTHN_CHALLENGE_SIZE];
    uint8_t hash[SEAL_HASH_SIZE];
    seal_random(challenge, sizeof challenge);
    seal_hash(holder, hash);
    instant_ms now = clock_now();
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_CHALLENGE_REMOVE_OLD);
    db_bind_int(query, 1, now - CHALLENGE_MINUTES * 60000LL);
    outcome = db_run(query, err);
    if (outcome == ST_OK) {
        query = db_query(db, Q_CHALLENGE_ADD);
        db_bind_bytes(query, 1, hash, sizeof hash);
        db_bind_text(query, 2, str_from(purpose));
        db_bind_bytes(query, 3, challenge, sizeof challenge);
        db_bind_int(query, 4, now);
        outcome = db_run(query, err);
    }
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome == ST_OK)
        *ret = seal_base64(arena, str_of((const char *)challenge, sizeof challenge));
    return outcome;
}

/* Takes the holder's challenge away, whatever comes of it. Empty when there is none. */
static enum st take_challenge(struct app *app, struct arena *arena, struct str holder,
                              const char *purpose, struct str *ret, struct err *err)
{
    *ret = STR("");
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(holder, hash);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_CHALLENGE_TAKE);
    db_bind_bytes(query, 1, hash, sizeof hash);
    db_bind_text(query, 2, str_from(purpose));
    while (db_next(query))
        if (db_int(query, 1) > clock_now() - CHALLENGE_MINUTES * 60000LL)
            *ret = str_dup(arena, db_bytes(query, 0));
    outcome = db_end(query, err);
    return store_write_end(app->store, db, outcome, err);
}

static enum st decode(struct arena *arena, const struct passkey_reply *reply,
                      struct str *ret_credential, struct webauthn_reply *ret, struct err *err)
{
    const struct str *coded[] = {&reply->credential, &reply->client_data,
                                 &reply->authenticator_data, &reply->signature};
    struct str *plain[] = {ret_credential, &ret->client_data, &ret->authenticator_data,
                           &ret->signature};
    for (int i = 0; i < 4; i++)
        if (coded[i]->len > 2 * WEBAUTHN_PART_MAX || !seal_base64_read(arena, *coded[i], plain[i]))
            return err_set(err, ST_DENIED, "The passkey was not accepted. Please try again.");
    return ST_OK;
}

/* --- keeping ----------------------------------------------------------------------------- */

static void credential_tag(const struct app *app, struct str credential,
                           uint8_t ret[static SEAL_TAG_SIZE])
{
    keyring_tag(app->keys, "passkey", credential, ret);
}

static enum st check_name(struct str name, struct err *err)
{
    if (str_trim(name).len && utf8_count(name) <= PASSKEY_NAME_MAX && utf8_valid(name))
        return ST_OK;
    return err_set(err, ST_INVALID, "Give the passkey a name of 1 to %d characters.",
                   PASSKEY_NAME_MAX);
}

static enum st insert(struct app *app, struct db *db, struct arena *arena, int64_t account,
                      const struct str text[static PASSKEY_TEXTS], uint32_t sign_count,
                      struct err *err)
{
    int64_t id = 0;
    struct data_key key;
    enum st outcome = db_next_id(db, Q_PASSKEY_LAST, &id, err);
    if (outcome == ST_OK) outcome = account_key(app, db, account, &key, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed =
        field_seal(arena, &key, FIELD_PASSKEY, id, texts_pack(arena, text, PASSKEY_TEXTS));
    data_key_clear(&key);
    uint8_t tag[SEAL_TAG_SIZE];
    credential_tag(app, text[TEXT_CREDENTIAL], tag);
    struct query *query = db_query(db, Q_PASSKEY_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, account);
    db_bind_bytes(query, 3, tag, sizeof tag);
    db_bind_bytes(query, 4, sealed.ptr, sealed.len);
    db_bind_int(query, 5, sign_count);
    db_bind_int(query, 6, clock_now());
    outcome = db_run(query, err);
    return outcome == ST_CONFLICT ? err_set(err, outcome, "That passkey is set up already.")
                                  : outcome;
}

static enum st store_passkey(struct app *app, struct arena *arena, int64_t account, struct str name,
                             const struct webauthn_site *site, const struct webauthn_key *key,
                             struct recovery_codes *ret, struct err *err)
{
    struct str text[PASSKEY_TEXTS] = {
        [TEXT_NAME] = str_trim(name),
        [TEXT_CREDENTIAL] = key->credential,
        [TEXT_ALGORITHM] = str_fmt(arena, "%lld", (long long)key->algorithm),
        [TEXT_PUBLIC_KEY] = key->public_key,
        [TEXT_SITE] = site->rp_id,
    };
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t there = 0;
    struct query *query = db_query(db, Q_PASSKEY_COUNT);
    db_bind_int(query, 1, account);
    outcome = db_one(query, &there, err);
    if (outcome == ST_OK && there >= PASSKEYS_MAX)
        outcome =
            err_set(err, ST_CONFLICT, "You have %d passkeys. Remove one first.", PASSKEYS_MAX);
    if (outcome == ST_OK) outcome = insert(app, db, arena, account, text, key->sign_count, err);
    if (outcome == ST_OK) outcome = recovery_ensure(app, db, account, ret, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, account, "passkey added", "account",
                               account, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st passkey_register(struct app *app, const struct webauthn_site *site, int64_t account,
                         struct str holder, const struct passkey_reply *reply, struct str name,
                         struct recovery_codes *ret, struct err *err)
{
    *ret = (struct recovery_codes){0};
    enum st outcome = check_name(name, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, PASSKEY_MEMORY);
    struct str challenge;
    struct str credential;
    struct webauthn_reply plain;
    struct webauthn_key key = {0};
    outcome = take_challenge(app, &arena, holder, PASSKEY_TO_REGISTER, &challenge, err);
    if (outcome == ST_OK) outcome = decode(&arena, reply, &credential, &plain, err);
    if (outcome == ST_OK) outcome = webauthn_register(&arena, site, challenge, &plain, &key, err);
    if (outcome == ST_OK) outcome = store_passkey(app, &arena, account, name, site, &key, ret, err);
    arena_done(&arena);
    return outcome;
}

/* A row of Q_PASSKEY_BY_CREDENTIAL or Q_PASSKEY_OF_ACCOUNT. */
static enum st open_texts(struct app *app, struct arena *arena, struct query *row,
                          struct str text[static PASSKEY_TEXTS], struct err *err)
{
    struct data_key key;
    struct str plain = STR("");
    enum st outcome = record_key_from_row(app, row, 6, &key, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &key, FIELD_PASSKEY, db_int(row, 0), db_bytes(row, 2), &plain, err);
    data_key_clear(&key);
    if (outcome == ST_OK && !texts_unpack(plain, text, PASSKEY_TEXTS))
        outcome = err_set(err, ST_FAILED, "A passkey cannot be read.");
    return outcome;
}

/* --- signing in ---------------------------------------------------------------------------- */

struct found {
    int64_t id;
    int64_t account;
    struct webauthn_key key;
    struct str site;
};

static enum st find(struct app *app, struct arena *arena, struct str credential, struct found *ret,
                    struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    uint8_t tag[SEAL_TAG_SIZE];
    credential_tag(app, credential, tag);
    struct query *query = db_query(db, Q_PASSKEY_BY_CREDENTIAL);
    db_bind_bytes(query, 1, tag, sizeof tag);
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) {
        struct str text[PASSKEY_TEXTS];
        outcome = open_texts(app, arena, query, text, err);
        *ret = (struct found){.id = db_int(query, 0), .account = db_int(query, 1)};
        if (outcome == ST_OK && str_to_int(text[TEXT_ALGORITHM], &ret->key.algorithm)) {
            ret->key.credential = text[TEXT_CREDENTIAL];
            ret->key.public_key = text[TEXT_PUBLIC_KEY];
            ret->key.sign_count = (uint32_t)db_int(query, 3);
            ret->site = text[TEXT_SITE];
        }
    }
    enum st ended = db_end(query, err);
    store_read_end(app->store, db);
    return ended != ST_OK ? ended : outcome;
}

/* Keeps the counter; of two that come together with the same one, the second is refused. */
static enum st mark_used(struct app *app, const struct found *found, uint32_t sign_count,
                         struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_PASSKEY_USED);
    db_bind_int(query, 1, found->id);
    db_bind_int(query, 2, sign_count);
    db_bind_int(query, 3, clock_now());
    int64_t id = 0;
    outcome = db_one(query, &id, err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_DENIED, "The passkey was not accepted. Please try again.");
    return outcome;
}

static enum st check(struct app *app, struct arena *arena, const struct webauthn_site *site,
                     struct str holder, const char *purpose, const struct passkey_reply *reply,
                     int64_t account, struct found *ret, struct err *err)
{
    struct str challenge;
    struct str credential;
    struct webauthn_reply plain;
    uint32_t sign_count = 0;
    enum st outcome = take_challenge(app, arena, holder, purpose, &challenge, err);
    if (outcome == ST_OK) outcome = decode(arena, reply, &credential, &plain, err);
    if (outcome == ST_OK) outcome = find(app, arena, credential, ret, err);
    if (outcome == ST_NOT_FOUND || (outcome == ST_OK && ((account && ret->account != account) ||
                                                         !str_eq(ret->site, site->rp_id)))) {
        err_set(err, ST_DENIED, "That passkey is not known here.");
        err_hint(err, "It may have been removed. Sign in another way and set it up again.");
        return ST_DENIED;
    }
    if (outcome == ST_OK)
        outcome = webauthn_assert(site, challenge, &plain, &ret->key, &sign_count, err);
    return outcome == ST_OK ? mark_used(app, ret, sign_count, err) : outcome;
}

enum st passkey_check(struct app *app, const struct webauthn_site *site, struct str holder,
                      const char *purpose, const struct passkey_reply *reply, int64_t account,
                      int64_t *ret_account, struct err *err)
{
    struct arena arena;
    arena_init(&arena, PASSKEY_MEMORY);
    struct found found = {0};
    enum st outcome = check(app, &arena, site, holder, purpose, reply, account, &found, err);
    arena_done(&arena);
    if (outcome == ST_OK) {
        *ret_account = found.account;
    } else if (outcome == ST_DENIED) {
        /* Of the account only if its passkey it was: else of nobody. */
        enum st noted = account_note_event(app, AUDIT_SIGN_IN, found.account, "passkey", "account",
                                           found.account, "refused", err);
        if (noted != ST_OK) return noted;
    }
    return outcome;
}

/* --- one's own ------------------------------------------------------------------------------- */

enum st passkey_list(struct app *app, struct arena *arena, int64_t account,
                     struct passkey_line **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, PASSKEYS_MAX, struct passkey_line);
    size_t count = 0;
    enum st outcome = ST_OK;
    struct query *query = db_query(db, Q_PASSKEY_OF_ACCOUNT);
    db_bind_int(query, 1, account);
    while (outcome == ST_OK && count < PASSKEYS_MAX && db_next(query)) {
        struct str text[PASSKEY_TEXTS] = {STR("")};
        outcome = open_texts(app, arena, query, text, err);
        (*ret)[count++] =
            (struct passkey_line){.id = db_int(query, 0),
                                  .name = text[TEXT_NAME],
                                  .credential = seal_base64(arena, text[TEXT_CREDENTIAL]),
                                  .created_at = db_int(query, 4),
                                  .used_at = db_int(query, 5)};
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    *ret_count = count;
    return outcome;
}

enum st passkey_handle(struct app *app, struct arena *arena, int64_t account, struct str *ret,
                       struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_ACCOUNT_HANDLE);
    db_bind_int(query, 1, account);
    *ret = db_next(query) ? seal_base64(arena, db_bytes(query, 0)) : STR("");
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

static enum st rename_row(struct app *app, struct db *db, struct arena *arena, int64_t account,
                          int64_t id, struct str name, struct err *err)
{
    struct str text[PASSKEY_TEXTS] = {STR("")};
    enum st outcome = ST_NOT_FOUND;
    struct query *query = db_query(db, Q_PASSKEY_OF_ACCOUNT);
    db_bind_int(query, 1, account);
    while (outcome == ST_NOT_FOUND && db_next(query))
        if (db_int(query, 0) == id) outcome = open_texts(app, arena, query, text, err);
    enum st ended = db_end(query, err);
    if (ended != ST_OK) return ended;
    if (outcome == ST_NOT_FOUND) return err_missing(err, "passkey");
    struct data_key key;
    if (outcome == ST_OK) outcome = account_key(app, db, account, &key, err);
    if (outcome != ST_OK) return outcome;
    text[TEXT_NAME] = str_trim(name);
    struct str sealed =
        field_seal(arena, &key, FIELD_PASSKEY, id, texts_pack(arena, text, PASSKEY_TEXTS));
    data_key_clear(&key);
    query = db_query(db, Q_PASSKEY_RENAME);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, account);
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    outcome = db_run(query, err);
    return outcome == ST_OK ? account_note(app, db, AUDIT_ALTERATION, account, "passkey renamed",
                                           "passkey", id, "ok", err)
                            : outcome;
}

enum st passkey_rename(struct app *app, int64_t account, int64_t id, struct str name,
                       struct err *err)
{
    enum st outcome = check_name(name, err);
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, PASSKEY_MEMORY);
    outcome = rename_row(app, db, &arena, account, id, name, err);
    arena_done(&arena);
    return store_write_end(app->store, db, outcome, err);
}

enum st passkey_remove(struct app *app, int64_t account, int64_t id, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_PASSKEY_REMOVE);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, account);
    int64_t gone = 0;
    outcome = db_one(query, &gone, err);
    if (outcome == ST_OK) outcome = second_factors_tidy(db, account, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, account, "passkey removed", "account",
                               account, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}
