#include "domain/account.h"

#include "domain/absence.h"

#include "base/change.h"
#include "base/utf8.h"
#include "domain/area.h"
#include "domain/naming.h"
#include "domain/record_key.h"

enum { EMAIL_MAX = 254, NAME_MAX_BYTES = 120, HANDLE_SIZE = 16, PERSON_TEXTS = 2 };

enum st account_note(struct app *app, struct db *db, enum audit_kind kind, int64_t by,
                     const char *action, const char *subject, int64_t subject_id,
                     const char *outcome, struct err *err)
{
    struct audit_event event = {.kind = kind,
                                .action = action,
                                .account = by,
                                .subject = subject,
                                .subject_id = subject_id,
                                .outcome = outcome};
    return audit_append(app, db, &event, err);
}

enum st account_note_event(struct app *app, enum audit_kind kind, int64_t by, const char *action,
                           const char *subject, int64_t subject_id, const char *outcome,
                           struct err *err)
{
    struct audit_event event = {.kind = kind,
                                .action = action,
                                .account = by,
                                .subject = subject,
                                .subject_id = subject_id,
                                .outcome = outcome};
    return audit_event(app, &event, err);
}

/* --- what may be --------------------------------------------------------------------- */

static bool email_shaped(struct str email)
{
    ptrdiff_t at = str_find(email, STR("@"), 0);
    return at > 0 && email.len <= EMAIL_MAX && str_find(email, STR("."), (size_t)at) > at + 1 &&
           str_find(email, STR(" "), 0) < 0 && str_find(email, STR("@"), (size_t)at + 1) < 0 &&
           utf8_valid(email);
}

static void check_roles(unsigned roles, struct form_problems *ret)
{
    const unsigned apart = 1u << ROLE_administrator | 1u << ROLE_auditor;
    if (!roles) form_wrong(ret, STR("roles"), STR("Choose at least one role."));
    if ((roles & apart) && (roles & (roles - 1)))
        form_wrong(ret, STR("roles"),
                   STR("An administrator or auditor holds no other role: they do not see what "
                       "people share. "
                       "Give the person a second account for their other work."));
}

void account_check(const struct account_new *account, struct form_problems *ret)
{
    ret->count = 0;
    if (!str_trim(account->name).len)
        form_wrong(ret, STR("name"), STR("Write the name."));
    else if (account->name.len > NAME_MAX_BYTES || !utf8_valid(account->name))
        form_wrong(ret, STR("name"), STR("That name is too long. Shorten it."));
    if (!email_shaped(account->email))
        form_wrong(ret, STR("email"), STR("Write an email address, like name@example.org."));
    if (!account->organisation)
        form_wrong(ret, STR("organisation"), STR("Choose the organisation."));
    check_roles(account->roles, ret);
}

static enum st check(const struct account_new *account, struct err *err)
{
    struct form_problems problems;
    account_check(account, &problems);
    return problems.count ? err_set(err, ST_INVALID, "%.*s", STR_ARG(problems.list[0].words))
                          : ST_OK;
}

bool second_factor_due(const struct app *app, unsigned roles)
{
    if (app->synthetic) return false;
    if (app->area && str_eq(area_setting(app->area, STR("second-factor")), STR("everybody")))
        return true;
    return (roles & ~(1u << ROLE_practitioner)) != 0;
}

struct str roles_label(struct arena *arena, unsigned roles)
{
    struct str label = STR("");
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (!(roles >> role & 1)) continue;
        label = str_fmt(arena, "%.*s%s%s", STR_ARG(label), label.len ? ", " : "",
                        role_label((enum role)role));
    }
    return label;
}

/* --- sealed parts --------------------------------------------------------------------- */

static void email_tag(const struct app *app, struct str email, char ret[static SEAL_TAG_TEXT_SIZE])
{
    struct arena arena;
    arena_init(&arena, 4096);
    keyring_tag_text(app->keys, "account email",
                     str_lower(&arena, str_trim(str_sub(email, 0, EMAIL_MAX))), ret);
    arena_done(&arena);
}

