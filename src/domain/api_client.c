#include "domain/api_client.h"

#include "seal/secret.h"

enum { DAY_MS = 86400000, ID_CHARACTERS = API_ID_SIZE - 1 };

static const struct {
    const char *word;
    const char *label;
} scopes_table[API_SCOPES] = {
#define API_SCOPE(name, word, label) {word, label},
#include "domain/api_scope.def"
#undef API_SCOPE
};

const char *api_scope_word(enum api_scope scope)
{
    return scopes_table[scope].word;
}

const char *api_scope_label(enum api_scope scope)
{
    return scopes_table[scope].label;
}

bool api_scopes_read(struct str words, unsigned *ret)
{
    unsigned scopes = 0;
    struct str word;
    while (str_split(&words, ' ', &word)) {
        if (!word.len) continue;
        int found = -1;
        for (int i = 0; i < API_SCOPES; i++)
            if (str_eq(word, str_from(scopes_table[i].word))) found = i;
        if (found < 0) return false;
        scopes |= 1u << found;
    }
    *ret = scopes;
    return true;
}

struct str api_scopes_words(struct arena *arena, unsigned scopes)
{
    struct str words = STR("");
    for (int i = 0; i < API_SCOPES; i++)
        if (scopes >> i & 1)
            words = str_fmt(arena, "%.*s%s%s", STR_ARG(words), words.len ? " " : "",
                            scopes_table[i].word);
    return words;
}

/* --- making ---------------------------------------------------------------------------- */

static void bind_hash(struct query *query, int parameter, struct str text)
{
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(text, hash);
    db_bind_bytes(query, parameter, hash, sizeof hash);
}

static enum st check(unsigned scopes, instant_ms until, struct err *err)
{
    instant_ms now = clock_now();
    if (!scopes)
        return err_set(err, ST_INVALID, "Choose at least one thing that the program may do.");
    if (until <= now) return err_set(err, ST_INVALID, "Choose a last day that is still to come.");
    if (until > now + (API_CLIENT_DAYS_MAX + 1) * (int64_t)DAY_MS)
        return err_set(err, ST_INVALID,
                       "A program’s access lasts at most two years. Choose an earlier day.");
    return ST_OK;
}

enum st api_client_store(struct app *app, struct db *db, int64_t by, int64_t account,
                         unsigned scopes, instant_ms until, struct api_client_secret *ret,
                         int64_t *ret_id, struct err *err)
{
    int64_t id = 0;
    struct api_client_secret made;
    enum st outcome = check(scopes, until, err);
    if (outcome == ST_OK) outcome = db_next_id(db, Q_API_CLIENT_LAST, &id, err);
    if (outcome != ST_OK) return outcome;
    seal_reference(made.id, ID_CHARACTERS);
    seal_token(made.secret);
    struct query *query = db_query(db, Q_API_CLIENT_ADD);
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, str_from(made.id));
    db_bind_int(query, 3, account);
    bind_hash(query, 4, str_from(made.secret));
    db_bind_int(query, 5, scopes);
    db_bind_int_or_null(query, 6, by);
    db_bind_int(query, 7, clock_now());
    db_bind_int(query, 8, until);
    outcome = db_run(query, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, by, "program added", "account", account,
                               "ok", err);
    if (outcome != ST_OK) return outcome;
    *ret = made;
    *ret_id = id;
    return ST_OK;
}

