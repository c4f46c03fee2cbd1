#include "domain/webhook.h"

#include "domain/account.h"
#include "domain/record_key.h"
#include "net/fetch.h"
#include "net/nearby.h"
#include "seal/secret.h"

#include <stdatomic.h>

/* address, secret: the texts of webhook.sealed */
enum { SECRET_BYTES = 32, TEXTS = 2, MESSAGE_ID_CHARACTERS = 26 };

static const struct {
    const char *name;
    const char *action;
    const char *subject;
    const char *label;
} kinds[WEBHOOK_KINDS] = {
#define WEBHOOK(name, kind, action, subject, words) {kind, action, subject, words},
#include "domain/webhook.def"
#undef WEBHOOK
};

const char *webhook_kind_name(enum webhook_kind kind)
{
    return kinds[kind].name;
}

const char *webhook_kind_label(enum webhook_kind kind)
{
    return kinds[kind].label;
}

bool webhook_kind_from_name(struct str name, enum webhook_kind *ret)
{
    for (int i = 0; i < WEBHOOK_KINDS; i++)
        if (str_eq(name, str_from(kinds[i].name))) {
            *ret = (enum webhook_kind)i;
            return true;
        }
    return false;
}

/* --- telling -------------------------------------------------------------------------------- */

static enum st enqueue(struct db *db, int64_t webhook, enum webhook_kind kind, int64_t subject,
                       struct err *err)
{
    char message[MESSAGE_ID_CHARACTERS + 1];
    seal_reference(message, MESSAGE_ID_CHARACTERS);
    struct query *query = db_query(db, Q_WEBHOOK_ENQUEUE);
    db_bind_int(query, 1, webhook);
    db_bind_text(query, 2, str_from(message));
    db_bind_text(query, 3, str_from(kinds[kind].name));
    db_bind_int(query, 4, subject);
    db_bind_int(query, 5, clock_now());
    return db_run(query, err);
}

/* To each that wants it a message of its own. */
static enum st tell_all(struct db *db, enum webhook_kind kind, int64_t subject, struct err *err)
{
    int64_t wanted[WEBHOOKS_MAX];
    size_t count = 0;
    struct query *query = db_query(db, Q_WEBHOOK_KINDS);
    while (db_next(query))
        if ((db_int(query, 1) >> kind & 1) && count < WEBHOOKS_MAX)
            wanted[count++] = db_int(query, 0);
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = enqueue(db, wanted[i], kind, subject, err);
    return outcome;
}

enum st webhook_note(struct app *app, struct db *db, const struct audit_event *event,
                     struct err *err)
{
    unsigned wanted = atomic_load_explicit(&app->webhook_kinds, memory_order_relaxed);
    if (!wanted || !event->subject || !event->subject_id) return ST_OK;
    for (int i = WEBHOOK_ADDED + 1; i < WEBHOOK_KINDS; i++)
        if ((wanted >> i & 1) && strcmp(event->action, kinds[i].action) == 0 &&
            strcmp(event->subject, kinds[i].subject) == 0)
            return tell_all(db, (enum webhook_kind)i, event->subject_id, err);
    return ST_OK;
}

bool webhook_reaches(const struct app *app, struct str url)
{
    uint16_t port = fetch_url_port(url);
    bool found = !app->reach_known;
    for (size_t i = 0; i < app->reach_count; i++) found |= app->reach_port[i] == port;
    return found;
}

static enum st read_wanted(struct app *app, struct db *db, struct err *err)
{
    unsigned wanted = 0;
    struct query *query = db_query(db, Q_WEBHOOK_KINDS);
    while (db_next(query)) wanted |= (unsigned)db_int(query, 1);
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK) atomic_store(&app->webhook_kinds, wanted);
    return outcome;
}

enum st webhook_refresh(struct app *app, struct err *err)
{
    pthread_mutex_lock(&app->rereading);
    struct db *db = store_read_begin(app->store, err);
    enum st outcome = db ? read_wanted(app, db, err) : ST_FAILED;
    store_read_end(app->store, db);
    pthread_mutex_unlock(&app->rereading);
    return outcome;
}

/* --- adding and ending ------------------------------------------------------------------------ */

static void new_secret(char ret[static WEBHOOK_SECRET_SIZE])
{
    uint8_t bytes[SECRET_BYTES];
    struct arena arena;
    arena_init(&arena, 1 << 12);
    seal_random(bytes, sizeof bytes);
    struct str text = seal_base64_plain(&arena, str_of((const char *)bytes, sizeof bytes));
    snprintf(ret, WEBHOOK_SECRET_SIZE, "whsec_%.*s", STR_ARG(text));
    seal_forget(bytes, sizeof bytes);
    arena_done(&arena);
}

