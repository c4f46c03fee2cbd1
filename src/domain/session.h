/*
 * session: who is signed in, from which browser, until when.
 *
 * Layer: domain.  The cookie holds a random token; the store holds its hash.  A session
 * ends SESSION_HOURS after sign-in whatever happens, and SESSION_IDLE_MINUTES after the
 * last request.  Its token changes at sign-in and whenever the person shows again that it
 * is them.  Where it comes from is sealed under the account's key.  The token of its forms says,
 * to who has the ring, for which account and when it began: what was written while a session
 * ended is taken after signing in again, from the same person.
 */
#ifndef PENDEEN_DOMAIN_SESSION_H
#define PENDEEN_DOMAIN_SESSION_H

#include "base/clock.h"
#include "domain/access.h"
#include "domain/app.h"
#include "seal/secret.h"

enum {
    SESSION_IDLE_MINUTES = 60,
    SESSION_HOURS = 12,          /* from sign-in, whatever happens */
    SESSION_RECENT_MINUTES = 10, /* so long a confirmation lasts for sensitive acts */
    SESSION_FORM_DAYS = 3, /* so long a form of an earlier session of the same account is taken */
    SESSIONS_SHOWN = 50,
};

/* Where a request comes from. */
struct visitor {
    struct str address; /* of the peer */
    struct str browser; /* in plain words: "Firefox on Windows" */
    struct str device;  /* the cookie of a known device; may be empty */
    struct str site;    /* what limits count as one: of IPv6 the /64; empty: the address */
};

struct session {
    char token[SEAL_TOKEN_SIZE]; /* the cookie; empty for nobody */
    char csrf[SEAL_TOKEN_SIZE];
};

/* What goes with the person: see session_read. */
struct session_facts {
    int64_t id;
    struct str csrf;
    instant_ms confirmed_at; /* when the person last showed that it is them */
    bool strong;             /* with a second factor, or by passkey */
};

/* Begins a session for an account that has shown who it is, by `method`: constant words for
 * the audit ("signed in").  ST_NOT_FOUND when it may not
 * sign in (any more). */
enum st session_begin(struct app *app, int64_t account, const struct visitor *visitor,
                      const char *method, bool strong, struct session *ret,
                      struct err *err) MUST_USE;
/* The same in the caller's transaction: nobody has it before that stands. */
enum st session_begin_in(struct app *app, struct db *db, int64_t account,
                         const struct visitor *visitor, const char *method, bool strong,
                         struct session *ret, struct err *err) MUST_USE;
/* Who holds this cookie: fills person and facts (their texts in the arena).
 * ST_NOT_FOUND when it is nobody's or too old. */
enum st session_read(struct app *app, struct arena *arena, struct str token, struct person *ret,
                     struct session_facts *ret_facts, struct err *err) MUST_USE;
/* Was the form with this token drawn for that account?  What is another's, or not ours, is
 * FORM_OF_OTHERS; FORM_OLD was theirs, more than SESSION_FORM_DAYS ago. */
enum session_form { FORM_OF_OTHERS, FORM_OLD, FORM_GOOD };
enum session_form session_form_of(const struct app *app, struct str csrf, int64_t account);
bool session_is_recent(const struct session_facts *facts);
/* The person has shown again that it is them: a new token, the same form token. */
enum st session_confirm(struct app *app, int64_t account, struct str token, bool strong,
                        char ret_token[static SEAL_TOKEN_SIZE], struct err *err) MUST_USE;
enum st session_end(struct app *app, struct str token, struct err *err) MUST_USE;

struct session_line {
    int64_t id;
    struct str address;
    struct str browser;
    instant_ms created_at;
    instant_ms seen_at;
};
/* Those of an account that have not ended, last seen first. */
enum st session_list(struct app *app, struct arena *arena, int64_t account,
                     struct session_line **ret, size_t *ret_count, struct err *err) MUST_USE;
/* Ends one of one's own, at once. ST_NOT_FOUND: there is none (any more). */
enum st session_revoke(struct app *app, int64_t account, int64_t id, struct err *err) MUST_USE;
/* Ends all of one's own but this one. */
enum st session_revoke_others(struct app *app, int64_t account, int64_t kept,
                              struct err *err) MUST_USE;
/* Ends all of an account's, in the caller's transaction. */
enum st sessions_end_all(struct db *db, int64_t account, struct err *err) MUST_USE;

#endif