enum st api_client_add(struct app *app, int64_t by, const struct account_new *account,
                       unsigned scopes, instant_ms until, struct api_client_secret *ret,
                       int64_t *ret_id, struct err *err)
{
    char name[API_ID_SIZE];
    char email[64];
    int64_t id = 0;
    struct db *db;
    seal_reference(name, ID_CHARACTERS);
    snprintf(email, sizeof email, "program-%s@program.invalid", name);
    struct account_new own = *account;
    own.email = str_from(email);
    own.password_hash = STR("");
    enum st outcome = check(scopes, until, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = account_add(app, db, &own, by, &id, err);
    if (outcome == ST_OK)
        outcome = api_client_store(app, db, by, id, scopes, until, ret, ret_id, err);
    return store_write_end(app->store, db, outcome, err);
}

static enum st end_tokens(struct db *db, int64_t id, struct err *err)
{
    struct query *query = db_query(db, Q_API_TOKEN_END);
    db_bind_int(query, 1, id);
    return db_run(query, err);
}

/* A change of one that is in force: `query` is bound, and answers with its account. */
static enum st change(struct app *app, struct db *db, struct query *query, int64_t by, int64_t id,
                      const char *said, struct err *err)
{
    int64_t account = 0;
    enum st outcome = db_one(query, &account, err);
    if (outcome == ST_NOT_FOUND)
        err_set(err, outcome, "There is no such program, or its access has ended.");
    if (outcome == ST_OK) outcome = end_tokens(db, id, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, by, said, "account", account, "ok", err);
    return outcome;
}

enum st api_client_revoke(struct app *app, int64_t by, int64_t id, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_API_CLIENT_REVOKE);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, clock_now());
    outcome = change(app, db, query, by, id, "program’s access ended", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st api_client_renew(struct app *app, int64_t by, int64_t id, struct api_client_secret *ret,
                         struct err *err)
{
    struct api_client_secret made;
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    seal_reference(made.id, ID_CHARACTERS);
    seal_token(made.secret);
    struct query *query = db_query(db, Q_API_CLIENT_RENEW);
    db_bind_int(query, 1, id);
    bind_hash(query, 2, str_from(made.secret));
    db_bind_text(query, 3, str_from(made.id));
    outcome = change(app, db, query, by, id, "program’s secret changed", err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome == ST_OK) *ret = made;
    return outcome;
}

/* --- reading --------------------------------------------------------------------------- */

static enum st fill_names(struct app *app, struct arena *arena, struct api_client *client,
                          struct err *err)
{
    struct account_line line;
    enum st outcome = account_read(app, arena, client->account, &line, err);
    if (outcome != ST_OK) return outcome;
    client->name = line.name;
    client->organisation = line.organisation_name;
    client->roles = line.roles;
    client->disabled = line.disabled;
    return ST_OK;
}

enum st api_client_list(struct app *app, struct arena *arena, struct api_client **ret,
                        size_t *ret_count, struct err *err)
{
    enum { MOST = 1000 };
    struct api_client *list = arena_many(arena, MOST, struct api_client);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_API_CLIENT_LIST);
    db_bind_int(query, 1, MOST);
    while (count < MOST && db_next(query))
        list[count++] = (struct api_client){.id = db_int(query, 0),
                                            .public_id = str_dup(arena, db_text(query, 1)),
                                            .account = db_int(query, 2),
                                            .scopes = (unsigned)db_int(query, 3),
                                            .created_at = db_int(query, 4),
                                            .expires_at = db_int(query, 5),
                                            .used_at = db_int(query, 6),
                                            .revoked_at = db_int(query, 7)};
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = fill_names(app, arena, &list[i], err);
    *ret = list;
    *ret_count = count;
    return outcome;
}

enum st api_client_has(struct db *db, int64_t account, bool *ret, struct err *err)
{
    int64_t count = 0;
    struct query *query = db_query(db, Q_API_CLIENT_COUNT);
    db_bind_int(query, 1, account);
    enum st outcome = db_one(query, &count, err);
    *ret = count > 0;
    return outcome;
}

/* --- tokens ---------------------------------------------------------------------------- */

struct found_client {
    int64_t id;
    int64_t account;
    unsigned scopes;
    bool good;
};

static const char wrong_secret[] = "No program here has that name and secret.";

