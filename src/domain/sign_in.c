#include "domain/sign_in.h"

#include "domain/account.h"
#include "domain/limit.h"
#include "domain/record_key.h"

static const char wrong_pair[] =
    "That email address and password do not belong together. Check both and try again.";

static const char too_late[] = "That took too long, or too many tries. Please sign in again.";

/* --- known devices ------------------------------------------------------------------------ */

/* DAY.NONCE.TAG: the tag binds day and nonce to the account, which nobody can read off it. */
static void device_tag(const struct app *app, int64_t account, struct str day, struct str nonce,
                       char ret[static SEAL_TAG_TEXT_SIZE])
{
    char bytes[128];
    int size = snprintf(bytes, sizeof bytes, "%lld.%.*s.%.*s", (long long)account, STR_ARG(day),
                        STR_ARG(nonce));
    keyring_tag_text(app->keys, "known device", str_of(bytes, (size_t)size), ret);
}

static int32_t today(void)
{
    return (int32_t)(clock_now() / 86400000);
}

static void device_make(const struct app *app, int64_t account, char ret[static DEVICE_COOKIE_SIZE])
{
    char day[16];
    char nonce[25];
    char tag[SEAL_TAG_TEXT_SIZE];
    snprintf(day, sizeof day, "%d", today());
    seal_reference(nonce, sizeof nonce - 1);
    device_tag(app, account, str_from(day), str_from(nonce), tag);
    snprintf(ret, DEVICE_COOKIE_SIZE, "%s.%s.%s", day, nonce, tag);
}

/* Has this browser signed in to the account before?  Then *ret_nonce names it. */
static bool device_is_known(const struct app *app, int64_t account, struct str cookie,
                            struct str *ret_nonce)
{
    struct str day = STR("");
    struct str nonce = STR("");
    struct str given = STR("");
    if (cookie.len >= DEVICE_COOKIE_SIZE) cookie = STR("");
    str_split(&cookie, '.', &day);
    str_split(&cookie, '.', &nonce);
    str_split(&cookie, '.', &given);
    int64_t made = 0;
    bool fresh = str_to_int(day, &made) && made <= today() && today() - made < DEVICE_DAYS;
    char tag[SEAL_TAG_TEXT_SIZE];
    device_tag(app, account, str_sub(day, 0, 12), str_sub(nonce, 0, 40), tag);
    *ret_nonce = nonce;
    return seal_equal(given, str_from(tag)) && fresh && account != 0;
}

/* --- limits -------------------------------------------------------------------------------- */

static const struct limit_rule per_device = {.burst = 10, .per_minute = 2};
static const struct limit_rule per_pair = {.burst = 8, .per_minute = 1};
static const struct limit_rule per_address = {.burst = 60, .per_minute = 10};
static const struct limit_rule everywhere = {.burst = 400, .per_minute = 120};
static const struct limit_rule per_session = {.burst = 8, .per_minute = 1};

/* One try: which buckets it takes from, so that a good one is given back. */
struct attempt {
    struct str device; /* of a known device: it alone counts */
    struct str pair;
    struct str address;
};

/* The pair, whose words whoever tries makes up, comes last: no more of them are ever kept than the
 * other two let through.  What is refused takes from none. */
static bool attempt_begin(const struct attempt *attempt, int *ret_wait)
{
    if (attempt->device.len) return limit_take(&per_device, attempt->device, ret_wait);
    if (!limit_take(&per_address, attempt->address, ret_wait)) return false;
    if (limit_take(&everywhere, STR("all"), ret_wait)) {
        if (limit_take(&per_pair, attempt->pair, ret_wait)) return true;
        limit_give_back(&everywhere, STR("all"));
    }
    limit_give_back(&per_address, attempt->address);
    return false;
}

static void attempt_give_back(const struct attempt *attempt)
{
    if (attempt->device.len) {
        limit_give_back(&per_device, attempt->device);
        return;
    }
    limit_give_back(&per_pair, attempt->pair);
    limit_give_back(&per_address, attempt->address);
    limit_give_back(&everywhere, STR("all"));
}

static enum st too_often(struct app *app, int wait, struct err *err)
{
    enum st noted =
        account_note_event(app, AUDIT_SIGN_IN, 0, "sign-in", "account", 0, "too often", err);
    if (noted != ST_OK) return noted;
    bool is_long = wait >= 120;
    err_set(err, ST_LIMIT, "Too many tries. Please wait %d %s and try again.",
            is_long ? (wait + 59) / 60 : wait,
            is_long     ? "minutes"
            : wait == 1 ? "second"
                        : "seconds");
    err_hint(err, "You may not have to wait if you use a passkey, or a browser in which you signed "
                  "in before.");
    return ST_LIMIT;
}

