/*
 * connection: somebody who may see one record asks the unknown owner of another that
 * seems to fit to connect the two.
 *
 * Layer: domain.  What the asker learns before the owner agrees is that some other
 * organisation holds information that may match: no value, no kind, no place, no
 * organisation, and not how many.  The owner learns what the asker wrote, who they
 * are, and which record of the owner's it is about.  Only agreement opens the owner's
 * record to the asker, and the asker's to the owner if the asker said so, each for
 * GRANT_CONNECTED_DAYS.  Every step is in the audit.
 *
 * Against fishing: nobody is told about what they handed in themselves; only what
 * weighs strongly counts; hints and requests are limited; a record whose handling
 * forbids it, that names the asker or is kept from them is never hinted at.
 */
#ifndef PENDEEN_DOMAIN_CONNECTION_H
#define PENDEEN_DOMAIN_CONNECTION_H

#include "domain/scope.h"
#include "domain/submission.h"

enum { CONNECTION_MESSAGE_MAX = 1000, CONNECTIONS_A_DAY = 20 };

/* Does somebody else hold what may match, and may this person ask?  *ret is false also
 * when they were told too often in a short time.  A hint that is given is audited. */
enum st connection_hint(struct app *app, struct arena *arena, const struct person *who,
                        const struct submission *submission, bool *ret, struct err *err) MUST_USE;
/* May the record be shown to the owner in return? Only where it is the asker's
 * organisation's own, or nothing restricts it. */
bool connection_may_show(const struct scope *scope, int64_t submission);

/* ST_NOT_FOUND: no such submission for this person, or nothing to ask for.  ST_INVALID:
 * no message.  ST_LIMIT.  Asked already: ST_OK, and nothing is added. */
enum st connection_ask(struct app *app, const struct person *who, int64_t submission,
                       struct str message, bool shows, struct err *err) MUST_USE;
/* Agreeing opens what the asker may still be told of, and in return what they may still show. */
enum st connection_answer(struct app *app, const struct person *who, int64_t connection,
                          bool agrees, struct str reason, struct err *err) MUST_USE;
/* The asker has read an answer: it leaves their notices. */
enum st connection_seen(struct app *app, const struct person *who, int64_t connection,
                        struct err *err) MUST_USE;

struct connection_line {
    int64_t id;
    int64_t submission; /* the asker's side */
    struct str submission_reference;
    int64_t other; /* the owner's side: 0 to the asker until it is agreed */
    struct str other_reference;
    struct str asker; /* to the owner: name and organisation */
    struct str asker_organisation;
    struct str message;
    struct str reason; /* of the answer */
    struct str state;  /* "asked", "agreed", "declined" */
    bool shows;
    bool seen;
    instant_ms asked_at;
    instant_ms answered_at; /* 0: not yet */
};
/* To answer, as an owner. */
enum st connections_to_answer(struct app *app, struct arena *arena, const struct person *who,
                              struct connection_line **ret, size_t *ret_count,
                              struct err *err) MUST_USE;
/* What this person asked; submission 0: about any. */
enum st connections_asked(struct app *app, struct arena *arena, const struct person *who,
                          int64_t submission, struct connection_line **ret, size_t *ret_count,
                          struct err *err) MUST_USE;

/* How many things wait for this person on their notices. */
enum st notices_count(struct app *app, struct arena *arena, const struct person *who, int64_t *ret,
                      struct err *err) MUST_USE;

#endif
