/*
 * forward_internal: what the files of forward.h share.
 *
 * Layer: domain, private.
 */
#ifndef PENDEEN_DOMAIN_FORWARD_INTERNAL_H
#define PENDEEN_DOMAIN_FORWARD_INTERNAL_H

#include "domain/audit.h"
#include "domain/forward.h"

/* "There is no such submission." */
enum st forward_not_found(struct err *err);
/* ST_CONFLICT, with what happened to it, when it waits no more. */
enum st forward_check_open(enum stage stage, struct err *err) MUST_USE;
/* ACT_FORWARD, as scope_allows_now says. */
bool forward_allows(struct app *app, struct db *turn, struct arena *arena, const struct person *who,
                    int64_t submission);

/* Something that was done on the way. */
struct forward_act {
    int64_t submission;
    const char *kind;
    struct str code;
    struct str words; /* sealed by the submission's key; empty: none */
    const char *action; /* in the audit */
    enum audit_kind audit;
    bool by_source; /* by whoever sent it: no line says who that is */
    int64_t account;
};
enum st forward_note(struct app *app, struct db *db, const struct forward_act *act,
                     struct err *err) MUST_USE;

/* The words of a version, cleaned; ST_INVALID when nothing is left, when they are too long, or
 * when they were said to be on a day that there is not. */
enum st forward_words_clean(struct arena *arena, const struct forward_words *words,
                            struct forward_words *ret, struct err *err) MUST_USE;
bool forward_words_same(const struct forward_words *a, const struct forward_words *b);
/* The number of the newest version; 0: there is none. */
enum st forward_version_last(struct db *db, int64_t submission, int64_t *ret,
                             struct err *err) MUST_USE;
struct forward_new {
    int64_t submission;
    int64_t base;
    const struct forward_words *words;
    bool named; /* the Forum may be told who sent it */
};
enum st forward_version_add(struct app *app, struct db *db, struct arena *arena,
                            const struct person *who, const struct forward_new *new,
                            int64_t *ret_id, int64_t *ret_number, struct err *err) MUST_USE;
/* Among what was done: a version that goes nowhere yet. */
enum st forward_note_version(struct app *app, struct db *db, int64_t account, int64_t submission,
                             struct err *err) MUST_USE;
/* ST_CONFLICT: somebody wrote a version meanwhile, and both are kept. */
enum st forward_beside(struct err *err) MUST_USE;

/* What was found, and that somebody says that none of it tells; of nothing, nothing. */
enum st forward_note_looked(struct app *app, struct db *db, struct arena *arena, int64_t account,
                            int64_t submission, const struct telltale_line *line, size_t count,
                            struct err *err) MUST_USE;

struct forward_to {
    enum stage stage;
    struct str forum;
    int64_t version;
    struct str reason;
};
/* Into another stage; whoever read `from` in the same transaction. */
enum st forward_move(struct db *db, const struct stage_state *from, const struct forward_to *to,
                     struct err *err) MUST_USE;

#endif
