/*
 * Whose identity at a provider is whose account here.
 */
#include "base/arena.h"
#include "domain/account.h"
#include "domain/oidc_internal.h"
#include "seal/keyring.h"

/* The tag of a subject: nobody who lacks the ring can tell who it is, and issuers that
 * name their people alike stay apart (an issuer holds no NUL). */
static void subject_tag(struct app *app, struct str issuer, struct str subject,
                        uint8_t ret[static SEAL_TAG_SIZE])
{
    struct arena arena;
    arena_init(&arena, 16 << 10);
    keyring_tag(app->keys, "identity",
                str_fmt(&arena, "%.*s%c%.*s", STR_ARG(issuer), 0, STR_ARG(subject)), ret);
    arena_done(&arena);
}

static void issuer_tag(struct app *app, struct str issuer, uint8_t ret[static SEAL_TAG_SIZE])
{
    keyring_tag(app->keys, "identity issuer", issuer, ret);
}

/* Is there a link already?  ST_DENIED when its account is disabled. */
static enum st linked(struct db *db, const uint8_t *tag, int64_t *ret, struct err *err)
{
    struct query *query = db_query(db, Q_IDENTITY_READ);
    db_bind_bytes(query, 1, tag, SEAL_TAG_SIZE);
    bool disabled = false;
    *ret = 0;
    if (db_next(query)) {
        *ret = db_int(query, 0);
        disabled = !db_is_null(query, 1);
    }
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && disabled) return id_refuse(err, "the account is disabled");
    return outcome;
}

static enum st used(struct db *db, const uint8_t *tag, struct err *err)
{
    struct query *query = db_query(db, Q_IDENTITY_USED);
    db_bind_bytes(query, 1, tag, SEAL_TAG_SIZE);
    db_bind_int(query, 2, clock_now());
    return db_run(query, err);
}

static enum st add(struct app *app, struct db *db, struct str issuer, const uint8_t *tag,
                   int64_t account, instant_ms used_at, struct err *err)
{
    uint8_t issued[SEAL_TAG_SIZE];
    issuer_tag(app, issuer, issued);
    struct query *query = db_query(db, Q_IDENTITY_ADD);
    db_bind_bytes(query, 1, tag, SEAL_TAG_SIZE);
    db_bind_bytes(query, 2, issued, sizeof issued);
    db_bind_int(query, 3, account);
    db_bind_int(query, 4, clock_now());
    db_bind_int(query, 5, used_at);
    enum st outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    return account_note(app, db, AUDIT_ALTERATION, account, "identity linked", "account", account,
                        NULL, err);
}

/* Is the address of a domain that this provider speaks for? */
static bool domain_is_theirs(struct str email, struct str domains)
{
    ptrdiff_t at = str_find(email, STR("@"), 0);
    if (at <= 0 || str_find(email, STR("@"), (size_t)at + 1) >= 0) return false;
    struct str domain = str_sub(email, (size_t)at + 1, email.len);
    struct str one;
    while (str_split(&domains, ' ', &one))
        if (one.len && str_eq(one, domain)) return true;
    return false;
}

/* The address by which an account may be linked: ST_NOT_FOUND when the claims lack it. */
static enum st address_of(struct arena *arena, const struct oidc_settings *settings,
                          const struct id_claims *claims, struct str *ret, struct err *err)
{
    bool by_email = !settings->account_claim.len;
    struct str address = by_email ? claims->email : claims->account;
    if (!address.len) {
        id_refuse(err, "the provider does not say the claim '%s'",
                  by_email ? "email" : id_word(settings->account_claim).text);
        return ST_NOT_FOUND;
    }
    if (by_email && !claims->email_verified)
        return id_refuse(err, "the provider has not verified the email address");
    *ret = str_lower(arena, str_trim(address));
    if (!domain_is_theirs(*ret, settings->domains))
        return id_refuse(err, "the email address is not of the provider's domains");
    return ST_OK;
}

static enum st candidate(struct app *app, struct db *db, struct str email, int64_t *ret,
                         struct err *err)
{
    enum st outcome = account_lookup(app, db, email, ret, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_ACCOUNT_ACTIVE);
    db_bind_int(query, 1, *ret);
    outcome = db_one(query, ret, err);
    if (outcome == ST_NOT_FOUND)
        return id_refuse(err, "there is no account with that email address, or it is disabled");
    return outcome;
}

static enum st link_by_address(struct app *app, struct db *db, const struct oidc_settings *settings,
                               const struct id_claims *claims, const uint8_t *tag, int64_t *ret,
                               struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 10);
    struct str email;
    enum st outcome = address_of(&arena, settings, claims, &email, err);
    if (outcome == ST_OK) outcome = candidate(app, db, email, ret, err);
    arena_done(&arena);
    if (outcome != ST_OK) return outcome;
    outcome = add(app, db, settings->issuer, tag, *ret, clock_now(), err);
    if (outcome == ST_CONFLICT)
        return id_refuse(err, "the account with that email address is linked to another subject of "
                              "this provider; 'pendeen identity unlink' frees it");
    return outcome;
}

