/*
 * Sending what webhooks are told: one after another, again when it did not work.
 */
#include "base/rounds.h"
#include "domain/account.h"
#include "domain/webhook.h"
#include "net/fetch.h"
#include "seal/secret.h"

#include <stdatomic.h>

enum { AT_ONCE = 50, ANSWER_MAX = 64 << 10, SECOND_MS = 1000, HOUR_MS = 3600000 };

/* After each attempt that failed; after the last it is given up. */
static const int64_t waits_ms[WEBHOOK_ATTEMPTS] = {5 * SECOND_MS,  30 * SECOND_MS, 5 * MINUTE_MS,
                                                   30 * MINUTE_MS, 2 * HOUR_MS,    5 * HOUR_MS,
                                                   10 * HOUR_MS,   14 * HOUR_MS,   24 * HOUR_MS};

struct message {
    int64_t id; /* of the row */
    int64_t webhook;
    struct str message;
    struct str kind;
    int64_t subject;
    instant_ms at;
    int64_t attempts;
};

/* "v1,BASE64" over "ID.SECONDS.BODY"; false when the secret is none. */
static bool webhook_sign(struct arena *arena, struct str secret, struct str id, int64_t seconds,
                         struct str body, struct str *ret)
{
    static const struct str prefix = STR_INIT("whsec_");
    struct str key;
    uint8_t mac[SEAL_HASH_SIZE];
    if (!str_starts(secret, prefix) ||
        !seal_base64_plain_read(arena, str_sub(secret, prefix.len, secret.len), &key))
        return false;
    struct str signed_text =
        str_fmt(arena, "%.*s.%lld.%.*s", STR_ARG(id), (long long)seconds, STR_ARG(body));
    seal_hmac_sha256(key, signed_text, mac);
    struct str text = seal_base64_plain(arena, str_of((const char *)mac, sizeof mac));
    *ret = str_fmt(arena, "v1,%.*s", STR_ARG(text));
    return true;
}

static enum st read_due(struct app *app, struct arena *arena, struct message *list, size_t *ret,
                        struct err *err)
{
    *ret = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_WEBHOOK_DUE);
    db_bind_int(query, 1, clock_now());
    db_bind_int(query, 2, AT_ONCE);
    while (*ret < AT_ONCE && db_next(query))
        list[(*ret)++] = (struct message){.id = db_int(query, 0),
                                          .webhook = db_int(query, 1),
                                          .message = str_dup(arena, db_text(query, 2)),
                                          .kind = str_dup(arena, db_text(query, 3)),
                                          .subject = db_int(query, 4),
                                          .at = db_int(query, 5),
                                          .attempts = db_int(query, 6)};
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

/* The status that came; 0: none. */
static int post(struct arena *arena, const struct webhook *webhook, const struct message *message)
{
    struct str signature;
    struct fetched answer = {0};
    int64_t seconds = clock_now() / SECOND_MS;
    struct str body =
        str_fmt(arena, "{\"type\":\"%.*s\",\"timestamp\":\"%.*s\",\"data\":{\"id\":%lld}}",
                STR_ARG(message->kind), STR_ARG(clock_iso(arena, message->at)),
                (long long)message->subject);
    if (!webhook_sign(arena, webhook->secret, message->message, seconds, body, &signature))
        return 0;
    struct str headers[] = {str_fmt(arena, "webhook-id: %.*s", STR_ARG(message->message)),
                            str_fmt(arena, "webhook-timestamp: %lld", (long long)seconds),
                            str_fmt(arena, "webhook-signature: %.*s", STR_ARG(signature))};
    struct fetch_request request = {.url = webhook->url,
                                    .json = body,
                                    .header = headers,
                                    .header_count = sizeof headers / sizeof *headers,
                                    .outside = true,
                                    .maximum = ANSWER_MAX};
    struct err err = {0};
    return fetch(arena, &request, &answer, &err) == ST_OK ? answer.status : 0;
}

static enum st note_sent(struct db *db, const struct message *message, bool good, int status,
                         struct err *err)
{
    struct query *query = db_query(db, good ? Q_WEBHOOK_DELIVERED : Q_WEBHOOK_FAILED);
    db_bind_int(query, 1, message->webhook);
    db_bind_int(query, 2, clock_now());
    db_bind_int(query, 3, status);
    enum st outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    if (good || message->attempts + 1 >= WEBHOOK_ATTEMPTS) {
        query = db_query(db, Q_WEBHOOK_DONE);
        db_bind_int(query, 1, message->id);
        return db_run(query, err);
    }
    query = db_query(db, Q_WEBHOOK_LATER);
    db_bind_int(query, 1, message->id);
    db_bind_int(query, 2, message->attempts + 1);
    db_bind_int(query, 3, clock_now() + waits_ms[message->attempts]);
    return db_run(query, err);
}

static void keep(struct app *app, const struct message *message, bool good, int status)
{
    struct db *db;
    struct err err = {0};
    if (store_write_begin(app->store, &db, &err) != ST_OK) return; /* it is still in the queue */
    (void)!store_write_end(app->store, db, note_sent(db, message, good, status, &err), &err);
}

size_t webhook_send_due(struct app *app)
{
    struct arena arena;
    struct webhook *list = NULL;
    size_t count = 0;
    size_t due = 0;
    size_t good_count = 0;
    struct err err = {0};
    arena_init(&arena, 64 << 20);
    struct message *messages = arena_many(&arena, AT_ONCE, struct message);
    enum st outcome = read_due(app, &arena, messages, &due, &err);
    if (outcome == ST_OK && due) outcome = webhook_list(app, &arena, &list, &count, &err);
    for (size_t i = 0; i < due && outcome == ST_OK && !atomic_load(&app->stopping); i++) {
        const struct webhook *to = NULL;
        for (size_t k = 0; k < count; k++)
            if (list[k].id == messages[i].webhook) to = &list[k];
        if (!to) continue;
        struct arena_mark mark = arena_mark(&arena);
        int status = post(&arena, to, &messages[i]);
        arena_reset(&arena, mark);
        bool good = status >= 200 && status < 300;
        good_count += good;
        keep(app, &messages[i], good, status);
    }
    arena_done(&arena);
    return good_count;
}

/* --- the thread of a server ---------------------------------------------------------------- */

struct webhook_sender {
    struct app *app;
    struct rounds rounds;
};

static enum st send_round(void *context, struct err *err)
{
    struct webhook_sender *sender = context;
    enum st outcome = webhook_refresh(sender->app, err);
    if (outcome == ST_OK && store_lead(sender->app->store)) webhook_send_due(sender->app);
    return outcome;
}

enum st webhook_sender_start(struct app *app, int look_ms, struct webhook_sender **ret,
                             struct err *err)
{
    struct webhook_sender *sender = calloc(1, sizeof *sender);
    if (!sender) abort();
    *sender = (struct webhook_sender){
        .app = app, .rounds = {.round = send_round, .context = sender, .every_ms = look_ms}};
    enum st outcome = webhook_refresh(app, err);
    if (outcome == ST_OK && !rounds_start(&sender->rounds))
        outcome = err_set(err, ST_FAILED, "The thread that tells webhooks cannot start.");
    if (outcome == ST_OK)
        *ret = sender;
    else
        free(sender);
    return outcome;
}

void webhook_sender_stop(struct webhook_sender *sender)
{
    if (!sender) return;
    rounds_stop(&sender->rounds);
    free(sender);
}