/* Address and name, sealed for the account's row. */
static struct str seal_person(struct arena *arena, const struct data_key *key, int64_t id,
                              const struct account_new *account)
{
    struct str text[PERSON_TEXTS] = {str_lower(arena, account->email), str_trim(account->name)};
    return field_seal(arena, key, FIELD_ACCOUNT_PERSON, id, texts_pack(arena, text, PERSON_TEXTS));
}

/* Opens them out of a row: `sealed` stands at a column, the key's three at another. */
static enum st open_person(struct app *app, struct arena *arena, struct query *row, int sealed,
                           int key_column, int64_t id, struct str text[static PERSON_TEXTS],
                           struct err *err)
{
    struct data_key key;
    struct str plain;
    enum st outcome = record_key_from_row(app, row, key_column, &key, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &key, FIELD_ACCOUNT_PERSON, id, db_bytes(row, sealed), &plain, err);
    data_key_clear(&key);
    if (outcome == ST_OK && !texts_unpack(plain, text, PERSON_TEXTS))
        outcome = err_set(err, ST_FAILED, "An account cannot be read.");
    return outcome;
}

enum st account_key(struct app *app, struct db *db, int64_t account, struct data_key *ret,
                    struct err *err)
{
    struct query *query = db_query(db, Q_ACCOUNT_KEY);
    db_bind_int(query, 1, account);
    enum st outcome = db_next(query) ? record_key_from_row(app, query, 0, ret, err) : ST_NOT_FOUND;
    enum st ended = db_end(query, err);
    if (ended != ST_OK) return ended;
    return outcome == ST_NOT_FOUND ? err_missing(err, "account") : outcome;
}

/* --- adding and changing ------------------------------------------------------------------ */

static enum st store_roles(struct db *db, int64_t account, unsigned roles, struct err *err)
{
    struct query *query = db_query(db, Q_ACCOUNT_ROLES_CLEAR);
    db_bind_int(query, 1, account);
    enum st outcome = db_run(query, err);
    for (int role = 0; outcome == ST_OK && role < ROLE_COUNT; role++) {
        if (!(roles >> role & 1)) continue;
        query = db_query(db, Q_ACCOUNT_ROLE_ADD);
        db_bind_int(query, 1, account);
        db_bind_text(query, 2, str_from(role_name((enum role)role)));
        outcome = db_run(query, err);
    }
    return outcome;
}

static enum st say_taken(enum st outcome, struct str email, struct err *err)
{
    if (outcome != ST_CONFLICT) return outcome;
    return err_set(err, ST_CONFLICT, "There is an account with the address %.*s already.",
                   STR_ARG(str_sub(email, 0, 150)));
}

static enum st insert_account(struct app *app, struct db *db, struct arena *arena, int64_t id,
                              const struct account_new *account, struct err *err)
{
    struct data_key key;
    enum st outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome != ST_OK) return outcome;
    char tag[SEAL_TAG_TEXT_SIZE];
    email_tag(app, account->email, tag);
    struct str person = seal_person(arena, &key, id, account);
    uint8_t handle[HANDLE_SIZE];
    seal_random(handle, sizeof handle);
    struct query *query = db_query(db, Q_ACCOUNT_ADD);
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, str_from(tag));
    db_bind_int(query, 3, account->organisation);
    db_bind_int(query, 4, key.id);
    db_bind_bytes(query, 5, person.ptr, person.len);
    if (account->password_hash.len) {
        struct str hash =
            field_seal(arena, &key, FIELD_ACCOUNT_PASSWORD, id, account->password_hash);
        db_bind_bytes(query, 6, hash.ptr, hash.len);
    } else {
        db_bind_null(query, 6);
    }
    data_key_clear(&key);
    db_bind_bytes(query, 7, handle, sizeof handle);
    db_bind_int(query, 8, clock_now());
    return db_run(query, err);
}

