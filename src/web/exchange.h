/*
 * exchange: one request from its head to the end of its answer.
 *
 * Layer: web.  Gets heads that the guard found good and bodies without their frame, calls the
 * dispatcher, and has the answer as bytes.  Used by one thread at a time; admit and finish may
 * wait for the store and the disk, the rest does not.
 */
#ifndef PENDEEN_WEB_EXCHANGE_H
#define PENDEEN_WEB_EXCHANGE_H

#include "web/guard.h"
#include "web/proxy.h"
#include "web/request.h"
#include "web/room.h"
#include "web/route.h"

/* What exchanges share; lives as long as the server. */
struct exchange_setting {
    struct app *app;
    const struct proxies *proxies; /* whose word on the address of a client counts */
    bool tls;                      /* it is spoken here, and by no proxy in front */
    bool synthetic;
    struct drawn *drawn;
    struct reopened *reopened;
    struct watch *watch; /* of the threads that answer; NULL: none */
    struct str headers;  /* of every answer, each line with its end; first the policy */
    /* bytes of that line, which an answer with a policy of its own does without */
    size_t policy_size;
    struct room *room; /* for bodies */
};

struct exchange;

/* NULL: there is no memory. */
struct exchange *exchange_new(struct exchange_setting *setting);
void exchange_free(struct exchange *exchange);

/* With the head in (`bytes`, as guard_head read it): finds the route.  Nothing of `bytes` is needed
 * afterwards. */
void exchange_begin(struct exchange *exchange, const struct sockaddr *peer,
                    const struct guard_head *head, struct str bytes);
/* Its answer is made at once, waiting neither for the disk nor for others; or who makes it leaves
 * the watch before it does. */
bool exchange_is_quick(const struct exchange *exchange);
/* Who asks, and may they?  Refuses what need not be read. */
void exchange_admit(struct exchange *exchange);
/* What the answer is does not hang on the rest of the body any more. */
bool exchange_has_enough(const struct exchange *exchange);
/* The sender waits for word before it sends the body. */
bool exchange_is_asked_to_go_on(const struct exchange *exchange);
/* Not all of the body came with its head: who sends it is asked again once it is there, since that
 * may take minutes. */
void exchange_wait_for_body(struct exchange *exchange);
void exchange_take_body(struct exchange *exchange, struct str piece);
/* All of it is there, or enough: makes the answer, unless it is decided. */
void exchange_finish(struct exchange *exchange);
/* The answer waits for another machine: exchange_finish_later, which may take long, makes it. */
bool exchange_waits(const struct exchange *exchange);
void exchange_finish_later(struct exchange *exchange);
/* There is no thread for what waits: says so. */
void exchange_refuse_later(struct exchange *exchange);

/* What has to be written down before the answer is sent; NULL: nothing is left to. */
const struct audit_event *exchange_line(const struct exchange *exchange);
/* That was done, or not: then the answer is another. */
void exchange_written(struct exchange *exchange, enum st outcome, const struct err *err);

/* The answer as bytes, which live as long as the exchange; once.  `closes`: the connection ends
 * with it.  `*ret_body` is what follows the head, also where only the head is sent. */
void exchange_answer(struct exchange *exchange, bool closes, struct str *ret_head,
                     struct str *ret_body);

#endif
