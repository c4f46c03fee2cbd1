/*
 * webhook: another machine is told that something happened: what kind, which number, when.
 * Never what a record says, nor who did it; who may know more asks /api/v1 for the number.
 *
 * Layer: domain.  What is to be told is written in the transaction of the act itself, from
 * the line of the log, so none is lost and none is told of what was rolled back.  A thread
 * of the server sends it by POST, signed as Standard Webhooks has it (webhook-id,
 * webhook-timestamp, webhook-signature: HMAC-SHA256 under the webhook's secret), until an
 * answer of 2xx comes: nine times over two days.  A message may come twice: its id is then
 * the same.
 *
 * Addresses are https:, or http: to this machine.  Address and secret are sealed.
 */
#ifndef PENDEEN_DOMAIN_WEBHOOK_H
#define PENDEEN_DOMAIN_WEBHOOK_H

#include "domain/audit.h"

enum webhook_kind {
#define WEBHOOK(name, kind, action, subject, words) WEBHOOK_##name,
#include "domain/webhook.def"
#undef WEBHOOK
    WEBHOOK_KINDS
};
const char *webhook_kind_name(enum webhook_kind kind);
const char *webhook_kind_label(enum webhook_kind kind);
bool webhook_kind_from_name(struct str name, enum webhook_kind *ret);

enum { WEBHOOK_SECRET_SIZE = 52, WEBHOOKS_MAX = 20, WEBHOOK_ATTEMPTS = 9 };

/* `secret`: "whsec_" and base64, shown once.  ST_INVALID: an address that may not be, or no
 * kind; ST_LIMIT: there are WEBHOOKS_MAX. */
enum st webhook_add(struct app *app, int64_t by, struct str url, unsigned kinds,
                    char ret_secret[static WEBHOOK_SECRET_SIZE], int64_t *ret,
                    struct err *err) MUST_USE;
/* At once, with what waited for it.  ST_NOT_FOUND. */
enum st webhook_end(struct app *app, int64_t by, int64_t id, struct err *err) MUST_USE;

struct webhook {
    int64_t id;
    struct str url;
    struct str secret; /* as shown; for the sender */
    unsigned kinds;
    instant_ms created_at;
    instant_ms delivered_at; /* 0: never */
    instant_ms failed_at;    /* 0: never */
    int status;              /* of the last answer; 0: none came */
    int64_t waiting;
};
/* Those that have not ended. */
enum st webhook_list(struct app *app, struct arena *arena, struct webhook **ret, size_t *ret_count,
                     struct err *err) MUST_USE;

/* By the log, in the transaction of the act: nothing unless a webhook wants that kind. */
enum st webhook_note(struct app *app, struct db *db, const struct audit_event *event,
                     struct err *err) MUST_USE;
/* May this process connect to it?  A server's sandbox closes around what there is when it
 * starts. */
bool webhook_reaches(const struct app *app, struct str url);
/* Which kinds are wanted, anew from the store. */
enum st webhook_refresh(struct app *app, struct err *err) MUST_USE;

/* Sends what is due; returns how many were answered with 2xx.  For the sender and tests. */
size_t webhook_send_due(struct app *app);

struct webhook_sender;
/* A thread that sends what is due every `look_ms`. */
enum st webhook_sender_start(struct app *app, int look_ms, struct webhook_sender **ret,
                             struct err *err) MUST_USE;
void webhook_sender_stop(struct webhook_sender *sender); /* accepts NULL */

#endif