enum st account_add(struct app *app, struct db *db, const struct account_new *account, int64_t by,
                    int64_t *ret, struct err *err)
{
    enum st outcome = check(account, err);
    int64_t id = 0;
    if (outcome == ST_OK) outcome = db_next_id(db, Q_ACCOUNT_LAST, &id, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    outcome = say_taken(insert_account(app, db, &arena, id, account, err), account->email, err);
    arena_done(&arena);
    if (outcome == ST_OK) outcome = store_roles(db, id, account->roles, err);
    if (outcome == ST_OK) outcome = naming_account(app, db, id, account->email, account->name, err);
    if (outcome == ST_OK)
        outcome =
            account_note(app, db, AUDIT_ALTERATION, by, "account added", "account", id, "ok", err);
    if (outcome == ST_OK) *ret = id;
    return outcome;
}

/* Is anybody else left who looks after accounts? */
static enum st keep_an_administrator(struct db *db, int64_t account, struct err *err)
{
    struct query *query = db_query(db, Q_ADMINISTRATORS_BUT);
    db_bind_int(query, 1, account);
    db_bind_int(query, 2, 0);
    int64_t others = 0;
    enum st outcome = db_one(query, &others, err);
    if (outcome != ST_OK || others > 0) return outcome;
    err_set(err, ST_CONFLICT, "Nobody else could look after accounts then.");
    err_hint(err, "Give another person the role of administrator first.");
    return ST_CONFLICT;
}

static enum st has_role(struct db *db, int64_t account, enum role wanted, bool *ret,
                        struct err *err)
{
    *ret = false;
    struct query *query = db_query(db, Q_ACCOUNT_ROLES);
    db_bind_int(query, 1, account);
    while (db_next(query))
        if (str_eq(db_text(query, 0), str_from(role_name(wanted)))) *ret = true;
    return db_end(query, err);
}

static enum st update_account(struct app *app, struct db *db, int64_t id,
                              const struct account_new *wanted, struct err *err)
{
    struct data_key key;
    enum st outcome = account_key(app, db, id, &key, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    char tag[SEAL_TAG_TEXT_SIZE];
    email_tag(app, wanted->email, tag);
    struct str person = seal_person(&arena, &key, id, wanted);
    data_key_clear(&key);
    struct query *query = db_query(db, Q_ACCOUNT_CHANGE);
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, str_from(tag));
    db_bind_int(query, 3, wanted->organisation);
    db_bind_bytes(query, 4, person.ptr, person.len);
    outcome = say_taken(db_run(query, err), wanted->email, err);
    arena_done(&arena);
    return outcome;
}

struct str account_mark(struct arena *arena, const struct account_new *account)
{
    struct str all =
        str_fmt(arena, "%.*s\n%.*s\n%lld %u", STR_ARG(account->email), STR_ARG(account->name),
                (long long)account->organisation, account->roles);
    return str_fmt(arena, "%016llx", (unsigned long long)str_hash(all));
}

static enum st still_as_seen(struct app *app, struct db *db, int64_t account, struct str seen,
                             struct err *err);

enum st account_change(struct app *app, int64_t by, int64_t account,
                       const struct account_new *wanted, struct err *err)
{
    enum st outcome = check(wanted, err);
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    bool administers = false;
    bool stays = (wanted->roles >> ROLE_administrator & 1) != 0;
    outcome = still_as_seen(app, db, account, wanted->seen, err);
    if (outcome == ST_OK) outcome = update_account(app, db, account, wanted, err);
    if (outcome == ST_OK) outcome = has_role(db, account, ROLE_administrator, &administers, err);
    if (outcome == ST_OK && administers && !stays)
        outcome = keep_an_administrator(db, account, err);
    if (outcome == ST_OK) outcome = store_roles(db, account, wanted->roles, err);
    if (outcome == ST_OK)
        outcome = naming_account(app, db, account, wanted->email, wanted->name, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, by, "account changed", "account", account,
                               "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st account_store_password(struct app *app, struct db *db, int64_t account, struct str hash,
                               struct err *err)
{
    struct data_key key;
    enum st outcome = account_key(app, db, account, &key, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, 4096);
    struct str sealed = field_seal(&arena, &key, FIELD_ACCOUNT_PASSWORD, account, hash);
    data_key_clear(&key);
    struct query *query = db_query(db, Q_ACCOUNT_SET_PASSWORD);
    db_bind_int(query, 1, account);
    db_bind_bytes(query, 2, sealed.ptr, sealed.len);
    arena_done(&arena);
    outcome = db_run(query, err);
    if (outcome == ST_OK) outcome = sessions_end_all(db, account, err);
    if (outcome == ST_OK) {
        query = db_query(db, Q_INVITATION_WITHDRAW);
        db_bind_int(query, 1, account);
        db_bind_int(query, 2, clock_now());
        outcome = db_run(query, err);
    }
    return outcome;
}

void password_see(struct str sealed, struct password_seen *ret)
{
    seal_hash(sealed, ret->hash);
    ret->any = true;
}

enum st password_still_holds(struct db *db, int64_t account, const struct password_seen *seen,
                             struct err *err)
{
    if (!seen->any) return ST_OK;
    struct password_seen now = {0};
    struct query *query = db_query(db, Q_ACCOUNT_PASSWORD);
    db_bind_int(query, 1, account);
    if (db_next(query) && !db_is_null(query, 0)) password_see(db_bytes(query, 0), &now);
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    bool same = now.any && memcmp(now.hash, seen->hash, sizeof now.hash) == 0;
    return same ? ST_OK
                : err_set(err, ST_DENIED,
                          "Your password was set anew meanwhile. Please sign in again.");
}

enum st account_set_password(struct app *app, int64_t by, int64_t account,
                             const struct password_seen *seen, struct str password, struct err *err)
{
    char hash[SEAL_PASSWORD_HASH_SIZE];
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct account_line line = {0};
    enum st outcome = account_read(app, &arena, account, &line, err);
    if (outcome == ST_OK) outcome = seal_password_check(password, line.email, err);
    arena_done(&arena);
    if (outcome == ST_OK) outcome = seal_password_hash(password, hash, err);
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    if (seen) outcome = password_still_holds(db, account, seen, err);
    if (outcome == ST_OK) outcome = account_store_password(app, db, account, str_from(hash), err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, by, "password set", "account", account,
                               "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

enum st account_set_disabled(struct app *app, int64_t by, int64_t account, bool disabled,
                             struct err *err)
{
    if (disabled && by == account)
        return err_set(err, ST_CONFLICT, "You cannot disable your own account.");
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    bool administers = false;
    if (disabled) outcome = has_role(db, account, ROLE_administrator, &administers, err);
    if (outcome == ST_OK && administers) outcome = keep_an_administrator(db, account, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_ACCOUNT_DISABLE);
        db_bind_int(query, 1, account);
        if (disabled)
            db_bind_int(query, 2, clock_now());
        else
            db_bind_null(query, 2);
        int64_t changed = 0;
        outcome = db_one(query, &changed, err);
    }
    if (outcome == ST_OK) outcome = sessions_end_all(db, account, err);
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, by,
                               disabled ? "account disabled" : "account enabled", "account",
                               account, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

/* --- finding and reading ---------------------------------------------------------------- */

enum st account_lookup(struct app *app, struct db *db, struct str email, int64_t *ret,
                       struct err *err)
{
    char tag[SEAL_TAG_TEXT_SIZE];
    email_tag(app, email, tag);
    struct query *query = db_query(db, Q_ACCOUNT_ID);
    db_bind_text(query, 1, str_from(tag));
    *ret = db_next(query) ? db_int(query, 0) : 0;
    return db_end(query, err);
}

enum st account_find(struct app *app, struct str email, int64_t *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = account_lookup(app, db, email, ret, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && *ret == 0)
        return err_set(err, ST_NOT_FOUND, "There is no account with the address %.*s.",
                       STR_ARG(str_sub(email, 0, 150)));
    return outcome;
}

enum st account_ask_reset(struct app *app, struct str email, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    int64_t account = 0;
    outcome = account_lookup(app, db, email, &account, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_ACCOUNT_ASK_RESET);
        db_bind_int(query, 1, account);
        db_bind_int(query, 2, clock_now());
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome = account_note(app, db, AUDIT_ALTERATION, 0, "new password asked for", "account",
                               account, "ok", err);
    return store_write_end(app->store, db, outcome, err);
}

/* Does the person stand in for a representative of their organisation, who is away?  They
 * act as one as long. */
static enum st represents_today(struct db *db, const struct person *who, bool *ret, struct err *err)
{
    enum { REPRESENTATIVES = 100 };
    const unsigned apart = 1u << ROLE_administrator | 1u << ROLE_auditor;
    *ret = false;
    if (who->roles & apart) return ST_OK;
    int32_t today = clock_today();
    struct query *query = db_query(db, Q_ABSENCE_STANDS_IN);
    db_bind_int(query, 1, who->account);
    db_bind_int(query, 2, today);
    bool deputy = false;
    while (!deputy && db_next(query)) deputy = db_int(query, 2) <= today;
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK || !deputy) return outcome;
    int64_t acting[REPRESENTATIVES];
    size_t count = 0;
    outcome =
        representatives_on(db, who->organisation, today, REPRESENTATIVES, acting, &count, err);
    for (size_t i = 0; i < count; i++) *ret |= acting[i] == who->account;
    return outcome;
}

enum st account_person_read(struct app *app, struct db *db, struct arena *arena, int64_t account,
                            struct person *ret, struct err *err)
{
    uint64_t change = change_count();
    struct query *query = db_query(db, Q_ACCOUNT_READ);
    db_bind_int(query, 1, account);
    struct str text[PERSON_TEXTS];
    enum st outcome = ST_NOT_FOUND;
    if (db_next(query)) {
        outcome = open_person(app, arena, query, 1, 6, account, text, err);
        *ret = (struct person){.account = account,
                               .change = change,
                               .organisation = db_int(query, 2),
                               .organisation_name = str_dup(arena, db_text(query, 3)),
                               .sector = str_dup(arena, db_text(query, 4)),
                               .forum = str_dup(arena, db_text(query, 5))};
    }
    enum st ended = db_end(query, err);
    if (ended != ST_OK) return ended;
    if (outcome == ST_NOT_FOUND) return err_set(err, ST_NOT_FOUND, "You are signed out.");
    if (outcome != ST_OK) return outcome;
    ret->email = text[0];
    ret->name = text[1];
    query = db_query(db, Q_ACCOUNT_ROLES);
    db_bind_int(query, 1, account);
    while (db_next(query)) {
        enum role role;
        if (role_from_name(db_text(query, 0), &role)) ret->roles |= 1u << role;
    }
    outcome = db_end(query, err);
    bool stands_in = false;
    if (outcome == ST_OK) outcome = represents_today(db, ret, &stands_in, err);
    if (stands_in) ret->roles |= 1u << ROLE_representative;
    return outcome;
}

enum st account_person(struct app *app, struct arena *arena, struct str email, struct person *ret,
                       struct err *err)
{
    int64_t id = 0;
    enum st outcome = account_find(app, email, &id, err);
    if (outcome != ST_OK) return outcome;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    outcome = account_person_read(app, db, arena, id, ret, err);
    store_read_end(app->store, db);
    if (outcome == ST_NOT_FOUND) return err_set(err, outcome, "That account is disabled.");
    return outcome;
}

static enum st read_texts(struct app *app, struct db *db, struct arena *arena, int64_t account,
                          struct str text[static PERSON_TEXTS], struct err *err)
{
    struct query *query = db_query(db, Q_ACCOUNT_NAME);
    db_bind_int(query, 1, account);
    text[0] = text[1] = STR("");
    enum st outcome = ST_OK;
    if (db_next(query)) outcome = open_person(app, arena, query, 0, 1, account, text, err);
    return db_end_after(query, outcome, err);
}

enum st account_name(struct app *app, struct db *db, struct arena *arena, int64_t account,
                     struct str *ret, struct err *err)
{
    struct str text[PERSON_TEXTS];
    enum st outcome = read_texts(app, db, arena, account, text, err);
    *ret = text[1];
    return outcome;
}

enum st account_address(struct app *app, struct db *db, struct arena *arena, int64_t account,
                        struct str *ret, struct err *err)
{
    struct str text[PERSON_TEXTS];
    enum st outcome = read_texts(app, db, arena, account, text, err);
    *ret = text[0];
    return outcome;
}

enum st account_texts(struct app *app, struct db *db, struct arena *arena, int64_t account,
                      struct str *ret_email, struct str *ret_name, struct err *err)
{
    struct str text[PERSON_TEXTS];
    enum st outcome = read_texts(app, db, arena, account, text, err);
    *ret_email = text[0];
    *ret_name = text[1];
    return outcome;
}

enum st account_from_row(struct app *app, struct arena *arena, struct query *row,
                         struct str *ret_email, struct str *ret_name, struct err *err)
{
    struct str text[PERSON_TEXTS] = {STR(""), STR("")};
    enum st outcome = open_person(app, arena, row, 1, 2, db_int(row, 0), text, err);
    *ret_email = text[0];
    *ret_name = text[1];
    return outcome;
}

/* A row of Q_ACCOUNT_LIST or Q_ACCOUNT_SHOW, but for its role. */
static enum st line_from_row(struct app *app, struct arena *arena, struct query *row,
                             struct account_line *ret, struct err *err)
{
    struct str text[PERSON_TEXTS] = {STR(""), STR("")};
    int64_t id = db_int(row, 0);
    enum st outcome = open_person(app, arena, row, 1, 11, id, text, err);
    *ret = (struct account_line){.id = id,
                                 .email = text[0],
                                 .name = text[1],
                                 .organisation = db_int(row, 2),
                                 .organisation_name = str_dup(arena, db_text(row, 3)),
                                 .disabled = !db_is_null(row, 4),
                                 .signed_in_at = db_int(row, 5),
                                 .reset_asked_at = db_int(row, 6),
                                 .has_password = db_int(row, 7) != 0,
                                 .second_factors = (int)db_int(row, 8),
                                 .link_until = db_int(row, 9)};
    if (ret->link_until <= clock_now()) ret->link_until = 0;
    return outcome;
}

/* Reads lines off a query that has a row for each role of each account. */
static enum st read_lines(struct app *app, struct arena *arena, struct query *query, size_t maximum,
                          struct account_line *list, size_t *ret_count, struct err *err)
{
    size_t count = 0;
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(query)) {
        if (count == 0 || list[count - 1].id != db_int(query, 0)) {
            if (count == maximum) break;
            outcome = line_from_row(app, arena, query, &list[count++], err);
        }
        enum role role;
        if (role_from_name(db_text(query, 10), &role)) list[count - 1].roles |= 1u << role;
    }
    outcome = db_end_after(query, outcome, err);
    *ret_count = count;
    return outcome;
}

static int compare_lines(const void *a, const void *b)
{
    const struct account_line *left = a;
    const struct account_line *right = b;
    int order = str_cmp(left->name, right->name);
    return order ? order : (left->id > right->id) - (left->id < right->id);
}

enum st account_list(struct app *app, struct arena *arena, size_t maximum,
                     struct account_line **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, maximum, struct account_line);
    enum st outcome =
        read_lines(app, arena, db_query(db, Q_ACCOUNT_LIST), maximum, *ret, ret_count, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && *ret_count) qsort(*ret, *ret_count, sizeof **ret, compare_lines);
    return outcome;
}

static enum st read_one(struct app *app, struct db *db, struct arena *arena, int64_t account,
                        struct account_line *ret, struct err *err)
{
    struct query *query = db_query(db, Q_ACCOUNT_SHOW);
    db_bind_int(query, 1, account);
    size_t count = 0;
    enum st outcome = read_lines(app, arena, query, 1, ret, &count, err);
    if (outcome == ST_OK && !count) return err_missing(err, "account");
    return outcome;
}

enum st account_read(struct app *app, struct arena *arena, int64_t account,
                     struct account_line *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_one(app, db, arena, account, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

struct account_new account_as_it_is(const struct account_line *line)
{
    return (struct account_new){.email = line->email,
                                .name = line->name,
                                .organisation = line->organisation,
                                .roles = line->roles};
}

/* In the turn of writing: a form that was opened earlier gives nothing back that somebody took
 * away since. */
static enum st still_as_seen(struct app *app, struct db *db, int64_t account, struct str seen,
                             struct err *err)
{
    struct arena arena;
    struct account_line line;
    if (!seen.len) return ST_OK;
    arena_init(&arena, 1 << 16);
    enum st outcome = read_one(app, db, &arena, account, &line, err);
    if (outcome == ST_OK) {
        struct account_new now = account_as_it_is(&line);
        if (!str_eq(account_mark(&arena, &now), seen))
            outcome = err_set(err, ST_CONFLICT,
                              "Somebody changed this account since you opened this form.");
    }
    arena_done(&arena);
    return outcome;
}