/* --- steps ---------------------------------------------------------------------------------- */

/* Nothing is begun with a password that does not hold any more; that it did is not told. */
static enum st still_holds(struct db *db, int64_t account, const struct password_seen *seen,
                           struct err *err)
{
    enum st outcome = password_still_holds(db, account, seen, err);
    return outcome == ST_DENIED ? err_set(err, ST_DENIED, "%s", wrong_pair) : outcome;
}

static enum st step_begin(struct app *app, int64_t account, const struct password_seen *seen,
                          char ret[static SEAL_TOKEN_SIZE], struct err *err)
{
    char token[SEAL_TOKEN_SIZE];
    uint8_t hash[SEAL_HASH_SIZE];
    seal_token(token);
    seal_hash(str_from(token), hash);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = still_holds(db, account, seen, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_SIGN_IN_STEP_REMOVE_OLD);
        db_bind_int(query, 1, clock_now() - SIGN_IN_MINUTES * 60000LL);
        db_bind_int(query, 2, 0);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_SIGN_IN_STEP_ADD);
        db_bind_bytes(query, 1, hash, sizeof hash);
        db_bind_int_or_null(query, 2, account);
        db_bind_int(query, 3, clock_now());
        outcome = db_run(query, err);
    }
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome == ST_OK) memcpy(ret, token, sizeof token);
    return outcome;
}

enum st sign_in_step_begin(struct app *app, char ret[static SEAL_TOKEN_SIZE], struct err *err)
{
    return step_begin(app, 0, &(struct password_seen){0}, ret, err);
}

static enum st step_read(struct db *db, const uint8_t hash[static SEAL_HASH_SIZE], int64_t *ret,
                         struct err *err)
{
    struct query *query = db_query(db, Q_SIGN_IN_STEP_READ);
    db_bind_bytes(query, 1, hash, SEAL_HASH_SIZE);
    db_bind_int(query, 2, clock_now() - SIGN_IN_MINUTES * 60000LL);
    db_bind_int(query, 3, SIGN_IN_TRIES);
    enum st outcome = db_one(query, ret, err);
    if (outcome == ST_NOT_FOUND) return err_set(err, ST_NOT_FOUND, "%s", too_late);
    return outcome;
}

enum st sign_in_owed(struct app *app, struct str step, int64_t *ret_account, struct err *err)
{
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(step, hash);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = step_read(db, hash, ret_account, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && *ret_account == 0)
        return err_set(err, ST_NOT_FOUND,
                       "Please sign in with your email address and password first.");
    return outcome;
}

/* In the caller's transaction; ST_NOT_FOUND: somebody ended it meanwhile. */
static enum st step_end(struct db *db, const uint8_t hash[static SEAL_HASH_SIZE], struct err *err)
{
    struct query *query = db_query(db, Q_SIGN_IN_STEP_REMOVE);
    db_bind_bytes(query, 1, hash, SEAL_HASH_SIZE);
    int64_t tries = 0;
    enum st outcome = db_one(query, &tries, err);
    return outcome == ST_NOT_FOUND ? err_set(err, outcome, "%s", too_late) : outcome;
}

/* --- by password ----------------------------------------------------------------------------- */

static enum st read_hash(struct app *app, struct db *db, struct arena *arena, int64_t account,
                         struct str *ret, struct password_seen *ret_seen, struct err *err)
{
    *ret = STR("");
    struct query *query = db_query(db, Q_ACCOUNT_PASSWORD);
    db_bind_int(query, 1, account);
    enum st outcome = ST_OK;
    if (db_next(query) && !db_is_null(query, 0)) {
        struct data_key key;
        password_see(db_bytes(query, 0), ret_seen);
        outcome = record_key_from_row(app, query, 1, &key, err);
        if (outcome == ST_OK)
            outcome = field_open(arena, &key, FIELD_ACCOUNT_PASSWORD, account, db_bytes(query, 0),
                                 ret, err);
        data_key_clear(&key);
    }
    return db_end_after(query, outcome, err);
}

