/*
 * desk_internal: what the desk's own files share.
 *
 * Layer: domain, private.
 */
#ifndef PENDEEN_DOMAIN_DESK_INTERNAL_H
#define PENDEEN_DOMAIN_DESK_INTERNAL_H

#include "domain/audit.h"
#include "domain/desk.h"
#include "domain/record_key.h"
#include "domain/scope.h"

/* One change of one case, in a write transaction. */
struct desk_act {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct desk_input *input;
    struct db *db;
    struct data_key key; /* the referral's */
    struct desk_case desk;
    instant_ms now;
    const char *field; /* the input that is wrong */
    /* Its line in the audit. */
    enum audit_kind audit;
    const char *done;
};

/* May they, as things stand between them and what the referral names?  `organisation` is what
 * a reach of the person's own organisation is held to.  Asks the store nothing. */
bool desk_scope_allows(const struct scope *scope, enum action action, int64_t organisation,
                       int64_t submission);

/* The row of a case as it stands; its key is filled when `key` is not NULL.  ST_NOT_FOUND. */
enum st desk_load(struct app *app, struct db *db, struct arena *arena, int64_t referral,
                  struct desk_case *ret, struct data_key *key, struct err *err) MUST_USE;

/* Begins and ends one; done whatever the outcome is.  `desk_act_begin` finds what is not there
 * and what has changed since the form was drawn. */
enum st desk_act_begin(struct desk_act *act, int64_t referral, struct err *err) MUST_USE;
enum st desk_act_end(struct desk_act *act, enum st outcome, struct err *err) MUST_USE;

/* An event, sealed.  Codes may be empty, instants 0. */
struct desk_event_new {
    const char *kind;
    struct str code;
    struct str second;
    instant_ms happened_at;
    instant_ms due_at;
    struct str words;
    struct str who;
};
enum st desk_event_add(struct desk_act *act, const struct desk_event_new *event,
                       struct err *err) MUST_USE;
enum st desk_notice_add(struct desk_act *act, int64_t account, const char *kind,
                        struct err *err) MUST_USE;
/* Text that has to be there: cleaned into the arena.  `what` completes "Write …". */
enum st desk_text(struct desk_act *act, struct str text, const char *field, const char *what,
                  struct str *ret, struct err *err) MUST_USE;
/* Says which input is wrong; always ST_INVALID. */
enum st desk_wrong(struct desk_act *act, const char *field, struct err *err, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* Whoever does something with a new case has taken it on. */
void desk_take_on(struct desk_act *act);

/* Actions of desk_enquiry.c. */
enum st desk_act_meet(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_meeting_day(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_conference(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_no_conference(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_assessed(struct desk_act *act, struct err *err) MUST_USE;
/* The meetings of a case that is loaded. */
enum st desk_meetings_load(struct db *db, struct arena *arena, struct desk_case *desk,
                           struct err *err) MUST_USE;
/* ST_CONFLICT: what an enquiry still lacks before the case can close, or a contradiction.  One
 * that another area has accepted is held there. */
enum st desk_enquiry_missing(const struct area *area, const struct desk_case *desk,
                             struct err *err) MUST_USE;
/* ST_CONFLICT: the referrer added something, and no step of the desk came after it. */
enum st desk_news_unread(const struct desk_case *desk, struct err *err) MUST_USE;
/* Actions of desk_check.c. */
enum st desk_act_check(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_check_answer(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_check_withdraw(struct desk_act *act, struct err *err) MUST_USE;
/* Open checks follow a change of rating. */
enum st desk_checks_rated(struct desk_act *act, struct str old_rating, struct str rating,
                          struct err *err) MUST_USE;
/* Actions of desk_close.c. */
enum st desk_act_disagree(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_escalate(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_agree(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_transfer(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_transfer_answer(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_feedback(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_close(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_sign_off(struct desk_act *act, struct err *err) MUST_USE;
enum st desk_act_reopen(struct desk_act *act, struct err *err) MUST_USE;

#endif