/* By its public name; the secret is compared whether or not there is such a client. */
static enum st find_client(struct db *db, struct str id, struct str secret,
                           struct found_client *ret, struct err *err)
{
    static const uint8_t nothing[SEAL_HASH_SIZE];
    uint8_t given[SEAL_HASH_SIZE];
    uint8_t kept[SEAL_HASH_SIZE];
    memcpy(kept, nothing, sizeof kept);
    *ret = (struct found_client){0};
    struct query *query = db_query(db, Q_API_CLIENT_FIND);
    db_bind_text(query, 1, id);
    db_bind_int(query, 2, clock_now());
    if (db_next(query)) {
        *ret = (struct found_client){db_int(query, 0), db_int(query, 1), (unsigned)db_int(query, 3),
                                     false};
        struct str hash = db_bytes(query, 2);
        if (hash.len == sizeof kept) memcpy(kept, hash.ptr, sizeof kept);
    }
    enum st outcome = db_end(query, err);
    seal_hash(secret, given);
    bool equal = seal_equal(str_of((const char *)given, sizeof given),
                            str_of((const char *)kept, sizeof kept));
    ret->good = equal && ret->id != 0;
    return outcome;
}

/* In the turn of writing: nobody has given it another secret since, nor taken it back, nor narrowed
 * what it may, and so no token is made of what does not hold any more. */
static enum st still_holds(struct db *db, struct str id, struct str secret,
                           const struct found_client *client, struct err *err)
{
    struct found_client now;
    enum st outcome = find_client(db, id, secret, &now, err);
    if (outcome != ST_OK) return outcome;
    bool same = now.good && now.id == client->id && now.scopes == client->scopes;
    return same ? ST_OK : err_set(err, ST_DENIED, "%s", wrong_secret);
}

static enum st store_token(struct app *app, struct str id, struct str secret,
                           const struct found_client *client, struct api_token *token,
                           struct err *err)
{
    struct db *db;
    instant_ms now = clock_now();
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query;
    outcome = still_holds(db, id, secret, client, err);
    if (outcome == ST_OK) {
        query = db_query(db, Q_API_TOKEN_REMOVE_OLD);
        db_bind_int(query, 1, now);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK) {
        query = db_query(db, Q_API_TOKEN_ADD);
        bind_hash(query, 1, str_from(token->token));
        db_bind_int(query, 2, client->id);
        db_bind_int(query, 3, token->scopes);
        db_bind_int(query, 4, now + API_TOKEN_MINUTES * 60000LL);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK) {
        query = db_query(db, Q_API_CLIENT_USED);
        db_bind_int(query, 1, client->id);
        db_bind_int(query, 2, now);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_SIGN_IN, client->account, "token given", "account",
                               client->account, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st api_token_make(struct app *app, struct str id, struct str secret, unsigned wanted,
                       struct api_token *ret, struct err *err)
{
    struct found_client client;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = find_client(db, id, secret, &client, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    if (!client.good) {
        outcome = account_note_event(app, AUDIT_SIGN_IN, client.account, "token refused",
                                     client.account ? "account" : NULL, client.account,
                                     "wrong secret", err);
        return outcome == ST_OK ? err_set(err, ST_DENIED, "%s", wrong_secret) : outcome;
    }
    if (wanted & ~client.scopes)
        return err_set(err, ST_INVALID, "This program may not have all of these scopes.");
    seal_token(ret->token);
    ret->scopes = wanted ? wanted : client.scopes;
    return store_token(app, id, secret, &client, ret, err);
}

enum st api_token_read(struct app *app, struct arena *arena, struct str token, struct person *ret,
                       unsigned *ret_scopes, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    int64_t account = 0;
    instant_ms now = clock_now();
    struct query *query = db_query(db, Q_API_TOKEN_READ);
    bind_hash(query, 1, token);
    db_bind_int(query, 2, now);
    if (db_next(query)) {
        account = db_int(query, 0);
        *ret_scopes = (unsigned)(db_int(query, 1) & db_int(query, 2));
    }
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && !account) outcome = ST_NOT_FOUND;
    if (outcome == ST_OK) outcome = account_person_read(app, db, arena, account, ret, err);
    store_read_end(app->store, db);
    return outcome == ST_NOT_FOUND
               ? err_set(err, outcome, "This token is not good, or not any more.")
               : outcome;
}