/* One argon2id, whoever it is; ST_LIMIT: none. */
static enum st password_holds(struct app *app, int64_t account, struct str password, bool *ret,
                              struct password_seen *ret_seen, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 1 << 14);
    struct str hash = STR("");
    struct db *db = store_read_begin(app->store, err);
    enum st outcome = db ? read_hash(app, db, &arena, account, &hash, ret_seen, err) : ST_FAILED;
    store_read_end(app->store, db);
    if (outcome == ST_OK)
        outcome = seal_password_verify(str_sub(password, 0, SEAL_PASSWORD_MAX), hash, ret, err);
    arena_done(&arena);
    return outcome;
}

static enum st begin(struct app *app, const struct visitor *visitor, int64_t account,
                     const char *method, const struct password_seen *seen, struct sign_in *ret,
                     struct err *err)
{
    struct second_factors factors;
    enum st outcome = second_factors_read(app, account, &factors, err);
    if (outcome != ST_OK) return outcome;
    ret->second = second_factors_any(&factors);
    if (ret->second) return step_begin(app, account, seen, ret->step, err);
    device_make(app, account, ret->device);
    struct db *db;
    outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = still_holds(db, account, seen, err);
    if (outcome == ST_OK)
        outcome = session_begin_in(app, db, account, visitor, method, false, &ret->session, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st sign_in_account(struct app *app, const struct visitor *visitor, int64_t account,
                        const char *method, struct sign_in *ret, struct err *err)
{
    return begin(app, visitor, account, method, &(struct password_seen){0}, ret, err);
}

static enum st find_account(struct app *app, struct str email, int64_t *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = account_lookup(app, db, email, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st sign_in_password(struct app *app, const struct visitor *visitor, struct str email,
                         struct str password, struct sign_in *ret, struct err *err)
{
    *ret = (struct sign_in){0};
    int64_t account = 0;
    enum st outcome = find_account(app, email, &account, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, 8192);
    struct str folded = str_lower(&arena, str_trim(str_sub(email, 0, 254)));
    struct str site = visitor->site.len ? visitor->site : visitor->address;
    struct attempt attempt = {
        .pair = str_fmt(&arena, "%.*s|%.*s", STR_ARG(folded), STR_ARG(site)),
        .address = site,
    };
    struct str nonce;
    if (device_is_known(app, account, visitor->device, &nonce)) attempt.device = nonce;
    int wait = 0;
    bool holds = false;
    struct password_seen seen = {0};
    if (!attempt_begin(&attempt, &wait)) {
        outcome = too_often(app, wait, err);
    } else {
        outcome = password_holds(app, account, password, &holds, &seen, err);
        if (outcome == ST_LIMIT || holds) attempt_give_back(&attempt);
    }
    arena_done(&arena);
    if (outcome != ST_OK) return outcome;
    if (holds) return begin(app, visitor, account, "signed in", &seen, ret, err);
    outcome = account_note_event(app, AUDIT_SIGN_IN, account, "sign-in", "account", account,
                                 "refused", err);
    return outcome == ST_OK ? err_set(err, ST_DENIED, "%s", wrong_pair) : outcome;
}

/* --- the second step ------------------------------------------------------------------------- */

/* Ends the step and begins the session in one turn: a step that was ended from outside meanwhile,
 * with all else of the account, opens nothing. */
static enum st done(struct app *app, const struct visitor *visitor, int64_t account,
                    const uint8_t hash[static SEAL_HASH_SIZE], struct sign_in *ret, struct err *err)
{
    *ret = (struct sign_in){0};
    device_make(app, account, ret->device);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = step_end(db, hash, err);
    if (outcome == ST_OK)
        outcome =
            session_begin_in(app, db, account, visitor, "signed in", true, &ret->session, err);
    return store_write_end(app->store, db, outcome, err);
}

/* Counts the try, then looks: all in one transaction, which stands whatever comes of it. */
static enum st try_code(struct app *app, const uint8_t hash[static SEAL_HASH_SIZE],
                        const struct visitor *visitor, struct str code, int64_t *ret_account,
                        struct code_taken *ret, struct err *err)
{
    struct db *db;
    struct str nonce;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = step_read(db, hash, ret_account, err);
    if (outcome == ST_OK && *ret_account == 0)
        outcome = err_set(err, ST_NOT_FOUND,
                          "Please sign in with your email address and password first.");
    if (outcome == ST_OK)
        outcome = second_factor_take(app, db, *ret_account,
                                     device_is_known(app, *ret_account, visitor->device, &nonce),
                                     code, ret, err);
    if (outcome == ST_OK && !ret->wait_seconds) {
        struct query *query = db_query(db, Q_SIGN_IN_STEP_TRY);
        db_bind_bytes(query, 1, hash, SEAL_HASH_SIZE);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK && !ret->wait_seconds && !ret->good)
        outcome = account_note(app, db, AUDIT_SIGN_IN, *ret_account, "second factor", "account",
                               *ret_account, "refused", err);
    return store_write_end(app->store, db, outcome, err);
}

static enum st code_outcome(struct app *app, const struct code_taken *taken, struct err *err)
{
    if (taken->wait_seconds) return too_often(app, taken->wait_seconds, err);
    if (taken->good) return ST_OK;
    return err_set(err, ST_DENIED,
                   "That code is not right, or was used already. Wait for the next one.");
}

enum st sign_in_code(struct app *app, const struct visitor *visitor, struct str step,
                     struct str code, struct sign_in *ret, struct err *err)
{
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(step, hash);
    int64_t account = 0;
    struct code_taken taken;
    enum st outcome = try_code(app, hash, visitor, code, &account, &taken, err);
    if (outcome == ST_OK) outcome = code_outcome(app, &taken, err);
    return outcome == ST_OK ? done(app, visitor, account, hash, ret, err) : outcome;
}

enum st sign_in_passkey(struct app *app, const struct visitor *visitor,
                        const struct webauthn_site *site, struct str step,
                        const struct passkey_reply *reply, struct sign_in *ret, struct err *err)
{
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(step, hash);
    int64_t owed = 0;
    int64_t account = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = step_read(db, hash, &owed, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK)
        outcome = passkey_check(app, site, step, PASSKEY_TO_SIGN_IN, reply, owed, &account, err);
    return outcome == ST_OK ? done(app, visitor, account, hash, ret, err) : outcome;
}

/* --- confirming ------------------------------------------------------------------------------- */

/* A session is as familiar as a browser that was signed in before. */
static enum st check_code(struct app *app, int64_t account, struct str code, struct err *err)
{
    struct db *db;
    struct code_taken taken;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = second_factor_take(app, db, account, true, code, &taken, err);
    outcome = store_write_end(app->store, db, outcome, err);
    return outcome == ST_OK ? code_outcome(app, &taken, err) : outcome;
}

enum st sign_in_check_password(struct app *app, int64_t account, const struct session_facts *facts,
                               struct str password, struct password_seen *ret, struct err *err)
{
    char key[40];
    int wait = 0;
    bool holds = false;
    struct password_seen seen = {0};
    snprintf(key, sizeof key, "session %lld", (long long)facts->id);
    if (!limit_take(&per_session, str_from(key), &wait)) return too_often(app, wait, err);
    enum st outcome = password_holds(app, account, password, &holds, &seen, err);
    if (outcome == ST_LIMIT || holds) limit_give_back(&per_session, str_from(key));
    if (outcome != ST_OK) return outcome;
    if (!holds) return err_set(err, ST_DENIED, "That is not your password.");
    *ret = seen;
    return ST_OK;
}

static enum st check_password_and_code(struct app *app, int64_t account,
                                       const struct session_facts *facts,
                                       const struct confirmation *given, struct err *err)
{
    struct second_factors factors;
    struct password_seen seen;
    enum st outcome = second_factors_read(app, account, &factors, err);
    if (outcome == ST_OK)
        outcome = sign_in_check_password(app, account, facts, given->password, &seen, err);
    if (outcome != ST_OK || !second_factors_any(&factors)) return outcome;
    return check_code(app, account, given->code, err);
}

enum st sign_in_confirm(struct app *app, const struct person *who,
                        const struct session_facts *facts, struct str token,
                        const struct webauthn_site *site, const struct confirmation *given,
                        char ret_token[static SEAL_TOKEN_SIZE], struct err *err)
{
    int64_t account = who->account;
    bool by_passkey = given->passkey.credential.len > 0;
    enum st outcome = by_passkey ? passkey_check(app, site, token, PASSKEY_TO_CONFIRM,
                                                 &given->passkey, account, &account, err)
                                 : check_password_and_code(app, account, facts, given, err);
    if (outcome == ST_OK)
        return session_confirm(app, account, token, by_passkey || facts->strong, ret_token, err);
    if (outcome == ST_DENIED) {
        enum st noted = account_note_event(app, AUDIT_SIGN_IN, account, "confirmation", "account",
                                           account, "refused", NULL);
        if (noted != ST_OK) return err_set(err, noted, "Please try again.");
    }
    return outcome;
}