enum st oidc_account(struct app *app, const struct oidc_settings *settings,
                     const struct id_claims *claims, int64_t *ret, struct err *err)
{
    uint8_t tag[SEAL_TAG_SIZE];
    subject_tag(app, settings->issuer, claims->subject, tag);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t account = 0;
    outcome = linked(db, tag, &account, err);
    if (outcome == ST_OK)
        outcome = account ? used(db, tag, err)
                          : link_by_address(app, db, settings, claims, tag, &account, err);
    if (outcome == ST_OK) *ret = account;
    return store_write_end(app->store, db, outcome, err);
}

/* --- for signing out ------------------------------------------------------------------- */

static struct str provider_of(struct app *app, struct str tag)
{
    for (size_t i = 0; app->oidc && i < app->oidc->count; i++) {
        uint8_t own[SEAL_TAG_SIZE];
        issuer_tag(app, app->oidc->provider[i].settings.issuer, own);
        if (str_eq(str_of((const char *)own, sizeof own), tag))
            return app->oidc->provider[i].settings.id;
    }
    return STR("");
}

enum st oidc_signed_in_by(struct app *app, struct arena *arena, int64_t account, struct str *ret,
                          struct err *err)
{
    *ret = STR("");
    if (!app->oidc || !app->oidc->count) return ST_OK;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_IDENTITY_OF_ACCOUNT);
    db_bind_int(query, 1, account);
    instant_ms since = clock_now() - SESSION_HOURS * 3600000LL;
    struct oidc_sign_out offer;
    struct err none;
    while (!ret->len && db_next(query)) {
        struct str id = provider_of(app, db_bytes(query, 0));
        if (db_int(query, 1) >= since && oidc_sign_out(app, arena, id, &offer, &none) == ST_OK)
            *ret = str_dup(arena, id);
    }
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- for an administrator ---------------------------------------------------------------- */

enum st oidc_identities(struct app *app, struct arena *arena, size_t maximum,
                        struct oidc_identity **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct oidc_identity *list = arena_many(arena, maximum, struct oidc_identity);
    size_t count = 0;
    struct query *query = db_query(db, Q_IDENTITY_LIST);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < maximum && db_next(query)) {
        struct oidc_identity *identity = &list[count++];
        *identity = (struct oidc_identity){.provider = provider_of(app, db_bytes(query, 1)),
                                           .created_at = db_int(query, 2),
                                           .used_at = db_int(query, 3)};
        outcome = account_address(app, db, arena, db_int(query, 0), &identity->email, err);
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

/* The account and the provider's settings of a command. */
static enum st named(struct app *app, struct db *db, struct str email, struct str provider,
                     int64_t *ret_account, const struct oidc_settings **ret, struct err *err)
{
    struct oidc_provider *found = oidc_find(app->oidc, provider);
    if (!found)
        return err_set(err, ST_NOT_FOUND, "There is no provider [%.*s] in oidc.txt.",
                       STR_ARG(provider));
    *ret = &found->settings;
    enum st outcome = account_lookup(app, db, email, ret_account, err);
    if (outcome == ST_OK && !*ret_account)
        return err_set(err, ST_NOT_FOUND, "There is no account with the address %.*s.",
                       STR_ARG(str_sub(email, 0, 150)));
    return outcome;
}

enum st oidc_link(struct app *app, struct str email, struct str provider, struct str subject,
                  struct err *err)
{
    if (!subject.len || subject.len > 255)
        return err_set(err, ST_INVALID, "A subject has 1 to 255 characters.");
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t account = 0;
    const struct oidc_settings *settings;
    outcome = named(app, db, email, provider, &account, &settings, err);
    if (outcome == ST_OK) {
        uint8_t tag[SEAL_TAG_SIZE];
        subject_tag(app, settings->issuer, subject, tag);
        outcome = add(app, db, settings->issuer, tag, account, 0, err);
    }
    if (outcome == ST_CONFLICT) {
        err_set(err, ST_CONFLICT, "The account or the subject is linked already.");
        err_hint(err, "See 'pendeen identity list'; 'pendeen identity unlink' takes a link away.");
    }
    return store_write_end(app->store, db, outcome, err);
}

enum st oidc_unlink(struct app *app, struct str email, struct str provider, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t account = 0;
    const struct oidc_settings *settings;
    outcome = named(app, db, email, provider, &account, &settings, err);
    if (outcome == ST_OK) {
        uint8_t issued[SEAL_TAG_SIZE];
        issuer_tag(app, settings->issuer, issued);
        struct query *query = db_query(db, Q_IDENTITY_REMOVE);
        db_bind_int(query, 1, account);
        db_bind_bytes(query, 2, issued, sizeof issued);
        int64_t removed = 0;
        outcome = db_one(query, &removed, err);
        if (outcome == ST_NOT_FOUND)
            err_set(err, ST_NOT_FOUND, "That account is not linked to that provider.");
    }
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_SESSION_REMOVE_ALL);
        db_bind_int(query, 1, account);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, 0, "identity unlinked", "account",
                               account, NULL, err);
    return store_write_end(app->store, db, outcome, err);
}