static enum st insert(struct app *app, struct db *db, int64_t id, int64_t by, struct str url,
                      struct str secret, unsigned wanted, struct err *err)
{
    struct data_key key;
    struct arena arena;
    enum st outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome != ST_OK) return outcome;
    arena_init(&arena, 1 << 16);
    struct str text[TEXTS] = {url, secret};
    struct str sealed =
        field_seal(&arena, &key, FIELD_WEBHOOK, id, texts_pack(&arena, text, TEXTS));
    struct query *query = db_query(db, Q_WEBHOOK_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, key.id);
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    db_bind_int(query, 4, wanted);
    db_bind_int_or_null(query, 5, by);
    db_bind_int(query, 6, clock_now());
    outcome = db_run(query, err);
    data_key_clear(&key);
    arena_done(&arena);
    return outcome;
}

static enum st check(struct str url, unsigned wanted, struct err *err)
{
    if (!fetch_url_allowed(url, true) || !fetch_url_port(url)) {
        err_set(err, ST_INVALID, "Write an address that begins with https://");
        err_hint(err, "To this machine itself http:// will do: http://127.0.0.1:9000/hook");
        return ST_INVALID;
    }
    if (!fetch_url_is_loopback(url) && nearby_host(fetch_url_host(url))) {
        err_set(err, ST_INVALID,
                "This address means this machine itself, or one that only its neighbours have. "
                "Nothing is sent there.");
        err_hint(err, "Write the name of the machine that is to be told. To this machine itself "
                      "http:// will do: http://127.0.0.1:9000/hook");
        return ST_INVALID;
    }
    return wanted ? ST_OK : err_set(err, ST_INVALID, "Choose at least one thing that it is told.");
}

enum st webhook_add(struct app *app, int64_t by, struct str url, unsigned wanted,
                    char ret_secret[static WEBHOOK_SECRET_SIZE], int64_t *ret, struct err *err)
{
    char secret[WEBHOOK_SECRET_SIZE];
    int64_t id = 0;
    int64_t there = 0;
    struct db *db;
    enum st outcome = check(url, wanted, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    new_secret(secret);
    outcome = db_one(db_query(db, Q_WEBHOOK_COUNT), &there, err);
    if (outcome == ST_OK && there >= WEBHOOKS_MAX)
        outcome = err_set(err, ST_LIMIT, "There are %d webhooks: end one first.", WEBHOOKS_MAX);
    if (outcome == ST_OK) outcome = db_next_id(db, Q_WEBHOOK_LAST, &id, err);
    if (outcome == ST_OK) outcome = insert(app, db, id, by, url, str_from(secret), wanted, err);
    if (outcome == ST_OK) outcome = enqueue(db, id, WEBHOOK_ADDED, id, err);
    if (outcome == ST_OK)
        outcome =
            account_note(app, db, AUDIT_ALTERATION, by, "webhook added", "webhook", id, "ok", err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome == ST_OK) outcome = webhook_refresh(app, err);
    if (outcome != ST_OK) return outcome;
    memcpy(ret_secret, secret, sizeof secret);
    *ret = id;
    return ST_OK;
}

enum st webhook_end(struct app *app, int64_t by, int64_t id, struct err *err)
{
    int64_t found = 0;
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_WEBHOOK_END);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, clock_now());
    outcome = db_one(query, &found, err);
    if (outcome == ST_NOT_FOUND)
        err_set(err, outcome, "There is no such webhook, or it has ended.");
    if (outcome == ST_OK) {
        query = db_query(db, Q_WEBHOOK_FORGET);
        db_bind_int(query, 1, id);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK)
        outcome =
            account_note(app, db, AUDIT_ALTERATION, by, "webhook ended", "webhook", id, "ok", err);
    outcome = store_write_end(app->store, db, outcome, err);
    return outcome == ST_OK ? webhook_refresh(app, err) : outcome;
}

static enum st from_row(struct app *app, struct arena *arena, struct query *query,
                        struct webhook *ret, struct err *err)
{
    struct data_key key;
    struct str sealed;
    struct str text[TEXTS] = {STR(""), STR("")};
    *ret = (struct webhook){.id = db_int(query, 0),
                            .kinds = (unsigned)db_int(query, 2),
                            .created_at = db_int(query, 3),
                            .delivered_at = db_int(query, 4),
                            .failed_at = db_int(query, 5),
                            .status = (int)db_int(query, 6),
                            .waiting = db_int(query, 7)};
    enum st outcome = record_key_from_row(app, query, 8, &key, err);
    if (outcome == ST_OK)
        outcome = field_open(arena, &key, FIELD_WEBHOOK, ret->id, db_bytes(query, 1), &sealed, err);
    data_key_clear(&key);
    if (outcome == ST_OK && !texts_unpack(sealed, text, TEXTS))
        outcome = err_set(err, ST_CONFLICT, "A webhook is not what was sealed.");
    ret->url = text[0];
    ret->secret = text[1];
    return outcome;
}

enum st webhook_list(struct app *app, struct arena *arena, struct webhook **ret, size_t *ret_count,
                     struct err *err)
{
    struct webhook *list = arena_many(arena, WEBHOOKS_MAX, struct webhook);
    size_t count = 0;
    enum st outcome = ST_OK;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_WEBHOOK_LIST);
    while (outcome == ST_OK && count < WEBHOOKS_MAX && db_next(query))
        outcome = from_row(app, arena, query, &list[count++], err);
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}
